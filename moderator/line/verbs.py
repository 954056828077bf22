"""What can be typed: a verb, its letter, its help; and how a typed line becomes one of them.

A verb is its letter (the key of the full screen, its case matters), its word, or as many of the word's letters as no
other verb begins with, at least three.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from moderator import text
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Permission
from moderator.locale import N_, _

if TYPE_CHECKING:
    from moderator.line.officer import Officer

Run = Callable[["Officer", str], None]

SHORTEST: Final = 3
"""Letters of a word that an abbreviation needs: two are soon typed by mistake."""


class Group(StrEnum):
    """Under which heading the help names a verb."""

    DECIDE = "decide"
    WORK = "work"
    LOOK = "look"
    FIND = "find"
    MANY = "many"
    DESK = "desk"


HEADINGS: Final[dict[Group, str]] = {
    Group.DECIDE: N_("Decide on the item in hand"),
    Group.WORK: N_("Work on it"),
    Group.LOOK: N_("Look at it"),
    Group.FIND: N_("Find and list items"),
    Group.MANY: N_("Several items at once"),
    Group.DESK: N_("The desk"),
}


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be typed."""

    key: str
    """The letter, as on the full screen; "" where there is only the word."""
    word: str
    help: str
    """What it does, in a few words: a template of the catalogues."""
    run: Run
    group: Group
    usage: tuple[str, ...] = ()
    """Examples, as they are typed; none where the letter alone is all."""
    more: str = ""
    """What else is good to know: a template of the catalogues."""
    needs: Permission = Permission.READ
    decides: bool = False
    """Whether it ends, moves or answers an item: it counts only once the item can have been read."""
    alone: bool = False
    """Whether nothing may follow it on its line, so that a sentence that went astray decides nothing."""
    also: tuple[str, ...] = ()
    """Other words for it, which are not abbreviated."""

    @property
    def typed(self) -> str:
        """How it is typed: "a or leave"; "following or ]", since a sign may be passed over when it is read aloud."""
        if not self.key:
            return self.word
        first, second = (self.key, self.word) if self.key.isalpha() else (self.word, self.key)
        return _("{first} or {second}", first=first, second=second)


_SIGN = re.compile(r"(?P<name>[^\w\s])\s*(?P<rest>.*)\Z", re.DOTALL)
_LETTER = re.compile(r"(?P<name>[^\W\d_])(?:\s+(?P<rest>.*)|(?P<digits>\d.*))?\Z", re.DOTALL)
_WORD = re.compile(r"(?P<name>[^\W\d_]{2,})(?:\s+(?P<rest>.*))?\Z", re.DOTALL)


def parted(typed: str, verbs: Iterable[Verb]) -> tuple[str, str]:
    """The name at the start of a typed line, and what follows it."""
    for verb in verbs:
        for name in verb.also:
            if " " in name and (typed.lower() == name or typed.lower().startswith(f"{name} ")):
                return verb.word, typed[len(name) :].strip()
    for shape in (_SIGN, _LETTER, _WORD):
        found = shape.match(typed)
        if found:
            parts = found.groupdict()
            return parts["name"], (parts.get("rest") or parts.get("digits") or "").strip()
    return typed, ""


def named(name: str, verbs: Sequence[Verb]) -> Verb:
    """The verb of this letter, word or abbreviation. Raises `Refused`, naming what it could be."""
    word = name.lower()
    for verb in verbs:
        if name and (name == verb.key or (len(name) > 1 and word in (verb.word, *verb.also))):
            return verb
    begun = [verb for verb in verbs if len(word) >= SHORTEST and verb.word.startswith(word)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        could = ", ".join(verb.word for verb in begun)
        raise Refused(Code.BAD, _("“{typed}” can mean: {verbs}.", typed=word, verbs=could), _("Type one letter more."))
    shown = text.clip(text.one_line(name), 40)
    raise Refused(Code.BAD, _("“{typed}” is no command here.", typed=shown), _("? lists them."))
