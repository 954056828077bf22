"""`moderator metrics`: what came in, what was decided, what waits and for how long."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import tzinfo
from zoneinfo import ZoneInfo

from moderator import text
from moderator.cli import exits
from moderator.cli.call import Call
from moderator.domain import view
from moderator.locale import _, moment, number


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """How far back."""
    parser.set_defaults(run="run")
    parser.add_argument(
        "--hours", type=int, default=24, metavar="N", help=_("the last N hours, at most 168; 24 unless given")
    )


def run(call: Call) -> int:
    """Show them."""
    from moderator.line.telling import desk

    found = call.client().figures(call.args.hours)
    zone = ZoneInfo(call.config().desk.time_zone)
    call.show(found, *desk.figures(found, zone), *stretches(found, zone))
    return exits.DONE


def stretches(found: view.Figures, zone: tzinfo) -> Iterator[str]:
    """What came in and what was decided, from one stretch of time to the next: the last one is still running."""
    heads = (_("from"), _("came in"), _("decided"))
    sizes = (16, max(7, text.cells(heads[1])), max(7, text.cells(heads[2])))
    yield text.pad(heads[0], sizes[0]) + "".join(
        f"  {' ' * (size - text.cells(head))}{head}" for head, size in zip(heads[1:], sizes[1:], strict=True)
    )
    for one in found.buckets:
        came, done = number(one.arrived), number(one.decided)
        yield f"{moment(one.start.astimezone(zone))}  {came:>{sizes[1]}}  {done:>{sizes[2]}}"
