"""Escalation mail: the bytes read back as they were meant, and each way of sending ends in the right word."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import shutil
import socket
import ssl
import subprocess
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator import mail
from moderator.domain.secret import Secret
from moderator.mail import Letter, Mailbox, MailBroken, MailRefused, MailUnknown, Server

CANARY = "s3cr3t-CANARY-of-the-mail"
LETTER = Letter(
    sender=Mailbox("desk@localhost", "Duty desk"),
    to=Mailbox("legal@localhost", "Legal cell"),
    cc=(Mailbox("deputy@localhost"), Mailbox("second@localhost", "Das, R. (deputy)")),
    subject="[E-118] Decision asked by the duty desk: legal, reply by 02:40",
    date=datetime(2026, 11, 22, 20, 40, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    message_id="<esc-118.0123456789abcdef0123456789abcdef@localhost>",
    body="QUESTION\nIs this a threat?\n┃ the comment\n.\n..two\n.dot\nFrom the start  \n\ttab\t\nআপত্তিজনক মন্তব্য\n",
    evidence=b'{"id": 42}\n',
    reply_to="desk+esc-0123456789abcdef0123456789abcdef@localhost",
)


def altered(**changes: object) -> Letter:
    return dataclasses.replace(LETTER, **changes)  # type: ignore[arg-type]


def unfolded(eml: bytes, name: str) -> str:
    """A header's own words, by the plainest reader there is."""
    head = eml.split(b"\r\n\r\n", 1)[0].replace(b"\r\n ", b" ").decode()
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith(f"{name}: "))


