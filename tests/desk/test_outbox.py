"""Exactly once, honestly: how effects leave, and what happens where nobody knows."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import timedelta

import pytest

from moderator.desk import instance, outbox, reply, status, work
from moderator.desk.deciding import Ruling, Wanted, decide
from moderator.desk.moving import move
from moderator.desk.room import Room
from moderator.domain import asks
from moderator.domain.comment import RemoteState
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Code
from moderator.domain.item import Cause, Disposition, State, Visibility
from moderator.domain.person import Actor
from moderator.domain.wording import recalled
from moderator.platforms.base import (
    Action,
    AuthExpired,
    AuthRevoked,
    BadPayload,
    Conflict,
    Duplicate,
    Forbidden,
    Invalid,
    Outage,
    Outcome,
    RateLimited,
    Transient,
    Unsupported,
    Verb,
)
from moderator.store import items, polls
from moderator.store import outbox as store
from tests.desk.conftest import ABUSE, START, Desk, Platform, applied_then, raising

NOTHING = asks.Nothing()
HIDE = asks.Hide(1, "A1")
TEXT = "We open at 10 tomorrow. We look forward to your visit."
LOST = Transient("The answer was lost.", unknown_outcome=True)


async def hidden(desk: Desk, officer: Actor) -> int:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(15)
    return item_id


async def replied(desk: Desk, officer: Actor) -> int:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT))
    desk.clock.pass_(20)
    return item_id


async def reason(desk: Desk, item_id: int) -> str:
    return recalled((await desk.effects(item_id))[0]["reason"])


# Every kind of answer


@pytest.mark.req("F3", "F4", "F1")
@pytest.mark.parametrize(
    "error",
    [LOST, Outage("It is down."), BadPayload("It answered nonsense."), ValueError("a fault of ours"), KeyError("x")],
)
async def test_a_lost_answer_is_unknown_and_found_by_looking(desk: Desk, officer: Actor, error: Exception) -> None:
    desk.platform.faults = [applied_then(error)]
    item_id = await replied(desk, officer)
    await desk.turn()
    assert await desk.states(item_id) == ["uncertain"]
    assert (await desk.refused(work.undo, officer, item_id, NOTHING)).code is Code.TOO_LATE
    desk.clock.pass_(15)
    await desk.turn()
    (effect,) = await desk.effects(item_id)
    assert (effect["state"], effect["remote_id"]) == ("done", "r1")
    assert await reason(desk, item_id) == "Found on the platform."
    assert len(desk.platform.replies) == 1
    assert (await desk.item(item_id)).state is State.RESOLVED
    await desk.sound()


@pytest.mark.req("F4")
async def test_control_a_blind_retry_would_post_twice(desk: Desk) -> None:
    """The platform of these tests has no idempotency of its own: who repeats blindly, posts twice."""
    await desk.comment(ABUSE, "c9")
    for _ in range(2):
        desk.platform.apply(Action(Op.REPLY, "c9", "key", text=TEXT))
    assert len(desk.platform.replies) == 2


@pytest.mark.req("F4")
async def test_a_reply_that_is_never_found_waits_for_a_person(desk: Desk, officer: Actor) -> None:
    desk.platform.faults = [raising(LOST)]
    item_id = await replied(desk, officer)
    await desk.turn()
    seen = []
    for pause in (15, 45, 120):
        desk.clock.pass_(pause - 0.1)
        await desk.turn()
        seen.append((await desk.effects(item_id))[0]["looks"])
        desk.clock.pass_(0.1)
        await desk.turn()
    assert seen == [0, 1, 2], "looks are at +15, +60 and +180 s"
    assert await desk.states(item_id) == ["parked"]
    assert (await desk.item(item_id)).cause is Cause.EFFECT_PARKED
    for _ in range(50):
        await desk.drain(600)
    assert len(desk.platform.acts) == 1, "never sent again without a person"
    assert desk.platform.replies == []
    await desk.sound()


@pytest.mark.parametrize(
    ("how", "replies", "state"), [("resend", 1, "resolved"), ("was_sent", 0, "resolved"), ("drop", 0, "new")]
)
async def test_a_person_settles_what_nobody_found(
    desk: Desk, officer: Actor, how: str, replies: int, state: str
) -> None:
    desk.platform.faults = [raising(LOST)]
    item_id = await replied(desk, officer)
    for pause in (0, 15, 45, 120):
        desk.clock.pass_(pause)
        await desk.turn()
    effect_id = (await desk.effects(item_id))[0]["id"]
    empty = asks.SettleEffect(asks.Settling(how), " ")
    assert (await desk.refused(outbox.settle, officer, effect_id, empty)).code is Code.BAD
    ask = asks.SettleEffect(asks.Settling(how), "looked at the page")
    await desk.house.write(outbox.settle, officer, effect_id, ask)
    await desk.drain(1)
    assert len(desk.platform.replies) == replies
    item = await desk.item(item_id)
    assert item.state.value == state
    assert item.cause is (Cause.EFFECT_FAILED if how == "drop" else Cause.NONE)
    assert (await desk.refused(outbox.settle, officer, effect_id, ask)).code is Code.WRONG_STATE
    await desk.sound()


@pytest.mark.req("F3")
async def test_a_late_apply_after_the_first_look_is_found_by_a_later_one(desk: Desk, officer: Actor) -> None:
    held: list[Action] = []

    def late(platform: Platform, action: Action) -> Outcome:
        held.append(action)
        raise LOST

    desk.platform.faults = [late]
    item_id = await replied(desk, officer)
    await desk.turn()
    desk.clock.pass_(15)
    await desk.turn()
    assert await desk.states(item_id) == ["uncertain"]
    desk.platform.apply(held[0])
    desk.clock.pass_(45)
    await desk.turn()
    assert await desk.states(item_id) == ["done"]
    assert len(desk.platform.replies) == 1


@pytest.mark.req("B11", "X2")
async def test_a_definite_refusal_is_tried_again_with_pauses(desk: Desk, officer: Actor) -> None:
    down = Transient("Connection refused.", unknown_outcome=False)
    desk.platform.faults = [raising(down)] * 6
    item_id = await hidden(desk, officer)
    for _ in range(2 * 3600):
        await desk.turn()
        if await desk.states(item_id) == ["done"]:
            break
        desk.clock.pass_(5)
    assert [act.op.value for act in desk.platform.acts] == ["hide"] * 7
    assert desk.platform.comments["c1"].state is RemoteState.HIDDEN
    await desk.sound()


@pytest.mark.req("F2")
async def test_rate_limits_are_kept_to_the_second(desk: Desk, officer: Actor) -> None:
    again = START + timedelta(seconds=315)
    desk.platform.faults = [raising(RateLimited("Too many.", again))]
    item_id = await hidden(desk, officer)
    await desk.turn()
    while desk.clock.now() + timedelta(seconds=5) < again:
        desk.clock.pass_(5)
        await desk.turn()
    assert len(desk.platform.acts) == 1, "no call before the time"
    desk.clock.pass_(10)
    await desk.drain(0)
    assert len(desk.platform.acts) == 2
    assert await desk.states(item_id) == ["done"]


@pytest.mark.req("F5")
@pytest.mark.parametrize("error", [AuthRevoked("The password is refused."), Forbidden("Not an editor.")])
async def test_a_refused_credential_pauses_the_account_and_loses_nothing(
    desk: Desk, officer: Actor, error: Exception
) -> None:
    desk.platform.faults = [raising(error)]
    item_id = await hidden(desk, officer)
    other_id = await desk.comment(ABUSE)
    await desk.turn()
    assert await desk.states(item_id) == ["ready"]
    await desk.house.write(work.hide, officer, other_id, HIDE)
    await desk.drain(3600)
    assert len(desk.platform.acts) == 1, "nothing goes out on a paused account"
    told = (await desk.house.read(status.status, officer)).accounts[0]
    assert not told.up
    assert "paused" in told.sentence
    await desk.house.write(lambda room: polls.resume(room.tx, desk.account_id))
    desk.house.connectors[desk.account_id] = desk.platform
    await desk.drain(0)
    assert (await desk.states(item_id), await desk.states(other_id)) == (["done"], ["done"])
    await desk.sound()


async def test_a_lapsed_credential_is_renewed_and_tried_again(desk: Desk, officer: Actor) -> None:
    desk.platform.faults = [raising(AuthExpired("The token lapsed."))]
    item_id = await hidden(desk, officer)
    await desk.turn()
    assert await desk.states(item_id) == ["failed"]
    assert desk.platform.closed
    desk.house.connectors[desk.account_id] = desk.platform
    await desk.drain(5)
    assert await desk.states(item_id) == ["done"]


@pytest.mark.req("F19")
async def test_a_comment_that_is_gone_makes_the_act_moot(desk: Desk, officer: Actor) -> None:
    item_id = await hidden(desk, officer)
    desk.platform.comments.clear()
    await desk.turn()
    item = await desk.item(item_id)
    assert (await desk.states(item_id), item.state) == (["cancelled"], State.RESOLVED)
    assert (item.visibility, item.disposition) == (Visibility.GONE, Disposition.GONE)
    await desk.sound()


@pytest.mark.parametrize("error", [Invalid("Too long."), Unsupported("It cannot."), Conflict("Another revision.")])
async def test_what_the_platform_will_never_do_comes_back(desk: Desk, officer: Actor, error: Exception) -> None:
    desk.platform.faults = [raising(error)]
    item_id = await hidden(desk, officer)
    await desk.drain()
    item = await desk.item(item_id)
    assert (await desk.states(item_id), item.state, item.cause) == (["parked"], State.NEW, Cause.EFFECT_FAILED)
    assert await reason(desk, item_id) == str(error)
    ask = asks.SettleEffect(asks.Settling.RESEND, "again")
    effect_id = (await desk.effects(item_id))[0]["id"]
    assert (await desk.refused(outbox.settle, officer, effect_id, ask)).code is Code.WRONG_STATE
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    assert await desk.states(item_id) == ["cancelled"]
    await desk.sound()


async def test_a_duplicate_is_looked_at_not_believed(desk: Desk, officer: Actor) -> None:
    desk.platform.faults = [applied_then(Duplicate("It holds this already.", "r1"))]
    item_id = await replied(desk, officer)
    await desk.drain(0)
    assert await desk.states(item_id) == ["done"]
    assert len(desk.platform.replies) == 1


async def test_an_outcome_that_says_unknown_is_unknown(desk: Desk, officer: Actor) -> None:
    desk.platform.faults = [lambda platform, action: Outcome(Verb.UNKNOWN)]
    item_id = await hidden(desk, officer)
    await desk.turn()
    assert await desk.states(item_id) == ["uncertain"]


async def test_already_so_is_done(desk: Desk, officer: Actor) -> None:
    item_id = await hidden(desk, officer)
    desk.platform.comments["c1"].state = RemoteState.HIDDEN
    await desk.turn()
    assert await desk.states(item_id) == ["done"]
    assert await reason(desk, item_id) == "It was so already."


# Looking


@pytest.mark.req("F4")
async def test_a_look_that_cannot_read_does_not_count(desk: Desk, officer: Actor) -> None:
    desk.platform.faults = [applied_then(LOST)]
    desk.platform.look_faults = [Outage("down")] * 20
    item_id = await replied(desk, officer)
    await desk.turn()
    for _ in range(20):
        desk.clock.pass_(15)
        await desk.turn()
    assert await desk.states(item_id) == ["uncertain"]
    desk.clock.pass_(15)
    await desk.turn()
    assert await desk.states(item_id) == ["done"]


@pytest.mark.req("Z15")
async def test_one_remote_comment_satisfies_one_effect(desk: Desk, officer: Actor) -> None:
    """Two equal replies, one of which was never applied: the other's comment is not taken for it."""
    first = await replied(desk, officer)
    await desk.turn()
    await desk.house.write(work.reverse, officer, first, asks.Because("say it again"))
    desk.platform.faults = [raising(LOST)]
    await desk.house.write(reply.reply, officer, first, asks.Reply(1, TEXT))
    desk.clock.pass_(20)
    await desk.turn()
    for pause in (15, 45, 120):
        desk.clock.pass_(pause)
        await desk.turn()
    assert await desk.states(first) == ["done", "parked"]
    await desk.sound()


