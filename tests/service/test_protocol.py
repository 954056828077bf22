"""The connection itself: who is at the other end, how many there may be, and how long half a request may take."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from moderator.config import Limits
from moderator.service import answers
from moderator.service.bounds import Bounds
from moderator.service.protocol import HEAD, PeerProtocol, protocol_for

GET = b"GET /v1/status HTTP/1.1\r\nHost: desk\r\n\r\n"


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that says who asked, after reading the body."""
    while (message := await receive()).get("more_body"):
        assert message["type"] == "http.request"
    peer = scope["state"]["peer"]
    await answers.answer({"uid": peer.uid, "pid": peer.pid, "client": scope["client"][0]})(scope, receive, send)


@asynccontextmanager
async def served(path: Path, limits: Limits, app: Any = who) -> AsyncIterator[Bounds]:
    bounds = Bounds(limits)
    settings = uvicorn.Config(
        app, http=protocol_for(bounds), ws="none", lifespan="off", log_config=None, h11_max_incomplete_event_size=HEAD
    )
    loop, state = asyncio.get_running_loop(), ServerState()
    settings.load()
    protocol: Callable[[], PeerProtocol] = lambda: settings.http_protocol_class(settings, state, {}, loop)  # type: ignore[assignment, call-arg, return-value] # noqa: E731
    server = await loop.create_unix_server(protocol, str(path))
    yield bounds
    server.close()
    for connection in list(state.connections):
        connection.transport.abort()
    await server.wait_closed()


async def test_the_kernel_says_who_it_is(short: Path, wire: Any) -> None:
    async with served(short / "s", Limits()):
        line = await wire(short / "s")
        await line.send(GET)
        status, headers, body = await line.answer()
    assert (status, headers["moderator-api"]) == (200, "1")
    assert json.loads(body) == {"uid": os.getuid(), "pid": os.getpid(), "client": f"uid:{os.getuid()}"}


@pytest.mark.req("Z11")
async def test_connections_of_one_uid_are_capped_and_given_back(short: Path, wire: Any) -> None:
    async with served(short / "s", Limits(connections=2)) as bounds:
        first, second, third = [await wire(short / "s") for _ in range(3)]
        status, _, body = await third.answer()
        assert (status, json.loads(body)["error"]["code"]) == (429, "limited")
        assert await third.ended()
        await first.send(GET)
        assert (await first.answer())[0] == 200
        await second.close()
        while bounds._connections[os.getuid()] > 1:
            await asyncio.sleep(0)
        fourth = await wire(short / "s")
        await fourth.send(GET)
        assert (await fourth.answer())[0] == 200


HALVES = [
    b"",
    b"GET /v1/status HT",
    b"GET /v1/status HTTP/1.1\r\nHost: desk\r\n",
    b"POST /v1/items/1/claim HTTP/1.1\r\nHost: desk\r\nContent-Length: 10\r\n\r\n{",
    GET + b"GET /v1/st",
]


@pytest.mark.req("Z11")
@pytest.mark.parametrize("half", HALVES)
async def test_half_a_request_is_cut_off(short: Path, wire: Any, half: bytes) -> None:
    async with served(short / "s", Limits(header_seconds=0.05)):
        line = await wire(short / "s")
        await line.send(half)
        if half.startswith(GET):
            assert (await line.answer())[0] == 200
        assert await line.ended()


@pytest.mark.req("Z11")
@pytest.mark.parametrize("half", HALVES[:4])
async def test_without_the_limit_it_stays(short: Path, wire: Any, half: bytes) -> None:
    """The control: the same half request under a long limit keeps its connection while another one is answered."""
    async with served(short / "s", Limits(header_seconds=1000)) as bounds:
        line, other = await wire(short / "s"), await wire(short / "s")
        await line.send(half)
        await other.send(GET)
        assert (await other.answer())[0] == 200
        assert bounds._connections[os.getuid()] == 2
        assert not line.reader.at_eof()


async def test_an_idle_connection_after_its_answer_is_kept(short: Path, wire: Any) -> None:
    async with served(short / "s", Limits(header_seconds=0.05)):
        line, other = await wire(short / "s"), await wire(short / "s")
        await line.send(GET)
        assert (await line.answer())[0] == 200
        assert await other.ended()  # by now the limit has passed
        await line.send(GET)
        assert (await line.answer())[0] == 200


@pytest.mark.req("Z11")
@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: desk\r\nHost: desk\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: desk\r\nX: " + b"x" * (HEAD + 1),
        b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: x\r\n\r\n",
    ],
)
async def test_what_is_no_request_gets_a_sentence(short: Path, wire: Any, raw: bytes) -> None:
    async with served(short / "s", Limits()):
        line = await wire(short / "s")
        await line.send(raw)
        status, _, body = await line.answer()
        assert (status, json.loads(body)["error"]["code"]) == (400, "bad")
        assert await line.ended()


async def test_a_chunked_import_may_take_its_time_as_long_as_it_moves(short: Path, wire: Any) -> None:
    """Each piece starts the limit anew for an import; another path's body has one limit for all of it."""
    head = b"POST %s HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with served(short / "s", Limits(header_seconds=0.3)):
        slow, fast = await wire(short / "s"), await wire(short / "s")
        await slow.send(head % b"/v1/items/1/claim")
        await fast.send(head % b"/v1/accounts/1/import")
        ended = asyncio.create_task(slow.ended())
        while not ended.done():
            await fast.send(b"1\r\nx\r\n")
            await asyncio.wait([ended], timeout=0.02)
        await fast.send(b"0\r\n\r\n")
        assert (await fast.answer())[0] == 200
