"""The outbox: how a remote act leaves, exactly once, and what is said where nobody knows.

`release_due` ends undo windows, `carry_out` sends, `look_for` looks for what went out without an answer, `settle` takes
a person's word. A reply or mail of unknown outcome is never sent again without a person; of hides and restores only the
newest desired state is tried again, after the platform was read.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderator.desk import accounts, ending, escalate, instance
from moderator.desk.moving import move
from moderator.desk.room import Look, Room, need, need_reason, seconds
from moderator.desk.steps import record, still_there
from moderator.domain.asks import SettleEffect, Settling
from moderator.domain.effect import Effect, EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Item, Visibility
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done
from moderator.mail import MailRefused, MailUnknown
from moderator.platforms.base import (
    Action,
    AuthExpired,
    AuthRevoked,
    Conflict,
    Connector,
    Duplicate,
    Forbidden,
    Invalid,
    NotFound,
    Outcome,
    PlatformError,
    RateLimited,
    Transient,
    Unsupported,
    Verb,
)
from moderator.store import comments, decisions, items, outbox, people, polls
from moderator.vault import VaultUnavailable

if TYPE_CHECKING:
    from moderator.desk.house import House
    from moderator.store.base import Row

_log = logging.getLogger(__name__)

_HOLD_OFF_MS: Final = 15_000
"""An account that cannot be reached at all (no keyring) is left alone for so long."""


# Start-up


def recover(room: Room, doubt: str) -> None:
    """At every start: what was being sent is of unknown outcome; every held effect gets its window again, in full.

    Where the database may not be the one that ran here last, nothing goes out by itself: everything that is not final
    waits for a person.
    """
    if doubt:
        _park_everything(room, doubt)
        return
    first = room.config.times.looks[0] if room.config.times.looks else 0.0
    for effect in outbox.in_state(room.conn, EffectState.SENDING):
        move(
            room,
            effect,
            EffectState.UNCERTAIN,
            reason="The desk stopped while this was being sent.",
            looks=0,
            next_try=items.to(room.now + seconds(first)),
        )
    for effect in outbox.held(room.conn):
        room.windows.open(effect.id, effect.window_ms)


def _park_everything(room: Room, doubt: str) -> None:
    waiting = [state for state in EffectState if state not in (EffectState.DONE, EffectState.CANCELLED)]
    found = [e for e in outbox.in_state(room.conn, *waiting) if e.state is not EffectState.PARKED]
    why = instance.DOUBTS[doubt]
    for effect in found:
        move(room, effect, EffectState.PARKED, reason=f"Restored or copied database: {why}.", next_try=None)
        ending.mark_parked(room, effect)
    instance.rename(room.tx)
    room.tx.record("restore.detected", code=doubt, parked=len(found))
    room.house.notices["instance"] = (
        f"Restored or copied database: {why}. {len(found)} remote act(s) wait for a person; nothing was re-sent."
    )


# Windows


def release_due(room: Room) -> int:
    """End every undo window that is over, and give refused effects another try whose pause is over; how many moved.

    Before it goes, version, grant and account are looked at once more: whoever lost them since sends nothing.
    """
    moved = 0
    held = outbox.held(room.conn)
    for effect in held:
        if not room.windows.known(effect.id):
            room.windows.open(effect.id, effect.window_ms)
        elif room.windows.over(effect.id):
            moved += _release(room, effect)
    room.windows.keep({effect.id for effect in outbox.held(room.conn)})
    for effect in outbox.retryable(room.conn, room.now):
        move(room, effect, EffectState.READY, next_try=None, reason=effect.reason)
        moved += 1
    return moved


def _release(room: Room, effect: Effect) -> int:
    current = outbox.find(room.conn, effect.id)
    if current is None or current["state"] != EffectState.HELD.value:
        return 0
    hindrance = _hindrance(room, effect)
    if hindrance is not None:
        ending.bring_back(room, effect, hindrance.cause, hindrance.sentence)
    else:
        move(room, effect, EffectState.READY)
    return 1


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why an effect may no longer go."""

    cause: Cause
    sentence: str


