"""Near-duplicates stand together as one row: only new routine ones, only in the desk's own order, never lost."""

from __future__ import annotations

import random

import pytest

from moderator.desk import reading, work
from moderator.desk.room import Room
from moderator.domain import asks
from moderator.domain.asks import Order
from moderator.domain.person import Actor
from moderator.domain.view import QueuePage, View
from moderator.store import bursts
from tests.desk.conftest import Desk, remote

NOTHING = asks.Nothing()
TOGETHER = (View.NEW, View.DUE, View.ALL)


def keyed(room: Room, keys: dict[int, str | None]) -> None:
    """Give these items a fold key, as intake does."""
    for item_id, key in keys.items():
        version = room.tx.one("SELECT version FROM item WHERE id = ?", item_id)
        assert version is not None
        room.tx.change("item", item_id, alike=key, version=version["version"] + 1)
        room.tx.record("test.alike", item=item_id)


async def all_of(
    desk: Desk, actor: Actor, view: View, limit: int = 7, order: Order = Order.PRIORITY, query: str = ""
) -> dict[int, int]:
    """Item → copies of a whole view, page by page."""
    found: dict[int, int] = {}
    after = ""
    while True:
        page: QueuePage = await desk.house.read(reading.queue_page, actor, view, after, limit, query, order)
        assert not set(found) & {row.id for row in page.rows}
        found |= {row.id: row.copies for row in page.rows}
        after = page.after
        if not after:
            return found


async def flood(desk: Desk, count: int, text: str = "A comment about the road") -> list[int]:
    """So many comments that stand for themselves, in the order of their arrival."""
    await desk.take_in(*(remote(f"{text} {n}", f"{text}{n}") for n in range(count)))
    ids = [await desk.item_of(f"{text}{n}") for n in range(count)]
    await desk.house.write(keyed, dict.fromkeys(ids))
    return ids


@pytest.mark.req("B9")
@pytest.mark.parametrize("limit", [1, 3, 64])
async def test_a_burst_is_one_row_with_its_number(desk: Desk, officer: Actor, limit: int) -> None:
    ids = await flood(desk, 40)
    members = ids[5:30]
    await desk.house.write(keyed, dict.fromkeys(members, "burst"))
    await desk.house.write(keyed, {ids[0]: "alone"})
    desk.clock.pass_(3 * 3600)
    wanted = {item_id: 25 if item_id == members[0] else 1 for item_id in ids if item_id not in members[1:]}
    for view in TOGETHER:
        assert await all_of(desk, officer, view, limit) == wanted, view
    page = await desk.house.read(reading.queue_page, officer, View.NEW)
    assert page.together
    assert page.total == 40
    await desk.sound()


async def test_without_keys_nothing_stands_together(desk: Desk, officer: Actor) -> None:
    """The control of the test above: the same comments, each for itself."""
    ids = await flood(desk, 40)
    assert await all_of(desk, officer, View.NEW) == dict.fromkeys(ids, 1)


@pytest.mark.parametrize("order", [Order.DUE, Order.AGE, Order.NEWEST])
async def test_another_order_or_a_query_shows_every_comment(desk: Desk, officer: Actor, order: Order) -> None:
    ids = await flood(desk, 9)
    await desk.house.write(keyed, dict.fromkeys(ids[:6], "burst"))
    for found in (
        await all_of(desk, officer, View.NEW, 4, order),
        await all_of(desk, officer, View.NEW, 4, Order.PRIORITY, "road"),
    ):
        assert found == {item_id: 6 if item_id in ids[:6] else 1 for item_id in ids}
    page = await desk.house.read(reading.queue_page, officer, View.NEW, "", 9, "road")
    assert not page.together


