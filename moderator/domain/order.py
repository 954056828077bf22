"""Orders and requests: what arrives from outside with authority, or with only the look of it.

A verified lawful order is a ground of its own. A request — a phone call from an office — is recorded in its own words
and decided by the policy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OrderKind(StrEnum):
    """Which of the two it is."""

    ORDER = "order"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Order:
    """One order or request as recorded."""

    kind: OrderKind
    received_at: datetime
    authority: str = ""
    """The authority or office it came from."""
    officer: str = ""
    rank: str = ""
    statute: str = ""
    reference: str = ""
    reason: str = ""
    urls: tuple[str, ...] = ()
    words: str = ""
    """For a request: what was said, in its own words."""
    caller: str = ""
    due_at: datetime | None = None
    verified_by: str = ""
    """How and by whom it was verified by call-back; empty where it was not."""


_ORDER_FIELDS = {
    "authority": "the authority",
    "officer": "the officer's name",
    "rank": "the officer's rank",
    "statute": "the statutory provision",
    "reason": "the reason",
    "urls": "the exact URL",
    "verified_by": "the call-back verification",
}
_REQUEST_FIELDS = {"caller": "who asked", "authority": "the office", "words": "the words used"}


def missing(order: Order) -> list[str]:
    """What an order or request still lacks, in words. An order that lacks anything is not actionable."""
    fields = _ORDER_FIELDS if order.kind is OrderKind.ORDER else _REQUEST_FIELDS
    return [words for name, words in fields.items() if not getattr(order, name)]


_RANKS = (
    "joint secretary",
    "additional secretary",
    "special secretary",
    "secretary",
    "chief secretary",
    "principal secretary",
    "deputy inspector general",
    "dig",
    "inspector general",
    "additional director general",
    "director general",
)


def high_enough(rank: str) -> bool:
    """Whether a rank is at least Joint Secretary (police: Deputy Inspector General), as the IT Rules ask since 2025."""
    plain = " ".join(rank.lower().replace(".", "").split())
    return any(
        plain == known or plain.startswith(known + " ") or plain.endswith(" " + known) for known in _RANKS
    ) and not (plain.startswith(("under ", "deputy secretary", "assistant ", "private ", "section ")))
