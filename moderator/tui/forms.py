"""The screen of small forms: a few labelled lines, Enter goes on and at the end does it, Esc leaves and keeps what was
typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.widgets import Input

from moderator import text
from moderator.domain import asks
from moderator.domain.view import Row
from moderator.locale import _
from moderator.tui import fields, frame
from moderator.tui.actions import Place, key
from moderator.tui.base import DeskScreen
from moderator.tui.citizen import named
from moderator.tui.formlist import Field, Form, Values
from moderator.tui.messages import Ask
from moderator.tui.paper import Line, Paper, both_ends, fit, line, rule
from moderator.tui.writing import LineInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

LABEL = 21
"""Cells of a field's label; a language with longer words gets up to half as many more."""


class FormScreen(DeskScreen):
    """One form over one item."""

    PLACE = Place.FORM
    BINDINGS: ClassVar = [("escape", "act('back')", ""), ("tab,down", "step(1)", ""), ("shift+tab,up", "step(-1)", "")]

    def __init__(self, row: Row, form: Form) -> None:
        super().__init__()
        self.row = row
        self.form = form
        self.complaint = ""
        self.done = False
        """Whether the desk has done it."""
        self._busy = False

    @property
    def kept(self) -> Values:
        """What was typed into this form for this item before."""
        return self.desk.forms.setdefault((self.row.id, self.form.name), {})

    def content(self) -> ComposeResult:
        """A label and an input for each field."""
        yield Paper(self.draw_context, id="context")
        wide = self._label_cells()
        for number, field in enumerate(self.form.fields):
            value = self.kept.get(field.name, field.start)
            with Horizontal(classes="field"):
                label = Paper(_label(field, wide), id=f"label-{number}")
                label.styles.width = wide + 1
                yield label
                yield LineInput(value, id=f"field-{number}")
        yield Paper(self.draw_hint, id="body", grow=True)

    def _label_cells(self) -> int:
        longest = max((text.cells(field.label) + 2 for field in self.form.fields), default=0)
        return min(max(longest, LABEL), LABEL * 3 // 2)

    def on_mount(self) -> None:
        """The field that the form begins with has the cursor; what stands in it is replaced by typing."""
        inputs = list(self.query(Input))
        for field in inputs:
            field.cursor_blink = False
        inputs[self.form.begins].focus()

    def draw_head(self, width: int, height: int) -> list[Line]:
        """What is being done, to what."""
        state = self.desk.state
        title = f" {self.form.title} · {named(self.row)}"
        head = both_ends([(title, "title")], frame.urgent_piece(state, f"Esc {key('urgent')}"), width)
        return [head, *frame.banners(state, width), rule(width)]

    def draw_context(self, width: int, height: int) -> list[Line]:
        """What the officer needs beside the fields."""
        lines: list[Line] = []
        for words, role in self.form.context:
            lines += [line(f" {part}", role) for part, _at in text.wrap(words, width - 2)]
        return lines

    def draw_hint(self, width: int, height: int) -> list[Line]:
        """The hint of the field that has the cursor, and what is not clear yet, each in full."""
        place = self._place()
        hint = self.form.fields[place].hint if 0 <= place < len(self.form.fields) else ""
        return [line(""), *_wrapped(hint, width, "dim"), *_wrapped(self.complaint, width, "bad")]

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """What happened, and the next keys."""
        keys: Line = (
            (" ⏎", "key"), (f" {_('next, at the end do it')}  ", "dim"), ("Tab", "key"),
            (f" {_('between lines')}  ", "dim"), ("Esc", "key"), (f" {_('back, kept')}", "dim"),
        )  # fmt: skip
        return [rule(width), *frame.said_lines(self.desk.state, width), fit(keys, width)]

    def _place(self) -> int:
        inputs = list(self.query(Input))
        return next((number for number, one in enumerate(inputs) if one.has_focus), -1)

    def action_step(self, by: int) -> None:
        """Another line."""
        inputs = list(self.query(Input))
        inputs[(self._place() + by) % len(inputs)].focus()

    def on_descendant_focus(self) -> None:
        """Another field's hint."""
        self.query_one("#body", Paper).redraw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing is kept, so that Esc loses nothing."""
        self.complaint = ""
        self._keep()

    def _keep(self) -> None:
        for number, field in enumerate(self.form.fields):
            self.kept[field.name] = self.query_one(f"#field-{number}", Input).value

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: the next line, or the act."""
        event.stop()
        if self._place() < len(self.form.fields) - 1:
            self.action_step(1)
        elif not self._busy:
            self.work(self._submit())

    async def _submit(self) -> None:
        """Read the fields and have the desk do it; a complaint or refusal stays here."""
        self._keep()
        try:
            ask = self.form.ask(dict(self.kept))
        except fields.Unclear as unclear:
            self.complaint = str(unclear)
            self.redraw()
            return
        if isinstance(ask, Form):
            self.dismiss()
            self.desk.push_screen(FormScreen(self.row, ask))
            return
        self._busy = True
        self.done = await self._have_done(ask)
        self._busy = False
        if self.done:
            self.desk.forms.pop((self.row.id, self.form.name), None)
        if self.done and self.is_current:
            self.dismiss()
        elif self.alive:
            self.redraw()

    async def _have_done(self, ask: Ask | asks.SettleEffect) -> bool:
        if isinstance(ask, asks.SettleEffect):
            return await self.desk.settle(self.form.effect_id, ask)
        label = _(self.form.label, item=named(self.row))
        return await self.desk.perform(self.row.id, self.form.act, ask, label) is not None


def _wrapped(words: str, width: int, role: str) -> list[Line]:
    return [line(f" {part}", role) for part, _at in text.wrap(words, width - 2)] if words else []


def _label(field: Field, wide: int) -> Callable[[int, int], Sequence[Line]]:
    """Draws a field's label."""

    def source(width: int, height: int) -> Iterable[Line]:
        return [((text.pad(f" {field.label}", wide) + " ", "dim"),)]

    return source  # type: ignore[return-value]
