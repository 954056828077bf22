"""Reading by time loses nothing: crowds of one second, comments that become visible late, deletions while paging."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.domain.comment import Author, RemoteComment, RemoteState
from moderator.platforms import sweep
from moderator.platforms.sweep import Batch, Mark
from tests.platforms.conftest import NOON

START = Mark(NOON - timedelta(days=1))


def said(number: int, at: datetime) -> RemoteComment:
    return RemoteComment(str(number), "x", Author("", "Rina"), at.replace(microsecond=0), RemoteState.VISIBLE, "r")


@dataclass
class Listing:
    """A platform that lists by time: whole seconds, "after" excludes its second, pages by number."""

    size: int = 5
    comments: dict[str, RemoteComment] = field(default_factory=dict)
    on_page: Callable[[], None] = lambda: None
    calls: int = 0

    def say(self, at: datetime) -> str:
        comment = said(len(self.comments) + 1 + random.getrandbits(40), at)
        self.comments[comment.remote_id] = comment
        return comment.remote_id

    async def read(self, after: datetime, page: int) -> Batch:
        self.calls += 1
        listed = sorted(
            (c for c in self.comments.values() if c.created_at > after), key=lambda c: (c.created_at, int(c.remote_id))
        )
        found = Batch(listed[(page - 1) * self.size : page * self.size], len(listed) > page * self.size)
        self.on_page()
        return found


Sweep = Callable[[Callable[[datetime, int], Awaitable[Batch]], Mark, int, datetime], Awaitable[object]]


async def naive(read: sweep.Read, mark: Mark, budget: int, now: datetime) -> tuple[list[RemoteComment], Mark]:
    """What most clients do: everything after the last time seen, one page after the other."""
    found: list[RemoteComment] = []
    page = 1
    while True:
        batch = await read(mark.at, page)
        found.extend(batch.comments)
        if not batch.more:
            return found, Mark(max([mark.at, *(c.created_at for c in found)]))
        page += 1


async def read_all(how: Sweep, listing: Listing, mark: Mark, now: datetime) -> tuple[list[str], Mark]:
    """Every comment until the end of the list, through the saved form of the mark."""
    given_ids: list[str] = []
    for _ in range(500):
        fresh, mark = await how(listing.read, mark, 7, now)  # type: ignore[misc]
        again = sweep.from_json(json.loads(json.dumps(sweep.to_json(mark))))
        assert again == mark or how is naive
        mark = again or mark
        given_ids += [comment.remote_id for comment in fresh]
        if mark.ended:
            return given_ids, mark
    raise AssertionError("reading never came to an end")


@pytest.mark.req("F27")
@pytest.mark.parametrize(("how", "loses"), [(sweep.sweep, False), (naive, True)])
async def test_two_comments_of_one_second_are_both_given(how: Sweep, loses: bool) -> None:
    listing = Listing()
    first = listing.say(NOON)
    given_ids, mark = await read_all(how, listing, START, NOON)
    second = listing.say(NOON)
    more, _ = await read_all(how, listing, mark, NOON + timedelta(seconds=20))
    assert given_ids == [first]
    assert more == ([] if loses else [second])


@pytest.mark.parametrize(("how", "loses"), [(sweep.sweep, False), (naive, True)])
async def test_what_becomes_visible_late_is_given(how: Sweep, loses: bool) -> None:
    listing = Listing()
    listing.say(NOON)
    _, mark = await read_all(how, listing, START, NOON)
    late = listing.say(NOON - timedelta(seconds=60))
    more, _ = await read_all(how, listing, mark, NOON + timedelta(seconds=20))
    assert more == ([] if loses else [late])


@pytest.mark.parametrize(("how", "loses"), [(sweep.sweep, False), (naive, True)])
async def test_a_deletion_while_paging_hides_nobody(how: Sweep, loses: bool) -> None:
    listing = Listing()
    ids = [listing.say(NOON - timedelta(minutes=60 - n)) for n in range(15)]

    def delete_first() -> None:
        listing.comments.pop(ids[0], None)

    listing.on_page = delete_first
    given_ids, _ = await read_all(how, listing, START, NOON)
    assert (set(given_ids) >= set(ids[1:])) is not loses


@pytest.mark.parametrize(("how", "loses"), [(sweep.sweep, False), (naive, True)])
async def test_a_comment_of_the_future_does_not_carry_the_cursor_away(how: Sweep, loses: bool) -> None:
    listing = Listing()
    listing.say(NOON + timedelta(days=365))
    _, mark = await read_all(how, listing, START, NOON)
    next_one = listing.say(NOON + timedelta(seconds=10))
    more, _ = await read_all(how, listing, mark, NOON + timedelta(seconds=20))
    assert more == ([] if loses else [next_one])


async def test_a_crowd_of_one_second_larger_than_the_budget_is_given_once() -> None:
    listing = Listing()
    ids = {listing.say(NOON) for _ in range(300)}
    given_ids, _ = await read_all(sweep.sweep, listing, START, NOON)
    assert sorted(given_ids) == sorted(ids)


async def test_a_deep_reading_finds_what_came_an_hour_late_and_gives_nothing_else_again() -> None:
    listing = Listing()
    for n in range(50):
        listing.say(NOON - timedelta(minutes=n))
    _, mark = await read_all(sweep.sweep, listing, START, NOON)
    late = listing.say(NOON - timedelta(minutes=61))
    soon, mark = await read_all(sweep.sweep, listing, mark, NOON + timedelta(seconds=20))
    later, _ = await read_all(sweep.sweep, listing, mark, NOON + timedelta(minutes=31))
    assert (soon, later) == ([], [late])


@pytest.mark.parametrize(("forgets", "lost"), [(False, False), (True, True)])
async def test_what_becomes_visible_behind_a_long_reading_is_given(forgets: bool, lost: bool) -> None:
    """A flood keeps one reading going for minutes. Control: forgetting when it began loses the late one."""
    listing = Listing()
    for n in range(20):
        listing.say(NOON + timedelta(seconds=10 * n))
    _, mark = await sweep.sweep(listing.read, START, 10, NOON + timedelta(seconds=100))
    assert not mark.ended
    late = listing.say(NOON + timedelta(seconds=40))
    _, mark = await sweep.sweep(listing.read, mark, 100, NOON + timedelta(seconds=200))
    assert mark.ended
    mark = replace(mark, began=None) if forgets else mark
    more, _ = await read_all(sweep.sweep, listing, mark, NOON + timedelta(seconds=220))
    assert more == ([] if lost else [late])


async def test_a_quiet_list_costs_one_call() -> None:
    listing = Listing(size=100)
    for n in range(90):
        listing.say(NOON - timedelta(seconds=n))
    _, mark = await read_all(sweep.sweep, listing, START, NOON)
    listing.calls = 0
    await read_all(sweep.sweep, listing, mark, NOON + timedelta(seconds=20))
    assert listing.calls == 1


async def test_what_is_remembered_is_bounded() -> None:
    listing = Listing(size=1000)
    for n in range(sweep.REMEMBERED + 500):
        listing.say(NOON - timedelta(seconds=n))
    mark = START
    while True:
        _, mark = await sweep.sweep(listing.read, mark, 1000, NOON)
        if mark.ended:
            break
    assert len(mark.given) <= sweep.REMEMBERED


def read_to_the_end(listing: Listing, mark: Mark, now: datetime) -> tuple[set[str], Mark]:
    found: set[str] = set()
    for _ in range(400):
        fresh, mark = asyncio.run(sweep.sweep(listing.read, mark, 5, now))
        found |= {comment.remote_id for comment in fresh}
        if mark.ended:
            return found, mark
    raise AssertionError("reading never came to an end")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_is_ever_lost(data: st.DataObject) -> None:
    """Any order of comments (with lags, crowds and deletions) and readings (with any page and budget)."""
    listing = Listing(size=data.draw(st.integers(1, 6)))
    now, mark = NOON, START
    given_ids: set[str] = set()
    deleted: set[str] = set()
    for _ in range(data.draw(st.integers(1, 12))):
        now += timedelta(seconds=data.draw(st.integers(0, 40)))
        for _ in range(data.draw(st.integers(0, 9))):
            listing.say(now - timedelta(seconds=data.draw(st.integers(0, 80))))
        if listing.comments and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(sorted(listing.comments)))
            deleted.add(gone)
            del listing.comments[gone]
        budget = data.draw(st.integers(1, 8))
        fresh, mark = asyncio.run(sweep.sweep(listing.read, mark, budget, now))
        assert len(fresh) <= budget
        given_ids |= {comment.remote_id for comment in fresh}
    for _ in range(2):  # what came during one reading is given by the next at the latest
        more, mark = read_to_the_end(listing, mark, now)
        given_ids |= more
    assert given_ids | deleted >= set(listing.comments)


@pytest.mark.parametrize(
    "value", [None, 3, [], {}, {"at": 3}, {"at": "x"}, {"at": NOON.isoformat(), "given": {"9" * 18: ["1"]}}]
)
def test_what_is_no_mark_is_none(value: object) -> None:
    assert sweep.from_json(value) is None
