"""The application as a terminal meets it: its look, what is drawn and when, its keys, its cover.

`DeskApp` builds on it; nothing here knows of the queue or of the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from rich.style import Style
from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.filter import LineFilter
from textual.screen import Screen

from moderator.config import Config
from moderator.tui import actions, inscript, keys, rebinding, terminal, themes
from moderator.tui.acknowledge import Acknowledger
from moderator.tui.base import DeskScreen
from moderator.tui.changes import Changed, Shown
from moderator.tui.early import Handover
from moderator.tui.guard import GUARD
from moderator.tui.lock import LockScreen
from moderator.tui.output import Flow, Nowhere


class OnScreen(App[int], inherit_bindings=False):
    """Draws screens in a theme, through the guard, as fast as the terminal takes them."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, config: Config, handover: Handover | None) -> None:
        """Raises `ConfigError` where the configured theme or keys cannot be used."""
        actions.use(keys.chosen(config))
        self.palette = themes.chosen(config.screen.theme)
        super().__init__(ansi_color=self.palette.ansi, driver_class=terminal.driver(handover))
        self.config = config
        self.handover = handover
        self.flow = Flow(monotonic, Nowhere())
        self.ack = Acknowledger(terminal.writer(self), monotonic, lambda: self.flow.drained)
        self.shown = Shown()
        self.key_pressed = False
        """Whether a key came since the desk was last told that somebody is here."""
        self.last_key = monotonic()
        self.register_theme(self.palette.textual())
        self.theme = self.palette.textual().name
        self._bindings = rebinding.rebound(self._bindings)

    # --- drawing

    def style(self, role: str) -> Style:
        """How the theme draws a role."""
        return self.palette.styles[role]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Every line of every widget passes the guard first."""
        return [GUARD, *super().get_line_filters()]

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Send of a frame what the terminal does not show already; nothing at all where that is nothing."""
        if isinstance(renderable, CompositorUpdate) and self._attached:
            renderable = self.shown.compare(renderable, self.console)
            if isinstance(renderable, Changed) and not renderable.sequence and not self._cursor_moved:
                self.post_display_hook()
                return
        super()._display(screen, renderable)

    @property
    def _attached(self) -> bool:
        """Whether what is displayed now reaches a terminal."""
        return bool(self._running and not self.is_headless and self._driver and not self._batch_count)

    @property
    def _cursor_moved(self) -> bool:
        """Whether the terminal's own cursor stands elsewhere now."""
        return self.screen.outer_size.clamp_offset(self.cursor_position) != self._previous_cursor_position

    def post_display_hook(self) -> None:
        """A frame was handed to the terminal."""
        self.ack.painted()
        question = self.flow.question()
        if question:
            terminal.writer(self)(question)

    @property
    def held_back(self) -> bool:
        """Whether a frame has to wait because the terminal is behind; it is owed then."""
        self.flow.owed = self.flow.owed or self.flow.behind
        return self.flow.behind

    def caught_up(self) -> None:
        """The terminal has come further: draw what was owed, as it now is."""
        if self.flow.owed and not self.flow.behind and self._running:
            self.flow.owed = False
            self.screen._compositor_refresh()

    def redraw(self) -> None:
        """The screen in front, and what shows through it, where it changed."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, DeskScreen):
                screen.redraw()
                return

    # --- the cover

    @property
    def locked(self) -> bool:
        """Whether the screen is covered."""
        return any(isinstance(screen, LockScreen) for screen in self.screen_stack)

    def lock(self) -> None:
        """Cover the screen until its officer is known again."""
        if not self.locked:
            self.push_screen(LockScreen())

    def uncovered(self) -> None:
        """The desk knows the officer again."""
        while self.locked:
            self.pop_screen()
        self.last_key, self.key_pressed = monotonic(), True
        self.redraw()

    # --- keys and answers of the terminal

    async def on_event(self, event: events.Event) -> None:
        """Keys are noted, for the lease and for what this terminal has confirmed."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.last_key = monotonic()
            self.key_pressed = self.key_pressed or not self.locked
            self.ack.key()
            event = self._latin(event)
        elif isinstance(event, events.Resize):
            self.flow.begin_anew()
            self.shown.forget()
        await super().on_event(event)

    def _latin(self, event: events.Key) -> events.Key:
        """A letter of an InScript keyboard as the key that it stands on, where letters are keys."""
        letter = inscript.latin(event.character)
        if letter is None or not isinstance(self.screen, DeskScreen) or self.screen.takes_text:
            return event
        return events.Key(keys.named(letter), letter)

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """The terminal answers: what it was asked about is before the officer."""
        if self.flow.answered(event.y + 1, event.x + 1):
            self.caught_up()
        else:
            self.ack.answered(event.y + 1, event.x + 1)
