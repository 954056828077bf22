"""Places in the orders of the queue, and the candidates of a view in each order: by keyset, never by an OFFSET.

Every view is a union of ranges of one index for each order, so that a page costs the same at a hundred items and at a
million. A place is (lane, moment, id) in the desk's own order; the other orders have no lanes and leave it 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from moderator.domain.asks import Order
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment, stamp
from moderator.domain.item import Lane
from moderator.domain.view import View
from moderator.domain.wording import words
from moderator.store.base import Row

SOON: Final = timedelta(minutes=15)
"""The view "due" shows what is late or due within this."""

OPEN: Final = ("new", "claimed", "snoozed", "escalated", "review")
STATES: Final[dict[View, tuple[str, ...]]] = {
    View.NEW: ("new",),
    View.DUE: OPEN,
    View.BACK: (*OPEN, "committing"),
    View.ESCALATED: ("escalated",),
    View.REVIEW: ("review",),
    View.IN_FLIGHT: ("committing",),
    View.ALL: (*OPEN, "committing", "resolved"),
}
CAME_BACK: Final = "cause <> '' AND (state <> 'committing' OR cause IN ('effect_failed', 'effect_parked'))"
"""What the view "back" holds."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Sql = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in one order of the queue."""

    lane: int
    at: str
    """A moment as it is stored: due, or captured; "" where the order has none."""
    id: int


START: Final = Place(-1, "", 0)
_END: Final = Place(9, "~", 2**62)


def key_of(lane: int, at: str | None, item_id: int) -> str:
    """The opaque cursor of a row: it needs no quoting anywhere."""
    ms = round((moment(at) - _EPOCH) / timedelta(milliseconds=1)) if at else 0
    return f"{lane}-{ms}-{item_id}"


def place_of(key: str) -> Place:
    """The inverse of `key_of`; refuses what it did not write."""
    if not key:
        return START
    try:
        lane, ms, item_id = (int(part) for part in key.split("-"))
        if item_id >= 2**62:
            raise ValueError
        return Place(lane, stamp(_EPOCH + timedelta(milliseconds=ms)), item_id)
    except (ValueError, OverflowError):
        raise Refused(
            Code.BAD, words("That is no place in the queue."), words("Ask for the first page again.")
        ) from None


def key_in(order: Order, view: View, row: Row) -> str:
    """The cursor of an item's row in an order of a view."""
    if view is View.FOUND:
        return key_of(0, None, row["id"])
    if order is Order.PRIORITY:
        return key_of(row["lane"], row["due_first"], row["id"])
    return key_of(0, row["due_first" if order is Order.DUE else "captured_at"], row["id"])


@dataclass(frozen=True, slots=True)
class Way:
    """How an order is said in SQL, of the columns of `item`."""

    lane: str
    at: str
    backwards: bool = False

    def columns(self, alias: str = "") -> str:
        """The columns of a place: id, lane, at."""
        return f"{alias}id, {alias if self.lane == 'lane' else ''}{self.lane} AS lane, {alias}{self.at} AS at"

    def by(self, alias: str = "") -> str:
        """What it is ordered by, so that the index that holds this order serves it."""
        names = [f"{alias}{name}" for name in (self.lane, self.at, "id") if name != "0"]
        return ", ".join(f"{name} DESC" if self.backwards else name for name in names)

    def beyond(self, start: Place, alias: str = "") -> Sql:
        """The condition that an item stands after a place."""
        if self.backwards and start.lane < 0:
            start = _END
        if self.lane == "0":
            return f"({alias}{self.at}, {alias}id) {'<' if self.backwards else '>'} (?, ?)", [start.at, start.id]
        return f"({alias}lane, {alias}{self.at}, {alias}id) > (?, ?, ?)", [start.lane, start.at, start.id]


