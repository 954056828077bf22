"""What may be drawn of a text, and the last line of defence before the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from moderator.text.characters import ASCII, KINDS, ODD
from moderator.text.cleaning import clean

MARKS: Final = 4
"""Combining marks that one base may carry on screen; nobody writes more in good faith."""
BLANK_LINES: Final = 2
"""Blank lines in a row that a comment may have on screen."""
COVER: Final = "░"
NEWLINE_MARK: Final = "⏎"

_REPLACEMENT: Final = "\ufffd"
_DOTTED: Final = "\u25cc"
_DROPPED: Final = "jVkg"
"""Joiners, selectors, skin tones and tags: terminals do not agree on their widths, so none is drawn."""
_CAPPED: Final = re.compile(rf"[jVkg?]|[mvl]{{{MARKS + 1}}}|(?:\A|\n)[mvl]|\n(?: *\n){{{BLANK_LINES + 1}}}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be drawn, and where each of its code points stood in the clean text."""

    text: str
    origins: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The drawn span of `start`–`end` of the clean text; (0, 0) where none of it is drawn."""
        at = [i for i, origin in enumerate(self.origins) if start <= origin < end]
        return (at[0], at[-1] + 1) if at else (0, 0)


def shown(text: str, *, line: bool = False) -> Shown:
    """What may be drawn of a clean text, with its origins; `line` puts it on one line.

    A text that is not clean is cleaned first; the origins then count in the cleaned text. Doing it twice changes
    nothing.
    """
    if "\n" not in text and ASCII.match(text):
        return Shown(text, range(len(text)))
    kinds = text.translate(KINDS)
    if ODD.search(kinds):
        text = clean(text).text
        kinds = text.translate(KINDS)
    if not _CAPPED.search(kinds) and not (line and "\n" in kinds):
        return Shown(text, range(len(text)))
    return _capped(text, kinds, line)


def _capped(text: str, kinds: str, line: bool) -> Shown:
    """The slow way: character by character, with every cap."""
    out: list[str] = []
    origins: list[int] = []
    marks = ends = 0
    for i, kind in enumerate(kinds):
        if kind in _DROPPED:
            continue
        marks = marks + 1 if kind in "mvl" else 0
        ends = ends + 1 if kind == "\n" else ends if kind == " " else 0
        piece = _piece(text[i], kind, ends, line)
        if marks and (not out or out[-1] in ("\n", "")):
            piece = _DOTTED + piece
        if piece and marks <= MARKS:
            out.append(piece)
            origins.extend([i] * len(piece))
    return Shown("".join(out), tuple(origins))


def _piece(char: str, kind: str, ends: int, line: bool) -> str:
    """What one character becomes; `ends` counts the line ends in a row up to here."""
    if kind == "?":
        return _REPLACEMENT
    if kind != "\n":
        return char
    if line:
        return f" {NEWLINE_MARK} " if ends == 1 else ""
    return "\n" if ends <= BLANK_LINES + 1 else ""


def display(text: str) -> str:
    """What may be drawn of a text, over several lines. Every line of a citizen's still needs its gutter mark."""
    return shown(text).text


def one_line(text: str) -> str:
    """What may be drawn of a text on one line; line ends show as ⏎."""
    return shown(text, line=True).text


_FORBIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*\Z")


def guard(text: str) -> str:
    """The last line of defence for one line about to be drawn: nothing that a terminal could obey or hide gets by.

    Each forbidden character, newline and tab included, becomes U+FFFD, so that tampering shows.
    """
    return text if _PRINTABLE.match(text) else _FORBIDDEN.sub(_REPLACEMENT, text)


def cover(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these spans (code points, end exclusive) covered by ░; its length in code points stays."""
    chars = list(text)
    for start, end in spans:
        for i in range(max(start, 0), min(end, len(chars))):
            chars[i] = chars[i] if chars[i].isspace() else COVER
    return "".join(chars)
