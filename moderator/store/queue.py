"""The views of the queue: their pages, their rows, and counts up to a cap."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from moderator.domain.event import stamp
from moderator.domain.view import View
from moderator.store import bursts
from moderator.store.base import Row
from moderator.store.orders import OPEN, SOON, STATES, Asked, Place, candidates, place_of

ROW: Final = """
    SELECT i.id, i.state, i.lane, i.due_first, i.cause, i.version, i.comment_version, i.visibility, i.disposition,
           i.snoozed_until, i.level, i.commented_at, i.captured_at, i.alike, i.account_id,
           a.name AS account, v.author_name AS author,
           substr(v.text, 1, 400) AS text, d.opinion, d.language, d.category, d.clause, d.protected, d.asks, d.body,
           l.person_id AS l_person, p.name AS owner,
           max(l.until, coalesce(l.held_until, l.until)) AS l_until
    FROM item i JOIN account a ON a.id = i.account_id
    LEFT JOIN version v ON v.item_id = i.id AND v.n = i.comment_version
    LEFT JOIN verdict d ON d.item_id = i.id AND d.n = i.comment_version
    LEFT JOIN lease l ON l.item_id = i.id LEFT JOIN person p ON p.id = l.person_id"""
_OF_IDS: Final = ROW.replace("FROM item i", "FROM json_each(?) j CROSS JOIN item i ON i.id = j.value")


def page(conn: sqlite3.Connection, asked: Asked, after: str, limit: int) -> tuple[list[Place], Place | None]:
    """The next places of a view after a key, and where to go on, None at the end."""
    start = place_of(after)
    if asked.view is View.FOUND:
        return [], None
    if bursts.collapses(asked):
        return bursts.page(conn, asked, start, limit)
    sql, params = candidates(asked, start, limit)
    shown = [Place(row["lane"], row["at"], row["id"]) for row in conn.execute(sql, params)]
    return shown, shown[-1] if len(shown) == limit else None


def rows(conn: sqlite3.Connection, item_ids: list[int]) -> list[Row]:
    """These rows, in the order of the queue."""
    marks = ", ".join("?" * len(item_ids))
    sql = f"{ROW} WHERE i.id IN ({marks}) ORDER BY i.lane, i.due_first, i.id"
    return conn.execute(sql, item_ids).fetchall()


def placed(conn: sqlite3.Connection, places: Sequence[Place]) -> list[Row]:
    """The rows of these places, in their order; an item that is not there is left out."""
    found = {row["id"]: row for row in conn.execute(_OF_IDS, (json.dumps([place.id for place in places]),))}
    return [found[place.id] for place in places if place.id in found]


def count(conn: sqlite3.Connection, view: View, person_id: int, cap: int, now: datetime) -> int:
    """How many items a view holds, counted up to the cap."""
    if view is View.FOUND:
        return 0
    if view is View.DUE:
        soon = stamp(now + SOON)
        sql = f"SELECT 1 FROM item WHERE due_first <= ? AND state IN {OPEN} LIMIT ?"  # noqa: S608 -- constants
        return _capped(conn, sql, [soon, cap])
    if view is View.MINE:
        sql = "SELECT 1 FROM lease WHERE person_id = ? AND max(until, coalesce(held_until, until)) > ? LIMIT ?"
        return _capped(conn, sql, [person_id, stamp(now), cap])
    total = 0
    for state in STATES[view]:
        extra = " AND cause <> ''" if view is View.BACK else ""
        extra += " AND cause IN ('effect_failed', 'effect_parked')" if extra and state == "committing" else ""
        total += _capped(conn, f"SELECT 1 FROM item WHERE state = ?{extra} LIMIT ?", [state, cap - total])  # noqa: S608
    return total


def _capped(conn: sqlite3.Connection, sql: str, params: list[Any]) -> int:
    found: int = conn.execute(f"SELECT count(*) FROM ({sql})", params).fetchone()[0]  # noqa: S608 -- our own query
    return found


def unopened_urgent(conn: sqlite3.Connection, limit: int = 100) -> tuple[int, ...]:
    """Open items of the urgent lanes that nobody has opened, most urgent first."""
    rows = conn.execute(
        """SELECT id FROM item WHERE opened_at IS NULL AND lane < 5
           AND state IN ('new','claimed','snoozed','escalated','review') ORDER BY lane, due_first, id LIMIT ?""",
        (limit,),
    )
    return tuple(row["id"] for row in rows)


def first_free(conn: sqlite3.Connection, person_id: int, *, reviews: bool, reads: Sequence[str] = ()) -> int:
    """The most urgent item that waits for somebody: a new one, or (for who may approve) a proposal by another.

    A routine one that waits for a reader of a language is passed over for whoever does not read it.
    """
    marks = ", ".join("?" * len(reads))
    found = conn.execute(
        f"""SELECT lane, due_first, id FROM item
            WHERE state = 'new' AND (reader_wanted IS NULL OR lane < 5 OR reader_wanted IN ({marks}))
            ORDER BY lane, due_first, id LIMIT 1""",  # noqa: S608 -- only marks
        tuple(reads),
    )
    best = [tuple(row) for row in found]
    if reviews:
        rows = conn.execute(
            """SELECT i.lane, i.due_first, i.id FROM item i
               JOIN decision d ON d.item_id = i.id AND d.reopened = i.reopened AND d.undone = 0 AND d.proposed = 1
               WHERE i.state = 'review' AND d.person_id <> ?
               ORDER BY i.lane, i.due_first, i.id LIMIT 1""",
            (person_id,),
        )
        best += [tuple(row) for row in rows]
    return int(min(best)[2]) if best else 0


def head(conn: sqlite3.Connection) -> int:
    """Number of the newest trail event."""
    found: int = conn.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
    return found
