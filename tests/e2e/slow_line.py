"""A slow line: runs a program on a terminal of its own and passes bytes on late, and not faster than a line carries.

    python slow_line.py DELAY_MS BYTES_PER_SECOND COMMAND…

Each byte arrives the delay later than it left, in both directions; towards the terminal no more than the rate. What
waits on the line is bounded, as by a real one: then the program's writes wait too.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty
from collections import deque

HELD = 1024
"""Bytes that the line itself holds."""
PIECE = 48


class Direction:
    """One way of the line."""

    def __init__(self, source: int, target: int, delay: float, rate: float) -> None:
        self.source, self.target, self.delay, self.rate = source, target, delay, rate
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.held = 0
        self.free_at = 0.0
        self.ended = False

    @property
    def open(self) -> bool:
        """Whether it takes more."""
        return not self.ended and self.held < HELD

    def take(self) -> None:
        """Put on the line what has come."""
        try:
            data = os.read(self.source, HELD)
        except OSError:
            data = b""
        self.ended = not data
        now = time.monotonic()
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            self.free_at = max(self.free_at, now) + (len(piece) / self.rate if self.rate else 0.0)
            self.waiting.append((self.free_at + self.delay, piece))
            self.held += len(piece)

    def give(self) -> float:
        """Deliver what is due; seconds until the next piece is, or a long time."""
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _due, piece = self.waiting.popleft()
            self.held -= len(piece)
            while piece:
                piece = piece[os.write(self.target, piece) :]
        return max(self.waiting[0][0] - time.monotonic(), 0.0) if self.waiting else 3600.0


def relay(master: int, delay: float, rate: float) -> None:
    """Pass bytes on until the program ends and everything of it has arrived."""
    keys, screen = Direction(0, master, delay, 0.0), Direction(master, 1, delay, rate)
    while not (screen.ended and not screen.waiting):
        pause = min(keys.give(), screen.give())
        ready = select.select([one.source for one in (keys, screen) if one.open], [], [], pause)[0]
        for one in (keys, screen):
            if one.source in ready:
                one.take()


def main() -> int:
    """Run the program; its exit status."""
    delay, rate, command = int(sys.argv[1]) / 1000, float(sys.argv[2]), sys.argv[3:]
    size = fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8)
    child, master = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execvp(command[0], command)
    fcntl.ioctl(master, termios.TIOCSWINSZ, size)
    before = termios.tcgetattr(0)
    tty.setraw(0)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(child, signal.SIGHUP))
    try:
        with contextlib.suppress(OSError):
            relay(master, delay, rate)
    finally:
        termios.tcsetattr(0, termios.TCSANOW, before)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
