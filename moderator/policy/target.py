"""Who is spoken of: names of persons by their form, and handles. No register of people is kept anywhere."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from moderator.policy.lexicon import shipped
from moderator.policy.reading import Reading

_NAME = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Miss|Dr|Smt|Shri|Sri|Prof|Officer|Adv|Md|Mohd|Er|Justice|Kum)\.? {1,2}"
    r"[A-Z][a-z]{1,24}(?: [A-Z][a-z]{1,24})?"
    r"|(?:[A-Z]\. ?){1,3}[A-Z][a-z]{2,24}"
    r"|([A-Z][a-z]{1,24})(?: [A-Z][a-z]{2,24}){1,2})\b"
    r"|(?<![\w.])@\w{2,30}"
)


def names(text: str) -> list[tuple[int, int]]:
    """Spans that look like the name of one person."""
    common = shipped().words("no_name")
    found = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        if match[1] and match[1].lower() in common:
            start += len(match[1]) + 1
            if " " not in text[start:end]:
                continue
        found.append((start, end))
    return found


def mark_names(reading: Reading, bit: int, not_people: int) -> None:
    """Give the units of every name the class `name`, but where they already say something else (an office, a group)."""
    for start, end in names(reading.text):
        first = bisect_left(reading.end, start + 1)
        last = bisect_right(reading.start, end - 1)
        if any(reading.mask[i] & not_people for i in range(first, last)):
            continue
        for i in range(first, last):
            reading.mask[i] |= bit
            reading.total |= bit
