"""Directories and sockets that are taken, in the way, too long or not ours: a sentence, and the other desk unharmed."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderator.client import Client
from moderator.domain.errors import Code, Refused
from moderator.service import places
from tests.e2e.harness import DeskProcess
from tests.e2e.test_faults_disk import small_disk
from tests.e2e.trouble import filled, running, said, serve

pytestmark = pytest.mark.e2e


@contextlib.contextmanager
def listening(path: Path, backlog: int = 5) -> Iterator[socket.socket]:
    """Somebody else's socket at this place, and its file left behind at the end."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        sock.listen(backlog)
        yield sock


@pytest.mark.req("Z1")
def test_a_second_desk_on_the_same_data_is_told_who_has_it(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        filled(desk, 3)
        assert desk.process is not None
        said(serve(desk), 75, "served already", f"by process {desk.process.pid}", "connect to it with: moderator")
        other = DeskProcess(tmp_path / "b")
        other.socket.parent.mkdir(mode=0o700, parents=True)
        words = [*desk.command("serve", "--private")[:-1], str(other.socket)]
        done = subprocess.run(words, env=desk.environment(), capture_output=True, text=True, timeout=60)
        said(done, 75, "served already")
        assert desk.answers()
        desk.kill()
        desk.start()  # the control: with the first one gone, its place is free at once


@pytest.mark.req("Z1")
def test_a_socket_that_another_desk_answers_on_is_never_taken(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        other = DeskProcess(tmp_path / "b")
        other.folder.mkdir()
        other.config_file.write_text(other.config)
        words = [*other.command("serve", "--private")[:-1], str(desk.socket)]
        done = subprocess.run(words, env=other.environment(), capture_output=True, text=True, timeout=60)
        said(done, 75, "Another desk answers at", str(desk.socket), "[desk] socket")
        assert desk.answers()


@pytest.mark.req("Z1")
def test_a_desk_too_busy_to_answer_keeps_its_socket(tmp_path: Path) -> None:
    """Its queue of connections is full: a probe is turned away, but somebody listens."""
    path = tmp_path / "run" / "desk.sock"
    with listening(path, backlog=0), contextlib.ExitStack() as held:
        for _ in range(8):
            waiting = held.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(str(path))
        with pytest.raises(places.CannotServe, match="Another desk answers") as refused:
            places.bind(path, group="")
        assert refused.value.code == places.EX_TEMPFAIL
        assert path.is_socket()


@pytest.mark.req("Z1")
def test_a_stale_socket_is_replaced_and_anything_else_is_left_alone(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    with listening(desk.socket):
        pass
    assert desk.socket.is_socket()
    with running(tmp_path):
        pass
    for make in (Path.touch, Path.mkdir, lambda path: path.symlink_to(tmp_path / "nowhere")):
        desk.socket.unlink(missing_ok=True)
        make(desk.socket)
        kind = stat.S_IFMT(desk.socket.lstat().st_mode)
        said(serve(desk), 73, "is in the way and is no socket", "Move it")
        assert stat.S_IFMT(desk.socket.lstat().st_mode) == kind
        desk.socket.rmdir() if desk.socket.is_dir() else desk.socket.unlink()


@pytest.mark.req("Z1")
def test_a_socket_path_that_no_kernel_takes(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    long = tmp_path / ("x" * 90) / "desk.sock"
    desk.config_file.write_text(desk.config)
    words = [*desk.command("serve", "--private")[:-1], str(long)]
    done = subprocess.run(words, env=desk.environment(), capture_output=True, text=True, timeout=60)
    said(done, 73, "too long", "[desk] socket")
    words = [*desk.command("status")[:-1], str(long)]
    done = subprocess.run(words, env=desk.environment(), capture_output=True, text=True, timeout=60)
    assert "longer than" in said(done, 1, "--socket")


def open_to_others(desk: DeskProcess) -> str:
    desk.data_dir.mkdir(mode=0o755)
    return "chmod 700"


def a_file(desk: DeskProcess) -> str:
    desk.data_dir.write_text("not a directory")
    return str(desk.data_dir)


def a_dangling_link(desk: DeskProcess) -> str:
    desk.data_dir.symlink_to(desk.folder / "nowhere")
    return str(desk.data_dir)


def below_a_file(desk: DeskProcess) -> str:
    (desk.folder / "file").write_text("x")
    desk.data_dir.symlink_to(desk.folder / "file" / "data")
    return str(desk.data_dir)


def a_link_as_lock(desk: DeskProcess) -> str:
    desk.data_dir.mkdir(mode=0o700)
    (desk.data_dir / "lock").symlink_to(desk.folder / "elsewhere")
    return "lock cannot be written"


def a_directory_as_database(desk: DeskProcess) -> str:
    (desk.data_dir / "desk.db").mkdir(parents=True, mode=0o700)
    desk.data_dir.chmod(0o700)
    return "desk.db"


@pytest.mark.req("Z1", "Z8")
@pytest.mark.parametrize(
    "lay", [open_to_others, a_file, a_dangling_link, below_a_file, a_link_as_lock, a_directory_as_database]
)
@pytest.mark.parametrize("shared", [False, True], ids=["private", "shared"])
def test_a_data_directory_that_cannot_be_used(tmp_path: Path, lay: object, shared: bool) -> None:
    desk = DeskProcess(tmp_path, arguments=() if shared else ("--private",))
    desk.config = desk.config.replace("[desk]", '[desk]\ngroup = "root"')
    assert callable(lay)
    word = lay(desk)
    told = said(serve(desk), 65 if lay is a_directory_as_database else 73, word)
    assert told.startswith("moderator")
    assert not desk.socket.exists()


@pytest.mark.req("Z1", "Z8")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a directory to somebody else")
def test_a_data_directory_of_somebody_else(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, arguments=())
    desk.data_dir.mkdir(mode=0o700)
    os.chown(desk.data_dir, 65534, 65534)
    said(serve(desk), 73, "belongs to user 65534", "chown")
    desk.arguments = ("--private",)
    said(serve(desk), 73, "not yours")
    os.chown(desk.data_dir, os.geteuid(), -1)
    with running(tmp_path):  # the control: as our own it is taken
        pass


@pytest.mark.req("F10", "Z1")
def test_a_data_directory_on_a_file_system_that_is_read_only(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    with small_disk(desk.data_dir):
        desk.start()
        desk.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(desk.data_dir)], check=True)
        said(serve(desk), 73, "lock", "Read-only file system")
        desk.folder.chmod(0o700)
        said(desk.run("status", "--private"), 73, "cannot start", "Read-only file system")


@pytest.mark.req("Z7")
def test_a_desk_that_is_down_is_said_and_no_other_is_opened(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    desk.socket.parent.mkdir(mode=0o700)
    desk.config_file.write_text(desk.config)
    for _ in range(2):
        said(desk.run("status"), 69, "The desk is down", "moderator serve")
        assert not desk.data_dir.exists()
        with contextlib.suppress(FileExistsError, OSError), listening(desk.socket):
            pass


@pytest.mark.req("Z1")
def test_somebody_who_listens_and_never_answers_is_not_waited_for_without_end(tmp_path: Path) -> None:
    path = tmp_path / "run" / "desk.sock"
    with listening(path), contextlib.closing(Client(path, expect_uid=os.geteuid(), timeout=0.2)) as client:
        with pytest.raises(Refused, match="The desk does not answer: it stayed silent") as refused:
            client.status()
        assert (refused.value.code, bool(refused.value.cure)) == (Code.DOWN, True)
