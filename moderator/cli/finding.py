"""What a check found: ✓ well, ! worth knowing, ✗ wrong; with the cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moderator.locale import said


class Mark(StrEnum):
    """How it stands."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


_SIGNS: Final = {Mark.OK: "✓", Mark.WARN: "!", Mark.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    mark: Mark
    name: str
    """What was looked at."""
    sentence: str
    cure: str = ""

    def lines(self) -> Iterator[str]:
        """The finding for a person."""
        yield f"{_SIGNS[self.mark]} {self.name}: {said(self.sentence)}"
        if self.cure:
            yield f"    → {said(self.cure)}"


def ok(name: str, sentence: str) -> Finding:
    """It is well."""
    return Finding(Mark.OK, name, sentence)


def warn(name: str, sentence: str, cure: str = "") -> Finding:
    """It works, but somebody should know."""
    return Finding(Mark.WARN, name, sentence, cure)


def bad(name: str, sentence: str, cure: str = "") -> Finding:
    """It is wrong."""
    return Finding(Mark.BAD, name, sentence, cure)
