"""The transition table of the work axis, as one pure function with guards.

`step` answers what an act does to an item: the state that follows, and the fields that change with it. It knows nothing
of effects, mail or storage; the desk does those in the same transaction. Source: the table of the design, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from moderator.domain.errors import Code, Refused
from moderator.domain.item import OPEN_STATES, Cause, Disposition, Item, Lane, Lease, State
from moderator.domain.names import named
from moderator.domain.wording import counted, mark, words


class Act(StrEnum):
    """Everything that can happen to an item as work. The value is the key of the table and of the trail."""

    CLAIM = "claim"
    RELEASE = "release"
    TAKE_OVER = "take_over"
    HOLD = "hold"
    ASSIGN = "assign"
    HAND_BACK = "hand_back"
    SNOOZE = "snooze"
    WAKE = "wake"
    ESCALATE = "escalate"
    INSTRUCT = "instruct"
    CLIMB = "climb"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    UNDO = "undo"
    SETTLE = "settle"
    REVERSE = "reverse"
    REOPEN = "reopen"
    CLOSE_GONE = "close_gone"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Step:
    """An act with what it needs. Fields that an act does not use stay at their defaults."""

    act: Act
    now: datetime
    person_id: int = 0
    session: str = ""
    supervisor: bool = False
    """The actor may supervise: take over a living lease, undo and reverse for others."""
    lease_for: timedelta = timedelta(seconds=120)
    until: datetime | None = None
    """End of a snooze or a hold."""
    longest: timedelta = timedelta(days=7)
    """The policy's longest snooze, or the longest hold."""
    reason: str = ""
    disposition: Disposition = Disposition.NONE
    effects: bool = False
    """Whether the decision has remote effects; without any it resolves at once."""
    level: int = 0
    """Where an escalation goes; for undoing one, where the item stood before it."""
    top_level: int = 0
    cause: Cause = Cause.NONE
    decided_by: int = 0
    """Who made the live decision; undo and withdraw ask for it."""
    drained: bool = False
    """For undo: whether an effect has already left."""
    freed: bool = False
    """For undo and withdraw: the item goes back to the queue, not into the actor's hands."""
    holder_id: int = 0
    """For assigning: who gets it, with the session that holds it from now on."""
    holder_session: str = ""
    excluded: frozenset[int] = frozenset()
    """People who may not claim this item (an appeal is decided by somebody else)."""


def step(item: Item, event: Step) -> Item:
    """The item after this act. Raises `Refused` with a sentence where the table or a guard says no."""
    sources, rule = _TABLE[event.act]
    if item.state not in sources:
        raise Refused(
            Code.WRONG_STATE,
            words(
                "Item {item} is {state}; “{act}” is not possible from there.",
                item=item.id,
                state=named(item.state),
                act=named(event.act),
            ),
            words(_CURES.get(item.state, "")),
            {"state": item.state.value, "disposition": item.disposition.value},
        )
    return replace(rule(item, event), version=item.version + 1)


def leased(item: Item, now: datetime) -> Lease | None:
    """The living lease of an item: a lapsed one counts as none."""
    lease = item.lease
    if lease is None:
        return None
    end = max(lease.until, lease.held_until or lease.until)
    return lease if end > now else None


def _mine(item: Item, event: Step) -> Lease | None:
    """The living lease if it belongs to this session; refuses where it belongs to another."""
    lease = leased(item, event.now)
    if lease is not None and (lease.person_id != event.person_id or lease.session != event.session):
        raise Refused(
            Code.TAKEN,
            words("Item {item} is with another officer.", item=item.id),
            words("Your text stays as a draft. C takes it over with a reason."),
            {"person": lease.person_id, "until": lease.until.isoformat()},
        )
    return lease


def _resting(item: Item) -> State:
    return item.resting if item.state is State.CLAIMED else item.state


def _not_excluded(event: Step) -> None:
    if event.person_id in event.excluded:
        raise Refused(
            Code.NOT_ALLOWED,
            words("You decided this comment yourself; somebody else must look at it now."),
            words("Press N for the next item."),
        )


