"""Finding comments: in a view, in everything ever taken in, before and after their words are in the index."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from moderator.desk import indexing, reading, work
from moderator.desk.room import Look
from moderator.domain import asks
from moderator.domain.asks import Order
from moderator.domain.comment import Author
from moderator.domain.errors import Code, Refused
from moderator.domain.event import stamp
from moderator.domain.item import State
from moderator.domain.person import Actor
from moderator.domain.query import parse
from moderator.domain.view import QueuePage, View
from moderator.store import search, words
from moderator.store.orders import SOON, Asked, place_of
from moderator.store.orders import START as BEGINNING
from tests.desk.conftest import START, Desk, remote

NOTHING = asks.Nothing()


async def pages(desk: Desk, actor: Actor, view: View, query: str, limit: int = 7, order: Order = Order.PRIORITY) -> Any:
    """Everything that a query finds, page by page."""
    found: list[int] = []
    after = ""
    while True:
        page: QueuePage = await desk.house.read(reading.queue_page, actor, view, after, limit, query, order)
        found += [row.id for row in page.rows]
        after = page.after
        if not after:
            return found


async def first(desk: Desk, actor: Actor, view: View, query: str, limit: int = 64) -> QueuePage:
    """The first page."""
    return await desk.house.read(reading.queue_page, actor, view, "", limit, query)


async def crowd(desk: Desk, officer: Actor, count: int = 40) -> dict[str, list[int]]:
    """Comments of several kinds in several states; kind → items."""
    dice = random.Random(3)
    kinds: dict[str, list[int]] = {}
    texts = {
        "water": "Water level at Hojai bridge, please look, number {n}",
        "as": "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই, কেতিয়া আহিব? {n}",
        "abuse": "You stupid idiot, you absolute moron {n}.",
        "threat": "I will kill you tonight, I know where you live {n}.",
    }
    for n in range(count):
        kind = dice.choice(list(texts))
        author = Author(f"a{n % 5}", f"Bipul {n % 5}", f"@das_{n % 5}")
        item_id = await desk.comment(texts[kind].format(n=n), author=author)
        kinds.setdefault(kind, []).append(item_id)
        desk.clock.pass_(40)
        if n % 6 == 0:
            await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    return kinds


@pytest.mark.parametrize("indexed", [False, True])
async def test_words_are_found_whether_indexed_or_not(desk: Desk, officer: Actor, indexed: bool) -> None:
    kinds = await crowd(desk, officer)
    if indexed:
        assert await indexing.catch_up(desk.house) == 40
        assert await indexing.catch_up(desk.house) == 0
    water, assamese = sorted(kinds["water"], reverse=True), sorted(kinds["as"], reverse=True)
    assert await pages(desk, officer, View.FOUND, "water") == water
    assert await pages(desk, officer, View.FOUND, "WATER-level") == water
    assert await pages(desk, officer, View.FOUND, '"level at" hoj') == water
    assert await pages(desk, officer, View.FOUND, '"at level"') == []
    assert await pages(desk, officer, View.FOUND, "বানপানীর সাহায্য") == assamese
    assert await pages(desk, officer, View.FOUND, "বানপানী") == assamese
    assert await pages(desk, officer, View.FOUND, '"বানপানী"') == []
    by_four = [i for i in range(40, 0, -1) if (i - 1) % 5 == 4]
    assert await pages(desk, officer, View.FOUND, "author:das_4") == by_four
    assert await pages(desk, officer, View.FOUND, "author:bipul water") == water
    assert await pages(desk, officer, View.FOUND, "text:bipul") == []
    assert await pages(desk, officer, View.FOUND, "bipul -water") == [i for i in range(40, 0, -1) if i not in water]


async def test_found_holds_what_was_decided_long_ago(desk: Desk, officer: Actor) -> None:
    gone = await desk.comment("A very old word: xylophone.")
    await desk.house.write(work.leave, officer, gone, asks.Leave(1))
    await desk.drain()
    page = await first(desk, officer, View.FOUND, "xylophone")
    assert [row.id for row in page.rows] == [gone]
    assert page.rows[0].state is State.RESOLVED
    assert (page.total, page.after, page.partial) == (1, "", "")
    assert (await first(desk, officer, View.NEW, "xylophone")).rows == ()
    assert (await first(desk, officer, View.FOUND, "")).rows == ()


async def test_an_edit_is_found_by_its_new_words_alone(desk: Desk, officer: Actor) -> None:
    item = await desk.comment("The first words.", "c1")
    await indexing.catch_up(desk.house)
    for indexed in (False, True):
        await desk.take_in(remote(f"The second saying {indexed}.", "c1", revision=f"r{indexed}"))
        if indexed:
            await indexing.catch_up(desk.house)
        assert await pages(desk, officer, View.FOUND, "second") == [item]
        assert await pages(desk, officer, View.FOUND, "first") == []
    await desk.sound()


async def test_what_is_forgotten_is_not_found_and_leaves_no_word(desk: Desk, officer: Actor) -> None:
    item = await desk.comment("Unforgettable xylophone.")
    await indexing.catch_up(desk.house)
    assert await desk.rows("SELECT rowid FROM said WHERE said MATCH 'xylophone'") == [{"rowid": item}]
    await desk.house.write(lambda room: words.forget(room.tx, item))
    assert await desk.rows("SELECT rowid FROM said WHERE said MATCH 'xylophone'") == []
    assert await desk.rows("SELECT * FROM unsaid") == []


FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "is:urgent": lambda i: i["lane"] < 5,
    "-is:urgent": lambda i: i["lane"] == 5,
    "lang:as": lambda i: i["language"] == "as",
    "clause:a1": lambda i: i["clause"] == "A1",
    "clause:none": lambda i: i["clause"] == "",
    "clause:abusive,threat": lambda i: i["category"] in ("abusive", "threat"),
    "is:question": lambda i: i["asks"] == "question",
    "state:open": lambda i: i["state"] == "new",
    "state:closed": lambda i: i["state"] == "resolved",
    "account:WORD": lambda i: True,
    "account:other": lambda i: False,
    "#5": lambda i: i["id"] == 5,
    "id:5,7,9 -is:urgent": lambda i: i["id"] in (5, 7, 9) and i["lane"] == 5,
    "water state:new": lambda i: "Water" in i["text"] and i["state"] == "new",
}


KEYS: dict[Order, Callable[[dict[str, Any]], Any]] = {
    Order.PRIORITY: lambda i: (i["lane"], i["due_first"], i["id"]),
    Order.DUE: lambda i: (i["due_first"], i["id"]),
    Order.AGE: lambda i: (i["captured_at"], i["id"]),
    Order.NEWEST: lambda i: (i["captured_at"], i["id"]),
}


@pytest.mark.parametrize("view", [View.ALL, View.NEW, View.DUE, View.FOUND])
async def test_filters_find_what_a_plain_look_finds(desk: Desk, officer: Actor, view: View) -> None:
    """Every filter in every order, in pages, against looking at every item."""
    await crowd(desk, officer, 40)
    desk.clock.pass_(85 * 60)
    everything = await desk.rows(
        """SELECT i.*, v.text, d.language, d.clause, d.category, d.asks FROM item i
           JOIN version v ON v.item_id = i.id JOIN verdict d ON d.item_id = i.id"""
    )
    soon = stamp(await desk.house.read(lambda look: look.now) + SOON)
    if view in (View.NEW, View.DUE):
        everything = [i for i in everything if i["state"] == "new"]
    if view is View.DUE:
        everything = [i for i in everything if i["due_first"] <= soon]
    assert 5 < len(everything) <= (25 if view is View.DUE else 40)
    for order in Order:
        key = (lambda i: i["id"]) if view is View.FOUND else KEYS[order]
        standing = sorted(everything, key=key, reverse=order is Order.NEWEST or view is View.FOUND)
        if order is not Order.PRIORITY and view is not View.FOUND:
            assert await pages(desk, officer, view, "", 3, order) == [i["id"] for i in standing]
        for query, holds in FILTERS.items():
            wanted = [i["id"] for i in standing if holds(i)]
            assert await pages(desk, officer, view, query, 5, order) == wanted, query
            assert (await first(desk, officer, view, query)).total == len(wanted), query


async def test_who_has_it_and_when_it_is_due(desk: Desk, officer: Actor, other: Actor) -> None:
    mine, theirs, free = [await desk.comment(f"One more comment about the road {n}") for n in range(3)]
    await desk.house.write(work.claim, officer, mine, NOTHING)
    await desk.house.write(work.claim, other, theirs, NOTHING)
    for query, wanted in {
        "is:mine": {mine}, "is:taken": {mine, theirs}, "is:free": {free}, "-is:mine": {theirs, free},
        "state:claimed": {mine, theirs}, "age<1h": {mine, theirs, free}, "age>1h": set(), "due<1m": set(),
        "due>1m": {mine, theirs, free}, "is:late": set(),
    }.items():  # fmt: skip
        assert set(await pages(desk, officer, View.ALL, query)) == wanted, query
    desk.clock.pass_(86400)
    assert set(await pages(desk, officer, View.ALL, "is:late age>1h")) == {mine, theirs, free}
    assert set(await pages(desk, officer, View.MINE, "road")) == set()


@pytest.mark.parametrize("query", ["#3", "id:3,999 -is:urgent", "is:mine", "is:taken road", "state:claimed"])
async def test_what_is_named_is_looked_up_and_not_looked_for(
    desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """A single candidate is enough to find it. Control: for what is not named it is not."""
    ids = [await desk.comment(f"One more comment about the road {n}") for n in range(6)]
    await desk.house.write(work.claim, officer, ids[2], NOTHING)

    def one(look: Look, query: str) -> list[int]:
        asked = Asked(View.ALL, Order.PRIORITY, officer.person.id, look.now)
        page = search.page(look.conn, asked, parse(query), "", 64, search.Budget(candidates=1))
        return [place.id for place in page.places]

    assert await desk.house.read(one, query) == [ids[2]]
    assert await desk.house.read(one, "road -is:free") == []
    assert await pages(desk, officer, View.FOUND, query) == [ids[2]]


@pytest.mark.req("Q6")
async def test_questions_that_wait_oldest_first(desk: Desk, officer: Actor) -> None:
    asked = []
    for n in range(3):
        asked.append(await desk.comment(f"When does the office in ward {n} open tomorrow?"))
        await desk.comment(f"Thank you for the quick work on the bridge, number {n}.")
        desk.clock.pass_(60)
    await desk.house.write(work.leave, officer, asked[1], asks.Leave(1))
    await desk.drain()
    assert await pages(desk, officer, View.NEW, "is:question", 2, Order.AGE) == [asked[0], asked[2]]


@pytest.mark.req("Z25")
@pytest.mark.parametrize("query", ['"', "water OR", "foo:bar", "x" * 501, "due<x", "is:secret"])
async def test_what_is_no_query_is_refused_with_a_sentence(desk: Desk, officer: Actor, query: str) -> None:
    await desk.comment("Water OR fire.")
    if query == "water OR":
        assert len(await pages(desk, officer, View.FOUND, query)) == 1  # two words, no operator
        return
    with pytest.raises(Refused) as caught:
        await first(desk, officer, View.FOUND, query)
    assert caught.value.code is Code.BAD


class Stopwatch:
    """A clock that the looking itself moves: one second for each time it is read."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1.0
        return self.seconds


