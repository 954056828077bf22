"""Orders and requests from outside, as they were received.

A verified order that lacks nothing is a ground of its own. A request, from whatever office, is recorded in its own
words and changes nothing: what happens to the comment is decided by the published policy alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from moderator import text
from moderator.desk.room import Look, Room, need
from moderator.desk.steps import due_anew, keep, more_urgent, record, take
from moderator.domain.asks import ReceivedOrder
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment
from moderator.domain.item import Cause, Item, Lane, State
from moderator.domain.order import Order, OrderKind, high_enough, missing
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done, OrderView
from moderator.domain.wire import decode, encode
from moderator.domain.wording import joined, mark, words
from moderator.domain.workflow import Act
from moderator.store import escalations as store
from moderator.store import items
from moderator.store.base import Row

DUE: Final = timedelta(hours=3)
"""By when an order is to be carried out where it names no time itself, counted from its receipt."""

_EARLY: Final = timedelta(minutes=5)
"""How far ahead a time of receipt may lie: clocks differ, nothing arrives tomorrow."""

_TEXT_MAX: Final = 4000
_URLS_MAX: Final = 50
_RANK: Final = mark("a rank of Joint Secretary (police: Deputy Inspector General) or above")


def record_order(room: Room, actor: Actor, item_id: int, ask: ReceivedOrder) -> Done:
    """Record an order or a request on an item.

    An actionable order lifts the item among the urgent ones and brings it back to the desk where it was handed up or
    closed. A request, or an order that lacks anything, moves nothing.
    """
    need(actor, Permission.DECIDE)
    item = items.get(room.conn, item_id)
    order = _clean(ask, room.now)
    lacks = lacking(order)
    actionable = order.kind is OrderKind.ORDER and not lacks
    order_id = _insert(room, actor, item_id, order, actionable=actionable)
    new = _lifted(room, actor, item, order) if actionable else item
    facts = {"order": order_id, "actionable": int(actionable)}
    kind = f"{order.kind.value}.received"
    seq = record(room, actor, kind, item_id, **facts) if new is item else keep(room, actor, new, kind, **facts)
    return Done(
        _sentence(order, lacks, order_id, items.row_of(room.conn, item_id)["permalink"]),
        item_id,
        state=new.state.value,
        version=new.version,
        seq=seq,
        row_id=order_id,
    )


def views(look: Look, item_id: int) -> tuple[OrderView, ...]:
    """Every order and request on an item, newest first, with what it lacks."""
    return tuple(_view(row) for row in store.orders_of(look.conn, item_id))


def lacking(order: Order) -> list[str]:
    """What an order or request still lacks, in words. A request that lacks nothing is still no ground."""
    lacks = missing(order)
    if order.kind is OrderKind.ORDER and order.rank and not high_enough(order.rank):
        lacks.append(words(_RANK))
    return lacks


def _clean(ask: ReceivedOrder, now: datetime) -> Order:
    """The order as it may be stored. Refuses a receipt that lies ahead and texts beyond all measure."""
    if ask.received_at > now + _EARLY:
        raise Refused(Code.BAD, words("The time of receipt lies ahead."), words("Give the moment at which it arrived."))
    names = ("authority", "officer", "rank", "statute", "reference", "caller", "verified_by")
    lines: dict[str, Any] = {name: " ".join(_words(getattr(ask, name)).split()) for name in names}
    due = ask.due_at or (ask.received_at + DUE if ask.kind is OrderKind.ORDER else None)
    if len(ask.urls) > _URLS_MAX:
        raise Refused(
            Code.BAD,
            words("An order may name up to {most} addresses.", most=_URLS_MAX),
            words("Record it in parts."),
        )
    urls = tuple(url for given in ask.urls if (url := "".join(_words(given).split())))
    return Order(
        ask.kind, ask.received_at, reason=_words(ask.reason), words=_words(ask.words), urls=urls, due_at=due, **lines
    )


def _words(given: str) -> str:
    cleaned = text.clean(given).text.strip()
    if len(cleaned) > _TEXT_MAX:
        raise Refused(Code.BAD, words("One of the fields is too long."), words("Keep each under 4,000 characters."))
    return cleaned


def _insert(room: Room, actor: Actor, item_id: int, order: Order, *, actionable: bool) -> int:
    return store.insert_order(
        room.tx,
        item_id=item_id,
        kind=order.kind.value,
        body=json.dumps(encode(order), sort_keys=True, ensure_ascii=False),
        actionable=int(actionable),
        received_at=items.to(order.received_at),
        due_at=items.to(order.due_at),
        recorded_by=actor.person.id,
    )


def _lifted(room: Room, actor: Actor, item: Item, order: Order) -> Item:
    """The item among the urgent ones, due when the order is, back at the desk where it was not there.

    The due time only ever moves closer.
    """
    moved = replace(item, version=item.version + 1)
    if item.state is State.ESCALATED:
        moved = take(room, actor, item, Act.INSTRUCT)
    elif item.state is State.RESOLVED:
        moved = due_anew(room, take(room, actor, item, Act.REOPEN, cause=Cause.INSTRUCTED))
    moved = more_urgent(room, moved, Lane.THREAT)
    return replace(moved, due_first=min(due for due in (order.due_at, moved.due_first) if due is not None))


def _sentence(order: Order, lacks: list[str], order_id: int, permalink: str) -> str:
    if order.kind is OrderKind.REQUEST:
        sentence = words("Recorded as request {order}: it is no ground; decide by the policy only.", order=order_id)
        return joined((sentence, words("It lacks {lacks}.", lacks=joined(lacks, ", ")))) if lacks else sentence
    if lacks:
        return words(
            "Recorded as order {order}, but it is not actionable: it lacks {lacks}.",
            order=order_id,
            lacks=joined(lacks, ", "),
        )
    if permalink and permalink not in order.urls:
        return words(
            "Recorded as order {order}. None of its addresses is this comment's own: compare them before you act.",
            order=order_id,
        )
    return words("Recorded as order {order}: it can be carried out with h.", order=order_id)


def _view(row: Row) -> OrderView:
    order = decode(Order, json.loads(row["body"]))
    return OrderView(
        id=row["id"],
        kind=row["kind"],
        authority=order.authority or order.caller,
        officer=order.officer,
        received_at=moment(row["received_at"]),
        due_at=items.of(row["due_at"]),
        actionable=bool(row["actionable"]),
        lacks=tuple(lacking(order)),
    )