def _not_proposed(item: Item) -> None:
    """A proposal is approved, sent back or withdrawn; a second decision beside it would have two live ones."""
    if State.REVIEW in (item.state, item.resting):
        raise Refused(
            Code.WRONG_STATE,
            words("A proposal on item {item} waits for a second person.", item=item.id),
            words("A lead approves it or sends it back; whoever proposed it may withdraw it."),
        )


def _proposed(item: Item) -> None:
    if State.REVIEW not in (item.state, item.resting):
        raise Refused(
            Code.WRONG_STATE,
            words("Nothing on item {item} waits for a second person.", item=item.id),
            words("The view Review shows what does."),
        )


def _claim(item: Item, event: Step) -> Item:
    _mine(item, event)
    _not_excluded(event)
    lease = Lease(event.person_id, event.session, event.now + event.lease_for)
    if item.lease is not None and item.lease.session == event.session:
        lease = replace(lease, held_until=item.lease.held_until, hold_reason=item.lease.hold_reason)
    return replace(item, state=State.CLAIMED, resting=_resting(item), lease=lease)


def _release(item: Item, event: Step) -> Item:
    lease = leased(item, event.now)
    if lease is not None and event.person_id not in (0, lease.person_id) and not event.supervisor:
        raise Refused(
            Code.NOT_ALLOWED,
            words("Item {item} is not yours to release.", item=item.id),
            words("C takes it over with a reason."),
        )
    return replace(item, state=item.resting, lease=None, cause=event.cause or item.cause)


def _take_over(item: Item, event: Step) -> Item:
    _not_excluded(event)
    lease = leased(item, event.now)
    if lease is not None and lease.person_id != event.person_id and not event.supervisor:
        raise Refused(
            Code.TAKEN,
            words("Item {item} is with another officer whose session is alive.", item=item.id),
            words("Ask them, or ask the lead to take it over."),
            {"person": lease.person_id},
        )
    if not event.reason.strip():
        raise Refused(Code.BAD, words("A take-over needs a reason."), words("Say in a few words why you take it."))
    lease = Lease(event.person_id, event.session, event.now + event.lease_for)
    return replace(item, state=State.CLAIMED, resting=_resting(item), lease=lease)


def _assign(item: Item, event: Step) -> Item:
    """From whoever holds it, or from the queue, into the hands of a colleague on duty."""
    _mine(item, event)
    _not_excluded(replace(event, person_id=event.holder_id))
    lease = Lease(event.holder_id, event.holder_session, event.now + event.lease_for)
    return replace(item, state=State.CLAIMED, resting=_resting(item), lease=lease)


def _hand_back(item: Item, event: Step) -> Item:
    """Back to where it rests: somebody else has to take it."""
    _mine(item, event)
    return replace(item, state=_resting(item), resting=_resting(item), lease=None)


def _hold(item: Item, event: Step) -> Item:
    lease = _mine(item, event)
    if lease is None:
        raise Refused(
            Code.WRONG_STATE, words("Only an item that you hold can be held longer."), words("Press c to claim it.")
        )
    if not event.reason.strip() or event.until is None:
        raise Refused(Code.BAD, words("A hold needs a reason and an end."), words("Say why, and for how many minutes."))
    if event.until <= event.now:
        raise Refused(Code.BAD, words("A hold needs a time that is still to come."), words("Say for how many minutes."))
    until = min(event.until, event.now + event.longest)
    return replace(item, lease=replace(lease, held_until=until, hold_reason=event.reason.strip()))


