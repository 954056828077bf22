"""An Assamese or Hindi keyboard: where letters are keys, the key that was pressed counts; in a text, the letter."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key

from moderator.tui import actions
from moderator.tui.inscript import LATIN, latin
from moderator.tui.keys import named

ASSAMESE = {"a": "ো", "h": "প", "r": "ী", "e": "া", "s": "ে", "o": "দ", "c": "ম", "n": "ল", "z": "ৎ", "m": "স",
            "t": "ূ", "w": "ৈ", "y": "ব", "u": "হ", "j": "ৰ", "k": "ক", "g": "ু", "x": "ং", "v": "ন", "b": "ৱ",
            "p": "জ", "f": "ি", "d": "্", "l": "ত", "i": "গ", "q": "ৌ", "N": "", "[": "ড", "]": "়", ":": "ছ",
            "G": "উ", "D": "অ", "H": "ফ", "L": "থ", "Y": "ভ", "A": "ও", "C": "ণ"}  # fmt: skip
HINDI = {"a": "ो", "h": "प", "r": "ी", "e": "ा", "s": "े", "o": "द", "c": "म", "n": "ल", "m": "स", "t": "ू",
         "w": "ै", "y": "ब", "u": "ह", "j": "र", "k": "क", "g": "ु", "x": "ं", "v": "न", "b": "व", "p": "ज",
         "f": "ि", "d": "्", "l": "त", "i": "ग", "q": "ौ", "[": "ड", "]": "़", ":": "छ", "/": "य",
         "G": "उ", "D": "अ", "H": "फ", "L": "थ", "Y": "भ", "A": "ओ", "C": "ण"}  # fmt: skip


@pytest.mark.req("L1")
@pytest.mark.parametrize("layout", [ASSAMESE, HINDI], ids=["as", "hi"])
def test_each_letter_names_the_key_in_its_place(layout: dict[str, str]) -> None:
    assert {key: latin(letter) for key, letter in layout.items() if letter} == {
        key: key for key, letter in layout.items() if letter
    }


def test_only_letters_and_digits_of_the_two_scripts_are_taken() -> None:
    assert all(len(letter) == 1 for letter in LATIN)
    assert {unicodedata.name(letter).split()[0] for letter in LATIN} == {"BENGALI", "DEVANAGARI"}
    assert latin("a") is None
    assert latin(None) is None


def test_every_latin_key_of_it_has_a_name() -> None:
    assert all(named(key) for key in LATIN.values())


@pytest.mark.req("L1")
def test_every_letter_that_decides_is_reached_from_both_keyboards() -> None:
    """The two-step conjunct keys and the signs aside: those are reached by name, through the palette."""
    wanted = {one.keys for one in actions.ACTIONS if one.decides and one.keys.isalpha() and len(one.keys) == 1}
    for zero in (0x0980, 0x0900):
        there = {key for letter, key in LATIN.items() if zero <= ord(letter) < zero + 0x80}
        assert wanted <= there


@pytest.mark.req("L1")
@pytest.mark.parametrize("letter", ["প", "प"], ids=["as", "hi"])
async def test_the_letter_is_the_key_where_letters_are_keys(open_desk: Any, letter: str) -> None:
    async with open_desk() as story:
        await story.confirmed()
        await story.press(letter)
        await story.shows("Reason?")
        assert story.app.screen.PLACE == "hide"


@pytest.mark.req("L1")
async def test_a_digit_of_the_script_is_the_digit(open_desk: Any) -> None:
    async with open_desk() as story:
        await story.press("१")
        await story.shows("[1 Mine")
        await story.press("২")
        await story.shows("[2 New")


@pytest.mark.req("L1")
async def test_in_a_text_it_stays_the_letter(open_desk: Any) -> None:
    """The control: the same keys write Assamese in the composer and find in the palette."""
    async with open_desk() as story:
        await story.confirmed()
        await story.press("r")
        await story.shows("Reply to")
        for letter in "পানী":
            story.app.post_message(events.Key(_character_to_key(letter), letter))
        await story.until(lambda: any(ask.text == "পানী" for ask in story.desk.drafts.values()), "Assamese was written")
        await story.press("escape", "escape", "colon", "প", "ন")
        await story.shows("পন▏")
