"""The first page of the queue in plain ANSI, before textual is imported; then the full screen takes over in place.

Only the standard library and our own light rooms are imported here at module level. The terminal's attributes are kept
and given back at the end, whatever happens in between.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

from moderator import rows, text
from moderator.client import Client
from moderator.config import Config
from moderator.domain.errors import Refused
from moderator.domain.view import QueuePage, Status, View
from moderator.locale import _

PAGE = 64
"""Rows fetched for the first screen."""
WIDE = 110
"""From so many columns on, the item stands beside the list."""
LIST_SHARE = 55
"""Per cent of a wide screen that the list takes; the style sheet says the same."""
ENTER = "\x1b[?1049h\x1b[?25l"
LEAVE = "\x1b[?1049l\x1b[?25h"


@dataclass(frozen=True, slots=True)
class First:
    """What the first page was drawn from; the full screen begins with it."""

    status: Status
    page: QueuePage


@dataclass(frozen=True, slots=True)
class Handover:
    """What the full screen takes over."""

    first: First | None
    attributes: list[Any]
    """The terminal's own attributes, from before anything was changed."""


def run(client: Client, config: Config) -> int:
    """Draw the first page at once, then run the full screen; the exit status. Needs a terminal on both ends."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        from moderator.tui import app

        return app.run(client, config)
    if config.keys:
        from moderator.tui import keys

        keys.chosen(config)  # refused before the screen is taken
    with held(sys.stdin.fileno()) as attributes:
        from moderator.tui import terminal

        terminal.measure()
        first = read(client)
        width, height = os.get_terminal_size(sys.stdout.fileno())
        sys.stdout.write(ENTER + page_text(first, config, width, height))
        sys.stdout.flush()
        from moderator.tui import app

        return app.run(client, config, Handover(first, attributes))


@contextmanager
def held(descriptor: int) -> Iterator[list[Any]]:
    """No echo from now on; at the end, and on TERM, HUP and INT, the terminal is as it was."""
    before = termios.tcgetattr(descriptor)
    quiet = [*before]
    quiet[0] &= ~(termios.ICRNL | termios.IXON)  # an Enter typed already must reach the full screen as Enter
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    previous = {name: signal.signal(name, _end) for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    try:
        yield before
    except BaseException:
        with suppress(OSError):
            sys.stdout.write(LEAVE)
            sys.stdout.flush()
        raise
    finally:
        for name, handler in previous.items():
            signal.signal(name, handler)
        with suppress(termios.error):  # a hung-up terminal has nothing left to be restored
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """A signal before the full screen is up ends the program the way the shell expects."""
    raise SystemExit(128 + number)


def read(client: Client) -> First | None:
    """Status and first page; None where the desk refuses, which the full screen then says."""
    try:
        return First(client.status(), client.queue(View.NEW.value, "", PAGE))
    except Refused:
        return None


def page_text(first: First | None, config: Config, width: int, height: int) -> str:
    """The page as ANSI: our own sequences, and text that has passed the guard."""
    lines = [f" {config.desk.name}"] if first is None else _lines(first, width, height)
    drawn = (text.guard(text.pad(line, width)) for line in lines[:height])
    return "\x1b[H" + "\r\n".join(drawn)


def _lines(first: First, width: int, height: int) -> list[str]:
    """Head, heads of the columns, rows: where the full screen will draw them."""
    status = first.status
    across = width * LIST_SHARE // 100 if width >= WIDE else width
    banner = ["", ""] if status.practice or status.private else [""]
    duty = _("{person} · {n} on duty", person=text.one_line(status.person), n=len(status.on_duty))
    head = f" {text.one_line(status.desk)} · {duty}"
    top = [head, *banner, "─" * width, rows.header(across)]
    room = max(height - len(top) - 4, 0)
    return [*top, *(rows.line_of(row, across, status.now) for row in first.page.rows[:room])]
