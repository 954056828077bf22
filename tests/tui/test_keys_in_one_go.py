"""Keys that arrive in one go (a slow line, a paste, a fast typist): each acts where it was pressed, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key

from moderator.tui.actions import keymap
from moderator.tui.work import WorkScreen

Open = Callable[..., Any]

TYPED = "hare cospnz!"
"""Every letter of it is a command of the queue."""


def pour(story: Any, typed: str) -> None:
    """Hand all keys to the application at once, as the terminal does; nothing runs between two of them."""
    for character in typed:
        key = events.Key(_character_to_key(character), character)
        key.set_sender(story.app)
        story.app._driver.send_message(key)


@pytest.mark.req("H9")
async def test_letters_typed_right_after_the_slash_are_what_is_looked_for(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.confirmed()
        pour(story, "/" + TYPED)
        await story.until(lambda: story.app.queue.search.typed == TYPED, "all of it is looked for")
        await story.shows(f"/ {TYPED}")
        assert story.app.screen is story.app.queue, "no form, menu or composer has opened"
        acts = {"leave", "hide", "reply", "escalate", "snooze", "claim", "note", "undo", "order", "approve"}
        assert [call for call in desk.calls if call[0] in acts] == []


@pytest.mark.req("H9")
async def test_a_key_pressed_before_the_screen_that_it_was_not_meant_for_does_nothing_there(
    open_desk: Open, desk: Any
) -> None:
    """h opens the hide menu; the letters behind it were pressed before that could be seen."""
    async with open_desk() as story:
        await poured_after_h(story)
        assert (desk.done("leave"), desk.done("hide")) == ([], [])


@pytest.mark.req("H9")
async def test_control_a_screen_that_shows_through_would_still_act(
    open_desk: Open, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def naive(self: WorkScreen, event: events.Key) -> None:
        event.prevent_default()
        if self.is_current:
            self.action_act(keymap(self.PLACE)[event.key])

    monkeypatch.setattr(WorkScreen, "on_key", naive)
    async with open_desk() as story:
        await poured_after_h(story)
        assert desk.done("leave")


async def poured_after_h(story: Any) -> None:
    await story.press("down")
    await story.confirmed()
    pour(story, "haa")
    await story.until(lambda: story.app.screen.PLACE == "hide", "the menu")
    await story.pilot.pause()
    await story.pilot.pause()


@pytest.mark.req("H9")
async def test_control_keys_that_go_through_the_bindings_act_too_late(
    open_desk: Open, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(WorkScreen, "on_key")
    async with open_desk() as story:
        await story.confirmed()
        pour(story, "/" + TYPED)
        await story.until(
            lambda: story.app.screen is not story.app.queue or desk.done("leave") or story.app.queue.search.open,
            "something has come of it",
        )
        await story.pilot.pause()
        assert story.app.queue.search.typed != TYPED
