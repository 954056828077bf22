"""An order or a request from outside, as it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderator.domain.order import OrderKind


@dataclass(frozen=True, slots=True)
class ReceivedOrder:
    """An order or a request that has come in."""

    kind: OrderKind
    received_at: datetime
    authority: str = ""
    officer: str = ""
    rank: str = ""
    statute: str = ""
    reference: str = ""
    reason: str = ""
    urls: tuple[str, ...] = ()
    words: str = ""
    caller: str = ""
    due_at: datetime | None = None
    verified_by: str = ""
