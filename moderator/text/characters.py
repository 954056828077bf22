"""What kind of character each code point is, as one letter.

`text.translate(KINDS)` is a map of the text, equal in length, on which regular expressions find trouble quickly:

    .  plain, \\n and space for themselves      I  letter of an Indic script   A  Arabic letter
    m  combining mark    v  virama              l  virama that binds the next letter into one cluster
    e  symbol or emoji   R  flag letter         k  skin tone                   V  emoji or text selector
    j  joiner            L  leading jamo
    ?  of no width that terminals agree on: never drawn as it is
    c  control           x  no character        n  other line end              t  tab        s  other space
    b  bidi control      d  bidi mark           h  hidden       g  tag
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BIDI: Final = {
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip
"""Controls that reorder text, with the names that they are shown by."""

_HIDDEN: Final = frozenset(
    {0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200B, 0x3164, 0xFEFF, 0xFFA0,
     *range(0x180B, 0x1810), *range(0x2060, 0x2066), *range(0x206A, 0x2070), *range(0xFE00, 0xFE0E),
     *range(0xFFF0, 0xFFFC), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B),
     *range(0xE0000, 0xE0020), *range(0xE0080, 0xE1000)}
)  # fmt: skip
"""Invisible by design, among them the variation selectors that no emoji uses."""
_VISIBLE_FORMAT: Final = frozenset({*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD})
"""Number and verse signs that Unicode counts as format characters."""
_BY_CODE: Final = {
    0x0A: "\n", 0x20: " ", 0x0D: "n", 0x85: "n", 0x2028: "n", 0x2029: "n", 0x09: "t", 0x2800: "s",
    0x200C: "j", 0x200D: "j", 0xFE0E: "V", 0xFE0F: "V", 0x200E: "d", 0x200F: "d", 0x061C: "d",
    0x203C: "e", 0x2049: "e", 0x2139: "e", 0x3030: "e",
    **dict.fromkeys((0x094D, 0x09CD, 0x0ACD, 0x0B4D, 0x0C4D, 0x0D4D), "l"),
    **dict.fromkeys(range(0x1F3FB, 0x1F400), "k"), **dict.fromkeys(range(0x1F1E6, 0x1F200), "R"),
    **dict.fromkeys(BIDI, "b"), **dict.fromkeys(_HIDDEN, "h"), **dict.fromkeys(_VISIBLE_FORMAT, "?"),
    **dict.fromkeys(range(0xE0020, 0xE0080), "g"),
}  # fmt: skip
_BY_CATEGORY: Final = {
    "Cc": "c", "Cs": "x", "Co": "x", "Cf": "h", "Zs": "s", "Mn": "m", "Me": "m", "Mc": "m", "So": "e", "Sm": "e",
}  # fmt: skip

REMEMBERED: Final = 20_000
"""Code points remembered; a text that shows every character there is must not fill the memory."""


def _kind(code: int) -> str:
    known = _BY_CODE.get(code)
    if known is not None:
        return known
    if 0x20 < code < 0x7F:
        return "."
    category = unicodedata.category(chr(code))
    if category == "Cn":
        return _unassigned(code)
    return _letter(code, category) or _BY_CATEGORY.get(category, ".")


def _letter(code: int, category: str) -> str:
    """The kinds that a category alone does not tell; "" for none of them."""
    if unicodedata.combining(chr(code)) == 9:
        return "v"
    if 0x1100 <= code < 0x1160 or 0xA960 <= code < 0xA97D:
        return "L"
    if 0x1160 < code < 0x1200 or 0xD7B0 <= code < 0xD7FC:
        return "m"
    if category[0] != "L":
        return ""
    if 0x0900 <= code <= 0x0D7F:
        return "I"
    return "A" if unicodedata.bidirectional(chr(code)) == "AL" else ""


def _unassigned(code: int) -> str:
    """Newer emoji than this Python knows are drawn; anything else has no width that all terminals agree on."""
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "x"
    return "e" if 0x1F6D0 <= code <= 0x1F6FF or 0x1F900 <= code <= 0x1FAFF else "?"


class Kinds(dict[int, str]):
    """Code point → kind, worked out when first met."""

    def __missing__(self, code: int) -> str:
        found = _kind(code)
        if len(self) < REMEMBERED:
            self[code] = found
        return found


KINDS: Final = Kinds()

ASCII: Final = re.compile(r"[\x20-\x7e\n]*\Z")
"""Matches text that needs no look: printable ASCII and newlines."""
ODD: Final = re.compile("[jVcxntbdhgs]")
"""Kinds that a clean text has only where the script needs them."""
EXTENDING: Final = "mvljVkg"
"""Kinds that belong to the character before them."""
