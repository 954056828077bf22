"""Lines on the screen: every one is a tuple of (text, role) pieces, drawn as segments. No markup exists here.

A `Paper` asks its source for lines and repaints only those that changed, so that a quiet screen sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from moderator import text

if TYPE_CHECKING:
    from moderator.tui.app import DeskApp

Piece = tuple[str, str]
"""Text and the role of the theme that draws it."""
Line = tuple[Piece, ...]
Source = Callable[[int, int], Sequence[Line]]
"""Gives the lines for a width and height, in cells."""

BLANK: Line = (("", "text"),)


def line(content: str, role: str = "text") -> Line:
    """A line in one role."""
    return ((content, role),)


def plain(given: Line) -> str:
    """A line without its roles."""
    return "".join(content for content, _ in given)


def both_ends(left: Iterable[Piece], right: Iterable[Piece], width: int) -> Line:
    """A line with something at either end; where both do not fit, the left gives way."""
    ending = tuple(right)
    room = max(width - sum(text.cells(content) for content, _ in ending) - (1 if ending else 0), 0)
    start = fit(tuple(left), room)
    gap = width - sum(text.cells(content) for content, _ in (*start, *ending))
    return (*start, (" " * max(gap, 0), "text"), *ending)


def fit(given: Line, width: int) -> Line:
    """The line cut to a width, with … where something was cut off."""
    if sum(text.cells(content) for content, _ in given) <= width:
        return given
    kept: list[Piece] = []
    for content, role in given:
        room = width - sum(text.cells(part) for part, _ in kept)
        if text.cells(content) >= room:
            kept.append(
                (text.clip(content + "…", room) if text.cells(content) == room else text.clip(content, room), role)
            )
            break
        kept.append((content, role))
    return tuple(kept)


def rule(width: int) -> Line:
    """A quiet line across."""
    return (("─" * width, "rule"),)


def strip_of(given: Line, width: int, styles: Callable[[str], Style]) -> Strip:
    """A line as Textual draws it, exactly `width` cells."""
    segments = [Segment(content, styles(role)) for content, role in given if content]
    return Strip(segments).adjust_cell_length(width, styles("text")).simplify()


class Paper(Widget):
    """A block of lines. With `grow` it takes the room it is given and scrolls; otherwise it is as high as its lines."""

    DEFAULT_CSS = """
    Paper { height: auto; width: 1fr; }
    Paper.grow { height: 1fr; }
    """

    def __init__(self, source: Source, *, id: str, grow: bool = False) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id, classes="grow" if grow else "")
        self.source = source
        self.grow = grow
        self.lines: Sequence[Line] = ()
        self.top = 0
        if not grow:
            self.styles.height = 1  # one line at first, so that it learns its width
        self.drawn: Callable[[], None] | None = None
        """Called while a frame with the first line of this paper is being drawn."""

    def redraw(self) -> None:
        """Ask the source again and repaint the lines that changed."""
        width, height = self.size
        width = width or (0 if self.grow else self.app.size.width)
        if not width:
            return
        old, self.lines = self.lines, tuple(self.source(width, height))
        self.top = max(0, min(self.top, len(self.lines) - height)) if self.grow else 0
        if not self.grow and len(old) != len(self.lines):
            self.styles.height = len(self.lines)
            self.display = bool(self.lines)
            self.refresh(layout=True)
            return
        changed = [y for y in range(height) if _at(old, self.top + y) != _at(self.lines, self.top + y)]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def scroll_lines(self, by: int) -> None:
        """Move the view; stops at both ends."""
        top = max(0, min(self.top + by, len(self.lines) - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """A new size asks for new lines."""
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """One line of the frame."""
        if y == 0 and self.drawn is not None:
            self.drawn()
        app = cast("DeskApp", self.app)
        return strip_of(_at(self.lines, self.top + y), self.size.width, app.style)


def _at(lines: Sequence[Line], index: int) -> Line:
    return lines[index] if 0 <= index < len(lines) else BLANK
