"""Whether a row that is at hand answers a query: what narrows a loaded list while the query is still being typed.

The desk itself looks through everything (`store.search`); here only what a row carries is looked at, which is the
beginning of a long text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from moderator.domain.item import OPEN_STATES, Cause, Lane, Visibility
from moderator.domain.plain import plain
from moderator.domain.policy import Asks, Opinion
from moderator.domain.query import STATES, Part, Phrase, Query, Time, Trait
from moderator.domain.view.queue import Row

_IS: Final[dict[str, Callable[[Row, datetime], bool]]] = {
    "back": lambda row, now: row.cause is not Cause.NONE,
    "feedback": lambda row, now: row.asks is Asks.FEEDBACK,
    "free": lambda row, now: not row.owner,
    "gone": lambda row, now: row.visibility is Visibility.GONE,
    "grievance": lambda row, now: row.asks is Asks.GRIEVANCE,
    "hidden": lambda row, now: row.visibility is Visibility.HIDDEN,
    "judged": lambda row, now: row.opinion is Opinion.JUDGED,
    "late": lambda row, now: row.due is not None and row.due <= now,
    "mine": lambda row, now: row.mine,
    "picture": lambda row, now: row.opinion is Opinion.MEDIA,
    "press": lambda row, now: row.asks is Asks.MEDIA,
    "protected": lambda row, now: row.protected,
    "public": lambda row, now: row.visibility is Visibility.PUBLIC,
    "question": lambda row, now: row.asks is Asks.QUESTION,
    "rescue": lambda row, now: row.asks is Asks.RESCUE,
    "taken": lambda row, now: bool(row.owner),
    "unjudged": lambda row, now: row.opinion is Opinion.NONE,
    "urgent": lambda row, now: row.lane < Lane.ROUTINE,
}


def padded(text: str) -> str:
    """A text in plain form with a space at either side, as `says` looks at it."""
    return f" {plain(text)} "


def says(phrase: Phrase, text: str, author: str) -> bool:
    """Whether a phrase stands in a padded text or a padded author's name; one that is turned round is the opposite."""
    there = phrase.part is not Part.AUTHOR and phrase.needle in text
    there = there or (phrase.part is not Part.TEXT and phrase.needle in author)
    return there is not phrase.without


class Told(NamedTuple):
    """What a row says, padded: worth keeping where one row is looked at for many queries."""

    text: str
    author: str


def told(row: Row) -> Told:
    """A row's words as `matches` looks at them."""
    return Told(padded(row.text), padded(row.author))


def matches(query: Query, row: Row, now: datetime, words: Told | None = None) -> bool:
    """Whether this row, as it stands, answers the query. `words` spares reading the row's words again."""
    if not all(_is(trait, row, now) is not trait.without for trait in query.traits):
        return False
    if not all(_in_time(time, row, now) is not time.without for time in query.times):
        return False
    if not query.phrases:
        return True
    text, author = words or told(row)
    return all(says(phrase, text, author) for phrase in query.phrases)


def _is(trait: Trait, row: Row, now: datetime) -> bool:
    values = trait.values
    match trait.field:
        case "account":
            return any(value in row.account.lower() for value in values)
        case "clause":
            return bool({row.clause.lower() or "none", row.category} & set(values))
        case "id":
            return str(row.id) in values
        case "is":
            return any(_IS[value](row, now) for value in values)
        case "lang":
            return row.language in values
        case _:
            return any(row.state in STATES[value] for value in values)


def _in_time(time: Time, row: Row, now: datetime) -> bool:
    if time.field == "age":
        return (now - row.arrived < time.span) is time.less
    if row.due is None or row.state not in OPEN_STATES:
        return False
    return (row.due - now <= time.span) is time.less
