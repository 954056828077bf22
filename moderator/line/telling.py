"""Items, effects and answers as sentences. Pure: data in, sentences out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from moderator import rows, text
from moderator.domain import view
from moderator.domain.clock import remaining
from moderator.domain.conduct import Conduct, Weight
from moderator.domain.effect import EffectState
from moderator.domain.item import Lane, State
from moderator.domain.policy import Finding, Opinion

LONGEST = 4000
"""Code points of one comment told at once; `all` tells the rest."""

_LANES = {Lane.LIFE: "URGENT, life safety. ", Lane.THREAT: "URGENT. ", Lane.ROUTINE: ""}


def many(count: int, what: str) -> str:
    """A number with its noun: "1 new comment", "3 new comments"."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def clock(moment: datetime | None, zone: tzinfo) -> str:
    """A moment in the desk's own time, with the date where it is not within a day."""
    if moment is None:
        return "at no known time"
    here = moment.astimezone(zone)
    near = abs(datetime.now(zone) - here) < timedelta(hours=20)
    return here.strftime("%H:%M" if near else "%d.%m.%Y %H:%M")


def masks(item: view.Detail) -> list[tuple[int, int]]:
    """The spans of the text that stay covered until somebody reveals them."""
    return [(found.start, found.end) for found in item.findings if found.mask]


def head(item: view.Detail, now: datetime, zone: tzinfo) -> Iterator[str]:
    """What the item is and where it stands, before the citizen's words."""
    row = item.row
    yield f"Item {row.id}, account {row.account}. {_LANES[row.lane]}{_due(row, now)}"
    yield f"{_state(row)} {row.visibility.value.capitalize()} on the platform."
    if item.post_title:
        yield f"Under our post: {text.clip(text.one_line(item.post_title), 200)}."
    yield f"{text.one_line(row.author)} wrote at {clock(row.arrived, zone)}, language {row.language or 'unknown'}:"


def _due(row: view.Row, now: datetime) -> str:
    if row.state is State.RESOLVED:
        return f"Ended: {rows.due(row, now)}."
    return f"First response due {remaining(row.due, now)}." if row.due else "No response is due."


def _state(row: view.Row) -> str:
    words = rows.state(row)
    return f"It stands as {row.state.value}{f' ({words})' if words and words != row.state.value else ''}."


def findings(item: view.Detail, revealed: bool) -> Iterator[str]:
    """What the engine says, with the words that it rests on."""
    covered = item.text if revealed else text.cover(item.text, masks(item))
    strong = [found for found in item.findings if not found.hint]
    yield from (_finding(found, covered) for found in strong)
    if item.protected_span is not None or item.row.protected:
        yield "The rules call this protected criticism: hiding it needs a second person."
    if item.row.opinion is Opinion.MEDIA:
        yield "A picture or voice, not judged. It cannot be hidden unseen."
    elif item.row.opinion is Opinion.NONE:
        yield "No opinion: this language is poorly covered. That does not mean clean."
    elif not strong:
        yield "Nothing found."
    if item.row.asks:
        yield f"It asks: {item.row.asks.value}."


def _finding(found: Finding, covered: str) -> str:
    words = text.clip(text.one_line(covered[found.start : found.end]), 120)
    urgent = "URGENT, " if found.urgent else ""
    return f"Found {urgent}{found.clause}, suggests {found.suggestion.value}, on “{words}”. {found.why}".rstrip()


def around(item: view.Detail, zone: tzinfo, me: str) -> Iterator[str]:
    """Everything else that the officer (Unix name `me`) must know: others, drafts, decisions, what is on its way."""
    yield from (f"Picture: {text.one_line(media)}." for media in item.media)
    others = [name for name in item.looking if name not in ("", me)]
    if others:
        yield f"Also open at: {', '.join(others)}."
    yield from (_draft(draft, zone) for draft in item.drafts)
    yield from (f"Note by {note.person}, {clock(note.at, zone)}: {text.one_line(note.text)}" for note in item.notes)
    for decision in item.decisions:
        yield from _decision(decision, zone)
    yield from (_order(order) for order in item.orders)
    for escalation in item.escalations:
        yield f"Handed up to level {escalation.level}, {escalation.office}: {escalation.state}. {escalation.ref}."
    for one in item.effects:
        yield from effect(one, zone)


def _draft(draft: view.DraftView, zone: tzinfo) -> str:
    whose = "Your draft" if draft.mine else f"A draft of {draft.person}"
    why = f", {draft.why}" if draft.why else ""
    return f"{whose}, {clock(draft.saved_at, zone)}{why}: {text.one_line(draft.text)}"


