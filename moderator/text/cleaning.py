"""Intake: public text neutralised, all of it kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from moderator.text.characters import ASCII, BIDI, KINDS, ODD

LONG: Final = 4000
"""Code points after which a text is flagged as long."""

_REPLACEMENT: Final = "\ufffd"
_LONG_RUN: Final = re.compile(r".?[mvl]{31,}", re.DOTALL)
"""Runs of marks that stay unnormalised: sorting them takes time that grows with the square of the run."""
_ZALGO: Final = re.compile("[mvl]{5}")
_LEGITIMATE: Final = re.compile(
    r"(?<=[vl])j|(?<=[Im])j(?=[vl])|(?<=[Am])j(?=A)|(?<=[ekR])j(?=e)|(?<=eV)j(?=e)|(?<=e)V|(?<=[.])V(?=m)"
)
"""Joiners and selectors that change what a reader sees: in conjuncts, in Persian and Urdu words, emoji, keycaps."""
_FLAG: Final = re.compile(
    "\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
"""The three flags that are spelt with tag characters; tags elsewhere carry hidden words."""
_PASSES: Final = 6


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Neutralised text, whole, in NFC, with what was found: control, bidi, hidden, zalgo, long, unassigned."""

    text: str
    flags: tuple[str, ...] = ()


def clean(text: str) -> Cleaned:
    """All of the text, neutralised and in NFC: what is stored, judged and searched. Never raises, never truncates.

    Controls become visible pictures, bidi controls named marks, and what is no character U+FFFD; hidden characters go,
    except joiners that the script needs. Line ends become newlines, a tab four spaces. Cleaning twice changes nothing.
    """
    flags = {"long"} if len(text) > LONG else set()
    if not ASCII.match(text):
        kinds = text.translate(KINDS)
        if ODD.search(kinds):
            text, kinds = _settled(text, kinds, flags)
        else:
            text = _normal(text, kinds)
        if _ZALGO.search(kinds):
            flags.add("zalgo")
    return Cleaned(text, tuple(sorted(flags)))


def _settled(text: str, kinds: str, flags: set[str]) -> tuple[str, str]:
    """Neutralise until nothing changes: normalising may reorder marks round a joiner that was kept."""
    for _ in range(_PASSES):
        before = text
        if ODD.search(kinds):
            text = _neutral(text, flags)
        text = _normal(text, text.translate(KINDS))
        kinds = text.translate(KINDS)
        if text == before:
            return text, kinds
    text = "".join(char for char, kind in zip(text, kinds, strict=True) if kind not in "jV")
    return text, text.translate(KINDS)


def _normal(text: str, kinds: str) -> str:
    """NFC, but for runs of marks too long to sort."""
    if not _LONG_RUN.search(kinds):
        return unicodedata.normalize("NFC", text)
    parts: list[str] = []
    at = 0
    for run in _LONG_RUN.finditer(kinds):
        parts += unicodedata.normalize("NFC", text[at : run.start()]), text[run.start() : run.end()]
        at = run.end()
    parts.append(unicodedata.normalize("NFC", text[at:]))
    return "".join(parts)


def _neutral(text: str, flags: set[str]) -> str:
    """One pass over everything that is not plain."""
    text = text.replace("\r\n", "\n")
    kinds = text.translate(KINDS)
    kept = {match.start() for match in _LEGITIMATE.finditer(kinds)}
    for flag in _FLAG.finditer(text):
        kept.update(range(*flag.span()))
    parts: list[str] = []
    at = 0
    for odd in ODD.finditer(kinds):
        i = odd.start()
        if i not in kept:
            parts += text[at:i], _stand_in(text[i], kinds[i], flags)
            at = i + 1
    parts.append(text[at:])
    return "".join(parts)


_FOUND: Final = {"c": "control", "x": "unassigned", "b": "bidi", "d": "bidi", "h": "hidden", "g": "hidden",
                 "j": "hidden", "V": "hidden"}  # fmt: skip
_BECOMES: Final = {"n": "\n", "t": "    ", "s": " ", "x": _REPLACEMENT}


def _stand_in(char: str, kind: str, flags: set[str]) -> str:
    """What stands in the clean text for a character that may not."""
    if kind in _FOUND:
        flags.add(_FOUND[kind])
    if kind == "c":
        return _picture(ord(char))
    if kind == "b":
        return f"⟪{BIDI[ord(char)]}⟫"
    return _BECOMES.get(kind, "")


def _picture(code: int) -> str:
    """A control character as something to see: ␛ for ESC."""
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 else _REPLACEMENT
