"""How an effect ended, written down: on its own row, and on the item that waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from moderator.desk import withdrawing
from moderator.desk.moving import move
from moderator.desk.room import Room, seconds
from moderator.desk.steps import due_anew, keep, take
from moderator.domain.comment import RemoteState
from moderator.domain.effect import FINAL, STATE_SETTING, Effect, EffectState, Op
from moderator.domain.item import OPEN_STATES, Cause, Disposition, Item, State, Visibility
from moderator.domain.person import Actor
from moderator.domain.wording import joined, words
from moderator.domain.workflow import Act
from moderator.platforms.base import Outcome
from moderator.store import decisions, items, outbox, polls

SEEN: dict[RemoteState, Visibility] = {
    RemoteState.VISIBLE: Visibility.PUBLIC,
    RemoteState.HELD: Visibility.HIDDEN,
    RemoteState.HIDDEN: Visibility.HIDDEN,
    RemoteState.SPAM: Visibility.HIDDEN,
    RemoteState.TRASHED: Visibility.REMOVED,
    RemoteState.DELETED: Visibility.GONE,
    RemoteState.UNKNOWN: Visibility.UNKNOWN,
}
"""What a platform's own state means for who can see the comment."""

_MEANT = {Op.HIDE: Visibility.HIDDEN, Op.RESTORE: Visibility.PUBLIC}


def done(room: Room, effect: Effect, outcome: Outcome, reason: str) -> None:
    """It is on the platform. One remote thing satisfies one effect: an id that satisfied another proves nothing."""
    if effect.op is Op.REPLY and outbox.is_taken(room.conn, effect.account_id, outcome.remote_id):
        if effect.state is EffectState.UNCERTAIN:
            not_found(room, effect)
        else:
            unknown(room, effect, words("The platform named a comment that was somebody else's answer."), None)
        return
    remote_id = outcome.remote_id if effect.op is Op.REPLY else ""
    ended = move(room, effect, EffectState.DONE, reason=reason, remote_id=remote_id, next_try=None)
    seen = SEEN[outcome.state]
    _observe_done(room, None, ended, seen if seen is not Visibility.UNKNOWN else _MEANT.get(effect.op))


def seen_done(room: Room, actor: Actor, effect: Effect) -> None:
    """A person says that it was sent."""
    _observe_done(room, actor, effect, _MEANT.get(effect.op))


def _observe_done(room: Room, actor: Actor | None, effect: Effect, seen: Visibility | None) -> None:
    item = items.get(room.conn, effect.item_id)
    room.house.settled[item.id] = room.clock.up_ms()
    if effect.op not in STATE_SETTING:
        seen = None
    _write_back(room, actor, item, effect, seen or item.visibility)


def _write_back(room: Room, actor: Actor | None, item: Item, effect: Effect, visibility: Visibility) -> None:
    """The item after one of its effects moved: what is seen of it now, and resolved once nothing is outstanding."""
    new, kind = item, ""
    if _finished(room, item):
        new, kind = _settled(room, actor, item)
    if visibility is not item.visibility:
        kind = kind or f"seen.{visibility.value}"
        new = replace(new, visibility=visibility, version=item.version + 1)
    elif not kind and item.state is State.COMMITTING and item.cause is not Cause.NONE and not _parked(room, item):
        new, kind = replace(item, cause=Cause.NONE, version=item.version + 1), "item.under_way"
    if kind:
        keep(room, actor, new, kind, effect=effect.id)


def _settled(room: Room, actor: Actor | None, item: Item) -> tuple[Item, str]:
    """Everything is out: resolved; or back in the queue where the comment was edited after the decision on it."""
    decision = decisions.live(room.conn, item.id, item.reopened)
    if decision is not None and decision.seen_version != item.comment_version:
        return due_anew(room, take(room, actor, item, Act.REOPEN, cause=Cause.EDITED)), "reopen"
    return replace(take(room, actor, item, Act.SETTLE), cause=Cause.NONE), "settle"


def _parked(room: Room, item: Item) -> bool:
    return any(e.state is EffectState.PARKED for e in outbox.open_of_item(room.conn, item.id))


