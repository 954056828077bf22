"""The views of the queue: pages by keyset, counts up to a cap, never an OFFSET.

Every view is a union of ranges of one index, (state, lane, due_first, id), so that a page costs the same at a hundred
items and at a million.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment, stamp
from moderator.domain.item import Lane
from moderator.domain.view import View
from moderator.store.base import Row

SOON: Final = timedelta(minutes=15)
"""The view "due" shows what is late or due within this."""

_OPEN: Final = ("new", "claimed", "snoozed", "escalated", "review")
_STATES: Final[dict[View, tuple[str, ...]]] = {
    View.NEW: ("new",),
    View.DUE: _OPEN,
    View.BACK: (*_OPEN, "committing"),
    View.ESCALATED: ("escalated",),
    View.REVIEW: ("review",),
    View.IN_FLIGHT: ("committing",),
    View.ALL: (*_OPEN, "committing", "resolved"),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

ROW: Final = """
    SELECT i.id, i.state, i.lane, i.due_first, i.cause, i.version, i.comment_version, i.visibility, i.disposition,
           i.snoozed_until, i.level, i.commented_at, i.account_id, a.name AS account, v.author_name AS author,
           substr(v.text, 1, 400) AS text, d.opinion, d.language, d.category, d.clause, d.protected, d.asks, d.body,
           l.person_id AS l_person, p.name AS owner,
           max(l.until, coalesce(l.held_until, l.until)) AS l_until
    FROM item i JOIN account a ON a.id = i.account_id
    LEFT JOIN version v ON v.item_id = i.id AND v.n = i.comment_version
    LEFT JOIN verdict d ON d.item_id = i.id AND d.n = i.comment_version
    LEFT JOIN lease l ON l.item_id = i.id LEFT JOIN person p ON p.id = l.person_id"""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the one order of the queue: lane, due time, id."""

    lane: int
    due: str
    id: int


START: Final = Place(-1, "", 0)


def key_of(lane: int, due: str | None, item_id: int) -> str:
    """The opaque cursor of a row: it needs no quoting anywhere."""
    ms = round((moment(due) - _EPOCH) / timedelta(milliseconds=1)) if due else 0
    return f"{lane}-{ms}-{item_id}"


def place_of(key: str) -> Place:
    """The inverse of `key_of`; refuses what it did not write."""
    if not key:
        return START
    try:
        lane, ms, item_id = (int(part) for part in key.split("-"))
        return Place(lane, stamp(_EPOCH + timedelta(milliseconds=ms)), item_id)
    except (ValueError, OverflowError):
        raise Refused(Code.BAD, "That is no place in the queue.", "Ask for the first page again.") from None


def page(conn: sqlite3.Connection, view: View, person_id: int, after: str, limit: int, now: datetime) -> list[Row]:
    """The next rows of a view after a key."""
    if view is View.FOUND:
        return []
    ids, params = _ids(view, person_id, place_of(after), limit, now)
    sql = f"{ROW} JOIN ({ids}) k ON k.id = i.id ORDER BY i.lane, i.due_first, i.id"
    return conn.execute(sql, params).fetchall()


def rows(conn: sqlite3.Connection, item_ids: list[int]) -> list[Row]:
    """These rows, in the order of the queue."""
    marks = ", ".join("?" * len(item_ids))
    sql = f"{ROW} WHERE i.id IN ({marks}) ORDER BY i.lane, i.due_first, i.id"
    return conn.execute(sql, item_ids).fetchall()


def _ids(view: View, person_id: int, start: Place, limit: int, now: datetime) -> tuple[str, list[Any]]:
    if view is View.MINE:
        return (
            """SELECT i.id FROM lease l JOIN item i ON i.id = l.item_id
               WHERE l.person_id = ? AND max(l.until, coalesce(l.held_until, l.until)) > ?
                 AND (i.lane, i.due_first, i.id) > (?, ?, ?) ORDER BY i.lane, i.due_first, i.id LIMIT ?""",
            [person_id, stamp(now), start.lane, start.due, start.id, limit],
        )
    if view is View.DUE:
        return _due_ids(start, limit, now)
    extra = " AND cause <> ''" if view is View.BACK else ""
    parts, params = [], []
    for state in _STATES[view]:
        back = " AND cause IN ('effect_failed', 'effect_parked')" if extra and state == "committing" else ""
        parts.append(
            f"""SELECT * FROM (SELECT id, lane, due_first FROM item
                WHERE state = ? AND (lane, due_first, id) > (?, ?, ?){extra}{back}
                ORDER BY lane, due_first, id LIMIT ?)"""  # noqa: S608 -- constants
        )
        params += [state, start.lane, start.due, start.id, limit]
    return _merged(parts), [*params, limit]


def _due_ids(start: Place, limit: int, now: datetime) -> tuple[str, list[Any]]:
    """Late or soon: within each state and lane the index is in order of the due time, so the range ends by itself."""
    parts, params = [], []
    for state in _STATES[View.DUE]:
        for lane in Lane:
            if lane < start.lane:
                continue
            low = (start.due, start.id) if lane == start.lane else ("", 0)
            parts.append(
                """SELECT * FROM (SELECT id, lane, due_first FROM item WHERE state = ? AND lane = ?
                   AND (due_first, id) > (?, ?) AND due_first <= ? ORDER BY due_first, id LIMIT ?)"""
            )
            params += [state, int(lane), *low, stamp(now + SOON), limit]
    if not parts:
        return "SELECT id FROM item WHERE 0 LIMIT ?", [limit]
    return _merged(parts), [*params, limit]


def _merged(parts: list[str]) -> str:
    return f"SELECT id FROM ({' UNION ALL '.join(parts)}) ORDER BY lane, due_first, id LIMIT ?"  # noqa: S608


def count(conn: sqlite3.Connection, view: View, person_id: int, cap: int, now: datetime) -> int:
    """How many items a view holds, counted up to the cap."""
    if view is View.FOUND:
        return 0
    if view is View.DUE:
        soon = stamp(now + SOON)
        sql = f"SELECT 1 FROM item WHERE due_first <= ? AND state IN {_OPEN} LIMIT ?"  # noqa: S608 -- constants
        return _capped(conn, sql, [soon, cap])
    if view is View.MINE:
        sql = "SELECT 1 FROM lease WHERE person_id = ? AND max(until, coalesce(held_until, until)) > ? LIMIT ?"
        return _capped(conn, sql, [person_id, stamp(now), cap])
    total = 0
    for state in _STATES[view]:
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


def first_free(conn: sqlite3.Connection, person_id: int, *, reviews: bool) -> int:
    """The most urgent item that waits for somebody: a new one, or (for who may approve) a proposal by another."""
    found = conn.execute(
        "SELECT lane, due_first, id FROM item WHERE state = 'new' ORDER BY lane, due_first, id LIMIT 1"
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
