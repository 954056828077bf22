"""Acts that ask for more than a letter: hide, escalate, snooze, hold, orders, settling."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.domain.order import OrderKind
from moderator.line import telling

if TYPE_CHECKING:
    from moderator.line.officer import Officer


def hide(officer: Officer, rest: str) -> None:
    """Hide on a clause: by digit or name, with an optional reason after it; without one, the menu is read out."""
    item = officer.held()
    chosen, _, reason = rest.partition(" ")
    if not chosen:
        officer.console.say(telling.hiding(item.powers), *telling.clauses(officer.policy, item))
        chosen = officer.console.ask("Clause, Enter for the suggested one, x to leave it:")
    if chosen == "x":
        officer.console.say("Not hidden.")
        return
    clause = "" if chosen in ("0", "order") else _clause(officer, item, chosen)
    span = _words(officer, item, clause) if clause else (None, None)
    officer.act(
        "hide",
        asks.Hide(
            item.row.comment_version,
            clause,
            officer.masked(),
            *span,
            reason=reason.strip(),
            only_criticism=chosen == "0",
            order_id=_order(item) if chosen == "order" else None,
        ),
    )
    officer.decided()


def _clause(officer: Officer, item: view.Detail, chosen: str) -> str:
    if not chosen:
        found = telling.suggested(officer.policy, item)
        if not found:
            raise Refused(Code.BAD, "No clause is suggested.", "h and a clause's digit names one.")
        return found
    for clause in officer.policy.clauses:
        if chosen.lower() == clause.id.lower() or chosen == str(clause.digit):
            return clause.id
    raise Refused(Code.BAD, "The policy has no such clause.", "h alone reads out the clauses.")


def _words(officer: Officer, item: view.Detail, clause: str) -> tuple[int | None, int | None]:
    """The span that the hide rests on: the finding's, or words that the officer types as they stand."""
    if any(found.clause == clause and not found.hint for found in item.findings):
        return None, None
    words = officer.console.ask(f"Nothing was found under {clause}. Which words does it rest on?")
    start = item.text.find(words) if words else -1
    if start < 0:
        raise Refused(Code.BAD, "These words do not stand in the comment.", "Type them exactly as they were read out.")
    return start, start + len(words)


def _order(item: view.Detail) -> int:
    found = next((order.id for order in item.orders if order.actionable), None)
    if found is None:
        raise Refused(Code.NOT_ALLOWED, "No order on this item can be carried out.", "! records one.")
    return found


def escalate(officer: Officer, rest: str) -> None:
    """Hand it up the ladder with a question."""
    item = officer.held()
    question = rest or officer.console.ask("What should the office decide?")
    reason = _reason_code(officer) if not rest else asks.ReasonCode.CONTENTIOUS
    officer.act("escalate", asks.Escalate(item.row.comment_version, question, reason))
    officer.decided()


def _reason_code(officer: Officer) -> asks.ReasonCode:
    codes = list(asks.ReasonCode)
    named = ", ".join(f"{i} {code.value}" for i, code in enumerate(codes, 1))
    typed = officer.console.ask(f"Why: {named}? Enter for contentious:").lower()
    if not typed:
        return asks.ReasonCode.CONTENTIOUS
    for i, code in enumerate(codes, 1):
        if typed in (str(i), code.value):
            return code
    raise Refused(Code.BAD, "That is none of the reasons.", "e starts again.")


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
    raise Refused(Code.BAD, "That is no time.", "Say 30m, 2h, 1d or a time such as 14:00.")


def snooze(officer: Officer, rest: str) -> None:
    """Put it aside until a moment, with an optional reason after it."""
    officer.held()
    until, _, reason = (rest or officer.console.ask("Until when? 30m, 2h, 14:00:")).partition(" ")
    officer.act("snooze", asks.Snooze(moment(until, officer.now()), reason.strip()))
    officer.decided()


def hold(officer: Officer, rest: str) -> None:
    """Keep it beyond the ordinary lease."""
    minutes, _, reason = rest.partition(" ")
    if not minutes.isdecimal() or len(minutes) > 4:
        raise Refused(Code.BAD, "A hold needs a number of minutes.", "Say: hold 20 and the reason.")
    officer.act("hold", asks.Hold(int(minutes), reason.strip() or officer.console.ask("Why?")))
    officer.renew()


_ORDER = {
    "authority": "The authority:",
    "officer": "The officer's name:",
    "rank": "The officer's rank:",
    "statute": "The statutory provision:",
    "reference": "The order's number and date:",
    "reason": "The reason it gives:",
    "urls": "The exact addresses, with spaces between:",
    "verified_by": "Verified by call-back by whom, how; empty if it was not:",
}
_REQUEST = {"caller": "Who asked?", "authority": "From which office?", "words": "In which words?"}


def order(officer: Officer, rest: str) -> None:
    """Record an order or a request, question by question."""
    officer.held()
    typed = rest or officer.console.ask("Is it an order or a request?")
    kind = next((one for one in OrderKind if typed and one.value.startswith(typed.lower())), None)
    if kind is None:
        raise Refused(Code.BAD, "It is either an order or a request.", "! starts again.")
    questions = _ORDER if kind is OrderKind.ORDER else _REQUEST
    given: dict[str, str] = {name: officer.console.ask(question) for name, question in questions.items()}
    urls = tuple(given.pop("urls", "").split())
    due = officer.console.ask("Due when? 3h, 14:00; Enter where it names no time:") if urls else ""
    now = officer.now()
    officer.act(
        "order",
        asks.ReceivedOrder(kind, now, urls=urls, due_at=moment(due, now) if due else None, **given),
    )
    officer.renew()


_SETTLE = {"sent": asks.Settling.WAS_SENT, "resend": asks.Settling.RESEND, "drop": asks.Settling.DROP}


def settle(officer: Officer, rest: str) -> None:
    """A person's word on a parked effect: "12 sent", "12 resend", "12 drop", then a reason."""
    found = re.match(r"(\d{1,18})\s+(sent|resend|drop)\b\s*(.*)\Z", rest.lower())
    if found is None:
        raise Refused(Code.BAD, "Name the effect and what became of it.", "Say: f 12 sent, f 12 resend or f 12 drop.")
    reason = rest[found.start(3) :].strip() or officer.console.ask("Why?")
    done = officer.client.settle(int(found[1]), asks.SettleEffect(_SETTLE[found[2]], reason))
    officer.console.say(done.sentence)
