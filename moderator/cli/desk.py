"""The front doors: the queue on this terminal, plain lines, the practice desk; and the service itself."""

from __future__ import annotations

import argparse
import sys

from moderator.cli import exits
from moderator.cli.call import Call, Stop, unusable
from moderator.locale import _, current


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """Options of desk, line, practice and serve."""
    parser.set_defaults(run=f"run_{name}")
    if name == "practice":
        parser.add_argument("--line", action="store_true", help=_("as plain lines"))
    if name == "serve":
        parser.add_argument(
            "--init-lead", metavar="USER", help=_("put the first person on the roster of a shared desk, as its lead")
        )


def run_desk(call: Call) -> int:
    """The queue on this terminal; plain lines where the terminal cannot draw it."""
    return _open(call, lines=plain(call))


def run_line(call: Call) -> int:
    """Plain lines."""
    return _open(call, lines=True)


def run_practice(call: Call) -> int:
    """A practice desk, begun anew where none runs."""
    call.args.practice = True
    return _open(call, lines=call.args.line or plain(call))


def run_serve(call: Call) -> int:
    """The service, in the foreground until it is told to stop."""
    from moderator import service
    from moderator.cli import places, reach

    config, wants = call.config(), call.wants()
    place = places.serving(config, wants, call.env)
    if place.own:
        reach.make_own(place)
    if call.args.init_lead and place.own:
        raise Stop(exits.REFUSED, _("A desk of your own needs no lead: you hold every role."), _("Just open it."))
    return service.serve(
        config,
        data_dir=place.data_dir,
        socket=place.socket,
        private=place.own and not place.practice,
        practice=place.practice,
        init_lead=call.args.init_lead or "",
    )


def plain(call: Call) -> bool:
    """Whether this terminal is for plain lines only."""
    return call.env.get("TERM", "") in ("", "dumb") or not (sys.stdin.isatty() and sys.stdout.isatty())


def _open(call: Call, *, lines: bool) -> int:
    from moderator.cli import reach
    from moderator.config import ConfigError

    config = call.config()
    if call.source.isatty():
        client = reach.wait_for(config, call.wants(), call.env, lambda sentence: print(sentence, file=sys.stderr))
    else:
        client = reach.open_desk(config, call.wants(), call.env)
    client.language = current()
    client.language = current()
    try:
        if lines:
            from moderator import line

            refused = line.run(client, config, call.source, call.out)
            return exits.of(refused) if refused is not None else exits.DONE
        from moderator.tui import early

        return early.run(client, config)
    except ConfigError as error:  # a theme or a key that only the screen can judge
        raise unusable(error) from error
    finally:
        client.close()
