"""What was taken in of a comment: its versions, verdicts, posts, and the agency's own comments around it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from moderator.domain.policy import Verdict
from moderator.domain.wire import decode
from moderator.domain.wording import words
from moderator.store.base import Row, Tx

_NO_VERDICT: Final = '{"opinion":"no_opinion","language":"und"}'


def version_of(conn: sqlite3.Connection, item_id: int, n: int) -> Row | None:
    """One version of a comment."""
    found: Row | None = conn.execute("SELECT * FROM version WHERE item_id = ? AND n = ?", (item_id, n)).fetchone()
    return found


def versions(conn: sqlite3.Connection, item_id: int, limit: int = 50) -> list[Row]:
    """Every version of a comment, oldest first."""
    return conn.execute("SELECT * FROM version WHERE item_id = ? ORDER BY n DESC LIMIT ?", (item_id, limit)).fetchall()[
        ::-1
    ]


def text_of(conn: sqlite3.Connection, item_id: int, n: int) -> str:
    """The clean text of one version, "" where there is none."""
    row = version_of(conn, item_id, n)
    return row["text"] if row else ""


def verdict_of(conn: sqlite3.Connection, item_id: int, n: int) -> Verdict:
    """What the engine said about one version."""
    row = conn.execute("SELECT body FROM verdict WHERE item_id = ? AND n = ?", (item_id, n)).fetchone()
    found = decode(Verdict, json.loads(row["body"] if row else _NO_VERDICT))
    return replace(found, findings=tuple(replace(one, why=words(one.why)) for one in found.findings))


def post_of(conn: sqlite3.Connection, post_id: int | None) -> Row | None:
    """The official post."""
    found: Row | None = conn.execute("SELECT * FROM post WHERE id = ?", (post_id,)).fetchone()
    return found


def posts_by_remote(conn: sqlite3.Connection, account_id: int, remote_ids: Sequence[str]) -> dict[str, Row]:
    """The posts that are known already."""
    marks = ", ".join("?" * len(remote_ids))
    sql = f"SELECT * FROM post WHERE account_id = ? AND remote_id IN ({marks})"  # noqa: S608 -- only marks
    return {row["remote_id"]: row for row in conn.execute(sql, (account_id, *remote_ids))}


def revisions(conn: sqlite3.Connection, account_id: int, remote_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Remote id → revision as last taken in, and visibility as it stands here, of those that are items here.

    Both count: what we hid ourselves and somebody made public again has the revision that it had before we hid it.
    """
    marks = ", ".join("?" * len(remote_ids))
    sql = f"SELECT remote_id, revision, visibility FROM item WHERE account_id = ? AND remote_id IN ({marks})"  # noqa: S608
    rows = conn.execute(sql, (account_id, *remote_ids))
    return {row["remote_id"]: (row["revision"], row["visibility"]) for row in rows}


def save_own(tx: Tx, row: dict[str, Any]) -> bool:
    """Keep a comment of the agency itself, for the thread. True where it was not known before."""
    known = tx.one("SELECT * FROM own WHERE account_id = ? AND remote_id = ?", row["account_id"], row["remote_id"])
    if known is not None and dict(known) == row:
        return False
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    tx.run(f"INSERT OR REPLACE INTO own ({names}) VALUES ({marks})", *row.values())  # noqa: S608 -- names are ours
    return known is None


@dataclass(frozen=True, slots=True)
class Voice:
    """One comment around an item: somebody's, or the agency's own."""

    remote_id: str
    parent: str
    author: str
    text: str
    at: str
    ours: bool
    verdict: str = ""
    """The stored verdict on it; "" for the agency's own words."""


_VOICES: Final = """
    SELECT i.remote_id, i.parent_remote_id AS parent, v.author_name AS author, substr(v.text, 1, 2000) AS text,
           i.commented_at AS at, 0 AS ours, coalesce(d.body, '') AS verdict
    FROM item i JOIN version v ON v.item_id = i.id AND v.n = i.comment_version
    LEFT JOIN verdict d ON d.item_id = i.id AND d.n = i.comment_version
    WHERE i.account_id = :account AND i.{column} = :key
    UNION ALL
    SELECT remote_id, parent_remote_id, author, substr(text, 1, 2000), at, 1, '' FROM own
    WHERE account_id = :account AND {column} = :key
    ORDER BY at, remote_id LIMIT :limit"""


def _voices(conn: sqlite3.Connection, column: str, account_id: int, key: str, limit: int) -> list[Voice]:
    sql = _VOICES.format(column=column)
    rows = conn.execute(sql, {"account": account_id, "key": key, "limit": limit})
    return [
        Voice(r["remote_id"], r["parent"], r["author"], r["text"], r["at"], bool(r["ours"]), r["verdict"]) for r in rows
    ]


def voice(conn: sqlite3.Connection, account_id: int, remote_id: str) -> Voice | None:
    """One comment by its remote id, whosever it is."""
    found = _voices(conn, "remote_id", account_id, remote_id, 1)
    return found[0] if found else None


def answers(conn: sqlite3.Connection, account_id: int, remote_id: str, limit: int) -> list[Voice]:
    """What stands directly under a comment, oldest first."""
    return _voices(conn, "parent_remote_id", account_id, remote_id, limit)


def author_before(conn: sqlite3.Connection, item_id: int, account_id: int, author_key: str) -> tuple[int, int]:
    """How many other comments this author left on this account, and how many of those were hidden (up to 1,000)."""
    row = conn.execute(
        """SELECT count(*), coalesce(sum(disposition IN ('hidden', 'hidden_replied', 'lawful_order')), 0) FROM
           (SELECT disposition FROM item WHERE account_id = ? AND author_key = ? AND id <> ? LIMIT 1000)""",
        (account_id, author_key, item_id),
    ).fetchone()
    return (row[0], row[1])


def author_items(conn: sqlite3.Connection, item_id: int, account_id: int, author_key: str, limit: int = 5) -> list[int]:
    """The newest other items of this author on this account, newest first."""
    rows = conn.execute(
        "SELECT id FROM item WHERE account_id = ? AND author_key = ? AND id <> ? ORDER BY id DESC LIMIT ?",
        (account_id, author_key, item_id, limit),
    )
    return [row["id"] for row in rows]
