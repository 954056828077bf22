"""One HTTP/1.1 connection over a Unix socket, to a desk whose Unix user was checked first.

Small on purpose: it speaks to our own service alone, and it must load in a few milliseconds, which the standard
library's own HTTP client (with mail parsing and TLS behind it) does not.
"""

from __future__ import annotations

import io
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words

LONGEST_PATH: Final = 107
"""Bytes that the kernel takes for the name of a Unix socket."""

_LINE: Final = 65_536
"""Longest line of a head, in bytes."""
_IDLE: Final = 30.0
"""A kept connection is not used again after so many seconds: the service closes idle ones later than that."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Lost(Exception):
    """The connection broke. `answered` is True once any byte of the answer had come."""

    def __init__(self, sentence: str, *, answered: bool = False) -> None:
        super().__init__(sentence)
        self.answered = answered


def peer_uid(sock: socket.socket) -> int:
    """The uid of whoever serves the other end, as the kernel says."""
    if hasattr(socket, "SO_PEERCRED"):
        return int(struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1])
    # macOS: LOCAL_PEERCRED of SOL_LOCAL gives a struct xucred: version, uid, groups.
    return int(struct.unpack("2I", sock.getsockopt(0, 1, 76)[:8])[1])


def expected_uid(path: Path) -> int:
    """Our own uid, where the socket's directory is ours alone. Refuses others: anybody could have put one there."""
    try:
        found = path.parent.stat()
    except OSError as error:
        raise _unreachable(path, error) from error
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise Refused(
            Code.FOREIGN,
            words(
                "The directory {directory} is not yours alone, so the desk in it may be somebody else's.",
                directory=path.parent,
            ),
            words(
                "Name the desk's user as desk.service_user in the system's configuration, or chmod 700 {directory}.",
                directory=path.parent,
            ),
        )
    return os.geteuid()


