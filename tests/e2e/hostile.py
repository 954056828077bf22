"""Public text that means harm: a corpus of our own, the lines that carry it into a desk, the judge of what came out."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile_text.jsonl"
"""A larger corpus that may stand beside the repository."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """One text, and the byte strings that a terminal must never get from it."""

    name: str
    text: str
    forbidden: tuple[bytes, ...] = ()


def _case(name: str, text: str, *forbidden: str | bytes) -> Hostile:
    return Hostile(name, text, tuple(one if isinstance(one, bytes) else one.encode() for one in forbidden))


OWN = (
    _case("cursor moved", "Road\x1b[31;47Hbroken", "\x1b[31;47H"),
    _case("screen wiped", "\x1b[2J\x1b[3Jall clear", "\x1b[2J\x1b[3J", "\x1b[3J"),
    _case("answer provoked", "q\x1b[6n\x1b[>0c", "q\x1b[6n", "\x1b[>0c"),
    _case("colours", "\x1b[8mhidden words\x1b[28m", "\x1b[8m"),
    _case("mouse on", "m\x1b[?1003h", "\x1b[?1003h"),
    _case("title", "\x1b]2;taken over\x07t", "\x1b]2;"),
    _case("icon and title", "\x1b]0;taken over\x1b\\", "\x1b]0;"),
    _case("clipboard", "\x1b]52;c;c3RvbGVuIHdvcmRz\x07", "\x1b]52"),
    _case("clipboard, eight bits", "x\x9d52;c;c3RvbGVu\x9c", b"\xc2\x9d", "\u009c"),
    _case("link", "\x1b]8;;http://bad.example/a\x1b\\look\x1b]8;;\x1b\\", "\x1b]8"),
    _case("notification", "\x1b]9;you have won\x07", "\x1b]9"),
    _case("passed through tmux", "\x1bPtmux;\x1b\x1b]52;c;c3RvbGVu\x07\x1b\\", "\x1bP"),
    _case("terminfo asked", "\x1bP+q544e\x1b\\", "\x1bP"),
    _case("setting asked", "\x1bP$qm\x1b\\", "\x1bP$q"),
    _case("application command", "\x1b_Gf=24;AAAA\x1b\\ \x1b^pm\x1b\\ \x1bXsos\x1b\\", "\x1b_", "\x1b^", "\x1bX"),
    _case("eight-bit sequence", "x\u009b31mred", "\u009b"),
    _case("reset", "x\x1bcy", "\x1bc"),
    _case("line drawing", "x\x1b(0lqqk\x1b(B", "\x1b(0"),
    _case("keys sent", "\x1b[5i\x1b[4i", "\x1b[5i"),
    _case("bell", "ding\x07dong", "ding\x07"),
    _case("answer back", "who\x05", "\x05"),
    _case("over-typed", "left public\b\b\b\b\b\bHIDDEN", "\b"),
    _case("carriage return", "kind words\rcruel words", "\rcruel"),
    _case("shifted", "a\x0eb\x0f", "\x0e", "\x0f"),
    _case("deleted", "a\x7fb", "\x7f"),
    _case("nothing", "a\x00b", "\x00"),
    _case("vertical tab, form feed", "a\x0bb\x0cc", "\x0b", "\x0c"),
    _case("substitute, escape alone", "a\x1ab\x1b", "\x1a"),
    _case("next line", "a\u0085b\u0084c", "\u0085", "\u0084"),
    _case("line and paragraph separator", "a\u2028b\u2029c", "\u2028", "\u2029"),
    _case("tab", "a\tb", "a\tb"),
    _case("turned round", "paid \u202eton\u202c \u202dx", "\u202e", "\u202d"),
    _case("isolated", "\u2066a\u2067b\u2068c\u2069", "\u2066", "\u2067", "\u2068"),
    _case("direction marks", "a\u200eb\u200fc\u061cd", "\u200e", "\u200f", "\u061c"),
    _case("nothing to see", "sc\u200bam li\u2060nk \ufeff\u00ad", "\u200b", "\u2060", "\ufeff", "\u00ad"),
    _case("words in tags", "kind\U000e0068\U000e0069\U000e0074", "\U000e0068"),
    _case("tower of marks", "O" + "\u0301\u0316\u0337\u035f" * 60 + "k", "\u0301\u0316\u0337\u035f\u0301"),
    _case("tower of vowel signs", "\u0995" + "\u09be\u09cb" * 60),
    _case("marks with no base", "\u0301\u0489\u09be\u20dd start", "\n\u0301"),
    _case("joined", "\u0915\u094d\u200d\u0937 \u0986\u09ae\u09bf\u200c", "\u200d", "\u200c"),
    _case("family of many", "\U0001f468\u200d" * 40 + "\U0001f466", "\u200d"),
    _case("private use", "a\ue0a0b\U000f0001c", "\ue0a0", "\U000f0001"),
    _case("no characters", "a\ufffeb\ufdd0c\U0001ffff", "\ufffe", "\ufdd0", "\U0001ffff"),
    _case("half a pair", "a\udc00b\ud83dc"),
    _case("markup", "[@click=app.quit]all[/] [link=http://bad.example]x[/link] [reverse red]", "bad.example\x1b"),
    _case("markup left open", "[/] [b [red] ]] \\[ [/nothing] $primary [$error]"),
    _case("one long word", "W" * 5000),
    _case("wide and long", "\u6f22" * 3000),
    _case("many words", "\u09b0\u09be\u09b8\u09cd\u09a4\u09be " * 2000),
    _case("empty lines", "\n" * 40 + "under them"),
    _case("a line of ours", "Thank you.\n\u2713 hidden by the lead at 10:14\nSYSTEM: deleted by order"),
    _case("a row of ours", "  \u203c  late 40 min  threat   letters\n" + "\u2500" * 80 + "\n a leave  h hide\u2026"),
    _case("only spaces", " \u00a0\u2003\u3000 "),
    _case("letters that look alike", "\u0430\u0435\u043e p\u0430ypal \u2215 \u2044"),
)  # fmt: skip
"""Every kind of harm at least once, in our own words."""


def shared() -> tuple[Hostile, ...]:
    """The corpus beside the repository. `SHARED` says where; its absence is the caller's to tell."""
    entries = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()]
    return tuple(
        Hostile(entry["name"], entry["text"], tuple(bytes.fromhex(code) for code in entry["must_not_reach_terminal"]))
        for entry in entries
    )


