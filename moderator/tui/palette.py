"""Do anything by its name: the registry again, found by typing; and the themes and languages of this session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.widget import Widget

from moderator import text
from moderator.locale import _
from moderator.tui import frame, looks
from moderator.tui.actions import Action, Place, allowed, key
from moderator.tui.base import DeskScreen
from moderator.tui.paper import Line, Paper, both_ends, fit, line, rule

_NOT_HERE = frozenset({"palette", "down", "up", "page_down", "page_up", "top", "end", "back"})
"""What makes no sense by name."""
_KEY_ROOM = 9
"""Cells of the column that names an action's key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    shown: str
    """Its key, or ""."""
    label: str
    searched: str
    """Everything that it may be found by, in small letters: its id, its words in both languages, its key."""
    do: Callable[[], object]


class PaletteScreen(DeskScreen):
    """A line to type on and what matches it."""

    PLACE = Place.READ
    BINDINGS: ClassVar = []

    def __init__(self, target: DeskScreen) -> None:
        super().__init__()
        self.target = target
        self.typed = ""
        self.place = 0

    @property
    def takes_text(self) -> bool:
        """Letters are text: an act is found by its name in the officer's own script too."""
        return True

    def content(self) -> Iterable[Widget]:
        """What matches."""
        yield Paper(self.draw_matches, id="body", grow=True)

    def matches(self) -> list[Entry]:
        """What this person can do there and that is called by all the words that were typed: the closest first."""
        words = self.typed.casefold().split()
        found = [one for one in self.entries() if all(word in one.searched for word in words)]
        typed = self.typed.casefold().strip()
        return sorted(found, key=lambda one: not one.searched.startswith(typed)) if typed else found

    def entries(self) -> list[Entry]:
        """Every act of the place, then the looks of the session."""
        able = [one for one in allowed(self.target.PLACE, self.desk.state.permissions) if one.id not in _NOT_HERE]
        return [*map(self._act, able), *map(self._look, looks.choices())]

    def _act(self, action: Action) -> Entry:
        words = f"{action.id} {_(action.label)} {_(action.help)} {action.label} {action.help} {action.shown}"
        return Entry(action.shown, _(action.help), words.casefold(), lambda: self.target.action_act(action.id))

    def _look(self, choice: looks.Choice) -> Entry:
        words = f"{choice.id} {choice.label}"
        return Entry("", choice.label, words.casefold(), lambda: choice.do(self.desk))

    def draw_head(self, width: int, height: int) -> list[Line]:
        """What was typed."""
        urgent = frame.urgent_piece(self.desk.state, f"Esc {key('urgent')}")
        return [both_ends([(f" {key('palette')} {text.one_line(self.typed)}▏", "title")], urgent, width), rule(width)]

    def draw_matches(self, width: int, height: int) -> list[Line]:
        """The matches, the chosen one marked."""
        found = self.matches()
        self.place = max(0, min(self.place, len(found) - 1))
        first = max(0, self.place - height + 1)
        lines = [_drawn(one, number == self.place, width) for number, one in enumerate(found)]
        return lines[first:] or [line(" " + _("Nothing here is called so."), "dim")]

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """The keys of this page."""
        told = (("⏎", _("do it")), ("↓ ↑", _("choose")), ("Esc", _("back")))
        return [rule(width), fit(tuple(piece for one in told for piece in _key(*one)), width)]

    def on_key(self, event: events.Key) -> None:
        """Letters narrow it down, Enter does it."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss()
        elif event.key == "enter":
            self._do()
        elif event.key in ("down", "up"):
            self.place += 1 if event.key == "down" else -1
        elif event.key == "backspace":
            self._narrow(self.typed[:-1])
        elif event.character and event.character.isprintable():
            self._narrow((self.typed + event.character)[:60])
        if self.is_current:
            self.redraw()

    def _narrow(self, typed: str) -> None:
        self.typed, self.place = typed, 0

    def _do(self) -> None:
        found = self.matches()
        if found:
            self.dismiss()
            self.target.call_later(found[self.place].do)


def _key(shown: str, does: str) -> Line:
    return ((f" {shown}", "key"), (f" {does} ", "dim"))


def _drawn(entry: Entry, chosen: bool, width: int) -> Line:
    told = ("▌ " if chosen else "  ") + text.pad(entry.label, max(width - _KEY_ROOM - 3, 20)) + " " + entry.shown
    return ((text.pad(told, width), "cursor" if chosen else "text"),)
