"""A real desk on a real database, with a clock that the test moves and a platform that does what the test says."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moderator.config import Config
from moderator.desk import house as house_module
from moderator.desk import outbox, people, reading, sessions, taking
from moderator.desk.house import House
from moderator.desk.judging import Assessor
from moderator.desk.ready import Taken
from moderator.desk.room import Room, storable
from moderator.domain.asks import NewAccount, NewPerson
from moderator.domain.comment import Author, Post, RemoteComment, RemoteState
from moderator.domain.effect import Op
from moderator.domain.errors import Refused
from moderator.domain.person import Actor, Role
from moderator.domain.view import Detail
from moderator.platforms.base import (
    Action,
    Capabilities,
    HideScope,
    Identity,
    NotFound,
    Observed,
    Outcome,
    Page,
    Verb,
)
from moderator.policy import document
from moderator.policy.engine import Engine
from moderator.store import accounts as account_store
from moderator.store import items, polls
from moderator.store import trail as trail_store

START = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
ABUSE = "You stupid idiot, you absolute moron."
PLAIN = "When does the office in ward 4 open tomorrow?"
CRITICISM = "This government scheme is a total failure and the minister has done nothing for us."
POWERS = Capabilities(hide=True, restore=True, reply=True, context=True, hide_scope=HideScope.FULLY, reply_limit=5000)


class FakeClock:
    """Both clocks, moved by the test alone."""

    def __init__(self) -> None:
        self.moment = START
        self.ms = 1_000_000

    def now(self) -> datetime:
        return self.moment

    def up_ms(self) -> int:
        return self.ms

    def pass_(self, seconds: float) -> None:
        """Time goes by on both clocks."""
        self.moment += timedelta(seconds=seconds)
        self.ms += round(seconds * 1000)

    def step_wall(self, seconds: float) -> None:
        """Somebody sets the wall clock; monotonic time goes on."""
        self.moment += timedelta(seconds=seconds)


@dataclasses.dataclass
class Remote:
    """One comment as it stands on the platform."""

    text: str
    state: RemoteState = RemoteState.VISIBLE


Fault = Callable[["Platform", Action], Outcome]


class Platform:
    """A platform in memory. `faults` are played one by one, before the plain behaviour comes back."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.capabilities = POWERS
        self.comments: dict[str, Remote] = {}
        self.replies: list[tuple[str, str, str, datetime]] = []
        """(our reply's id, its parent, its text, when)."""
        self.acts: list[Action] = []
        self.faults: list[Fault] = []
        self.look_faults: list[Exception] = []
        self.pages: list[Page | Exception] = []
        self.cursors: list[str] = []
        self.closed = False

    async def probe(self) -> Identity:
        return Identity("us", "Agency", ("editor",), capabilities=self.capabilities)

    async def fetch(self, cursor: str, budget: int = 100) -> Page:
        self.cursors.append(cursor)
        page = self.pages.pop(0) if self.pages else Page((), cursor)
        if isinstance(page, Exception):
            raise page
        return page

    async def refresh(self, remote_ids: Sequence[str]) -> Sequence[Observed]:
        return [self._observed(remote_id) for remote_id in remote_ids]

    def _observed(self, remote_id: str) -> Observed:
        known = self.comments.get(remote_id)
        if known is None:
            return Observed(remote_id, RemoteState.DELETED)
        return Observed(remote_id, known.state, remote(known.text, remote_id, state=known.state))

    async def context(self, remote_id: str) -> Sequence[RemoteComment]:
        return []

    async def act(self, action: Action) -> Outcome:
        self.acts.append(action)
        if self.faults:
            return self.faults.pop(0)(self, action)
        return self.apply(action)

    def apply(self, action: Action) -> Outcome:
        """What the platform does when nothing goes wrong."""
        if action.remote_id not in self.comments:
            raise NotFound("The comment is gone.")
        if action.op is Op.REPLY:
            reply_id = f"r{len(self.replies) + 1}"
            self.replies.append((reply_id, action.remote_id, action.text, self.clock.moment))
            return Outcome(Verb.DONE, reply_id)
        state = RemoteState.HIDDEN if action.op is Op.HIDE else RemoteState.VISIBLE
        known = self.comments[action.remote_id]
        verb = Verb.ALREADY if known.state is state else Verb.DONE
        known.state = state
        return Outcome(verb, state=state)

    async def look(self, action: Action, taken: frozenset[str]) -> Outcome:
        if self.look_faults:
            raise self.look_faults.pop(0)
        if action.op is Op.REPLY:
            for reply_id, parent, text, _ in self.replies:
                if parent == action.remote_id and text == action.text and reply_id not in taken:
                    return Outcome(Verb.DONE, reply_id)
            return Outcome(Verb.UNKNOWN)
        if action.remote_id not in self.comments:
            raise NotFound("The comment is gone.")
        state = self.comments[action.remote_id].state
        wanted = RemoteState.HIDDEN if action.op is Op.HIDE else RemoteState.VISIBLE
        return Outcome(Verb.DONE, state=state) if state is wanted else Outcome(Verb.UNKNOWN, state=state)

    def stream(self, cursor: str) -> None:
        return None

    async def aclose(self) -> None:
        self.closed = True


