"""Coverage-guided fuzzing of untrusted text: no escape gets through, nothing crashes, cleaning is final.

    pip install atheris && python tests/fuzz/fuzz_text.py -max_total_time=600

Not part of the suite: it needs a library with a compiled part, and time. What it finds becomes a case of the suite.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["moderator.text"]):
    from moderator import text

STEERING = frozenset(chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))) - {"\n"}
"""What a terminal obeys; line ends are ours to write."""

TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's controls that turn a line round."""


def told(data: bytes) -> str:
    """Bytes as a platform may send them: broken UTF-8 and lone surrogates included."""
    given = atheris.FuzzedDataProvider(data)
    if given.ConsumeBool():
        return given.ConsumeUnicode(given.remaining_bytes())
    return data.decode("utf-8", "surrogatepass" if _whole(data) else "replace")


def _whole(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def safe(shown: str) -> None:
    """Nothing that steers a terminal, turns a line round or cannot be written out."""
    shown.encode("utf-8")
    steering = STEERING & set(shown)
    assert not steering, f"{steering!r} in {shown!r}"
    turning = [letter for letter in shown if unicodedata.bidirectional(letter) in TURNING]
    assert not turning, f"{turning!r} in {shown!r}"


def one(data: bytes) -> None:
    """One text through everything that makes it safe."""
    public = told(data)
    cleaned = text.clean(public).text
    safe(cleaned)
    assert text.clean(cleaned).text == cleaned, "cleaning twice is cleaning once"
    for width in (1, 7, 40):
        line = text.one_line(cleaned)
        safe(line)
        assert "\n" not in line
        assert text.cells(text.clip(line, width)) <= width
        assert text.cells(text.pad(line, width)) == width
        for part, _ in text.wrap(line, max(width, 2)):
            safe(part)
    safe(text.guard(public))
    safe(text.one_line(public))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
