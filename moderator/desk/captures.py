"""Showing the evidence of a comment. That it was shown, and to whom, is itself on the trail."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final
from zoneinfo import ZoneInfo

from moderator.desk.room import Room, need
from moderator.domain.capture import Capture
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment, row_digest
from moderator.domain.person import Actor, Permission
from moderator.domain.wording import mark, words
from moderator.store import captures, items
from moderator.store.base import Row

_METHODS: Final = {
    "import": mark("taken in from a file of JSON Lines that a person handed in"),
    "practice": mark("made up by the practice feed"),
}
_READ: Final = mark("read over the platform's own interface")


def show(room: Room, actor: Actor, item_id: int, n: int = 0) -> Capture:
    """One version of a comment as evidence; 0 for the newest. Writes down who looked, and at which version.

    Refuses whoever may not read the trail, and a version that the desk has never seen.
    """
    need(actor, Permission.TRAIL)
    versions = items.get(room.conn, item_id).comment_version
    row = captures.find(room.conn, item_id, n or versions)
    if row is None:
        raise Refused(
            Code.NOT_FOUND,
            words("Item {item} has no version {n}.", item=item_id, n=n),
            words("It has {versions}: 1 to {versions}.", versions=versions)
            if versions > 1
            else words("It has one: leave the version out."),
        )
    room.tx.record("capture.shown", actor=actor.person.id, session=actor.session, item=item_id, version=row["n"])
    return _capture(room, row)


def _capture(room: Room, row: Row) -> Capture:
    body = json.loads(row["event_body"] or "{}")
    zone = ZoneInfo(room.config.desk.time_zone)
    return Capture(
        item_id=row["item_id"],
        n=row["n"],
        versions=row["versions"],
        account=row["account"],
        platform=row["platform"],
        site=row["site"],
        remote_id=row["remote_id"],
        author_name=row["author_name"],
        author_handle=row["author_handle"],
        author_remote_id=row["author_remote_id"],
        post_title=row["post_title"] or "",
        post_url=row["post_url"] or "",
        permalink=row["permalink"],
        text=row["text"],
        media=tuple(f"{one['kind']}: {one['alt'] or '(no description)'} {one['url']}" for one in _media(row)),
        language=row["language"] or "und",
        flags=tuple(row["flags"].split()),
        retention=row["retention"],
        created_at=moment(row["commented_at"]),
        created_local=moment(row["commented_at"]).astimezone(zone).isoformat(timespec="milliseconds"),
        edited_at=items.of(row["edited_at"]),
        captured_at=moment(row["captured_at"]),
        captured_local=body.get("local", ""),
        method=words(_METHODS.get(row["platform"], _READ)),
        raw=row["payload"],
        raw_sha256=_sha256(row["payload"]),
        text_sha256=_sha256(row["text"]),
        event=row["event"] or 0,
        event_hash=row["event_hash"] or "",
        holds=_holds(room, row, body.get("rows", {})),
    )


def _media(row: Row) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(row["media"])
    return found


def _holds(room: Room, row: Row, recorded: dict[str, str]) -> bool:
    """Whether the rows are still what the event recorded. Whether the event itself is, `trail verify` says."""
    rows = captures.sealed(room.conn, row["item_id"], row["n"])
    return all(recorded.get(name) == row_digest(dict(stored)) for name, stored in rows.items())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
