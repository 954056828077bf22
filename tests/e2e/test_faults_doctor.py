"""The doctor on a desk that is well, and on the same desk with one thing wrong."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import DeskProcess
from tests.e2e.trouble import filled, running

pytestmark = pytest.mark.e2e

TRUE_HERE = {"keyring", "clock", "mail", "disk", "core files"}
"""What may be worth a word on a machine of tests: no keyring, no mail server, a clock that nobody keeps."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    with running(tmp_path_factory.mktemp("doctor")) as process:
        filled(process)
        yield process


def look(desk: DeskProcess, code: int = 0) -> dict[str, list[dict[str, Any]]]:
    """Findings by name."""
    done = desk.run("doctor", "--private", "--json")
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["ok"] is (code == 0)
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in told["checks"]:
        found.setdefault(entry["name"], []).append(entry)
    return found


@pytest.mark.req("F24")
def test_a_healthy_desk(desk: DeskProcess) -> None:
    found = look(desk)
    assert not [entry for entries in found.values() for entry in entries if entry["mark"] == "bad"]
    assert {name for name, [entry, *_] in found.items() if entry["mark"] == "warn"} <= TRUE_HERE
    assert {"files", "database", "disk", "keyring", "SQLite", "configuration", "socket", "desk"} <= set(found)
    for entries in found.values():
        assert all(entry["sentence"] for entry in entries)
        assert all(entry["cure"] for entry in entries if entry["mark"] == "warn"), entries
    plain = desk.run("doctor", "--private")
    assert plain.returncode == 0
    assert {line[0] for line in plain.stdout.splitlines() if line[0] != " "} <= {"✓", "!"}


@pytest.mark.req("F24")
def test_what_it_says_of_this_machine_is_true(desk: DeskProcess) -> None:
    found = look(desk)
    [clock] = found["clock"]
    if clock["mark"] == "ok":
        assert "synchronised" in clock["sentence"]
    [keyring] = found["keyring"]
    assert (keyring["mark"], "No keyring is running" in keyring["sentence"]) == ("warn", True), keyring
    [database] = found["database"]
    with contextlib.closing(desk.client()) as client:
        assert f"{client.health()['head']} events" in database["sentence"]


@pytest.mark.req("Z8")
def test_control_one_thing_wrong_is_found(desk: DeskProcess) -> None:
    socket = desk.socket
    for path, mode, wrong, name in (
        (desk.data_dir / "desk.db", 0o600, 0o644, "files"),
        (desk.config_file, 0o644, 0o666, "configuration"),
        (socket, 0o600, 0o666, "socket"),
    ):
        path.chmod(wrong)
        try:
            assert any(entry["mark"] == "bad" and entry["cure"] for entry in look(desk, 1)[name]), name
        finally:
            path.chmod(mode)
    look(desk)


def test_a_desk_that_does_not_run_is_no_fault_of_a_private_one(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        desk.stop()
        [finding] = look(desk)["desk"]
        assert "does not run" in finding["sentence"]
        shared = subprocess.run(
            desk.command("doctor"), env=desk.environment(), capture_output=True, text=True, timeout=60
        )
        assert (shared.returncode, "✗ desk: The desk is down" in shared.stdout) == (1, True), shared.stdout