class TestBytes:
    """What is composed reads back as it was written, by several readers."""

    @pytest.mark.req("E4", "Z6")
    @pytest.mark.parametrize("policy", [email.policy.default, email.policy.SMTP, email.policy.compat32])
    def test_every_reader_sees_the_same_message(self, policy: email.policy.Policy[EmailMessage]) -> None:
        read = email.message_from_bytes(mail.compose(LETTER), policy=policy)
        assert read["Subject"] == LETTER.subject
        assert read["Message-ID"] == LETTER.message_id
        assert read["Reply-To"] == LETTER.reply_to
        assert read["Auto-Submitted"] == "auto-generated"
        text, evidence = read.get_payload()
        assert text.get_payload(decode=True).decode().replace("\r\n", "\n") == LETTER.body
        assert evidence.get_payload(decode=True) == LETTER.evidence

    def test_the_same_letter_is_the_same_bytes(self) -> None:
        assert mail.compose(LETTER) == mail.compose(LETTER)

    @pytest.mark.req("Z6")
    @pytest.mark.parametrize(
        "subject",
        [
            "আপত্তিজনক মন্তব্য",
            "[E-7] আপত্তিজনক মন্তব্য: সিদ্ধান্ত বিচাৰা হৈছে, উত্তৰ দিব লাগে ০২:৪০ ৰ ভিতৰত, আইন বিভাগ",
            "a =?utf-8?q?Bcc:_x@evil.example?= b",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿 flags and কমল 🙂",
            "word " * 60 + "end",
        ],
    )
    def test_a_subject_keeps_every_space(self, subject: str) -> None:
        if not subject.isprintable():
            with pytest.raises(MailBroken):
                mail.compose(altered(subject=subject))
            return
        eml = mail.compose(altered(subject=subject))
        assert email.message_from_bytes(eml, policy=email.policy.default)["Subject"] == subject
        raw = email.message_from_bytes(eml)["Subject"]
        assert str(email.header.make_header(email.header.decode_header(raw))) == subject

    @pytest.mark.req("Z6")
    def test_control_the_librarys_own_folding_loses_the_space(self) -> None:
        """Why the headers are written here: this Python's serialiser drops a space between folded encoded words.

        Skipped where the installed Python no longer does.
        """
        subject = "[ESC-42] Escalation: আপত্তিজনক মন্তব্য"
        message = EmailMessage(policy=email.policy.SMTP)
        message["Subject"] = subject
        read = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)["Subject"]
        if read == subject:
            pytest.skip("this Python folds correctly")
        assert read.replace(" ", "") == subject.replace(" ", "")
        assert (
            email.message_from_bytes(mail.compose(altered(subject=subject)), policy=email.policy.default)["Subject"]
            == subject
        )

    @pytest.mark.req("Z6")
    @settings(max_examples=60, deadline=None)
    @given(
        name=st.text(max_size=120).map(lambda text: " ".join(text.split())),
        subject=st.text(min_size=1, max_size=200).map(lambda text: " ".join(text.split())),
        body=st.text(max_size=500),
    )
    def test_any_words_read_back_or_are_refused(self, name: str, subject: str, body: str) -> None:
        letter = altered(to=Mailbox("legal@localhost", name), subject=f"[E-1] {subject}".strip(), body=body)
        try:
            eml = mail.compose(letter)
        except (MailBroken, UnicodeEncodeError):
            return
        assert eml.isascii()
        assert mail.envelope(eml) == ("desk@localhost", "legal@localhost", ("deputy@localhost", "second@localhost"))
        assert set(email.message_from_bytes(eml).keys()) == {
            "Date", "From", "To", "Cc", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version",
            "Content-Type",
        }  # fmt: skip

    @pytest.mark.req("Z6")
    @pytest.mark.parametrize(
        "wrong",
        [
            {"subject": "one\r\nBcc: x@evil.example"},
            {"subject": "one\nBcc: x@evil.example"},
            {"subject": "one\x85two"},
            {"subject": "one\u2028two"},
            {"subject": "one\ttwo"},
            {"subject": "two  spaces"},
            {"to": Mailbox("legal@localhost", "Legal\r\nBcc: x@evil.example")},
            {"to": Mailbox("legal@localhost", "Legal\x1b[2J")},
            {"to": Mailbox("legal@localhost, x@evil.example")},
            {"to": Mailbox("legal@localhost>\r\nBcc: x@evil.example")},
            {"to": Mailbox("<legal@localhost>")},
            {"to": Mailbox("légal@localhost")},
            {"to": Mailbox("")},
            {"cc": (Mailbox("a b@localhost"),)},
            {"reply_to": "x@localhost\r\nBcc: x@evil.example"},
            {"message_id": "<x@localhost>\r\nBcc: x@evil.example"},
        ],
    )
    def test_what_cannot_stand_in_a_header_is_refused(self, wrong: dict[str, object]) -> None:
        with pytest.raises(MailBroken):
            mail.compose(altered(**wrong))

    def test_an_encoded_word_in_a_name_adds_no_recipient(self) -> None:
        name = "=?utf-8?q?x=2C_evil=40evil.example=2C?="
        eml = mail.compose(altered(to=Mailbox("legal@localhost", name)))
        assert mail.envelope(eml)[1] == "legal@localhost"
        read = email.message_from_bytes(eml, policy=email.policy.default)["To"].addresses
        assert [(box.display_name, box.addr_spec) for box in read] == [(name, "legal@localhost")]

    @pytest.mark.req("Z6")
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"Subject: [E-118]", b"Subject: [E-119]"),
            (b"To: ", b"Bcc: x@localhost\r\nTo: "),
            (b"deputy@localhost", b"deputy@evilhost"),
            (b"threat", b"treat!"),
            (b"\r\n\r\n", b"\n\r\n"),
            (b"20:40:00", b"20:41:00"),
        ],
    )
    def test_control_a_changed_message_does_not_pass(self, old: bytes, new: bytes) -> None:
        letter = altered(body="QUESTION\nIs this a threat?\n")
        eml = mail.compose(letter)
        assert old in eml
        mail.check(eml, letter)
        with pytest.raises(MailBroken):
            mail.check(eml.replace(old, new, 1), letter)

    def test_a_long_comment_keeps_to_the_line_limit(self) -> None:
        eml = mail.compose(altered(body="┃ " + "x" * 50_000 + "\n" + "অ" * 20_000))
        assert max(map(len, eml.split(b"\r\n"))) <= 998

    def test_the_raw_file_is_legible(self) -> None:
        """An auditor reads the stored file without a mail program."""
        eml = mail.compose(altered(body="QUESTION\nIs this a threat?\n"))
        assert b"\r\nIs this a threat?\r\n" in eml
        assert unfolded(eml, "To") == '"Legal cell" <legal@localhost>'


