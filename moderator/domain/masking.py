"""What the screen covers until an officer asks to see it: slurs and obscenity, and nothing that others depend on.

Threat verbs, places, telephone numbers and whatever else a rescue or a threat rests on are never covered, also where an
insult overlaps them: nobody may overlook them for politeness' sake.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from moderator.domain.policy import Finding, Suggestion

Span = tuple[int, int]

_CARRIES: Final = frozenset({Suggestion.ESCALATE, Suggestion.VOICE})
"""What has to be handed on has to be read."""

SEVERE: Final = 3
"""From this severity on a finding counts as severe."""


def covered(findings: Iterable[Finding]) -> tuple[Span, ...]:
    """The spans of a text to cover (code points, end exclusive), in order and apart from each other."""
    found = tuple(findings)
    spans = [(one.start, one.end) for one in found if one.mask]
    return without(spans, [(one.start, one.end) for one in found if needed(one)]) if spans else ()


def needed(finding: Finding) -> bool:
    """Whether the words of a finding must stay readable: they are urgent, or have to be handed on."""
    return not finding.mask and not finding.hint and (finding.urgent or finding.suggestion in _CARRIES)


def without(spans: Iterable[Span], kept: Sequence[Span]) -> tuple[Span, ...]:
    """The spans with everything that lies in `kept` cut out; overlapping ones are joined."""
    points = {at for start, end in spans for at in range(start, end)}
    points.difference_update(at for start, end in kept for at in range(start, end))
    found: list[Span] = []
    for at in sorted(points):
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return tuple(found)


def severe(findings: Iterable[Finding]) -> bool:
    """Whether uncovering this text shows something severe."""
    return any(one.mask and one.severity >= SEVERE for one in findings)


def within(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    """The spans that touch a part of the text, cut to it and counted from its start."""
    cut = ((max(a, start) - start, min(b, end) - start) for a, b in spans)
    return tuple((a, b) for a, b in cut if a < b)
