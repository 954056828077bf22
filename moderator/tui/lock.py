"""The covered screen: nothing of the queue is seen, and nothing is done, until the desk knows the officer again.

There is no password of our own. A key asks the desk, over a fresh look at who is at this terminal as the kernel says,
and only the same person on the same desk is let in. Leases go by their usual rule: they lapse without a keystroke.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.widget import Widget

from moderator import text
from moderator.domain import view
from moderator.domain.errors import Refused
from moderator.locale import _, said
from moderator.tui.actions import Place, key
from moderator.tui.base import DeskScreen
from moderator.tui.paper import Line, Paper, line, rule


class LockScreen(DeskScreen):
    """Covers everything."""

    PLACE = Place.READ
    BINDINGS: ClassVar = []

    def __init__(self) -> None:
        super().__init__()
        self.told = ""
        self._asking = False

    def content(self) -> Iterable[Widget]:
        """A sentence."""
        yield Paper(self.draw_sentence, id="body", grow=True)

    def draw_head(self, width: int, height: int) -> list[Line]:
        """The time; that something urgent waits is said here too, as a number."""
        state = self.desk.state
        urgent = ((" · " + _("{n} URGENT", n=len(state.urgent)), "urgent"),) if state.urgent else ()
        return [((f" {state.clock()}", "dim"), *urgent), rule(width)]

    def draw_sentence(self, width: int, height: int) -> list[Line]:
        """What the cover is, and how it goes away."""
        covered = _("This screen is covered. Press any key: the desk looks again who you are, and shows it.")
        told = ((covered, "text"), (self.told, "bad"))
        return [line(""), *(line(f" {part}", role) for words, role in told for part, at in text.wrap(words, width - 2))]

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """The way out."""
        return [rule(width), ((f" {key('quit')}", "key"), (f" {_('end')}", "dim"))]

    def on_key(self, event: events.Key) -> None:
        """Any key asks the desk once."""
        event.stop()
        event.prevent_default()
        if not self._asking:
            self._asking = True
            self.work(self._ask())

    async def _ask(self) -> None:
        try:
            hello = await self.desk.link.call(self.desk.client.hello)
            self.told = "" if self._same(hello) else _("The desk knows you as somebody else now. End this session.")
        except Refused as refusal:
            self.told = said(str(refusal))
        finally:
            self._asking = False
        if not self.alive:
            return
        if self.told:
            self.redraw()
        else:
            self.desk.uncovered()

    def _same(self, hello: view.Hello) -> bool:
        """Whether the desk greets whom it greeted at the start."""
        known = self.desk.state.hello
        return known is None or (known.instance, known.person_id, known.person) == (
            hello.instance,
            hello.person_id,
            hello.person,
        )