@pytest.mark.req("Z15")
async def test_the_database_itself_keeps_one_remote_id_for_one_effect(desk: Desk, officer: Actor) -> None:
    """The control: past every check above, the unique index refuses the second."""
    first, second = await replied(desk, officer), await replied(desk, officer)
    await desk.turn()
    ids = [(await desk.effects(item_id))[0]["id"] for item_id in (first, second)]

    def forge(room: Room) -> None:
        room.tx.change("effect", ids[1], remote_id="r1")
        room.tx.record("forged")

    with pytest.raises(sqlite3.IntegrityError):
        await desk.house.write(forge)


async def test_a_platform_that_names_another_s_comment_is_not_believed(desk: Desk, officer: Actor) -> None:
    first = await replied(desk, officer)
    await desk.turn()
    desk.platform.faults = [lambda platform, action: Outcome(Verb.DONE, "r1")]
    second = await replied(desk, officer)
    await desk.turn()
    assert (await desk.states(first), await desk.states(second)) == (["done"], ["uncertain"])


@pytest.mark.req("Z3")
async def test_only_the_newest_desired_state_is_retried_after_reading(desk: Desk, officer: Actor) -> None:
    """A hide of unknown outcome, then the officer changes their mind: the hide is not tried again."""
    desk.platform.faults = [raising(LOST)]
    item_id = await hidden(desk, officer)
    await desk.turn()
    await desk.house.write(work.reopen, officer, item_id, asks.Because("it was a quote"))
    await desk.take_in()
    item = await desk.item(item_id)
    assert item.visibility is Visibility.PUBLIC
    await desk.house.write(_restore_wanted, officer, item_id)
    await desk.drain(60)
    assert [act.op.value for act in desk.platform.acts] == ["hide", "restore"]
    assert await desk.states(item_id) == ["cancelled", "done"]
    assert desk.platform.comments["c1"].state is RemoteState.VISIBLE


