"""The bell for urgent items: fixed words and a number, seldom, and again until somebody has opened them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from moderator import text
from moderator.locale import n_

AGAIN = 60.0
"""Seconds after which an item that nobody has opened rings again."""
GAP = 5.0
"""Seconds between two bells, at least: a flood of urgent items is one bell and a number."""


@dataclass(slots=True)
class Alarm:
    """When to ring. Times are seconds of one monotonic clock."""

    now: Callable[[], float]
    _rung: dict[int, float] = field(default_factory=dict)
    """Urgent item → when it was rung for last."""
    _last: float = -math.inf

    def due(self, urgent: Collection[int]) -> bool:
        """Whether to ring now, for these items, which nobody has opened; one bell is for all of them."""
        now = self.now()
        self._rung = {item: at for item, at in self._rung.items() if item in urgent}
        waiting = any(now - self._rung.get(item, -math.inf) >= AGAIN for item in urgent)
        if not waiting or now - self._last < GAP:
            return False
        self._rung = dict.fromkeys(urgent, now)
        self._last = now
        return True


def notice(count: int, environ: Mapping[str, str]) -> str:
    """A notice of the terminal's own (OSC 9) that says how many items are urgent, and nothing else."""
    words = text.guard(n_("moderator: {n} urgent item", "moderator: {n} urgent items", count))
    return _passed_on(f"\x1b]9;{words}\x07", environ)


def _passed_on(sequence: str, environ: Mapping[str, str]) -> str:
    """The sequence as the terminal multiplexers want it, so that they hand it to the terminal that they run in."""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence
