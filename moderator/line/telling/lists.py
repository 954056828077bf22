"""Rows of a view as sentences, and what the list as a whole is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from moderator import rows, text
from moderator.domain import view
from moderator.domain.item import Cause, Lane, State
from moderator.domain.policy import Asks, Opinion
from moderator.line.telling import names
from moderator.line.telling.quoting import excerpt
from moderator.line.telling.times import due_shortly
from moderator.locale import _, n_

_EXCERPT = 80
"""Cells of a comment's start in a list."""


def listed(page: Sequence[view.Row], now: datetime, marked: frozenset[int] = frozenset()) -> Iterator[str]:
    """Rows, each one line: number, due, account, finding, where it stands, author, the start of the words."""
    for row in page:
        parts = (_urgent(row), _marked(row, marked), due_shortly(row, now), row.account, finding(row), standing(row))
        facts = ", ".join(text.one_line(part) for part in parts if part)
        yield _(
            "{item}, {facts}. {author}: “{words}”{alike}",
            item=row.id,
            facts=facts,
            author=text.clip(text.one_line(row.author), 40),
            words=words(row),
            alike=_alike(row),
        )


def words(row: view.Row) -> str:
    """The start of the comment, covered words covered, on one line."""
    said = excerpt(row.text, row.masks, 0, len(row.text), _EXCERPT)
    if said:
        return said
    return _("picture or voice, not judged") if row.opinion is Opinion.MEDIA else _("no words")


def finding(row: view.Row) -> str:
    """The strongest finding with its clause, else what the comment asks, else that nothing was found."""
    if row.category:
        return f"{rows.finding_word(row.category)} {row.clause}".strip()
    if row.opinion is Opinion.MEDIA:
        return _("not judged")
    if row.asks is not Asks.NOTHING:
        return _(names.ASKED[row.asks])
    if row.opinion is Opinion.NONE:
        return _("no opinion")
    return _("protected criticism") if row.protected else _("nothing found")


def standing(row: view.Row) -> str:
    """Where it stands, where that is not plainly new: whose it is, why it is back."""
    if row.state is State.NEW:
        return "" if row.cause is Cause.NONE else _("back")
    if row.state is State.CLAIMED:
        return _("yours") if row.mine else _("with {person}", person=row.owner) if row.owner else _("claimed")
    return {
        State.SNOOZED: _("put aside"),
        State.ESCALATED: _("handed up to level {level}", level=row.level),
        State.REVIEW: _("waits for a second person"),
        State.COMMITTING: _("on its way"),
        State.RESOLVED: _("closed"),
    }.get(row.state, _("archived"))


def _urgent(row: view.Row) -> str:
    return _("URGENT") if row.lane < Lane.ROUTINE else ""


def _marked(row: view.Row, marked: frozenset[int]) -> str:
    return _("marked") if row.id in marked else ""


def _alike(row: view.Row) -> str:
    if row.copies < 2:
        return ""
    return f", {n_('and {n} like it', 'and {n} like it', row.copies - 1)}"


def total(page: view.QueuePage) -> str:
    """How many there are, in words; "or more" where the desk stopped counting."""
    if page.capped_at and page.total >= page.capped_at:
        return n_("{n} item or more", "{n} items or more", page.total)
    return n_("{n} item", "{n} items", page.total)
