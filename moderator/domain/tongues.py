"""Languages that people write and read, by their codes, and how the desk names them in a sentence."""

from __future__ import annotations

from typing import Final

from moderator.domain.wording import Words, mark, words

UNKNOWN: Final = "und"
"""The code of a language that nobody has recognised."""

_NAMES: Final = {
    "as": mark("Assamese"), "bn": mark("Bengali"), "brx": mark("Bodo"), "en": mark("English"), "hi": mark("Hindi"),
    "kha": mark("Khasi"), "mni": mark("Manipuri"), "ne": mark("Nepali"), "sat": mark("Santali"), "ur": mark("Urdu"),
    "ta": mark("Tamil"), "te": mark("Telugu"), "dz": mark("Dzongkha"),
}  # fmt: skip


def base(code: str) -> str:
    """The language without its script: "hi" for "hi-Latn"; "und" where there is no code."""
    return code.strip().partition("-")[0].lower()[:8] or UNKNOWN


def known(code: str) -> bool:
    """Whether a code names a language at all."""
    return base(code) not in (UNKNOWN, "zxx", "mul")


def name_of(code: str) -> Words:
    """A language as a sentence names it; a code that we have no word for stands as it is."""
    found = base(code)
    return words(_NAMES[found]) if found in _NAMES else words("the language “{code}”", code=found)
