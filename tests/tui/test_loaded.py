"""The loaded list: the cursor is an id, nothing moves by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.domain.view import QueuePage
from moderator.tui.loaded import KEPT_ROWS, Loaded


@pytest.fixture
def page(desk: Any) -> Any:
    def of(*ids: int, after: str = "") -> QueuePage:
        return QueuePage(
            tuple(desk.rows_by_id.get(key) or desk.add(key, f"words {key}") for key in ids), after, 99, 10000, 1
        )

    return of


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


def test_finding_narrows_and_letting_go_returns(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page(4, 5, 6))
    loaded.find("NUMBER 5")
    assert [loaded.at(0), len(loaded), loaded.cursor] == [5, 1, 5]
    loaded.find("")
    assert (len(loaded), loaded.cursor) == (3, 5)


def test_rows_far_from_the_cursor_are_let_go_and_fetched_again(page: Any) -> None:
    loaded = Loaded()
    ids = list(range(10, 10 + KEPT_ROWS + 200))
    for start in range(0, len(ids), 200):
        loaded.extend(page(*ids[start : start + 200], after="x"))
    assert len(loaded) == len(ids)
    assert len(loaded.rows) <= KEPT_ROWS
    assert loaded.row is not None
    assert loaded.missing(len(ids) - 5, 5) == ids[-5:] or loaded.rows[ids[-1]]


@given(st.lists(st.integers(-9, 9), max_size=40))
def test_the_cursor_is_always_on_a_row_that_is_shown(steps: list[int]) -> None:
    loaded = Loaded()
    loaded.ids.extend(range(1, 8))
    loaded.find("")
    loaded.cursor = 1
    for step in steps:
        loaded.move(step)
        assert loaded.at(loaded.place) == loaded.cursor


def test_an_empty_view_has_no_cursor(page: Any) -> None:
    loaded = Loaded()
    loaded.begin(page())
    assert (loaded.cursor, loaded.place, loaded.row) == (0, -1, None)
    assert not loaded.move(1)
