"""What is asked about one item: decisions, drafts, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReasonCode(StrEnum):
    """Why something is handed up."""

    VERIFY = "verify"
    CONTENTIOUS = "contentious"
    LEGAL = "legal"
    SAFETY = "safety"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Nothing:
    """An act that needs no more than its item."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Take an item from whoever holds it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep an item beyond the ordinary lease."""

    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave it public: read, nothing needs doing."""

    seen_version: int
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Hide:
    """Hide it on a clause of the published policy (or an actionable order)."""

    seen_version: int
    clause: str
    masked: bool = False
    start: int | None = None
    end: int | None = None
    reason: str = ""
    """One line; empty takes the clause's title."""
    only_criticism: bool = False
    """The officer's own answer: this is only criticism of government or an official. True refuses the hide."""
    order_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer in public, as the agency."""

    seen_version: int
    text: str
    masked: bool = False
    disclaimer: bool = False
    helpline: bool = False
    """The approved helpline answer: a shorter window."""
    hide_clause: str = ""
    """Hide as well, after the reply is out."""
    lift: str = ""
    """Why a second person should lift a hard rule that the text breaks; empty where none is to be lifted."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """Hand it up the ladder; the mail is the record."""

    seen_version: int
    question: str
    reason: ReasonCode = ReasonCode.CONTENTIOUS
    level: int = 0
    """0 for the next level above the item's own."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Put it aside until a moment; its clocks go on."""

    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A private remark on the item; changes nothing else."""

    text: str


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """What the officer has typed so far."""

    text: str
    caret: int = 0
    """Code points from the start."""


@dataclass(frozen=True, slots=True)
class CheckConduct:
    """Ask the conduct check about a draft."""

    item_id: int
    text: str
    disclaimer: bool = False
