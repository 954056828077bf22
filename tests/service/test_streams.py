"""The event stream from the inside: the real desk and routes, with a line that stalls and rights that end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from moderator.config import Config, Limits, Times
from moderator.desk import people, work
from moderator.desk.house import House
from moderator.desk.room import Look
from moderator.domain import asks
from moderator.domain.comment import Author, RemoteComment, RemoteState
from moderator.domain.person import Actor, Role
from moderator.domain.wording import words
from moderator.service import news
from moderator.service.app import build
from moderator.service.bounds import Bounds
from moderator.service.context import Service
from moderator.service.hub import RESYNC, Hub, Telling
from moderator.service.identity import Directory, Entry, Gate
from moderator.service.protocol import Peer

ALICE = 1001


class Told(Directory):
    """A name service that the test can change."""

    def __init__(self) -> None:
        self.member = True

    def entry(self, uid: int, group: str) -> Entry:
        return Entry("alice", self.member)

    def login(self, pid: int) -> int:
        return -1


class Desk:
    """A shared desk with its routes, without a socket."""

    def __init__(self, service: Service, directory: Told, peer: Peer) -> None:
        self.service = service
        self.directory = directory
        self.peer = peer
        self.app: ASGIApp = build(service)

    def stream(self) -> Stream:
        return Stream(self)

    async def sessions(self) -> list[str]:
        return await self.service.house.read(_open_sessions)


def _open_sessions(look: Look) -> list[str]:
    return [row["id"] for row in look.conn.execute("SELECT id FROM session WHERE closed_at IS NULL")]


def _logins(look: Look) -> list[str]:
    rows = look.conn.execute("SELECT body FROM event WHERE kind = 'session.peer'")
    return [str(json.loads(row["body"])["facts"]["login"]) for row in rows]


class Stream:
    """One request for the event stream, whose line the test holds in its hands."""

    def __init__(self, desk: Desk, path: str = "/v1/events", **headers: str) -> None:
        self.got = b""
        self.flows = asyncio.Event()
        self.flows.set()
        self._more = asyncio.Event()
        self._gone = asyncio.Event()
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"desk"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())],
            "state": {"peer": desk.peer},
        }
        self.task = asyncio.create_task(desk.app(scope, self._receive, self._send))  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.flows.wait()
        self.got += message.get("body", b"")
        self._more.set()

    def hang_up(self) -> None:
        self._gone.set()

    async def until(self, wanted: bytes) -> None:
        """Wait until this was delivered."""
        async with asyncio.timeout(20):
            while wanted not in self.got:
                self._more.clear()
                await self._more.wait()

    async def hello(self) -> dict[str, Any]:
        await self.until(b"\n\n")
        found: dict[str, Any] = json.loads(self.got.split(b"data: ", 1)[1].split(b"\n", 1)[0])
        return found

    async def ended(self) -> None:
        await asyncio.wait_for(self.task, 20)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    loop = asyncio.get_running_loop()
    config = Config(
        times=Times(identity=0.1, lookup_limit=5.0), limits=Limits(subscriber_queue=4, events_per_second=1000)
    )
    house = House(config, tmp_path)
    hub = Hub(loop, news.describer(house), per_second=1000, up_ms=house.clock.up_ms)
    house.on_commit = hub.committed
    await house.start()
    await house.write(people.init_lead, "alice", ALICE)
    directory = Told()
    service = Service(
        config, house, Gate(house, config, private=False, directory=directory), Bounds(config.limits), hub
    )
    running = asyncio.create_task(hub.run())
    ours, theirs = socket.socketpair()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    yield Desk(service, directory, Peer(ALICE, os.getpid(), transport))
    running.cancel()
    transport.abort()
    theirs.close()
    await house.close()


async def item_of(desk: Desk) -> int:
    """One comment, taken in through the desk's own intake."""
    from moderator.desk import intake

    house = desk.service.house
    account_id = await house.write(_account)
    comment = RemoteComment("r1", "How do I apply?", Author("a1", "Bipul"), house.clock.now(), RemoteState.VISIBLE, "1")
    await intake.take_all(house, account_id, [comment], house.clock.up_ms())
    return 1


def _account(room: Any) -> int:
    from moderator.desk import practice

    return practice.ensure_account(room)


