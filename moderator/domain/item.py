"""The item: one incoming comment as work, on three axes that are never folded into one.

Work state is ours; visibility is what was *observed* on the platform; effects (see `domain.effect`) are remote acts
on their way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where the item stands as work."""

    NEW = "new"
    CLAIMED = "claimed"
    SNOOZED = "snoozed"
    ESCALATED = "escalated"
    REVIEW = "review"
    COMMITTING = "committing"
    RESOLVED = "resolved"
    ARCHIVED = "archived"


OPEN_STATES = frozenset({State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED, State.REVIEW})
"""States in which somebody still has to decide."""


class Visibility(StrEnum):
    """What was last seen on the platform itself."""

    PUBLIC = "public"
    HIDDEN = "hidden"
    REMOVED = "removed"
    GONE = "gone"
    UNKNOWN = "unknown"


class Lane(IntEnum):
    """How urgent an item is; the queue sorts by this first. Lower comes first."""

    LIFE = 0
    """Life safety and self-harm: above all clocks."""
    THREAT = 1
    """A threat, an exposed private person, a lawful order."""
    ROUTINE = 5


class Cause(StrEnum):
    """Why an item came back, or why it stands where it stands."""

    NONE = ""
    EDITED = "edited"
    REOPENED = "reopened"
    UNHIDDEN = "unhidden"
    HIDDEN_ELSEWHERE = "hidden_elsewhere"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    WROTE_AGAIN = "wrote_again"
    UNDONE = "undone"
    SNOOZE_OVER = "snooze_over"
    SENT_BACK = "sent_back"
    INSTRUCTED = "instructed"
    EFFECT_FAILED = "effect_failed"
    EFFECT_PARKED = "effect_parked"
    LINE_DROPPED = "line_dropped"


class Disposition(StrEnum):
    """How an item ended."""

    NONE = ""
    LEFT_PUBLIC = "left_public"
    """Read, and nothing needed doing: a first-class end that is never a breach."""
    HIDDEN = "hidden"
    REPLIED = "replied"
    HIDDEN_REPLIED = "hidden_replied"
    FORWARDED = "forwarded"
    DUPLICATE = "duplicate"
    GONE = "gone_before_action"
    LAWFUL_ORDER = "lawful_order"
    OVERTURNED = "overturned"
    UPHELD = "upheld"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one living session to act on one item."""

    person_id: int
    session: str
    until: datetime
    """UTC; renewed by the living session, lapses by itself."""
    held_until: datetime | None = None
    """A hold with a reason outlives the ordinary lease, by at most the configured minutes."""
    hold_reason: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """The work axis of one comment, with what was observed of its visibility."""

    id: int
    account_id: int
    remote_id: str
    state: State
    visibility: Visibility
    lane: Lane
    comment_version: int
    """The newest version of the comment that the desk has seen, counted from 1."""
    version: int = 1
    """Counts changes of this row; every change is one event."""
    resting: State = State.NEW
    """The state that a released claim returns to."""
    level: int = 0
    """Escalation level, 0 for none."""
    cause: Cause = Cause.NONE
    disposition: Disposition = Disposition.NONE
    reopened: int = 0
    """How often the item came back; one live decision per value."""
    due_first: datetime | None = None
    """When the first response is due (UTC). Moves only by a logged event; snoozing does not stop it."""
    snoozed_until: datetime | None = None
    lease: Lease | None = None
