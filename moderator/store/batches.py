"""Bulk acts: one row each, and how far what they decided has come."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from moderator.domain.event import stamp
from moderator.store.base import Row, Tx

_TOLD: Final = "SELECT b.*, p.name AS person FROM batch b JOIN person p ON p.id = b.person_id"


def insert(tx: Tx, act: str, clause: str, person_id: int, total: int) -> int:
    """A bulk act that begins; its id."""
    row = {"act": act, "clause": clause, "person_id": person_id, "at": tx.at, "total": total, "undone": 0}
    return tx.insert("batch", row)


def find(conn: sqlite3.Connection, batch_id: int) -> Row | None:
    """The stored row with its person's name, or None."""
    found: Row | None = conn.execute(f"{_TOLD} WHERE b.id = ?", (batch_id,)).fetchone()
    return found


def since(conn: sqlite3.Connection, moment: datetime, limit: int = 50) -> list[Row]:
    """Bulk acts that began after a moment, newest first."""
    return conn.execute(f"{_TOLD} WHERE b.at >= ? ORDER BY b.id DESC LIMIT ?", (stamp(moment), limit)).fetchall()


def decided(conn: sqlite3.Connection, batch_id: int) -> tuple[int, int, int]:
    """How many decisions it made; how many of them are still the last word; how many of those wait for a second
    person."""
    row = conn.execute(
        """SELECT count(*), coalesce(sum(stands), 0), coalesce(sum(stands AND proposed), 0)
           FROM (SELECT d.proposed, d.undone = 0 AND d.reopened = i.reopened AS stands
                 FROM decision d JOIN item i ON i.id = d.item_id WHERE d.batch_id = ?)""",
        (batch_id,),
    ).fetchone()
    return row[0], row[1], row[2]


def effects(conn: sqlite3.Connection, batch_id: int) -> dict[tuple[str, str], int]:
    """What is to happen remotely and where it stands → how many of its effects."""
    rows = conn.execute(
        "SELECT op, state, count(*) AS n FROM effect WHERE batch_id = ? GROUP BY op, state", (batch_id,)
    )
    return {(row["op"], row["state"]): row["n"] for row in rows}


def accounts(conn: sqlite3.Connection, batch_id: int) -> list[str]:
    """Names of the accounts whose comments it decided about, at most three."""
    rows = conn.execute(
        """SELECT DISTINCT a.name FROM decision d JOIN item i ON i.id = d.item_id JOIN account a ON a.id = i.account_id
           WHERE d.batch_id = ? LIMIT 3""",
        (batch_id,),
    )
    return [row["name"] for row in rows]


def standing(conn: sqlite3.Connection, batch_id: int, after: int, limit: int) -> list[tuple[int, int]]:
    """(decision, item) of its decisions that were not taken back, after a decision's id, in order."""
    rows = conn.execute(
        "SELECT id, item_id FROM decision WHERE batch_id = ? AND undone = 0 AND id > ? ORDER BY id LIMIT ?",
        (batch_id, after, limit),
    )
    return [(row["id"], row["item_id"]) for row in rows]


def alike(conn: sqlite3.Connection, key: str, states: Sequence[str], limit: int) -> list[int]:
    """Items of one key in one of these states, in the order of the queue."""
    marks = ", ".join("?" * len(states))
    rows = conn.execute(
        f"SELECT id FROM item WHERE alike = ? AND state IN ({marks}) ORDER BY lane, due_first, id LIMIT ?",  # noqa: S608
        (key, *states, limit),
    )
    return [row["id"] for row in rows]


_ROWS: Final = 500


def rows_of_many(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Key, and the text of the first member, of the largest groups of new near-duplicates."""
    rows = conn.execute(
        """SELECT g.alike, v.text FROM (
               SELECT alike, min(id) AS first, count(*) AS n FROM item WHERE alike IS NOT NULL AND state = 'new'
               GROUP BY alike HAVING count(*) > 1 ORDER BY n DESC LIMIT ?) g
           JOIN item i ON i.id = g.first JOIN version v ON v.item_id = i.id AND v.n = i.comment_version""",
        (_ROWS,),
    )
    return [(row["alike"], row["text"]) for row in rows]
