"""Every small form: what it asks, and what its values become. Built at the moment of asking, in the language in use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from moderator import text
from moderator.config import Escalation, Level
from moderator.domain import asks, tongues
from moderator.domain.item import Lane
from moderator.domain.order import OrderKind
from moderator.domain.policy import Asks
from moderator.domain.view import Detail, EffectView, Row
from moderator.locale import N_, _, current, translated
from moderator.tui import fields
from moderator.tui.citizen import name_of
from moderator.tui.messages import Ask
from moderator.tui.state import State

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
    """What the strip calls it once it is done: a sentence with a place for the {item}, said when it is needed."""
    context: tuple[tuple[str, str], ...] = ()
    """Lines above the fields: text and role."""
    effect_id: int = 0
    """The effect that it settles, where it does."""
    begins: int = 0
    """Which field has the cursor at first: the one that has to be written, behind those that are filled in already."""


REASONS: Final = {
    asks.ReasonCode.VERIFY: N_("verify"), asks.ReasonCode.CONTENTIOUS: N_("contentious"),
    asks.ReasonCode.LEGAL: N_("legal"), asks.ReasonCode.SAFETY: N_("safety"), asks.ReasonCode.MEDIA: N_("media"),
}  # fmt: skip
_KINDS: Final = {OrderKind.ORDER: N_("order"), OrderKind.REQUEST: N_("request")}


def _say_why(values: Values) -> str:
    return fields.required(values["reason"], _("Say why, in a few words."))


def _reason(question: str = "") -> Field:
    return Field("reason", _("Reason"), question or _("A few words; they go on the record."))


def reopening(act: str) -> Form:
    """Bring back what is under way ("reopen") or over ("reverse")."""
    title, label = (_("Reverse"), N_("reverse {item}")) if act == "reverse" else (_("Reopen"), N_("reopen {item}"))
    question = _reason(_("Why should it be decided again?"))
    return Form(act, title, (question,), lambda values: asks.Because(_say_why(values)), act, label)


def sending_back() -> Form:
    """Give a proposal back to whoever made it."""
    question = _reason(_("What should be looked at again?"))
    return Form("send_back", _("Send back"), (question,), lambda values: asks.Because(_say_why(values)),
                "send_back", N_("send back {item}"))  # fmt: skip


def take_over() -> Form:
    """Take an item from whoever holds it."""
    return Form("take_over", _("Take over"), (_reason(),), lambda values: asks.TakeOver(_say_why(values)),
                "take_over", N_("took over {item}"))  # fmt: skip


def hold() -> Form:
    """Keep an item longer."""

    def ask(values: Values) -> Ask:
        complaint = _("The minutes must be a whole number from 1 to 1440.")
        return asks.Hold(fields.whole(values["minutes"], complaint, 1, 1440), _say_why(values))

    return Form("hold", _("Hold"), (Field("minutes", _("Minutes"), _("1 to 30."), "15"), _reason()), ask,
                "hold", N_("held {item}"))  # fmt: skip


def note() -> Form:
    """A remark for colleagues."""
    field = Field("text", _("Note"), _("Colleagues see it; citizens never do."))
    return Form("note", _("Note"), (field,),
                lambda values: asks.Note(fields.required(values["text"], _("Say what colleagues should know."))),
                "note", N_("noted {item}"))  # fmt: skip


def assign(colleagues: Sequence[str]) -> Form:
    """Give it to a colleague on duty."""

    def ask(values: Values) -> Ask:
        return asks.Assign(fields.choice(values["person"], colleagues), values["reason"].strip())

    hint = fields.numbered(colleagues) if colleagues else _("Nobody else is on duty.")
    return Form("assign", _("Give to a colleague"),
                (Field("person", _("Colleague"), hint), Field("reason", _("Reason"), _("May stay empty."))),
                ask, "assign", N_("given away {item}"))  # fmt: skip


def cannot_read(row: Row) -> Form:
    """Pass it to somebody who reads its language."""
    known = tongues.known(row.language)
    start = tongues.base(row.language) if known else tongues.UNKNOWN
    told = _("It goes to somebody on duty who reads it, else it waits for the next who does.")
    recognised = _("Recognised as {language}.", language=_language(row.language)) if known else ""
    hint = _("Its code: as, hi, bn, brx …; und where you do not know it.")
    return Form("cannot_read", _("I cannot read this"), (Field("language", _("Language"), hint, start),),
                lambda values: asks.CannotRead(values["language"].strip() or tongues.UNKNOWN),
                "cannot_read", N_("passed on {item}"),
                ((told, "text"), *(((recognised, "dim"),) if recognised else ())))  # fmt: skip


def _language(code: str) -> str:
    return translated(tongues.name_of(code), current())


def gloss(detail: Detail) -> Form:
    """Say what it says, for those who cannot read it."""
    wanted = detail.reader_wanted or tongues.base(detail.row.language)
    return Form("gloss", _("What it says"),
                (Field("text", _("It says"), _("In words that the others understand; it goes on the record.")),
                 Field("language", _("Language"), _("The code of the language that it is in."), wanted)),
                lambda values: asks.Gloss(fields.required(values["text"], _("Say what the comment says.")),
                                          values["language"].strip()),
                "gloss", N_("explained {item}"))  # fmt: skip


def media_seen(detail: Detail) -> Form:
    """Say what a picture shows or a voice says, after opening it elsewhere."""
    addresses = tuple(
        (_("{kind}: type “moderator item media {code}” elsewhere", kind=one.kind, code=one.code), "text")
        for one in detail.links[1:]
    )
    return Form("media_seen", _("What it shows"),
                (Field("text", _("It shows"), _("One line: what you saw or heard. A clause may hide it then.")),),
                lambda values: asks.MediaSeen(fields.required(values["text"], _("Say in a line what it shows."))),
                "media_seen", N_("seen {item}"), addresses)  # fmt: skip


def lifting(reply: asks.Reply, rules: str) -> Form:
    """Ask a second person to let a reply out although it breaks hard rules; the text goes to them as it stands."""

    def ask(values: Values) -> Ask:
        return replace(reply, lift=fields.required(values["reason"], _("Say why it must stand as it is.")))

    field = _reason(_("Why must it stand so? They read it."))
    return Form("lift", _("Ask a second person"), (field,), ask, "reply", N_("proposed a reply to {item}"),
                ((_("To be lifted: {rules}", rules=rules), "warn"),))  # fmt: skip


def snooze(state: State) -> Form:
    """Put aside; the clocks go on."""
    return Form(
        "snooze", _("Snooze: its clocks go on"),
        (Field("until", _("Until"), _("30m, 2h, 18:00 or 2026-11-23 09:00, in the desk's time."), "1h"),
         Field("reason", _("Reason"), _("May stay empty."))),
        lambda values: asks.Snooze(fields.later(values["until"], state.now, state.zone), values["reason"].strip()),
        "snooze", N_("put aside {item}"),
    )  # fmt: skip


def escalation(row: Row, ladder: Escalation, *, covered: bool) -> Form:
    """Hand it up the ladder; for urgent lanes also the number to call and what to read out.

    What the media ask goes to the press officer, where the ladder names one. `covered` keeps masked words covered.
    """
    levels, names = ladder.levels, tuple(_(name) for name in REASONS.values())
    codes = tuple(reason.value for reason in REASONS)

    def ask(values: Values) -> Ask:
        most = max((rung.level for rung in levels), default=0)
        complaint = _("The level must be a whole number from 0 to {most}.", most=most)
        level = fields.whole(values["level"], complaint, 0, most)
        reason = asks.ReasonCode(fields.choice(values["reason"], codes, names))
        question = fields.required(values["question"], _("Say what the office should decide."))
        return asks.Escalate(row.comment_version, question, reason, level)

    urgent = row.lane in (Lane.LIFE, Lane.THREAT)
    press = press_office(ladder) if row.asks is Asks.MEDIA and not urgent else None
    first = asks.ReasonCode.SAFETY if urgent else asks.ReasonCode.MEDIA if press else asks.ReasonCode.CONTENTIOUS
    listed = ", ".join(f"{rung.level} {rung.office}" for rung in levels) or _("no ladder is configured")
    return Form(
        "escalate", _("Hand off"),
        (Field("reason", _("Reason"), fields.numbered(names), _(REASONS[first])),
         Field("level", _("Level"), _("0 for the next one above. Ladder: {ladder}", ladder=listed),
               str(press.level) if press else "0"),
         Field("question", _("Question"), _("What should the office decide? It opens the mail."))),
        ask, "escalate", N_("handed off {item}"), _by_voice(row, levels, covered=covered) if urgent else (), begins=2,
    )  # fmt: skip


def press_office(ladder: Escalation) -> Level | None:
    """The rung that is the press officer, where there is one."""
    return next((rung for rung in ladder.levels if rung.level == ladder.press_level), None)


def _by_voice(row: Row, levels: Sequence[Level], *, covered: bool) -> tuple[tuple[str, str], ...]:
    """Whom to call and what to read out: urgent items are handed over by voice as well."""
    reached = [rung for rung in levels if rung.phone]
    number = f"{reached[0].office} {reached[0].phone}" if reached else _("no telephone number is on the ladder")
    words = text.one_line(text.cover(row.text, row.masks) if covered else row.text)
    return (
        (_("By voice first: {number}", number=number), "urgent"),
        (_("Read out: “{words}” by {author}, item {item}.", words=words, author=name_of(row.author), item=row.id),
         "text"),
    )  # fmt: skip


def order_or_request(state: State) -> Form:
    """Which of the two it is decides what must be recorded."""
    codes = tuple(kind.value for kind in _KINDS)
    forms = {OrderKind.ORDER: lawful_order, OrderKind.REQUEST: request}
    hint = _("1 order: statute, verified by call-back · 2 request: anybody asks")
    names = tuple(_(name) for name in _KINDS.values())
    return Form("order_or_request", _("Order or request?"), (Field("kind", _("Order or request"), hint),),
                lambda values: forms[OrderKind(fields.choice(values["kind"], codes, names))](state))  # fmt: skip


def lawful_order(state: State) -> Form:
    """An order: complete and verified, or not actionable."""
    lines = (
        Field("authority", _("Authority"), _("The authority that orders it.")),
        Field("officer", _("Officer"), _("Who signed it.")),
        Field("rank", _("Rank"), _("Their rank.")),
        Field("statute", _("Statute"), _("Act and section.")),
        Field("reference", _("Reference"), _("Number and date of the order.")),
        Field("reason", _("Reason"), _("The reason it gives.")),
        Field("urls", _("URLs"), _("The exact addresses, separated by spaces.")),
        Field("received", _("Received"), _("now, 18:00 or 2026-11-23 09:00.")),
        Field("due", _("Due"), _("May stay empty; 36h, 18:00 …")),
        Field("verified_by", _("Called back"),
              _("Who verified it, with whom, from the contact book. Empty: not verified.")),
    )  # fmt: skip

    def ask(values: Values) -> Ask:
        plain = {
            name: values[name].strip() for name in ("authority", "officer", "rank", "statute", "reference", "reason")
        }
        due = fields.later(values["due"], state.now, state.zone) if values["due"].strip() else None
        received = fields.moment(values["received"], state.now, state.zone)
        return asks.ReceivedOrder(OrderKind.ORDER, received, **plain, urls=tuple(values["urls"].split()), due_at=due,
                                  verified_by=values["verified_by"].strip())  # fmt: skip

    told = _("What is missing is said; only a complete, verified order can be acted on.")
    return Form("order", _("Order"), lines, ask, "order", N_("order recorded {item}"), ((told, "dim"),))


def request(state: State) -> Form:
    """A request: recorded in its own words, decided by the policy alone."""

    def ask(values: Values) -> Ask:
        return asks.ReceivedOrder(
            OrderKind.REQUEST, fields.moment(values["received"], state.now, state.zone),
            authority=fields.required(values["authority"], _("Say which office asked.")),
            words=fields.required(values["words"], _("Say what was said, in its own words.")),
            caller=fields.required(values["caller"], _("Say who asked.")),
        )  # fmt: skip

    told = _("It is recorded; the outcome follows the published policy alone.")
    return Form(
        "request", _("Request"),
        (Field("caller", _("Who asked"), _("Name as given.")),
         Field("authority", _("Office"), _("Office as given.")),
         Field("words", _("Words used"), _("As they were said.")),
         Field("received", _("Received"), _("now, or 18:00."), "now")),
        ask, "order", N_("request recorded {item}"), ((told, "dim"),),
    )  # fmt: skip


def settling(effect: EffectView) -> Form:
    """A person's word on an effect that nobody could settle by looking."""
    hows = tuple(how.value for how in asks.Settling)

    def ask(values: Values) -> asks.SettleEffect:
        how = asks.Settling(fields.choice(values["how"], hows))
        return asks.SettleEffect(how, fields.required(values["reason"], _("Say how you know.")))

    told = effect.reason or _("its outcome is not known")
    warning = _("Look on the platform first: a reply that is already there must not be sent twice.")
    return Form(
        "settle", _("Settle"),
        (Field("how", _("What is true"), _("1 resend it · 2 it was sent · 3 drop it")), _reason()), ask,
        context=((f"{effect.label}: {told}", "warn"), (warning, "text")), effect_id=effect.id,
    )  # fmt: skip
