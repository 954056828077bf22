"""`moderator doctor`: what is wrong with this machine or desk, each with its cure. Changes nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator

from moderator.cli import doctordata, doctordesk, doctormachine, exits
from moderator.cli.call import Call, Stop
from moderator.cli.finding import Finding, Mark, bad
from moderator.cli.places import Place, choose
from moderator.config import Config
from moderator.domain.errors import Refused
from moderator.locale import N_, _

Check = Callable[[Config, Place], Iterator[Finding]]

OWNER: tuple[Check, ...] = (doctordata.files, doctordata.database, doctordata.disk, doctordesk.keyring)
"""What only the data's owner can see."""
ANYBODY: tuple[Check, ...] = (
    doctormachine.sqlite,
    doctormachine.clock,
    doctormachine.zone,
    doctormachine.configuration,
    doctormachine.languages,
    doctormachine.screen,
    doctordesk.socket,
    doctordesk.desk,
    doctordesk.mail,
)

NAMES: dict[Check, str] = {
    doctordata.files: N_("files"),
    doctordata.database: N_("database"),
    doctordata.disk: N_("disk"),
    doctordesk.keyring: N_("keyring"),
    doctormachine.sqlite: "SQLite",
    doctormachine.clock: N_("clock"),
    doctormachine.zone: N_("time zone"),
    doctormachine.configuration: N_("configuration"),
    doctormachine.languages: N_("language"),
    doctormachine.screen: N_("screen"),
    doctordesk.socket: N_("socket"),
    doctordesk.desk: N_("desk"),
    doctordesk.mail: N_("mail"),
}
"""What each check is called on the screen."""


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """No options of its own."""
    parser.set_defaults(run="run")


def run(call: Call) -> int:
    """Look at everything; exit code 1 where something is wrong."""
    findings = list(look(call))
    ok = all(finding.mark is not Mark.BAD for finding in findings)
    call.show({"ok": ok, "checks": findings}, *(line for finding in findings for line in finding.lines()))
    return exits.DONE if ok else exits.REFUSED


def look(call: Call) -> Iterator[Finding]:
    """Every check that this person can make. A check that fails is itself a finding, never an end."""
    try:
        config = call.config()
        place = choose(config, call.wants(), call.env)
    except Stop as stop:
        yield bad(_("configuration"), stop.sentence, stop.cure)
        return
    checks = (*OWNER, *ANYBODY) if owns(place) else ANYBODY
    for check in checks:
        try:
            yield from check(config, place)
        except Refused as refused:
            yield bad(_(NAMES.get(check, check.__name__)), refused.sentence, refused.cure)
        except OSError as error:
            yield bad(
                _(NAMES.get(check, check.__name__)),
                _("This could not be looked at: {strerror}.", strerror=error.strerror),
                _("Run it as the desk's user."),
            )


def owns(place: Place) -> bool:
    """Whether the desk's data are ours to look at."""
    try:
        return place.data_dir.stat().st_uid == os.geteuid()
    except OSError:
        return False
