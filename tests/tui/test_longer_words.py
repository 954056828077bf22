"""Longer words than English: columns are cut, never pushed; nothing leaves its line; every string is translated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from moderator import rows, text
from moderator.domain import view
from moderator.domain.asks import Order, Seen
from moderator.domain.item import Cause, Disposition, Lane, State
from moderator.tui import frame, paper, search
from moderator.tui.actions import Place
from moderator.tui.bulk import BulkScreen
from moderator.tui.loaded import Loaded, Question

Open = Callable[..., Any]
WIDTHS = [60, 66, 80, 100, 120, 160, 200]

NAMES = re.compile(r"DIPR desk|das|fb dipr|citizen \d+|@hojai|[A-Z]\d|\b[a-z]\b|\d+|░+|PgDn|Tab|Esc|Ctrl-q|IST|UTC")
"""What stands in no catalogue: names, clauses, keys, numbers."""


def every_row(row: view.Row) -> Iterator[view.Row]:
    """Rows that show every word of ours."""
    yield from (replace(row, cause=cause) for cause in Cause)
    yield from (replace(row, state=state, level=2, owner="roy") for state in State)
    yield from (replace(row, state=State.RESOLVED, disposition=end) for end in Disposition if end)


@pytest.mark.req("L6")
@pytest.mark.parametrize("width", WIDTHS)
def test_columns_stand_where_they_stand_whatever_the_language(desk: Any, pseudo: str, width: int) -> None:
    row = desk.add(50, "how long " * 20, category="misinformation", clause="M1")
    now = row.arrived
    sizes = list(rows.Columns.of(width).widths())
    assert sum(sizes) == width
    assert sizes[-1] >= 10
    for one in every_row(row):
        for found in (False, True):
            cells = rows.cells_of(one, now, width, found=found)
            assert [text.cells(part) for part in cells] == sizes
    assert text.cells(rows.header(width)) == width


@pytest.mark.req("L6")
def test_a_language_with_longer_words_gets_more_room_where_there_is_some(pseudo: str) -> None:
    from moderator import locale

    longer = rows.Columns.of(80)
    locale.use("en")
    usual = rows.Columns.of(80)
    assert longer.due > usual.due
    assert longer.comment >= 15


@pytest.mark.req("L6")
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_the_frame_or_the_search_leaves_the_screen(desk: Any, pseudo: str, width: int) -> None:
    from moderator.tui.state import State as Session

    state = Session(hello=desk.hello())
    state.learn(desk.status(), 100.0)
    state.urgent, state.fresh = (1, 2), 12
    state.marks.add(desk.rows_by_id.values())
    state.remember(view.Done("ok", 5, window_ms=9000), "hide " + "w" * 300, 100.0)
    sought, loaded = search.Search(), Loaded(Question(view.View.FOUND, "water"))
    lines = [
        frame.head(state, width), frame.views(state, view.View.FOUND, width, Order.NEWEST),
        *frame.banners(state, width), *frame.strip(state, width, 100.0), frame.keys(state, Place.QUEUE, width),
        *search.draw(sought, loaded, width),
    ]  # fmt: skip
    sought.begin("acount:fb ")
    sought.type("acount:fb ", state.names())
    sought.read()
    lines += search.draw(sought, Loaded(), width)
    assert [paper.plain(one) for one in lines if text.cells(paper.plain(one)) > width] == []
    assert "Found" in paper.plain(lines[1])


@pytest.mark.req("L6")
@pytest.mark.parametrize("width", [60, 80, 120])
async def test_no_line_of_the_preview_leaves_the_screen(open_desk: Open, desk: Any, pseudo: str, width: int) -> None:
    desk.left_out[6] = "It is protected criticism and stays as it is, whatever anybody may say about it at this length."
    async with open_desk(size=(width, 24)) as story:
        row = replace(desk.rows_by_id[2], copies=412)
        seen = tuple(Seen(key, 1) for key in range(2, 9))
        story.app.push_screen(BulkScreen("hide", seen, True, burst=row))
        await story.until(lambda: getattr(story.app.screen, "preview", None), "the preview")
        screen = story.app.screen
        lines = [*screen.draw_head(width, 3), *screen.draw_body(width, 20), *screen.draw_foot(width, 3)]
        assert [paper.plain(one) for one in lines if text.cells(paper.plain(one)) > width] == []


@pytest.mark.req("L6")
@pytest.mark.parametrize("ids", [(), (4, 5)], ids=["as it opens", "with marks"])
async def test_every_word_of_the_queue_goes_through_the_catalogue(
    open_desk: Open, desk: Any, pseudo: str, ids: tuple[int, ...]
) -> None:
    """What is drawn outside ⟦ ⟧ is names, keys and numbers."""
    for key in (4, 5, 6, 7, 8):
        desk.rows_by_id[key] = replace(desk.rows_by_id[key], text="42")
    desk.rows_by_id[1] = replace(desk.rows_by_id[1], lane=Lane.ROUTINE, text="42")
    desk.rows_by_id[2] = replace(desk.rows_by_id[2], text="42", masks=())
    desk.rows_by_id[3] = replace(desk.rows_by_id[3], text="42")
    async with open_desk(size=(160, 30)) as story:
        story.app.state.marks.add(desk.rows_by_id[key] for key in ids)
        story.app.queue.redraw()
        await story.pilot.pause()
        queue = story.app.queue
        drawn = [paper.plain(one) for one in (*queue.draw_head(160, 9), *queue.draw_foot(160, 4))]
        drawn += [paper.plain(queue.list._line(y)) for y in range(10)]
        loose = [re.sub(r"⟦[^⟧]*⟧?", "", NAMES.sub("", re.sub(r"⟦[^⟧]*[⟧…]", "", one))) for one in drawn]
        assert [one for one in loose if re.search(r"[A-Za-z]{2,}", one)] == []


def test_control_a_word_of_ours_outside_the_catalogue_is_seen(
    desk: Any, pseudo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "_", lambda template, **values: template.format(**values))
    from moderator.tui.state import State as Session

    state = Session(hello=desk.hello())
    state.learn(desk.status(), 100.0)
    drawn = NAMES.sub("", paper.plain(frame.head(state, 80)))
    assert re.search(r"[A-Za-z]{2,}", drawn)
