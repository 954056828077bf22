"""Judging in a process of its own: cleaning and the policy engine never take time from the service.

A batch that kills the worker is judged again by a fresh one, then comment by comment; one that kills it even alone is
taken in with "no opinion", and a notice says so. Nothing is lost for want of a verdict.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from moderator.domain.comment import CleanComment, RemoteComment
from moderator.domain.policy import Opinion, Verdict
from moderator.policy.document import Document
from moderator.policy.engine import Engine
from moderator.text import clean

Judged = tuple[CleanComment, Verdict]

_PATIENCE_S: Final = 60.0
"""A worker that answers nothing for so long is replaced."""
_DEATHS: Final = 3
"""Most workers that one batch may cost."""
_REST_S: Final = 30.0
"""After a worker that did not even start, for so long none is started."""
READY: Final = "ready"
"""First word of a worker."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Raw:
    """What the worker needs of a comment, and no more: the evidence stays out of the pipe."""

    text: str
    author_name: str
    author_handle: str
    post_title: str
    post_text: str
    language: str
    media: bool


class WorkerDied(Exception):
    """The worker is gone or does not answer."""


def _raw(comment: RemoteComment) -> Raw:
    post = comment.post
    return Raw(
        comment.text,
        comment.author.name,
        comment.author.handle,
        post.title if post else "",
        post.text if post else "",
        comment.language,
        bool(comment.media),
    )


def clean_raw(raw: Raw) -> CleanComment:
    """Every text of a comment made safe, in full."""
    body = clean(raw.text)
    return CleanComment(
        text=body.text,
        author_name=clean(raw.author_name).text,
        author_handle=clean(raw.author_handle).text,
        post_title=clean(raw.post_title).text,
        post_text=clean(raw.post_text).text,
        flags=tuple(body.flags),
    )


def clean_comment(comment: RemoteComment) -> CleanComment:
    """A comment that is not judged (the agency's own), made safe."""
    return clean_raw(_raw(comment))


def judge_raw(engine: Engine, raw: Raw) -> Judged:
    """One comment, cleaned and judged."""
    cleaned = clean_raw(raw)
    verdict = engine.judge(
        cleaned.text,
        author=cleaned.author_name,
        post_text=cleaned.post_text,
        language=raw.language,
        media=raw.media,
    )
    return cleaned, verdict


def unjudged(raw: Raw, policy_version: str) -> Judged:
    """A comment that could not be judged: shown as such, never as clean."""
    return clean_raw(raw), Verdict(Opinion.NONE, raw.language or "und", policy_version=policy_version)


def work(line: Connection, policy: Document) -> None:
    """The worker: says that it is ready, then batches in, verdicts out, until the line ends (or the desk dies)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine = Engine(policy)
    with contextlib.suppress(EOFError, OSError):
        line.send(READY)
        while True:
            line.send([judge_raw(engine, raw) for raw in line.recv()])


class Judge:
    """One worker process and the line to it. One batch at a time; callers wait their turn."""

    def __init__(
        self,
        policy: Document,
        notices: dict[str, str],
        *,
        target: Callable[[Connection, Document], None] = work,
    ) -> None:
        self._policy = policy
        self._notices = notices
        self._target = target
        self._process: BaseProcess | None = None
        self._line: Connection | None = None
        self._threads = ThreadPoolExecutor(1, "judge")
        self._deaths = 0
        self._rest_until = 0.0
        self.starts = 0
        """How many workers were started."""

    async def judge(self, comments: Sequence[RemoteComment]) -> list[Judged]:
        """Each comment cleaned, with its verdict, in the same order."""
        raws = [_raw(comment) for comment in comments]
        if not raws:
            return []
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._batch, raws)

    async def close(self) -> None:
        """End the worker."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._stop)
        self._threads.shutdown()

    @property
    def pid(self) -> int:
        """The worker's process id, 0 while there is none."""
        return (self._process.pid or 0) if self._process else 0

    def _batch(self, raws: list[Raw]) -> list[Judged]:
        self._deaths = 0
        for _ in range(2):
            try:
                judged = self._ask(raws)
                self._notices.pop("judge", None)
                return judged
            except WorkerDied:
                _log.warning("the judging process ended")
        return [self._alone(raw) for raw in raws]

    def _alone(self, raw: Raw) -> Judged:
        """One comment of a batch that killed two workers."""
        if self._deaths <= _DEATHS:
            try:
                return self._ask([raw])[0]
            except WorkerDied:
                _log.warning("a comment could not be judged")
        self._notices["judge"] = "Judging failed: some comments were taken in with “no opinion”. Tell the lead."
        return unjudged(raw, self._policy.version)

    def _ask(self, raws: list[Raw]) -> list[Judged]:
        line = self._line or self._start()
        try:
            line.send(raws)
            found: list[Judged] = self._answer(line, _PATIENCE_S)
            return found
        except (EOFError, OSError, WorkerDied):
            self._deaths += 1
            self._stop()
            raise WorkerDied from None

    def _answer(self, line: Connection, patience_s: float) -> Any:
        if not line.poll(patience_s):
            raise WorkerDied
        return line.recv()

    def _start(self) -> Connection:
        """A fresh worker that has said that it is ready. One that never gets so far is not tried again at once."""
        if time.monotonic() < self._rest_until:
            raise WorkerDied
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=self._target, args=(theirs, self._policy), name="moderator-judge", daemon=True
        )
        self._process.start()
        self.starts += 1
        theirs.close()
        self._line = ours
        try:
            self._answer(ours, _PATIENCE_S)
        except (EOFError, OSError, WorkerDied):
            _log.error("the judging process does not start")
            self._rest_until = time.monotonic() + _REST_S
            self._stop()
            raise WorkerDied from None
        return ours

    def _stop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            self._process.terminate()
            self._process.join(5)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process = None