class Connection:
    """One connection. Not for two threads at once, except `cut`."""

    def __init__(self, path: Path, expect_uid: int | None, timeout: float) -> None:
        """Connect and check who serves. Raises `Refused`; nothing was sent then."""
        self._sock = _connected(path, timeout)
        try:
            _check_peer(self._sock, path, expect_uid)
        except Refused:
            self._sock.close()
            raise
        self._file = self._sock.makefile("rb")
        self._used = monotonic()

    @property
    def fresh(self) -> bool:
        """Whether it may be used for a further request: used just now, and not closed by the desk."""
        if monotonic() - self._used > _IDLE or self._file.closed:
            return False
        self._sock.setblocking(False)
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes | Iterable[bytes] | None) -> None:
        """Send one request. A body in pieces goes chunked. Raises `Lost`."""
        extra = _framing(body)
        named = "".join(f"{name}: {_plain(value)}\r\n" for name, value in (headers | extra).items())
        head = f"{method} {target} HTTP/1.1\r\n{named}\r\n".encode("ascii")
        self._put(head + body if isinstance(body, bytes) else head)
        if body is not None and not isinstance(body, bytes):
            for piece in body:
                if piece:
                    self._put(b"%x\r\n%b\r\n" % (len(piece), piece))
            self._put(b"0\r\n\r\n")

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of the answer. Raises `Lost`."""
        first = self._line(answered=False)
        while b" 100 " in first[:16]:
            while self._line():
                pass
            first = self._line()
        try:
            status = int(first.split(b" ", 2)[1])
        except (IndexError, ValueError):
            raise Lost(words("what answered is not a desk"), answered=True) from None
        headers = {}
        while line := self._line():
            name, _, value = line.partition(b":")
            headers[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
        return status, headers

    def pieces(self, headers: dict[str, str]) -> Iterator[bytes]:
        """The answer's body as it comes. Raises `Lost` where it ends early or stays silent."""
        try:
            if headers.get("transfer-encoding", "").lower() == "chunked":
                yield from self._chunks()
            elif "content-length" in headers:
                yield self._exactly(int(headers["content-length"]))
            else:
                while piece := self._file.read1(_LINE):
                    yield piece
        except (OSError, ValueError) as error:
            raise Lost(_why(error), answered=True) from error
        self._used = monotonic()

    def ask(
        self, method: str, target: str, headers: dict[str, str], body: bytes | Iterable[bytes] | None, limit: float
    ) -> Answer:
        """One request and its whole answer, each step within `limit` seconds. Raises `Lost`."""
        self._sock.settimeout(limit)
        try:
            self.send(method, target, headers, body)
        except Lost as lost:
            status, found = self._early(lost)
        else:
            status, found = self.head()
        answer = Answer(status, found, b"" if status in (204, 304) else b"".join(self.pieces(found)))
        if found.get("connection", "").lower() == "close":
            self.close()
        return answer

    def cut(self) -> None:
        """Wake whoever reads, from any thread: the other end is gone for them."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was gone already

    def close(self) -> None:
        """Let go of the connection."""
        self._file.close()
        self._sock.close()

    def wait(self, seconds: float) -> None:
        """The longest silence allowed from here on."""
        self._sock.settimeout(seconds)

    def _early(self, lost: Lost) -> tuple[int, dict[str, str]]:
        """The answer that came while we were still sending: a body refused half-way. Raises `lost` where none did."""
        try:
            return self.head()
        except Lost:
            raise lost from None

    def _put(self, data: bytes) -> None:
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise Lost(_why(error)) from error

    def _line(self, *, answered: bool = True) -> bytes:
        try:
            line = self._file.readline(_LINE)
        except (OSError, ValueError) as error:
            raise Lost(_why(error), answered=answered) from error
        if not line.endswith(b"\n"):
            raise Lost(words("it closed the line"), answered=answered or bool(line))
        return line.rstrip(b"\r\n")

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._line().split(b";")[0], 16):
            yield self._exactly(size)
            self._line()
        while self._line():
            pass

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise Lost(words("it closed the line in the middle of an answer"), answered=True)
        return data


def _connected(path: Path, timeout: float) -> socket.socket:
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise Refused(
            Code.BAD,
            words(
                "The socket's name is longer than {most} bytes, which the system does not take: {path}",
                most=LONGEST_PATH,
                path=path,
            ),
            words("Choose a shorter one with --socket or --data-dir."),
        )
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    try:
        sock.connect(str(path))
    except OSError as error:
        sock.close()
        raise _unreachable(path, error) from error
    return sock


def _check_peer(sock: socket.socket, path: Path, expect_uid: int | None) -> None:
    expected = expected_uid(path) if expect_uid is None else expect_uid
    found = peer_uid(sock)
    if found != expected:
        raise Refused(
            Code.FOREIGN,
            words(
                "What listens at {path} runs as uid {found}, not as the desk's uid {expected}. Nothing was sent to it.",
                path=path,
                found=found,
                expected=expected,
            ),
            words("Tell the system's administrator: somebody may be posing as the desk."),
            {"expected": expected, "found": found},
        )


def _unreachable(path: Path, error: OSError) -> Refused:
    if isinstance(error, PermissionError):
        return Refused(
            Code.NOT_ALLOWED,
            words("You may not open the desk's socket {path}.", path=path),
            words("Ask the lead to put you into the desk's Unix group, then log in again."),
        )
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        sentence = words("The desk is down: there is no socket at {path}.", path=path)
    elif isinstance(error, ConnectionRefusedError):
        sentence = words("The desk is down: nobody listens at {path}.", path=path)
    elif isinstance(error, (TimeoutError, BlockingIOError)):
        sentence = words("The desk at {path} does not take connections just now.", path=path)
    else:
        why = error.strerror or words("the connection failed")
        sentence = words("The desk at {path} cannot be reached: {why}.", path=path, why=why)
    return Refused(Code.DOWN, sentence, words("Whoever runs the service starts it with “moderator serve”."))


def _framing(body: bytes | Iterable[bytes] | None) -> dict[str, str]:
    if body is None:
        return {}
    return {"Content-Length": str(len(body))} if isinstance(body, bytes) else {"Transfer-Encoding": "chunked"}


def _plain(value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise Refused(Code.BAD, words("A header of the request would hold characters that do not belong there."))
    return value


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return words("it stayed silent")
    if isinstance(error, (io.UnsupportedOperation, ValueError)):
        return words("its answer makes no sense")
    return words("it closed the line")
