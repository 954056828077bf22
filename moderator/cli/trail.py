"""`moderator trail …`: walk the record and say whether it holds; show what is on it."""

from __future__ import annotations

import argparse
import os
import sqlite3
from pathlib import Path
from typing import Any

from moderator.cli import exits
from moderator.cli.call import Call
from moderator.cli.parser import group, verb
from moderator.cli.places import choose
from moderator.domain.errors import Code, Refused
from moderator.domain.view import TrailView
from moderator.locale import _, said


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """verify and show."""
    verbs = group(parser, name)
    verb(verbs, "verify", "verify", _("walk the whole chain and every sealed row; name the first that does not hold"))
    show = verb(verbs, "show", "show", _("events, oldest first"))
    show.add_argument("--after", type=int, default=0, metavar="N", help=_("begin after event N"))
    show.add_argument("--limit", type=int, default=100, help=_("at most so many, 1–200 (default: 100)"))
    show.add_argument("--item", type=int, default=0, help=_("of this item alone"))


def verify(call: Call) -> int:
    """Verify; exit code 65 where something does not hold. The data's owner reads the file; others ask the desk."""
    place = choose(call.config(), call.wants(), call.env)
    database = place.data_dir / "desk.db"
    if place.own and not database.exists():
        raise Refused(
            Code.NOT_FOUND,
            _("There is no desk in {data_dir} yet.", data_dir=place.data_dir),
            _("Name another with --data-dir."),
        )
    answer = _own(database) if os.access(database, os.R_OK) else call.client().verify_trail()
    fault = answer.get("fault")
    if fault is None:
        call.show(
            answer, _("✓ The trail holds: every event follows from the one before, every row is as it was recorded.")
        )
        return exits.DONE
    call.show(
        answer,
        f"✗ {said(fault['where'])}: {said(fault['sentence'])}",
        _("Keep the database as it is, and tell the lead."),
    )
    return exits.DATA_FAULT


def _own(database: Path) -> dict[str, Any]:
    from moderator.domain.wire import encode
    from moderator.store import base, trail

    try:
        with base.opened(database) as conn:
            fault = trail.verify(conn)
    except sqlite3.Error as error:
        raise Refused(
            Code.DAMAGED,
            _("{database} cannot be read as a desk's database.", database=database),
            _("Restore the last good backup."),
        ) from error
    return {"ok": fault is None, "fault": encode(fault) if fault else None}


def show(call: Call) -> int:
    """Show a page of it."""
    args = call.args
    if not 1 <= args.limit <= 200:
        raise Refused(
            Code.BAD, _("The limit must be from 1 to 200."), _("For more, go on with --after and the last number.")
        )
    events = call.client().trail(args.after, args.limit, args.item)
    call.show(events, *([line(event) for event in events] or [_("No event.")]))
    return exits.DONE


def line(event: TrailView) -> str:
    """One event."""
    facts = " ".join(f"{key}={value}" for key, value in event.facts.items())
    item = f" #{event.item}" if event.item else ""
    return f"{event.seq}  {event.at}  {event.kind}{item}  {event.person}  {facts}".rstrip()
