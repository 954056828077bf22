"""`moderator effect …`: what is on its way out, and a person's word on what nobody could settle by looking."""

from __future__ import annotations

import argparse

from moderator.cli import exits
from moderator.cli.call import Call
from moderator.cli.parser import group, verb
from moderator.cli.status import effect_line
from moderator.locale import _


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """list and settle."""
    verbs = group(parser, name)
    verb(verbs, "list", "show_all", _("everything that is not over"))
    settle = verb(verbs, "settle", "settle", _("say what became of a remote act that waits for a person"))
    settle.add_argument("effect", type=int, help=_("its number"))
    settle.add_argument("how", choices=("resend", "was-sent", "drop"), help=_("what you know, or want"))
    settle.add_argument("--reason", required=True, help=_("how you know; it goes on the record"))


def show_all(call: Call) -> int:
    """List them."""
    effects = call.client().effects()
    call.show(effects, *([effect_line(effect) for effect in effects] or [_("Nothing is on its way out.")]))
    return exits.DONE


def settle(call: Call) -> int:
    """Settle one."""
    from moderator.domain.asks import SettleEffect, Settling

    args = call.args
    done = call.client().settle(args.effect, SettleEffect(Settling(args.how.replace("-", "_")), args.reason))
    call.show(done, done.sentence)
    return exits.DONE
