"""Starting again: after a crash, after a restore, on a copy; and how the desk begins."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from moderator.config import Config
from moderator.desk import accounts, instance, intake, outbox, people, reply, work
from moderator.desk.house import House
from moderator.domain import asks
from moderator.domain.item import Cause
from moderator.domain.person import Actor, Role
from tests.desk.conftest import ABUSE, Desk, FakeClock, Platform, _account, opened

_IN_FORCE = "SELECT body FROM event WHERE kind = 'policy.in_force'"
TEXT = "We open at 10 tomorrow. We look forward to your visit."


async def begun(data_dir: Path, clock: FakeClock, platform: Platform) -> tuple[Desk, Actor]:
    house = await opened(data_dir, clock)
    known = await house.read(lambda look: [row["id"] for row in look.conn.execute("SELECT id FROM account")])
    account_id = known[0] if known else await house.write(_account, "wordpress")
    house.connectors[account_id] = platform
    desk = Desk(house, clock, platform, account_id)
    return desk, await desk.person("rita")


@pytest.mark.req("F8", "F9", "Z2")
async def test_a_crash_while_sending_is_unknown_then_found(tmp_path: Path, clock: FakeClock) -> None:
    """Killed between the platform's yes and our own mark: found by looking, not sent again."""
    data_dir = tmp_path / "desk"
    platform = Platform(clock)
    desk, officer = await begun(data_dir, clock, platform)
    item_id = await desk.comment(ABUSE)
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT))
    desk.clock.pass_(20)
    await desk.house.write(outbox.release_due)
    (effect_id,) = await desk.house.read(outbox.ready)
    started = await desk.house.write(outbox.begin, effect_id)
    await desk.house.checkpoint()
    assert started is not None
    assert started[1] is not None
    platform.apply(started[1])
    await desk.house.close()  # the process ends here; nothing wrote down how it ended

    desk, officer = await begun(data_dir, clock, platform)
    assert await desk.states(item_id) == ["uncertain"]
    assert desk.house.notices == {}
    await desk.drain(0)
    assert len(platform.acts) == 0, "not repeated"
    desk.clock.pass_(15)
    await desk.turn()
    assert await desk.states(item_id) == ["done"]
    assert len(platform.replies) == 1
    await desk.sound()
    await desk.house.close()


@pytest.mark.req("Z14")
async def test_a_restart_opens_the_window_again_in_full(tmp_path: Path, clock: FakeClock) -> None:
    platform = Platform(clock)
    desk, officer = await begun(tmp_path, clock, platform)
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, asks.Hide(1, "A1"))
    clock.pass_(14)
    await desk.house.close()
    clock.step_wall(3600)
    desk, officer = await begun(tmp_path, clock, platform)
    await desk.drain(14)
    assert platform.acts == []
    await desk.drain(1)
    assert len(platform.acts) == 1
    await desk.house.close()


def untouched(data_dir: Path) -> None:
    """The control: the same directory, nothing changed."""


def no_file(data_dir: Path) -> None:
    (data_dir / "instance.json").unlink()


def other_database(data_dir: Path) -> None:
    _change(data_dir, instance="0" * 32)


def other_machine(data_dir: Path) -> None:
    _change(data_dir, machine="0" * 32)


def other_place(data_dir: Path) -> None:
    _change(data_dir, directory=data_dir.stat().st_ino + 1)


def rolled_back(data_dir: Path) -> None:
    _change(data_dir, seq=99_999)


def another_history(data_dir: Path) -> None:
    _change(data_dir, hash="f" * 64)


def broken_file(data_dir: Path) -> None:
    (data_dir / "instance.json").write_text("{")


def _change(data_dir: Path, **values: object) -> None:
    path = data_dir / "instance.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.req("Z2", "F22")
