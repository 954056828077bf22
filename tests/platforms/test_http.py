"""The door: which addresses it takes, what it does with a broken line, how much it reads."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from moderator.domain.secret import Secret
from moderator.platforms import base, http
from moderator.platforms.http import Answer, Basic, Door, base_address

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.req("A3")
@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://consult.example.org", "https://consult.example.org/"),
        (" https://consult.example.org/blog/ ", "https://consult.example.org/blog"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081/"),
        ("http://localhost", "http://localhost/"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("http://consult.example.org", ""),
        ("http://127.0.0.1.example.org", ""),
        ("http://localhost.example.org", ""),
        ("http://10.0.0.1", ""),
        ("https://desk:word@consult.example.org", ""),
        ("https://consult.example.org/?a=1", ""),
        ("https://consult.example.org/#x", ""),
        ("consult.example.org", ""),
        ("ftp://consult.example.org", ""),
        ("https://", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_addresses(url: str, taken: str) -> None:
    if taken:
        assert str(base_address(url)) == taken
    else:
        with pytest.raises(base.Invalid) as caught:
            base_address(url)
        assert "word" not in str(caught.value)


@contextlib.asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[Door]:
    """A door to a server on loopback that does with each connection what `handler` says."""

    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.create_task(serve(reader, writer)))

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    door = Door(base_address(f"http://127.0.0.1:{port}/"), Basic("desk", Secret("word")), 5.0)
    try:
        yield door
    finally:
        await door.aclose()
        listening.close()
        await asyncio.gather(*serving, return_exceptions=True)


def saying(answer: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return handler


def plain(body: bytes, *extra: bytes, size: int | None = None) -> bytes:
    length = b"Content-Length: %d" % (len(body) if size is None else size)
    return b"\r\n".join([b"HTTP/1.1 200 OK", length, *extra, b"", body])


async def both(door: Door) -> tuple[object, object]:
    """What a read and a write come to: the answer or the error."""
    found: list[object] = []
    for call in (door.read("x"), door.write("x", {"a": 1})):
        try:
            found.append(await call)
        except base.PlatformError as error:
            found.append(error)
    return found[0], found[1]


@pytest.mark.req("F1", "F3", "F4")
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 20",
        b"nonsense\r\n\r\n",
        plain(b'{"id": 3', size=900),
    ],
)
async def test_a_broken_line_after_sending_is_unknown(answer: bytes) -> None:
    async with server(saying(answer)) as door:
        read, write = await both(door)
    assert isinstance(read, base.Outage)
    assert isinstance(write, base.Transient)
    assert write.unknown_outcome


async def test_a_whole_answer_is_taken() -> None:
    """The control of the test before."""
    async with server(saying(plain(b'{"id": 3}'))) as door:
        read, write = await both(door)
    assert isinstance(read, Answer)
    assert isinstance(write, Answer)
    assert (read.json(), read.write, write.write) == ({"id": 3}, False, True)


async def test_nobody_listening_means_that_nothing_was_sent() -> None:
    async with server(saying(b"")) as door:
        pass
    closed = Door(base_address(door._base), Basic("desk", Secret("word")), 5.0)
    for one in (closed, door):  # nobody listens; and the door itself was closed
        read, write = await both(one)
        assert isinstance(read, base.Outage)
        assert isinstance(write, base.Transient)
        assert not write.unknown_outcome
    await closed.aclose()


async def test_an_answer_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"[" + b" " * 5000 + b"]"
    async with server(saying(plain(body))) as door:
        assert isinstance((await both(door))[0], Answer)  # the control
        monkeypatch.setattr(http, "LARGEST", 4096)
        read, write = await both(door)
    assert isinstance(read, base.BadPayload)
    assert isinstance(write, base.Transient)
    assert write.unknown_outcome


async def test_a_compressed_answer_is_not_unpacked() -> None:
    """A few kilobytes could become gigabytes; we asked for plain text."""
    bomb = gzip.compress(b" " * 1_000_000)
    async with server(saying(plain(bomb, b"Content-Encoding: gzip"))) as door:
        read, _ = await both(door)
    assert isinstance(read, base.BadPayload)


async def test_redirects_are_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    async with server(saying(moved)) as door:
        read, _ = await both(door)
    assert isinstance(read, Answer)
    assert read.status == 302


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with server(saying(plain(b"{}"))) as door:
        assert isinstance((await both(door))[0], Answer)


async def test_a_server_that_drips_for_ever_is_left() -> None:
    """Every single byte comes in time; the whole answer does not."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with server(drip) as door:
        door._limit = 0.2
        read, write = await both(door)
    assert isinstance(read, base.Outage)
    assert isinstance(write, base.Transient)
    assert write.unknown_outcome


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b'{"a": \xff}', b"[" * 100_000])
def test_what_is_no_json_is_none(body: bytes) -> None:
    assert Answer(200, {}, body, False).json() is None


def test_a_byte_order_mark_is_no_fault() -> None:
    assert Answer(200, {}, b'\xef\xbb\xbf{"a": 1}', False).json() == {"a": 1}


def test_a_certificate_is_always_asked_for() -> None:
    door = Door(base_address("https://consult.example.org"), Basic("desk", Secret("word")), 5.0)
    pool = door._client._transport
    assert isinstance(pool, httpx.AsyncHTTPTransport)
    context = pool._pool._ssl_context
    assert context is not None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