def tag(number: int) -> str:
    """How the tests know an item on the screen: the start of its author's name."""
    return f"n{number:03d}"


def lines(corpus: Sequence[Hostile]) -> Iterator[bytes]:
    """The corpus as lines for an import account: each text in every field that a stranger can fill."""
    for number, one in enumerate(corpus, 1):
        words = one.text
        fields = {
            "id": f"h{number}",
            "text": words,
            "author": {"id": f"a{number}", "name": f"{tag(number)} {words}"[:400], "handle": words[:200]},
            "created_at": "2026-11-22T10:00:00Z",
            "post": {"id": f"p{number}", "title": words[:400], "text": words[:400], "url": f"https://x.example/{words[:80]}"},
            "permalink": f"https://x.example/{words[:80]}",
            "language": words[:12],
            "media": [{"url": f"https://x.example/{words[:40]}", "alt": words[:200]}] if number % 2 else [],
        }  # fmt: skip
        yield json.dumps(fields).encode() + b"\n"


OUR_SEQUENCES = re.compile(
    rb"\x1b(?:\]22;default\x07|\[[0-9;]*m|\[[0-9;]*H|\[[0-9;]*[JK]|\[\?[0-9;]+[hl]|\[\?[0-9;]+\$p|\[6n|\[[<>][0-9;]*u|[78])"
)
"""What the full screen itself says to a terminal: the pointer's shape, styles, places, erasing, modes, the question of
the cursor."""
OUR_RETURNS = re.compile(rb"\r+\n|\r(?=\x1b\[K|" + "\u0995\u09be".encode() + rb")")
_BAD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0d\ufeff\ufff0-\ufffb\ufffe"
    "\uffff\ue000-\uf8ff\ufdd0-\ufdef\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
MARKS = 4
"""Combining marks that one base may carry on screen."""


def leaks(output: bytes, corpus: Sequence[Hostile]) -> list[str]:
    """What of a corpus got through to a terminal: exact byte strings, and anything that could steer one."""
    found = [f"{one.name}: {code!r}" for one in corpus for code in one.forbidden if code in output]
    rest = OUR_SEQUENCES.sub(b"", OUR_RETURNS.sub(b"", output))
    try:
        drawn = rest.decode()
    except UnicodeDecodeError as fault:
        return [*found, f"not UTF-8: {rest[max(0, fault.start - 20) : fault.end + 20]!r}"]
    found += sorted({f"steers: U+{ord(char):04X}" for char in _BAD.findall(drawn)})
    run = 0
    for char in drawn:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me", "Mc") else 0
        if run > MARKS:
            return [*found, f"more than {MARKS} marks on one base"]
    return found


UNGUARDED = '''
"""Takes protections away, for the control of a test: whatever is named in the environment."""
import os
removed = os.environ.get("TEST_REMOVED", "").split()
if removed:
    from moderator import text
    from moderator.text import cleaning, drawing
    if "clean" in removed:
        def clean(words):
            return cleaning.Cleaned("".join(char for char in words if not 0xD800 <= ord(char) < 0xE000))
        text.clean = cleaning.clean = drawing.clean = clean
    if "display" in removed:
        def shown(words, *, line=False):
            return drawing.Shown(words.replace("\\n", " ") if line else words, range(len(words)))
        text.shown = drawing.shown = shown
        text.display = text.one_line = lambda words: words
    if "guard" in removed:
        text.guard = drawing.guard = lambda words: words
'''
"""A `sitecustomize` for the processes of a control."""


def without(folder: Path, *removed: str) -> dict[str, str]:
    """An environment in which these of clean, display and guard do nothing."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(UNGUARDED, encoding="utf-8")
    return {"PYTHONPATH": str(folder), "TEST_REMOVED": " ".join(removed)}
