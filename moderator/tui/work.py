"""What can be done about an item, the same from the list and from the item itself."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from textual import events
from textual.screen import Screen

from moderator import text
from moderator.domain import asks
from moderator.domain.effect import EffectState
from moderator.domain.item import State as WorkState
from moderator.domain.view import Row
from moderator.tui import forms
from moderator.tui.actions import keymap
from moderator.tui.base import DeskScreen

Doing = Coroutine[Any, Any, object] | None


def named(row: Row) -> str:
    """An item as the strip names it."""
    return f"{text.one_line(row.account)} {text.one_line(row.author)}"


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

    def _plain(self, act: str, ask: forms.Ask, label: str) -> Doing:
        row = self.row
        return self.desk.perform(row.id, act, ask, f"{label} {named(row)}") if row else None

    def _form(self, form: forms.Form) -> None:
        row = self.row
        if row is not None:
            self.desk.push_screen(forms.FormScreen(row, form))

    # decide

    def act_leave(self) -> Doing:
        """Leave it public."""
        row = self.row
        return self._plain("leave", asks.Leave(row.comment_version, self.masked), "left public") if row else None

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
            self._form(forms.escalation(row, self.desk.config.escalation.levels))

    def act_snooze(self) -> None:
        """Put it aside."""
        self._form(forms.snooze(self.desk.state))

    def act_order(self) -> None:
        """Order or request? The next form asks for what belongs to it."""
        self._form(forms.order_or_request(self.desk.state))

    def act_reopen(self) -> None:
        """Reopen what is under way, reverse what is over."""
        row = self.row
        if row is not None:
            act = "reverse" if row.state is WorkState.RESOLVED else "reopen"
            self._form(forms.because(act, "Why should it be decided again?"))

    def act_approve(self) -> Doing:
        """Be the second person."""
        return self._plain("approve", asks.Nothing(), "approved")

    def act_send_back(self) -> None:
        """Send a proposal back, with a reason."""
        self._form(forms.because("send_back", "What should be looked at again?"))

    def act_withdraw(self) -> Doing:
        """Take one's own proposal back."""
        return self._plain("withdraw", asks.Nothing(), "withdrew")

    def act_close(self) -> Doing:
        """Close what has vanished from the platform."""
        return self._plain("close", asks.Nothing(), "closed")

    def act_settle(self) -> None:
        """Say what became of an effect that waits for a person."""
        row = self.row
        effects = [one for one in self.desk.state.effects if one.state is EffectState.PARKED]
        effect = next((one for one in effects if row is not None and one.item_id == row.id), None)
        if row is None or effect is None:
            self.tell("No effect of this item waits for a person.", "warn")
            return
        self.desk.push_screen(forms.FormScreen(row, forms.settling(effect)))

    # work

    def act_undo(self) -> Doing:
        """Take back what the strip names."""
        return self.desk.undo()

    def act_claim(self) -> Doing:
        """Claim it, or give it back."""
        row = self.row
        return self._plain("release" if row.mine else "claim", asks.Nothing(), "claimed") if row else None

    def act_take_over(self) -> None:
        """Take it from whoever holds it."""
        self._form(forms.take_over())

    def act_hold(self) -> None:
        """Keep it longer than an ordinary lease."""
        self._form(forms.hold())

    def act_note(self) -> None:
        """A remark for colleagues."""
        self._form(forms.note())

    # look

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
        if await self.desk.ask(self.desk.client.act, item_id, "reveal", asks.Nothing()) is not None:
            self.desk.state.revealed.add(item_id)
            self.show_again()

    def show_again(self) -> None:
        """The item looks different now."""
        self.redraw()

    def act_reference(self) -> None:
        """The reference, in plain text, to be marked and copied with the terminal's own means."""
        row = self.row
        if row is not None:
            self.tell(f"Reference: {self.desk.state.status.desk if self.desk.state.status else 'desk'} item {row.id}")

    def act_next(self) -> Doing:
        """The next item for this person."""
        return self._next(self.desk.screen)

    async def _next(self, front: Screen[Any]) -> None:
        found = await self.desk.ask(self.desk.client.next)
        if found:
            await self.desk.open_item(int(found), front=front)
        elif found == 0:
            self.tell("Nothing is waiting for you now.", "good")

    def act_palette(self) -> None:
        """Do anything by its name."""
        from moderator.tui.palette import PaletteScreen

        self.desk.push_screen(PaletteScreen(self))
