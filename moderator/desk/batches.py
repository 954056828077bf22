"""Bulk acts that were done: how far each has come, and taking one back as a whole.

What has not left is taken back without a trace on the platform; what has left is made public again. Each item is in the
queue once more, with its first decision on record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import chain
from typing import TYPE_CHECKING, Final

from moderator.desk import reading, undoing
from moderator.desk.deciding import Wanted, send
from moderator.desk.room import Look, Room, need, need_session
from moderator.desk.steps import keep, record, take
from moderator.domain.decision import Decision
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment
from moderator.domain.item import OPEN_STATES, Cause, Item, State
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Batch, Done, Row
from moderator.domain.wording import counted, joined, words
from moderator.domain.workflow import Act
from moderator.store import base, batches, decisions, items, outbox
from moderator.store.base import BULK

if TYPE_CHECKING:
    from moderator.desk.house import House

_WAITING = (EffectState.HELD, EffectState.READY, EffectState.FAILED)
_UNDER_WAY = (EffectState.SENDING, EffectState.UNCERTAIN)
_STUCK = (EffectState.FAILED, EffectState.PARKED)


# Telling


@dataclass(frozen=True, slots=True)
class Progress:
    """A bulk act in numbers."""

    made: int
    """Decisions."""
    standing: int
    """Those that still are what was decided last."""
    proposed: int
    """Those of them that wait for a second person."""
    sends: int
    """Effects of the act itself that were not cancelled."""
    sent: int
    waiting: int
    under_way: int
    failed: int
    restoring: int
    """Effects that bring back what had left, and are not done."""
    restored: int
    running: bool


def progress(place: Look | Room, row: base.Row) -> Progress:
    """How far a bulk act has come."""
    made, standing, proposed = batches.decided(place.conn, row["id"])
    found = batches.effects(place.conn, row["id"])
    own, back = (Op.HIDE, Op.RESTORE) if row["act"] == "hide" else (Op.RESTORE, Op.HIDE)

    def count(op: Op, *states: EffectState) -> int:
        return sum(found.get((op.value, state.value), 0) for state in states)

    return Progress(
        made,
        standing,
        proposed,
        sends=count(own, *(state for state in EffectState if state is not EffectState.CANCELLED)),
        sent=count(own, EffectState.DONE),
        waiting=count(own, *_WAITING),
        under_way=count(own, *_UNDER_WAY),
        failed=count(own, *_STUCK),
        restoring=count(back, *_WAITING, *_UNDER_WAY, EffectState.PARKED),
        restored=count(back, EffectState.DONE),
        running=row["id"] in place.house.bulk_running,
    )


def told(place: Look | Room, row: base.Row, person_id: int) -> Batch:
    """One bulk act, as a screen tells it."""
    now = progress(place, row)
    return Batch(
        id=row["id"],
        act=row["act"],
        clause=row["clause"],
        person=row["person"],
        mine=row["person_id"] == person_id,
        at=moment(row["at"]),
        total=row["total"],
        sent=now.sent,
        waiting=now.waiting + (now.restoring if row["undone"] else 0),
        failed=now.failed,
        undone=bool(row["undone"]),
        undoable=_undoable(row, now),
        label=_label(place, row, now),
        sentence=_sentence(row, now),
    )


def _undoable(row: base.Row, now: Progress) -> bool:
    """Leaving can be taken back at any time; a hide until it is drained; what was taken back half, to its end."""
    if row["undone"] or not now.sends:
        return bool(now.standing)
    return bool(now.waiting or now.under_way or now.proposed or now.running)


def _label(place: Look | Room, row: base.Row, now: Progress) -> str:
    names = batches.accounts(place.conn, row["id"])
    where = names[0] if len(names) == 1 else ""
    n = now.made
    if row["act"] == "hide":
        return words("hide {n} on {account}", n=n, account=where) if where else words("hide {n}", n=n)
    return words("leave {n} on {account}", n=n, account=where) if where else words("leave {n}", n=n)


def _sentence(row: base.Row, now: Progress) -> str:
    if row["undone"]:
        return _taken_back(now)
    first = ""
    if now.running:
        first = words("{made}/{total} decided.", made=now.made, total=row["total"])
    elif now.made < row["total"]:
        first = words("The desk stopped after {made} of {total}: these stand.", made=now.made, total=row["total"])
    return joined((first, *_how_far(row, now)))


def _how_far(row: base.Row, now: Progress) -> list[str]:
    found: list[str] = []
    if now.sends and now.sent < now.sends:
        found.append(words("{sent}/{all} sent; z stops and restores.", sent=now.sent, all=now.sends))
    elif now.sends:
        found.append(words("{sent}/{all} sent.", sent=now.sent, all=now.sends))
    elif row["act"] == "leave":
        found.append(counted("{n} stays public; z takes it back.", "{n} stay public; z takes them back.", now.standing))
    if now.failed:
        found.append(counted("{n} could not be sent.", "{n} could not be sent.", now.failed))
    if now.proposed:
        found.append(counted("{n} waits for a second person.", "{n} wait for a second person.", now.proposed))
    return found


def _taken_back(now: Progress) -> str:
    out = now.restoring + now.restored
    back = counted("Taken back: {n} never left.", "Taken back: {n} never left.", max(now.made - now.standing - out, 0))
    if not out:
        return back
    return joined((back, words("{restored}/{out} that had left are public again.", restored=now.restored, out=out)))


def today(look: Look, actor: Actor) -> tuple[Batch, ...]:
    """The bulk acts of this day, newest first."""
    need(actor, Permission.READ)
    zone = look.house.store.zone
    begin = datetime.combine(look.now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    rows = [row for row in batches.since(look.conn, begin) if row["total"]]
    return tuple(told(look, row, actor.person.id) for row in rows)


def one(look: Look, person_id: int, batch_id: int) -> Batch | None:
    """One bulk act as this person sees it, for a stream that announces it."""
    row = batches.find(look.conn, batch_id)
    return told(look, row, person_id) if row is not None else None


MOST_ALIKE: Final = 2000
"""Near-duplicates that are named at once; when they are decided, the rest stands in their place."""
_PAGE: Final = 200


def alike(look: Look, actor: Actor, item_id: int) -> tuple[Row, ...]:
    """The open near-duplicates of an item, without itself, in the order of the queue."""
    need(actor, Permission.READ)
    item = items.row_of(look.conn, item_id)
    if item["alike"] is None:
        return ()
    states = sorted(state.value for state in OPEN_STATES)
    ids = [other for other in batches.alike(look.conn, item["alike"], states, MOST_ALIKE) if other != item_id]
    pages = (reading.rows(look, actor, ids[start : start + _PAGE]) for start in range(0, len(ids), _PAGE))
    return tuple(chain.from_iterable(pages))


# Taking back


@dataclass(frozen=True, slots=True)
class Back:
    """What taking back has come to."""

    stopped: int = 0
    """Never left."""
    restoring: int = 0
    """Had left: they are being made public again."""
    kept: int = 0
    """Decided anew since, or with somebody: they stay as they are."""
    last: int = 0
    """Newest decision that was looked at; 0 at the end."""


async def undo(house: House, actor: Actor, batch_id: int) -> Done:
    """Take a bulk act back: nothing more of it leaves from this moment, and what left is made public again."""
    await house.write(_stop, actor, batch_id)
    back = Back()
    while True:
        back = await house.write(_take_back_page, actor, batch_id, back, priority=BULK)
        if not back.last:
            return Done(_told_back(back), window_ms=0, row_id=batch_id)


def _stop(room: Room, actor: Actor, batch_id: int) -> None:
    """From here on nothing of it leaves, and what is still being decided stops."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    row = batches.find(room.conn, batch_id)
    if row is None:
        raise Refused(Code.NOT_FOUND, words("There is no bulk act {id}.", id=batch_id), words("See the bulk acts."))
    if row["person_id"] != actor.person.id and not actor.person.may(Permission.SUPERVISE):
        raise Refused(
            Code.NOT_ALLOWED,
            words("Only {person}, who did this, or a lead can take it back.", person=row["person"]),
            words("Ask them."),
        )
    if not _undoable(row, progress(room, row)):
        raise _too_late(row)
    room.tx.change("batch", batch_id, undone=1)
    room.tx.announce("batch", batch_id)
    record(room, actor, "bulk.undo", 0, batch=batch_id)


