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
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from moderator.domain.comment import CleanComment, RemoteComment
from moderator.domain.policy import Opinion, Verdict
from moderator.policy import document
from moderator.policy.engine import Engine
from moderator.text import clean

Judged = tuple[CleanComment, Verdict]

_PATIENCE_S: Final = 60.0
"""A worker that answers nothing for so long is replaced."""
_RESTARTS: Final = 3
"""Most fresh workers for one batch."""

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


def work(line: Connection, policy: Path | None) -> None:
    """The worker: batches in, verdicts out, until the line ends. Ends by itself when the desk dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine = Engine(document.load(policy))
    with contextlib.suppress(EOFError, OSError):
        while True:
            line.send([judge_raw(engine, raw) for raw in line.recv()])


class Judge:
    """One worker process and the line to it. One batch at a time; callers wait their turn."""

    def __init__(
        self,
        policy: Path | None,
        notices: dict[str, str],
        *,
        version: str = "",
        target: Callable[[Connection, Path | None], None] = work,
    ) -> None:
        self._policy = policy
        self._notices = notices
        self._version = version
        self._target = target
        self._process: BaseProcess | None = None
        self._line: Connection | None = None
        self._threads = ThreadPoolExecutor(1, "judge")
        self._restarts = 0

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
        self._restarts = 0
        for _ in range(2):
            try:
                judged = self._ask(raws)
                self._notices.pop("judge", None)
                return judged
            except WorkerDied:
                _log.warning("the judging process ended and is started again")
        return [self._alone(raw) for raw in raws]

    def _alone(self, raw: Raw) -> Judged:
        """One comment of a batch that killed two workers."""
        if self._restarts <= _RESTARTS:
            try:
                return self._ask([raw])[0]
            except WorkerDied:
                _log.warning("a comment could not be judged")
        self._notices["judge"] = "Judging failed: some comments were taken in with “no opinion”. Tell the lead."
        return unjudged(raw, self._version)

    def _ask(self, raws: list[Raw]) -> list[Judged]:
        line = self._line or self._start()
        try:
            line.send(raws)
            if not line.poll(_PATIENCE_S):
                raise WorkerDied
            found: list[Judged] = line.recv()
            return found
        except (EOFError, OSError, WorkerDied):
            self._stop()
            self._restarts += 1
            raise WorkerDied from None

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=self._target, args=(theirs, self._policy), name="moderator-judge", daemon=True
        )
        self._process.start()
        theirs.close()
        self._line = ours
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
