"""What can be done about an item, the same from the list and from the item itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from textual import events
from textual.screen import Screen

from moderator.domain import asks
from moderator.domain.effect import EffectState
from moderator.domain.item import State as WorkState
from moderator.domain.view import Detail, Row
from moderator.locale import N_, _
from moderator.tui import formlist
from moderator.tui.actions import key, keymap
from moderator.tui.base import DeskScreen
from moderator.tui.citizen import named
from moderator.tui.forms import FormScreen
from moderator.tui.messages import Ask

Doing = Coroutine[Any, Any, object] | None


class WorkScreen(DeskScreen):
    """A screen with one item before the officer: `row` says which."""

    def on_key(self, event: events.Key) -> None:
        """A key acts here and now, in the order in which keys were pressed. One that was pressed before the screen that
        an earlier key opens could be seen does nothing, also where this screen shows through that one."""
        name = keymap(self.PLACE).get(event.key)
        if name is None:
            return
        event.stop()
        event.prevent_default()
        if self.desk.screen is self:
            self.action_act(name)

    @property
    def row(self) -> Row | None:
        """The item that keys act on."""
        return None

    @property
    def masked(self) -> bool:
        """Whether words of this item are still covered."""
        row = self.row
        return row is not None and bool(row.masks) and row.id not in self.desk.state.revealed

    def _plain(self, act: str, ask: Ask, label: str) -> Doing:
        """An act that asks nothing more; `label` is what the strip calls it, with a place for the item."""
        row = self.row
        return self.desk.perform(row.id, act, ask, _(label, item=named(row))) if row else None

    def _form(self, form: formlist.Form) -> None:
        row = self.row
        if row is not None:
            self.desk.push_screen(FormScreen(row, form))

    # decide

    def act_leave(self) -> Doing:
        """Leave it public."""
        row = self.row
        if row is None:
            return None
        return self._plain("leave", asks.Leave(row.comment_version, self.masked), N_("left public {item}"))

    def act_hide(self) -> None:
        """The hide menu."""
        from moderator.tui.hide import HideScreen

        row = self.row
        if row is not None:
            self.desk.push_screen(HideScreen(row, self.masked))

    def act_reply(self) -> None:
        """The composer."""
        from moderator.tui.compose import ReplyScreen

        row = self.row
        if row is not None:
            self.desk.push_screen(ReplyScreen(row, self.masked))

    def act_escalate(self) -> None:
        """Hand it up the ladder."""
        row = self.row
        if row is not None:
            self._form(formlist.escalation(row, self.desk.config.escalation, covered=self.masked))

    def act_snooze(self) -> None:
        """Put it aside."""
        self._form(formlist.snooze(self.desk.state))

    def act_order(self) -> None:
        """Order or request? The next form asks for what belongs to it."""
        self._form(formlist.order_or_request(self.desk.state))

    def act_reopen(self) -> None:
        """Reopen what is under way, reverse what is over."""
        row = self.row
        if row is not None:
            act = "reverse" if row.state is WorkState.RESOLVED else "reopen"
            self._form(formlist.reopening(act))

    def act_approve(self) -> Doing:
        """Be the second person."""
        return self._plain("approve", asks.Nothing(), N_("approved {item}"))

    def act_send_back(self) -> None:
        """Send a proposal back, with a reason."""
        self._form(formlist.sending_back())

    def act_withdraw(self) -> Doing:
        """Take one's own proposal back."""
        return self._plain("withdraw", asks.Nothing(), N_("withdrew {item}"))

    def act_close(self) -> Doing:
        """Close what has vanished from the platform."""
        return self._plain("close", asks.Nothing(), N_("closed {item}"))

    def act_settle(self) -> None:
        """Say what became of an effect that waits for a person."""
        row = self.row
        effects = [one for one in self.desk.state.effects if one.state is EffectState.PARKED]
        effect = next((one for one in effects if row is not None and one.item_id == row.id), None)
        if row is None or effect is None:
            self.tell(_("No effect of this item waits for a person."), "warn")
            return
        self.desk.push_screen(FormScreen(row, formlist.settling(effect)))

    # work

    def act_undo(self) -> Doing:
        """Take back what the strip names."""
        return self.desk.undo()

    def act_redo(self) -> Doing:
        """Do again what was taken back last."""
        return self.desk.redo()

    def act_undo_history(self) -> None:
        """Everything that can be taken back now."""
        from moderator.tui.history import HistoryScreen

        self.desk.push_screen(HistoryScreen())

    def act_claim(self) -> Doing:
        """Claim it, or give it back."""
        row = self.row
        if row is None:
            return None
        act, label = ("release", N_("released {item}")) if row.mine else ("claim", N_("claimed {item}"))
        return self._plain(act, asks.Nothing(), label)

    def act_take_over(self) -> None:
        """Take it from whoever holds it."""
        self._form(formlist.take_over())

    def act_hold(self) -> None:
        """Keep it longer than an ordinary lease."""
        self._form(formlist.hold())

    def act_note(self) -> None:
        """A remark for colleagues."""
        self._form(formlist.note())

    def act_assign(self) -> None:
        """Give it to a colleague on duty."""
        status = self.desk.state.status
        others = [name for name in status.on_duty if name != status.person] if status else []
        self._form(formlist.assign(others))

    def act_cannot_read(self) -> None:
        """Pass it to somebody who reads its language."""
        row = self.row
        if row is not None:
            self._form(formlist.cannot_read(row))

    def act_gloss(self) -> Doing:
        """Say what it says, for those who cannot read it."""
        return self._with_detail(formlist.gloss)

    def act_media_seen(self) -> Doing:
        """Say what a picture shows or a voice says."""
        return self._with_detail(formlist.media_seen)

    def _with_detail(self, made: Callable[[Detail], formlist.Form]) -> Doing:
        row = self.row
        return self._open_form(row, made, self.desk.screen) if row is not None else None

    async def _open_form(self, row: Row, made: Callable[[Detail], formlist.Form], front: Screen[Any]) -> None:
        """A form that needs the whole item; where another screen came in front meanwhile, nothing opens."""
        detail = await self.desk.ask(self.desk.client.detail, row.id)
        if detail is not None and self.desk.screen is front:
            self.desk.push_screen(FormScreen(row, made(detail)))

    # look

    def act_lighter(self) -> None:
        """The lighter view, or the full one: covered voices of a thread on one line each."""
        state = self.desk.state
        state.lighter = not state.lighter
        words = N_("The lighter view is on; “{key}” ends it.") if state.lighter else N_("The lighter view is off.")
        self.tell(_(words, key=key("lighter")))
        self.show_again()

    def act_exposure(self) -> Doing:
        """How often this officer uncovered abuse: the desk tells nobody else."""
        return self._exposure(self.desk.screen)

    async def _exposure(self, front: Screen[Any]) -> None:
        from moderator.tui.pages import exposure_page

        found = await self.desk.ask(self.desk.client.exposure)
        if found is not None and self.desk.screen is front:
            self.desk.push_screen(exposure_page(found))

    def act_mask(self) -> Doing:
        """Reveal the masked words of this item; it is counted, for the officer alone."""
        row = self.row
        if row is None:
            return None
        if row.id in self.desk.state.revealed:
            self.desk.state.revealed.discard(row.id)
            self.show_again()
            return None
        return self._reveal(row.id)

    async def _reveal(self, item_id: int) -> None:
        done = await self.desk.ask(self.desk.client.act, item_id, "reveal", asks.Nothing())
        if done is not None:
            self.desk.state.revealed.add(item_id)
            self.tell(done.sentence, "dim")
            self.show_again()

    def show_again(self) -> None:
        """The item looks different now."""
        self.redraw()

    def act_reference(self) -> None:
        """The reference, in plain text, to be marked and copied with the terminal's own means."""
        row = self.row
        if row is not None:
            desk = self.desk.state.status.desk if self.desk.state.status else ""
            self.tell(_("Reference: {desk} item {item}", desk=desk, item=row.id))

    def act_next(self) -> Doing:
        """The next item for this person."""
        return self._next(self.desk.screen)

    async def _next(self, front: Screen[Any]) -> None:
        found = await self.desk.ask(self.desk.client.next)
        if found:
            await self.desk.open_item(int(found), front=front)
        elif found == 0:
            self.tell(_("Nothing is waiting for you now."), "good")
