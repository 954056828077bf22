"""Sessions: one event stream each. What a session holds is freed the moment its line ends."""

from __future__ import annotations

import hashlib
import secrets

from moderator.desk.room import Look, Room
from moderator.desk.steps import keep, take
from moderator.domain.item import Cause, Item, State
from moderator.domain.person import Person
from moderator.domain.workflow import Act
from moderator.store import items, people

LEFT = "left"
"""Why a session closed, where its person went on purpose; anything else counts as a dropped line."""


def open_session(room: Room, person: Person) -> tuple[str, str]:
    """A new session for somebody on the roster: (its public id, the token that goes with each act)."""
    session_id, token = secrets.token_hex(8), secrets.token_urlsafe(32)
    room.tx.run(
        "INSERT INTO session (id, token_digest, person_id, opened_at, closed_at, why) VALUES (?, ?, ?, ?, NULL, '')",
        session_id,
        _digest(token),
        person.id,
        room.tx.at,
    )
    room.tx.record("session.open", actor=person.id, session=session_id)
    room.house.presence.attach(session_id, person.name)
    return session_id, token


def resume(room: Room, person: Person, token: str) -> str | None:
    """Re-attach to a session that outlived a restart of the service; None where there is nothing to re-attach to.

    A session whose line ended is closed and not resumed: its items are offered back instead. A token opens only the
    session of the person it was given to.
    """
    row = people.session_by_token(room.conn, _digest(token))
    if row is None or row["person_id"] != person.id or room.house.presence.attached(row["id"]):
        return None
    up_ms = room.clock.up_ms() - room.house.presence.since_ms
    if up_ms > room.config.times.reattach * 1000:
        return None
    room.house.presence.attach(row["id"], person.name)
    room.tx.record("session.resume", actor=person.id, session=row["id"])
    return str(row["id"])


def person_of(look: Look, token: str) -> tuple[str, int] | None:
    """(session id, person id) that a token stands for, where its session is open and attached."""
    row = people.session_by_token(look.conn, _digest(token))
    if row is None or not look.house.presence.attached(row["id"]):
        return None
    return (row["id"], row["person_id"])


def resumed(look: Look, person: Person) -> tuple[int, ...]:
    """Items that were this person's when their line dropped and that are still free: offered back first."""
    return tuple(items.dropped_by(look.conn, person.id, look.now))


def close_session(room: Room, session_id: str, why: str) -> None:
    """The line ended: free what it held, at once. Unless its person left on purpose, remember it for them."""
    row = people.session(room.conn, session_id)
    room.house.presence.detach(session_id)
    if row is None:
        return
    for item_id in items.leases_of(room.conn, session_id):
        item = items.get(room.conn, item_id)
        free(room, item, "release.line" if why != LEFT else "release", dropped=why != LEFT)
    people.close_session(room.tx, session_id, why)
    room.tx.record("session.close", actor=row["person_id"], session=session_id)


def free(room: Room, item: Item, kind: str, *, dropped: bool) -> None:
    """Take a lease away from a session that is gone or idle. Its draft stays."""
    lease = item.lease
    if lease is None:
        return
    if item.state is not State.CLAIMED:
        room.tx.run("DELETE FROM lease WHERE item_id = ?", item.id)
        return
    cause = Cause.LINE_DROPPED if dropped else Cause.NONE
    keep(room, None, take(room, None, item, Act.RELEASE, cause=cause), kind, holder=lease.person_id)
    if dropped:
        items.drop(room.tx, item.id, lease.person_id)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
