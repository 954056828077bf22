"""Spans and moments as they are read aloud."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from moderator import locale
from moderator.domain import view
from moderator.domain.item import OPEN_STATES, Disposition
from moderator.line.telling import names
from moderator.locale import _, n_

_NEAR = timedelta(hours=20)
"""Within this, a time of day says which day it is."""


def span(seconds: float) -> str:
    """A length of time: "30 minutes", "1 hour and 2 minutes", "11 hours", "3 days"."""
    minutes = int(abs(seconds) // 60)
    if not minutes:
        return _("less than a minute")
    if minutes < 60:
        return n_("{n} minute", "{n} minutes", minutes)
    hours, rest = divmod(minutes, 60)
    if minutes >= 1440:
        return n_("{n} day", "{n} days", minutes // 1440)
    said = n_("{n} hour", "{n} hours", hours)
    if not rest or minutes >= 600:
        return said
    return _("{hours} and {minutes}", hours=said, minutes=n_("{n} minute", "{n} minutes", rest))


def due(row: view.Row, now: datetime) -> str:
    """When a first response is due, or how the item ended, as a sentence."""
    if row.state not in OPEN_STATES and row.disposition is not Disposition.NONE:
        return _("Ended: {end}.", end=_(names.ENDS[row.disposition]))
    if row.due is None:
        return _("No response is due.")
    left = (row.due - now).total_seconds()
    if left < 0:
        return _("First response is late by {span}.", span=span(left))
    return _("First response due in {span}.", span=span(left))


def due_shortly(row: view.Row, now: datetime) -> str:
    """The same in a few words, for a list."""
    if row.state not in OPEN_STATES and row.disposition is not Disposition.NONE:
        return _(names.ENDS[row.disposition])
    if row.due is None:
        return _("nothing due")
    left = (row.due - now).total_seconds()
    return _("late by {span}", span=span(left)) if left < 0 else _("due in {span}", span=span(left))


def clock(at: datetime | None, zone: tzinfo) -> str:
    """A moment in the desk's own time, with the date where it is not within a day."""
    if at is None:
        return _("no known time")
    here = at.astimezone(zone)
    near = abs(datetime.now(zone) - here) < _NEAR
    return locale.clock(here) if near else locale.moment(here)
