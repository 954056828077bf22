"""The database: one writer thread with group commit, a pool of read-only connections, one transaction per use case.

WAL with `synchronous=FULL`, asserted at start. A write is acknowledged only after its commit reached the disk. Every
change of a sealed row is told to the trail in the same transaction: `Tx.record` seals what was touched since the last
record, and a transaction that touched rows without recording them is refused.
"""

from __future__ import annotations

import logging
import queue
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from moderator.domain.clock import Clock
from moderator.domain.errors import Code, Refused
from moderator.domain.event import GENESIS, Event
from moderator.domain.wording import words
from moderator.store.faults import FROM_THE_FILE, refusal
from moderator.store.schema import VERSION, migrations
from moderator.store.tx import Row as Row
from moderator.store.tx import Tx as Tx

T = TypeVar("T")

_log = logging.getLogger(__name__)

URGENT: Final = 0
"""Priority of what an officer waits for."""
BULK: Final = 1
"""Priority of intake: waits behind officers."""

_BATCH: Final = 64
"""Most jobs in one commit."""


Job = tuple[int, int, Callable[[Tx], Any], "Future[Any]"]


class Store:
    """The open database. `write` and `read` may be called from any thread; both answer with a future."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        zone: str = "UTC",
        busy_ms: int = 5000,
        query_ms: int = 2000,
        readers: int = 4,
        on_commit: Callable[[list[tuple[str, Any]], tuple[int, str]], None] | None = None,
    ) -> None:
        self.path = path
        self.clock = clock
        self.zone = ZoneInfo(zone)
        self.query_ms = query_ms
        self.on_commit = on_commit
        """Called in the writer thread after each commit, with what was announced and the trail's head."""
        self.read_only = ""
        """Why nothing can be saved now, or "". A small write that still fits does not end it: `has_room` does."""
        self._damaged = False
        """True from the moment the file was found damaged: nothing is written to it any more."""
        self._numbers = count()
        self._jobs: queue.PriorityQueue[Job] = queue.PriorityQueue()
        self._local = threading.local()
        self._conn = connect(path, busy_ms)
        try:
            migrate(self._conn)
            self.head = _head(self._conn)
        except BaseException:
            self._conn.close()
            raise
        self._readers = ThreadPoolExecutor(readers, "store-read")
        self._closing = False
        self._thread = threading.Thread(target=self._write_for_ever, name="store-write", daemon=True)
        self._thread.start()

    def write(self, job: Callable[[Tx], T], priority: int = URGENT) -> Future[T]:
        """Run `job` in the writer thread, in its own transaction. The future is done once it is durable.

        Fails with `Refused` where the job refuses, where the disk is full or the database busy or damaged; then nothing
        of it was saved.
        """
        future: Future[T] = Future()
        if self._closing:
            future.set_exception(
                Refused(Code.DOWN, words("The desk is shutting down."), words("It will be back shortly."))
            )
        else:
            self._jobs.put((priority, next(self._numbers), job, future))
        return future

    def read(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run `job` on a read-only connection, within the query time limit."""
        return self._readers.submit(self._read, job)

    def close(self) -> None:
        """Finish what was accepted, then let go of the file."""
        self._closing = True
        self._jobs.put((BULK + 1, next(self._numbers), _STOP, Future()))
        self._thread.join()
        self._readers.shutdown()
        self._conn.close()

    def _read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        conn = getattr(self._local, "conn", None)
        if conn is None:
            conn = self._local.conn = connect_read_only(self.path)
        deadline = time.monotonic() + self.query_ms / 1000
        conn.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        try:
            return job(conn)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except FROM_THE_FILE as error:
            raise self._noted(refusal(error)) from error
        finally:
            conn.set_progress_handler(None, 0)

    def has_room(self) -> None:
        """Somebody saved as much as ordinary work needs: the disk is no longer full. A damaged file stays read-only."""
        if not self._damaged:
            self.read_only = ""

    def _noted(self, refused: Refused) -> Refused:
        """Remember what a refusal says about the file itself: full until `has_room`, damaged for good."""
        if refused.code is Code.DAMAGED:
            self._damaged = True
        if refused.code in (Code.FULL, Code.DAMAGED):
            self.read_only = refused.sentence
        return refused

    def _write_for_ever(self) -> None:
        while True:
            jobs = self._take()
            stopping = jobs[-1][2] is _STOP
            if stopping:
                jobs.pop()
            if jobs:
                self._commit(jobs)
            if stopping:
                return

    def _take(self) -> list[Job]:
        jobs = [self._jobs.get()]
        while len(jobs) < _BATCH and jobs[-1][2] is not _STOP and jobs[-1][0] == URGENT:
            try:
                jobs.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return jobs

    def _commit(self, jobs: list[Job]) -> None:
        """Run the jobs and commit them together; each fails alone, or all with the disk."""
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        announced: list[tuple[str, Any]] = []
        head = self.head
        try:
            if self._damaged:
                raise sqlite3.DatabaseError("malformed")
            self._conn.execute("BEGIN IMMEDIATE")
            for _, _, job, future in jobs:
                if not future.set_running_or_notify_cancel():
                    continue
                result, error, head = self._one(job, head, announced)
                done.append((future, result, error))
            self._conn.execute("COMMIT")
        except FROM_THE_FILE as fault:
            self._fail(jobs, fault)
            return
        self.head = head
        if self.on_commit is not None:
            self.on_commit(announced, head)
        for future, result, error in done:
            future.set_exception(error) if error else future.set_result(result)

    def _one(
        self, job: Callable[[Tx], Any], head: tuple[int, str], announced: list[tuple[str, Any]]
    ) -> tuple[Any, BaseException | None, tuple[int, str]]:
        now = self.clock.now()
        tx = Tx(self._conn, now, now.astimezone(self.zone).isoformat(timespec="milliseconds"), head)
        self._conn.execute("SAVEPOINT one")
        try:
            result = job(tx)
            tx.finish()
        except Exception as error:
            if isinstance(error, FROM_THE_FILE) and not isinstance(error, sqlite3.IntegrityError):
                raise  # the disk or the file itself: no job of this batch can be kept
            self._conn.execute("ROLLBACK TO one")
            self._conn.execute("RELEASE one")
            return None, error, head
        self._conn.execute("RELEASE one")
        announced.extend(tx.announced)
        return result, None, tx.head

    def _fail(self, jobs: list[Job], error: Exception) -> None:
        if self._conn.in_transaction:
            self._conn.execute("ROLLBACK")
        refused = self._noted(refusal(error))
        _log.error("write refused", extra={"code": refused.code.value})
        for _, _, _, future in jobs:
            if not future.done():
                future.set_exception(refused)


def _STOP(tx: Tx) -> None:  # noqa: N802 -- a mark, never called
    raise AssertionError


def connect(path: Path, busy_ms: int = 5000) -> sqlite3.Connection:
    """The writing connection, with every pragma set and asserted. Creates the file 0600."""
    path.touch(mode=0o600, exist_ok=True)
    try:
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise Refused(
            Code.DAMAGED, words("{path} cannot be opened as a database.", path=path), words("Is it a file of ours?")
        ) from error
    conn.row_factory = sqlite3.Row
    try:
        conn.execute(f"PRAGMA busy_timeout={busy_ms}")
        _need_ours(conn)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            conn.execute(f"PRAGMA {pragma}")
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        for name, value in wanted.items():
            if conn.execute(f"PRAGMA {name}").fetchone()[0] != value:
                raise Refused(
                    Code.DAMAGED,
                    words("The database does not accept {name}={value}.", name=name, value=value),
                    words("Is it on a local disk?"),
                )
        conn.execute("PRAGMA journal_size_limit=67108864")
        conn.execute("PRAGMA cache_size=-65536")
    except sqlite3.Error as error:
        conn.close()
        raise refusal(error) from error
    except Refused:
        conn.close()
        raise
    return conn


def _need_ours(conn: sqlite3.Connection) -> None:
    """Refuse another program's database before anything in it is changed. An empty file is a new desk's."""
    tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and not {"meta", "event"} <= tables:
        raise sqlite3.DatabaseError("not a database of ours")


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    conn = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA query_only=ON")
    conn.execute("PRAGMA busy_timeout=2000")
    return conn


def migrate(conn: sqlite3.Connection) -> None:
    """Bring the schema up to date, all or nothing. Refuses a database made by a newer program."""
    try:
        found = conn.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise Refused(
                Code.VERSION,
                words(
                    "This database is of version {found}; this program knows up to {version}.",
                    found=found,
                    version=VERSION,
                ),
                words("Start the newer moderator."),
            )
        if found == VERSION:
            return
        db = Database(conn)
        with db.atomic():
            migrations.apply(db)
            conn.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('instance', ?)", (secrets.token_hex(16),))
            conn.execute(f"PRAGMA user_version={VERSION}")
    except sqlite3.Error as error:
        raise refusal(error) from error


def _head(conn: sqlite3.Connection) -> tuple[int, str]:
    try:
        row = conn.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise refusal(error) from error
    return (row["seq"], row["hash"]) if row else (0, GENESIS)


def events(conn: sqlite3.Connection, after: int = 0) -> Iterator[Event]:
    """The trail from an event on, in order."""
    for row in conn.execute("SELECT seq, at, kind, body, prev, hash FROM event WHERE seq > ? ORDER BY seq", (after,)):
        yield Event(row["seq"], row["at"], row["kind"], row["body"], row["prev"], row["hash"])


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only look at a database, for the data's owner (doctor, trail verify)."""
    try:
        conn = connect_read_only(path)
    except sqlite3.Error as error:
        raise refusal(error) from error
    try:
        yield conn
    finally:
        conn.close()
