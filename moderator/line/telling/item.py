"""One item, whole, in the order in which it has to be known: what, where, the words, why, and everything around."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from moderator import text
from moderator.domain import view
from moderator.domain.item import Cause, Lane, State
from moderator.domain.policy import Asks, Finding, Opinion
from moderator.line.telling import names
from moderator.line.telling.effects import effect
from moderator.line.telling.quoting import Quote, excerpt, masks
from moderator.line.telling.times import clock, due
from moderator.locale import _, n_


def head(item: view.Detail, now: datetime, zone: tzinfo) -> Iterator[str]:
    """What the item is and where it stands, before the citizen's words."""
    row = item.row
    lane = f"{_(names.LANES[row.lane])} " if row.lane in names.LANES else ""
    yield _("Item {item}, account {account}. {rest}", item=row.id, account=row.account, rest=lane + due(row, now))
    yield f"{state(row)} {_(names.VISIBLE[row.visibility])}"
    if row.copies > 1:
        others = n_("{n} comment like it is new too.", "{n} comments like it are new too.", row.copies - 1)
        yield _("{others} * marks them all.", others=others)
    if item.post_title:
        yield _("Under our post “{title}”.", title=text.clip(text.one_line(item.post_title), 200))
    yield _(
        "Written by “{author}” at {time}, language {language}:",
        author=text.one_line(row.author),
        time=clock(row.arrived, zone),
        language=row.language or _("unknown"),
    )


def state(row: view.Row) -> str:
    """Where the item stands as work: whose it is, why it is back, what it waits for."""
    if row.state is State.CLAIMED and row.mine:
        return _("It is yours.")
    if row.state is State.CLAIMED and row.owner:
        return _("It is with {person}.", person=row.owner)
    if row.state is State.ESCALATED:
        return _("It is handed up to level {level}.", level=row.level)
    if row.state is State.NEW and row.cause is not Cause.NONE:
        return _(names.CAUSES[row.cause])
    return _(names.STATES[row.state])


def findings(item: view.Detail, revealed: bool) -> Iterator[str]:
    """What the engine says, with the words that it rests on, and what the comment asks."""
    strong = [found for found in item.findings if not found.hint]
    covered = [] if revealed else masks(item)
    yield from (_finding(found, item.text, covered) for found in strong)
    if item.protected_span is not None or item.row.protected:
        yield _("The rules call this protected criticism: hiding it needs a second person.")
    if item.row.opinion is Opinion.MEDIA:
        yield _("A picture or voice, not judged. It cannot be hidden unseen.")
    elif item.row.opinion is Opinion.NONE:
        yield _("No opinion: this language is poorly covered. That does not mean clean.")
    elif not strong:
        yield _("Nothing found.")
    if item.row.asks is not Asks.NOTHING:
        yield _(names.ASKS[item.row.asks])


def _finding(found: Finding, words: str, covered: list[tuple[int, int]]) -> str:
    said = _(
        "Found {clause}, {suggests}, on “{words}”.",
        clause=found.clause,
        suggests=_(names.SUGGESTS[found.suggestion]),
        words=excerpt(words, covered, found.start, found.end),
    )
    urgent = f"{_(names.LANES[Lane.THREAT])} " if found.urgent else ""
    return f"{urgent}{said} {found.why}".rstrip()


def around(item: view.Detail, zone: tzinfo, me: str, revealed: bool = False) -> Iterator[str]:
    """Everything else that the officer (Unix name `me`) must know: others, drafts, decisions, what is on its way."""
    yield from _attached(item, zone)
    others = [name for name in item.looking if name not in ("", me)]
    if others:
        yield _("Also open at: {people}.", people=", ".join(others))
    for draft in item.drafts:
        yield from _draft(draft, zone)
    for note in item.notes:
        yield from (_("Note by {person}, {time}:", person=note.person, time=clock(note.at, zone)), Quote(note.text))
    for decision in item.decisions:
        yield from _decision(decision, zone, revealed)
    yield from (_order(order) for order in item.orders)
    yield from (_escalation(one, zone) for one in item.escalations)
    for one in item.effects:
        yield from effect(one, zone)


def _attached(item: view.Detail, zone: tzinfo) -> Iterator[str]:
    """Pictures and voices, where to open them, who did; and what others say that the comment says."""
    for link in item.links:
        yield _("{kind}, code {code}:", kind=link.kind.capitalize(), code=link.code)
        yield Quote(f"{text.one_line(link.alt)} {link.url}".strip())
    seen = item.media_seen
    if seen is not None:
        yield _("{person} opened it at {time} and says:", person=seen.person, time=clock(seen.at, zone))
        yield Quote(seen.text)
    for gloss in item.glosses:
        yield _("What it says, as {person} reads it at {time}:", person=gloss.person, time=clock(gloss.at, zone))
        yield Quote(gloss.text)
    if item.reader_wanted:
        yield _("A reader of the language {language} is wanted for it.", language=item.reader_wanted)
    if item.needs_gloss:
        yield _("It cannot be hidden before somebody who reads it says what it says: gloss.")


def _draft(draft: view.DraftView, zone: tzinfo) -> Iterator[str]:
    when = clock(draft.saved_at, zone)
    whose = (
        _("Your draft, {time}", time=when)
        if draft.mine
        else _("A draft of {person}, {time}", person=draft.person, time=when)
    )
    yield f"{whose}, {draft.why}:" if draft.why else f"{whose}:"
    yield Quote(draft.text)


def _decision(decision: view.DecisionView, zone: tzinfo, revealed: bool) -> Iterator[str]:
    end = names.ENDS.get(decision.disposition, "")
    what = _(end) if end else decision.disposition.value
    if decision.clause:
        what = _("{end} under {clause}", end=what, clause=decision.clause)
    who = _("{first} and {second}", first=decision.person, second=decision.second) if decision.second else ""
    facts = {"time": clock(decision.at, zone), "person": who or decision.person, "what": what}
    said = (
        _("Proposed at {time} by {person}: {what}.", **facts)
        if decision.proposed
        else _("Decided at {time} by {person}: {what}.", **facts)
    )
    yield f"{said} {_('That was undone.')}" if decision.undone else said
    if decision.quote:
        words = excerpt(decision.quote, () if revealed else decision.masks, 0, len(decision.quote))
        yield _("It rests on “{words}”.", words=words)
    if decision.reason:
        yield _("The reason: {reason}.", reason=text.one_line(decision.reason).rstrip("."))
    if decision.reply:
        yield _("It would say:") if decision.proposed else _("It said:")
        yield Quote(decision.reply)


def _order(order: view.OrderView) -> str:
    kind = _(names.ORDERS[order.kind]) if order.kind in names.ORDERS else order.kind
    facts = {"kind": kind, "number": order.id, "authority": text.one_line(order.authority)}
    if order.actionable:
        return _("{kind}, number {number}, of {authority} can be carried out: h order does it.", **facts)
    said = _("{kind}, number {number}, of {authority} is no ground for an act.", **facts)
    return f"{said} {_('It lacks {what}.', what=', '.join(order.lacks))}" if order.lacks else said


def _escalation(one: view.EscalationView, zone: tzinfo) -> str:
    said = _(
        "Handed up to level {level}, {office}, as {ref}: {state}.",
        level=one.level,
        office=one.office,
        ref=one.ref,
        state=one.state,
    )
    return f"{said} {_('An answer is due at {time}.', time=clock(one.due_at, zone))}" if one.due_at else said
