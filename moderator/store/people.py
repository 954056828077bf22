"""The roster and the sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from moderator.domain.person import Person, Role
from moderator.store.base import Row, Tx


def _person(row: Row) -> Person:
    return Person(
        id=row["id"],
        uid=row["uid"],
        name=row["name"],
        activation=row["activation"],
        roles=frozenset(Role(role) for role in row["roles"].split()),
        designation=row["designation"],
        role_title=row["role_title"],
        role_only=bool(row["role_only"]),
        languages=tuple(row["languages"].split()),
        active=bool(row["active"]),
    )


def active(conn: sqlite3.Connection, uid: int, name: str) -> Person | None:
    """Whoever is on the roster now under this uid and name."""
    row = conn.execute(
        "SELECT * FROM person WHERE uid = ? AND name = ? AND active = 1 ORDER BY activation DESC LIMIT 1", (uid, name)
    ).fetchone()
    return _person(row) if row else None


def get(conn: sqlite3.Connection, person_id: int) -> Person | None:
    """A person by id, on the roster or not."""
    row = conn.execute("SELECT * FROM person WHERE id = ?", (person_id,)).fetchone()
    return _person(row) if row else None


def roster(conn: sqlite3.Connection) -> list[Person]:
    """Everybody, those on the roster first."""
    rows = conn.execute("SELECT * FROM person ORDER BY active DESC, name, activation DESC LIMIT 1000")
    return [_person(row) for row in rows]


def activations(conn: sqlite3.Connection, uid: int, name: str) -> int:
    """How often this uid and name were put on the roster."""
    found: int = conn.execute("SELECT count(*) FROM person WHERE uid = ? AND name = ?", (uid, name)).fetchone()[0]
    return found


def names(conn: sqlite3.Connection, person_ids: Iterable[int]) -> dict[int, str]:
    """Person id → Unix name. The desk itself (0) is "desk"."""
    found = {0: "desk"}
    for person_id in set(person_ids) - {0}:
        row = conn.execute("SELECT name FROM person WHERE id = ?", (person_id,)).fetchone()
        found[person_id] = row["name"] if row else f"person {person_id}"
    return found


def session(conn: sqlite3.Connection, session_id: str) -> Row | None:
    """A session that is still open."""
    found: Row | None = conn.execute(
        "SELECT * FROM session WHERE id = ? AND closed_at IS NULL", (session_id,)
    ).fetchone()
    return found


def session_by_token(conn: sqlite3.Connection, digest: str) -> Row | None:
    """The open session whose token has this digest."""
    found: Row | None = conn.execute(
        "SELECT * FROM session WHERE token_digest = ? AND closed_at IS NULL", (digest,)
    ).fetchone()
    return found


def open_sessions(conn: sqlite3.Connection) -> list[str]:
    """Ids of every session that is not closed."""
    return [row["id"] for row in conn.execute("SELECT id FROM session WHERE closed_at IS NULL")]


def close_session(tx: Tx, session_id: str, why: str) -> int:
    """Mark a session as closed; 0 where it was already."""
    return tx.run(
        "UPDATE session SET closed_at = ?, why = ? WHERE id = ? AND closed_at IS NULL", tx.at, why, session_id
    )
