"""Which patterns are worth trying on a comment: those of which a unit satisfies the rarest element.

Most comments satisfy few of them, so what a unit makes worth trying is worked out once for each combination of classes
and remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from moderator.policy.document import Rule
from moderator.policy.pattern import Compiled

_REMEMBERED = 20_000
"""Combinations of classes remembered; a text of nothing but combinations must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One pattern of one rule, with what the whole comment must have for it to match."""

    rule: Rule
    pattern: Compiled
    need: int
    """Classes of which each must occur somewhere in the comment."""
    forbids: int
    """Classes of which none may occur in the same sentence."""


class Index:
    """The patterns of all rules by their rarest element, in a fixed order."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        by_anchor: dict[int, list[Trial]] = defaultdict(list)
        for trial in trials:
            by_anchor[trial.pattern.anchor].append(trial)
        self._trials: list[Trial] = []
        self._anchors: list[tuple[int, range]] = []
        for anchor, found in by_anchor.items():
            self._anchors.append((anchor, range(len(self._trials), len(self._trials) + len(found))))
            self._trials += found
        self._known: dict[int, tuple[int, ...]] = {}

    def worth_trying(self, masks: Iterable[int], missing: int) -> list[Trial]:
        """The patterns that a comment of units with these classes may match; `missing` are the classes it lacks."""
        known, trials = self._known, self._trials
        places: set[int] = set()
        for mask in set(masks):
            found = known.get(mask)
            places.update(self._work_out(mask) if found is None else found)
        return [trials[place] for place in sorted(places) if not trials[place].need & missing]

    def _work_out(self, mask: int) -> tuple[int, ...]:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        found = tuple(place for anchor, places in self._anchors if mask & anchor for place in places)
        self._known[mask] = found
        return found
