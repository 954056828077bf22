"""Words in plain form: how a comment's words and the words that somebody looks for come to be the same.

Letter case, accents, hidden characters, decoration, the digits of other scripts and letters that are written for each
other (Assamese and Bengali ৰ র) make no difference; vowel signs do. What is no letter, digit or mark parts words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ASCII_WORD: Final = re.compile("[0-9a-z]+")
_SAME: Final = {"ৰ": "র", "ৱ": "ব", "়": None, "़": None, "ँ": "ं", "ঁ": None}
"""Letters that are typed for each other, and dots that typists leave out, in decomposed form."""


class _Letters(dict[int, str | None]):
    """Code point → what it is in plain form; None for nothing. Each is looked up once."""

    def __missing__(self, code: int) -> str | None:
        self[code] = found = _plain_letter(chr(code))
        return found


def _plain_letter(letter: str) -> str | None:
    if letter in _SAME:
        return _SAME[letter]
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category == "Cf" or "\u0300" <= letter <= "\u036f" or "\ufe00" <= letter <= "\ufe0f":
        return None
    return letter if category[0] in "LN" or category in ("Mn", "Mc", "Co") else " "


_LETTERS: Final = _Letters()


def plain(text: str) -> str:
    """The words of a text in plain form, one space between them; "" where there are none. Takes any `str`."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    return " ".join(unicodedata.normalize("NFC", apart).split())
