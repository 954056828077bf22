"""The doctor: each check says well, wrong or worth knowing, with a cure; nothing is started or changed."""

from __future__ import annotations

import io
import json
import os
import resource
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moderator.cli import doctor, doctordata, doctordesk, doctormachine, exits
from moderator.cli import main as cli
from moderator.cli.call import Call
from moderator.cli.finding import Finding, Mark
from moderator.cli.parser import parse
from moderator.cli.places import Place
from moderator.config import Config, Desk, Mail
from moderator.domain.clock import SystemClock
from moderator.store.base import Store

STATUS: dict[str, Any] = {
    "desk": "Duty desk", "version": "0.1.0", "practice": False, "private": True, "policy_version": "1",
    "person": "alice", "roles": [], "on_duty": [], "counts": {}, "urgent": [], "drafts": [], "read_only": "",
    "notices": [], "effects": [], "accounts": [], "now": "2026-11-22T13:54:10Z",
}  # fmt: skip
ACCOUNT: dict[str, Any] = {
    "id": 4, "platform": "wordpress", "name": "wp consult", "url": "", "login_id": "", "status": "active",
    "custodians": [], "order_ref": "", "registered_mail": "", "registered_phone": "", "mfa": "",
    "recovery_location": "", "rotated_at": None, "retired_at": None, "settings": {}, "secrets": [],
}  # fmt: skip


def marks(findings: Iterator[Finding]) -> list[str]:
    return [finding.mark.value for finding in findings]


def own(tmp_path: Path) -> Place:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    return Place(data / "run" / "desk.sock", data, None, own=True)


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False),
        ((3, 44, 9), False), ((3, 45, 0), True), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 0), True),
        ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False), ((4, 0, 0), False),
    ],
)  # fmt: skip
def test_the_versions_of_sqlite_with_the_reset_race(version: tuple[int, int, int], affected: bool) -> None:
    assert doctormachine.has_reset_race(version) is affected


def test_an_affected_sqlite_is_named_with_the_reason_why_it_cannot_bite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    (found,) = doctormachine.sqlite(Config(), own(tmp_path))
    assert found.mark is Mark.OK
    assert "one process alone owns this one" in found.sentence


@pytest.mark.req("A3")
@pytest.mark.parametrize(
    ("value", "suspicious"),
    [
        ("ghp_9aK2lLq8ZpTr4vWx1Yb7Nc3Md6Fe0HuJ5s", True),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0", True),
        ("use abCd3fGh1jKlmn0pQrst here", True),
        ("Department of Information and Public Relations, Assam", False),
        ("desk-2026.assam@agency.example.gov.in", False),
        ("/var/lib/moderator2/very/long/path/to/data3", False),
        ("https://consult2.example.gov.in/wp-json/v2/", False),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa1", False),
        ("short1", False),
    ],
)
def test_values_that_look_like_secrets(value: str, suspicious: bool) -> None:
    found = list(doctormachine.secret_like({"desk": {"names": ["plain", value]}}))
    assert found == (["desk.names[1]"] if suspicious else [])


@pytest.mark.req("A3")
def test_a_secret_in_the_configuration_is_named_by_its_key_and_never_shown(tmp_path: Path) -> None:
    canary = "ghp_9aK2lLq8ZpTr4vWx1Yb7Nc3Md6Fe0HuJ5s"
    path = tmp_path / "config.toml"
    path.write_text(f'[desk]\nname = "{canary}"\n')
    path.chmod(0o644)
    found = list(doctormachine.configuration(Config(path=str(path)), own(tmp_path)))
    assert [finding.mark for finding in found] == [Mark.BAD]
    assert "desk.name" in found[0].sentence
    assert canary not in str(found)


