"""Who is told what happened: one hub, one bounded queue for each stream.

A commit calls `committed` in the writer thread; one hop later the loop has it. The first change goes out at once, later
ones are merged so that nobody gets more than the configured number of `queue` events a second. An event is encoded
once for each language, however many streams get it. A stream that cannot keep up loses its queue and is
told `resync` once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from moderator.service.answers import encode

_log = logging.getLogger(__name__)

IDS: Final = 200
"""Most item ids that one event names; a client reads its page again anyway."""


def frame(name: str, data: object, language: str = "") -> bytes:
    """One server-sent event, in a language: by default the one of the request that is being answered."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), encode(data, language))


RESYNC: Final = frame("resync", {})
"""Read everything again."""
CLOSING: Final = frame("closing", {})


@dataclass(slots=True)
class Pending:
    """What happened since streams were last told."""

    items: dict[int, None] = field(default_factory=dict)
    """Ids in the order of their change."""
    new: int = 0
    effects: dict[int, None] = field(default_factory=dict)
    leases: dict[int, None] = field(default_factory=dict)
    accounts: dict[int, None] = field(default_factory=dict)
    batches: dict[int, None] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    personal: list[tuple[str, str]] = field(default_factory=list)
    """Unix name and sentence: for that person alone."""
    seq: int = 0
    at_ms: int = 0
    """Monotonic milliseconds at the first commit among them."""

    def add(self, announced: Iterable[tuple[str, Any]]) -> None:
        """Take in what one commit announced."""
        for name, data in announced:
            if name == "item":
                self.items[data[0]] = None
                self.new += bool(data[1])
            elif name == "notice":
                self.notices.append(data)
            elif name == "notice_for":
                self.personal.append(data)
            else:
                self._of(name)[data] = None

    def _of(self, name: str) -> dict[int, None]:
        """What is told by number."""
        return {
            "effect": self.effects, "lease": self.leases, "account": self.accounts, "batch": self.batches
        }[name]  # fmt: skip


class Telling:
    """One event for everybody: `owned` is the data for the person whose it is, where that differs.

    Where `data` is None it is for that person alone. It is encoded once for each language and form that somebody gets:
    in English at once, off the loop.
    """

    __slots__ = ("_data", "_forms", "_name", "_owned", "_person")

    def __init__(self, name: str, data: object, person: str = "", owned: object = None) -> None:
        self._name = name
        self._data = data
        self._person = person
        self._owned = owned
        self._forms = {("en", False): frame(name, data, "en") if data is not None else b""}

    def form(self, person: str, language: str) -> bytes:
        """The form that this person gets, in their language; b"" where it is not for them."""
        mine = self._owned is not None and person == self._person
        if self._data is None and not mine:
            return b""
        if (language, mine) not in self._forms:
            data = self._owned if mine else self._data
            self._forms[language, mine] = frame(self._name, data, language)
        return self._forms[language, mine]


class Subscriber:
    """One stream's queue. Lives on the loop."""

    def __init__(self, person: str, uid: int, size: int, language: str = "en") -> None:
        self.person = person
        self.uid = uid
        self.language = language
        """The language in which the stream was asked for."""
        self._size = size
        self._waiting: deque[bytes] = deque()
        self._lost = False
        self._ended = False
        self._wake = asyncio.Event()

    def put(self, chunk: bytes, *, optional: bool = False) -> None:
        """Queue one event. A full queue is replaced by one `resync`; an optional event is dropped then."""
        if self._ended or self._lost:
            return
        if len(self._waiting) >= self._size:
            if optional:
                return
            self._waiting.clear()
            self._waiting.append(RESYNC)
            self._lost = True
        else:
            self._waiting.append(chunk)
        self._wake.set()

    def end(self, last: bytes = b"") -> None:
        """Nothing comes after this; what waits is still delivered."""
        if not self._ended:
            if last:
                self._waiting.append(last)
            self._ended = True
            self._wake.set()

    async def take(self) -> bytes:
        """Everything that waits, joined; b"" at the end of the stream."""
        while not self._waiting:
            if self._ended:
                return b""
            self._wake.clear()
            await self._wake.wait()
        chunk = b"".join(self._waiting)
        self._waiting.clear()
        self._lost = False
        return chunk


Describe = Callable[[Pending], Awaitable[list[Telling]]]


class Hub:
    """Every open stream."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, describe: Describe, *, per_second: int, up_ms: Callable[[], int]
    ) -> None:
        self._loop = loop
        self._describe = describe
        """Reads what the events say, off the loop."""
        self._pause = 1 / max(per_second, 1)
        self._up_ms = up_ms
        self._pending = Pending()
        self._dirty = asyncio.Event()
        self._subscribers: set[Subscriber] = set()
        self.listeners: list[Callable[[Pending], None]] = []
        """Called on the loop with each merged batch before it is told: the workers listen here."""

    def committed(self, announced: list[tuple[str, Any]], head: tuple[int, str]) -> None:
        """Called in the writer thread after each commit."""
        if not announced:
            return
        try:
            self._loop.call_soon_threadsafe(self._note, announced, head[0], self._up_ms())
        except RuntimeError:  # the loop has ended: nobody is left to be told
            _log.debug("a commit after the last stream")

    def _note(self, announced: list[tuple[str, Any]], seq: int, at_ms: int) -> None:
        if not self._dirty.is_set():
            self._pending.at_ms = at_ms
        self._pending.add(announced)
        self._pending.seq = seq
        self._dirty.set()

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._subscribers)

    def people(self) -> set[str]:
        """Unix names of everybody with an open stream."""
        return {subscriber.person for subscriber in self._subscribers}

    def join(self, subscriber: Subscriber) -> None:
        """Tell this stream from now on."""
        self._subscribers.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        """Tell it no more."""
        self._subscribers.discard(subscriber)

    def publish(self, tellings: Iterable[Telling]) -> None:
        """Tell every stream."""
        for telling in tellings:
            for subscriber in self._subscribers:
                chunk = telling.form(subscriber.person, subscriber.language)
                if chunk:
                    subscriber.put(chunk)

    def ping(self, now: str) -> None:
        """Say that the line lives, to every stream that has room for it."""
        chunk = frame("ping", {"now": now}, "en")
        for subscriber in self._subscribers:
            subscriber.put(chunk, optional=True)

    def close(self) -> None:
        """End every stream after what waits, with `closing` last."""
        for subscriber in self._subscribers:
            subscriber.end(CLOSING)

    async def run(self) -> None:
        """Tell streams what happened, for ever: the first change at once, then at most so many a second."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            pending, self._pending = self._pending, Pending()
            await self._tell(pending)
            await asyncio.sleep(self._pause)

    async def _tell(self, pending: Pending) -> None:
        for listener in self.listeners:
            listener(pending)
        if not self._subscribers:
            return
        try:
            self.publish(await self._describe(pending))
        except Exception as error:
            # What happened is saved; only the news of it is missing, so every stream reads again.
            _log.error("streams could not be told what changed", exc_info=error)
            self.publish([Telling("resync", {})])
