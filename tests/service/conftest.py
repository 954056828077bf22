"""Short places for sockets, and a bare client that sends exactly the bytes a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moderator.client import Client
from moderator.domain.errors import Refused

DEADLINE = 20.0


@pytest.fixture
def short() -> Iterator[Path]:
    """A closed directory whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="m") as made:
        yield Path(made).resolve()


class Wire:
    """One raw connection to a Unix socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, path: Path) -> Wire:
        return cls(*await asyncio.open_unix_connection(str(path)))

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of the next answer."""
        raw = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), DEADLINE)
        first, *rest = raw.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in rest if line)
        return int(first.split()[1]), headers

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer, whole."""
        status, headers = await self.head()
        length = int(headers.get("content-length", "0"))
        return status, headers, await asyncio.wait_for(self.reader.readexactly(length), DEADLINE)

    async def ended(self) -> bool:
        """Wait until the other end has closed; whether nothing more came."""
        try:
            return await asyncio.wait_for(self.reader.read(), DEADLINE) == b""
        except ConnectionResetError:
            return True

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            await self.writer.wait_closed()


@pytest.fixture
async def wire() -> AsyncIterator[Callable[[Path], Awaitable[Wire]]]:
    """Opens raw connections, and closes them at the end."""
    opened: list[Wire] = []

    async def connect(path: Path) -> Wire:
        opened.append(await Wire.open(path))
        return opened[-1]

    yield connect
    for line in opened:
        await line.close()


_SERVE = """
import json, sys
from pathlib import Path
from moderator import locale
from moderator.config import Config, Desk, Limits, PolicyPlace, Times
from moderator.service import serve

given = json.loads(sys.argv[1])
if "languages" in given:
    locale.load(Path(given.pop("languages")))
parts = {"desk": Desk, "times": Times, "limits": Limits, "policy": PolicyPlace}
config = Config(**{name: parts[name](**given.pop(name, {})) for name in parts})
data_dir, socket = Path(given.pop("data_dir")), Path(given.pop("socket"))
sys.exit(serve(config, data_dir=data_dir, socket=socket, **given))
"""

QUICK = {"poll": 0.2, "tick": 0.02, "identity": 0.2, "hide_window": 0.3, "request": 2.0}


class DeskProcess:
    """One real desk service in a process of its own."""

    def __init__(self, place: Path, **given: Any) -> None:
        self.place = place
        self.socket = place / "run" / "desk.sock"
        self.given: dict[str, Any] = {"data_dir": str(place / "data"), "socket": str(self.socket), **given}
        self.given["times"] = {**QUICK, **given.get("times", {})}
        self.log = place / f"log-{time.monotonic_ns()}"
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[Client] = []

    def run(self, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        command = [sys.executable, "-c", _SERVE, json.dumps({**self.given, **more})]
        return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)

    def start(self) -> DeskProcess:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-c", _SERVE, json.dumps(self.given)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + DEADLINE
        while not self._listens():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.01)  # between two looks at another process; bounded by the deadline
        return self

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def said(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self, sig: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(sig)
        return self.process.wait(DEADLINE)

    def client(self) -> Client:
        """A client of this desk."""
        self._clients.append(Client(self.socket, expect_uid=os.getuid(), timeout=DEADLINE))
        return self._clients[-1]

    def close(self) -> None:
        """Let go of every client and end the process, however it stands."""
        for client in self._clients:
            client.close()
        if self.process is not None:
            self.end(signal.SIGKILL)


@pytest.fixture
def desk(short: Path) -> Iterator[Callable[..., DeskProcess]]:
    """Makes desks in one place, one after another; each is ended at the end."""
    made: list[DeskProcess] = []

    def make(**given: Any) -> DeskProcess:
        made.append(DeskProcess(short, **given))
        return made[-1]

    yield make
    for process in made:
        process.close()


@pytest.fixture(scope="module")
def whole() -> Iterator[DeskProcess]:
    """One private desk for tests that change nothing; no request to it may fail inside."""
    with tempfile.TemporaryDirectory(prefix="m") as made:
        process = DeskProcess(Path(made).resolve(), private=True).start()
        yield process
        assert process.end() == 0
        assert "report" not in process.said()


class Listener:
    """A client's open stream, read in a thread of its own."""

    def __init__(self, client: Client, resume: str = "") -> None:
        self.client = client
        self.stream = client.stream(resume)
        self.events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for name, data in self.stream:
                self.events.put((name, data))
        except Refused as refused:
            self.events.put(("refused", refused))
        self.events.put(("end", None))

    def until(self, wanted: str, accept: Callable[[Any], bool] = lambda data: True) -> Any:
        """The data of the next event of this name that is accepted. Fails after the deadline."""
        deadline = time.monotonic() + DEADLINE
        while True:
            name, data = self.events.get(timeout=max(deadline - time.monotonic(), 0.01))
            if name == wanted and accept(data):
                return data
            assert name != "end", f"the stream ended before {wanted}"

    def close(self) -> None:
        """Hang up."""
        self.stream.close()
        self._thread.join(DEADLINE)


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Opens streams, and closes them at the end."""
    opened: list[Listener] = []

    def make(client: Client, resume: str = "") -> Listener:
        opened.append(Listener(client, resume))
        return opened[-1]

    yield make
    for listener in opened:
        listener.close()
        listener.client.close()


class Line(http.client.HTTPConnection):
    """A plain HTTP connection over the socket, without our client."""

    def __init__(self, path: Path) -> None:
        super().__init__("desk", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(str(self._path))

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        self.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None


def _ask(service: Any, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    """One request on a connection of its own."""
    with contextlib.closing(Line(service.socket)) as line:
        return line.ask(method, path, body, **headers)


@pytest.fixture(scope="session")
def ask() -> Callable[..., tuple[int, Any]]:
    """Asks a desk one thing, without our client: (service, method, path, body, headers) → (status, JSON)."""
    return _ask
