"""Items as lines of text. What a citizen wrote carries a gutter mark on every line, so that none can pose as ours."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from moderator import rows as table
from moderator import text
from moderator.cli.status import effect_line
from moderator.domain import masking, view
from moderator.domain.conduct import Conduct, Weight
from moderator.domain.names import named
from moderator.locale import N_, _, digits, n_, number, said

GUTTER = "┃ "


def width() -> int:
    """Cells of the terminal, within what the table of rows takes."""
    return min(200, max(60, shutil.get_terminal_size().columns))


def rows(found: Sequence[view.Row], after: str, total: int) -> Iterator[str]:
    """The rows of a view as the queue shows them, each with its number first."""
    if not found:
        yield _("Nothing here.")
        return
    now, room = datetime.now(UTC), width() - 9
    yield f"{'#':>8} {table.header(room)}"
    for row in found:
        yield f"{row.id:>8} {table.line_of(row, room, now)}"
    if after:
        yield _("{n} of {total}; go on with --after “{after}”", n=len(found), total=total, after=after)


def detail(item: view.Detail) -> Iterator[str]:
    """One item, whole: what it is, what was said, what was found, what was done."""
    yield from _head(item)
    yield from _said(item)
    yield from _found(item)
    yield from _done(item)


def _head(item: view.Detail) -> Iterator[str]:
    row = item.row
    owner = _(" · with {owner}", owner=row.owner) if row.owner else ""
    yield _(
        "#{id} · {account} · {state} · {visibility} · version {comment_version}{owner}",
        id=row.id,
        account=row.account,
        state=said(named(row.state)),
        visibility=said(named(row.visibility)),
        comment_version=row.comment_version,
        owner=owner,
    )
    yield item.why
    if item.post_title or item.post_url:
        yield _(
            "under “{post_title}” {post_url}",
            post_title=text.one_line(item.post_title),
            post_url=text.one_line(item.post_url),
        ).rstrip()
    if item.looking:
        yield _("also open at: {looking}", looking=", ".join(item.looking))


def _said(item: view.Detail) -> Iterator[str]:
    yield _("{author} wrote at {moment}:", author=text.one_line(item.row.author), moment=moment(item.row.arrived))
    yield from quoted(text.defang(text.cover(item.text, masks(item))))
    yield from (_("picture, not judged: {media}", media=text.one_line(media)) for media in item.media)


def masks(item: view.Detail) -> tuple[tuple[int, int], ...]:
    """The spans of the full text that stay covered until somebody reveals them at the desk."""
    return masking.covered(item.findings)


def quoted(citizen: str) -> Iterator[str]:
    """A citizen's text, line by line behind the gutter."""
    for line, _breaks in text.wrap(text.display(citizen), width() - len(GUTTER)):
        yield GUTTER + line


def _found(item: view.Detail) -> Iterator[str]:
    opinion = _("protected criticism") if item.row.protected else said(named(item.row.opinion))
    yield _("policy {version}: {opinion}", version=item.policy_version, opinion=opinion)
    for finding in item.findings:
        words = text.one_line(text.cover(item.text, masks(item))[finding.start : finding.end])
        kind = _("remark") if finding.hint else said(named(finding.suggestion))
        yield f"  {finding.clause} {finding.rule}: “{words}” ({finding.start}–{finding.end}) · {kind} · {finding.why}"


def _done(item: view.Detail) -> Iterator[str]:
    for decided in item.decisions:
        why = text.one_line(decided.reason)
        yield f"{moment(decided.at)} {decided.person}: {_end(decided)} {decided.clause} {why}".rstrip()
        if decided.reply:
            yield f"  {_('would reply') if decided.proposed else _('replied')}: {text.one_line(decided.reply)}"
    yield from (effect_line(effect) for effect in item.effects)
    for step in item.escalations:
        yield _(
            "{ref}: to {office} ({to}), {state}: {question}",
            ref=step.ref,
            office=step.office,
            to=step.to,
            state=said(named(step.state)),
            question=text.one_line(step.question),
        )
    for order in item.orders:
        lacks = _(" · lacks {lacks}", lacks=", ".join(order.lacks)) if order.lacks else _(" · actionable")
        yield _(
            "{kind} {id} of {authority}{lacks}",
            kind=said(named(order.kind)),
            id=order.id,
            authority=text.one_line(order.authority),
            lacks=lacks,
        )
    yield from (
        _(
            "note by {person} at {moment}: {text}",
            person=note.person,
            moment=moment(note.at),
            text=text.one_line(note.text),
        )
        for note in item.notes
    )
    yield from (draft(found) for found in item.drafts)


def _end(decided: view.DecisionView) -> str:
    """What was decided, or proposed, or taken back."""
    if decided.undone:
        return _("taken back")
    end = said(named(decided.disposition))
    return _("proposed: {end}", end=end) if decided.proposed else end


_WHY: Final = {"line dropped": N_("line dropped"), "lost the race": N_("lost the race")}


def draft(found: view.DraftView) -> str:
    """One draft in a line."""
    why = f" ({_(_WHY.get(found.why, found.why))})" if found.why else ""
    return _(
        "draft of {person}, {moment}{why}: {text}",
        person=found.person,
        moment=moment(found.saved_at),
        why=why,
        text=text.one_line(found.text),
    )


def conduct(found: Conduct) -> Iterator[str]:
    """The conduct check, rule by rule, and what would be sent."""
    for mark in found.marks:
        sign = "✓" if mark.kept else "✗" if mark.weight is Weight.HARD else "!"
        yield f"{sign} {said(named(mark.rule))}: {mark.sentence}"
    if found.limit:
        yield _(
            "would be sent ({length} of {limit} characters):", length=number(found.length), limit=number(found.limit)
        )
    else:
        yield n_("would be sent ({n} character):", "would be sent ({n} characters):", found.length)
    yield from (f"  {line}" for line, _breaks in text.wrap(text.display(found.outgoing), width() - 2))


def moment(at: datetime) -> str:
    """A moment in this machine's time zone."""
    return digits(at.astimezone().strftime("%Y-%m-%d %H:%M:%S"))
