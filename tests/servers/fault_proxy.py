"""A loopback HTTP proxy that fails on purpose: what a platform does on a bad night, by script.

Each write (POST, PUT, DELETE) takes the next fault of the script, and passes where the script is empty; reads pass
unless `reads` says otherwise. `on_answer` is awaited when the platform has answered a write and before we hear of it:
the moment at which a crash hurts most.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong with one call."""

    NONE = "none"
    DROP_BEFORE = "drop-before"
    """The line breaks before the platform hears of it."""
    DROP_AFTER = "drop-after-commit"
    """The platform acted; its answer is lost."""
    ERROR_BEFORE = "500-before"
    ERROR_AFTER = "500-after-commit"
    TOO_MANY = "429"
    SLOW = "slow"
    """The platform acted; its answer comes only when `release` is set."""
    TRUNCATED = "truncated"
    """The platform acted; its JSON ends in the middle."""
    HTML = "html"
    """The platform acted; a page comes instead of JSON."""


COMMITTED = frozenset({Fault.DROP_AFTER, Fault.ERROR_AFTER, Fault.SLOW, Fault.TRUNCATED, Fault.HTML})
"""Faults after which the act stands on the platform although we do not know."""


@dataclass
class FaultProxy:
    """The proxy; `url` is what the account's address is set to."""

    upstream: tuple[str, int]
    url: str = ""
    script: deque[Fault] = field(default_factory=deque)
    reads: deque[Fault] = field(default_factory=deque)
    retry_after: str | None = None
    """The header of a `TOO_MANY`; None for none."""
    on_answer: Callable[[], Awaitable[None]] | None = None
    release: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[tuple[str, str, Fault]] = field(default_factory=list)
    """Every call: method, path, what went wrong."""
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one call."""
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = await _read_request(reader)
            method, path = request.split(b" ", 2)[:2]
            queue = self.reads if method == b"GET" else self.script
            fault = queue.popleft() if queue else Fault.NONE
            self.calls.append((method.decode(), path.decode(), fault))
            writer.write(await self._answer(request, fault))
            await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _answer(self, request: bytes, fault: Fault) -> bytes:
        """What goes back, b"" for a broken line."""
        if fault is Fault.DROP_BEFORE:
            return b""
        if fault is Fault.ERROR_BEFORE:
            return _page(500, "Internal Server Error")
        if fault is Fault.TOO_MANY:
            extra = f"Retry-After: {self.retry_after}\r\n" if self.retry_after is not None else ""
            return _page(429, "Too Many Requests", extra)
        answer = await self._forward(request)
        if self.on_answer is not None and not request.startswith(b"GET "):
            await self.on_answer()
        return await self._spoil(answer, fault)

    async def _spoil(self, answer: bytes, fault: Fault) -> bytes:
        if fault is Fault.DROP_AFTER:
            return b""
        if fault is Fault.ERROR_AFTER:
            return _page(500, "Internal Server Error")
        if fault is Fault.HTML:
            return _page(200, "OK")
        if fault is Fault.SLOW:
            await self.release.wait()
        if fault is Fault.TRUNCATED:
            body = answer.partition(b"\r\n\r\n")[2]
            return _head(200, "OK", "application/json", len(body) // 2) + body[: len(body) // 2]
        return answer

    async def _forward(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read(-1)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """Head and body; the upstream is asked to close, so that its answer ends with the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    size = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + await reader.readexactly(size)


def _head(status: int, reason: str, kind: str, size: int, extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n{extra}"
    return f"{head}Connection: close\r\n\r\n".encode()


def _page(status: int, reason: str, extra: str = "") -> bytes:
    body = f"<html><body><h1>{status} {reason}</h1></body></html>".encode()
    return _head(status, reason, "text/html", len(body), extra) + body


@contextlib.asynccontextmanager
async def proxying(host: str, port: int) -> AsyncIterator[FaultProxy]:
    """A proxy before that server, on a free port of this machine."""
    proxy = FaultProxy((host, port))
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        proxy.release.set()
        server.close()
        await server.wait_closed()
        if proxy.serving:
            await asyncio.wait(proxy.serving, timeout=10)