def _hindrance(room: Room, effect: Effect) -> Hindrance | None:
    """What has changed since the decision so that it must not be carried out, or None."""
    item = items.get(room.conn, effect.item_id)
    if effect.decision_id is not None:
        decision = decisions.get(room.conn, effect.decision_id)
        if item.visibility is Visibility.GONE:
            return Hindrance(Cause.EFFECT_PARKED, "The comment is gone from the platform.")
        if decision.seen_version != item.comment_version:
            return Hindrance(Cause.EDITED, "The comment was edited after the decision.")
        person = people.get(room.conn, decision.person_id)
        wanted = Permission.REPLY if effect.op is Op.REPLY else Permission.DECIDE
        if person is None or not person.may(wanted):
            return Hindrance(Cause.EFFECT_PARKED, "Whoever decided this may no longer do so.")
    account = polls.account(room.conn, effect.account_id) if effect.account_id else None
    if account is not None and account["status"] != "active":
        return Hindrance(Cause.EFFECT_PARKED, f"The account {account['name']} is {account['status']}.")
    return None


# Sending


def ready(look: Look) -> list[int]:
    """Effects that may go now: oldest decision first, at most one for each target."""
    return outbox.ready(look.conn)


def due_looks(look: Look) -> list[int]:
    """Effects of unknown outcome that are to be looked for now."""
    return outbox.due_looks(look.conn, look.now)


def begin(room: Room, effect_id: int) -> tuple[Effect, Action | None, Row] | None:
    """Mark an effect as being sent, before the first byte leaves. None where it may not go after all."""
    if effect_id not in outbox.ready(room.conn):
        return None
    row = outbox.find(room.conn, effect_id)
    if row is None:
        return None
    effect = outbox.effect(row)
    hindrance = _hindrance(room, effect)
    if hindrance is not None:
        ending.bring_back(room, effect, hindrance.cause, hindrance.sentence)
        return None
    sent = move(
        room,
        effect,
        EffectState.SENDING,
        tries=effect.tries + 1,
        first_tried=items.to(effect.first_tried or room.now),
        next_try=None,
    )
    stored = outbox.find(room.conn, effect_id)
    if stored is None:
        raise AssertionError("an effect vanished")
    return sent, _action(room, sent, stored), stored


def _action(place: Room | Look, effect: Effect, row: Row) -> Action | None:
    """The remote act with everything needed to repeat or to look for it identically; None for mail."""
    if effect.op is Op.MAIL:
        return None
    item = items.row_of(place.conn, effect.item_id)
    post = comments.post_of(place.conn, item["post_id"])
    return Action(
        op=effect.op,
        remote_id=item["remote_id"],
        key=effect.key,
        post_remote_id=post["remote_id"] if post else "",
        text=row["payload"] if effect.op is Op.REPLY else "",
        first_tried=effect.first_tried,
    )


async def carry_out(house: House, effect_id: int) -> None:
    """Send one effect and write down how it ended. Never raises for what the platform or the mail server did.

    Marked as sending, and the head of the trail written beside the database, before anything leaves: a crash at any
    point after that is seen at the next start.
    """
    row = await house.read(_row_of, effect_id)
    if row is None:
        return
    connector = None
    if row["account_id"] is not None:
        connector = await _line(house, row["account_id"])
        if connector is None:
            return
    begun = await house.write(begin, effect_id)
    if begun is None:
        return
    effect, action, stored = begun
    try:
        await house.checkpoint()
    except OSError:
        _log.exception("the checkpoint could not be written")
        await house.write(ending.refused, effect, "Not sent: the disk refused the checkpoint.", None)
        return
    try:
        if action is None or connector is None:
            await _mail(house, effect, stored)
        else:
            await _act(house, effect, action, connector)
    except asyncio.CancelledError:
        await asyncio.shield(house.write(ending.unknown, effect, "The desk stopped waiting for an answer.", None))
        raise


