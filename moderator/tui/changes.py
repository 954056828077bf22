"""Only what has changed is sent: what every cell of the terminal shows is remembered, and a frame is compared with it.

The library sends whole lines of whatever was asked to be drawn again. Over a slow line most of that is what the
officer sees already: a clock that moved by one digit, a screen that was drawn twice, the blank half of a page.

A line is entered in its middle only where everything before that place has a width on which all terminals agree;
after anything else (Indic scripts, emoji) the line is sent from its beginning on, or from there to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from moderator import text

Look = tuple[str, str, str]
"""Attributes, foreground and background of a cell as the terminal's own codes; "" for a foreground that nobody sees."""
Cell = tuple[str, Look]
"""What one cell shows; the cells behind a wide character hold the empty string."""
PLAIN: Look = ("", "39", "49")
"""The terminal's own colours: how it draws before it was told anything, and after each frame."""
Run = tuple[int, int, list[Cell]]
"""Row, first cell, and the cells to be sent there."""
GAP = 10
"""Unchanged cells in a row that are sent along rather than stepped over: a step and its colours cost as much."""
_UNKNOWN: Cell = ("\0", PLAIN)
"""A cell that was never drawn."""
_SURE = frozenset("─│┃└┌┐┘├┤▌█▏▎▍▋▊▉░·•–—…×‹›✓✗●○↑↩→⏎‼◆▲←↓’“”≤≥")
"""Signs of our own that take one cell everywhere, beside ASCII."""


class Changed(CompositorUpdate):
    """A frame that has been compared already."""

    def __init__(self, sequence: str) -> None:
        self.sequence = sequence

    def __rich_console__(self, console: Console, options: object) -> Iterator[Segment]:
        """Nothing for Rich: it goes to the terminal as it is."""
        yield from ()

    def render_segments(self, console: Console) -> str:
        """The sequence."""
        return self.sequence


class Shown:
    """What the terminal shows, row by row, as far as it is known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell]] = {}

    def forget(self) -> None:
        """The terminal was resized, or somebody else has drawn on it: everything has to be sent again."""
        self._rows.clear()

    def compare(self, update: CompositorUpdate, console: Console) -> CompositorUpdate:
        """What of an update the terminal does not show yet. An update of an unknown kind is sent as it is."""
        pieces = _pieces(update)
        if pieces is None:
            self.forget()
            return update
        colours = console._color_system or ColorSystem.TRUECOLOR
        runs = [run for y, x, strips in pieces for run in self._row(y, x, _cells(strips, colours))]
        return Changed(_rendered(runs))

    def _row(self, y: int, x: int, new: list[Cell]) -> list[Run]:
        """What is to be sent of one stretch of a row, from cell x on."""
        row = self._rows.setdefault(y, [])
        end = x + len(new)
        row.extend([_UNKNOWN] * (end - len(row)))
        old, row[x:end] = row[x:end], new
        sent = _runs(old, new, all(map(_certain, row[:x])))
        return [(y, x + first, new[first:last]) for first, last in sent]


def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Iterable[Strip]]] | None:
    """(row, first cell, strips) of an update; None where it is of a kind that is not known."""
    if isinstance(update, LayoutUpdate):
        return ((y, update.region.x, strips) for y, strips in enumerate(update.strips, update.region.y))
    if isinstance(update, ChopsUpdate):
        return _chops(update)
    return None


def _chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Iterable[Strip]]]:
    """The parts of widgets that lie within the spans that were asked for."""
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= last and end > first:
                yield y, x, (strip if end <= last else strip.crop(0, min(end, last) - x),)


def _cells(strips: Iterable[Strip], colours: ColorSystem) -> list[Cell]:
    """Strips cell by cell; marks stay with the character that they stand on."""
    cells: list[Cell] = []
    for segment in (segment for strip in strips for segment in strip if not segment.control):
        look = _look(segment.style, colours)
        blank = look if look[0] else ("", "", look[2])
        if segment.text.isascii():
            cells += [(char, blank if char == " " else look) for char in segment.text]
        else:
            _add(cells, segment.text, look, blank)
    return cells


def _add(cells: list[Cell], words: str, look: Look, blank: Look) -> None:
    for char in words:
        size = text.cells(char)
        if size == 0 and cells:
            cells[-1] = (cells[-1][0] + char, cells[-1][1])
        else:
            cells.append((char, blank if char == " " else look))
            cells += [("", look)] * (size - 1)


@lru_cache(maxsize=1024)
def _look(style: Style | None, colours: ColorSystem) -> Look:
    """A style in the codes of this terminal."""
    if style is None:
        return PLAIN
    attributes = Strip.render_ansi(style.without_color, colours)
    return attributes, _colour(style.color, colours, "39"), _colour(style.bgcolor, colours, "49")


def _colour(colour: Color | None, colours: ColorSystem, default: str) -> str:
    if colour is None:
        return default
    return ";".join(colour.downgrade(colours).get_ansi_codes(foreground=default == "39"))


def _certain(cell: Cell) -> bool:
    """Whether every terminal gives this one cell."""
    return (cell[0].isascii() and cell[0] != "") or cell[0] in _SURE


def _runs(old: Sequence[Cell], new: Sequence[Cell], sure_before: bool) -> list[tuple[int, int]]:
    """Where the cells differ: (first, behind the last), near ones as one, widened to places that are certain."""
    differing = [n for n in range(len(new)) if old[n] != new[n]]
    if not differing:
        return []
    unsure = [n for n in range(len(new)) if not (_certain(new[n]) and (_certain(old[n]) or old[n] == _UNKNOWN))]
    if not sure_before:
        return [(0, len(new))]
    limit = unsure[0] if unsure else len(new)
    runs: list[tuple[int, int]] = []
    for n in (one for one in differing if one < limit):
        if runs and n - runs[-1][1] < GAP:
            runs[-1] = (runs[-1][0], n + 1)
        else:
            runs.append((n, n + 1))
    if differing[-1] < limit:
        return runs
    return [*runs, (limit, len(new))]  # from the first uncertain cell on, as a whole


def _rendered(runs: Iterable[Run]) -> str:
    """Runs as the terminal takes them: from one cell to the next only what is different of its look is told."""
    sent: list[str] = []
    now = PLAIN
    for y, x, cells in runs:
        sent.append(f"\x1b[{y + 1};{x + 1}H")
        for look, group in groupby(cells, key=itemgetter(1)):
            codes, now = _switch(now, look)
            sent += (codes, *(char for char, _ in group))
    return "".join((*sent, "\x1b[0m" if now != PLAIN else ""))


@lru_cache(maxsize=4096)
def _switch(now: Look, wanted: Look) -> tuple[str, Look]:
    """The codes that lead from one look to another, and the look that the terminal has then."""
    wanted = (wanted[0], wanted[1] or now[1], wanted[2])
    if now == wanted:
        return "", now
    if now[0] != wanted[0]:
        codes = ["0", wanted[0], *(code for code in wanted[1:] if code not in ("39", "49"))]
    else:
        codes = [code for code, before in zip(wanted[1:], now[1:], strict=True) if code != before]
    return f"\x1b[{';'.join(filter(None, codes))}m", wanted