def _snooze(item: Item, event: Step) -> Item:
    _mine(item, event)
    _not_proposed(item)
    if State.ESCALATED in (item.state, item.resting):
        raise Refused(
            Code.NOT_ALLOWED,
            words(
                "Item {item} waits for an answer from above; a snooze would stop its way up the ladder.", item=item.id
            ),
            words("Leave it there, or decide it."),
        )
    if item.lane in (Lane.LIFE, Lane.THREAT):
        raise Refused(
            Code.NOT_ALLOWED, words("An urgent item cannot be snoozed."), words("Hand it on with e, or decide it.")
        )
    if event.until is None or event.until <= event.now:
        raise Refused(
            Code.BAD, words("A snooze needs a time that is still to come."), words("Choose 1 h, shift end or a time.")
        )
    if event.until > event.now + event.longest:
        raise Refused(
            Code.BAD,
            counted(
                "The longest snooze is {n} hour.",
                "The longest snooze is {n} hours.",
                int(event.longest.total_seconds() // 3600),
            ),
            words("Choose an earlier time."),
        )
    return replace(item, state=State.SNOOZED, resting=State.NEW, lease=None, snoozed_until=event.until)


def _wake(item: Item, event: Step) -> Item:
    return replace(item, state=State.NEW, snoozed_until=None, cause=event.cause or Cause.SNOOZE_OVER)


def _escalate(item: Item, event: Step) -> Item:
    _mine(item, event)
    _not_proposed(item)
    if not event.reason.strip():
        raise Refused(
            Code.BAD, words("An escalation needs a reason and a question."), words("Say what the office should decide.")
        )
    if event.level < 1 or event.level > event.top_level:
        raise Refused(
            Code.BAD,
            counted(
                "The ladder has {n} level; level {level} is not one of them.",
                "The ladder has {n} levels; level {level} is not one of them.",
                event.top_level,
                level=event.level,
            ),
            words("The ladder stands under [[escalation.levels]] in the configuration."),
        )
    return replace(item, state=State.ESCALATED, resting=State.NEW, lease=None, level=event.level)


def _instruct(item: Item, event: Step) -> Item:
    return replace(item, state=State.NEW, resting=State.NEW, lease=None, cause=Cause.INSTRUCTED)


def _climb(item: Item, event: Step) -> Item:
    return replace(item, level=min(item.level + 1, event.top_level))


def _submit(item: Item, event: Step) -> Item:
    _mine(item, event)
    _not_proposed(item)
    return replace(item, state=State.REVIEW, resting=State.REVIEW, lease=None)


def _not_author(item: Item, event: Step) -> None:
    if event.person_id == event.decided_by:
        raise Refused(
            Code.NEEDS_SECOND,
            words("You proposed this yourself; a second person must look at it."),
            words("Ask the lead on call."),
        )


def _approve(item: Item, event: Step) -> Item:
    _proposed(item)
    _not_author(item, event)
    return _committed(item, event)


def _send_back(item: Item, event: Step) -> Item:
    _proposed(item)
    _not_author(item, event)
    return replace(item, state=State.NEW, resting=State.NEW, lease=None, cause=Cause.SENT_BACK)


def _withdraw(item: Item, event: Step) -> Item:
    if event.person_id != event.decided_by and not event.supervisor:
        raise Refused(
            Code.NOT_ALLOWED,
            words("Only the officer who proposed this can withdraw it."),
            words("Approve it or send it back."),
        )
    return _given_back(item, event)


def _given_back(item: Item, event: Step) -> Item:
    """What was taken back: in the actor's hands, or free for all."""
    if event.freed:
        return replace(item, state=State.NEW, resting=State.NEW, lease=None)
    lease = Lease(event.person_id, event.session, event.now + event.lease_for)
    return replace(item, state=State.CLAIMED, resting=State.NEW, lease=lease)


def _committed(item: Item, event: Step) -> Item:
    state = State.COMMITTING if event.effects else State.RESOLVED
    return replace(item, state=state, resting=State.NEW, lease=None, disposition=event.disposition, snoozed_until=None)


def _decide(item: Item, event: Step) -> Item:
    _mine(item, event)
    _not_proposed(item)
    if event.disposition is Disposition.NONE:
        raise Refused(Code.BAD, words("A decision needs an outcome."), words("Press a, h or r."))
    return _committed(item, event)


def _undo(item: Item, event: Step) -> Item:
    if event.person_id != event.decided_by and not event.supervisor:
        raise Refused(
            Code.NOT_ALLOWED, words("Only the officer who decided, or a lead, can undo this."), words("o reopens it.")
        )
    if event.drained:
        raise Refused(
            Code.TOO_LATE,
            words("Too late: sent."),
            words("o reverses it with a new decision; the first one stays on record."),
        )
    return replace(
        _given_back(item, event),
        disposition=Disposition.NONE,
        cause=Cause.UNDONE,
        level=event.level if item.state is State.ESCALATED else item.level,
    )


def _settle(item: Item, event: Step) -> Item:
    return replace(item, state=State.RESOLVED, lease=None)


def _reopen(item: Item, event: Step) -> Item:
    return replace(
        item,
        state=State.NEW,
        resting=State.NEW,
        lease=None,
        cause=event.cause or Cause.REOPENED,
        disposition=Disposition.NONE,
        reopened=item.reopened + 1,
    )


def _reverse(item: Item, event: Step) -> Item:
    if not event.reason.strip():
        raise Refused(Code.BAD, words("Reversing a decision needs a reason."), words("Say in a few words why."))
    _mine(item, event)
    lease = Lease(event.person_id, event.session, event.now + event.lease_for)
    return replace(_reopen(item, event), state=State.CLAIMED, lease=lease)


def _close_gone(item: Item, event: Step) -> Item:
    return replace(item, state=State.RESOLVED, lease=None, disposition=Disposition.GONE, snoozed_until=None)


def _archive(item: Item, event: Step) -> Item:
    return replace(item, state=State.ARCHIVED, lease=None)


Rule = Callable[[Item, Step], Item]

_CLAIMABLE = frozenset({State.NEW, State.ESCALATED, State.REVIEW, State.CLAIMED, State.SNOOZED})
_ACTED_ON = frozenset({State.NEW, State.CLAIMED, State.ESCALATED, State.SNOOZED})
"""Deciding straight from the list claims and decides in one act."""

_TABLE: dict[Act, tuple[frozenset[State], Rule]] = {
    Act.CLAIM: (_CLAIMABLE, _claim),
    Act.RELEASE: (frozenset({State.CLAIMED}), _release),
    Act.TAKE_OVER: (_CLAIMABLE, _take_over),
    Act.HOLD: (frozenset({State.CLAIMED}), _hold),
    Act.ASSIGN: (_CLAIMABLE, _assign),
    Act.HAND_BACK: (_CLAIMABLE, _hand_back),
    Act.SNOOZE: (_ACTED_ON - {State.SNOOZED}, _snooze),
    Act.WAKE: (frozenset({State.SNOOZED}), _wake),
    Act.ESCALATE: (_ACTED_ON, _escalate),
    Act.INSTRUCT: (frozenset({State.ESCALATED}), _instruct),
    Act.CLIMB: (frozenset({State.ESCALATED}), _climb),
    Act.SUBMIT: (_ACTED_ON, _submit),
    Act.APPROVE: (frozenset({State.REVIEW, State.CLAIMED}), _approve),
    Act.SEND_BACK: (frozenset({State.REVIEW, State.CLAIMED}), _send_back),
    Act.WITHDRAW: (frozenset({State.REVIEW}), _withdraw),
    Act.DECIDE: (_ACTED_ON, _decide),
    Act.UNDO: (frozenset({State.COMMITTING, State.RESOLVED, State.ESCALATED}), _undo),
    Act.SETTLE: (frozenset({State.COMMITTING}), _settle),
    Act.REVERSE: (frozenset({State.RESOLVED}), _reverse),
    Act.REOPEN: (frozenset({State.RESOLVED, State.COMMITTING, State.ESCALATED, State.REVIEW}), _reopen),
    Act.CLOSE_GONE: (OPEN_STATES, _close_gone),
    Act.ARCHIVE: (frozenset({State.RESOLVED}), _archive),
}

_CURES: dict[State, str] = {
    State.COMMITTING: mark("z takes the decision back while its window is open."),
    State.RESOLVED: mark("It was decided already; o reopens or reverses it."),
    State.REVIEW: mark("It waits for a second person."),
    State.ARCHIVED: mark("It is archived; its record can be read."),
}
