"""Keys of one's own: they work everywhere, and one that would mean two things is refused with the cure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from moderator import config
from moderator.config import Config, ConfigError
from moderator.tui import actions, keys
from moderator.tui.actions import ACTIONS, SIGNS, Place
from moderator.tui.keys import Unfit


@pytest.fixture(autouse=True)
def the_keys_that_ship() -> Iterator[None]:
    yield
    actions.use(ACTIONS)


def refusal(**wanted: str) -> str:
    with pytest.raises(Unfit) as caught:
        keys.remapped(wanted)
    return f"{caught.value.action} {caught.value.sentence}"


def test_signs_are_called_as_the_library_calls_them() -> None:
    assert {sign: _character_to_key(sign) for sign in SIGNS.values()} == {sign: name for name, sign in SIGNS.items()}


@pytest.mark.req("H15")
@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"hyde": "f9"}, "hyde is no action. Did you mean “hide”?"),
        ({"zzzz": "f9"}, "zzzz is no action. docs/keys.md"),
        ({"hide": "fn9"}, "not known: “fn9”. Did you mean “f9”?"),
        ({"hide": "bücher"}, "not known: “bücher”"),
        ({"hide": "alt+h"}, "a key with Alt"),
        ({"hide": "a"}, "takes “a”, which already means “leave”. Choose another"),
        ({"hide": "r,f9"}, "takes “r”, which already means “reply”"),
        ({"hide": "ctrl+s"}, "takes “Ctrl-s”, which terminals, tmux or screen keep"),
        ({"hide": "ctrl+m"}, "takes “Ctrl-m”, which terminals"),
        ({"hide": "enter"}, "takes “⏎”, which means the next step of each place"),
        ({"hide": "5"}, "takes “5”, which means the next step"),
        ({"hide": "f9", "reply": "f9"}, "hide takes “F9”, which already means “reply”"),
        ({"send": ""}, "send would leave no way to do this"),
        ({"disclaimer": "x2"}, "not known: “x2”"),
        ({"keys": "f9,colon"}, "takes “:”, which already means “palette”"),
        ({"helpline": "f6"}, "takes “F6”, which moves or marks where text is written"),
        ({"restore": "+"}, "restore has only “+”, which is text where text is written. Add a function key: “+,f9”"),
    ],
)
def test_what_cannot_be_is_refused_with_the_cure(wanted: dict[str, str], sentence: str) -> None:
    assert sentence in refusal(**wanted)


def test_every_key_of_a_text_field_is_known() -> None:
    """As the library has them; those with Alt, Shift and the like cannot be given anyway."""
    own = {key for one in (*TextArea.BINDINGS, *Input.BINDINGS) for key in one.key.split(",")}
    given = {key for key in own if key in keys.NAMES and key not in keys.FIXED | keys.TAKEN}
    assert given <= keys.FIELD


@pytest.mark.req("H15")
def test_a_key_that_is_kept_for_another_act_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "RESERVED", frozenset({"f12"}))
    assert "kept for another act" in refusal(hide="f12")
    monkeypatch.setattr(keys, "RESERVED", frozenset())
    assert keys.remapped({"hide": "f12"}), "the control: a free key is given"


@pytest.mark.parametrize(
    ("written", "names", "shown"),
    [("h,f9", "h,f9", "h F9"), ("+", "plus", "+"), ("X, PageDown", "", ""), ("ctrl+e", "ctrl+e", "Ctrl-e"),
     ("", "", ""), ("full_stop,f9", "", ""), ("comma", "comma", ",")],
)  # fmt: skip
def test_a_key_is_written_as_it_is_pressed_or_by_its_name(written: str, names: str, shown: str) -> None:
    try:
        found = next(one for one in keys.remapped({"hide": written}) if one.id == "hide")
    except Unfit as unfit:
        assert not names, unfit.sentence
    else:
        assert (found.keys, found.shown) == (names, shown)


def test_two_actions_may_change_places() -> None:
    found = {one.id: one.keys for one in keys.remapped({"hide": "r", "reply": "h"})}
    assert (found["hide"], found["reply"]) == ("r", "h")
    assert actions.clashes(keys.remapped({"hide": "r", "reply": "h"})) == actions.clashes()


@pytest.mark.req("F17")
def test_the_refusal_names_file_line_key_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[screen]\ntheme = "dark"\n[keys]\nreply = "f8"\nhide = "a"\n', "utf-8")
    loaded = config.load(path, {})
    with pytest.raises(ConfigError) as caught:
        keys.chosen(loaded)
    assert str(caught.value).startswith(f"{path}, line 5: keys.hide takes “a”")
    path.unlink()
    with pytest.raises(ConfigError, match=r"config.toml: keys.hide takes “a”"):
        keys.chosen(loaded)


REMAPPED = Config(keys={"hide": "plus", "note": "f12", "keys": "f8,?", "helpline": "f9", "leave": "", "find": "ctrl+f"})


@pytest.mark.req("H15")
async def test_the_other_keys_work_and_are_named_everywhere(open_desk: Any) -> None:
    async with open_desk(size=(80, 50), config=REMAPPED) as story:
        await story.shows("+ hide…", "Ctrl-f find")
        assert " a leave" not in story.text()
        await story.confirmed()
        await story.press("a")
        assert story.desk.done("leave") == []
        await story.press("h")
        assert "Reason?" not in story.text(), "the key that ships does nothing any more"
        await story.press("plus")
        await story.shows("Reason?")
        await story.press("escape")
        await story.press("question_mark")
        await story.shows("+", "hide on a clause", "F12", "write a note", ": ", "leave public")
        await story.press("escape", "colon", "n", "o", "t", "e")
        await story.shows("write a note for colleagues", "F12")
        await story.press("escape", "f12")
        await story.shows("Colleagues see it")


@pytest.mark.req("H15")
async def test_without_them_the_keys_that_ship_work(open_desk: Any) -> None:
    """The control."""
    async with open_desk() as story:
        await story.confirmed()
        await story.press("plus")
        assert "Reason?" not in story.text()
        await story.press("h")
        await story.shows("Reason?")


async def test_they_work_in_the_composer_too(open_desk: Any) -> None:
    async with open_desk(config=REMAPPED) as story:
        await story.confirmed()
        await story.press("r")
        await story.until(lambda: story.app.screen.ready, "ready to type")
        await story.press("f3")
        assert "Flood helpline" not in story.text()
        await story.press("f9")
        await story.shows("Flood helpline")


@pytest.mark.req("L5")
async def test_help_is_one_key_away_where_letters_are_text(open_desk: Any) -> None:
    async with open_desk() as story:
        await story.confirmed()
        await story.press("r")
        await story.shows("Reply to")
        await story.press("question_mark", "f1")
        await story.shows("writing a reply", "F2", "add or remove the disclaimer")
        await story.press("f1", "escape")
        await story.shows("Reply to", "?")


def test_no_action_has_a_key_that_writes_where_text_is_written() -> None:
    for place in actions.WRITTEN:
        assert [key for key in actions.keymap(place) if actions.writes(key)] == []
    assert "question_mark" in actions.keymap(Place.QUEUE), "the control: elsewhere it is a key"
