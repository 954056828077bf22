"""Sentences of ours that can be said in several languages.

The desk speaks English to the record. What it says to a person is a `Words`: its English, and beside it the template
and the values, so that whoever shows it can say it in that person's language (`moderator.locale`). A template is the
key of the catalogues; braces name the values. A value may be a `Words` itself.

A sentence that is stored and shown again later is stored with `kept` and read with `recalled`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final


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


def joined(parts: Iterable[str], between: str = " ") -> str:
    """Several sentences, one after the other, each still to be said in its own language; empty ones are left out."""
    found = [part for part in parts if part]
    if len(found) < 2 or not any(isinstance(part, Words) for part in found):
        return found[0] if len(found) == 1 else between.join(found)
    return _made(
        between.join(f"{{s{at}}}" for at in range(len(found))), "", 1, {f"s{i}": s for i, s in enumerate(found)}
    )


def sentence_of(error: BaseException) -> str:
    """What an error says, as it was made: `str(error)` would forget how."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Words) else str(error)


_KEPT: Final = "\x1e"
"""Stands between the English of a stored sentence and how it was made. No clean text holds it."""


def kept(given: str) -> str:
    """A sentence as one plain text for a column: its English, which any reader understands, and how it was made."""
    if not isinstance(given, Words):
        return str(given)
    return f"{given}{_KEPT}{json.dumps(_parts(given), ensure_ascii=False, separators=(',', ':'))}"


def recalled(stored: str) -> str:
    """The inverse of `kept`. A text without a template, such as what a person typed, comes back as it is."""
    english, mark_, parts = stored.partition(_KEPT)
    if not mark_:
        return stored
    try:
        return _remade(json.loads(parts))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return english


def _parts(given: Words) -> dict[str, Any]:
    values = {
        name: _parts(value) if isinstance(value, Words) else value if type(value) in (int, float) else str(value)
        for name, value in given.values.items()
    }
    return {"t": given.template, "m": given.many, "n": given.n, "v": values}


def _remade(parts: Mapping[str, Any]) -> Words:
    values = {name: _remade(value) if isinstance(value, dict) else value for name, value in parts["v"].items()}
    return _made(parts["t"], parts["m"], parts["n"], values)


def _made(template: str, many: str, n: int, values: Mapping[str, Any]) -> Words:
    chosen = many if many and n != 1 else template
    made = Words(chosen.format_map(values) if values else chosen)
    made.template, made.many, made.n, made.values = template, many, n, values
    return made
