"""A mail whose sending was cut off: nobody can look for it and nobody repeats it; a person is asked at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from moderator.config import Config
from moderator.desk import ending, escalate, outbox
from moderator.desk.house import House
from moderator.desk.moving import move
from moderator.desk.room import Room
from moderator.domain.asks import Escalate, SettleEffect, Settling
from moderator.domain.effect import Effect, EffectState
from moderator.domain.item import Cause
from moderator.domain.person import Actor, Role
from moderator.domain.wording import recalled
from moderator.store import items
from moderator.store import outbox as rows
from tests.accounts.parts import Clock


@pytest.fixture
async def mona(staff: Any) -> Actor:
    return await staff.hire("mona", Role.MODERATOR)


@pytest.fixture
async def cut_off(house: House, mona: Actor, item: int, with_mail: Config, clock: Clock) -> int:
    """A mail that was being sent when the desk stopped; its effect."""
    house.config = with_mail
    done = await house.write(escalate.escalate, mona, item, Escalate(1, "Is this a threat?"))
    clock.pass_(minutes=1)
    await house.write(outbox.release_due)
    assert await house.write(outbox.begin, done.effects[0]) is not None
    assert (await _row(house, done.effects[0]))["state"] == "sending"
    return done.effects[0]


async def _row(house: House, effect_id: int) -> Any:
    return await house.read(lambda look: rows.find(look.conn, effect_id))


async def _started_again(house: House, tmp_path: Path, clock: Clock) -> House:
    """The desk after a restart, some hours later; `close` is the test's business."""
    await house.close()
    again = House(house.config, tmp_path / "data", clock=clock)
    await again.start()
    clock.pass_(hours=3)
    await again.write(outbox.release_due)
    return again


@pytest.fixture
def closed_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixture's own closing at the end finds the house closed already."""

    async def nothing() -> None:
        """Closed before."""

    closing = house.close

    async def close() -> None:
        monkeypatch.setattr(house, "close", nothing)
        await closing()

    monkeypatch.setattr(house, "close", close)


@pytest.mark.req("F23", "E4")
@pytest.mark.usefixtures("closed_once")
async def test_a_mail_cut_off_waits_for_a_person_and_is_never_repeated(
    house: House, cut_off: int, tmp_path: Path, clock: Clock
) -> None:
    again = await _started_again(house, tmp_path, clock)
    try:
        effect = await _row(again, cut_off)
        assert (effect["state"], effect["next_try"]) == ("parked", None)
        assert recalled(effect["reason"]).endswith("Whether the mail left is not known.")
        assert effect["first_tried"], "the escalation is told as unknown, not as unsent"
        assert (await again.read(outbox.ready), await again.read(outbox.due_looks)) == ([], [])
        item = await again.read(lambda look: items.get(look.conn, effect["item_id"]))
        assert item.cause is Cause.EFFECT_PARKED, "it shows among the ones that came back"
    finally:
        await again.close()


@pytest.mark.req("F23")
@pytest.mark.usefixtures("closed_once")
async def test_control_a_mail_that_is_looked_for_never_comes_to_anybody(
    house: House, cut_off: int, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def like_a_reply(room: Room, effect: Effect, sentence: str) -> None:
        move(room, effect, EffectState.UNCERTAIN, reason=sentence, next_try=items.to(room.now))

    monkeypatch.setattr(ending, "lost", like_a_reply)
    again = await _started_again(house, tmp_path, clock)
    try:
        for _ in range(3):
            clock.pass_(hours=1)
            for effect_id in await again.read(outbox.due_looks):
                await outbox.look_for(again, effect_id)
        assert (await _row(again, cut_off))["state"] == "uncertain"
    finally:
        await again.close()


@pytest.mark.req("F23")
@pytest.mark.usefixtures("closed_once")
@pytest.mark.parametrize(
    ("how", "state", "ready"),
    [(Settling.WAS_SENT, "done", False), (Settling.DROP, "cancelled", False), (Settling.RESEND, "ready", True)],
)
async def test_only_a_persons_word_moves_it(
    house: House, mona: Actor, cut_off: int, tmp_path: Path, clock: Clock, how: Settling, state: str, ready: bool
) -> None:
    again = await _started_again(house, tmp_path, clock)
    try:
        await again.write(outbox.settle, mona, cut_off, SettleEffect(how, "called the office"))
        assert (await _row(again, cut_off))["state"] == state
        assert (await again.read(outbox.ready) == [cut_off]) is ready
    finally:
        await again.close()


@pytest.mark.req("F23")
async def test_a_mail_whose_sending_is_stopped_with_the_desk_waits_too(
    house: House, mona: Actor, item: int, with_mail: Config, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.config = with_mail
    done = await house.write(escalate.escalate, mona, item, Escalate(1, "Is this a threat?"))
    clock.pass_(minutes=1)
    await house.write(outbox.release_due)
    under_way = asyncio.Event()

    async def never(*_: object) -> None:
        under_way.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(escalate, "send", never)
    sending = asyncio.create_task(outbox.carry_out(house, done.effects[0]))
    await asyncio.wait_for(under_way.wait(), 10)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert (await _row(house, done.effects[0]))["state"] == "parked"
