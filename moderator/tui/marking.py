"""Marking words in a text by keyboard: a cursor that goes by words and by lines, a start and an end, in code points.

A word is what its readers call one: vowel signs, conjuncts and joiners belong to it, the danda and other stops around
it do not; Tibetan script parts words with points. What has no letters at all, such as an emoji, counts as a word too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

_POINTS: Final = "\u0f0b\u0f0c\u0f0d\u0f0e"


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
        return cls(tuple(_words(text)))

    def move(self, by: int) -> Marking:
        """The cursor so many words on; a span that was finished stays as it is until v begins anew."""
        return replace(self, at=max(0, min(self.at + by, len(self.words) - 1)))

    def to(self, at: int) -> Marking:
        """The cursor on the word that holds a place of the text (a code point), or on the next one after it."""
        found = next((number for number, (_, end) in enumerate(self.words) if end > at), len(self.words) - 1)
        return replace(self, at=max(found, 0))

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


def line_beside(origins: Sequence[Sequence[int]], place: int, by: int) -> int:
    """A code point straight above (−1) or below (1) a place of a text as it is laid out; the place itself at the ends.

    `origins` says of each drawn character where it stands in the text, line by line.
    """
    here = next((n for n, line in enumerate(origins) if line and line[0] <= place <= line[-1]), 0)
    column = next((n for n, origin in enumerate(origins[here]) if origin >= place), 0) if origins else 0
    there = here + by
    while 0 <= there < len(origins) and not origins[there]:
        there += by
    if not 0 <= there < len(origins):
        return place
    return origins[there][min(column, len(origins[there]) - 1)]


def _words(text: str) -> Iterator[tuple[int, int]]:
    start = -1
    for at, char in enumerate(text):
        apart = char.isspace() or char in _POINTS
        if apart and start >= 0:
            yield _bare(text, start, at)
            start = -1
        elif not apart and start < 0:
            start = at
    if start >= 0:
        yield _bare(text, start, len(text))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A word without the stops and quotation marks around it; whole where nothing else is in it."""
    first, last = start, end
    while first < last and unicodedata.category(text[first])[0] == "P":
        first += 1
    while last > first and unicodedata.category(text[last - 1])[0] == "P":
        last -= 1
    return (first, last) if first < last else (start, end)
