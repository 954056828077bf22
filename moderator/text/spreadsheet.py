"""Cells for a spreadsheet: a citizen's text that begins like a formula is never one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_STARTS: Final = frozenset("=+-@\t\r\n|%＝＋－＠﹢﹣﹦﹫|｜％")
"""What a spreadsheet program may take for the beginning of a formula or a command, full-width forms included."""

_SPACES: Final = " \u00a0\u2000\u2001\u2002\u2003\u2009\u200a\u200b\u202f\u3000\ufeff"


def cell(value: object) -> str:
    """One value as a spreadsheet may hold it. Text that begins like a formula, also behind spaces, gets a quotation
    mark before it; numbers stay numbers; nothing is lost."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    told = "" if value is None else str(value)
    begins = (told[:1], told.lstrip(_SPACES)[:1])
    return f"'{told}" if any(begin in _STARTS for begin in begins if begin) else told


def lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """A table as lines of CSV (RFC 4180, UTF-8), without line ends: the names of the columns first."""
    for row in (head, *rows):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow([cell(value) for value in row])
        yield out.getvalue()[:-1]