def _restore_wanted(room: Room, actor: Actor, item_id: int) -> None:
    item = items.get(room.conn, item_id)
    decide(room, actor, item, Ruling(Disposition.LEFT_PUBLIC, 1), [Wanted(Op.RESTORE, 1000)])


@pytest.mark.req("Z3")
async def test_control_a_lone_unknown_hide_is_retried_after_reading(desk: Desk, officer: Actor) -> None:
    desk.platform.faults = [raising(LOST)]
    item_id = await hidden(desk, officer)
    await desk.turn()
    await desk.drain(15)
    assert [act.op.value for act in desk.platform.acts] == ["hide", "hide"]
    assert await desk.states(item_id) == ["done"]


async def test_a_hide_whose_comment_vanished_while_unknown_is_moot(desk: Desk, officer: Actor) -> None:
    desk.platform.faults = [raising(LOST)]
    item_id = await hidden(desk, officer)
    await desk.turn()
    desk.platform.comments.clear()
    await desk.drain(15)
    assert await desk.states(item_id) == ["cancelled"]
    assert (await desk.item(item_id)).visibility is Visibility.GONE
    await desk.sound()


# Order and uniqueness


@pytest.mark.req("Z3")
async def test_at_most_one_effect_of_a_target_is_under_way(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT, hide_clause="A1"))
    desk.clock.pass_(20)
    await desk.house.write(outbox.release_due)
    first, second = (effect["id"] for effect in await desk.effects(item_id))
    assert await desk.house.read(outbox.ready) == [first]
    assert await desk.house.write(outbox.begin, second) is None
    assert await desk.house.write(outbox.begin, first) is not None
    assert await desk.house.write(outbox.begin, first) is None, "one compare-and-set: the second sender gets nothing"
    assert await desk.house.read(outbox.ready) == []

    def forge(room: Room) -> None:
        room.tx.change("effect", second, state="sending")
        room.tx.record("forged")

    with pytest.raises(sqlite3.IntegrityError):
        await desk.house.write(forge)