def _finished(room: Room, item: Item) -> bool:
    """Whether the item waits for effects of its decision, and all of them are final."""
    if item.state is not State.COMMITTING:
        return False
    decision = decisions.live(room.conn, item.id, item.reopened)
    return decision is not None and all(e.state in FINAL for e in outbox.of_decision(room.conn, decision.id))


def settle_item(room: Room, actor: Actor | None, effect: Effect) -> None:
    """Look at the item again after one of its effects moved."""
    item = items.get(room.conn, effect.item_id)
    _write_back(room, actor, item, effect, item.visibility)


def unknown(room: Room, effect: Effect, reason: str, look_at: datetime | None) -> None:
    """It went out and nobody answered: look for it, never repeat it blindly. A mail cannot be looked for."""
    if effect.op is Op.MAIL:
        lost(room, effect, joined((reason, words("Whether the mail left is not known."))))
        return
    looks = room.config.times.looks
    when = look_at or room.now + seconds(looks[0] if looks else 0.0)
    move(room, effect, EffectState.UNCERTAIN, reason=reason, looks=0, next_try=items.to(when))


def refused(room: Room, effect: Effect, reason: str, retry_at: datetime | None) -> None:
    """Refused before it took effect: tried again after a pause. Nothing of it is on the platform."""
    move(
        room,
        effect,
        EffectState.FAILED,
        reason=reason,
        next_try=items.to(retry_at or room.now + _pause(room, effect.tries)),
        first_tried=None,
    )


def _pause(room: Room, tries: int) -> timedelta:
    retries = room.config.times.retries or (60.0,)
    return seconds(retries[min(max(tries, 1), len(retries)) - 1])


def pause(room: Room, effect: Effect, sentence: str) -> None:
    """The credential is refused: nothing is lost, nothing more is sent on this account until a person sees to it."""
    failed = move(room, effect, EffectState.FAILED, reason=sentence, next_try=None, first_tried=None)
    move(room, failed, EffectState.READY, reason=sentence)
    pause_account(room, effect, sentence)


def pause_account(room: Room, effect: Effect, sentence: str) -> None:
    """Pause the account of an effect, with one event."""
    if effect.account_id is None:
        return
    if polls.pause(
        room.tx,
        effect.account_id,
        joined((sentence, words("Sending is paused until the secret is set anew."))),
    ):
        room.tx.record("account.paused", account=effect.account_id)
    room.tx.announce("account", effect.account_id)


def moot(room: Room, effect: Effect) -> None:
    """The comment is gone remotely: there is nothing to act on any more."""
    failed = move(
        room, effect, EffectState.FAILED, reason=words("The comment is gone."), next_try=None, first_tried=None
    )
    _cancel_gone(room, failed)


def moot_unsure(room: Room, effect: Effect) -> None:
    """While looking for a hide or restore, the comment turned out to be gone."""
    _cancel_gone(room, effect)


def _cancel_gone(room: Room, effect: Effect) -> None:
    move(room, effect, EffectState.CANCELLED, reason=words("The comment is gone from the platform."), next_try=None)
    for other in outbox.open_of_item(room.conn, effect.item_id):
        if withdrawing.can_be_taken_back(other):
            if other.state is EffectState.PARKED:
                continue
            withdrawing.cancel(room, None, other, words("The comment is gone from the platform."))
    item = items.get(room.conn, effect.item_id)
    room.house.settled[item.id] = room.clock.up_ms()
    new = replace(item, visibility=Visibility.GONE, version=item.version + 1)
    if _finished(room, item):
        new = replace(take(room, None, item, Act.SETTLE), visibility=Visibility.GONE, cause=Cause.NONE)
        if not _anything_done(room, item):
            new = replace(new, disposition=Disposition.GONE)
    keep(room, None, new, "seen.gone", effect=effect.id)


def _anything_done(room: Room, item: Item) -> bool:
    decision = decisions.live(room.conn, item.id, item.reopened)
    return decision is not None and any(e.state is EffectState.DONE for e in outbox.of_decision(room.conn, decision.id))


def impossible(room: Room, effect: Effect, sentence: str) -> None:
    """The platform will never do this: it waits for a person, and the item is back with the cause."""
    parked = move(room, effect, EffectState.PARKED, reason=sentence, next_try=None, first_tried=None)
    _reopen(room, parked, Cause.EFFECT_FAILED)


