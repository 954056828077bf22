"""Claiming, holding, snoozing, taking over: who has an item, and what everybody else is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from moderator.desk import clocks, people, reading, sessions, status, work
from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment
from moderator.domain.item import Cause, Lane, State
from moderator.domain.person import Actor, Role
from moderator.domain.view import View
from moderator.store import items
from tests.desk.conftest import ABUSE, PLAIN, Desk, FakeClock

NOTHING = asks.Nothing()


async def test_claim_and_release(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    done = await desk.house.write(work.claim, officer, item_id, NOTHING)
    assert (done.state, done.item_id) == ("claimed", item_id)
    assert (await desk.item(item_id)).lease is not None
    await desk.house.write(work.release, officer, item_id, NOTHING)
    assert (await desk.item(item_id)).state is State.NEW
    await desk.sound()


@pytest.mark.req("F16", "B2")
async def test_the_second_officer_is_told_who_has_it(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    for act, ask in (
        (work.claim, NOTHING),
        (work.leave, asks.Leave(1)),
        (work.hide, asks.Hide(1, "A1", start=0, end=4)),
        (work.snooze, asks.Snooze(desk.clock.now() + timedelta(hours=1))),
    ):
        refused = await desk.refused(act, other, item_id, ask)
        assert refused.code is Code.TAKEN
        assert refused.facts["person"] == "rita"
        assert "rita" in refused.sentence
    assert (await desk.item(item_id)).state is State.CLAIMED


async def test_control_without_a_lease_the_same_acts_pass(desk: Desk, other: Actor) -> None:
    """The refusal above comes from the lease: without one the second officer decides."""
    item_id = await desk.comment()
    done = await desk.house.write(work.leave, other, item_id, asks.Leave(1))
    assert done.state == "resolved"


@pytest.mark.req("B2")
async def test_many_deciders_one_decision(desk: Desk) -> None:
    """Eight officers decide the same twenty items at once: each item has one decision, each loser is told."""
    crew = [await desk.person(f"o{n}") for n in range(8)]
    ids = [await desk.comment(f"{PLAIN} {n}") for n in range(20)]
    tries = [desk.house.write(work.leave, actor, item_id, asks.Leave(1)) for item_id in ids for actor in crew]
    results = await asyncio.gather(*tries, return_exceptions=True)
    won = [result for result in results if not isinstance(result, BaseException)]
    lost = [result for result in results if isinstance(result, Refused)]
    assert (len(won), len(lost)) == (20, 140)
    assert {refused.code for refused in lost} == {Code.WRONG_STATE}
    assert all("left public" in refused.sentence and refused.facts["person"] for refused in lost)
    counted = await desk.rows("SELECT item_id, count(*) AS n FROM decision GROUP BY item_id HAVING n <> 1")
    assert counted == []
    await desk.sound()


async def test_another_session_of_the_same_person_does_not_have_it(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    again = await desk.person("rita")
    assert (await desk.refused(work.leave, again, item_id, asks.Leave(1))).code is Code.TAKEN


async def test_take_over_needs_a_reason_and_a_dead_lease_or_a_lead(desk: Desk, officer: Actor, lead: Actor) -> None:
    other = await desk.person("babul")
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    assert (await desk.refused(work.take_over, other, item_id, asks.TakeOver("mine now"))).code is Code.TAKEN
    assert (await desk.refused(work.take_over, lead, item_id, asks.TakeOver(" "))).code is Code.BAD
    await desk.house.write(work.take_over, lead, item_id, asks.TakeOver("shift end"))
    lease = (await desk.item(item_id)).lease
    assert lease is not None
    assert lease.person_id == lead.person.id
    desk.clock.pass_(desk.house.config.times.lease + 1)
    await desk.house.write(work.take_over, other, item_id, asks.TakeOver("lapsed"))
    await desk.sound()


async def test_hold_outlives_the_lease_and_has_an_end(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    await desk.house.write(work.hold, officer, item_id, asks.Hold(120, "on the phone with the district"))
    desk.clock.pass_(1700)
    await desk.house.write(clocks.tick)
    refused = await desk.refused(work.claim, other, item_id, NOTHING)
    assert refused.code is Code.TAKEN
    assert "on the phone" in refused.sentence
    desk.clock.pass_(200)  # 30 min is the most, whatever was asked
    await desk.house.write(clocks.tick)
    assert (await desk.item(item_id)).state is State.NEW
    await desk.sound()


@pytest.mark.req("B10")
async def test_snooze_keeps_the_clock_and_wakes(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    before = (await desk.item(item_id)).due_first
    until = desk.clock.now() + timedelta(hours=1)
    await desk.house.write(work.snooze, officer, item_id, asks.Snooze(until, "asked the district"))
    snoozed = await desk.item(item_id)
    assert (snoozed.state, snoozed.due_first) == (State.SNOOZED, before)
    desk.clock.pass_(3500)
    await desk.house.write(clocks.tick)
    assert (await desk.item(item_id)).state is State.SNOOZED
    desk.clock.pass_(200)
    await desk.house.write(clocks.tick)
    woken = await desk.item(item_id)
    assert (woken.state, woken.cause, woken.due_first) == (State.NEW, Cause.SNOOZE_OVER, before)
    await desk.sound()


async def test_an_urgent_item_cannot_be_snoozed(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment("I will kill you tonight, I know where you live.")
    assert (await desk.item(item_id)).lane is Lane.THREAT
    until = desk.clock.now() + timedelta(hours=1)
    assert (await desk.refused(work.snooze, officer, item_id, asks.Snooze(until))).code is Code.NOT_ALLOWED


async def test_its_author_writing_again_wakes_a_snoozed_item(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(remote_id="c1")
    until = desk.clock.now() + timedelta(hours=1)
    await desk.house.write(work.snooze, officer, item_id, asks.Snooze(until))
    await desk.comment("And still nobody answers?", parent_remote_id="c1")
    assert ((await desk.item(item_id)).state, (await desk.item(item_id)).cause) == (State.NEW, Cause.WROTE_AGAIN)


async def test_a_note_never_changes_the_state(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    before = await desk.item(item_id)
    await desk.house.write(work.note, officer, item_id, asks.Note("called the \x1b[2Jdistrict"))
    assert await desk.item(item_id) == before
    detail = await desk.detail(officer, item_id)
    assert "called the" in detail.notes[0].text
    assert "\x1b" not in detail.notes[0].text
    await desk.sound()


async def test_revealing_is_counted_for_that_person_alone(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    before = await desk.kinds()
    await desk.house.write(work.reveal, officer, item_id, NOTHING)
    done = await desk.house.write(work.reveal, officer, item_id, NOTHING)
    assert "2 today" in done.sentence
    assert "1 today" in (await desk.house.write(work.reveal, other, item_id, NOTHING)).sentence
    assert await desk.kinds() == before


async def test_the_first_look_ends_the_urgent_call(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment("I will kill you tonight, I know where you live.")
    assert (await desk.house.read(status.status, officer)).urgent == (item_id,)
    await desk.house.write(work.open_item, officer, item_id)
    await desk.house.write(work.open_item, officer, item_id)
    assert (await desk.house.read(status.status, officer)).urgent == ()
    assert (await desk.detail(officer, item_id)).looking == ("rita",)
    assert (await desk.kinds()).count("open") == 1
    await desk.sound()


# Sessions


@pytest.mark.req("B1", "H10")
async def test_a_dropped_line_frees_at_once_and_offers_back_first(desk: Desk, officer: Actor, other: Actor) -> None:
    await desk.comment(ABUSE)
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    await desk.house.write(sessions.close_session, officer.session, "line dropped")
    freed = await desk.item(item_id)
    assert (freed.state, freed.cause, freed.lease) == (State.NEW, Cause.LINE_DROPPED, None)
    back = await desk.person("rita")
    assert await desk.house.read(sessions.resumed, back.person) == (item_id,)
    assert await desk.house.read(reading.next_for, back) == item_id
    assert await desk.house.read(sessions.resumed, other.person) == ()
    await desk.house.write(work.claim, other, item_id, NOTHING)
    assert await desk.house.read(sessions.resumed, back.person) == ()
    await desk.sound()


async def test_leaving_on_purpose_offers_nothing_back(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    await desk.house.write(sessions.close_session, officer.session, sessions.LEFT)
    assert (await desk.item(item_id)).cause is Cause.NONE
    assert await desk.house.read(sessions.resumed, officer.person) == ()


@pytest.mark.req("H10")
async def test_without_a_keystroke_the_lease_lapses(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    for _ in range(19):  # a living, idle line renews every 30 s, for ten minutes in all
        desk.clock.pass_(30)
        await desk.house.write(work.alive, officer, False)
        await desk.house.write(clocks.tick)
        assert (await desk.item(item_id)).state is State.CLAIMED
    desk.clock.pass_(31)
    await desk.house.write(work.alive, officer, False)
    await desk.house.write(clocks.tick)
    assert (await desk.item(item_id)).state is State.NEW
    await desk.sound()


async def test_with_keystrokes_the_lease_lives(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    for _ in range(40):
        desk.clock.pass_(30)
        await desk.house.write(work.alive, officer, True)
        await desk.house.write(clocks.tick)
    assert (await desk.item(item_id)).state is State.CLAIMED


@pytest.mark.req("F11")
async def test_renewing_writes_no_event(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    before = await desk.kinds()
    desk.clock.pass_(30)
    await desk.house.write(work.alive, officer, True)
    lease = (await desk.item(item_id)).lease
    assert lease is not None
    assert lease.until == desk.clock.now() + timedelta(seconds=120)
    assert await desk.kinds() == before


async def test_a_token_opens_only_its_own_person_s_session(desk: Desk, officer: Actor, clock: FakeClock) -> None:
    person = officer.person
    session_id, token = await desk.house.write(sessions.open_session, person)
    other = await desk.person("babul")
    assert await desk.house.read(sessions.person_of, token) == (session_id, person.id)
    assert await desk.house.read(sessions.person_of, "x" + token[1:]) is None
    desk.house.presence.detach(session_id)  # what a restart of the service does to it
    assert await desk.house.write(sessions.resume, other.person, token) is None
    assert await desk.house.write(sessions.resume, person, token) == session_id
    assert await desk.house.write(sessions.resume, person, token) is None, "one stream for each session"
    desk.house.presence.detach(session_id)
    clock.pass_(desk.house.config.times.reattach + 1)
    assert await desk.house.write(sessions.resume, person, token) is None
    kept = await desk.rows("SELECT token_digest FROM session")
    assert token not in str(kept)


async def test_sessions_that_nobody_re_attached_are_closed(desk: Desk, officer: Actor, clock: FakeClock) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    desk.house.presence.detach(officer.session)
    clock.pass_(60)
    await desk.house.write(clocks.tick)
    assert (await desk.item(item_id)).state is State.CLAIMED
    clock.pass_(61)
    await desk.house.write(clocks.tick)
    assert (await desk.item(item_id)).state is State.NEW
    assert await desk.rows("SELECT id FROM session WHERE closed_at IS NULL") == []


# Limits and permissions


async def test_nobody_hoards(desk: Desk, officer: Actor) -> None:
    most = desk.house.config.limits.leases
    ids = [await desk.comment(f"{PLAIN} {n}") for n in range(most + 1)]
    for item_id in ids[:-1]:
        await desk.house.write(work.claim, officer, item_id, NOTHING)
    assert (await desk.refused(work.claim, officer, ids[-1], NOTHING)).code is Code.LIMITED
    await desk.house.write(work.release, officer, ids[0], NOTHING)
    await desk.house.write(work.claim, officer, ids[-1], NOTHING)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.RECORDS, Role.CUSTODIAN, Role.SPOC])
async def test_who_only_reads_decides_nothing(desk: Desk, role: Role) -> None:
    reader = await desk.person("reader", role)
    item_id = await desk.comment()
    assert (await desk.refused(work.claim, reader, item_id, NOTHING)).code is Code.NOT_ALLOWED
    assert (await desk.refused(work.leave, reader, item_id, asks.Leave(1))).code is Code.NOT_ALLOWED
    assert (await desk.house.read(reading.queue_page, reader, View.ALL)).total == 1


async def test_without_a_session_nothing_is_claimed(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    nobody = Actor(officer.person)
    assert (await desk.refused(work.claim, nobody, item_id, NOTHING)).code is Code.NO_SESSION


async def test_a_leaver_has_no_rights_and_a_returner_is_somebody_new(desk: Desk, officer: Actor, lead: Actor) -> None:
    await desk.house.write(people.leave, lead, officer.person.id)
    uid, name = officer.person.uid, officer.person.name
    assert await desk.house.read(people.find, uid, name) is None
    ask = asks.NewPerson(name, frozenset({Role.MODERATOR}))
    await desk.house.write(people.add, lead, ask, uid)
    again = await desk.house.read(people.find, uid, name)
    assert again is not None
    assert (again.activation, again.id) == (2, again.id)
    assert again.id != officer.person.id
    assert await desk.house.read(people.find, uid, "somebody-else") is None
    await desk.sound()


async def test_the_first_lead_is_made_once(desk: Desk, officer: Actor) -> None:
    assert (await desk.refused(people.init_lead, "anil", 1234)).code is Code.WRONG_STATE


async def test_an_item_that_does_not_exist_is_a_sentence(desk: Desk, officer: Actor) -> None:
    refused = await desk.refused(work.claim, officer, 999, NOTHING)
    assert refused.code is Code.NOT_FOUND
    assert "999" in refused.sentence


async def test_lease_times_are_utc_and_exact(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    (row,) = await desk.rows("SELECT until FROM lease")
    assert moment(row["until"]) == desk.clock.now() + timedelta(seconds=120)
    assert await desk.house.read(lambda look: items.leases_of(look.conn, officer.session)) == [item_id]