def _row_of(look: Look, effect_id: int) -> Row | None:
    return outbox.find(look.conn, effect_id)


async def _line(house: House, account_id: int) -> Connector | None:
    """The line to an account, or None where it cannot be had: the effect stays ready, and a banner says why."""
    if house.hold_off.get(account_id, 0) > house.clock.up_ms():
        return None
    try:
        connector = await accounts.connector(house, account_id)
    except (Refused, VaultUnavailable, PlatformError) as error:
        house.hold_off[account_id] = house.clock.up_ms() + _HOLD_OFF_MS
        house.notices[f"line {account_id}"] = f"Nothing can be sent: {error}"
        return None
    house.hold_off.pop(account_id, None)
    house.notices.pop(f"line {account_id}", None)
    return connector


async def _act(house: House, effect: Effect, action: Action, connector: Connector) -> None:
    try:
        outcome = await connector.act(action)
    except PlatformError as error:
        await _failed(house, effect, error)
    except Exception:
        _log.exception("a connector failed in an unforeseen way")
        await house.write(ending.unknown, effect, "Sent, but what came of it is not known.", None)
    else:
        await _answered(house, effect, outcome)


async def _answered(house: House, effect: Effect, outcome: Outcome) -> None:
    if outcome.verb is Verb.UNKNOWN:
        await house.write(ending.unknown, effect, "Sent, but nobody answered.", None)
        return
    reason = "It was so already." if outcome.verb is Verb.ALREADY else ""
    await house.write(ending.done, effect, outcome, reason)


async def _failed(house: House, effect: Effect, error: PlatformError) -> None:
    """What each kind of refusal means for the effect."""
    sentence = str(error)
    if isinstance(error, AuthRevoked) and not await _refused_for_good(house, effect):
        await house.write(ending.refused, effect, "The secret was changed; trying with the new one.", None)
    elif isinstance(error, (AuthRevoked, Forbidden)):
        await house.write(ending.pause, effect, sentence)
    elif isinstance(error, NotFound):
        await house.write(ending.moot, effect)
    elif isinstance(error, Duplicate):
        await house.write(
            ending.unknown, effect, "The platform holds this already; looking whose it is.", house.clock.now()
        )
    elif isinstance(error, (Invalid, Unsupported, Conflict)):
        await house.write(ending.impossible, effect, sentence)
    elif isinstance(error, RateLimited):
        await house.write(ending.refused, effect, sentence, error.retry_at)
    elif isinstance(error, AuthExpired):
        await accounts.forget_connector(house, effect.account_id or 0)
        await house.write(ending.refused, effect, sentence, None)
    elif isinstance(error, Transient) and not error.unknown_outcome:
        await house.write(ending.refused, effect, sentence, None)
    else:
        await house.write(ending.unknown, effect, sentence, None)


async def _refused_for_good(house: House, effect: Effect) -> bool:
    """Whether the keyring has no other secret than the one that the platform refuses."""
    try:
        return await accounts.refused_again(house, effect.account_id or 0)
    except (Refused, VaultUnavailable):
        return True


async def _mail(house: House, effect: Effect, row: Row) -> None:
    try:
        await escalate.send(house, row)
    except MailRefused as error:
        if error.transient:
            await house.write(ending.refused, effect, str(error), None)
        else:
            await house.write(ending.impossible, effect, str(error))
    except (Refused, VaultUnavailable) as error:
        await house.write(ending.refused, effect, str(error), None)
    except MailUnknown as error:
        await house.write(ending.lost, effect, str(error))
    except Exception:
        _log.exception("mail failed in an unforeseen way")
        await house.write(ending.lost, effect, "Whether this mail left is not known.")
    else:
        await house.write(ending.done, effect, Outcome(Verb.DONE), "")


