"""Cells, clusters, clipping and wrapping, as legacy terminals count: the sum over code points.

tmux, xterm, urxvt, VTE, st and screen give a spacing vowel sign (category Mc) one cell; kitty gives none. Joiners and
the like are no concern here, because `display` never lets them through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from moderator.text.characters import EXTENDING, KINDS, REMEMBERED

ELLIPSIS: Final = "…"


class _Cells(dict[str, int]):
    """Character → cells, worked out when first met."""

    spacing_mark = 1

    def __missing__(self, char: str) -> int:
        found = self._measure(char)
        if len(self) < REMEMBERED:
            self[char] = found
        return found

    def _measure(self, char: str) -> int:
        kind = KINDS[ord(char)]
        if kind in "mvl":
            return self.spacing_mark if unicodedata.category(char) == "Mc" else 0
        if kind in "jVhdbg":
            return 0
        return 2 if unicodedata.east_asian_width(char) in "WF" or _new_emoji(kind, char) else 1


def _new_emoji(kind: str, char: str) -> bool:
    return kind == "e" and unicodedata.category(char) == "Cn"


_CELLS: Final = _Cells()


def use_wide_marks(wide: bool) -> None:
    """Whether this terminal gives spacing vowel signs one cell, as most do, or none."""
    _CELLS.clear()
    _CELLS.spacing_mark = 1 if wide else 0


def cells(text: str) -> int:
    """Terminal cells that drawn text takes."""
    return len(text) if text.isascii() else sum(map(_CELLS.__getitem__, text))


def clip(text: str, width: int) -> str:
    """The start of the text in at most `width` cells, ending in … where something was cut."""
    if width <= 0:
        return ""
    if len(text) <= width and text.isascii():
        return text
    head = text[: 8 * width + 64]
    taken = at = fits = 0
    for cluster in _clusters(head):
        taken += cells(cluster)
        if taken > width:
            return text[:fits] + ELLIPSIS
        at += len(cluster)
        fits = at if taken < width else fits
    if len(head) == len(text) or cells(text) <= width:
        return text
    return text[:fits] + ELLIPSIS


def pad(text: str, width: int) -> str:
    """The text clipped or filled with spaces to exactly `width` cells."""
    clipped = clip(text, width)
    return clipped + " " * (width - cells(clipped))


def wrap(text: str, width: int) -> list[tuple[str, int]]:
    """The text as lines of at most `width` cells (at least 2), each with the code-point offset of its start.

    Each line is a slice of the text. Lines break after spaces, which the line end swallows, and after Tibetan points;
    else between clusters; inside a cluster only where it alone is wider than the line.
    """
    lines: list[tuple[str, int]] = []
    at = 0
    for paragraph in text.split("\n"):
        lines.extend((line, at + start) for line, start in _wrapped(paragraph, max(width, 2)))
        at += len(paragraph) + 1
    return lines


_BREAKS: Final = " \u0f0b\u0f0c\u0f0d"


def _wrapped(paragraph: str, width: int) -> Iterator[tuple[str, int]]:
    if cells(paragraph) <= width:
        yield paragraph, 0
        return
    start = taken = at = chance = 0
    for cluster, size in _pieces(paragraph, width):
        if taken + size > width and cluster != " ":
            cut = chance if chance > start else at
            yield paragraph[start:cut].rstrip(" "), start
            taken = cells(paragraph[cut:at])
            start = cut
        at += len(cluster)
        taken += size
        if cluster[-1] in _BREAKS:
            chance = at
    yield paragraph[start:].rstrip(" "), start


def _pieces(text: str, width: int) -> Iterator[tuple[str, int]]:
    """Clusters with their cells; the code points one by one of those that are wider than a line."""
    for cluster in _clusters(text):
        size = cells(cluster)
        if size <= width:
            yield cluster, size
        else:
            yield from ((char, cells(char)) for char in cluster)


_JOINER: Final = "\u200d"
_TOKEN: Final = re.compile(rf"n\n|[\nn]|RR[{EXTENDING}]*|L+[{EXTENDING}]*|.[{EXTENDING}]*", re.DOTALL)


def graphemes(text: str) -> list[str]:
    """What a reader calls characters: extended grapheme clusters, Indic conjuncts whole."""
    return list(text) if text.isascii() and "\r" not in text else list(_clusters(text))


def _clusters(text: str) -> Iterator[str]:
    kinds = text.translate(KINDS)
    start = 0
    for token in _TOKEN.finditer(kinds):
        at = token.start()
        if at and not _bound(kinds, text, at):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _bound(kinds: str, text: str, at: int) -> bool:
    """Whether what starts here is bound to what stands before: a conjunct's next letter, a joined emoji."""
    if kinds[at] == "e":
        return text[at - 1] == _JOINER
    if kinds[at] != "I":
        return False
    at -= 1
    while at >= 0 and (kinds[at] == "m" or text[at] == _JOINER):
        at -= 1
    return at >= 0 and kinds[at] == "l"
