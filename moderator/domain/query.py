"""The little language of looking for comments: words, and what is known of a comment as `field:value`.

    account:fb lang:as,hi clause:A1 state:new is:question due<30m age>2h author:hojai "water level" flood -spam #48211

Everything named must hold; `-` before a term turns it round; values after a comma are alternatives. A word finds every
word that begins like it where it is at least three letters long; words in quotation marks are found as they stand, side
by side. The text is data: it is read here, and never becomes part of another language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from moderator.domain.errors import Code, Refused
from moderator.domain.item import State
from moderator.domain.plain import plain
from moderator.domain.wording import Words, mark, words

LONGEST: Final = 500
"""Characters of a query."""
MOST: Final = 20
"""Terms of a query."""
BEGINNING: Final = 3
"""Letters from which a word also finds the words that only begin like it."""


class Part(StrEnum):
    """Where words are looked for."""

    ANY = ""
    TEXT = "text"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in plain form that stand side by side."""

    words: str
    """One space between them; never empty."""
    part: Part = Part.ANY
    open: bool = False
    """Whether the last word may go on."""
    without: bool = False

    @property
    def needle(self) -> str:
        """What a text in plain form holds that says this, where a space stands before and after every word."""
        return f" {self.words}" if self.open else f" {self.words} "


@dataclass(frozen=True, slots=True)
class Trait:
    """What a comment is: one of the values of a field."""

    field: str
    values: tuple[str, ...]
    """In lower case; never empty."""
    without: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """How soon it is due, or how long ago it was written."""

    field: str
    """"due" or "age"."""
    less: bool
    span: timedelta
    without: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Empty finds everything."""

    phrases: tuple[Phrase, ...] = ()
    traits: tuple[Trait, ...] = ()
    times: tuple[Time, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.phrases or self.traits or self.times)


FIELDS: Final = ("account", "author", "clause", "id", "is", "lang", "state", "text")
"""Fields that take `:`."""
TIMES: Final = ("age", "due")
"""Fields that take `<` or `>` and a time."""

STATES: Final[dict[str, tuple[State, ...]]] = {
    **{state.value: (state,) for state in State},
    "open": (State.NEW, State.CLAIMED, State.SNOOZED, State.ESCALATED, State.REVIEW),
    "in_flight": (State.COMMITTING,),
    "closed": (State.RESOLVED, State.ARCHIVED),
}
"""What `state:` takes, and the states that it names."""

IS: Final = (
    "back", "feedback", "free", "gone", "grievance", "hidden", "judged", "late", "mine", "picture", "press",
    "protected", "public", "question", "rescue", "taken", "unjudged", "urgent",
)  # fmt: skip
"""What `is:` takes: what it asks (`press` is a journalist), its visibility, who has it, and how it stands."""

_VALUES: Final[dict[str, tuple[str, ...]]] = {"state": tuple(STATES), "is": IS}
_TERM: Final = re.compile(
    r"""(?P<without>-?)
        (?:(?P<field>[A-Za-z_]+)(?P<sign>[:<>])(?!//))?
        (?P<value>(?:"[^"]*(?:"|$)|[^\s"])*)""",
    re.VERBOSE,
)
_SPAN: Final = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m(?:in)?)?", re.ASCII)
_NUMBER: Final = re.compile("#([0-9]{1,15})")
_QUOTES: Final = str.maketrans("“”„«»＂", '""""""')


def parse(text: str) -> Query:
    """What a query asks for. Raises `Refused(BAD)` with a sentence that names the place, and nothing else."""
    if len(text) > LONGEST:
        raise _unclear(None, LONGEST, words("That is longer than {n} characters.", n=LONGEST))
    phrases, traits, times = [], [], []
    for at, raw in enumerate(_terms(text.translate(_QUOTES))):
        if at == MOST:
            raise _unclear(raw, raw.start(), words("That is more than {n} things at once.", n=MOST))
        term = _read(raw)
        if isinstance(term, Phrase):
            phrases.append(term)
        elif isinstance(term, Trait):
            traits.append(term)
        else:
            times.append(term)
    return Query(tuple(phrases), tuple(traits), tuple(times))


def _terms(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _TERM.match(text, at)
        if found is None or found.end() == at:  # cannot be: every character but a space is part of a value
            return
        yield found
        at = found.end()


def _read(term: re.Match[str]) -> Phrase | Trait | Time:
    field, sign = (term["field"] or "").lower(), term["sign"]
    if term["value"].count('"') % 2:
        place = term.start("value") + term["value"].rindex('"')
        raise _unclear(term, place, words("The quotation mark at character {at} is not closed.", at=place + 1))
    if not field:
        number = _NUMBER.fullmatch(term["value"])
        return Trait("id", (number[1],), bool(term["without"])) if number else _phrase(term, Part.ANY)
    if field not in (*FIELDS, *TIMES):
        raise _unknown_field(term, f"{field}{sign}")
    if not term["value"].strip('"'):
        raise _needs_value(term)
    if field in TIMES:
        return _time(term, field, sign)
    if sign != ":":
        cure = words("Write {example}.", example=f"{field}:{_said(term['value'])}")
        raise _unclear(term, term.start(), _at(term, mark("{term} at character {at}: this takes a colon.")), cure)
    return _phrase(term, Part(field)) if field in (Part.TEXT, Part.AUTHOR) else _trait(term, field)


def growing(query: Query, typed: str) -> Query:
    """A query whose last word is still being typed: any beginning of it counts, however short."""
    if not query.phrases or not typed or typed[-1] in ' "':
        return query
    *before, last = query.phrases
    return replace(query, phrases=(*before, replace(last, open=True)))


def _phrase(term: re.Match[str], part: Part) -> Phrase:
    value = term["value"]
    found = plain(value)
    if not found:
        sentence = _at(term, mark("“{term}” at character {at} has no letter or digit to look for."))
        raise _unclear(term, term.start(), sentence)
    exact = value.endswith('"')
    goes_on = value.endswith("*") or (not exact and len(found.split()[-1]) >= BEGINNING)
    return Phrase(found, part, goes_on, bool(term["without"]))


def _trait(term: re.Match[str], field: str) -> Trait:
    parts = (part.strip().lower() for part in term["value"].replace('"', "").split(","))
    values = tuple(part.removeprefix("#") if field == "id" else part for part in parts if part)
    if not values:
        raise _needs_value(term)
    for value in values:
        _check(term, field, value)
    return Trait(field, values, bool(term["without"]))


def _check(term: re.Match[str], field: str, value: str) -> None:
    """Refuse a value that this field can never have."""
    known = _VALUES.get(field)
    if known is not None and value not in known:
        sentence = _at(term, mark("There is no {value} (character {at})."), value=f"{field}:{_said(value)}")
        raise _unclear(term, term.start("value"), sentence, _nearest(value, known))
    if field == "id" and _NUMBER.fullmatch(f"#{value}") is None:
        raise _unclear(term, term.start("value"), _at(term, mark("{term} at character {at}: an id is a number.")))


def _time(term: re.Match[str], field: str, sign: str) -> Time:
    found = _SPAN.fullmatch(term["value"])
    if sign == ":" or found is None or not any(found.groups()):
        cure = words("Write it like {example} or {other}.", example=f"{field}<30m", other=f"{field}>1d12h")
        raise _unclear(term, term.start("value"), _at(term, mark("{term} at character {at} is no time.")), cure)
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return Time(field, sign == "<", timedelta(days=days, hours=hours, minutes=minutes), bool(term["without"]))


def _needs_value(term: re.Match[str]) -> Refused:
    return _unclear(term, term.end(), _at(term, mark("{term} at character {at} needs a value.")))


def _unknown_field(term: re.Match[str], name: str) -> Refused:
    known = (*(f"{field}:" for field in FIELDS), *(f"{field}<" for field in TIMES))
    sentence = _at(term, mark("Nothing is called {name} (character {at})."), name=_said(name))
    return _unclear(term, term.start("field"), sentence, _nearest(name, known))


def _nearest(given: str, known: tuple[str, ...]) -> Words:
    from difflib import get_close_matches  # takes longer to load than all the rest, and is for refusals alone

    near = get_close_matches(given, known, 1)
    if near:
        return words("Did you mean {nearest}? Quotation marks look for the very words.", nearest=near[0])
    return words("It can be: {names}.", names=", ".join(known))


def _unclear(term: re.Match[str] | None, place: int, sentence: Words, cure: Words | str = "") -> Refused:
    return Refused(Code.BAD, sentence, cure, {"at": place, "term": _said(term[0]) if term else ""})


def _at(term: re.Match[str], template: str, **values: object) -> Words:
    """A sentence about a term, which counts its characters from 1."""
    return words(template, **{"term": _said(term[0]), "at": term.start() + 1, **values})


def _said(given: str) -> str:
    """What was typed, short enough and safe to be part of a sentence."""
    shown = "".join(letter if letter.isprintable() else "·" for letter in given)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def complete(text: str, names: Mapping[str, Sequence[str]], most: int = 8) -> tuple[str, ...]:
    """How the last term of an unfinished query may go on: whole queries, at most so many.

    `names` holds what the desk knows of a field: its accounts, languages, clauses, authors.
    """
    at = max(text.rfind(" "), text.rfind("\t")) + 1
    before, last = text[:at], text[at:].lower()
    sign = "-" if last.startswith("-") else ""
    field, colon, value = last[len(sign) :].partition(":")
    if not colon:
        known = (*(f"{name}:" for name in FIELDS), *(f"{name}{way}" for name in TIMES for way in "<>"))
        found = [name for name in known if field and name.startswith(field) and name != field]
    else:
        done, comma, begun = value.rpartition(",")
        values = _VALUES.get(field) or names.get(field, ()) if field in FIELDS else ()
        found = [f"{field}:{done}{comma}{_quoted(one)}" for one in values if _begins(one, begun)]
    return tuple(f"{before}{sign}{one}" for one in found[:most])


def _begins(name: str, begun: str) -> bool:
    """Whether a name, or one of its words, begins like this and goes on."""
    low = name.lower()
    return low != begun and (low.startswith(begun) or any(word.startswith(begun) for word in low.split()))


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name or "," in name else name
