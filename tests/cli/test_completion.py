"""The completion scripts: made from the grammar, and really tried in the shells that are here."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from moderator.cli import main as cli
from moderator.cli.call import Call
from moderator.cli.completion import words
from moderator.cli.parser import build, parse


def script(shell: str) -> str:
    out = io.StringIO()
    assert cli.run(Call(parse(["completion", shell]), out=out)) == 0
    return out.getvalue()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_verb_is_in_every_script(shell: str) -> None:
    text = script(shell)
    for path in words(build()):
        for name in path.split():
            assert name in text


def complete(tmp_path: Path, *line: str) -> set[str]:
    """What bash offers for the last word."""
    (tmp_path / "moderator.bash").write_text(script("bash"))
    words_ = " ".join(f"'{word}'" for word in ("moderator", *line))
    ask = f"source {tmp_path}/moderator.bash; COMP_WORDS=({words_}); COMP_CWORD={len(line)}; _moderator; "
    done = subprocess.run(
        ["bash", "--norc", "-c", ask + 'printf "%s\\n" "${COMPREPLY[@]}"'],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (["st"], {"status"}),
        (["item", "hi"], {"hide"}),
        (["item", "hide", "--cl"], {"--clause"}),
        (["--json", "item", "sn"], {"snooze"}),
        (["account", "act"], {"activate"}),
        (["completion", "f"], {"fish"}),
        (["trail", "verify", "--so"], {"--socket"}),
        (["import", "moderator.b"], {"moderator.bash"}),
    ],
)
def test_bash_offers_what_may_follow(tmp_path: Path, line: list[str], offered: set[str]) -> None:
    assert complete(tmp_path, *line) == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_accept_their_script(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    (tmp_path / "script").write_text(script(shell))
    done = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
