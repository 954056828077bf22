"""What a desk in memory is made of: a clock, a keyring, a platform, people, comments."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from keyring.backend import KeyringBackend

from moderator import text
from moderator.config import Escalation, Level
from moderator.desk import people, sessions
from moderator.desk.house import House
from moderator.desk.room import Room
from moderator.domain.asks import NewPerson
from moderator.domain.comment import RemoteComment
from moderator.domain.event import stamp
from moderator.domain.person import Actor, Role
from moderator.domain.secret import Secret
from moderator.domain.wire import encode
from moderator.platforms.base import (
    Action,
    AuthRevoked,
    Capabilities,
    Identity,
    Observed,
    Outcome,
    Page,
    PlatformError,
    Verb,
)
from moderator.store import polls
from moderator.vault import Vault

START = datetime(2026, 11, 22, 20, 40, tzinfo=UTC)
LADDER = Escalation(
    spoc_level=3,
    levels=(
        Level(1, "Duty lead", "R. Das", "", "lead@localhost", "+91 361 000000", 15),
        Level(2, "আইন বিভাগ (legal cell)", "", "", "legal@localhost", "", 60, ("deputy@localhost", "by phone: 0361 11")),
        Level(3, "SPOC", "", "Joint Secretary", "spoc@localhost", "", 120),
    ),
)


class Clock:
    """Both clocks stand still until the test moves them."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def up_ms(self) -> int:
        return round((self.moment - START) / timedelta(milliseconds=1))

    def pass_(self, **span: float) -> None:
        self.moment += timedelta(**span)


class Drawer(KeyringBackend):
    """A keyring in memory. `broken` makes every call raise with the secret in its message."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False
        self.read = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.read += 1
        if self.broken:
            raise ValueError(f"cannot read {self.kept}")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.broken:
            raise ValueError(f"cannot store {password}")
        self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[(service, username)]


def vault_of(drawer: Drawer) -> Vault:
    """A vault that is allowed to use this keyring."""
    return Vault((f"{Drawer.__module__}.{Drawer.__qualname__}",), backend=drawer)


class Site:
    """A platform in memory, as one connector sees it: it knows one good secret."""

    good = "good-secret"
    who = Identity("7", "Duty desk", ("editor",), {"name": "desk"}, Capabilities(hide=True, restore=True, reply=True))
    error: PlatformError | None = None

    def __init__(self, secret: Secret | None, own_author_id: str) -> None:
        self.capabilities = self.who.capabilities
        self.own_author_id = own_author_id
        self.closed = False
        self._secret = secret

    async def probe(self) -> Identity:
        if self.error is not None:
            raise self.error
        if self._secret is None or self._secret.reveal() != self.good:
            raise AuthRevoked("The site refuses this password.")
        return self.who

    async def fetch(self, cursor: str, budget: int = 100) -> Page:
        return Page((), cursor)

    async def refresh(self, remote_ids: Sequence[str]) -> Sequence[Observed]:
        return []

    async def context(self, remote_id: str) -> Sequence[RemoteComment]:
        return []

    async def act(self, action: Action) -> Outcome:
        return Outcome(Verb.UNKNOWN)

    async def look(self, action: Action, taken: frozenset[str]) -> Outcome:
        return Outcome(Verb.UNKNOWN)

    def stream(self, cursor: str) -> None:
        return None

    async def aclose(self) -> None:
        self.closed = True


class Staff:
    """The people of the desk as actors with a living session."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.uid = 5000

    async def hire(self, name: str, *roles: Role, alone: bool = False) -> Actor:
        self.uid += 1
        ask = NewPerson(name, frozenset(roles), designation=name.title(), role_title="Moderator, DIPR")
        person = await self.house.write(_hire, ask, self.uid)
        session, _ = await self.house.write(sessions.open_session, person)
        return Actor(person, session, alone=alone)


def _hire(room: Room, ask: NewPerson, uid: int) -> object:
    people._insert(room, uid, ask)
    room.tx.record("person.add")
    return people.find(room, uid, ask.name)


def take_in(room: Room, account_id: int, words: str, author: str = "A citizen", permalink: str = "") -> int:
    """One comment taken in and judged, as intake stores it; its item's id."""
    cleaned, name = text.clean(words), text.clean(author)
    number = room.tx.one("SELECT count(*) AS n FROM item")
    item_id = room.tx.insert(
        "item",
        {
            "account_id": account_id, "remote_id": f"r{number['n'] if number else 0}", "post_id": None,
            "parent_remote_id": "", "author_remote_id": "", "author_key": "k", "kind": "comment",
            "permalink": permalink, "state": "new", "visibility": "public", "lane": 5, "comment_version": 1,
            "revision": "1", "version": 1, "resting": "new", "level": 0, "cause": "", "disposition": "",
            "reopened": 0, "due_first": stamp(room.now + timedelta(hours=2)), "snoozed_until": None,
            "opened_at": None, "captured_at": room.tx.at, "captured_local": room.tx.local,
            "commented_at": room.tx.at, "retention": "routine",
        },
    )  # fmt: skip
    verdict = room.judge_now(cleaned.text)
    room.tx.insert(
        "version",
        {
            "item_id": item_id, "n": 1, "text": cleaned.text, "author_name": name.text, "author_handle": "",
            "flags": "", "media": "[]", "edited_at": None, "captured_at": room.tx.at,
        },
    )  # fmt: skip
    room.tx.insert(
        "verdict",
        {
            "item_id": item_id, "n": 1, "policy_version": room.policy.version, "opinion": verdict.opinion.value,
            "language": verdict.language, "category": "", "clause": "", "protected": int(verdict.protected),
            "asks": verdict.asks.value, "body": json.dumps(encode(verdict)),
        },
    )  # fmt: skip
    room.tx.record("intake", item=item_id)
    return item_id


def account(room: Room) -> int:
    account_id = room.tx.insert(
        "account",
        {
            **dict.fromkeys(("url", "login_id", "registered_mail", "registered_phone", "order_ref", "mfa"), ""),
            **dict.fromkeys(("recovery_location", "approved_by", "own_author_id", "own_author_name"), ""),
            "platform": "import", "name": "consultation", "status": "active", "custodians": "cora",
            "settings": "{}", "created_at": room.tx.at, "created_by": 0, "rotated_at": None, "retired_at": None,
            "retired_why": "",
        },
    )  # fmt: skip
    polls.ensure(room.tx, account_id)
    room.tx.record("account.add", account=account_id)
    return account_id
