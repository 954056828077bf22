"""What happens meanwhile: the event stream, heard in a thread of its own and told at the next prompt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from moderator.domain import view
from moderator.domain.effect import EffectState
from moderator.domain.errors import Refused
from moderator.line.telling import desk, effects
from moderator.locale import _, n_

if TYPE_CHECKING:
    from moderator.client import Client, Stream
    from moderator.line.console import Console

RING_AGAIN: Final = 60.0
"""Seconds for which an urgent item may stay unopened before it is said again."""


class News:
    """A session at the desk: holds the stream open, renews the leases, and keeps what is to be told."""

    def __init__(
        self, client: Client, zone: tzinfo, console: Console, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._zone = zone
        self._console = console
        self._clock = clock
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._sentences: list[str] = []
        self._effects: list[view.EffectView] = []
        self._new = 0
        self._urgent: tuple[int, ...] = ()
        self._alerted: frozenset[int] = frozenset()
        self._rung_at = float("-inf")
        self._draining: dict[int, str] = {}
        """Batches that were done here and are not through: what was said of each last."""
        self._key = False
        self._stream: Stream = client.stream()
        self.hello: view.Hello = self._stream.hello
        self._threads = [
            threading.Thread(target=self._listen, name="line-news", daemon=True),
            threading.Thread(target=self._renew, name="line-renew", daemon=True),
        ]

    def start(self, urgent: tuple[int, ...]) -> None:
        """Listen from now on; `urgent` are the unopened urgent items at sign-on."""
        self._urgent = urgent
        for thread in self._threads:
            thread.start()

    def typed(self) -> None:
        """The officer did something: the leases are alive."""
        self._key = True

    def told(self) -> Iterator[str]:
        """Everything since the last time. Unopened urgent items are told every time."""
        with self._lock:
            sentences, self._sentences = self._sentences, []
            moved, self._effects = self._effects, []
            new, self._new = self._new, 0
        yield from sentences
        yield from effects.moved(moved, self._zone)
        yield from self._progress()
        if new:
            yield n_("{n} new comment came in.", "{n} new comments came in.", new)
        yield from self.standing()

    def standing(self) -> Iterator[str]:
        """The urgent items that nobody has opened: told at every question."""
        with self._lock:
            urgent = self._urgent
            self._alerted = frozenset(urgent)
        if urgent:
            self._rung_at = self._clock()
            yield _alarm(len(urgent))

    def alerts(self) -> Iterator[str]:
        """Urgent items that this officer was not told of yet: also between the lines of a text."""
        with self._lock:
            known = self._alerted
            fresh = set(self._urgent) - known
        if fresh:
            yield from self.standing()

    def drains(self, batch_id: int, said: str = "") -> None:
        """A bulk act was done here, and so much was said of it: news of it comes at each prompt until it is through."""
        self._draining[batch_id] = said

    def opened(self, item_id: int) -> None:
        """An item was opened here: it is not unopened any more."""
        with self._lock:
            self._urgent = tuple(one for one in self._urgent if one != item_id)

    def close(self, *, on_purpose: bool = False) -> None:
        """End the session: the desk frees what was claimed, at once. Unless `on_purpose`, it offers it back later."""
        self._stop.set()
        if on_purpose:
            with suppress(Refused):  # a desk that does not hear it frees everything all the same
                self._client.leave()
        with self._lock:
            stream = self._stream
        stream.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(5)

    def _progress(self) -> Iterator[str]:
        """How far the batches are that were done here, where that has changed."""
        if not self._draining:
            return
        try:
            found = {one.id: one for one in self._client.batches()}
        except Refused:
            return  # said elsewhere: the desk is gone, or busy
        for number, said in list(self._draining.items()):
            one = found.get(number)
            if one is not None and one.sentence != said:
                self._draining[number] = one.sentence
                yield one.sentence
            if one is None or not one.waiting:
                del self._draining[number]

    def _say(self, *sentences: str) -> None:
        with self._lock:
            self._sentences.extend(sentences)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                for name, data in self._stream:
                    self._take(name, data)
            except Refused:
                if not self._stop.is_set():
                    self._say(_("The desk is gone; trying to reach it again. Nothing can be saved meanwhile."))
            if self._stop.is_set() or not self._back():
                return

    def _back(self) -> bool:
        """A new stream as soon as there is a desk again; False where there will be none."""
        try:
            stream = self._client.reopen(self._stop)
        except Refused as refused:
            self._say(str(refused))
            return False
        if stream is None:
            return False
        with self._lock:
            self._stream = stream
        if self._stop.is_set():
            stream.close()
            return False
        self._say(_("The desk is back."), *desk.offered(stream.hello))
        return True

    def _take(self, name: str, data: Any) -> None:
        if name == "queue":
            with self._lock:
                self._new += data.new
                self._urgent = data.urgent
            self._ring()
        elif name == "effect" and data.mine and data.state not in (EffectState.HELD, EffectState.READY):
            with self._lock:
                self._effects.append(data)
        elif name == "account" and data.sentence:
            self._say(_("Account {name}: {what}", name=data.name, what=data.sentence))
        elif name == "notice":
            self._say(str(data.get("sentence", "")))

    def _ring(self) -> None:
        """Say at once, also while nothing is typed, what is urgent, and again where it stays unopened."""
        with self._lock:
            urgent = self._urgent
            fresh = set(urgent) - self._alerted
        if (
            urgent
            and (fresh or self._clock() - self._rung_at >= RING_AGAIN)
            and self._console.alarm(_alarm(len(urgent)))
        ):
            self._rung_at = self._clock()
            with self._lock:
                self._alerted = frozenset(urgent)

    def _renew(self) -> None:
        while not self._stop.wait(min(self.hello.renew_s, RING_AGAIN)):
            self._ring()
            key, self._key = self._key, False
            try:
                self._client.alive(key)
            except Refused:
                self._key = self._key or key  # told again once the desk is back


def _alarm(count: int) -> str:
    return n_(
        "{n} URGENT and unopened: u opens the most urgent.", "{n} URGENT and unopened: u opens the most urgent.", count
    )
