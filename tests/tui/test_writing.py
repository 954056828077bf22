"""The caret goes by what a reader calls characters, stands in the right cell, and nothing breaks inside a cluster."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import set_cell_size
from textual import events
from textual.document import _wrapped_document

from moderator import text
from moderator.tui import celllen, terminal, writing

Open = Callable[..., Any]
ASSAMESE = "বানপানীৰ সাহায্য কেতিয়া"
JOINED = "ক্\u200dষা শেষ"
LETTERS = st.text(alphabet="aé \nবপাীািে্ষক্ত\u200d\u200c।👍🏽🇮🇳❤️རྫོང་།कि", max_size=60)


@pytest.fixture(autouse=True)
def one_count() -> None:
    """As in a terminal that gives spacing vowel signs a cell."""
    text.use_wide_marks(True)
    terminal.match_widths(True)


@pytest.mark.req("B15")
@pytest.mark.parametrize(
    ("line", "at", "left", "right"),
    [
        ("বানপা", 5, 3, 5),  # over the consonant with its vowel sign
        ("ক্ষমা", 3, 0, 5),  # over the whole conjunct
        ("ক্ষমা", 0, 0, 3),
        ("ab", 1, 0, 2),
        ("👍🏽a", 2, 0, 3),
        ("", 0, 0, 0),
    ],
)
def test_left_and_right_step_over_whole_clusters(line: str, at: int, left: int, right: int) -> None:
    assert (writing.before(line, at), writing.after(line, at)) == (left, right)


@pytest.mark.req("B15")
@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("পা", "প"),  # the vowel sign goes, the consonant stays
        ("ক্ত", "ক্"),
        ("ক্", "ক"),
        ("ক্\u200d", "ক"),  # a joiner that nobody sees costs no key of its own
        ("a", ""),
        ("👍🏽", ""),
        ("🇮🇳", ""),
        ("e\u0301", "e"),
        ("", ""),
    ],
)
def test_backspace_takes_one_code_point_of_a_letter_and_the_whole_of_an_emoji(line: str, rest: str) -> None:
    assert line[: writing.rubbed(line, len(line))] == rest


@pytest.mark.req("B15")
@given(LETTERS, st.integers(0, 60))
def test_the_caret_never_stands_inside_a_cluster_and_always_moves(words: str, at: int) -> None:
    line = words.split("\n")[0]
    place = writing.snapped(line, min(at, len(line)))
    starts = {0, len(line)}
    for cluster in text.graphemes(line):
        starts.add(max(starts - {len(line)}) + len(cluster))
    assert place in starts
    assert writing.before(line, place) in starts
    assert writing.after(line, place) in starts
    assert place == 0 or writing.before(line, place) < place
    assert place == len(line) or writing.after(line, place) > place
    assert place == 0 or writing.rubbed(line, place) < place


@pytest.mark.req("B15")
def test_words_end_at_spaces_and_not_at_vowel_signs() -> None:
    assert [ASSAMESE[: writing.word_after(ASSAMESE, 0)], ASSAMESE[writing.word_before(ASSAMESE, 99) :]] == [
        "বানপানীৰ ", "কেতিয়া",
    ]  # fmt: skip


@pytest.mark.req("B15")
@given(LETTERS, st.integers(2, 20))
def test_a_line_breaks_between_clusters_and_fits(words: str, width: int) -> None:
    line = words.replace("\n", " ")
    breaks = writing.wrap_offsets(line, width)
    bounds = [0, *breaks, len(line)]
    assert sorted(set(bounds)) == bounds or not line
    assert all(writing.snapped(line, at) == at for at in breaks)
    for start, end in pairwise(bounds):
        part = line[start:end].rstrip(" ")
        drawn = [cluster for cluster in text.graphemes(part) if text.cells(cluster)]
        assert text.cells(part) <= width or len(drawn) == 1


@pytest.mark.req("B15")
def test_control_textuals_own_breaks_a_word_inside_a_cluster() -> None:
    from importlib import import_module

    word = "ক্ষা" * 12
    theirs = import_module("textual._wrap").compute_wrap_offsets(word, 7, tab_size=4)
    assert any(writing.snapped(word, at) != at for at in theirs)
    assert all(writing.snapped(word, at) == at for at in writing.wrap_offsets(word, 7))
    assert vars(_wrapped_document)["compute_wrap_offsets"] is writing.wrap_offsets


@pytest.mark.req("B15")
@given(LETTERS, st.integers(0, 40))
def test_rich_counts_and_cuts_as_we_do(words: str, total: int) -> None:
    line = words.replace("\n", "")
    assert text.cells(set_cell_size(line, total)) == total
    pieces, size = celllen.spans(line)
    assert size == text.cells(line)
    assert "".join(line[start:end] for start, end, _ in pieces) == line


@pytest.mark.req("B15")
def test_control_rich_as_shipped_passes_over_the_letter_behind_a_joiner() -> None:
    assert celllen.shipped(JOINED, "auto") < text.cells(JOINED)


@pytest.mark.req("B15")
@pytest.mark.parametrize("words", [ASSAMESE, JOINED, "👍🏽 ok", "हिन्दी में", "རྫོང་ཁ"])
async def test_the_caret_of_the_composer_stands_in_the_right_cell(open_desk: Open, desk: Any, words: str) -> None:
    async with open_desk() as story:
        await story.decide("reply")
        await story.until(lambda: getattr(story.app.screen, "ready", False), "ready")
        area = story.app.screen.area
        area.insert(words)
        start = area.content_region.x
        await story.until(lambda: area.cursor_screen_offset.x == start + text.cells(words), "the caret at the end")
        for cluster in reversed(text.graphemes(words)):
            words = words[: -len(cluster)]
            await story.pilot.press("left")
            await story.until(lambda: area.cursor_location == (0, len(words)), "one cluster to the left")  # noqa: B023
            assert area.cursor_screen_offset.x == start + text.cells(words)


@pytest.mark.req("B15")
async def test_keys_of_a_keyboard_write_and_rub_out_in_the_composer(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.decide("reply")
        await story.until(lambda: getattr(story.app.screen, "ready", False), "ready")
        area = story.app.screen.area
        for char in "কি":
            area.post_message(events.Key(char, char))
        await story.until(lambda: area.text == "কি", "typed")
        await story.pilot.press("backspace")
        await story.until(lambda: area.text == "ক", "the vowel sign is gone")
        await story.pilot.press("backspace")
        await story.until(lambda: area.text == "", "and the consonant")


@pytest.mark.req("B15")
async def test_the_caret_covers_the_whole_cluster(open_desk: Open, desk: Any) -> None:
    """A cluster is drawn in one piece, so that the terminal shapes it as one."""
    async with open_desk() as story:
        await story.decide("reply")
        await story.until(lambda: getattr(story.app.screen, "ready", False), "ready")
        area = story.app.screen.area
        area.insert("ক্ষমা")
        await story.pilot.press("home")
        await story.pilot.pause()
        pieces = [segment.text for segment in area.render_line(0)]
        assert any(piece.strip() == "ক্ষ" for piece in pieces)


@pytest.mark.req("X1")
async def test_what_is_pasted_is_cleaned(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.decide("reply")
        await story.until(lambda: getattr(story.app.screen, "ready", False), "ready")
        area = story.app.screen.area
        story.app.post_message(events.Paste("one\x1b[31m\u202etwo\r\nthree\t."))
        await story.until(lambda: "three" in area.text, "pasted")
        assert area.text == "one␛[31m⟪RLO⟫two\nthree    ."


@pytest.mark.req("X1")
async def test_what_is_pasted_into_a_field_stands_on_one_line(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("note")
        await story.shows("Colleagues see it")
        field = story.app.screen.query_one("#field-0", writing.LineInput)
        story.app.post_message(events.Paste("one\x07\nতিনি\ttwo"))
        await story.until(lambda: field.value == "one␇ তিনি two", "pasted")
        await story.pilot.press("left", "left", "left", "left", "backspace")
        await story.until(lambda: field.value == "one␇ তিন two", "a vowel sign less")
        await story.pilot.press("ctrl+w")
        await story.until(lambda: field.value == "one␇  two", "a word less")
