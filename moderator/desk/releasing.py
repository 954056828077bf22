"""What brings effects to the point of leaving: start-up, undo windows, retries, and the last look before each goes."""

from __future__ import annotations

from dataclasses import dataclass

from moderator.desk import ending, instance
from moderator.desk.moving import move
from moderator.desk.room import Room
from moderator.domain.effect import Effect, EffectState, Op
from moderator.domain.item import Cause, Visibility
from moderator.domain.names import named
from moderator.domain.person import Permission
from moderator.domain.wording import counted, words
from moderator.store import decisions, items, outbox, people, polls


def recover(room: Room, doubt: str) -> None:
    """At every start: what was being sent is of unknown outcome; every held effect gets its window again, in full.

    A reply or a hide is looked for on its platform; a mail cannot be looked for, and waits for a person at once. Where
    the database may not be the one that ran here last, nothing goes out by itself: everything that is not final waits
    for a person.
    """
    if doubt:
        _park_everything(room, doubt)
        return
    for effect in outbox.in_state(room.conn, EffectState.SENDING, EffectState.UNCERTAIN):
        if effect.state is EffectState.SENDING or effect.op is Op.MAIL:
            ending.unknown(room, effect, words("The desk stopped while this was being sent."), None)
    for effect_id, window_ms in outbox.windows(room.conn):
        room.windows.open(effect_id, window_ms)


def _park_everything(room: Room, doubt: str) -> None:
    waiting = [state for state in EffectState if state not in (EffectState.DONE, EffectState.CANCELLED)]
    found = [e for e in outbox.in_state(room.conn, *waiting) if e.state is not EffectState.PARKED]
    why = words(instance.DOUBTS[doubt])
    for effect in found:
        move(
            room,
            effect,
            EffectState.PARKED,
            reason=words("Restored or copied database: {why}.", why=why),
            next_try=None,
        )
        ending.mark_parked(room, effect)
    instance.rename(room.tx)
    room.tx.record("restore.detected", code=doubt, parked=len(found))
    room.house.notices["instance"] = counted(
        "Restored or copied database: {why}. {n} remote act waits for a person; nothing was re-sent.",
        "Restored or copied database: {why}. {n} remote acts wait for a person; nothing was re-sent.",
        len(found),
        why=why,
    )


def release_due(room: Room) -> int:
    """End every undo window that is over, and give refused effects another try whose pause is over; how many moved.

    Before it goes, version, grant and account are looked at once more: whoever lost them since sends nothing. Single
    effects come first, and at most a page of them moves at once: officers' writes go in between.
    """
    if outbox.held(room.conn) != len(room.windows):
        _remember(room)
    moved = 0
    for effect_id in outbox.first_held(room.conn, room.windows.ended(), room.config.limits.bulk):
        room.windows.forget(effect_id)
        moved += _release(room, effect_id)
    for effect in outbox.retryable(room.conn, room.now):
        move(room, effect, EffectState.READY, next_try=None, reason=effect.reason)
        moved += 1
    return moved


def _remember(room: Room) -> None:
    """Give every held effect without a window its own, in full; forget the windows of what is held no longer."""
    held = outbox.windows(room.conn)
    for effect_id, window_ms in held:
        if not room.windows.known(effect_id):
            room.windows.open(effect_id, window_ms)
    room.windows.keep({effect_id for effect_id, _ in held})


def _release(room: Room, effect_id: int) -> int:
    current = outbox.find(room.conn, effect_id)
    if current is None or current["state"] != EffectState.HELD.value:
        return 0  # parked a moment ago, with another effect of its decision
    effect = outbox.effect(current)
    hindered = hindrance(room, effect)
    if hindered is not None:
        ending.bring_back(room, effect, hindered.cause, hindered.sentence)
    else:
        move(room, effect, EffectState.READY)
    return 1


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why an effect may no longer go."""

    cause: Cause
    sentence: str


def hindrance(room: Room, effect: Effect) -> Hindrance | None:
    """What has changed since the decision so that it must not be carried out, or None."""
    item = items.get(room.conn, effect.item_id)
    if effect.decision_id is not None:
        decision = decisions.get(room.conn, effect.decision_id)
        if item.visibility is Visibility.GONE:
            return Hindrance(Cause.EFFECT_PARKED, words("The comment is gone from the platform."))
        if decision.seen_version != item.comment_version:
            return Hindrance(Cause.EDITED, words("The comment was edited after the decision."))
        person = people.get(room.conn, decision.person_id)
        wanted = Permission.REPLY if effect.op is Op.REPLY else Permission.DECIDE
        if person is None or not person.may(wanted):
            return Hindrance(Cause.EFFECT_PARKED, words("Whoever decided this may no longer do so."))
    account = polls.account(room.conn, effect.account_id) if effect.account_id else None
    if account is not None and account["status"] != "active":
        return Hindrance(
            Cause.EFFECT_PARKED,
            words("The account {name} is {status}.", name=account["name"], status=named(account["status"])),
        )
    return None