def raising(error: Exception) -> Fault:
    """A platform that refuses, and did nothing."""

    def fault(platform: Platform, action: Action) -> Outcome:
        raise error

    return fault


def applied_then(error: Exception) -> Fault:
    """A platform that did it, and whose answer is lost."""

    def fault(platform: Platform, action: Action) -> Outcome:
        platform.apply(action)
        raise error

    return fault


def remote(text: str, remote_id: str, **changes: Any) -> RemoteComment:
    """One comment as a platform gives it."""
    state = changes.get("state", RemoteState.VISIBLE)
    plain: dict[str, Any] = {
        "remote_id": remote_id,
        "text": text,
        "author": Author("a1", "Bipul"),
        "created_at": START - timedelta(minutes=5),
        "state": state,
        "revision": f"{hash(text)}-{state.value}",
        "post": Post("p1", "Flood relief", "Where to go."),
    }
    return RemoteComment(**{**plain, **changes})


class Desk:
    """A desk with people at it."""

    def __init__(self, house: House, clock: FakeClock, platform: Platform, account_id: int) -> None:
        self.house = house
        self.clock = clock
        self.platform = platform
        self.account_id = account_id
        self._count = 0
        self._assessor = Assessor(house.policy, house.engine)

    async def person(self, name: str, *roles: Role) -> Actor:
        """Somebody on the roster with a session."""
        return await self.house.write(_join, name, roles or (Role.MODERATOR,))

    async def comment(self, text: str = PLAIN, remote_id: str = "", **changes: Any) -> int:
        """A comment that has come in; its item."""
        self._count += 1
        remote_id = remote_id or f"c{self._count}"
        state = changes.get("state", RemoteState.VISIBLE)
        self.platform.comments[remote_id] = Remote(text, state)
        await self.take_in(remote(text, remote_id, **changes))
        return await self.item_of(remote_id)

    async def take_in(self, *read: RemoteComment, read_ms: int | None = None) -> int:
        """Judge in this process and write: what intake does, without its own process."""
        page = [self._judged(comment) for comment in read]
        when = self.clock.ms if read_ms is None else read_ms
        self.clock.pass_(0.001)
        return await self.house.write(taking.take_in, self.account_id, page, when)

    def _judged(self, comment: RemoteComment) -> Taken:
        taken = self._assessor.judged(comment)
        assert isinstance(taken, Taken)
        return taken

    async def item_of(self, remote_id: str) -> int:
        found = await self.house.read(lambda look: items.by_remote(look.conn, self.account_id, [storable(remote_id)]))
        return found[storable(remote_id)].id

    async def item(self, item_id: int) -> items.Item:
        return await self.house.read(lambda look: items.get(look.conn, item_id))

    async def detail(self, actor: Actor, item_id: int) -> Detail:
        return await self.house.read(reading.detail, actor, item_id)

    async def refused(self, fn: Callable[..., Any], *args: Any) -> Refused:
        """The refusal of this act."""
        with pytest.raises(Refused) as caught:
            await self.house.write(fn, *args)
        return caught.value

    async def turn(self) -> None:
        """One round of the outbox's worker."""
        await self.house.write(outbox.release_due)
        for effect_id in await self.house.read(outbox.ready):
            await outbox.carry_out(self.house, effect_id)
        for effect_id in await self.house.read(outbox.due_looks):
            await outbox.look_for(self.house, effect_id)

    async def drain(self, seconds: float = 30.0) -> None:
        """Let every window end and send what may go."""
        self.clock.pass_(seconds)
        for _ in range(4):
            await self.turn()

    async def effects(self, item_id: int) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM effect WHERE item_id = ? ORDER BY id", item_id)

    async def states(self, item_id: int) -> list[str]:
        return [row["state"] for row in await self.effects(item_id)]

    async def rows(self, sql: str, *params: object) -> list[dict[str, Any]]:
        return await self.house.read(lambda look: [dict(row) for row in look.conn.execute(sql, params)])

    async def kinds(self) -> list[str]:
        """The kinds of every event, in order."""
        return [row["kind"] for row in await self.rows("SELECT kind FROM event ORDER BY seq")]

    async def sound(self) -> None:
        """The trail holds, and every version of an item has exactly one event that names it."""
        fault = await self.house.read(lambda look: trail_store.verify(look.conn))
        assert fault is None, fault
        uneven = await self.rows(
            """WITH told AS (SELECT r.key AS name, count(*) AS events FROM event e, json_each(e.body, '$.rows') r
                            WHERE r.key LIKE 'item:%' GROUP BY r.key)
               SELECT i.id, i.version, told.events FROM item i LEFT JOIN told ON told.name = 'item:' || i.id
               WHERE i.version <> coalesce(told.events, 0)"""
        )
        assert uneven == []


