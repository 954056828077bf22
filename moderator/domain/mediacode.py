"""Short codes for what is opened elsewhere: read off this screen, typed on another machine, never clicked here.

A code is a number in letters that are hard to mix up and spell no words, with a last letter that catches a slip. It
says which item and which of its pictures is meant, and holds nothing else.
"""

from __future__ import annotations

from typing import Final

from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words

_LETTERS: Final = "BCDFHJKLMNPQRSTVWXZ"
_BASE: Final = len(_LETTERS)
"""A prime, so that the last letter can catch every slip."""
PLACES: Final = 10
"""Most things of one item that have a code: the comment itself at 0, its pictures after it."""
_SHORTEST: Final = 3


def code_of(item_id: int, place: int) -> str:
    """The code of one thing of an item: at least three letters and the one that checks them."""
    number, letters = item_id * PLACES + place, ""
    while number or len(letters) < _SHORTEST:
        number, rest = divmod(number, _BASE)
        letters = _LETTERS[rest] + letters
    return letters + _check(letters)


def read(code: str) -> tuple[int, int]:
    """Item and place of a code, in any case and with spaces. Refuses one that was mistyped."""
    letters = "".join(code.upper().split())
    if not _SHORTEST < len(letters) <= 16 or set(letters) - set(_LETTERS) or _check(letters[:-1]) != letters[-1]:
        raise Refused(
            Code.BAD,
            words("That is no code of this desk: a letter is wrong or missing."),
            words("Copy it again from the item's screen."),
        )
    number = 0
    for letter in letters[:-1]:
        number = number * _BASE + _LETTERS.index(letter)
    return divmod(number, PLACES)


def _check(letters: str) -> str:
    """One letter over all others and their places: any single slip, and any swap of neighbours, changes it."""
    total = sum(at * _LETTERS.index(letter) for at, letter in enumerate(letters, start=1))
    return _LETTERS[total % _BASE]
