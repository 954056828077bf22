"""The desk in figures, for the dashboard: counts, never a citizen's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """One stretch of time."""

    start: datetime
    arrived: int
    decided: int


@dataclass(frozen=True, slots=True)
class Aged:
    """The open items of one age."""

    up_to_minutes: int
    """Upper end of the age; 0 for everything older than the one before."""
    routine: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Turnaround:
    """How long first decisions took, for one lane."""

    lane: int
    decided: int
    p50_s: float
    p90_s: float
    late: int
    """Decided, or still open, after they were due."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the dashboard draws of the last hours."""

    hours: int
    now: datetime
    buckets: tuple[Bucket, ...]
    """Oldest first, together the whole time."""
    backlog: tuple[Aged, ...]
    oldest: datetime | None
    """When the oldest open item arrived."""
    turnaround: tuple[Turnaround, ...]
    findings: dict[str, int]
    """Clause → findings in comments that arrived in that time; "" for none."""
    ends: dict[str, int]
    """Disposition → decisions in that time."""
    accounts: dict[str, int]
    """Account name → arrivals in that time."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often one person looked at uncovered abuse: for that person alone."""

    today: int
    week: tuple[int, ...]
    """The last seven days, oldest first, today last."""
    severe_today: int
    advice: str
    """A sentence where a lighter view or a break is due, else ""."""
