"""No use case walks a whole table: every query of a busy hour is explained, and must use an index."""

from __future__ import annotations

import re
import sqlite3

import pytest

from moderator.desk import clocks, indexing, intake, outbox, reading, reply, review, rounds, sessions, status, work
from moderator.desk.room import Look
from moderator.domain import asks
from moderator.domain.comment import Author
from moderator.domain.person import Actor
from moderator.domain.view import View
from moderator.platforms.base import Page, Transient
from moderator.store import search
from tests.desk.conftest import ABUSE, CRITICISM, PLAIN, Desk, applied_then, remote

SMALL = {"account", "poll", "person", "lease", "dropped", "meta", "session", "sqlite_schema", "sqlite_master", "unsaid"}
"""Tables that hold a few rows for each account, person or open item; of `unsaid` only the newest are ever read."""

NOTHING = asks.Nothing()
TEXT = "We open at 10 tomorrow. We look forward to your visit."


Asked = dict[str, object]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Every statement that any connection runs, as written, with the parameters of one run."""
    statements: Asked = {}

    class Recorder(sqlite3.Connection):
        def execute(self, sql: str, parameters: object = ()) -> sqlite3.Cursor:  # type: ignore[override]
            statements[sql] = parameters
            return super().execute(sql, parameters)  # type: ignore[arg-type]

    plain = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **kw: plain(*args, **{**kw, "factory": Recorder}))
    return statements


async def an_hour(desk: Desk, officer: Actor, other: Actor, lead: Actor) -> None:
    """A bit of everything that runs often."""
    house = desk.house
    ids = [await desk.comment(f"{text} {n}") for n in range(4) for text in (ABUSE, PLAIN, CRITICISM)]
    await desk.comment("Again.", parent_remote_id="c1", author=Author("a1", "Bipul"))
    desk.platform.faults = [applied_then(Transient("Lost.", unknown_outcome=True))]
    await house.write(work.hide, officer, ids[0], asks.Hide(1, "A1"))
    await house.write(reply.reply, officer, ids[1], asks.Reply(1, TEXT))
    await house.write(work.hide, officer, ids[2], asks.Hide(1, "A1", start=0, end=4))
    await house.write(review.approve, lead, ids[2], NOTHING)
    await house.write(work.claim, officer, ids[3], NOTHING)
    await house.write(reply.save_draft, officer, ids[3], asks.SaveDraft("x"))
    await house.write(work.note, officer, ids[3], asks.Note("x"))
    await house.write(work.alive, officer, True)
    await house.write(work.open_item, officer, ids[3])
    await desk.drain()
    await desk.drain(20)
    await house.write(work.leave, other, ids[4], asks.Leave(1))
    await house.write(work.undo, other, ids[4], NOTHING)
    await house.write(clocks.tick)
    desk.platform.pages = [
        Page(
            (
                remote("New words.", "c1"),
                remote("Ours", "r9", author=Author("u", "A", ours=True), parent_remote_id="c2"),
            ),
            "x",
        )
    ]
    await intake.poll(house, desk.account_id)
    await intake.refresh(house, desk.account_id)
    for view in View:
        for order in asks.Order:
            for query in ("", "office is:question due<3h", "account:wordpress is:mine", "#2 -spam"):
                await house.read(reading.queue_page, officer, view, "5-1795354800000-1", 50, query, order)
                await house.read(reading.queue_page, officer, view, "", 50, query, order)
    await indexing.catch_up(house)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "SAMPLE", 1)
        await house.read(reading.queue_page, officer, View.FOUND, "", 50, "office")
        await house.read(reading.queue_page, officer, View.NEW, "", 50, "office")
    await house.read(status.status, officer)
    await house.read(reading.detail, officer, ids[1])
    await house.read(reading.rows, officer, ids)
    await house.read(reading.next_for, lead)
    await house.read(reading.effects, officer)
    await house.read(reading.trail_page, officer, 5, 10, ids[1])
    await house.read(rounds.due)
    await house.read(outbox.due_looks)
    await house.write(sessions.close_session, officer.session, "line dropped")


async def walked(desk: Desk, statements: Asked) -> list[tuple[str, str]]:
    """(table, statement) of every full walk over a table that grows."""
    found = []
    for statement, parameters in sorted(statements.items()):
        if re.match(r"\s*(SELECT|UPDATE|DELETE)", statement) is None:
            continue
        for detail in await desk.house.read(_plan, statement, parameters):
            scan = re.fullmatch(r"SCAN (\w+)", detail)
            newest_only = re.search(r"FROM (event|decision) ORDER BY (seq|id) DESC LIMIT", statement)
            if scan is not None and not newest_only and (name := _table(statement, scan.group(1))) not in SMALL:
                found.append((name, statement))
    return found


def _plan(look: Look, statement: str, parameters: object) -> list[str]:
    rows = look.conn.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
    return [row["detail"] for row in rows]


def _table(statement: str, alias: str) -> str:
    """The table behind an alias; a subquery's own name counts as small, since its parts are looked at by themselves."""
    named = re.search(rf"(?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?{alias}\b", statement)
    if named is not None:
        return named.group(1)
    whole = re.search(rf"(?:FROM|JOIN|UPDATE)\s+{alias}\b", statement)
    return alias if whole is not None else "meta"


async def test_no_query_of_a_busy_hour_walks_a_table(
    asked: Asked, desk: Desk, officer: Actor, other: Actor, lead: Actor
) -> None:
    await an_hour(desk, officer, other, lead)
    assert len(asked) > 80
    walks = await walked(desk, dict(asked))
    assert walks == [], "\n".join(f"{name}: {statement}" for name, statement in walks)


async def test_the_check_sees_a_walk(desk: Desk) -> None:
    await desk.comment()
    naive = "SELECT e.id FROM effect e WHERE e.state = ?"
    blind = "SELECT * FROM event WHERE item = ? ORDER BY seq"
    found = await walked(desk, {naive: ("ready",), blind: (1,)})
    assert found == [("event", blind), ("effect", naive)]
