"""The database is locked, of a newer version, half migrated or damaged: a sentence, and never a wrong write."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderator.domain import asks
from moderator.domain.clock import SystemClock
from moderator.domain.errors import Code, Refused
from moderator.store.base import Store, Tx
from moderator.store.schema import VERSION
from tests.e2e.harness import FAST, DeskProcess, wait_for
from tests.e2e.trouble import filled, quiet_log, rows, running, said, serve, talking

pytestmark = pytest.mark.e2e

PATIENT = FAST + "\n[limits]\nbusy_ms = 150\n"


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process's writing transaction, as far as SQLite is concerned."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        yield
        conn.execute("ROLLBACK")


@pytest.mark.req("F12")
def test_a_lock_that_lasts_is_said_and_then_forgotten(tmp_path: Path) -> None:
    with running(tmp_path, config=PATIENT) as desk:
        filled(desk)
        with talking(desk) as client:
            item = rows(client)[0].id
            head = client.health()["head"]
            with locked(desk.data_dir / "desk.db"):
                said(desk.run("item", "note", str(item), "now"), 75, "busy")
                with pytest.raises(Refused, match="Not saved: the database is busy") as refused:
                    client.act(item, "leave", asks.Leave(1))
                assert (refused.value.code, bool(refused.value.cure)) == (Code.BUSY, True)
                assert client.status().read_only == "", "a lock is no full disk"
                assert client.detail(item, opened=True).row.id == item
            done = client.act(item, "leave", asks.Leave(1))
            assert done.seq > head
            said(desk.run("item", "note", str(item), "now"), 0)
        desk.stop()
        desk.verify()


@pytest.mark.req("F12")
def test_starting_while_another_program_holds_the_database(tmp_path: Path) -> None:
    with running(tmp_path, config=PATIENT) as desk:
        desk.stop()
        # A checkpoint that another program keeps open: the journal mode cannot be looked at.
        with contextlib.closing(sqlite3.connect(desk.data_dir / "desk.db", isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
            other.execute("BEGIN IMMEDIATE")
            other.execute("INSERT INTO meta (key, value) VALUES ('x', 'y')")
            other.execute("COMMIT")
            said(serve(desk), 75, "Another program holds", "desk.db")
        desk.start()


@pytest.mark.req("F20")
def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        desk.stop()
        set_version(desk, VERSION + 1)
        before = digest(desk)
        said(serve(desk), 65, f"version {VERSION + 1}", f"up to {VERSION}", "newer moderator")
        assert digest(desk) == before
        doctor = desk.run("doctor")
        assert (doctor.returncode, "newer program" in doctor.stdout) == (1, True), doctor.stdout
        set_version(desk, VERSION)
        desk.start()


def set_version(desk: DeskProcess, version: int) -> None:
    with contextlib.closing(sqlite3.connect(desk.data_dir / "desk.db", isolation_level=None)) as conn:
        conn.execute(f"PRAGMA user_version={version}")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def digest(desk: DeskProcess) -> str:
    return hashlib.sha256((desk.data_dir / "desk.db").read_bytes()).hexdigest()


# migration

_MIGRATE = """
import json, os, signal, sys
from pathlib import Path
from moderator.store import base, schema

def migrate(database, left):
    conn = base.connect(Path(database))
    seen = []
    def count(statement):
        seen.append(1)
        if len(seen) > left:
            os.kill(os.getpid(), signal.SIGKILL)
    conn.set_trace_callback(count)
    {migrate}
    conn.set_trace_callback(None)
    return len(seen)

def killed(database, left):
    child = os.fork()
    if child == 0:
        migrate(database, left)
        os._exit(0)
    return -os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

