"""The languages of the interface: found by their catalogues, each with its numerals; English needs none."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import catalogue
import polib
import pytest

from moderator import locale
from moderator.domain.wording import counted, words

CLOSED = "Item {item} is closed: the comment is gone."
BRX = """
msgid ""
msgstr ""
"Language: brx\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"X-Language-Name: बर'\\n"
"X-Numerals: ०१२३४५६७८९\\n"
"X-Review: Bodo: awaiting a native reader's review\\n"

msgid "Item {item} is closed: the comment is gone."
msgstr "आइटेम {item} बन्द।"

msgid "{n} renewed."
msgid_plural "{n} renewed."
msgstr[0] "{n} बे"
msgstr[1] "{n} बेफोर"
"""


@pytest.fixture
def bodo(tmp_path: Path) -> str:
    """A language that is there by its one .po file: no line of code knows of it."""
    (tmp_path / "brx.po").write_text(BRX, encoding="utf-8")
    catalogue.compile_all(tmp_path, tmp_path)
    locale.load(tmp_path)
    locale.use("brx")
    yield "brx"
    locale.load()


@pytest.mark.req("L2")
def test_a_language_is_added_by_one_file(bodo: str) -> None:
    assert locale.LANGUAGES == {"en": "English", "brx": "बर'"}
    assert locale._(CLOSED, item=7) == "आइटेम 7 बन्द।", "an id is said as it is typed"
    assert locale.n_("{n} renewed.", "{n} renewed.", 1) == "१ बे"
    assert locale.n_("{n} renewed.", "{n} renewed.", 12) == "१२ बेफोर"
    assert locale.review(bodo) == "Bodo: awaiting a native reader's review"
    assert locale.translated(counted("{n} renewed.", "{n} renewed.", 3), "brx") == "३ बेफोर"
    assert locale.chosen("", {"LANG": "brx_IN.UTF-8"}) == "brx"


@pytest.mark.req("L2")
def test_without_the_file_it_is_not_there() -> None:
    """The control of the one above."""
    assert "brx" not in locale.LANGUAGES
    locale.use("brx")
    assert (locale.current(), locale._(CLOSED, item=7)) == ("en", "Item 7 is closed: the comment is gone.")


@pytest.mark.req("L1", "L2")
def test_the_agencys_own_languages_are_there() -> None:
    assert next(iter(locale.LANGUAGES)) == "en"
    assert {"as", "hi"} <= locale.LANGUAGES.keys()
    assert locale.LANGUAGES["as"] == "অসমীয়া"
    assert "native reader" in locale.review("as")
    assert locale.review("en") == locale.review("xx") == ""


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        ("", {}, "en"),
        ("as", {"LANG": "hi_IN.UTF-8"}, "as"),
        ("", {"LANG": "hi_IN.UTF-8"}, "hi"),
        ("", {"LC_ALL": "as_IN", "LANG": "hi_IN.UTF-8"}, "as"),
        ("", {"LC_ALL": "", "LC_MESSAGES": "hi", "LANG": "en_IN"}, "hi"),
        ("", {"LANG": "C.UTF-8"}, "en"),
        ("klingon", {"LANG": "as_IN"}, "en"),
    ],
)
def test_the_language_to_begin_with(asked: str, environment: dict[str, str], language: str) -> None:
    assert locale.chosen(asked, environment) == language


@pytest.mark.req("L1")
def test_numerals_and_times_are_the_languages_own() -> None:
    at = datetime(2026, 11, 22, 2, 14, 9)  # noqa: DTZ001 -- local already, as the functions take it
    assert (locale.number(1234567, grouped=True), locale.clock(at), locale.moment(at)) == (
        "12,34,567",
        "02:14",
        "2026-11-22 02:14",
    )
    locale.use("as")
    assert (locale.number(1234567, grouped=True), locale.clock(at, seconds=True), locale.date(at)) == (
        "১২,৩৪,৫৬৭",
        "০২:১৪:০৯",
        "২০২৬-১১-২২",
    )
    locale.use("hi")
    assert locale.number(42) == "42", "official Hindi writes the international numerals"


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0"), (999, "999"), (-1000, "-1,000"), (100000, "1,00,000"), (12.5, "12.5")]
)
def test_large_numbers_are_grouped_as_india_writes_them(n: float, said: str) -> None:
    assert locale.number(n, grouped=True) == said


@pytest.mark.parametrize("content", [b"", b"not a catalogue", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_a_file_that_is_no_catalogue_is_passed_over(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "xx.mo").write_bytes(content)
    shutil.copy(locale.HERE / "hi.mo", tmp_path / "hi.mo")
    locale.load(tmp_path)
    try:
        assert list(locale.LANGUAGES) == ["en", "hi"]
    finally:
        locale.load()


def test_english_loads_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "_catalogue", None)
    assert locale._(CLOSED, item=7) == locale.translated(words(CLOSED, item=7), "en")
    assert locale.n_("{n} renewed.", "{n} all renewed.", 2) == "2 all renewed."
    locale.use("as")
    with pytest.raises(TypeError):  # the control: any other language asks for one
        locale._(CLOSED, item=7)


def test_a_big_endian_catalogue_is_read_too(tmp_path: Path) -> None:
    book = polib.pofile(str(locale.HERE / "hi.po"))
    little = book.to_binary()
    count = len(little) // 4 * 4
    assert little[:4] == b"\xde\x12\x04\x95"
    (tmp_path / "hi.mo").write_bytes(_swapped(little[:count], 7, little) + little[count:])
    locale.load(tmp_path)
    try:
        assert locale.LANGUAGES["hi"] == "हिन्दी"
    finally:
        locale.load()


def _swapped(data: bytes, head: int, whole: bytes) -> bytes:
    """The catalogue with its numbers (head and both tables) in the other order of bytes, its texts as they were."""
    import struct

    entries, at_one, at_other = struct.unpack("<3I", data[8:20])
    tables = [*range(at_one, at_one + entries * 8, 4), *range(at_other, at_other + entries * 8, 4)]
    changed = bytearray(data)
    for place in (*range(0, head * 4, 4), *tables):
        changed[place : place + 4] = data[place : place + 4][::-1]
    assert whole[: len(data)] == data
    return bytes(changed)