async def test_urgent_ones_always_stand_for_themselves(desk: Desk, officer: Actor) -> None:
    await desk.take_in(*(remote(f"I will kill you tonight, I know where you live {n}", f"t{n}") for n in range(5)))
    ids = [await desk.item_of(f"t{n}") for n in range(5)]
    await desk.house.write(keyed, dict.fromkeys(ids, "burst"))
    assert await all_of(desk, officer, View.NEW) == dict.fromkeys(ids, 1)


async def test_the_next_one_stands_for_the_burst_when_the_first_is_decided(desk: Desk, officer: Actor) -> None:
    ids = await flood(desk, 5)
    await desk.house.write(keyed, dict.fromkeys(ids, "burst"))
    assert await all_of(desk, officer, View.NEW) == {ids[0]: 5}
    await desk.house.write(work.leave, officer, ids[0], asks.Leave(1))
    assert await all_of(desk, officer, View.NEW) == {ids[1]: 4}
    await desk.house.write(work.claim, officer, ids[1], NOTHING)
    assert await all_of(desk, officer, View.NEW) == {ids[2]: 3}
    assert await all_of(desk, officer, View.ALL) == {ids[0]: 1, ids[1]: 1, ids[2]: 3}
    detail = await desk.detail(officer, ids[3])
    assert detail.row.copies == 3
    (row,) = await desk.house.read(reading.rows, officer, [ids[2]])
    assert row.copies == 3


async def test_the_number_is_capped(desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await flood(desk, 12)
    await desk.house.write(keyed, dict.fromkeys(ids, "burst"))
    monkeypatch.setattr(bursts, "COUNTED", 10)
    assert await all_of(desk, officer, View.NEW) == {ids[0]: 10}


@pytest.mark.parametrize("rounds", [1, 2, 40])
@pytest.mark.parametrize("limit", [2, 5])
async def test_pages_between_many_bursts_are_whole(
    desk: Desk, officer: Actor, monkeypatch: pytest.MonkeyPatch, rounds: int, limit: int
) -> None:
    """Bursts through each other, in every state, against looking at every item; short pages lose nothing."""
    dice = random.Random(11)
    ids = await flood(desk, 80)
    keys = {item_id: dice.choice(["a", "b", "c", None, f"own{item_id}"]) for item_id in ids}
    await desk.house.write(keyed, keys)
    for item_id in dice.sample(ids, 20):
        await desk.house.write(work.claim if item_id % 2 else work.leave, officer, item_id, _ask(item_id))
        if item_id % 2 and item_id % 4 == 1:
            await desk.house.write(work.release, officer, item_id, NOTHING)
    monkeypatch.setattr(bursts, "_ROUNDS", rounds)
    rows = await desk.rows("SELECT id, state, alike FROM item ORDER BY lane, due_first, id")
    known: set[str] = set()
    wanted = []
    for row in rows:
        if row["state"] == "new" and row["alike"] is not None:
            if row["alike"] in known:
                continue
            known.add(row["alike"])
        wanted.append(row["id"])
    assert list(await all_of(desk, officer, View.ALL, limit)) == wanted


def _ask(item_id: int) -> object:
    return NOTHING if item_id % 2 else asks.Leave(1)


@pytest.mark.req("F27")
async def test_a_page_steps_over_a_burst_without_its_rows(desk: Desk, officer: Actor) -> None:
    """What is asked of the database does not grow with the burst; the control counts what one by one would ask."""
    ids = await flood(desk, 300)
    await desk.house.write(keyed, dict.fromkeys(ids[:290], "burst"))

    def statements(limit: int) -> int:
        def count(look: reading.Look) -> int:
            seen: list[str] = []
            look.conn.set_trace_callback(seen.append)
            reading.queue_page(look, officer, View.NEW, "", limit)
            look.conn.set_trace_callback(None)
            return len(seen)

        return count  # type: ignore[return-value]

    with_burst = await desk.house.read(statements(5))
    await desk.house.write(keyed, {item_id: f"own{item_id}" for item_id in ids[:290]})
    one_by_one = await desk.house.read(statements(200))
    assert with_burst < 60 < one_by_one
