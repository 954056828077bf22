"""Lists at the line: views, queries, orders, pages, and going from item to item along them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moderator.domain.errors import Code
from moderator.domain.item import Lane, State
from moderator.domain.policy import Asks, Opinion
from tests.line.conftest import Desk, a_row, an_item, two


def five() -> Desk:
    desk = Desk({n: an_item(n, f"comment {n}") for n in range(1, 6)})
    desk.page_size = 2
    return desk


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("/new", ("new", "", "", "")),
        ("/2", ("new", "", "", "")),
        ("view due", ("due", "", "", "")),
        ("/in flight", ("in_flight", "", "", "")),
        ("/new account:fb lang:as", ("new", "", "account:fb lang:as", "")),
        ("/2 is:question", ("new", "", "is:question", "")),
        ("/is:question due<30m", ("all", "", "is:question due<30m", "")),
        ('/author:hojai "water level"', ("all", "", 'author:hojai "water level"', "")),
        ("/newspaper", ("all", "", "newspaper", "")),
        ("/12", ("all", "", "12", "")),
        ('search "lanka road" state:resolved', ("found", "", '"lanka road" state:resolved', "")),
    ],
)
def test_views_and_queries(work, typed, asked):
    assert work(two(), typed, "q").desk.asked == [asked]


def test_a_query_alone_filters_the_list_that_was_told(work):
    said = work(two(), "/due", "/lang:as", "q")
    assert said.desk.asked == [("due", "", "", ""), ("due", "", "lang:as", "")]
    assert "2 items in due. That is all. Looked for: lang:as." in said.text


def test_the_order_is_kept_until_another_is_chosen(work):
    said = work(two(), "/new", "sort age", "/due", "sort priority", "q")
    assert [(one[0], one[3]) for one in said.desk.asked] == [("new", ""), ("new", "age"), ("due", "age"), ("due", "")]
    assert "Lists are told the newest first." in work(two(), "sort newest", "q").text
    refused = work(two(), "sort size")
    assert (refused.code, refused.desk.asked) == (Code.BAD, [])
    assert "A list can be sorted by: priority (the most urgent first), due" in refused.text


def test_pages_follow_one_another(work):
    said = work(five(), "/all", "more", "more", "more")
    assert [one[1] for one in said.desk.asked] == ["", "2", "4"]
    assert said.text.count("“more” goes on.") == 2
    assert "That is all." in said.text
    assert "There is nothing more to list." in said.text
    assert "Nothing was listed yet." in work(five(), "more").text


def test_a_search_that_stopped_early_says_so(work):
    desk = two()
    desk.partial = "Looked through the 50,000 most urgent; narrow it down."
    assert desk.partial in work(desk, "/lang:as", "q").text


def test_from_item_to_item_along_the_list(work):
    said = work(five(), "/all", "]", "]", "]", "[", "q")
    opened = [line for line in said.text.split("\n") if line.startswith("Item") and "account fb dipr" in line]
    assert [line[:6] for line in opened] == ["Item 1", "Item 2", "Item 3", "Item 2"]
    assert [one[1] for one in said.desk.asked] == ["", "2"]


def test_the_ends_of_a_list_are_said(work):
    assert "That was the first item of the list." in work(five(), "/all", "1", "[").text
    desk = five()
    desk.page_size = 0
    assert "That was the last item of the list." in work(desk, "/all", "5", "]").text


def test_after_a_decision_the_list_goes_on_behind_it(work):
    said = work(five(), "/all", "1", "a", "]", "q")
    assert said.text.rindex("Item 2, account") > said.text.index("Saved: leave 1.")


@pytest.mark.req("L3", "Q5")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lane": Lane.LIFE}, "7, URGENT, due in 29 minutes, fb dipr, nothing found."),
        ({"category": "threat", "clause": "T2"}, "fb dipr, threat T2."),
        ({"opinion": Opinion.NONE}, "fb dipr, no opinion."),
        ({"opinion": Opinion.MEDIA, "text": ""}, "not judged. citizen: “picture or voice, not judged”"),
        ({"asks": Asks.QUESTION}, "fb dipr, a question."),
        ({"protected": True}, "fb dipr, protected criticism."),
        ({"copies": 412}, "“the words”, and 411 like it"),
        ({"masks": ((4, 9),)}, "“the [covered]”\n"),
        ({"state": State.CLAIMED, "owner": "rita"}, "nothing found, with rita."),
        ({"state": State.CLAIMED, "mine": True}, "nothing found, yours."),
        ({"state": State.ESCALATED, "level": 2}, "nothing found, handed up to level 2."),
        ({"due": None}, "7, nothing due, fb dipr"),
    ],
)
def test_a_row_read_aloud_needs_no_glyph(work, changes, told):
    item = an_item(7, "the words")
    desk = Desk({7: replace(item, row=replace(a_row(7, "the words"), **changes))})
    said = work(desk, "/all", "q").text
    assert told in said
    assert not set(said) & set("‼!░×●○↑↩→✓·│…–")
