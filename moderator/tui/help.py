"""All keys, from the registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from moderator import text
from moderator.tui import frame
from moderator.tui.actions import ACTIONS, Action, Place, bindings
from moderator.tui.base import DeskScreen
from moderator.tui.paper import Line, Paper, rule


class KeysScreen(DeskScreen):
    """The page of keys."""

    PLACE = Place.READ
    BINDINGS: ClassVar = [*bindings(Place.READ), ("j,down", "scroll_by(1)", ""), ("k,up", "scroll_by(-1)", ""),
                          ("pagedown,space", "scroll_by(15)", ""), ("pageup", "scroll_by(-15)", "")]  # fmt: skip

    def __init__(self, came_from: Place) -> None:
        super().__init__()
        self.came_from = came_from

    def content(self) -> Iterable[Widget]:
        """The keys."""
        yield Paper(self.draw_keys, id="body", grow=True)

    def draw_head(self, width: int, height: int) -> list[Line]:
        """A title; urgent items are announced here too."""
        return [((" Keys", "title"), *frame.urgent_piece(self.desk.state)), rule(width)]

    def draw_keys(self, width: int, height: int) -> list[Line]:
        """One line each; what this person may not do is dim."""
        permissions = self.desk.state.permissions
        listed = [one for one in ACTIONS if one.places & {self.came_from, Place.WRITE, Place.PREVIEW}]
        return [_entry(one, one.permission.value in permissions, width) for one in listed]

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """The way back."""
        return [rule(width), ((" Esc", "key"), (" back   ", "dim"), ("j k", "key"), (" scroll", "dim"))]

    def action_scroll_by(self, by: int) -> None:
        """Scroll the page."""
        self.query_one("#body", Paper).scroll_lines(by)


def _entry(action: Action, may: bool, width: int) -> Line:
    where = "  (writing)" if action.places <= {Place.WRITE, Place.PREVIEW} else ""
    note = "" if may else "  (not with your roles)"
    shown = action.shown or ":"
    return (
        (text.pad(f"  {shown}", 10), "key" if may else "dim"),
        (text.clip(f"{action.help}{where}{note}", width - 11), "text" if may else "dim"),
    )
