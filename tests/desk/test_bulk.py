"""One decision about many items: what it takes, what it never takes, how it leaves, and taking it back as a whole."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderator.config import Config
from moderator.desk import alike as alike_of_desk
from moderator.desk import batches, bulk, deciding, outbox, redoing, reply, rounds, taking, velocity, work
from moderator.desk.steps import keep, more_urgent
from moderator.domain.asks import Bulk, Hide, Leave, Nothing, Reply, Seen
from moderator.domain.comment import Media
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Lane, State, Visibility
from moderator.store import items
from moderator.store import outbox as store
from tests.desk.conftest import ABUSE, CRITICISM, PLAIN, Desk, FakeClock, Remote, _account, opened, remote
from tests.desk.conftest import Platform as FakePlatform

WRAPPED = "This government scheme is a total failure and the minister has done nothing for us, you idiot."
ANSWER = "The office in ward 4 opens at 10 tomorrow."


async def seen(desk: Desk, *ids: int) -> tuple[Seen, ...]:
    return tuple([Seen(item_id, (await desk.item(item_id)).comment_version) for item_id in ids])


async def many(desk: Desk, count: int, text: str = ABUSE) -> list[int]:
    """So many comments of one text."""
    first = desk._count + 1
    desk._count += count
    names = [f"c{n}" for n in range(first, first + count)]
    for name in names:
        desk.platform.comments[name] = Remote(text)
    await desk.take_in(*(remote(text, name) for name in names))
    return [await desk.item_of(name) for name in names]


async def hide(desk: Desk, actor, ids, clause: str = "A1"):
    return await bulk.carry_out(desk.house, actor, Bulk("hide", await seen(desk, *ids), clause))


async def batch(desk: Desk, actor, batch_id: int):
    return await desk.house.read(batches.one, actor.person.id, batch_id)


async def release(desk: Desk) -> None:
    """Let the undo window of everything end."""
    desk.clock.pass_(desk.house.config.times.hide_window + 1)
    while await desk.house.write(outbox.release_due):
        pass


async def send(desk: Desk, count: int) -> None:
    """Send so many effects, in the order of the worker."""
    for _ in range(count):
        due = await desk.house.read(rounds.due)
        await outbox.carry_out(desk.house, due[0].effect_id)


@pytest.mark.req("B9", "H5")
async def test_a_brigade_of_four_hundred_is_one_act_and_one_undo(desk, officer):
    ids = await many(desk, 400)
    done = await hide(desk, officer, ids)
    rows = await desk.rows("SELECT batch_id, undone FROM decision")
    assert [row["batch_id"] for row in rows] == [done.row_id] * 400
    events = await desk.rows("SELECT body FROM event WHERE kind = 'decision.hidden'")
    assert sum(f'"batch":{done.row_id}' in row["body"] for row in events) == 400
    told = await batch(desk, officer, done.row_id)
    assert (told.total, told.waiting, told.sent, told.undoable) == (400, 400, 0, True)
    back = await batches.undo(desk.house, officer, done.row_id)
    assert "400" in back.sentence
    await desk.drain()
    assert desk.platform.acts == []
    assert {(await desk.item(item_id)).state for item_id in ids} == {State.NEW}
    assert {row["l"] for row in await desk.rows("SELECT count(*) AS l FROM lease")} == {0}
    await desk.sound()


@pytest.mark.req("H5")
async def test_what_was_sent_is_restored_and_the_rest_never_leaves(desk, officer):
    ids = await many(desk, 12)
    done = await hide(desk, officer, ids)
    await release(desk)
    await send(desk, 5)
    told = await batch(desk, officer, done.row_id)
    assert (told.sent, told.waiting, told.sentence) == (5, 7, "5/12 sent; z stops and restores.")
    back = await batches.undo(desk.house, officer, done.row_id)
    assert "7 never left" in back.sentence
    assert "5 had left" in back.sentence
    for _ in range(10):
        await desk.turn()
    assert [action.op.value for action in desk.platform.acts] == ["hide"] * 5 + ["restore"] * 5
    found = [await desk.item(item_id) for item_id in ids]
    assert {item.state for item in found} == {State.NEW}
    assert {item.visibility for item in found} == {Visibility.PUBLIC}
    told = await batch(desk, officer, done.row_id)
    assert (told.undone, told.undoable, told.waiting) == (True, False, 0)
    assert told.sentence == "Taken back: 7 never left. 5/5 that had left are public again."
    await desk.sound()


@pytest.mark.req("H5")
async def test_while_it_is_taken_back_nothing_more_of_it_leaves(desk, officer, monkeypatch):
    ids = await many(desk, 3)
    done = await hide(desk, officer, ids)
    await release(desk)
    assert await desk.house.read(outbox.ready) != []
    await desk.house.write(batches._stop, officer, done.row_id)
    assert await desk.house.read(outbox.ready) == []
    # the control: without the look at the bulk act itself the next one would go
    monkeypatch.setattr(store, "_READY", store._READY.replace("b.undone = 1", "b.undone = 7"))
    assert await desk.house.read(outbox.ready) != []


async def test_one_that_is_on_its_way_is_restored_behind_it(desk, officer):
    (item_id,) = await many(desk, 1)
    done = await hide(desk, officer, [item_id])
    await release(desk)
    (effect,) = await desk.effects(item_id)
    await desk.house.write(outbox.begin, effect["id"])
    await batches.undo(desk.house, officer, done.row_id)
    assert await desk.states(item_id) == ["sending", "ready"]
    assert await desk.house.read(outbox.ready) == []


async def test_all_of_it_sent_is_too_late_and_leaving_is_never(desk, officer):
    hidden = await hide(desk, officer, await many(desk, 2))
    await desk.drain()
    refused = await _refused(batches.undo(desk.house, officer, hidden.row_id))
    assert refused.code is Code.TOO_LATE
    plain = await many(desk, 2, PLAIN)
    left = await bulk.carry_out(desk.house, officer, Bulk("leave", await seen(desk, *plain)))
    await desk.drain(3600)
    await batches.undo(desk.house, officer, left.row_id)
    assert {(await desk.item(item_id)).state for item_id in plain} == {State.NEW}
    again = await _refused(batches.undo(desk.house, officer, left.row_id))
    assert again.code is Code.WRONG_STATE


async def _refused(doing) -> Refused:
    with pytest.raises(Refused) as caught:
        await doing
    return caught.value


async def test_only_who_did_it_or_a_lead_takes_it_back(desk, officer, other, lead):
    done = await hide(desk, officer, await many(desk, 2))
    assert (await _refused(batches.undo(desk.house, other, done.row_id))).code is Code.NOT_ALLOWED
    await batches.undo(desk.house, lead, done.row_id)


# what is in it, and what is not


@pytest.mark.req("Z5")
async def test_criticism_is_never_in_a_bulk_hide_and_is_named_first(desk, officer):
    held = await desk.comment(ABUSE)
    await desk.house.write(work.claim, await desk.person("mira"), held, Nothing())
    ids = [held, *(await many(desk, 3)), await desk.comment(WRAPPED), await desk.comment(CRITICISM)]
    told = await bulk.preview(desk.house, officer, Bulk("hide", await seen(desk, *ids), "A1"))
    assert told.taken == tuple(ids[1:4])
    assert [one.item_id for one in told.excluded] == [ids[4], ids[5], ids[0]]
    assert "mira" in told.excluded[-1].sentence
    await hide(desk, officer, ids)
    assert await desk.states(ids[4]) == []


@pytest.mark.req("Z5")
async def test_the_wrapped_slur_is_excluded_by_the_look_at_what_is_left(desk, officer, monkeypatch):
    """The control: one slur is all that the plain rule of clause and span sees."""
    ids = [*(await many(desk, 1, "You idiot.")), await desk.comment(WRAPPED)]
    ask = Bulk("hide", await seen(desk, *ids), "A1")
    assert (await bulk.preview(desk.house, officer, ask)).taken == (ids[0],)
    monkeypatch.setattr(bulk, "is_criticism", lambda *_: False)
    assert ids[1] in (await bulk.preview(desk.house, officer, ask)).taken


@pytest.mark.req("Z5")
async def test_criticism_round_a_slur_shares_no_row_with_the_slur_alone(desk):
    ids = [await desk.comment(WRAPPED), await desk.comment(WRAPPED + " ."), await desk.comment(ABUSE)]
    (wrapped, again, abuse) = [row["alike"] for row in await desk.rows("SELECT alike FROM item ORDER BY id")]
    assert wrapped == again
    assert abuse is None or abuse != wrapped
    assert len(ids) == 3


@pytest.mark.req("H5")
async def test_other_words_go_to_a_second_person(desk, officer, lead):
    ids = [
        await desk.comment("You idiot, go away from here now."),
        await desk.comment("What a stupid moron this one is."),
    ]
    done = await hide(desk, officer, ids)
    assert [(await desk.item(item_id)).state for item_id in ids] == [State.COMMITTING, State.REVIEW]
    told = await batch(desk, officer, done.row_id)
    assert "1 waits for a second person" in told.sentence
    await batches.undo(desk.house, officer, done.row_id)
    assert {(await desk.item(item_id)).state for item_id in ids} == {State.NEW}
    await desk.sound()


async def test_the_same_words_in_other_dress_are_one(desk, officer):
    ids = [await desk.comment("You stupid idiot, go away!"), await desk.comment("you STUPID   idiot... go away")]
    told = await bulk.preview(desk.house, officer, Bulk("hide", await seen(desk, *ids), "A1"))
    assert told.taken == tuple(ids)


async def test_another_link_is_another_text(desk, officer):
    texts = [f"Earn 5000 rupees daily from home!! Join now http://easy-money{n}.example/join" for n in (1, 2)]
    assert alike_of_desk.fold(texts[0]) != alike_of_desk.fold(texts[1])
    assert alike_of_desk.fold(texts[0]) == alike_of_desk.fold(texts[0].upper())


@pytest.mark.req("H5")
async def test_urgent_edited_gone_decided_and_unknown_ones_stay_out(desk, officer, other):
    ids = await many(desk, 6)
    urgent, edited, gone, decided, good, foreign = ids
    await desk.house.write(lambda room: _lane(room, urgent))
    asked = await seen(desk, *ids)
    await desk.take_in(remote(ABUSE + " And more.", "c2"))
    await desk.house.write(lambda room: _gone(room, gone))
    await desk.house.write(work.leave, other, decided, Leave(1))
    await desk.house.write(work.claim, other, foreign, Nothing())
    ask = Bulk("hide", (*asked, Seen(9999, 1)), "A1")
    told = await bulk.preview(desk.house, officer, ask)
    assert told.taken == (good,)
    assert [one.item_id for one in told.excluded] == [urgent, edited, gone, decided, foreign, 9999]
    assert all(one.sentence[0].isupper() and one.sentence.count(" ") > 2 for one in told.excluded), "whole sentences"
    done = await bulk.carry_out(desk.house, officer, ask)
    assert (await batch(desk, officer, done.row_id)).total == 1
    assert (await desk.item(edited)).state is State.NEW


def _lane(room, item_id):
    item = items.get(room.conn, item_id)
    keep(room, None, dataclasses.replace(more_urgent(room, item, Lane.THREAT), version=item.version + 1), "test.lane")


def _gone(room, item_id):
    taking.gone_all(room, [item_id])


async def test_pictures_and_what_nobody_judged_share_no_row(desk):
    await desk.comment(
        "A long enough text beside a picture of it", media=(Media("https://x.example/1.png", "", "image"),)
    )
    await desk.comment("Water at roof, 4 of us, Lanka road near the school, please send a boat")
    assert {row["alike"] for row in await desk.rows("SELECT alike FROM item")} == {None}


async def test_an_edit_gives_another_row(desk):
    item_id = await desk.comment("The library in our town is closed again today", "c1")
    (before,) = await desk.rows("SELECT alike FROM item WHERE id = ?", item_id)
    await desk.take_in(remote("The garden in our town is open again today", "c1"))
    (after,) = await desk.rows("SELECT alike FROM item WHERE id = ?", item_id)
    assert before["alike"]
    assert after["alike"] not in (None, before["alike"])


async def test_what_nobody_may_ask_for_is_refused(desk, officer):
    (item_id,) = await many(desk, 1)
    marked = await seen(desk, item_id)
    for ask, code in (
        (Bulk("delete", marked), Code.BAD),
        (Bulk("leave", ()), Code.BAD),
        (Bulk("hide", marked, ""), Code.BAD),
        (Bulk("leave", tuple(Seen(n, 1) for n in range(bulk.MOST + 1))), Code.LIMITED),
    ):
        assert (await _refused(bulk.carry_out(desk.house, officer, ask))).code is code
    assert (await _refused(bulk.carry_out(desk.house, officer, Bulk("leave", (Seen(77, 1),))))).code is Code.WRONG_STATE
    assert await desk.rows("SELECT * FROM decision") == []


async def test_near_duplicates_of_an_item(desk, officer):
    ids = await many(desk, 5, "The same campaign text that everybody posts here today")
    alone = await desk.comment("Something else that only one person has ever said")
    found = await desk.house.read(batches.alike, officer, ids[2])
    assert [row.id for row in found] == [ids[0], ids[1], ids[3], ids[4]]
    assert await desk.house.read(batches.alike, officer, alone) == ()
    await desk.house.write(work.leave, officer, ids[0], Leave(1))
    assert len(await desk.house.read(batches.alike, officer, ids[2])) == 3


# how it leaves


@pytest.mark.req("H5")
async def test_a_single_reply_goes_before_the_bulk(desk, officer, other):
    await hide(desk, officer, await many(desk, 40))
    await release(desk)
    asked = await desk.comment(PLAIN)
    await desk.house.write(reply.reply, other, asked, Reply(1, ANSWER))
    desk.clock.pass_(desk.house.config.times.reply_window + 1)
    await desk.house.write(outbox.release_due)
    due = await desk.house.read(rounds.due)
    assert [one.bulk for one in due] == [False, True]
    await send(desk, 1)
    assert [action.op.value for action in desk.platform.acts] == ["reply"]
    # the control: by age alone the reply would have waited behind all of them
    assert due[0].effect_id > due[1].effect_id


@pytest.mark.req("H5")
async def test_the_pace_is_what_the_platform_bears(desk):
    assert rounds.bulk_pause(desk.house, desk.account_id) == 0.5
    desk.platform.capabilities = dataclasses.replace(desk.platform.capabilities, acts_per_minute=6)
    assert rounds.bulk_pause(desk.house, desk.account_id) == 10
    desk.platform.capabilities = dataclasses.replace(desk.platform.capabilities, acts_per_minute=6000)
    assert rounds.bulk_pause(desk.house, desk.account_id) == 0.5


async def test_windows_end_a_page_at_a_time_and_single_ones_first(tmp_path, clock):
    config = dataclasses.replace(Config(), limits=dataclasses.replace(Config().limits, bulk=10))
    desk = await _desk(tmp_path, clock, config)
    rita = await desk.person("rita")
    await hide(desk, rita, await many(desk, 25))
    single = await desk.comment(ABUSE)
    await desk.house.write(work.hide, rita, single, Hide(1, "A1"))
    desk.clock.pass_(60)
    assert await desk.house.write(outbox.release_due) == 10
    assert await desk.states(single) == ["ready"]
    assert [await desk.house.write(outbox.release_due) for _ in range(3)] == [10, 6, 0]
    await desk.house.close()


async def _desk(place, clock, config=None) -> Desk:
    house = await opened(place, clock, config)
    platform = FakePlatform(clock)
    account_id = await house.write(_account, "wordpress")
    house.connectors[account_id] = platform
    return Desk(house, clock, platform, account_id)


async def test_waiting_members_are_told_as_one(desk, officer):
    """The strip of every screen tells four hundred waiting hides as one act; one that failed is told by itself."""
    await hide(desk, officer, await many(desk, 3))
    assert await desk.house.read(lambda look: store.all_open(look.conn)) == []


# crashes and races


@pytest.mark.req("B9")
async def test_a_desk_that_dies_in_between_says_how_far_it_came(tmp_path, monkeypatch):
    clock = FakeClock()
    config = dataclasses.replace(Config(), limits=dataclasses.replace(Config().limits, bulk=10))
    desk = await _desk(tmp_path, clock, config)
    rita = await desk.person("rita")
    ids = await many(desk, 30)
    pages = iter([True, True])
    decide_page = bulk._decide_page

    def dying(*args):
        if not next(pages, False):
            raise SystemError("the power is gone")
        return decide_page(*args)

    monkeypatch.setattr(bulk, "_decide_page", dying)
    with pytest.raises(SystemError):
        await hide(desk, rita, ids)
    await desk.house.close()
    again = await opened(tmp_path, clock, config)
    (row,) = await again.read(batches.today, rita)
    assert (row.total, row.waiting, row.undoable) == (30, 20, True)
    assert row.sentence.startswith("The desk stopped after 20 of 30: these stand.")
    await batches.undo(again, rita, row.id)
    (row,) = await again.read(batches.today, rita)
    assert (row.waiting, row.undone) == (0, True)
    assert row.sentence == "Taken back: 20 never left."
    await again.close()


async def test_taking_it_back_stops_what_is_still_being_decided(desk, officer, monkeypatch):
    ids = await many(desk, 3)
    pages = bulk._pages
    monkeypatch.setattr(bulk, "_pages", lambda house, wanted: [[one] for page in pages(house, wanted) for one in page])
    decide_page, calls = bulk._decide_page, []

    def taken_back_after_one(room, actor, ask, batch_id, page, tally):
        if calls:
            room.tx.change("batch", batch_id, undone=1)
            room.tx.record("bulk.undo", batch=batch_id)
        calls.append(1)
        return decide_page(room, actor, ask, batch_id, page, tally)

    monkeypatch.setattr(bulk, "_decide_page", taken_back_after_one)
    await hide(desk, officer, ids)
    assert len(calls) == 2
    assert len(await desk.rows("SELECT * FROM decision")) == 1


async def test_officers_write_between_the_pages(desk, officer, other, monkeypatch):
    """A page at a time: what an officer does meanwhile is not kept waiting by the pages that are still to come."""
    ids = await many(desk, 30)
    own = await desk.comment(PLAIN)
    order: list[str] = []
    monkeypatch.setattr(bulk, "_pages", lambda house, wanted: [wanted[at : at + 5] for at in range(0, 30, 5)])
    decide_page = bulk._decide_page
    monkeypatch.setattr(bulk, "_decide_page", lambda *args: (order.append("page"), decide_page(*args))[1])
    doing = asyncio.create_task(hide(desk, officer, ids))
    while not order:
        await asyncio.sleep(0)
    await desk.house.write(work.leave, other, own, Leave(1))
    order.append("officer")
    await doing
    assert order.index("officer") < len(order) - 1


_TEXTS = [ABUSE, CRITICISM, WRAPPED, "You idiot.", PLAIN, "Water at roof, 4 of us, send a boat to Lanka road"]


@pytest.mark.req("Z5")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=st.lists(st.integers(0, len(_TEXTS) - 1), min_size=1, max_size=8))
async def test_no_sequence_of_marks_hides_what_is_protected(tmp_path_factory, marks):
    desk = await _desk(tmp_path_factory.mktemp("marks"), FakeClock())
    rita = await desk.person("rita")
    ids = [await desk.comment(_TEXTS[mark]) for mark in marks]
    try:
        await hide(desk, rita, ids)
    except Refused as refused:
        assert refused.code is Code.WRONG_STATE
    await desk.drain(120)
    hidden = {action.remote_id for action in desk.platform.acts if action.op.value == "hide"}
    for mark, item_id, n in zip(marks, ids, range(1, len(ids) + 1), strict=True):
        if mark in (1, 2):
            assert f"c{n}" not in hidden
            assert (await desk.item(item_id)).state is State.NEW
    await desk.sound()
    await desk.house.close()


# doing again


async def test_redo_does_again_what_was_undone(desk, officer):
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, Hide(1, "A1"))
    await desk.house.write(work.undo, officer, item_id, Nothing())
    done = await desk.house.write(redoing.redo, officer, item_id, Nothing())
    assert done.window_ms == 15000
    assert await desk.states(item_id) == ["cancelled", "held"]
    refused = await desk.refused(redoing.redo, officer, item_id, Nothing())
    assert refused.code is Code.WRONG_STATE
    await desk.sound()


async def test_redo_of_a_reply_and_of_leaving(desk, officer):
    asked, left = await desk.comment(PLAIN), await desk.comment(PLAIN)
    await desk.house.write(reply.reply, officer, asked, Reply(1, ANSWER))
    await desk.house.write(work.undo, officer, asked, Nothing())
    await desk.house.write(redoing.redo, officer, asked, Nothing())
    payloads = {row["payload"] for row in await desk.effects(asked)}
    assert len(payloads) == 1
    await desk.house.write(work.leave, officer, left, Leave(1))
    await desk.house.write(work.undo, officer, left, Nothing())
    await desk.house.write(redoing.redo, officer, left, Nothing())
    assert (await desk.item(left)).state is State.RESOLVED


async def test_redo_is_refused_once_something_has_happened(desk, officer):
    item_id = await desk.comment(ABUSE, "c1")
    await desk.house.write(work.hide, officer, item_id, Hide(1, "A1"))
    await desk.house.write(work.undo, officer, item_id, Nothing())
    await desk.take_in(remote(ABUSE + " And more.", "c1"))
    refused = await desk.refused(redoing.redo, officer, item_id, Nothing())
    assert refused.code in (Code.CHANGED, Code.WRONG_STATE)


def test_the_decision_of_a_bulk_act_is_written_by_the_same_hand():
    assert bulk.decide is deciding.decide


# bursts


@pytest.mark.req("Q3")
async def test_a_burst_raises_a_banner_that_goes_by_itself(desk):
    await many(desk, 49, "The same campaign text that everybody posts here today")
    await velocity.watch(desk.house)
    assert desk.house.notices == {}
    await many(desk, 1, "The SAME campaign text, that everybody posts here today!!!")
    await velocity.watch(desk.house)
    told = sorted(desk.house.notices.values())
    assert told == [
        "Burst on wordpress desk: 50 comments under one post within 10 min.",
        "Burst on wordpress desk: 50 new comments of the last 10 min say the same; one row stands for them.",
    ]
    desk.house.notices["disk"] = "Another banner."
    desk.clock.pass_(601)
    await velocity.watch(desk.house)
    assert desk.house.notices == {"disk": "Another banner."}
