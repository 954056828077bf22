"""Many items at once: marks, ranges, bursts; the preview; what is going out and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key

from moderator.domain import view
from moderator.domain.asks import Bulk, Seen
from moderator.domain.errors import Code, Refused
from moderator.tui.base import DeskScreen
from moderator.tui.bulk import BulkScreen
from moderator.tui.loaded import WINDOW

Open = Callable[..., Any]


async def mark(story: Any, *ids: int) -> None:
    for item_id in ids:
        story.app.queue.go_to(item_id)
        await story.press("mark")


async def preview(story: Any) -> BulkScreen:
    """Wait until the preview is there and confirmed."""
    await story.until(lambda: isinstance(story.app.screen, BulkScreen) and story.app.screen.preview, "the preview")
    await story.confirmed()
    screen: BulkScreen = story.app.screen
    return screen


async def test_a_mark_is_a_glyph_in_its_row_and_a_count_in_the_strip(open_desk: Open) -> None:
    async with open_desk() as story:
        await mark(story, 2, 4)
        await story.shows("· 2 marked")
        assert [y for y, drawn in enumerate(story.screen()) if "◆" in drawn] == [5, 7]
        await story.press("mark")
        await story.shows("· 1 marked")
        story.app.queue.action_act("unmark")
        await story.until(lambda: "marked" not in story.text() and "◆" not in story.text(), "no marks")


@pytest.mark.req("B9")
async def test_marks_survive_arrivals_and_leaving_the_view(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await mark(story, 4, 6)
        for number in range(-3, 0):
            desk.add(number, "a newcomer on top")
        await story.press("fresh")
        await story.shows("a newcomer", "· 2 marked")
        rows = [drawn for drawn in story.screen() if "◆" in drawn]
        assert [number in drawn for number, drawn in zip(("number 4", "number 6"), rows, strict=True)] == [True, True]
        await story.press("view_8", "view_2")
        await story.shows("· 2 marked")
        await story.press("leave")
        await story.confirmed()
        await story.press("leave")
        await preview(story)
        assert desk.done("bulk_preview")[-1][1].items == (Seen(4, 1), Seen(6, 1))


async def test_a_range_goes_from_the_last_mark_to_the_cursor(open_desk: Open) -> None:
    async with open_desk() as story:
        await story.press("range")
        await story.shows("A range goes from the last mark")
        await mark(story, 3)
        story.app.queue.go_to(6)
        await story.press("range")
        await story.shows("· 4 marked")
        assert sorted(story.app.state.marks) == [3, 4, 5, 6]


async def test_star_marks_what_is_nearly_the_same(open_desk: Open, desk: Any) -> None:
    desk.near[4] = [4, 5, 7]
    async with open_desk() as story:
        story.app.queue.go_to(4)
        await story.press("alike")
        await story.shows("· 3 marked", "2 near-duplicates are marked with it")
        assert sorted(story.app.state.marks) == [4, 5, 7]


@pytest.mark.req("Z5", "H5")
async def test_leaving_what_is_marked_goes_through_the_preview(open_desk: Open, desk: Any) -> None:
    desk.left_out[6] = "Item 6 is protected criticism: it stays as it is."
    async with open_desk() as story:
        await mark(story, 4, 5, 6)
        await story.decide("leave")
        await preview(story)
        await story.shows("Leave 3 comments public", "1 is left alone:", "#6  Item 6 is protected criticism",
                          "2 are decided at once", "fb dipr 2", "Bulk of 2.")  # fmt: skip
        lines = story.screen()
        assert next(y for y, drawn in enumerate(lines) if "#6" in drawn) < next(
            y for y, drawn in enumerate(lines) if "2 are decided at once" in drawn
        )
        assert desk.done("bulk") == []
        await story.press("enter")
        await story.shows("Bulk leave of 2 done.", "leave 2: 1/2 sent; z stops and restores", "· 1 marked")
        await story.shows("left public")
        assert desk.done("bulk") == [("bulk", Bulk("leave", (Seen(4, 1), Seen(5, 1))))]


@pytest.mark.req("H5")
async def test_only_what_the_preview_showed_is_done(open_desk: Open, desk: Any) -> None:
    """Newcomers of the burst, and a newer version of a member, are not in it."""
    desk.near[4] = [4, 5]
    desk.rows_by_id[4] = replace(desk.rows_by_id[4], copies=2)
    async with open_desk() as story:
        story.app.queue.go_to(4)
        await story.decide("leave")
        await preview(story)
        desk.near[4] = [4, 5, 6]
        desk.rows_by_id[5] = replace(desk.rows_by_id[5], comment_version=2)
        desk.tell("queue", view.Changed(2, 1, (5, 6), (), 0))
        await story.until(lambda: story.app.state.fresh == 1, "told")
        await story.press("enter")
        await story.until(lambda: desk.done("bulk"), "done")
        assert desk.done("bulk")[0][1].items == (Seen(4, 1), Seen(5, 1))


@pytest.mark.req("H9")
@pytest.mark.parametrize("checked", [True, False], ids=["as it is", "control: unchecked"])
async def test_enter_on_a_preview_that_was_not_shown_does_nothing(
    open_desk: Open, desk: Any, monkeypatch: pytest.MonkeyPatch, checked: bool
) -> None:
    async with open_desk() as story:
        await mark(story, 4, 5)
        await story.confirmed()
        if not checked:
            monkeypatch.setattr(DeskScreen, "_shown", lambda self: True)
        story.app.ack._answered = True
        await story.press("leave")
        await story.until(lambda: isinstance(story.app.screen, BulkScreen) and story.app.screen.preview, "the preview")
        await story.press("enter")
        if checked:
            await story.shows("Not yet")
            assert desk.done("bulk") == []
        else:
            await story.until(lambda: desk.done("bulk"), "an unseen preview was carried out")


@pytest.mark.req("H9")
async def test_keys_poured_behind_the_a_do_nothing_at_the_preview(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await mark(story, 4, 5)
        await story.confirmed()
        for character in "a\r\r":
            name = "enter" if character == "\r" else _character_to_key(character)
            key = events.Key(name, character)
            key.set_sender(story.app)
            story.app._driver.send_message(key)
        await story.until(lambda: isinstance(story.app.screen, BulkScreen) and story.app.screen.preview, "the preview")
        assert desk.done("bulk") == []


@pytest.mark.req("H9")
async def test_enter_right_behind_esc_carries_nothing_out(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await mark(story, 4, 5)
        await story.decide("leave")
        await preview(story)
        for name, character in (("escape", "\x1b"), ("enter", "\r")):
            key = events.Key(name, character)
            key.set_sender(story.app)
            story.app._driver.send_message(key)
        await story.until(lambda: not isinstance(story.app.screen, BulkScreen), "back")
        await story.pilot.pause()
        assert desk.done("bulk") == []


async def test_esc_goes_back_and_keeps_the_marks(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await mark(story, 4, 5)
        await story.decide("leave")
        await preview(story)
        await story.press("escape")
        await story.shows("· 2 marked")
        assert desk.done("bulk") == []


@pytest.mark.req("Z5", "H5")
async def test_hiding_a_burst_asks_for_its_clause_and_looks_again(open_desk: Open, desk: Any) -> None:
    desk.near[2] = list(range(2, 7))
    desk.rows_by_id[2] = replace(desk.rows_by_id[2], copies=412)
    async with open_desk() as story:
        await story.press("down")
        await story.shows("×412")
        await story.decide("hide")
        screen = await preview(story)
        await story.shows("Hide 5 comments", "┃", "░░░░", "Clause A1 abusive language", "6 S1 spam or scam",
                          "About 1 min at the platforms' rate")  # fmt: skip
        assert "Filthyword" not in story.text()
        first = screen.thing()
        await story.press("6")
        await story.until(lambda: screen.thing() not in (None, first), "another preview")
        await story.confirmed()
        await story.press("enter")
        await story.until(lambda: desk.done("bulk"), "done")
        ask = desk.done("bulk")[0][1]
        assert (ask.act, ask.clause, len(ask.items), ask.masked) == ("hide", "S1", 5, True)
        await story.shows("1/5 sent; z stops and restores")


async def test_only_this_one_is_the_ordinary_act(open_desk: Open, desk: Any) -> None:
    desk.near[4] = [4, 5]
    desk.rows_by_id[4] = replace(desk.rows_by_id[4], copies=2)
    async with open_desk() as story:
        story.app.queue.go_to(4)
        await story.decide("leave")
        await preview(story)
        await story.press("tab")
        await story.until(lambda: desk.done("leave"), "left")
        assert (desk.done("leave")[0][1], desk.done("bulk")) == (4, [])


async def test_a_row_of_a_search_stands_for_itself(open_desk: Open, desk: Any) -> None:
    """Where the desk does not collapse, ×n is only told."""
    desk.rows_by_id[4] = replace(desk.rows_by_id[4], copies=2)
    async with open_desk() as story:
        await story.press("find", *"number 4", "enter")
        await story.shows("1 found", "×2")
        await story.decide("leave")
        await story.until(lambda: desk.done("leave"), "left alone")
        assert desk.done("bulk_preview") == []


@pytest.mark.req("B9", "H5")
async def test_z_takes_a_bulk_act_back_as_one(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await mark(story, 4, 5)
        await story.decide("leave")
        await preview(story)
        await story.press("enter")
        await story.shows("leave 2: 1/2 sent; z stops and restores")
        await story.press("undo")
        await story.shows("The bulk act is undone.")
        assert (desk.done("undo_batch"), desk.done("undo")) == ([("undo_batch", 9)], [])
        await story.until(lambda: "z undoes" not in story.text() and "1/2 sent" not in story.text(), "nothing is left")
        await story.press("redo")
        await preview(story)
        await story.shows("Leave 2 comments public")
        await story.press("enter")
        await story.until(lambda: len(desk.done("bulk")) == 2, "done again")
        assert desk.done("bulk")[0] == desk.done("bulk")[1]


async def test_a_bulk_act_that_cannot_be_taken_back_any_more_says_so(open_desk: Open, desk: Any) -> None:
    desk.refuse["undo_batch"] = Refused(Code.TOO_LATE, "Too late: all of it is sent.")
    async with open_desk() as story:
        await mark(story, 4, 5)
        await story.decide("leave")
        await preview(story)
        await story.press("enter")
        await story.shows("1/2 sent; z stops and restores")
        desk.batches_now = [replace(one, undoable=False, waiting=0, sent=2) for one in desk.batches_now]
        await story.press("undo")
        await story.shows("Not done: Too late: all of it is sent.")
        await story.until(lambda: "z undoes" not in story.text() and "leave 2: " not in story.text(), "not offered")


async def test_a_bulk_act_from_before_is_still_named_and_stopped(open_desk: Open, desk: Any) -> None:
    """After a dropped line: what is going out is told, and z stops it."""
    desk.bulk(Bulk("hide", tuple(Seen(key, 1) for key in range(4, 8)), "S1"))
    async with open_desk() as story:
        await story.shows("hide 4: 1/4 sent; z stops and restores")
        await story.press("undo")
        await story.until(lambda: desk.done("undo_batch"), "stopped")


async def test_a_refused_preview_leaves_the_marks(open_desk: Open, desk: Any) -> None:
    desk.refuse["bulk_preview"] = Refused(Code.BAD, "That is too many at once.")
    async with open_desk() as story:
        await mark(story, 4, 5)
        await story.decide("leave")
        await story.shows("Not done: That is too many at once.", "· 2 marked")


async def test_undo_history_lists_windows_and_takes_back_the_chosen_one(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down")
        await story.decide("leave")
        await story.until(lambda: story.app.queue.loaded.cursor == 3, "advanced")
        await story.decide("leave")
        await story.until(lambda: len(story.app.state.undoables) == 2, "both")
        story.app.queue.action_act("undo_history")
        await story.shows("What you can take back", "left public fb dipr citizen 3", "left public fb dipr citizen 2")
        await story.press("down", "enter")
        await story.until(lambda: desk.done("undo"), "undone")
        assert desk.done("undo")[0][1] == 2


async def test_redo_does_again_what_was_taken_back(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("redo")
        await story.shows("Nothing was taken back")
        await story.press("down")
        await story.decide("leave")
        await story.shows("z undoes")
        await story.press("undo")
        await story.until(lambda: desk.done("undo"), "undone")
        await story.press("redo")
        await story.until(lambda: desk.done("redo"), "done again")
        assert desk.done("redo")[0][1] == 2


async def test_holding_page_down_through_a_long_view_holds_no_more_than_a_window(open_desk: Open, desk: Any) -> None:
    for number in range(9, 6000):
        desk.add(number, f"Comment number {number}")
    async with open_desk() as story:
        queue = story.app.queue
        await mark(story, 1)
        while queue.loaded.after:
            place = len(queue.loaded)
            queue.act_end()
            await story.until(lambda place=place: len(queue.loaded) > place or not queue.loaded.after, "read on")
        assert len(queue.loaded.ids) == len(queue.loaded.rows) <= WINDOW + 200
        await story.press("end")
        await story.shows("Comment number 5999", "· 1 marked")
        await story.press("top")
        await story.shows("Water at roof")
        assert (queue.loaded.cursor, queue.loaded.first) == (1, 0)
