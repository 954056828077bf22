"""The traits and times of a query as a condition in SQL. Values are always parameters."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from moderator.domain.event import stamp
from moderator.domain.query import STATES, Query, Time, Trait
from moderator.store.orders import OPEN, Asked, Sql

JOINS: Final = """
    LEFT JOIN verdict d ON d.item_id = i.id AND d.n = i.comment_version
    LEFT JOIN lease l ON l.item_id = i.id"""
"""What the conditions look at beside item `i`."""

_HELD: Final = "max(l.until, coalesce(l.held_until, l.until)) > ?"
_IS: Final = {
    "back": "i.cause <> ''",
    "feedback": "d.asks = 'feedback'",
    "free": f"NOT coalesce({_HELD}, 0)",
    "gone": "i.visibility = 'gone'",
    "grievance": "d.asks = 'grievance'",
    "hidden": "i.visibility = 'hidden'",
    "judged": "d.opinion = 'judged'",
    "late": f"i.due_first <= ? AND i.state IN {OPEN}",
    "mine": f"{_HELD} AND l.person_id = ?",
    "picture": "d.opinion = 'media'",
    "press": "d.asks = 'media'",
    "protected": "d.protected = 1",
    "public": "i.visibility = 'public'",
    "question": "d.asks = 'question'",
    "rescue": "d.asks = 'rescue'",
    "taken": _HELD,
    "unjudged": "coalesce(d.opinion, 'no_opinion') = 'no_opinion'",
    "urgent": "i.lane < 5",
}


def condition(conn: sqlite3.Connection, query: Query, asked: Asked) -> Sql:
    """What an item must be to answer the traits and times of a query."""
    terms = [(_trait(conn, trait, asked), trait.without) for trait in query.traits]
    terms += [(_time(time, asked), time.without) for time in query.times]
    parts = ["1", *(f"coalesce({where}, 0) = {int(not without)}" for (where, _), without in terms)]
    return " AND ".join(parts), [value for (_, given), _ in terms for value in given]


def _time(time: Time, asked: Asked) -> Sql:
    if time.field == "age":
        return f"(i.commented_at {'>' if time.less else '<='} ?)", [stamp(asked.now - time.span)]
    return f"(i.due_first {'<=' if time.less else '>'} ? AND i.state IN {OPEN})", [stamp(asked.now + time.span)]


def _trait(conn: sqlite3.Connection, trait: Trait, asked: Asked) -> Sql:
    match trait.field:
        case "account":
            return _among("i.account_id", _accounts(conn, trait))
        case "clause":
            clause, category = _among("lower(d.clause)", trait.values), _among("d.category", trait.values)
            none = " OR d.clause = ''" if "none" in trait.values else ""
            return f"({clause[0]} OR {category[0]}{none})", [*clause[1], *category[1]]
        case "id":
            return _among("i.id", tuple(int(value) for value in trait.values))
        case "is":
            found = [_is(value, asked) for value in trait.values]
            return f"({' OR '.join(f'({where})' for where, _ in found)})", [one for _, given in found for one in given]
        case "lang":
            return _among("coalesce(d.language, 'und')", trait.values)
        case _:
            states = tuple(state.value for value in trait.values for state in STATES[value])
            return _among("i.state", states)


def _is(value: str, asked: Asked) -> Sql:
    params: list[Any] = [stamp(asked.now)] * _IS[value].count("?")
    if value == "mine":
        params[-1] = asked.person_id
    return _IS[value], params


def _among(column: str, values: tuple[Any, ...]) -> Sql:
    return f"{column} IN ({', '.join('?' * len(values))})", list(values)


def _accounts(conn: sqlite3.Connection, trait: Trait) -> tuple[int, ...]:
    """The accounts whose name holds one of these words, in any letter case."""
    rows = conn.execute("SELECT id, name FROM account")
    return tuple(row["id"] for row in rows if any(value in row["name"].lower() for value in trait.values))
