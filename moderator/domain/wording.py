"""Sentences of ours that can be said in several languages.

The desk speaks English to the record. What it says to a person is a `Words`: its English, and beside it the template
and the values, so that whoever shows it can say it in that person's language (`moderator.locale`). A template is the
key of the catalogues; braces name the values. A value may be a `Words` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Words(str):
    """A sentence as English text that remembers how it was made."""

    __slots__ = ("many", "n", "template", "values")
    template: str
    many: str
    """The template for more than one, or ""."""
    n: int
    """What is counted; 1 where nothing is."""
    values: Mapping[str, Any]


def words(template: str, /, **values: object) -> Words:
    """A sentence: `words("Item {item} is closed.", item=7)`."""
    return _made(template, "", 1, values)


def counted(one: str, many: str, n: int, /, **values: object) -> Words:
    """A sentence about a number of things, `{n}` in both templates: `counted("{n} item", "{n} items", 3)`."""
    return _made(one, many, n, {"n": n, **values})


def mark(template: str, /) -> str:
    """A template that is said later, by `words`: marks it for the catalogues and changes nothing."""
    return template


def _made(template: str, many: str, n: int, values: Mapping[str, Any]) -> Words:
    chosen = many if many and n != 1 else template
    made = Words(chosen.format_map(values) if values else chosen)
    made.template, made.many, made.n, made.values = template, many, n, values
    return made
