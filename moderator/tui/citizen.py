"""A citizen's text on the screen: covered, marked and wrapped, with ┃ on every line, so that none can pose as ours.

Links in it are made inert, so that no terminal offers to open them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from moderator import text
from moderator.domain import masking
from moderator.domain.policy import Finding
from moderator.domain.view import Row
from moderator.tui.paper import Line, Piece

GUTTER = "┃"


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the clean text (code points, end exclusive) drawn in its own role."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A text as drawn: its lines, and where each drawn character of a line stands in the clean text."""

    lines: tuple[Line, ...]
    origins: tuple[tuple[int, ...], ...]


def name_of(author: str) -> str:
    """An author's name on one line; a link posing as a name is as inert as any."""
    return text.defang(text.one_line(author))


def named(row: Row) -> str:
    """An item as the strip names it: account and author."""
    return f"{text.one_line(row.account)} {name_of(row.author)}"


def masks_of(findings: Sequence[Finding], revealed: bool) -> tuple[tuple[int, int], ...]:
    """The spans to cover: slurs and obscenity, until they are revealed; never what a threat or a rescue rests on."""
    return () if revealed else masking.covered(findings)


def finding_marks(findings: Sequence[Finding]) -> list[Mark]:
    """What the engine found, to be underlined; mere hints are not."""
    return [Mark(finding.start, finding.end, "found") for finding in findings if not finding.hint]


def lay_out(
    clean: str, width: int, marks: Sequence[Mark] = (), masks: Sequence[tuple[int, int]] = (), indent: int = 0
) -> Layout:
    """The text in lines of at most `width` cells, gutter and indent included."""
    drawn = text.inert(text.shown(text.cover(clean, masks)))
    room = max(width - 2 - indent, 8)
    lines, origins = [], []
    for content, offset in text.wrap(drawn.text, room):
        places = tuple(drawn.origins[offset : offset + len(content)])
        lines.append(((f"{GUTTER} " + " " * indent, "gutter"), *_pieces(content, places, marks, masks)))
        origins.append(places)
    return Layout(tuple(lines), tuple(origins))


def _pieces(
    content: str, places: Sequence[int], marks: Sequence[Mark], masks: Sequence[tuple[int, int]]
) -> Iterator[Piece]:
    """A line split where its role changes; the mark named last wins."""

    def role(pair: tuple[str, int]) -> str:
        found = next((mark.role for mark in reversed(marks) if mark.start <= pair[1] < mark.end), "")
        return found or ("mask" if any(start <= pair[1] < end for start, end in masks) else "text")

    for name, group in groupby(zip(content, places, strict=True), key=role):
        yield "".join(char for char, _ in group), name


def quote(clean: str, start: int, end: int, masks: Sequence[tuple[int, int]], width: int) -> str:
    """The words of a span on one line, covered, in quotation marks, at most `width` cells."""
    words = text.defang(text.one_line(text.cover(clean, masks)[start:end]))
    return f"“{text.clip(words, max(width - 2, 4))}”"
