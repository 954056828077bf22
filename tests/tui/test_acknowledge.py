"""Decision keys count only for what this terminal has confirmed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from moderator.tui.acknowledge import Acknowledger

ITEM = ("row", 5, 1)
NEXT = ("row", 6, 1)


@dataclass
class Terminal:
    """A terminal that answers when the test lets it."""

    clock: float = 0.0
    written: list[str] = field(default_factory=list)
    drained: bool = True
    ack: Acknowledger = field(init=False)

    def __post_init__(self) -> None:
        self.ack = Acknowledger(self.written.append, lambda: self.clock, lambda: self.drained)

    def frame(self, *things: object) -> None:
        for thing in things:
            self.ack.drawn(thing)
        self.ack.painted()

    def answer(self, number: int = -1) -> None:
        row, column = re.search(r"\x1b\[(\d+);(\d+)H", self.written[number]).groups()  # type: ignore[union-attr]
        self.ack.answered(int(row), int(column))

    def key(self) -> None:
        self.ack.key()


@pytest.mark.req("H9")
def test_a_thing_counts_once_it_was_painted_and_answered() -> None:
    terminal = Terminal()
    terminal.ack.drawn(ITEM)
    assert not terminal.ack.seen(ITEM)
    terminal.ack.painted()
    assert not terminal.ack.seen(ITEM)
    terminal.answer()
    assert terminal.ack.seen(ITEM)
    assert not terminal.ack.seen(NEXT)


@pytest.mark.req("H9")
def test_a_stalled_line_decides_nothing_however_long_it_lasts() -> None:
    terminal = Terminal()
    terminal.frame(ITEM)
    terminal.answer()
    terminal.ack.expect(NEXT)
    terminal.frame(NEXT)
    for _ in range(50):
        terminal.clock += 1
        terminal.key()
        assert not terminal.ack.seen(NEXT)
    terminal.answer()
    assert terminal.ack.seen(NEXT)


@pytest.mark.req("H9")
def test_an_old_answer_confirms_no_newer_frame() -> None:
    terminal = Terminal()
    terminal.frame(ITEM)
    terminal.frame(NEXT)
    terminal.answer(0)
    assert (terminal.ack.seen(ITEM), terminal.ack.seen(NEXT)) == (True, False)
    terminal.answer(1)
    assert terminal.ack.seen(NEXT)


def test_what_the_desk_puts_there_has_to_be_confirmed_anew() -> None:
    terminal = Terminal()
    terminal.frame(ITEM, NEXT)
    terminal.answer()
    assert terminal.ack.seen(NEXT)
    terminal.ack.expect(NEXT)
    assert not terminal.ack.seen(NEXT)


def test_an_answer_that_was_on_its_way_does_not_confirm_what_is_expected_anew() -> None:
    terminal = Terminal()
    terminal.frame(NEXT)
    terminal.ack.expect(NEXT)
    terminal.answer()
    assert not terminal.ack.seen(NEXT)


@pytest.mark.parametrize(("row", "column"), [(1, 2), (2, 70), (24, 1)])
def test_function_keys_and_foreign_reports_confirm_nothing(row: int, column: int) -> None:
    terminal = Terminal()
    terminal.frame(ITEM)
    terminal.ack.answered(row, column)
    assert not terminal.ack.seen(ITEM)


@pytest.mark.req("H9")
@pytest.mark.parametrize(("drained", "pause", "counts"), [(True, 0.2, True), (True, 0.05, False), (False, 0.2, False)])
def test_a_mute_terminal_needs_paint_and_quiet(drained: bool, pause: float, counts: bool) -> None:
    terminal = Terminal(drained=drained)
    terminal.frame(ITEM)
    terminal.clock = 2.0
    terminal.frame(NEXT)
    terminal.clock += pause
    terminal.key()
    assert terminal.ack.seen(NEXT) is counts


@pytest.mark.req("H9")
def test_keys_poured_into_a_mute_terminal_decide_once_at_most() -> None:
    terminal = Terminal()
    terminal.frame(ITEM)
    terminal.clock = 5.0
    decided = 0
    for number in range(10):
        terminal.clock += 0.03
        terminal.key()
        decided += terminal.ack.seen(("row", 5 + number, 1))
        terminal.frame(("row", 6 + number, 1))
    assert decided == 1


def test_nothing_new_asks_nothing() -> None:
    terminal = Terminal()
    terminal.frame(ITEM)
    terminal.answer()
    terminal.frame(ITEM)
    assert len(terminal.written) == 1


def test_without_the_check_poured_keys_would_count() -> None:
    """The control: were a painted thing taken as seen, the stalled line of the test above would decide."""

    class Trusting(Acknowledger):
        def seen(self, thing: object) -> bool:
            return thing in self._painted_at or thing in self._seen

    terminal = Terminal()
    terminal.ack = Trusting(terminal.written.append, lambda: terminal.clock)
    terminal.frame(ITEM)
    assert terminal.ack.seen(ITEM)
