"""The terminal itself: its widths, its signals, its output. What knows of a terminal's habits stands here."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import select
import signal
import sys
import termios
import tty
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, cast

from rich import cells as rich_cells

from moderator import text
from moderator.tui import celllen
from moderator.tui.output import Writer

if TYPE_CHECKING:
    from textual.driver import Driver

    from moderator.tui.app import DeskApp
    from moderator.tui.early import Handover
    from moderator.tui.onscreen import OnScreen

PROBE = "\u0995\u09be"
"""An Assamese syllable with a spacing vowel sign: two cells in most terminals, one in some."""
SHOW_CURSOR = "\x1b[?25h"
"""Textual hides the hardware cursor, which leaves braille displays without a place."""
PATIENCE = 0.1
"""Seconds that a terminal has to answer the width probe."""
HURRY = 0.3
"""Seconds that a signal waits for the keys before it: a lease must be free within one."""
_ANSWER = re.compile(rb"\x1b\[(\d+);(\d+)R")


def measure() -> None:
    """Ask the terminal how wide a spacing vowel sign is, and make all tables agree. No answer means one cell."""
    width = probe(sys.stdin.fileno(), sys.stdout.fileno()) if sys.stdin.isatty() and sys.stdout.isatty() else None
    wide = width != 1
    text.use_wide_marks(wide)
    match_widths(wide)


def probe(reading: int, writing: int) -> int | None:
    """The cells of the probe as this terminal counts them, or None where it does not answer in time."""
    before = termios.tcgetattr(reading)
    try:
        tty.setcbreak(reading, termios.TCSANOW)
        os.write(writing, b"\r" + PROBE.encode() + b"\x1b[6n")
        found = _ANSWER.search(_read_answer(reading))
        os.write(writing, b"\r\x1b[K")
    finally:
        termios.tcsetattr(reading, termios.TCSANOW, before)
    return int(found[2]) - 1 if found else None


def _read_answer(reading: int) -> bytes:
    answer = b""
    end = monotonic() + PATIENCE
    while not _ANSWER.search(answer):
        left = end - monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            break
        answer += os.read(reading, 256)
    return answer


def match_widths(wide: bool) -> None:
    """Give Rich's cell table (pinned version) one cell for spacing marks, where the terminal does; Rich ships none."""
    table = _shipped_table("auto")
    widths = _with_spacing_marks(table.widths) if wide else table.widths
    corrected = table._replace(widths=widths)
    vars(rich_cells)["load_cell_table"] = lambda unicode_version="auto": corrected
    rich_cells.get_character_cell_size.cache_clear()
    celllen.agree()


_shipped_table: Callable[[str], Any] = vars(rich_cells)["load_cell_table"]


def _with_spacing_marks(widths: Any) -> list[tuple[int, int, int]]:
    """The table without its zero widths for category Mc."""
    kept: list[tuple[int, int, int]] = []
    for start, end, width in widths:
        if width or start == 0:
            kept.append((start, end, width))
            continue
        first = start
        for code in range(start, end + 1):
            if unicodedata.category(chr(code)) == "Mc":
                if first < code:
                    kept.append((first, code - 1, 0))
                first = code + 1
        if first <= end:
            kept.append((first, end, 0))
    return kept


def writer(app: OnScreen) -> Callable[[str], None]:
    """Sends a sequence to the terminal after the frame; nothing where no terminal is attached."""

    def write(sequence: str) -> None:
        driver = app._driver
        if driver is not None and not app.is_headless:
            driver.write(sequence)
            driver.flush()

    return write


async def taken_in(app: OnScreen) -> None:
    """Wait, for at most `HURRY` seconds, until the keys that were typed before a signal have reached the screen."""
    end = monotonic() + HURRY
    while monotonic() < end and _unread():
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.02)  # what the reading thread holds is handed to the loop
    for pump in (app, app.screen, app.focused):
        if pump is not None:
            behind = asyncio.Event()
            pump.call_later(behind.set)
            with suppress(TimeoutError):
                await asyncio.wait_for(behind.wait(), max(end - monotonic(), 0.01))


def _unread() -> bool:
    """Whether the terminal holds keys that nobody has read yet; a terminal that is gone holds none."""
    try:
        waiting = fcntl.ioctl(sys.__stdin__.fileno() if sys.__stdin__ else 0, termios.FIONREAD, b"\0" * 4)
    except OSError:
        return False
    return any(waiting)


def settle(app: DeskApp) -> None:
    """Signals end the session cleanly; a resumed or resized terminal is painted anew."""
    if app.is_headless:
        return
    if app.handover is not None and app._driver is not None:
        vars(app._driver)["attrs_before"] = app.handover.attributes
    writer(app)(SHOW_CURSOR)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(name, app.hang_up)
    app.app_resume_signal.subscribe(app, lambda _: app.call_later(repaint, app))


def driver(handover: Handover | None) -> type[Driver]:
    """The driver with a writer that never blocks; it takes over a screen on which a first page stands already."""
    from textual.drivers.linux_driver import LinuxDriver

    from moderator.tui import escapes

    escapes.install()

    class DeskDriver(LinuxDriver):
        """Does not enter the alternate screen a second time: xterm would clear it."""

        entered = handover is not None
        _writer: Writer | None = None

        @property
        def _writer_thread(self) -> Any:
            """The library's own name for what writes in the background."""
            return self._writer

        @_writer_thread.setter
        def _writer_thread(self, given: Any) -> None:
            self._writer = None if given is None else self._new_writer(given._file)

        def _new_writer(self, file: IO[str]) -> Writer:
            app, loop = cast("OnScreen", self._app), asyncio.get_running_loop()

            def emptied() -> None:
                if app.flow.owed:
                    with suppress(RuntimeError):  # the loop has ended meanwhile
                        loop.call_soon_threadsafe(app.caught_up)

            made = Writer(file, emptied)
            app.flow.begin_anew(made)
            return made

        def write(self, data: str) -> None:
            """Write, but for the first request of the alternate screen."""
            if self.entered and data == "\x1b[?1049h":
                self.entered = False
                return
            super().write(data)

        def stop_application_mode(self) -> None:
            """Leave the terminal as it was, however far behind its line is."""
            if self._writer is not None:
                self._writer.clear_the_way()
            super().stop_application_mode()

    return DeskDriver


def repaint(app: OnScreen) -> None:
    """Everything again: after Ctrl-Z and fg the terminal's memory is gone, and with it all that was confirmed."""
    app.ack.forget()
    app.flow.begin_anew()
    app.shown.forget()
    app.screen.refresh(layout=True, repaint=True)
