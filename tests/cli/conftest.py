"""A scripted desk on a real Unix socket: HTTP/1.1 by the standard library's own server, answers by table."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

HELLO: dict[str, Any] = {
    "token": "tok-1", "api": 1, "version": "0.1.0", "desk": "Test desk", "instance": "i", "person": "alice",
    "person_id": 1, "roles": ["moderator"], "permissions": ["read"], "practice": False, "private": True,
    "lease_s": 120.0, "renew_s": 30.0, "idle_s": 600.0, "draft_ms": 700, "resumed": [],
}  # fmt: skip


@dataclass
class Seen:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, Any] | Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _any(self) -> None:
        desk = self.server.desk
        try:
            body = self._body()
        except (ValueError, OSError):  # a client that gave up half-way
            self.close_connection = True
            return
        desk.seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
        answer = desk.routes.get(f"{self.command} {self.path.split('?')[0].removeprefix('/v1')}", (404, _NOT_FOUND))
        if callable(answer):
            answer(self)
        else:
            self.reply(*answer)

    do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def reply(self, status: int, data: Any, api: str | None = "1") -> None:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        if api is not None:
            self.send_header("Moderator-Api", api)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, *pieces: bytes, hold: threading.Event | None = None) -> None:
        """Server-sent events, chunked exactly as given; then wait for `hold`, then close."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.close_connection = True
        if hold is not None:
            hold.wait(20)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent."""


_NOT_FOUND = {"error": {"code": "not_found", "sentence": "There is no such thing.", "cure": "", "facts": {}}}


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    desk: ScriptedDesk

    def get_request(self) -> tuple[Any, Any]:
        request, _ = super().get_request()
        return request, ("desk", 0)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of what is tested."""


def event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


@dataclass
class ScriptedDesk:
    path: Path
    routes: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.server = _Server(str(self.path), Handler)
        self.server.desk = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.gone.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
        self.path.unlink(missing_ok=True)

    def session(self) -> None:
        """Serve an event stream that stays open, so that acts have a token."""
        self.routes["GET /events"] = lambda handler: handler.stream(event("hello", HELLO), hold=self.gone)

    def paths(self) -> list[str]:
        return [f"{seen.method} {seen.path}" for seen in self.seen]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ScriptedDesk]:
    place = tmp_path / "run"
    place.mkdir(mode=0o700)
    desk = ScriptedDesk(place / "desk.sock")
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def desk_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, list[str]]]:
    """A socket path at which a desk opens only once somebody has been told that it is down."""
    place = tmp_path / "later"
    place.mkdir(mode=0o700)
    desk = ScriptedDesk(place / "desk.sock")
    desk.routes["GET /health"] = (200, {"ok": True, "version": "0.1.0", "head": 1})
    monkeypatch.setattr("moderator.cli.reach.time.sleep", lambda _: desk.start())
    yield desk.path, []
    monkeypatch.undo()
    desk.stop()
