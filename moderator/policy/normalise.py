"""How a word is read whatever its disguise, without losing where it stands in the text.

Matching never works on a rewritten copy of the comment: each token keeps its own span of the clean text and only its
*reading* is folded. A finding therefore always cites the words as they were written.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_WORD = 48
"""Letters after which a token is no word of any lexicon."""

_INDIC = (0x0900, 0x0DFF)
_HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef"
)
_BOXED = "\u24b6-\u24e9\U0001f110-\U0001f189\U0001f1e6-\U0001f1ff"
_MARKS = (
    "\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3"
    "\u09fe\u0a01-\u0dff"
)
_LETTER = rf"\w{_HIDDEN}{_BOXED}{_MARKS}"
_WORD = rf"[@$]?[{_LETTER}]+(?:[@$*!|+'’´`]+[{_LETTER}]+)*"

TOKEN = re.compile(rf"({_WORD})|([.!?\n\r।॥;…]+)|([\"“”„«»]|[‘’'](?=\S)|(?<=\S)[’'])|,")
"""A word, an end of sentence, a quotation mark or a comma; everything else lies between. Linear: no nested repeats."""

HIDDEN = re.compile(f"[{_HIDDEN}]+")
"""Characters that are drawn as nothing."""

_REPEATS = re.compile(r"(.)\1{2,}")
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "i", "+": "t"}
)
_LEET_L = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "l", "|": "l", "+": "t"}
)
_APOSTROPHES = str.maketrans("’´`", "'''")

_LOOK_ALIKES = (
    "аa вb еe іi јj кk мm нh оo рp сc тt уy хx ѕs һh ԁd ԛq ԝw ьb ҽe ӏl ѵv гr пn "
    "αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw γy σo "
    "ıi łl øo đd ħh ŧt ɑa ɡg ɩi ʟl ɪi ᴀa ᴄc ᴅd ᴇe ᴋk ᴍm ɴn ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ʀr ʙb ɢg ʜh ᴊj ꜱs "
    "ꓮa ꓐb ꓚc ꓓd ꓰe ꓝf ꓖg ꓧh ꓲi ꓙj ꓗk ꓡl ꓟm ꓠn ꓳo ꓑp ꓣr ꓢs ꓔt ꓴu ꓦv ꓪw ꓫx ꓬy ꓜz "
    "Ꭰd Ꭱr Ꭲt Ꭵi Ꭺa Ꭻj Ꭼe Ꮃw Ꮇm Ꮋh Ꮍy Ꮐg Ꮓz Ꮟb Ꮢr Ꮥs Ꮩv Ꮪs Ꮮl Ꮯc Ꮲp Ꮶk Ꮷd"
)
_CONFUSABLES = str.maketrans({pair[0]: pair[1] for pair in _LOOK_ALIKES.split()})
"""Letters of other scripts that are drawn like Latin ones; the key stands in its case-folded form."""

_INDIC_FOLD = str.maketrans({"ৰ": "র", "ৱ": "ব", "়": None, "़": None, "ँ": "ं", "ঁ": None})
"""Assamese and Bengali letters that are written for each other, and dots that typists leave out."""

_DIGITS = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(128, sys.maxunicode + 1)
    if unicodedata.category(chr(code)) == "Nd"
}

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


def ascii_digits(text: str) -> str:
    """The text with the decimal digits of every script as 0–9; code point for code point, so spans stay true."""
    return text if text.isascii() or not _OTHER_DIGIT.search(text) else text.translate(_DIGITS)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word in plain lower case: hidden characters, look-alikes and decoration gone, Indic vowel signs kept."""
    if word.isascii():
        return word.lower()
    word = HIDDEN.sub("", word).translate(_APOSTROPHES)
    if word.isascii():
        return word.lower()
    letters = "".join(_plain(letter) for letter in word[: LONGEST_WORD * 4])
    return unicodedata.normalize("NFC", letters).translate(_INDIC_FOLD).casefold().translate(_CONFUSABLES)


def _plain(letter: str) -> str:
    code = ord(letter)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(code - 0x1F1E6 + 97)
    if 0x1F110 <= code <= 0x1F189:
        return chr((code - 0x1F110) % 32 + 97) if (code - 0x1F110) % 32 < 26 else ""
    if _INDIC[0] <= code <= _INDIC[1]:
        return unicodedata.normalize("NFD", letter)
    apart = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in apart if unicodedata.category(part) != "Mn")


def readings(word: str) -> Iterator[str]:
    """Other ways in which a folded word may be meant: without a possessive, in leet, with stretched letters."""
    if word.endswith("'s"):
        yield word[:-2]
    plain = word.replace("'", "").replace("*", "").replace("+", "") if not word.isalnum() else word
    if plain != word:
        yield plain
    mixed = not word.isalpha() and any(letter.isalpha() for letter in word)
    forms = [word, word.translate(_LEET), word.translate(_LEET_L)] if mixed else [word]
    for form in forms:
        if form is not word:
            yield form
        single = _REPEATS.sub(r"\1", form)
        if single != form:
            yield single
            yield _REPEATS.sub(r"\1\1", form)


def misspellings(word: str) -> Iterator[str]:
    """A word with two neighbouring letters swapped, or one of its inner letters missing."""
    last = len(word) - 1
    for i in range(1, last):
        if word[i] != word[i + 1]:
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if len(word) >= 5:
        for i in range(1, last):
            yield word[:i] + word[i + 1 :]


def starred(word: str, whole: str) -> bool:
    """Whether a word with stars ("id*ot", "f**k") can stand for this one."""
    return len(word) == len(whole) and all(a == b or a == "*" for a, b in zip(word, whole, strict=True))
