"""The bell: seldom, again while nobody has opened, and never a word of a citizen."""

from __future__ import annotations

from typing import Any

import pytest

from moderator import locale
from moderator.config import Config, Screen
from moderator.domain import view
from moderator.tui.alarm import AGAIN, GAP, Alarm, notice
from tests.tui.test_lock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.req("H1")
def test_it_rings_when_it_comes_in_and_each_minute_until_it_is_opened(clock: Clock) -> None:
    alarm = Alarm(clock)
    assert alarm.due((7,))
    assert not alarm.due((7,))
    clock.now += AGAIN - 1
    assert not alarm.due((7,))
    clock.now += 1
    assert alarm.due((7,))
    clock.now += AGAIN
    assert not alarm.due(()), "it was opened"


@pytest.mark.req("Z23")
def test_a_flood_is_one_bell(clock: Clock) -> None:
    alarm = Alarm(clock)
    rung = 0
    for number in range(100):
        rung += alarm.due(tuple(range(number + 1)))
        clock.now += 0.1
    assert rung == 10 / GAP, "one bell at once, and one for what came meanwhile"


@pytest.mark.req("Z23")
def test_what_came_while_it_kept_quiet_is_rung_for_later(clock: Clock) -> None:
    """The control of the rate: keeping quiet loses nothing."""
    alarm = Alarm(clock)
    assert alarm.due((1,))
    clock.now += 1
    assert not alarm.due((1, 2))
    clock.now += GAP
    assert alarm.due((1, 2))


@pytest.mark.req("Z23")
@pytest.mark.parametrize(
    ("environ", "around"),
    [
        ({}, ("\x1b]9;", "\x07")),
        ({"TMUX": "/tmp/x,1,0"}, ("\x1bPtmux;\x1b\x1b]9;", "\x07\x1b\\")),
        ({"STY": "1.x"}, ("\x1bP\x1b]9;", "\x07\x1b\\")),
    ],
)
def test_a_notice_is_fixed_words_and_a_number(environ: dict[str, str], around: tuple[str, str]) -> None:
    assert notice(2, environ) == f"{around[0]}moderator: 2 urgent items{around[1]}"


@pytest.mark.req("Z23")
def test_a_notice_is_harmless_in_every_language() -> None:
    try:
        for language in locale.LANGUAGES:
            locale.use(language)
            told = notice(3, {}).removeprefix("\x1b]9;").removesuffix("\x07")
            assert told.isprintable()
    finally:
        locale.use("en")


@pytest.mark.req("H1")
@pytest.mark.parametrize(("screen", "bells", "notices"), [(Screen(), 1, 0), (Screen(bell=False, notify="osc9"), 0, 1)])
async def test_an_urgent_item_rings_as_it_is_configured(
    open_desk: Any, monkeypatch: pytest.MonkeyPatch, screen: Screen, bells: int, notices: int
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("moderator.tui.app.DeskApp.bell", lambda self: rung.append("bell"))
    monkeypatch.setattr("moderator.tui.terminal.writer", lambda app: rung.append)
    async with open_desk(config=Config(screen=screen)) as story:
        rung.clear()
        story.desk.urgent = (1,)
        story.desk.tell("queue", view.Changed(1, 0, (1,), (1,), 0))
        await story.shows("1 URGENT ( u )")
        assert rung.count("bell") == bells
        assert len([one for one in rung if one.startswith("\x1b]9;")]) == notices
        story.app.ring()
        assert len([one for one in rung if one == "bell" or "]9;" in one]) == bells + notices
