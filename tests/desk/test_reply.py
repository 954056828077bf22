"""Replies and drafts: nothing leaves against the conduct code, nothing typed is lost."""

from __future__ import annotations

import dataclasses
import json

import pytest

from moderator.desk import reply, review, sessions, work
from moderator.domain import asks
from moderator.domain.comment import RemoteState
from moderator.domain.errors import Code
from moderator.domain.item import Cause, Disposition, State
from moderator.domain.person import Actor
from moderator.platforms.base import Capabilities
from tests.desk.conftest import ABUSE, PLAIN, Desk, remote

NOTHING = asks.Nothing()
TEXT = "We open at 10 tomorrow. We look forward to your visit."


async def drafts(desk: Desk, item_id: int) -> list[dict[str, object]]:
    return await desk.rows("SELECT * FROM draft WHERE item_id = ?", item_id)


@pytest.mark.req("G1", "G13", "G15")
async def test_a_reply_leaves_signed_and_exactly_once(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(TEXT, 4))
    done = await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT))
    assert (done.state, done.window_ms) == ("committing", 20_000)
    assert await drafts(desk, item_id) == [], "the draft has become the reply, in the same transaction"
    await desk.drain()
    ((_, parent, text, _),) = desk.platform.replies
    assert parent == "c1"
    assert text.startswith(TEXT)
    assert "Rita" in text
    assert "Junior Moderator" in text
    (row,) = await desk.rows("SELECT * FROM reply")
    (effect,) = await desk.effects(item_id)
    assert (row["text"], row["capacity"], effect["payload"], effect["remote_id"]) == (text, "official", text, "r1")
    assert (await desk.item(item_id)).disposition is Disposition.REPLIED
    await desk.sound()


@pytest.mark.req("G8", "G11", "G1", "B6")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Call Bipul at 98640 12345.",
        "We have your form, {name}.",
        "This is TOP SECRET.",
    ],
)
async def test_what_breaks_a_hard_rule_does_not_leave(desk: Desk, officer: Actor, text: str) -> None:
    item_id = await desk.comment()
    refused = await desk.refused(reply.reply, officer, item_id, asks.Reply(1, text))
    assert refused.code is Code.CONDUCT
    assert refused.facts["sentences"]
    await desk.drain()
    assert desk.platform.acts == []
    assert [row["text"] for row in await drafts(desk, item_id)] == ([text] if text else [])
    checked = await desk.house.read(reply.conduct, officer, asks.CheckConduct(item_id, text))
    assert checked.broken, "the check as one types says the same"


@pytest.mark.req("G1")
async def test_without_a_role_on_the_roster_nobody_sends(desk: Desk, officer: Actor) -> None:
    nameless = dataclasses.replace(officer, person=dataclasses.replace(officer.person, role_title=""))
    item_id = await desk.comment()
    refused = await desk.refused(reply.reply, nameless, item_id, asks.Reply(1, TEXT, lift="please"))
    assert refused.code is Code.CONDUCT, "nobody lifts a missing name"


@pytest.mark.req("G3", "G8")
async def test_a_hard_rule_is_lifted_by_a_second_person_only(desk: Desk, officer: Actor, lead: Actor) -> None:
    item_id = await desk.comment()
    ask = asks.Reply(1, "Call Bipul at 98640 12345.", lift="his own number, he asked us to publish it")
    done = await desk.house.write(reply.reply, officer, item_id, ask)
    assert done.state == "review"
    (proposed,) = (await desk.detail(lead, item_id)).decisions
    assert (proposed.proposed, proposed.reason) == (True, ask.lift), "the second person reads why"
    assert proposed.reply.startswith("Call Bipul at 98640 12345."), "and exactly what would go out"
    await desk.drain()
    assert desk.platform.replies == []
    await desk.house.write(review.approve, lead, item_id, NOTHING)
    await desk.drain(0)
    assert desk.platform.replies[0][2].startswith("Call Bipul at 98640 12345.")
    assert not (await desk.detail(lead, item_id)).decisions[0].proposed
    await desk.sound()


