"""Looking for something: what is loaded narrows at once, Enter asks the desk, Esc shows all again where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.domain import query, view
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.matching import matches
from moderator.domain.policy import Asks, Opinion
from moderator.tui.search import Search

Open = Callable[..., Any]


async def test_it_narrows_as_one_types_without_asking_the_desk(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        before = len(desk.done("queue"))
        await story.press("find", *"number 7")
        await story.shows("/ number 7▏ 1 of 8 loaded", "Comment number 7")
        assert "Comment number 6" not in story.text()
        assert len(desk.done("queue")) == before


async def test_enter_asks_the_desk_over_the_whole_view(open_desk: Open, desk: Any) -> None:
    """Also for what is not loaded."""
    for number in range(9, 300):
        desk.add(number, f"Comment number {number}")
    async with open_desk() as story:
        await story.press("find", *"number 29", "enter")
        await story.shows("/ number 29", "11 found", "Comment number 299")
        assert ("queue", "new", "", "number 29") in desk.calls
        await story.decide("leave")
        await story.until(lambda: desk.done("leave"), "left")
        assert desk.done("leave")[0][1] == 29


async def test_esc_shows_all_again_on_the_same_item(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "down", "down", "down")
        await story.press("find", *"relief", "enter")
        await story.shows("1 found", "When will relief")
        assert story.app.queue.loaded.cursor == 3
        await story.press("escape")
        await story.shows("Comment number 6", "[2 New")
        assert story.app.queue.loaded.cursor == 5
        assert " / relief" not in story.text()


async def test_an_unclear_query_is_told_in_a_sentence_and_nothing_is_asked(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("find", *"acount:fb")
        await story.shows("Nothing is called acount:", "Did you mean account:?")
        before = len(desk.done("queue"))
        await story.press("enter")
        await story.shows("Did you mean account:?")
        assert story.app.queue.search.open
        assert len(desk.done("queue")) == before


async def test_a_desk_that_refuses_leaves_the_list_as_it_was(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        desk.refuse["queue"] = Refused(Code.BAD, "That cannot be looked for.")
        await story.press("find", *"number", "enter")
        await story.shows("Not done: That cannot be looked for.", "Comment number 6", "/ number▏")


async def test_what_was_not_looked_through_is_said(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        real = desk.queue
        desk.queue = lambda *given, **named: replace(real(*given, **named), partial="Looked through 50,000 only.")
        await story.press("find", *"number", "enter")
        await story.shows("found", "Looked through 50,000 only.")


async def test_the_search_of_everything_has_its_own_head_and_says_where_each_stands(open_desk: Open, desk: Any) -> None:
    desk.rows_by_id[6] = replace(
        desk.rows_by_id[6], state=State.RESOLVED, disposition=Disposition.HIDDEN, visibility=Visibility.HIDDEN
    )
    async with open_desk() as story:
        await story.press("down", "view_9")
        await story.shows("[9 Found]", "Type words to look for")
        assert ("queue", "found", "") not in desk.calls
        await story.press(*"number", "enter")
        await story.shows("/ number", "5 found in everything taken in · newest first", "state", "hidden")
        assert ("queue", "found", "", "number") in desk.calls
        await story.press("down", "down", "open")
        await story.shows("author on our pages")
        await story.press("escape")
        await story.shows("5 found in everything")
        assert story.app.queue.loaded.cursor == 6
        await story.press("find", *" 7", "enter")
        await story.shows("/ number 7", "1 found in everything")
        await story.press("escape")
        await story.shows("[2 New")
        assert story.app.queue.loaded.cursor == 2


async def test_sorting_is_done_by_the_desk_and_shown(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        story.app.queue.action_act("sort_newest")
        await story.shows("newest first")
        assert desk.done("queue")[-1] == ("queue", "new", "", "newest")
        await story.press("view_8")
        await story.until(lambda: desk.done("queue")[-1] == ("queue", "all", "", "newest"), "the order stays")
        story.app.queue.action_act("sort_priority")
        await story.until(lambda: "newest first" not in story.text(), "the desk's own order")


@pytest.mark.req("Z25")
@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_told_in_a_sentence(typed: str) -> None:
    search = Search()
    search.begin(typed)
    assert search.read() is not None or search.complaint


def row(desk: Any, **changes: Any) -> view.Row:
    return replace(desk.add(50, "পানী নাই। Water at the School!", author="Hojai Das"), **changes)


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        ("water", {}),
        ("schoo", {}),
        ('"water at"', {}),
        ("পানী", {}),
        ("author:hojai", {}),
        ("account:dipr", {}),
        ("lang:en", {}),
        ("clause:a1", {"clause": "A1"}),
        ("state:open", {}),
        ("state:closed", {"state": State.RESOLVED}),
        ("is:question", {"asks": Asks.QUESTION}),
        ("is:urgent", {"lane": Lane.LIFE}),
        ("is:mine", {"mine": True}),
        ("is:back", {"cause": Cause.EDITED}),
        ("is:unjudged", {"opinion": Opinion.NONE}),
        ("due<2h", {}),
        ("age>5m", {}),
        ("id:50", {}),
    ],
)
def test_each_term_fits_what_has_it_and_its_opposite_does_not(desk: Any, typed: str, changes: dict[str, Any]) -> None:
    one = row(desk, **changes)
    now = one.arrived + timedelta(minutes=11)
    assert matches(query.parse(typed), one, now)
    assert not matches(query.parse(f"-{typed}"), one, now)
    assert not matches(query.parse(f"{typed} nothing-like-it"), one, now)


def test_every_word_that_is_takes_is_known_here(desk: Any) -> None:
    """The control: a word that this screen did not know would fit nothing, whatever the row."""
    known = [
        row(desk), row(desk, asks=Asks.QUESTION), row(desk, asks=Asks.FEEDBACK, cause=Cause.EDITED, mine=True),
        row(desk, asks=Asks.GRIEVANCE, visibility=Visibility.GONE, opinion=Opinion.NONE, owner="roy"),
        row(desk, asks=Asks.MEDIA, visibility=Visibility.HIDDEN, opinion=Opinion.MEDIA, protected=True),
        row(desk, asks=Asks.RESCUE, lane=Lane.LIFE, due=None),
        row(desk, due=desk.rows_by_id[1].arrived - timedelta(days=1)),
    ]  # fmt: skip
    now = known[0].arrived
    unknown = [word for word in query.IS if not any(matches(query.parse(f"is:{word}"), one, now) for one in known)]
    assert unknown == []
