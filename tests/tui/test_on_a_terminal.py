"""The full screen on a real pseudo-terminal: signals, what it leaves behind, what a key costs, what can reach it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

pytestmark = pytest.mark.e2e
RUNNER = Path(__file__).with_name("run_scripted.py")
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile_text.jsonl"
QUESTION = re.compile(rb"\x1b\[(\d+);(\d+)H\x1b\[6n")


class Terminal:
    """Plays a terminal for one program: answers where the cursor is, keeps every byte."""

    def __init__(self, *arguments: str, runner: Path = RUNNER) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.program = subprocess.Popen(
            [sys.executable, str(runner), *arguments], stdin=self.slave, stdout=self.slave, stderr=self.slave,
            env=environment, start_new_session=True,
        )  # fmt: skip
        self.output = b""
        self.answering = True
        self._answered = 0

    def read(self, pattern: bytes, since: int = 0) -> bytes:
        """Read until this stands in the output; what came in since."""
        deadline = monotonic() + 30
        while not re.search(pattern, self.output[since:], re.DOTALL):
            left = deadline - monotonic()
            assert left > 0, f"{pattern!r} did not come: {self.output[-1500:]!r}"
            if select.select([self.master], [], [], min(left, 1))[0]:
                self.output += os.read(self.master, 65536)
                self._answer()
            assert self.program.poll() is None or select.select([self.master], [], [], 0)[0], self.output[-3000:]
        return self.output[since:]

    def _answer(self) -> None:
        if not self.answering:
            return
        if self._answered == 0 and (probe := self.output.find(b"\xe0\xa6\xbe\x1b[6n")) >= 0:
            self._answered = probe + 7
            os.write(self.master, b"\x1b[1;3R")
        for found in QUESTION.finditer(self.output, self._answered):
            self._answered = found.end()
            os.write(self.master, b"\x1b[%s;%sR" % found.groups())

    def type(self, keys: bytes) -> int:
        """Take in what has come, then type; where in the output that was."""
        while select.select([self.master], [], [], 0)[0]:
            self.output += os.read(self.master, 65536)
            self._answer()
        os.write(self.master, keys)
        return len(self.output)

    def close(self) -> None:
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def opened() -> Iterator[Any]:
    terminals: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        terminals.append(Terminal(*(arguments or ("40",))))
        terminals[-1].read(rb"a.{1,60}leave")
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


@pytest.mark.req("B1")
@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_the_draft_and_leaves_the_terminal_clean(opened: Any, name: signal.Signals) -> None:
    terminal = opened()
    terminal.read(QUESTION.pattern)
    terminal.type(b"r")
    terminal.read(rb"Esc.{1,60}preview")
    terminal.read("✓ length".encode())
    since = terminal.type("উত্তৰ".encode())
    terminal.read("ৰ".encode(), since)
    terminal.program.send_signal(name)
    ended = terminal.read("ended 0 closed True drafts .1: 'উত্তৰ'".encode())
    terminal.program.wait(10)
    assert ended.count(b"\x1b[?1049h") == 1
    assert ended.rfind(b"\x1b[?1049l") > ended.rfind(b"\x1b[?1049h")
    assert ended.rfind(b"\x1b[?25h") > ended.rfind(b"\x1b[?25l")
    assert termios.tcgetattr(terminal.slave) == terminal.before


def test_the_first_page_stands_before_the_full_screen_is_up(opened: Any) -> None:
    terminal = opened()
    early = terminal.output.find(b"Water at roof")
    assert 0 < early < terminal.output.find(b"\x1b[?2004h")


@pytest.mark.req("B15")
def test_a_key_costs_little_on_the_wire(opened: Any) -> None:
    terminal = opened()
    terminal.read(b"all platforms up")
    for _ in range(4):
        terminal.read("▌".encode(), terminal.type(b"j"))
    for _ in range(5):
        since = terminal.type(b"j")
        sent = terminal.read("▌".encode(), since)
        assert len(sent) <= 600


@pytest.mark.req("H9")
@pytest.mark.parametrize("answering", [True, False], ids=["answering", "stalled"])
def test_a_terminal_that_stops_answering_decides_nothing_more(opened: Any, answering: bool) -> None:
    """With the answers (the control) every `a` counts; once they stop, only what was confirmed before."""
    terminal = opened()
    terminal.read(QUESTION.pattern)
    terminal.read(b"all platforms up")
    for number in range(4):
        terminal.answering = answering or number == 0
        since = terminal.type(b"a")
        shown = "▌".encode() + b".*\x1b\\[6n"
        terminal.read(shown if answering or number == 0 else b"Not yet|\x1b", since)
    since = terminal.type(b"\x11")
    ended = terminal.read(rb"left \[[^\]]*\]", since)
    left = re.search(rb"left \[([^\]]*)\]", ended)
    assert left is not None
    assert len(left[1].split(b",")) == (4 if answering else 2)


@pytest.mark.req("Z22")
@pytest.mark.skipif(not CORPUS.exists(), reason="the hostile-text corpus is not beside this repository")
def test_hostile_bytes_never_leave_the_program(opened: Any) -> None:
    terminal = opened("40", str(CORPUS))
    for key in (b"\x04", b"\x04", b"g", b"\r"):
        since = terminal.type(key)
        terminal.read(b"\x1b\\[", since)
    since = terminal.type(b"\x11")
    terminal.read(b"ended 0", since)
    entries = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    forbidden = {code for entry in entries for code in entry["must_not_reach_terminal"]} - {"0a"}
    assert [code for code in forbidden if bytes.fromhex(code) in terminal.output] == []
