"""The message itself: composed once, parsed back, and compared field by field before it counts as the record.

Headers hold the desk's own words and a reference number only; what a citizen wrote stands in the body and in the
attached evidence. Non-ASCII words are encoded by RFC 2047 so that no reader loses a space between them.
"""

from __future__ import annotations

import base64
import binascii
import email
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from typing import Final, cast

from moderator.domain.wording import words

ATTACHMENT: Final = "evidence.json"
_WIDTH: Final = 76
_LONGEST_LINE: Final = 998
"""RFC 5322, section 2.1.1, without the line end."""
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)
_HEADERS: Final = frozenset(
    {"Date", "From", "To", "Cc", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
)


class MailBroken(ValueError):
    """These values cannot be put into a message that reads back as they are; the text says which."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message is to say, before it is bytes."""

    sender: Mailbox
    to: Mailbox
    subject: str
    """The desk's own words and a reference number; never a citizen's words."""
    date: datetime
    """With its time zone; whole seconds count."""
    message_id: str
    """With its angle brackets: unguessable, and the same for ever."""
    body: str
    """Lines end with \\n."""
    evidence: bytes
    """JSON, attached as it is."""
    cc: tuple[Mailbox, ...] = ()
    reply_to: str = ""


def valid_address(address: str) -> bool:
    """Whether this is a plain mail address, in ASCII, that can stand in a header and in an envelope."""
    local = address.partition("@")[0]
    return len(address) <= 254 and len(local) <= 64 and _ADDRESS.fullmatch(address) is not None


def compose(letter: Letter) -> bytes:
    """The exact bytes of the message. Raises `MailBroken` where a value cannot stand in one, or reads back changed."""
    for box in (letter.sender, letter.to, *letter.cc):
        _refuse_unfit(box.address, box.name)
    headers = [("Date", format_datetime(letter.date)), ("From", _mailbox("From", letter.sender))]
    headers.append(("To", _mailbox("To", letter.to)))
    if letter.cc:
        headers.append(("Cc", ",\r\n ".join(_mailbox("Cc", box) for box in letter.cc)))
    if letter.reply_to:
        _refuse_unfit(letter.reply_to, "")
        headers.append(("Reply-To", letter.reply_to))
    boundary = f"=_{binascii.crc32(letter.message_id.encode()):08x}_part"
    headers += [
        ("Subject", _words("Subject", letter.subject)),
        ("Message-ID", letter.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/mixed;\r\n boundary="{boundary}"'),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii", "strict")
    parts = b"".join(
        b"--" + boundary.encode() + b"\r\n" + part for part in (_text_part(letter.body), _json_part(letter.evidence))
    )
    eml = lines + b"\r\n" + parts + b"--" + boundary.encode() + b"--\r\n"
    check(eml, letter)
    return eml


def check(eml: bytes, letter: Letter) -> None:
    """Parse the bytes back and compare headers, body and evidence. Raises `MailBroken` for any difference."""
    _check_lines(eml)
    read = _parsed(eml)
    names = read.keys()
    if len(names) != len(set(names)) or not set(names) <= _HEADERS:
        raise MailBroken(words("The message has a header that nobody asked for."))
    boxes = (("From", (letter.sender,)), ("To", (letter.to,)), ("Cc", letter.cc))
    same = {
        **{name: _boxes(read, name) == [(box.name, box.address) for box in wanted] for name, wanted in boxes},
        "Reply-To": str(read["Reply-To"] or "") == letter.reply_to,
        "Subject": str(read["Subject"]) == letter.subject,
        "Message-ID": str(read["Message-ID"]) == letter.message_id,
        "Date": read["Date"].datetime == letter.date.replace(microsecond=0),
        "body": _body(read) == _ends(letter.body),
        "evidence": _evidence(read) == letter.evidence,
    }
    changed = [name for name, equal in same.items() if not equal]
    if changed:
        raise MailBroken(words("The message would not read back as written: {changed}.", changed=", ".join(changed)))


def envelope(eml: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Sender, main recipient and copies of a message that `compose` made, as addresses."""
    read = _parsed(eml)
    sender, to = _boxes(read, "From")[0][1], _boxes(read, "To")[0][1]
    return sender, to, tuple(address for _, address in _boxes(read, "Cc"))


def _refuse_unfit(address: str, name: str) -> None:
    if not valid_address(address):
        raise MailBroken(words("“{shown}” is not a mail address that can be used.", shown=_shown(address)))
    if not name.isprintable() or name != " ".join(name.split()):
        raise MailBroken(words("The name of {address} must be one line of printable words.", address=address))


def _shown(text: str) -> str:
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text[:80])


def _mailbox(header: str, box: Mailbox) -> str:
    if not box.name:
        return box.address
    if _plain(box.name):
        quoted = box.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{box.address}>'
    return f"{_encoded(header, box.name)}\r\n <{box.address}>"


def _words(header: str, text: str) -> str:
    if not text.isprintable() or text != " ".join(text.split()):
        raise MailBroken(words("The {header} must be one line of printable words.", header=header.lower()))
    return text if _plain(text) and len(text) < 900 else _encoded(header, text)


def _plain(text: str) -> bool:
    """Whether a text may stand in a header as it is. Whatever looks like an encoded word must itself be encoded."""
    return text.isascii() and "=?" not in text


def _encoded(header: str, text: str) -> str:
    """RFC 2047, each encoded word whole in itself: no reader can lose the space between two of them."""
    return Header(text, "utf-8", maxlinelen=_WIDTH, header_name=header).encode(linesep="\r\n")


def _text_part(body: str) -> bytes:
    """The body, legible in the raw file where it is mostly ASCII."""
    data = _ends(body).encode()
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
    if 4 * sum(byte > 127 for byte in data) > len(data):
        return head + b"base64\r\n\r\n" + _base64_lines(data.replace(b"\n", b"\r\n")) + b"\r\n"
    quoted = binascii.b2a_qp(data, istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return head + b"quoted-printable\r\n\r\n" + quoted + b"\r\n"


def _json_part(evidence: bytes) -> bytes:
    head = (
        b"Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="' + ATTACHMENT.encode() + b'"\r\n\r\n'
    )
    return head + _base64_lines(evidence) + b"\r\n"


def _base64_lines(data: bytes) -> bytes:
    return base64.encodebytes(data).rstrip(b"\n").replace(b"\n", b"\r\n")


def _ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _check_lines(eml: bytes) -> None:
    if not eml.isascii() or b"\0" in eml:
        raise MailBroken(words("The message holds bytes that no mail server is bound to pass on."))
    if eml.replace(b"\r\n", b"").count(b"\r") or eml.count(b"\n") != eml.count(b"\r\n"):
        raise MailBroken(words("The message holds a line end that is not one."))
    if max(map(len, eml.split(b"\r\n"))) > _LONGEST_LINE:
        raise MailBroken(words("The message holds a line that is too long."))


def _parsed(eml: bytes) -> EmailMessage:
    return email.message_from_bytes(eml, policy=SMTP)


def _boxes(read: EmailMessage, header: str) -> list[tuple[str, str]]:
    """(name, address) of each mailbox in a header, where two independent readers agree on it.

    The newer reader of this Python puts spaces between adjacent encoded words of a name, against RFC 2047 section 6.2:
    for names, the older one is believed, and they must agree on all but spaces.
    """
    if header not in read:
        return []
    new = [(box.display_name, box.addr_spec) for box in read[header].addresses]
    raw = next(value for name, value in read.raw_items() if name == header)
    unfolded = "".join(str(raw).splitlines())
    old = [(str(make_header(decode_header(name))), address) for name, address in getaddresses([unfolded])]
    if read[header].defects or _spaceless(new) != _spaceless(old):
        raise MailBroken(words("The header {header} can be read in two ways.", header=header))
    return old


def _spaceless(boxes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("".join(name.split()), address) for name, address in boxes]


def _body(read: EmailMessage) -> str:
    parts = list(read.iter_parts())
    if len(parts) != 2 or parts[0].get_content_type() != "text/plain":
        return ""
    return _ends(str(parts[0].get_content()))


def _evidence(read: EmailMessage) -> bytes:
    parts = list(read.iter_attachments())
    if len(parts) != 1 or parts[0].get_filename() != ATTACHMENT:
        return b""
    return cast(bytes, parts[0].get_content())
