"""A queue row as plain cells: one formatter for the first paint, the full screen and line mode.

One column is free text, and it stands last; everything before it has a fixed width, so that no citizen's text can push
or pose as a column. Colours are the screen's business: every state is a word or a glyph here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from moderator import text
from moderator.domain.clock import remaining
from moderator.domain.item import Cause, Disposition, Lane, State
from moderator.domain.policy import Asks, Category, Opinion
from moderator.domain.view import Row
from moderator.locale import N_, _, current, number, said

NARROWEST: Final = 60
"""Cells below which columns shrink no further; a line is then cut at its end."""
_WIDE: Final = 120
"""Cells from which the state has a column of words."""

_LANES: Final = {Lane.LIFE: "‼", Lane.THREAT: "!", Lane.ROUTINE: " "}
_STATES: Final = {
    State.NEW: " ", State.CLAIMED: "○", State.SNOOZED: "z", State.ESCALATED: "↑",
    State.REVIEW: "?", State.COMMITTING: "→", State.RESOLVED: "✓", State.ARCHIVED: "✓",
}  # fmt: skip
_MINE: Final = "●"
_BACK: Final = "↩"

_FINDINGS: Final = {
    Category.ABUSIVE: N_("abusive"), Category.POLITICAL: N_("political"), Category.TARGETED: N_("targeted"),
    Category.THREAT: N_("threat"), Category.SELF_HARM: N_("self-harm"), Category.LIFE_SAFETY: N_("life safety"),
    Category.SPAM: N_("spam"), Category.PHISHING: N_("phishing"), Category.PII: N_("privacy"),
    Category.COPYRIGHT: N_("copyright"), Category.DISHARMONY: N_("disharmony"),
    Category.MISINFORMATION: N_("false claim"), Category.OFF_TOPIC: N_("off topic"),
    Category.IMPERSONATION: N_("imposture"),
}  # fmt: skip
_ASKS: Final = {
    Asks.QUESTION: N_("question"), Asks.GRIEVANCE: N_("grievance"), Asks.MEDIA: N_("media"),
    Asks.FEEDBACK: N_("feedback"), Asks.RESCUE: N_("rescue"),
}  # fmt: skip
_ENDS: Final = {
    Disposition.LEFT_PUBLIC: N_("left"), Disposition.HIDDEN: N_("hidden"), Disposition.REPLIED: N_("replied"),
    Disposition.HIDDEN_REPLIED: N_("hid+reply"), Disposition.FORWARDED: N_("forwarded"),
    Disposition.DUPLICATE: N_("duplicate"), Disposition.GONE: N_("gone"), Disposition.LAWFUL_ORDER: N_("by order"),
    Disposition.OVERTURNED: N_("overturned"), Disposition.UPHELD: N_("upheld"),
}  # fmt: skip
_CAUSES: Final = {
    Cause.EDITED: N_("edited"), Cause.REOPENED: N_("reopened"), Cause.UNHIDDEN: N_("unhidden there"),
    Cause.HIDDEN_ELSEWHERE: N_("hidden there"), Cause.ANSWERED_ELSEWHERE: N_("answered there"),
    Cause.WROTE_AGAIN: N_("wrote again"), Cause.UNDONE: N_("undone"), Cause.SNOOZE_OVER: N_("snooze over"),
    Cause.SENT_BACK: N_("sent back"), Cause.INSTRUCTED: N_("instructed"), Cause.EFFECT_FAILED: N_("not sent"),
    Cause.EFFECT_PARKED: N_("waits for you"), Cause.LINE_DROPPED: N_("line dropped"),
}  # fmt: skip
_WORK: Final = {
    State.NEW: N_("new"), State.SNOOZED: N_("snoozed"), State.REVIEW: N_("review"), State.COMMITTING: N_("on its way"),
    State.RESOLVED: N_("done"), State.ARCHIVED: N_("archived"),
}  # fmt: skip
_HEADS: Final = (
    "", N_("due"), N_("finding"), N_("account"), N_("from"), N_("state"), N_("comment"),
)  # fmt: skip
MARKED: Final = "◆"
"""Stands in the gap after lane and state where the officer has marked the row."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns in cells, their trailing gap included. `state` is 0 where there is no room for it.

    In English, due and finding have room for the longest of our own words at every width: names and comments give way,
    not those. A language with longer words gets more room for them, where the line has it; what is longer still is cut.
    """

    mark: int
    due: int
    finding: int
    account: int
    author: int
    state: int
    comment: int

    @classmethod
    def of(cls, width: int) -> Columns:
        """The columns of a line of so many cells, in the language in use."""
        spare = max(width, NARROWEST) - 80
        due, finding, state = _longer(current(), (spare + 20) // 5 + 3)
        if spare < 0:
            fixed = (4, 12 + due, 15 + finding, 7 + (spare + 20) // 5, 7 + (spare + 20) // 4, 0)
        elif width < _WIDE:
            fixed = (4, 12 + due, 15 + finding, 11 + spare // 10, 12 + spare // 6, 0)
        else:
            fixed = (4, 12 + due, 16 + finding, 14 + min(spare // 20, 6), 18 + min(spare // 12, 10), 15 + state)
        return cls(*fixed, max(width - sum(fixed), 0))

    def widths(self) -> tuple[int, ...]:
        """All of them, from left to right."""
        return (self.mark, self.due, self.finding, self.account, self.author, self.state, self.comment)


class Cells(NamedTuple):
    """A row, column by column, each padded to its width: joined, they are the line."""

    mark: str
    """Four cells: room for the cursor, the lane, the state, a gap."""
    due: str
    finding: str
    account: str
    author: str
    state: str
    comment: str


def cells_of(
    row: Row, now: datetime, width: int, *, revealed: bool = False, marked: bool = False, found: bool = False
) -> Cells:
    """A row as padded columns for a line of `width` cells, safe to draw.

    `revealed` uncovers what is masked; `marked` shows the officer's mark; `found` says of every row where it stands,
    as a list of search results does.
    """
    columns = Columns.of(width)
    when = standing(row) if found and not columns.state else due(row, now)
    return Cells(
        mark(row, marked=marked),
        _column(when, columns.due),
        _column(finding(row), columns.finding),
        _column(row.account, columns.account),
        _column(text.defang(row.author), columns.author),
        _column(standing(row) if found else state(row), columns.state),
        text.pad(comment_of(row, columns.comment, revealed=revealed), columns.comment),
    )


def line_of(row: Row, width: int, now: datetime, revealed: bool = False) -> str:
    """A row as one line of exactly `width` cells."""
    return text.pad("".join(cells_of(row, now, width, revealed=revealed)), width)


def header(width: int, *, found: bool = False) -> str:
    """The names of the columns, in exactly `width` cells."""
    names = [_(name) for name in _HEADS]
    sizes = Columns.of(width).widths()
    if found and not sizes[5]:
        names[1] = names[5]
    return text.pad("".join(_column(name, size) for name, size in zip(names, sizes, strict=True)), width)


def _column(value: str, size: int) -> str:
    """A value clipped so that a gap of one cell always follows it."""
    return text.pad(text.clip(text.one_line(value), size - 1), size)


def mark(row: Row, *, marked: bool = False) -> str:
    """Cursor's place, lane and state as glyphs: ‼ life safety, ! threat; ● yours, ○ another's, ↑ escalated …"""
    glyph = _STATES[row.state]
    if row.state is State.CLAIMED and row.mine:
        glyph = _MINE
    elif row.state is State.NEW and row.cause is not Cause.NONE:
        glyph = _BACK
    return f" {_LANES[row.lane]}{glyph}{MARKED if marked else ' '}"


def due(row: Row, now: datetime) -> str:
    """When a first response is due, or how the item ended."""
    return _end(row) or said(remaining(row.due, now))


def _end(row: Row) -> str:
    over = row.state in (State.RESOLVED, State.ARCHIVED) and row.disposition is not Disposition.NONE
    return _(_ENDS[row.disposition]) if over else ""


def finding(row: Row) -> str:
    """The strongest finding with its clause, else what the comment asks; "–" says that nothing was found."""
    if row.category:
        return f"{finding_word(row.category)} {row.clause}".strip()
    if row.opinion is Opinion.MEDIA:
        return _("picture")
    if row.asks is not Asks.NOTHING:
        return f"– {_(_ASKS[row.asks])}"
    if row.opinion is Opinion.NONE:
        return _("no opinion")
    return f"– {_('criticism')}" if row.protected else "–"


def finding_word(category: str) -> str:
    """A category in the words of the queue; one that this program does not know stands as it is."""
    return _(_FINDINGS[Category(category)]) if category in _FINDINGS else category.replace("_", " ")


def state(row: Row) -> str:
    """Where the item stands, in words: whose it is, why it is back, what it waits for; "" for a merely new one."""
    if row.state is State.CLAIMED:
        return _("yours") if row.mine else _("with {person}", person=row.owner) if row.owner else _("claimed")
    if row.state is State.ESCALATED:
        return _("escalated {level}", level=row.level)
    if row.state is State.NEW:
        return _(_CAUSES[row.cause]) if row.cause in _CAUSES else ""
    return _(_WORK[row.state])


def standing(row: Row) -> str:
    """Where the item stands or how it ended, in words; never empty."""
    return _end(row) or state(row) or _(_WORK[State.NEW])


def comment_of(row: Row, width: int, *, revealed: bool = False) -> str:
    """The comment's start in at most `width` cells, masked unless revealed, with ×n where equal ones are folded in.

    Links are made inert, so that no terminal offers to open them.
    """
    words = row.text if revealed else text.cover(row.text, row.masks)
    shown = text.defang(text.one_line(words)).strip()
    if not shown:
        shown = _("(picture, not judged)") if row.opinion is Opinion.MEDIA else _("(no words)")
    if row.copies < 2:
        return text.clip(shown, width)
    copies = f"  ×{number(row.copies)}"
    return text.clip(text.clip(shown, width - text.cells(copies)) + copies, width)


@lru_cache(maxsize=32)
def _longer(language: str, room: int) -> tuple[int, int, int]:
    """Cells that due, finding and state need in a language beyond their usual ones; `room` cells in all, and due first.

    `state` stands only on wide lines and is no part of that room.
    """
    due_needs = max(text.cells(word) for word in _due_words()) - 11
    finding_needs = max(text.cells(_(word)) for word in (*_FINDINGS.values(), *_ASKS.values())) - 11
    state_needs = max(text.cells(_(word)) for word in (*_CAUSES.values(), *_WORK.values())) - 14
    due_more = max(min(due_needs, 6, room), 0)
    finding_more = max(min(finding_needs, 8, room - due_more), 0)
    return due_more, finding_more, max(min(state_needs, 8), 0)


def _due_words() -> Iterator[str]:
    """The longest of what the due column says, in the language in use."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for minutes in (59, 599, -59, -599):
        yield said(remaining(start + timedelta(minutes=minutes), start))
    yield from (_(word) for word in _ENDS.values())
