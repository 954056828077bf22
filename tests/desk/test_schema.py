"""A desk of an earlier version is brought up to date with all that it holds, and its trail still verifies."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from moderator.desk import indexing, reading, work
from moderator.domain import asks
from moderator.domain.view import View
from moderator.store import base, schema
from moderator.store import trail as trail_store
from tests.desk.conftest import ABUSE, Desk, FakeClock, Platform, _account, _join, opened

HELD = ("item", "version", "decision", "effect", "event", "note")


class _First:
    """The migrations as the first version knew them."""

    @staticmethod
    def apply(db: schema.Database) -> None:
        for statement in schema._FIRST:
            db.conn.execute(statement)


def columns(conn: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in conn.execute(f"PRAGMA table_info({table})")}


@pytest.fixture
async def old(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory whose database is of version 1, with comments, decisions and notes in it.

    Made by this program and put back: what version 2 added holds nothing yet and is taken out again.
    """
    house = await opened(tmp_path, clock)
    platform = Platform(clock)
    account_id = await house.write(_account, "wordpress")
    house.connectors[account_id] = platform
    desk = Desk(house, clock, platform, account_id)
    judged = desk._judged
    monkeypatch.setattr(desk, "_judged", lambda comment: judged(comment)._replace(alike=None))
    officer = await desk.person("rita")
    first, second = await desk.comment("Water at the roof of the school"), await desk.comment(ABUSE)
    await house.write(work.note, officer, first, asks.Note("seen"))
    await house.write(work.leave, officer, first, asks.Leave(1))
    await house.write(work.hide, officer, second, asks.Hide(1, "A1"))
    await desk.drain()
    await house.close()
    _put_back(tmp_path / "desk.db", tmp_path / "v1.db")
    return tmp_path


def _put_back(new: Path, old: Path) -> None:
    """Copy every row into a database that the first migration alone has made."""
    conn = sqlite3.connect(old, isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    _First.apply(schema.Database(conn))
    conn.execute("ATTACH ? AS new", (str(new),))
    for (table,) in conn.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        names = ", ".join(sorted(columns(conn, table)))
        conn.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
    ran = "SELECT sql FROM new.sqlite_master WHERE name = '_sqlite_migrations'"
    conn.execute(conn.execute(ran).fetchone()[0])
    conn.execute("INSERT INTO main._sqlite_migrations SELECT * FROM new._sqlite_migrations WHERE name = 'first'")
    conn.execute("PRAGMA user_version=1")
    conn.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{new}{suffix}").unlink(missing_ok=True)
    old.rename(new)


def held(place: Path) -> dict[str, int]:
    with base.opened(place / "desk.db") as conn:
        return {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in HELD}


async def test_a_database_of_version_1_is_brought_up_to_date(old: Path, clock: FakeClock) -> None:
    before = held(old)
    assert before["item"] == 2
    with base.opened(old / "desk.db") as conn:
        assert conn.execute("PRAGMA user_version").fetchone()[0] == 1
        assert "alike" not in columns(conn, "item")
    house = await opened(old, clock)
    try:
        fault = await house.read(lambda look: trail_store.verify(look.conn))
        assert fault is None, fault
        after = await house.read(lambda look: look.conn.execute("PRAGMA user_version").fetchone()[0])
        assert after == schema.VERSION
        actor = await house.write(_join, "rita", ())
        page = await house.read(reading.queue_page, actor, View.FOUND, "", 10, "school")
        assert [row.id for row in page.rows] == [1]
        assert await indexing.catch_up(house) == 2
        page = await house.read(reading.queue_page, actor, View.FOUND, "", 10, "school")
        assert [row.id for row in page.rows] == [1]
        await house.write(work.reopen, actor, 1, asks.Because("once more"))
        assert await house.read(lambda look: trail_store.verify(look.conn)) is None
    finally:
        await house.close()
    assert held(old)["version"] == before["version"]


async def test_the_trail_of_a_database_of_version_1_verifies_as_it_stands(old: Path) -> None:
    """The data's owner may look before the newer desk was ever started."""
    with base.opened(old / "desk.db") as conn:
        assert trail_store.verify(conn) is None


async def test_a_table_that_was_taken_away_is_named(old: Path, clock: FakeClock) -> None:
    """The control: only what was never there may be missing."""
    conn = sqlite3.connect(old / "desk.db")
    conn.execute("DROP TABLE note")
    conn.commit()
    conn.close()
    with base.opened(old / "desk.db") as conn:
        fault = trail_store.verify(conn)
    assert fault is not None
    assert fault.where.startswith("note:")


async def test_a_migration_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_SECOND", (*schema._SECOND[:-1], "CREATE TABLE item (x)"))
    with pytest.raises(Exception, match=r"."):
        base.migrate(base.connect(old / "desk.db"))
    with base.opened(old / "desk.db") as conn:
        assert conn.execute("PRAGMA user_version").fetchone()[0] == 1
        assert "alike" not in columns(conn, "item")