@pytest.mark.parametrize(("mode", "expected"), [(0o644, "ok"), (0o664, "bad"), (0o646, "bad")])
def test_a_configuration_that_others_may_change_is_wrong(tmp_path: Path, mode: int, expected: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(mode)
    assert expected in marks(doctormachine.configuration(Config(path=str(path)), own(tmp_path)))


def test_an_unknown_time_zone_is_wrong(tmp_path: Path) -> None:
    place = own(tmp_path)
    assert marks(doctormachine.zone(Config(), place)) == ["ok"]
    assert marks(doctormachine.zone(Config(desk=Desk(time_zone="Asia/Atlantis")), place)) == ["bad"]


@pytest.mark.parametrize(("synced", "mark"), [(True, "ok"), (False, "warn"), (None, "warn")])
def test_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: bool | None, mark: str) -> None:
    assert doctormachine.synchronised() in (True, False, None)  # the kernel is really asked
    monkeypatch.setattr(doctormachine, "synchronised", lambda: synced)
    assert marks(doctormachine.clock(Config(), own(tmp_path))) == [mark]


# the data


@pytest.mark.req("X4")
def test_data_that_others_may_read_are_named_with_the_cure(tmp_path: Path) -> None:
    place = own(tmp_path)
    (place.data_dir / "desk.db").touch(mode=0o600)
    assert marks(doctordata.files(Config(), place)) == ["ok"]
    (place.data_dir / "desk.db").chmod(0o640)
    (found,) = doctordata.files(Config(), place)
    assert (found.mark, found.cure) == (Mark.BAD, f"chmod go-rwx {place.data_dir / 'desk.db'}")


def test_the_database_is_looked_at_and_not_changed(tmp_path: Path) -> None:
    place = own(tmp_path)
    assert marks(doctordata.database(Config(), place)) == ["warn"]
    store = Store(place.data_dir / "desk.db", SystemClock())
    try:
        assert marks(doctordata.database(Config(), place)) == ["ok"]
    finally:
        store.close()
    with sqlite3.connect(place.data_dir / "desk.db") as conn:
        conn.execute("PRAGMA user_version=99")
    conn.close()
    assert marks(doctordata.database(Config(), place)) == ["bad"]


def test_a_file_that_is_no_database_is_a_finding(tmp_path: Path) -> None:
    place = own(tmp_path)
    (place.data_dir / "desk.db").write_bytes(b"not a database at all" * 100)
    call = Call(parse(["--private", "--data-dir", str(place.data_dir), "doctor"]), env={})
    found = next(finding for finding in doctor.look(call) if finding.name == "database")
    assert found.mark is Mark.BAD


@pytest.mark.parametrize(("free", "mark"), [(500, "ok"), (50, "warn"), (10, "bad")])
@pytest.mark.req("F10")
def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, mark: str) -> None:
    usage = type("Usage", (), {"free": free, "total": 1000})
    monkeypatch.setattr(doctordata.shutil, "disk_usage", lambda _: usage)
    assert marks(doctordata.disk(Config(), own(tmp_path))) == [mark]


# the desk


@pytest.mark.req("X4")
@pytest.mark.parametrize(("mode", "mark"), [(0o600, "ok"), (0o666, "bad"), (0o620, "bad")])
def test_the_sockets_modes(desk: Any, mode: int, mark: str) -> None:
    desk.path.chmod(mode)
    place = Place(desk.path, desk.path.parent, None, own=True)
    assert marks(doctordesk.socket(Config(), place)) == [mark]


def test_a_shared_socket_is_for_its_group(desk: Any) -> None:
    place = Place(desk.path, desk.path.parent, os.geteuid(), own=False)
    desk.path.parent.chmod(0o2750)
    desk.path.chmod(0o660)
    assert marks(doctordesk.socket(Config(), place)) == ["ok"]
    desk.path.parent.chmod(0o2751)
    assert marks(doctordesk.socket(Config(), place)) == ["bad"]


def test_each_account_in_service_is_tried_by_the_desk(desk: Any) -> None:
    desk.routes |= {
        "GET /health": (200, {"ok": True, "version": "0.1.0", "head": 1}),
        "GET /status": (200, STATUS | {"notices": ["No mail server."]}),
        "GET /accounts": (200, [ACCOUNT, ACCOUNT | {"id": 5, "name": "old", "status": "retired"}]),
        "POST /accounts/4/test": (200, {"ok": False, "lines": [[True, "Vault."], [False, "No editor."]]}),
    }
    found = list(doctordesk.desk(Config(), Place(desk.path, desk.path.parent, None, own=True)))
    said = {(finding.name, finding.mark.value) for finding in found}
    assert {("notice", "warn"), ("account “wp consult”", "ok"), ("account “wp consult”", "bad")} <= said
    assert ("account “old”", "ok") in said
    assert "POST /v1/accounts/5/test" not in desk.paths()


