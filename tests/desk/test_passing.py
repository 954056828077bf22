"""Passing on: by name, by language; and what nobody could read is not hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moderator.desk import glossing, passing, reading, work
from moderator.domain import asks
from moderator.domain.errors import Code
from moderator.domain.item import State
from moderator.domain.person import Actor, Role
from moderator.store import people
from tests.desk.conftest import ABUSE, Desk

BODO = "आं नोंथां गोदाव खामानि मावओ बोला नो"
NOTHING = asks.Nothing()


async def reads(desk: Desk, actor: Actor, *languages: str) -> Actor:
    """Put the languages that somebody reads on the roster."""

    def change(room: Any) -> Actor:
        room.tx.change("person", actor.person.id, languages=" ".join(languages))
        room.tx.record("person.languages")
        person = people.get(room.conn, actor.person.id)
        assert person is not None
        return Actor(person, actor.session)

    return await desk.house.write(change)


def told(desk: Desk) -> list[tuple[str, Any]]:
    """Everything that commits announce from now on."""
    seen: list[tuple[str, Any]] = []
    desk.house.on_commit = lambda announced, head: seen.extend(announced)
    return seen


# --- by name


async def test_an_item_is_given_to_a_colleague_on_duty(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    said = told(desk)
    done = await desk.house.write(passing.assign, officer, item_id, asks.Assign("babul", "knows the matter"))
    assert done.sentence == f"Item {item_id} is with babul now."
    item = await desk.item(item_id)
    assert item.state is State.CLAIMED
    assert item.lease is not None
    assert (item.lease.person_id, item.lease.session) == (other.person.id, other.session)
    assert ("notice_for", ("babul", f"rita gave you item {item_id}.")) in said
    assert (await desk.refused(work.leave, officer, item_id, asks.Leave(1))).code is Code.TAKEN
    await desk.house.write(work.leave, other, item_id, asks.Leave(1))
    await desk.sound()


async def test_it_goes_to_the_session_in_which_the_colleague_typed_last(
    desk: Desk, officer: Actor, other: Actor
) -> None:
    desk.clock.pass_(5)
    second = await desk.person("babul")
    desk.clock.pass_(5)
    desk.house.presence.key(other.session)
    item_id = await desk.comment()
    await desk.house.write(passing.assign, officer, item_id, asks.Assign("babul"))
    assert (await desk.item(item_id)).lease.session == other.session != second.session


@pytest.mark.parametrize(
    ("name", "code"),
    [("nobody", Code.NOT_FOUND), ("rita", Code.NOT_FOUND), ("", Code.NOT_FOUND), ("eve", Code.NOT_ALLOWED)],
)
async def test_only_to_somebody_on_duty_who_may_decide(
    desk: Desk, officer: Actor, other: Actor, name: str, code: Code
) -> None:
    await desk.person("eve", Role.AUDITOR)
    item_id = await desk.comment()
    refused = await desk.refused(passing.assign, officer, item_id, asks.Assign(name))
    assert refused.code is code
    if code is Code.NOT_FOUND:
        assert refused.cure == "On duty: babul, eve."
    assert (await desk.item(item_id)).state is State.NEW


async def test_what_another_holds_is_not_given_away(desk: Desk, officer: Actor, other: Actor, lead: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, other, item_id, NOTHING)
    assert (await desk.refused(passing.assign, officer, item_id, asks.Assign("anil"))).code is Code.TAKEN


async def test_nobody_gets_more_than_they_can_hold(desk: Desk, officer: Actor, other: Actor) -> None:
    for _ in range(desk.house.config.limits.leases):
        await desk.house.write(work.claim, other, await desk.comment(), NOTHING)
    refused = await desk.refused(passing.assign, officer, await desk.comment(), asks.Assign("babul"))
    assert refused.code is Code.LIMITED


# --- by language


@pytest.mark.req("H11")
async def test_what_an_officer_cannot_read_goes_to_a_reader_on_duty(desk: Desk, officer: Actor, other: Actor) -> None:
    reader = await reads(desk, other, "en", "brx")
    item_id = await desk.comment(BODO)
    said = told(desk)
    done = await desk.house.write(passing.cannot_read, officer, item_id, asks.CannotRead())
    assert done.sentence == f"Item {item_id} is with babul now, who reads Bodo."
    lease = (await desk.item(item_id)).lease
    assert lease is not None
    assert lease.person_id == reader.person.id
    assert ("notice_for", ("babul", f"rita cannot read item {item_id}: it is yours.")) in said
    assert (await desk.detail(reader, item_id)).reader_wanted == "brx"
    await desk.sound()


@pytest.mark.req("H11")
async def test_without_a_reader_it_waits_for_the_next_who_is(desk: Desk, officer: Actor, other: Actor) -> None:
    foreign, plain = await desk.comment(BODO), await desk.comment()
    await desk.house.write(work.claim, officer, foreign, NOTHING)
    due = (await desk.item(foreign)).due_first
    said = told(desk)
    done = await desk.house.write(passing.cannot_read, officer, foreign, asks.CannotRead())
    assert "Nobody on duty reads Bodo" in done.sentence
    item = await desk.item(foreign)
    assert (item.state, item.lease, item.due_first) == (State.NEW, None, due)
    assert [name for name, _ in said if name == "notice"] == ["notice"]
    # who does not read it is given something else; whoever reads it gets it first
    assert await desk.house.read(reading.next_for, other) == plain
    reader = await reads(desk, await desk.person("maina"), "brx")
    assert await desk.house.read(reading.next_for, reader) == foreign


@pytest.mark.req("H11")
async def test_an_urgent_item_is_passed_over_by_nobody(desk: Desk, officer: Actor, other: Actor) -> None:
    await desk.comment()
    urgent = await desk.comment("Water at roof, 4 of us trapped on Lanka road, please rescue us, help")
    await desk.house.write(passing.cannot_read, officer, urgent, asks.CannotRead("brx"))
    assert await desk.house.read(reading.next_for, other) == urgent


@pytest.mark.req("H11")
async def test_who_reads_it_by_the_roster_names_another_language(desk: Desk, officer: Actor) -> None:
    reader = await reads(desk, officer, "brx")
    item_id = await desk.comment(BODO)
    assert (await desk.refused(passing.cannot_read, reader, item_id, asks.CannotRead())).code is Code.BAD
    await desk.house.write(passing.cannot_read, reader, item_id, asks.CannotRead("und"))
    assert (await desk.detail(reader, item_id)).reader_wanted == "und"


@pytest.mark.req("H11")
async def test_what_nobody_could_read_is_hidden_only_after_a_gloss(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    hide = asks.Hide(1, "A1")
    await desk.house.write(passing.cannot_read, officer, item_id, asks.CannotRead("brx"))
    refused = await desk.refused(work.hide, officer, item_id, hide)
    assert refused.code is Code.NOT_ALLOWED
    assert "cannot be hidden unread" in refused.sentence
    assert "Bodo" in refused.cure
    assert (await desk.detail(officer, item_id)).needs_gloss
    assert (await desk.refused(glossing.gloss, officer, item_id, asks.Gloss("An insult."))).code is Code.NOT_ALLOWED
    reader = await reads(desk, other, "brx")
    await desk.house.write(glossing.gloss, reader, item_id, asks.Gloss("Calls the officer an idiot."))
    detail = await desk.detail(officer, item_id)
    assert [(one.person, one.text, one.language, one.version) for one in detail.glosses] == [
        ("babul", "Calls the officer an idiot.", "brx", 1)
    ]
    assert (detail.needs_gloss, detail.reader_wanted) == (False, "")
    await desk.house.write(work.hide, officer, item_id, hide)
    await desk.sound()


@pytest.mark.req("H11")
async def test_control_without_the_word_that_it_cannot_be_read_the_same_comment_is_hidden(
    desk: Desk, officer: Actor
) -> None:
    await desk.house.write(work.hide, officer, await desk.comment(ABUSE), asks.Hide(1, "A1"))


@pytest.mark.req("H11")
async def test_leaving_it_public_needs_no_reader(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(BODO)
    await desk.house.write(passing.cannot_read, officer, item_id, asks.CannotRead())
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))


@pytest.mark.req("H11")
async def test_a_gloss_speaks_of_the_version_that_it_was_made_for(desk: Desk, officer: Actor, other: Actor) -> None:
    reader = await reads(desk, other, "brx")
    item_id = await desk.comment(ABUSE, "c9")
    await desk.house.write(passing.cannot_read, officer, item_id, asks.CannotRead("brx"))
    await desk.house.write(glossing.gloss, reader, item_id, asks.Gloss("An insult."))
    await desk.comment(ABUSE + " Twice.", "c9")
    refused = await desk.refused(work.hide, reader, item_id, asks.Hide(2, "A1"))
    assert "cannot be hidden unread" in refused.sentence


@pytest.mark.req("H11")
async def test_the_words_of_a_gloss_stay_off_the_trail(desk: Desk, officer: Actor) -> None:
    reader = await reads(desk, officer, "brx")
    item_id = await desk.comment(BODO)
    await desk.house.write(glossing.gloss, reader, item_id, asks.Gloss("Asks for rice.", "brx"))
    bodies = json.dumps([row["body"] for row in await desk.rows("SELECT body FROM event")])
    assert "gloss" in bodies
    assert "rice" not in bodies


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
async def test_a_gloss_says_something_and_not_too_much(desk: Desk, officer: Actor, text: str) -> None:
    assert (await desk.refused(glossing.gloss, officer, await desk.comment(), asks.Gloss(text))).code is Code.BAD
