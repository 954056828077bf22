"""Items: the row and its lease as one `domain.item.Item`, and the one way of writing it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment, stamp
from moderator.domain.item import Cause, Disposition, Item, Lane, Lease, State, Visibility
from moderator.domain.wording import words
from moderator.store.base import Row, Tx

_SELECT: Final = """
    SELECT i.*, l.person_id AS l_person, l.session AS l_session, l.until AS l_until, l.held_until AS l_held,
           l.hold_reason AS l_reason
    FROM item i LEFT JOIN lease l ON l.item_id = i.id"""


def of(text: str | None) -> datetime | None:
    """A stored moment, or None."""
    return moment(text) if text else None


def to(when: datetime | None) -> str | None:
    """A moment as stored, or None."""
    return stamp(when) if when else None


def _item(row: sqlite3.Row) -> Item:
    lease = None
    if row["l_person"] is not None:
        lease = Lease(row["l_person"], row["l_session"], moment(row["l_until"]), of(row["l_held"]), row["l_reason"])
    return Item(
        id=row["id"],
        account_id=row["account_id"],
        remote_id=row["remote_id"],
        state=State(row["state"]),
        visibility=Visibility(row["visibility"]),
        lane=Lane(row["lane"]),
        comment_version=row["comment_version"],
        version=row["version"],
        resting=State(row["resting"]),
        level=row["level"],
        cause=Cause(row["cause"]),
        disposition=Disposition(row["disposition"]),
        reopened=row["reopened"],
        due_first=of(row["due_first"]),
        snoozed_until=of(row["snoozed_until"]),
        lease=lease,
    )


def find(conn: sqlite3.Connection, item_id: int) -> Item | None:
    """The item, or None."""
    row = conn.execute(f"{_SELECT} WHERE i.id = ?", (item_id,)).fetchone()
    return _item(row) if row else None


def get(conn: sqlite3.Connection, item_id: int) -> Item:
    """The item. Refuses where there is none."""
    item = find(conn, item_id)
    if item is None:
        raise Refused(
            Code.NOT_FOUND,
            words("There is no item {item} at this desk.", item=item_id),
            words("Look for it in the queue."),
        )
    return item


def by_remote(conn: sqlite3.Connection, account_id: int, remote_ids: Sequence[str]) -> dict[str, Item]:
    """The items that these remote comments became."""
    marks = ", ".join("?" * len(remote_ids))
    sql = f"{_SELECT} WHERE i.account_id = ? AND i.remote_id IN ({marks})"
    return {row["remote_id"]: _item(row) for row in conn.execute(sql, (account_id, *remote_ids))}


def many(conn: sqlite3.Connection, item_ids: Iterable[int]) -> list[Item]:
    """These items, those that exist."""
    return [item for item_id in item_ids if (item := find(conn, item_id)) is not None]


def row_of(conn: sqlite3.Connection, item_id: int) -> Row:
    """The whole stored row, for what the work axis does not carry: author, post, permalink, revision."""
    row: Row | None = conn.execute("SELECT * FROM item WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise Refused(
            Code.NOT_FOUND,
            words("There is no item {item} at this desk.", item=item_id),
            words("Look for it in the queue."),
        )
    return row


def save(tx: Tx, item: Item, **beside: object) -> None:
    """Write an item back after exactly one change: its version must be the stored one plus one. `beside` names columns
    that the work axis does not carry. The caller records the event."""
    stored = tx.one("SELECT version FROM item WHERE id = ?", item.id)
    if stored is None or stored["version"] + 1 != item.version:
        raise AssertionError(f"item {item.id}: version {item.version} does not follow {stored and stored['version']}")
    tx.change("item", item.id, **_columns(item), **beside)
    _save_lease(tx, item)
    tx.announce("item", (item.id, False))


def _columns(item: Item) -> dict[str, Any]:
    return {
        "state": item.state.value,
        "visibility": item.visibility.value,
        "lane": int(item.lane),
        "comment_version": item.comment_version,
        "version": item.version,
        "resting": item.resting.value,
        "level": item.level,
        "cause": item.cause.value,
        "disposition": item.disposition.value,
        "reopened": item.reopened,
        "due_first": to(item.due_first),
        "snoozed_until": to(item.snoozed_until),
    }


def _save_lease(tx: Tx, item: Item) -> None:
    lease = item.lease
    if lease is None:
        if tx.run("DELETE FROM lease WHERE item_id = ?", item.id):
            tx.announce("lease", item.id)
        return
    tx.run(
        "INSERT OR REPLACE INTO lease (item_id, person_id, session, until, held_until, hold_reason)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        item.id,
        lease.person_id,
        lease.session,
        stamp(lease.until),
        to(lease.held_until),
        lease.hold_reason,
    )
    tx.run("DELETE FROM dropped WHERE item_id = ?", item.id)
    tx.announce("lease", item.id)


def renew(tx: Tx, session: str, until: datetime) -> int:
    """Renew every lease of a session; how many. No event: claiming and releasing are, renewing is not."""
    return tx.run("UPDATE lease SET until = ? WHERE session = ? AND until < ?", stamp(until), session, stamp(until))


def leases_of(conn: sqlite3.Connection, session: str) -> list[int]:
    """Items that this session holds."""
    return [row[0] for row in conn.execute("SELECT item_id FROM lease WHERE session = ? ORDER BY item_id", (session,))]


def lease_count(conn: sqlite3.Connection, person_id: int, now: datetime) -> int:
    """How many living leases a person has."""
    found: int = conn.execute(
        "SELECT count(*) FROM lease WHERE person_id = ? AND max(until, coalesce(held_until, until)) > ?",
        (person_id, stamp(now)),
    ).fetchone()[0]
    return found


def lapsed(conn: sqlite3.Connection, now: datetime, limit: int = 200) -> list[int]:
    """Items whose lease has ended."""
    rows = conn.execute(
        "SELECT item_id FROM lease WHERE max(until, coalesce(held_until, until)) <= ? LIMIT ?", (stamp(now), limit)
    )
    return [row[0] for row in rows]


def waking(conn: sqlite3.Connection, now: datetime, limit: int = 200) -> list[int]:
    """Snoozed items whose time has come."""
    rows = conn.execute(
        "SELECT id FROM item WHERE state = 'snoozed' AND snoozed_until <= ? ORDER BY snoozed_until LIMIT ?",
        (stamp(now), limit),
    )
    return [row[0] for row in rows]


def drop(tx: Tx, item_id: int, person_id: int) -> None:
    """Remember that a line broke while this person held this item: it is offered back to them first."""
    tx.run("INSERT OR REPLACE INTO dropped (item_id, person_id, at) VALUES (?, ?, ?)", item_id, person_id, tx.at)
    tx.run(
        "UPDATE draft SET why = 'line dropped' WHERE item_id = ? AND person_id = ? AND dropped = 0",
        item_id,
        person_id,
    )


def dropped_by(conn: sqlite3.Connection, person_id: int, now: datetime) -> list[int]:
    """Items that were this person's when the line dropped and that nobody has taken since."""
    rows = conn.execute(
        """SELECT d.item_id FROM dropped d JOIN item i ON i.id = d.item_id
           LEFT JOIN lease l ON l.item_id = d.item_id
           WHERE d.person_id = ? AND i.state IN ('new', 'snoozed', 'escalated', 'review')
             AND (l.item_id IS NULL OR max(l.until, coalesce(l.held_until, l.until)) <= ?)
           ORDER BY i.lane, i.due_first, i.id""",
        (person_id, stamp(now)),
    )
    return [row[0] for row in rows]
