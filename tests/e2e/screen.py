"""A terminal for one program, played by the test: a pseudo-terminal, its screen, and every byte that reached it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

import pyte
from wcwidth import wcwidth

T = TypeVar("T")


def _cells(char: str) -> int:
    """Spacing vowel signs take one cell, as in tmux and xterm; the emulator's own table says none."""
    return 1 if unicodedata.category(char) == "Mc" else wcwidth(char)


def _joins(char: str) -> bool:
    """Marks of every kind join their base; the emulator knows only those with a combining class."""
    return unicodedata.category(char) in ("Mn", "Me")


vars(pyte.screens)["wcwidth"] = _cells
vars(pyte.screens)["unicodedata"] = SimpleNamespace(combining=_joins, normalize=unicodedata.normalize)

PROBE = "\u0995\u09be".encode() + b"\x1b[6n"
"""The question that measures a spacing vowel sign; this terminal gives the sign a cell of its own."""
QUESTION = re.compile(rb"\x1b\[(?:(\d+);(\d+))?H\x1b\[6n")
FOREIGN = re.compile(r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
"""Keyboard protocols and mode questions, which the emulator would print."""
CLEAN_ENDINGS = (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l")
"""What a program must switch off where it has switched it on."""


class Terminal:
    """Reads all the time, as a terminal does, and answers where its cursor is."""

    def __init__(
        self,
        command: Sequence[str],
        env: dict[str, str],
        *,
        size: tuple[int, int] = (80, 24),
        term: str = "xterm-256color",
    ) -> None:
        self.columns, self.rows = size
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.screen = pyte.Screen(self.columns, self.rows)
        self._emulator = pyte.ByteStream(self.screen)
        self._held = b""
        self.output = bytearray()
        """Every byte that the program sent, in order."""
        self.ended = False
        self._looked_at = 0
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._wake = os.pipe()
        self.program = subprocess.Popen(
            list(command), stdin=self.slave, stdout=self.slave, stderr=self.slave,
            env={**env, "TERM": term, "LANG": "C.UTF-8"}, start_new_session=True, preexec_fn=_take_terminal,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    # what comes in

    def _read(self) -> None:
        while True:
            ready = select.select([self.master, self._wake[0]], [], [])[0]
            if self._wake[0] in ready:
                return
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            with self._changed:
                self._take(data)
                self._changed.notify_all()
            if not data:
                return

    def _take(self, data: bytes) -> None:
        self.ended = not data
        self.output += data
        self._draw(data)
        self._answer()

    def _draw(self, data: bytes) -> None:
        """Feed the emulator whole sequences only, without those that it would print."""
        data = self._held + data
        cut = len(data)
        escape = data.rfind(b"\x1b", max(0, len(data) - 64))
        if escape >= 0 and not re.match(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[^\[])", data[escape:]):
            cut = escape
        self._held = data[cut:]
        plain = re.sub(FOREIGN.pattern.encode(), b"", data[:cut])
        self._emulator.feed(plain)

    def _answer(self) -> None:
        """Answer each question in its turn, as a terminal answers: with the place that it names."""
        while (found := self.output.find(b"\x1b[6n", self._looked_at)) >= 0:
            self._looked_at = found + 4
            before = self.output[max(0, found - 16) : found + 4]
            asked = QUESTION.search(before)
            place = b"1;3" if before.endswith(PROBE) else b";".join(asked.groups(b"1")) if asked else b"1;1"
            os.write(self.master, b"\x1b[" + place + b"R")
        self._looked_at = max(self._looked_at, len(self.output) - 3)

    # what goes out

    def type(self, keys: str | bytes) -> int:
        """Type; where in the output that was."""
        with self._changed:
            since = len(self.output)
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)
        return since

    def signal(self, name: signal.Signals) -> None:
        """A signal to the program."""
        self.program.send_signal(name)

    def hang_up(self) -> None:
        """The line is gone: the master side closes."""
        self._stop_reading()
        os.close(self.master)
        self.master = -1

    # waiting

    def wait(self, what: Callable[[], T], why: str, seconds: float = 20.0) -> T:
        """The first true answer of `what`, asked again whenever something was drawn; fails after the deadline."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (found := what()):
                left = deadline - time.monotonic()
                assert left > 0, (
                    f"waited {seconds} s for {why}; the screen:\n{self.text()}\n{bytes(self.output[-800:])!r}"
                )
                assert not self.ended, (
                    f"the program ended ({self.program.poll()}) before {why}:\n{bytes(self.output[-2000:])!r}"
                )
                self._changed.wait(min(left, 0.5))
            return found

    def shows(self, *words: str, seconds: float = 20.0) -> str:
        """Wait until all of these stand on the screen; the screen then."""
        self.wait(lambda: self._stands(words), f"{words} on the screen", seconds)
        return self.text()

    def decide(self, key: str, *words: str) -> str:
        """Type a deciding key until it counts: a terminal has to have confirmed the item first. Then wait for these."""
        while True:
            since = self.type(key)
            self.wait(partial(self._decided, words, since), f"{words}")
            if not self._stands(words):
                self.settled(0.15)  # an older "Not yet" may have been drawn again while the key took effect
            if self._stands(words):
                return self.text()

    def _decided(self, words: Sequence[str], since: int) -> bool:
        return self._stands(words) or b"Not yet" in self.output[since:]

    def _stands(self, words: Sequence[str]) -> bool:
        shown = self.text()
        return all(word in shown for word in words)

    def lacks(self, *words: str, seconds: float = 20.0) -> str:
        """Wait until none of these stands on the screen."""
        self.wait(lambda: not any(word in self.text() for word in words), f"{words} gone", seconds)
        return self.text()

    def sends(self, pattern: bytes, since: int = 0, seconds: float = 20.0) -> bytes:
        """Wait until this stands in what has come since; all of it."""
        self.wait(lambda: re.search(pattern, self.output[since:], re.DOTALL), f"{pattern!r} in the output", seconds)
        with self._changed:
            return bytes(self.output[since:])

    def silent(self, seconds: float) -> bytes:
        """What comes within so many seconds from now: nothing, on a quiet desk."""
        with self._changed:
            since = len(self.output)
            self._changed.wait_for(lambda: len(self.output) > since, seconds)
            return bytes(self.output[since:])

    def settled(self, quiet: float = 0.35, seconds: float = 20.0) -> None:
        """Wait until nothing has been drawn for a moment."""
        deadline = time.monotonic() + seconds
        while self.silent(quiet):
            assert time.monotonic() < deadline, f"the screen never came to rest:\n{self.text()}"

    def finish(self, seconds: float = 15.0) -> int:
        """Wait for the program's end; its exit status."""
        return self.program.wait(seconds)

    # what is there

    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The screen's rows, without the blanks at their ends."""
        with self._changed:
            for number in self.screen.dirty if self._lines else range(self.rows):
                row = self.screen.buffer[number]
                drawn = "".join([row[column].data for column in range(self.columns)]).rstrip()
                self._lines[number : number + 1] = [drawn]
            self.screen.dirty.clear()
            return list(self._lines)

    def has(self, pattern: str) -> bool:
        """Whether some line of the screen holds this pattern."""
        return any(re.search(pattern, row) for row in self.lines())

    @property
    def sent(self) -> bytes:
        """Every byte so far."""
        with self._changed:
            return bytes(self.output)

    def attributes(self) -> list[Any]:
        """The terminal's settings now, as `before` holds them from before the program."""
        return termios.tcgetattr(self.slave)

    def _stop_reading(self) -> None:
        if self._reader.is_alive():
            os.write(self._wake[1], b"x")
            self._reader.join(5)

    def close(self) -> None:
        """End the program, if it still runs, and let go of the terminal."""
        if self.program.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait(10)
        self._stop_reading()
        for descriptor in (self.master, self.slave, *self._wake):
            if descriptor >= 0:
                os.close(descriptor)


def _take_terminal() -> None:
    """In the child: the pseudo-terminal becomes the controlling one, so that its end is heard as SIGHUP."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def left_clean(output: bytes) -> None:
    """What a program switched on it has switched off again, and the cursor shows."""
    for off in CLEAN_ENDINGS:
        on = off[:-1] + b"h"
        assert output.rfind(off) >= output.rfind(on), f"{on!r} was never switched off"
    assert b"\x1b[?1049h" in output, "the program never took the screen"
    assert output.rfind(b"\x1b[?25h") > output.rfind(b"\x1b[?25l"), "the cursor stays hidden"


@contextlib.contextmanager
def terminals() -> Iterator[Callable[..., Terminal]]:
    """Opens terminals, and ends whatever still runs in them."""
    opened: list[Terminal] = []

    def start(*args: Any, **kwargs: Any) -> Terminal:
        opened.append(Terminal(*args, **kwargs))
        return opened[-1]

    try:
        yield start
    finally:
        for one in opened:
            one.close()
