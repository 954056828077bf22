"""The lines of the queue: a virtual list that draws only what is in sight, and repaints only what looks different."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from textual import events
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from moderator import rows, text
from moderator.domain.item import Lane, State
from moderator.domain.view import Row, View
from moderator.locale import _
from moderator.tui.loaded import Loaded
from moderator.tui.paper import BLANK, Line, line, strip_of

if TYPE_CHECKING:
    from moderator.tui.app import DeskApp

MARKER = "▌"
"""The cursor's own glyph, in the first cell of its line."""
OVER = frozenset({State.RESOLVED, State.ARCHIVED})
"""Nothing is late any more here."""


class QueueList(Widget):
    """The lines of the loaded rows. Repaints only lines that look different."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(id="list")
        self.loaded = loaded
        self.top = 0
        self._drawn: dict[int, Line] = {}

    @property
    def desk(self) -> DeskApp:
        """The application, with its own type."""
        return cast("DeskApp", self.app)

    @property
    def height(self) -> int:
        """Rows in sight, below the column heads."""
        return max(self.size.height - 1, 1)

    def render_line(self, y: int) -> Strip:
        """One line of the list."""
        drawn = self._drawn[y] = self._line(y)
        row = self.loaded.rows.get(self.loaded.at(self.top + y - 1)) if y else None
        if row is not None:
            self.desk.ack.drawn(("row", row.id, row.comment_version))
        return strip_of(drawn, self.size.width, self.desk.style)

    def _line(self, y: int) -> Line:
        width = self.size.width
        if y == 0:
            return line(rows.header(width, found=self._found), "dim")
        row = self.loaded.rows.get(self.loaded.at(self.top + y - 1))
        if row is None:
            return line(self._empty(), "dim") if y == 2 and not self.loaded.shown else BLANK
        return self._row_line(row, width)

    def _row_line(self, row: Row, width: int) -> Line:
        """A row with the cursor's glyph, the officer's mark, and two levels of emphasis."""
        cells = self._cells(row, width)
        chosen = row.id == self.loaded.cursor
        if chosen and not self._marker:
            return line(MARKER + text.pad("".join(cells), width)[1:], "cursor")
        given = self._quiet(row, cells) or _coloured(row, cells, self.desk.state.late(row.due))
        if row.id in self.desk.state.marks:
            given = _with_mark(given, cells)
        return _with_cursor(given) if chosen else given

    def _quiet(self, row: Row, cells: rows.Cells) -> Line | None:
        """A row that is over for this officer: decided here, or another's."""
        if row.id in self.loaded.outcomes or (row.owner and not row.mine):
            return line("".join(cells), "done")
        return None

    @property
    def _found(self) -> bool:
        return self.loaded.view is View.FOUND

    @property
    def _marker(self) -> bool:
        """Whether the theme shows the cursor by its glyph alone."""
        return self.desk.palette.cursor == "marker"

    def _cells(self, row: Row, width: int) -> rows.Cells:
        state = self.desk.state
        cells = rows.cells_of(
            row, state.now, width, revealed=row.id in state.revealed, marked=row.id in state.marks, found=self._found
        )
        outcome = self.loaded.outcomes.get(row.id)
        if outcome is None:
            return cells
        size = text.cells(cells.due)
        return cells._replace(due=text.pad(text.clip(_(outcome), size - 1), size))

    def _empty(self) -> str:
        loaded = self.loaded
        if not loaded.question.answerable:
            return "   " + _("Type words to look for in everything that was ever taken in, then Enter.")
        if not loaded.known:
            return "   " + _("reading the queue…")
        if loaded.matches is not None:
            return "   " + _("Nothing that is loaded contains this. Enter asks the desk; Esc shows all again.")
        if loaded.question.query:
            return "   " + _("The desk finds nothing for this. / changes it; Esc shows all again.")
        return "   " + _("Nothing is waiting in this view.")

    # repainting

    def refresh_ids(self, ids: Iterable[int]) -> None:
        """Repaint the lines of these items, where they are in sight."""
        self.refresh_lines_at(self._lines_of(ids))

    def _lines_of(self, ids: Iterable[int]) -> list[int]:
        places = (self.loaded.place_of(item_id) for item_id in ids)
        return [place - self.top + 1 for place in places if self.top <= place < self.top + self.height]

    def refresh_lines_at(self, lines: Iterable[int]) -> None:
        """Repaint these lines of the widget."""
        regions = [Region(0, y, self.size.width, 1) for y in lines]
        if regions:
            self.refresh(*regions)

    def refresh_changed(self) -> None:
        """Repaint the lines that would look different now: time has passed, or other rows were read."""
        self.refresh_lines_at([y for y in range(self.size.height) if self._drawn.get(y) != self._line(y)])

    def follow(self, before: int) -> None:
        """The cursor moved from the item `before`: keep it in sight, half a page ahead where it left."""
        place = self.loaded.place
        self.show_cursor()
        if self.top <= place < self.top + self.height:
            self._refresh_cursor((before, self.loaded.cursor))
            return
        lowest = max(0, len(self.loaded) - self.height)
        self.top = max(0, min(place - self.height // 2, lowest))
        self.show_cursor()
        self.refresh()

    def _refresh_cursor(self, ids: Iterable[int]) -> None:
        """Repaint what the cursor changes on these items: their lines, or no more than its own cell."""
        if not self._marker:
            self.refresh_ids(ids)
            return
        regions = [Region(0, y, 1, 1) for y in self._lines_of(ids)]
        if regions:
            self.refresh(*regions)

    def show_cursor(self) -> None:
        """The terminal's own cursor goes with ours: braille displays and screen readers follow it."""
        self.app.cursor_position = self.region.offset + Offset(0, max(self.loaded.place - self.top + 1, 0))

    def on_resize(self, event: events.Resize) -> None:
        """A new height keeps the cursor in sight."""
        self.follow(self.loaded.cursor)


def _coloured(row: Row, cells: rows.Cells, late: bool) -> Line:
    """A row with two levels of emphasis: what presses, and what is merely there."""
    urgent = row.lane in (Lane.LIFE, Lane.THREAT)
    due = "urgent" if urgent else "warn" if late and row.state not in OVER else "text"
    finding = "urgent" if urgent else "accent" if row.category else "dim"
    return (
        (cells.mark + cells.due, due),
        (cells.finding, finding),
        (cells.account + cells.author + cells.state, "dim"),
        (cells.comment, "text"),
    )


def _with_mark(given: Line, cells: rows.Cells) -> Line:
    """The line with the officer's mark in its own colour."""
    (first, role), *rest = given
    cut = len(cells.mark) - 1
    return ((first[:cut], role), (first[cut], "marked"), (first[cut + 1 :], role), *rest)


def _with_cursor(given: Line) -> Line:
    """The line with the cursor's glyph in its first cell, and nothing else changed."""
    (first, role), *rest = given
    return ((MARKER, "cursor"), (first[1:], role), *rest)
