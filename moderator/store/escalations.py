"""Escalations as rows: the message byte for byte, and how its mail stands. Orders and requests beside them."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from moderator.domain.event import stamp
from moderator.store.base import Row, Tx


def next_number(conn: sqlite3.Connection) -> int:
    """The number of the next escalation; one transaction writes at a time, so nobody else takes it."""
    found: int = conn.execute("SELECT coalesce(max(id), 0) + 1 FROM escalation").fetchone()[0]
    return found


def insert(tx: Tx, **row: Any) -> int:
    """A new escalation; its id."""
    return tx.insert("escalation", {**row, "undone": 0, "at": tx.at})


def get(conn: sqlite3.Connection, escalation_id: int) -> Row | None:
    """One escalation, whole."""
    found: Row | None = conn.execute("SELECT * FROM escalation WHERE id = ?", (escalation_id,)).fetchone()
    return found


def of_effect(conn: sqlite3.Connection, effect_id: int) -> Row | None:
    """The escalation whose mail this effect is."""
    found: Row | None = conn.execute("SELECT * FROM escalation WHERE effect_id = ?", (effect_id,)).fetchone()
    return found


def of_item(conn: sqlite3.Connection, item_id: int) -> list[Row]:
    """Every escalation of an item, newest first, with how its mail stands."""
    return conn.execute(
        """SELECT x.id, x.ref, x.level, x.office, x.sent_to, x.question, x.undone, x.due_at, x.sha256, x.at,
                  e.state AS effect_state, e.first_tried
           FROM escalation x LEFT JOIN effect e ON e.id = x.effect_id
           WHERE x.item_id = ? ORDER BY x.id DESC LIMIT 50""",
        (item_id,),
    ).fetchall()


def overdue(conn: sqlite3.Connection, now: datetime, top: int, limit: int = 50) -> list[Row]:
    """The newest escalation of each item that still stands escalated below the top, once its time is over."""
    return conn.execute(
        """SELECT x.* FROM escalation x JOIN item i ON i.id = x.item_id
           WHERE i.state = 'escalated' AND i.level < ? AND x.undone = 0 AND x.due_at <= ?
             AND x.id = (SELECT max(id) FROM escalation WHERE item_id = x.item_id AND undone = 0)
           ORDER BY x.due_at LIMIT ?""",
        (top, stamp(now), limit),
    ).fetchall()


def insert_order(tx: Tx, **row: Any) -> int:
    """A new order or request; its id."""
    return tx.insert("instruction", {**row, "recorded_at": tx.at})


def orders_of(conn: sqlite3.Connection, item_id: int) -> list[Row]:
    """Every order and request on an item, newest first."""
    return conn.execute("SELECT * FROM instruction WHERE item_id = ? ORDER BY id DESC LIMIT 50", (item_id,)).fetchall()