async def test_two_senders_of_one_effect_send_once(desk: Desk, officer: Actor) -> None:
    item_id = await replied(desk, officer)
    await desk.house.write(outbox.release_due)
    (effect,) = await desk.effects(item_id)
    await asyncio.gather(*(outbox.carry_out(desk.house, effect["id"]) for _ in range(8)))
    assert len(desk.platform.acts) == 1


async def test_a_move_that_is_not_in_the_table_is_refused(desk: Desk, officer: Actor) -> None:
    item_id = await replied(desk, officer)
    await desk.drain(0)
    (effect,) = [store.effect(row) for row in await desk.effects(item_id)]
    with pytest.raises(AssertionError, match="is not a move"):
        await desk.house.write(move, effect, EffectState.READY)


async def test_a_move_from_a_state_that_has_passed_is_too_late(desk: Desk, officer: Actor) -> None:
    item_id = await replied(desk, officer)
    (before,) = [store.effect(row) for row in await desk.effects(item_id)]
    await desk.drain(0)
    refused = await desk.refused(move, before, EffectState.CANCELLED)
    assert refused.code is Code.TOO_LATE


async def test_the_head_is_beside_the_database_before_anything_leaves(desk: Desk, officer: Actor) -> None:
    told: list[int] = []

    def look(platform: Platform, action: Action) -> Outcome:
        told.append(json.loads((desk.house.data_dir / "instance.json").read_text())["seq"])
        return platform.apply(action)

    desk.platform.faults = [look]
    await replied(desk, officer)
    await desk.turn()
    (sending,) = await desk.rows("SELECT seq FROM event WHERE kind = 'effect.sending'")
    assert told == [told[0]]
    assert told[0] >= sending["seq"]


