"""Hiding: the clause by digit, name or a few letters; the words that it rests on; an order as a ground."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moderator import text
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.line.telling import menus
from moderator.line.telling.quoting import masks, spoken
from moderator.locale import _

if TYPE_CHECKING:
    from moderator.line.officer import Officer

ORDER = "order"
"""Typed in place of a clause: the ground is an order on this item."""
CRITICISM = "0"


def hide(officer: Officer, rest: str) -> None:
    """Hide on a clause, with an optional reason after it; without one, the menu is read out."""
    item = officer.held()
    chosen, _gap, reason = rest.partition(" ")
    chosen = chosen or _asked(officer, item)
    clause = "" if chosen in (CRITICISM, ORDER) else clause_of(officer, item, chosen)
    span = _span(officer, item, clause) if clause else (None, None)
    officer.act(
        "hide",
        asks.Hide(
            item.row.comment_version,
            clause,
            officer.masked(),
            *span,
            reason=reason.strip(),
            only_criticism=chosen == CRITICISM,
            order_id=_order(item) if chosen == ORDER else None,
        ),
    )
    officer.decided()


def _asked(officer: Officer, item: view.Detail) -> str:
    """The clause as it was answered to the menu; "" where nothing was and nothing is suggested."""
    officer.console.say(menus.hiding(item.powers), *menus.clauses(officer.policy, item))
    suggested = menus.suggested(officer.policy, item)
    prompt = (
        _("Clause, Enter for {clause}, x to leave it:", clause=suggested) if suggested else _("Clause, x to leave it:")
    )
    return officer.console.question(prompt) or suggested


def clause_of(officer: Officer, item: view.Detail | None, chosen: str) -> str:
    """The id of the clause that is meant: its digit, its id, or letters that stand in one clause only."""
    if not chosen:
        raise Refused(Code.BAD, _("No clause is suggested."), _("h and a clause's digit names one."))
    hideable = [one for one in officer.policy.clauses if one.hideable]
    for clause in officer.policy.clauses:
        if chosen.lower() == clause.id.lower() or (chosen.isdecimal() and int(chosen) == clause.digit):
            return clause.id
    found = [one for one in hideable if len(chosen) > 1 and menus.matches(one, chosen)]
    if len(found) == 1:
        return found[0].id
    if found:
        could = ", ".join(f"{one.id} {one.title}" for one in found)
        raise Refused(
            Code.BAD, _("More than one clause is meant: {clauses}.", clauses=could), _("Type its digit or id.")
        )
    raise Refused(Code.BAD, _("The policy has no such clause."), _("h alone reads out the clauses."))


def _span(officer: Officer, item: view.Detail, clause: str) -> tuple[int | None, int | None]:
    """The span that the hide rests on: the finding's, or words that the officer names."""
    if any(found.clause == clause and not found.hint for found in item.findings):
        return None, None
    if not item.text.strip():
        return None, None  # a picture or voice: the desk knows whether it was seen
    officer.console.say(
        _("Nothing was found under {clause}. Which words does it rest on?", clause=clause),
        _("Type them, or the numbers of the first and the last, such as 3-7. ? counts the words."),
    )
    typed = officer.console.needed(_("Words:"))
    if typed == "?":
        officer.console.say(*_counted(item, officer.revealed))
        typed = officer.console.needed(_("Words:"))
    return _numbered(item.text, typed) or _typed(officer, item.text, typed)


_WORD = re.compile(r"\S+")
_NUMBERS = re.compile(r"(\d{1,5})\s*(?:-\s*(\d{1,5}))?\Z")


def _counted(item: view.Detail, revealed: bool) -> list[str]:
    """Each word with its number, covered words covered."""
    covered = [] if revealed else masks(item)
    found = []
    for n, match in enumerate(_WORD.finditer(item.text), 1):
        within = [(a - match.start(), b - match.start()) for a, b in covered if a < match.end() and b > match.start()]
        found.append(f"{n}: “{text.defang(text.one_line(spoken(match[0], within)))}”.")
    return found


def _numbered(words: str, typed: str) -> tuple[int, int] | None:
    """The span of the words with these numbers, counted from 1; None where no numbers were typed."""
    numbers = _NUMBERS.match(typed)
    if numbers is None or typed in words:
        return None
    first, last = int(numbers[1]), int(numbers[2] or numbers[1])
    found = [match.span() for match in _WORD.finditer(words)]
    if not 1 <= first <= last <= len(found):
        raise Refused(
            Code.BAD, _("The comment has words 1 to {last}.", last=len(found)), _("? counts them; h starts again.")
        )
    return found[first - 1][0], found[last - 1][1]


def _typed(officer: Officer, words: str, typed: str) -> tuple[int, int]:
    """Where the typed words stand, whatever their case and the spaces between; asked which, where more than once."""
    pattern = r"\s+".join(re.escape(word) for word in typed.split())
    found = [match.span() for match in re.finditer(pattern, words, re.IGNORECASE)]
    if not found:
        raise Refused(
            Code.BAD, _("These words do not stand in the comment."), _("Type them exactly as they were read out.")
        )
    if len(found) == 1 or not officer.console.live:
        return found[0]
    answer = officer.console.question(
        _("They stand there {times} times. Which one, counted from the start? Enter for the first:", times=len(found))
    )
    if answer and not (answer.isdecimal() and 1 <= int(answer) <= len(found)):
        raise Refused(Code.BAD, _("That is none of them."), _("h starts again."))
    return found[int(answer or 1) - 1]


def _order(item: view.Detail) -> int:
    found = next((order.id for order in item.orders if order.actionable), None)
    if found is None:
        raise Refused(Code.NOT_ALLOWED, _("No order on this item can be carried out."), _("! records one."))
    return found
