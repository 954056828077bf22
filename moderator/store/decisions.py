"""Decisions, replies, drafts, notes and orders: what people did about an item."""

from __future__ import annotations

import sqlite3
from typing import Final

from moderator.domain.decision import Decision, Ground
from moderator.domain.event import moment
from moderator.domain.item import Disposition
from moderator.domain.wording import recalled
from moderator.store.base import Row, Tx


def _decision(row: Row) -> Decision:
    return Decision(
        id=row["id"],
        item_id=row["item_id"],
        disposition=Disposition(row["disposition"]),
        ground=Ground(row["ground"]),
        clause=row["clause"],
        start=row["span_start"],
        end=row["span_end"],
        reason=recalled(row["reason"]),
        person_id=row["person_id"],
        second_id=row["second_id"],
        seen_version=row["seen_version"],
        seen_masked=bool(row["seen_masked"]),
        policy_version=row["policy_version"],
        decided_at=moment(row["decided_at"]),
        review_on=row["review_on"],
        undone=bool(row["undone"]),
        proposed=bool(row["proposed"]),
        order_id=row["order_id"],
    )


def get(conn: sqlite3.Connection, decision_id: int) -> Decision:
    """A decision that is known to exist."""
    return _decision(conn.execute("SELECT * FROM decision WHERE id = ?", (decision_id,)).fetchone())


def live(conn: sqlite3.Connection, item_id: int, reopened: int) -> Decision | None:
    """The one decision of this return of the item, made or proposed."""
    row = conn.execute(
        "SELECT * FROM decision WHERE item_id = ? AND reopened = ? AND undone = 0", (item_id, reopened)
    ).fetchone()
    return _decision(row) if row else None


def of_item(conn: sqlite3.Connection, item_id: int, limit: int = 20) -> list[Decision]:
    """Every decision on an item, newest first."""
    rows = conn.execute("SELECT * FROM decision WHERE item_id = ? ORDER BY id DESC LIMIT ?", (item_id, limit))
    return [_decision(row) for row in rows]


def last_hide(conn: sqlite3.Connection, item_id: int) -> Decision | None:
    """The newest decision on an item that still stands, if it was a hide."""
    found = next((d for d in of_item(conn, item_id) if not d.undone), None)
    hides = (Disposition.HIDDEN, Disposition.HIDDEN_REPLIED, Disposition.LAWFUL_ORDER)
    return found if found and found.disposition in hides else None


def reply_of(conn: sqlite3.Connection, decision_id: int) -> Row | None:
    """The reply of a decision."""
    found: Row | None = conn.execute("SELECT * FROM reply WHERE decision_id = ?", (decision_id,)).fetchone()
    return found


def replies_of(conn: sqlite3.Connection, decision_ids: list[int]) -> dict[int, str]:
    """Decision id → the text that was sent with it."""
    marks = ", ".join("?" * len(decision_ids))
    sql = f"SELECT decision_id, text FROM reply WHERE decision_id IN ({marks})"  # noqa: S608 -- only marks
    return {row["decision_id"]: row["text"] for row in conn.execute(sql, decision_ids)}


def order(conn: sqlite3.Connection, order_id: int, item_id: int) -> Row | None:
    """An order or request that was recorded on this item."""
    found: Row | None = conn.execute(
        "SELECT * FROM instruction WHERE id = ? AND item_id = ?", (order_id, item_id)
    ).fetchone()
    return found


def newest_escalation(conn: sqlite3.Connection, item_id: int) -> Row | None:
    """The escalation that an item stands at."""
    found: Row | None = conn.execute(
        "SELECT * FROM escalation WHERE item_id = ? AND undone = 0 ORDER BY id DESC LIMIT 1", (item_id,)
    ).fetchone()
    return found


def level_before(conn: sqlite3.Connection, item_id: int, escalation_id: int) -> int:
    """The level at which an item stood before this escalation, 0 for none."""
    row = conn.execute(
        "SELECT level FROM escalation WHERE item_id = ? AND id < ? AND undone = 0 ORDER BY id DESC LIMIT 1",
        (item_id, escalation_id),
    ).fetchone()
    return int(row["level"]) if row else 0


