"""A flood: ten thousand comments of five minutes on one page, most of them one brigade's text. Nothing is lost, what is
urgent stands first, the burst is one row, and the keys of an officer at the screen are answered all the while."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderator.client import Client
from moderator.domain.asks import Leave, Order
from moderator.domain.item import Lane
from moderator.domain.view import Row, View
from tests.e2e.harness import FAST, DeskProcess, import_account, wait_for
from tests.e2e.screen import Terminal, terminals

pytestmark = pytest.mark.e2e

COMMENTS = 10_000
SECONDS = 300
"""The flood's five minutes: its comments come in so many pieces, as fast as the desk takes them."""
URGENT_EVERY = 500
PLAIN_EVERY = 20
BRIGADE = "Shame on the office of roads, they sleep while the whole city drowns in dirty water again"
TAILS = ("", "!!", " ...", " SHAME", " @roads", " #shame", "  ", " 😡😡", " pls share")
URGENT = "Water has reached the roof near school {n}, we are four people trapped here, please send a boat now."
CONFIG = FAST + "\n[limits]\nrequests_per_second = 100000\n"


def text_of(n: int) -> str:
    """What comment n says: a rescue call, something of its own, or the brigade's words with another ending."""
    if n % URGENT_EVERY == URGENT_EVERY // 2:
        return URGENT.format(n=n)
    if n % PLAIN_EVERY == 7:
        return f"Is the ferry at landing {n} running on day {n % 31}? My mother waits at landing {n + 1}."
    return BRIGADE + TAILS[n % len(TAILS)]


def line_of(n: int, name: str = "f") -> bytes:
    """Comment n, under the one post."""
    made = {"id": f"{name}{n}", "text": text_of(n), "author": {"id": f"a{n % 3001}", "name": f"Citizen {n % 3001}"},
            "created_at": "2026-11-22T10:00:00Z", "post": {"id": "p1", "title": "Road works", "url": ""}}  # fmt: skip
    return json.dumps(made).encode() + b"\n"


def seconds_of_it() -> Iterator[list[bytes]]:
    """The comments of one second after another."""
    size = COMMENTS // SECONDS + 1
    for at in range(0, COMMENTS, size):
        yield [line_of(n) for n in range(at, min(at + size, COMMENTS))]


class Flood(threading.Thread):
    """Pours the comments in; what the desk said that it took."""

    def __init__(self, client: Client, account: int) -> None:
        super().__init__(daemon=True)
        self.client, self.account = client, account
        self.taken = self.refused = 0

    def run(self) -> None:
        """Second after second, without a pause."""
        for lines in seconds_of_it():
            said = self.client.import_lines(self.account, iter(lines))
            self.taken += said.taken
            self.refused += said.refused


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    process = DeskProcess(tmp_path, config=CONFIG)
    process.start()
    yield process
    process.stop()


def counted(desk: DeskProcess, sql: str) -> int:
    """One number, straight from the desk's file."""
    with contextlib.closing(sqlite3.connect(f"file:{desk.data_dir / 'desk.db'}?mode=ro", uri=True)) as conn:
        return int(conn.execute(sql).fetchone()[0])


def rows_in_sight(screen: Terminal) -> list[str]:
    """The rows of the list."""
    return [line for line in screen.lines() if re.search(r"\b(in|late) \d+ (s|min|h|d)", line)]


def under_cursor(screen: Terminal) -> str:
    return next((line for line in screen.lines() if line.startswith("▌")), "")


def keys_while(screen: Terminal, flood: Flood) -> int:
    """Cursor keys, one at a time, for as long as it pours; how many moved the cursor."""
    answered = 0
    while flood.is_alive() or answered < 10:
        for key in "jjjjjkkkkk":
            before = under_cursor(screen)
            screen.type(key)
            screen.wait(lambda old=before: under_cursor(screen) not in ("", old), f"an answer to {key}", 30)
            answered += 1
    return answered


def memory(pid: int) -> float:
    """MiB that a process has for itself."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kib) for kib in re.findall(r"^Private_\w+:\s+(\d+)", rollup, re.M)) / 1024


@pytest.mark.req("F27", "Q3")
def test_ten_thousand_comments_on_one_page(desk: DeskProcess) -> None:
    with terminals() as terminal, contextlib.closing(desk.client()) as client:
        account = import_account(client)
        client.import_lines(account, iter([line_of(n * PLAIN_EVERY + 7, "before") for n in range(12)]))
        screen = terminal(desk.command(), desk.environment())
        screen.shows("[2 New", "a leave")
        screen.settled()
        small = memory(screen.program.pid)
        flood = Flood(client, account)
        flood.start()
        answered = keys_while(screen, flood)
        flood.join()

        # no drop
        assert (flood.taken, flood.refused) == (COMMENTS, 0)
        assert counted(desk, "SELECT count(*) FROM item WHERE remote_id LIKE 'f%'") == COMMENTS
        # keys as ever, urgent announced on the screen meanwhile, memory flat
        assert answered >= 10
        screen.shows("URGENT ( u )")
        assert memory(screen.program.pid) - small < 24

        # urgent first
        urgent = COMMENTS // URGENT_EVERY
        page = client.queue(View.NEW, limit=200).rows
        assert [row.lane for row in page[:urgent]] == [Lane.LIFE] * urgent
        assert all(row.lane is not Lane.LIFE for row in page[urgent:])
        by_arrival = client.queue(View.NEW, limit=200, sort=Order.NEWEST).rows
        assert [row.lane for row in by_arrival[:urgent]] != [Lane.LIFE] * urgent  # the control

        # the burst is one row, that says how many it stands for
        rows = _all_rows(client)
        brigade = [row for row in rows if row.text.startswith("Shame on the office")]
        assert len(brigade) == 1
        assert brigade[0].copies >= 1000
        own = [row for row in rows if row.text.startswith("Is the ferry")]
        assert len(own) > 400  # the control: texts of their own stay rows of their own
        apart = client.queue(View.NEW, limit=200, sort=Order.NEWEST).rows
        assert sum(row.text.startswith("Shame on the office") for row in apart) > 100  # where nothing collapses

        # an officer decides in the middle of it
        with client.stream():
            done = client.act(page[0].id, "leave", Leave(page[0].comment_version))
        assert done.item_id == page[0].id
        again = client.import_lines(account, iter([line_of(n) for n in range(50)]))
        assert again.taken == 0  # what is known is not taken twice
    wait_for(lambda: counted(desk, "SELECT count(*) FROM unsaid") == 0, 60, "the index of words")
    desk.verify()


def _all_rows(client: Client) -> list[Row]:
    found: list[Row] = []
    after = ""
    while True:
        page = client.queue(View.NEW, after, 200)
        found += page.rows
        after = page.after
        if not after:
            return found
