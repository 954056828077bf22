"""The desk's event stream: what moved, as it moves. Holding one open is what keeps a session alive."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self

from moderator.client.answers import decoded, parsed, refusal
from moderator.client.connection import Connection, Lost
from moderator.domain import view
from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words

SILENCE: Final = 15.0
"""Seconds without even a ping after which the desk counts as gone; it pings every five."""

_LONGEST: Final = 4 * 1024 * 1024
"""Longest event, in bytes."""

_KINDS: Final = {
    "hello": "Hello", "queue": "Changed", "effect": "EffectView", "account": "AccountHealth", "batch": "Batch",
}  # fmt: skip
"""Event → the record of `domain.view` that it carries; by name, because a record is loaded when it is first named."""


def _kind(event: str) -> type[Any]:
    """What an event carries; a dict for the small ones."""
    found: type[Any] = getattr(view, _KINDS[event]) if event in _KINDS else dict
    return found


Event = tuple[str, Any]
"""Name and data: the dataclass of its kind, or a dict for the small ones."""


class Stream:
    """An open event stream. Iterate it in one thread; `close` may be called from any other, and wakes that one.

    The first event is always `hello`, which is also kept as `hello`. The iteration ends when `close` was called and
    raises `Refused(DOWN)` when the desk went silent or closed.
    """

    def __init__(self, connection: Connection, headers: dict[str, str], target: str, silence: float = SILENCE) -> None:
        """Ask for the stream and wait for its hello. Raises `Refused`; the connection is closed then."""
        self._connection = connection
        self._closed = False
        self._lock = Lock()
        connection.wait(silence)
        try:
            self._events = self._opened(headers, target)
            self.hello: view.Hello = self._first()
        except BaseException:
            connection.close()
            raise
        self._told = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        if not self._told:
            self._told = True
            return "hello", self.hello
        try:
            return next(self._events)
        except Lost as lost:
            if self._closed:
                raise StopIteration from None
            raise Refused(
                Code.DOWN,
                words("The desk is gone: {why}.", why=lost.args[0]),
                words("Nothing typed is lost; trying again."),
            ) from lost
        except StopIteration:
            if self._closed:
                raise
            raise Refused(
                Code.DOWN, words("The desk has closed the line."), words("Nothing typed is lost; trying again.")
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the session. The desk notices at once and frees what was claimed."""
        with self._lock:
            self._closed = True
            self._connection.cut()  # wakes a reader, who lets go of the buffer that close needs
            self._connection.close()

    def _opened(self, headers: dict[str, str], target: str) -> Iterator[Event]:
        try:
            self._connection.send("GET", target, headers | {"Accept": "text/event-stream"}, None)
            status, found = self._connection.head()
            if status != 200:
                raise refusal(status, found, b"".join(self._connection.pieces(found)))
        except Lost as lost:
            raise Refused(
                Code.DOWN,
                words("The desk did not open the event stream: {why}.", why=lost.args[0]),
                words("Try again."),
            ) from lost
        return self._read(self._connection.pieces(found))

    def _first(self) -> view.Hello:
        try:
            name, hello = next(self._events)
        except (Lost, StopIteration):
            raise Refused(Code.DOWN, words("The desk closed the event stream at once."), words("Try again.")) from None
        if name != "hello":
            raise Refused(
                Code.VERSION, words("The desk's event stream does not begin with a hello."), words("Update both sides.")
            )
        assert isinstance(hello, view.Hello)
        return hello

    def _read(self, pieces: Iterator[bytes]) -> Iterator[Event]:
        try:
            yield from events(pieces)
        finally:
            self._connection.close()


def events(pieces: Iterator[bytes]) -> Iterator[Event]:
    """Server-sent events out of a body that comes in pieces of any cut. Comments are skipped."""
    name = "message"
    data: list[bytes] = []
    for line in _lines(pieces):
        if not line:
            if data:
                yield name, decoded(_kind(name), parsed(b"\n".join(data)), f"event {name}")
            name, data = "message", []
        elif line.startswith(b"event:"):
            name = line[6:].strip().decode("utf-8", "replace")
        elif line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    kept = b""
    for piece in pieces:
        *whole, kept = (kept + piece).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in whole)
        if len(kept) > _LONGEST:
            raise Lost(words("it sent an event without end"), answered=True)
