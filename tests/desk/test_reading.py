"""What people see: views by keyset, counts up to a cap, one order, everything reachable."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product

import pytest

from moderator.desk import clocks, reading, status, work
from moderator.desk.room import Look
from moderator.domain import asks
from moderator.domain.asks import Order
from moderator.domain.comment import Author
from moderator.domain.errors import Code, Refused
from moderator.domain.event import stamp
from moderator.domain.item import Lane, State
from moderator.domain.person import Actor, Role
from moderator.domain.view import QueuePage, View
from moderator.store import orders, queue
from tests.desk.conftest import ABUSE, CRITICISM, PLAIN, START, Desk, remote

NOTHING = asks.Nothing()
TEXTS = (PLAIN, ABUSE, CRITICISM, "I will kill you tonight, I know where you live.", "I want to kill myself.")


async def all_of(desk: Desk, actor: Actor, view: View, limit: int = 7) -> list[int]:
    """A whole view, page by page."""
    found: list[int] = []
    after = ""
    while True:
        page: QueuePage = await desk.house.read(reading.queue_page, actor, view, after, limit)
        found += [row.id for row in page.rows]
        after = page.after
        if not after:
            return found


async def busy(desk: Desk, officer: Actor, lead: Actor) -> None:
    """Items in every state, lane and due time."""
    dice = random.Random(5)
    for n in range(120):
        await desk.comment(f"{dice.choice(TEXTS)} ({n})")
        desk.clock.pass_(dice.choice((0, 0, 1, 60, 300)))
    ids = [row["id"] for row in await desk.rows("SELECT id FROM item ORDER BY id")]
    until = desk.clock.now() + timedelta(hours=3)
    acts = (
        lambda i: desk.house.write(work.claim, officer, i, NOTHING),
        lambda i: desk.house.write(work.leave, officer, i, asks.Leave(1)),
        lambda i: desk.house.write(work.hide, officer, i, asks.Hide(1, "A1", start=0, end=4)),
        lambda i: desk.house.write(work.snooze, officer, i, asks.Snooze(until)),
    )
    for item_id in ids:
        if dice.random() < 0.6:
            try:
                await dice.choice(acts)(item_id)
            except Refused:
                continue
    await desk.drain(15)


async def test_pages_are_whole_in_order_and_equal_to_the_plain_question(
    desk: Desk, officer: Actor, lead: Actor
) -> None:
    """Every view, page by page, against one plain SQL question without pages."""
    await busy(desk, officer, lead)
    now = await desk.house.read(lambda look: look.now)
    open_states = "('new','claimed','snoozed','escalated','review')"
    soon = stamp(now + orders.SOON)
    held = f"SELECT item_id FROM lease WHERE person_id = {officer.person.id} AND until > '{stamp(now)}'"
    plain = {
        View.NEW: "state = 'new'",
        View.DUE: f"state IN {open_states} AND due_first <= '{soon}'",
        View.BACK: f"cause <> '' AND (state IN {open_states} OR state = 'committing')",
        View.ESCALATED: "state = 'escalated'",
        View.REVIEW: "state = 'review'",
        View.IN_FLIGHT: "state = 'committing'",
        View.ALL: "state <> 'archived'",
        View.MINE: f"id IN ({held})",
        View.FOUND: "0",
    }
    for view, where in plain.items():
        rows = await desk.rows(f"SELECT id FROM item WHERE {where} ORDER BY lane, due_first, id")
        wanted = [row["id"] for row in rows]
        for limit in (1, 7, 200):
            assert await all_of(desk, officer, view, limit) == wanted, view
        page = await desk.house.read(reading.queue_page, officer, view)
        assert page.total == len(wanted), view
    assert len(await all_of(desk, officer, View.ALL)) == 120
    await desk.sound()


async def test_every_open_item_is_reachable_in_some_view(desk: Desk, officer: Actor, lead: Actor) -> None:
    await busy(desk, officer, lead)
    everywhere: set[int] = set()
    for view in (View.MINE, View.NEW, View.ESCALATED, View.REVIEW, View.IN_FLIGHT):
        everywhere |= set(await all_of(desk, officer, view))
    rows = await desk.rows("SELECT id FROM item WHERE state IN ('new', 'claimed', 'escalated', 'review', 'committing')")
    assert {row["id"] for row in rows} <= everywhere
    everything = set(await all_of(desk, officer, View.ALL))
    assert {row["id"] for row in await desk.rows("SELECT id FROM item WHERE state <> 'archived'")} == everything


async def test_new_items_between_two_pages_move_nothing(desk: Desk, officer: Actor) -> None:
    ids = [await desk.comment(f"{PLAIN} {n}") for n in range(20)]
    first = await desk.house.read(reading.queue_page, officer, View.NEW, "", 10)
    await desk.comment("I will kill you tonight, I know where you live.")
    desk.clock.pass_(5)
    late = await desk.comment(PLAIN + " late")
    second = await desk.house.read(reading.queue_page, officer, View.NEW, first.after, 50)
    assert [row.id for row in (*first.rows, *second.rows)] == [*ids, late]


async def test_counts_stop_at_the_cap(desk: Desk, officer: Actor) -> None:
    await desk.take_in(*(remote(f"{PLAIN} {n}", f"c{n}") for n in range(60)))
    for view in (View.NEW, View.ALL, View.DUE, View.BACK):
        assert await desk.house.read(lambda look, v=view: queue.count(look.conn, v, 1, 25, look.now)) <= 25
    assert await desk.house.read(lambda look: queue.count(look.conn, View.NEW, 1, 25, look.now)) == 25


@pytest.mark.parametrize("key", ["x", "1-2", "1-2-3-4", "5-999999999999999999999-1", "5-x-1", "'; DROP TABLE item"])
async def test_a_place_that_the_desk_did_not_give_is_refused(desk: Desk, officer: Actor, key: str) -> None:
    with pytest.raises(Refused) as caught:
        await desk.house.read(reading.queue_page, officer, View.NEW, key)
    assert caught.value.code is Code.BAD


async def test_no_view_sorts_or_walks_the_whole_table(desk: Desk, officer: Actor) -> None:
    """The plan of every view in every order uses an index range; the control shows what a plan without one is like."""
    await desk.comment()

    def plans(look: Look) -> dict[tuple[View, Order], str]:
        found = {}
        for view, order in product(View, Order):
            if view is View.MINE:
                continue
            asked = orders.Asked(view, order, 1, START)
            sql, params = orders.candidates(asked, orders.place_of("5-1795354800000-40"), 50)
            rows = look.conn.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            found[view, order] = " / ".join(row["detail"] for row in rows)
        return found

    for (view, order), plan in (await desk.house.read(plans)).items():
        assert "SEARCH item USING" in plan, (view, order, plan)
        assert "SCAN item" not in plan, (view, order, plan)
        if order in (Order.AGE, Order.NEWEST) and view not in (View.BACK, View.FOUND):
            assert "item_age" in plan, (view, order, plan)
            assert "item_queue" not in plan, (view, order, plan)
    naive = "EXPLAIN QUERY PLAN SELECT id FROM item ORDER BY captured_at LIMIT 50 OFFSET 100"
    control = await desk.house.read(lambda look: " / ".join(row["detail"] for row in look.conn.execute(naive)))
    assert "SCAN item" in control


@pytest.mark.req("B13", "H3")
async def test_rows_mask_slurs_and_never_threats(desk: Desk, officer: Actor) -> None:
    await desk.comment(f"Listen.\n{ABUSE} You are a whore.\n\n" + "x" * 900)
    await desk.comment("I will kill you tonight, I know where you live.")
    page = await desk.house.read(reading.queue_page, officer, View.NEW)
    threat, slur = page.rows
    assert threat.lane is Lane.THREAT
    assert threat.masks == ()
    assert "\n" not in slur.text
    assert len(slur.text) == 400
    assert [slur.text[start:end] for start, end in slur.masks] == ["whore"]


@pytest.mark.req("Q11")
async def test_detail_tells_the_whole_story(desk: Desk, officer: Actor, other: Actor) -> None:
    author = Author("a7", "Bipul")
    await desk.comment("Where is the office?", "root", author=Author("a8", "Rima"))
    item_id = await desk.comment(ABUSE, "c2", author=author, parent_remote_id="root", permalink="https://x.example/c2")
    await desk.comment("Calm down.", "c3", author=Author("a9", "N"), parent_remote_id="c2")
    earlier = await desk.comment(ABUSE + " Again.", "c4", author=author)
    await desk.house.write(work.hide, officer, earlier, asks.Hide(1, "A1"))
    await desk.drain()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    detail = await desk.detail(officer, item_id)
    assert [(e.author, e.depth, e.target) for e in detail.thread] == [
        ("Rima", 0, False),
        ("Bipul", 1, True),
        ("N", 2, False),
    ]
    assert (detail.author_earlier, detail.author_earlier_hidden) == (1, 1)
    assert [(row.id, row.disposition.value) for row in detail.author_rows] == [(earlier, "hidden")]
    assert (detail.post_title, detail.post_text) == ("Flood relief", "Where to go.")
    assert (detail.row.owner, detail.row.mine, detail.lease_left_ms) == ("rita", True, 120_000)
    assert (await desk.detail(other, item_id)).row.mine is False
    assert detail.powers.hide
    assert detail.powers.hide_means
    assert "https://" not in detail.permalink
    assert [event.kind for event in detail.trail] == ["ingest", "claim"]
    assert "A1" in detail.why
    view = await desk.detail(officer, earlier)
    assert view.effects[0].label == "hide wordpress desk Bipul"


@pytest.mark.req("Q11")
async def test_the_author_s_other_comments_are_their_own_and_the_newest(desk: Desk, officer: Actor) -> None:
    author = Author("a7", "Bipul")
    mine = [await desk.comment(f"{PLAIN} {n}", author=author) for n in range(8)]
    namesake = await desk.comment(PLAIN, author=Author("a8", "Bipul"))
    detail = await desk.detail(officer, mine[-1])
    assert detail.author_earlier == 7
    assert [row.id for row in detail.author_rows] == mine[-2:-7:-1]
    assert (await desk.detail(officer, namesake)).author_rows == ()


async def test_the_agency_s_own_answer_stands_in_the_thread(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(PLAIN, "c1")
    await desk.take_in(remote("At ten.", "o1", author=Author("us", "Agency", ours=True), parent_remote_id="c1"))
    assert [(entry.text, entry.ours) for entry in (await desk.detail(officer, item_id)).thread][1:] == [
        ("At ten.", True)
    ]


@pytest.mark.parametrize("text", [ABUSE, CRITICISM, PLAIN, "I will kill you tonight, I know where you live."])
async def test_why_it_is_here_ends_in_one_full_stop(desk: Desk, officer: Actor, text: str) -> None:
    why = (await desk.detail(officer, await desk.comment(text))).why
    assert why.endswith(".")
    assert ".." not in why
    assert ". ." not in why


async def test_a_lapsed_lease_shows_nobody(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment()
    await desk.house.write(work.claim, officer, item_id, NOTHING)
    desk.clock.pass_(121)
    assert (await desk.detail(other, item_id)).row.owner == ""
    assert await all_of(desk, officer, View.MINE) == []
    assert await desk.house.read(reading.next_for, other) == 0
    await desk.house.write(clocks.tick)
    assert await desk.house.read(reading.next_for, other) == item_id


@pytest.mark.req("H21")
async def test_next_is_the_most_urgent_and_reviews_for_who_may(desk: Desk, officer: Actor, lead: Actor) -> None:
    assert await desk.house.read(reading.next_for, officer) == 0
    protected = await desk.comment(CRITICISM)
    await desk.house.write(work.hide, officer, protected, asks.Hide(1, "A1", start=0, end=4))
    assert await desk.house.read(reading.next_for, officer) == 0
    assert await desk.house.read(reading.next_for, lead) == protected
    await desk.comment(PLAIN)
    urgent = await desk.comment("I want to kill myself.")
    assert await desk.house.read(reading.next_for, officer) == urgent


async def test_status_says_everything_that_is_in_flight(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, asks.Hide(1, "A1"))
    desk.clock.pass_(5)
    told = await desk.house.read(status.status, officer)
    assert told.counts["in_flight"] == 1
    assert told.on_duty == ("babul", "rita")
    (effect,) = told.effects
    assert (effect.left_ms, effect.mine, effect.person) == (10_000, True, "rita")
    assert (await desk.house.read(status.status, other)).effects[0].mine is False
    assert (await desk.house.read(reading.effects, officer)) == told.effects
    assert await desk.house.read(reading.effect_view, officer.person.id, effect.id) == effect


async def test_rows_and_the_trail_and_the_policy(desk: Desk, officer: Actor) -> None:
    ids = [await desk.comment(f"{PLAIN} {n}") for n in range(5)]
    found = await desk.house.read(reading.rows, officer, [ids[3], ids[1], 999])
    assert [row.id for row in found] == [ids[1], ids[3]]
    assert await desk.house.read(reading.rows, officer, []) == ()
    page = await desk.house.read(reading.trail_page, officer, 0, 1000)
    assert [event.seq for event in page] == list(range(1, len(page) + 1))
    only = await desk.house.read(reading.trail_page, officer, 0, 100, ids[2])
    assert [event.item for event in only] == [ids[2]]
    custodian = await desk.person("keeper", Role.CUSTODIAN)
    with pytest.raises(Refused):
        await desk.house.read(reading.trail_page, custodian, 0, 10)
    policy = await desk.house.read(reading.policy_view, "as")
    assert policy.digest == desk.house.policy.digest
    assert [clause.digit for clause in policy.clauses][:3] == [1, 2, 3]
    assert (await desk.item(ids[0])).state is State.NEW
