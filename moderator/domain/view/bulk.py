"""One decision about many items, as it is shown before and while it is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Excluded:
    """An item that a bulk act leaves out, and why."""

    item_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk act would do, before it is done."""

    act: str
    clause: str
    taken: tuple[int, ...]
    """Items that it would decide."""
    to_review: tuple[int, ...]
    """Items that it would put before a second person."""
    excluded: tuple[Excluded, ...]
    """Items that it would leave alone, exceptions first."""
    accounts: dict[str, int]
    """Account name → how many of its items are among them."""
    seconds: float
    """How long sending takes at the platforms' rates, about."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A bulk act that was done, and how far it has come."""

    id: int
    act: str
    clause: str
    person: str
    mine: bool
    at: datetime
    total: int
    sent: int
    """Effects that are on the platform."""
    waiting: int
    """Effects that can still be taken back."""
    failed: int
    undone: bool
    undoable: bool
    label: str
    """What it is, in words: "hide 412 on fb dipr"."""
    sentence: str
    """How far it is: "187/412 sent; z stops and restores"."""