async def test_alone_no_rule_is_lifted(desk: Desk, officer: Actor) -> None:
    alone = dataclasses.replace(officer, alone=True)
    item_id = await desk.comment()
    ask = asks.Reply(1, "Call Bipul at 98640 12345.", lift="please")
    assert (await desk.refused(reply.reply, alone, item_id, ask)).code is Code.NEEDS_SECOND
    assert len(await drafts(desk, item_id)) == 1


async def test_a_proposal_sent_back_is_a_draft_again(desk: Desk, officer: Actor, lead: Actor) -> None:
    item_id = await desk.comment()
    text = "Call Bipul at 98640 12345."
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, text, lift="please"))
    await desk.house.write(review.send_back, lead, item_id, asks.Because("no numbers"))
    (draft,) = await drafts(desk, item_id)
    assert (draft["text"], draft["person_id"]) == (text, officer.person.id), "as typed, without the signature"


async def test_reply_and_hide_go_in_this_order(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    done = await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT, hide_clause="A1"))
    assert len(done.effects) == 2
    desk.clock.pass_(20)
    await desk.turn()
    assert [act.op.value for act in desk.platform.acts] == ["reply"]
    await desk.turn()
    assert [act.op.value for act in desk.platform.acts] == ["reply", "hide"]
    assert ((await desk.item(item_id)).state, (await desk.item(item_id)).disposition) == (
        State.RESOLVED,
        Disposition.HIDDEN_REPLIED,
    )
    assert desk.platform.comments["c1"].state is RemoteState.HIDDEN
    await desk.sound()


@pytest.mark.req("H3")
async def test_the_approved_helpline_reply_has_a_shorter_window(desk: Desk, officer: Actor) -> None:
    approved = desk.house.policy.helpline["en"]
    first, second = await desk.comment(), await desk.comment(PLAIN + "?")
    done = await desk.house.write(reply.reply, officer, first, asks.Reply(1, approved, helpline=True))
    assert done.window_ms == 5000
    done = await desk.house.write(reply.reply, officer, second, asks.Reply(1, TEXT, helpline=True))
    assert done.window_ms == 20_000, "only the approved words have it, whatever the client says"


@pytest.mark.req("F16", "B2")
async def test_the_loser_of_a_race_keeps_the_text(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    refused = await desk.refused(reply.reply, other, item_id, asks.Reply(1, TEXT))
    assert refused.code is Code.WRONG_STATE
    assert "rita" in refused.sentence
    (draft,) = await drafts(desk, item_id)
    assert (draft["text"], draft["why"], draft["person_id"]) == (TEXT, "lost the race", other.person.id)


@pytest.mark.req("F18")
async def test_an_edit_while_typing_keeps_the_text(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.take_in(remote(PLAIN + " And where?", "c1"))
    assert (await desk.refused(reply.reply, officer, item_id, asks.Reply(1, TEXT))).code is Code.CHANGED
    assert [row["text"] for row in await drafts(desk, item_id)] == [TEXT]


async def test_undo_gives_the_text_back(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT, disclaimer=True))
    await desk.house.write(work.undo, officer, item_id, NOTHING)
    assert [row["text"] for row in await drafts(desk, item_id)] == [TEXT]
    await desk.drain(100)
    assert desk.platform.replies == []
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT))
    await desk.drain()
    assert len(desk.platform.replies) == 1
    await desk.sound()


@pytest.mark.req("B1", "F6")
async def test_a_draft_survives_its_line_and_others_see_it(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    text = "বানপানীৰ সাহায্য " * 20
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(text, 7))
    await desk.house.write(sessions.close_session, officer.session, "line dropped")
    (seen,) = (await desk.detail(other, item_id)).drafts
    assert (seen.person, seen.mine, seen.why) == ("rita", False, "line dropped")
    back = await desk.person("rita")
    (mine,) = (await desk.detail(back, item_id)).drafts
    assert (mine.text, mine.caret, mine.mine) == (text, 7, True)


