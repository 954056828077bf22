"""The composer: nothing typed is lost, nothing unseen is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moderator.domain import asks
from moderator.domain.conduct import Mark, Weight
from moderator.domain.errors import Code, Refused

Open = Callable[..., Any]
ASSAMESE = "আপোনাৰ অসুবিধাৰ বাবে দুঃখিত।"


async def compose(story: Any, *keys: str) -> None:
    await story.press("down", "down")
    await story.decide("reply")
    await story.shows("Esc preview")
    await story.until(lambda: story.app.screen.ready, "ready to type")
    await story.press(*keys)


async def send(story: Any) -> None:
    await story.press("escape")
    await story.shows("Goes out as follows")
    await story.confirmed()
    await story.press("send")


@pytest.mark.req("B1")
async def test_a_draft_is_saved_as_the_typing_rests(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, *"Soon", "left", "left")
        await story.until(lambda: 3 in desk.drafts, "saved")
        await story.until(lambda: desk.drafts[3].text == "Soon", "saved whole")
        await story.shows("saved ")


@pytest.mark.req("B1")
async def test_a_draft_comes_back_with_its_caret(open_desk: Open, desk: Any) -> None:
    desk.drafts[3] = asks.SaveDraft(ASSAMESE + "\nsecond", 5)
    async with open_desk() as story:
        await compose(story, "X")
        await story.until(lambda: story.app.screen.area.text.startswith("আপোনাX"), "typed at the caret")


@pytest.mark.req("B1")
async def test_ending_the_session_saves_what_is_being_typed_and_frees_the_leases(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story)
        story.app.screen.area.text = ASSAMESE
        story.app.leave()
        await story.until(desk.streams[0].closed.is_set, "the stream is closed")
        assert desk.drafts[3].text == ASSAMESE


async def test_sending_takes_the_text_of_the_preview(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, *"Soon")
        await send(story)
        await story.until(lambda: desk.done("reply"), "sent")
        assert desk.done("reply") == [("reply", 3, asks.Reply(1, "Soon"))]
        await story.shows("z undoes: reply fb dipr citizen 3, 20 s left")


@pytest.mark.req("H9")
async def test_what_the_preview_has_not_shown_is_not_sent(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, *"Soon", "escape")
        await story.shows("Goes out as follows")
        story.app.ack._answered = True
        await story.press("send")
        await story.shows("Not yet")
        assert desk.done("reply") == []


async def test_enter_in_the_text_is_a_new_line(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, *"a", "enter", *"d")
        assert story.app.screen.area.text == "a\nd"
        assert desk.done("reply") == []


@pytest.mark.req("H7", "B6")
async def test_conduct_is_marked_as_one_types_and_a_refusal_keeps_the_text(open_desk: Open, desk: Any) -> None:
    desk.marks = (
        Mark("length", Weight.SOFT, True, ""),
        Mark("matter", Weight.HARD, False, "“PIL 83/2026” is on the register."),
    )
    desk.refuse["reply"] = Refused(Code.CONDUCT, "The reply breaks a hard rule.", "Change it, or ask a second person.")
    async with open_desk() as story:
        await compose(story, *"PIL")
        await story.shows("✓ length", "✗ “PIL 83/2026” is on the register.")
        await story.press("escape")
        await story.shows("Does not go out so")
        assert "Goes out as follows" not in story.text()
        await story.confirmed()
        await story.press("send")
        await story.shows("Not done: The reply breaks a hard rule.")
        await story.press("to_text")
        assert story.app.screen.area.text == "PIL"


async def test_what_cannot_be_saved_is_said_and_saved_once_the_line_is_back(open_desk: Open, desk: Any) -> None:
    desk.refuse["save_draft"] = Refused(Code.DOWN, "The desk does not answer.", "")
    async with open_desk() as story:
        await compose(story, *"Soon")
        await story.shows("NOT saved: the text stands only here")
        del desk.refuse["save_draft"]
        desk.streams[-1].drop()
        await story.until(lambda: 3 in desk.drafts, "saved after the line came back")
        assert desk.drafts[3].text == "Soon"


async def test_keep_and_leave_keeps_and_d_drops(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, *"Soon", "escape", "escape")
        await story.until(lambda: story.app.screen.PLACE == "queue", "left")
        assert desk.drafts[3].text == "Soon"
        await story.decide("reply")
        await story.until(lambda: story.app.screen.ready, "ready")
        await story.press("escape", "d")
        await story.until(lambda: desk.done("drop_draft"), "dropped")
        assert 3 not in desk.drafts


@pytest.mark.req("H3")
async def test_the_helpline_answer_is_one_key_and_known_by_its_words(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, "f3")
        await send(story)
        await story.until(lambda: desk.done("reply"), "sent")
        assert desk.done("reply")[0][2].helpline
    desk.calls.clear()
    desk.drafts.clear()
    desk.add(3, "again", version=5)
    async with open_desk() as story:
        await compose(story, "f3", "x")
        await send(story)
        await story.until(lambda: desk.done("reply"), "sent")
        assert not desk.done("reply")[0][2].helpline


PERSONAL = Mark("personal_data", Weight.HARD, False, "“98640 12345” is a phone number.")
NAMELESS = Mark("identity", Weight.HARD, False, "You have no role on the roster.")


async def preview(story: Any, *keys: str) -> None:
    await compose(story, *keys)
    await story.press("escape")
    await story.confirmed()


@pytest.mark.req("G3", "G8")
async def test_a_second_person_is_asked_to_lift_a_hard_rule_with_a_reason(open_desk: Open, desk: Any) -> None:
    desk.marks = (PERSONAL,)
    async with open_desk() as story:
        await preview(story, *"Call")
        await story.shows("Does not go out so", "F4 asks a second person", "F4 ask a second person")
        await story.press("lift")
        await story.shows("Ask a second person", "To be lifted: “98640 12345” is a phone number.")
        await story.press("enter")
        await story.shows("Say why it must stand as it is")
        assert desk.done("reply") == []
        await story.press(*"he asked for it", "enter")
        await story.until(lambda: desk.done("reply"), "asked")
        assert desk.done("reply") == [("reply", 3, asks.Reply(1, "Call", lift="he asked for it"))]
        await story.until(lambda: story.app.screen.PLACE == "queue", "form and composer are gone")


@pytest.mark.req("G3", "H9")
async def test_what_the_preview_has_not_shown_is_not_asked_for_either(open_desk: Open, desk: Any) -> None:
    desk.marks = (PERSONAL,)
    async with open_desk() as story:
        await compose(story, *"Call", "escape")
        await story.shows("Does not go out so")
        story.app.ack._answered = True
        await story.press("lift")
        await story.shows("Not yet")
        assert story.app.screen.PLACE == "write"


@pytest.mark.req("G3")
@pytest.mark.parametrize(
    ("marks", "private", "words"),
    [
        ((), False, "Nothing has to be lifted"),
        ((NAMELESS,), False, "Nobody can lift what this text breaks"),
        ((PERSONAL, NAMELESS), False, "Nobody can lift what this text breaks"),
        ((PERSONAL,), True, "This private desk has nobody else"),
    ],
)
async def test_where_nothing_can_be_lifted_it_says_why(
    open_desk: Open, desk: Any, marks: tuple[Mark, ...], private: bool, words: str
) -> None:
    desk.marks, desk.private = marks, private
    async with open_desk() as story:
        await preview(story, *"Call")
        await story.press("lift")
        await story.shows(words)
        assert desk.done("reply") == []
        assert story.app.screen.PLACE == "write"


async def test_leaving_the_form_leaves_the_preview_as_it_was(open_desk: Open, desk: Any) -> None:
    desk.marks = (PERSONAL,)
    async with open_desk() as story:
        await preview(story, *"Call")
        await story.press("lift")
        await story.shows("Ask a second person")
        await story.press("escape")
        await story.shows("Does not go out so")
        assert desk.drafts[3].text == "Call"
        assert desk.done("reply") == []


@pytest.mark.req("H15", "B1")
async def test_a_dropped_draft_comes_back_and_what_was_typed_since_is_kept(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, *"Soon")
        assert "F5" not in story.text()
        await story.press("escape", "d")
        await story.until(lambda: desk.done("drop_draft"), "dropped")
        await story.until(lambda: story.app.screen.PLACE == "queue", "left")
        await story.decide("reply")
        await story.shows("F5 bring back")
        await story.until(lambda: story.app.screen.ready, "ready")
        await story.press(*"New", "f5")
        await story.until(lambda: story.app.screen.area.text == "Soon", "back")
        await story.press("f5")
        await story.until(lambda: story.app.screen.area.text == "New", "and the other one again")


async def test_where_nothing_was_dropped_bringing_back_says_so(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await compose(story, *"Soon", "f5")
        await story.shows("You dropped no draft on item 3.")
        assert story.app.screen.area.text == "Soon"