@pytest.mark.parametrize(
    ("happened", "code"),
    [
        (untouched, ""),
        (no_file, "no_file"),
        (broken_file, "no_file"),
        (other_database, "other_database"),
        (other_machine, "other_machine"),
        (other_place, "other_place"),
        (rolled_back, "rolled_back"),
        (another_history, "rolled_back"),
    ],
)
async def test_a_restored_or_copied_database_sends_nothing(
    tmp_path: Path, clock: FakeClock, happened: Callable[[Path], None], code: str
) -> None:
    platform = Platform(clock)
    desk, officer = await begun(tmp_path, clock, platform)
    held = await desk.comment(ABUSE)
    ready = await desk.comment(ABUSE + "!")
    await desk.house.write(work.hide, officer, ready, asks.Hide(1, "A1"))
    clock.pass_(15)
    await desk.house.write(outbox.release_due)
    await desk.house.write(reply.reply, officer, held, asks.Reply(1, TEXT))
    await desk.house.close()
    happened(tmp_path)

    desk, officer = await begun(tmp_path, clock, platform)
    await desk.drain(3600)
    if not code:
        assert len(platform.acts) == 2
        assert desk.house.notices == {}
    else:
        assert platform.acts == []
        assert (await desk.states(held), await desk.states(ready)) == (["parked"], ["parked"])
        assert "2 remote acts wait for a person" in desk.house.notices["instance"]
        assert instance.DOUBTS[code] in desk.house.notices["instance"]
        assert (await desk.item(held)).cause is Cause.EFFECT_PARKED
        assert "restore.detected" in await desk.kinds()
    await desk.sound()
    await desk.house.close()
    desk, _ = await begun(tmp_path, clock, platform)
    assert desk.house.notices == {}, "said once; from here on it is this desk's own database"
    await desk.house.close()


@pytest.mark.req("Z2")
async def test_yesterday_s_backup_does_not_send_again(tmp_path: Path, clock: FakeClock) -> None:
    """The real thing: a backup taken before the reply left, put back over the database after it had."""
    platform = Platform(clock)
    data_dir = tmp_path / "desk"
    desk, officer = await begun(data_dir, clock, platform)
    item_id = await desk.comment(ABUSE)
    await desk.house.write(reply.reply, officer, item_id, asks.Reply(1, TEXT))
    backup = tmp_path / "backup.db"
    with sqlite3.connect(data_dir / "desk.db") as source:
        source.execute("VACUUM INTO ?", (str(backup),))
    source.close()
    await desk.drain()
    assert len(platform.replies) == 1
    await desk.house.close()
    for name in ("desk.db", "desk.db-wal", "desk.db-shm"):
        (data_dir / name).unlink(missing_ok=True)
    shutil.copy(backup, data_dir / "desk.db")

    desk, officer = await begun(data_dir, clock, platform)
    await desk.drain(3600)
    assert len(platform.replies) == 1
    assert await desk.states(item_id) == ["parked"]
    (effect,) = await desk.effects(item_id)
    ask = asks.SettleEffect(asks.Settling.WAS_SENT, "it stands on the page")
    await desk.house.write(outbox.settle, officer, effect["id"], ask)
    assert (await desk.item(item_id)).state.value == "resolved"
    await desk.sound()
    await desk.house.close()


async def test_a_private_desk_has_its_owner_on_the_roster(tmp_path: Path, clock: FakeClock) -> None:
    house = await opened(tmp_path, clock, private=True)
    (owner,) = await house.read(people.roster)
    assert owner.uid == os.getuid()
    assert owner.roles == frozenset(Role)
    await house.close()
    house = await opened(tmp_path, clock, private=True)
    assert len(await house.read(people.roster)) == 1
    await house.close()


@pytest.mark.req("T3")
async def test_a_practice_desk_has_its_account_ready(tmp_path: Path, clock: FakeClock) -> None:
    house = await opened(tmp_path, clock, practice=True, private=True)
    rows = await house.read(lambda look: [dict(row) for row in look.conn.execute("SELECT * FROM account")])
    assert [(row["platform"], row["status"]) for row in rows] == [("practice", "active")]
    await accounts.connector(house, rows[0]["id"])
    await intake.poll(house, rows[0]["id"])
    taken = await house.read(lambda look: look.conn.execute("SELECT count(*) FROM item").fetchone()[0])
    assert taken > 0
    await house.close()


async def test_the_policy_in_force_is_recorded_once(tmp_path: Path, clock: FakeClock) -> None:
    for _ in range(3):
        house = await opened(tmp_path, clock)
        rows = await house.read(lambda look: [row["body"] for row in look.conn.execute(_IN_FORCE)])
        assert [json.loads(body)["facts"]["digest"] for body in rows] == [house.policy.digest]
        await house.close()


async def test_a_listener_that_fails_stops_nothing(tmp_path: Path, clock: FakeClock) -> None:
    def broken(*args: object) -> None:
        raise ValueError("a listener's own fault")

    house = House(Config(), tmp_path, clock=clock, on_commit=broken)
    await house.start()
    assert await house.write(_account, "wordpress") == 1
    await house.close()
