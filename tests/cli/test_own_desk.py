"""Starting one's own desk: directories, command line, practice begun anew, and what is said when it does not start."""

from __future__ import annotations

import fcntl
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from moderator.cli import doctordata, exits, reach
from moderator.cli.call import Stop
from moderator.cli.finding import Finding
from moderator.cli.places import Place
from moderator.client import Client
from moderator.config import Config


def own(tmp_path: Path, *, practice: bool = False) -> Place:
    data = tmp_path / "data" / "practice" if practice else tmp_path / "data"
    return Place(data / "run" / "desk.sock", data, None, own=True, practice=practice)


def marks(findings: Iterable[Finding]) -> list[str]:
    return [finding.mark.value for finding in findings]


def stopped(call: object, *args: object) -> Stop:
    with pytest.raises(Stop) as caught:
        call(*args)  # type: ignore[operator]
    return caught.value


@pytest.mark.req("Z8")
def test_its_directories_are_made_for_us_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        place = own(tmp_path)
        reach.make_own(place)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.socket.parent.stat().st_mode) == 0o700


def test_a_directory_open_to_others_is_refused_with_the_command_that_cures_it(tmp_path: Path) -> None:
    place = own(tmp_path)
    place.data_dir.mkdir(mode=0o755)
    place.data_dir.chmod(0o755)
    stop = stopped(reach.make_own, place)
    assert stop.exit_code == exits.CANNOT_CREATE
    assert f"chmod 700 {place.data_dir}" in stop.cure


def test_a_place_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert stopped(reach.make_own, own(tmp_path)).exit_code == exits.CANNOT_CREATE


def test_the_service_is_started_in_an_isolated_interpreter(tmp_path: Path) -> None:
    place = own(tmp_path)
    found = reach.command(place, Config(path="/c.toml"))
    assert found == [
        sys.executable, "-I", "-m", "moderator", "serve", "--private",
        "--data-dir", str(place.data_dir), "--socket", str(place.socket), "--config", "/c.toml",
    ]  # fmt: skip


def test_without_the_package_in_the_isolated_path_the_plain_interpreter_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "_isolated", lambda: False)
    assert reach.command(own(tmp_path), Config())[:3] == [sys.executable, "-m", "moderator"]


def test_a_practice_desk_is_named_by_the_directory_above_it(tmp_path: Path) -> None:
    found = reach.command(own(tmp_path, practice=True), Config())
    assert found[found.index("--data-dir") + 1] == str(tmp_path / "data")
    assert "--practice" in found


def test_practice_is_begun_anew_only_over_a_practice_desk(tmp_path: Path) -> None:
    place = own(tmp_path, practice=True)
    reach.make_own(place)
    reach.begin_anew(place)
    (place.data_dir / "desk.db").write_text("old practice")
    reach.begin_anew(place)
    assert sorted(path.name for path in place.data_dir.iterdir()) == [reach.MARKER, "run"]
    assert marks(doctordata.files(Config(), place)) == ["ok"]


def test_anything_else_there_is_left_alone(tmp_path: Path) -> None:
    place = own(tmp_path, practice=True)
    reach.make_own(place)
    (place.data_dir / "desk.db").write_text("a real desk")
    assert stopped(reach.begin_anew, place).exit_code == exits.CANNOT_CREATE
    assert (place.data_dir / "desk.db").read_text() == "a real desk"


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / reach.MARKER).write_text("posing")
    (elsewhere / "precious").write_text("x")
    place = own(tmp_path, practice=True)
    place.data_dir.parent.mkdir(mode=0o700)
    place.data_dir.symlink_to(elsewhere)
    assert stopped(reach.begin_anew, place).exit_code == exits.CANNOT_CREATE
    assert (elsewhere / "precious").exists()


def test_data_that_a_running_desk_still_holds_are_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = own(tmp_path, practice=True)
    reach.make_own(place)
    monkeypatch.setattr(reach, "START", 0.05)
    with (place.data_dir / "lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert stopped(reach._await_end, place).exit_code == exits.TRY_AGAIN
    reach._await_end(place)  # the control: let go of, it is free at once


@pytest.mark.parametrize(
    ("said", "code", "expected"),
    [
        ("moderator serve: The data directory is open to others.", exits.CANNOT_CREATE, exits.CANNOT_CREATE),
        ('{"log": "record"}\nmoderator: Key desk.nam is unknown.\n{"x": 1}', exits.CONFIGURATION, exits.CONFIGURATION),
        ("", 3, exits.UNREACHABLE),
    ],
)
def test_a_desk_that_does_not_start_is_reported_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int, expected: int
) -> None:
    place = own(tmp_path)
    reach.make_own(place)
    script = f"import sys; print({said!r}); sys.exit({code})"
    monkeypatch.setattr(reach, "command", lambda *_: [sys.executable, "-c", script])
    client = Client(place.socket, expect_uid=None)
    stop = stopped(reach._start_once, place, Config(), dict(os.environ), client, lambda _: None)
    assert stop.exit_code == expected
    assert said.splitlines()[-1 if not said.endswith("}") else 1].split(": ")[-1] in stop.sentence if said else True
    assert "desk.log" in stop.cure
    assert stat.S_IMODE((place.data_dir / "desk.log").stat().st_mode) == 0o600


def test_a_desk_that_stays_silent_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = own(tmp_path)
    reach.make_own(place)
    monkeypatch.setattr(reach, "START", 0.1)
    # 75 stands for "another process has these data": then there is a desk to wait for.
    monkeypatch.setattr(reach, "command", lambda *_: [sys.executable, "-c", "import sys; sys.exit(75)"])
    client = Client(place.socket, expect_uid=None)
    stop = stopped(reach._start_once, place, Config(), dict(os.environ), client, lambda _: None)
    assert "has not answered" in stop.sentence


def test_the_environment_twins_do_not_reach_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = own(tmp_path)
    reach.make_own(place)
    script = "import os; print([name for name in os.environ if name.startswith('MODERATOR_')], os.getcwd())"
    monkeypatch.setattr(reach, "command", lambda *_: [sys.executable, "-c", script])
    process = reach._spawn(place, Config(), {**os.environ, "MODERATOR_SOCKET": "/elsewhere"})
    assert process.wait(20) == 0
    assert (place.data_dir / "desk.log").read_text() == "[] /\n"
