"""One item as lines: context, the citizen's words, what was found and why, what was done, what is under way."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderator import rows, text
from moderator.domain.clock import remaining
from moderator.domain.item import Cause, Disposition
from moderator.domain.item import State as WorkState
from moderator.domain.policy import Opinion, Suggestion
from moderator.domain.view import DecisionView, Detail, Row, ThreadEntry
from moderator.tui.citizen import GUTTER, Layout, Mark, finding_marks, lay_out, masks_of, quote
from moderator.tui.paper import Line, Piece, fit, line, rule
from moderator.tui.state import State

CONTEXT = 3
"""Voices of the thread shown around the comment; t shows all."""
EARLIER = 3
"""The author's other comments shown beside it; w shows a few more."""
NAME_CELLS = 14
ROOMY = 90
"""Cells from which a line has room for what is merely good to know."""


@dataclass(frozen=True, slots=True)
class Options:
    """What of an item is unfolded on this screen."""

    revealed: bool = False
    whole_thread: bool = False
    why: bool = False
    author: bool = False
    seen_version: int = 0
    """The version that was read before the newest one came in; 0 where nothing changed."""


def facts_line(row: Row, now: datetime, clock: str, width: int) -> Line:
    """Who wrote it, when, in what language, how it stands on the platform, when it is due."""
    minutes = int((now - row.arrived).total_seconds() // 60)
    due = remaining(row.due, now)
    late = due.startswith("late")
    when = f" · {clock}, {_ago(minutes)}" if width >= ROOMY else f" · {clock}"
    pieces: list[Piece] = [
        (f" {text.one_line(row.account)} · {text.clip(text.one_line(row.author), max(width // 3, 12))}", "title"),
        (when, "dim"),
        (f" · {due if late else f'due {due}'}" if due else "", "warn" if late else "text"),
        (f" · {row.language} · {row.visibility.value}", "dim"),
    ]
    return fit(tuple(pieces), width)


def _ago(minutes: int) -> str:
    return (
        f"{minutes} min ago"
        if minutes < 60
        else f"{minutes // 60} h ago"
        if minutes < 1440
        else f"{minutes // 1440} d ago"
    )


def body(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """What scrolls: the words in their context, then what was done so far."""
    history = history_lines(detail, state, width, options)
    parts = (
        changed_lines(detail, width, options.seen_version),
        context_lines(detail, state, width, options),
        earlier_lines(detail, state, width, options),
        [rule(width), *history] if history else [],
    )
    return [entry for part in parts for entry in part]


def facts(detail: Detail, state: State, width: int, options: Options, most: int) -> list[Line]:
    """What always stays in sight: the findings, then who looks, drafts, what is in flight. At most so many lines."""
    standing = standing_lines(detail, state, width)
    found = finding_lines(detail, state, width, options)
    room = max(most - 1 - len(standing[:4]), 2)
    if len(found) > room:
        found = [*found[: room - 1], line(f" {len(found) - room + 1} more lines of findings in y", "dim")]
    return [rule(width), *found, *standing[: max(most - 1 - len(found), 2)]]


def changed_lines(detail: Detail, width: int, seen: int) -> list[Line]:
    """What an edit changed since the officer read it, old and new words beside each other."""
    newest = detail.row.comment_version
    old = next((version for version in detail.versions if version.n == seen), None)
    if old is None or seen >= newest:
        return []
    lines: list[Line] = [
        line(f" Changed since you read it: version {seen} → {newest}. Nothing was done; read it first.", "warn")
    ]
    for sign, words, role in word_changes(old.text, detail.text):
        lines += _wrapped_lines(f"{sign} {words}", width, role)
    return [*lines, rule(width)]


def word_changes(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    """The words that went (−) and came (+), in order, with their role."""
    before, after = old.split(), new.split()
    matcher = difflib.SequenceMatcher(None, before[:400], after[:400], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal" and b > a:
            yield "−", " ".join(before[a:b]), "bad"
        if kind != "equal" and d > c:
            yield "+", " ".join(after[c:d]), "good"


def _wrapped_lines(words: str, width: int, role: str) -> list[Line]:
    shown = text.defang(text.one_line(words))
    return [((f"{GUTTER} ", "gutter"), (part, role)) for part, _ in text.wrap(shown, width - 2)]


def context_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """Our post, the voices before, the comment itself, the voices after."""
    lines: list[Line] = list(_post_lines(detail, width, options))
    entries = detail.thread
    place = next((at for at, entry in enumerate(entries) if entry.target), len(entries))
    before, after = entries[:place], entries[place + 1 :]
    if not options.whole_thread:
        before, after = before[-CONTEXT:], after[:CONTEXT]
    hidden = len(entries) - len(before) - len(after) - (1 if place < len(entries) else 0)
    for entry in before:
        lines += _voice(entry, state, width)
    lines += target_layout(detail, width, options).lines
    lines += [
        ((f"{GUTTER} ", "gutter"), (text.clip(f"({text.one_line(alt)})", width - 3), "dim")) for alt in detail.media
    ]
    for entry in after:
        lines += _voice(entry, state, width)
    if hidden > 0:
        lines.append(((f" {hidden} more in the thread  ", "dim"), ("t", "key")))
    return lines


def earlier_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """What this author wrote on our pages besides: before anybody answers, so that nobody answers without knowing."""
    if not detail.author_earlier and not options.author:
        return []
    shown = detail.author_rows if options.author else detail.author_rows[:EARLIER]
    told = f" this author on our pages: {detail.author_earlier} more, {detail.author_earlier_hidden} of them hidden  "
    more: Line = (("w", "key"),) if len(shown) < len(detail.author_rows) else ()
    return [rule(width), ((told, "dim"), *more), *(_earlier(row, state, width) for row in shown)]


def _earlier(row: Row, state: State, width: int) -> Line:
    """One of them on one line, masked like in the queue, behind the gutter."""
    ended = disposition_words(row.disposition) if row.disposition else row.state.value
    start = f"#{row.id} {row.arrived.astimezone(state.zone):%d.%m. %H:%M} {ended}: "
    words = rows.comment_of(row, max(width - 3 - text.cells(start), 8), revealed=row.id in state.revealed)
    return ((f"{GUTTER} ", "gutter"), (start, "dim"), (words, "text"))


def target_layout(detail: Detail, width: int, options: Options, marks: Sequence[Mark] = ()) -> Layout:
    """The comment itself with what was found underlined, masked words covered, and the officer's own marks on top."""
    masks = masks_of(detail.findings, options.revealed)
    return lay_out(detail.text, width, (*finding_marks(detail.findings), *marks), masks)


def _post_lines(detail: Detail, width: int, options: Options) -> Iterator[Line]:
    words = text.defang(text.one_line(" · ".join(filter(None, (detail.post_title, detail.post_text)))))
    if not words:
        return
    wrapped = text.wrap(words, width - 12)
    shown = wrapped if options.whole_thread else wrapped[:2]
    for number, (part, _) in enumerate(shown):
        cut = "…" if number == len(shown) - 1 and len(shown) < len(wrapped) else ""
        yield (("  our post  " if number == 0 else " " * 12, "dim"), (part[: len(part) - len(cut)] + cut, "ours"))


def _voice(entry: ThreadEntry, state: State, width: int) -> list[Line]:
    """One voice of the thread; a citizen's has the gutter, ours has not."""
    when = f"{state.clock(entry.at)} " if entry.at else ""
    indent = min(entry.depth, 4) * 2
    name = text.clip(text.one_line(entry.author), NAME_CELLS)
    if entry.ours:
        wrapped = text.wrap(text.one_line(entry.text), max(width - indent - 12, 8))
        start = " " * indent + "  ours      "
        return [((start if n == 0 else " " * len(start), "dim"), (part, "ours")) for n, (part, _) in enumerate(wrapped)]
    heading: Line = ((f"{GUTTER} " + " " * indent, "gutter"), (f"{when}{name}", "dim"))
    return [heading, *lay_out(entry.text, width, indent=indent).lines]


def finding_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """Each finding with clause, words and reason; or, as plainly, that nothing was found or nothing was judged."""
    masks = masks_of(detail.findings, options.revealed)
    names = {clause.id: clause.title for clause in state.policy.clauses} if state.policy else {}
    lines: list[Line] = []
    for finding in detail.findings:
        role = "urgent" if finding.urgent else "dim" if finding.hint else "accent"
        title = f" {finding.clause} {names.get(finding.clause, '')}".rstrip()
        words = quote(detail.text, finding.start, finding.end, masks, width // 2)
        lines.append(fit(((title, role), (f"  {words}", "text")), width))
        reason = " · ".join(filter(None, (finding.why, *finding.modifiers)))
        if reason:
            lines += [line(f"   {part}", "dim") for part, _ in text.wrap(text.one_line(reason), width - 4)]
    for sentence, role in _opinion(detail.row):
        lines += [line(f" {part}", role) for part, _ in text.wrap(sentence, width - 2)]
    if options.why:
        lines += [line(f" why here: {part}" if n == 0 else f"   {part}", "text")
                  for n, (part, _) in enumerate(text.wrap(text.one_line(detail.why), width - 12))]  # fmt: skip
    if any(finding.suggestion is Suggestion.VOICE for finding in detail.findings):
        lines.append(line(" hand off by voice first: e shows whom to call and what to read out", "urgent"))
    return [*lines, fit(((f" policy {text.one_line(detail.policy_version)} · ", "dim"), ("y", "key"),
                         (" why is it here", "dim")), width)]  # fmt: skip


def _opinion(row: Row) -> Iterator[tuple[str, str]]:
    if row.opinion is Opinion.NONE:
        yield (
            f"no opinion: the engine covers {row.language or 'this language'} poorly; this is not a clean bill",
            "warn",
        )
    elif row.opinion is Opinion.MEDIA:
        yield "a picture or voice, not judged: look at it before you decide", "warn"
    elif not row.category:
        yield "– nothing found", "dim"
    if row.protected:
        yield "protected: criticism of government or of an official's public acts; it stays", "good"
    if row.asks:
        yield f"asks: {row.asks.value}", "text"


def standing_lines(detail: Detail, state: State, width: int) -> list[Line]:
    """What is going on around it: who looks, drafts, what is in flight."""
    looking = ", ".join(text.one_line(name) for name in detail.looking) or "–"
    earlier = f"{detail.author_earlier} earlier" if detail.author_earlier else "no earlier comment"
    lines: list[Line] = [
        fit(((f" author on our pages: {earlier} · versions {len(detail.versions)} · trail {len(detail.trail)}"
              f" · looking: {looking}", "dim"),), width),
    ]  # fmt: skip
    for draft in detail.drafts:
        whose = "your draft" if draft.mine else f"draft of {text.one_line(draft.person)}"
        why = f", {draft.why}" if draft.why else ""
        saved = f" {whose} (saved {state.clock(draft.saved_at, seconds=True)}{why}): "
        lines.append(fit(((saved, "dim"), (text.one_line(draft.text), "text")), width))
    monotonic = state.received_at
    for effect in detail.effects:
        lines.append(fit(((f" → {text.one_line(state.effect_sentence(effect, monotonic))}", "warn"),), width))
        if effect.reason:
            lines += [line(f"   {part}", "dim") for part, _ in text.wrap(text.one_line(effect.reason), width - 4)]
    return lines


def history_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """Decisions, escalations, orders and notes."""
    lines: list[Line] = []
    for decision in detail.decisions:
        lines += _decision_lines(decision, state, width)
    for step in detail.escalations:
        due = f" · answer {remaining(step.due_at, state.now)}" if step.due_at else ""
        lines.append(fit(((f" {step.ref} to {text.one_line(step.office)}: {step.state}{due}", "text"),), width))
    for order in detail.orders:
        lacks = f" · lacks {', '.join(order.lacks)}" if order.lacks else " · complete"
        lines.append(fit(((f" {order.kind} {order.id} from {text.one_line(order.authority)}{lacks}", "text"),), width))
    for note in detail.notes:
        start = f" note {state.clock(note.at)} {text.one_line(note.person)}: "
        lines.append(fit(((start, "dim"), (text.one_line(note.text), "text")), width))
    return lines


def _decision_lines(decision: DecisionView, state: State, width: int) -> list[Line]:
    """A decision or proposal: what, by whom, on which words, why, and what was or would be answered, word for word."""
    words = f" {state.clock(decision.at)} {'proposed: ' * decision.proposed}{disposition_words(decision.disposition)}"
    ground = f" · {decision.clause} {text.one_line(decision.quote)}" if decision.clause else ""
    undone = " · undone" if decision.undone else ""
    second = f" with {decision.second}" if decision.second else ""
    told = f" by {decision.person}{second}{ground}{undone} · record {decision.id}"
    lines = [fit(((words, "warn" if decision.proposed else "text"), (told, "dim")), width)]
    if decision.reason:
        lines += [line(f"   {part}", "dim") for part, _ in text.wrap(text.one_line(decision.reason), width - 4)]
    if decision.reply:
        lines += [line(f"   {part}", "ours") for part, _ in text.wrap(text.display(decision.reply), width - 4)]
    return lines


_DISPOSITIONS: dict[Disposition, str] = {
    Disposition.LEFT_PUBLIC: "left public", Disposition.HIDDEN: "hidden", Disposition.REPLIED: "replied",
    Disposition.HIDDEN_REPLIED: "hidden and replied", Disposition.FORWARDED: "forwarded",
    Disposition.DUPLICATE: "duplicate", Disposition.GONE: "gone before action",
    Disposition.LAWFUL_ORDER: "lawful order", Disposition.OVERTURNED: "overturned", Disposition.UPHELD: "upheld",
}  # fmt: skip


def disposition_words(disposition: Disposition) -> str:
    """How an item ended, in words."""
    return _DISPOSITIONS.get(disposition, "open")


_CAUSES: dict[Cause, str] = {
    Cause.EDITED: "edited", Cause.REOPENED: "reopened", Cause.UNHIDDEN: "un-hidden on the platform",
    Cause.HIDDEN_ELSEWHERE: "hidden elsewhere", Cause.ANSWERED_ELSEWHERE: "answered elsewhere",
    Cause.WROTE_AGAIN: "wrote again", Cause.UNDONE: "undone", Cause.SNOOZE_OVER: "snooze over",
    Cause.SENT_BACK: "sent back", Cause.INSTRUCTED: "instructed", Cause.EFFECT_FAILED: "effect failed",
    Cause.EFFECT_PARKED: "effect waits for a person", Cause.LINE_DROPPED: "line dropped",
}  # fmt: skip


def work_words(row: Row, lease_left_ms: int) -> str:
    """Whose it is and how it stands as work, in words."""
    if row.mine:
        return f"yours · idle frees in {max(lease_left_ms // 60000, 1)} min" if lease_left_ms else "yours"
    if row.owner:
        return f"with {text.one_line(row.owner)}"
    cause = f" · {_CAUSES[row.cause]}" if row.cause else ""
    if row.state is WorkState.RESOLVED:
        return f"{disposition_words(row.disposition)}{cause}"
    return f"{row.state.value}{cause}"
