"""Items as lines of text. What a citizen wrote carries a gutter mark on every line, so that none can pose as ours."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from moderator import rows as table
from moderator import text
from moderator.cli.status import effect_line
from moderator.domain import view
from moderator.domain.conduct import Conduct, Weight

GUTTER = "┃ "


def width() -> int:
    """Cells of the terminal, within what the table of rows takes."""
    return min(200, max(60, shutil.get_terminal_size().columns))


def rows(found: Sequence[view.Row], after: str, total: int) -> Iterator[str]:
    """The rows of a view as the queue shows them, each with its number first."""
    if not found:
        yield "Nothing here."
        return
    now, room = datetime.now(UTC), width() - 9
    yield f"{'#':>8} {table.header(room)}"
    for row in found:
        yield f"{row.id:>8} {table.line_of(row, room, now)}"
    if after:
        yield f"{len(found)} of {total}; go on with --after “{after}”"


def detail(item: view.Detail) -> Iterator[str]:
    """One item, whole: what it is, what was said, what was found, what was done."""
    yield from _head(item)
    yield from _said(item)
    yield from _found(item)
    yield from _done(item)


def _head(item: view.Detail) -> Iterator[str]:
    row = item.row
    owner = f" · with {row.owner}" if row.owner else ""
    yield f"#{row.id} · {row.account} · {row.state} · {row.visibility} · version {row.comment_version}{owner}"
    yield item.why
    if item.post_title or item.post_url:
        yield f"under “{text.one_line(item.post_title)}” {text.one_line(item.post_url)}".rstrip()
    if item.looking:
        yield f"also open at: {', '.join(item.looking)}"


def _said(item: view.Detail) -> Iterator[str]:
    yield f"{text.one_line(item.row.author)} wrote at {moment(item.row.arrived)}:"
    yield from quoted(text.defang(text.cover(item.text, masks(item))))
    yield from (f"picture, not judged: {text.one_line(media)}" for media in item.media)


def masks(item: view.Detail) -> list[tuple[int, int]]:
    """The spans of the full text that stay covered until somebody reveals them at the desk."""
    return [(finding.start, finding.end) for finding in item.findings if finding.mask]


def quoted(citizen: str) -> Iterator[str]:
    """A citizen's text, line by line behind the gutter."""
    for line, _ in text.wrap(text.display(citizen), width() - len(GUTTER)):
        yield GUTTER + line


def _found(item: view.Detail) -> Iterator[str]:
    yield f"policy {item.policy_version}: " + ("protected criticism" if item.row.protected else item.row.opinion)
    for finding in item.findings:
        words = text.one_line(text.cover(item.text, masks(item))[finding.start : finding.end])
        kind = "remark" if finding.hint else finding.suggestion
        yield f"  {finding.clause} {finding.rule}: “{words}” ({finding.start}–{finding.end}) · {kind} · {finding.why}"


def _done(item: view.Detail) -> Iterator[str]:
    for decided in item.decisions:
        state = "taken back" if decided.undone else f"{'proposed ' * decided.proposed}{decided.disposition}"
        why = text.one_line(decided.reason)
        yield f"{moment(decided.at)} {decided.person}: {state} {decided.clause} {why}".rstrip()
        if decided.reply:
            yield f"  {'would reply' if decided.proposed else 'replied'}: {text.one_line(decided.reply)}"
    yield from (effect_line(effect) for effect in item.effects)
    for step in item.escalations:
        yield f"{step.ref}: to {step.office} ({step.to}), {step.state}: {text.one_line(step.question)}"
    for order in item.orders:
        lacks = f" · lacks {', '.join(order.lacks)}" if order.lacks else " · actionable"
        yield f"{order.kind} {order.id} of {text.one_line(order.authority)}{lacks}"
    yield from (f"note by {note.person} at {moment(note.at)}: {text.one_line(note.text)}" for note in item.notes)
    yield from (draft(found) for found in item.drafts)


def draft(found: view.DraftView) -> str:
    """One draft in a line."""
    why = f" ({found.why})" if found.why else ""
    return f"draft of {found.person}, {moment(found.saved_at)}{why}: {text.one_line(found.text)}"


def conduct(found: Conduct) -> Iterator[str]:
    """The conduct check, rule by rule, and what would be sent."""
    for mark in found.marks:
        sign = "✓" if mark.kept else "✗" if mark.weight is Weight.HARD else "!"
        yield f"{sign} {mark.rule}: {mark.sentence}"
    yield f"would be sent ({found.length} of {found.limit or 'any number of'} characters):"
    yield from (f"  {line}" for line, _ in text.wrap(text.display(found.outgoing), width() - 2))


def moment(at: datetime) -> str:
    """A moment in this machine's time zone."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
