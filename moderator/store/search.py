"""Finding items by a query, in a view or in everything ever taken in: a page, and how far was looked for it.

What a query names by its number, or as held by somebody, is looked up. Otherwise the first candidates are looked at one
by one, in order. Where they do not fill the page, the index of words is asked; words that too many comments begin with
are looked for one by one. All of it ends: after so many candidates, or so long. Then the page says how far it looked,
and its key goes on from there.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Final, TypeVar

from moderator.domain.matching import says
from moderator.domain.query import STATES, Phrase, Query
from moderator.domain.view import View
from moderator.store import words
from moderator.store.base import Row
from moderator.store.filters import JOINS, condition
from moderator.store.orders import START, Asked, Place, belongs, candidates, place_of

T = TypeVar("T")

COUNTED: Final = 200
"""What is found is counted up to here."""
SAMPLE: Final = 1000
"""Candidates that are looked at before the index is asked."""
MOST_READ: Final = 20_000
"""Items that hold a rare word, at most so many are put into the order of a view."""
MOST_UNREAD: Final = 5000
"""Items that are not in the index yet, at most so many are looked at one by one."""
OPEN_ENDED: Final = 0.05
"""Share of the sample that may begin like the open-ended words which are asked of the index: it gathers all that do."""
_CHUNKS: Final = (250, 750, 2000, 4000)
_BY_INDEX: Final = 500


def effort() -> float:
    """Seconds of this thread's own work, and an eighth of all that went by: a busy machine does not cut a page short,
    a slow disk does."""
    return time.thread_time() + time.monotonic() / 8


@dataclass(slots=True)
class Budget:
    """How much one page may look through."""

    candidates: int = 50_000
    seconds: float = 0.06
    counting: float = 0.02
    """Seconds that may go into counting on, once the page is full."""
    clock: Callable[[], float] = effort
    looked: int = 0
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def over(self, *, full: bool) -> bool:
        """Whether to stop looking; `full` where the page is filled already."""
        spent = self.clock() - self._begun
        return self.looked >= self.candidates or spent >= (self.counting if full else self.seconds)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what a query finds."""

    places: tuple[Place, ...]
    after: Place | None
    """Where to go on; None at the end."""
    total: int
    capped_at: int
    """Where it equals the total, there may be more."""
    looked: int
    """Candidates that were looked at one by one."""
    whole: bool
    """False where the page ended because enough was looked through."""
    unread: int
    """Items that are neither in the index yet nor were looked at."""


def page(
    conn: sqlite3.Connection, asked: Asked, query: Query, after: str, limit: int, budget: Budget | None = None
) -> Found:
    """The next items that a query finds in a view after a key."""
    start = place_of(after)
    hunt = _Hunt(conn, asked, query, start, limit, budget or Budget())
    hunt.run()
    shown, more = hunt.found[:limit], len(hunt.found) > limit
    counted = hunt if start is START else _counting(conn, asked, query)
    total = len(counted.found)
    return Found(
        places=tuple(shown),
        after=shown[-1] if more else None if hunt.ended else hunt.last,
        total=total,
        capped_at=max(COUNTED, total + 1) if counted.ended else total,
        looked=hunt.budget.looked,
        whole=more or hunt.ended,
        unread=hunt.unread,
    )


def _counting(conn: sqlite3.Connection, asked: Asked, query: Query) -> _Hunt:
    """The same query from the beginning, for the number alone."""
    hunt = _Hunt(conn, asked, query, START, COUNTED, Budget(seconds=0.02))
    hunt.run()
    return hunt


