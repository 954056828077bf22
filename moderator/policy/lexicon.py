"""The word lists: which words mean what, in which language, read from the files in `lexicons/`.

A list is homogeneous: one sense class, one severity, one answer to "is it masked on the screen". A phrase of several
words is read as one unit and hides the classes of its parts, which is how homonyms are kept apart ("kill switch").
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from moderator.domain.wording import words
from moderator.policy.normalise import TOKEN, fold

FOLDER = Path(__file__).parent / "lexicons"


class LexiconError(Exception):
    """A word list cannot be used; the text names file and list."""


@dataclass(frozen=True, slots=True)
class WordList:
    """Words of one sense in one language."""

    name: str
    """The class that rules cite as @name; lists of several languages share one."""
    language: str
    words: tuple[str, ...]
    """Single words and phrases, as written."""
    hostile: bool = False
    """True where the word itself attacks: negation and quotation are weighed around it."""
    mask: bool = False
    """True for slurs and obscenity: covered on the screen until revealed."""
    fuzzy: bool = False
    """True where a swapped or missing letter still counts."""
    loose: bool = False
    """True where a phrase leaves its words to be read one by one as well ("we will"); else it is one unit."""
    closed: bool = False
    """True where a phrase takes away what its words would mean alone ("kill switch")."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All word lists with what is said of each language's coverage."""

    lists: tuple[WordList, ...]
    covered: frozenset[str] = field(default_factory=frozenset)
    """Languages in which "nothing found" may be said. Elsewhere it is "no opinion"."""
    real_words: frozenset[str] = field(default_factory=frozenset)
    """Ordinary words that look like a misspelling of a listed one."""
    digest: str = ""

    def with_lists(self, extra: Iterable[WordList]) -> Lexicon:
        """The same with the policy document's own lists (parties, candidates)."""
        return Lexicon((*self.lists, *extra), self.covered, self.real_words, self.digest)

    def words(self, name: str) -> frozenset[str]:
        """Every folded word and phrase of a class."""
        return _folded_words(self.lists, name)


@cache
def _folded_words(lists: tuple[WordList, ...], name: str) -> frozenset[str]:
    return frozenset(folded(word) for group in lists if group.name == name for word in group.words)


def folded(phrase: str) -> str:
    """A word or phrase as it is matched: the same tokens that a comment would give, possessives of a phrase dropped."""
    parts = [fold(token[1]) for token in TOKEN.finditer(phrase) if token[1]]
    return " ".join(part.removesuffix("'s") for part in parts) if len(parts) > 1 else "".join(parts)


@cache
def shipped() -> Lexicon:
    """The word lists that come with the product."""
    lists: list[WordList] = []
    covered: set[str] = set()
    real: set[str] = set()
    seal = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.toml")):
        raw = path.read_bytes()
        seal.update(raw)
        data = tomli.loads(raw.decode())
        language = data["language"]
        if data.get("covered", False):
            covered.add(language)
        real.update(data.get("real_words", ()))
        lists += [_word_list(path.name, language, name, entry) for name, entry in data.get("list", {}).items()]
    return Lexicon(tuple(lists), frozenset(covered), frozenset(real), seal.hexdigest())


def _word_list(file: str, language: str, name: str, data: Mapping[str, Any]) -> WordList:
    unknown = set(data) - {
        "words",
        "entries",
        "combine",
        "hostile",
        "mask",
        "fuzzy",
        "sense",
        "severity",
        "loose",
        "closed",
    }
    if unknown:
        raise LexiconError(
            words("{file}: the list “{name}” has the unknown key “{key}”.", file=file, name=name, key=min(unknown))
        )
    forms = [*data.get("words", ())]
    for entry in data.get("entries", ()):
        forms += [form.strip() for form in entry["forms"].split(",")]
    for pair in data.get("combine", ()):
        forms += [f"{first} {second}" for first in pair["first"] for second in pair["second"]]
    return WordList(
        name,
        language,
        tuple(forms),
        bool(data.get("hostile", False)),
        bool(data.get("mask", False)),
        bool(data.get("fuzzy", False)),
        bool(data.get("loose", False)),
        bool(data.get("closed", False)),
    )
