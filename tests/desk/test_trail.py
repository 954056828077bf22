"""The trail names what was altered, what is missing, what was put back and what was never recorded."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from moderator.desk import reply, work
from moderator.desk.room import Room
from moderator.desk.trail import verify
from moderator.domain import asks
from moderator.domain.event import Fault
from moderator.domain.person import Actor, Role
from moderator.store.base import connect_read_only
from moderator.store.schema import SEALED
from tests.desk.conftest import ABUSE, CRITICISM, PLAIN, Desk

TEXT = "We open at 10 tomorrow. We look forward to your visit."


async def a_night(desk: Desk) -> Path:
    """A desk with something in most tables; a copy of its database."""
    officer, lead = await desk.person("rita"), await desk.person("anil", Role.LEAD)
    first = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, first, asks.Hide(1, "A1"))
    second = await desk.comment(PLAIN)
    await desk.house.write(work.note, officer, second, asks.Note("called the district"))
    await desk.house.write(reply.reply, officer, second, asks.Reply(1, TEXT))
    third = await desk.comment(CRITICISM)
    await desk.house.write(work.hide, officer, third, asks.Hide(1, "A1", start=0, end=4))
    await desk.house.write(work.take_over, lead, await desk.comment(PLAIN + "?"), asks.TakeOver("mine"))
    await desk.drain()
    copy = desk.house.data_dir / "copy.db"
    await desk.house.read(lambda look: None)
    source = sqlite3.connect(desk.house.data_dir / "desk.db")
    source.execute("VACUUM INTO ?", (str(copy),))
    source.close()
    return copy


def checked(path: Path) -> Fault | None:
    conn = connect_read_only(path)
    try:
        return verify(conn)
    finally:
        conn.close()


def forge(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        for trigger in ("event_fixed", "event_kept"):
            conn.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        assert conn.execute(statement).rowcount != 0, statement
        conn.commit()


async def test_an_untouched_trail_holds(desk: Desk) -> None:
    assert checked(await a_night(desk)) is None


@pytest.mark.req("F21", "B8")
@pytest.mark.parametrize(
    ("statement", "where", "word"),
    [
        ("UPDATE decision SET reason = 'another' WHERE id = 1", "decision:1", "altered"),
        ("UPDATE version SET text = text || '.' WHERE item_id = 1", "version:1.1", "altered"),
        ("UPDATE raw SET payload = '{}' || ' ' WHERE item_id = 2", "raw:2.1", "altered"),
        ("UPDATE effect SET state = 'cancelled' WHERE id = 1", "effect:1", "altered"),
        ("UPDATE reply SET text = 'We never said this.'", "reply:1", "altered"),
        ("UPDATE person SET roles = 'lead' WHERE id = 1", "person:1", "altered"),
        ("UPDATE item SET state = 'new' WHERE id = 2", "item:2", "altered"),
        ("UPDATE item SET disposition = 'hidden' WHERE id = 2", "item:2", "altered"),
        ("UPDATE note SET salt = 'x' WHERE id = 1", "note:1", "altered"),
        ("DELETE FROM note WHERE id = 1", "note:1", "missing"),
        ("DELETE FROM verdict WHERE item_id = 1", "verdict:1.1", "missing"),
        ("DELETE FROM decision WHERE id = 3", "decision:3", "missing"),
        ("UPDATE item SET seq = 1 WHERE id = 1", "item:1", "put back"),
        (
            "INSERT INTO note SELECT 99, item_id, person_id, text, at, salt, seq FROM note WHERE id = 1",
            "note:99",
            "not on the trail",
        ),
        ("UPDATE item SET seq = 99999 WHERE id = 1", "item:1", "not on the trail"),
        ("UPDATE event SET kind = 'other' WHERE seq = 4", "event 4", "altered"),
        ("UPDATE event SET body = replace(body, '\"actor\":1', '\"actor\":2') WHERE seq = 8", "event 8", "altered"),
        ("DELETE FROM event WHERE seq = 5", "event 5", "missing"),
    ],
)
async def test_each_way_of_tampering_is_named(desk: Desk, statement: str, where: str, word: str) -> None:
    copy = await a_night(desk)
    forge(copy, statement)
    fault = checked(copy)
    assert fault is not None
    assert (fault.where, word in fault.sentence) == (where, True), fault


@pytest.mark.req("F21")
async def test_a_row_put_back_as_it_was_is_named(desk: Desk) -> None:
    """An older content with its own old number and digest: only the newest event that names it tells."""
    officer = await desk.person("rita")
    item_id = await desk.comment(PLAIN)
    (before,) = await desk.rows("SELECT * FROM item WHERE id = ?", item_id)
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    copy = desk.house.data_dir / "copy.db"
    source = sqlite3.connect(desk.house.data_dir / "desk.db")
    source.execute("VACUUM INTO ?", (str(copy),))
    source.close()
    values = ", ".join(f"{name} = {_literal(value)}" for name, value in before.items())
    forge(copy, f"UPDATE item SET {values} WHERE id = {item_id}")
    fault = checked(copy)
    assert fault is not None
    assert fault.where == f"item:{item_id}"
    assert "put back" in fault.sentence


def _literal(value: object) -> str:
    return "NULL" if value is None else str(value) if isinstance(value, int) else f"'{value}'"


@pytest.mark.req("F21")
async def test_random_tampering_never_goes_unseen(desk: Desk, tmp_path: Path) -> None:
    """Two hundred random changes of one cell each, over every sealed table."""
    copy = await a_night(desk)
    dice = random.Random(11)
    conn = sqlite3.connect(copy)
    cells = [
        (table, row[0], column[1])
        for table in SEALED
        for row in conn.execute(f"SELECT {SEALED[table][0]} FROM {table}")
        for column in conn.execute(f"PRAGMA table_info({table})").fetchall()
        if not column[5]
    ]
    conn.close()
    assert len(cells) > 200
    for n in range(200):
        table, key, column = dice.choice(cells)
        other = tmp_path / f"t{n % 2}.db"
        shutil.copy(copy, other)
        changed = "1 + CASE WHEN typeof({0}) = 'integer' THEN {0} ELSE 0 END"
        text = f"CASE WHEN typeof({column}) = 'text' THEN {column} || 'x' ELSE {changed.format(column)} END"
        try:
            forge(other, f"UPDATE {table} SET {column} = {text} WHERE {SEALED[table][0]} = {key}")
        except sqlite3.IntegrityError:
            continue
        assert checked(other) is not None, (table, key, column)


async def test_a_change_without_an_event_is_refused(desk: Desk) -> None:
    """The control of the whole: the store itself refuses what nobody would record."""
    item_id = await desk.comment()

    def silent(room: Room) -> None:
        room.tx.change("item", item_id, lane=0)

    with pytest.raises(AssertionError, match="changed without an event"):
        await desk.house.write(silent)
    assert (await desk.item(item_id)).lane == 5


@pytest.mark.req("K1")
@pytest.mark.parametrize("change", ["UPDATE event SET kind = 'x'", "DELETE FROM event"])
async def test_the_trail_is_append_only_for_the_desk_itself(desk: Desk, change: str) -> None:
    await desk.comment()

    def rewrite(room: Room) -> None:
        room.tx.run(change)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        await desk.house.write(rewrite)


async def test_verifying_reads_one_moment(desk: Desk, officer: Actor) -> None:
    """While somebody writes on, a walk that has begun sees the database as it was."""
    await desk.comment()
    conn = connect_read_only(desk.house.data_dir / "desk.db")
    conn.execute("BEGIN")
    assert verify(conn) is None
    await desk.comment(PLAIN + "?")
    assert verify(conn) is None
    conn.rollback()
    assert verify(conn) is None
    conn.close()
