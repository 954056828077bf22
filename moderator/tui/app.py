"""The application: theme, guard, signals, the line to the desk, and the way between screens."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.style import Style
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer

from moderator.client import Client
from moderator.config import Config
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.tui import terminal, themes
from moderator.tui.acknowledge import Acknowledger
from moderator.tui.actions import Place
from moderator.tui.base import DeskScreen
from moderator.tui.early import Handover
from moderator.tui.guard import GUARD
from moderator.tui.link import Attached, LineLost, Link, Told
from moderator.tui.messages import Acted, Ask
from moderator.tui.state import State
from moderator.tui.work import WorkScreen

STATUS_EVERY = 1.0
"""Seconds between two readings of the desk's status, at least."""
ADVANCING = frozenset({"leave", "hide", "reply", "escalate", "snooze", "approve", "send_back", "close"})
"""Acts after which the next item is shown."""


class DeskApp(App[int], inherit_bindings=False):
    """One officer's session at the desk."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "moderator.tcss"
    BINDINGS: ClassVar = [
        Binding("ctrl+q", "leave", "end", show=False, id="desk.quit", priority=True),
        Binding("ctrl+c", "hint", "", show=False, id="desk.hint", priority=True),
        Binding("ctrl+z", "suspend_process", "", show=False, id="desk.suspend", priority=True),
    ]  # fmt: skip

    def __init__(self, client: Client, config: Config, handover: Handover | None = None) -> None:
        self.palette = themes.chosen(config.screen.theme)
        super().__init__(ansi_color=self.palette.ansi, driver_class=terminal.driver(handover))
        self.handover = handover
        self.client = client
        self.config = config
        self.state = State(zone=_zone(config.desk.time_zone))
        self.link = Link(client, self.post_message)
        self.ack = Acknowledger(terminal.writer(self), monotonic, lambda: terminal.drained(self))
        self.forms: dict[tuple[int, str], dict[str, str]] = {}
        """What was typed into forms that were left, by item and form."""
        self.key_pressed = False
        self._status_due: Timer | None = None
        self._status_at = 0.0
        self._rung: set[int] = set()
        self.register_theme(self.palette.textual())
        self.theme = self.palette.textual().name

    # --- drawing

    def style(self, role: str) -> Style:
        """How the theme draws a role."""
        return self.palette.styles[role]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Every line of every widget passes the guard first."""
        return [GUARD, *super().get_line_filters()]

    def post_display_hook(self) -> None:
        """A frame was handed to the terminal."""
        self.ack.painted()

    def redraw(self) -> None:
        """The screen in front, and what shows through it, where it changed."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, DeskScreen):
                screen.redraw()
                return

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
        self.set_interval(1.0, self._count_down)
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
        self.state.tell("Ctrl-q ends your session; drafts are kept. Esc goes back.")
        self.redraw()

    def _renew(self) -> None:
        if self.state.line_up:
            pressed, self.key_pressed = self.key_pressed, False
            self.run_worker(self._alive(pressed), exit_on_error=False)

    async def _alive(self, pressed: bool) -> None:
        try:
            await self.link.call(self.client.alive, pressed)
        except Refused as refusal:
            self.state.refuse(refusal)

    def _count_down(self) -> None:
        if self.state.held(monotonic()):
            self.redraw()

    def _minute(self) -> None:
        self.queue.list.refresh_changed()
        self.redraw()

    # --- events

    async def on_event(self, event: events.Event) -> None:
        """Keys are noted, for the lease and for what this terminal has confirmed."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.key_pressed = True
            self.ack.key()
        await super().on_event(event)

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """The terminal answers: what it was asked about is before the officer."""
        self.ack.answered(event.y + 1, event.x + 1)

    def on_attached(self, message: Attached) -> None:
        """The line is up: say so where it was down, and read everything anew."""
        was_down = bool(self.state.line_sentence)
        if self.state.hello is not None and self.state.hello.instance != message.hello.instance:
            self._begin_anew()
        self.state.hello, self.state.line_up, self.state.line_sentence = message.hello, True, ""
        if was_down:
            self.state.tell("The line to the desk is back.", "good")
        if message.hello.resumed:
            self.state.tell(
                f"Yours when the line dropped, still free: {len(message.hello.resumed)}. N opens the next.", "warn"
            )
        self.want_status()
        self.run_worker(self._read_all(), exit_on_error=True)

    def _begin_anew(self) -> None:
        """Another database answers: numbers mean other items now, so nothing kept here by number may live on."""
        self.state.revealed.clear()
        self.state.undoables.clear()
        self.state.policy = None
        self.forms.clear()
        self.ack.forget()
        self.queue.forget()
        while self.screen is not self.queue:
            self.pop_screen()

    def on_line_lost(self, message: LineLost) -> None:
        """The line is down: a banner, and everything typed stays where it is."""
        self.state.line_up = False
        self.state.line_sentence = f"Line to the desk lost; trying again. {message.refusal}"
        self.redraw()

    def on_told(self, message: Told) -> None:
        """An event of the desk."""
        if message.name == "queue":
            self._take_changed(message.data)
        elif message.name == "resync":
            self.run_worker(self._read_all(), exit_on_error=True)
        elif message.name == "lease":
            self.queue.rows_changed((int(message.data["item"]),))
        elif message.name == "notice":
            self.state.tell(str(message.data["sentence"]), "warn")
        if message.name in ("queue", "effect", "account", "notice", "resync"):
            self.want_status()

    def _take_changed(self, changed: view.Changed) -> None:
        self.state.fresh += changed.new
        self.state.urgent = changed.urgent
        self.ring()
        self.queue.rows_changed(changed.ids)
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.items_changed(changed.ids)
        self.redraw()

    def ring(self) -> None:
        """One bell for each urgent item that nobody has opened."""
        news = set(self.state.urgent) - self._rung
        self._rung |= news
        if news and self.config.screen.bell:
            self.bell()

    # --- reading

    async def ask(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """A call to the desk; a refusal is said in its place and gives None."""
        try:
            return await self.link.call(fn, *args, **kwargs)
        except Refused as refusal:
            self.state.refuse(refusal)
            self.redraw()
            return None

    async def _read_all(self) -> None:
        if self.state.policy is None:
            self.state.policy = await self.ask(self.client.policy)
        await self.queue.reattach()
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
        return self._perform(self.screen, item_id, act, ask, label)

    async def _perform(self, front: Screen[Any], item_id: int, act: str, ask: Ask, label: str) -> view.Done | None:
        try:
            done: view.Done = await self.link.call(self.client.act, item_id, act, ask)
        except Refused as refusal:
            self.state.refuse(refusal)
            if refusal.code in (Code.TOO_LATE, Code.WRONG_STATE):
                self.state.forget(item_id)
            await self._after_refusal(front, item_id, refusal)
            self.redraw()
            return None
        self.state.remember(done, label, monotonic())
        self.state.tell(f"{done.sentence} · {self.state.clock(seconds=True)}", "good")
        for screen in self.screen_stack:
            if isinstance(screen, WorkScreen):
                screen.post_message(Acted(item_id, act, done))
        self.want_status()
        self.redraw()
        return done

    async def settle(self, effect_id: int, ask: asks.SettleEffect) -> bool:
        """A person's word on a parked effect; false where it was refused."""
        done = await self.ask(self.client.settle, effect_id, ask)
        if done is None:
            return False
        self.state.tell(f"{done.sentence} · {self.state.clock(seconds=True)}", "good")
        self.want_status()
        return True

    async def _after_refusal(self, front: Screen[Any], item_id: int, refusal: Refused) -> None:
        """An edit since the reading puts the item, with the difference, before the officer."""
        self.queue.rows_changed((item_id,))
        if refusal.code is Code.CHANGED:
            await self.open_item(item_id, seen=self.queue.version_of(item_id), front=front)

    def undo(self) -> Coroutine[Any, Any, None]:
        """Take back what the strip names, and return to that very item."""
        return self._undo(self.screen)

    async def _undo(self, front: Screen[Any]) -> None:
        target = self.state.undo_target(monotonic())
        if target is None:
            self.state.tell("Nothing of yours can be undone now. o reopens or reverses a decided item.", "warn")
            self.redraw()
            return
        done = await self.perform(target.item_id, target.act, asks.Nothing())
        if done is not None:
            self.state.forget(target.item_id)
            await self.queue.return_to(target.item_id, front)
            self.redraw()

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
            self.state.tell("Nothing urgent is waiting.")
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
