"""Which language a comment is in, by script, letters and small words. Rules, not a model; nothing is loaded."""

from __future__ import annotations

import re
from functools import cache

from moderator.policy.lexicon import shipped

_DEVANAGARI = re.compile("[\u0904-\u0939\u0958-\u0961]")
_BENGALI = re.compile("[\u0985-\u09b9\u09dc-\u09f1]")
_LATIN = re.compile("[A-Za-z]")
_OTHER = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0590-\u08ff\u0a00-\u0dff\u0e00-\u10ff\u1c50-\u1c7f\u3040-\ud7ff\uabc0-\uabff]"
)
_ASSAMESE = re.compile("[ৰৱ]|(?:^|\\s)(?:মই|আৰু|আছে|নাই|হয়|কৰা|এই|পৰা|ক'ত|কিয়)(?=\\s|$)")
_BODO = re.compile(
    "(?:^|\\s)(?:आं|आंनि|नोंथां|नों|बेयो|दङ|जाबाय|मोनसे|खौ|नि|आरो|गासै|थांनाय|मानो|बिनि)(?=\\s|$)|ओंखाम|जायो|थाखाय"
)
_WORD = re.compile("[a-z']+")
_APART = bytes(code if _WORD.match(chr(code)) else 0x20 for code in range(256))
"""ASCII with all but words as spaces: splitting at spaces is quicker than the expression."""


@cache
def _small_words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Small words of English, romanised Hindi and romanised Assamese."""
    lexicon = shipped()
    return (
        lexicon.words("small_english"),
        lexicon.words("small_hindi_latin"),
        lexicon.words("small_assamese_latin"),
    )


def of(text: str, declared: str = "") -> str:
    """en, hi-Latn, as-Latn, hi, as, bn, brx, another declared tag, or und.

    What the platform declares decides only where the text itself does not: platforms often guess from the account.
    """
    sample = text[:4000]
    if not sample.isascii():
        found = _by_script(sample)
        if found:
            return found
    found = _by_words(sample)
    return found or declared or "und"


def _by_script(text: str) -> str:
    latin = len(_LATIN.findall(text))
    deva, beng, other = (len(shape.findall(text)) for shape in (_DEVANAGARI, _BENGALI, _OTHER))
    if other > max(latin, deva, beng):
        return "und"
    if deva >= beng and deva * 2 > latin:
        return ("brx" if _BODO.search(text) else "hi") if deva else ""
    if beng * 2 > latin:
        return "as" if _ASSAMESE.search(text) else "bn"
    return ""


def _by_words(text: str) -> str:
    lower = text.lower()
    words = set(lower.encode().translate(_APART).decode().split() if lower.isascii() else _WORD.findall(lower))
    if not words:
        return ""
    english, hindi, assamese = (len(words & known) for known in _small_words())
    if max(hindi, assamese) > english or (hindi >= 2 and hindi >= english):
        return "hi-Latn" if hindi >= assamese else "as-Latn"
    return "en" if english or len(words) < 4 else ""
