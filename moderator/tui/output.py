"""What goes to the terminal, and how much of it is still on its way.

Between this process and the officer's eyes lie a queue, the kernel's buffer, sshd, the network. A line that stalls
fills them all; the library's own writer then blocks the event loop, and with it keys, leases and the desk. Here nothing
ever waits: what is to be written is queued, and drawing is suspended while more than `WINDOW` characters are on their
way. What changes meanwhile stays marked as changed, and is drawn once, as it then is, when the terminal has caught up.

How far the terminal has come, it says itself: after every `STEP` characters it is asked where the cursor is. A terminal
that never answered anything is judged by what has left this process.
"""

from __future__ import annotations

import os
import select
import termios
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Protocol

WINDOW = 8192
"""Characters on their way above which nothing more is drawn: about two frames."""
STEP = 1024
"""Characters after which the terminal is asked how far it has come."""
PATIENCE = 20.0
"""Seconds after which an answer counts as lost; it doubles each time that none comes, up to `LONGEST_PATIENCE`."""
LONGEST_PATIENCE = 320.0
ROW = 3
"""The screen row that the questions use: the acknowledger's are on another, and row 1 looks like a function key."""
COLUMNS = 60
"""How many questions can be told apart while their answers are out."""
PIECE = 4096
"""Bytes written at once, at most."""
LOOK = 0.1
"""Seconds between two looks whether what is being written is to be given up, while a line takes nothing."""
FAREWELL = 0.5
"""Seconds that a line has, at the end of a session, to take what is being written."""


class Counts(Protocol):
    """What a writer knows: characters taken in, and characters that have left this process."""

    queued: int
    written: int


@dataclass(slots=True)
class Flow:
    """Counts what was sent and what arrived. Times are seconds of one monotonic clock."""

    now: Callable[[], float]
    counts: Counts
    owed: bool = False
    """Whether something was not drawn because too much was on its way."""
    _arrived: int = 0
    _asked: deque[tuple[int, int]] = field(default_factory=deque)
    """Number of a question, and how much was sent before it."""
    _count: int = 0
    _answers: bool = False
    _heard_at: float = 0.0
    _patience: float = PATIENCE

    def question(self) -> str:
        """After a frame: a question for the terminal where one is due, or ""."""
        sent = self.counts.queued
        if sent - (self._asked[-1][1] if self._asked else self._arrived) < STEP:
            return ""
        if not self._asked:
            self._heard_at = self.now()
        self._count += 1
        self._asked.append((self._count, sent))
        return f"\x1b7\x1b[{ROW};{self._count % COLUMNS + 1}H\x1b[6n\x1b8"

    def answered(self, row: int, column: int) -> bool:
        """The terminal reports its cursor (both from 1); whether it was about a question from here."""
        number = next((one for one, _ in self._asked if one % COLUMNS + 1 == column), None)
        if row != ROW or number is None:
            return False
        while self._asked and self._asked[0][0] <= number:
            self._arrived = self._asked.popleft()[1]
        self._answers, self._heard_at, self._patience = True, self.now(), PATIENCE
        return True

    @property
    def behind(self) -> bool:
        """Whether too much is on its way to draw anything more."""
        return self.counts.queued - (self._arrived if self._answers else self.counts.written) > WINDOW

    @property
    def drained(self) -> bool:
        """Whether everything drawn has left this process, and nothing is owed."""
        return not self.owed and self.counts.queued == self.counts.written

    def tick(self) -> None:
        """Give up on an answer that is long overdue, so that one lost answer never leaves a dead screen."""
        if self._asked and self._answers and self.now() - self._heard_at > self._patience:
            self._patience = min(self._patience * 2, LONGEST_PATIENCE)
            self.begin_anew()

    def begin_anew(self, counts: Counts | None = None) -> None:
        """What is on its way counts as arrived: the terminal was resized, brought back, or lost an answer."""
        self.counts = counts or self.counts
        self._asked.clear()
        self._arrived, self._heard_at = self.counts.written, self.now()


@dataclass(slots=True)
class Nowhere:
    """The counts where no terminal is attached: everything arrives."""

    queued: int = 0
    written: int = 0


class Writer(threading.Thread):
    """Writes to the terminal in the background. Unlike the library's own, it never blocks whoever draws."""

    def __init__(self, file: IO[str], emptied: Callable[[], object]) -> None:
        """`emptied` is called in the writing thread, whenever everything has left this process."""
        super().__init__(daemon=True, name="terminal-output")
        self._file = file
        self._descriptor = file.fileno()
        self._own = _never_blocking(self._descriptor)
        self._emptied = emptied
        self._pieces: deque[str] = deque()
        self._changed = threading.Condition()
        self._ending = False
        self._cut = False
        """Whether what is being written is to be given up."""
        self.queued = 0
        """Characters taken in since the start."""
        self.written = 0
        """Characters that have left this process since the start; what was dropped counts as well."""

    def write(self, text: str) -> None:
        """Take in what is to be written."""
        with self._changed:
            self._pieces.append(text)
            self.queued += len(text)
            self._changed.notify_all()

    def flush(self) -> None:
        """Nothing: the thread writes as soon as it can."""

    def isatty(self) -> bool:
        """It stands for a terminal."""
        return True

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._descriptor

    def run(self) -> None:
        """Until it is stopped and everything is written."""
        while text := self._next():
            with suppress(OSError):  # a terminal that is gone takes nothing more; the hang-up's signal ends the session
                self._put(text.encode("utf-8", "replace"))
            with self._changed:
                self.written += len(text)
                done = self.written == self.queued
                self._changed.notify_all()
            if done:
                self._emptied()
        os.close(self._own)

    def clear_the_way(self) -> None:
        """Before the last words: frames that nobody will see are dropped, and a line that takes nothing is cut off, so
        that the terminal is clean whenever it comes back."""
        with self._changed:
            self.written += sum(len(piece) for piece in self._pieces)
            self._pieces.clear()
            if self._changed.wait_for(lambda: self.written == self.queued, FAREWELL):
                return
            self._cut = True
        with suppress(termios.error):
            termios.tcflush(self._descriptor, termios.TCOFLUSH)
        with self._changed:
            self._changed.wait_for(lambda: self.written == self.queued, FAREWELL)
            self._cut = False
        self.write("\x18")  # ends a sequence that was cut in the middle

    def stop(self) -> None:
        """Write what is left, for at most `FAREWELL` seconds, and end."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self.join(FAREWELL)

    def _next(self) -> str:
        """Everything that waits, in one piece; "" at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._ending)
            text = "".join(self._pieces)
            self._pieces.clear()
            return text

    def _put(self, data: bytes) -> None:
        """Past the interpreter's own buffers, whose locks a stalled line would hold at the end of the program."""
        while data and not self._cut:
            try:
                data = data[os.write(self._own, data[:PIECE]) :]
            except BlockingIOError:
                select.select([], [self._own], [], LOOK)


def _never_blocking(descriptor: int) -> int:
    """A descriptor of our own for the same terminal, on which writing never blocks: the shell's own stays as it is."""
    try:
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # another user's terminal, after su: then the line is waited for
        return os.dup(descriptor)
