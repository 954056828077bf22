"""Orders and requests: what arrives from outside with authority, or with only the look of it.

A verified lawful order is a ground of its own. A request — a phone call from an office — is recorded in its own words
and decided by the policy alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderator.domain.wording import mark, words


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
    "authority": mark("the authority"),
    "officer": mark("the officer's name"),
    "rank": mark("the officer's rank"),
    "statute": mark("the statutory provision"),
    "reason": mark("the reason"),
    "urls": mark("the exact URL"),
    "verified_by": mark("the call-back verification"),
}
_REQUEST_FIELDS = {"caller": mark("who asked"), "authority": mark("the office"), "words": mark("the words used")}


def missing(order: Order) -> list[str]:
    """What an order or request still lacks, in words. An order that lacks anything is not actionable."""
    fields = _ORDER_FIELDS if order.kind is OrderKind.ORDER else _REQUEST_FIELDS
    return [words(lack) for name, lack in fields.items() if not getattr(order, name)]


_RANKS = frozenset(
    {
        "joint secretary",
        "additional secretary",
        "special secretary",
        "secretary",
        "principal secretary",
        "commissioner and secretary",
        "additional chief secretary",
        "special chief secretary",
        "chief secretary",
        "cabinet secretary",
        "dig",
        "deputy inspector general",
        "ig",
        "inspector general",
        "adg",
        "additional director general",
        "special director general",
        "director general",
    }
)


def high_enough(rank: str) -> bool:
    """Whether a rank is at least Joint Secretary (police: Deputy Inspector General), as the IT Rules ask since 2025.

    The rank itself counts, not whom its holder serves: "Joint Secretary to the Government" is one, "PA to the Joint
    Secretary" is none. What this does not know is not high enough.
    """
    plain = " ".join(rank.lower().replace(".", "").replace("&", " and ").split())
    own = re.split(r" (?:to|of|in|for)\b|[,;(/]", plain, maxsplit=1)[0].strip()
    own = re.sub(r"^addl\b", "additional", own.removesuffix("p") if own in ("digp", "igp", "adgp") else own)
    return own in _RANKS