def _decision(decision: view.DecisionView, zone: tzinfo) -> Iterator[str]:
    ground = f" under {decision.clause}" if decision.clause else ""
    undone = ", undone" if decision.undone else ""
    second = f" and {decision.second}" if decision.second else ""
    what = decision.disposition.value.replace("_", " ")
    made = "Proposed" if decision.proposed else "Decided"
    yield f"{made} {clock(decision.at, zone)} by {decision.person}{second}: {what}{ground}{undone}."
    if decision.reason:
        yield f"The reason: {text.one_line(decision.reason).rstrip('.')}."
    if decision.reply:
        yield f"{'It would say' if decision.proposed else 'It said'}: {text.one_line(decision.reply)}"


def _order(order: view.OrderView) -> str:
    lacks = f" It lacks {', '.join(order.lacks)}." if order.lacks else ""
    can = "can be carried out" if order.actionable else "is no ground for an act"
    return f"{order.kind.capitalize()} {order.id} of {text.one_line(order.authority)} {can}.{lacks}"


def hiding(powers: view.Powers) -> str:
    """What a hide would mean here, honestly."""
    if not powers.hide:
        return "This platform cannot hide."
    told = "The platform tells the author." if powers.author_told else "The platform does not tell the author."
    return f"{powers.hide_means} {told}"


def effect(one: view.EffectView, zone: tzinfo) -> Iterator[str]:
    """How one remote act stands."""
    label = text.one_line(one.label)
    if one.state in (EffectState.HELD, EffectState.READY):
        left = f", {one.left_ms // 1000} s left to undo" if one.left_ms else ""
        yield f"On its way: {label}{left}."
    elif one.state is EffectState.SENDING:
        yield f"Sending: {label}."
    elif one.state is EffectState.DONE:
        yield f"Sent: {label}."
    elif one.state is EffectState.FAILED:
        yield f"Not sent yet: {label}. {one.reason} Next try {clock(one.next_try, zone)}."
    elif one.state is EffectState.UNCERTAIN:
        yield f"Unknown whether it went out: {label}. Looking again {clock(one.next_try, zone)}."
    elif one.state is EffectState.PARKED:
        yield f"Waits for you: {label}. {one.reason} Type f {one.id} sent, f {one.id} resend or f {one.id} drop."


def conduct(found: Conduct) -> Iterator[str]:
    """The conduct check's answer before anything is sent, and the text that would go out."""
    counted = [mark for mark in found.marks if mark.weight is not Weight.OFF]
    kept = [mark.rule.replace("_", " ") for mark in counted if mark.kept and mark.rule != "empty"]
    if kept:
        yield f"Kept: {', '.join(kept)}."
    for mark in counted:
        if not mark.kept:
            yield f"{'MUST CHANGE' if mark.weight is Weight.HARD else 'Please look'}: {mark.sentence}"
    limit = f" of {found.limit}" if found.limit else ""
    yield f"This would be sent, {found.length}{limit} characters:"


def clauses(policy: view.PolicyView, item: view.Detail) -> Iterator[str]:
    """The hide menu, in the order of the digits, the suggestion named."""
    top = suggested(policy, item)
    for clause in sorted(policy.clauses, key=lambda one: (one.digit, one.id)):
        if clause.hideable:
            mark = ", suggested" if clause.id == top else ""
            yield f"{clause.digit if clause.digit < 10 else ' '} {clause.id} {clause.title}{mark}."
    yield "0 only criticism of government or an official: it stays."


def suggested(policy: view.PolicyView, item: view.Detail) -> str:
    """The hideable clause of the strongest finding, or ""."""
    hideable = {clause.id for clause in policy.clauses if clause.hideable}
    return next((found.clause for found in item.findings if not found.hint and found.clause in hideable), "")


def listed(page: Sequence[view.Row], now: datetime) -> Iterator[str]:
    """Rows of a view, each one sentence: number, due, account, finding, author, the start of the words."""
    for row in page:
        due = rows.due(row, now)
        found = rows.finding(row).lstrip("– ") or "nothing found"
        parts = [f"{row.id}", due, row.account, found, rows.state(row)]
        plain = ", ".join(text.one_line(part) for part in parts if part)
        urgent = "URGENT " if row.lane < Lane.ROUTINE else ""
        yield f"{urgent}{plain}. {text.one_line(row.author)}: {rows.comment_of(row, 60)}"


def offered(hello: view.Hello) -> Iterator[str]:
    """Items that were one's own when the line dropped."""
    for item_id in hello.resumed:
        yield f"Item {item_id} was yours when the line dropped; {item_id} opens it."
