"""What this terminal has truly shown: decision keys count only for items that were painted *and* acknowledged.

Each frame that shows something not seen before is followed by a question that only the terminal can answer: where is
the cursor? The question moves the cursor to a numbered column first and back afterwards, so that the answer names the
frame it belongs to. Over a line that stalls, no answer comes, and keys poured in meanwhile decide nothing.

A terminal that never answered anything since the start is taken as mute; there a thing counts as seen once it was
painted, the output has drained, and no key came for a short while.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

PATIENCE = 1.0
"""Seconds after the first question within which a terminal that can answer would have done so."""
QUIET = 0.15
"""On a mute terminal: seconds without a key, after the paint, before a decision counts."""
ROW = 2
"""The screen row that the questions use. Never 1: some function keys look like an answer from row 1."""
COLUMNS = 60
"""How many frames can be told apart while their answers are out."""
REMEMBERED = 4096
"""Things remembered as seen; the oldest are forgotten first and then simply asked about again."""


@dataclass(slots=True)
class Acknowledger:
    """Keeps what was drawn, asked about, and answered. All times are seconds of one monotonic clock."""

    write: Callable[[str], object]
    """Sends a sequence to the terminal, after the frame."""
    now: Callable[[], float]
    drained: Callable[[], bool] = lambda: True
    """Whether everything written has left this process."""
    _drawn: set[Hashable] = field(default_factory=set)
    _asked: deque[tuple[int, frozenset[Hashable]]] = field(default_factory=deque)
    _seen: OrderedDict[Hashable, None] = field(default_factory=OrderedDict)
    _painted_at: dict[Hashable, float] = field(default_factory=dict)
    _count: int = 0
    _first_asked: float | None = None
    _answered: bool = False
    _last_key: float = 0.0
    _key_before: float = 0.0

    def drawn(self, thing: Hashable) -> None:
        """This thing is part of the frame that is being drawn."""
        if thing not in self._seen and thing not in self._painted_at:
            self._drawn.add(thing)

    def expect(self, thing: Hashable) -> None:
        """The desk, not the officer, put this before them: what was seen of it earlier does not count."""
        self._seen.pop(thing, None)
        self._painted_at.pop(thing, None)
        self._drawn.discard(thing)
        self._asked = deque((number, things - {thing}) for number, things in self._asked)

    def painted(self) -> None:
        """The frame was handed to the terminal: ask about what it newly shows."""
        if not self._drawn:
            return
        now = self.now()
        self._count += 1
        self._asked.append((self._count, frozenset(self._drawn)))
        self._painted_at.update(dict.fromkeys(self._drawn, now))
        self._drawn.clear()
        if self._first_asked is None:
            self._first_asked = now
        column = self._count % COLUMNS + 1
        self.write(f"\x1b7\x1b[{ROW};{column}H\x1b[6n\x1b8")

    def answered(self, row: int, column: int) -> None:
        """The terminal reports its cursor (both counted from 1). Anything that is no answer of ours is passed over."""
        number = next((n for n, _ in self._asked if n % COLUMNS + 1 == column), None)
        if row != ROW or number is None:
            return
        self._answered = True
        while self._asked and self._asked[0][0] <= number:
            for thing in self._asked.popleft()[1]:
                self._seen[thing] = None
                self._painted_at.pop(thing, None)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def key(self) -> None:
        """A key came in; `seen` judges by the moment of the newest one."""
        self._key_before, self._last_key = self._last_key, self.now()

    @property
    def mute(self) -> bool:
        """True where this terminal has had its chance to answer and never did."""
        if self._answered or self._first_asked is None:
            return False
        return self.now() - self._first_asked >= PATIENCE

    def seen(self, thing: Hashable) -> bool:
        """Whether the newest key may decide on this thing."""
        if thing in self._seen:
            return True
        painted = self._painted_at.get(thing)
        if painted is None or not self.mute or not self.drained():
            return False
        return self._last_key - max(painted, self._key_before) >= QUIET

    def forget(self) -> None:
        """The screen was lost (a suspend, a new terminal size): everything has to be shown anew."""
        self._seen.clear()
        self._painted_at.clear()
        self._drawn.clear()
        self._asked.clear()
