"""One transaction: rows written, changed and sealed, and the events that tell of them.

Every change of a sealed row is told to the trail in the same transaction: `Tx.record` seals what was touched since the
last record, and a transaction that touched rows without recording them is refused.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain as joined
from typing import Any, Final

from moderator.domain.event import Entry, Value, chain, digest_of, row_digest, stamp
from moderator.store.schema import SEALED

Row = Mapping[str, Any]


class Tx:
    """One use case's transaction. Lives in the writer thread for as long as the use case runs."""

    def __init__(self, conn: sqlite3.Connection, now: datetime, local: str, head: tuple[int, str]) -> None:
        self._conn = conn
        self.now = now
        """The moment of this transaction, UTC."""
        self.at = stamp(now)
        self.local = local
        self.head = head
        """Number and hash of the newest event."""
        self.announced: list[tuple[str, Any]] = []
        """What to tell subscribers once this is committed."""
        self._touched: dict[str, str] = {}
        self._queued: dict[tuple[str, tuple[str, ...]], list[tuple[object, ...]]] = {}
        """Table and columns → rows to write before anything else is asked of the connection."""
        self._ids: dict[str, int] = {}
        """Table → id of the newest row, where rows are queued."""

    @property
    def conn(self) -> sqlite3.Connection:
        """The transaction's connection, with everything written that was queued."""
        if self._queued:
            self._flush()
        return self._conn

    def one(self, sql: str, *params: object) -> Row | None:
        """The first row, or None."""
        found: Row | None = self.conn.execute(sql, params).fetchone()
        return found

    def all(self, sql: str, *params: object) -> list[Row]:
        """Every row."""
        return self.conn.execute(sql, params).fetchall()

    def run(self, sql: str, *params: object) -> int:
        """A change of an unsealed table; how many rows it touched."""
        return self.conn.execute(sql, params).rowcount

    def insert(self, table: str, row: dict[str, Any]) -> int:
        """A new row; its rowid. A sealed row gets its salt (where the table has one) and its event's number."""
        if table not in SEALED:
            return self._insert(table, row)
        self._ids.pop(table, None)
        row = {**row, "salt": secrets.token_hex(16)} if table in _SALTED else dict(row)
        row_id = self._insert(table, {**row, "seq": self.head[0] + 1})
        if SEALED[table] == ("id",) and "id" not in row:
            row["id"] = row_id
        self._touch(table, row)
        return row_id

    def add(self, table: str, row: dict[str, Any]) -> int:
        """A new row of a sealed table, written a little later together with others: a page of comments is many rows.

        Its id where the table gives one, else 0. Whoever asks `conn` finds it written; a row that the database refuses
        fails there, or at the end.
        """
        row_id = 0
        if SEALED[table] == ("id",):
            row_id = self._next_id(table)
            row = {"id": row_id, **row}
        if table in _SALTED:
            row = {**row, "salt": secrets.token_hex(16)}
        names, values = tuple(row), tuple(row.values())
        self._touched[_key(table, row)] = digest_of(names, values)
        self._queue(table, (*names, "seq"), (*values, self.head[0] + 1))
        return row_id

    def change(self, table: str, key: int | tuple[object, ...], **changes: object) -> Row:
        """Change one sealed row; the row as it stands now. Raises KeyError where there is none."""
        keys = SEALED[table]
        values = key if isinstance(key, tuple) else (key,)
        where = " AND ".join(f"{name} = ?" for name in keys)
        assign = ", ".join(f"{name} = ?" for name in (*changes, "seq"))
        sql = f"UPDATE {table} SET {assign} WHERE {where} RETURNING *"  # noqa: S608 -- names are ours
        row: Row | None = self.conn.execute(sql, (*changes.values(), self.head[0] + 1, *values)).fetchone()
        if row is None:
            raise KeyError(f"{table} has no row {values}")
        self._touch(table, dict(row))
        return row

    def record(self, kind: str, *, actor: int = 0, session: str = "", item: int = 0, **facts: Value) -> int:
        """Write the event that tells what was touched since the last one; its number."""
        entry = Entry(kind, actor, session, item, facts, self._touched)
        event = chain(self.head[0] + 1, self.head[1], self.at, self.local, entry)
        self._queue("event", _EVENT, (event.seq, event.at, event.kind, item, event.body, event.prev, event.hash))
        self.head = (event.seq, event.hash)
        self._touched = {}
        return event.seq

    def announce(self, name: str, data: object) -> None:
        """Tell subscribers after the commit."""
        self.announced.append((name, data))

    def finish(self) -> None:
        """Write what is queued. Refuse a change that no event tells of."""
        if self._touched:
            raise AssertionError(f"changed without an event: {', '.join(self._touched)}")
        self._flush()

    def _insert(self, table: str, row: Mapping[str, Any]) -> int:
        return self.conn.execute(_insert_sql(table, tuple(row)), tuple(row.values())).lastrowid or 0

    def _next_id(self, table: str) -> int:
        """The id that the database itself would give next: one more than the greatest."""
        if table not in self._ids:
            self._ids[table] = self.conn.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]  # noqa: S608
        self._ids[table] += 1
        return self._ids[table]

    def _queue(self, table: str, names: tuple[str, ...], values: tuple[object, ...]) -> None:
        self._queued.setdefault((table, names), []).append(values)

    def _flush(self) -> None:
        """Write the queued rows, many in one statement, in the order in which their tables were met."""
        queued, self._queued = self._queued, {}
        for (table, names), rows in queued.items():
            whole = len(rows) - len(rows) % _ROWS
            for at in range(0, whole, _ROWS):
                values = tuple(joined.from_iterable(rows[at : at + _ROWS]))
                self._conn.execute(_insert_sql(table, names, _ROWS), values)
            self._conn.executemany(_insert_sql(table, names), rows[whole:])

    def _touch(self, table: str, row: Mapping[str, object]) -> None:
        self._touched[_key(table, row)] = row_digest(row)


def _key(table: str, row: Mapping[str, object]) -> str:
    """What a row is called on the trail."""
    return f"{table}:{'.'.join([str(row[name]) for name in SEALED[table]])}"


@lru_cache(maxsize=256)
def _insert_sql(table: str, names: tuple[str, ...], rows: int = 1) -> str:
    marks = f"({', '.join('?' * len(names))})"
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join([marks] * rows)}"  # noqa: S608 -- names are ours


_ROWS: Final = 50
"""Rows of one statement."""
_EVENT: Final = ("seq", "at", "kind", "item", "body", "prev", "hash")
_SALTED: Final = frozenset(
    {"post", "version", "raw", "decision", "reply", "effect", "note", "escalation", "instruction", "gloss"}
)
