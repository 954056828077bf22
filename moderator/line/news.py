"""What happens meanwhile: the event stream, heard in a thread of its own and told at the next prompt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from moderator.domain import view
from moderator.domain.effect import EffectState
from moderator.domain.errors import Refused
from moderator.line import telling

if TYPE_CHECKING:
    from moderator.client import Client, Stream


class News:
    """A session at the desk: holds the stream open, renews the leases, and keeps what is to be told."""

    def __init__(self, client: Client, zone: tzinfo) -> None:
        self._client = client
        self._zone = zone
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._sentences: list[str] = []
        self._new = 0
        self._urgent: tuple[int, ...] = ()
        self._alerted: tuple[int, ...] = ()
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
            new, self._new = self._new, 0
            urgent = self._alerted = self._urgent
        yield from sentences
        if new:
            yield f"{telling.many(new, 'new comment')} came in."
        if urgent:
            yield _alarm(len(urgent))

    def alerts(self) -> Iterator[str]:
        """Urgent items that nobody was told of yet: also between the lines of a text."""
        with self._lock:
            urgent, known = self._urgent, self._alerted
            self._alerted = urgent
        if set(urgent) - set(known):
            yield _alarm(len(urgent))

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
                    self._say("The desk is gone; trying to reach it again. Nothing can be saved meanwhile.")
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
        self._say("The desk is back.", *telling.offered(stream.hello))
        return True

    def _take(self, name: str, data: Any) -> None:
        if name == "queue":
            with self._lock:
                self._new += data.new
                self._urgent = data.urgent
        elif name == "effect" and data.mine and data.state not in (EffectState.HELD, EffectState.READY):
            self._say(*telling.effect(data, self._zone))
        elif name == "account" and data.sentence:
            self._say(f"Account {data.name}: {data.sentence}")
        elif name == "notice":
            self._say(str(data.get("sentence", "")))

    def _renew(self) -> None:
        while not self._stop.wait(self.hello.renew_s):
            key, self._key = self._key, False
            try:
                self._client.alive(key)
            except Refused:
                self._key = self._key or key  # told again once the desk is back


def _alarm(count: int) -> str:
    return f"{count} URGENT and unopened: u opens the most urgent."
