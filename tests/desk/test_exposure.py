"""How often somebody uncovers abuse: for that person alone."""

from __future__ import annotations

import dataclasses
import inspect
import json

import pytest

from moderator.desk import exposure, reading, status
from moderator.domain import asks, view
from moderator.domain.person import Actor
from moderator.service import app, routes
from moderator.store import exposures
from tests.desk.conftest import ABUSE, PLAIN, Desk

NOTHING = asks.Nothing()


@pytest.mark.req("B13")
async def test_each_look_counts_for_whoever_looked_alone(desk: Desk, officer: Actor, lead: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    for _ in range(3):
        await desk.house.write(exposure.reveal, officer, item_id, NOTHING)
    mine = await desk.house.read(exposure.mine, officer)
    assert (mine.today, mine.week) == (3, (0, 0, 0, 0, 0, 0, 3))
    theirs = await desk.house.read(exposure.mine, lead)
    assert (theirs.today, theirs.severe_today) == (0, 0)


@pytest.mark.req("B13")
async def test_days_pass_and_a_week_later_it_is_forgotten_here(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(exposure.reveal, officer, item_id, NOTHING)
    desk.clock.pass_(2 * 86_400)
    await desk.house.write(exposure.reveal, officer, item_id, NOTHING)
    assert (await desk.house.read(exposure.mine, officer)).week == (0, 0, 0, 0, 1, 0, 1)
    desk.clock.pass_(7 * 86_400)
    assert sum((await desk.house.read(exposure.mine, officer)).week) == 0


@pytest.mark.req("B13")
async def test_after_so_many_severe_ones_a_rest_is_advised(desk: Desk, officer: Actor) -> None:
    limit = desk.house.config.limits.exposure_advice
    item_id = await desk.comment(ABUSE)

    def looked(room: object, severe: bool) -> None:
        exposures.count(room.tx, officer.person.id, room.tx.local[:10], severe=severe)  # type: ignore[attr-defined]

    for _ in range(limit):
        await desk.house.write(looked, False)
    assert (await desk.house.read(exposure.mine, officer)).advice == ""
    for _ in range(limit):
        await desk.house.write(looked, True)
    mine = await desk.house.read(exposure.mine, officer)
    assert mine.severe_today == limit
    assert "lighter view" in mine.advice
    assert "break" in mine.advice
    done = await desk.house.write(exposure.reveal, officer, item_id, NOTHING)
    assert "only you see this count" in done.sentence


@pytest.mark.req("B13")
async def test_what_is_not_severe_is_told_without_advice(desk: Desk, officer: Actor) -> None:
    done = await desk.house.write(exposure.reveal, officer, await desk.comment(PLAIN), NOTHING)
    assert done.sentence == "Shown. 1 today; only you see this count."


@pytest.mark.req("B13")
async def test_no_event_no_status_and_no_request_tells_of_it(desk: Desk, officer: Actor, lead: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    before = await desk.kinds()
    await desk.house.write(exposure.reveal, officer, item_id, NOTHING)
    assert await desk.kinds() == before
    shown = [
        await desk.house.read(status.status, lead),
        await desk.detail(lead, item_id),
        await desk.house.read(reading.trail_page, lead),
    ]
    assert "revealed" not in json.dumps([str(one) for one in shown])
    assert {field.name for field in dataclasses.fields(view.Status)}.isdisjoint({"exposure", "revealed"})


@pytest.mark.req("B13")
def test_nobody_can_be_named_in_the_request() -> None:
    """The use case takes the caller and nothing else, and its route reads no parameter: no lead can ask for others."""
    assert list(inspect.signature(exposure.mine).parameters) == ["look", "actor"]
    assert "query_params" not in inspect.getsource(routes.get_exposure)
    assert [path for _, path, _ in app.ROUTES if "exposure" in path] == ["/v1/exposure"]