# Looking


async def look_for(house: House, effect_id: int) -> None:
    """Look whether an effect of unknown outcome took effect, by reading only, and write down what was seen."""
    found = await house.read(_looked_for, effect_id)
    if found is None:
        return
    effect, action, taken = found
    connector = await _line(house, effect.account_id or 0)
    if connector is None:
        return
    try:
        outcome = await connector.look(action, taken)
    except (AuthRevoked, Forbidden) as error:
        await house.write(ending.pause_account, effect, str(error))
    except NotFound:
        await house.write(ending.not_found if effect.op is Op.REPLY else ending.moot_unsure, effect)
    except RateLimited as error:
        await house.write(ending.look_again, effect, error.retry_at)
    except PlatformError:
        await house.write(ending.look_again, effect, None)
    except Exception:
        _log.exception("a connector failed in an unforeseen way")
        await house.write(ending.look_again, effect, None)
    else:
        if outcome.verb is Verb.UNKNOWN:
            await house.write(ending.not_found, effect)
        else:
            await house.write(ending.done, effect, outcome, "Found on the platform.")


def _looked_for(look: Look, effect_id: int) -> tuple[Effect, Action, frozenset[str]] | None:
    row = outbox.find(look.conn, effect_id)
    if row is None or row["state"] != EffectState.UNCERTAIN.value:
        return None
    effect = outbox.effect(row)
    action = _action(look, effect, row)
    if action is None:
        return None
    return effect, action, outbox.taken(look.conn, effect.target)


# Settling


def settle(room: Room, actor: Actor, effect_id: int, ask: SettleEffect) -> Done:
    """A person's word on a parked effect: send it again, it was sent, or drop it. Recorded with the reason."""
    row = outbox.find(room.conn, effect_id)
    if row is None:
        raise Refused(Code.NOT_FOUND, f"There is no effect {effect_id}.", "Look at the effects.")
    effect = outbox.effect(row)
    need(actor, {Op.REPLY: Permission.REPLY, Op.MAIL: Permission.ESCALATE}.get(effect.op, Permission.DECIDE))
    reason = need_reason(ask.reason, "Settling this")
    if effect.state is not EffectState.PARKED:
        raise Refused(
            Code.WRONG_STATE,
            f"Effect {effect_id} is {effect.state.value}; only a parked one is settled by a person.",
            "Wait until the desk has looked for it, or undo the decision.",
        )
    item = items.get(room.conn, effect.item_id)
    text = f"{ask.how.value.replace('_', ' ').capitalize()}: {reason}"
    room.tx.insert("note", {"item_id": item.id, "person_id": actor.person.id, "text": text, "at": room.tx.at})
    record(room, actor, "effect.settled", item.id, effect=effect.id, how=ask.how.value)
    _SETTLE[ask.how](room, actor, effect, item)
    new = items.get(room.conn, item.id)
    return Done(
        _SETTLED[ask.how], item.id, effect.decision_id or 0, (effect.id,), state=new.state.value, version=new.version
    )


def _resend(room: Room, actor: Actor, effect: Effect, item: Item) -> None:
    if effect.decision_id is not None:
        still_there(item, "sending it")
        current = decisions.live(room.conn, item.id, item.reopened)
        if current is None or current.id != effect.decision_id:
            raise Refused(
                Code.WRONG_STATE,
                "The decision that this belongs to no longer stands.",
                "Drop it, and decide the item anew.",
            )
    hindrance = _hindrance(room, effect)
    if hindrance is not None:
        raise Refused(Code.NOT_ALLOWED, hindrance.sentence, "Drop it, and decide the item anew.")
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
    Settling.RESEND: "It is sent again.",
    Settling.WAS_SENT: "Recorded as sent, on your word.",
    Settling.DROP: "Dropped. The item is back in the queue if it still needs a decision.",
}
