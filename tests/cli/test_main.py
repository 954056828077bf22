"""Grammar, exit codes, errors as sentences and as JSON, and the last resort."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from moderator.cli import call as calls
from moderator.cli import exits, faults
from moderator.cli import main as cli
from moderator.cli.call import Call, Stop
from moderator.cli.completion import words
from moderator.cli.parser import VERBS, Usage, build, parse
from moderator.domain.errors import Code, Refused


def leaves(table: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    """The verb paths that do something: those with no verb below."""
    for path in table:
        if path and not any(other.startswith(f"{path} ") for other in table):
            yield path


TABLE = words(build())
LEAVES = sorted(leaves(TABLE))


@pytest.mark.parametrize("path", LEAVES)
def test_every_verb_names_a_function_that_exists_and_takes_the_common_options_on_both_sides(path: str) -> None:
    parser: Any = build()
    for name in path.split():
        parser = next(action.choices[name] for action in parser._actions if hasattr(action, "_name_parser_map"))
    module = import_module(f"moderator.cli.{VERBS[path.split()[0]].module}")
    assert callable(getattr(module, parser.get_default("run")))
    assert {"--json", "--config", "--data-dir", "--socket", "--private", "--practice"} <= {
        word for word, _ in TABLE[path]
    }


@pytest.mark.parametrize(
    "argv",
    [
        ["--json", "--socket", "/s", "item", "show", "7"],
        ["item", "--json", "show", "--socket", "/s", "7"],
        ["item", "show", "7", "--json", "--socket", "/s"],
    ],
)
def test_the_common_options_mean_the_same_wherever_they_stand(argv: list[str]) -> None:
    args = parse(argv)
    assert (args.json, args.socket, args.item, args.run) == (True, "/s", 7, "show_one")


def test_without_a_verb_the_queue_opens() -> None:
    assert (parse([]).verb, parse(["--private"]).run) == ("desk", "run_desk")


def test_only_the_verb_on_the_line_is_loaded() -> None:
    code = (
        "import sys; from moderator.cli.parser import parse; parse(['effect', 'list']);"
        "print([name for name in sys.modules if name.startswith('moderator.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "moderator.cli.effect" in done.stdout
    assert "moderator.cli.item" not in done.stdout


@pytest.mark.parametrize(
    "argv",
    [["bogus"], ["item"], ["item", "show"], ["item", "show", "x"], ["item", "hide", "7"], ["--jso"], ["status", "x"]],
)
def test_a_wrong_line_is_one_sentence_and_exit_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == exits.USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("moderator: ")
    assert said.err.count("\n") == 1
    assert "--help" in said.err


def test_a_wrong_line_with_json_is_an_error_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["item", "--json"]) == exits.USAGE
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "usage"


def test_no_abbreviation_is_guessed() -> None:
    with pytest.raises(Usage):
        parse(["item", "list", "--lim", "5"])


@pytest.mark.parametrize("argv", [["--version"], ["-V"], ["--json", "--version"]])
def test_the_version(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == exits.DONE
    assert capsys.readouterr().out.startswith("moderator 0.")


def test_help_documents_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == exits.DONE
    said = capsys.readouterr().out
    for code in {exits.of(code) for code in Code} | {exits.DONE, exits.USAGE, exits.CONFIGURATION}:
        assert f"\n  {code:<3} " in said


# what happens to whatever a verb raises


@contextmanager
def verb_raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Iterator[None]:
    def run(call: Call) -> int:
        raise error

    monkeypatch.setattr("moderator.cli.status.run", run)
    yield


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("as_json", [False, True])
def test_every_refusal_has_an_exit_code_and_a_sentence(
    code: Code, as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with verb_raising(monkeypatch, Refused(code, "It is so.", "Do this.", {"n": 1})):
        result = cli.main(["status", *(["--json"] if as_json else [])])
    assert result == exits.of(code) != 0
    said = capsys.readouterr()
    assert said.out == ""
    if as_json:
        error = {"code": code.value, "sentence": "It is so.", "cure": "Do this.", "facts": {"n": 1}}
        assert json.loads(said.err) == {"error": error}
    else:
        assert said.err == "moderator: It is so. Do this.\n"


def test_a_stop_ends_with_its_own_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with verb_raising(monkeypatch, Stop(exits.CANNOT_CREATE, "No.", "Yes.", "cannot_create")):
        assert cli.main(["status"]) == exits.CANNOT_CREATE
    assert capsys.readouterr().err == "moderator: No. Yes.\n"


def test_what_comes_from_outside_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with verb_raising(monkeypatch, Refused(Code.BAD, "x\x1b]52;c;evil\x07\u202e\nforged")):
        cli.main(["status"])
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_no_answer_holds_a_control_character(as_json: bool) -> None:
    out = io.StringIO()
    call = Call(parse(["status", *(["--json"] if as_json else [])]), out=out)
    call.show({"text": "a\x1b[2J\x9b\u202e"}, "a\x1b[2J\x9b\u202e")
    assert not set(out.getvalue()) & {"\x1b", "\x9b", "\u202e"}


CANARY = "s3cr3t-c4n4ry-1b2c3d"


@pytest.mark.req("A3")
def test_a_fault_of_ours_is_a_numbered_report_without_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def run(call: Call) -> int:
        password = CANARY
        try:
            raise KeyError(password)
        except KeyError as error:
            raise RuntimeError(f"refused {password}") from error

    monkeypatch.setattr("moderator.cli.status.run", run)
    assert cli.main(["status"]) == exits.INTERNAL
    said = capsys.readouterr()
    (written,) = (tmp_path / "moderator").iterdir()
    report = written.read_text()
    assert CANARY not in said.err + said.out + report
    assert "Traceback" not in said.err
    assert "in run" in report
    assert "builtins.KeyError" in report
    assert written.name.removeprefix("fault-").removesuffix(".txt") in said.err
    assert written.stat().st_mode & 0o077 == 0


def test_control_an_ordinary_traceback_would_show_the_value() -> None:
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError(f"refused {CANARY}")
    assert CANARY in "".join(traceback.format_exception(caught.value))
    assert CANARY not in faults.told(caught.value, "1")


def test_a_report_that_cannot_be_written_is_still_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "moderator").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with verb_raising(monkeypatch, ValueError("x")):
        assert cli.main(["status"]) == exits.INTERNAL
    assert "No report could be written" in capsys.readouterr().err


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with verb_raising(monkeypatch, KeyboardInterrupt()):
        assert cli.main(["status"]) == exits.INTERRUPTED
    assert capsys.readouterr().err == ""


def test_a_reader_who_has_had_enough_ends_it_quietly(tmp_path: Path) -> None:
    code = (
        "import sys; from moderator.cli import main, status\n"
        "def run(call):\n"
        "    call.show({}, *['x' * 1000] * 1000)\n"
        "    return 0\n"
        "status.run = run\n"
        "sys.exit(main.main(['status']))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(20), said) == (0, b"")


# configuration and environment


@pytest.mark.req("F17")
def test_a_wrong_configuration_is_exit_78_with_file_and_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[desk]\nnmae = "x"\n')
    assert cli.main(["status", "--config", str(path)]) == exits.CONFIGURATION
    said = capsys.readouterr().err
    assert str(path) in said
    assert "nmae" in said


@pytest.mark.parametrize("name", sorted(calls.TWINS))
def test_an_option_wins_over_its_twin_in_the_environment(name: str) -> None:
    option = "--" + name.replace("_", "-")
    env = {calls.TWINS[name]: "/from/env"}
    assert Call(parse(["status"]), env=env).option(name) == Path("/from/env")
    assert Call(parse(["status", option, "/from/line"]), env=env).option(name) == Path("/from/line")
    assert Call(parse(["status"]), env={}).option(name) is None


def test_a_relative_path_is_taken_from_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Call(parse(["status", "--data-dir", "mine"]), env={}).option("data_dir") == tmp_path / "mine"


def test_the_door_loads_nothing_before_it_knows_what_is_wanted() -> None:
    code = "import sys, moderator.__main__ as m; m.main(['--version']); print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "moderator.client" not in loaded
    assert not {"textual", "rich", "httpx", "keyring", "sqlite3", "tomli", "asyncio"} & set(loaded)
