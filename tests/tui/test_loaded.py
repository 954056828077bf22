"""The loaded list: the cursor is an id, nothing moves by itself, and no more than a window is held."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderator.domain.view import QueuePage, Row
from moderator.tui import loaded as module
from moderator.tui.loaded import AHEAD, WINDOW, Anchor, Loaded


@pytest.fixture
def page(desk: Any) -> Any:
    def of(*ids: int, after: str = "") -> QueuePage:
        return QueuePage(
            tuple(desk.rows_by_id.get(key) or desk.add(key, f"words {key}") for key in ids), after, 99, 10000, 1
        )

    return of


class Endless:
    """A view of so many items by key, as the desk pages it: every page is made when it is asked for."""

    def __init__(self, row: Row, size: int) -> None:
        self.row, self.size, self.asked = row, size, 0

    def page(self, after: str, limit: int) -> QueuePage:
        self.asked += 1
        first = int(after or 0) + 1
        ids = range(first, min(first + limit, self.size + 1))
        rows = tuple(replace(self.row, id=key, key=str(key)) for key in ids)
        more = str(ids[-1]) if ids and ids[-1] < self.size else ""
        return QueuePage(rows, more, min(self.size, 10000), 10000, 1)

    def down(self, held: Loaded, rows: int) -> None:
        """Move down by so many rows, reading ahead as the screen does."""
        for _ in range(rows // 20):
            held.move(20)
            if held.wants_more(held.place + 20):
                held.extend(self.page(held.after, 128))

    def up(self, held: Loaded, rows: int) -> None:
        """The same upwards."""
        for _ in range(rows // 20):
            held.move(-20)
            start = held.wants_back(held.place - 20)
            if start is not None:
                pages = [self.page(start, 200)]
                while pages[-1].after and not any(row.id in held.rows for row in pages[-1].rows):
                    pages.append(self.page(pages[-1].after, 200))
                held.reach_back(start, pages)


@pytest.fixture
def endless(desk: Any) -> Endless:
    return Endless(desk.rows_by_id[4], 1_000_000)


def test_the_cursor_stays_on_its_item_when_others_come_before_it(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(3, 4, 5))
    loaded.move(1)
    loaded.begin(page(1, 2, 3, 4, 5))
    assert (loaded.cursor, loaded.place) == (4, 3)


def test_where_the_item_has_gone_the_place_stays(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(3, 4, 5))
    loaded.move(1)
    loaded.begin(page(3, 5, 6))
    assert loaded.cursor == 5


def test_a_row_that_moved_to_the_next_page_is_not_shown_twice(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(1, 2, 3, after="3"))
    loaded.extend(page(3, 4))
    assert list(loaded.ids) == [1, 2, 3, 4]


def test_only_rows_that_look_different_are_named(page: Any, desk: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(1, 2))
    changed = desk.add(2, "edited")
    assert loaded.keep([desk.rows_by_id[1], changed]) == [2]


def test_a_row_that_is_not_held_is_not_taken_in(page: Any, desk: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(1, 2))
    assert loaded.keep([desk.rows_by_id[3]]) == []
    assert 3 not in loaded.rows


def test_narrowing_and_letting_go_returns(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(4, 5, 6))
    loaded.narrow(lambda row: "number 5" in row.text)
    assert [loaded.at(0), len(loaded), loaded.cursor] == [5, 1, 5]
    loaded.narrow(None)
    assert (len(loaded), loaded.cursor) == (3, 5)


def test_a_million_rows_down_and_up_hold_no_more_than_a_window(endless: Endless) -> None:
    """Half of it down, then back up: memory stays, places stay, and every row is where it belongs."""
    loaded = Loaded()
    loaded.begin(endless.page("", 64))
    endless.down(loaded, 60_000)
    assert len(loaded.ids) <= WINDOW + 200
    assert set(loaded.rows) == set(loaded.ids)
    assert (loaded.cursor, loaded.place) == (60_001, 60_000)
    endless.up(loaded, 30_000)
    assert (loaded.cursor, loaded.place) == (30_001, 30_000)
    assert len(loaded.ids) <= WINDOW + 200
    assert list(loaded.ids) == list(range(loaded.first + 1, loaded.first + 1 + len(loaded.ids)))
    endless.up(loaded, 30_000)
    assert (loaded.first, loaded.cursor, loaded.place) == (0, 1, 0)


def test_control_without_letting_go_it_would_hold_everything(endless: Endless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 10**9)
    loaded = Loaded()
    loaded.begin(endless.page("", 64))
    endless.down(loaded, 8_000)
    assert len(loaded.ids) > 2 * WINDOW


def test_a_deep_list_is_brought_up_to_date_around_the_cursor(endless: Endless) -> None:
    loaded = Loaded()
    loaded.begin(endless.page("", 64))
    endless.down(loaded, 20_000)
    anchor = loaded.anchor()
    assert loaded.place - AHEAD - 128 <= anchor.first <= loaded.place - AHEAD
    before = endless.asked
    loaded.begin(endless.page(anchor.start, 200), anchor=anchor)
    assert (loaded.cursor, loaded.place, endless.asked) == (20_001, 20_000, before + 1)
    endless.up(loaded, 1000)
    assert (loaded.cursor, loaded.place) == (19_001, 19_000)


def test_near_the_start_it_is_read_from_the_start(endless: Endless) -> None:
    loaded = Loaded()
    loaded.begin(endless.page("", 64))
    endless.down(loaded, 200)
    assert loaded.anchor() == Anchor()


def test_what_came_in_between_is_not_lost_on_the_way_up(endless: Endless, desk: Any) -> None:
    """More rows than one page have arrived before the window: all of them are shown, in their order."""
    loaded = Loaded()
    loaded.begin(endless.page("", 64))
    endless.down(loaded, 6_000)
    start = loaded.wants_back(loaded.first)
    assert start is not None
    first_held = loaded.ids[0]
    arrived = [desk.add(2_000_000 + number, "late arrival") for number in range(300)]
    before = [row for row in endless.page(start, 200).rows if row.id < first_held]
    pages = [
        QueuePage((*before, *arrived[:70]), "x", 9, 9, 1),
        QueuePage((*arrived[70:], loaded.rows[first_held]), "", 9, 9, 1),
    ]
    loaded.reach_back(start, pages)
    at = list(loaded.ids).index(first_held)
    assert list(loaded.ids[:at]) == [row.id for row in (*before, *arrived)]


def test_where_the_pages_do_not_reach_the_window_it_begins_anew(endless: Endless) -> None:
    loaded = Loaded()
    loaded.begin(endless.page("", 64))
    endless.down(loaded, 6_000)
    start = loaded.wants_back(loaded.first)
    assert start is not None
    shifted = Endless(endless.row, endless.size).page("900000", 200)
    loaded.reach_back(start, [shifted])
    assert list(loaded.ids) == [row.id for row in shifted.rows]
    assert loaded.after == shifted.after
    assert loaded.cursor in loaded.ids


@given(st.lists(st.integers(-9, 9), max_size=40))
def test_the_cursor_is_always_on_a_row_that_is_shown(steps: list[int]) -> None:
    loaded = Loaded()
    loaded.ids.extend(range(1, 8))
    loaded.narrow(None)
    loaded.cursor = 1
    for step in steps:
        loaded.move(step)
        assert loaded.at(loaded.place) == loaded.cursor


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-300, 300), max_size=24))
def test_however_one_moves_every_held_id_has_its_row_and_its_place(endless: Endless, steps: list[int]) -> None:
    endless.size = 9_000
    loaded = Loaded()
    loaded.begin(endless.page("", 64))
    for step in steps:
        (endless.down if step > 0 else endless.up)(loaded, abs(step) * 20)
        assert set(loaded.rows) == set(loaded.ids)
        assert loaded.at(loaded.place) == loaded.cursor
        assert len(loaded.ids) <= WINDOW + 200
        assert loaded.cursor == loaded.place + 1


def test_a_range_is_what_stands_between(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(3, 4, 5, 6))
    assert [row.id for row in loaded.between(6, 4)] == [4, 5, 6]
    assert loaded.between(6, 99) == []


def test_an_empty_view_has_no_cursor(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page())
    assert (loaded.cursor, loaded.place, loaded.row) == (0, -1, None)
    assert not loaded.move(1)
