"""Pages that are only read: why an item is here, and what an officer has uncovered. Esc goes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.widget import Widget

from moderator import text
from moderator.domain.view import Exposure
from moderator.locale import _, n_, number
from moderator.tui import frame
from moderator.tui.actions import Place, bindings, key
from moderator.tui.base import DeskScreen
from moderator.tui.paper import Line, Paper, both_ends, fit, line, rule

Source = Callable[[int], Sequence[Line]]
"""Gives the lines of a page for a width in cells."""
BAR = 24
"""Cells of the longest bar of a week."""


class ReadScreen(DeskScreen):
    """A page of lines, scrolled with the keys that scroll everywhere."""

    PLACE = Place.READ
    BINDINGS: ClassVar = [*bindings(Place.READ), ("j,down", "scroll_by(1)", ""), ("k,up", "scroll_by(-1)", ""),
                          ("pagedown,space", "scroll_by(15)", ""), ("pageup", "scroll_by(-15)", "")]  # fmt: skip

    def __init__(self, title: str, source: Source) -> None:
        super().__init__()
        self.heading = title
        self.source = source

    def content(self) -> Iterable[Widget]:
        """The page."""
        yield Paper(lambda width, height: self.source(width), id="body", grow=True)

    def draw_head(self, width: int, height: int) -> list[Line]:
        """A title; urgent items are announced here too."""
        urgent = frame.urgent_piece(self.desk.state)
        return [both_ends([(f" {self.heading}", "title")], urgent, width), rule(width)]

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """The way back."""
        back = ((f" {key('back')}", "key"), (f" {_('back')}   ", "dim"))
        return [rule(width), fit((*back, ("j k", "key"), (f" {_('scroll')}", "dim")), width)]

    def action_scroll_by(self, by: int) -> None:
        """Scroll the page."""
        self.query_one("#body", Paper).scroll_lines(by)


def exposure_page(found: Exposure) -> ReadScreen:
    """What the officer who asks has uncovered: nobody else can see it."""
    return ReadScreen(_("My exposure"), lambda width: exposure_lines(found, width))


def exposure_lines(found: Exposure, width: int) -> list[Line]:
    """Today, the last seven days, and the advice where it is due."""
    today = n_("You uncovered {n} comment today.", "You uncovered {n} comments today.", found.today)
    severe = n_("{n} of them was severe.", "{n} of them were severe.", found.severe_today)
    told = [
        (f"{today} {severe}" if found.severe_today else today, "text"),
        (_("Only you see this: it is on no report and no lead can ask for it."), "dim"),
    ]
    lines = [line(f" {part}", role) for words, role in told for part, _at in text.wrap(words, width - 2)]
    lines += [line(""), line(f" {_('the last seven days, today last')}", "dim"), *_week(found, width)]
    if found.advice:
        lines += [line(""), *(line(f" {part}", "warn") for part, _at in text.wrap(found.advice, width - 2))]
    lighter = _("“{key}” shows less of it; nothing is held against you for resting.", key=key("lighter"))
    return [*lines, line(""), *(line(f" {part}", "dim") for part, _at in text.wrap(lighter, width - 2))]


def _week(found: Exposure, width: int) -> list[Line]:
    most = max(*found.week, 1)
    room = min(BAR, max(width - 12, 4))
    return [line(f" {number(day):>5}  {'▪' * (-(-day * room // most))}", "text") for day in found.week]
