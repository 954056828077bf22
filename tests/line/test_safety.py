"""Line mode under hostile text, type-ahead and odd input: nothing steered, nothing decided unseen."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator import line
from moderator.config import Config
from moderator.domain import view
from moderator.domain.errors import Code, Refused
from moderator.domain.policy import Finding, Suggestion
from moderator.line.console import Console
from tests.line.conftest import NOW, STAY, Desk, Terminal, an_item, two


@pytest.mark.req("H9")
def test_what_was_typed_before_an_item_could_be_read_does_not_decide_it(work):
    desk = two()
    said = work(desk, "1", "a", "a", "a", tty=True)
    assert said.desk.acts == []
    assert said.text.count("That came before you can have read the item.") == 3


@pytest.mark.req("H9")
def test_control_without_the_pause_the_same_lines_decide_unseen_items(work, monkeypatch):
    monkeypatch.setattr("moderator.line.console._READABLE_AFTER", 0.0)
    assert work(two(), "1", "a", "a", tty=True).acts == [(1, "leave"), (2, "leave")]
    assert work(two(), "1", "a", "a", tty=True, config=STAY).acts == [(1, "leave")]


def test_a_script_decides_only_what_it_names_and_ends_at_a_refusal(work):
    said = work(two(), "1", "a", "a", "2", "a")
    assert said.acts == [(1, "leave")]
    assert "No item is open." in said.text
    assert "the rest of the input was not read" in said.text
    assert said.code is Code.BAD


@pytest.mark.parametrize("typed", ["a reply is on its way", "leave it to us", "p please", "close the file"])
def test_a_sentence_that_went_astray_decides_nothing(work, typed):
    said = work(two(), "2", typed)
    assert said.desk.acts == []
    assert "Nothing may follow" in said.text


@pytest.mark.req("F18")
def test_an_edited_comment_is_told_again(work):
    desk = two()
    desk.refusals["leave"] = Refused(Code.CHANGED, "The comment was edited since you read it.", "Read it again.")
    said = work(desk, "2", "a")
    assert (
        "Not done: The comment was edited since you read it.\nRead it again.\nThis is how it stands now:" in said.text
    )
    assert said.text.count("> When does help come?") == 2


HOSTILE = [
    "\x1b[2Jx",
    "\x1b]52;c;QQ==\x07",
    "\x9b1m",
    "a\rItem 9:",
    "\u202eevil",
    "x\u2028Desk:",
    "\ud800",
    "a\nItem 2: a",
]


@pytest.mark.req("F14", "Z22", "L3")
@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_no_citizen_text_steers_the_terminal_or_poses_as_ours(work, words):
    finding = Finding("A1", "r", 0, 1, 1, Suggestion.HIDE)
    item = an_item(1, words, finding, post_title=words, media=(words,), thread=(
        view.ThreadEntry(words, words, NOW, False, False, 0),
    ))  # fmt: skip
    desk = Desk({1: replace(item, row=replace(item.row, author=words, account="a"))})
    said = work(desk, "1", "t", "y", "w", "/new", "q")
    assert not any(char < " " and char != "\n" for char in said.text)
    assert not any(char in said.text for char in "\x7f\x9b\u202e\u2028\ud800")
    assert all(not row.startswith(("Item 9:", "Item 2: a", "evil")) for row in said.text.split("\n"))


def test_control_a_console_that_wrote_raw_would_leak(monkeypatch):
    monkeypatch.setattr("moderator.text.guard", lambda words: words)
    monkeypatch.setattr("moderator.text.display", lambda words: words)
    out = io.StringIO()
    Console(Terminal(), out).quote("\x1b[2Jx")
    assert "\x1b" in out.getvalue()


@given(st.lists(st.text(st.characters(exclude_characters="\n\r"), max_size=12), max_size=6))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_done_or_refused_in_a_sentence(typed):
    out = io.StringIO()
    line.run(two(), Config(), Terminal("1", *typed), out)  # type: ignore[arg-type]
    assert "You are signed off." in out.getvalue()


def test_a_terminal_that_cannot_write_a_script_gets_escapes_in_words():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Console(Terminal(), out).quote("অসম")
    out.flush()
    assert raw.getvalue() == b"> \\u0985\\u09b8\\u09ae\n"


def test_lines_wrap_behind_the_gutter_on_a_terminal():
    out = io.StringIO()
    console = Console(Terminal(), out)
    console.width = 20
    console.quote("the quick brown fox jumps over")
    assert out.getvalue() == "> the quick brown\n> fox jumps over\n"
