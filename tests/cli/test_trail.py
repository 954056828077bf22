"""`trail verify` as the data's owner, on a real database: it holds, or the first row that does not is named."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pytest

from moderator.cli import exits
from moderator.cli import main as cli
from moderator.cli.call import Call
from moderator.cli.parser import parse
from moderator.domain.clock import SystemClock
from moderator.store.base import Store, Tx

PERSON = {
    "uid": 1000, "name": "alice", "activation": 1, "roles": "[]", "designation": "", "role_title": "", "role_only": 0,
    "languages": "[]", "active": 1, "created_at": "2026-11-22T00:00:00.000Z", "left_at": None,
}  # fmt: skip


def add(tx: Tx) -> None:
    tx.insert("person", PERSON)
    tx.record("person.add")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with one event on its trail."""
    store = Store(tmp_path / "desk.db", SystemClock())
    store.write(add).result(10)
    store.close()
    return tmp_path


def verify(data: Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    args = parse(["--private", "--data-dir", str(data), "--json", "trail", "verify"])
    return cli.run(Call(args, out=out, err=err, env={"HOME": str(data)})), out.getvalue(), err.getvalue()


@pytest.mark.req("F21", "K1")
def test_an_untouched_trail_holds(data: Path) -> None:
    code, said, _ = verify(data)
    assert (code, json.loads(said)) == (exits.DONE, {"ok": True, "fault": None})


@pytest.mark.req("F21", "B8")
def test_a_row_changed_by_hand_is_named_and_ends_with_65(data: Path) -> None:
    with sqlite3.connect(data / "desk.db") as conn:
        conn.execute("UPDATE person SET name = 'mallory'")
    conn.close()
    code, said, _ = verify(data)
    assert code == exits.DATA_FAULT
    assert json.loads(said)["fault"]["where"] == "person:1"


def test_what_is_no_database_ends_with_65(data: Path) -> None:
    (data / "desk.db").write_bytes(b"x" * 8192)
    code, _, said = verify(data)
    assert (code, json.loads(said)["error"]["code"]) == (exits.DATA_FAULT, "damaged")


def test_where_there_is_no_desk_none_is_started(tmp_path: Path) -> None:
    code, _, said = verify(tmp_path / "nowhere")
    assert (code, json.loads(said)["error"]["code"]) == (exits.REFUSED, "not_found")
    assert list(tmp_path.iterdir()) == []
