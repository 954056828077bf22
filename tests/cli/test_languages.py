"""The command line in an officer's language: its help, the parser's own words, its errors; `--json` stays as it is."""

from __future__ import annotations

import json

import pytest

from moderator import locale
from moderator.cli import argwords, exits, main

pytestmark = pytest.mark.req("L1", "L6")


@pytest.fixture
def asked(pseudo: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A login whose locale is the pseudo-language."""
    locale.use("en")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", f"{pseudo}_IN.UTF-8")
    return pseudo


def test_the_help_is_in_the_logins_language(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["item", "hide", "--help"]) == exits.DONE
    told = capsys.readouterr().out
    assert "⟦hide a comment on a clause of the published policy" in told
    for own in ("⟦usage: ", "⟦options", "⟦positional arguments", "⟦show this help message and exit"):
        assert own in told, "the parser's own words as well"


def test_so_are_the_errors_of_the_command_line(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["item", "hide"]) == exits.USAGE
    told = capsys.readouterr().err
    assert "⟦the following arguments are required: " in told.lower()
    assert "⟦See “moderator item hide --help”." in told


def test_json_stays_english_whatever_the_login(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["item", "hide", "--json"]) == exits.USAGE
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "usage"
    assert "⟦" not in error["sentence"] + error["cure"]


def test_english_is_said_to_a_login_without_a_language(capsys: pytest.CaptureFixture[str]) -> None:
    """The control: the same parser, in the same process, after another language was in use."""
    locale.use("en")
    argwords.speak()
    assert main.main(["item", "hide", "--help", "--json"]) == exits.DONE
    told = capsys.readouterr().out
    assert told.startswith("usage: moderator item hide")
    assert "⟦" not in told


@pytest.mark.parametrize("sentence", argwords.SENTENCES)
def test_the_parser_still_knows_each_of_these_sentences(sentence: str) -> None:
    """They are the standard library's: one that it no longer says would be translated for nobody."""
    import argparse
    import inspect

    assert repr(sentence)[1:-1] in inspect.getsource(argparse)