WAYS: Final = {
    Order.PRIORITY: Way("lane", "due_first"),
    Order.DUE: Way("0", "due_first"),
    Order.AGE: Way("0", "captured_at"),
    Order.NEWEST: Way("0", "captured_at", backwards=True),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One view in one order, for one person at one moment."""

    view: View
    order: Order
    person_id: int
    now: datetime
    only: frozenset[str] | None = None
    """Of the view's states only these; None for all."""
    urgent: bool = False
    """Only urgent lanes, where the order has lanes."""

    @property
    def states(self) -> tuple[str, ...]:
        """The states that it holds."""
        states = STATES[self.view]
        return states if self.only is None else tuple(state for state in states if state in self.only)

    @property
    def mixed(self) -> bool:
        """Whether no index holds the view in this order: what is due, in the order of arrival.

        Its candidates are then those of every open state, and each is looked at.
        """
        return self.view is View.DUE and self.order in (Order.AGE, Order.NEWEST)

    @property
    def way(self) -> Way:
        """Its order."""
        return WAYS[self.order]

    @property
    def soon(self) -> str:
        """Until when something is due for the view "due"."""
        return stamp(self.now + SOON)


def candidates(asked: Asked, start: Place, limit: int) -> Sql:
    """The next items of a view after a place: columns id, lane, at."""
    if asked.view is View.FOUND:
        first = start.id if start.lane >= 0 else _END.id
        return "SELECT id, 0 AS lane, '' AS at FROM item WHERE id < ? ORDER BY id DESC LIMIT ?", [first, limit]
    if asked.view is View.MINE:
        return _mine(asked, start, limit)
    return of_states(asked, asked.states, start, limit)


def of_states(asked: Asked, states: Sequence[str], start: Place, limit: int, extra: Sql = ("", [])) -> Sql:
    """The same of some states of the view alone, with an `AND …` for every range where one is given."""
    way, parts, params = asked.way, [], []
    for state in states:
        for where, given in _ranges(asked, state, start):
            parts.append(
                f"SELECT * FROM (SELECT {way.columns()} FROM item WHERE state = ? AND {where}{extra[0]}"  # noqa: S608
                f" ORDER BY {way.by()} LIMIT ?)"
            )
            params += [state, *given, *extra[1], limit]
    if not parts:
        return "SELECT id, lane, due_first AS at FROM item WHERE 0 LIMIT ?", [limit]
    last = "lane DESC, at DESC, id DESC" if way.backwards else "lane, at, id"
    return f"SELECT id, lane, at FROM ({' UNION ALL '.join(parts)}) ORDER BY {last} LIMIT ?", [*params, limit]  # noqa: S608


def _ranges(asked: Asked, state: str, start: Place) -> list[Sql]:
    """Ranges of an index in which the candidates of one state stand in order.

    Within a state and a lane the index is in order of the due time: a range by due time ends by itself there.
    """
    beyond, given = asked.way.beyond(start)
    if asked.view is View.BACK:
        return [(f"{beyond} AND {CAME_BACK}", given)]
    due = asked.view is View.DUE
    if asked.order in (Order.AGE, Order.NEWEST) or not (due or asked.urgent or asked.order is Order.DUE):
        return [(beyond, given)]
    found: list[Sql] = []
    for lane in Lane:
        if (asked.urgent and lane is Lane.ROUTINE) or (asked.order is Order.PRIORITY and lane < start.lane):
            continue
        low = (start.at, start.id) if asked.order is Order.DUE or lane == start.lane else ("", 0)
        where = "lane = ? AND (due_first, id) > (?, ?)" + (" AND due_first <= ?" if due else "")
        found.append((where, [int(lane), *low, *([asked.soon] if due else [])]))
    return found


def _mine(asked: Asked, start: Place, limit: int) -> Sql:
    way = asked.way
    beyond, given = way.beyond(start, "i.")
    return (
        f"SELECT {way.columns('i.')} FROM lease l JOIN item i ON i.id = l.item_id"  # noqa: S608 -- names are ours
        f" WHERE l.person_id = ? AND max(l.until, coalesce(l.held_until, l.until)) > ? AND {beyond}"
        f" ORDER BY {way.by('i.')} LIMIT ?",
        [asked.person_id, stamp(asked.now), *given, limit],
    )


def belongs(asked: Asked) -> Sql:
    """The condition that item `i` belongs to the view, for items that were found in another way."""
    if asked.view is View.FOUND:
        return "1", []
    if asked.view is View.MINE:
        lease = "SELECT 1 FROM lease m WHERE m.item_id = i.id AND m.person_id = ?"
        return f"EXISTS ({lease} AND max(m.until, coalesce(m.held_until, m.until)) > ?)", [
            asked.person_id,
            stamp(asked.now),
        ]
    states = asked.states or ("",)
    where, params = f"i.state IN ({', '.join('?' * len(states))})", list[Any](states)
    if asked.view is View.DUE:
        return f"{where} AND i.due_first <= ?", [*params, asked.soon]
    if asked.view is View.BACK:
        return f"{where} AND {CAME_BACK}", params
    return where, params
