"""Stored rows as the plain answers of the interface: a queue row, an effect, an event."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moderator.desk.room import Look, Room
from moderator.domain import masking
from moderator.domain.effect import EffectState, Op
from moderator.domain.event import moment, stamp
from moderator.domain.item import OPEN_STATES, Cause, Disposition, Lane, State, Visibility
from moderator.domain.policy import Asks, Opinion, Verdict
from moderator.domain.view import DraftView, EffectView, Row, TrailView
from moderator.domain.wire import decode
from moderator.domain.wording import Words, recalled, words
from moderator.store import base, people
from moderator.store.items import of
from moderator.store.orders import key_of
from moderator.text import clean, defang

_SHOWN = 400
"""Code points of a comment in a row of the queue."""


def row_of(look: Look, row: base.Row, person_id: int, key: str = "", copies: int = 1) -> Row:
    """One line of the queue, with its key in the order in which it is shown ("" for the desk's own)."""
    state = State(row["state"])
    owner = row["l_person"] if row["l_until"] and row["l_until"] > stamp(look.now) else None
    text = (row["text"] or "").replace("\n", " ")
    return Row(
        id=row["id"],
        key=key or key_of(row["lane"], row["due_first"], row["id"]),
        state=state,
        lane=Lane(row["lane"]),
        account=row["account"],
        author=row["author"] or "",
        text=text,
        masks=masks_in(row["body"], len(text)),
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
        copies=copies,
    )


def masks_in(body: str | None, length: int) -> tuple[tuple[int, int], ...]:
    """Spans to cover by a stored verdict, within the first `length` code points.

    Most comments have none: then the verdict is not even parsed.
    """
    if not body or '"mask": true' not in body:
        return ()
    return masking.within(masking.covered(decode(Verdict, json.loads(body)).findings), 0, length)


def _label(op: Op, row: base.Row) -> Words:
    """What an effect is, in words: on which account, and whose comment."""
    if op is Op.MAIL:
        return words("mail {ref}", ref=row["ref"] or "")
    names = {"account": row["account"], "author": defang(row["author"] or "")}
    if op is Op.HIDE:
        return words("hide {account} {author}", **names)
    if op is Op.RESTORE:
        return words("restore {account} {author}", **names)
    return words("reply to {account} {author}", **names)


def effect_of(place: Look | Room, row: base.Row, person_id: int) -> EffectView:
    """One remote act, as the screen tells it."""
    op, state = Op(row["op"]), EffectState(row["state"])
    return EffectView(
        id=row["id"],
        decision_id=row["decision_id"] or 0,
        item_id=row["item_id"],
        account=row["account"],
        op=op,
        state=state,
        label=_label(op, row),
        left_ms=place.windows.left(row["id"]) if state is EffectState.HELD else 0,
        tries=row["tries"],
        next_try=of(row["next_try"]),
        reason=recalled(row["reason"]),
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
