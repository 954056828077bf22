"""An account that is no longer read is shown as down, whatever stopped the reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moderator.desk import status
from moderator.desk.room import Room
from moderator.domain.person import Actor
from moderator.domain.view import AccountHealth
from tests.desk.conftest import Desk

LIMIT = 600.0


def _read_at(room: Room, account_id: int) -> None:
    room.tx.run("UPDATE poll SET last_ok = ? WHERE account_id = ?", room.tx.at, account_id)


async def _health(desk: Desk, officer: Actor) -> AccountHealth:
    shown = await desk.house.read(status.status, officer)
    return next(account for account in shown.accounts if account.id == desk.account_id)


@pytest.mark.req("M1")
async def test_an_account_that_is_not_read_is_shown_as_down_in_time(desk: Desk, officer: Actor) -> None:
    desk.clock.pass_(LIMIT * 2)
    await desk.house.write(_read_at, desk.account_id)
    assert (await _health(desk, officer)).up
    desk.clock.pass_(LIMIT - 1)
    assert (await _health(desk, officer)).up
    desk.clock.pass_(60)
    down = await _health(desk, officer)
    assert not down.up
    assert "Not read for 10 min" in down.sentence
    desk.house.config = replace(desk.house.config, times=replace(desk.house.config.times, heartbeat=1e9))
    assert (await _health(desk, officer)).up, "control: only the heartbeat says so"


@pytest.mark.req("M1")
async def test_a_desk_that_was_switched_off_blames_no_platform(desk: Desk, officer: Actor) -> None:
    await desk.house.write(_read_at, desk.account_id)
    desk.clock.step_wall(LIMIT * 50)
    assert (await _health(desk, officer)).up