class Script:
    """A submission server that follows a plan: verb → reply, "drop" or "hang". Serves one connection."""

    def __init__(self, context: ssl.SSLContext, **plan: str) -> None:
        self.plan = {
            "GREETING": "220 hello", "EHLO": "250-hello\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN", "STARTTLS": "220 go",
            "AUTH": "235 2.7.0 ok", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "END": "250 2.0.0 queued",
            "QUIT": "221 bye", "RSET": "250 ok",
        } | plan  # fmt: skip
        self.context = context
        self.heard: list[bytes] = []
        self.message: bytes | None = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.done.set()
        self.listener.close()
        self.thread.join(10)
        assert not self.thread.is_alive()

    def _serve(self) -> None:
        try:
            conn, _ = self.listener.accept()
        except OSError:
            return
        conn.settimeout(10)
        try:
            self._talk(conn)
        except (OSError, ConnectionError):
            pass
        finally:
            conn.close()

    def _say(self, conn: socket.socket, what: str) -> bool:
        reply = self.plan.get(what, "500 what")
        if reply == "hang":
            self.done.wait(10)
        if reply in ("hang", "drop"):
            return False
        conn.sendall(reply.encode() + b"\r\n")
        return True

    def _talk(self, conn: socket.socket) -> None:
        reader = conn.makefile("rb")
        going = self._say(conn, "GREETING")
        while going and (line := reader.readline()):
            self.heard.append(line)
            verb = line.split()[0].decode().upper()
            address = line.partition(b"<")[2].partition(b">")[0].decode()
            going = self._say(conn, f"{verb} {address}" if f"{verb} {address}" in self.plan else verb)
            if verb == "STARTTLS" and self.plan[verb].startswith("220"):
                conn = self.context.wrap_socket(conn, server_side=True)
                conn.settimeout(10)
                reader = conn.makefile("rb")
            if verb == "DATA" and self.plan[verb].startswith("354"):
                lines = []
                while (line := reader.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b".") else line)
                self.message = b"".join(lines)
                going = self._say(conn, "END")
        conn.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate for the loopback mail server")
    place = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", place / "key.pem", "-out", place / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return place


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    found.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return found


@pytest.fixture
def scripts(context: ssl.SSLContext) -> Iterator[list[Script]]:
    opened: list[Script] = []
    yield opened
    for script in opened:
        script.close()


def server(script: Script, certificate: Path, **changes: object) -> Server:
    plain = Server("127.0.0.1", script.port, "starttls", "desk", str(certificate / "cert.pem"), 5.0)
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


