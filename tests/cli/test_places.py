"""Which desk a command means. A configured one is never replaced by an empty private one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from moderator.cli import exits, places, reach
from moderator.cli.call import Stop
from moderator.cli.places import Wants, choose, serving
from moderator.config import Config, Desk
from moderator.domain.errors import Code, Refused

OWN = {"XDG_DATA_HOME": "/home/x/data"}
PLAIN = Config()
NAMED = Config(desk=Desk(service_user="root"), system=True, path="/etc/moderator/config.toml")
UNTRUSTED = replace(NAMED, system=False)
S, D = Path("/s/desk.sock"), Path("/d")


@pytest.mark.parametrize(
    ("config", "wants", "socket", "data", "uid", "own"),
    [
        (PLAIN, Wants(), "/home/x/data/moderator/run/desk.sock", "/home/x/data/moderator", None, True),
        (PLAIN, Wants(data_dir=D), "/d/run/desk.sock", "/d", None, True),
        (PLAIN, Wants(practice=True), "/home/x/data/moderator/practice/run/desk.sock", "", None, True),
        (PLAIN, Wants(practice=True, data_dir=D), "/d/practice/run/desk.sock", "/d/practice", None, True),
        (PLAIN, Wants(socket=S), "/s/desk.sock", "/var/lib/moderator", None, False),
        (NAMED, Wants(), "/run/moderator/desk.sock", "/var/lib/moderator", 0, False),
        (NAMED, Wants(data_dir=D), "/run/moderator/desk.sock", "/d", 0, False),
        (NAMED, Wants(socket=S), "/s/desk.sock", "/var/lib/moderator", 0, False),
        (NAMED, Wants(private=True), "/home/x/data/moderator/run/desk.sock", "", None, True),
        (NAMED, Wants(private=True, socket=S), "/s/desk.sock", "", None, True),
        (UNTRUSTED, Wants(), "/home/x/data/moderator/run/desk.sock", "", None, True),
        (UNTRUSTED, Wants(socket=S), "/s/desk.sock", "", None, False),
    ],
)
@pytest.mark.req("Z7", "Z8")
def test_the_desk_that_is_meant(
    config: Config, wants: Wants, socket: str, data: str, uid: int | None, own: bool
) -> None:
    place = choose(config, wants, OWN)
    assert (str(place.socket), place.expect_uid, place.own) == (socket, uid, own)
    if data:
        assert str(place.data_dir) == data


def test_the_files_own_places_count_where_no_shared_desk_is_named() -> None:
    config = Config(desk=Desk(data_dir="/mine", socket="/mine/s"))
    assert choose(config, Wants(), OWN) == places.Place(Path("/mine/s"), Path("/mine"), None, own=True)
    assert choose(config, Wants(data_dir=D), OWN).socket == Path("/d/run/desk.sock")


def test_serve_serves_the_shared_place_unless_asked_for_ones_own() -> None:
    assert serving(NAMED, Wants(), OWN) == places.Place(
        Path("/run/moderator/desk.sock"), Path("/var/lib/moderator"), os.geteuid(), own=False
    )
    assert serving(PLAIN, Wants(private=True), OWN).own
    assert serving(PLAIN, Wants(practice=True, data_dir=D), OWN).data_dir == Path("/d/practice")


def test_a_service_user_that_does_not_exist_is_a_fault_of_the_configuration() -> None:
    config = replace(NAMED, desk=Desk(service_user="no-such-user-here"))
    with pytest.raises(Stop) as caught:
        choose(config, Wants(), OWN)
    assert caught.value.exit_code == exits.CONFIGURATION


def test_a_name_too_long_for_a_socket_goes_to_the_runtime_directory() -> None:
    deep = Path("/" + "d" * 95)
    env = {"XDG_RUNTIME_DIR": "/run/user/1000"}
    found = choose(PLAIN, Wants(data_dir=deep), env).socket
    assert found.parts[:4] == ("/", "run", "user", "1000")
    assert found != choose(PLAIN, Wants(data_dir=deep / "x"), env).socket  # another desk, another socket
    assert choose(PLAIN, Wants(data_dir=deep), {}).socket == deep / "run" / "desk.sock"
    assert choose(PLAIN, Wants(data_dir=D), env).socket == D / "run" / "desk.sock"


@pytest.mark.parametrize("home", ["", "relative/path"])
def test_a_data_home_that_is_no_absolute_path_is_ignored(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/y")
    assert places.own_data({"XDG_DATA_HOME": home}) == Path("/home/y/.local/share/moderator")


@pytest.mark.req("Z7")
def test_a_named_desk_that_is_down_is_said_to_be_down_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(reach, "_start_once", lambda *args: started.append(args))
    config = Config(desk=Desk(service_user="root", socket=str(tmp_path / "desk.sock")), system=True)
    env = {"XDG_DATA_HOME": str(tmp_path / "data")}
    with pytest.raises(Refused) as caught:
        reach.open_desk(config, Wants(), env)
    assert caught.value.code is Code.DOWN
    assert started == []
    assert list(tmp_path.iterdir()) == []  # not even a directory of one's own


@pytest.mark.req("Z7")
def test_control_the_same_configuration_untrusted_would_start_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(reach, "_start_once", lambda *args: started.append(args))
    config = Config(desk=Desk(service_user="root"), system=False)
    reach.open_desk(config, Wants(), {"XDG_DATA_HOME": str(tmp_path / "data")})
    assert len(started) == 1


def test_at_a_screen_a_named_desk_is_waited_for(desk_later: tuple[Path, list[str]]) -> None:
    socket, notes = desk_later
    client = reach.wait_for(Config(), Wants(socket=socket), {}, notes.append)
    assert client.health()["ok"] is True
    client.close()
    assert len(notes) == 1
    assert "Ctrl-C leaves" in notes[0]


def test_one_that_refuses_for_another_reason_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        reach.wait_for(Config(), Wants(socket=tmp_path / ("x" * 120)), {}, lambda _: None)
    assert caught.value.code is Code.BAD