def save_draft(tx: Tx, item_id: int, person_id: int, text: str, caret: int, why: str = "") -> None:
    """Keep what somebody has typed. Drafts are work in progress, not records: no event."""
    tx.run(
        "INSERT OR REPLACE INTO draft (item_id, person_id, text, caret, saved_at, why, dropped)"
        " VALUES (?, ?, ?, ?, ?, ?, 0)",
        item_id,
        person_id,
        text,
        caret,
        tx.at,
        why,
    )


def forget_draft(tx: Tx, item_id: int, person_id: int) -> int:
    """Remove a draft that has become a reply; 1 where there was one. Dropped ones stay."""
    return tx.run("DELETE FROM draft WHERE item_id = ? AND person_id = ? AND dropped = 0", item_id, person_id)


_PUT_AWAY: Final = "SELECT {} FROM draft WHERE item_id = ?1 AND person_id = ?2 AND dropped <> 0"


def drop_draft(tx: Tx, item_id: int, person_id: int) -> int:
    """Put the draft away, as the newest of those that were dropped; 1 where there was one."""
    newest = _PUT_AWAY.format("max(coalesce(max(dropped), 0), 0) + 1")
    sql = f"UPDATE draft SET dropped = ({newest}) WHERE item_id = ?1 AND person_id = ?2 AND dropped = 0"  # noqa: S608
    return tx.run(sql, item_id, person_id)


def restore_draft(tx: Tx, item_id: int, person_id: int) -> int:
    """Bring the newest dropped draft back; 1 where there was one.

    What is being typed instead is put away as the oldest: bringing back goes through all of them and loses none.
    """
    last = tx.one(_PUT_AWAY.format("max(dropped) AS newest, min(dropped) AS oldest"), item_id, person_id)
    if last is None or last["newest"] is None:
        return 0
    tx.run(
        "DELETE FROM draft WHERE item_id = ? AND person_id = ? AND dropped = 0 AND trim(text) = ''", item_id, person_id
    )
    sql = "UPDATE draft SET dropped = ? WHERE item_id = ? AND person_id = ? AND dropped = ?"
    tx.run(sql, min(last["oldest"], 0) - 1, item_id, person_id, 0)
    return tx.run(sql, 0, item_id, person_id, last["newest"])


def has_dropped(conn: sqlite3.Connection, item_id: int, person_id: int) -> bool:
    """Whether this person dropped a draft on this item that can be brought back."""
    return conn.execute(_PUT_AWAY.format("1") + " LIMIT 1", (item_id, person_id)).fetchone() is not None


def drafts_of_item(conn: sqlite3.Connection, item_id: int) -> list[Row]:
    """Every living draft on an item, newest first, with its writer's name."""
    return conn.execute(
        """SELECT d.*, p.name AS person FROM draft d JOIN person p ON p.id = d.person_id
           WHERE d.item_id = ? AND d.dropped = 0 ORDER BY d.saved_at DESC LIMIT 20""",
        (item_id,),
    ).fetchall()


def drafts_of_person(conn: sqlite3.Connection, person_id: int) -> list[Row]:
    """This person's own living drafts, newest first."""
    return conn.execute(
        """SELECT d.*, p.name AS person FROM draft d JOIN person p ON p.id = d.person_id
           WHERE d.person_id = ? AND d.dropped = 0 ORDER BY d.saved_at DESC LIMIT 50""",
        (person_id,),
    ).fetchall()


def note_text(conn: sqlite3.Connection, note_id: int) -> str:
    """The words of one remark, "" where there is none."""
    row = conn.execute("SELECT text FROM note WHERE id = ?", (note_id,)).fetchone()
    return str(row["text"]) if row else ""


def notes(conn: sqlite3.Connection, item_id: int) -> list[Row]:
    """Private remarks on an item, oldest first."""
    return conn.execute(
        """SELECT n.text, n.at, p.name AS person FROM note n JOIN person p ON p.id = n.person_id
           WHERE n.item_id = ? ORDER BY n.id DESC LIMIT 50""",
        (item_id,),
    ).fetchall()[::-1]
