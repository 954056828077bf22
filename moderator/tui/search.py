"""The line to look for something: it narrows what is loaded while it is typed, and asks the desk on Enter.

What narrows is the desk's own query language (`domain.query`), applied to the rows that are held: a row carries only
the start of its comment, so that the desk may find more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from moderator import text
from moderator.domain import matching, query
from moderator.domain.errors import Refused
from moderator.domain.query import Query
from moderator.domain.view import Row, View
from moderator.locale import _, number, said
from moderator.tui.loaded import Loaded, Matches
from moderator.tui.paper import Line, fit, line

CARET = "▏"
LONGEST_TYPED = 200
"""Characters of the line."""


@dataclass(slots=True)
class Search:
    """What is typed, and what is wrong with it."""

    open: bool = False
    """Whether letters go to this line now."""
    typed: str = ""
    complaint: str = ""
    refused: bool = False
    """Whether Enter was pressed on what the complaint is about."""
    offered: tuple[str, ...] = ()
    """How the line may go on; Tab takes the first."""
    _plain: dict[int, tuple[Row, matching.Told]] = field(default_factory=dict)
    """The words of rows in plain form, kept while the line is open."""

    def begin(self, typed: str) -> None:
        """Open the line on this."""
        self.open, self.typed, self.complaint, self.refused, self.offered = True, typed, "", False, ()

    def end(self) -> None:
        """Close it; what was typed stays until the list shows something else."""
        self.open, self.complaint, self.refused, self.offered = False, "", False, ()
        self._plain.clear()

    def type(self, typed: str, names: Mapping[str, Sequence[str]]) -> None:
        """Another state of the line. `names` is what the desk knows of accounts, clauses and languages."""
        self.typed = typed[:LONGEST_TYPED]
        self.refused = False
        self.offered = query.complete(self.typed, names)

    def after_key(self, key: str, character: str | None) -> str | None:
        """The line after a key; None where the key means nothing here."""
        if key == "tab" and self.offered:
            return self.offered[0]
        if key == "backspace":
            return self.typed[:-1]
        if key == "ctrl+w":
            return self.typed.rstrip()[: self.typed.rstrip().rfind(" ") + 1]
        if key == "ctrl+u":
            return ""
        return self.typed + character if character and character.isprintable() else None

    def read(self) -> Query | None:
        """What the line asks for; None where it cannot be read, which `complaint` then says."""
        try:
            found = query.parse(self.typed)
        except Refused as refused:
            self.complaint = said(str(refused))
            return None
        self.complaint = ""
        return found

    def matcher(self, asked: Query, now: datetime) -> Matches | None:
        """Whether a row held fits; None where everything does."""
        if not asked:
            return None
        growing = query.growing(asked, self.typed) if self.open else asked
        return lambda row: matching.matches(growing, row, now, self._told(row))

    def _told(self, row: Row) -> matching.Told:
        known = self._plain.get(row.id)
        if known is None or known[0] is not row:
            known = self._plain[row.id] = (row, matching.told(row))
        return known[1]


def draw(search: Search, loaded: Loaded, width: int) -> list[Line]:
    """The line with what it found, and under it what is wrong or was not looked through."""
    asked = loaded.question.query
    if not (search.open or asked or loaded.view is View.FOUND):
        return []
    typed = text.one_line(search.typed if search.open else asked)
    caret = CARET if search.open else " "
    start = f" / {typed}{caret} {_count(search, loaded)}"
    under = _under(search, loaded)
    lines = [line(start, "accent"), *((under,) if search.open or under else ())]
    return [fit(one, width) for one in lines]


def _under(search: Search, loaded: Loaded) -> Line:
    """What stands below: how the line may go on, else what is wrong with it, else what was not looked through."""
    if search.offered and not search.refused:
        ways = "  ".join(text.one_line(one).split(" ")[-1] for one in search.offered)
        return (("   Tab ", "key"), (ways, "dim"))
    if search.complaint:
        return line(f"   {search.complaint}", "bad" if search.refused else "warn")
    return line(f"   {text.one_line(loaded.partial)}", "dim") if loaded.partial and not search.open else ()


def _count(search: Search, loaded: Loaded) -> str:
    """How many were found, and where that was looked for."""
    if loaded.matches is not None:
        return _("{n} of {all} loaded · Enter asks the desk", n=loaded.shown, all=len(loaded.ids))
    if search.open or not loaded.question.query:
        return _("Enter asks the desk")
    more = "+" if loaded.capped_at and loaded.total >= loaded.capped_at else ""
    found = f"{number(loaded.total)}{more}"
    if loaded.view is View.FOUND:
        return _("{found} found in everything taken in · newest first", found=found)
    return _("{found} found", found=found)
