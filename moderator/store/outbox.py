"""The outbox: effects as rows, and every question that decides which of them may move now."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from moderator.domain.effect import FINAL, Effect, EffectState, Op
from moderator.domain.event import stamp
from moderator.domain.wording import recalled
from moderator.store.base import Row, Tx
from moderator.store.items import of

UNDER_WAY: Final = "('sending', 'uncertain', 'failed')"
_OPEN: Final = "state NOT IN ('done', 'cancelled')"


def effect(row: Row) -> Effect:
    """A stored row as an effect."""
    return Effect(
        id=row["id"],
        key=row["key"],
        decision_id=row["decision_id"],
        item_id=row["item_id"],
        account_id=row["account_id"],
        target=row["target"],
        op=Op(row["op"]),
        state=EffectState(row["state"]),
        window_ms=row["window_ms"],
        tries=row["tries"],
        looks=row["looks"],
        next_try=of(row["next_try"]),
        first_tried=of(row["first_tried"]),
        remote_id=row["remote_id"],
        reason=recalled(row["reason"]),
        batch_id=row["batch_id"],
    )


def insert(tx: Tx, **row: Any) -> int:
    """A new effect with everything that has not happened to it yet; its id."""
    fresh = {"tries": 0, "looks": 0, "next_try": None, "first_tried": None, "remote_id": "", "reason": ""}
    return tx.insert("effect", {**fresh, "batch_id": None, **row, "made_at": tx.at})


def find(conn: sqlite3.Connection, effect_id: int) -> Row | None:
    """The stored row, or None."""
    found: Row | None = conn.execute("SELECT * FROM effect WHERE id = ?", (effect_id,)).fetchone()
    return found


def of_decision(conn: sqlite3.Connection, decision_id: int) -> list[Effect]:
    """The effects of one decision, in their order."""
    return [
        effect(row) for row in conn.execute("SELECT * FROM effect WHERE decision_id = ? ORDER BY id", (decision_id,))
    ]


def of_item(conn: sqlite3.Connection, item_id: int) -> list[Effect]:
    """Every effect of an item, oldest first."""
    return [effect(row) for row in conn.execute("SELECT * FROM effect WHERE item_id = ? ORDER BY id", (item_id,))]


def open_of_item(conn: sqlite3.Connection, item_id: int) -> list[Effect]:
    """Effects of an item that are neither done nor cancelled."""
    return [found for found in of_item(conn, item_id) if found.state not in FINAL]


def windows(conn: sqlite3.Connection) -> list[tuple[int, int]]:
    """Everything whose undo window is open, and how long that is in milliseconds: single effects first, then bulk."""
    sql = f"SELECT id, window_ms FROM effect WHERE {_OPEN} AND state = 'held' ORDER BY batch_id, id"  # noqa: S608
    return [(row["id"], row["window_ms"]) for row in conn.execute(sql)]


def held(conn: sqlite3.Connection) -> int:
    """How many effects have an open undo window."""
    found: int = conn.execute(f"SELECT count(*) FROM effect WHERE {_OPEN} AND state = 'held'").fetchone()[0]  # noqa: S608
    return found


def first_held(conn: sqlite3.Connection, effect_ids: Iterable[int], limit: int) -> list[int]:
    """Those of these effects that are held, at most so many: single effects first, then bulk."""
    sql = """SELECT e.id FROM json_each(?) j CROSS JOIN effect e ON e.id = j.value
             WHERE e.state = 'held' ORDER BY e.batch_id, e.id LIMIT ?"""
    return [row["id"] for row in conn.execute(sql, (json.dumps(list(effect_ids)), limit))]


def any_in(conn: sqlite3.Connection, *states: EffectState) -> bool:
    """Whether anything is in one of these states (none of them final)."""
    marks = ", ".join("?" * len(states))
    sql = f"SELECT 1 FROM effect WHERE {_OPEN} AND state IN ({marks}) LIMIT 1"  # noqa: S608 -- constants
    return conn.execute(sql, [state.value for state in states]).fetchone() is not None


def in_state(conn: sqlite3.Connection, *states: EffectState) -> list[Effect]:
    """Everything in one of these states (none of them final), oldest first."""
    marks = ", ".join("?" * len(states))
    sql = f"SELECT * FROM effect WHERE {_OPEN} AND state IN ({marks}) ORDER BY id"  # noqa: S608 -- constants
    return [effect(row) for row in conn.execute(sql, [state.value for state in states])]


def retryable(conn: sqlite3.Connection, now: datetime) -> list[Effect]:
    """Refused effects whose pause is over, or whose account answers again."""
    rows = conn.execute(
        f"""SELECT e.* FROM effect e LEFT JOIN poll p ON p.account_id = e.account_id
           WHERE e.{_OPEN} AND e.state = 'failed' AND (e.next_try IS NULL OR e.next_try <= ?)
             AND coalesce(p.paused, 0) = 0
           ORDER BY e.id""",  # noqa: S608 -- constants
        (stamp(now),),
    )
    return [effect(row) for row in rows]


_READY: Final = f"""
    SELECT e.id, e.account_id FROM effect e
    LEFT JOIN account a ON a.id = e.account_id LEFT JOIN poll p ON p.account_id = e.account_id
    WHERE e.{_OPEN} AND e.state = 'ready' AND (e.account_id IS NULL OR a.status = 'active')
      AND coalesce(p.paused, 0) = 0
      AND NOT EXISTS (SELECT 1 FROM effect o WHERE o.target = e.target AND o.id <> e.id
                      AND (o.state IN {UNDER_WAY} OR (o.id < e.id AND o.state IN ('held', 'ready'))))
      AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = e.batch_id AND b.undone = 1
                      AND e.op = CASE b.act WHEN 'hide' THEN 'hide' ELSE 'restore' END)"""  # noqa: S608
"""Nothing goes of a bulk act that is being taken back, but what brings back. One waits while another on its target is
under way, or while an older one on its target is still held or ready; its account must be active and not paused."""


def ready(conn: sqlite3.Connection) -> list[tuple[int, int | None]]:
    """Single effects that may go now, with their accounts: oldest decision first, at most one for each target."""
    return [tuple(row) for row in conn.execute(f"{_READY} AND e.batch_id IS NULL ORDER BY e.id LIMIT 500")]


def ready_of_batches(conn: sqlite3.Connection, each: int = 1) -> list[tuple[int, int | None]]:
    """The oldest effects of bulk acts that may go now, so many for each account, with their accounts."""
    accounts = [row[0] for row in conn.execute("SELECT id FROM account WHERE status = 'active' ORDER BY id")]
    sql = f"{_READY} AND e.batch_id IS NOT NULL AND e.account_id = ? ORDER BY e.id LIMIT ?"
    return [tuple(row) for account_id in accounts for row in conn.execute(sql, (account_id, each))]


def may_go(conn: sqlite3.Connection, effect_id: int) -> bool:
    """Whether this effect may go now."""
    return conn.execute(f"{_READY} AND e.id = ?", (effect_id,)).fetchone() is not None


def due_looks(conn: sqlite3.Connection, now: datetime) -> list[tuple[int, int | None]]:
    """Effects of unknown outcome that are to be looked for now, with their accounts."""
    rows = conn.execute(
        f"""SELECT e.id, e.account_id FROM effect e LEFT JOIN poll p ON p.account_id = e.account_id
           WHERE e.{_OPEN} AND e.state = 'uncertain' AND (e.next_try IS NULL OR e.next_try <= ?)
             AND coalesce(p.paused, 0) = 0
           ORDER BY e.id LIMIT 500""",  # noqa: S608 -- constants
        (stamp(now),),
    )
    return [tuple(row) for row in rows]


def newer_state_setting(conn: sqlite3.Connection, target: str, effect_id: int) -> bool:
    """Whether a later hide or restore of this target stands: then this one is no longer the desired state."""
    row = conn.execute(
        """SELECT 1 FROM effect WHERE target = ? AND id > ? AND op IN ('hide', 'restore') AND state <> 'cancelled'
           LIMIT 1""",
        (target, effect_id),
    ).fetchone()
    return row is not None


def taken(conn: sqlite3.Connection, target: str) -> frozenset[str]:
    """Remote ids of replies under this target that have satisfied an effect already."""
    rows = conn.execute("SELECT remote_id FROM effect WHERE target = ? AND op = 'reply' AND remote_id <> ''", (target,))
    return frozenset(row["remote_id"] for row in rows)


def is_taken(conn: sqlite3.Connection, account_id: int | None, remote_id: str) -> bool:
    """Whether this remote comment of an account has satisfied an effect already."""
    row = conn.execute(
        "SELECT 1 FROM effect WHERE account_id = ? AND remote_id = ? AND op = 'reply' AND remote_id <> ''",
        (account_id, remote_id),
    ).fetchone()
    return row is not None


def reply_may_be_out(conn: sqlite3.Connection, target: str, remote_id: str) -> bool:
    """Whether an own comment under this target may be one that the desk itself sent."""
    row = conn.execute(
        f"""SELECT 1 FROM effect WHERE target = ? AND op = 'reply'
            AND (remote_id = ? OR state IN {UNDER_WAY} OR (state = 'parked' AND first_tried IS NOT NULL)) LIMIT 1""",  # noqa: S608
        (target, remote_id),
    ).fetchone()
    return row is not None


def all_open(conn: sqlite3.Connection, limit: int = 200) -> list[Row]:
    """Everything that is not final, oldest first, with what a screen says about it; of bulk acts, which are told as
    one, only what failed or nobody knows."""
    ids = f"SELECT id FROM effect INDEXED BY effect_open WHERE {_OPEN}"  # noqa: S608 -- constants
    single = f"{ids} AND batch_id IS NULL AND state IN ('held', 'ready', 'sending', 'failed', 'uncertain', 'parked')"
    where = f"e.id IN ({single} UNION {ids} AND state IN ('failed', 'uncertain', 'parked'))"
    return _told(conn, where, (), limit)


def told(conn: sqlite3.Connection, item_id: int, limit: int = 50) -> list[Row]:
    """Every effect of an item, newest first, with what a screen says about it."""
    return _told(conn, "e.item_id = ?", (item_id,), limit, "DESC")


def told_one(conn: sqlite3.Connection, effect_id: int) -> Row | None:
    """One effect with what a screen says about it."""
    found = _told(conn, "e.id = ?", (effect_id,), 1)
    return found[0] if found else None


def _told(conn: sqlite3.Connection, where: str, params: Iterable[object], limit: int, order: str = "ASC") -> list[Row]:
    sql = f"""
        SELECT e.*, coalesce(a.name, '') AS account, v.author_name AS author, p.id AS person_id, p.name AS person,
               x.ref AS ref
        FROM effect e JOIN item i ON i.id = e.item_id
        LEFT JOIN version v ON v.item_id = i.id AND v.n = i.comment_version
        LEFT JOIN account a ON a.id = e.account_id
        LEFT JOIN decision d ON d.id = e.decision_id
        LEFT JOIN escalation x ON x.effect_id = e.id
        LEFT JOIN person p ON p.id = coalesce(d.person_id, x.person_id)
        WHERE {where} ORDER BY e.id {order} LIMIT ?"""  # noqa: S608 -- our own clauses
    return conn.execute(sql, (*params, limit)).fetchall()
