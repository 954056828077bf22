"""Marking words in a text by keyboard: a cursor that goes by words, a start and an end, in code points."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Marking:
    """What is marked so far. `at` is a word's number; `start` the word at which v was pressed, or None."""

    words: tuple[tuple[int, int], ...]
    at: int = 0
    start: int | None = None
    done: bool = False

    @classmethod
    def of(cls, text: str) -> Marking:
        """Nothing marked yet, with the cursor on the first word."""
        return cls(tuple(match.span() for match in _WORD.finditer(text)))

    def move(self, by: int) -> Marking:
        """The cursor so many words on."""
        return replace(self, at=max(0, min(self.at + by, len(self.words) - 1)))

    def press(self) -> Marking:
        """v: the start, then the end; a third time begins anew."""
        if self.start is None or self.done:
            return replace(self, start=self.at, done=False)
        return replace(self, done=True)

    @property
    def span(self) -> tuple[int, int] | None:
        """The marked span, end exclusive; None before a start is set."""
        if not self.words or self.start is None:
            return None
        first, last = sorted((self.start, self.at))
        return self.words[first][0], self.words[last][1]

    @property
    def cursor(self) -> tuple[int, int]:
        """The word under the cursor."""
        return self.words[self.at] if self.words else (0, 0)
