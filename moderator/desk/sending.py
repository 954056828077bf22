"""Sending one effect, or looking for one of which nobody knows what came of it, and writing down how it ended."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from moderator.desk import accounts, ending, escalate, releasing
from moderator.desk.moving import move
from moderator.desk.room import Look, Room
from moderator.domain.effect import Effect, EffectState, Op
from moderator.domain.errors import Refused
from moderator.domain.wording import sentence_of, words
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
from moderator.store import comments, items, outbox
from moderator.vault import VaultUnavailable

if TYPE_CHECKING:
    from moderator.desk.house import House
    from moderator.store.base import Row

_log = logging.getLogger(__name__)

_HOLD_OFF: Final = 3.0
"""An account that cannot be reached at all (no keyring) is left alone for so many times the keyring's time limit."""


def begin(room: Room, effect_id: int) -> tuple[Effect, Action | None, Row] | None:
    """Mark an effect as being sent, before the first byte leaves. None where it may not go after all."""
    if not outbox.may_go(room.conn, effect_id):
        return None
    row = outbox.find(room.conn, effect_id)
    if row is None:
        return None
    effect = outbox.effect(row)
    hindered = releasing.hindrance(room, effect)
    if hindered is not None:
        ending.bring_back(room, effect, hindered.cause, hindered.sentence)
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
        await house.write(ending.refused, effect, words("Not sent: the disk refused the checkpoint."), None)
        return
    try:
        if action is None or connector is None:
            await _mail(house, effect, stored)
        else:
            await _act(house, effect, action, connector)
    except asyncio.CancelledError:
        await asyncio.shield(
            house.write(ending.unknown, effect, words("The desk stopped waiting for an answer."), None)
        )
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
        house.hold_off[account_id] = house.clock.up_ms() + int(_HOLD_OFF * house.config.times.vault * 1000)
        house.notices[f"line {account_id}"] = words("Nothing can be sent: {why}", why=sentence_of(error))
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
        await house.write(ending.unknown, effect, words("Sent, but what came of it is not known."), None)
    else:
        await _answered(house, effect, outcome)


async def _answered(house: House, effect: Effect, outcome: Outcome) -> None:
    if outcome.verb is Verb.UNKNOWN:
        await house.write(ending.unknown, effect, words("Sent, but nobody answered."), None)
        return
    reason = words("It was so already.") if outcome.verb is Verb.ALREADY else ""
    await house.write(ending.done, effect, outcome, reason)


async def _failed(house: House, effect: Effect, error: PlatformError) -> None:
    """What each kind of refusal means for the effect."""
    sentence = sentence_of(error)
    if isinstance(error, AuthRevoked) and not await _refused_for_good(house, effect):
        await house.write(ending.refused, effect, words("The secret was changed; trying with the new one."), None)
    elif isinstance(error, (AuthRevoked, Forbidden)):
        await house.write(ending.pause, effect, sentence)
    elif isinstance(error, NotFound):
        await house.write(ending.moot, effect)
    elif isinstance(error, Duplicate):
        await house.write(
            ending.unknown, effect, words("The platform holds this already; looking whose it is."), house.clock.now()
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
            await house.write(ending.refused, effect, sentence_of(error), None)
        else:
            await house.write(ending.impossible, effect, sentence_of(error))
    except (Refused, VaultUnavailable) as error:
        await house.write(ending.refused, effect, sentence_of(error), None)
    except MailUnknown as error:
        await house.write(ending.lost, effect, sentence_of(error))
    except Exception:
        _log.exception("mail failed in an unforeseen way")
        await house.write(ending.lost, effect, words("Whether this mail left is not known."))
    else:
        await house.write(ending.done, effect, Outcome(Verb.DONE), "")


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
        await house.write(ending.pause_account, effect, sentence_of(error))
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
            await house.write(ending.done, effect, outcome, words("Found on the platform."))


def _looked_for(look: Look, effect_id: int) -> tuple[Effect, Action, frozenset[str]] | None:
    row = outbox.find(look.conn, effect_id)
    if row is None or row["state"] != EffectState.UNCERTAIN.value:
        return None
    effect = outbox.effect(row)
    action = _action(look, effect, row)
    if action is None:
        return None
    return effect, action, outbox.taken(look.conn, effect.target)
