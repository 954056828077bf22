"""A restored or cloned database sends nothing by itself; the same directory, started again, does."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.effect import EffectState
from moderator.domain.view import EffectView
from tests.e2e.harness import FAST, DeskProcess, wait_for
from tests.e2e.trouble import Site, item_of, opened_account, quiet_log, talking, wordpress
from tests.servers.keyring import Absent, unlocked

pytestmark = pytest.mark.e2e

WINDOW = 1.5
SLOW = (
    FAST.replace("poll = 0.4", "poll = 0.4\ncheckpoint = 0.1")
    .replace("reply_window = 0.3", f"reply_window = {WINDOW}")
    .replace("looks = [1.0, 3.0, 6.0]", "looks = [0.5]")
)
SECRET = "abcd EFGH 1234 canary"


@dataclass
class Scene:
    """A desk on a site, in a session with a keyring."""

    desk: DeskProcess
    site: Site
    env: dict[str, str]


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    try:
        with unlocked(tmp_path_factory.mktemp("home")) as env:
            yield env
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture
def scene(tmp_path: Path, keyring: dict[str, str]) -> Iterator[Scene]:
    """Killed in the middle: one reply of unknown outcome, two in their window."""
    with wordpress() as site:
        desk = DeskProcess(tmp_path / "a", config=SLOW, env=keyring)
        try:
            desk.start()
            with talking(desk) as client:
                opened_account(client, site, SECRET)
                item = leave_open(client, site)
                backed_up(desk)
                client.act(item, "note", asks.Note("after the backup"))
                wait_for(lambda: told(desk)["seq"] == client.health()["head"], why="the head beside the database")
                desk.kill()
            quiet_log(desk)
            site.swallow = False
            yield Scene(desk, site, keyring)
        finally:
            if desk.process is not None:
                desk.kill()


def backed_up(desk: DeskProcess) -> None:
    """What an administrator keeps: a sound copy of the database."""
    with (
        contextlib.closing(sqlite3.connect(desk.data_dir / "desk.db")) as now,
        contextlib.closing(sqlite3.connect(desk.folder / "yesterday.db")) as copy,
    ):
        now.backup(copy)


def told(desk: DeskProcess) -> dict[str, Any]:
    """What stands beside the database."""
    found: dict[str, Any] = json.loads((desk.data_dir / "instance.json").read_text())
    return found


def leave_open(client: Client, site: Site) -> int:
    """One reply that went out without an answer, then two that wait in their window; the first one's item."""
    texts = [f"When does bridge {n} open?" for n in range(3)]
    for text in texts:
        site.add(text)
    items = [item_of(client, text) for text in texts]
    site.swallow = True
    reply(client, items[0], "It opens in March.")
    wait_for(lambda: states(client) == ["uncertain"] or states(client) == ["parked"], why="an unknown outcome")
    reply(client, items[1], "It opens in April.")
    reply(client, items[2], "It opens in May.")
    assert states(client).count("held") == 2
    return items[0]


def reply(client: Client, item: int, text: str) -> None:
    client.act(item, "reply", asks.Reply(seen_version=1, text=text))


def states(client: Client) -> list[str]:
    return [effect.state.value for effect in client.effects()]


def cloned(scene: Scene, folder: Path) -> DeskProcess:
    """The whole directory, elsewhere."""
    shutil.copytree(scene.desk.data_dir, folder / "b" / "data")
    return DeskProcess(folder / "b", config=SLOW, env=scene.env)


def without_its_file(scene: Scene, folder: Path) -> DeskProcess:
    """The database alone came back."""
    (scene.desk.data_dir / "instance.json").unlink()
    return scene.desk


def from_yesterday(scene: Scene, folder: Path) -> DeskProcess:
    """The backup, in the place of a database whose trail had come further."""
    data = scene.desk.data_dir
    for name in ("desk.db", "desk.db-wal", "desk.db-shm"):
        (data / name).unlink(missing_ok=True)
    shutil.copy(scene.desk.folder / "yesterday.db", data / "desk.db")
    (data / "desk.db").chmod(0o600)
    return scene.desk


@pytest.mark.req("Z2", "F22")
@pytest.mark.parametrize("restored", [cloned, without_its_file, from_yesterday])
def test_everything_waits_for_a_person_and_nothing_is_sent(
    scene: Scene, tmp_path: Path, restored: Callable[[Scene, Path], DeskProcess]
) -> None:
    site, tried = scene.site, scene.site.tries
    desk = restored(scene, tmp_path)
    if desk is not scene.desk:
        desk.folder.chmod(0o700)
    try:
        desk.start()
        with talking(desk) as client:
            open_ = client.effects()
            assert {effect.state for effect in open_} == {EffectState.PARKED}
            assert len(open_) == 3
            assert all("Restored or copied database" in effect.reason or "look" in effect.reason for effect in open_)
            [notice] = [notice for notice in client.status().notices if "Restored or copied" in notice]
            assert "nothing was re-sent" in notice
            # A reply that is decided now goes its ordinary way; when it is out, the old windows are long over.
            site.add("Is the ferry running?")
            reply(client, item_of(client, "Is the ferry running?"), "It is.")
            wait_for(lambda: site.writes == 1, why="the new reply")
            assert (site.tries, len(site.replies)) == (tried + 1, 1)
            assert states(client).count("parked") == 3
            settle(client, open_, site)
        done = desk.run("status")
        assert "Restored or copied database" in done.stdout, done.stdout + done.stderr
        quiet_log(desk)
        desk.stop()
        desk.verify()
    finally:
        desk.kill()


def settle(client: Client, waiting: tuple[EffectView, ...], site: Site) -> None:
    """A person's word moves them, one by one."""
    last = waiting[-1]
    client.settle(last.id, asks.SettleEffect(asks.Settling.RESEND, "looked on the site: it is not there"))
    wait_for(lambda: len(site.replies) == 2, why="the reply that a person sent again")
    client.settle(waiting[0].id, asks.SettleEffect(asks.Settling.DROP, "no longer needed"))
    assert len([effect for effect in client.effects() if effect.state is EffectState.PARKED]) == 1


@pytest.mark.req("Z2", "F8")
def test_control_the_same_directory_goes_on_where_it_stopped(scene: Scene) -> None:
    scene.desk.start()
    with talking(scene.desk) as client:
        assert not [notice for notice in client.status().notices if "Restored" in notice]
        wait_for(lambda: len(scene.site.replies) == 2, why="the two that were held")
        assert sorted(scene.site.replies)[0].startswith("It opens in April.")
        wait_for(lambda: states(client) == ["parked"], why="the unknown one to wait for a person")
    assert scene.site.writes == 2, "and the one of unknown outcome was not sent again"
