"""A comment without its disguise: what is left when case, punctuation, links, tags, spacing and exchanged letters are
taken away. Two comments are compared in this form, never shown in it.

What is a name, a place, a number or a denial stays apart: in these no two comments may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import tomli

from moderator.policy.lexicon import shipped
from moderator.policy.normalise import HIDDEN, TOKEN, ascii_digits, fold

_LISTS: Final = Path(__file__).with_name("alike.toml")
_LONGEST: Final = 1500
"""Code points that are read; of a longer comment the rest must be equal letter for letter."""
_LONG_NUMBER: Final = 7
"""Digits from which a number that is written in parts counts as one."""
_PLATE: Final = 5
"""Digits from which a word with digits in it is a number: a registration, a reference."""
_EVIDENT: Final = 4
"""What shows that digits stand for letters here: a word with digits inside counts 2, one with digits at its edge 1."""

_LINK = re.compile(
    r"://|^www\.|^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|in|co|io|me|ly|info|example|xyz|top|click)(?:/|$)", re.IGNORECASE
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d\d)")
_RUN = re.compile(r"(.)\1+")
_SWITCH = re.compile(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)")
_INNER = re.compile(r"[a-z]+(?:\d{1,3}[a-z]+)+")
_LEET: Final = str.maketrans("01345678l|!+@$", "oieasgtbiiitas")
_OUTSIDE: Final = "'’*+.!|"

WORD, NAME, LEET, TAG, NUMBER, MIXED, PLACE = range(7)
"""A word; one written with a capital; one with digits inside; one that letters and digits share so evenly that it may
be a made-up mark; a number; a word with digits at its edge; a tag that names a place."""
Step = tuple[int, str]
_PLAIN: Final = frozenset({WORD, NAME})
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Lists:
    """The words of `alike.toml`, folded."""

    places: frozenset[str]
    nouns: frozenset[str]
    endings: tuple[str, ...]
    before: frozenset[str]
    after: frozenset[str]
    cases: tuple[str, ...]
    fillers: frozenset[str]
    denials: frozenset[str]


@cache
def lists() -> Lists:
    """What no comments may differ in, and what they may."""
    data: dict[str, list[str]] = tomli.loads(_LISTS.read_text(encoding="utf-8"))
    words = {name: frozenset(part for entry in entries for part in _bare(entry)) for name, entries in data.items()}
    denials = frozenset(skeleton(word) for word in shipped().words("negator") if " " not in word)
    return Lists(
        words["places"],
        words["nouns"],
        tuple(sorted(words["endings"])),
        words["before"],
        words["after"],
        tuple(sorted(words["cases"], key=len, reverse=True)),
        words["fillers"] - denials,
        denials,
    )


def _bare(entry: str) -> list[str]:
    return [skeleton(fold(part)) for part in entry.split()]


def skeleton(word: str) -> str:
    """A folded word without what disguises it: letters that are drawn or typed for each other are one."""
    return _RUN.sub(r"\1", word.translate(_LEET))


def named(word: str) -> bool:
    """Whether a word by itself is the name of a place, or part of one."""
    known = lists()
    if word in known.places or word in known.nouns or (len(word) > 5 and word.endswith(known.endings)):
        return True
    for case in known.cases:
        stem = word.removesuffix(case)
        if stem != word and (
            stem in known.places or stem in known.nouns or (len(stem) > 4 and stem.endswith(known.endings))
        ):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Plain:
    """A comment without its disguise."""

    words: tuple[str, ...]
    names: frozenset[str]
    """Words that were written with a capital, not the first one."""
    mixed: dict[str, str]
    """Words with digits at an edge: a number ("ward4") or letters in disguise ("fr33"). Folded → as it was typed."""
    marks: frozenset[str]
    """Words that may be made-up marks ("x7k3q"), there to make the text another one."""
    guard: str
    """What two comments must have in common word for word."""
    text: str
    """Words and guard: equal where two comments are equal but for their disguise."""
    letters: str
    """The words run together: spacing says nothing."""


def plain(text: str, *, protected: bool = False, also: Iterable[str] = ()) -> Plain:
    """A clean text without its disguise. `also` are further words in which comments may not differ: personal data."""
    steps: list[Step] = []
    for chunk in text[:_LONGEST].split():
        steps += _steps(chunk)
    kinds = {kind for kind, _ in steps}
    if not kinds <= _PLAIN:
        steps = _read_digits(steps)
    if [len(word) for _, word in steps].count(1) > 2:
        steps = _together(steps)
    words, mixed, marks = ([word for _, word in steps], {}, _NONE) if kinds <= _PLAIN else _sorted_out(steps)
    guard = _guard(steps, protected, also, text[_LONGEST:])
    said = " ".join(words)
    names = frozenset([word for kind, word in steps[1:] if kind == NAME])
    letters = _RUN.sub(r"\1", said.replace(" ", ""))
    return Plain(tuple(words), names, mixed, marks, guard, f"{said}/{guard}", letters)


def _sorted_out(steps: Sequence[Step]) -> tuple[list[str], dict[str, str], frozenset[str]]:
    """The words among the steps, those of them with digits at an edge, and those that may be made-up marks."""
    words: list[str] = []
    mixed: dict[str, str] = {}
    marks: set[str] = set()
    for kind, word in steps:
        if kind == MIXED:
            bare = skeleton(word)
            mixed[bare] = word.translate(_LEET)
            words.append(bare)
        elif kind <= TAG:
            words.append(word)
            if kind == TAG:
                marks.add(word)
    return words, mixed, frozenset(marks)


def _guard(steps: Sequence[Step], protected: bool, also: Iterable[str], rest: str) -> str:
    """Numbers, places in tags, personal data, whether it is protected, and the digest of a long rest."""
    numbers: list[str] = []
    last = -1
    for kind, word in steps:
        if kind == NUMBER:
            if last == NUMBER and len(numbers[-1]) + len(word) >= _LONG_NUMBER:
                numbers[-1] += word
            else:
                numbers.append(word)
        last = kind
    places = sorted(word for kind, word in steps if kind == PLACE)
    tail = blake2b(rest.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() if rest else ""
    parts = (" ".join(numbers), " ".join(places), " ".join(sorted(also)), "p" if protected else "", tail)
    return "/".join(parts) if any(parts) else ""


@lru_cache(maxsize=65536)
def _steps(chunk: str) -> tuple[Step, ...]:
    """What stands between two spaces. Worked out once for each chunk: most were met before, in other comments."""
    if chunk.isascii() and chunk.isalpha():
        return ((_case(chunk), skeleton(chunk.lower())),)
    plain = ascii_digits(HIDDEN.sub("", chunk))
    if _LINK.search(plain) or plain.startswith("@"):
        return ()
    if plain.startswith("#"):
        return _tagged(plain)
    found: list[Step] = []
    for token in TOKEN.finditer(_THOUSANDS.sub("", plain)):
        if token[1]:
            found += _word(token[1].strip(_OUTSIDE))
    return tuple(found)


def _case(word: str) -> int:
    return NAME if word.istitle() and len(word) > 1 else WORD


def _tagged(tag: str) -> tuple[Step, ...]:
    """A tag is left out, unless it is a number or names a place."""
    word = fold(tag.strip("#.,!?:;"))
    if word.isdigit():
        return ((NUMBER, word),)
    bare = skeleton(word)
    return ((PLACE, bare),) if named(bare) else ()


def _word(token: str) -> list[Step]:
    word = fold(token)
    digits = sum(map(str.isdigit, word))
    if not word:
        return []
    if not digits:
        return [(_case(token), skeleton(word.removesuffix("'s").replace("'", "").replace("*", "")))]
    if digits == len(word) or digits >= _PLATE:
        return [(NUMBER, word)]
    if word.isascii() and len(_SWITCH.findall(word)) > 2:
        return [(TAG, skeleton(word))]
    return [(LEET, skeleton(word))] if _INNER.fullmatch(word.translate(_MARKS)) else [(MIXED, word)]


_MARKS: Final = str.maketrans("|!+@$", "iitas")


def _read_digits(steps: list[Step]) -> list[Step]:
    """Digits as letters, where other words show that they stand for letters here: "1s" and "4" beside "sch3me"."""
    kinds = [kind for kind, _ in steps]
    inside = kinds.count(LEET) + kinds.count(TAG)
    if not inside or 2 * inside + kinds.count(MIXED) < _EVIDENT:
        return steps
    fillers = lists().fillers
    read: list[Step] = []
    for kind, word in steps:
        bare = skeleton(word)
        small = kind == NUMBER and len(word) < 3 and bare in fillers
        disguised = kind == MIXED and word.isascii() and not named("".join(filter(str.isalpha, word)))
        read.append((LEET, bare) if small or disguised else (kind, word))
    return read


def _together(steps: Sequence[Step]) -> list[Step]:
    """Letters that stand apart ("f r e e", "f r 3 e") as one word."""
    out: list[Step] = []
    run: list[Step] = []
    for step in (*steps, (WORD, "")):
        if len(step[1]) == 1 and step[0] <= NUMBER:
            run.append(step)
            continue
        if len(run) > 2 and sum(kind != NUMBER for kind, _ in run) * 2 >= len(run):
            out.append((WORD, skeleton("".join(letter for _, letter in run))))
        else:
            out += run
        run = []
        if step[1]:
            out.append(step)
    return out
