"""Deciding: what a decision rests on, when it needs a second person, and what takes it back."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from moderator.desk import outbox, review, taking, work
from moderator.desk.room import Room
from moderator.domain import asks
from moderator.domain.comment import Media, RemoteState
from moderator.domain.decision import Ground
from moderator.domain.errors import Code
from moderator.domain.item import Cause, Disposition, State, Visibility
from moderator.domain.order import OrderKind
from moderator.domain.person import Actor
from moderator.platforms.base import Capabilities, Transient
from tests.desk.conftest import ABUSE, CRITICISM, PLAIN, Desk, raising, remote

NOTHING = asks.Nothing()
HIDE = asks.Hide(1, "A1")
THREAT = "I will kill you tonight, I know where you live."


async def decision(desk: Desk, item_id: int) -> dict[str, object]:
    return (await desk.rows("SELECT * FROM decision WHERE item_id = ? ORDER BY id DESC", item_id))[0]


# Leave


@pytest.mark.req("Q5")
async def test_leaving_public_has_no_remote_act_and_is_undone_any_time(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    done = await desk.house.write(work.leave, officer, item_id, asks.Leave(1, masked=True))
    assert (done.state, done.window_ms, done.effects) == ("resolved", -1, ())
    await desk.drain(7200)
    assert desk.platform.acts == []
    row = await decision(desk, item_id)
    assert (row["disposition"], row["seen_masked"], row["seen_version"]) == ("left_public", 1, 1)
    undone = await desk.house.write(work.undo, officer, item_id, NOTHING)
    assert undone.state == "claimed"
    assert (await desk.item(item_id)).cause is Cause.UNDONE
    await desk.sound()


async def test_leaving_a_held_comment_public_publishes_it(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(state=RemoteState.HELD)
    assert (await desk.item(item_id)).visibility is Visibility.HIDDEN
    assert "not public" in (await desk.detail(officer, item_id)).why
    done = await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    assert done.window_ms == 15_000
    await desk.drain()
    assert [act.op.value for act in desk.platform.acts] == ["restore"]
    item = await desk.item(item_id)
    assert (item.state, item.visibility) == (State.RESOLVED, Visibility.PUBLIC)
    await desk.sound()


# Hide


@pytest.mark.req("B7", "V4", "V5", "P10")
async def test_a_hide_keeps_everything_that_it_rests_on(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    done = await desk.house.write(work.hide, officer, item_id, HIDE)
    assert (done.state, done.window_ms) == ("committing", 15_000)
    row = await decision(desk, item_id)
    finding = (await desk.detail(officer, item_id)).findings[0]
    policy = desk.house.policy
    clause = policy.clause("A1")
    assert clause is not None
    assert (row["span_start"], row["span_end"]) == (finding.start, finding.end)
    assert row["policy_version"] == policy.version
    assert row["reason"] == clause.name("en")
    local = desk.clock.now() + timedelta(hours=5, minutes=30)
    assert row["review_on"] == (local.date() + timedelta(days=clause.review_days)).isoformat()
    await desk.drain()
    assert desk.platform.comments["c1"].state is RemoteState.HIDDEN
    item = await desk.item(item_id)
    assert (item.state, item.visibility) == (State.RESOLVED, Visibility.HIDDEN)
    view = (await desk.detail(officer, item_id)).decisions[0]
    assert view.quote == ABUSE[finding.start : finding.end]
    assert not view.undoable
    await desk.sound()


@pytest.mark.req("V4")
@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (asks.Hide(1, ""), Code.BAD),
        (asks.Hide(1, "ZZ"), Code.BAD),
        (asks.Hide(1, "A1"), Code.BAD),  # nothing found, nothing marked
        (asks.Hide(1, "A1", start=0), Code.BAD),
        (asks.Hide(1, "A1", start=5, end=4000), Code.BAD),
        (asks.Hide(1, "L1", start=0, end=4), Code.NOT_ALLOWED),
        (asks.Hide(1, "H1", start=0, end=4), Code.NOT_ALLOWED),
        (asks.Hide(2, "A1", start=0, end=4), Code.BAD),
    ],
)
async def test_what_a_hide_is_refused_for(desk: Desk, officer: Actor, ask: asks.Hide, code: Code) -> None:
    item_id = await desk.comment(PLAIN)
    assert (await desk.refused(work.hide, officer, item_id, ask)).code is code
    assert await desk.rows("SELECT id FROM decision") == []


async def test_control_a_marked_span_is_enough(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(PLAIN)
    ask = asks.Hide(1, "A1", start=0, end=4, reason=" two\nlines ")
    await desk.house.write(work.hide, officer, item_id, ask)
    assert (await decision(desk, item_id))["reason"] == "two lines"


@pytest.mark.req("P11", "V1")
async def test_only_criticism_stays_and_is_counted(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    ask = dataclasses.replace(HIDE, only_criticism=True)
    assert (await desk.refused(work.hide, officer, item_id, ask)).code is Code.NOT_ALLOWED
    assert (await desk.kinds()).count("hide.refused_criticism") == 1, "a refusal that counts outlives the refusal"
    assert (await desk.item(item_id)).state is State.NEW
    await desk.house.write(work.hide, officer, item_id, HIDE)
    assert (await desk.kinds()).count("hide.refused_criticism") == 1
    await desk.sound()


@pytest.mark.req("V3", "P13")
async def test_hiding_protected_criticism_needs_a_second_person(desk: Desk, officer: Actor, lead: Actor) -> None:
    item_id = await desk.comment(CRITICISM)
    assert (await desk.detail(officer, item_id)).row.protected
    ask = asks.Hide(1, "A1", start=0, end=4)
    done = await desk.house.write(work.hide, officer, item_id, ask)
    assert done.state == "review"
    assert "second person" in done.sentence
    await desk.drain()
    assert desk.platform.acts == [], "nothing leaves before somebody else has looked"
    assert (await desk.refused(review.approve, officer, item_id, NOTHING)).code is Code.NOT_ALLOWED
    approved = await desk.house.write(review.approve, lead, item_id, NOTHING)
    assert approved.window_ms == 0
    await desk.drain(0)
    assert desk.platform.comments["c1"].state is RemoteState.HIDDEN
    row = await decision(desk, item_id)
    assert (row["person_id"], row["second_id"], row["proposed"]) == (officer.person.id, lead.person.id, 0)
    await desk.sound()


async def test_nobody_approves_their_own(desk: Desk, lead: Actor) -> None:
    item_id = await desk.comment(CRITICISM)
    await desk.house.write(work.hide, lead, item_id, asks.Hide(1, "A1", start=0, end=4))
    assert (await desk.refused(review.approve, lead, item_id, NOTHING)).code is Code.NEEDS_SECOND
    assert (await desk.refused(work.claim, lead, item_id, NOTHING)).code is Code.NOT_ALLOWED
    assert (await desk.refused(work.take_over, lead, item_id, asks.TakeOver("mine"))).code is Code.NEEDS_SECOND
    assert (await desk.refused(review.send_back, lead, item_id, asks.Because("no"))).code is Code.NEEDS_SECOND


async def test_alone_a_second_person_is_refused_with_that_reason(desk: Desk, officer: Actor) -> None:
    alone = dataclasses.replace(officer, alone=True)
    item_id = await desk.comment(CRITICISM)
    refused = await desk.refused(work.hide, alone, item_id, asks.Hide(1, "A1", start=0, end=4))
    assert refused.code is Code.NEEDS_SECOND
    assert "private desk" in refused.sentence


async def test_sent_back_and_withdrawn(desk: Desk, officer: Actor, lead: Actor) -> None:
    item_id = await desk.comment(CRITICISM)
    ask = asks.Hide(1, "A1", start=0, end=4)
    await desk.house.write(work.hide, officer, item_id, ask)
    await desk.house.write(review.send_back, lead, item_id, asks.Because("it is criticism"))
    assert ((await desk.item(item_id)).state, (await desk.item(item_id)).cause) == (State.NEW, Cause.SENT_BACK)
    await desk.house.write(work.hide, officer, item_id, ask)
    await desk.house.write(review.withdraw, officer, item_id, NOTHING)
    assert (await desk.item(item_id)).state is State.CLAIMED
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    assert await desk.rows("SELECT id FROM decision WHERE undone = 0 AND proposed = 1") == []
    await desk.drain()
    assert desk.platform.acts == []
    await desk.sound()


async def test_an_edit_stops_an_approval(desk: Desk, officer: Actor, lead: Actor) -> None:
    item_id = await desk.comment(CRITICISM)
    await desk.house.write(work.hide, officer, item_id, asks.Hide(1, "A1", start=0, end=4))
    await desk.take_in(remote(CRITICISM + " Still.", "c1"))
    assert (await desk.refused(review.approve, lead, item_id, NOTHING)).code is Code.CHANGED
    await desk.sound()


@pytest.mark.req("H16", "Q21")
async def test_a_picture_is_not_hidden_unseen(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment("", media=(Media("https://pics.example/1.jpg", "a map"),))
    refused = await desk.refused(work.hide, officer, item_id, asks.Hide(1, "A1", start=0, end=1))
    assert refused.code is Code.NOT_ALLOWED
    detail = await desk.detail(officer, item_id)
    assert "a map" in detail.media[0]
    assert "https://pics.example" not in detail.media[0]


async def test_a_platform_that_cannot_hide_says_so(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    desk.platform.capabilities = Capabilities(reply=True)
    refused = await desk.refused(work.hide, officer, item_id, HIDE)
    assert refused.code is Code.NOT_ALLOWED
    assert "cannot" in refused.sentence


@pytest.mark.req("O1", "V10", "H8")
async def test_only_an_actionable_order_of_this_item_is_a_ground(desk: Desk, officer: Actor) -> None:
    item_id, elsewhere = await desk.comment(PLAIN), await desk.comment(PLAIN + "?")
    good = await desk.house.write(_order, item_id, 1)
    lacking = await desk.house.write(_order, item_id, 0)
    foreign = await desk.house.write(_order, elsewhere, 1)
    for order_id, code in ((lacking, Code.NOT_ALLOWED), (foreign, Code.NOT_FOUND), (999, Code.NOT_FOUND)):
        ask = asks.Hide(1, "", order_id=order_id)
        assert (await desk.refused(work.hide, officer, item_id, ask)).code is code
    done = await desk.house.write(work.hide, officer, item_id, asks.Hide(1, "", order_id=good))
    assert done.window_ms == 0
    row = await decision(desk, item_id)
    assert (row["ground"], row["disposition"], row["clause"]) == (
        Ground.ORDER.value,
        Disposition.LAWFUL_ORDER.value,
        "",
    )
    await desk.drain(0)
    assert desk.platform.comments["c1"].state is RemoteState.HIDDEN
    await desk.sound()


def _order(room: Room, item_id: int, actionable: int) -> int:
    order_id = room.tx.insert(
        "instruction",
        {
            "item_id": item_id,
            "kind": OrderKind.ORDER.value,
            "body": "{}",
            "actionable": actionable,
            "received_at": room.tx.at,
            "due_at": None,
            "recorded_by": 1,
            "recorded_at": room.tx.at,
        },
    )
    room.tx.record("order.received", item=item_id, order=order_id)
    return order_id


# Windows


@pytest.mark.req("Z14")
@pytest.mark.parametrize(
    ("text", "clause", "window"), [(ABUSE, "A1", 15_000), (THREAT, "T2", 0), (THREAT, "A1", 15_000)]
)
async def test_no_window_only_for_a_matching_urgent_finding(
    desk: Desk, officer: Actor, text: str, clause: str, window: int
) -> None:
    item_id = await desk.comment(text)
    ask = asks.Hide(1, clause) if text == ABUSE or clause == "T2" else asks.Hide(1, clause, start=0, end=6)
    assert (await desk.house.write(work.hide, officer, item_id, ask)).window_ms == window


# Edited since read


@pytest.mark.req("F18", "B12")
async def test_an_edit_refuses_the_decision_and_shows_both_texts(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.take_in(remote("Thank you for the quick answer.", "c1"))
    for act, ask in ((work.hide, HIDE), (work.leave, asks.Leave(1))):
        refused = await desk.refused(act, officer, item_id, ask)
        assert refused.code is Code.CHANGED
        assert refused.facts == {"old": ABUSE, "new": "Thank you for the quick answer.", "seen": 1, "now": 2}
    assert await desk.rows("SELECT id FROM decision") == []
    await desk.house.write(work.leave, officer, item_id, asks.Leave(2))
    assert len((await desk.detail(officer, item_id)).versions) == 2
    await desk.sound()


@pytest.mark.req("F18")
async def test_an_edit_inside_the_window_brings_it_back_unsent(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    await desk.take_in(remote("Sorry, I did not mean it.", "c1"))
    await desk.drain()
    assert desk.platform.acts == []
    item = await desk.item(item_id)
    assert (item.state, item.cause, item.reopened) == (State.NEW, Cause.EDITED, 1)
    assert await desk.states(item_id) == ["parked"]
    await desk.house.write(work.leave, officer, item_id, asks.Leave(2))
    assert await desk.states(item_id) == ["cancelled"], "a newer decision takes the parked one off the table"
    await desk.sound()


# Undo


@pytest.mark.req("B3", "G13")
async def test_undo_before_the_world_sees_it(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(14.9)
    await desk.turn()
    done = await desk.house.write(work.undo, officer, item_id, NOTHING)
    assert done.state == "claimed"
    await desk.drain(3600)
    assert desk.platform.acts == []
    assert await desk.states(item_id) == ["cancelled"]
    await desk.sound()


@pytest.mark.req("B3")
async def test_control_without_undo_it_leaves_once(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(14.9)
    await desk.turn()
    assert desk.platform.acts == []
    desk.clock.pass_(0.1)
    for _ in range(5):
        await desk.turn()
    assert len(desk.platform.acts) == 1
    refused = await desk.refused(work.undo, officer, item_id, NOTHING)
    assert (refused.code, refused.sentence) == (Code.TOO_LATE, "Too late: sent.")
    await desk.sound()


async def test_only_the_decider_or_a_lead_undoes(desk: Desk, officer: Actor, other: Actor, lead: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    assert (await desk.refused(work.undo, other, item_id, NOTHING)).code is Code.NOT_ALLOWED
    await desk.house.write(work.undo, lead, item_id, NOTHING)
    assert await desk.states(item_id) == ["cancelled"]


@pytest.mark.req("Z14", "F11")
async def test_a_stepped_wall_clock_neither_swallows_nor_hurries_a_window(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.step_wall(3600)
    await desk.turn()
    assert await desk.states(item_id) == ["held"], "an hour on the wall is no time at all"
    desk.clock.step_wall(-7200)
    desk.clock.pass_(15)
    await desk.turn()
    assert await desk.states(item_id) == ["done"]


@pytest.mark.req("Z14")
@pytest.mark.parametrize("loss", ["grant", "account", "gone"])
async def test_what_was_lost_since_the_decision_stops_the_release(
    desk: Desk, officer: Actor, lead: Actor, loss: str
) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    await desk.house.write(_lose, loss, officer.person.id, desk.account_id)
    if loss == "gone":
        await desk.house.write(taking.gone_all, [item_id])
    await desk.drain()
    assert desk.platform.acts == []
    assert await desk.states(item_id) == ["parked"]
    item = await desk.item(item_id)
    assert (item.state, item.cause) == (State.NEW, Cause.EFFECT_PARKED)
    await desk.sound()


def _lose(room: Room, loss: str, person_id: int, account_id: int) -> None:
    if loss == "grant":
        room.tx.change("person", person_id, active=0)
        room.tx.record("person.leave")
    if loss == "account":
        room.tx.change("account", account_id, status="frozen")
        room.tx.record("account.freeze")


async def test_undo_beats_a_platform_that_is_down(desk: Desk, officer: Actor) -> None:
    """Refused outright so far: nothing of it is out, so taking it back is honest."""
    item_id = await desk.comment(ABUSE)
    desk.platform.faults = [raising(Transient("No line.", unknown_outcome=False))]
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(15)
    await desk.turn()
    assert await desk.states(item_id) == ["failed"]
    await desk.house.write(work.undo, officer, item_id, NOTHING)
    await desk.drain(3600)
    assert desk.platform.comments["c1"].state is RemoteState.VISIBLE


# Reverse and reopen


async def test_reversing_a_hide_restores_with_both_on_record(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    await desk.drain()
    assert (await desk.refused(work.reverse, other, item_id, asks.Because(" "))).code is Code.BAD
    await desk.house.write(work.reverse, other, item_id, asks.Because("quoted, not meant"))
    await desk.house.write(work.leave, other, item_id, asks.Leave(1))
    await desk.drain()
    assert [act.op.value for act in desk.platform.acts] == ["hide", "restore"]
    assert (await desk.item(item_id)).visibility is Visibility.PUBLIC
    told = (await desk.detail(officer, item_id)).decisions
    assert [(d.disposition.value, d.undone) for d in told] == [("left_public", False), ("hidden", False)]
    await desk.sound()


async def test_reopening_stops_what_has_not_left(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    due = (await desk.item(item_id)).due_first
    desk.clock.pass_(5)
    await desk.house.write(work.reopen, other, item_id, asks.Because("look again"))
    await desk.drain()
    assert desk.platform.acts == []
    item = await desk.item(item_id)
    assert (item.state, item.cause, item.reopened) == (State.NEW, Cause.REOPENED, 1)
    assert item.due_first is not None
    assert due is not None
    assert item.due_first > due
    await desk.sound()


@pytest.mark.req("F19")
async def test_an_item_whose_comment_vanished_can_still_be_closed(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    assert (await desk.refused(work.close_gone, officer, item_id, NOTHING)).code is Code.WRONG_STATE
    await desk.house.write(taking.gone_all, [item_id])
    assert (await desk.refused(work.hide, officer, item_id, HIDE)).code is Code.WRONG_STATE
    done = await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    assert done.state == "resolved"
    assert (await desk.item(item_id)).disposition is Disposition.GONE
    await desk.sound()


@pytest.mark.req("Z14")
async def test_a_restart_gives_a_held_effect_its_whole_window_again(desk: Desk, officer: Actor) -> None:
    """What start-up does to the windows, with a control: a window that was never opened is never over."""
    item_id = await desk.comment(ABUSE)
    done = await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(14)
    desk.house.windows.keep(set())
    desk.clock.pass_(10)
    assert done.effects[0] not in desk.house.windows.ended()
    await desk.house.write(outbox.recover, "")
    assert desk.house.windows.left(done.effects[0]) == 15_000
    await desk.turn()
    assert await desk.states(item_id) == ["held"]
    await desk.drain(15)
    assert await desk.states(item_id) == ["done"]


async def test_an_import_records_and_sends_nothing(desk: Desk, officer: Actor) -> None:
    await desk.house.write(_make_import, desk.account_id)
    desk.platform.capabilities = Capabilities(tested="contract")
    item_id = await desk.comment(ABUSE)
    done = await desk.house.write(work.hide, officer, item_id, HIDE)
    assert (done.state, done.effects) == ("resolved", ())
    assert "Nothing is sent" in done.sentence
    assert (await desk.item(item_id)).visibility is Visibility.PUBLIC, "visibility is what was seen, never inferred"


def _make_import(room: Room, account_id: int) -> None:
    room.tx.change("account", account_id, platform="import")
    room.tx.record("account.change")
