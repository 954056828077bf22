"""What a record of a comment must carry can never be missing: the schema itself refuses the row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moderator.domain.event import GENESIS, Entry, chain
from moderator.store import base

NEEDED = {
    "creator": [("version", "author_name"), ("version", "author_handle"), ("item", "author_remote_id"),
                ("item", "author_key")],
    "created": [("item", "commented_at")],
    "captured": [("item", "captured_at"), ("item", "captured_local"), ("version", "captured_at")],
    "acted": [("decision", "decided_at"), ("decision", "person_id"), ("event", "at"), ("event", "body"),
              ("effect", "made_at"), ("note", "at"), ("escalation", "at"), ("instruction", "recorded_at")],
    "site": [("item", "account_id"), ("account", "platform"), ("account", "name"), ("account", "url")],
    "address": [("item", "permalink"), ("item", "remote_id"), ("post", "url")],
    "language": [("verdict", "language"), ("reply", "language")],
    "class": [("item", "retention")],
}  # fmt: skip
COLUMNS = [(what, table, column) for what, places in NEEDED.items() for table, column in places]


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty desk's database."""
    made = base.connect(tmp_path / "desk.db")
    base.migrate(made)
    made.execute("PRAGMA foreign_keys=OFF")
    yield made
    made.close()


def row_of(conn: sqlite3.Connection, table: str) -> dict[str, object]:
    """A row in which every column has a value."""
    kinds = {"INTEGER": 1, "TEXT": "x", "BLOB": b"x"}
    return {found["name"]: kinds[found["type"]] for found in conn.execute(f"PRAGMA table_info({table})")}


def insert(conn: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


@pytest.mark.req("K5")
@pytest.mark.parametrize(("what", "table", "column"), COLUMNS)
def test_a_record_without_this_is_refused_by_the_schema(
    conn: sqlite3.Connection, what: str, table: str, column: str
) -> None:
    row = row_of(conn, table)
    with pytest.raises(sqlite3.IntegrityError, match=f"NOT NULL constraint failed: {table}.{column}"):
        insert(conn, table, {**row, column: None})
    insert(conn, table, row)  # and with it the same row is taken


@pytest.mark.req("K5")
@pytest.mark.parametrize(("table", "column"), [("post", "posted_at"), ("version", "edited_at"), ("item", "due_first")])
def test_control_what_a_platform_may_leave_unsaid_is_taken_without(
    conn: sqlite3.Connection, table: str, column: str
) -> None:
    insert(conn, table, {**row_of(conn, table), column: None})


@pytest.mark.req("K5")
def test_every_event_has_the_moment_of_the_act_in_utc_and_in_the_desks_own_time() -> None:
    at = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    event = chain(1, GENESIS, "2026-11-22T20:30:00.000Z", "2026-11-23T02:00:00.000+05:30", Entry("decision.hidden"))
    body = json.loads(event.body)
    assert (datetime.fromisoformat(body["at"]), datetime.fromisoformat(body["local"])) == (at, at)
    assert body["local"].endswith("+05:30")