@pytest.mark.parametrize("view", [View.ALL, View.FOUND])
@pytest.mark.parametrize("query", ["lang:en", "xylophone", "water", "-water"])
async def test_a_page_that_ends_early_goes_on_from_there(desk: Desk, officer: Actor, view: View, query: str) -> None:
    """However little is looked through at a time, the pages together are whole, and each says that it is not."""
    await crowd(desk, officer)
    whole = await pages(desk, officer, view, query)

    def step(look: Look, after: str) -> search.Found:
        asked = Asked(view, Order.PRIORITY, officer.person.id, look.now)
        return search.page(look.conn, asked, parse(query), after, 64, search.Budget(candidates=9))

    found: list[int] = []
    after, early = "", 0
    while True:
        page = await desk.house.read(step, after)
        found += [place.id for place in page.places]
        early += not page.whole
        if page.after is None:
            break
        after = reading._key(page.after)
    assert found == whole
    assert early >= 3


async def test_time_ends_the_looking_too(desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    await crowd(desk, officer)
    monkeypatch.setattr(search, "_CHUNKS", (5,))

    def step(look: Look) -> search.Found:
        asked = Asked(View.ALL, Order.PRIORITY, officer.person.id, look.now)
        return search.page(look.conn, asked, parse("lang:xx"), "", 64, search.Budget(seconds=3.5, clock=Stopwatch()))

    page = await desk.house.read(step)
    assert (page.looked, page.whole, page.places) == (15, False, ())
    assert page.after is not None


@pytest.mark.parametrize("view", [View.ALL, View.NEW, View.FOUND])
async def test_rare_words_come_from_the_index_and_from_what_is_not_in_it(
    desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch, view: View
) -> None:
    """With a tiny sample the index is asked; the newest items are not in it. Control: blind to them, it misses one."""
    monkeypatch.setattr(search, "SAMPLE", 2)
    monkeypatch.setattr(search, "_CHUNKS", (2,))
    monkeypatch.setattr(search, "_BY_INDEX", 3)
    old = [await desk.comment(f"A rare xylophone, number {n}") for n in range(5)]
    await desk.comment("An ordinary comment")
    await indexing.catch_up(desk.house)
    await desk.comment("One more ordinary comment")
    fresh = await desk.comment("A fresh xylophone")
    await desk.take_in(remote("No rarity any more.", "c1", revision="edited"))
    await desk.take_in(*(remote(f"Nothing to see {n}", f"d{n}") for n in range(4)))
    wanted = {*old[1:], fresh}
    found = await pages(desk, officer, view, "xylo -nothing", 2)
    assert set(found) == wanted
    assert len(found) == len(wanted)
    monkeypatch.setattr(words, "unread", lambda conn, below, limit: [])
    assert fresh not in await pages(desk, officer, view, "xylo -nothing", 2)


async def test_a_very_long_tail_is_said(desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SAMPLE", 2)
    monkeypatch.setattr(search, "_CHUNKS", (2,))
    monkeypatch.setattr(search, "MOST_UNREAD", 3)
    for n in range(9):
        await desk.comment(f"Comment number {n}")
    page = await first(desk, officer, View.FOUND, "xylophone")
    assert page.partial == "4 comments are not in the search index yet: they were not looked at."
    await indexing.catch_up(desk.house)
    assert (await first(desk, officer, View.FOUND, "xylophone")).partial == ""


async def test_a_common_word_is_found_without_the_index(
    desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = await crowd(desk, officer)
    monkeypatch.setattr(words, "holding", None)
    assert await pages(desk, officer, View.FOUND, "water") == sorted(kinds["water"], reverse=True)


def test_a_key_of_another_order_is_still_only_a_place() -> None:
    assert place_of("") is BEGINNING
    assert place_of("0-0-7").id == 7
    with pytest.raises(Refused):
        place_of(f"0-0-{2**62}")


async def test_nothing_of_a_search_stands_on_the_trail(desk: Desk, officer: Actor) -> None:
    await desk.comment("Something secret")
    before = await desk.kinds()
    await indexing.catch_up(desk.house)
    await pages(desk, officer, View.FOUND, "secret")
    assert await desk.kinds() == before
    assert START.year == 2026
    await desk.sound()
