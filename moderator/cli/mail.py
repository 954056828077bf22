"""`moderator mail secret`: the mail server's password, from the prompt into the desk's keyring."""

from __future__ import annotations

import argparse

from moderator.cli import exits, secrets
from moderator.cli.call import Call
from moderator.cli.parser import group, verb
from moderator.locale import _


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """secret."""
    set_it = verb(group(parser, name), "secret", "set_secret", _("set or change the mail server's password"))
    secrets.option(set_it)


def set_secret(call: Call) -> int:
    """Hand it over."""
    from moderator.domain.asks import SetSecret

    client = call.client()
    done = client.set_mail_secret(SetSecret("password", secrets.ask(call, _("mail server's password")).reveal()))
    call.show(done, done.sentence)
    return exits.DONE
