"""What a use case reaches while it runs: a `Room` for writing ones, a `Look` for reading ones, and the undo windows."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moderator.config import Config
from moderator.domain.clock import Clock
from moderator.domain.errors import Code, Refused
from moderator.domain.names import named
from moderator.domain.person import Actor, Permission
from moderator.domain.policy import Verdict
from moderator.domain.view import Done
from moderator.domain.wording import joined, words
from moderator.policy.document import Document
from moderator.store.base import Tx
from moderator.text import clean

if TYPE_CHECKING:
    from moderator.desk.house import House


class Windows:
    """Undo windows in monotonic milliseconds of time that the desk was up: effect id → when its window ends.

    Only memory: a restart opens every held effect's window anew, in full. An effect without an entry is never over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[int, int] = {}

    def open(self, effect_id: int, window_ms: int) -> None:
        """Begin a window of so many milliseconds."""
        self._ends[effect_id] = self._clock.up_ms() + window_ms

    def __len__(self) -> int:
        """How many windows are remembered."""
        return len(self._ends)

    def known(self, effect_id: int) -> bool:
        """Whether a window was opened for this effect since the desk came up."""
        return effect_id in self._ends

    def ended(self) -> list[int]:
        """Effects whose window has ended."""
        now = self._clock.up_ms()
        return [effect_id for effect_id, end in self._ends.items() if end <= now]

    def forget(self, effect_id: int) -> None:
        """It is held no longer."""
        self._ends.pop(effect_id, None)

    def left(self, effect_id: int) -> int:
        """Milliseconds that are left; 0 where the window is over or was never opened."""
        end = self._ends.get(effect_id)
        return max(end - self._clock.up_ms(), 0) if end is not None else 0

    def keep(self, held: set[int]) -> None:
        """Forget the windows of everything that is no longer held."""
        for effect_id in [known for known in self._ends if known not in held]:
            del self._ends[effect_id]


@dataclass(slots=True)
class Room:
    """Where a writing use case runs: in the writer thread, inside one transaction."""

    tx: Tx
    config: Config
    clock: Clock
    policy: Document
    windows: Windows
    house: House
    refusal: Refused | None = field(default=None)
    """Set by `refuse_but_keep`: raised once what was written is durable."""

    @property
    def now(self) -> datetime:
        """The moment of this transaction, UTC."""
        return self.tx.now

    @property
    def conn(self) -> sqlite3.Connection:
        """The transaction's connection, for queries."""
        return self.tx.conn

    def judge_now(self, text: str) -> Verdict:
        """What the policy in force says about a clean text. For single texts; intake judges in its own process."""
        return self.house.engine.judge(text)

    def refuse_but_keep(self, refusal: Refused) -> Done:
        """Refuse the act, yet keep what this transaction wrote: a counted refusal, the text of whoever lost a race."""
        self.refusal = refusal
        return Done(refusal.sentence)


@dataclass(frozen=True, slots=True)
class Look:
    """Where a reading use case runs: on a read-only connection that sees one moment of the database."""

    conn: sqlite3.Connection
    config: Config
    now: datetime
    policy: Document
    windows: Windows
    house: House


def need(actor: Actor, permission: Permission) -> None:
    """Refuse an act that this person's roles do not grant."""
    if not actor.person.may(permission):
        roles = joined([named(role) for role in sorted(actor.person.roles)], ", ") or words("no role")
        raise Refused(
            Code.NOT_ALLOWED,
            words(
                "{name} ({roles}) may not do this: it needs the permission “{permission}”.",
                name=actor.person.name,
                roles=roles,
                permission=permission.value,
            ),
            words("Ask the lead."),
        )


def need_session(actor: Actor) -> None:
    """Refuse an act that claims an item for nobody's living session."""
    if not actor.session:
        raise Refused(
            Code.NO_SESSION, words("This act needs a living session."), words("Open the event stream, then act again.")
        )


def need_reason(reason: str, sentence: str) -> str:
    """The reason on one line. Refuses an empty one."""
    plain = " ".join(safe(reason).split())
    if not plain:
        raise Refused(Code.BAD, sentence, words("Say in a few words why."))
    if len(plain) > 2000:
        raise Refused(Code.BAD, words("That reason is too long."), words("Keep it under 2,000 characters."))
    return plain


def safe(text: str) -> str:
    """What an officer typed, safe to store and to draw: as strictly cleaned as what citizens write."""
    return clean(text).text


def storable(text: str) -> str:
    """A text code point for code point, without NUL and lone surrogates, which no database and no terminal can hold."""
    if text.isascii() and "\0" not in text:
        return text
    return "".join("\ufffd" if ch == "\0" or "\ud800" <= ch <= "\udfff" else ch for ch in text)


def seconds(amount: float) -> timedelta:
    """A configured number of seconds."""
    return timedelta(seconds=amount)
