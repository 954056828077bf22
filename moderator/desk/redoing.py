"""Doing again what was undone last, through the same checks as the first time."""

from __future__ import annotations

import json

from moderator.desk.deciding import hide, leave
from moderator.desk.reply import reply
from moderator.desk.room import Room, need, need_session
from moderator.domain.asks import Hide, Leave, Nothing, Reply
from moderator.domain.decision import Decision
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Disposition, Item
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done
from moderator.domain.wording import words
from moderator.store import decisions, items


def redo(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Decide once more what was undone last on this item, where nothing has happened to it since.

    The same clause, words and reply, with a new undo window; refused where the comment, the item or the ground is no
    longer what it was.
    """
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    last = next(iter(decisions.of_item(room.conn, item_id, 1)), None)
    if last is None or not last.undone or item.cause is not Cause.UNDONE:
        raise Refused(
            Code.WRONG_STATE, words("There is nothing to do again on item {id}.", id=item_id), words("Decide it.")
        )
    return _again(room, actor, item, last)


def _again(room: Room, actor: Actor, item: Item, last: Decision) -> Done:
    if last.disposition is Disposition.LEFT_PUBLIC:
        return leave(room, actor, item.id, Leave(last.seen_version, last.seen_masked))
    if last.disposition in (Disposition.HIDDEN, Disposition.LAWFUL_ORDER):
        return hide(room, actor, item.id, _hide(last))
    return reply(room, actor, item.id, _reply(room, last))


def _hide(last: Decision) -> Hide:
    return Hide(
        last.seen_version,
        last.clause,
        last.seen_masked,
        last.start,
        last.end,
        last.reason,
        order_id=last.order_id,
    )


def _reply(room: Room, last: Decision) -> Reply:
    """The reply as it was typed; a hard rule that a second person was to lift is put before them anew."""
    row = decisions.reply_of(room.conn, last.id)
    if row is None:
        raise Refused(Code.WRONG_STATE, words("The text of that reply is gone."), words("Write it anew."))
    told = json.loads(row["conduct"])
    return Reply(
        last.seen_version,
        str(told.get("typed") or row["text"]),
        last.seen_masked,
        disclaimer=bool(told.get("disclaimer")),
        hide_clause=last.clause,
    )
