"""The command line against the real service: one's own desk, started by whoever needs it first."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

COMMENT = {
    "id": "c1", "text": "The road to the hospital is broken.", "author": "Bina",
    "created_at": "2026-11-22T13:54:10Z",
}  # fmt: skip
Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL")}
    return kept | {"HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def end(data: Path) -> None:
    """Stop the desk that has these data, by its own number."""
    lock = data / "lock"
    if not lock.exists():
        return
    pid = int(lock.read_text().split()[0])
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + 20
    while (data / "run" / "desk.sock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home directory with no desk in it yet (its name short: sockets stand in it); what starts there is stopped."""
    with tempfile.TemporaryDirectory(prefix="desk") as name:
        yield Path(name)
        data = Path(name) / ".local" / "share" / "moderator"
        for place in (data, data / "practice"):
            end(place)


@pytest.fixture
def run(home: Path) -> Run:
    def run(*argv: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moderator", *argv],
            input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True, text=True, env=environment(home), timeout=60,
        )  # fmt: skip

    return run


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.req("Z7", "Z8", "F8")
def test_ones_own_desk_from_the_first_command_to_the_verified_trail(run: Run, home: Path, tmp_path: Path) -> None:
    status = answer(run("status", "--json"))
    assert (status["private"], status["practice"]) == (True, False)
    data = home / ".local" / "share" / "moderator"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "run" / "desk.sock").stat().st_mode) == 0o600

    (tmp_path / "in.jsonl").write_text(json.dumps(COMMENT) + "\n")
    user = answer(run("person", "list", "--json"))[0]["name"]
    assert run("account", "add", "import", "archive", "--custodian", user).returncode == 0
    assert run("account", "activate", "archive", "--reason", "order 1").returncode == 0
    assert "1 taken in" in run("import", "archive", str(tmp_path / "in.jsonl")).stdout
    (row,) = answer(run("item", "list", "--json"))["rows"]
    assert row["text"] == COMMENT["text"]

    item = str(row["id"])
    assert run("item", "leave", item, "--seen", "9").returncode == 1  # a version that nobody can have read
    assert run("item", "leave", item, "--seen", str(row["comment_version"])).returncode == 0
    assert run("item", "undo", item).returncode == 0
    detail = answer(run("item", "show", item, "--json"))
    assert (detail["row"]["owner"], detail["row"]["cause"]) == ("", "undone")  # given back, not dropped
    assert run("item", "note", item, "seen on the spot").returncode == 0
    assert answer(run("trail", "verify", "--json")) == {"ok": True, "fault": None}
    assert run("doctor").returncode == 0, run("doctor").stdout


@pytest.mark.req("Z1")
def test_many_commands_at_once_start_one_desk(home: Path) -> None:
    commands = [
        subprocess.Popen(
            [sys.executable, "-m", "moderator", "status", "--json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(home),
        )
        for _ in range(4)
    ]  # fmt: skip
    ended = [command.communicate(timeout=60) for command in commands]
    assert [command.returncode for command in commands] == [0] * 4, ended
    log = (home / ".local" / "share" / "moderator" / "desk.log").read_text()
    assert log.count("the desk is open") == 1
    assert "served already" not in log


def test_practice_is_begun_anew_and_keeps_away_from_ones_own_desk(run: Run, home: Path) -> None:
    data = home / ".local" / "share" / "moderator"
    first = answer(run("--practice", "status", "--json"))
    assert first["practice"] is True
    assert run("--practice", "item", "note", "1", "from the first practice").returncode in (0, 1)
    end(data / "practice")
    answer(run("--practice", "status", "--json"))
    trail = answer(run("--practice", "trail", "show", "--limit", "200", "--json"))
    assert [event["kind"] for event in trail].count("policy.in_force") == 1
    assert not any(event["kind"].startswith("note") for event in trail)
    assert not (data / "desk.db").exists()


@pytest.mark.req("B1")
def test_plain_lines_where_there_is_no_terminal(run: Run) -> None:
    done = run("practice", stdin="quit\n")
    assert done.returncode == 0, done.stderr
    assert "PRACTICE" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.req("A3")
def test_without_a_keyring_a_secret_is_refused_and_shows_up_nowhere(run: Run, home: Path) -> None:
    canary = "canary-9f2e81-hunter2"
    user = answer(run("person", "list", "--json"))[0]["name"]
    done = run(
        "account", "add", "wordpress", "site", "--url", "https://c.example", "--login", "desk", "--custodian", user,
        "--secret-stdin", stdin=f"{canary}\n",
    )  # fmt: skip
    assert done.returncode == 69
    assert "keyring" in done.stderr
    assert "moderator account secret" in done.stderr  # the record itself is open: how to go on
    held = [path for path in home.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]
    assert held == []
    assert canary not in done.stdout + done.stderr
