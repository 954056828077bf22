"""What the dashboard and the metrics count: arrivals, decisions, backlog, over a time. Every query reads indexes alone.

Nothing here is a stored counter: each figure is counted from the rows when it is asked for. Moments are UTC text as
`domain.event.stamp` writes them; steps are whole seconds, counted from `since`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from moderator.store.base import Row

_OPEN: Final = ("new", "claimed", "snoozed", "escalated", "review")
_SECONDS: Final = "CAST((julianday({}) - julianday({})) * 86400 + 0.0005 AS INTEGER)"
"""Whole seconds between two moments; half a millisecond makes up for the day's fraction being a rounded number."""
_STEP: Final = _SECONDS.format("{}", ":since") + " / :step"
_MADE: Final = "undone = 0 AND proposed = 0"
"""A decision that stands: not taken back, not waiting for a second person."""


def arrivals(conn: sqlite3.Connection, since: str, step: int) -> list[Row]:
    """(step, account, clause, n) of the comments taken in since then; the clause of the newest version, "" for none."""
    return conn.execute(
        f"""SELECT k.step, a.name AS account, k.clause, k.n FROM (
              SELECT {_STEP.format("i.captured_at")} AS step, i.account_id, v.clause, count(*) AS n
              FROM item i JOIN verdict v INDEXED BY verdict_clause ON v.item_id = i.id AND v.n = i.comment_version
              WHERE i.captured_at >= :since GROUP BY 1, 2, 3) k
            JOIN account a ON a.id = k.account_id""",  # noqa: S608 -- our own words
        {"since": since, "step": step},
    ).fetchall()


def decisions(conn: sqlite3.Connection, since: str, step: int) -> list[Row]:
    """(step, disposition, n) of the decisions that stand, made since then."""
    return conn.execute(
        f"""SELECT {_STEP.format("decided_at")} AS step, disposition, count(*) AS n FROM decision
            WHERE decided_at >= :since AND {_MADE} GROUP BY 1, 2""",  # noqa: S608 -- our own words
        {"since": since, "step": step},
    ).fetchall()


def turnaround(conn: sqlite3.Connection, since: str) -> list[Row]:
    """(lane, seconds, n, late): how long first decisions made since then took, counted for each whole second."""
    return conn.execute(
        f"""SELECT i.lane, {_SECONDS.format("d.decided_at", "i.captured_at")} AS seconds,
              count(*) AS n, sum(d.decided_at > i.due_first) AS late
            FROM decision d JOIN item i ON i.id = d.item_id
            WHERE d.decided_at >= :since AND {_MADE} AND d.reopened = 0
            GROUP BY 1, 2 ORDER BY 1, 2""",  # noqa: S608 -- our own words
        {"since": since},
    ).fetchall()


def late(conn: sqlite3.Connection, lane: int, now: str) -> int:
    """Open items of a lane that are past their due time now."""
    sql = "SELECT count(*) FROM item WHERE state = ? AND lane = ? AND due_first < ?"
    return sum(conn.execute(sql, (state, lane, now)).fetchone()[0] for state in _OPEN)


def backlog(conn: sqlite3.Connection, edges: Sequence[str]) -> list[Row]:
    """(age, urgent, n): open items by the first edge that they arrived after; len(edges) for what is older than all."""
    cases = " ".join(f"WHEN captured_at > ? THEN {at}" for at in range(len(edges)))
    return conn.execute(
        f"""SELECT CASE {cases} ELSE {len(edges)} END AS age, lane < 5 AS urgent, count(*) AS n FROM item
            WHERE state IN {_OPEN} GROUP BY 1, 2""",  # noqa: S608 -- our own words and places for values
        tuple(edges),
    ).fetchall()


def oldest(conn: sqlite3.Connection) -> str | None:
    """When the open item that has waited longest arrived, None where none is open."""
    firsts = " UNION ALL ".join(
        f"SELECT (SELECT min(captured_at) FROM item WHERE state = '{state}') AS at"  # noqa: S608 -- our own words
        for state in _OPEN
    )
    found: str | None = conn.execute(f"SELECT min(at) FROM ({firsts})").fetchone()[0]  # noqa: S608 -- our own words
    return found
