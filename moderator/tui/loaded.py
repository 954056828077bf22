"""The loaded part of a view of the queue: a window of rows held by id in their order, and a cursor that is an id.

Nothing here moves by itself: rows change in place, newcomers wait until they are asked for, and what has left the view
stays where it stood until the list is brought up to date. However long an officer pages, no more than a window is
held: pages far from the cursor are let go, and read again by the key that they began after.

A place is a row's number in the whole view, counted from 0; it stays the same when pages before it are let go.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from moderator.domain.asks import Order
from moderator.domain.view import QueuePage, Row, View

WINDOW = 2048
"""Rows held at most, beside the page that is just coming in."""
AHEAD = 40
"""Rows before the end of what is held at which the next page is read."""

Matches = Callable[[Row], bool]


class Question(NamedTuple):
    """What a list shows: the answer of the desk to this."""

    view: View = View.NEW
    query: str = ""
    """What is looked for in the view; "" for all of it."""
    order: Order = Order.PRIORITY

    @property
    def answerable(self) -> bool:
        """Whether there is anything to ask: the view of what was found needs words to find."""
        return self.view is not View.FOUND or bool(self.query.strip())

    def named(self) -> dict[str, str]:
        """What goes with the view's name to the desk."""
        named = {"query": self.query, "sort": "" if self.order is Order.PRIORITY else self.order.value}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a window begins: the keys of the pages before it, the key that its first page comes after, its place."""

    left: tuple[str, ...] = ()
    start: str = ""
    first: int = 0


@dataclass(slots=True)
class Loaded:
    """One view as this session has loaded it."""

    question: Question = field(default_factory=Question)
    ids: array[int] = field(default_factory=lambda: array("q"))
    rows: dict[int, Row] = field(default_factory=dict)
    """The rows of exactly these ids."""
    first: int = 0
    """The place of the first id held."""
    after: str = ""
    """Where the next page begins; "" at the end."""
    known: bool = False
    """Whether a first page has come in: before, an empty list says nothing."""
    total: int = 0
    capped_at: int = 0
    partial: str = ""
    """What the desk says where it did not look through everything, else ""."""
    together: bool = False
    """Whether one row stands for all comments that are alike."""
    cursor: int = 0
    """The item under the cursor; 0 where there is none."""
    outcomes: dict[int, str] = field(default_factory=dict)
    """Items decided in this session, in words, until the list is brought up to date."""
    matches: Matches | None = None
    """What narrows the rows that are held, while something is being typed; None for nothing."""
    _pages: list[tuple[str, int]] = field(default_factory=list)
    """The pages held: the key that each began after, and how many rows it brought."""
    _left: list[str] = field(default_factory=list)
    """The keys of the pages let go before the window."""
    _shown: array[int] = field(default_factory=lambda: array("q"))
    _places: dict[int, int] = field(default_factory=dict)

    @property
    def view(self) -> View:
        """The view that is shown."""
        return self.question.view

    # reading

    def anchor(self) -> Anchor:
        """Where to read from to bring the list up to date: its start, or a page before the cursor where that is far."""
        place = self.place
        if self.matches is not None or place < WINDOW // 2:
            return Anchor()
        keys, first, at = list(self._left), self.first, 0
        while at + 1 < len(self._pages) and first + self._pages[at][1] <= place - AHEAD:
            keys.append(self._pages[at][0])
            first += self._pages[at][1]
            at += 1
        return Anchor(tuple(keys), self._pages[at][0], first)

    def begin(self, *pages: QueuePage, anchor: Anchor | None = None) -> None:
        """Fresh pages. The cursor stays on its item, or at its place where the item has gone."""
        place, start = self.place, anchor or Anchor()
        self.ids, self.rows, self.outcomes, self.known = array("q"), {}, {}, True
        self._pages, self._left, self.first, self.after = [], list(start.left), start.first, start.start
        for page in pages:
            self._append(page)
        self._arrange()
        if self.cursor not in self._places:
            self.cursor = self.at(min(max(place, self._base), len(self) - 1))

    def extend(self, page: QueuePage) -> None:
        """One more page at the end. A row that moved down meanwhile is not shown twice."""
        self._append(page)
        self._let_go_before()
        self._arrange()
        if self.cursor == 0:
            self.cursor = self.at(self._base)

    def reach_back(self, start: str, pages: Sequence[QueuePage]) -> int:
        """Pages before the window, the first one read after `start`. How far every place moved, mostly 0.

        Where they do not reach the window (much has come in between), the window begins anew with them.
        """
        if not self._left or self._left[-1] != start or not pages:
            return 0
        held = set(self.ids)
        news = list({row.id: row for page in pages for row in page.rows if row.id not in held}.values())
        joined = not pages[-1].after or any(row.id in held for row in pages[-1].rows)
        self._left.pop()
        before = self.first - len(news)
        if joined:
            self.ids = array("q", (row.id for row in news)) + self.ids
            self._pages.insert(0, (start, len(news)))
        else:
            self._begin_with(start, news, pages[-1].after)
        self.rows.update((row.id, row) for row in news)
        self.first = 0 if not self._left else max(before, len(self._left))
        self._let_go_behind()
        self._arrange()
        return self.first - before

    def _begin_with(self, start: str, news: list[Row], after: str) -> None:
        """Hold these rows and nothing else; the cursor, where it stood on another, goes to the last of them."""
        self.ids, self.rows = array("q", (row.id for row in news)), {}
        self._pages, self.after = [(start, len(news))], after
        if self.cursor not in self.ids and news:
            self.cursor = news[-1].id

    def _append(self, page: QueuePage) -> None:
        news = [row for row in page.rows if row.id not in self.rows]
        self.ids.extend(row.id for row in news)
        self.rows.update((row.id, row) for row in page.rows)
        self._pages.append((self.after, len(news)))
        self.after, self.total, self.capped_at = page.after, page.total, page.capped_at
        self.partial, self.together = page.partial, page.together

    def _let_go_before(self) -> None:
        """Let the first pages go, where enough is held without them and the cursor is far behind."""
        while self.matches is None and len(self._pages) > 1:
            key, size = self._pages[0]
            if len(self.ids) - size < WINDOW or self.place < self.first + size + AHEAD:
                return
            self._forget(self.ids[:size])
            del self.ids[:size], self._pages[0]
            self._left.append(key)
            self.first += size

    def _let_go_behind(self) -> None:
        """Let the last pages go, where enough is held without them."""
        while len(self._pages) > 1:
            key, size = self._pages[-1]
            if len(self.ids) - size < WINDOW or self.cursor in self.ids[len(self.ids) - size :]:
                return
            self._forget(self.ids[len(self.ids) - size :])
            del self.ids[len(self.ids) - size :], self._pages[-1]
            self.after = key

    def _forget(self, ids: Iterable[int]) -> None:
        for key in ids:
            self.rows.pop(key, None)
            self.outcomes.pop(key, None)

    def keep(self, rows: Iterable[Row]) -> list[int]:
        """Take in rows that are held as they are now; the ids that look different."""
        changed = [row for row in rows if row.id in self.rows and self.rows[row.id] != row]
        self.rows.update((row.id, row) for row in changed)
        return [row.id for row in changed]

    def narrow(self, matches: Matches | None) -> None:
        """Show only the rows held for which this is true; None shows all."""
        self.matches = matches
        self._arrange()
        if self.cursor not in self._places:
            self.cursor = self.at(self._base)

    # the cursor

    def move(self, by: int) -> bool:
        """Move the cursor; false where it stands at the end already."""
        return self.go(self.place + by)

    def go(self, place: int) -> bool:
        """Put the cursor on a place, as near as one is held."""
        target = self.at(max(self._base, min(place, len(self) - 1)))
        moved, self.cursor = target != self.cursor, target or self.cursor
        return moved

    def at(self, place: int) -> int:
        """The id at a place; 0 where none is held."""
        index = place - self._base
        return self._shown[index] if 0 <= index < len(self._shown) else 0

    def place_of(self, item_id: int) -> int:
        """Where an item stands; -1 where it is not held or not shown."""
        return self._places.get(item_id, -1)

    @property
    def place(self) -> int:
        """Where the cursor stands; -1 in an empty list."""
        return self._places.get(self.cursor, -1)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows.get(self.cursor)

    @property
    def shown(self) -> int:
        """How many rows are held and shown."""
        return len(self._shown)

    def __len__(self) -> int:
        """The place after the last row held."""
        return self._base + len(self._shown)

    def between(self, one: int, other: int) -> list[Row]:
        """The rows from one item to another, both included, in their order; empty where either is not shown."""
        places = sorted((self.place_of(one), self.place_of(other)))
        if places[0] < 0:
            return []
        found = islice(self._shown, places[0] - self._base, places[1] - self._base + 1)
        return [self.rows[key] for key in found]

    def wants_more(self, last: int) -> bool:
        """Whether the next page should be read, with the last line in sight at this place."""
        return bool(self.after) and self.matches is None and last >= len(self) - AHEAD

    def wants_back(self, top: int) -> str | None:
        """The key after which the page before the window begins, where it should be read; None where it need not."""
        if not self._left or self.matches is not None or top >= self.first + AHEAD:
            return None
        return self._left[-1]

    @property
    def _base(self) -> int:
        """The place of the first row shown: narrowed rows are counted by themselves."""
        return self.first if self.matches is None else 0

    def _arrange(self) -> None:
        matches = self.matches
        if matches is None:
            self._shown = self.ids
        else:
            self._shown = array("q", (key for key in self.ids if matches(self.rows[key])))
        self._places = {key: place for place, key in enumerate(self._shown, self._base)}
