"""Data directory, lock and socket."""

from __future__ import annotations

import grp
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from moderator.service import places


def own_group() -> str:
    return grp.getgrgid(os.getgid()).gr_name


def test_a_directory_is_made_closed_to_others(tmp_path: Path) -> None:
    places.own_directory(tmp_path / "a" / "data", "data directory")
    assert stat.S_IMODE((tmp_path / "a" / "data").stat().st_mode) == 0o700


def test_an_open_directory_is_refused_with_the_command(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    with pytest.raises(places.CannotServe, match=f"chmod 700 {tmp_path}") as refused:
        places.own_directory(tmp_path, "data directory")
    assert refused.value.code == places.EX_CANTCREAT
    tmp_path.chmod(0o700)
    places.own_directory(tmp_path, "data directory")


def test_a_link_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(places.CannotServe, match="not a directory itself"):
        places.own_directory(tmp_path / "link", "data directory")


@pytest.mark.users
def test_another_users_directory_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, -1)
    with pytest.raises(places.CannotServe, match="belongs to user 65534"):
        places.own_directory(tmp_path, "data directory")


@pytest.mark.req("Z1")
def test_one_desk_for_each_data_directory(tmp_path: Path) -> None:
    """A second process is refused and told the pid of the first; once the first is gone it may."""
    held = places.lock(tmp_path)
    code = (
        "import sys; from pathlib import Path; from moderator.service import places\n"
        "try:\n    places.lock(Path(sys.argv[1]))\n"
        "except places.CannotServe as refused:\n    print(refused); sys.exit(refused.code)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == places.EX_TEMPFAIL
    assert f"process {os.getpid()}" in second.stdout
    held.free()
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0


@pytest.mark.req("Z1", "Z8")
def test_a_private_socket_is_for_its_owner_alone(short: Path) -> None:
    sock = places.bind(short / "run" / "desk.sock", group="")
    assert stat.S_IMODE((short / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((short / "run" / "desk.sock").stat().st_mode) == 0o600
    sock.close()


@pytest.mark.req("Z1")
def test_a_shared_socket_is_for_the_group(short: Path) -> None:
    sock = places.bind(short / "run" / "desk.sock", group=own_group())
    assert stat.S_IMODE((short / "run").stat().st_mode) == 0o2750
    assert stat.S_IMODE((short / "run" / "desk.sock").stat().st_mode) == 0o660
    assert (short / "run" / "desk.sock").stat().st_gid == os.getgid()
    sock.close()


def test_a_group_that_does_not_exist_is_named(short: Path) -> None:
    with pytest.raises(places.CannotServe, match="groupadd --system no-such-group"):
        places.bind(short / "run" / "desk.sock", group="no-such-group")


@pytest.mark.req("Z1")
def test_a_stale_socket_is_replaced_and_a_living_one_is_not(short: Path) -> None:
    path = short / "desk.sock"
    stale = places.bind(path, group="")
    stale.close()
    living = places.bind(path, group="")
    living.listen()
    with pytest.raises(places.CannotServe, match="Another desk answers"):
        places.bind(path, group="")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))  # it was left alone
    living.close()


def test_what_is_no_socket_is_left_alone(short: Path) -> None:
    (short / "desk.sock").write_text("somebody's file")
    with pytest.raises(places.CannotServe, match="no socket"):
        places.bind(short / "desk.sock", group="")
    assert (short / "desk.sock").read_text() == "somebody's file"


def test_a_path_that_the_kernel_cannot_take_is_refused(short: Path) -> None:
    with pytest.raises(places.CannotServe, match="too long"):
        places.bind(short / ("x" * 100) / "desk.sock", group="")


def test_the_umask_is_as_before(short: Path) -> None:
    before = os.umask(0o022)
    places.bind(short / "s" / "desk.sock", group="").close()
    assert os.umask(before) == 0o022
