"""Taking back: undo before the world sees it, and reopening or reversing afterwards with the first record kept."""

from __future__ import annotations

import json
from dataclasses import replace

from moderator.desk import withdrawing
from moderator.desk.room import Room, need, need_reason, need_session
from moderator.desk.steps import due_anew, keep, take
from moderator.domain.asks import Because, Nothing
from moderator.domain.decision import Decision
from moderator.domain.effect import Effect, EffectState
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Item, State
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done
from moderator.domain.wording import kept, words
from moderator.domain.workflow import Act
from moderator.store import decisions, items, outbox


def undo(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Take back the newest decision, escalation or proposal. Refused as too late once anything has left.

    A decision without remote effects can be taken back at any time. The text of a reply is a draft again.
    """
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    if item.state is State.ESCALATED:
        return _undo_escalation(room, actor, item)
    decision = decisions.live(room.conn, item.id, item.reopened)
    if decision is None:
        raise Refused(
            Code.WRONG_STATE,
            words("There is nothing to undo on item {id}.", id=item.id),
            words("o reopens an item that was closed."),
        )
    if item.state is State.REVIEW:
        return withdraw(room, actor, item_id, ask)
    effects = outbox.of_decision(room.conn, decision.id)
    new = take(room, actor, item, Act.UNDO, decided_by=decision.person_id, drained=any(map(left, effects)))
    cancel(room, actor, effects, words("Undone."))
    undone(room, decision, actor.person.id)
    seq = keep(room, actor, due_kept(new), "undo", decision=decision.id)
    return _done(words("Undone: item {id} is yours again.", id=item.id), new, seq)


def left(effect: Effect) -> bool:
    """Whether something of this effect is, or may be, on the platform."""
    return effect.state is not EffectState.CANCELLED and not withdrawing.can_be_taken_back(effect)


def due_kept(item: Item) -> Item:
    """Undoing does not move the clock: the first response is due when it was."""
    return replace(item, cause=Cause.UNDONE)


def cancel(room: Room, actor: Actor, effects: list[Effect], reason: str) -> None:
    """Cancel those of the effects that have not left."""
    for effect in effects:
        if effect.state is not EffectState.CANCELLED and withdrawing.can_be_taken_back(effect):
            withdrawing.cancel(room, actor, effect, reason)


def undone(room: Room, decision: Decision, person_id: int) -> None:
    """Mark a decision as taken back, and give its reply back as a draft. The caller records the event."""
    room.tx.change("decision", decision.id, undone=1)
    reply = decisions.reply_of(room.conn, decision.id)
    if reply is not None:
        typed = str(json.loads(reply["conduct"]).get("typed") or reply["text"])
        decisions.save_draft(room.tx, decision.item_id, person_id, typed, len(typed))


def _undo_escalation(room: Room, actor: Actor, item: Item) -> Done:
    """Take an escalation back while its mail has not left."""
    row = decisions.newest_escalation(room.conn, item.id)
    if row is None:
        raise Refused(
            Code.WRONG_STATE, words("There is nothing to undo on item {id}.", id=item.id), words("o reopens it.")
        )
    mail = outbox.find(room.conn, row["effect_id"]) if row["effect_id"] else None
    effects = [outbox.effect(mail)] if mail else []
    new = take(
        room,
        actor,
        item,
        Act.UNDO,
        decided_by=row["person_id"],
        drained=any(map(left, effects)),
        level=decisions.level_before(room.conn, item.id, row["id"]),
    )
    cancel(room, actor, effects, words("Undone."))
    room.tx.change("escalation", row["id"], undone=1)
    seq = keep(room, actor, due_kept(new), "undo.escalation", escalation=row["id"])
    return _done(words("Undone: item {id} is yours again, no mail was sent.", id=item.id), new, seq)


def withdraw(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Take one's own proposal back from review. Its text is a draft again."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    proposed = decisions.live(room.conn, item.id, item.reopened)
    if proposed is None:
        raise Refused(Code.WRONG_STATE, words("Nothing on item {id} waits for a second person.", id=item.id), "")
    new = take(room, actor, item, Act.WITHDRAW, decided_by=proposed.person_id)
    undone(room, proposed, proposed.person_id)
    seq = keep(room, actor, new, "review.withdraw", decision=proposed.id)
    return _done(words("Withdrawn: item {id} is yours again.", id=item.id), new, seq)


def reopen(room: Room, actor: Actor, item_id: int, ask: Because) -> Done:
    """Bring a closed, escalated or proposed item back into the queue with a clock of its own. What was decided stays on
    record; what of it has not left is not sent."""
    need(actor, Permission.DECIDE)
    reason = need_reason(ask.reason, words("Reopening needs a reason."))
    item = items.get(room.conn, item_id)
    new = take(room, actor, item, Act.REOPEN, reason=reason)
    _let_go(room, actor, item)
    _note(room, actor, item_id, words("Reopened: {reason}", reason=reason))
    seq = keep(room, actor, due_anew(room, new), "reopen")
    return _done(words("Item {id} is open again.", id=item_id), new, seq)


def _let_go(room: Room, actor: Actor, item: Item) -> None:
    """What a reopened item no longer wants: unsent effects, a proposal, an escalation's unsent mail."""
    withdrawing.from_item(room, actor, item.id, words("The item was reopened."))
    if item.state is State.REVIEW:
        proposed = decisions.live(room.conn, item.id, item.reopened)
        if proposed is not None:
            undone(room, proposed, proposed.person_id)


def reverse(room: Room, actor: Actor, item_id: int, ask: Because) -> Done:
    """Begin to reverse a decision: the item is claimed, and the next decision stands against the first, which stays."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    reason = need_reason(ask.reason, words("Reversing a decision needs a reason."))
    item = items.get(room.conn, item_id)
    new = take(room, actor, item, Act.REVERSE, reason=reason)
    _note(room, actor, item_id, words("Reversed: {reason}", reason=reason))
    seq = keep(room, actor, due_anew(room, new), "reverse")
    sentence = words("Item {id} is yours: decide anew; the first decision stays on record.", id=item_id)
    return _done(sentence, new, seq)


def _note(room: Room, actor: Actor, item_id: int, text: str) -> None:
    room.tx.insert("note", {"item_id": item_id, "person_id": actor.person.id, "text": kept(text), "at": room.tx.at})


def _done(sentence: str, item: Item, seq: int) -> Done:
    return Done(sentence, item.id, state=item.state.value, version=item.version, seq=seq)
