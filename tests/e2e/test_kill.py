"""kill -9 of the service, over and over, under load: nothing that was acknowledged is lost, and the trail holds."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from tests.e2e.harness import DeskProcess, comments, import_account, wait_for

pytestmark = pytest.mark.e2e

ROUNDS = int(os.environ.get("MODERATOR_KILLS", "100"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    process = DeskProcess(tmp_path)
    process.start()
    yield process
    process.kill()


class Officer(threading.Thread):
    """Leaves, notes and drafts as fast as the desk takes it, and remembers what was acknowledged."""

    def __init__(self, desk: DeskProcess, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.desk, self.stop = desk, stop
        self.decided: dict[int, int] = {}
        """Item → trail event of its acknowledged decision."""
        self.noted: list[tuple[int, int]] = []
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.shift()
        except BaseException as fault:
            self.fault = fault

    def shift(self) -> None:
        """Work until the line breaks."""
        client = self.desk.client()
        try:
            with client.stream():
                while not self.stop.is_set():
                    self.one(client)
        except Refused as refused:
            assert refused.code in (Code.DOWN, Code.NO_SESSION), refused
            self.stop.wait(0.05)
        finally:
            client.close()

    def one(self, client: Client) -> None:
        item = client.next()
        if not item:
            self.stop.wait(0.01)
            return
        try:
            note = client.act(item, "note", asks.Note(f"seen by {self.name}"))
            self.noted.append((item, note.seq))
            done = client.act(item, "leave", asks.Leave(seen_version=1))
            self.decided[item] = done.seq
        except Refused as refused:
            if refused.code not in (Code.TAKEN, Code.WRONG_STATE):
                raise


@pytest.mark.req("F8", "K1", "F21")
def test_no_acknowledged_write_is_lost(desk: DeskProcess) -> None:
    client = desk.client()
    client.import_lines(import_account(client), comments(4000))
    client.close()
    stop = threading.Event()
    officers = [Officer(desk, stop) for _ in range(4)]
    for officer in officers:
        officer.start()
    pace = random.Random(7)
    for round_ in range(ROUNDS):
        before = sum(len(officer.noted) for officer in officers)
        target = before + pace.randint(5, 60)
        wait_for(lambda target=target: sum(len(o.noted) for o in officers) >= target or all_done(desk), 30, "work")
        desk.kill()
        desk.verify()
        desk.start()
        assert not [officer.fault for officer in officers if officer.fault], round_
    stop.set()
    for officer in officers:
        officer.join(20)
        assert officer.fault is None
    desk.stop()
    desk.verify()
    assert_acknowledged(desk, officers)


def all_done(desk: DeskProcess) -> bool:
    """Whether nothing is left to decide."""
    client = desk.client()
    try:
        return client.status().counts.get("new", 0) == 0
    finally:
        client.close()


def assert_acknowledged(desk: DeskProcess, officers: list[Officer]) -> None:
    conn = sqlite3.connect(f"file:{desk.data_dir}/desk.db?mode=ro", uri=True)
    events = dict(conn.execute("SELECT seq, kind || ':' || item FROM event"))
    decided = [(item, seq) for officer in officers for item, seq in officer.decided.items()]
    assert len(decided) > ROUNDS
    assert len({item for item, _ in decided}) == len(decided), "an item was decided twice"
    for item, seq in decided:
        assert events[seq] == f"decision.left_public:{item}"
    for officer in officers:
        for item, seq in officer.noted:
            assert events[seq] == f"note:{item}"
    twice = "SELECT item_id FROM decision WHERE undone = 0 GROUP BY item_id, reopened HAVING count(*) > 1"
    assert conn.execute(twice).fetchall() == []
    conn.close()


@pytest.mark.req("F21", "K1")
def test_a_row_altered_by_hand_is_named(desk: DeskProcess) -> None:
    client = desk.client()
    client.import_lines(import_account(client), comments(20))
    with client.stream():
        done = client.act(7, "leave", asks.Leave(seen_version=1))
    client.close()
    desk.stop()
    desk.verify()
    conn = sqlite3.connect(desk.data_dir / "desk.db")
    conn.execute("UPDATE decision SET disposition = 'hidden' WHERE id = ?", (done.decision_id,))
    conn.commit()
    conn.close()
    found = desk.run("trail", "verify")
    assert found.returncode == 65, found.stderr
    assert f"decision {done.decision_id}" in (found.stdout + found.stderr).replace(":", " ")
