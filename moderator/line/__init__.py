"""Plain line mode: the same desk in sentences, for screen readers, TERM=dumb and scripts.

One item at a time, the same letters as on the full screen, no cursor motion, no colour and no escape byte. News is told
at the prompt only, so that nothing interrupts what is being read; only something urgent is said at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from moderator.client import Client
    from moderator.config import Config
    from moderator.domain.errors import Code

__all__ = ["run"]


def run(client: Client, config: Config, stdin: TextIO, stdout: TextIO) -> Code | None:
    """Work at the desk until q, the end of the input, a hang-up or Ctrl-C.

    Where the input is no terminal, it ends at the first refusal, and that refusal's code is the answer: what follows in
    a script was written for an act that did not happen. None where nothing was refused, and wherever a person types.
    Raises `Refused` only where the desk cannot be reached at the start. Leaving ends the session, which frees what was
    claimed at once.
    """
    from moderator.line.officer import Officer

    return Officer(client, config, stdin, stdout).work()
