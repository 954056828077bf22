"""What came in lately, counted: many that say the same, many under one post."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Final

from moderator.domain.event import stamp
from moderator.store.base import Row

_LATELY: Final = 20_000
"""Newest arrivals that are looked at: a flood of more is told by these."""
_NEWEST: Final = f"""(SELECT account_id, post_id, alike, state FROM item
    WHERE captured_at >= ? ORDER BY captured_at DESC LIMIT {_LATELY})"""  # noqa: S608 -- a number of ours


def same(conn: sqlite3.Connection, since: datetime, least: int) -> list[Row]:
    """Account name and `n` of the largest group of new comments that say the same, for each account that has one."""
    return conn.execute(
        f"""SELECT a.id, a.name, max(g.n) AS n FROM (
                SELECT account_id, count(*) AS n FROM {_NEWEST} WHERE alike IS NOT NULL AND state = 'new'
                GROUP BY account_id, alike HAVING count(*) >= ?) g
            JOIN account a ON a.id = g.account_id GROUP BY a.id ORDER BY n DESC""",  # noqa: S608 -- constants
        (stamp(since), least),
    ).fetchall()


def under_one_post(conn: sqlite3.Connection, since: datetime, least: int) -> list[Row]:
    """Account name and `n` of the post with the most arrivals, for each account where one has many."""
    return conn.execute(
        f"""SELECT a.id, a.name, max(g.n) AS n FROM (
                SELECT account_id, count(*) AS n FROM {_NEWEST} WHERE post_id IS NOT NULL
                GROUP BY account_id, post_id HAVING count(*) >= ?) g
            JOIN account a ON a.id = g.account_id GROUP BY a.id ORDER BY n DESC""",  # noqa: S608 -- constants
        (stamp(since), least),
    ).fetchall()
