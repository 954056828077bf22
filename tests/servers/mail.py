"""A real mail server on loopback for tests: submission with STARTTLS and login (aiosmtpd), then LMTP to Dovecot.

Everything stands in one temporary directory, on free ports, and is ended by the process ids that were started here.
Works as root (the mailboxes then belong to the system's `mail` user) and as an ordinary user. `running()` is a context
manager; it raises `Absent` where a package is not installed.
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import secrets
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = ("dovecot", "openssl")
PEOPLE = ("desk", "lead", "legal", "deputy", "spoc")
DEADLINE = 30.0


class Absent(Exception):
    """A package that this needs is not installed."""


@dataclass
class MailServer:
    """The running servers and who has a mailbox there, at `@localhost`."""

    folder: Path
    port: int
    """Submission."""
    imap: int
    passwords: dict[str, str]
    submission: Submission | None = field(default=None)

    @property
    def ca_file(self) -> str:
        return str(self.folder / "cert.pem")

    def mailbox(self, who: str) -> list[bytes]:
        """Every message in somebody's inbox, read over IMAP with TLS."""
        with contextlib.closing(_Imap(self, who)) as line:
            return line.all()

    def wait_for(self, who: str, count: int = 1) -> list[bytes]:
        """The inbox once it holds so many messages; fails after the deadline."""
        deadline = time.monotonic() + DEADLINE
        while len(found := self.mailbox(who)) < count:
            assert time.monotonic() < deadline, f"{who} has {len(found)} of {count} messages"
            time.sleep(0.05)
        return found

    def send(self, who: str, to: str, message: bytes) -> None:
        """Send as one of the people."""
        context = ssl.create_default_context(cafile=self.ca_file)
        with smtplib.SMTP("localhost", self.port, timeout=DEADLINE) as line:
            line.starttls(context=context)
            line.login(who, self.passwords[who])
            line.sendmail(f"{who}@localhost", [to], message)


class _Imap:
    def __init__(self, server: MailServer, who: str) -> None:
        context = ssl.create_default_context(cafile=server.ca_file)
        self._line = imaplib.IMAP4_SSL("localhost", server.imap, ssl_context=context, timeout=DEADLINE)
        self._line.login(who, server.passwords[who])

    def all(self) -> list[bytes]:
        self._line.select("INBOX", readonly=True)
        numbers = self._line.search(None, "ALL")[1][0].split()
        return [self._line.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]

    def close(self) -> None:
        self._line.logout()


class Submission:
    """The submission server, which can be stopped and started again on its port."""

    def __init__(self, server: MailServer, lmtp: Path) -> None:
        self._server, self._lmtp = server, lmtp
        self._controller: Any = None

    def start(self) -> None:
        """Listen."""
        from aiosmtpd.controller import Controller

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._server.folder / "cert.pem", self._server.folder / "key.pem")
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self._server.port, tls_context=context, require_starttls=True,
            authenticator=self._check, auth_required=True, auth_require_tls=True, ready_timeout=DEADLINE,
        )  # fmt: skip
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def _check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        known = self._server.passwords.get(data.login.decode())
        return AuthResult(success=known is not None and known == data.password.decode(), handled=False)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Refuse whoever has no mailbox, as a submission server with a directory does."""
        if address.partition("@")[0].partition("+")[0] not in PEOPLE:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Hand the message on to Dovecot, byte for byte, once for each mailbox: LMTP answers each by itself."""
        for recipient in envelope.rcpt_tos:
            with smtplib.LMTP(str(self._lmtp)) as line:
                line.sendmail(envelope.mail_from, [recipient], envelope.original_content)
        return "250 2.0.0 queued"


@contextlib.contextmanager
def running() -> Iterator[MailServer]:
    """The servers, ready to take mail; gone without trace afterwards."""
    _need_packages()
    folder = Path(tempfile.mkdtemp(prefix="mailtest-"))
    server = MailServer(folder, _free_port(), _free_port(), {who: secrets.token_urlsafe(12) for who in PEOPLE})
    dovecot = None
    try:
        _prepare(server)
        dovecot = subprocess.Popen(
            [_dovecot(), "-F", "-c", folder / "dovecot.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait_for_port(server.imap, dovecot, folder)
        server.submission = Submission(server, folder / "run" / "lmtp")
        server.submission.start()
        yield server
    finally:
        if server.submission is not None:
            server.submission.stop()
        if dovecot is not None:
            dovecot.terminate()
            dovecot.wait(DEADLINE)
        shutil.rmtree(folder, ignore_errors=True)


def _need_packages() -> None:
    missing = [name for name in PROGRAMS if shutil.which(name, path=_path()) is None]
    if not any(Path(place, "lmtp").exists() for place in ("/usr/lib/dovecot", "/usr/libexec/dovecot")):
        missing.append("dovecot-lmtpd")
    try:
        import aiosmtpd  # noqa: F401
    except ImportError:
        missing.append("aiosmtpd")
    if missing:
        raise Absent(f"not installed: {', '.join(missing)}")


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _dovecot() -> str:
    return shutil.which("dovecot", path=_path()) or "dovecot"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _prepare(server: MailServer) -> None:
    folder = server.folder
    folder.chmod(0o755)
    for name in ("mail", "run"):
        (folder / name).mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "key.pem").chmod(0o600)
    users = folder / "users"
    users.touch(mode=0o600)
    users.write_text("".join(f"{who}:{{PLAIN}}{word}\n" for who, word in server.passwords.items()))
    owner = _owner()
    if os.geteuid() == 0:
        users.chmod(0o640)
        os.chown(users, 0, grp.getgrnam("dovecot").gr_gid)
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    (folder / "dovecot.conf").write_text(_conf(server, owner))


def _owner() -> pwd.struct_passwd:
    """Whom the mailboxes belong to: Dovecot delivers nothing as root."""
    return pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _conf(server: MailServer, owner: pwd.struct_passwd) -> str:
    folder = server.folder
    own = (
        "" if os.geteuid() == 0 else _UNPRIVILEGED.format(user=owner.pw_name, group=grp.getgrgid(owner.pw_gid).gr_name)
    )
    return _CONF.format(folder=folder, imap=server.imap, uid=owner.pw_uid, gid=owner.pw_gid) + own


_UNPRIVILEGED = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""

_CONF = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
recipient_delimiter = +
auth_username_format = %Ln
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imap}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0600
  }}
}}
"""


def _wait_for_port(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    log = folder / "dovecot.log"
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        told = log.read_text() if log.exists() else ""
        assert process.poll() is None, f"Dovecot ended: {told}"
        assert time.monotonic() < deadline, f"Dovecot does not listen: {told}"
        time.sleep(0.05)