class _Hunt:
    """Looking for one page."""

    def __init__(
        self, conn: sqlite3.Connection, asked: Asked, query: Query, start: Place, limit: int, budget: Budget
    ) -> None:
        self.conn = conn
        self.asked = asked = _narrowed(asked, query)
        self.query = query
        self.phrases = query.phrases
        (where, given), (inside, more) = condition(conn, query, asked), belongs(asked) if asked.mixed else ("1", [])
        self.where, self.params = f"{where} AND {inside}", [*given, *more]
        self.last = start
        """The last candidate that was looked at."""
        self.limit = limit
        self.want = max(limit + 1, COUNTED) if start is START else limit + 1
        self.budget = budget
        self.found: list[Place] = []
        self.ended = False
        """Whether there is nothing more to look at."""
        self.unread = 0
        self._hits = [0] * len(self.phrases)
        """How many of the comments that were read one by one say each phrase."""
        self._read = 0

    def run(self) -> None:
        """Look until the page is full and counted, or everything was looked at, or enough."""
        few = self._few()
        if few is not None:
            self._take(self._placed(few))
            return
        most = self.budget.candidates
        self._one_by_one(min(SAMPLE, most) if self.phrases else most)
        asked = self._for_the_index()
        if self.done:
            return
        if not asked:
            self._one_by_one(most)
        elif self.asked.view is View.FOUND:
            self._through_everything(words.expression(asked))
        else:
            self._through_the_view(words.expression(asked))

    @property
    def done(self) -> bool:
        """Whether to stop."""
        full = len(self.found) > self.limit
        return self.ended or len(self.found) >= self.want or self.budget.over(full=full)

    def _few(self) -> list[int] | None:
        """The items among which everything must be, where the query names so few; None where it does not."""
        for trait in self.query.traits:
            if trait.field == "id" and not trait.without:
                return [int(value) for value in trait.values]
            if trait.field == "is" and not trait.without and set(trait.values) <= {"mine", "taken"}:
                return [row["item_id"] for row in self.conn.execute("SELECT item_id FROM lease")]
        return None

    def _for_the_index(self) -> list[Phrase]:
        """Phrases that the index answers quickly. An open-ended word costs as much as all that begin like it."""
        left = OPEN_ENDED * self._read
        chosen = []
        for hits, _, phrase in sorted(zip(self._hits, count(), self.phrases, strict=False)):
            if phrase.without or (phrase.open and hits > left):
                continue
            left -= hits * phrase.open
            chosen.append(phrase)
        return chosen

    # one by one, in the order of the view

    def _one_by_one(self, most: int) -> None:
        for size in chain(_CHUNKS, iter(lambda: _CHUNKS[-1], 0)):
            if self.done or self.budget.looked >= most:
                return
            self._look(min(size, most - self.budget.looked))

    def _look(self, size: int) -> None:
        """Look at the next candidates."""
        sql, params = candidates(self.asked, self.last, size)
        rows = self.conn.execute(
            f"SELECT c.id, c.lane, c.at, {self.where} AS ok FROM ({sql}) c CROSS JOIN item i ON i.id = c.id {JOINS}",  # noqa: S608
            [*self.params, *params],
        ).fetchall()
        self.budget.looked += len(rows)
        answering = [row for row in rows if row["ok"]]
        self.found += [_place(row) for row in self._saying(answering, [row["id"] for row in answering])]
        if rows:
            self.last = _place(rows[-1])
        self.ended = len(rows) < size

    def _saying(self, found: Sequence[T], ids: list[int]) -> Sequence[T]:
        """Those of these items, given with their ids, that say what is looked for."""
        if not self.phrases or not ids:
            return found
        said = words.texts(self.conn, ids)
        self._read += len(ids)
        return [one for one, item_id in zip(found, ids, strict=True) if self._says(*said[item_id])]

    def _says(self, text: str, author: str) -> bool:
        text, author, every = f" {text} ", f" {author} ", True
        for at, phrase in enumerate(self.phrases):
            if says(phrase, text, author):
                self._hits[at] += 1
            else:
                every = False
        return every

    # by the index of words

    def _unread_ones(self, below: int) -> list[int]:
        """Items below an id that are not in the index yet, the newest first."""
        found = words.unread(self.conn, below, MOST_UNREAD)
        if len(found) == MOST_UNREAD:
            self.unread = self.conn.execute("SELECT count(*) FROM unsaid WHERE item_id < ?", (found[-1],)).fetchone()[0]
        return found

    def _through_everything(self, match: str) -> None:
        """Newest first, so that the index itself has the order."""
        below = self.last.id
        unread = self._unread_ones(below)
        while not self.done:
            ids = words.holding(self.conn, match, below, _BY_INDEX)
            self.ended = len(ids) < _BY_INDEX
            floor = 0 if self.ended else ids[-1]
            chunk = sorted({*ids, *(item_id for item_id in unread if floor <= item_id < below)}, reverse=True)
            self._keep(self._placed(chunk))
            if not self.ended:
                below, self.last = floor, Place(0, "", floor)

    def _through_the_view(self, match: str) -> None:
        """All that the index finds, put into the order of the view. What very many hold is found one by one."""
        ids = words.holding(self.conn, match, 2**62, MOST_READ)
        if len(ids) == MOST_READ:
            self._one_by_one(self.budget.candidates)
        else:
            self._take(self._placed([*ids, *self._unread_ones(2**62)]))

    def _take(self, places: list[Place]) -> None:
        """Those of these places that say what is looked for; there are no others."""
        while places and not self.done:
            chunk, places = places[:_BY_INDEX], places[_BY_INDEX:]
            self._keep(chunk)
            self.last = chunk[-1]
        self.ended = not places

    def _keep(self, places: list[Place]) -> None:
        self.found += self._saying(places, [place.id for place in places])

    def _placed(self, ids: list[int]) -> list[Place]:
        """Those of these items that belong to the view and answer the traits, in its order, after the last place."""
        everything, way = self.asked.view is View.FOUND, self.asked.way
        (inside, given), (beyond, start) = belongs(self.asked), way.beyond(self.last, "i.")
        columns, by = way.columns("i."), way.by("i.")
        if everything:
            columns, by = "i.id, 0 AS lane, '' AS at", "i.id DESC"
            beyond, start = "i.id < ?", [self.last.id if self.last.lane >= 0 else 2**62]
        rows = self.conn.execute(
            f"SELECT {columns} FROM json_each(?) c CROSS JOIN item i ON i.id = c.value {JOINS}"  # noqa: S608
            f" WHERE {inside} AND {beyond} AND {self.where} ORDER BY {by}",
            [json.dumps(ids), *given, *start, *self.params],
        )
        return [_place(row) for row in rows]


def _narrowed(asked: Asked, query: Query) -> Asked:
    """The view without the states and lanes that the query leaves out: their candidates are not even looked at."""
    only, urgent = asked.only, asked.urgent
    for trait in query.traits:
        if trait.field == "state" and not trait.without:
            named = frozenset(state.value for value in trait.values for state in STATES[value])
            only = named if only is None else only & named
        urgent = urgent or (trait.field == "is" and not trait.without and trait.values == ("urgent",))
    return replace(asked, only=only, urgent=urgent)


def _place(row: Row) -> Place:
    return Place(row["lane"], row["at"], row["id"])
