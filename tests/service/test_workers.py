"""Background work: no account stops another, no fault stops a worker, one effect at a time for each account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from moderator.config import Config, Times
from moderator.desk import practice, rounds, sessions, work
from moderator.desk.house import House
from moderator.desk.room import Look, Room
from moderator.domain import asks
from moderator.domain.clock import SystemClock
from moderator.domain.comment import Author, Media, Post, RemoteComment, RemoteState
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Actor
from moderator.platforms.base import Action, Capabilities, Identity, Observed, Outage, Outcome, Page, Verb
from moderator.service import news, workers
from moderator.service.bounds import Bounds
from moderator.service.context import Service
from moderator.service.hub import Hub
from moderator.service.identity import Gate

TIMES = Times(
    poll=0.05,
    refresh=1000.0,
    tick=0.01,
    checkpoint=1000.0,
    linger=0.05,
    request=2.0,
    reply_window=0.01,
    hide_window=0.01,
)


class Platform:
    """A platform that does what the test says: comments to give, an error to raise, a gate that acts wait at."""

    capabilities = Capabilities(hide=True, restore=True, reply=True)

    def __init__(self, name: str, comments: int = 0, error: Exception | None = None) -> None:
        self.name = name
        self.comments = comments
        self.error = error
        self.asked = 0
        self.acting = 0
        self.most_at_once = 0
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def probe(self) -> Identity:
        return Identity("own", "own", capabilities=self.capabilities)

    async def fetch(self, cursor: str, budget: int = 100) -> Page:
        self.asked += 1
        if self.error is not None:
            raise self.error
        now = SystemClock().now()
        post = Post("p1", "A post")
        made = [
            RemoteComment(
                f"{self.name}-{n}",
                f"How do I apply for form {n}?",
                Author(f"a{n}", "Bipul"),
                now,
                RemoteState.VISIBLE,
                "1",
                post=post,
                media=() if n else (Media("https://example.org/x.png"),),
            )
            for n in range(self.comments)
        ]
        return Page(tuple(made), "end")

    async def refresh(self, remote_ids: Sequence[str]) -> Sequence[Observed]:
        return []

    async def context(self, remote_id: str) -> Sequence[RemoteComment]:
        return []

    async def act(self, action: Action) -> Outcome:
        self.acting += 1
        self.most_at_once = max(self.most_at_once, self.acting)
        self.begun.set()
        await self.go.wait()
        self.acting -= 1
        return Outcome(Verb.DONE, remote_id=f"reply-{action.key}")

    async def look(self, action: Action, taken: frozenset[str]) -> Outcome:
        return Outcome(Verb.UNKNOWN)

    def stream(self, cursor: str) -> None:
        return None

    async def aclose(self) -> None:
        pass


class Desk:
    """A private desk with its workers, without a socket."""

    def __init__(self, service: Service, running: workers.Workers) -> None:
        self.service = service
        self.house = service.house
        self.workers = running
        self.idle = asyncio.Event()

    async def account(self, platform: Platform) -> int:
        """An account in service, with this platform behind it."""
        number: int = await self.house.write(_account, platform.name)
        self.house.connectors[number] = platform  # type: ignore[assignment]
        return number

    async def until(self, ready: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(20):
            while not await ready():
                await asyncio.sleep(0.01)

    async def items(self, account_id: int) -> list[int]:
        return await self.house.read(_items, account_id)

    async def effects(self, state: str) -> list[int]:
        return await self.house.read(_effects, state)

    async def actor(self) -> Actor:
        person, session = await self.house.write(_enter)
        return Actor(person, session, alone=True)


def _account(room: Room, name: str) -> int:
    number = practice.ensure_account(room)
    if room.tx.one("SELECT 1 FROM item WHERE account_id = ?", number) or name != "first":
        row = dict(room.tx.one("SELECT * FROM account WHERE id = ?", number) or {})
        row = {key: value for key, value in row.items() if key not in ("id", "seq")}
        number = room.tx.insert("account", {**row, "name": name})
        room.tx.run(
            "INSERT INTO poll (account_id, cursor, last_ok, down_since, sentence, paused)"
            " VALUES (?, '', NULL, NULL, '', 0)",
            number,
        )
        room.tx.record("account.practice", account=number)
    room.tx.announce("account", number)
    return number


def _items(look: Look, account_id: int) -> list[int]:
    return [
        row["id"] for row in look.conn.execute("SELECT id FROM item WHERE account_id = ? ORDER BY id", (account_id,))
    ]


def _effects(look: Look, state: str) -> list[int]:
    return [row["id"] for row in look.conn.execute("SELECT id FROM effect WHERE state = ?", (state,))]


def _enter(room: Room) -> tuple[Any, str]:
    from moderator.store import people

    person = people.roster(room.conn)[0]
    return person, sessions.open_session(room, person)[0]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    config = Config(times=TIMES)
    house = House(config, tmp_path, private=True)
    hub = Hub(asyncio.get_running_loop(), news.describer(house), per_second=1000, up_ms=house.clock.up_ms)
    house.on_commit = hub.committed
    await rounds.open_up(house)
    service = Service(config, house, Gate(house, config, private=True), Bounds(config.limits), hub, private=True)
    running = asyncio.create_task(hub.run())
    made = Desk(service, workers.Workers(service))
    yield made
    await made.workers.stop()
    running.cancel()
    await house.close()


@pytest.mark.parametrize("error", [ValueError("inside"), Outage("It is down."), KeyError("x"), TimeoutError()])
async def test_one_accounts_trouble_stops_no_other(desk: Desk, error: Exception) -> None:
    bad, good = Platform("first", error=error), Platform("second", comments=3)
    bad_id, good_id = await desk.account(bad), await desk.account(good)
    desk.workers.start()
    await desk.until(lambda: _true(desk.items(good_id), 3))
    good.comments = 5
    asked = bad.asked
    await desk.until(lambda: _true(desk.items(good_id), 5))
    await desk.until(lambda: _more(bad, asked))  # and the bad one is tried again
    bad.error = None
    bad.comments = 1
    await desk.until(lambda: _true(desk.items(bad_id), 1))


async def _true(items: Awaitable[list[int]], count: int) -> bool:
    return len(await items) == count


async def _more(platform: Platform, than: int) -> bool:
    return platform.asked > than


async def test_a_worker_outlives_its_faults() -> None:
    rounds_run = 0
    enough = asyncio.Event()

    async def job() -> None:
        nonlocal rounds_run
        rounds_run += 1
        if rounds_run == 1:
            raise Refused(Code.FULL, "Not saved: the disk is full.")
        enough.set()

    task = asyncio.create_task(workers.again_and_again("test", 0.01, job))
    await asyncio.wait_for(enough.wait(), 20)
    assert not task.done()
    task.cancel()


async def test_an_account_that_is_no_longer_in_service_is_no_longer_read(desk: Desk) -> None:
    from moderator.desk import accounts

    platform = Platform("first", comments=1)
    number = await desk.account(platform)
    desk.workers.start()
    await desk.until(lambda: _true(desk.items(number), 1))
    actor = await desk.actor()
    await desk.house.write(accounts.freeze, actor, number, asks.Because("stop"))

    async def ended() -> bool:
        return number not in desk.workers.accounts._tasks

    await desk.until(ended)
    platform.comments = 2
    await desk.workers.accounts.review()
    assert number not in desk.workers.accounts._tasks


@pytest.mark.req("Z3")
async def test_one_effect_at_a_time_for_each_account_and_accounts_side_by_side(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Platform("first", comments=4), Platform("second", comments=2)
    ids = [await desk.account(platform) for platform in (first, second)]
    desk.workers.start()
    await desk.until(lambda: _true(desk.items(ids[0]), 4))
    await desk.until(lambda: _true(desk.items(ids[1]), 2))
    first.go.clear()
    actor = await desk.actor()
    for number in ids:
        for item in (await desk.items(number))[1:]:  # the first one is a picture
            await desk.house.write(_hide, actor, item)
    await asyncio.wait_for(first.begun.wait(), 20)

    async def second_done() -> bool:
        return len(await desk.effects("done")) >= 1

    await desk.until(second_done)  # the second account goes on while the first one's act hangs
    assert first.acting == 1
    first.go.set()

    async def all_done() -> bool:
        return not await desk.house.read(rounds.anything_open)

    await desk.until(all_done)
    assert (first.most_at_once, second.most_at_once) == (1, 1)
    assert len(await desk.effects("done")) == 4
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def _hide(room: Room, actor: Actor, item: int) -> None:
    """Decide to hide a comment on any clause that allows it."""
    text = room.tx.one("SELECT text, n FROM version WHERE item_id = ?", item) or {"text": "", "n": 1}
    clause = next(clause.id for clause in room.policy.clauses if clause.hideable)
    ask = asks.Hide(text["n"], clause, start=0, end=min(5, len(text["text"])))
    work.hide(room, actor, item, ask)


async def test_a_private_desk_lingers_only_while_something_moves(desk: Desk) -> None:
    """It stays while an effect is on its way, and ends once nobody and nothing needs it."""
    platform = Platform("first", comments=2)
    number = await desk.account(platform)
    told: list[str] = []
    desk.workers.start(when_idle=told.append)
    await desk.until(lambda: _true(desk.items(number), 2))
    platform.go.clear()
    actor = await desk.actor()
    told.clear()
    await desk.house.write(_hide, actor, (await desk.items(number))[1])
    await asyncio.wait_for(platform.begun.wait(), 20)
    linger = workers.Linger(desk.service, told.append)
    linger._last_ms -= 10_000
    told.clear()
    await linger.look()
    assert told == []
    platform.go.set()

    async def over() -> bool:
        linger._last_ms -= 10_000
        await linger.look()
        return bool(told)

    await desk.until(over)


async def test_words_are_indexed_behind_intake(desk: Desk) -> None:
    await desk.account(Platform("first", comments=30))
    desk.workers.start()

    async def indexed() -> bool:
        return await desk.house.read(_indexed) == 30

    await desk.until(indexed)


def _indexed(look: Look) -> int:
    left: int = look.conn.execute("SELECT count(*) FROM unsaid").fetchone()[0]
    found: int = look.conn.execute("SELECT count(*) FROM said WHERE said MATCH 'form'").fetchone()[0]
    return found if not left else 0
