"""Plain line mode: the same desk in sentences, for screen readers, TERM=dumb and scripts.

One item at a time, the same letters as on the full screen, no cursor motion, no colour and no escape byte. News is told
at the prompt only, so that nothing interrupts what is being read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from moderator.client import Client
    from moderator.config import Config

__all__ = ["run"]


def run(client: Client, config: Config, stdin: TextIO, stdout: TextIO) -> int:
    """Work at the desk until q, the end of the input or Ctrl-C; the exit code.

    Where the input is no terminal, it ends at the first refusal with 1: what follows in a script was written for an act
    that did not happen. Raises `Refused` only where the desk cannot be reached at the start. Leaving ends the session,
    which frees what was claimed at once.
    """
    from moderator.line.officer import Officer

    return Officer(client, config, stdin, stdout).work()