async def test_a_checkpoint_that_cannot_be_written_sends_nothing(
    desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = await replied(desk, officer)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(instance, "mark", full)
        await desk.turn()
    assert desk.platform.acts == []
    assert await desk.states(item_id) == ["failed"]
    await desk.drain(5)
    assert await desk.states(item_id) == ["done"]


async def test_a_line_that_cannot_be_opened_keeps_the_effect_ready(desk: Desk, officer: Actor) -> None:
    item_id = await hidden(desk, officer)
    line = desk.house.connectors.pop(desk.account_id)
    await desk.turn()
    assert await desk.states(item_id) == ["ready"]
    assert any("Nothing can be sent" in sentence for sentence in desk.house.notices.values())
    desk.house.connectors[desk.account_id] = line
    await desk.turn()
    assert desk.platform.acts == [], "a line that failed is left alone for a while"
    desk.clock.pass_(15)
    await desk.turn()
    assert await desk.states(item_id) == ["done"]
    assert desk.house.notices == {}


async def test_stopping_while_sending_is_unknown(desk: Desk, officer: Actor) -> None:
    began = asyncio.Event()

    class Silent(Platform):
        async def act(self, action: Action) -> Outcome:
            began.set()
            await asyncio.Event().wait()
            raise AssertionError

    item_id = await replied(desk, officer)
    await desk.house.write(outbox.release_due)
    desk.house.connectors[desk.account_id] = Silent(desk.clock)
    (effect,) = await desk.effects(item_id)
    task = asyncio.create_task(outbox.carry_out(desk.house, effect["id"]))
    await asyncio.wait_for(began.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await desk.states(item_id) == ["uncertain"]