def _join(room: Room, name: str, roles: tuple[Role, ...]) -> Actor:
    uid = 2000 + sum(map(ord, name))
    person = people.find(room, uid, name)
    if person is None:
        ask = NewPerson(name, frozenset(roles), designation=name.title(), role_title="Junior Moderator, DIPR Assam")
        people._insert(room, uid, ask)
        room.tx.record("person.add")
        person = people.find(room, uid, name)
    assert person is not None
    session, _ = sessions.open_session(room, person)
    return Actor(person, session)


def _account(room: Room, platform: str) -> int:
    account_id = account_store.insert(room.tx, NewAccount(platform, f"{platform} desk"), 0)
    room.tx.change("account", account_id, status="active")
    polls.ensure(room.tx, account_id)
    room.tx.record("account.add")
    return account_id


@pytest.fixture(autouse=True)
def one_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy is read once for all tests."""
    monkeypatch.setattr(house_module, "Engine", _engine)
    monkeypatch.setattr(document, "load", _document)


_load = document.load


@functools.cache
def _document(path: Path | None = None) -> document.Document:
    return _load(path)


@functools.cache
def _engine_of(version: str) -> Engine:
    return Engine(_document(None))


def _engine(policy: document.Document) -> Engine:
    return _engine_of(policy.version)


async def opened(data_dir: Path, clock: FakeClock, config: Config | None = None, **modes: bool) -> House:
    """A started house."""
    house = House(config or Config(), data_dir, clock=clock, **modes)
    await house.start()
    return house


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def desk(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Desk]:
    """A shared desk with one account on a platform in memory."""
    house = await opened(tmp_path, clock)
    platform = Platform(clock)
    account_id = await house.write(_account, "wordpress")
    house.connectors[account_id] = platform
    yield Desk(house, clock, platform, account_id)
    await house.close()


@pytest.fixture
async def officer(desk: Desk) -> Actor:
    return await desk.person("rita")


@pytest.fixture
async def other(desk: Desk) -> Actor:
    return await desk.person("babul")


@pytest.fixture
async def lead(desk: Desk) -> Actor:
    return await desk.person("anil", Role.LEAD)
