"""The queue as it is shown: views, rows, pages, and word that something moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.policy import Asks, Opinion


class View(StrEnum):
    """The saved views, in the order of their keys 1–9."""

    MINE = "mine"
    NEW = "new"
    DUE = "due"
    BACK = "back"
    ESCALATED = "escalated"
    REVIEW = "review"
    IN_FLIGHT = "in_flight"
    ALL = "all"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    id: int
    key: str
    """Opaque keyset cursor: pages go on after it."""
    state: State
    lane: Lane
    account: str
    author: str
    text: str
    """The start of the clean text, on one line, unmasked; `masks` says what to cover."""
    masks: tuple[tuple[int, int], ...]
    """Spans of `text` to mask until revealed."""
    category: str
    """The strongest finding's category, or "" for none."""
    clause: str
    opinion: Opinion
    asks: Asks
    protected: bool
    language: str
    due: datetime | None
    arrived: datetime
    cause: Cause
    owner: str
    """Unix name of whoever holds it, or ""."""
    mine: bool
    version: int
    comment_version: int
    visibility: Visibility
    disposition: Disposition
    copies: int = 1
    """How many new routine comments are alike, this one among them, counted up to 1,000."""
    snoozed_until: datetime | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a view. `after` is the key to ask for the next one with, "" at the end."""

    rows: tuple[Row, ...]
    after: str
    total: int
    """How many the view holds, counted up to `capped_at`."""
    capped_at: int
    head: int
    """Number of the newest trail event when this was read."""
    partial: str = ""
    """Where not everything was looked through: a sentence that says how far, else "". `after` goes on from there."""
    together: bool = False
    """Whether one row stands for all new routine comments that are alike: in the desk's own order, without a query."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Stream event "queue": something moved. Fetch what you show."""

    seq: int
    new: int
    """Comments taken in since the last such event."""
    ids: tuple[int, ...]
    """Items that changed, at most 200."""
    urgent: tuple[int, ...]
    """Unopened urgent items, all of them."""
    at_ms: int
    """Server's monotonic milliseconds at the commit, for measuring."""