@pytest.mark.req("H15")
async def test_a_dropped_draft_can_be_brought_back(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(TEXT))
    assert not (await desk.detail(officer, item_id)).dropped_draft
    await desk.house.write(reply.drop_draft, officer, item_id, NOTHING)
    seen = await desk.detail(officer, item_id)
    assert (seen.drafts, seen.dropped_draft) == ((), True)
    assert not (await desk.detail(other, item_id)).dropped_draft, "it is the officer's own"
    await desk.house.write(reply.restore_draft, officer, item_id, NOTHING)
    seen = await desk.detail(officer, item_id)
    assert (seen.drafts[0].text, seen.dropped_draft) == (TEXT, False)
    refused = await desk.refused(reply.restore_draft, officer, item_id, NOTHING)
    assert refused.code is Code.NOT_FOUND


@pytest.mark.req("H15", "B1")
async def test_no_dropped_draft_is_lost_by_typing_anew_dropping_again_or_sending(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    for text in ("first", "second"):
        await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(text))
        await desk.house.write(reply.drop_draft, officer, item_id, NOTHING)
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft("third"))
    seen = []
    for _ in range(4):
        await desk.house.write(reply.restore_draft, officer, item_id, NOTHING)
        seen.append((await desk.detail(officer, item_id)).drafts[0].text)
    assert seen == ["second", "first", "third", "second"], "bringing back goes through all of them"
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT))
    assert sorted(str(row["text"]) for row in await drafts(desk, item_id)) == ["first", "third"]


async def test_an_emptied_text_is_no_draft_to_go_through(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(TEXT))
    await desk.house.write(reply.drop_draft, officer, item_id, NOTHING)
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(" "))
    await desk.house.write(reply.restore_draft, officer, item_id, NOTHING)
    assert [row["text"] for row in await drafts(desk, item_id)] == [TEXT]


async def test_saving_a_draft_writes_no_event(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    before = await desk.kinds()
    for n in range(5):
        await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(TEXT[:n]))
    assert await desk.kinds() == before


@pytest.mark.req("F14")
async def test_hostile_drafts_are_kept_and_shown_harmless(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    text = "a\ud800b\0c\x1b]52;c;x\x07"
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(text))
    (seen,) = (await desk.detail(other, item_id)).drafts
    assert "\x1b" not in seen.text
    assert "\0" not in seen.text
    assert (await desk.refused(reply.reply, officer, item_id, asks.Reply(1, text))).code is Code.BAD


async def test_too_long_a_text_is_a_sentence(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    refused = await desk.refused(reply.save_draft, officer, item_id, asks.SaveDraft("x" * 20_001))
    assert refused.code is Code.BAD


async def test_a_platform_that_takes_no_reply_says_so(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    desk.platform.capabilities = Capabilities(hide=True)
    refused = await desk.refused(reply.reply, officer, item_id, asks.Reply(1, TEXT))
    assert refused.code is Code.NOT_ALLOWED


@pytest.mark.req("G9")
async def test_the_platform_s_limit_is_hard(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment()
    desk.platform.capabilities = dataclasses.replace(desk.platform.capabilities, reply_limit=60)
    refused = await desk.refused(reply.reply, officer, item_id, asks.Reply(1, TEXT, lift="please"))
    assert refused.code is Code.CONDUCT
    assert "length" in json.dumps(refused.facts)


async def test_hiding_with_a_reply_keeps_the_grounds_of_a_hide(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(PLAIN)
    refused = await desk.refused(reply.reply, officer, item_id, asks.Reply(1, TEXT, hide_clause="A1"))
    assert refused.code is Code.BAD, "nothing was found under A1, nothing was marked"
    assert (await desk.item(item_id)).cause is Cause.NONE
