"""All keys of a place, from the registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from moderator import text
from moderator.locale import N_, _
from moderator.tui import frame
from moderator.tui.actions import Action, Place, bindings, in_force, key, keys_in
from moderator.tui.base import DeskScreen
from moderator.tui.keys import shown
from moderator.tui.paper import Line, Paper, fit, line, rule

NAMES: dict[Place, str] = {
    Place.QUEUE: N_("the queue"),
    Place.ITEM: N_("one item"),
    Place.HIDE: N_("hiding"),
    Place.WRITE: N_("writing a reply"),
    Place.PREVIEW: N_("the preview of a reply"),
    Place.FORM: N_("a form"),
    Place.BULK: N_("one decision about many"),
    Place.FIGURES: N_("the desk in figures"),
    Place.READ: N_("a page to read"),
}
"""The places as the page's headings name them."""
BESIDE: dict[Place, tuple[Place, ...]] = {
    Place.QUEUE: (Place.BULK, Place.WRITE, Place.PREVIEW),
    Place.ITEM: (Place.WRITE, Place.PREVIEW),
    Place.WRITE: (Place.PREVIEW,),
}
"""Places that lie one key further, and are told on the same page."""
KEY_ROOM = 10
"""Cells of the column of keys."""


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
        return [((" " + _("Keys"), "title"), *frame.urgent_piece(self.desk.state)), rule(width)]

    def draw_keys(self, width: int, height: int) -> list[Line]:
        """One line each, under the place where it counts; what this person may not do is dim."""
        lines: list[Line] = []
        for place in (self.came_from, *BESIDE.get(self.came_from, ())):
            listed = [one for one in in_force() if place in one.places]
            lines += [line(f" {_(NAMES[place])}", "title"), *(self._entry(one, place, width) for one in listed)]
        return lines

    def _entry(self, action: Action, place: Place, width: int) -> Line:
        may = action.permission.value in self.desk.state.permissions
        told = [_(action.help)]
        if action.danger:
            told.append(_("(leaves the desk)"))
        if not may:
            told.append(_("(not with your roles)"))
        return (
            (text.pad(f"  {_key_there(action, place)}", KEY_ROOM), "key" if may else "dim"),
            (text.clip(" ".join(told), width - KEY_ROOM - 1), "text" if may else "dim"),
        )

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """The way back."""
        back = ((f" {key('back')}", "key"), (f" {_('back')}   ", "dim"))
        return [rule(width), fit((*back, ("j k", "key"), (f" {_('scroll')}", "dim")), width)]

    def act_keys(self) -> None:
        """They are here already."""

    def action_scroll_by(self, by: int) -> None:
        """Scroll the page."""
        self.query_one("#body", Paper).scroll_lines(by)


def _key_there(action: Action, place: Place) -> str:
    """The key of an action as it is pressed in this place; an action without one is done by its name."""
    keys = keys_in(action, place)
    if len(keys) == len(action.keys.split(",")) and keys:
        return action.shown
    return shown(keys[0]) if keys else key("palette")
