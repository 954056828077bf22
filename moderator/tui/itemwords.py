"""How an item stands, in words; and what of it is unfolded on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderator import text
from moderator.domain.clock import remaining
from moderator.domain.item import Cause, Disposition, Visibility
from moderator.domain.item import State as WorkState
from moderator.domain.view import Row
from moderator.locale import N_, _, current, n_, translated
from moderator.tui.citizen import name_of
from moderator.tui.paper import Line, Piece, fit

ROOMY = 90
"""Cells from which a line has room for what is merely good to know."""


@dataclass(frozen=True, slots=True)
class Options:
    """What of an item is unfolded on this screen."""

    revealed: bool = False
    lighter: bool = False
    """Whether covered voices stand on one line each."""
    whole_thread: bool = False
    author: bool = False
    seen_version: int = 0
    """The version that was read before the newest one came in; 0 where nothing changed."""
    press: str = ""
    """The press officer's office, where the ladder names one."""


def facts_line(row: Row, now: datetime, clock: str, width: int) -> Line:
    """Who wrote it, when, in what language, how it stands on the platform, when it is due."""
    minutes = int((now - row.arrived).total_seconds() // 60)
    due = translated(remaining(row.due, now), current())
    late = row.due is not None and row.due < now
    when = f" · {clock}, {ago(minutes)}" if width >= ROOMY else f" · {clock}"
    told = due if late else _("due {when}", when=due)
    pieces: list[Piece] = [
        (f" {text.one_line(row.account)} · {text.clip(name_of(row.author), max(width // 3, 12))}", "title"),
        (when, "dim"),
        (f" · {told}" if due else "", "warn" if late else "text"),
        (f" · {row.language} · {_(_VISIBILITIES[row.visibility])}", "dim"),
    ]
    return fit(tuple(pieces), width)


def ago(minutes: int) -> str:
    """How long ago something was, in words."""
    if minutes < 60:
        return _("{n} min ago", n=minutes)
    return _("{n} h ago", n=minutes // 60) if minutes < 1440 else n_("{n} day ago", "{n} days ago", minutes // 1440)


_VISIBILITIES: dict[Visibility, str] = {
    Visibility.PUBLIC: N_("public"), Visibility.HIDDEN: N_("hidden"), Visibility.REMOVED: N_("removed"),
    Visibility.GONE: N_("gone"), Visibility.UNKNOWN: N_("unknown"),
}  # fmt: skip

_DISPOSITIONS: dict[Disposition, str] = {
    Disposition.LEFT_PUBLIC: N_("left public"), Disposition.HIDDEN: N_("hidden"), Disposition.REPLIED: N_("replied"),
    Disposition.HIDDEN_REPLIED: N_("hidden and replied"), Disposition.FORWARDED: N_("forwarded"),
    Disposition.DUPLICATE: N_("duplicate"), Disposition.GONE: N_("gone before action"),
    Disposition.LAWFUL_ORDER: N_("lawful order"), Disposition.OVERTURNED: N_("overturned"),
    Disposition.UPHELD: N_("upheld"),
}  # fmt: skip


def disposition_words(disposition: Disposition) -> str:
    """How an item ended, in words."""
    return _(_DISPOSITIONS[disposition]) if disposition in _DISPOSITIONS else _("open")


_CAUSES: dict[Cause, str] = {
    Cause.EDITED: N_("edited"), Cause.REOPENED: N_("reopened"), Cause.UNHIDDEN: N_("un-hidden on the platform"),
    Cause.HIDDEN_ELSEWHERE: N_("hidden elsewhere"), Cause.ANSWERED_ELSEWHERE: N_("answered elsewhere"),
    Cause.WROTE_AGAIN: N_("wrote again"), Cause.UNDONE: N_("undone"), Cause.SNOOZE_OVER: N_("snooze over"),
    Cause.SENT_BACK: N_("sent back"), Cause.INSTRUCTED: N_("instructed"), Cause.EFFECT_FAILED: N_("effect failed"),
    Cause.EFFECT_PARKED: N_("effect waits for a person"), Cause.LINE_DROPPED: N_("line dropped"),
}  # fmt: skip
_STATES: dict[WorkState, str] = {
    WorkState.NEW: N_("new"), WorkState.CLAIMED: N_("claimed"), WorkState.SNOOZED: N_("snoozed"),
    WorkState.ESCALATED: N_("escalated"), WorkState.REVIEW: N_("review"), WorkState.COMMITTING: N_("on its way"),
    WorkState.RESOLVED: N_("done"), WorkState.ARCHIVED: N_("archived"),
}  # fmt: skip


def state_words(state: WorkState) -> str:
    """How an item stands as work, in a word."""
    return _(_STATES[state])


def work_words(row: Row, lease_left_ms: int) -> str:
    """Whose it is and how it stands as work, in words."""
    if row.mine:
        minutes = max(lease_left_ms // 60000, 1)
        return _("yours · idle frees in {n} min", n=minutes) if lease_left_ms else _("yours")
    if row.owner:
        return _("with {person}", person=text.one_line(row.owner))
    cause = f" · {_(_CAUSES[row.cause])}" if row.cause else ""
    if row.state is WorkState.RESOLVED:
        return f"{disposition_words(row.disposition)}{cause}"
    return f"{state_words(row.state)}{cause}"
