"""Acts that ask several questions: escalate, snooze, orders and requests, settling an effect. x leaves any of them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.domain.order import OrderKind
from moderator.line.telling import names
from moderator.locale import N_, _

if TYPE_CHECKING:
    from moderator.line.officer import Officer


def escalate(officer: Officer, rest: str) -> None:
    """Hand it up the ladder with a question."""
    item = officer.held()
    question = rest or officer.console.needed(_("What should the office decide?"))
    reason = _reason_code(officer) if not rest else asks.ReasonCode.CONTENTIOUS
    officer.act("escalate", asks.Escalate(item.row.comment_version, question, reason))
    officer.decided()


def _reason_code(officer: Officer) -> asks.ReasonCode:
    codes = list(asks.ReasonCode)
    named = ", ".join(f"{i} {_(names.REASONS[code])}" for i, code in enumerate(codes, 1))
    typed = officer.console.question(_("Why: {reasons}? Enter for contentious:", reasons=named)).lower()
    if not typed:
        return asks.ReasonCode.CONTENTIOUS
    for i, code in enumerate(codes, 1):
        if typed in (str(i), code.value):
            return code
    raise Refused(Code.BAD, _("That is none of the reasons."), _("e starts again."))


_SPAN = re.compile(r"(\d{1,4})\s*(m|min|h|d)?\Z")
_UNIT = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", None: "minutes"}
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\Z")


def moment(typed: str, now: datetime) -> datetime:
    """When "30m", "2h", "1d" or the next "14:00" is, in the zone of `now`. Raises `Refused`."""
    if span := _SPAN.match(typed.strip().lower()):
        return now + timedelta(**{_UNIT[span[2]]: int(span[1])})
    if time := _TIME.match(typed.strip()):
        then = now.replace(hour=int(time[1]), minute=int(time[2]), second=0, microsecond=0)
        return then if then > now else then + timedelta(days=1)
    raise Refused(Code.BAD, _("That is no time."), _("Say 30m, 2h, 1d or a time such as 14:00."))


def snooze(officer: Officer, rest: str) -> None:
    """Put it aside until a moment, with an optional reason after it."""
    officer.held()
    typed = rest or officer.console.needed(_("Until when? 30m, 2h, 14:00; x leaves it:"))
    until, _gap, reason = typed.partition(" ")
    officer.act("snooze", asks.Snooze(moment(until, officer.now()), reason.strip()))
    officer.decided()


_ORDER = {
    "authority": N_("The authority:"),
    "officer": N_("The officer's name:"),
    "rank": N_("The officer's rank:"),
    "statute": N_("The statutory provision:"),
    "reference": N_("The order's number and date:"),
    "reason": N_("The reason it gives:"),
    "urls": N_("The exact addresses, with spaces between:"),
    "verified_by": N_("Verified by call-back by whom, how; empty if it was not:"),
}
_REQUEST = {
    "caller": N_("Who asked?"),
    "authority": N_("From which office?"),
    "words": N_("In which words?"),
}


def order(officer: Officer, rest: str) -> None:
    """Record an order or a request, question by question."""
    officer.held()
    typed = rest or officer.console.needed(_("Is it an order or a request? x leaves it:"))
    kind = next((one for one in OrderKind if one.value.startswith(typed.lower())), None)
    if kind is None:
        raise Refused(Code.BAD, _("It is either an order or a request."), _("! starts again."))
    questions = _ORDER if kind is OrderKind.ORDER else _REQUEST
    given: dict[str, str] = {name: officer.console.question(_(asked)) for name, asked in questions.items()}
    urls = tuple(given.pop("urls", "").split())
    now = officer.now()
    due = officer.console.question(_("Due when? 3h, 14:00; Enter where it names no time:")) if urls else ""
    officer.act("order", asks.ReceivedOrder(kind, now, urls=urls, due_at=moment(due, now) if due else None, **given))
    officer.renew()


_SETTLE = {"sent": asks.Settling.WAS_SENT, "resend": asks.Settling.RESEND, "drop": asks.Settling.DROP}


def settle(officer: Officer, rest: str) -> None:
    """A person's word on a parked effect: "12 sent", "12 resend", "12 drop", then a reason."""
    found = re.match(r"(\d{1,18})\s+(sent|resend|drop)\b\s*(.*)\Z", rest, re.IGNORECASE)
    if found is None:
        raise Refused(
            Code.BAD, _("Name the effect and what became of it."), _("Say: f 12 sent, f 12 resend or f 12 drop.")
        )
    reason = found[3].strip() or officer.console.needed(_("Why?"))
    done = officer.client.settle(int(found[1]), asks.SettleEffect(_SETTLE[found[2].lower()], reason))
    officer.console.say(done.sentence)
