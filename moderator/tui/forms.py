"""Small forms: a few labelled lines, Enter goes on and at the end does it, Esc leaves and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.widgets import Input

from moderator import text
from moderator.config import Level
from moderator.domain import asks
from moderator.domain.item import Lane
from moderator.domain.order import OrderKind
from moderator.domain.view import EffectView, Row
from moderator.tui import fields, frame
from moderator.tui.actions import Place
from moderator.tui.base import DeskScreen
from moderator.tui.messages import Ask
from moderator.tui.paper import Line, Paper, both_ends, fit, line, rule
from moderator.tui.state import State

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["Ask", "Field", "Form", "FormScreen"]

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form."""

    name: str
    label: str
    hint: str = ""
    start: str = ""
    """What stands in it at first."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its fields, and what its values become."""

    name: str
    title: str
    fields: tuple[Field, ...]
    ask: Callable[[Values], Ask | asks.SettleEffect | Form]
    """The act's body, or the next form. Raises `fields.Unclear` with a sentence."""
    act: str = ""
    label: str = ""
    """What the strip calls it once it is done."""
    context: tuple[tuple[str, str], ...] = ()
    """Lines above the fields: text and role."""
    effect_id: int = 0
    """The effect that it settles, where it does."""


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
        for number, field in enumerate(self.form.fields):
            value = self.kept.get(field.name, field.start)
            with Horizontal(classes="field"):
                yield Paper(_label(field), id=f"label-{number}")
                yield Input(value, id=f"field-{number}")
        yield Paper(self.draw_hint, id="body", grow=True)

    def on_mount(self) -> None:
        """The first field has the cursor; what stands in it is replaced by typing."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.query(Input).first().focus()

    def draw_head(self, width: int, height: int) -> list[Line]:
        """What is being done, to what."""
        state = self.desk.state
        title = f" {self.form.title} · {text.one_line(self.row.account)} {text.one_line(self.row.author)}"
        head = both_ends([(title, "title")], frame.urgent_piece(state, "Esc u"), width)
        return [head, *frame.banners(state, width), rule(width)]

    def draw_context(self, width: int, height: int) -> list[Line]:
        """What the officer needs beside the fields."""
        lines: list[Line] = []
        for words, role in self.form.context:
            lines += [line(f" {part}", role) for part, _ in text.wrap(words, width - 2)]
        return lines

    def draw_hint(self, width: int, height: int) -> list[Line]:
        """The hint of the field that has the cursor, and what is not clear yet."""
        place = self._place()
        hint = self.form.fields[place].hint if 0 <= place < len(self.form.fields) else ""
        lines = [line(""), fit(((f" {hint}", "dim"),), width)]
        return [*lines, fit(((f" {self.complaint}", "bad"),), width)] if self.complaint else lines

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """What happened, and the next keys."""
        keys: Line = ((" ⏎", "key"), (" next, at the end do it  ", "dim"), ("Tab", "key"), (" between lines  ", "dim"),
                      ("Esc", "key"), (" back, kept", "dim"))  # fmt: skip
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
        label = f"{self.form.label} {text.one_line(self.row.account)} {text.one_line(self.row.author)}"
        return await self.desk.perform(self.row.id, self.form.act, ask, label) is not None


def _label(field: Field) -> Callable[[int, int], Sequence[Line]]:
    """Draws a field's label."""

    def source(width: int, height: int) -> Iterable[Line]:
        return [((text.pad(f" {field.label}", 21) + " ", "dim"),)]

    return source  # type: ignore[return-value]


_REASON = "A few words; they go on the record."


def because(act: str, question: str) -> Form:
    """An act that needs a reason."""
    title = act.replace("_", " ")
    return Form(act, title.capitalize(), (Field("reason", "Reason", question),),
                lambda values: asks.Because(fields.required(values["reason"], "why, in a few words")),
                act, title)  # fmt: skip


def take_over() -> Form:
    """Take an item from whoever holds it."""
    return Form("take_over", "Take over", (Field("reason", "Reason", _REASON),),
                lambda values: asks.TakeOver(fields.required(values["reason"], "why you take it")),
                "take_over", "took over")  # fmt: skip


def hold() -> Form:
    """Keep an item longer."""
    return Form("hold", "Hold", (Field("minutes", "Minutes", "1 to 30.", "15"), Field("reason", "Reason", _REASON)),
                lambda values: asks.Hold(fields.whole(values["minutes"], "The minutes", 1, 1440),
                                         fields.required(values["reason"], "why you keep it")),
                "hold", "held")  # fmt: skip


def note() -> Form:
    """A remark for colleagues."""
    return Form("note", "Note", (Field("text", "Note", "Colleagues see it; citizens never do."),),
                lambda values: asks.Note(fields.required(values["text"], "what colleagues should know")),
                "note", "noted")  # fmt: skip


def lifting(reply: asks.Reply, rules: str) -> Form:
    """Ask a second person to let a reply out although it breaks hard rules; the text goes to them as it stands."""
    return Form("lift", "Ask a second person", (Field("reason", "Reason", "Why must it stand so? They read it."),),
                lambda values: replace(reply, lift=fields.required(values["reason"], "why it must stand as it is")),
                "reply", "proposed a reply to", ((f"To be lifted: {rules}", "warn"),))  # fmt: skip


def snooze(state: State) -> Form:
    """Put aside; the clocks go on."""
    return Form(
        "snooze", "Snooze: its clocks go on",
        (Field("until", "Until", "30m, 2h, 18:00 or 2026-11-23 09:00, in the desk's time.", "1h"),
         Field("reason", "Reason", "May stay empty.")),
        lambda values: asks.Snooze(fields.later(values["until"], state.now, state.zone), values["reason"].strip()),
        "snooze", "put aside",
    )  # fmt: skip


