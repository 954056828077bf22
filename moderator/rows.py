"""A queue row as plain cells: one formatter for the first paint, the full screen and line mode.

One column is free text, and it stands last; everything before it has a fixed width, so that no citizen's text can push
or pose as a column. Colours are the screen's business: every state is a word or a glyph here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from moderator import text
from moderator.domain.clock import remaining
from moderator.domain.item import Cause, Disposition, Lane, State
from moderator.domain.policy import Asks, Category, Opinion
from moderator.domain.view import Row

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
    Category.ABUSIVE: "abusive", Category.POLITICAL: "political", Category.TARGETED: "targeted",
    Category.THREAT: "threat", Category.SELF_HARM: "self-harm", Category.LIFE_SAFETY: "life safety",
    Category.SPAM: "spam", Category.PHISHING: "phishing", Category.PII: "privacy",
    Category.COPYRIGHT: "copyright", Category.DISHARMONY: "disharmony", Category.MISINFORMATION: "false claim",
    Category.OFF_TOPIC: "off topic", Category.IMPERSONATION: "imposture",
}  # fmt: skip
_ENDS: Final = {
    Disposition.LEFT_PUBLIC: "left", Disposition.HIDDEN: "hidden", Disposition.REPLIED: "replied",
    Disposition.HIDDEN_REPLIED: "hid+reply", Disposition.FORWARDED: "forwarded",
    Disposition.DUPLICATE: "duplicate", Disposition.GONE: "gone", Disposition.LAWFUL_ORDER: "by order",
    Disposition.OVERTURNED: "overturned", Disposition.UPHELD: "upheld",
}  # fmt: skip
_CAUSES: Final = {
    Cause.EDITED: "edited", Cause.REOPENED: "reopened", Cause.UNHIDDEN: "unhidden there",
    Cause.HIDDEN_ELSEWHERE: "hidden there", Cause.ANSWERED_ELSEWHERE: "answered there",
    Cause.WROTE_AGAIN: "wrote again", Cause.UNDONE: "undone", Cause.SNOOZE_OVER: "snooze over",
    Cause.SENT_BACK: "sent back", Cause.INSTRUCTED: "instructed", Cause.EFFECT_FAILED: "not sent",
    Cause.EFFECT_PARKED: "waits for you", Cause.LINE_DROPPED: "line dropped",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns in cells, their trailing gap included. `state` is 0 where there is no room for it.

    At every width, due and finding have room for the longest of our own words: names and comments give way, not those.
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
        """The columns of a line of so many cells."""
        spare = max(width, NARROWEST) - 80
        if spare < 0:
            fixed = (4, 12, 15, 7 + (spare + 20) // 5, 7 + (spare + 20) // 4, 0)
        elif width < _WIDE:
            fixed = (4, 12, 15, 11 + spare // 10, 12 + spare // 6, 0)
        else:
            fixed = (4, 12, 16, 14 + min(spare // 20, 6), 18 + min(spare // 12, 10), 15)
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


def cells_of(row: Row, now: datetime, width: int, *, revealed: bool = False) -> Cells:
    """A row as padded columns for a line of `width` cells, safe to draw. `revealed` uncovers what is masked."""
    columns = Columns.of(width)
    return Cells(
        mark(row),
        _column(due(row, now), columns.due),
        _column(finding(row), columns.finding),
        _column(row.account, columns.account),
        _column(row.author, columns.author),
        _column(state(row), columns.state),
        text.pad(comment_of(row, columns.comment, revealed=revealed), columns.comment),
    )


def line_of(row: Row, width: int, now: datetime, revealed: bool = False) -> str:
    """A row as one line of exactly `width` cells."""
    return text.pad("".join(cells_of(row, now, width, revealed=revealed)), width)


def header(width: int) -> str:
    """The names of the columns, in exactly `width` cells."""
    names = ("", "due", "finding", "account", "from", "state", "comment")
    sizes = Columns.of(width).widths()
    return text.pad("".join(_column(name, size) for name, size in zip(names, sizes, strict=True)), width)


def _column(value: str, size: int) -> str:
    """A value clipped so that a gap of one cell always follows it."""
    return text.pad(text.clip(text.one_line(value), size - 1), size)


def mark(row: Row) -> str:
    """Cursor's place, lane and state as glyphs: ‼ life safety, ! threat; ● yours, ○ another's, ↑ escalated …"""
    glyph = _STATES[row.state]
    if row.state is State.CLAIMED and row.mine:
        glyph = _MINE
    elif row.state is State.NEW and row.cause is not Cause.NONE:
        glyph = _BACK
    return f" {_LANES[row.lane]}{glyph} "


def due(row: Row, now: datetime) -> str:
    """When a first response is due, or how the item ended."""
    if row.state in (State.RESOLVED, State.ARCHIVED) and row.disposition is not Disposition.NONE:
        return _ENDS[row.disposition]
    return remaining(row.due, now)


def finding(row: Row) -> str:
    """The strongest finding with its clause, else what the comment asks; "–" says that nothing was found."""
    if row.category:
        return f"{finding_word(row.category)} {row.clause}".strip()
    if row.opinion is Opinion.MEDIA:
        return "picture"
    if row.asks is not Asks.NOTHING:
        return f"– {row.asks.value}"
    if row.opinion is Opinion.NONE:
        return "no opinion"
    return "– criticism" if row.protected else "–"


def finding_word(category: str) -> str:
    """A category in the words of the queue; one that this program does not know stands as it is."""
    return _FINDINGS[Category(category)] if category in _FINDINGS else category.replace("_", " ")


def state(row: Row) -> str:
    """Where the item stands, in words: whose it is, why it is back, what it waits for."""
    if row.state is State.CLAIMED:
        return "yours" if row.mine else f"with {row.owner}" if row.owner else "claimed"
    if row.state is State.ESCALATED:
        return f"escalated {row.level}"
    if row.state is State.NEW:
        return _CAUSES.get(row.cause, "")
    return {State.COMMITTING: "on its way", State.RESOLVED: "done"}.get(row.state, row.state.value)


def comment_of(row: Row, width: int, *, revealed: bool = False) -> str:
    """The comment's start in at most `width` cells, masked unless revealed, with ×n where equal ones are folded in.

    Links are made inert, so that no terminal offers to open them.
    """
    words = row.text if revealed else text.cover(row.text, row.masks)
    shown = text.defang(text.one_line(words)).strip()
    if not shown:
        shown = "(picture, not judged)" if row.opinion is Opinion.MEDIA else "(no words)"
    if row.copies < 2:
        return text.clip(shown, width)
    copies = f"  ×{row.copies}"
    return text.clip(text.clip(shown, width - len(copies)) + copies, width)
