"""What the queue is asked for: an order of it, and acts on many of its items."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """In which order a view is shown."""

    PRIORITY = "priority"
    """Lane, then due time: the desk's own order."""
    DUE = "due"
    AGE = "age"
    """Oldest first."""
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Seen:
    """An item as the officer saw it when it was marked."""

    item_id: int
    version: int
    """The comment's version."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One decision about many items. `act` is "leave" or "hide"."""

    act: str
    items: tuple[Seen, ...]
    clause: str = ""
    """For hiding."""
    masked: bool = False
    """Whether the texts were seen with masked words."""
    reason: str = ""
