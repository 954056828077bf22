"""The evidence of one version of a comment, gathered from its rows and from the event that recorded them."""

from __future__ import annotations

import sqlite3
from typing import Final

from moderator.store.base import Row

_CAPTURE: Final = """
    SELECT i.id AS item_id, i.remote_id, i.author_remote_id, i.permalink, i.commented_at, i.retention,
           i.comment_version AS versions, a.name AS account, a.platform, a.url AS site,
           p.title AS post_title, p.url AS post_url, d.language,
           v.n, v.text, v.author_name, v.author_handle, v.flags, v.media, v.edited_at, v.captured_at,
           r.payload, e.seq AS event, e.hash AS event_hash, e.body AS event_body
    FROM version v JOIN item i ON i.id = v.item_id JOIN account a ON a.id = i.account_id
    JOIN raw r ON r.item_id = v.item_id AND r.n = v.n LEFT JOIN post p ON p.id = i.post_id
    LEFT JOIN verdict d ON d.item_id = v.item_id AND d.n = v.n LEFT JOIN event e ON e.seq = v.seq
    WHERE v.item_id = ? AND v.n = ?"""


def find(conn: sqlite3.Connection, item_id: int, n: int) -> Row | None:
    """Everything that belongs to this version, or None where there is no such version."""
    found: Row | None = conn.execute(_CAPTURE, (item_id, n)).fetchone()
    return found


def sealed(conn: sqlite3.Connection, item_id: int, n: int) -> dict[str, Row]:
    """The rows that hold its words and the platform's own, by their names on the trail."""
    rows = {}
    for table in ("version", "raw"):
        sql = f"SELECT * FROM {table} WHERE item_id = ? AND n = ?"  # noqa: S608 -- names are ours
        rows[f"{table}:{item_id}.{n}"] = conn.execute(sql, (item_id, n)).fetchone()
    return rows
