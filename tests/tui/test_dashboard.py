"""The desk in figures on the screen: what it counts is told in words, quietly, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderator import text
from moderator.domain import view
from moderator.domain.errors import Code, Refused
from moderator.tui import charts
from moderator.tui.dashboard import DashboardScreen
from moderator.tui.paper import Paper, plain

START = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


def figures(hours: int = 24) -> view.Figures:
    """A day whose busiest hour came at two in the morning, desk's time."""
    step = timedelta(hours=1 if hours == 24 else 6)
    count = hours // (step // timedelta(hours=1)) + 1
    buckets = tuple(view.Bucket(START + n * step, 1200 if n == 2 else n, n // 2) for n in range(count))
    return view.Figures(
        hours=hours, now=START + timedelta(hours=hours, minutes=20), buckets=buckets,
        backlog=(view.Aged(15, 3, 1), view.Aged(60, 7, 0), view.Aged(240, 0, 0), view.Aged(1440, 12, 0),
                 view.Aged(10080, 0, 0), view.Aged(0, 4, 0)),
        oldest=START - timedelta(days=9),
        turnaround=(view.Turnaround(0, 0, 0, 0, 0), view.Turnaround(1, 4, 120, 600, 1),
                    view.Turnaround(5, 288, 6774, 12525, 40)),
        findings={"": 900, "A1": 120, "S1": 60, "L1": 5}, ends={"left_public": 200, "hidden": 30},
        accounts={"fb dipr": 700, "x flood": 385},
    )  # fmt: skip


@pytest.fixture
def asked(desk: Any) -> list[int]:
    """The desk answers for figures; the hours that it was asked for."""
    hours: list[int] = []

    def answer(wanted: int) -> view.Figures:
        hours.append(wanted)
        if "figures" in desk.refuse:
            raise desk.refuse["figures"]
        return figures(wanted)

    desk.figures = answer
    return hours


async def test_every_figure_is_told_as_a_number(open_desk: Callable[..., Any], asked: list[int]) -> None:
    async with open_desk(size=(80, 24)) as story:
        await story.press("dashboard")
        await story.shows("1,498 arrived", "27 open", "read 00:20", "A1 abusive language 120")
        shown = story.screen()
        assert re.search(r"nothing found +900 █", story.text())
        assert all(len(row) <= 80 for row in shown)
        assert "First decision" in story.text()
        assert "Routine" in story.text()
        assert "1 h 52 min" in story.text()
        assert any("█" in row for row in shown)
        assert any(charts.DOT in row for row in shown)


async def test_the_chosen_hour_is_told_in_words(open_desk: Callable[..., Any], asked: list[int]) -> None:
    async with open_desk(size=(120, 40)) as story:
        await story.press("dashboard")
        await story.shows("Mon 00:00–00:20: 24 arrived, 12 decided")
        await story.press("top", "down", "down")
        await story.shows("Sun 02:00–03:00: 1,200 arrived, 1 decided")
        pointers = [row.index("▲") for row in story.screen() if "▲" in row]
        (pointed,) = pointers
        bars = [row for row in story.screen() if "█" in row[: charts.GUTTER + 3 * 4]]
        assert any(row[pointed] == "█" for row in bars)


async def test_tab_goes_from_the_day_to_the_week_and_back(open_desk: Callable[..., Any], asked: list[int]) -> None:
    async with open_desk() as story:
        await story.press("dashboard")
        await story.shows("the last 24 hours", "read")
        await story.press("hours")
        await story.shows("the last 7 days", "Mon", "Wed")
        await story.press("hours")
        await story.shows("the last 24 hours")
        assert asked == [24, 168, 24]
        await story.press("back")
        await story.shows("citizen")


async def test_a_reading_that_changed_nothing_draws_nothing(open_desk: Callable[..., Any], asked: list[int]) -> None:
    async with open_desk() as story:
        await story.press("dashboard")
        await story.shows("arrived")
        screen = story.app.screen
        body = screen.query_one("#body", Paper)
        drawn: list[object] = []
        body.refresh = lambda *regions, **_: drawn.extend(regions)
        await screen.reread()
        assert drawn == []
        screen.read[24] = replace(figures(), oldest=None)  # the control: one line is another now
        screen.redraw()
        assert len(drawn) == 1


async def test_a_refusal_leaves_what_was_read(open_desk: Callable[..., Any], asked: list[int], desk: Any) -> None:
    async with open_desk() as story:
        await story.press("dashboard")
        await story.shows("arrived")
        desk.refuse["figures"] = Refused(Code.BUSY, "The desk is busy.", "Try again.")
        await story.app.screen.reread()
        await story.shows("The desk is busy.", "1,498 arrived")


async def test_an_urgent_item_is_announced_here_too(open_desk: Callable[..., Any], asked: list[int], desk: Any) -> None:
    desk.urgent = (1,)
    async with open_desk() as story:
        await story.press("dashboard")
        await story.shows("1 URGENT ( u )")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_no_line_is_wider_than_the_screen(
    open_desk: Callable[..., Any], asked: list[int], size: tuple[int, int], pseudo: object
) -> None:
    async with open_desk(size=size) as story:
        screen = DashboardScreen()
        await story.app.push_screen(screen)
        await story.until(lambda: screen.read, "read")
        for hours in (24, 168):
            screen.read[hours] = figures(hours)
            screen.hours = hours
            lines = screen.draw_figures(size[0], size[1] - 6)
            assert max(text.cells(plain(line)) for line in lines) <= size[0]


def test_a_bar_is_as_long_as_its_number() -> None:
    entries = [(name, n, "text") for name, n in (("a", 100), ("b", 50), ("c", 1), ("d", 0))]
    lines = [plain(line) for line in charts.bars("Of", entries, 28)]
    assert [line.count("█") for line in lines] == [0, 20, 10, 0, 0]
    assert lines[3].rstrip()[-1] in "▏▎"
    assert lines[4].rstrip().endswith("0")


def test_an_empty_day_is_drawn_flat() -> None:
    buckets = [view.Bucket(START + timedelta(hours=n), 0, 0) for n in range(25)]
    rows = [plain(line) for line in charts.over_time(buckets, 24, 80, 5)]
    assert len(rows) == 5
    assert not any("█" in row for row in rows)
