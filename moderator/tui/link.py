"""The line to the desk: calls in daemon threads, and the event stream with its own re-attaching.

The client is blocking by design; nothing of it ever runs on the event loop. What a thread learns is posted as a
message, and only the loop changes what is shown.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from textual.message import Message

from moderator.client import Client
from moderator.domain import view
from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 3
"""Calls under way at once: one for what the officer does, two for what the screen reads."""
FIRST_PAUSE = 0.5
"""Seconds before the first attempt to attach again; it doubles up to `LONGEST_PAUSE`."""
LONGEST_PAUSE = 5.0


class Attached(Message):
    """The event stream is up; the desk knows who we are."""

    def __init__(self, hello: view.Hello) -> None:
        super().__init__()
        self.hello = hello


class LineLost(Message):
    """The event stream ended or could not be opened; it is being tried again."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__()
        self.refusal = refusal


class Told(Message):
    """One event of the stream."""

    def __init__(self, name: str, data: Any) -> None:
        super().__init__()
        self.name = name
        self.data = data


_Job = Callable[[], None]


class Link:
    """The calls and the stream of one session at the desk."""

    def __init__(self, client: Client, post: Callable[[Message], object]) -> None:
        self.client = client
        self._post = post
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._ending = threading.Event()
        self._stream: Any = None
        self._token = ""
        self._greeted = False

    def start(self) -> None:
        """Start the threads and the stream."""
        for number in range(THREADS):
            threading.Thread(target=self._work, name=f"desk-call-{number}", daemon=True).start()
        threading.Thread(target=self._listen, name="desk-events", daemon=True).start()

    async def call(self, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a blocking call of the client off the loop. Raises what it raises: `Refused`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()

        def job() -> None:
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                _tell(loop, future, None, error)
            else:
                _tell(loop, future, result, None)

        self._jobs.put(job)
        return await future

    def close(self) -> None:
        """End the stream, which frees the leases at once, and let the threads end."""
        self._ending.set()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
        for _ in range(THREADS):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _listen(self) -> None:
        pause = FIRST_PAUSE
        while not self._ending.is_set():
            self._greeted = False
            try:
                self._follow()
                why, cure = words("The line to the desk is lost."), words("Trying again; nothing typed is lost.")
                refusal = Refused(Code.DOWN, why, cure)
            except Refused as error:
                refusal = error
                self._token = "" if error.code is Code.NO_SESSION else self._token
            if self._ending.wait(0):
                return
            self._post(LineLost(refusal))
            pause = FIRST_PAUSE if self._greeted else pause
            self._ending.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _follow(self) -> None:
        """Follow one stream to its end. Raises `Refused` where it could not be opened, or broke."""
        with self.client.stream(resume=self._token) as stream:
            self._stream = stream
            for name, data in stream:
                if self._ending.is_set():
                    return
                if name == "hello":
                    self._greeted, self._token = True, data.token
                    self._post(Attached(data))
                else:
                    self._post(Told(name, data))


def _tell(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any], result: object, error: BaseException | None
) -> None:
    """Hand a call's outcome to the loop; a loop that has closed meanwhile has nobody left to tell."""

    def settle() -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return