def _too_late(row: base.Row) -> Refused:
    if row["undone"]:
        return Refused(Code.WRONG_STATE, words("It was taken back already."), words("See the bulk acts."))
    return Refused(
        Code.TOO_LATE,
        words("Too late: all of it is sent."),
        words("o reverses single items with a new decision; the first one stays on record."),
    )


def _take_back_page(room: Room, actor: Actor, batch_id: int, back: Back) -> Back:
    found = batches.standing(room.conn, batch_id, back.last, max(1, room.config.limits.bulk))
    for decision_id, item_id in found:
        try:
            done = _take_back(room, actor, decision_id, items.get(room.conn, item_id), batch_id)
        except Refused:
            done = "kept"
        back = replace(back, **{done: getattr(back, done) + 1})
    room.tx.announce("batch", batch_id)
    return replace(back, last=found[-1][0] if found else 0)


def _take_back(room: Room, actor: Actor, decision_id: int, item: Item, batch_id: int) -> str:
    """Take back what was decided about one item; which number of `Back` it counts under."""
    decision = decisions.live(room.conn, item.id, item.reopened)
    if decision is None or decision.id != decision_id:
        return "kept"
    if decision.proposed:
        return _withdraw(room, actor, item, decision, batch_id)
    effects = outbox.of_decision(room.conn, decision_id)
    if not any(map(undoing.left, effects)):
        new = take(room, actor, item, Act.UNDO, decided_by=decision.person_id, freed=True)
        undoing.cancel(room, actor, effects, words("The bulk act was taken back."))
        undoing.undone(room, decision, actor.person.id)
        keep(room, actor, undoing.due_kept(new), "undo", decision=decision_id, batch=batch_id)
        return "stopped"
    if any(effect.op is not Op.HIDE for effect in effects):
        return "kept"  # made public: hiding it again needs a clause
    return _restore(room, actor, item, decision, batch_id)


