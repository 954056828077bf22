"""Stored rows as the plain answers of the interface: a queue row, an effect, an event."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moderator.desk.room import Look, Room
from moderator.domain.effect import EffectState, Op
from moderator.domain.event import moment, stamp
from moderator.domain.item import OPEN_STATES, Cause, Disposition, Lane, State, Visibility
from moderator.domain.policy import Asks, Opinion
from moderator.domain.view import DraftView, EffectView, Row, TrailView
from moderator.store import base, people
from moderator.store.items import of
from moderator.store.queue import key_of
from moderator.text import clean

_SHOWN = 400
"""Code points of a comment in a row of the queue."""


def row_of(look: Look, row: base.Row, person_id: int) -> Row:
    """One line of the queue."""
    state = State(row["state"])
    owner = row["l_person"] if row["l_until"] and row["l_until"] > stamp(look.now) else None
    text = (row["text"] or "").replace("\n", " ")
    return Row(
        id=row["id"],
        key=key_of(row["lane"], row["due_first"], row["id"]),
        state=state,
        lane=Lane(row["lane"]),
        account=row["account"],
        author=row["author"] or "",
        text=text,
        masks=_masks(row["body"], len(text)),
        category=row["category"] or "",
        clause=row["clause"] or "",
        opinion=Opinion(row["opinion"] or Opinion.NONE),
        asks=Asks(row["asks"] or ""),
        protected=bool(row["protected"]),
        language=row["language"] or "und",
        due=of(row["due_first"]) if state in OPEN_STATES else None,
        arrived=moment(row["commented_at"]),
        cause=Cause(row["cause"]),
        owner=row["owner"] if owner is not None else "",
        mine=owner == person_id,
        version=row["version"],
        comment_version=row["comment_version"],
        visibility=Visibility(row["visibility"]),
        disposition=Disposition(row["disposition"]),
        snoozed_until=of(row["snoozed_until"]),
        level=row["level"],
    )


def _masks(body: str | None, length: int) -> tuple[tuple[int, int], ...]:
    """Spans to cover, within the shown part. Most comments have none: then the verdict is not even parsed."""
    if not body or '"mask": true' not in body:
        return ()
    findings = json.loads(body).get("findings", [])
    spans = ((f["start"], min(f["end"], length)) for f in findings if f.get("mask") and f["start"] < length)
    return tuple(sorted(set(spans)))


_OPS = {Op.HIDE: "hide", Op.RESTORE: "restore", Op.REPLY: "reply to", Op.MAIL: "mail"}


def effect_of(place: Look | Room, row: base.Row, person_id: int) -> EffectView:
    """One remote act, as the screen tells it."""
    op, state = Op(row["op"]), EffectState(row["state"])
    label = f"mail {row['ref'] or ''}" if op is Op.MAIL else f"{_OPS[op]} {row['account']} {row['author'] or ''}"
    return EffectView(
        id=row["id"],
        decision_id=row["decision_id"] or 0,
        item_id=row["item_id"],
        account=row["account"],
        op=op,
        state=state,
        label=label.strip(),
        left_ms=place.windows.left(row["id"]) if state is EffectState.HELD else 0,
        tries=row["tries"],
        next_try=of(row["next_try"]),
        reason=row["reason"],
        remote_id=row["remote_id"],
        person=row["person"] or "",
        mine=row["person_id"] == person_id,
        at=moment(row["made_at"]),
    )


def events_of(look: Look, rows: Iterable[base.Row]) -> tuple[TrailView, ...]:
    """Events of the trail, with the names of whoever acted."""
    bodies: list[tuple[base.Row, dict[str, Any]]] = [(row, json.loads(row["body"])) for row in rows]
    names = people.names(look.conn, [body["actor"] for _, body in bodies])
    return tuple(
        TrailView(row["seq"], row["at"], row["kind"], names[body["actor"]], row["item"], body["facts"], row["hash"])
        for row, body in bodies
    )


def draft_of(row: base.Row, person_id: int) -> DraftView:
    """What somebody has typed: their own word for word, others' as safe as a citizen's."""
    mine = row["person_id"] == person_id
    text = row["text"] if mine else clean(row["text"]).text
    return DraftView(
        row["item_id"], row["person"], mine, text, min(row["caret"], len(text)), moment(row["saved_at"]), row["why"]
    )
