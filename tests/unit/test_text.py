"""Hostile text: what intake keeps, what may be drawn, and how wide it is."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderator import text

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile_text.jsonl"

ASSAMESE = "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই, কেতিয়া দিব?"
FAMILY = "👨\u200d👩\u200d👧"

TROUBLE = (
    "\x00\x07\x08\t\n\r\x0b\x0c\x0e\x1b\x7f\x85\x9b\x9d\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u2800\u3164\ufe0e\ufe0f\ufeff\ufff9\ue000\ud800\udfff\uffff"
    "\U000e0041\U000e007f\U0010ffff\U000e0100"
)
PIECES = (
    "aZ 1#é\u0301\u0323\u0336\u0489\u0344ক্ষা\u09bc\u09c7\u09beয়রन्दि्ที่བསྒྲུབསابپےَ漢字한ᄀ각ힰ👍🏽🏴❤🇮🇳\u20e3Ω≠;\u0600\u0378"
)

any_text = st.text(st.one_of(st.sampled_from(TROUBLE + PIECES), st.characters()), max_size=60)
"""Any `str` at all, lone surrogates included, with the troublesome characters crowded."""

HIDDEN_OR_OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff"
    "\ue000-\uf8ff\ufffe\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
FLAGS = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{5}\U000e007f")


def never_to_the_terminal(raw: str, forbidden: list[str], drawn: str) -> list[str]:
    """The byte strings of a corpus row that are in what would be drawn."""
    data = drawn.encode("utf-8", "surrogatepass")
    return [found for found in forbidden if bytes.fromhex(found) in data]


def corpus() -> list[tuple[str, str, list[str]]]:
    rows = [json.loads(line) for line in SHARED.read_text("utf-8").splitlines()]
    return [(row["name"], row["text"], row["must_not_reach_terminal"]) for row in rows]


needs_corpus = pytest.mark.skipif(not SHARED.exists(), reason="the corpus of hostile text is not on this machine")


@pytest.mark.req("F14", "Z22", "X7")
@needs_corpus
def test_no_corpus_row_reaches_the_terminal():
    for name, raw, forbidden in corpus():
        for drawn in (text.display(raw), text.one_line(raw), text.display(text.clean(raw).text)):
            assert never_to_the_terminal(raw, forbidden, drawn) == [], name
        assert not HIDDEN_OR_OBEYED.search(text.one_line(raw)), name


@pytest.mark.req("F14")
@needs_corpus
def test_control_the_corpus_does_reach_the_terminal_when_nothing_protects():
    leaks = [name for name, raw, forbidden in corpus() if never_to_the_terminal(raw, forbidden, raw)]
    assert len(leaks) > 20


@pytest.mark.req("F14")
@pytest.mark.parametrize(
    ("raw", "kept", "flags"),
    [
        ("plain words, 100%\nsecond line", "plain words, 100%\nsecond line", ()),
        ("A\x1b[3Jx", "A␛[3Jx", ("control",)),
        ("A\x00x\x7f", "A␀x␡", ("control",)),
        ("A\x9b1mx", "A\ufffd1mx", ("control",)),
        ("a\r\nb\rc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf", ()),
        ("a\tb", "a    b", ()),
        ("pay \u202eevil\u202c", "pay ⟪RLO⟫evil⟪PDF⟫", ("bidi",)),
        ("x\u200fy", "xy", ("bidi",)),
        ("ab\u200bu\u00ads\u2060e\ufeff", "abuse", ("hidden",)),
        ("ab\ufe00u\u180bs\U000e0101e", "abuse", ("hidden",)),
        ("ab\u200du\u200cs\ufe0fe", "abuse", ("hidden",)),
        ("hi\U000e0041\U000e0042", "hi", ("hidden",)),
        ("\ud800\ue000\uffff\U000ffffe", "\ufffd" * 4, ("unassigned",)),
        ("a\u00a0b\u2003c\u2800d", "a b c d", ()),
        (
            "Z" + "\u0301\u0336" * 9,
            "Z\u0301".replace("Z\u0301", unicodedata.normalize("NFC", "Z" + "\u0301\u0336" * 9)),
            ("zalgo",),
        ),
    ],
)
def test_what_cleaning_makes_of(raw, kept, flags):
    assert text.clean(raw) == text.Cleaned(kept, flags)


@pytest.mark.req("F14", "L1")
@pytest.mark.parametrize(
    "kept",
    [
        ASSAMESE,
        "ক্\u200dষ",
        "র\u200d্য",
        "क्\u200cष",
        "می\u200cخواهم",
        FAMILY,
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
        "👍🏽",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "བསྒྲུབས",
        "\U0001fae8",
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_cleaning_leaves_what_the_script_needs(kept):
    normal = unicodedata.normalize("NFC", kept)
    assert text.clean(kept) == text.Cleaned(normal, ())


def test_a_long_text_is_flagged_and_whole():
    raw = "x" * 1_000_000 + "end"
    assert text.clean(raw) == text.Cleaned(raw, ("long",))


@pytest.mark.req("F14")
def test_a_flood_of_marks_is_kept_at_intake_and_capped_on_screen():
    raw = "a" + "\u0336\u0323" * 200_000
    assert text.clean(raw).text == raw
    assert text.clean(raw).flags == ("long", "zalgo")
    assert len(text.display(raw)) == 1 + text.MARKS


@given(any_text)
@example("\u0323\u09cd\u200d")
@example("ক\u0323\u09cd\u200dষ")
@settings(max_examples=400, deadline=None)
@pytest.mark.req("F14")
def test_cleaning_any_text_is_safe_final_and_writable(raw):
    once = text.clean(raw)
    assert text.clean(once.text).text == once.text
    once.text.encode("utf-8")
    left = set(HIDDEN_OR_OBEYED.findall(FLAGS.sub("", once.text)))
    assert left <= set("\u200c\u200d\ufe0e\ufe0f")


@given(any_text)
@settings(max_examples=400, deadline=None)
@pytest.mark.req("F14", "Z22")
def test_what_is_drawn_of_any_text_is_safe_and_final(raw):
    drawn = text.display(raw)
    line = text.one_line(raw)
    assert not HIDDEN_OR_OBEYED.search(drawn)
    assert "\n" not in line
    assert text.guard(line) == line
    assert text.display(drawn) == drawn
    assert text.one_line(line) == line
    assert not re.search(r"\n *\n *\n *\n", drawn)


@given(any_text)
@settings(max_examples=300, deadline=None)
def test_origins_tell_where_each_drawn_character_stood(raw):
    kept = text.clean(raw).text
    for line in (False, True):
        drawn = text.shown(kept, line=line)
        assert len(drawn.origins) == len(drawn.text)
        assert list(drawn.origins) == sorted(drawn.origins)
        for char, origin in zip(drawn.text, drawn.origins, strict=True):
            assert char in (kept[origin], "\ufffd", "\u25cc") or (line and char in " ⏎")


def test_a_span_of_the_clean_text_is_found_again_on_screen():
    kept = "one\n\n\n\n\n\ntwo ক্\u200dষ three"
    drawn = text.shown(kept)
    start, end = drawn.span(kept.index("three"), len(kept))
    assert drawn.text[start:end] == "three"
    assert text.shown("a\u200db").span(1, 1) == (0, 0)


@pytest.mark.req("Z22")
@pytest.mark.parametrize(
    ("raw", "drawn"),
    [
        ("k j V g m v e R", "k j V g m v e R"),
        ("a\n\n\n\n\n\nb", "a\n\n\nb"),
        ("a\n \n  \n \n\nb", "a\n \n  \n b"),
        ("a\n\n\nb", "a\n\n\nb"),
        (FAMILY, "👨👩👧"),
        ("👍🏽 ❤\ufe0f", "👍 ❤"),
        ("ক্\u200dষ", "ক্ষ"),
        ("\u0301x\n\u0336y", "◌\u0301x\n◌\u0336y"),
        ("\u0378", "\ufffd"),
        ("Z" + "\u0489" * 30 + "end", "Z" + "\u0489" * 4 + "end"),
        ("ᄀ" + "ᅡ" * 30, "가" + "ᅡ" * 4),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_what_is_drawn_of(raw, drawn):
    assert text.display(text.clean(raw).text) == drawn


def test_newlines_on_one_line():
    assert text.one_line("a\n\n \nb\nc") == "a ⏎  b ⏎ c"


@pytest.mark.req("F14")
@given(any_text)
@settings(max_examples=200, deadline=None)
def test_the_guard_lets_nothing_by(raw):
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", text.guard(raw))
    assert len(text.guard(raw)) == len(raw)


@pytest.mark.parametrize(
    ("drawn", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("বা", 2),
        ("ক্ষা", 3),
        ("漢字", 4),
        ("👨👩", 4),
        ("e\u0301", 1),
        ("🇮🇳", 2),
        ("한", 2),
        ("각", 2),
        ("\U0001fae8", 2),
        ("ﻻ…░⏎◌", 5),
        ("བསྒྲུབས", 4),
    ],
)
def test_cells(drawn, width):
    assert text.cells(drawn) == width


def test_terminals_that_give_vowel_signs_no_cell():
    try:
        text.use_wide_marks(False)
        assert text.cells("কা") == 1
        assert text.pad("কা", 4) == "কা   "
    finally:
        text.use_wide_marks(True)
    assert text.cells("কা") == 2


drawn_text = any_text.map(text.one_line)


@given(drawn_text, st.integers(-1, 40))
@settings(max_examples=300, deadline=None)
def test_clipping_and_padding_keep_to_the_width(drawn, width):
    clipped = text.clip(drawn, width)
    assert text.cells(clipped) <= max(width, 0)
    assert clipped == drawn or width <= 0 or (clipped[-1] == "…" and drawn.startswith(clipped[:-1]))
    assert (clipped == drawn) == (text.cells(drawn) <= width) or not drawn or width <= 0
    assert text.cells(text.pad(drawn, width)) == max(width, 0)


def test_clipping_a_huge_line_looks_at_its_start_only():
    assert text.clip("漢" * 1_000_000, 7) == "漢漢漢…"
    assert text.clip("a" + "\u0301" * 500, 3) == "a" + "\u0301" * 500
    assert text.cells(text.clip("a" + "\u0301" * 500 + "bcd", 3)) <= 3


@given(any_text.map(text.display), st.integers(2, 30))
@settings(max_examples=300, deadline=None)
def test_wrapping_gives_slices_that_cover_the_text(drawn, width):
    lines = text.wrap(drawn, width)
    assert all(text.cells(line) <= width for line, _ in lines)
    assert all(drawn[start : start + len(line)] == line for line, start in lines)
    taken = {i for line, start in lines for i in range(start, start + len(line))}
    assert all(drawn[i] in " \n" for i in set(range(len(drawn))) - taken)
    assert len(taken) == sum(len(line) for line, _ in lines)


@pytest.mark.parametrize(
    ("drawn", "width", "lines"),
    [
        ("", 10, [""]),
        ("a\n\nb", 10, ["a", "", "b"]),
        ("the quick brown fox", 10, ["the quick", "brown fox"]),
        ("the quick  brown", 9, ["the quick", "brown"]),
        ("averyverylongword", 6, ["averyv", "erylon", "gword"]),
        ("འབྲུག་རྒྱལ་ཁབ", 5, ["འབྲུག་", "རྒྱལ་ཁབ"]),
        ("ক্ষক্ষক্ষ", 5, ["ক্ষক্ষ", "ক্ষ"]),
        ("漢字漢", 3, ["漢", "字", "漢"]),
    ],
)
def test_wrapping(drawn, width, lines):
    assert [line for line, _ in text.wrap(drawn, width)] == lines


@pytest.mark.req("G9", "L1")
@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("abc", 3),
        ("a\r\nb", 3),
        ("অসম", 3),
        ("ক্ষা", 1),
        ("ক্\u200dষ", 1),
        ("ক্\u200cষ", 2),
        ("র\u200d্য", 1),
        ("কি", 1),
        ("অসমীয়া", 4),
        ("நி", 1),
        (FAMILY, 1),
        ("👍🏽👍", 2),
        ("🇮🇳🇧🇹", 2),
        ("각각", 2),
        ("1\ufe0f\u20e3", 1),
        ("e\u0301\u0323x", 2),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_graphemes(written, count):
    assert len(text.graphemes(written)) == count


@given(any_text)
@settings(max_examples=200, deadline=None)
def test_graphemes_lose_nothing(raw):
    assert "".join(text.graphemes(raw)) == raw


@pytest.mark.req("B13")
@given(any_text, st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=3))
@settings(max_examples=200, deadline=None)
def test_covering_hides_the_span_and_keeps_the_length(raw, spans):
    covered = text.cover(raw, spans)
    assert len(covered) == len(raw)
    for i, char in enumerate(raw):
        if any(start <= i < end for start, end in spans):
            assert covered[i] == "░" or char.isspace()
        else:
            assert covered[i] == char


@pytest.mark.req("X1")
@pytest.mark.parametrize(
    ("raw", "inert"),
    [
        ("http://evil.example/a.b", "hxxp://evil[.]example/a.b"),
        ("HTTPS://Evil.example", "hxxps://Evil[.]example"),
        ("https://bank.example@evil.example/x", "hxxps://…@evil[.]example/x"),
        ("https://evil.example\\@bank.example", "hxxps://evil[.]example/@bank.example"),
        ("http://аррӏе.com", "hxxp://xn--80ak6aa92e[.]com"),
        ("http://ｅｖｉｌ．example", "hxxp://evil[.]example"),
        ("see www.evil.example now", "see www[.]evil[.]example now"),
        ("go evil.example/x?y=1, ok", "go evil[.]example/x?y=1, ok"),
        ("http://[::1", "hxxp://[::1"),
        ("Rs.500 and 3.14 and end.", "Rs.500 and 3.14 and end."),
    ],
)
def test_links_are_made_inert(raw, inert):
    assert text.defang(raw) == inert


@given(any_text)
@settings(max_examples=200, deadline=None)
@pytest.mark.req("X1")
def test_no_text_keeps_a_live_link(raw):
    assert not re.search(r"https?://", text.defang(f"{raw} http://{raw}.example https://x{raw}"))
