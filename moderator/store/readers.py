"""Readers of a language: glosses, and the items for which somebody who reads a language is wanted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from moderator.store.base import Row

_OPEN: Final = "('new', 'escalated', 'review')"


def glosses(conn: sqlite3.Connection, item_id: int) -> list[Row]:
    """What readers said that a comment says, oldest first, with their names."""
    return conn.execute(
        """SELECT g.n, g.language, g.text, g.at, p.name AS person FROM gloss g JOIN person p ON p.id = g.person_id
           WHERE g.item_id = ? ORDER BY g.id DESC LIMIT 20""",
        (item_id,),
    ).fetchall()[::-1]


def needs_gloss(conn: sqlite3.Connection, item_id: int) -> bool:
    """Whether somebody could not read this comment, and nobody has said what its newest version says."""
    row = conn.execute(
        """SELECT i.reader_wanted IS NOT NULL OR EXISTS (SELECT 1 FROM gloss g WHERE g.item_id = i.id) AS foreign_,
                  EXISTS (SELECT 1 FROM gloss g WHERE g.item_id = i.id AND g.n = i.comment_version) AS told
           FROM item i WHERE i.id = ?""",
        (item_id,),
    ).fetchone()
    return row is not None and bool(row["foreign_"]) and not row["told"]


def waiting(conn: sqlite3.Connection, languages: Sequence[str]) -> int:
    """The most urgent free item that waits for a reader of one of these languages, 0 for none."""
    marks = ", ".join("?" * len(languages))
    row = conn.execute(
        f"""SELECT id FROM item WHERE reader_wanted IN ({marks}) AND state IN {_OPEN}
            ORDER BY lane, due_first, id LIMIT 1""",  # noqa: S608 -- only marks and constants
        tuple(languages),
    ).fetchone()
    return int(row["id"]) if row else 0


def wanted_for(conn: sqlite3.Connection, item_id: int) -> str:
    """The language for which a reader is wanted on this item, "" for none."""
    row = conn.execute("SELECT reader_wanted FROM item WHERE id = ?", (item_id,)).fetchone()
    return str(row["reader_wanted"] or "") if row else ""


def holding(conn: sqlite3.Connection, person_id: int) -> int:
    """How many items somebody holds: who holds least is asked first."""
    found: int = conn.execute("SELECT count(*) FROM lease WHERE person_id = ?", (person_id,)).fetchone()[0]
    return found
