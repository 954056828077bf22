"""The languages of the interface: English, Assamese, Hindi.

Every front end says its own words with `_` and `n_`, in the language that `use` chose; what the desk sends is said in
that language already (`translated`). A catalogue is `<language>.po` beside this file, compiled to `.mo` when the
package is built; English needs none. A sentence that a catalogue lacks is said in English: the tests do not let it
come to that.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Final

from moderator.domain.wording import Words, mark

__all__ = ["LANGUAGES", "N_", "_", "chosen", "current", "n_", "translated", "use"]

LANGUAGES: Final[dict[str, str]] = {"en": "English", "as": "অসমীয়া", "hi": "हिन्दी"}
"""Code → the language's own name, in the order in which they are offered."""

N_ = mark
"""Marks a template that is said later: `LABELS = {"leave": N_("leave public")}` … `_(LABELS["leave"])`."""

_here: Final = Path(__file__).resolve().parent
_state = {"language": "en"}


def use(language: str) -> None:
    """Say everything in this language from now on: a code of `LANGUAGES`; any other is taken as English."""
    _state["language"] = language if language in LANGUAGES else "en"


def current() -> str:
    """The code of the language in use."""
    return _state["language"]


def chosen(asked: str, environment: dict[str, str]) -> str:
    """The language to begin with: what the configuration asks for, else what the login's locale says, else English."""
    login = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    code = (asked or login).partition("_")[0].partition(".")[0]
    return code if code in LANGUAGES else "en"


def _(template: str, /, **values: object) -> str:
    """A sentence in the language in use: `_("Item {item} is closed.", item=7)`."""
    said = _catalogue(current()).gettext(template) if template else ""
    return said.format_map({name: _value(value) for name, value in values.items()}) if values else said


def n_(one: str, many: str, n: int, /, **values: object) -> str:
    """A sentence about a number of things, `{n}` in both templates."""
    said = _catalogue(current()).ngettext(one, many, n)
    return said.format_map({"n": n, **{name: _value(value) for name, value in values.items()}})


def translated(given: str, language: str) -> str:
    """What the desk says, in a language: a `Words` by its template; any other text as it is."""
    if not isinstance(given, Words) or language == "en":
        return str(given)
    catalogue = _catalogue(language)
    said = catalogue.ngettext(given.template, given.many, given.n) if given.many else catalogue.gettext(given.template)
    return said.format_map({name: _value(value, language) for name, value in given.values.items()})


def _value(value: object, language: str = "") -> object:
    return translated(value, language or current()) if isinstance(value, Words) else value


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one for English, and where none was built."""
    path = _here / f"{language}.mo"
    if language == "en" or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)
