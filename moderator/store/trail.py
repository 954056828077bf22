"""Verifying the trail: the chain, and every sealed row against the newest event that names it.

Says: unaltered since the head was known outside. Not: that nothing else should have been recorded.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator

from moderator.domain.event import Event, Fault, row_digest, verify_chain
from moderator.domain.wording import words
from moderator.store.base import Row, events
from moderator.store.faults import is_damage
from moderator.store.schema import SEALED


def verify(conn: sqlite3.Connection) -> Fault | None:
    """The first thing that does not hold, or None where all does. Reads one moment of the database; flat memory.

    One walk over the chain compares each row at the event that last changed it. Every row has exactly one such event,
    so equal counts mean that no row stands unrecorded; only where they differ are the rows walked to name it.
    """
    begun = not conn.in_transaction
    if begun:
        conn.execute("BEGIN")
    try:
        walk = _Walk(conn)
        return _walked(walk)
    finally:
        if begun:
            conn.rollback()


def _walked(walk: _Walk) -> Fault | None:
    """The first fault; where the file itself cannot be read on, the place up to which it could."""
    try:
        return verify_chain(walk.events()) or walk.fault or walk.unrecorded()
    except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, sqlite3.DatabaseError) and (walk.seq == 0 or not is_damage(error)):
            raise
        return Fault(
            walk.seq,
            words("after event {seq}", seq=walk.seq),
            words("The file is damaged: it cannot be read on from there."),
        )


class _Walk:
    """One pass over the trail. The rows that an event names are looked at only after the chain has accepted it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        self.fault: Fault | None = None
        self.seq = 0
        """The newest event that could be read."""
        self.matched: Counter[str] = Counter()
        self._selects = {
            table: f"SELECT * FROM {table} WHERE {' AND '.join(f'{key} = ?' for key in keys)}"  # noqa: S608
            for table, keys in SEALED.items()
        }
        self._tables = SEALED.keys() & _tables(conn)
        """A database of an earlier version has fewer: then no event can name a row of the others."""

    def events(self) -> Iterator[Event]:
        """The trail in order, until a row faults."""
        for event in events(self.conn):
            self.seq = event.seq
            yield event
            self.fault = self._rows(event)
            if self.fault is not None:
                return

    def _rows(self, event: Event) -> Fault | None:
        for name, digest in json.loads(event.body)["rows"].items():
            fault = self._row(event.seq, name, digest)
            if fault is not None:
                return fault
        return None

    def _row(self, seq: int, name: str, digest: str) -> Fault | None:
        table, _, key = name.partition(":")
        row = self._find(table, key) if table in self._tables else None
        if row is None:
            return Fault(
                seq,
                name,
                words(
                    "{name} is missing: event {seq} recorded it, and nothing recorded its removal.", name=name, seq=seq
                ),
            )
        if row["seq"] > seq:
            return None
        if row["seq"] < seq:
            return Fault(
                seq,
                name,
                words(
                    "{name} was put back: event {seq} changed it, the row stands as of {other}.",
                    name=name,
                    seq=seq,
                    other=row["seq"],
                ),
            )
        if row_digest(dict(row)) != digest:
            return Fault(
                seq, name, words("{name} was altered: it is not what event {seq} recorded.", name=name, seq=seq)
            )
        self.matched[table] += 1
        return None

    def _find(self, table: str, key: str) -> Row | None:
        found: Row | None = self.conn.execute(self._selects[table], key.split(".", len(SEALED[table]) - 1)).fetchone()
        return found

    def unrecorded(self) -> Fault | None:
        """A row that no event names as its own."""
        for table in sorted(self._tables):
            total = self.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 -- our own name
            if total != self.matched[table]:
                return self._name_it(table)
        return None

    def _name_it(self, table: str) -> Fault | None:
        keys = SEALED[table]
        for row in self.conn.execute(f"SELECT {', '.join(keys)}, seq FROM {table}"):  # noqa: S608 -- our own names
            name = f"{table}:{'.'.join(str(row[key]) for key in keys)}"
            found = self.conn.execute("SELECT body FROM event WHERE seq = ?", (row["seq"],)).fetchone()
            if found is None or name not in json.loads(found["body"])["rows"]:
                return Fault(
                    row["seq"],
                    name,
                    words("{name} is not on the trail: event {seq} does not name it.", name=name, seq=row["seq"]),
                )
        return None


def page(conn: sqlite3.Connection, after: int, limit: int, item: int = 0) -> list[Row]:
    """Events after a number, oldest first; of one item, or of all where `item` is 0."""
    if item:
        return conn.execute(
            "SELECT * FROM event WHERE item = ? AND item > 0 AND seq > ? ORDER BY seq LIMIT ?", (item, after, limit)
        ).fetchall()
    return conn.execute("SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)).fetchall()


def newest(conn: sqlite3.Connection, item: int, limit: int) -> list[Row]:
    """The newest events of an item, oldest of them first."""
    return conn.execute(
        "SELECT * FROM event WHERE item = ? AND item > 0 ORDER BY seq DESC LIMIT ?", (item, limit)
    ).fetchall()[::-1]


def _tables(conn: sqlite3.Connection) -> set[str]:
    """The names of the tables there are. Raises `sqlite3.DatabaseError` where they cannot be read."""
    try:
        return {row["name"] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("malformed database schema") from error
