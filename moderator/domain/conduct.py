"""The conduct check's answer: which rules of the conduct code a draft keeps and breaks.

The check itself is in `policy.conduct`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Weight(StrEnum):
    """How strongly a rule holds on an account."""

    HARD = "hard"
    """Blocks sending; only a second person can lift it."""
    SOFT = "soft"
    """Shown, and sent on the officer's own judgement."""
    OFF = "off"


LIFTABLE: Final = frozenset({"personal_data", "confidential", "matter"})
"""Hard rules that a second person may lift. Nobody lifts an empty text, a missing name or an unfilled placeholder."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule's answer for one draft."""

    rule: str
    """length, identity, personal_data, confidential, matter, placeholder, description, empty."""
    weight: Weight
    kept: bool
    sentence: str
    start: int | None = None
    end: int | None = None
    """Where in the draft, code points, end exclusive."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """All marks for one draft, and the text that would be sent (with the signature)."""

    marks: tuple[Mark, ...]
    outgoing: str
    length: int
    """Graphemes of `outgoing`."""
    limit: int

    @property
    def broken(self) -> tuple[Mark, ...]:
        """The hard rules that the draft breaks. Nothing is sent while there is one."""
        return tuple(mark for mark in self.marks if not mark.kept and mark.weight is Weight.HARD)

    @property
    def liftable(self) -> bool:
        """Whether hard rules are broken, and all of them can be lifted by a second person."""
        return bool(self.broken) and {mark.rule for mark in self.broken} <= LIFTABLE
