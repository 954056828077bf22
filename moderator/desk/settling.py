"""A person's word on what nobody could settle by looking."""

from __future__ import annotations

from typing import Final

from moderator.desk import ending, releasing
from moderator.desk.moving import move
from moderator.desk.room import Room, need, need_reason
from moderator.desk.steps import record, still_there
from moderator.domain.asks import SettleEffect, Settling
from moderator.domain.effect import Effect, EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Item
from moderator.domain.names import named
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done
from moderator.domain.wording import kept, mark, words
from moderator.store import decisions, items, outbox


def settle(room: Room, actor: Actor, effect_id: int, ask: SettleEffect) -> Done:
    """A person's word on a parked effect: send it again, it was sent, or drop it. Recorded with the reason."""
    row = outbox.find(room.conn, effect_id)
    if row is None:
        raise Refused(
            Code.NOT_FOUND, words("There is no effect {effect}.", effect=effect_id), words("Look at the effects.")
        )
    effect = outbox.effect(row)
    need(actor, {Op.REPLY: Permission.REPLY, Op.MAIL: Permission.ESCALATE}.get(effect.op, Permission.DECIDE))
    reason = need_reason(ask.reason, words("Settling this needs a reason."))
    if effect.state is not EffectState.PARKED:
        raise Refused(
            Code.WRONG_STATE,
            words(
                "Effect {effect} is {state}; only a parked one is settled by a person.",
                effect=effect_id,
                state=named(effect.state),
            ),
            words("Wait until the desk has looked for it, or undo the decision."),
        )
    item = items.get(room.conn, effect.item_id)
    text = f"{ask.how.value.replace('_', ' ').capitalize()}: {reason}"
    room.tx.insert("note", {"item_id": item.id, "person_id": actor.person.id, "text": kept(text), "at": room.tx.at})
    record(room, actor, "effect.settled", item.id, effect=effect.id, how=ask.how.value)
    _SETTLE[ask.how](room, actor, effect, item)
    new = items.get(room.conn, item.id)
    return Done(
        words(_SETTLED[ask.how]),
        item.id,
        effect.decision_id or 0,
        (effect.id,),
        state=new.state.value,
        version=new.version,
    )


def _resend(room: Room, actor: Actor, effect: Effect, item: Item) -> None:
    if effect.decision_id is not None:
        still_there(item, words("The comment is gone from the platform; sending it is no longer possible."))
        current = decisions.live(room.conn, item.id, item.reopened)
        if current is None or current.id != effect.decision_id:
            raise Refused(
                Code.WRONG_STATE,
                words("The decision that this belongs to no longer stands."),
                words("Drop it, and decide the item anew."),
            )
    hindered = releasing.hindrance(room, effect)
    if hindered is not None:
        raise Refused(Code.NOT_ALLOWED, hindered.sentence, words("Drop it, and decide the item anew."))
    move(room, effect, EffectState.READY, actor=actor, by_person=True, looks=0, next_try=None)
    ending.settle_item(room, actor, effect)


def _was_sent(room: Room, actor: Actor, effect: Effect, item: Item) -> None:
    move(room, effect, EffectState.DONE, actor=actor, by_person=True, next_try=None)
    ending.seen_done(room, actor, effect)


def _drop(room: Room, actor: Actor, effect: Effect, item: Item) -> None:
    move(room, effect, EffectState.CANCELLED, actor=actor, by_person=True, next_try=None)
    ending.dropped(room, actor, effect)


_SETTLE: Final = {Settling.RESEND: _resend, Settling.WAS_SENT: _was_sent, Settling.DROP: _drop}
_SETTLED: Final = {
    Settling.RESEND: mark("It is sent again."),
    Settling.WAS_SENT: mark("Recorded as sent, on your word."),
    Settling.DROP: mark("Dropped. The item is back in the queue if it still needs a decision."),
}
