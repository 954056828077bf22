"""Orders and requests: what makes an order actionable, and that a request never is."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from moderator.desk import escalate, orders, work
from moderator.desk.house import House
from moderator.domain.asks import Escalate, Hide, Leave, ReceivedOrder
from moderator.domain.errors import Code, Refused
from moderator.domain.order import OrderKind
from moderator.domain.person import Actor, Role
from moderator.domain.view import Done, OrderView
from moderator.store import trail

LINK = "https://consult.agency.example/post-1#comment-9"


def order(clock: Any, **changes: Any) -> ReceivedOrder:
    """An order that lacks nothing, but for the changes."""
    full = ReceivedOrder(
        kind=OrderKind.ORDER,
        received_at=clock.now() - timedelta(minutes=10),
        authority="Ministry of Electronics",
        officer="A. Sharma",
        rank="Joint Secretary",
        statute="IT Act s. 79(3)(b)",
        reference="F. 1/2026",
        reason="incitement",
        urls=(LINK,),
        verified_by="call-back to the contact book by lena, 02:06",
    )
    return dataclasses.replace(full, **changes)


class Desk:
    """What the tests do over and over."""

    def __init__(self, house: House, mona: Actor) -> None:
        self.house, self.mona = house, mona

    async def record(self, item_id: int, ask: ReceivedOrder) -> Done:
        return await self.house.write(orders.record_order, self.mona, item_id, ask)

    async def views(self, item_id: int) -> tuple[OrderView, ...]:
        return await self.house.read(orders.views, item_id)

    async def item(self, item_id: int) -> Any:
        return await self.house.read(
            lambda look: look.conn.execute("SELECT * FROM item WHERE id = ?", (item_id,)).fetchone()
        )


@pytest.fixture
async def desk(house: House, staff: Any) -> Desk:
    return Desk(house, await staff.hire("mona", Role.MODERATOR))


@pytest.fixture
async def item(comment: Any) -> int:
    """A comment whose own address is known."""
    found: int = await comment("An ordinary remark", permalink=LINK)
    return found


@pytest.mark.req("O1")
async def test_a_whole_order_is_actionable_and_urgent(desk: Desk, item: int, clock: Any) -> None:
    done = await desk.record(item, order(clock))
    (view,) = await desk.views(item)
    assert (view.kind, view.actionable, view.lacks) == ("order", True, ())
    assert view.due_at == clock.now() - timedelta(minutes=10) + timedelta(hours=3)
    row = await desk.item(item)
    assert row["lane"] == 1
    assert done.sentence.endswith("it can be carried out with h.")
    await desk.house.write(work.hide, desk.mona, item, Hide(1, "", order_id=done.row_id))
    assert (await desk.item(item))["disposition"] == "lawful_order"
    assert await desk.house.read(lambda look: trail.verify(look.conn)) is None


@pytest.mark.req("O1")
@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"authority": ""}, "the authority"),
        ({"officer": " "}, "the officer's name"),
        ({"rank": ""}, "the officer's rank"),
        ({"rank": "Under Secretary"}, "Joint Secretary"),
        ({"rank": "Deputy Secretary"}, "Joint Secretary"),
        ({"rank": "Private Secretary to the Secretary"}, "Joint Secretary"),
        ({"statute": ""}, "the statutory provision"),
        ({"reason": "\n"}, "the reason"),
        ({"urls": ()}, "the exact URL"),
        ({"urls": (" ",)}, "the exact URL"),
        ({"verified_by": ""}, "the call-back verification"),
    ],
)
async def test_an_order_that_lacks_anything_starts_no_hide(
    changes: dict[str, Any], word: str, desk: Desk, item: int, clock: Any
) -> None:
    before = await desk.item(item)
    done = await desk.record(item, order(clock, **changes))
    assert "not actionable" in done.sentence
    assert word in done.sentence
    (view,) = await desk.views(item)
    assert not view.actionable
    assert any(word in lack for lack in view.lacks)
    assert (await desk.item(item))["lane"] == before["lane"]
    with pytest.raises(Refused) as caught:
        await desk.house.write(work.hide, desk.mona, item, Hide(1, "", order_id=done.row_id))
    assert caught.value.code is Code.NOT_ALLOWED


@pytest.mark.req("O1")
@pytest.mark.parametrize("rank", ["Joint Secretary", "joint  secretary", "DIG", "Director General", "Chief Secretary"])
async def test_control_ranks_that_are_high_enough(rank: str, desk: Desk, item: int, clock: Any) -> None:
    await desk.record(item, order(clock, rank=rank))
    assert (await desk.views(item))[0].actionable


@pytest.mark.req("H8", "V10")
async def test_a_request_changes_nothing_whoever_asks(desk: Desk, item: int, clock: Any) -> None:
    """Even a request that fills every field of an order is no ground."""
    before = tuple(await desk.item(item))
    ask = order(clock, kind=OrderKind.REQUEST, caller="PS to the Minister", words="Please take that down.")
    done = await desk.record(item, ask)
    assert "decide by the policy only" in done.sentence
    (view,) = await desk.views(item)
    assert (view.kind, view.actionable, view.lacks, view.due_at) == ("request", False, (), None)
    assert tuple(await desk.item(item)) == before
    with pytest.raises(Refused, match="policy only"):
        await desk.house.write(work.hide, desk.mona, item, Hide(1, "", order_id=done.row_id))


@pytest.mark.req("H8")
async def test_a_request_records_who_and_in_which_words(desk: Desk, item: int, clock: Any) -> None:
    done = await desk.record(item, ReceivedOrder(OrderKind.REQUEST, clock.now()))
    for word in ("who asked", "the office", "the words used"):
        assert word in done.sentence


@pytest.mark.parametrize("state", ["escalated", "resolved"])
async def test_an_order_brings_the_item_back_to_the_desk(state: str, desk: Desk, item: int, clock: Any) -> None:
    if state == "escalated":
        await desk.house.write(escalate.escalate, desk.mona, item, Escalate(1, "What of this?"))
    else:
        await desk.house.write(work.leave, desk.mona, item, Leave(1))
    assert (await desk.item(item))["state"] == state
    await desk.record(item, order(clock))
    row = await desk.item(item)
    assert (row["state"], row["cause"], row["lane"]) == ("new", "instructed", 1)
    assert await desk.house.read(lambda look: trail.verify(look.conn)) is None


async def test_the_due_time_only_moves_closer(desk: Desk, item: int, clock: Any) -> None:
    before = (await desk.item(item))["due_first"]
    await desk.record(item, order(clock, due_at=clock.now() + timedelta(days=3)))
    assert (await desk.item(item))["due_first"] < before
    assert (await desk.views(item))[0].due_at == clock.now() + timedelta(days=3), "the order's own time is kept"


async def test_another_comments_address_is_pointed_out(desk: Desk, item: int, clock: Any) -> None:
    done = await desk.record(item, order(clock, urls=("https://consult.agency.example/post-1#comment-8",)))
    assert "None of its addresses is this comment's own" in done.sentence


@pytest.mark.parametrize(
    "changes",
    [{"reason": "x" * 5000}, {"urls": ("https://a.example/",) * 51}, {"received_at": "ahead"}],
    ids=["long", "many", "ahead"],
)
async def test_what_cannot_be_recorded(changes: dict[str, Any], desk: Desk, item: int, clock: Any) -> None:
    if "received_at" in changes:
        changes = {"received_at": clock.now() + timedelta(hours=1)}
    with pytest.raises(Refused) as caught:
        await desk.record(item, order(clock, **changes))
    assert caught.value.code is Code.BAD
    assert await desk.views(item) == ()


async def test_who_only_reads_may_not(desk: Desk, item: int, clock: Any, staff: Any) -> None:
    desk.mona = await staff.hire("aud", Role.AUDITOR)
    with pytest.raises(Refused) as caught:
        await desk.record(item, order(clock))
    assert caught.value.code is Code.NOT_ALLOWED


@pytest.mark.req("Z16")
async def test_the_trail_holds_codes_only(desk: Desk, item: int, clock: Any) -> None:
    word = "zqcanaryqz"
    texts = ("authority", "officer", "rank", "statute", "reference", "reason", "words", "caller", "verified_by")
    await desk.record(item, order(clock, urls=(f"https://{word}.example",), **dict.fromkeys(texts, f"{word}\x1b[2J")))
    bodies = await desk.house.read(lambda look: [row["body"] for row in look.conn.execute("SELECT body FROM event")])
    assert not [body for body in bodies if word in body]
    stored = await desk.house.read(lambda look: look.conn.execute("SELECT body FROM instruction").fetchone()["body"])
    assert word in stored, "the control"
    assert "\x1b" not in stored
