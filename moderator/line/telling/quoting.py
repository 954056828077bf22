"""Words that are not ours among those that are, and words that stay covered until somebody reveals them."""

from __future__ import annotations

from collections.abc import Iterable

from moderator import text
from moderator.domain import masking, view
from moderator.locale import _


class Quote(str):
    """Somebody else's words, over several lines: whoever says them puts the gutter before each line."""

    __slots__ = ()


def spoken(words: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these spans (code points, end exclusive) said as "[covered]": a block of shades says nothing.

    Spans that touch become one.
    """
    out: list[str] = []
    at = 0
    for start, end in _merged(spans, len(words)):
        out += [words[at:start], _("[covered]")]
        at = end
    return "".join([*out, words[at:]])


def excerpt(words: str, spans: Iterable[tuple[int, int]], start: int, end: int, limit: int = 120) -> str:
    """One stretch of a text for a sentence of ours: covered words covered, on one line, links inert, clipped."""
    within = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    return text.clip(text.defang(text.one_line(spoken(words[start:end], within))).strip(), limit)


def masks(item: view.Detail) -> list[tuple[int, int]]:
    """The spans of the item's text that stay covered until somebody reveals them."""
    return list(masking.covered(item.findings))


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(a, 0), min(b, length)) for a, b in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
