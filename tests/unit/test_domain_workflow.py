"""The work axis: every act from every state, and no sequence of acts that breaks an invariant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from moderator.domain import workflow
from moderator.domain.errors import Code, Refused
from moderator.domain.item import OPEN_STATES, Cause, Disposition, Item, Lane, Lease, State, Visibility
from moderator.domain.workflow import Act, Step, leased, step

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def an_item(state: State = State.NEW, **changes: object) -> Item:
    found = Item(7, 1, "r7", state, Visibility.PUBLIC, Lane.ROUTINE, 1, due_first=NOW + 30 * MINUTE)
    if state is State.CLAIMED:
        found = replace(found, lease=Lease(1, "s1", NOW + MINUTE))
    return replace(found, **changes)


def good(act: Act, **changes: object) -> Step:
    """An act by person 1 in session s1 with everything that any act needs."""
    event = Step(
        act,
        NOW,
        person_id=1,
        session="s1",
        supervisor=True,
        until=NOW + 10 * MINUTE,
        reason="because",
        disposition=Disposition.LEFT_PUBLIC,
        level=1,
        top_level=3,
        decided_by=2,
    )
    return replace(event, **changes)


EXPECTED: dict[Act, dict[State, State]] = {
    Act.CLAIM: dict.fromkeys([State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED, State.REVIEW], State.CLAIMED),
    Act.RELEASE: {State.CLAIMED: State.NEW},
    Act.TAKE_OVER: dict.fromkeys(
        [State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED, State.REVIEW], State.CLAIMED
    ),
    Act.HOLD: {State.CLAIMED: State.CLAIMED},
    Act.ASSIGN: dict.fromkeys([State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED, State.REVIEW], State.CLAIMED),
    Act.HAND_BACK: {
        State.NEW: State.NEW,
        State.CLAIMED: State.NEW,
        State.SNOOZED: State.SNOOZED,
        State.ESCALATED: State.ESCALATED,
        State.REVIEW: State.REVIEW,
    },
    Act.SNOOZE: {State.NEW: State.SNOOZED, State.CLAIMED: State.SNOOZED},
    Act.WAKE: {State.SNOOZED: State.NEW},
    Act.ESCALATE: dict.fromkeys([State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED], State.ESCALATED),
    Act.INSTRUCT: {State.ESCALATED: State.NEW},
    Act.CLIMB: {State.ESCALATED: State.ESCALATED},
    Act.SUBMIT: dict.fromkeys([State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED], State.REVIEW),
    Act.APPROVE: {State.REVIEW: State.RESOLVED},
    Act.SEND_BACK: {State.REVIEW: State.NEW},
    Act.WITHDRAW: {State.REVIEW: State.CLAIMED},
    Act.DECIDE: dict.fromkeys([State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED], State.RESOLVED),
    Act.UNDO: dict.fromkeys([State.COMMITTING, State.RESOLVED, State.ESCALATED], State.CLAIMED),
    Act.SETTLE: {State.COMMITTING: State.RESOLVED},
    Act.REVERSE: {State.RESOLVED: State.CLAIMED},
    Act.REOPEN: dict.fromkeys([State.RESOLVED, State.COMMITTING, State.ESCALATED, State.REVIEW], State.NEW),
    Act.CLOSE_GONE: dict.fromkeys(OPEN_STATES, State.RESOLVED),
    Act.ARCHIVE: {State.RESOLVED: State.ARCHIVED},
}


@pytest.mark.req("P13")
@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("state", list(State))
def test_every_act_from_every_state(act, state):
    before = an_item(state)
    wanted = EXPECTED[act].get(state)
    if wanted is None:
        with pytest.raises(Refused) as caught:
            step(before, good(act))
        assert caught.value.sentence.endswith(".")
    else:
        after = step(before, good(act))
        assert after.state is wanted
        assert after.version == before.version + 1


def test_archived_is_the_only_end():
    leading_on = {state for expected in EXPECTED.values() for state in expected}
    assert set(State) - leading_on == {State.ARCHIVED}


REFUSED = [
    ("claim what another holds", State.CLAIMED, Act.CLAIM, {"person_id": 2, "session": "s2"}, Code.TAKEN),
    ("claim from one's other session", State.CLAIMED, Act.CLAIM, {"session": "s9"}, Code.TAKEN),
    ("claim an appeal against oneself", State.NEW, Act.CLAIM, {"excluded": frozenset({1})}, Code.NOT_ALLOWED),
    ("take over an appeal against oneself", State.NEW, Act.TAKE_OVER, {"excluded": frozenset({1})}, Code.NOT_ALLOWED),
    ("release another's", State.CLAIMED, Act.RELEASE, {"person_id": 2, "supervisor": False}, Code.NOT_ALLOWED),
    ("take over a living lease", State.CLAIMED, Act.TAKE_OVER, {"person_id": 2, "supervisor": False}, Code.TAKEN),
    ("take over without a reason", State.NEW, Act.TAKE_OVER, {"reason": "  "}, Code.BAD),
    ("assign what another holds", State.CLAIMED, Act.ASSIGN, {"person_id": 2, "session": "s2"}, Code.TAKEN),
    (
        "assign to who proposed it",
        State.REVIEW,
        Act.ASSIGN,
        {"holder_id": 3, "excluded": frozenset({3})},
        Code.NOT_ALLOWED,
    ),
    ("pass on what another holds", State.CLAIMED, Act.HAND_BACK, {"person_id": 2, "session": "s2"}, Code.TAKEN),
    ("hold without a reason", State.CLAIMED, Act.HOLD, {"reason": ""}, Code.BAD),
    ("hold until yesterday", State.CLAIMED, Act.HOLD, {"until": NOW - MINUTE}, Code.BAD),
    ("hold without an end", State.CLAIMED, Act.HOLD, {"until": None}, Code.BAD),
    ("snooze into the past", State.NEW, Act.SNOOZE, {"until": NOW}, Code.BAD),
    ("snooze without an end", State.NEW, Act.SNOOZE, {"until": None}, Code.BAD),
    ("snooze too long", State.NEW, Act.SNOOZE, {"until": NOW + timedelta(days=8)}, Code.BAD),
    ("escalate without a question", State.NEW, Act.ESCALATE, {"reason": ""}, Code.BAD),
    ("escalate above the ladder", State.NEW, Act.ESCALATE, {"level": 4}, Code.BAD),
    ("escalate without a ladder", State.NEW, Act.ESCALATE, {"level": 1, "top_level": 0}, Code.BAD),
    ("decide nothing", State.NEW, Act.DECIDE, {"disposition": Disposition.NONE}, Code.BAD),
    ("decide what another holds", State.CLAIMED, Act.DECIDE, {"person_id": 2, "session": "s2"}, Code.TAKEN),
    ("approve one's own", State.REVIEW, Act.APPROVE, {"decided_by": 1}, Code.NEEDS_SECOND),
    ("send back one's own", State.REVIEW, Act.SEND_BACK, {"decided_by": 1}, Code.NEEDS_SECOND),
    ("approve where nothing is proposed", State.CLAIMED, Act.APPROVE, {}, Code.WRONG_STATE),
    ("withdraw another's", State.REVIEW, Act.WITHDRAW, {"supervisor": False}, Code.NOT_ALLOWED),
    ("undo another's", State.COMMITTING, Act.UNDO, {"supervisor": False}, Code.NOT_ALLOWED),
    ("undo what has left", State.COMMITTING, Act.UNDO, {"drained": True}, Code.TOO_LATE),
    ("reverse without a reason", State.RESOLVED, Act.REVERSE, {"reason": " "}, Code.BAD),
]


@pytest.mark.req("B2", "B16", "F16")
@pytest.mark.parametrize(("state", "act", "changes", "code"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED])
def test_guards(state, act, changes, code):
    with pytest.raises(Refused) as caught:
        step(an_item(state), good(act, **changes))
    assert caught.value.code is code


@pytest.mark.parametrize("lane", [Lane.LIFE, Lane.THREAT])
@pytest.mark.req("C3")
def test_urgent_items_cannot_be_snoozed(lane):
    with pytest.raises(Refused):
        step(an_item(lane=lane), good(Act.SNOOZE))


@pytest.mark.parametrize("act", [Act.DECIDE, Act.SUBMIT, Act.SNOOZE, Act.ESCALATE])
def test_a_proposal_that_is_being_looked_at_gets_no_second_decision(act):
    with pytest.raises(Refused) as caught:
        step(an_item(State.CLAIMED, resting=State.REVIEW), good(act))
    assert caught.value.code is Code.WRONG_STATE


def test_what_waits_above_cannot_be_snoozed_off_the_ladder():
    with pytest.raises(Refused, match="ladder"):
        step(an_item(State.CLAIMED, resting=State.ESCALATED), good(Act.SNOOZE))


@pytest.mark.req("Q4", "B10")
@pytest.mark.parametrize("act", list(Act))
def test_no_act_moves_the_due_time(act):
    state = next(iter(EXPECTED[act]))
    before = an_item(state)
    assert step(before, good(act)).due_first == before.due_first


@pytest.mark.req("H10")
def test_a_lapsed_lease_holds_nobody_up():
    late = NOW + 5 * MINUTE
    after = step(an_item(State.CLAIMED), good(Act.CLAIM, person_id=2, session="s2", now=late))
    assert after.lease is not None
    assert after.lease.person_id == 2
    assert leased(after, late) == after.lease
    assert leased(after, late + timedelta(hours=1)) is None


def test_a_hold_outlives_the_lease_but_not_its_longest():
    held = step(an_item(State.CLAIMED), good(Act.HOLD, until=NOW + timedelta(days=1), longest=30 * MINUTE))
    assert leased(held, NOW + 29 * MINUTE) is not None
    assert leased(held, NOW + 31 * MINUTE) is None
    renewed = step(held, good(Act.CLAIM, now=NOW + 5 * MINUTE))
    assert leased(renewed, NOW + 29 * MINUTE) is not None


def test_a_release_gives_back_the_state_before_the_claim():
    for state in (State.NEW, State.ESCALATED, State.REVIEW, State.SNOOZED):
        assert step(step(an_item(state), good(Act.CLAIM)), good(Act.RELEASE)).state is state


@pytest.mark.parametrize("before", [0, 1])
def test_undoing_an_escalation_puts_the_item_where_it_stood(before):
    up = step(an_item(level=before), good(Act.ESCALATE, level=2))
    assert step(up, good(Act.UNDO, decided_by=1, level=before)).level == before


def test_control_without_a_guard_the_table_lets_it_by(monkeypatch):
    monkeypatch.setattr(workflow, "_mine", lambda item, event: None)
    taken = step(an_item(State.CLAIMED), good(Act.CLAIM, person_id=2, session="s2"))
    assert taken.lease is not None
    assert taken.lease.person_id == 2


class Work(RuleBasedStateMachine):
    """Three people, many sessions, one item, any act at any time: whatever is let by keeps the invariants."""

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.item = an_item()
        self.live_decisions: set[int] = set()
        self.decided_by = 0
        self.seen = [self.item.version]

    @initialize(target=people)
    def officers(self):
        return 1

    @rule(target=people, number=st.integers(2, 3))
    def another(self, number):
        return number

    @rule(minutes=st.integers(1, 240))
    def time_passes(self, minutes):
        self.now += minutes * MINUTE

    @rule(
        person=people,
        act=st.sampled_from(list(Act)),
        supervisor=st.booleans(),
        effects=st.booleans(),
        drained=st.booleans(),
        level=st.integers(1, 3),
    )
    def act(self, person, act, supervisor, effects, drained, level):
        event = Step(
            act, self.now, person, f"s{person}", supervisor, until=self.now + 30 * MINUTE, reason="r",
            disposition=Disposition.HIDDEN if effects else Disposition.LEFT_PUBLIC, effects=effects, level=level,
            top_level=3, decided_by=self.decided_by, drained=drained,
        )  # fmt: skip
        before = self.item
        holder = leased(before, self.now)
        try:
            self.item = step(before, event)
        except Refused:
            return
        self.seen.append(self.item.version)
        self.check(before, holder, event)
        self.account_for(event)

    def check(self, before: Item, holder: Lease | None, event: Step) -> None:
        """Nobody acts past a living lease of another, but for the acts that are meant to."""
        past_leases = {Act.CLOSE_GONE, Act.APPROVE, Act.SEND_BACK, Act.UNDO}
        if holder is not None and holder.person_id != event.person_id and event.act not in past_leases:
            assert event.supervisor
            assert event.act in (Act.TAKE_OVER, Act.RELEASE)
        if event.act is Act.APPROVE:
            assert event.person_id != event.decided_by
        if event.act is Act.UNDO:
            assert not event.drained
        assert self.item.reopened - before.reopened == (event.act in (Act.REOPEN, Act.REVERSE))

    def account_for(self, event: Step) -> None:
        """At most one live decision for each return of the item."""
        if event.act in (Act.DECIDE, Act.SUBMIT, Act.CLOSE_GONE, Act.ESCALATE):
            if event.act in (Act.DECIDE, Act.SUBMIT):
                assert self.item.reopened not in self.live_decisions
                self.live_decisions.add(self.item.reopened)
            self.decided_by = event.person_id
        if event.act in (Act.UNDO, Act.SEND_BACK, Act.WITHDRAW):
            self.live_decisions.discard(self.item.reopened)

    @invariant()
    def holds_together(self):
        item = self.item
        assert (item.state is State.CLAIMED) == (item.lease is not None)
        assert (item.state is State.SNOOZED) <= (item.snoozed_until is not None)
        assert item.resting in OPEN_STATES - {State.CLAIMED}
        assert (item.disposition is Disposition.NONE) or item.state in (
            State.COMMITTING, State.RESOLVED, State.ARCHIVED, State.ESCALATED,
        )  # fmt: skip
        assert 0 <= item.level <= 3
        assert item.due_first == NOW + 30 * MINUTE
        assert self.seen == list(range(1, len(self.seen) + 1))
        assert item.cause in Cause


Work.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestWork = pytest.mark.req("B2", "F16")(Work.TestCase)


MISSED = {
    "_not_proposed": [(1, Act.SUBMIT), (2, Act.CLAIM), (2, Act.DECIDE)],
    "_not_author": [(1, Act.SUBMIT), (1, Act.APPROVE)],
    "_mine": [(1, Act.CLAIM), (2, Act.DECIDE)],
}


def played(script: list[tuple[int, Act]]) -> None:
    """Some acts on the machine, with the checks that it makes after each."""
    machine = Work()
    for person, act in script:
        machine.act(person, act, supervisor=False, effects=False, drained=False, level=1)
        machine.holds_together()


@pytest.mark.parametrize("guard", list(MISSED))
def test_control_the_machine_sees_what_a_missing_guard_lets_by(monkeypatch, guard):
    played(MISSED[guard])
    monkeypatch.setattr(workflow, guard, lambda *_: None)
    with pytest.raises(AssertionError):
        played(MISSED[guard])
