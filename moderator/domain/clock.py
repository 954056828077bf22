"""Time as an argument: two clocks, and when an answer is due.

Wall time names moments on the record; monotonic time measures windows, so that a stepped clock can neither swallow an
undo nor hurry an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic_ns
from typing import Protocol

from moderator.domain.item import Lane
from moderator.domain.wording import Words, words


class Clock(Protocol):
    """What the desk asks for the time."""

    def now(self) -> datetime:
        """The moment, in UTC."""

    def up_ms(self) -> int:
        """Milliseconds of monotonic time; only differences mean anything."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def up_ms(self) -> int:
        """Milliseconds since some fixed moment of this boot."""
        return monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Turnaround:
    """How long after its arrival a comment of each lane is due, in minutes. Published times and timers are one."""

    life: int = 5
    threat: int = 15
    routine: int = 120

    def due(self, lane: Lane, arrived: datetime) -> datetime:
        """When the first response is due."""
        minutes = {Lane.LIFE: self.life, Lane.THREAT: self.threat, Lane.ROUTINE: self.routine}[lane]
        return arrived + timedelta(minutes=minutes)


def remaining(due: datetime | None, now: datetime) -> str:
    """A due time as the queue says it: "in 4 min", "late 1 h 2", "in 11 h", or "" where nothing is due."""
    if due is None:
        return ""
    minutes = int(abs((due - now).total_seconds()) // 60)
    span = _span(minutes)
    return words("late {span}", span=span) if due < now else words("in {span}", span=span)


def _span(minutes: int) -> Words:
    """A stretch of time in the coarsest unit that still tells an officer enough."""
    if minutes < 60:
        return words("{minutes} min", minutes=minutes)
    if minutes < 600:
        return words("{hours} h {minutes}", hours=minutes // 60, minutes=minutes % 60)
    if minutes < 1440:
        return words("{hours} h", hours=minutes // 60)
    return words("{days} d", days=minutes // 1440)
