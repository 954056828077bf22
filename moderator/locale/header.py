"""What the header of a compiled catalogue says of its language, read without loading the catalogue.

A start of the program names its languages and mostly speaks one: the headers are a few hundred bytes, the catalogues
hundreds of thousands. The format is GNU gettext's `.mo`, whose first entry is the header.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

NAME: Final = "X-Language-Name"
"""Header field of the language's own name, such as हिन्दी."""
NUMERALS: Final = "X-Numerals"
"""Header field of its ten digits from zero on; without it, 0123456789."""
REVIEW: Final = "X-Review"
"""Header field of what is still to be done for the catalogue, in English; empty once a native reader has read it."""

_MAGIC: Final = 0x950412DE


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the interface."""

    code: str
    name: str
    """Its own name for itself."""
    numerals: dict[int, str] = field(default_factory=dict)
    """ASCII digit → its own, for `str.translate`; empty where it uses the international form."""
    review: str = ""
    path: Path = Path()
    """Its compiled catalogue."""


def languages_in(directory: Path) -> Iterator[Language]:
    """The languages whose compiled catalogues stand in a directory, by code. A file that is none is passed over."""
    for path in sorted(directory.glob("*.mo")):
        fields = _fields(path)
        if fields:
            numerals = fields.get(NUMERALS, "")
            own = {ord("0") + n: digit for n, digit in enumerate(numerals)} if len(numerals) == 10 else {}
            yield Language(path.stem, fields.get(NAME) or path.stem, own, fields.get(REVIEW, ""), path)


def _fields(path: Path) -> dict[str, str]:
    """The header's fields; none where the file cannot be read or is no catalogue."""
    try:
        with path.open("rb") as file:
            start = file.read(28)
            order = "<" if struct.unpack("<I", start[:4])[0] == _MAGIC else ">"
            magic, _, _, _, translations = struct.unpack(f"{order}5I", start[:20])
            if magic != _MAGIC:
                return {}
            file.seek(translations)
            length, at = struct.unpack(f"{order}2I", file.read(8))
            file.seek(at)
            text = file.read(length).decode("utf-8")
    except (OSError, struct.error, UnicodeDecodeError):
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}
