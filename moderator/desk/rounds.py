"""What the service asks on its rounds: what to read, what to send, whether anything will move, who holds what."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from moderator.desk.room import Look, need
from moderator.domain.account import Status
from moderator.domain.effect import Effect, EffectState
from moderator.domain.errors import Code, Refused
from moderator.domain.event import Fault
from moderator.domain.person import Actor, Permission
from moderator.domain.wording import words
from moderator.domain.workflow import leased
from moderator.policy.document import PolicyError
from moderator.store import items, outbox, people, polls, queue, trail
from moderator.store.base import opened

if TYPE_CHECKING:
    from moderator.desk.house import House

_UNDER_WAY = (EffectState.HELD, EffectState.READY, EffectState.SENDING, EffectState.UNCERTAIN, EffectState.FAILED)


@dataclass(frozen=True, slots=True)
class Due:
    """One effect that may move now."""

    effect_id: int
    account_id: int
    """0 for mail. One effect at a time moves for each account."""
    look: bool
    """True where it went out already and is to be looked for; False where it is to be sent."""
    bulk: bool = False
    """True for one of a bulk act: it goes where nothing else goes, at the pace of `bulk_pause`."""


async def open_up(house: House) -> None:
    """Open the desk. Raises `Refused`, also where the policy document cannot be used."""
    try:
        await house.start()
    except PolicyError as error:
        raise Refused(Code.BAD, error.args[0], words("Then: moderator policy check")) from None


def active_accounts(look: Look) -> list[int]:
    """Accounts that are read now: those in service."""
    return [row["id"] for row in polls.accounts(look.conn) if row["status"] == Status.ACTIVE]


def due(look: Look) -> list[Due]:
    """Effects that may go now or are to be looked for now: single ones first, oldest first, then those of bulk acts."""
    single = [Due(number, account or 0, look=False) for number, account in outbox.ready(look.conn)]
    single += [Due(number, account or 0, look=True) for number, account in outbox.due_looks(look.conn, look.now)]
    single.sort(key=lambda due: due.effect_id)
    bulk = outbox.ready_of_batches(look.conn)
    return [*single, *(Due(number, account or 0, look=False, bulk=True) for number, account in bulk)]


def bulk_pause(house: House, account_id: int) -> float:
    """Seconds between two effects of a bulk act on one account: what the platform bears, at most what is configured."""
    can = house.capabilities(account_id)
    most = house.config.limits.bulk_per_minute
    return 60 / (min(can.acts_per_minute, most) if can and can.acts_per_minute else most)


def anything_open(look: Look) -> bool:
    """Whether any effect may still move by itself: only then the outbox needs its rounds."""
    return outbox.any_in(look.conn, *_UNDER_WAY)


def moves_within(look: Look, limit: timedelta) -> bool:
    """Whether an effect is held, sending or ready, or is tried or looked for again within this time."""
    return any(_soon(look, effect, limit) for effect in outbox.in_state(look.conn, *_UNDER_WAY))


def _soon(look: Look, effect: Effect, limit: timedelta) -> bool:
    if effect.state is EffectState.READY:  # one that waits for a frozen account or a new secret waits for a person
        return outbox.may_go(look.conn, effect.id)
    if effect.state in (EffectState.UNCERTAIN, EffectState.FAILED):
        return effect.next_try is None or effect.next_try <= look.now + limit
    return True


async def verify_trail(house: House, actor: Actor) -> Fault | None:
    """Walk the whole trail on a connection of its own, without the limit of ordinary questions."""
    need(actor, Permission.TRAIL)
    return await asyncio.to_thread(_verify, house.store.path)


def _verify(path: Path) -> Fault | None:
    try:
        with opened(path) as conn:
            return trail.verify(conn)
    except sqlite3.Error as error:
        raise Refused(
            Code.BUSY,
            words("The trail cannot be walked just now: the database is busy or damaged."),
            words("Try again; see doctor."),
        ) from error


def urgent(look: Look) -> tuple[int, ...]:
    """Open items of the urgent lanes that nobody has opened."""
    return queue.unopened_urgent(look.conn)


def holder(look: Look, item_id: int) -> tuple[str, datetime | None]:
    """Unix name of whoever holds an item now, and until when; ("", None) for nobody."""
    item = items.find(look.conn, item_id)
    lease = leased(item, look.now) if item is not None else None
    if lease is None:
        return "", None
    return people.names(look.conn, [lease.person_id])[lease.person_id], lease.until