print(json.dumps([killed(*job) if job[1] >= 0 else migrate(job[0], 10**9) for job in json.loads(sys.argv[1])]))
"""
"""Each job is a database and after how many statements its migration is killed, -1 for never: the signal that ended it,
or how many statements the whole migration has."""

WHOLE = _MIGRATE.format(migrate="base.migrate(conn)")
STEP_BY_STEP = _MIGRATE.format(migrate="[conn.execute(step) for step in schema._FIRST]")


def migrating(program: str, *jobs: tuple[Path, int]) -> list[int]:
    """Run these migrations, one after the other, each in a process of its own."""
    told = json.dumps([(str(database), statements) for database, statements in jobs])
    done = subprocess.run([sys.executable, "-c", program, told], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: list[int] = json.loads(done.stdout)
    return found


def schema(database: Path) -> tuple[int, list[tuple[str, str]]]:
    with contextlib.closing(sqlite3.connect(database)) as conn:
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        return version, sorted(conn.execute("SELECT name, coalesce(sql, '') FROM sqlite_master"))


@pytest.mark.req("F20")
def test_a_migration_killed_anywhere_leaves_all_or_nothing(tmp_path: Path) -> None:
    [statements] = migrating(WHOLE, (tmp_path / "whole.db", -1))
    done = schema(tmp_path / "whole.db")
    assert done[0] == VERSION
    assert statements > 30
    files = [tmp_path / f"{n}.db" for n in range(20)]
    ended = migrating(WHOLE, *((file, statements * n // 20 + n % 2) for n, file in enumerate(files)))
    assert ended == [signal.SIGKILL] * 20
    left = [schema(file) for file in files]
    assert all(found in ((0, []), done) for found in left), [found for found in left if found not in ((0, []), done)]
    assert (0, []) in left
    migrating(WHOLE, *((file, -1) for file in files))
    assert [schema(file) for file in files] == [done] * 20, "and the next start finishes it"


@pytest.mark.req("F20")
def test_control_without_one_transaction_half_a_schema_is_left(tmp_path: Path) -> None:
    assert migrating(STEP_BY_STEP, (tmp_path / "half.db", 12)) == [signal.SIGKILL]
    version, tables = schema(tmp_path / "half.db")
    assert version == 0
    assert tables


# damage


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database at all; " * 4000)


def truncated(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size // 3 + 17)


def empty_pages(file: Path) -> None:
    """Every page but the first reads as noise."""
    noise = random.Random(3)
    raw = bytearray(file.read_bytes())
    raw[4096:] = noise.randbytes(len(raw) - 4096)
    file.write_bytes(raw)


def another_programs(file: Path) -> None:
    """A sound SQLite file that claims our version and has none of our tables."""
    file.unlink()
    with contextlib.closing(sqlite3.connect(file)) as conn:
        conn.execute("CREATE TABLE recipes (name)")
        conn.execute(f"PRAGMA user_version={VERSION}")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> DeskProcess:
    """A desk with some records, stopped; copied by each test."""
    with running(tmp_path_factory.mktemp("sound")) as desk:
        filled(desk, 60)
        with talking(desk) as client:
            for row in rows(client)[:20]:
                client.act(row.id, "note", asks.Note("seen"))
                client.act(row.id, "leave", asks.Leave(1))
        desk.stop()
        with contextlib.closing(sqlite3.connect(desk.data_dir / "desk.db")) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return desk


def copied(sound: DeskProcess, folder: Path) -> DeskProcess:
    shutil.copytree(sound.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run", "*.log"))
    return DeskProcess(folder)


@pytest.mark.req("F20")
@pytest.mark.parametrize("damage", [garbage, truncated, empty_pages, another_programs])
def test_a_damaged_database_is_refused_and_left_alone(
    sound: DeskProcess, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    desk = copied(sound, tmp_path)
    damage(desk.data_dir / "desk.db")
    before = digest(desk)
    said(serve(desk), 65, "damaged", "desk.db", "Restore the last good backup".lower())
    assert digest(desk) == before
    assert not desk.socket.exists()
    doctor = desk.run("doctor", "--private")
    assert (doctor.returncode, "✗ database" in doctor.stdout) == (1, True), doctor.stdout
    verified = desk.run("trail", "verify", "--private")
    assert verified.returncode == 65, verified.stdout + verified.stderr
    assert "Traceback" not in verified.stderr + doctor.stderr
    assert digest(desk) == before


def flipped(file: Path, seed: int) -> None:
    """A few bytes changed in several pages beyond the first."""
    pick = random.Random(seed)
    raw = bytearray(file.read_bytes())
    for page in pick.sample(range(1, len(raw) // 4096), 12):
        for at in pick.sample(range(4096), 24):
            raw[page * 4096 + at] ^= 0xFF
    file.write_bytes(raw)


@pytest.mark.req("F20")
@pytest.mark.parametrize("seed", range(6))
def test_flipped_bytes_are_found_and_said(sound: DeskProcess, tmp_path: Path, seed: int) -> None:
    desk = copied(sound, tmp_path)
    flipped(desk.data_dir / "desk.db", seed)
    verified = desk.run("trail", "verify", "--private")
    assert verified.returncode == 65, verified.stdout + verified.stderr
    assert "Traceback" not in verified.stdout + verified.stderr
    doctor = desk.run("doctor", "--private")
    assert (doctor.returncode, "✗ database" in doctor.stdout) == (1, True), doctor.stdout + doctor.stderr


def test_control_an_untouched_copy_verifies(sound: DeskProcess, tmp_path: Path) -> None:
    desk = copied(sound, tmp_path)
    said(desk.run("trail", "verify", "--private"), 0)
    doctor = desk.run("doctor", "--private")
    assert "✓ database" in doctor.stdout


@pytest.mark.req("F20")
def test_damage_that_shows_while_it_runs_stops_every_write(sound: DeskProcess, tmp_path: Path) -> None:
    """The table of notes is noise; the rest is sound, so that the desk starts and works until somebody looks there."""
    desk = copied(sound, tmp_path)
    file = desk.data_dir / "desk.db"
    ruin(file, ("note", "note_item"))
    desk.start()
    try:
        with talking(desk) as client:
            with pytest.raises(Refused) as refused:
                client.detail(1)
            assert refused.value.code is Code.DAMAGED
            assert "damaged" in client.status().read_only
            assert client.health()["ok"] is False
            head = client.health()["head"]
            for _ in range(3):
                with pytest.raises(Refused, match="nothing is written to it any more"):
                    client.act(1, "claim")
            assert client.health()["head"] == head
            said(desk.run("item", "note", "1", "more"), 65, "damaged")
        quiet_log(desk)
    finally:
        desk.kill()
    with contextlib.closing(sqlite3.connect(file)) as conn:
        assert conn.execute("SELECT max(seq) FROM event").fetchone()[0] == head


def ruin(file: Path, names: tuple[str, ...]) -> None:
    """Every page of these tables becomes noise."""
    noise = random.Random(5)
    with contextlib.closing(sqlite3.connect(file)) as conn:
        roots = [row[0] for row in conn.execute("SELECT name, rootpage FROM sqlite_master") if row[0] in names]
        pages = [row[1] for row in conn.execute("SELECT name, rootpage FROM sqlite_master") if row[0] in names]
        assert roots
    raw = bytearray(file.read_bytes())
    for page in pages:
        raw[(page - 1) * 4096 : page * 4096] = noise.randbytes(4096)
    file.write_bytes(raw)


def touch(tx: Tx) -> None:
    tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('a', 'b')")


def malformed(tx: Tx) -> None:
    raise sqlite3.DatabaseError("database disk image is malformed")


@pytest.mark.req("F20")
def test_the_store_never_writes_again_after_damage(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.db", SystemClock())
    try:
        store.write(touch).result(10)  # the control: before, it writes
        for job in (malformed, touch):
            with pytest.raises(Refused) as refused:
                store.write(job).result(10)
            assert refused.value.code is Code.DAMAGED
        assert "damaged" in store.read_only
    finally:
        store.close()
    again = Store(tmp_path / "desk.db", SystemClock())
    try:
        again.write(touch).result(10)
        wait_for(lambda: not again.read_only, 1)
    finally:
        again.close()
