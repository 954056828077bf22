"""Leaving on purpose is told to the desk; a terminal that goes is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moderator.domain.errors import Code, Refused

Open = Callable[..., Any]


@pytest.mark.req("H10")
async def test_a_quit_is_told_to_the_desk_before_the_stream_is_closed(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.until(lambda: story.app.state.line_up, "attached")
        await story.press("quit")
        await story.until(desk.streams[0].closed.is_set, "the stream is closed")
        assert desk.done("left") == [("left", False)]


@pytest.mark.req("H10")
async def test_control_a_terminal_that_goes_says_no_farewell(open_desk: Open, desk: Any) -> None:
    """What it held is then a dropped line, and is offered back."""
    async with open_desk() as story:
        await story.until(lambda: story.app.state.line_up, "attached")
        story.app.hang_up()
        await story.until(desk.streams[0].closed.is_set, "the stream is closed")
        assert desk.done("left") == []


async def test_a_desk_that_refuses_the_farewell_keeps_nobody(open_desk: Open, desk: Any) -> None:
    desk.refuse["left"] = Refused(Code.DOWN, "The desk does not answer.", "")
    async with open_desk() as story:
        await story.until(lambda: story.app.state.line_up, "attached")
        await story.press("quit")
        await story.until(desk.streams[0].closed.is_set, "the stream is closed all the same")
