"""How far each account has been read, and how its line stands. Not sealed: it moves many times a minute."""

from __future__ import annotations

import sqlite3

from moderator.domain.wording import kept
from moderator.store.base import Row, Tx


def state(conn: sqlite3.Connection, account_id: int) -> Row | None:
    """The stored row, or None for an account that was never read."""
    found: Row | None = conn.execute("SELECT * FROM poll WHERE account_id = ?", (account_id,)).fetchone()
    return found


def ensure(tx: Tx, account_id: int) -> None:
    """Have a row for this account."""
    tx.run(
        "INSERT OR IGNORE INTO poll (account_id, cursor, last_ok, down_since, sentence, paused)"
        " VALUES (?, '', NULL, NULL, '', 0)",
        account_id,
    )


def save_cursor(tx: Tx, account_id: int, cursor: str) -> None:
    """How far it has been read: committed together with what was read."""
    tx.run("UPDATE poll SET cursor = ? WHERE account_id = ?", cursor, account_id)


def up(tx: Tx, account_id: int, sentence: str = "") -> bool:
    """The platform answered. True where it was down before."""
    was = state(tx.conn, account_id)
    tx.run(
        "UPDATE poll SET last_ok = ?, down_since = NULL, sentence = ? WHERE account_id = ?",
        tx.at,
        kept(sentence),
        account_id,
    )
    return bool(was and was["down_since"])


def down(tx: Tx, account_id: int, sentence: str) -> bool:
    """The platform did not answer. True where it was up before."""
    was = state(tx.conn, account_id)
    tx.run(
        "UPDATE poll SET down_since = coalesce(down_since, ?), sentence = ? WHERE account_id = ?",
        tx.at,
        kept(sentence),
        account_id,
    )
    return not (was and was["down_since"])


def pause(tx: Tx, account_id: int, sentence: str) -> bool:
    """Send nothing more on this account until a person has seen to it. True where it was not paused before."""
    was = state(tx.conn, account_id)
    tx.run("UPDATE poll SET paused = 1, sentence = ? WHERE account_id = ?", kept(sentence), account_id)
    return not (was and was["paused"])


def resume(tx: Tx, account_id: int) -> bool:
    """The account may send again. True where it was paused."""
    was = state(tx.conn, account_id)
    tx.run("UPDATE poll SET paused = 0, sentence = '', down_since = NULL WHERE account_id = ?", account_id)
    return bool(was and was["paused"])


def accounts(conn: sqlite3.Connection) -> list[Row]:
    """Every account that is not retired, with the state of its line."""
    return conn.execute(
        """SELECT a.id, a.name, a.platform, a.status, p.last_ok, p.down_since, p.sentence,
                  coalesce(p.paused, 0) AS paused
           FROM account a LEFT JOIN poll p ON p.account_id = a.id WHERE a.status <> 'retired' ORDER BY a.id LIMIT 500"""
    ).fetchall()


def account(conn: sqlite3.Connection, account_id: int) -> Row | None:
    """One account."""
    found: Row | None = conn.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
    return found


def to_refresh(conn: sqlite3.Connection, account_id: int, after: int, since: str, limit: int) -> list[tuple[int, str]]:
    """(item id, remote id) of open items after an id, in order, and of the ones decided since a moment."""
    rows = conn.execute(
        """SELECT id, remote_id FROM (
             SELECT id, remote_id FROM item WHERE account_id = ? AND id > ? AND visibility <> 'gone'
               AND state IN ('new','claimed','snoozed','escalated','review','committing') ORDER BY id LIMIT ?)
           UNION
           SELECT id, remote_id FROM (
             SELECT DISTINCT i.id, i.remote_id FROM
               (SELECT item_id, decided_at FROM decision ORDER BY id DESC LIMIT 1000) d JOIN item i ON i.id = d.item_id
             WHERE d.decided_at >= ? AND i.account_id = ? AND i.id > ? AND i.state = 'resolved'
               AND i.visibility <> 'gone' ORDER BY i.id LIMIT ?)
           ORDER BY id LIMIT ?""",
        (account_id, after, limit, since, account_id, after, limit, limit),
    )
    return [(row["id"], row["remote_id"]) for row in rows]
