"""Judging in a process of its own: reading imported lines, cleaning and the policy engine take no time of the desk.

What goes there is comments, or lines of a file as they came; what comes back is ready to be written. A batch that kills
the worker is judged again by a fresh one, then comment by comment; one that kills it even alone is taken in with "no
opinion", and a notice says so. Nothing is lost for want of a verdict.
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

from moderator.desk.alike import Rows
from moderator.desk.ready import Taken, prepare
from moderator.domain.comment import CleanComment, RemoteComment
from moderator.domain.policy import Clause, Opinion, Verdict
from moderator.domain.wording import words
from moderator.platforms.base import PlatformError
from moderator.platforms.importer import comment_of
from moderator.policy.document import Document
from moderator.policy.engine import Engine
from moderator.text import clean

Line = tuple[int, bytes]
"""A line of an imported file, by its number."""

Given = RemoteComment | Line

Judged = Taken | str | None
"""A comment ready to be written; a sentence where a line holds none; None where a line is empty."""

_PATIENCE_S: Final = 60.0
"""A worker that answers nothing for so long is replaced."""
_DEATHS: Final = 3
"""Most workers that one batch may cost."""
_REST_S: Final = 30.0
"""After a worker that did not even start, for so long none is started."""
READY: Final = "ready"
"""First word of a worker."""

_log = logging.getLogger(__name__)


class WorkerDied(Exception):
    """The worker is gone or does not answer."""


def clean_comment(comment: RemoteComment) -> CleanComment:
    """Every text of a comment made safe, in full."""
    body, author, post = clean(comment.text), comment.author, comment.post
    return CleanComment(
        text=body.text,
        author_name=clean(author.name).text,
        author_handle=clean(author.handle).text,
        post_title=clean(post.title).text if post else "",
        post_text=clean(post.text).text if post else "",
        flags=tuple(body.flags),
    )


class Assessor:
    """Judges by one policy. Without an engine nothing is judged, only made safe."""

    def __init__(self, policy: Document, engine: Engine | None) -> None:
        self._engine = engine
        self._version = policy.version
        self._clauses: dict[str, Clause] = {clause.id: clause for clause in policy.clauses}
        self._rows = Rows(self._clauses, engine)

    def remember(self, known: Sequence[tuple[str, str]]) -> None:
        """The rows of near-duplicates that stand in the queue already: key and text of one member of each."""
        self._rows.remember(known)

    def judged(self, given: Given) -> Judged:
        """One comment or line, judged and ready to be written. What the agency says itself is never judged."""
        try:
            comment = comment_of(given[1], given[0]) if isinstance(given, tuple) else given
        except PlatformError as error:
            return str(error)
        if comment is None:
            return None
        cleaned = clean_comment(comment)
        verdict = self._verdict(comment, cleaned)
        return prepare(self._clauses, comment, cleaned, verdict, self._rows.key(comment, cleaned, verdict))

    def _verdict(self, comment: RemoteComment, cleaned: CleanComment) -> Verdict:
        if comment.author.ours:
            return Verdict(Opinion.NONE, "und", policy_version=self._version)
        if self._engine is None:
            return Verdict(Opinion.NONE, comment.language or "und", policy_version=self._version)
        return self._engine.judge(
            cleaned.text,
            author=cleaned.author_name,
            post_text=cleaned.post_text,
            language=comment.language,
            media=bool(comment.media),
        )


def work(line: Connection, policy: Document) -> None:
    """The worker: says that it is ready, then batches in, verdicts out, until the line ends (or the desk dies)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assessor = Assessor(policy, Engine(policy))
    with contextlib.suppress(EOFError, OSError):
        line.send(READY)
        while True:
            asked = line.recv()
            if isinstance(asked, Known):
                assessor.remember(asked.rows)
            else:
                line.send([assessor.judged(given) for given in asked])


@dataclass(frozen=True, slots=True)
class Known:
    """What a fresh worker is told first: the rows of near-duplicates that stand in the queue, key and text of each."""

    rows: tuple[tuple[str, str], ...]


class Judge:
    """One worker process and the line to it. One batch at a time; callers wait their turn."""

    def __init__(
        self,
        policy: Document,
        notices: dict[str, str],
        *,
        target: Callable[[Connection, Document], None] = work,
        known: Callable[[], Sequence[tuple[str, str]]] = tuple,
    ) -> None:
        """`known` gives the rows of near-duplicates that a fresh worker goes on with; it is asked in the judge's
        thread."""
        self._policy = policy
        self._without_engine = Assessor(policy, None)
        self._notices = notices
        self._target = target
        self._known = known
        self._process: BaseProcess | None = None
        self._line: Connection | None = None
        self._threads = ThreadPoolExecutor(1, "judge")
        self._deaths = 0
        self._rest_until = 0.0
        self.starts = 0
        """How many workers were started."""

    async def judge(self, batch: Sequence[Given]) -> list[Judged]:
        """Each comment or line cleaned, judged and ready to be written, in the same order."""
        if not batch:
            return []
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._batch, list(batch))

    async def close(self) -> None:
        """End the worker."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._stop)
        self._threads.shutdown()

    @property
    def pid(self) -> int:
        """The worker's process id, 0 while there is none."""
        return (self._process.pid or 0) if self._process else 0

    def _batch(self, batch: list[Given]) -> list[Judged]:
        self._deaths = 0
        for _ in range(2):
            try:
                judged = self._ask(batch)
                self._notices.pop("judge", None)
                return judged
            except WorkerDied:
                _log.warning("the judging process ended")
        return [self._alone(given) for given in batch]

    def _alone(self, given: Given) -> Judged:
        """One comment of a batch that killed two workers."""
        if self._deaths <= _DEATHS:
            try:
                return self._ask([given])[0]
            except WorkerDied:
                _log.warning("a comment could not be judged")
        self._notices["judge"] = words("Judging failed: some comments were taken in with “no opinion”. Tell the lead.")
        return self._without_engine.judged(given)

    def _ask(self, batch: list[Given]) -> list[Judged]:
        line = self._line or self._start()
        try:
            line.send(batch)
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
            if rows := tuple(self._known()):
                ours.send(Known(rows))
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
