"""The disk is full: the screen says that nothing was saved, what it had said was saved stands, and it goes on after."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from moderator.client import Client
from moderator.config import Config
from moderator.desk import clocks
from moderator.desk.house import House
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.store.base import Store, Tx
from tests.e2e.harness import DeskProcess, comments, wait_for
from tests.e2e.trouble import filled, quiet_log, rows, said, serve, talking

pytestmark = pytest.mark.e2e

WORDS = " ".join(["The road behind the school is under water since Monday."] * 20)


class Squeeze(Protocol):
    """One way in which a disk runs full, but for `left` bytes."""

    def full(self, left: int = 0) -> None: ...

    def free(self) -> None: ...


@dataclass
class SmallDisk:
    """The data directory on a small file system of its own, and a file that eats the rest of it."""

    desk: DeskProcess

    @property
    def ballast(self) -> Path:
        return self.desk.data_dir / "ballast"

    def full(self, left: int = 0) -> None:
        with contextlib.suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)
        os.truncate(self.ballast, self.ballast.stat().st_size - left)

    def free(self) -> None:
        self.ballast.unlink()


@dataclass
class ShortFiles:
    """The kernel lets no file of the desk grow any more: needs no root."""

    desk: DeskProcess

    def full(self, left: int = 0) -> None:
        log = self.desk.data_dir / "desk.db-wal"
        self._most((log.stat().st_size if log.exists() else 0) + left)

    def free(self) -> None:
        self._most(resource.RLIM_INFINITY)

    def _most(self, size: int) -> None:
        assert self.desk.process is not None
        resource.prlimit(self.desk.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextlib.contextmanager
def small_disk(at: Path, size: str = "24m") -> Iterator[None]:
    """A file system in memory, of this size; skips where we may not mount one."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small file system")
    at.mkdir(parents=True, mode=0o700)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(at)], capture_output=True, text=True
    )
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


@pytest.fixture(params=["small disk", "short files"])
def squeezed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[DeskProcess, Squeeze]]:
    desk = DeskProcess(tmp_path)
    place = small_disk(desk.data_dir) if request.param == "small disk" else contextlib.nullcontext()
    with place:
        try:
            desk.start()
            yield desk, SmallDisk(desk) if request.param == "small disk" else ShortFiles(desk)
            quiet_log(desk)
        finally:
            if desk.process is not None:
                desk.kill()


def work_until_full(client: Client, item: int) -> tuple[dict[int, str], Refused]:
    """Notes until one is refused, long ones and then short ones: what was acknowledged, by event, and the refusal."""
    acknowledged: dict[int, str] = {}
    refused = None
    for words in (WORDS, "short"):
        refused = until_refused(client, item, words, acknowledged)
    assert refused is not None
    return acknowledged, refused


def until_refused(client: Client, item: int, words: str, acknowledged: dict[int, str]) -> Refused:
    for n in range(5000):
        text = f"{n}: {words}"
        try:
            acknowledged[client.act(item, "note", asks.Note(text)).seq] = text
        except Refused as refused:
            return refused
    raise AssertionError("the disk never ran full")


def stored(desk: DeskProcess) -> dict[int, str]:
    with contextlib.closing(sqlite3.connect(f"file:{desk.data_dir}/desk.db?mode=ro", uri=True)) as conn:
        return dict(conn.execute("SELECT seq, text FROM note"))


@pytest.mark.req("F10")
def test_nothing_acknowledged_is_lost_and_nothing_refused_is_kept(squeezed: tuple[DeskProcess, Squeeze]) -> None:
    desk, disk = squeezed
    filled(desk)
    with talking(desk) as client:
        item = rows(client)[0].id
        disk.full(left=400_000)
        acknowledged, refused = work_until_full(client, item)
        assert len(acknowledged) > 10
        assert refused.code is Code.FULL
        assert "Not saved: the disk is full." in refused.sentence
        assert refused.cure
        assert stored(desk) == acknowledged

        # It stays up for reading, and says so for as long as it is so.
        client_sees_read_only(client, desk, item)

        disk.free()
        wait_for(lambda: not client.status().read_only, why="the desk to notice that there is room again")
        seq = client.act(item, "note", asks.Note("after")).seq
        assert client.status().read_only == ""
        assert stored(desk) == {**acknowledged, seq: "after"}
    desk.stop()
    desk.verify()


