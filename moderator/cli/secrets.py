"""Reading a secret: from a prompt that does not echo, or from standard input. Never from arguments or environment."""

from __future__ import annotations

import argparse

from moderator.cli import exits
from moderator.cli.call import Call, Stop
from moderator.domain.secret import Secret
from moderator.locale import _


def option(parser: argparse.ArgumentParser) -> None:
    """The option that takes it from standard input."""
    parser.add_argument(
        "--secret-stdin",
        action="store_true",
        help=_("read the secret's one line from standard input, not from a prompt"),
    )


def ask(call: Call, what: str) -> Secret:
    """The secret. Raises `Stop(2)` where there is none, or no terminal to ask on."""
    secret = Secret(_line(call) if call.args.secret_stdin else _prompt(call, what))
    if not secret.reveal():
        raise Stop(
            exits.USAGE, _("No {what} was given; nothing was changed.", what=what), _("Type it at the prompt."), "usage"
        )
    return secret


def _line(call: Call) -> str:
    return call.source.readline().rstrip("\r\n")


def _prompt(call: Call, what: str) -> str:
    if not call.source.isatty():
        raise Stop(
            exits.USAGE,
            _("There is no terminal to ask for the {what}.", what=what),
            _("Pipe it in with --secret-stdin; it is never taken from the command line or the environment."),
            "usage",
        )
    from getpass import getpass

    return getpass(_("The {what} (not shown): ", what=what), stream=call.err)
