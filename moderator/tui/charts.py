"""Charts as plain lines: what came in over time, drawn by plotext, and bars that each carry their number.

A chart is read without colour: bars are blocks, the second series is dots, and the chosen stretch has a pointer and a
sentence of its own. plotext is loaded with the first chart, never at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from moderator import text
from moderator.domain.view import Bucket
from moderator.locale import number
from moderator.tui.paper import Line

GUTTER: Final = 8
"""Cells for the scale on the left."""
LEAST: Final = 4
"""Rows of a chart below which nobody can tell its bars apart."""
DOT: Final = "•"
_BLOCKS: Final = " ▏▎▍▌▋▊▉"


def step_of(count: int, width: int) -> int:
    """Cells of one stretch of time, so that so many of them fit the width beside the scale."""
    return max((width - GUTTER) // max(count, 1), 1)


def over_time(buckets: Sequence[Bucket], chosen: int, width: int, height: int) -> list[Line]:
    """Bars for what arrived and a dot for what was decided, stretch by stretch; the chosen one is set off."""
    step = step_of(len(buckets), width)
    top = max(max(one.arrived, one.decided) for one in buckets)
    scale = {0: number(top, grouped=True), height - 1: number(0)}
    drawn = _canvas(buckets, step, height, top)
    place = range(chosen * step, (chosen + 1) * step)
    return [_chart_line(row, scale.get(y, ""), place) for y, row in enumerate(drawn)]


def _canvas(buckets: Sequence[Bucket], step: int, height: int, top: int) -> list[str]:
    """The chart without its scale: `height` rows of cells, each cell divided in four.

    The limits are set so that every bar begins on a cell's edge and leaves half a cell free at its right.
    """
    from textual_plotext.plot import Plot  # 0.3 s: loaded when a chart is first looked at

    width, half = step * len(buckets), 1 / (2 * step)
    plot = Plot()
    plot.theme("clear")
    plot.plotsize(width, height)
    plot._set_size(width, height)
    plot.frame(False)
    plot.bar(
        [n - half / 2 for n in range(len(buckets))], [one.arrived for one in buckets], width=1 - 2 * half, marker="hd"
    )
    plot.scatter([n - half / 2 for n in range(len(buckets))], [one.decided for one in buckets], marker=DOT)
    plot.xticks([])  # after the bars, which bring numbers of their own along
    plot.yticks([])
    plot.xlim(half / 2 - 0.5, len(buckets) - 0.5 - half / 2)
    plot.ylim(0, max(top, 1))
    rows = plot.uncolorize(plot.build()).split("\n")[:height]
    return [row[:width].ljust(width) for row in (*rows, *[""] * (height - len(rows)))]


def _chart_line(row: str, scale: str, chosen: range) -> Line:
    """One row with its scale, cut into pieces of one role."""
    roles = [("cursor" if x in chosen else _role(cell)) for x, cell in enumerate(row)]
    pieces = []
    at = 0
    for role, run in groupby(roles):
        size = len(list(run))
        pieces.append((row[at : at + size], role))
        at += size
    return ((text.pad(f"{scale:>{GUTTER - 1}}", GUTTER), "dim"), *pieces)


def _role(cell: str) -> str:
    return "good" if cell == DOT else "accent"


def axis(labels: Iterable[tuple[int, str]], width: int) -> Line:
    """The names below a chart, each from its cell on; one that would run into the name before it is left out."""
    drawn = ""
    for at, name in labels:
        room = at - text.cells(drawn)
        if room >= (1 if drawn else 0) and at + text.cells(name) <= width:
            drawn += " " * room + name
    return ((drawn, "dim"),)


def pointer(at: int, words: str, width: int) -> Line:
    """A pointer at a cell, and what it points at, on the side where there is room."""
    if at + 2 + text.cells(words) <= width:
        return ((" " * at + "▲", "key"), (f" {words}", "text"))
    said = text.clip(words, max(at - 1, 0))
    return ((" " * max(at - 1 - text.cells(said), 0) + said, "text"), (" ▲", "key"))


def bars(title: str, entries: Sequence[tuple[str, int, str]], width: int) -> list[Line]:
    """A title, then name, number and bar of each entry (name, number, role), the bars to one scale.

    As wide as `width` allows: names first, then numbers, and what is left for the bars.
    """
    most = max((n for _name, n, _role in entries), default=0)
    names = min(max((text.cells(name) for name, _n, _role in entries), default=0), width // 2)
    figures = max((len(number(n, grouped=True)) for _name, n, _role in entries), default=0)
    room = max(width - names - figures - 4, 0)
    return [
        ((text.clip(f" {title}", width), "title"),),
        *(_bar(entry, names, figures, _length(entry[1], most, room)) for entry in entries),
    ]


def _bar(entry: tuple[str, int, str], names: int, figures: int, drawn: str) -> Line:
    name, n, role = entry
    counted = f"{number(n, grouped=True):>{figures}}"
    return ((f" {text.pad(name, names)} ", "text"), (counted, "title" if n else "dim"), (f" {drawn}", role))


def _length(n: int, most: int, room: int) -> str:
    """A bar to the eighth of a cell; whatever is not nothing is seen."""
    eighths = max(round(n / most * room * 8), 1) if n and most and room else 0
    return "█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()


def beside(columns: Sequence[Sequence[Line]], widths: Sequence[int]) -> list[Line]:
    """Blocks of lines next to each other, each as wide as it may be."""
    height = max(map(len, columns), default=0)
    return [_joined([_at(block, y) for block in columns], widths) for y in range(height)]


def _joined(parts: Sequence[Line], widths: Sequence[int]) -> Line:
    joined: list[tuple[str, str]] = []
    for part, width in zip(parts, widths, strict=True):
        free = width - sum(text.cells(words) for words, _role in part)
        joined += [*part, (" " * max(free, 0), "text")]
    return tuple(joined)


def _at(block: Sequence[Line], y: int) -> Line:
    return block[y] if y < len(block) else ()


def table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int, say: Callable[[int], str]) -> list[Line]:
    """A small table: names at the left, everything else to the right; `say` gives the role of a row's cells."""
    sizes = [max(text.cells(row[n]) for row in (head, *rows)) for n in range(len(head))]
    while sum(sizes) + 2 * len(sizes) > width and max(sizes) > 4:
        sizes[sizes.index(max(sizes))] -= 1
    lines = [((_row(head, sizes), "title"),)]
    return [*lines, *(((_row(row, sizes), say(n)),) for n, row in enumerate(rows))]


def _row(cells: Sequence[str], sizes: Sequence[int]) -> str:
    """One row: the first cell from the left, the others against their right edge, two cells between them."""
    first, *others = (text.clip(cell, size) for cell, size in zip(cells, sizes, strict=True))
    ends = [" " * (size - text.cells(cell)) + cell for cell, size in zip(others, sizes[1:], strict=True)]
    return "  ".join([f" {text.pad(first, sizes[0])}", *ends])
