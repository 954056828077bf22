"""The machine's clock jumps an hour either way: undo windows do not move, and the record keeps its order by number."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from moderator.client import Client
from moderator.desk.room import Windows
from moderator.domain import asks, view
from moderator.domain.effect import EffectState
from moderator.domain.errors import Code, Refused
from tests.e2e.harness import FAST, DeskProcess, wait_for
from tests.e2e.trouble import rows, running, talking

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)

pytestmark = pytest.mark.e2e

WINDOW = 5.0
SLOW = FAST.replace("reply_window = 0.3", f"reply_window = {WINDOW}").replace(
    "tick = 0.05", "tick = 0.05\nlease = 7200.0"
)
STEADY = "steady practice"
"""An outage that the practice world makes up would put a reply off, and look like a clock that did."""
TEXT = "We looked at the road on Monday and will tell you more here."


class Jump:
    """The desk's wall clock, set from outside while it runs. Its monotonic clock goes on by itself."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.to("+0")

    def to(self, offset: str) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(offset)
        new.replace(self.file)

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def clock(tmp_path: Path) -> Jump:
    if LIBRARY is None or shutil.which("faketime") is None:
        pytest.skip("libfaketime is not installed")
    return Jump(tmp_path / "offset")


@pytest.fixture
def desk(tmp_path: Path, clock: Jump) -> Iterator[DeskProcess]:
    with running(tmp_path, config=SLOW, arguments=("--practice",), env=clock.environment()) as process:
        with talking(process) as client:
            settings = {"rate": "0.5", "outages": "off"}
            account = client.add_account(
                asks.NewAccount("practice", STEADY, settings=settings, custodians=("o",))
            ).row_id
            client.account_act(account, "activate", asks.Because("made up"))
        yield process


def database(desk: DeskProcess) -> Path:
    return desk.data_dir / "practice" / "desk.db"


def held(client: Client) -> tuple[int, int]:
    """An item with a reply in its window, and what is left of it in milliseconds."""
    row = wait_for(
        lambda: [row for row in rows(client) if row.account == STEADY and not row.owner and not row.protected]
    )[0]
    client.act(row.id, "claim")
    client.act(row.id, "reply", asks.Reply(seen_version=row.comment_version, text=TEXT))
    [effect] = client.effects()
    assert effect.state is EffectState.HELD
    return row.id, effect.left_ms


def jumped(client: Client, clock: Jump, offset: str) -> None:
    """Set the desk's clock, and wait until it goes by that."""
    hours = timedelta(hours=int(offset.removesuffix("h")))
    clock.to(offset)

    def seen() -> bool:
        return abs(client.status().now - datetime.now(UTC) - hours) < timedelta(minutes=5)

    wait_for(seen, why=f"the clock to jump to {offset}")


@pytest.mark.req("Z14", "F11")
@pytest.mark.parametrize("offset", ["+1h", "-1h"])
def test_an_undo_window_is_neither_swallowed_nor_stretched(desk: DeskProcess, clock: Jump, offset: str) -> None:
    with talking(desk) as client:
        item, left = held(client)
        jumped(client, clock, offset)
        [effect] = client.effects()
        assert effect.state is EffectState.HELD, "an hour later, and nothing left before its window ended"
        assert 0 < effect.left_ms <= left
        client.act(item, "undo")
        assert client.effects() == ()
        with pytest.raises(Refused):
            client.act(item, "undo")
        # The control: one that is not undone leaves after its window, and not an hour later.
        item, left = held(client)
        assert left > (WINDOW - 2) * 1000
        wait_for(lambda: client.effects() == (), WINDOW + 10, "the reply to leave")
        with pytest.raises(Refused) as late:
            client.act(item, "undo")
        assert late.value.code is Code.TOO_LATE
    desk.stop()


@pytest.mark.req("F11", "K1")
def test_the_trail_is_ordered_by_number_whatever_the_clock_says(desk: DeskProcess, clock: Jump) -> None:
    with talking(desk) as client:
        item = wait_for(lambda: rows(client), why="comments")[0].id
        seqs = []
        for offset in ("+0", "+1h", "-1h", "+0"):
            jumped(client, clock, offset)
            seqs.append(client.act(item, "note", asks.Note(f"at {offset}")).seq)
        assert seqs == sorted(set(seqs))
        assert rows(client, view.View.ALL)
        numbers = [event.seq for event in client.trail(0, 200)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert client.verify_trail()["ok"] is True
    desk.stop()
    with contextlib.closing(sqlite3.connect(f"{database(desk).as_uri()}?mode=ro", uri=True)) as conn:
        found = conn.execute("SELECT seq, at FROM event WHERE kind = 'note' ORDER BY seq").fetchall()
    times = [at for _, at in found]
    assert times != sorted(times), "the clock really went back"
    assert [seq for seq, _ in found] == seqs


class Wall:
    """A clock whose “monotonic” time follows the wall: what the windows must not use."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def up_ms(self) -> int:
        return int(self.at.timestamp() * 1000)


@pytest.mark.req("Z14")
def test_control_windows_in_wall_time_would_be_swallowed() -> None:
    wall = Wall()
    windows = Windows(wall)
    windows.open(1, 20_000)
    assert 1 not in windows.ended()
    wall.at += timedelta(hours=1)
    assert 1 in windows.ended()
