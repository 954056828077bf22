"""The desk in figures: counted from the rows themselves, whatever happened to them since."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.desk import figures, work
from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Lane
from moderator.domain.person import Actor
from moderator.domain.view import Figures
from moderator.store import figures as store
from tests.desk.conftest import ABUSE, PLAIN, START, Desk

HOURS = 3600
THREAT = "I will kill you tonight at your office."


async def counted(desk: Desk, officer: Actor, hours: int = 24) -> Figures:
    """The figures as they stand now, not those of the last quarter of a minute."""
    desk.house.figures.clear()
    return await desk.house.read(figures.figures, officer, hours)


async def test_every_sum_counts_the_same_arrivals(desk: Desk, officer: Actor) -> None:
    for n in range(12):
        await desk.comment(f"{ABUSE if n % 3 == 0 else PLAIN} {n}")
        desk.clock.pass_(HOURS)
    found = await counted(desk, officer)
    arrived = sum(one.arrived for one in found.buckets)
    assert arrived == 12
    assert sum(found.findings.values()) == arrived
    assert sum(found.accounts.values()) == arrived
    assert found.findings["A1"] == 4
    assert [one.arrived for one in found.buckets][-13:] == [1] * 12 + [0]
    assert sum(one.routine + one.urgent for one in found.backlog) == 12
    assert found.oldest == START + timedelta(milliseconds=1)


async def test_what_came_before_is_not_counted(desk: Desk, officer: Actor) -> None:
    await desk.comment("Long ago.")
    desk.clock.pass_(26 * HOURS)
    await desk.comment("Now.")
    day, week = await counted(desk, officer, 24), await counted(desk, officer, 168)
    assert sum(one.arrived for one in day.buckets) == 1
    assert sum(one.arrived for one in week.buckets) == 2
    assert sum(one.routine for one in day.backlog) == 2  # what waits, waits, however old


async def test_an_edited_comment_counts_once_by_its_newest_words(desk: Desk, officer: Actor) -> None:
    await desk.comment(PLAIN, "c1")
    await desk.comment(ABUSE, "c1")
    assert (await counted(desk, officer)).findings == {"A1": 1}
    naive = await desk.rows("SELECT clause, count(*) AS n FROM verdict GROUP BY clause")
    assert len(naive) == 2  # the control: every version has a verdict


async def test_only_decisions_that_stand_are_counted(desk: Desk, officer: Actor, lead: Actor) -> None:
    ids = [await desk.comment(f"{text} {n}") for n, text in enumerate((PLAIN, PLAIN, PLAIN, ABUSE))]
    desk.clock.pass_(600)
    write = desk.house.write
    for item_id in ids[:3]:
        await write(work.leave, officer, item_id, asks.Leave(1))
    await write(work.undo, officer, ids[2], asks.Nothing())
    await write(work.hide, officer, ids[3], asks.Hide(1, "M1", start=0, end=3))
    found = await counted(desk, officer)
    proposed = (await desk.rows("SELECT proposed FROM decision WHERE item_id = ?", ids[3]))[0]["proposed"]
    assert found.ends == {"left_public": 2} if proposed else {"left_public": 2, "hidden": 1}
    assert sum(one.decided for one in found.buckets) == sum(found.ends.values())
    assert len(await desk.rows("SELECT id FROM decision")) == 4  # the control: the rows are there


async def test_turnaround_tells_half_and_nine_in_ten_and_what_is_late(desk: Desk, officer: Actor) -> None:
    ids = [await desk.comment(f"{PLAIN} {n}") for n in range(10)]
    urgent = await desk.comment(THREAT)
    assert (await desk.item(urgent)).lane is Lane.THREAT
    for item_id in ids:
        desk.clock.pass_(900)
        await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    found = {one.lane: one for one in (await counted(desk, officer)).turnaround}
    routine, threat = found[Lane.ROUTINE], found[Lane.THREAT]
    assert (routine.decided, routine.p50_s // 60, routine.p90_s // 60) == (10, 75, 135)
    assert routine.late == 3  # due after two hours: decided a few milliseconds after those, at 2 h 15 and at 2 h 30
    assert (threat.decided, threat.late) == (0, 1)  # still open, long past its quarter of an hour
    assert found[Lane.LIFE].decided == 0


async def test_a_second_look_after_reopening_is_no_first_decision(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(PLAIN)
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    await desk.house.write(work.reopen, officer, item_id, asks.Because("Look again."))
    desk.clock.pass_(5 * HOURS)
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    found = await counted(desk, officer)
    assert sum(one.decided for one in found.turnaround) == 1
    assert sum(one.decided for one in found.buckets) == 2


async def test_backlog_by_age_tells_urgent_ones_apart(desk: Desk, officer: Actor) -> None:
    await desk.comment("Two days ago.")
    desk.clock.pass_(47 * HOURS)
    await desk.comment("An hour ago.")
    desk.clock.pass_(50 * 60)
    await desk.comment(THREAT)
    found = (await counted(desk, officer)).backlog
    assert [(one.up_to_minutes, one.routine, one.urgent) for one in found] == [
        (15, 0, 1), (60, 1, 0), (240, 0, 0), (1440, 0, 0), (10080, 1, 0), (0, 0, 0)
    ]  # fmt: skip


async def test_the_same_figures_are_not_counted_twice_in_a_row(desk: Desk, officer: Actor) -> None:
    first = await desk.house.read(figures.figures, officer, 24)
    await desk.comment()
    assert await desk.house.read(figures.figures, officer, 24) is first
    desk.clock.pass_(figures.KEPT.total_seconds())
    assert await desk.house.read(figures.figures, officer, 24) is not first


@pytest.mark.parametrize("hours", [0, -1, 169])
async def test_a_time_that_cannot_be_told_is_refused(desk: Desk, officer: Actor, hours: int) -> None:
    with pytest.raises(Refused) as refused:
        await desk.house.read(figures.figures, officer, hours)
    assert refused.value.code is Code.BAD
    assert "168" in refused.value.sentence


async def test_an_empty_desk_has_figures(desk: Desk, officer: Actor) -> None:
    found = await counted(desk, officer)
    assert found.oldest is None
    assert len(found.buckets) == 25
    assert not any((found.findings, found.ends, found.accounts))


ZONES = ("Asia/Kolkata", "Asia/Kathmandu", "UTC", "America/New_York")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- bounds
    st.integers(1, figures.LONGEST),
    st.sampled_from(ZONES),
)
def test_stretches_begin_on_the_local_clock_and_cover_the_time(now: datetime, hours: int, zone: str) -> None:
    step, local = figures.step_of(hours), ZoneInfo(zone)
    since = figures.begin(now, hours, step, local)
    assert since <= now - timedelta(hours=hours) < since + step
    count = (now - since) // step + 1
    assert count <= 30
    here = (since + (now.astimezone(local).utcoffset() or timedelta())).replace(tzinfo=UTC)
    assert (here - datetime(1970, 1, 1, tzinfo=UTC)) % step == timedelta()


async def test_a_moment_on_the_edge_belongs_to_the_stretch_that_it_begins(desk: Desk, officer: Actor) -> None:
    seconds = [0, 3599.999, 3600, 7199.999, 7200]
    begun = desk.clock.now()
    for n, after in enumerate(seconds):
        desk.clock.moment = begun + timedelta(seconds=after - 0.001)  # taking in takes a millisecond
        await desk.comment(f"{PLAIN} {n}")
    rows = await desk.house.read(lambda look: store.arrivals(look.conn, "2026-11-22T20:30:00.000Z", HOURS))
    steps: Counter[int] = Counter()
    for row in rows:
        steps[row["step"]] += row["n"]
    assert steps == {0: 2, 1: 2, 2: 1}


async def test_the_figures_walk_no_table(desk: Desk, officer: Actor) -> None:
    """The tables themselves stay untouched, but for the rows of decided items: only indexes are read."""
    since, now = "2026-11-22T20:30:00.000Z", "2026-11-23T20:30:00.000Z"

    def plans(look: figures.Look) -> list[str]:
        asked: list[str] = []
        look.conn.set_trace_callback(asked.append)
        store.arrivals(look.conn, since, HOURS)
        store.decisions(look.conn, since, HOURS)
        store.turnaround(look.conn, since)
        store.late(look.conn, 5, now)
        store.backlog(look.conn, [now, since])
        store.oldest(look.conn)
        look.conn.set_trace_callback(None)
        return [row["detail"] for one in asked for row in look.conn.execute(f"EXPLAIN QUERY PLAN {one}")]

    found = await desk.house.read(plans)
    touching = [one for one in found if one.startswith(("SEARCH", "SCAN")) and "COVERING INDEX" not in one]
    allowed = ("USING INTEGER PRIMARY KEY", "SCAN k", "SCAN CONSTANT", "(subquery", "SCAN account", "SEARCH a ")
    assert [one for one in touching if not any(word in one for word in allowed)] == []
    assert any("item_arrived" in one for one in found)
