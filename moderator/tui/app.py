"""The application: signals, the line to the desk, what it tells, and the way between screens."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from contextlib import suppress
from time import monotonic
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual.binding import Binding
from textual.screen import Screen
from textual.timer import Timer

from moderator import locale
from moderator.client import Client
from moderator.config import Config
from moderator.domain import asks, view
from moderator.domain.errors import Refused
from moderator.locale import _, n_, said
from moderator.tui import actions, doing, terminal, undoing
from moderator.tui.actions import Place
from moderator.tui.alarm import Alarm, notice
from moderator.tui.base import DeskScreen
from moderator.tui.early import Handover
from moderator.tui.link import Attached, LineLost, Link, Told
from moderator.tui.messages import Ask
from moderator.tui.onscreen import OnScreen
from moderator.tui.state import State

ARRIVALS_EVERY = 0.3
"""Seconds between two drawings of what merely came in."""
STATUS_EVERY = 1.0
"""Seconds between two readings of the desk's status, at least."""
ADVANCING = frozenset(
    {"leave", "hide", "reply", "escalate", "snooze", "approve", "send_back", "close", "assign", "cannot_read"}
)
"""Acts after which the next item is shown."""


class DeskApp(OnScreen, inherit_bindings=False):
    """One officer's session at the desk."""

    CSS_PATH = "moderator.tcss"
    BINDINGS: ClassVar = [
        Binding("ctrl+q", "leave", "end", show=False, id="desk.quit", priority=True),
        Binding("ctrl+c", "hint", "", show=False, id="desk.hint", priority=True),
        Binding("ctrl+z", "suspend_process", "", show=False, id="desk.suspend", priority=True),
        Binding("f1", "keys", "", show=False, id="desk.keys", priority=True),
    ]  # fmt: skip

    def __init__(self, client: Client, config: Config, handover: Handover | None = None) -> None:
        """Raises `ConfigError` where the configured theme or keys cannot be used."""
        super().__init__(config, handover)
        self.client = client
        client.language = locale.current()
        self.state = State(zone=_zone(config.desk.time_zone), lighter=config.screen.lighter)
        self.link = Link(client, self.post_message)
        self.alarm = Alarm(monotonic)
        self.forms: dict[tuple[int, str], dict[str, str]] = {}
        """What was typed into forms that were left, by item and form."""
        self._arrivals_due: Timer | None = None
        self._arrivals_at = 0.0
        self._status_due: Timer | None = None
        self._status_at = 0.0

    # --- life

    async def on_mount(self) -> None:
        """Show the queue and open the line."""
        from moderator.tui.queue import QueueScreen

        terminal.settle(self)
        self.queue = QueueScreen()
        if self.handover is not None and self.handover.first is not None:
            self.state.learn(self.handover.first.status, monotonic())
            self.queue.loaded.begin(self.handover.first.page)
        await self.push_screen(self.queue)
        self.link.start()
        self.set_interval(self.config.times.renew, self._renew)
        self.set_interval(1.0, self._each_second)
        self.set_interval(10.0, self._minute)

    def leave(self) -> None:
        """End the session on purpose: what is being typed is saved, the leases are free, the terminal is left clean."""
        self.run_worker(self._end(on_purpose=True), exit_on_error=False)

    action_leave = leave

    def hang_up(self) -> None:
        """End the session because the terminal goes: the same, but the desk offers back what was held here."""
        self.run_worker(self._end(on_purpose=False), exit_on_error=False)

    async def _end(self, *, on_purpose: bool) -> None:
        if not (on_purpose or self.is_headless):
            await terminal.taken_in(self)
        for screen in reversed(self.screen_stack):
            keep = getattr(screen, "keep_draft", None)
            if keep is not None:
                await keep()
        if on_purpose and self.state.line_up:
            with suppress(Refused):  # a desk that does not hear it frees everything all the same
                await self.link.call(self.client.leave)
        self.link.close()
        self.exit(0)

    def _fatal_error(self) -> None:
        """A fault of the program's own ends the session without a word here: its values may be a citizen's text."""
        self._close_messages_no_wait()

    def action_hint(self) -> None:
        """Ctrl-C ends nothing here; it says what does."""
        quit_key, back = actions.key("quit"), actions.key("back")
        self.state.tell(_("{quit} ends your session; drafts are kept. {back} goes back.", quit=quit_key, back=back))
        self.redraw()

    def action_keys(self) -> None:
        """The keys of the place in front, also where letters are text."""
        if isinstance(self.screen, DeskScreen) and not self.locked:
            self.screen.act_keys()

    def _renew(self) -> None:
        if self.state.line_up:
            pressed, self.key_pressed = self.key_pressed, False
            self.run_worker(self._alive(pressed), exit_on_error=False)

    async def _alive(self, pressed: bool) -> None:
        try:
            await self.link.call(self.client.alive, pressed)
        except Refused as refusal:
            self.state.refuse(refusal)

    def _each_second(self) -> None:
        self.flow.tick()
        self.caught_up()
        self.ring()
        minutes = self.config.screen.lock_minutes
        if minutes and monotonic() - self.last_key >= minutes * 60:
            self.lock()
        if self.state.held(monotonic()):
            self.redraw()

    def _minute(self) -> None:
        self.queue.list.refresh_changed()
        self.redraw()

    # --- events

    def on_attached(self, message: Attached) -> None:
        """The line is up: say so where it was down, and read everything anew."""
        was_down = bool(self.state.line_sentence)
        if self.state.hello is not None and self.state.hello.instance != message.hello.instance:
            self._begin_anew()
        self.state.hello, self.state.line_up, self.state.line_sentence = message.hello, True, ""
        if was_down:
            self.state.tell(_("The line to the desk is back."), "good")
        if message.hello.resumed:
            told = n_(
                "Yours when the line dropped, still free: {n}. {next} opens it.",
                "Yours when the line dropped, still free: {n}. {next} opens the next.",
                len(message.hello.resumed),
                next=actions.key("next"),
            )
            self.state.tell(told, "warn")
        self.read_anew()

    def _begin_anew(self) -> None:
        """Another database answers: numbers mean other items now, so nothing kept here by number may live on."""
        self.state.revealed.clear()
        self.state.undoables.clear()
        self.state.redoables.clear()
        self.state.policy = None
        self.forms.clear()
        self.ack.forget()
        self.queue.forget()
        covered = self.locked
        while self.screen is not self.queue:
            self.pop_screen()
        if covered:
            self.lock()

    def on_line_lost(self, message: LineLost) -> None:
        """The line is down: a banner, and everything typed stays where it is."""
        self.state.line_up = False
        refusal = said(str(message.refusal))
        self.state.line_sentence = _("Line to the desk lost; trying again. {refusal}", refusal=refusal)
        self.redraw()

    def on_told(self, message: Told) -> None:
        """An event of the desk."""
        if message.name == "queue":
            self._take_changed(message.data)
        elif message.name == "resync":
            self.read_anew()
        elif message.name == "lease":
            self.queue.rows_changed((int(message.data["item"]),))
        elif message.name == "notice":
            self.state.tell(str(message.data["sentence"]), "warn")
        if message.name in ("queue", "effect", "account", "notice", "resync"):
            self.want_status()

    def _take_changed(self, changed: view.Changed) -> None:
        more_urgent = changed.urgent != self.state.urgent
        self.state.fresh += changed.new
        self.state.urgent = changed.urgent
        self.ring()
        self.queue.rows_changed(changed.ids)
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.items_changed(changed.ids)
        self._redraw_arrivals(at_once=more_urgent)

    def _redraw_arrivals(self, at_once: bool) -> None:
        """Draw what came in: urgent ones at once; ordinary ones too, but under a flood a few times a second."""
        pause = ARRIVALS_EVERY - (monotonic() - self._arrivals_at)
        if at_once or pause <= 0:
            self._arrivals_at = monotonic()
            self.redraw()
        elif self._arrivals_due is None:
            self._arrivals_due = self.set_timer(pause, self._redraw_late)

    def _redraw_late(self) -> None:
        self._arrivals_due, self._arrivals_at = None, monotonic()
        self.redraw()

    def ring(self) -> None:
        """A bell, and a notice where that is wanted, for urgent items that nobody has opened."""
        screen = self.config.screen
        if self.alarm.due(self.state.urgent):
            if screen.bell:
                self.bell()
            if screen.notify == "osc9":
                terminal.writer(self)(notice(len(self.state.urgent), os.environ))

    # --- reading

    async def ask(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """A call to the desk; a refusal is said in its place and gives None."""
        try:
            return await self.link.call(fn, *args, **kwargs)
        except Refused as refusal:
            self.state.refuse(refusal)
            self.redraw()
            return None

    def read_anew(self) -> None:
        """Read everything that is shown again."""
        self.want_status()
        self.run_worker(self._read_all(), exit_on_error=True)

    async def _read_all(self) -> None:
        if self.state.policy is None:
            self.state.policy = await self.ask(self.client.policy)
        await self.queue.reattach()
        await self.queue.read_batches()
        for screen in self.screen_stack:
            again = getattr(screen, "reread", None)
            if again is not None:
                await again()

    def want_status(self) -> None:
        """Read the status soon, at most every `STATUS_EVERY` seconds."""
        if self._status_due is None:
            pause = max(0.02, STATUS_EVERY - (monotonic() - self._status_at))
            self._status_due = self.set_timer(pause, self._read_status)

    async def _read_status(self) -> None:
        self._status_due, self._status_at = None, monotonic()
        self.run_worker(self._take_status(), exit_on_error=True)

    async def _take_status(self) -> None:
        status = await self.ask(self.client.status)
        if status is not None:
            self.state.learn(status, monotonic())
            self.ring()
            self.redraw()

    # --- doing

    def perform(self, item_id: int, act: str, ask: Ask, label: str = "") -> Coroutine[Any, Any, view.Done | None]:
        """Have the desk do it, and say what came of it. None where it was refused."""
        return doing.perform(self, self.screen, item_id, act, ask, label)

    async def settle(self, effect_id: int, ask: asks.SettleEffect) -> bool:
        """A person's word on a parked effect; false where it was refused."""
        return await doing.settle(self, effect_id, ask)

    def undo(self) -> Coroutine[Any, Any, None]:
        """Take back what the strip names, and return to that very item."""
        return undoing.undo(self, self.screen)

    def redo(self, item_id: int = 0) -> Coroutine[Any, Any, None]:
        """Do again what was taken back last, or last on this item."""
        return undoing.redo(self, item_id)

    # --- between screens

    async def open_item(self, item_id: int, seen: int = 0, front: Screen[Any] | None = None) -> None:
        """Put one item before the officer, over the queue.

        `front` is the screen that asked. Where another one has come before it meanwhile, nothing moves: the next
        letters are meant for that one.
        """
        from moderator.tui.detail import ItemScreen
        from moderator.tui.queue import QueueScreen

        if front is not None and self.screen is not front:
            return
        while not isinstance(self.screen, (QueueScreen, ItemScreen)):
            keep = getattr(self.screen, "keep_draft", None)
            if keep is not None:
                await keep()
            await self.pop_screen()
        if isinstance(self.screen, ItemScreen):
            await self.screen.show(item_id, seen)
            return
        await self.push_screen(ItemScreen(item_id, seen))

    def open_urgent(self) -> Coroutine[Any, Any, None] | None:
        """The most urgent unopened item, or a word that there is none."""
        if not self.state.urgent:
            self.state.tell(_("Nothing urgent is waiting."))
            self.redraw()
            return None
        return self.open_item(self.state.urgent[0], front=self.screen)

    def show_keys(self, place: Place) -> None:
        """The page of keys."""
        from moderator.tui.help import KeysScreen

        self.push_screen(KeysScreen(place))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def run(client: Client, config: Config, handover: Handover | None = None) -> int:
    """Run the full-screen desk until the officer ends it; the exit status. `handover` says what is drawn already.

    A fault of the program's own is raised once the terminal is clean again.
    """
    if handover is None:
        terminal.measure()
    app = DeskApp(client, config, handover)
    status = app.run(mouse=config.screen.mouse) or 0
    if app._exception is not None:
        raise app._exception
    return status
