"""What is on its way: remote acts that are not over, and texts that are being written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderator.domain.effect import EffectState, Op


@dataclass(frozen=True, slots=True)
class EffectView:
    """One remote act as the screen tells it."""

    id: int
    decision_id: int
    """0 for an escalation's mail."""
    item_id: int
    account: str
    op: Op
    state: EffectState
    label: str
    """What it is, in words: "hide wp consult Bipul"."""
    left_ms: int
    """What is left of the undo window; 0 when it is not held."""
    tries: int
    next_try: datetime | None
    reason: str
    remote_id: str
    person: str
    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    """What somebody has typed about this item."""

    item_id: int
    person: str
    mine: bool
    text: str
    caret: int
    saved_at: datetime
    why: str
    """"", "line dropped" or "lost the race"."""
