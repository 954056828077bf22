"""Who is spoken of: names of persons by their form, and handles. No register of people is kept anywhere."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache

from moderator.policy.lexicon import shipped
from moderator.policy.reading import Reading

_START = re.compile("[A-Z@]")
"""What every name begins with: looked for first, because that is quick."""
_NAME = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Miss|Dr|Smt|Shri|Sri|Prof|Officer|Adv|Md|Mohd|Er|Justice|Kum)\.? {1,2}"
    r"[A-Z][a-z]{1,24}(?: [A-Z][a-z]{1,24})?"
    r"|(?:[A-Z]\. ?){1,3}[A-Z][a-z]{2,24}"
    r"|([A-Z][a-z]{1,24})(?: [A-Z][a-z]{2,24}){1,2})\b"
    r"|(?<![\w.])@\w{2,30}"
)


def names(text: str) -> list[tuple[int, int]]:
    """Spans that look like the name of one person."""
    found = []
    end = 0
    for letter in _START.finditer(text):
        if letter.start() < end:
            continue
        match = _NAME.match(text, letter.start())
        if match is None:
            continue
        start, end = match.span()
        if match[1] and match[1].lower() in _no_names():
            start += len(match[1]) + 1
            if " " not in text[start:end]:
                continue
        found.append((start, end))
    return found


@cache
def _no_names() -> frozenset[str]:
    """Words that begin no name, though they stand in capitals."""
    return shipped().words("no_name")


def mark_names(reading: Reading, bit: int, not_people: int) -> None:
    """Give the units of every name the class `name`, but where they already say something else (an office, a group)."""
    for start, end in names(reading.text):
        first = bisect_left(reading.end, start + 1)
        last = bisect_right(reading.start, end - 1)
        if any(reading.mask[i] & not_people for i in range(first, last)):
            continue
        for i in range(first, last):
            reading.add(i, bit)
