"""The item screen and the small forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderator.domain import asks, view
from moderator.domain.item import Disposition, State
from moderator.domain.order import OrderKind
from moderator.domain.policy import Opinion

Open = Callable[..., Any]
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)


async def test_the_item_tells_what_is_found_and_that_it_is_being_looked_at(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "open")
        await story.shows("┃ ░░░░░░░░░░ officer, go drown", "A1 abusive language", "a slur on a person", "looking: das")
        assert ("detail", 2, True) in desk.calls


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"opinion": Opinion.NONE, "language": "brx"}, "no opinion: the engine covers brx poorly"),
        ({"opinion": Opinion.MEDIA}, "a picture or voice, not judged"),
        ({"protected": True}, "protected: criticism"),
        ({}, "– nothing found"),
    ],
)
@pytest.mark.req("V2", "H16")
async def test_what_was_not_judged_is_never_called_clean(
    open_desk: Open, desk: Any, change: dict[str, Any], words: str
) -> None:
    desk.rows_by_id[1] = replace(desk.rows_by_id[1], category="", clause="", **change)
    async with open_desk() as story:
        await story.press("open")
        await story.shows(words)


async def test_after_a_decision_the_next_item_has_to_be_confirmed(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("open")
        await story.shows("Water at roof")
        await story.decide("leave")
        await story.shows("officer, go drown")
        await story.until(lambda: story.app.screen.item_id == 2 and story.app.screen.detail, "the next item")
        story.app.ack._answered = True
        await story.press("leave")
        await story.shows("Not yet")
        assert [call[1] for call in desk.done("leave")] == [1]
        await story.decide("leave")
        await story.until(lambda: len(desk.done("leave")) == 2, "left")


async def test_brackets_walk_the_list_and_esc_goes_back(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("open", "next_item")
        await story.shows("officer, go drown", "2/8")
        await story.press("previous_item")
        await story.shows("Water at roof", "1/8")
        await story.press("back")
        await story.shows("due         finding")


async def test_next_for_me(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("next")
        await story.until(lambda: ("detail", 1, True) in desk.calls, "opened")


async def test_a_long_text_scrolls_and_its_findings_stay_in_sight(open_desk: Open, desk: Any) -> None:
    desk.add(1, "\n".join(f"line {number}" for number in range(60)) + "\nthe very end")
    async with open_desk() as story:
        await story.press("open")
        await story.shows("line 0", "nothing found")
        await story.press("end")
        await story.shows("the very end", "nothing found")


async def test_snooze_takes_a_time_and_says_what_is_unclear(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down")
        await story.decide("snooze")
        await story.shows("30m, 2h, 18:00")
        await story.press("ctrl+a", "ctrl+k", *"soon", "enter", "enter")
        await story.shows("Type a time such as 30m")
        await story.press("shift+tab", "ctrl+a", "ctrl+k", *"2h", "enter", "enter")
        await story.until(lambda: desk.done("snooze"), "snoozed")
        left = desk.done("snooze")[0][2].until - story.app.state.now
        assert timedelta(minutes=119) < left <= timedelta(hours=2)


@pytest.mark.req("H3")
async def test_an_urgent_hand_off_shows_whom_to_call_and_what_to_read(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.decide("escalate")
        await story.shows("By voice first: District control room 0361-1", "Read out: “Water at roof")
        await story.press("shift+tab", "shift+tab")
        await story.shows("1 verify")
        await story.press("tab", "tab", *"Send a boat", "enter")  # the question is all that has to be written
        await story.until(lambda: desk.done("escalate"), "handed off")
        assert desk.done("escalate")[0][2] == asks.Escalate(1, "Send a boat", asks.ReasonCode.SAFETY, 0)


@pytest.mark.req("H8")
async def test_a_request_records_caller_office_and_words(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.decide("order")
        await story.shows("1 order", "2 request")
        await story.press("2", "enter")
        await story.shows("Words used")
        await story.press(*"PA", "enter", *"Office", "enter", *"Take it down", "enter", "enter")
        await story.until(lambda: desk.done("order"), "recorded")
        ask = desk.done("order")[0][2]
        assert (ask.kind, ask.caller, ask.authority, ask.words) == (OrderKind.REQUEST, "PA", "Office", "Take it down")


async def test_what_was_typed_into_a_form_is_kept_by_esc(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("note")
        await story.shows("Colleagues see it")
        await story.press(*"call back", "escape", "note")
        await story.shows("call back")
        await story.press("enter")
        await story.until(lambda: desk.done("note"), "noted")
        assert desk.done("note")[0][2] == asks.Note("call back")


@pytest.mark.parametrize(("state", "act"), [(State.RESOLVED, "reverse"), (State.COMMITTING, "reopen")])
async def test_o_reverses_what_is_over_and_reopens_what_is_under_way(
    open_desk: Open, desk: Any, state: State, act: str
) -> None:
    desk.rows_by_id[1] = replace(desk.rows_by_id[1], state=state)
    async with open_desk() as story:
        await story.decide("reopen")
        await story.press(*"new facts", "enter")
        await story.until(lambda: desk.done(act), act)
        assert desk.done(act)[0][2] == asks.Because("new facts")


async def test_the_palette_does_anything_by_its_name(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.confirmed()
        await story.press("palette", *"vanished", "enter")
        await story.until(lambda: desk.done("close"), "closed")


async def test_the_keys_page_lists_what_the_roles_allow(open_desk: Open, desk: Any) -> None:
    desk.permissions = frozenset({"read", "decide"})
    async with open_desk() as story:
        await story.press("keys")
        await story.shows("leave public, no reply needed", "write a reply (not with your roles)")


@pytest.mark.req("G3")
async def test_the_second_person_reads_what_they_would_approve(open_desk: Open, desk: Any) -> None:
    desk.rows_by_id[3] = replace(desk.rows_by_id[3], state=State.REVIEW)
    proposal = view.DecisionView(
        1, Disposition.REPLIED, "", "", "he asked for it", "rita", "", NOW, "2026.11-2", 1, False, "", False, False,
        "Call Bipul at 98640 12345.\n— Rita", proposed=True,
    )  # fmt: skip
    desk.decisions[3] = (proposal,)
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.shows("proposed: replied by rita", "he asked for it", "Call Bipul at 98640 12345.", "— Rita")
        desk.decisions[3] = (replace(proposal, proposed=False, second="anil"),)
        await story.app.screen.reread()
        await story.shows(" replied by rita with anil")
        assert "proposed" not in story.text()


@pytest.mark.req("Q11")
async def test_the_context_of_an_item_is_read_before_a_reply(open_desk: Open, desk: Any) -> None:
    """Our post, what was said and answered before, and what this author wrote besides; abuse in it stays covered."""
    row = desk.rows_by_id[3]
    desk.threads[3] = (
        view.ThreadEntry("citizen 9", "The camp is full.", NOW, False, False, 0),
        view.ThreadEntry("Official desk", "A second camp is open at the college.", NOW, True, False, 1),
        view.ThreadEntry(row.author, desk.texts[3], NOW, False, True, 1),
    )
    desk.authors[3] = tuple(
        replace(row, id=90 - n, text=f"{'Filthyword ' * (n == 0)}earlier words {n}", masks=((0, 10),) * (n == 0),
                state=State.RESOLVED, disposition=Disposition.HIDDEN if n == 0 else Disposition.LEFT_PUBLIC)
        for n in range(5)
    )  # fmt: skip
    async with open_desk(size=(100, 40)) as story:
        await story.press("down", "down", "open")
        await story.shows("our post", "Helpline · Share your exact location.")
        await story.shows(
            "The camp is full.", "ours", "A second camp is open at the college.", "When will relief come?"
        )
        await story.shows("this author on our pages: 1 more", "#90", "hidden: ░░░░░░░░░░ earlier words 0", "#88")
        assert "Filthyword" not in story.text()
        assert "#87" not in story.text()
        await story.press("author")
        await story.shows("#87", "#86", "left public: earlier words 4")
