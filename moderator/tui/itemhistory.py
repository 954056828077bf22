"""What was done about an item: decisions, escalations, orders, notes; how its words changed; its trail."""

from __future__ import annotations

from itertools import pairwise

from moderator import text
from moderator.domain.clock import remaining
from moderator.domain.view import DecisionView, Detail, TrailView
from moderator.locale import _, current, translated
from moderator.tui.itemcontext import difference
from moderator.tui.itemwords import Options, disposition_words
from moderator.tui.paper import Line, fit, line
from moderator.tui.state import State


def history_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """Decisions, escalations, orders and notes."""
    lines: list[Line] = []
    for decision in detail.decisions:
        lines += _decision_lines(decision, state, width, options)
    for step in detail.escalations:
        due = translated(remaining(step.due_at, state.now), current())
        answer = f" · {_('answer {when}', when=due)}" if due else ""
        told = _("{ref} to {office}: {state}", ref=step.ref, office=text.one_line(step.office), state=step.state)
        lines.append(fit(((f" {told}{answer}", "text"),), width))
    for order in detail.orders:
        lacks = _("lacks {what}", what=", ".join(order.lacks)) if order.lacks else _("complete")
        told = _("{kind} {id} from {authority}", kind=order.kind, id=order.id, authority=text.one_line(order.authority))
        lines.append(fit(((f" {told} · {lacks}", "text"),), width))
    for note in detail.notes:
        start = _("note {when} {person}:", when=state.clock(note.at), person=text.one_line(note.person))
        lines.append(fit(((f" {start} ", "dim"), (text.one_line(note.text), "text")), width))
    return lines


def _decision_lines(decision: DecisionView, state: State, width: int, options: Options) -> list[Line]:
    """A decision or proposal: what, by whom, on which words, why, and what was or would be answered, word for word."""
    what = disposition_words(decision.disposition)
    told = _("proposed: {what}", what=what) if decision.proposed else what
    ground = f" · {decision.clause} {_quoted(decision, options)}".rstrip() if decision.clause else ""
    undone = f" · {_('undone')}" if decision.undone else ""
    by = (
        _("by {person} with {second}", person=decision.person, second=decision.second)
        if decision.second
        else _("by {person}", person=decision.person)
    )
    seen = f" · {_('seen masked')}" if decision.seen_masked else ""
    record = _("record {id}", id=decision.id)
    lines = [
        fit(((f" {state.clock(decision.at)} {told}", "warn" if decision.proposed else "text"),
             (f" {by}{ground}{undone}{seen} · {record}", "dim")), width)
    ]  # fmt: skip
    if decision.reason:
        lines += [line(f"   {part}", "dim") for part, _at in text.wrap(text.one_line(decision.reason), width - 4)]
    if decision.reply:
        lines += [line(f"   {part}", "ours") for part, _at in text.wrap(text.display(decision.reply), width - 4)]
    return lines


def _quoted(decision: DecisionView, options: Options) -> str:
    """The words that a decision rests on, covered as the comment is."""
    covered = decision.quote if options.revealed else text.cover(decision.quote, decision.masks)
    return text.defang(text.one_line(covered))


def version_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """How the words changed from each version to the next, the newest change first."""
    lines: list[Line] = []
    for old, new in reversed(list(pairwise(detail.versions))):
        when = state.clock(new.edited_at or new.captured_at, seconds=True)
        told = _("version {old} → {new}, {when}", old=old.n, new=new.n, when=when)
        lines.append(fit(((f" {told}", "dim"),), width))
        changed = difference(old, new, width, revealed=options.revealed)
        lines += changed or [line(f"   {_('the words are the same: a name, a picture or a mark changed')}", "dim")]
    return lines


def trail_lines(detail: Detail, state: State, width: int) -> list[Line]:
    """The item's own events, newest last, each on a line, in the record's own codes."""
    if not detail.trail:
        return []
    heading = fit(((f" {_('the trail of this item, in the codes of the record')}", "dim"),), width)
    events = sorted(detail.trail, key=lambda event: event.seq)
    return [heading, *(_event(event, state, width) for event in events)]


def _event(event: TrailView, state: State, width: int) -> Line:
    facts = " ".join(f"{name}={value}" for name, value in sorted(event.facts.items()) if value not in ("", None, 0))
    told = text.one_line(f" {event.seq} {event.at[11:19]}Z {event.person} {event.kind}")
    return fit(((told, "text"), (f"  {text.one_line(facts)}", "dim")), width)
