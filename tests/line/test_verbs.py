"""The table of verbs: letters, words, abbreviations, help, its page, and what it loads."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator import line
from moderator.domain.errors import Refused
from moderator.line.commands import VERBS
from moderator.line.verbs import HEADINGS, SHORTEST, named, parted
from tests.line.conftest import two

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.req("H15")
def test_each_letter_and_word_means_one_thing():
    keys = [one.key for one in VERBS if one.key] + [name for one in VERBS for name in (one.word, *one.also)]
    assert len(keys) == len(set(keys))


SAME = {"back": "send_back", "take": "take_over", "help": "keys", "effects": "settle", "following": "next_item",
        "previous": "previous_item", "unreadable": "cannot_read"}  # fmt: skip
"""Our word → the action of the full screen, where the two are named differently."""


@pytest.mark.req("H15")
def test_letters_mean_what_they_mean_on_the_full_screen():
    source = Path(line.__file__).parent.parent / "tui" / "actions.py"
    if not source.exists():
        pytest.skip("the full screen is not here")
    actions = pytest.importorskip("moderator.tui.actions")
    shown = {action.shown: {action.id, action.act} for action in actions.ACTIONS}
    ours = {one.key: one.word for one in VERBS if one.key and one.key in shown}
    assert len(ours) > 20
    assert {word for key, word in ours.items() if not {word, SAME.get(word)} & shown[key]} == set()


@pytest.mark.parametrize(
    ("typed", "word", "rest"),
    [
        ("a", "leave", ""),
        ("h1", "hide", "1"),
        ("h 1 shouts", "hide", "1 shouts"),
        ("HIDE 1", "hide", "1"),
        ("lea", "leave", ""),
        ("esc is it real?", "escalate", "is it real?"),
        ("take over he is away", "take", "he is away"),
        ("send back no", "back", "no"),
        ("hand off what now?", "escalate", "what now?"),
        ("release", "claim", ""),
        ("/new lang:as", "find", "new lang:as"),
        ("? hide", "help", "hide"),
        ("?hide", "help", "hide"),
        ("* ", "alike", ""),
        ("Z 12", "redo", "12"),
        ("z12", "undo", "12"),
        ("cannot read brx", "unreadable", "brx"),
    ],
)
def test_what_is_typed_is_a_verb_and_the_rest(typed, word, rest):
    name, found = parted(typed.strip(), VERBS)
    assert (named(name, VERBS).word, found) == (word, rest)


@pytest.mark.parametrize(("typed", "said"), [("res", ""), ("rev", ""), ("re", "no command"), ("le", "no command")])
def test_words_can_be_cut_short_where_no_other_begins_so(typed, said):
    begun = [one.word for one in VERBS if one.word.startswith(typed)]
    if len(begun) == 1 and len(typed) >= SHORTEST:
        assert named(typed, VERBS).word == begun[0]
    else:
        with pytest.raises(Refused, match=said):
            named(typed, VERBS)


def test_an_abbreviation_that_could_be_two_names_both():
    with pytest.raises(Refused) as refused:
        named("mar", [one for one in VERBS if one.word in ("mark", "marks")])
    assert "mark, marks" in refused.value.sentence
    assert named("mark", VERBS).word == "mark"


def test_every_word_is_its_own_shortest_name_or_longer():
    """The control of the two above: each word itself, and all but its last letter where that is enough, is the verb."""
    for one in VERBS:
        assert named(one.word, VERBS) is one
        others = [other for other in VERBS if other is not one and other.word.startswith(one.word[:-1])]
        if not others and len(one.word) > SHORTEST:
            assert named(one.word[:-1], VERBS) is one


@given(st.text(max_size=30))
def test_any_line_is_parted_without_losing_anything_but_spaces(typed):
    typed = typed.strip()
    name, rest = parted(typed, VERBS)
    if not any(" " in other for one in VERBS for other in one.also if typed.lower().startswith(other)):
        assert "".join((name + rest).split()) == "".join(typed.split())


def test_help_lists_every_verb_under_its_heading_and_one_verb_whole(work):
    desk = two()
    desk.hello = replace(desk.hello, permissions=("read", "decide", "reply", "escalate", "approve"))
    said = work(desk, "?", "? h", "? esc", "q").text
    assert said.count("a or leave: leave it public, no reply needed.") == 1
    assert "order or !: record an order or a request." in said
    for one in VERBS:
        assert f"{one.typed}: {one.help}." in said
    for heading in HEADINGS.values():
        assert f"{heading}:" in said
    assert "For example: h, or h 1, or h A1 a reason, or h order." in said
    assert "Also: hand off, hand up." in said


def test_help_leaves_out_what_a_person_may_not_do(work):
    desk = two()
    desk.hello = replace(desk.hello, permissions=("read",))
    said = work(desk, "?", "q").text
    assert "t or thread:" in said
    assert "a or leave:" not in said
    assert "Decide on the item in hand" not in said


@pytest.fixture
def lines() -> ModuleType:
    """The tool that makes the page."""
    spec = importlib.util.spec_from_file_location("lines_page", ROOT / "tools" / "lines.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(lines):
    assert (ROOT / "docs" / "line.md").read_text(encoding="utf-8") == lines.page(), "run: python tools/lines.py"
    assert all(lines.page().count(f"`{one.word}`") >= 1 for one in VERBS)


def test_control_another_letter_in_the_table_makes_the_page_out_of_date(lines, monkeypatch):
    changed = tuple(replace(one, key="j") if one.word == "leave" else one for one in VERBS)
    monkeypatch.setattr(lines, "VERBS", changed)
    assert (ROOT / "docs" / "line.md").read_text(encoding="utf-8") != lines.page()


HEAVY = {"textual", "rich", "httpx", "keyring", "sqlite_utils", "sqlite3", "asyncio"}
EVERYTHING = "import sys, moderator.line.officer, moderator.line.commands; print(*sys.modules)"


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "TERM": "dumb"}
    )
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.req("L3")
def test_line_mode_loads_no_textual():
    assert not loaded(EVERYTHING) & HEAVY


def test_control_what_is_loaded_is_seen():
    assert "textual" in loaded(f"import textual; {EVERYTHING}")


@pytest.mark.req("L3", "H6")
def test_every_act_on_an_item_can_be_done_at_the_line():
    """The acts of the service, each as it is named to the client somewhere in line mode."""
    acts = pytest.importorskip("moderator.service.acts").ACTS
    source = "".join(path.read_text(encoding="utf-8") for path in Path(line.__file__).parent.rglob("*.py"))
    assert len(acts) > 20
    assert {act for act in acts if f'"{act}"' not in source} == set()
