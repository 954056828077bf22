"""One registry, one meaning per key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moderator.tui import actions
from moderator.tui.actions import ACTIONS, BY_ID, RESERVED, Action, Place, allowed, bindings, clashes
from moderator.tui.bulk import BulkScreen
from moderator.tui.compose import ReplyScreen
from moderator.tui.detail import ItemScreen
from moderator.tui.help import KeysScreen
from moderator.tui.queue import QueueScreen

SCREENS = {Place.QUEUE: QueueScreen, Place.ITEM: ItemScreen, Place.READ: KeysScreen, Place.WRITE: ReplyScreen,
           Place.PREVIEW: ReplyScreen, Place.BULK: BulkScreen}  # fmt: skip


@pytest.mark.req("H15")
def test_a_key_means_one_thing_everywhere() -> None:
    assert clashes() == []


@pytest.mark.req("H15")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (replace(BY_ID["note"], keys="a"), "a means leave and note"),
        (replace(BY_ID["note"], keys="H"), "H is reserved and means note"),
        (replace(BY_ID["open"], keys="escape"), "escape means two things in queue"),
    ],
)
def test_a_second_meaning_is_named(wrong: Action, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the check sees each kind of clash."""
    monkeypatch.setattr(actions, "ACTIONS", (*(one for one in ACTIONS if one.id != wrong.id), wrong))
    assert sentence in clashes() or any(sentence in found for found in clashes())


def test_the_keymap_of_the_design_is_kept() -> None:
    expected = {"a": "leave", "h": "hide", "r": "reply", "e": "escalate", "s": "snooze", "o": "reopen", "c": "claim",
                "C": "take_over", "n": "note", "z": "undo", "m": "mask", "t": "thread", "w": "author", "y": "why",
                "Y": "reference", "u": "urgent", "N": "next", "slash": "find", "colon": "palette",
                "A": "assign", "L": "cannot_read", "Z": "redo", "question_mark": "keys", "full_stop": "fresh",
                "exclamation_mark": "order"}  # fmt: skip
    keys = {key: one.id for one in ACTIONS for key in one.keys.split(",") if one.places & {Place.QUEUE, Place.ITEM}}
    assert {key: keys.get(key) for key in expected} == expected
    assert not RESERVED & set(keys)


@pytest.mark.parametrize("place", SCREENS)
def test_every_action_of_a_place_is_built(place: Place) -> None:
    names = {one.id.split("_")[0] if one.id.startswith("view_") else one.id for one in ACTIONS if place in one.places}
    assert [name for name in names if not hasattr(SCREENS[place], f"act_{name}")] == []


def test_bindings_come_from_the_registry() -> None:
    assert {one.id for one in bindings(Place.QUEUE)} == {  # type: ignore[union-attr]
        f"queue.{one.id}" for one in ACTIONS if Place.QUEUE in one.places and one.keys
    }


def test_what_a_role_may_not_do_is_not_offered() -> None:
    offered = {one.id for one in allowed(Place.QUEUE, frozenset({"read"}))}
    assert "open" in offered
    assert not offered & {"leave", "hide", "reply", "escalate", "approve"}
