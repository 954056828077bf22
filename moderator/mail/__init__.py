"""Escalation mail: the exact bytes of the message, and the one way in which they leave.


The message is the record. It is composed once (`letter`), stored, and sent byte for byte as stored (`submission`).
"""

from moderator.mail.letter import ATTACHMENT, Letter, Mailbox, MailBroken, check, compose, envelope, valid_address
from moderator.mail.submission import MailRefused, MailUnknown, Receipt, Server, send

__all__ = [
    "ATTACHMENT",
    "Letter",
    "MailBroken",
    "MailRefused",
    "MailUnknown",
    "Mailbox",
    "Receipt",
    "Server",
    "check",
    "compose",
    "envelope",
    "send",
    "valid_address",
]
