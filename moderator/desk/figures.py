"""The desk in figures: what arrived, what was decided, what waits and for how long. Counts only, never a word of a
citizen, and nothing about one officer."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, Final
from zoneinfo import ZoneInfo

from moderator.desk.room import Look, need
from moderator.domain.errors import Code, Refused
from moderator.domain.event import stamp
from moderator.domain.item import Lane
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Aged, Bucket, Figures, Turnaround
from moderator.domain.wording import words
from moderator.store import figures as store
from moderator.store.base import Row
from moderator.store.items import of

LONGEST: Final = 168
"""Hours that figures reach back at most: a week."""
KEPT: Final = timedelta(seconds=15)
"""Figures this old are answered again as they are: a wall of dashboards costs what one does."""
AGES: Final = (15, 60, 240, 1440, 10080)
"""Minutes: a quarter of an hour, one hour, four hours, a day, a week. What is older follows."""

_STEPS: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(hours=6))
_MOST_STEPS: Final = 29
"""More than so many stretches of time no narrow screen can show."""


def figures(look: Look, actor: Actor, hours: int) -> Figures:
    """The last hours in figures, from the beginning of a stretch of local time on. Refuses what is longer than a week.

    The stretches, the findings and the accounts count the same arrivals: their sums agree.
    """
    need(actor, Permission.READ)
    if not 1 <= hours <= LONGEST:
        raise Refused(
            Code.BAD,
            words("Figures are for 1 to {longest} hours.", longest=LONGEST),
            words("Ask for 24, or for 168: a week."),
        )
    kept = look.house.figures.get(hours)
    if kept is None or abs(look.now - kept.now) >= KEPT:
        kept = look.house.figures[hours] = _counted(look, hours)
    return kept


def _counted(look: Look, hours: int) -> Figures:
    step = step_of(hours)
    since = begin(look.now, hours, step, look.house.store.zone)
    seconds = round(step.total_seconds())
    arrived = store.arrivals(look.conn, stamp(since), seconds)
    decided = store.decisions(look.conn, stamp(since), seconds)
    return Figures(
        hours=hours,
        now=look.now,
        buckets=_buckets(look.now, since, step, arrived, decided),
        backlog=_backlog(look),
        oldest=of(store.oldest(look.conn)),
        turnaround=_turnaround(look, since),
        findings=_summed(arrived, "clause"),
        ends=_summed(decided, "disposition"),
        accounts=_summed(arrived, "account"),
    )


def step_of(hours: int) -> timedelta:
    """How long a stretch of time is, so that so many hours fit a narrow screen."""
    return next(step for step in _STEPS if timedelta(hours=hours) / step <= _MOST_STEPS)


def begin(now: datetime, hours: int, step: timedelta, zone: ZoneInfo) -> datetime:
    """So many hours ago, or a little more: the beginning of a stretch, counted from local midnight. UTC."""
    offset = now.astimezone(zone).utcoffset() or timedelta()
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (now - timedelta(hours=hours) + offset - epoch) // step * step - offset


def _buckets(
    now: datetime, since: datetime, step: timedelta, arrived: Iterable[Row], decided: Iterable[Row]
) -> tuple[Bucket, ...]:
    """Every stretch from the first to the running one, those without a comment too."""
    came, ended = _summed(arrived, "step"), _summed(decided, "step")
    return tuple(Bucket(since + n * step, came.get(n, 0), ended.get(n, 0)) for n in range((now - since) // step + 1))


def _summed(rows: Iterable[Row], name: str) -> dict[Any, int]:
    """Value of one column → how many, most first."""
    found: Counter[Any] = Counter()
    for row in rows:
        found[row[name]] += row["n"]
    return dict(found.most_common())


def _backlog(look: Look) -> tuple[Aged, ...]:
    edges = [stamp(look.now - timedelta(minutes=minutes)) for minutes in AGES]
    found = {(row["age"], row["urgent"]): row["n"] for row in store.backlog(look.conn, edges)}
    return tuple(Aged(up_to, found.get((n, 0), 0), found.get((n, 1), 0)) for n, up_to in enumerate((*AGES, 0)))


def _turnaround(look: Look, since: datetime) -> tuple[Turnaround, ...]:
    """For each lane, also one in which nothing was decided."""
    rows, now = store.turnaround(look.conn, stamp(since)), stamp(look.now)
    return tuple(
        _of_lane(lane, [row for row in rows if row["lane"] == lane], store.late(look.conn, lane, now)) for lane in Lane
    )


def _of_lane(lane: Lane, rows: Sequence[Row], late: int) -> Turnaround:
    so_far = list(accumulate(row["n"] for row in rows))
    late += sum(row["late"] or 0 for row in rows)
    return Turnaround(int(lane), so_far[-1] if so_far else 0, _at(rows, so_far, 0.5), _at(rows, so_far, 0.9), late)


def _at(rows: Sequence[Row], so_far: Sequence[int], share: float) -> float:
    """The shortest time within which this share of them was decided, in whole seconds; 0 for none."""
    if not so_far:
        return 0.0
    return float(rows[bisect_left(so_far, share * so_far[-1])]["seconds"])
