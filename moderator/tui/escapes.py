"""Esc and the key behind it, where a slow line brings both in one go: two keys, in the order of pressing.

A terminal sends Alt with a key as Esc and that key. Textual takes the two for it, or waits for a longer sequence: an
Esc typed just before Enter would be lost, and the Enter meant for the next screen would act on this one. No key of the
desk needs Alt. What a terminal itself sends begins with Esc and one of a few signs; before anything else, Esc is a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver

ESC = "\x1b"
INTRODUCERS = frozenset("[OP]_^X\x1b")
"""What stands behind the Esc of a sequence of the terminal's own."""
PASTED, PASTE_ENDS = "\x1b[200~", "\x1b[201~"


class EscapeFirst(XTermParser):
    """The library's reader of keys, without Alt."""

    _open = False
    """Whether the last character read was an Esc."""
    _pasting = False

    def feed(self, data: str) -> Iterable[Any]:
        """Read what has come in. Raises what the library raises at the end of the input."""
        for part in self._parts(data):
            if self._open and part and part[0] not in INTRODUCERS and not self._pasting:
                yield from self._settled()
            yield from super().feed(part)
            self._open = part.endswith(ESC)
            self._pasting = part.rfind(PASTED) > part.rfind(PASTE_ENDS) or (self._pasting and PASTE_ENDS not in part)

    def _parts(self, data: str) -> Iterator[str]:
        """The input, cut behind every Esc that begins no sequence of the terminal; nothing is cut out of a paste."""
        start = 0
        if PASTED not in data and not self._pasting:
            for place, (one, following) in enumerate(pairwise(data)):
                if one == ESC and following not in INTRODUCERS:
                    yield data[start : place + 1]
                    start = place + 1
        yield data[start:]

    def _settled(self) -> Iterable[Any]:
        """The Esc that is waiting for more is a key."""
        if self._timeout_time is not None:
            self._timeout_time = 0.0
        yield from self.tick()


def install() -> None:
    """Have every driver of this process read keys so."""
    vars(linux_driver)["XTermParser"] = EscapeFirst