@pytest.mark.parametrize(("limit", "mark"), [(0, "ok"), (1024, "bad")])
def test_a_service_that_may_write_core_files_is_wrong(desk: Any, limit: int, mark: str) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    if before[1] != resource.RLIM_INFINITY and before[1] < limit:
        pytest.skip("this system allows no core files at all")
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (limit, before[1]))
        assert marks(doctordesk.core(desk.path)) == [mark]
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.parametrize(("shared", "mark"), [(False, "ok"), (True, "bad")])
def test_a_desk_that_does_not_run_is_wrong_only_where_it_should(tmp_path: Path, shared: bool, mark: str) -> None:
    place = Place(tmp_path / "none.sock", tmp_path, os.geteuid(), own=not shared)
    assert marks(doctordesk.desk(Config(), place)) == [mark]


@pytest.mark.req("Z8")
def test_a_socket_that_another_user_serves_is_wrong(desk: Any) -> None:
    (found,) = doctordesk.desk(Config(), Place(desk.path, desk.path.parent, os.geteuid() + 1, own=False))
    assert (found.mark, "Nothing was sent" in found.sentence) == (Mark.BAD, True)


@pytest.mark.req("F24")
@pytest.mark.parametrize(("is_own", "mark"), [(True, "warn"), (False, "bad")])
def test_a_keyring_that_cannot_be_used_is_said_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_own: bool, mark: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    (found,) = doctordesk.keyring(Config(), Place(tmp_path / "s", tmp_path, None, own=is_own))
    assert found.mark.value == mark
    assert found.cure


def test_mail_is_tried_as_far_as_the_encryption() -> None:
    place = Place(Path("/s"), Path("/d"), None, own=True)
    assert marks(doctordesk.mail(Config(), place)) == ["warn"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        port = taken.getsockname()[1]
        for tls in ("tls", "starttls"):
            settings = Config(mail=Mail(host="127.0.0.1", port=port, tls=tls))
            assert marks(doctordesk.mail(settings, place)) == ["bad"]


# the whole


def run(*argv: str, env: dict[str, str]) -> tuple[int, str]:
    out = io.StringIO()
    return cli.run(Call(parse(["doctor", *argv]), out=out, env=env)), out.getvalue()


def test_it_starts_nothing_and_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    env = {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)}
    code, said = run("--private", env=env)
    assert code == exits.DONE
    assert "✓ desk: It does not run just now" in said
    assert list(tmp_path.iterdir()) == []


def test_one_wrong_thing_makes_it_1_and_json_says_which(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    env = {"HOME": str(tmp_path), "MODERATOR_DATA_DIR": str(data)}
    code, said = run("--private", "--json", env=env)
    answer = json.loads(said)
    assert (code, answer["ok"]) == (exits.REFUSED, False)
    assert [check["name"] for check in answer["checks"] if check["mark"] == "bad"] == ["files"]


def test_a_configuration_that_cannot_be_used_is_its_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[desk\n")
    code, said = run("--config", str(path), env={"HOME": str(tmp_path)})
    assert code == exits.REFUSED
    assert said.startswith("✗ configuration: ")


def test_a_check_that_breaks_is_a_finding_and_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(config: Config, place: Place) -> Iterator[Finding]:
        raise PermissionError(13, "Permission denied")
        yield

    monkeypatch.setattr(doctor, "ANYBODY", (broken, doctormachine.zone))
    call = Call(parse(["--private", "doctor"]), env={"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)})
    assert [(found.name, found.mark) for found in doctor.look(call)] == [
        ("broken", Mark.BAD), ("time zone", Mark.OK)
    ]  # fmt: skip
