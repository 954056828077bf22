"""How often one person looked at uncovered abuse, by day. For that person alone: not sealed, on no event."""

from __future__ import annotations

import sqlite3

from moderator.store.base import Tx


def count(tx: Tx, person_id: int, day: str, *, severe: bool) -> tuple[int, int]:
    """One more look; how many it are that day, and how many of them severe."""
    row = tx.one(
        """INSERT INTO exposure (person_id, day, revealed, severe) VALUES (?, ?, 1, ?)
           ON CONFLICT (person_id, day) DO UPDATE SET revealed = revealed + 1, severe = severe + excluded.severe
           RETURNING revealed, severe""",
        person_id,
        day,
        int(severe),
    )
    return (int(row["revealed"]), int(row["severe"])) if row else (0, 0)


def of(conn: sqlite3.Connection, person_id: int, since: str) -> dict[str, tuple[int, int]]:
    """Day (YYYY-MM-DD) → looks and severe looks of one person, from a day on."""
    rows = conn.execute(
        "SELECT day, revealed, severe FROM exposure WHERE person_id = ? AND day >= ?", (person_id, since)
    )
    return {row["day"]: (int(row["revealed"]), int(row["severe"])) for row in rows}
