"""Reading a platform that lists by time of writing, so that nothing is lost between two readings.

Such listings are traps. Times have a resolution of one second, and "after" excludes its own second: a cursor at the
last time seen loses the second comment of that second. A comment gets its time before it becomes visible (spam checks,
transactions), so an older one may appear after a newer one was read. Entries leave the list while it is paged, and
everything behind them moves up by one.

So every reading starts *before* the last time seen and before the moment at which the reading before it began, pages
by time rather than by number, and leaves out what it gave before. Giving a comment twice is harmless (the desk knows
them by id); losing one is not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from moderator.domain.comment import RemoteComment
from moderator.platforms.reading import moment, number, rows, table

STEP: Final = timedelta(seconds=2)
"""Overlap between two pages of one reading."""

LOOKBACK: Final = timedelta(seconds=90)
"""Overlap between two readings: how late a comment may become visible."""

DEEP: Final = timedelta(hours=2)
"""Overlap of a deep reading: slow plug-ins, and the hour that a site's local clock repeats in autumn."""

DEEP_EVERY: Final = timedelta(minutes=30)

REMEMBERED: Final = 4000
"""Ids kept to leave out what was given before."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one listing has been read."""

    at: datetime
    """The newest time read, never in the platform's future."""
    ended: bool = True
    """Whether the last reading came to the end of the list."""
    began: datetime | None = None
    """When that reading began, by the platform's clock: what became visible since may stand behind `at`."""
    deep: datetime | None = None
    """When a deep reading last began."""
    given: Mapping[str, datetime] = field(default_factory=dict)
    """Comments given recently, with their times."""

    def is_deep(self, now: datetime) -> bool:
        """Whether the next reading is a deep one."""
        return self.ended and (self.deep is None or now - self.deep >= DEEP_EVERY or now < self.deep)

    def start(self, now: datetime) -> datetime:
        """Where the next reading starts."""
        if not self.ended:
            return self.at - STEP
        sure = min(self.at, self.began or self.at)
        return sure - (DEEP if self.is_deep(now) and self.deep else LOOKBACK)


@dataclass(frozen=True, slots=True)
class Batch:
    """One answer of the platform, oldest first."""

    comments: Sequence[RemoteComment]
    more: bool
    """Whether the platform says that there is another page."""


Read = Callable[[datetime, int], Awaitable[Batch]]
"""Comments written after a moment (that second excluded), oldest first: one numbered page, counted from 1."""


async def sweep(read: Read, mark: Mark, budget: int, now: datetime) -> tuple[list[RemoteComment], Mark]:
    """At most `budget` comments that were not given before, oldest first, and the mark to go on from.

    `now` is the platform's own time: a comment dated in the future must not carry the mark away with it.
    """
    after, page = mark.start(now), 1
    at, given, fresh = after, dict(mark.given), list[RemoteComment]()
    deep = now if mark.is_deep(now) else mark.deep
    began = now if mark.ended else mark.began
    while True:
        batch = await read(after, page)
        for comment in batch.comments:
            if comment.remote_id not in given:
                if len(fresh) == budget:
                    return fresh, _kept(Mark(at, False, began, deep, given))
                fresh.append(comment)
                given[comment.remote_id] = comment.created_at
            at = max(at, min(comment.created_at, now))
        if not batch.more:
            return fresh, _kept(Mark(max(at, mark.at), True, began, deep, given))
        after, page = _next_page(after, page, at)


def _next_page(after: datetime, page: int, at: datetime) -> tuple[datetime, int]:
    """By time where time moved on, by number inside a crowd of one second."""
    return (at - STEP, 1) if at - STEP > after else (after, page + 1)


def _kept(mark: Mark) -> Mark:
    """The mark without ids that no later reading would meet, and with at most `REMEMBERED` of the others.

    The ids of the last `STEP` are always kept: without them a crowd of one second would be given for ever.
    """
    newest = sorted(mark.given.items(), key=lambda entry: entry[1], reverse=True)
    near = {key: at for key, at in newest if at >= mark.at - STEP}
    rest = {key: at for key, at in newest[:REMEMBERED] if at >= mark.at - DEEP}
    return replace(mark, given={**rest, **near})


def to_json(mark: Mark) -> dict[str, Any]:
    """The mark as JSON values, ids grouped by second."""
    given: dict[str, list[str]] = {}
    for key, at in mark.given.items():
        given.setdefault(str(int(at.timestamp())), []).append(key)
    began, deep = (at.isoformat() if at else "" for at in (mark.began, mark.deep))
    return {"at": mark.at.isoformat(), "ended": mark.ended, "began": began, "deep": deep, "given": given}


def from_json(value: Any) -> Mark | None:
    """The mark again, or None where the value is not one."""
    data = table(value)
    at = moment(data.get("at"))
    if at is None:
        return None
    try:
        given = {
            str(key): datetime.fromtimestamp(number(second), UTC)
            for second, keys in table(data.get("given")).items()
            for key in rows(keys)
        }
    except (OverflowError, OSError, ValueError):
        return None
    return Mark(at, data.get("ended") is not False, moment(data.get("began")), moment(data.get("deep")), given)
