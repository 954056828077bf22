"""The line to the desk breaks and comes back: said, and nothing moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from moderator.tui import link

Open = Callable[..., Any]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(link, "LONGEST_PAUSE", 0.02)


@pytest.mark.req("H10")
async def test_a_broken_line_is_said_and_reattached_on_the_same_item(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down")
        desk.refuse_streams = 3
        desk.streams[-1].drop()
        await story.shows("✗ Line to the desk lost; trying again.")
        await story.shows("The line to the desk is back.")
        assert "Line to the desk lost" not in story.text()
        assert story.app.queue.loaded.cursor == 3
        assert desk.calls.count(("stream", "t")) == 4


@pytest.mark.req("H10")
async def test_in_the_composer_text_and_caret_stay(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("reply")
        await story.until(lambda: story.app.screen.ready, "ready")
        await story.press(*"Soon", "left")
        desk.streams[-1].drop()
        await story.until(lambda: len(desk.streams) == 2, "attached again")
        await story.press("X")
        assert story.app.screen.area.text == "SooXn"


async def test_another_database_takes_over_nothing_that_was_kept_by_number(
    open_desk: Open, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk() as story:
        await story.press("down", "mask")
        await story.shows("Filthyword")
        await story.decide("leave")
        await story.shows("z undoes")
        greet = desk.hello
        monkeypatch.setattr(desk, "hello", lambda: replace(greet(), instance="restored"))
        desk.add_abusive(2)
        desk.streams[-1].drop()
        await story.until(lambda: len(desk.streams) == 2 and len(story.app.queue.loaded), "attached again")
        await story.shows("░░░░")
        assert "z undoes" not in story.text()
        assert not story.app.ack.seen(("row", 2, 1))


async def test_the_session_ends_with_its_stream(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("ctrl+q")
        await story.until(desk.streams[0].closed.is_set, "closed")


async def test_the_lease_is_renewed_by_keys(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down")
        story.app._renew()
        await story.until(lambda: desk.done("alive"), "renewed")
        story.app._renew()
        await story.until(lambda: len(desk.done("alive")) == 2, "renewed again")
        assert desk.done("alive") == [("alive", True), ("alive", False)]


async def test_ctrl_c_ends_nothing(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("ctrl+c")
        await story.shows("Ctrl-q ends your session")
        assert not desk.streams[0].closed.is_set()
