"""The doctor's look at the running desk: socket, who serves it, what it says of itself, keyring, accounts, mail."""

from __future__ import annotations

import socket as sockets
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from moderator.cli.finding import Finding, bad, ok, warn
from moderator.cli.places import Place
from moderator.client import Client
from moderator.config import Config
from moderator.domain import view
from moderator.domain.errors import Code, Refused
from moderator.domain.names import named
from moderator.locale import _, current, n_, said

_SILENCE = 10.0
"""Seconds that the mail server may take."""


def socket(config: Config, place: Place) -> Iterator[Finding]:
    """The socket is there, and only those who should can open it."""
    try:
        mode = stat.S_IMODE(place.socket.stat().st_mode)
        around = stat.S_IMODE(place.socket.parent.stat().st_mode)
    except FileNotFoundError:
        return  # `desk` says that it is down
    wanted, wanted_around = (0o600, 0o700) if place.own or place.expect_uid is None else (0o660, 0o2750)
    if mode & ~wanted or around & 0o7777 & ~wanted_around:
        yield bad(
            _("socket"),
            _(
                "{socket} (mode {mode:04o}, directory {around:04o}) is open to more than it should be.",
                socket=place.socket,
                mode=mode,
                around=around,
            ),
            _(
                "Restart the desk: it sets {wanted:04o} and {wanted_around:04o} itself.",
                wanted=wanted,
                wanted_around=wanted_around,
            ),
        )
    else:
        yield ok(
            _("socket"),
            _(
                "{socket}, mode {mode:04o} in a directory of {around:04o}.",
                socket=place.socket,
                mode=mode,
                around=around,
            ),
        )


def desk(config: Config, place: Place) -> Iterator[Finding]:
    """The desk answers, is served by the right user, and says what it knows of itself."""
    client = Client(place.socket, expect_uid=place.expect_uid)
    client.language = current()
    try:
        health = client.health()
        yield ok(
            _("desk"),
            _(
                "It answers, version {version}, and runs as the user that it should.",
                version=health.get("version", "?"),
            ),
        )
        yield from core(place.socket)
        yield from says(client.status())
        yield from accounts(client)
    except Refused as refused:
        if refused.code is Code.DOWN and place.own:
            yield ok(_("desk"), _("It does not run just now; it starts when you open it."))
        else:
            yield bad(_("desk"), refused.sentence, refused.cure)
    finally:
        client.close()


def says(status: view.Status) -> Iterator[Finding]:
    """What the desk itself has to say: keyring, mail, disk, platforms."""
    if status.read_only:
        yield bad(
            _("saving"),
            _("Nothing can be saved: {read_only}", read_only=status.read_only),
            _("See the disk and the database above."),
        )
    yield from (warn(_("notice"), notice) for notice in status.notices)
    waiting = [effect for effect in status.effects if effect.state in ("parked", "uncertain")]
    if waiting:
        yield warn(
            "effects",
            n_(
                "{n} of unknown outcome or waiting for a person.",
                "{n} of unknown outcome or waiting for a person.",
                len(waiting),
            ),
            "moderator effect list",
        )


def accounts(client: Client) -> Iterator[Finding]:
    """Each account in service, tried on its platform by the desk."""
    for account in client.accounts():
        name = _("account “{name}”", name=account.name)
        if account.status != "active":
            yield ok(name, _("It is {status}; not tried.", status=said(named(account.status))))
            continue
        try:
            tested = client.test_account(account.id)
        except Refused as refused:
            yield warn(name, refused.sentence, refused.cure)
            continue
        yield from (
            ok(name, found) if good else bad(name, found, "moderator account show") for good, found in tested.lines
        )


def core(path: Path) -> Iterator[Finding]:
    """The service leaves no memory image behind when it dies: secrets would be in it."""
    if not hasattr(sockets, "SO_PEERCRED"):
        return
    with sockets.socket(sockets.AF_UNIX) as sock:
        sock.connect(str(path))
        pid: int = struct.unpack("3i", sock.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, 12))[0]
    try:
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
    except OSError:
        yield warn(
            _("core files"),
            _("The service's limits cannot be read from here."),
            _("Run the doctor as the desk's user."),
        )
        return
    soft = next((line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size")), "?")
    if soft == "0":
        yield ok(_("core files"), _("The service writes none."))
    else:
        yield bad(
            _("core files"),
            _("The service may write core files (limit {soft}).", soft=soft),
            _("Restart it: it sets the limit to 0."),
        )


def keyring(config: Config, place: Place) -> Iterator[Finding]:
    """The keyring takes a dummy item and gives it back. For the data's owner, whose keyring it is."""
    from moderator.vault import Vault

    found = Vault(config.vault.allow, config.times.vault).describe()
    if found.usable:
        yield ok(_("keyring"), f"{found.backend}: {said(found.sentence)}")
    elif place.own:
        yield warn(_("keyring"), found.sentence, found.cure)
    else:
        yield bad(_("keyring"), found.sentence, found.cure)


def mail(config: Config, place: Place) -> Iterator[Finding]:
    """The mail server answers and encrypts. Nobody logs in from here: the password is the desk's."""
    settings = config.mail
    if not settings.host:
        yield warn(_("mail"), _("No mail server is configured: escalations wait on the screen."), _("Set [mail] host."))
        return
    import smtplib
    import ssl

    where = f"{settings.host}:{settings.port}"
    try:
        context = ssl.create_default_context()
        if settings.ca_file:
            context.load_verify_locations(settings.ca_file)
        if settings.tls == "tls":
            with smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SILENCE, context=context) as server:
                server.noop()
        else:
            with smtplib.SMTP(settings.host, settings.port, timeout=_SILENCE) as server:
                server.starttls(context=context)
                server.noop()
    except ssl.SSLError:
        yield bad(
            _("mail"),
            _("{where} does not prove who it is.", where=where),
            _("See its certificate, or set [mail] ca_file."),
        )
    except (OSError, smtplib.SMTPException):
        yield bad(
            "mail", _("{where} does not answer, or does not encrypt.", where=where), _("See [mail] host, port and tls.")
        )
    else:
        yield ok(_("mail"), _("{where} answers and encrypts. Login is tried by the desk when it sends.", where=where))
