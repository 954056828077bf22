"""Everything that this officer can take back now, and for how long still; Enter takes the chosen one back."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import ClassVar

from textual import events
from textual.widget import Widget

from moderator import text
from moderator.locale import _
from moderator.tui import frame, undoing
from moderator.tui.actions import Place, key
from moderator.tui.base import DeskScreen
from moderator.tui.paper import Line, Paper, both_ends, line, rule
from moderator.tui.queue_list import MARKER
from moderator.tui.state import Undoable

EVERY = 1.0
"""Seconds between two looks at how much of a window is left."""


class HistoryScreen(DeskScreen):
    """The list of what can be undone, newest first."""

    PLACE = Place.READ
    BINDINGS: ClassVar = []

    def __init__(self) -> None:
        super().__init__()
        self.place = 0

    def content(self) -> Iterable[Widget]:
        """The list."""
        yield Paper(self.draw_list, id="body", grow=True)

    def on_mount(self) -> None:
        """Windows run out while one looks."""
        self.set_interval(EVERY, self.redraw)

    def entries(self) -> list[Undoable]:
        """What can be taken back at this moment."""
        return self.desk.state.all_undoable(monotonic())

    def draw_head(self, width: int, height: int) -> list[Line]:
        """What this page is."""
        urgent = frame.urgent_piece(self.desk.state, f"Esc {key('urgent')}")
        return [both_ends([(f" {_('What you can take back')}", "title")], urgent, width), rule(width)]

    def draw_list(self, width: int, height: int) -> list[Line]:
        """Each act with what is left of its window."""
        found = self.entries()
        self.place = max(0, min(self.place, len(found) - 1))
        first = max(0, self.place - height + 1)
        if not found:
            return [line(f" {undoing.nothing()}", "dim")]
        return [self._entry(one, number == self.place, width) for number, one in enumerate(found)][first:]

    def _entry(self, one: Undoable, chosen: bool, width: int) -> Line:
        left = _("any time")
        if one.batch_id:
            left = _("until it is sent")
        elif one.deadline is not None:
            left = _("{seconds} s left", seconds=-int(-(one.deadline - monotonic()) // 1))
        room = max(width - text.cells(left) - 4, 8)
        content = f"{MARKER if chosen else ' '} {text.pad(text.one_line(one.label), room)} {left}"
        return ((text.pad(content, width), "cursor" if chosen else "text"),)

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """What happened, and the keys of this page."""
        keys: Line = ((" ⏎", "key"), (f" {_('take it back')}  ", "dim"), ("↓ ↑", "key"), (f" {_('choose')}  ", "dim"),
                      ("Esc", "key"), (f" {_('back')}", "dim"))  # fmt: skip
        return [rule(width), *frame.said_lines(self.desk.state, width), keys]

    def on_key(self, event: events.Key) -> None:
        """Up and down choose, Enter takes it back, Esc goes back."""
        if event.key == "ctrl+q":
            return
        event.stop()
        event.prevent_default()
        if self.desk.screen is not self:  # this screen was left with the key before
            return
        if event.key in ("escape", "left"):
            self.dismiss()
        elif event.key in ("down", "j", "up", "k"):
            self.place += 1 if event.key in ("down", "j") else -1
            self.redraw()
        elif event.key == "enter":
            self._take_back()

    def _take_back(self) -> None:
        found = self.entries()
        if found:
            target = found[min(self.place, len(found) - 1)]
            self.dismiss()
            self.work(undoing.undo(self.desk, self.desk.queue, target))