def client_sees_read_only(client: Client, desk: DeskProcess, item: int) -> None:
    kept = stored(desk)
    assert "disk is full" in client.status().read_only
    stream = desk.client()
    with contextlib.closing(stream), pytest.raises(Refused) as refused, stream.stream():
        pass  # a session is itself a record
    assert refused.value.code is Code.FULL
    assert client.detail(item, opened=True).row.id == item
    assert rows(client)
    with pytest.raises(Refused, match="Not saved: the disk is full"):
        client.act(item, "leave", asks.Leave(1))
    assert "disk is full" in client.status().read_only
    assert stored(desk) == kept, "nothing that was refused is kept"
    done = desk.run("status")
    assert (done.returncode, "Nothing can be saved" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.req("F10")
def test_the_command_line_says_so_and_an_import_is_refused(squeezed: tuple[DeskProcess, Squeeze]) -> None:
    desk, disk = squeezed
    filled(desk)
    with talking(desk) as client:
        item = rows(client)[0].id
        disk.full()
        work_until_full(client, item)
        account = client.accounts()[0].id
        more = [line.replace(b'"id": "c', b'"id": "d') for line in comments(200, WORDS + "{n}")]
        with pytest.raises(Refused, match="disk is full"):
            client.import_lines(account, more)
        said(desk.run("item", "note", str(item), "more"), 73, "the disk is full")
        disk.free()
        assert client.import_lines(account, more).sentence.startswith("200 taken in")
        said(desk.run("item", "note", str(item), "more"), 0)


def refuse_growth(tx: Tx) -> None:
    """SQLite itself refuses every new page from here on."""
    size = tx.conn.execute("PRAGMA page_count").fetchone()[0]
    tx.conn.execute(f"PRAGMA max_page_count={size}")


def note(text: str) -> Callable[[Tx], int]:
    def job(tx: Tx) -> int:
        tx.run("INSERT INTO meta (key, value) VALUES (?, ?)", text[:40], text)
        return tx.record("try")

    return job


def fill(store: Store) -> dict[str, int]:
    """Acknowledged writes until one is refused."""
    acknowledged: dict[str, int] = {}
    for n in range(2000):
        try:
            acknowledged[f"{n:04} {WORDS}"] = store.write(note(f"{n:04} {WORDS}")).result(10)
        except Refused as refused:
            if refused.code is not Code.FULL:
                raise
            return acknowledged
    raise AssertionError("it never ran full")


@pytest.mark.req("F10")
async def test_the_store_is_read_only_until_there_is_really_room(tmp_path: Path) -> None:
    house = House(Config(), tmp_path)
    await house.start()
    store = house.store
    try:
        store.write(refuse_growth).result(10)
        acknowledged = fill(store)
        assert "disk is full" in store.read_only
        store.write(lambda tx: None).result(10)
        await clocks.try_saving(house)
        assert "disk is full" in store.read_only, "what changes nothing, or does not fit, proves nothing"
        found = store.read(lambda conn: {row[0] for row in conn.execute("SELECT value FROM meta")}).result(10)
        assert {text for text in found if text.endswith(WORDS)} == set(acknowledged)
        store.write(lambda tx: tx.conn.execute("PRAGMA max_page_count=1000000").fetchone()[0]).result(10)
        await clocks.try_saving(house)
        assert store.read_only == "", "the control: with room it is noticed"
        store.write(note("saved")).result(10)
    finally:
        await house.close()


@pytest.mark.req("F10")
@pytest.mark.parametrize("begun", [False, True], ids=["a new desk", "a desk with records"])
def test_starting_on_a_full_disk_is_a_sentence(tmp_path: Path, begun: bool) -> None:
    desk = DeskProcess(tmp_path)
    with small_disk(desk.data_dir):
        if begun:
            desk.start()
            filled(desk)
            desk.stop()
        disk = SmallDisk(desk)
        disk.full()
        said(serve(desk), 73, "disk", "full")
        assert not desk.socket.exists()
        disk.free()
        desk.start()
        with talking(desk) as client:
            assert client.queue(view.View.NEW, "", 10).rows if begun else not client.status().read_only
        desk.stop()
        desk.verify()


@pytest.mark.req("F10")
def test_a_command_that_starts_a_desk_on_a_full_disk_says_why(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    with small_disk(desk.data_dir):
        SmallDisk(desk).full()
        desk.folder.chmod(0o700)
        desk.config_file.write_text(desk.config, encoding="utf-8")
        said(desk.run("status", "--private"), 73, "did not start", "full")


def test_control_the_small_disk_is_really_full(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    with small_disk(desk.data_dir):
        assert shutil.disk_usage(desk.data_dir).free > 0
        SmallDisk(desk).full()
        assert shutil.disk_usage(desk.data_dir).free == 0
        with pytest.raises(OSError, match="No space left"):
            (desk.data_dir / "more").write_bytes(b"\0" * 4096)