@pytest.mark.req("Z11")
async def test_a_stalled_line_costs_a_bounded_queue_and_is_told_to_read_again(desk: Desk) -> None:
    stream = desk.stream()
    await stream.hello()
    item = await item_of(desk)
    person = next(person for person in await desk.service.house.read(people.roster))
    await stream.until(b"event: queue")
    stream.flows.clear()
    told: list[int] = []
    desk.service.hub.listeners.append(lambda pending: told.append(pending.seq))
    for n in range(30):
        done = await desk.service.house.write(work.note, Actor(person), item, asks.Note(f"note {n}"))
        async with asyncio.timeout(20):
            while not told or told[-1] < done.seq:
                await asyncio.sleep(0)
    (live,) = desk.service.sessions.all()
    assert len(live.subscriber._waiting) <= 4
    stream.flows.set()
    await stream.until(RESYNC)
    assert stream.got.count(b"event: queue") < 10
    stream.hang_up()
    await stream.ended()


@pytest.mark.req("Z12")
@pytest.mark.parametrize("how", ["group", "roster"])
async def test_an_open_stream_ends_when_the_right_to_it_ends(desk: Desk, how: str) -> None:
    stream = desk.stream()
    hello = await stream.hello()
    assert len(await desk.sessions()) == 1
    if how == "group":
        desk.directory.member = False
    else:
        house = desk.service.house
        (person,) = [one for one in await house.read(people.roster) if one.id == hello["person_id"]]
        await house.write(people.leave, Actor(person), person.id)
    await stream.ended()
    assert b"event: notice" in stream.got
    assert await desk.sessions() == []
    assert len(desk.service.sessions) == 0


@pytest.mark.req("Z12")
async def test_it_stays_while_the_right_stays(desk: Desk) -> None:
    """The control: many look-ups later the same stream is still open."""
    stream = desk.stream()
    await stream.hello()
    asked = 0
    done = asyncio.Event()

    class Counting(Told):
        def entry(self, uid: int, group: str) -> Entry:
            nonlocal asked
            asked += 1
            if asked == 5:
                loop.call_soon_threadsafe(done.set)
            return super().entry(uid, group)

    loop = asyncio.get_running_loop()
    desk.service.gate._directory = Counting()
    await asyncio.wait_for(done.wait(), 20)
    assert not stream.task.done()
    stream.hang_up()
    await stream.ended()


@pytest.mark.req("H10")
async def test_hanging_up_closes_the_session_and_stopping_keeps_it(desk: Desk) -> None:
    first, second = desk.stream(), desk.stream()
    await first.hello()
    await second.hello()
    assert await desk.service.house.read(_logins) == ["-1", "-1"]  # what the kernel says of the login is on the trail
    assert len(await desk.sessions()) == 2
    first.hang_up()
    await first.ended()
    assert len(await desk.sessions()) == 1
    desk.service.closing = True
    desk.service.hub.close()
    await second.ended()
    assert second.got.endswith(b"event: closing\ndata: {}\n\n")
    assert len(await desk.sessions()) == 1  # kept for re-attaching after the restart


async def test_a_refused_stream_gives_its_place_back(desk: Desk) -> None:
    desk.directory.member = False
    for _ in range(desk.service.bounds.limits.streams + 2):
        stream = desk.stream()
        await stream.ended()
        assert b"not in the group" in stream.got
    desk.directory.member = True
    stream = desk.stream()
    assert (await stream.hello())["person"] == "alice"
    stream.hang_up()
    await stream.ended()


async def test_new_roles_need_a_new_stream(desk: Desk) -> None:
    """A screen that was opened with other rights does not stay open with them."""
    stream = desk.stream()
    await stream.hello()
    house = desk.service.house
    (lead,) = [one for one in await house.read(people.roster) if one.uid == ALICE]
    await house.write(people.leave, Actor(lead), lead.id)
    await stream.ended()
    await house.write(people.init_lead, "alice", ALICE)
    again = desk.stream()
    hello = await again.hello()
    assert hello["person_id"] != lead.id  # a leaver who returns is a new activation
    assert set(hello["roles"]) >= {Role.LEAD.value}
    again.hang_up()
    await again.ended()


@pytest.mark.req("L6")
async def test_an_open_stream_follows_when_its_officer_switches_the_language(desk: Desk, pseudo: str) -> None:
    """The control is the colleague: a stream whose session asked for nothing stays as it was."""
    mine, theirs = Stream(desk), Stream(desk)
    token = (await mine.hello())["token"]
    await theirs.hello()
    switched = Stream(desk, "/v1/status", moderator_session=token, accept_language=pseudo)
    await switched.ended()
    assert b'"person":"alice"' in switched.got
    said = words("There is room on the disk again: what you do is saved.")
    desk.service.hub.publish([Telling("notice", {"sentence": said})])
    await mine.until("⟦There is room".encode())
    await theirs.until(b'{"sentence":"There is room')
    for stream in (mine, theirs):
        stream.hang_up()
        await stream.ended()
