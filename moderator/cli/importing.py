"""`moderator import ACCOUNT FILE…`: comments out of JSON Lines, streamed to the desk, which opens no file itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from moderator.cli import account, exits
from moderator.cli.call import Call, Stop
from moderator.domain import view
from moderator.locale import _, n_

LONGEST: Final = 4 * 1024 * 1024
"""Longest line, in bytes."""


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """The account and the files."""
    parser.set_defaults(run="run")
    parser.add_argument("account", help=_("an import account's name or number"))
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help=_("a .jsonl file, a folder of them, or - for standard input")
    )


def run(call: Call) -> int:
    """Stream them in; exit code 1 where a line was refused. What was good is taken in all the same."""
    found = account.find(call)
    done = call.client().import_lines(found.id, lines(call.args.files))
    call.show(done, done.sentence, *_refused(done))
    return exits.REFUSED if done.refused else exits.DONE


def _refused(done: view.Imported) -> Iterator[str]:
    yield from (f"✗ {sentence}" for sentence in done.refused_lines)
    more = done.refused - len(done.refused_lines)
    if more > 0:
        yield n_("✗ and {n} more", "✗ and {n} more", more)


def lines(names: list[str]) -> Iterator[bytes]:
    """Every line of every file, each ended by one newline. Raises `Stop` naming the file that cannot be read."""
    for name in names:
        if name == "-":
            yield from _ended(sys.stdin.buffer, _("standard input"))
            continue
        for path in _files(Path(name)):
            try:
                with path.open("rb") as file:
                    yield from _ended(file, str(path))
            except OSError as error:
                raise Stop(
                    exits.REFUSED,
                    _("{path} cannot be read: {strerror}.", path=path, strerror=error.strerror),
                    _("What came before it is taken in."),
                ) from error


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(entry for entry in path.iterdir() if entry.suffix == ".jsonl" and entry.is_file())
    if not found:
        raise Stop(exits.REFUSED, _("The folder {path} holds no .jsonl file.", path=path), _("Name the file itself."))
    return found


def _ended(file: BinaryIO, name: str) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise Stop(
                exits.REFUSED,
                _(
                    "Line {number} of {name} is longer than {limit} MiB.",
                    number=number,
                    name=name,
                    limit=LONGEST // 1024 // 1024,
                ),
                _("One comment stands on one line; is this JSON Lines?"),
            )
        yield line if line.endswith(b"\n") else line + b"\n"
