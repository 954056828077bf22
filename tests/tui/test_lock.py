"""The covered screen: nothing is seen and nothing is done until the desk knows the officer again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from moderator.config import Config, Screen
from moderator.domain.errors import Code, Refused
from moderator.tui import app as app_module
from moderator.tui import onscreen
from moderator.tui.lock import LockScreen
from moderator.tui.queue import QueueScreen


@dataclass
class Clock:
    """Seconds that a test moves."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


LOCKING = Config(screen=Screen(lock_minutes=5))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    for module in (app_module, onscreen):
        monkeypatch.setattr(module, "monotonic", found)
    return found


def idle(story: Any, clock: Clock, minutes: float) -> None:
    """No key for so long."""
    clock.now += minutes * 60
    story.app._each_second()


async def covered(story: Any) -> None:
    await story.shows("This screen is covered")
    assert isinstance(story.app.screen, LockScreen)


@pytest.mark.req("F25")
async def test_after_so_long_without_a_key_nothing_of_the_queue_is_seen(open_desk: Any, clock: Clock) -> None:
    async with open_desk(config=LOCKING) as story:
        idle(story, clock, 4.9)
        assert isinstance(story.app.screen, QueueScreen)
        idle(story, clock, 0.2)
        await covered(story)
        assert not any(row.author in story.text() for row in story.desk.rows_by_id.values())
        assert "DIPR" not in story.text()


async def test_without_the_setting_it_is_never_covered(open_desk: Any, clock: Clock) -> None:
    """The control."""
    async with open_desk() as story:
        idle(story, clock, 1000)
        assert isinstance(story.app.screen, QueueScreen)


async def test_a_key_in_time_keeps_it_open(open_desk: Any, clock: Clock) -> None:
    async with open_desk(config=LOCKING) as story:
        idle(story, clock, 4)
        await story.press("j")
        idle(story, clock, 4)
        assert isinstance(story.app.screen, QueueScreen)


@pytest.mark.req("H9")
async def test_the_key_that_uncovers_does_nothing_else(open_desk: Any) -> None:
    async with open_desk() as story:
        await story.confirmed()
        story.app.lock()
        await covered(story)
        await story.press("a")
        await story.until(lambda: isinstance(story.app.screen, QueueScreen), "uncovered")
        assert story.desk.done("leave") == []
        await story.decide("leave")
        assert len(story.desk.done("leave")) == 1, "the control: on the open screen the same key decides"


@pytest.mark.parametrize("change", [{"person_id": 2, "person": "bora"}, {"instance": "another"}])
async def test_somebody_else_is_not_let_in(open_desk: Any, change: dict[str, Any]) -> None:
    async with open_desk() as story:
        story.app.lock()
        await covered(story)
        story.app.key_pressed = False
        usual = story.desk.hello
        story.desk.hello = lambda: replace(usual(), **change)
        await story.press("x")
        await story.shows("somebody else now")
        assert isinstance(story.app.screen, LockScreen)
        assert not story.app.key_pressed, "a stranger's key renews no lease"
        story.desk.hello = usual
        await story.press("x")
        await story.until(lambda: isinstance(story.app.screen, QueueScreen), "the officer is back")
        assert story.app.key_pressed


async def test_a_desk_that_does_not_answer_leaves_it_covered(open_desk: Any) -> None:
    def down() -> None:
        raise Refused(Code.DOWN, "The desk is down.", "Wait for it.")

    async with open_desk() as story:
        story.app.lock()
        await covered(story)
        story.desk.hello = down
        await story.press("x")
        await story.shows("The desk is down.", "Wait for it.")
        assert isinstance(story.app.screen, LockScreen)


async def test_another_database_under_a_covered_screen_does_not_uncover_it(open_desk: Any) -> None:
    async with open_desk() as story:
        await story.press("enter")
        story.app.lock()
        await covered(story)
        story.app._begin_anew()
        await covered(story)


@pytest.mark.req("H1")
async def test_what_is_urgent_is_announced_as_a_number(open_desk: Any) -> None:
    async with open_desk() as story:
        story.app.lock()
        story.app.state.urgent = (1, 2)
        story.app.redraw()
        await story.shows("2 URGENT")


async def test_what_was_being_written_is_there_again(open_desk: Any) -> None:
    async with open_desk() as story:
        await story.confirmed()
        await story.press("r")
        await story.shows("Reply to")
        await story.press("h", "i")
        story.app.lock()
        await covered(story)
        await story.press("z")
        await story.until(lambda: not story.app.locked, "uncovered")
        await story.press("!")
        await story.until(lambda: any(ask.text == "hi!" for ask in story.desk.drafts.values()), "the text went on")


async def test_it_is_reached_by_its_name(open_desk: Any) -> None:
    async with open_desk() as story:
        await story.press("palette", "l", "o", "c", "k", "enter")
        await covered(story)
