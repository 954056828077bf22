"""Rules as sequences of words, written as data.

    "i|we ~3 @kill ~2 @person"

is: "i" or "we", then, after at most three other units, a word of the class `kill`, then, after at most two others, one
of the class `person`; all in one sentence. `^` before the first element ties it to the start of a sentence (one unit
may come before). Alternatives are parted by `|`. Matching is linear in the text: every gap is bounded and nothing is
tried twice.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moderator.domain.wording import words

_GAP = re.compile(r"~(\d{1,2})$")
LONGEST_GAP = 12

_COMMON = frozenset(
    {
        "a", "i", "you", "we", "the", "is", "are", "am", "all", "to", "of", "for", "in", "on", "at", "be",
        "and", "or", "not", "no", "it", "this", "that", "they", "he", "she", "my", "me", "do",
    }
)  # fmt: skip
"""Words that occur in most comments: a poor anchor."""


class PatternError(ValueError):
    """A pattern that cannot be read; the text says where."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: what may stand there, and how many units may come before it."""

    atoms: frozenset[str]
    """Words, and classes with their @."""
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern."""

    source: str
    elements: tuple[Element, ...]
    at_start: bool = False


def parse(source: str) -> Pattern:
    """Read a pattern. Raises `PatternError` where it is empty, ends in a gap or has a gap that is too long."""
    at_start = source.startswith("^")
    elements: list[Element] = []
    gap = 0
    for part in source.removeprefix("^").split():
        if found := _GAP.match(part):
            gap = int(found[1])
            if gap > LONGEST_GAP:
                raise PatternError(
                    words(
                        "“{source}”: a gap is at most {most} units, not {gap}.",
                        source=source,
                        most=LONGEST_GAP,
                        gap=gap,
                    )
                )
            continue
        atoms = frozenset(_atom(atom) for atom in part.split("|") if atom)
        if not atoms:
            raise PatternError(words("“{source}”: “{part}” names nothing.", source=source, part=part))
        elements.append(Element(atoms, gap))
        gap = 0
    if not elements or gap:
        raise PatternError(words("“{source}”: a pattern is words and classes with gaps between them.", source=source))
    return Pattern(source, tuple(elements), at_start)


def _atom(written: str) -> str:
    """A class as written; a word or phrase with spaces for underscores and hyphens."""
    return written if written.startswith("@") else written.replace("_", " ").replace("-", " ")


class Units(dict[int, list[int]]):
    """The units of one sentence by the class that they have, in order; worked out when a class is first asked for."""

    def __init__(self, masks: Sequence[int], start: int, end: int) -> None:
        super().__init__()
        self._masks = masks[start:end]
        self.start = start

    def __missing__(self, bit: int) -> list[int]:
        found = self[bit] = [place for place, mask in enumerate(self._masks, self.start) if mask & bit]
        return found


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern over bits: each element is one bit that a unit has or has not."""

    steps: tuple[tuple[int, int], ...]
    """(bit, gap before it)."""
    need: int
    anchor: int
    """The bit of the element that fewest words satisfy: without it in the text nothing is tried."""
    at_start: bool

    def matches(self, units: Units) -> list[tuple[int, int]]:
        """Where it stands in one sentence, as (first, last) unit."""
        places = units[self.steps[0][0]]
        if self.at_start:
            places = [place for place in places if place < units.start + 2]
        if len(self.steps) == 1:
            return [(place, place) for place in places]
        found = dict(zip(places, places, strict=True))
        for bit, gap in self.steps[1:]:
            found = _extend(found, units[bit], gap)
            if not found:
                return []
        return sorted((first, last) for last, first in found.items())


def _extend(found: dict[int, int], following: list[int], gap: int) -> dict[int, int]:
    """Each match made one element longer; of several ways to one place the tightest stays."""
    longer: dict[int, int] = {}
    for last, first in found.items():
        for place in following[bisect_right(following, last) :]:
            if place > last + 1 + gap:
                break
            if longer.get(place, -1) < first:
                longer[place] = first
    return longer


class Alphabet:
    """Gives each distinct element its bit, and each word or class the bits of the elements that it satisfies."""

    def __init__(self) -> None:
        self._bits: dict[frozenset[str], int] = {}
        self.masks: dict[str, int] = {}
        """Atom → the bits of every element that names it."""

    def bit(self, atoms: Iterable[str]) -> int:
        """The bit of an element."""
        key = frozenset(atoms)
        if key not in self._bits:
            self._bits[key] = 1 << len(self._bits)
            for atom in key:
                self.masks[atom] = self.masks.get(atom, 0) | self._bits[key]
        return self._bits[key]

    @property
    def every(self) -> int:
        """The bits of all elements."""
        return (1 << len(self._bits)) - 1

    def compile(self, pattern: Pattern, sizes: dict[str, int]) -> Compiled:
        """The pattern over bits; `sizes` tells how many words each class has."""
        steps = tuple((self.bit(element.atoms), element.gap) for element in pattern.elements)
        need = 0
        for bit, _ in steps:
            need |= bit
        rarity = [sum(sizes.get(atom, 1) for atom in element.atoms) for element in pattern.elements]
        rarity = [
            size + (1000 if element.atoms & _COMMON else 0)
            for size, element in zip(rarity, pattern.elements, strict=True)
        ]
        anchor = steps[rarity.index(min(rarity))][0]
        return Compiled(steps, need, anchor, pattern.at_start)
