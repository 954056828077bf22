"""One count of cells for everything that is drawn: Rich's own is replaced by the sum over code points.

Rich (pinned version) passes over whatever follows a joiner, as in an emoji of several; legacy terminals do not, and in
Assamese, Bengali and Hindi the letter after a joiner is a letter. With two counts the caret would stand beside its
place.
"""

from __future__ import annotations

from collections.abc import Callable

from rich import cells as rich_cells

from moderator import text

Span = tuple[int, int, int]
"""Start and end in code points, and cells."""


shipped: Callable[[str, str], int] = vars(rich_cells)["_cell_len"]
"""Rich's own count."""


def agree() -> None:
    """Make Rich count and cut as `text.cells` does. Done twice, it changes nothing."""
    vars(rich_cells)["_cell_len"] = counted
    vars(rich_cells)["split_graphemes"] = spans
    rich_cells.cached_cell_len.cache_clear()


def counted(given: str, unicode_version: str = "auto") -> int:
    """The cells of a text."""
    return text.cells(given)


def spans(given: str, unicode_version: str = "auto") -> tuple[list[Span], int]:
    """The text in pieces that take cells, each with whatever takes none after it; and the cells of it all."""
    found: list[Span] = []
    for at, char in enumerate(given):
        size = text.cells(char)
        if size or not found:
            found.append((at, at + 1, size))
        else:
            start, _, before = found[-1]
            found[-1] = (start, at + 1, before)
    return found, sum(size for _, _, size in found)
