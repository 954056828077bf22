"""Hide: two keys, the words it rests on, and criticism that stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.tui.marking import Marking

Open = Callable[..., Any]


@pytest.mark.req("B7", "H4")
async def test_two_keys_hide_on_a_clause(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down")
        await story.decide("hide")
        await story.press("1")
        await story.until(lambda: desk.done("hide"), "hidden")
        assert desk.done("hide") == [("hide", 2, asks.Hide(1, "A1", True))]
        await story.shows("z undoes: hide fb dipr citizen 2")


@pytest.mark.req("H4")
async def test_enter_takes_the_suggestion(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down")
        await story.decide("hide")
        await story.shows("1 A1 abusive language  suggested · “░░░░░░░░░░”", "(Enter: 1)")
        await story.press("enter")
        await story.until(lambda: desk.done("hide"), "hidden")
        assert desk.done("hide")[0][2].clause == "A1"


@pytest.mark.req("H20")
async def test_the_menu_is_honest_to_the_citizen(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down")
        await story.decide("hide")
        await story.shows("The author and friends still see it.", "will NOT be told", "appeal@desk.example")
        await story.shows("leaves in 15 s, z takes it back")


@pytest.mark.req("V4")
async def test_without_a_span_the_officer_marks_the_words(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down", "down")
        await story.decide("hide")
        await story.shows("more by typing")
        await story.press("6")
        await story.shows("S1 spam or scam: mark the words", "marked: –")
        assert desk.done("hide") == []
        await story.press("enter")
        assert desk.done("hide") == []
        await story.press("right", "v", "right", "v")
        await story.shows("marked: “number 4”")
        await story.press("enter")
        await story.until(lambda: desk.done("hide"), "hidden")
        ask = desk.done("hide")[0][2]
        assert desk.texts[4][ask.start : ask.end] == "number 4"


@pytest.mark.req("V4")
async def test_only_criticism_stays(open_desk: Open, desk: Any) -> None:
    desk.refuse["hide"] = Refused(Code.NOT_ALLOWED, "It is only criticism: it stays.", "")
    async with open_desk() as story:
        await story.decide("hide")
        await story.press("0")
        await story.shows("Not done: It is only criticism: it stays.", "due         finding")
        assert desk.done("hide")[0][2].only_criticism
        assert story.app.queue.loaded.cursor == 1


@pytest.mark.req("H3")
async def test_life_safety_is_never_a_ground(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.decide("hide")
        await story.shows("never hidden")
        await story.press("9")
        await story.shows("L1 is never a ground for hiding")
        assert desk.done("hide") == []


@pytest.mark.req("H4")
async def test_clauses_beyond_nine_are_found_by_typing(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down", "down")
        await story.decide("hide")
        await story.shows("more by typing")
        assert "M1" not in story.text()
        await story.press(*"false")
        await story.shows("typed: false▏", "M1 false claim")
        await story.press("enter")
        await story.shows("M1 false claim: mark the words")
        await story.press("escape", "escape", "escape")
        await story.shows("due         finding")


async def test_an_edit_since_the_reading_shows_the_difference_and_decides_nothing(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("hide")
        await story.shows("more by typing")
        desk.versions[3] = [desk.texts[3], "When will relief ever come to us?"]
        desk.add(3, "When will relief ever come to us?", comment_version=2, version=2)
        desk.refuse["hide"] = Refused(Code.CHANGED, "The comment was edited since you read it.", "Read it again.")
        await story.press("6", "v", "enter")
        await story.shows("Changed since you read it: version 1 → 2", "− come?", "+ ever come to us?")
        assert desk.rows_by_id[3].disposition == ""


async def test_a_refusal_stays_in_the_menu_with_its_cure(open_desk: Open, desk: Any) -> None:
    desk.refuse["hide"] = Refused(Code.TAKEN, "Item 2 is with another officer.", "C takes it over with a reason.")
    async with open_desk() as story:
        await story.press("down")
        await story.decide("hide")
        await story.press("1")
        await story.shows("Not done: Item 2 is with another officer. C takes it over")


def test_marking_goes_by_words_and_counts_code_points() -> None:
    text = "বানপানীৰ সাহায্য কেতিয়া"
    marking = Marking.of(text).move(1).press().move(9)
    assert marking.span is not None
    assert text[slice(*marking.span)] == "সাহায্য কেতিয়া"
    assert (marking.press().press().span == marking.words and None) or marking.press().press().start == 2


def test_marking_backwards_is_the_same_span() -> None:
    assert Marking.of("one two three").move(2).press().move(-1).span == (4, 13)


def test_a_text_without_words_has_nothing_to_mark() -> None:
    assert Marking.of("  ").move(3).press().span is None
