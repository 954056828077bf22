"""A configuration that cannot be used: every key, through the command itself; file, line and key, and exit code 78."""

from __future__ import annotations

import typing
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from moderator.cli.main import main
from moderator.config import Config
from tests.e2e.harness import FAST, DeskProcess
from tests.e2e.trouble import said, serve

pytestmark = pytest.mark.e2e

REPEATED = ("conduct.matters", "escalation.levels")
NOT_SET = ("path", "system", "keys")
"""What no line of the file sets, and the table whose keys are actions: it is refused by the registry of keys."""


def settable(kind: type = Config, table: str = "") -> list[tuple[str, str, object]]:
    """(table, key, type) of every key that a configuration may hold."""
    found: list[tuple[str, str, object]] = []
    hints = typing.get_type_hints(kind)
    for field in fields(kind):
        if kind is Config and field.name in NOT_SET:
            continue
        hint = hints[field.name]
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else hint
        if is_dataclass(inner):
            found += settable(typing.cast(type, inner), f"{table}.{field.name}".lstrip("."))
        else:
            found.append((table, field.name, hint))
    return found


KEYS = settable()


def header(table: str) -> str:
    return f"[[{table}]]" if table in REPEATED else f"[{table}]"


def wrong_type(hint: object) -> str:
    if hint is str or typing.get_origin(hint) is tuple:
        return "5"
    return '"text"'


def out_of_range(hint: object) -> str:
    if hint in (int, float):
        return "-1"
    if hint is bool:
        return "2"
    if typing.get_origin(hint) is tuple:
        return '["\\u001b"]' if typing.get_args(hint)[0] is str else "[-1.0]"
    return '"a\\u001b[2Jb"'


@pytest.mark.req("F17")
@pytest.mark.parametrize(("table", "key", "hint"), KEYS, ids=[f"{table}.{key}" for table, key, _ in KEYS])
def test_each_key_of_the_wrong_type_out_of_range_or_mistyped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, key: str, hint: object
) -> None:
    file = tmp_path / "config.toml"
    for line in (f"{key} = {wrong_type(hint)}", f"{key} = {out_of_range(hint)}", f"{key}x = 1"):
        file.write_text(f"{header(table)}\n{line}\n", "utf-8")
        code = main(["status", "--config", str(file), "--data-dir", str(tmp_path / "data")])
        out, told = capsys.readouterr()
        assert (code, out) == (78, ""), line
        assert told.startswith(f"moderator: {file}, line "), told
        assert f"{table}[0]." in told or f"{table}.{key}" in told, told
        assert "Correct the file, then try again." in told
        assert "Traceback" not in told
        assert "\x1b" not in told
    assert f"Did you mean “{key}”" in told
    assert not (tmp_path / "data").exists(), "nothing was made"


BROKEN = [
    ("[times]\npoll = -1.0\n", "line 2: times.poll"),
    ('[times]\npoll = "soon"\n', "line 2: times.poll must be a number"),
    ("[tims]\npoll = 1.0\n", "Did you mean “times”?"),
    ("[limits]\nstreams = 0\n", "limits.streams"),
    ("[desk\n", "line 1"),
    ('[mail]\npassword = "x9Qk2LmZ77rTcanary"\n', "keyring"),
    ("[escalation]\nspoc_level = 3\n", "escalation.spoc_level"),
]


@pytest.mark.req("F17")
@pytest.mark.parametrize(("source", "word"), BROKEN, ids=[word for _, word in BROKEN])
def test_the_real_command_refuses_and_starts_nothing(tmp_path: Path, source: str, word: str) -> None:
    desk = DeskProcess(tmp_path, config=source)
    desk.config_file.write_text(source)
    for done in (serve(desk), desk.run("status")):
        told = said(done, 78, str(desk.config_file), word)
        assert "canary" not in told
    assert not desk.data_dir.exists()
    assert not desk.socket.exists()
    doctor = desk.run("doctor")
    assert (doctor.returncode, "✗ configuration" in doctor.stdout) == (1, True), doctor.stdout + doctor.stderr
    assert word in doctor.stdout


@pytest.mark.req("F17")
def test_a_file_that_is_not_there_or_cannot_be_read(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    said(desk.run("status"), 78, str(desk.config_file))
    desk.config_file.mkdir()
    said(desk.run("status"), 78, str(desk.config_file))


@pytest.mark.req("F17", "P9")
def test_a_policy_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    for text in (None, "not = [toml", 'id = "x"\n', "\0"):
        if text is not None:
            policy.write_text(text)
        desk = DeskProcess(tmp_path, config=FAST + f'\n[policy]\nfile = "{policy}"\n')
        desk.config_file.write_text(desk.config)
        said(serve(desk), 78, str(policy))


def test_control_the_same_file_without_its_fault_is_taken(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path)
    desk.folder.chmod(0o700)
    desk.socket.parent.mkdir(mode=0o700)
    desk.config_file.write_text(FAST)
    said(desk.run("status"), 69, "The desk is down")
