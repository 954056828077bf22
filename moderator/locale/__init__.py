"""The languages of the interface: English, and every language that has a catalogue beside this file.

Every front end says its own words with `_` and `n_`, in the language that `use` chose; what the desk sends is said in
that language already (`translated`). A catalogue is `<language>.po`, compiled to `.mo` when the package is built;
English needs none. A language is added by its `.po` file alone: its header holds its own name and its numerals. A
sentence that a catalogue lacks is said in English: the tests do not let it come to that.

What is counted (`{n}`), and times and dates, are said in the language's own numerals; ids, keys and codes stay as they
are typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from moderator.domain.wording import Words, mark
from moderator.locale.header import Language, languages_in

if TYPE_CHECKING:
    from gettext import NullTranslations

__all__ = [
    "LANGUAGES",
    "N_",
    "_",
    "chosen",
    "clock",
    "current",
    "date",
    "digits",
    "load",
    "moment",
    "n_",
    "number",
    "review",
    "said",
    "translated",
    "use",
]

HERE: Final = Path(__file__).resolve().parent
"""Where the package's own catalogues stand."""

LANGUAGES: Final[dict[str, str]] = {}
"""Code → the language's own name, English first, in the order in which they are offered."""

N_ = mark
"""Marks a template that is said later: `LABELS = {"leave": N_("leave public")}` … `_(LABELS["leave"])`."""

_found: Final[dict[str, Language]] = {}
_state = {"language": "en"}


def load(directory: Path = HERE) -> None:
    """Know the languages whose compiled catalogues stand in a directory: the package's own, unless one is named."""
    _found.clear()
    _found.update({"en": Language("en", "English"), **{found.code: found for found in languages_in(directory)}})
    LANGUAGES.clear()
    LANGUAGES.update({code: found.name for code, found in _found.items()})
    _catalogue.cache_clear()


def use(language: str) -> None:
    """Say everything in this language from now on: a code of `LANGUAGES`; any other is taken as English."""
    _state["language"] = language if language in LANGUAGES else "en"


def current() -> str:
    """The code of the language in use."""
    return _state["language"]


def chosen(asked: str, environment: Mapping[str, str]) -> str:
    """The language to begin with: what the configuration asks for, else what the login's locale says, else English."""
    login = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    code = (asked or login).partition("_")[0].partition(".")[0]
    return code if code in LANGUAGES else "en"


def review(language: str) -> str:
    """What is still to be done for a language's catalogue, as its header says, or "": `doctor` shows it."""
    return _found[language].review if language in _found else ""


def _(template: str, /, **values: object) -> str:
    """A sentence in the language in use: `_("Item {item} is closed.", item=7)`."""
    return _filled(current(), template, "", 1, values)


def n_(one: str, many: str, n: int, /, **values: object) -> str:
    """A sentence about a number of things, `{n}` in both templates."""
    return _filled(current(), one, many, n, {"n": n, **values})


def translated(given: str, language: str) -> str:
    """What the desk says, in a language: a `Words` by its template; any other text as it is."""
    if not isinstance(given, Words) or language not in _found or language == "en":
        return str(given)
    return _filled(language, given.template, given.many, given.n, given.values)


def said(given: str) -> str:
    """What the rooms below say (a refusal of the client, a fault of the configuration) in the language in use."""
    return translated(given, current())


def number(n: int | float, *, grouped: bool = False) -> str:
    """A number in the numerals of the language in use; `grouped` sets off thousands, lakhs and crores."""
    return digits(_grouped(n) if grouped else str(n))


def clock(at: datetime, *, seconds: bool = False) -> str:
    """The time of day by 24 hours, "02:14", in the language's numerals. The moment is in local time already."""
    return digits(at.strftime("%H:%M:%S" if seconds else "%H:%M"))


def date(at: datetime) -> str:
    """The day as records write it, "2026-11-22", in the language's numerals."""
    return digits(at.strftime("%Y-%m-%d"))


def moment(at: datetime) -> str:
    """Day and time together."""
    return f"{date(at)} {clock(at)}"


def digits(text: str, language: str = "") -> str:
    """Our own text with its digits in the numerals of a language, by default the one in use. Never for ids or keys."""
    return text.translate(_found[language or current()].numerals)


class _Counted(int):
    """A number that is written in a language's numerals wherever a template puts it."""

    language: str

    def __format__(self, spec: str) -> str:
        return digits(super().__format__(spec), self.language)


def _filled(language: str, one: str, many: str, n: int, values: Mapping[str, Any]) -> str:
    """A template in a language, with its values. English needs no catalogue."""
    if language == "en":
        template = many if many and n != 1 else one
    elif many:
        template = _catalogue(language).ngettext(one, many, n)
    else:
        template = _catalogue(language).gettext(one) if one else ""
    if not values:
        return template
    return template.format_map({name: _value(language, name, value) for name, value in values.items()})


def _value(language: str, name: str, value: object) -> object:
    if isinstance(value, Words):
        return translated(value, language)
    if name == "n" and type(value) is int and _found[language].numerals:
        counted = _Counted(value)
        counted.language = language
        return counted
    return value


def _grouped(n: int | float) -> str:
    """12,34,567: thousands, then lakhs and crores, as India writes large numbers."""
    whole, point, rest = str(n).partition(".")
    sign, figures = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    head, tail = figures[:-3], figures[-3:]
    pairs = [head[max(at - 2, 0) : at] for at in range(len(head), 0, -2)]
    return sign + ",".join([*reversed(pairs), tail]) + point + rest


@lru_cache(maxsize=8)
def _catalogue(language: str) -> NullTranslations:
    """The catalogue of a language."""
    import gettext  # English, which needs none, starts without it

    with _found[language].path.open("rb") as file:
        return gettext.GNUTranslations(file)


load()