def escalation(row: Row, levels: Sequence[Level]) -> Form:
    """Hand it up the ladder; for urgent lanes also the number to call and what to read out."""
    reasons = tuple(reason.value for reason in asks.ReasonCode)

    def ask(values: Values) -> Ask:
        level = fields.whole(values["level"], "The level", 0, max((rung.level for rung in levels), default=0))
        reason = asks.ReasonCode(fields.choice(values["reason"], reasons))
        question = fields.required(values["question"], "what the office should decide")
        return asks.Escalate(row.comment_version, question, reason, level)

    ladder = ", ".join(f"{rung.level} {rung.office}" for rung in levels) or "no ladder is configured"
    numbered = " · ".join(f"{number} {name}" for number, name in enumerate(reasons, 1))
    urgent = row.lane in (Lane.LIFE, Lane.THREAT)
    return Form(
        "escalate", "Hand off",
        (Field("question", "Question", "What should the office decide? It opens the mail."),
         Field("reason", "Reason", numbered, "safety" if urgent else "contentious"),
         Field("level", "Level", f"0 for the next one above. Ladder: {ladder}", "0")),
        ask, "escalate", "handed off", _by_voice(row, levels) if urgent else (),
    )  # fmt: skip


def _by_voice(row: Row, levels: Sequence[Level]) -> tuple[tuple[str, str], ...]:
    """Whom to call and what to read out: urgent items are handed over by voice as well."""
    reached = [rung for rung in levels if rung.phone]
    number = f"{reached[0].office} {reached[0].phone}" if reached else "no telephone number is on the ladder"
    return (
        (f"By voice first: {number}", "urgent"),
        (f"Read out: “{text.one_line(row.text)}” by {text.one_line(row.author)}, item {row.id}.", "text"),
    )


def order_or_request(state: State) -> Form:
    """Which of the two it is decides what must be recorded."""
    kinds = tuple(kind.value for kind in OrderKind)
    forms = {OrderKind.ORDER: lawful_order, OrderKind.REQUEST: request}
    return Form(
        "order_or_request", "Order or request?",
        (Field("kind", "Order or request", "1 order: statute, verified by call-back · 2 request: anybody asks"),),
        lambda values: forms[OrderKind(fields.choice(values["kind"], kinds))](state),
    )  # fmt: skip


def lawful_order(state: State) -> Form:
    """An order: complete and verified, or not actionable."""
    names = (
        ("authority", "Authority", "The authority that orders it."), ("officer", "Officer", "Who signed it."),
        ("rank", "Rank", "Their rank."), ("statute", "Statute", "Act and section."),
        ("reference", "Reference", "Number and date of the order."), ("reason", "Reason", "The reason it gives."),
        ("urls", "URLs", "The exact addresses, separated by spaces."),
        ("received", "Received", "now, 18:00 or 2026-11-23 09:00."), ("due", "Due", "May stay empty; 36h, 18:00 …"),
        ("verified_by", "Called back", "Who verified it, with whom, from the contact book. Empty: not verified."),
    )  # fmt: skip

    def ask(values: Values) -> Ask:
        plain = {
            name: values[name].strip() for name in ("authority", "officer", "rank", "statute", "reference", "reason")
        }
        due = fields.later(values["due"], state.now, state.zone) if values["due"].strip() else None
        received = fields.moment(values["received"], state.now, state.zone)
        return asks.ReceivedOrder(OrderKind.ORDER, received, **plain, urls=tuple(values["urls"].split()), due_at=due,
                                  verified_by=values["verified_by"].strip())  # fmt: skip

    return Form("order", "Order", tuple(Field(*entry) for entry in names), ask, "order", "order recorded",
                (("What is missing is said; only a complete, verified order can be acted on.", "dim"),))  # fmt: skip


def request(state: State) -> Form:
    """A request: recorded in its own words, decided by the policy alone."""

    def ask(values: Values) -> Ask:
        return asks.ReceivedOrder(
            OrderKind.REQUEST, fields.moment(values["received"], state.now, state.zone),
            authority=fields.required(values["authority"], "which office asked"),
            words=fields.required(values["words"], "what was said, in its own words"),
            caller=fields.required(values["caller"], "who asked"),
        )  # fmt: skip

    return Form(
        "request", "Request",
        (Field("caller", "Who asked", "Name as given."), Field("authority", "Office", "Office as given."),
         Field("words", "Words used", "As they were said."), Field("received", "Received", "now, or 18:00.", "now")),
        ask, "order", "request recorded",
        (("It is recorded; the outcome follows the published policy alone.", "dim"),),
    )  # fmt: skip


def settling(effect: EffectView) -> Form:
    """A person's word on an effect that nobody could settle by looking."""
    hows = tuple(how.value for how in asks.Settling)
    return Form(
        "settle", "Settle",
        (Field("how", "What is true", "1 resend it · 2 it was sent · 3 drop it"), Field("reason", "Reason", _REASON)),
        lambda values: asks.SettleEffect(asks.Settling(fields.choice(values["how"], hows)),
                                         fields.required(values["reason"], "how you know")),
        context=((f"{effect.label}: {effect.reason or 'its outcome is not known'}", "warn"),
                 ("Look on the platform first: a reply that is already there must not be sent twice.", "text")),
        effect_id=effect.id,
    )  # fmt: skip