class TestSending:
    """Accepted, certainly not accepted, or unknown: nothing else."""

    @pytest.mark.req("E4", "B5")
    async def test_the_stored_bytes_are_what_arrives(
        self, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        scripts.append(Script(context))
        eml = mail.compose(LETTER)
        receipt = await mail.send(server(scripts[0], certificate), Secret(CANARY), eml)
        assert scripts[0].message == eml
        assert receipt == mail.Receipt("250")
        recipients = [line for line in scripts[0].heard if line.upper().startswith(b"RCPT")]
        assert [line.split(b"<")[1].split(b">")[0] for line in recipients] == [
            b"legal@localhost", b"deputy@localhost", b"second@localhost",
        ]  # fmt: skip

    @pytest.mark.req("E4")
    async def test_a_line_that_is_one_dot_survives(
        self, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        """Dots at the start of a line are doubled on the wire alone; a message of our own would encode them."""
        scripts.append(Script(context))
        eml = mail.compose(LETTER) + b"\r\n.\r\n..two\r\n.\r\n"
        await mail.send(server(scripts[0], certificate), Secret("x"), eml)
        assert scripts[0].message == eml

    @pytest.mark.req("F23")
    @pytest.mark.parametrize(
        ("plan", "transient"),
        [
            ({"GREETING": "554 no"}, False),
            ({"GREETING": "421 busy"}, True),
            ({"GREETING": "drop"}, True),
            ({"EHLO": "250 hello"}, False),
            ({"STARTTLS": "454 not now"}, True),
            ({"AUTH": "535 5.7.8 wrong"}, False),
            ({"AUTH": "454 4.7.0 later"}, True),
            ({"AUTH": "drop"}, True),
            ({"MAIL": "550 5.7.1 no"}, False),
            ({"MAIL": "451 4.3.0 later"}, True),
            ({"RCPT": "550 5.1.1 unknown"}, False),
            ({"RCPT legal@localhost": "550 5.1.1 unknown"}, False),
            ({"RCPT": "drop"}, True),
            ({"DATA": "554 5.7.1 no"}, False),
            ({"DATA": "drop"}, True),
            ({"DATA": "hang"}, True),
            ({"END": "552 5.2.2 full"}, False),
            ({"END": "451 4.3.0 later"}, True),
        ],
    )
    async def test_not_accepted(
        self,
        plan: dict[str, str],
        transient: bool,
        context: ssl.SSLContext,
        certificate: Path,
        scripts: list[Script],
    ) -> None:
        scripts.append(Script(context, **plan))
        limit = 0.3 if "hang" in plan.values() else 5.0
        with pytest.raises(MailRefused) as caught:
            await mail.send(server(scripts[0], certificate, timeout_s=limit), Secret(CANARY), mail.compose(LETTER))
        told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert CANARY not in told
        assert "Traceback" not in caught.value.sentence
        assert caught.value.transient is transient
        assert "nothing was sent" in caught.value.sentence

    @pytest.mark.req("F4", "F23")
    @pytest.mark.parametrize("after", ["drop", "hang", "garbage"])
    async def test_unknown_once_the_whole_message_left(
        self, after: str, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        scripts.append(Script(context, END=after))
        limit = 0.3 if after == "hang" else 5.0
        with pytest.raises(MailUnknown) as caught:
            await mail.send(server(scripts[0], certificate, timeout_s=limit), Secret(CANARY), mail.compose(LETTER))
        assert "not sent again by itself" in caught.value.sentence
        assert scripts[0].message == mail.compose(LETTER), "and indeed it had arrived"

    async def test_a_refused_copy_is_told_and_the_main_recipient_is_served(
        self, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        scripts.append(Script(context, **{"RCPT deputy@localhost": "550 5.1.1 unknown"}))
        receipt = await mail.send(server(scripts[0], certificate), Secret("x"), mail.compose(LETTER))
        assert receipt.refused == ("deputy@localhost",)

    async def test_nothing_is_said_before_the_line_is_secured(
        self, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        """A server that offers no TLS never hears the login, nor one word of the message."""
        scripts.append(Script(context, EHLO="250-hello\r\n250 AUTH PLAIN"))
        with pytest.raises(MailRefused, match="offers no TLS"):
            await mail.send(server(scripts[0], certificate), Secret(CANARY), mail.compose(LETTER))
        assert [line.split()[0] for line in scripts[0].heard] == [b"ehlo"]

    @pytest.mark.parametrize("ca", [True, False])
    async def test_a_server_that_cannot_prove_itself_gets_nothing(
        self, ca: bool, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        scripts.append(Script(context))
        place = str(certificate / "cert.pem") if ca else ""
        sending = mail.send(server(scripts[0], certificate, ca_file=place), Secret(CANARY), mail.compose(LETTER))
        if ca:
            await sending
            return
        with pytest.raises(MailRefused, match="does not prove who it is"):
            await sending
        assert not any(b"AUTH" in line for line in scripts[0].heard)

    @pytest.mark.parametrize("password", [CANARY, "pässwörd অসম"])
    async def test_login_mechanisms(
        self, password: str, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        scripts.append(Script(context, EHLO="250-hello\r\n250-STARTTLS\r\n250 AUTH CRAM-MD5"))
        with pytest.raises(MailRefused, match="no login that this desk knows"):
            await mail.send(server(scripts[0], certificate), Secret(password), mail.compose(LETTER))
        scripts.append(Script(context, EHLO="250-hello\r\n250-STARTTLS\r\n250 AUTH PLAIN"))
        await mail.send(server(scripts[1], certificate), Secret(password), mail.compose(LETTER))
        assert scripts[1].message is not None

    async def test_without_a_password_nothing_is_sent(
        self, context: ssl.SSLContext, certificate: Path, scripts: list[Script]
    ) -> None:
        scripts.append(Script(context))
        with pytest.raises(MailRefused, match="holds no password"):
            await mail.send(server(scripts[0], certificate), None, mail.compose(LETTER))

    async def test_nobody_there(self, certificate: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        gone = Server("127.0.0.1", port, "tls", ca_file=str(certificate / "cert.pem"), timeout_s=5)
        with pytest.raises(MailRefused, match="does not answer") as caught:
            await mail.send(gone, None, mail.compose(LETTER))
        assert caught.value.transient


def test_the_date_keeps_its_zone() -> None:
    eml = mail.compose(altered(date=datetime(2026, 11, 22, 20, 40, 3, 999, tzinfo=UTC)))
    assert unfolded(eml, "Date") == "Sun, 22 Nov 2026 20:40:03 +0000"
