"""Stories at the queue: actions by id, and what stands on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from moderator import rows, text
from moderator.config import Screen
from moderator.domain import asks, view
from moderator.domain.effect import EffectState
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Lane
from moderator.tui.actions import RESERVED
from moderator.tui.queue_reading import OUTCOMES

Open = Callable[..., Any]


async def test_the_first_screen_says_what_is_known(open_desk: Open) -> None:
    async with open_desk() as story:
        await story.shows("DIPR desk", "all platforms up", "[2 New 8]", "‼", "life safety", "a leave", "? keys")


@pytest.mark.req("B13")
async def test_masked_words_are_covered_until_revealed_and_that_is_counted(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.shows("░░░░")
        assert "Filthyword" not in story.text()
        await story.press("down", "mask")
        await story.shows("Filthyword")
        assert desk.done("reveal") == [("reveal", 2, asks.Nothing())]


@pytest.mark.req("H9")
async def test_a_decision_acts_on_the_confirmed_row_only(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("leave")
        await story.shows("Not yet")
        assert desk.done("leave") == []
        await story.decide("leave")
        await story.until(lambda: desk.done("leave"), "left")
        assert desk.done("leave") == [("leave", 1, asks.Leave(1, False))]


@pytest.mark.req("H9")
async def test_keys_poured_over_a_stalled_line_decide_one_item(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.confirmed()
        story.app.ack._answered = True
        await story.press("leave", "leave", "leave", "leave", "leave")
        await story.until(lambda: story.app.queue.loaded.cursor == 2, "advanced")
        await story.press("leave", "leave", "leave")
        assert [call[1] for call in desk.done("leave")] == [1]


@pytest.mark.req("H9")
async def test_without_the_check_poured_keys_would_decide_unseen_items(
    open_desk: Open, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    async with open_desk() as story:
        monkeypatch.setattr(type(story.app.ack), "seen", lambda self, thing: True)
        await story.press("leave")
        await story.until(lambda: story.app.queue.loaded.cursor == 2, "advanced")
        await story.press("leave")
        await story.until(lambda: len(desk.done("leave")) == 2, "an unseen item was decided")


@pytest.mark.req("B3")
async def test_undo_names_its_target_and_returns_to_it(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down")
        await story.decide("leave")
        await story.shows("z undoes: left public fb dipr citizen 2")
        await story.until(lambda: story.app.queue.loaded.cursor == 3, "advanced")
        await story.press("undo")
        await story.until(lambda: story.app.queue.loaded.cursor == 2, "back on the item")
        assert desk.done("undo") == [("undo", 2, asks.Nothing())]
        await story.until(lambda: "z undoes" not in story.text(), "nothing more to undo")


async def test_an_undo_that_comes_too_late_says_so(open_desk: Open, desk: Any) -> None:
    desk.refuse["undo"] = Refused(Code.TOO_LATE, "Too late: sent.", "o reverses it with a new decision.")
    async with open_desk() as story:
        await story.decide("leave")
        await story.shows("z undoes")
        await story.press("undo")
        await story.shows("Not done: Too late: sent. o reverses it")
        assert "z undoes" not in story.text()


async def test_staying_is_a_matter_of_configuration(open_desk: Open, desk: Any) -> None:
    config = replace(__import__("moderator.config").config.Config(), screen=Screen(advance="stay"))
    async with open_desk(config=config) as story:
        await story.decide("leave")
        await story.shows("Leave done. ·")
        assert story.app.queue.loaded.cursor == 1


async def test_arrivals_wait_until_they_are_asked_for(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        before = story.screen()[4:12]
        desk.add(-1, "a newcomer at the very top")
        desk.tell("queue", view.Changed(2, 12, (-1,), (), 0))
        await story.shows("· 12 new ( . )")
        assert story.screen()[4:12] == before
        await story.press("fresh")
        await story.shows("a newcomer")
        assert story.app.queue.loaded.cursor == 1
        assert "new ( . )" not in story.text()


@pytest.mark.req("H1")
async def test_urgent_is_announced_on_every_screen_and_rings_once(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        bells: list[int] = []
        story.app.bell = lambda: bells.append(1)
        await story.decide("reply")
        await story.shows("Esc preview")
        desk.urgent = (1,)
        for _ in range(2):
            desk.tell("queue", view.Changed(2, 1, (1,), (1,), 0))
        await story.shows("· 1 URGENT ( Esc u )")
        await story.press("escape")
        await story.shows("· 1 URGENT ( u )")
        await story.press("urgent")
        await story.until(lambda: story.app.screen.PLACE == "item", "the item is open")
        assert ("detail", 1, True) in desk.calls
        assert len(bells) == 1
        for action in ("keys", "palette"):
            await story.press(action)
            await story.shows("1 URGENT")
            await story.press("escape")
        await story.decide("hide")
        await story.shows("1 URGENT")


@pytest.mark.req("H1")
async def test_from_the_preview_u_opens_it_and_the_draft_is_kept(open_desk: Open, desk: Any) -> None:
    desk.urgent = (1,)
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("reply")
        await story.shows("Esc preview")
        await story.press(*"Soon", "escape", "urgent")
        await story.until(lambda: story.app.screen.PLACE == "item", "the item is open")
        assert desk.drafts[3].text == "Soon"


async def test_the_list_shows_another_officers_claim_in_place(open_desk: Open, desk: Any) -> None:
    async with open_desk(size=(120, 30)) as story:
        desk.rows_by_id[4] = replace(desk.rows_by_id[4], owner="roy", version=9)
        desk.tell("queue", view.Changed(2, 0, (4,), (), 0))
        await story.until(lambda: story.app.queue.loaded.rows[4].owner == "roy", "the row was read again")
        assert desk.done("rows")[-1] == ("rows", (4,))


async def test_only_changed_lines_are_repainted(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        drawn: list[int] = []
        keep = story.app.queue.list._line
        story.app.queue.list._line = lambda y: (drawn.append(y), keep(y))[1]
        await story.press("down")
        await story.until(lambda: drawn, "painted")
        assert set(drawn) == {1, 2}


async def test_more_rows_are_read_as_the_end_comes_near(open_desk: Open, desk: Any) -> None:
    for number in range(9, 200):
        desk.add(number, f"Comment number {number}")
    async with open_desk() as story:
        assert len(story.app.queue.loaded) == 64
        for _ in range(4):
            await story.press("page_down")
        await story.until(lambda: len(story.app.queue.loaded) >= 128, "the next page")
        assert ("queue", "new", "64") in desk.calls


async def test_finding_narrows_as_one_types(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("find", *"number 7")
        await story.shows("/ number 7▏ 1 of 8 loaded", "Comment number 7")
        assert "Comment number 6" not in story.text()
        await story.press("enter")
        await story.decide("leave")
        await story.until(lambda: desk.done("leave"), "left")
        assert desk.done("leave")[0][1] == 7
        await story.press("escape")
        await story.shows("Comment number 6")


async def test_views_have_fixed_digits(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("view_7")
        await story.shows("[7 In flight")
        assert ("queue", "in_flight", "") in desk.calls


async def test_what_a_role_does_not_allow_is_said(open_desk: Open, desk: Any) -> None:
    desk.permissions = frozenset({"read"})
    async with open_desk() as story:
        await story.press("leave")
        await story.shows("Your roles do not allow")
        assert desk.done("leave") == []


async def test_claiming_and_releasing_are_one_key(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("claim")
        await story.until(lambda: story.app.queue.loaded.rows[1].mine, "claimed")
        await story.press("claim")
        await story.until(lambda: desk.done("release"), "released")


async def test_reserved_keys_do_nothing(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        before = len(desk.calls), story.text()
        await story.press(*sorted(RESERVED))
        assert (len(desk.calls), story.text()) == before


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (EffectState.SENDING, "hide fb dipr citizen 2: sending"),
        (EffectState.UNCERTAIN, "unknown, looking again"),
        (EffectState.PARKED, "waits for a person ( f )"),
    ],
)
async def test_the_strip_tells_the_truth_about_what_is_in_flight(
    open_desk: Open, desk: Any, held_effect: Any, state: EffectState, words: str
) -> None:
    desk.effects_now = [held_effect(2, state, 0)]
    async with open_desk() as story:
        await story.shows(words)


@pytest.mark.req("B3")
async def test_a_held_effect_from_before_can_still_be_undone(open_desk: Open, desk: Any, held_effect: Any) -> None:
    desk.effects_now = [held_effect(2)]
    async with open_desk() as story:
        await story.shows("z undoes: hide fb dipr citizen 2, 1")
        await story.press("undo")
        await story.until(lambda: desk.done("undo"), "undone")


async def test_a_parked_effect_is_settled_by_a_person(open_desk: Open, desk: Any, held_effect: Any) -> None:
    desk.effects_now = [held_effect(1, EffectState.PARKED, 0)]
    async with open_desk() as story:
        await story.shows("waits for a person")
        await story.decide("settle")
        await story.shows("1 resend it")
        await story.press("2", "enter", *"seen there", "enter")
        await story.until(lambda: desk.done("settle"), "settled")
        assert desk.done("settle") == [("settle", 7, asks.SettleEffect(asks.Settling.WAS_SENT, "seen there"))]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"practice": True}, "PRACTICE"),
        ({"private": True}, "PRIVATE DESK"),
        ({"notices": ("The keyring is locked.",)}, "! The keyring is locked."),
    ],
)
async def test_banners(open_desk: Open, desk: Any, change: dict[str, Any], words: str) -> None:
    for name, value in change.items():
        setattr(desk, name, value)
    async with open_desk() as story:
        await story.shows(words)


@pytest.mark.req("B15")
async def test_without_colour_every_state_is_still_a_word_or_a_glyph(
    open_desk: Open, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk.rows_by_id[5] = replace(desk.rows_by_id[5], lane=Lane.THREAT, category="threat", clause="T2")
    async with open_desk() as story:
        await story.shows("▌‼", "! ", "threat T2", "– question", "abusive A1")
        strips = story.app.screen._compositor.render_strips()
        assert all(segment.style.color is None or segment.style.color.is_default
                   for strip in strips for segment in strip if segment.style)  # fmt: skip


async def test_beside_the_list_where_there_is_room(open_desk: Open, desk: Any) -> None:
    async with open_desk(size=(120, 40)) as story:
        await story.shows("┃ Water at roof")
        assert ("detail", 1, False) in desk.calls


async def test_a_quiet_screen_draws_nothing(open_desk: Open) -> None:
    async with open_desk() as story:
        await story.confirmed()
        await story.pilot.pause()
        frames: list[int] = []
        story.app.post_display_hook = lambda: frames.append(1)
        story.app._each_second()
        story.app._minute()
        await story.pilot.pause()
        assert frames == []


@pytest.mark.parametrize("every", [0.3, 0.0], ids=["as it is", "control: each event"])
async def test_under_a_flood_the_count_is_drawn_a_few_times_a_second(
    open_desk: Open, desk: Any, monkeypatch: pytest.MonkeyPatch, every: float
) -> None:
    monkeypatch.setattr("moderator.tui.app.ARRIVALS_EVERY", every)
    async with open_desk() as story:
        drawn: list[int] = []
        keep = story.app._redraw_arrivals
        redraw = story.app.redraw
        story.app._redraw_arrivals = lambda at_once: (setattr(story.app, "redraw", lambda: drawn.append(1)),
                                                      keep(at_once), setattr(story.app, "redraw", redraw))  # fmt: skip
        for _ in range(50):
            desk.tell("queue", view.Changed(2, 1, (), (), 0))
        await story.until(lambda: story.app.state.fresh == 50, "all have come in")
        await story.shows("· 50 new ( . )")
        assert (len(drawn) <= 10) is (every > 0)


async def test_the_item_beside_the_list_waits_until_the_cursor_rests(open_desk: Open, desk: Any) -> None:
    """A moving cursor repaints its rows alone, and what still stands beside them is named for what it is."""
    async with open_desk(size=(120, 40)) as story:
        await story.shows("┃ Water at roof")
        story.app.queue.act_down()
        await story.pilot.pause()
        assert "before: " in story.text()
        assert "Water at roof" in story.text()
        await story.shows("┃ ░")
        assert "before: " not in story.text()


async def test_the_head_says_how_long_the_oldest_has_waited(open_desk: Open, desk: Any) -> None:
    real = desk.status
    desk.status = lambda: replace(real(), oldest=real().now - timedelta(hours=3))
    async with open_desk() as story:
        await story.shows("oldest 3 h")


@pytest.mark.req("B15")
async def test_with_a_thin_theme_a_cursor_key_changes_two_cells(open_desk: Open, desk: Any) -> None:
    config = replace(__import__("moderator.config").config.Config(), screen=Screen(theme="thin"))
    async with open_desk(config=config) as story:
        asked: list[Any] = []
        keep = story.app.queue.list.refresh
        story.app.queue.list.refresh = lambda *regions, **named: (asked.extend(regions), keep(*regions, **named))[1]
        await story.press("down")
        await story.until(lambda: asked, "painted")
        assert [(region.x, region.width, region.height) for region in asked] == [(0, 1, 1), (0, 1, 1)]
        assert [drawn[0] for drawn in story.screen()[4:7]] == [" ", "▌", " "]


@pytest.mark.parametrize("width", range(60, 201))
def test_what_became_of_a_row_is_never_cut(width: int) -> None:
    assert [words for words in OUTCOMES.values() if text.cells(words) >= rows.Columns.of(width).due] == []