def _withdraw(room: Room, actor: Actor, item: Item, decision: Decision, batch_id: int) -> str:
    if item.state is not State.REVIEW:
        return "kept"
    new = take(room, actor, item, Act.WITHDRAW, decided_by=decision.person_id, freed=True)
    undoing.undone(room, decision, decision.person_id)
    keep(room, actor, new, "review.withdraw", decision=decision.id, batch=batch_id)
    return "stopped"


def _restore(room: Room, actor: Actor, item: Item, decision: Decision, batch_id: int) -> str:
    """It is, or may be, hidden: back into the queue, and public again as soon as the platform bears it."""
    new = take(room, actor, item, Act.REOPEN, cause=Cause.UNDONE)
    send(room, new, decision.id, [Wanted(Op.RESTORE, 0)], batch_id)
    keep(room, actor, new, "reopen", decision=decision.id, batch=batch_id, cause=Cause.UNDONE.value)
    return "restoring"


def _told_back(back: Back) -> str:
    found: list[str] = [counted("Taken back: {n} never left.", "Taken back: {n} never left.", back.stopped)]
    if back.restoring:
        found.append(
            counted("{n} had left and is made public again.", "{n} had left and are made public again.", back.restoring)
        )
    if back.kept:
        found.append(
            counted("{n} was decided anew since and stays so.", "{n} were decided anew since and stay so.", back.kept)
        )
    return joined(found)
