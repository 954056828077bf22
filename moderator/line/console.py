"""Reading and saying lines. Nothing that is said here can steer a terminal, whoever wrote it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from typing import Final, TextIO

from moderator import text

GUTTER: Final = "> "
"""Stands before every line of a citizen's text, so that none can pose as ours."""
END: Final = "."
"""A line of its own that ends a text."""
_READABLE_AFTER: Final = 0.4
"""Seconds. A line that comes sooner after an item was told was typed before it could be read."""


class Ended(Exception):
    """The input is over, or somebody pressed Ctrl-C."""


class Console:
    """Two streams of text: what the officer types, and what the desk says."""

    def __init__(self, stdin: TextIO, stdout: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._in = stdin
        self._out = stdout
        self._clock = clock
        self._told_at = float("-inf")
        self.live = stdin.isatty()
        """Whether a person types: then what was typed ahead of an item does not decide it."""
        self.width = shutil.get_terminal_size().columns if stdout.isatty() else 0
        """Cells of the terminal, 0 where there is none."""
        self.news: Callable[[], Iterable[str]] = tuple
        """What to tell before the next prompt."""
        self.alerts: Callable[[], Iterable[str]] = tuple
        """What to tell even between the lines of a text: the urgent only."""
        if hasattr(stdout, "reconfigure"):
            stdout.reconfigure(errors="backslashreplace")

    def say(self, *sentences: str) -> None:
        """Our own words, one sentence on each line."""
        for sentence in sentences:
            for line in sentence.split("\n"):
                self._out.write(text.guard(text.one_line(line)) + "\n")
        self._out.flush()

    def quote(self, citizen: str) -> None:
        """Anybody's words: capped for display, links made inert, each line behind the gutter."""
        shown = text.defang(text.display(citizen))
        lines = [line for line, _ in text.wrap(shown, self.width - len(GUTTER))] if self.width else shown.split("\n")
        for line in lines:
            self._out.write(f"{GUTTER}{text.guard(line)}\n")
        self._out.flush()

    def ask(self, prompt: str) -> str:
        """One line from the officer, cleaned and stripped. Raises `Ended` at the end of the input."""
        return self._read(prompt, self.news).strip()

    def ask_text(self, prompt: str, keep: Callable[[str], None]) -> str:
        """Lines up to a single full stop, as one text. `keep` gets all of it after each line."""
        self.say(prompt, "A line with only a full stop ends the text.")
        lines: list[str] = []
        while (line := self._read("", self.alerts)) != END:
            lines.append(line)
            keep("\n".join(lines))
        return "\n".join(lines)

    def was_told(self) -> None:
        """Remember that something to decide on was told just now."""
        self._told_at = self._clock()

    def read_since(self) -> bool:
        """Whether the officer can have read what was told last before typing."""
        return not self.live or self._clock() - self._told_at >= _READABLE_AFTER

    def _read(self, prompt: str, news: Callable[[], Iterable[str]]) -> str:
        self.say(*news())
        self._out.write(text.guard(text.one_line(prompt)) + (" " if prompt else ""))
        self._out.flush()
        try:
            line = self._in.readline()
        except KeyboardInterrupt:
            raise Ended from None
        except UnicodeDecodeError:
            self.say("That was not readable text. Type it again.")
            return self._read(prompt, news)
        if not line:
            raise Ended
        return text.clean(line.rstrip("\r\n")).text
