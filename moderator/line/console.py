"""Reading and saying lines. Nothing that is said here can steer a terminal, whoever wrote it."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, TextIO

from moderator import text
from moderator.line.telling.quoting import Quote
from moderator.locale import _

GUTTER: Final = "> "
"""Stands before every line of a citizen's text, so that none can pose as ours."""
_SET_IN: Final = "  "
"""Stands before what a sentence of ours goes on with on the next line of a terminal."""
END: Final = "."
"""A line of its own that ends a text."""
LEAVE: Final = "x"
"""The answer that leaves any question without doing anything."""
_READABLE_AFTER: Final = 0.4
"""Seconds. A line that comes sooner after an item was told was typed before it could be read."""


class Ended(Exception):
    """The input is over, somebody pressed Ctrl-C, or the terminal is gone."""


class Left(Exception):
    """The officer left a question unanswered: nothing is to be done."""


class Console:
    """Two streams of text: what the officer types, and what the desk says."""

    def __init__(self, stdin: TextIO, stdout: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._in = stdin
        self._out = stdout
        self._clock = clock
        self._told_at = float("-inf")
        self._writing = threading.RLock()
        self._waiting: str | None = None
        """The prompt at which an answer is awaited now."""
        self._gone = False
        """Whether nobody reads what is said any more."""
        self.live = stdin.isatty()
        """Whether a person types: then what was typed ahead of an item does not decide it."""
        self.width = shutil.get_terminal_size().columns if stdout.isatty() else 0
        """Cells of the terminal, 0 where there is none."""
        self.news: Callable[[], Iterable[str]] = tuple
        """What to tell before the desk's own prompt."""
        self.urgent: Callable[[], Iterable[str]] = tuple
        """What to tell before every other question: the urgent only."""
        self.alerts: Callable[[], Iterable[str]] = tuple
        """What to tell even between the lines of a text: the urgent that nobody was told of yet."""
        if hasattr(stdout, "reconfigure"):
            stdout.reconfigure(errors="backslashreplace")

    def say(self, *parts: str) -> None:
        """Our own words, one sentence on each line; a `Quote` among them stands behind the gutter."""
        with self._writing:
            for part in parts:
                for line in self._quoted(part) if isinstance(part, Quote) else self._ours(part):
                    self._write(line + "\n")
            self._flush()

    def quote(self, citizen: str) -> None:
        """Anybody's words: capped for display, links made inert, each line behind the gutter."""
        self.say(Quote(citizen))

    def ask(self, prompt: str) -> str:
        """One line at the desk's own prompt, cleaned and stripped. Raises `Ended` at the end of the input."""
        return self._read(prompt, self.news).strip()

    def question(self, prompt: str) -> str:
        """One answer within a form. Raises `Left` where the officer answers x, `Ended` at the end of the input."""
        answer = self._read(prompt, self.urgent).strip()
        if answer == LEAVE:
            raise Left
        return answer

    def needed(self, prompt: str) -> str:
        """An answer that may not be empty: asked once more of a person. Raises `Left` where there is none."""
        answer = self.question(prompt) or (self.question(prompt) if self.live else "")
        if not answer:
            raise Left
        return answer

    def ask_text(self, prompt: str, keep: Callable[[str], None]) -> str:
        """Lines up to a single full stop, as one text. `keep` gets all of it after each line."""
        self.say(prompt, _("A line with only a full stop ends the text."))
        lines: list[str] = []
        while (line := self._read("", self.alerts)) != END:
            lines.append(line)
            keep("\n".join(lines))
        return "\n".join(lines)

    def alarm(self, sentence: str) -> bool:
        """Say something urgent at once, also while an answer is awaited; whether anybody could hear it.

        What was typed so far stays in the terminal: the prompt is said again, and the line goes on.
        """
        with self._writing:
            if not self.live or self._waiting is None or self._gone:
                return False
            with suppress(Ended):
                self._write("\n")
                self.say(sentence)
                self._prompt(self._waiting)
            return True

    def was_told(self) -> None:
        """Remember that something to decide on was told just now."""
        self._told_at = self._clock()

    def read_since(self) -> bool:
        """Whether the officer can have read what was told last before typing."""
        return not self.live or self._clock() - self._told_at >= _READABLE_AFTER

    def _read(self, prompt: str, news: Callable[[], Iterable[str]]) -> str:
        self.say(*news())
        with self._writing:
            self._prompt(prompt)
            self._waiting = prompt
        try:
            line = self._in.readline()
        except KeyboardInterrupt:
            raise Ended from None
        except UnicodeDecodeError:
            self.say(_("That was not readable text. Type it again."))
            return self._read(prompt, news)
        except OSError:
            raise Ended from None  # the terminal was hung up
        finally:
            self._waiting = None
        if not line:
            raise Ended
        typed = text.clean(line.rstrip("\r\n")).text
        if not self.live:
            self.say(typed)  # no terminal has shown it: without it a transcript would be half a conversation
        return typed

    def _prompt(self, prompt: str) -> None:
        self._write("\n".join(self._ours(prompt)) + (" " if prompt else ""))
        self._flush()

    def _ours(self, sentence: str) -> list[str]:
        """A sentence as lines that break between words; the second and later are set in: no quoted word begins one."""
        lines: list[str] = []
        for line in sentence.split("\n"):
            shown = text.guard(text.one_line(line))
            if not self.width or text.cells(shown) <= self.width:
                lines.append(shown)
                continue
            first, *rest = [piece for piece, _start in text.wrap(shown, self.width - len(_SET_IN))]
            lines += [first, *(f"{_SET_IN}{piece}" for piece in rest)]
        return lines

    def _quoted(self, citizen: str) -> list[str]:
        shown = text.defang(text.display(citizen))
        lines = [line for line, _start in text.wrap(shown, self.width - len(GUTTER))] if self.width else None
        return [f"{GUTTER}{text.guard(line)}" for line in (shown.split("\n") if lines is None else lines)]

    def _write(self, words: str) -> None:
        """Raises `Ended` where nobody can hear it; what is said after that goes nowhere."""
        if self._gone:
            return
        try:
            self._out.write(words)
        except OSError:
            self._hung_up()

    def _flush(self) -> None:
        if self._gone:
            return
        try:
            self._out.flush()
        except OSError:
            self._hung_up()

    def _hung_up(self) -> None:
        self._gone = True
        if self._out is sys.stdout:  # else the interpreter tries again at its end, and complains
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, self._out.fileno())
            os.close(sink)
        raise Ended