def bring_back(room: Room, effect: Effect, cause: Cause, sentence: str) -> None:
    """Before anything left: park this effect and its decision's others, and bring the item back with the cause."""
    group = [effect]
    if effect.decision_id is not None:
        group = [e for e in outbox.of_decision(room.conn, effect.decision_id) if withdrawing.can_be_taken_back(e)]
    for one in group:
        if one.state in (EffectState.HELD, EffectState.READY, EffectState.FAILED):
            move(room, one, EffectState.PARKED, reason=sentence, next_try=None)
    _reopen(room, effect, cause)


def _reopen(room: Room, effect: Effect, cause: Cause) -> None:
    item = items.get(room.conn, effect.item_id)
    if effect.decision_id is None or item.state not in (State.COMMITTING, State.RESOLVED):
        mark_parked(room, effect)
        return
    new = take(room, None, item, Act.REOPEN, cause=cause)
    keep(room, None, due_anew(room, new), "reopen", effect=effect.id, cause=cause.value)


def mark_parked(room: Room, effect: Effect) -> None:
    """Something of this item waits for a person: it shows among the ones that came back."""
    item = items.get(room.conn, effect.item_id)
    if item.cause is Cause.EFFECT_PARKED or item.state not in OPEN_STATES | {State.COMMITTING}:
        return
    new = replace(item, cause=Cause.EFFECT_PARKED, version=item.version + 1)
    keep(room, None, new, "item.parked", effect=effect.id)


def lost(room: Room, effect: Effect, sentence: str) -> None:
    """It may have gone out, and there is no way of looking: a person must say."""
    parked = move(room, effect, EffectState.PARKED, reason=sentence, next_try=None)
    mark_parked(room, parked)


def not_found(room: Room, effect: Effect) -> None:
    """Looked, and it is not there. A reply is looked for again and then waits for a person; of hides and restores the
    newest desired state is tried again, an older one is dropped."""
    if effect.op in STATE_SETTING:
        _retry_newest(room, effect)
        return
    looks, done_looks = room.config.times.looks, effect.looks + 1
    if done_looks < len(looks):
        pause_s = seconds(looks[done_looks] - looks[done_looks - 1])
        move(
            room,
            effect,
            EffectState.UNCERTAIN,
            reason=words("Not seen on the platform yet; looking again."),
            looks=done_looks,
            next_try=items.to(room.now + pause_s),
        )
        return
    parked = move(
        room,
        effect,
        EffectState.PARKED,
        reason=words("Not found on the platform after the last look. It is not sent again without a person."),
        looks=done_looks,
        next_try=None,
    )
    mark_parked(room, parked)


def _retry_newest(room: Room, effect: Effect) -> None:
    if outbox.newer_state_setting(room.conn, effect.target, effect.id):
        move(room, effect, EffectState.CANCELLED, reason=words("A newer decision stands."), next_try=None)
        settle_item(room, None, effect)
        return
    move(
        room,
        effect,
        EffectState.READY,
        reason=words("The platform was read: it did not take effect. Trying again."),
        next_try=None,
        first_tried=None,
    )


def look_again(room: Room, effect: Effect, when: datetime | None) -> None:
    """The platform could not be read: the look does not count, and is repeated."""
    later = when or room.now + seconds(room.config.times.looks[0] if room.config.times.looks else 15.0)
    move(
        room,
        effect,
        EffectState.UNCERTAIN,
        reason=words("The platform could not be read; looking again."),
        next_try=items.to(later),
    )


def dropped(room: Room, actor: Actor, effect: Effect) -> None:
    """A person dropped it. What it was decided for is not done: the item is back, unless it was decided anew."""
    item = items.get(room.conn, effect.item_id)
    current = decisions.live(room.conn, item.id, item.reopened)
    if item.state is State.COMMITTING and current is not None and current.id == effect.decision_id:
        new = take(room, actor, item, Act.REOPEN, cause=Cause.EFFECT_FAILED)
        withdrawing.from_item(room, actor, item.id, words("Dropped with the rest of its decision."))
        keep(room, actor, due_anew(room, new), "reopen", effect=effect.id)
        return
    if item.cause is Cause.EFFECT_PARKED and not _parked(room, item):
        keep(room, actor, replace(item, cause=Cause.NONE, version=item.version + 1), "item.unparked", effect=effect.id)
