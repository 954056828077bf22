"""The index of words: what every comment's newest version says, in plain form, for full-text search.

Intake only marks an item as not read yet (a trigger does); its words are indexed behind it, in small transactions.
Until then a search looks at such items one by one. What goes into a match expression was taken apart and put into plain
form before: it holds letters, digits and spaces, and no operator.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from moderator.domain.plain import plain
from moderator.domain.query import Part, Phrase
from moderator.store.base import Tx

BATCH: Final = 200
"""Items indexed in one transaction: an officer's write waits for at most these."""

_UNREAD: Final = """
    SELECT u.item_id, v.text, v.author_name, v.author_handle FROM {source} u
    LEFT JOIN item i ON i.id = u.item_id
    LEFT JOIN version v ON v.item_id = i.id AND v.n = i.comment_version"""
_NEXT: Final = _UNREAD.format(source="(SELECT item_id FROM unsaid ORDER BY item_id DESC LIMIT ?)")
_THESE: Final = _UNREAD.format(source="(SELECT value AS item_id FROM json_each(?))")

Texts = dict[int, tuple[str, str]]
"""Item → its text and its author's names, in plain form."""


def waiting(conn: sqlite3.Connection) -> bool:
    """Whether the words of any item are still to be indexed."""
    return conn.execute("SELECT 1 FROM unsaid LIMIT 1").fetchone() is not None


def read_some(tx: Tx, limit: int = BATCH) -> int:
    """Index the words of the newest items that are not read yet; how many.

    In the order of their ids: for one that is lower than the one before, the index would begin a new segment.
    """
    found = _plain(tx.conn.execute(_NEXT, (limit,)))
    for item_id, (text, author) in sorted(found.items()):
        forget(tx, item_id)
        if text or author:
            tx.run("INSERT INTO said (rowid, text, author) VALUES (?, ?, ?)", item_id, text, author)
    return len(found)


def forget(tx: Tx, item_id: int) -> None:
    """Take an item's words out of the index."""
    tx.run("DELETE FROM said WHERE rowid = ?", item_id)
    tx.run("DELETE FROM unsaid WHERE item_id = ?", item_id)


def _plain(rows: Iterable[sqlite3.Row]) -> Texts:
    return {
        row["item_id"]: (plain(row["text"] or ""), plain(f"{row['author_name'] or ''} {row['author_handle'] or ''}"))
        for row in rows
    }


def unread(conn: sqlite3.Connection, below: int, limit: int) -> list[int]:
    """Items whose words are not indexed yet, the newest first, below an id."""
    rows = conn.execute("SELECT item_id FROM unsaid WHERE item_id < ? ORDER BY item_id DESC LIMIT ?", (below, limit))
    return [row["item_id"] for row in rows]


def texts(conn: sqlite3.Connection, item_ids: Sequence[int]) -> Texts:
    """What these items say now, whether indexed or not."""
    ids = json.dumps(item_ids)
    sql = """SELECT s.rowid AS id, s.text, s.author FROM json_each(?) j CROSS JOIN said s ON s.rowid = j.value
             WHERE j.value NOT IN (SELECT item_id FROM unsaid)"""
    found: Texts = {row["id"]: (row["text"], row["author"]) for row in conn.execute(sql, (ids,))}
    rest = [item_id for item_id in item_ids if item_id not in found]
    return found | _plain(conn.execute(_THESE, (json.dumps(rest),))) if rest else found


def expression(phrases: Iterable[Phrase]) -> str:
    """The match expression that finds all of these phrases. None of them may be turned round."""
    return " AND ".join(_term(phrase) for phrase in phrases)


def _term(phrase: Phrase) -> str:
    column = "" if phrase.part is Part.ANY else f"{phrase.part.value} : "
    return f'{column}"{phrase.words}"{" *" if phrase.open else ""}'


def holding(conn: sqlite3.Connection, match: str, below: int, limit: int) -> list[int]:
    """Indexed items that hold what is looked for, the newest first, below an id. Those to be read anew are left out."""
    rows = conn.execute(
        """SELECT rowid FROM said WHERE said MATCH ? AND rowid < ? AND rowid NOT IN (SELECT item_id FROM unsaid)
           ORDER BY rowid DESC LIMIT ?""",
        (match, below, limit),
    )
    return [row["rowid"] for row in rows]
