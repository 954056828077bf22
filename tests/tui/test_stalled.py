"""A line that stalls: keys and leases go on, drawing waits, and what comes afterwards is the screen as it then is."""

from __future__ import annotations

import os
import re
import select
import signal
import termios
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pyte
import pytest

from tests.e2e.screen import FOREIGN
from tests.tui.test_on_a_terminal import Terminal

pytestmark = pytest.mark.e2e
RUNNER = Path(__file__).with_name("run_stalled.py")
KEYS = 2
"""Keys at a time, each of which scrolls the list by half a page."""
ROUNDS = 60
"""More frames than the kernel and a queue of thirty writes can hold."""
ONE_SCREEN = 24_000
"""Bytes that may come once the line takes something again: what was on its way, and one screen of 80×24."""


class Line(Terminal):
    """A terminal that is read only when the test says so."""

    def __init__(self, heard: Path, how: str) -> None:
        self.heard = heard
        heard.touch()
        super().__init__(str(heard), how, runner=RUNNER)

    def keys_heard(self) -> int:
        """How often the desk has heard of a key."""
        return self.heard.stat().st_size

    def hears(self, more_than: int, seconds: float) -> bool:
        """Whether the desk hears of a further key in time; nothing is read meanwhile."""
        deadline = monotonic() + seconds
        while self.keys_heard() <= more_than and monotonic() < deadline:
            select.select([], [], [], 0.02)
        return self.keys_heard() > more_than

    def comes_to_rest(self) -> str:
        """Read until nothing has come for a second; what stands on the screen then."""
        while select.select([self.master], [], [], 1.0)[0]:
            self.output += os.read(self.master, 65536)
            self._answer()
        screen = pyte.Screen(80, 24)
        plain = re.sub(FOREIGN.pattern.encode(), b"", self.output)
        pyte.ByteStream(screen).feed(plain)
        return "\n".join(screen.display)

    def stall(self, seconds: float) -> list[bool]:
        """Read nothing, and type on; whether the desk heard of each round of keys."""
        heard = []
        for _ in range(ROUNDS):
            before = self.keys_heard()
            os.write(self.master, b"\x04" * KEYS)
            heard.append(self.hears(before, seconds))
            if not heard[-1]:
                break
        return heard


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Any]:
    opened: list[Line] = []

    def start(how: str) -> Line:
        opened.append(Line(tmp_path / "heard", how))
        opened[-1].read(rb"a.{1,60}leave")
        opened[-1].read(b"all platforms up")
        opened[-1].read("▌".encode(), opened[-1].type(b"j"))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.mark.req("B15", "F25")
def test_keys_are_handled_and_at_most_one_screen_comes_afterwards(line: Any) -> None:
    terminal = line("ours")
    assert terminal.stall(20) == [True] * ROUNDS
    since = len(terminal.output)
    shown = [int(number) for number in re.findall(r"Comment number (\d+)", terminal.comes_to_rest())]
    assert max(shown, default=0) > ROUNDS * KEYS * 3, "the screen is where the keys led"
    assert len(terminal.output) - since < ONE_SCREEN
    terminal.read(b"1049l", terminal.type(b"\x11"))


def test_control_the_librarys_own_way_of_writing_stops_with_the_line(line: Any) -> None:
    assert not all(line("stock").stall(3))


@pytest.mark.req("B1")
def test_a_session_ends_on_a_line_that_stalls(line: Any) -> None:
    """The program does not wait for the line; the last words stand there for when it takes something again."""
    terminal = line("ours")
    terminal.stall(20)
    terminal.program.send_signal(signal.SIGTERM)
    terminal.program.wait(15)
    assert terminal.program.returncode == 0
    assert termios.tcgetattr(terminal.slave) == terminal.before
    left = b""
    while select.select([terminal.master], [], [], 0.2)[0]:
        left += os.read(terminal.master, 65536)
    assert re.search(rb"\x1b\[\?1049l.*\x1b\[\?25h", left, re.DOTALL)
