"""Near-duplicates as one row: of the new routine comments that share a fold key, only the first stands in the list.

Which one is first, and how many there are, is asked of an index each time: nothing is stored that could be wrong.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from moderator.domain.asks import Order
from moderator.domain.item import Lane
from moderator.domain.view import View
from moderator.store.base import Row
from moderator.store.orders import STATES, Asked, Place, of_states

COUNTED: Final = 1000
"""Members of one burst are counted up to here."""
_ROUNDS: Final = 40
"""Looks at the list for one page. A page between very many bursts may be short; it says where to go on."""
_TOGETHER: Final = frozenset({View.NEW, View.DUE, View.ALL})
_ALIKE: Final = f"alike = ? AND state = 'new' AND lane = {int(Lane.ROUTINE)}"
_KNOWN: Final = "SELECT value FROM json_each(?)"
_OTHERS: Final = f" AND (alike IS NULL OR lane <> {int(Lane.ROUTINE)} OR alike NOT IN ({_KNOWN}))"


def collapses(asked: Asked) -> bool:
    """Whether near-duplicates stand together in this list."""
    return asked.order is Order.PRIORITY and asked.view in _TOGETHER


def page(conn: sqlite3.Connection, asked: Asked, start: Place, limit: int) -> tuple[list[Place], Place | None]:
    """The next rows of a view in which near-duplicates stand together, and where to go on, None at the end."""
    firsts, last = _firsts(conn, asked, start, limit)
    others = [state for state in STATES[asked.view] if state != "new"]
    sql, params = of_states(asked, others, start, limit)
    rest = [Place(*row) for row in _in_order(conn.execute(sql, params))]
    ends = [place for place in (last, rest[-1] if len(rest) == limit else None) if place is not None]
    horizon = min(ends, key=_order, default=None)
    merged = sorted(firsts + rest, key=_order)
    if horizon is not None:
        merged = [place for place in merged if _order(place) <= _order(horizon)]
    return merged[:limit], merged[limit - 1] if len(merged) > limit else horizon


def _firsts(conn: sqlite3.Connection, asked: Asked, start: Place, limit: int) -> tuple[list[Place], Place | None]:
    """New items after a place that stand for themselves or for their burst; how far was looked, None for all."""
    shown: list[Place] = []
    known: set[str] = set()
    for _ in range(_ROUNDS):
        sql, params = of_states(asked, ("new",), start, limit, (_OTHERS, [json.dumps(sorted(known))]))
        found = [Place(*row) for row in _in_order(conn.execute(sql, params))]
        alike = _keys(conn, found)
        shown += [place for place in found if _stands(conn, place, alike.get(place.id), known)]
        if len(found) < limit:
            return shown, None
        start = found[-1]
        if len(shown) >= limit:
            break
    return shown, start


def _in_order(rows: Iterable[Row]) -> Iterable[tuple[int, str, int]]:
    return ((row["lane"], row["at"], row["id"]) for row in rows)


def _order(place: Place) -> tuple[int, str, int]:
    return place.lane, place.at, place.id


def _keys(conn: sqlite3.Connection, found: list[Place]) -> dict[int, str]:
    """Item → fold key, of the routine ones that have one."""
    ids = json.dumps([place.id for place in found if place.lane == Lane.ROUTINE])
    rows = conn.execute(
        "SELECT i.id, i.alike FROM json_each(?) j CROSS JOIN item i ON i.id = j.value WHERE i.alike IS NOT NULL", (ids,)
    )
    return {row["id"]: row["alike"] for row in rows}


def _stands(conn: sqlite3.Connection, place: Place, alike: str | None, known: set[str]) -> bool:
    """Whether an item stands in the list; its burst is known from now on."""
    if alike is None:
        return True
    if alike in known:
        return False
    known.add(alike)
    first = conn.execute(f"SELECT id FROM item WHERE {_ALIKE} ORDER BY due_first, id LIMIT 1", (alike,)).fetchone()  # noqa: S608
    return first is not None and first["id"] == place.id


def copies(conn: sqlite3.Connection, rows: Iterable[Row]) -> dict[int, int]:
    """Item → how many new routine comments are alike, of those rows that have company at all."""
    counted: dict[str, int] = {}
    found: dict[int, int] = {}
    for row in rows:
        alike = row["alike"]
        if alike is None or row["state"] != "new" or row["lane"] != Lane.ROUTINE:
            continue
        if alike not in counted:
            counted[alike] = _count(conn, alike)
        found[row["id"]] = counted[alike]
    return found


def _count(conn: sqlite3.Connection, alike: str) -> int:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM item WHERE {_ALIKE} LIMIT {COUNTED})"  # noqa: S608 -- constants
    total: int = conn.execute(sql, (alike,)).fetchone()[0]
    return total
