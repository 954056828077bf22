"""The frame as plain lines: what fits is said, what does not gives way in order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator import text
from moderator.domain import view
from moderator.domain.effect import EffectState
from moderator.tui import frame, paper
from moderator.tui.actions import Place
from moderator.tui.citizen import GUTTER, Mark, lay_out
from moderator.tui.itemcontext import word_changes
from moderator.tui.state import ANY_TIME, State


@pytest.fixture
def state(desk: Any) -> State:
    found = State(hello=desk.hello())
    found.learn(desk.status(), 100.0)
    return found


def width_of(line: paper.Line) -> int:
    return sum(text.cells(content) for content, _ in line)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_of_the_frame_is_wider_than_the_screen(state: State, held_effect: Any, width: int) -> None:
    state.urgent, state.fresh = (1, 2), 12
    state.tell("A very long sentence " * 20)
    state.remember(view.Done("ok", 5, window_ms=9000), "hide " + "w" * 300, 100.0)
    drawn = [frame.head(state, width), frame.views(state, view.View.NEW, width), *frame.banners(state, width),
             *frame.strip(state, width, 100.0), frame.keys(state, Place.QUEUE, width)]  # fmt: skip
    assert [width_of(line) for line in drawn if width_of(line) > width] == []
    assert "2 URGENT ( u )" in paper.plain(frame.strip(state, width, 100.0)[0])


def test_the_newest_open_window_is_what_z_takes_back(state: State) -> None:
    state.remember(view.Done("ok", 1, window_ms=ANY_TIME), "left public one", 100.0)
    state.remember(view.Done("ok", 2, window_ms=15000), "hide two", 101.0)
    target = state.undo_target(102.0)
    assert target is not None
    assert (target.item_id, "14 s left" in paper.plain(frame.strip(state, 100, 102.0)[0])) == (2, True)
    later = state.undo_target(117.0)
    assert later is not None
    assert later.item_id == 1


def test_no_window_is_nothing_to_undo(state: State) -> None:
    state.remember(view.Done("ok", 1, window_ms=0), "noted", 100.0)
    assert state.undo_target(100.0) is None


def test_a_countdown_runs_only_while_something_is_held(state: State, held_effect: Any) -> None:
    assert not state.held(100.0)
    state.remember(view.Done("ok", 2, window_ms=15000), "hide two", 100.0)
    assert (state.held(101.0), state.held(116.0)) == (True, False)


def test_what_waits_for_a_person_is_told_before_what_runs(state: State, desk: Any, held_effect: Any) -> None:
    desk.effects_now = [held_effect(1, EffectState.SENDING, 0), held_effect(2, EffectState.PARKED, 0)]
    state.learn(desk.status(), 100.0)
    told = "".join(content for content, _ in frame.in_flight(state, 100.0, 79))
    assert "citizen 2: waits for a person ( f )" in told
    assert told.rstrip().endswith("+1")


def test_before_the_first_status_nothing_is_claimed() -> None:
    assert "connecting" in paper.plain(frame.head(State(), 80))


@given(st.text(max_size=120), st.integers(12, 60))
def test_every_line_of_a_citizens_text_has_the_gutter_and_fits(words: str, width: int) -> None:
    clean = text.clean(words).text
    layout = lay_out(clean, width, (Mark(0, 3, "found"),), ((1, 2),))
    assert all(line[0][0].startswith(GUTTER) for line in layout.lines)
    assert all(width_of(line) <= width for line in layout.lines)


@given(st.lists(st.tuples(st.text(max_size=12), st.just("text")), max_size=6), st.integers(0, 40))
def test_fit_never_exceeds_its_width(pieces: list[tuple[str, str]], width: int) -> None:
    clean = tuple((text.one_line(content), role) for content, role in pieces)
    assert width_of(paper.fit(clean, width)) <= width


def test_the_difference_is_said_in_words() -> None:
    old, new = ["the", "old", "road", "is", "bad"], ["the", "new", "road", "is", "very", "bad"]
    changes = [(sign, words) for sign, words, _ in word_changes((old, old), (new, new))]
    assert changes == [("−", "old"), ("+", "new"), ("+", "very")]
