"""What is sent of a frame: only what the terminal does not show already, and always enough."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from moderator import text
from moderator.tui.changes import Changed, Shown
from tests.e2e import screen as _emulator  # noqa: F401 -- gives the emulator the widths that terminals have

WIDTH, HEIGHT = 24, 4
CONSOLE = Console(color_system="256", force_terminal=True, width=WIDTH)


def styles() -> tuple[Style, ...]:
    """The looks of these tests, made anew: a style remembers the codes of the first terminal that it was drawn on."""
    return tuple(
        Style(color=colour, bgcolor=back, bold=bold, reverse=reverse)
        for colour, back, bold, reverse in (
            ("#d6d9dc", "#14171a", False, False), ("#8d959d", "#14171a", False, False),
            ("#f5f7f8", "#2c4257", True, False), (None, None, False, True), (None, None, False, False),
        )
    )  # fmt: skip


STYLES = styles()
LETTERS = ("a", "b", " ", " ", "7", "─", "ক", "কা", "হ", "中", "é", "░", "▌")

Row = list[tuple[str, int]]
"""(characters, number of their style) from left to right."""


def strip_of(row: Row, looks: tuple[Style, ...]) -> Strip:
    """A row as the compositor gives it, exactly as wide as the screen."""
    segments = [Segment(words, looks[style]) for words, style in row]
    room = WIDTH - sum(text.cells(words) for words, _ in row)
    return Strip([*segments, Segment(" " * room, looks[0])])


def frame(rows: Sequence[Row], looks: tuple[Style, ...] = STYLES) -> LayoutUpdate:
    return LayoutUpdate([[strip_of(row, looks)] for row in rows], Region(0, 0, WIDTH, HEIGHT))


def cells(terminal: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """Everything that an eye can tell apart."""
    return [[_seen(terminal.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    back = cell.fg if cell.reverse else cell.bg
    return (cell.data, back, cell.reverse) if cell.data == " " else tuple(cell)


def drawn(sequences: Sequence[str]) -> pyte.Screen:
    terminal = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(terminal)
    for one in sequences:
        stream.feed(one)
    return terminal


rows = st.lists(st.tuples(st.sampled_from(LETTERS), st.integers(0, len(STYLES) - 1)), max_size=WIDTH // 2)
frames = st.lists(st.lists(rows, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(frames)
def test_what_is_sent_leads_to_the_same_screen_as_sending_everything(shown_one_after_another: list[list[Row]]) -> None:
    shown = Shown()
    sent = [shown.compare(frame(one), CONSOLE).render_segments(CONSOLE) for one in shown_one_after_another]
    whole = frame(shown_one_after_another[-1]).render_segments(CONSOLE)
    assert cells(drawn(sent)) == cells(drawn([whole]))


def test_the_check_sees_a_change_that_was_not_sent() -> None:
    first, second = frame([[("a", 0)]] * HEIGHT), frame([[("b", 0)]] * HEIGHT)
    assert cells(drawn([first.render_segments(CONSOLE)])) != cells(drawn([second.render_segments(CONSOLE)]))


def test_the_same_frame_again_sends_nothing() -> None:
    shown, same = Shown(), [[("unchanged", 1)]] * HEIGHT
    assert shown.compare(frame(same), CONSOLE).render_segments(CONSOLE)
    assert shown.compare(frame(same), CONSOLE).render_segments(CONSOLE) == ""
    assert len(frame(same).render_segments(CONSOLE)) > WIDTH * HEIGHT  # the control: the library sends it all


def test_a_digit_that_moved_on_costs_a_few_bytes() -> None:
    shown = Shown()
    rest: list[Row] = [[("x", 0)]] * (HEIGHT - 1)
    shown.compare(frame([[("late 2 min", 1)], *rest]), CONSOLE)
    sent = shown.compare(frame([[("late 3 min", 1)], *rest]), CONSOLE).render_segments(CONSOLE)
    assert re.sub(r"\x1b\[[0-9;]*[mH]", "", sent) == "3"
    assert len(sent) < 40


def test_a_line_is_never_entered_behind_letters_of_doubtful_width() -> None:
    shown = Shown()
    rest: list[Row] = [[("x", 0)]] * (HEIGHT - 1)
    shown.compare(frame([[("ab কা 1", 0)], *rest]), CONSOLE)
    sent = shown.compare(frame([[("ab কা 2", 0)], *rest]), CONSOLE).render_segments(CONSOLE)
    assert sent.startswith("\x1b[1;4H")
    assert "কা 2" in sent
    sent = shown.compare(frame([[("aX কা 2", 0)], *rest]), CONSOLE).render_segments(CONSOLE)
    assert "কা" not in sent  # what stands before them can be reached


def test_what_somebody_else_drew_over_is_sent_again() -> None:
    shown, same = Shown(), [[("words", 0)]] * HEIGHT
    first = shown.compare(frame(same), CONSOLE).render_segments(CONSOLE)
    shown.forget()
    assert shown.compare(frame(same), CONSOLE).render_segments(CONSOLE) == first


def test_a_part_of_a_line_is_compared_where_it_stands() -> None:
    shown = Shown()
    shown.compare(frame([[("left side", 0), ("right", 1)]] * HEIGHT), CONSOLE)
    right = Strip([Segment("night", STYLES[1]), Segment(" " * (WIDTH - 14), STYLES[0])])
    update = ChopsUpdate([{0: None, 9: right}] * HEIGHT, [(2, 9, WIDTH)], [[9, WIDTH]] * HEIGHT)
    sent = shown.compare(update, CONSOLE)
    assert isinstance(sent, Changed)
    assert re.sub(r"\x1b\[[0-9;]*m", "", sent.sequence) == "\x1b[3;10Hn"


@pytest.mark.parametrize("colours", ["standard", "256", "truecolor"])
def test_every_depth_of_colour_is_kept(colours: str) -> None:
    console = Console(color_system=colours, force_terminal=True, width=WIDTH)  # type: ignore[arg-type]
    rows_: list[Row] = [[("bold", 2), ("plain", 4), ("dim", 1), ("back", 3)]] * HEIGHT
    sent = Shown().compare(frame(rows_), console).render_segments(console)
    whole = frame(rows_, styles()).render_segments(console)
    assert cells(drawn([sent])) == cells(drawn([whole]))
