"""Words are marked by keyboard, as their readers see them; the cursor stays in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.domain.policy import Finding, Suggestion
from moderator.tui.citizen import lay_out
from moderator.tui.marking import Marking, line_beside

Open = Callable[..., Any]


@pytest.mark.req("V4", "B15")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("বানপানীৰ সাহায্য, কেতিয়া?", ["বানপানীৰ", "সাহায্য", "কেতিয়া"]),
        ("यह काम अच्छा है।", ["यह", "काम", "अच्छा", "है"]),
        ("“You idiot!” he said", ["You", "idiot", "he", "said"]),
        ("རྫོང་ཁ་སྐད།", ["རྫོང", "ཁ", "སྐད"]),
        ("go 🖕 !!! now", ["go", "🖕", "!!!", "now"]),
        ("ৰ\u200d্যাপ ok", ["ৰ\u200d্যাপ", "ok"]),
        ("don't e-mail", ["don't", "e-mail"]),
    ],
)
def test_words_are_what_their_readers_call_words(words: str, found: list[str]) -> None:
    assert [words[slice(*span)] for span in Marking.of(words).words] == found


@pytest.mark.req("V4")
@given(st.text(alphabet="ab ,।কিাৰ\n🖕", max_size=40), st.lists(st.integers(-9, 9), max_size=6))
def test_a_span_is_whole_words_of_the_text(words: str, moves: list[int]) -> None:
    marking = Marking.of(words).press()
    for by in moves:
        marking = marking.move(by)
    if marking.span is None:
        assert not words.strip()
        return
    start, end = marking.span
    assert 0 <= start < end <= len(words)
    assert start in {first for first, _ in marking.words}
    assert end in {last for _, last in marking.words}


@pytest.mark.req("V4")
def test_up_and_down_go_to_the_word_straight_above_and_below() -> None:
    words = "one two three four five six"
    origins = lay_out(words, 12).origins  # one two / three four / five six
    marking = Marking.of(words).move(1)
    marking = marking.to(line_beside(origins, marking.cursor[0], 1))
    assert words[slice(*marking.cursor)] == "three"
    marking = marking.to(line_beside(origins, marking.cursor[0], 1))
    assert words[slice(*marking.cursor)] == "five"
    assert line_beside(origins, marking.cursor[0], 1) == marking.cursor[0]
    assert line_beside(origins, 0, -1) == 0


@pytest.mark.req("V4")
async def test_a_long_text_follows_the_marking_cursor(open_desk: Open, desk: Any) -> None:
    desk.add(3, "\n".join(f"line {number} of it" for number in range(40)))
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("hide")
        await story.shows("more by typing")
        await story.press("6")
        await story.shows("mark the words")
        assert "line 39" not in story.text()
        await story.press("end", "v")
        await story.shows("line 39 of it", "marked: “it”")
        await story.press("up", "v", "enter")
        await story.until(lambda: desk.done("hide"), "hidden")
        ask = desk.done("hide")[0][2]
        assert desk.texts[3][ask.start : ask.end] == "it\nline 39 of it"


@pytest.mark.req("B13")
async def test_marked_words_stay_covered(open_desk: Open, desk: Any) -> None:
    desk.add(3, "Filthyword officer go")
    desk.findings[3] = (Finding("A1", "slur", 0, 10, 2, Suggestion.HIDE, mask=True),)
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.decide("hide")
        await story.press("6", "v", "right", "v")
        await story.shows("marked: “░░░░░░░░░░ officer”")
        assert "Filthyword" not in story.text()


@pytest.mark.req("H4")
async def test_a_slash_looks_for_a_clause_and_of_several_none_is_guessed(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down", "down")
        await story.decide("hide")
        await story.shows("/ more by typing")
        await story.press("slash", "a")
        await story.shows("typed: a▏")
        await story.press("enter")
        await story.shows("More than one clause matches, or none")
        assert desk.done("hide") == []
        await story.press("backspace", *"m1")
        await story.shows("typed: m1▏", "M1 false claim")
        await story.press("enter")
        await story.shows("M1 false claim: mark the words")
