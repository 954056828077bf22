"""Do anything by its name: the registry again, found by typing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.widget import Widget

from moderator import text
from moderator.tui import frame
from moderator.tui.actions import Action, Place, allowed
from moderator.tui.base import DeskScreen
from moderator.tui.paper import Line, Paper, both_ends, line, rule

_NOT_HERE = frozenset({"palette", "down", "up", "page_down", "page_up", "top", "end", "back"})
"""What makes no sense by name."""


class PaletteScreen(DeskScreen):
    """A line to type on and what matches it."""

    PLACE = Place.READ
    BINDINGS: ClassVar = []

    def __init__(self, target: DeskScreen) -> None:
        super().__init__()
        self.target = target
        self.typed = ""
        self.place = 0

    def content(self) -> Iterable[Widget]:
        """What matches."""
        yield Paper(self.draw_matches, id="body", grow=True)

    def matches(self) -> list[Action]:
        """What this person can do there and whose words contain what was typed."""
        able = allowed(self.target.PLACE, self.desk.state.permissions)
        words = self.typed.casefold().split()
        found = [one for one in able if one.id not in _NOT_HERE]
        return [one for one in found if all(word in f"{one.label} {one.help}".casefold() for word in words)]

    def draw_head(self, width: int, height: int) -> list[Line]:
        """What was typed."""
        urgent = frame.urgent_piece(self.desk.state, "Esc u")
        return [both_ends([(f" : {self.typed}▏", "title")], urgent, width), rule(width)]

    def draw_matches(self, width: int, height: int) -> list[Line]:
        """The matches, the chosen one marked."""
        found = self.matches()
        self.place = max(0, min(self.place, len(found) - 1))
        first = max(0, self.place - height + 1)
        return [self._entry(one, number == self.place, width) for number, one in enumerate(found)][first:] or [
            line(" Nothing here is called so.", "dim")
        ]

    def _entry(self, action: Action, chosen: bool, width: int) -> Line:
        content = ("▌ " if chosen else "  ") + text.pad(action.help, max(width - 12, 20)) + action.shown
        return ((text.pad(content, width), "cursor" if chosen else "text"),)

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """The keys of this page."""
        keys: Line = ((" ⏎", "key"), (" do it  ", "dim"), ("↓ ↑", "key"), (" choose  ", "dim"), ("Esc", "key"),
                      (" back", "dim"))  # fmt: skip
        return [rule(width), keys]

    def on_key(self, event: events.Key) -> None:
        """Letters narrow it down, Enter does it."""
        event.stop()
        if event.key == "escape":
            self.dismiss()
        elif event.key == "enter":
            self._do()
        elif event.key in ("down", "up"):
            self.place += 1 if event.key == "down" else -1
        elif event.key == "backspace":
            self.typed = self.typed[:-1]
        elif event.character and event.character.isprintable():
            self.typed = (self.typed + event.character)[:60]
        if self.is_current:
            self.redraw()

    def _do(self) -> None:
        found = self.matches()
        if not found:
            return
        self.dismiss()
        self.target.call_later(self.target.action_act, found[self.place].id)
