"""An Assamese or Hindi keyboard (InScript, IS 13194 and its 2016 enhancement) at a place where letters are keys.

The two layouts put every letter of their script on the same physical key, so a letter that arrives names the key that
was pressed: ো is the key `a`, ক is `k`, ৰ is `j`. Rows are as the keys lie, from the left, unshifted and shifted; a dot
stands for a key that gives no letter of the script. Signs that the layouts keep arrive as themselves.
"""

from __future__ import annotations

_KEYS = ("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "QWERTYUIOP{}", 'ASDFGHJKL:"', "ZXCVBNM<>?")
"""The letter rows, first unshifted, then shifted."""

_ASSAMESE = (
    ("ৌ", "ৈ", "া", "ী", "ূ", "ব", "হ", "গ", "দ", "জ", "ড", "\u09bc"),
    ("ো", "ে", "্", "ি", "ু", "প", "ৰ", "ক", "ত", "চ", "ট"),
    ("ৎ", "ং", "ম", "ন", "ৱ", "ল", "স", "", "", "\u09df"),
    ("ঔ", "ঐ", "আ", "ঈ", "ঊ", "ভ", "ঙ", "ঘ", "ধ", "ঝ", "ঢ", "ঞ"),
    ("ও", "এ", "অ", "ই", "উ", "ফ", "\u09dd", "খ", "থ", "ছ", "ঠ"),
    ("", "ঁ", "ণ", "", "", "", "শ", "ষ", "।", "য"),
)
_HINDI = (
    ("ौ", "ै", "ा", "ी", "ू", "ब", "ह", "ग", "द", "ज", "ड", "\u093c"),
    ("ो", "े", "्", "ि", "ु", "प", "र", "क", "त", "च", "ट"),
    ("\u0946", "ं", "म", "न", "व", "ल", "स", "", "", "य"),
    ("औ", "ऐ", "आ", "ई", "ऊ", "भ", "ङ", "घ", "ध", "झ", "ढ", "ञ"),
    ("ओ", "ए", "अ", "इ", "उ", "फ", "\u0931", "ख", "थ", "छ", "ठ"),
    ("\u090e", "ँ", "ण", "\u0929", "\u0934", "ळ", "श", "ष", "", "\u095f"),
)
_OTHERS = {
    "র": "j",  # the Bengali form of the key that gives ৰ
    "\u090d": "!",  # ऍ, on the shifted 1
    "\u0943": "=", "\u09c3": "=", "\u090b": "+", "\u098b": "+", "\u0903": "_", "\u0983": "_",
}  # fmt: skip
"""What the top row gives, and what differs between the layouts of one script."""

LATIN: dict[str, str] = {
    letter: key
    for layout in (_ASSAMESE, _HINDI)
    for keys, letters in zip(_KEYS, layout, strict=True)
    for key, letter in zip(keys, letters, strict=True)
    if letter
} | _OTHERS | {chr(zero + digit): str(digit) for zero in (0x09E6, 0x0966) for digit in range(10)}  # fmt: skip
"""Letter or digit of the script → the Latin key in its place. The danda, which both scripts share, is `>`."""


def latin(character: str | None) -> str | None:
    """The Latin key that gave this character on an InScript keyboard; None where it came from no such key."""
    return LATIN.get(character) if character else None
