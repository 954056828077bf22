"""The loaded part of a view of the queue: ids in their order, rows by id, and a cursor that is an id.

Nothing here moves by itself: rows change in place, newcomers wait until they are asked for, and what has left the view
stays where it stood until the list is brought up to date.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from moderator.domain.view import QueuePage, Row, View

KEPT_ROWS = 4000
"""Rows kept in memory; ids of rows beyond them are kept, their rows are fetched again when shown."""


@dataclass(slots=True)
class Loaded:
    """One view as this session has loaded it."""

    view: View = View.NEW
    ids: array[int] = field(default_factory=lambda: array("q"))
    rows: dict[int, Row] = field(default_factory=dict)
    after: str = ""
    """Where the next page begins; "" at the end."""
    known: bool = False
    """Whether a first page has come in: before, an empty list says nothing."""
    total: int = 0
    capped_at: int = 0
    cursor: int = 0
    """The item under the cursor; 0 where there is none."""
    outcomes: dict[int, str] = field(default_factory=dict)
    """Items decided in this session, in words, until the list is brought up to date."""
    needle: str = ""
    """What is being looked for in the loaded rows."""
    _shown: array[int] = field(default_factory=lambda: array("q"))
    _places: dict[int, int] = field(default_factory=dict)

    def begin(self, page: QueuePage) -> None:
        """A fresh first page. The cursor stays on its item, or at its place where the item has gone."""
        place = self.place
        self.ids, self.rows, self.outcomes, self.known = array("q"), {}, {}, True
        self.extend(page)
        if self.cursor not in self._places:
            self.cursor = self.at(min(max(place, 0), len(self._shown) - 1))

    def extend(self, page: QueuePage) -> None:
        """One more page at the end. A row that moved down meanwhile is not shown twice."""
        known = set(self.ids)
        self.ids.extend(row.id for row in page.rows if row.id not in known)
        self.after, self.total, self.capped_at = page.after, page.total, page.capped_at
        self.keep(page.rows)
        self._arrange()
        if self.cursor == 0:
            self.cursor = self.at(0)

    def keep(self, rows: Iterable[Row]) -> list[int]:
        """Take in rows as they are now; the ids that look different."""
        changed = [row.id for row in rows if self.rows.get(row.id) != row]
        self.rows.update((row.id, row) for row in rows)
        if len(self.rows) > KEPT_ROWS:
            near = set(self.ids[max(0, self.place - KEPT_ROWS // 4) : self.place + KEPT_ROWS // 4])
            self.rows = {key: row for key, row in self.rows.items() if key in near}
        return changed

    def find(self, needle: str) -> None:
        """Show only loaded rows that contain this, in any letter case; "" shows all."""
        self.needle = needle
        self._arrange()
        if self.cursor not in self._places:
            self.cursor = self.at(0)

    def move(self, by: int) -> bool:
        """Move the cursor; false where it stands at the end already."""
        return self.go(self.place + by)

    def go(self, place: int) -> bool:
        """Put the cursor on a place, as near as there is one."""
        target = self.at(max(0, min(place, len(self._shown) - 1)))
        moved, self.cursor = target != self.cursor, target or self.cursor
        return moved

    def at(self, place: int) -> int:
        """The id at a place of what is shown; 0 where there is none."""
        return self._shown[place] if 0 <= place < len(self._shown) else 0

    def place_of(self, item_id: int) -> int:
        """Where an item stands in what is shown; -1 where it does not."""
        return self._places.get(item_id, -1)

    @property
    def place(self) -> int:
        """Where the cursor stands; -1 in an empty list."""
        return self._places.get(self.cursor, -1)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows.get(self.cursor)

    def __len__(self) -> int:
        return len(self._shown)

    def missing(self, first: int, height: int) -> list[int]:
        """Ids of a window of the list whose rows are not in memory."""
        return [key for key in self._shown[max(first, 0) : first + height] if key not in self.rows]

    def wants_more(self, last: int) -> bool:
        """Whether the next page should be fetched, with the last line in sight at this place."""
        return bool(self.after) and last >= len(self._shown) - 32

    def _arrange(self) -> None:
        needle = self.needle.casefold()
        self._shown = array("q", (key for key in self.ids if self._matches(key, needle))) if needle else self.ids
        self._places = {key: place for place, key in enumerate(self._shown)}

    def _matches(self, key: int, needle: str) -> bool:
        row = self.rows.get(key)
        if row is None:
            return False
        fields = (row.account, row.author, row.text, row.clause, row.category, row.owner)
        return any(needle in part.casefold() for part in fields)
