"""Handing a message to the submission server: exactly once, or honestly unknown.

Sending ends in one of three ways, and the difference decides whether anybody may try again: accepted (`Receipt`),
certainly not accepted (`MailRefused`), or nobody knows (`MailUnknown`), which is never repeated without a person.
"""

from __future__ import annotations

import asyncio
import base64
import re
import smtplib
import ssl
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from moderator.domain.secret import Secret
from moderator.domain.wording import words
from moderator.mail.letter import envelope


class MailRefused(Exception):
    """The message was certainly not accepted. `transient` is True where trying again may help."""

    def __init__(self, sentence: str, *, transient: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.transient = transient


class MailUnknown(Exception):
    """The message was handed over whole, and no answer came: it may have been accepted."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Server:
    """The submission server, and how long to wait for it."""

    host: str
    port: int
    tls: str
    """starttls or tls."""
    login: str = ""
    """"" sends without logging in."""
    ca_file: str = ""
    timeout_s: float = 30.0
    """For one exchange; the whole submission gets four times as much."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server took the message."""

    answer: str
    """Its reply code."""
    refused: tuple[str, ...] = ()
    """Addresses among the copies that it would not take; the main recipient is never among them."""


async def send(server: Server, secret: Secret | None, eml: bytes) -> Receipt:
    """Hand these exact bytes to the submission server. From, To and Cc of the message are the envelope.

    Raises `MailRefused` where it was certainly not accepted, `MailUnknown` where nobody can say.
    """
    future: Future[Receipt] = Future()
    submission = _Submission(server, secret, eml)

    def run() -> None:
        failure: Exception | None = None
        receipt = Receipt("")
        try:
            receipt = submission.run()
        except (MailRefused, MailUnknown) as error:
            failure = error
        except Exception as error:  # nothing that a library says may pass: it may hold the login
            failure = submission.outcome_of(error)
        if failure is None:
            future.set_result(receipt)
        else:
            future.set_exception(_bare(failure))

    threading.Thread(target=run, name="mail", daemon=True).start()
    answer = asyncio.wrap_future(future)
    done, _ = await asyncio.wait({answer}, timeout=4 * server.timeout_s)
    if done:
        return answer.result()
    answer.add_done_callback(lambda late: late.cancelled() or late.exception())
    raise submission.give_up()


def _bare(error: Exception) -> Exception:
    """The error without the library's own exception and frames behind it: they may hold the login."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class _Submission:
    """One message on its way through one connection, and how far it got."""

    def __init__(self, server: Server, secret: Secret | None, eml: bytes) -> None:
        self.server = server
        self.secret = secret
        self.eml = eml
        self.sender, self.to, self.copies = envelope(eml)
        self._turn = threading.Lock()
        self._ended = False
        """The end of the message may have left: from here on nobody can call it unsent."""
        self._given_up = False

    def run(self) -> Receipt:
        """Connect, secure, log in, hand over."""
        context = self._trust()
        smtp = self._connect(context)
        try:
            self._secure(smtp, context)
            self._log_in(smtp)
            refused = self._address(smtp)
            return Receipt(str(self._data(smtp)), refused)
        finally:
            smtp.close()

    def outcome_of(self, error: Exception) -> MailRefused | MailUnknown:
        """What a library's exception means, by how far the message had got."""
        if self._ended:
            return self._unknown()
        if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
            return _refusal(error.smtp_code, b"", words("the connection"))
        if isinstance(error, ssl.SSLError):
            return MailRefused(
                words(
                    "The mail server {host} does not prove who it is, so nothing was sent. Check its certificate and "
                    "mail.ca_file.",
                    host=self.server.host,
                )
            )
        return MailRefused(
            words(
                "The mail server {host}:{port} does not answer; nothing was sent.",
                host=self.server.host,
                port=self.server.port,
            ),
            transient=True,
        )

    def give_up(self) -> MailRefused | MailUnknown:
        """Stop waiting. After this the thread can no longer end the message."""
        with self._turn:
            self._given_up = True
        return self.outcome_of(TimeoutError())

    def _unknown(self) -> MailUnknown:
        return MailUnknown(
            words(
                "The whole message went to {host}, and the line dropped before it answered. Ask the office "
                "whether the mail came; it is not sent again by itself.",
                host=self.server.host,
            )
        )

    def _connect(self, context: ssl.SSLContext) -> smtplib.SMTP:
        server, name = self.server, self.sender.rpartition("@")[2]
        if server.tls == "tls":
            return smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=name, timeout=server.timeout_s, context=context
            )
        return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=server.timeout_s)

    def _secure(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        smtp.ehlo()
        if isinstance(smtp, smtplib.SMTP_SSL):
            return
        if not smtp.has_extn("starttls"):
            raise MailRefused(
                words("The mail server {host} offers no TLS; nothing was sent. Ask its keeper.", host=self.server.host)
            )
        smtp.starttls(context=context)
        smtp.ehlo()

    def _trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        try:
            if self.server.ca_file:
                context.load_verify_locations(self.server.ca_file)
        except (OSError, ssl.SSLError):
            raise MailRefused(
                words("mail.ca_file ({path}) cannot be read; nothing was sent.", path=self.server.ca_file)
            ) from None
        return context

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not self.server.login:
            return
        if self.secret is None:
            raise MailRefused(
                words("The keyring holds no password for the mail login; nothing was sent. A custodian must set it.")
            )
        offered = str(smtp.esmtp_features.get("auth", "")).upper().split()
        # The password is never a local of a frame that can raise: a crash report prints locals.
        if "PLAIN" in offered:
            code, reply = smtp.docmd("AUTH", "PLAIN " + _coded(f"\0{self.server.login}\0{self.secret.reveal()}"))
        elif "LOGIN" in offered:
            code, reply = smtp.docmd("AUTH", "LOGIN " + _coded(self.server.login))
            if code == 334:
                code, reply = smtp.docmd(_coded(self.secret.reveal()))
        else:
            raise MailRefused(
                words(
                    "The mail server {host} offers no login that this desk knows; nothing was sent.",
                    host=self.server.host,
                )
            )
        _expect(code, reply, 235, words("the login"))

    def _address(self, smtp: smtplib.SMTP) -> tuple[str, ...]:
        """Name sender and recipients; the copies that were refused. A refused main recipient refuses the message."""
        code, reply = smtp.mail(self.sender)
        _expect(code, reply, 250, words("the sender {sender}", sender=self.sender))
        code, reply = smtp.rcpt(self.to)
        _expect(code if code != 251 else 250, reply, 250, words("the recipient {to}", to=self.to))
        return tuple(copy for copy in self.copies if smtp.rcpt(copy)[0] not in (250, 251))

    def _data(self, smtp: smtplib.SMTP) -> int:
        code, reply = smtp.docmd("DATA")
        _expect(code, reply, 354, words("the message"))
        smtp.send(re.sub(rb"(?m)^\.", b"..", self.eml))
        with self._turn:
            if self._given_up:
                raise MailRefused(words("The mail server was too slow; nothing was sent."), transient=True)
            self._ended = True
        smtp.send(b".\r\n")
        code, reply = smtp.getreply()
        if code < 200:
            raise self._unknown()
        _expect(code, reply, 250, words("the message"))
        return code


def _expect(code: int, reply: bytes, wanted: int, what: str) -> None:
    if code != wanted:
        raise _refusal(code, reply, what)


def _refusal(code: int, reply: bytes, what: str) -> MailRefused:
    """Of the server's own words only the codes are repeated."""
    enhanced = re.match(rb"[245]\.\d{1,3}\.\d{1,3}\b", reply)
    status = f"{code} {enhanced.group().decode()}" if enhanced else str(code)
    return MailRefused(
        words("The mail server refused {what} ({status}); nothing was sent.", what=what, status=status),
        transient=400 <= code < 500,
    )


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
