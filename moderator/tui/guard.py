"""The last line of defence: every line of every widget passes here on its way to the terminal."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from moderator import text

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")


class Guard(LineFilter):
    """Replaces what a terminal could obey by U+FFFD, and drops hyperlinks and raw control segments."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line, harmless. A line that needs nothing is passed through as it is."""
        if all(_harmless(segment) for segment in segments):
            return segments
        return [_neutral(segment) for segment in segments if not segment.control]


def _harmless(segment: Segment) -> bool:
    if segment.control or (segment.style is not None and segment.style.link):
        return False
    return _PLAIN.match(segment.text) is not None or text.guard(segment.text) == segment.text


def _neutral(segment: Segment) -> Segment:
    style = segment.style
    if style is not None and style.link:
        style = style.update_link(None)
    return Segment(text.guard(segment.text), style)


GUARD = Guard()
"""The one instance; it holds nothing."""
