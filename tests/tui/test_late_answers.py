"""An answer of the desk that comes late changes nothing of what the officer has gone on to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from moderator.config import Config, Times
from moderator.domain import asks, view
from moderator.tui.compose import ReplyScreen

Open = Callable[..., Any]


class Gate:
    """Holds one kind of call on its way to the desk until it is opened."""

    def __init__(self, desk: Any, name: str, matching: Callable[..., bool] = lambda *_: True) -> None:
        self.open, self.reached = threading.Event(), threading.Event()
        self.passed = 0
        self._real, self._matching = getattr(desk, name), matching

    def __call__(self, *given: Any, **named: Any) -> Any:
        if self._matching(*given):
            self.reached.set()
            assert self.open.wait(10), "the gate was never opened"
        answer = self._real(*given, **named)
        self.passed += 1
        return answer


async def test_an_older_view_does_not_replace_the_one_asked_for_since(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        gate = desk.queue = Gate(desk, "queue", lambda name, *_: name == "new")
        await story.press("fresh")
        await story.until(gate.reached.is_set, "the older question is out")
        await story.press("8")
        await story.until(lambda: story.app.queue.loaded.view is view.View.ALL, "the newer answer")
        gate.open.set()
        await story.until(lambda: gate.passed == 2, "the older answer")
        await story.pilot.pause()
        assert story.app.queue.loaded.view is view.View.ALL
        await story.shows("[8 ")


@pytest.mark.req("H9")
@pytest.mark.parametrize("waits", [True, False], ids=["as it is", "whoever is in front"])
async def test_an_undo_that_answers_late_takes_no_composer_away(open_desk: Open, desk: Any, waits: bool) -> None:
    """z, then at once r and a letter: the item that came back opens over no reply. The control moves regardless."""
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("leave")
        await story.shows("z undoes")
        gate = desk.act = Gate(desk, "act", lambda _, act, *__: act == "undo")
        await story.press("undo")
        await story.until(gate.reached.is_set, "the undo is out")
        await story.decide("reply")
        await story.until(lambda: isinstance(story.app.screen, ReplyScreen) and story.app.screen.ready, "the composer")
        await story.press("a")
        gate.open.set()
        await story.until(lambda: "Undo done" in story.app.state.said.text, "undone")
        if waits:
            await story.press("b")
            assert story.app.screen.area.text == "ab"
        else:
            await story.app.open_item(3)
            assert not isinstance(story.app.screen, ReplyScreen)


async def test_enter_puts_the_item_in_front_of_the_next_key(open_desk: Open, desk: Any) -> None:
    """Nothing of the list acts on a key that comes after Enter, however slowly the item is read."""
    async with open_desk() as story:
        gate = desk.detail = Gate(desk, "detail")
        await story.press("down")
        story.app.screen.action_act("open")
        assert story.app.screen.PLACE == "item"
        story.app.screen.action_act("reply")
        assert not isinstance(story.app.screen, ReplyScreen)
        gate.open.set()
        await story.shows("author on our pages")


@pytest.mark.req("B1", "F6")
async def test_typing_without_a_rest_is_saved_all_the_same(open_desk: Open, desk: Any) -> None:
    """One save is due from the first key on; keys that follow do not put it off."""
    async with open_desk(config=Config(times=Times(draft_ms=1000))) as story:
        await story.press("down", "down")
        await story.decide("reply")
        await story.until(lambda: story.app.screen.ready, "ready")
        await story.press("a")
        due = story.app.screen._save_due
        assert due is not None
        await story.press("b", "c")
        assert story.app.screen._save_due is due
        await story.until(lambda: 3 in desk.drafts, "saved")


@pytest.mark.req("B1")
async def test_saves_arrive_in_the_order_of_typing(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("reply")
        await story.until(lambda: story.app.screen.ready, "ready")
        gate = desk.save_draft = Gate(desk, "save_draft", lambda _, ask: ask.text == "a")
        await story.press("a")
        await story.until(gate.reached.is_set, "the older save is out")
        await story.press("b")
        story.app.screen.work(story.app.screen.keep_draft())
        for _ in range(5):
            await story.pilot.pause()
        assert 3 not in desk.drafts
        gate.open.set()
        await story.until(lambda: gate.passed == 2, "both saves")
        assert desk.drafts[3] == asks.SaveDraft("ab", 2)


@pytest.mark.req("F6", "H10")
async def test_the_caret_is_part_of_the_draft(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("reply")
        await story.until(lambda: story.app.screen.ready, "ready")
        await story.press(*"Soon")
        await story.until(lambda: desk.drafts.get(3) == asks.SaveDraft("Soon", 4), "saved")
        await story.press("home")
        await story.until(lambda: desk.drafts[3] == asks.SaveDraft("Soon", 0), "the caret saved")
