"""The lines of the queue: a virtual list that draws only what is in sight, and repaints only what looks different."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from textual import events
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from moderator import rows, text
from moderator.domain.item import Lane
from moderator.domain.view import Row
from moderator.tui.loaded import Loaded
from moderator.tui.paper import BLANK, Line, line, strip_of

if TYPE_CHECKING:
    from moderator.tui.app import DeskApp


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
            return line(rows.header(width), "dim")
        item_id = self.loaded.at(self.top + y - 1)
        if not item_id:
            return line(self._empty(), "dim") if y == 2 and not len(self.loaded) else BLANK
        row = self.loaded.rows.get(item_id)
        chosen = item_id == self.loaded.cursor
        if row is None:
            return line(text.pad(f"{'▌' if chosen else ' '} item {item_id} …", width), "cursor" if chosen else "dim")
        cells = self._cells(row, width)
        if chosen:
            return line("▌" + text.pad("".join(cells), width)[1:], "cursor")
        if row.id in self.loaded.outcomes or (row.owner and not row.mine):
            return line(text.pad("".join(cells), width), "done")
        return _coloured(row, cells)

    def _cells(self, row: Row, width: int) -> rows.Cells:
        now, revealed = self.desk.state.now, row.id in self.desk.state.revealed
        cells = rows.cells_of(row, now, width, revealed=revealed)
        outcome = self.loaded.outcomes.get(row.id)
        if outcome is None:
            return cells
        size = text.cells(cells.due)
        return cells._replace(due=text.pad(text.clip(outcome, size - 1), size))

    def _empty(self) -> str:
        if not self.loaded.known:
            return "   reading the queue…"
        if self.loaded.needle:
            return "   Nothing that is loaded contains this. Esc shows all again."
        return "   Nothing is waiting in this view."

    def refresh_ids(self, ids: Iterable[int]) -> None:
        """Repaint the lines of these items, where they are in sight."""
        places = (self.loaded.place_of(item_id) - self.top + 1 for item_id in ids)
        self.refresh_lines_at(y for y in places if 1 <= y <= self.height)

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
            self.refresh_ids((before, self.loaded.cursor))
            return
        lowest = max(0, len(self.loaded) - self.height)
        self.top = max(0, min(place - self.height // 2, lowest))
        self.show_cursor()
        self.refresh()

    def show_cursor(self) -> None:
        """The terminal's own cursor goes with ours: braille displays and screen readers follow it."""
        self.app.cursor_position = self.region.offset + Offset(0, max(self.loaded.place - self.top + 1, 0))

    def on_resize(self, event: events.Resize) -> None:
        """A new height keeps the cursor in sight."""
        self.follow(self.loaded.cursor)


def _coloured(row: Row, cells: rows.Cells) -> Line:
    """A row with two levels of emphasis: what presses, and what is merely there."""
    urgent = row.lane in (Lane.LIFE, Lane.THREAT)
    due = "urgent" if urgent else "warn" if cells.due.startswith("late") else "text"
    finding = "urgent" if urgent else "accent" if row.category else "dim"
    return (
        (cells.mark + cells.due, due),
        (cells.finding, finding),
        (cells.account + cells.author + cells.state, "dim"),
        (cells.comment, "text"),
    )
