"""What is asked of the desk: effects, accounts, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from moderator.domain.person import Role


@dataclass(frozen=True, slots=True)
class Because:
    """An act that needs a reason: reverse, reopen, send back, freeze."""

    reason: str


class Settling(StrEnum):
    """What a person says about a parked effect."""

    RESEND = "resend"
    WAS_SENT = "was_sent"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class SettleEffect:
    """A person's word on an effect that nobody could settle by looking."""

    how: Settling
    reason: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Open a login record."""

    platform: str
    name: str
    url: str = ""
    login_id: str = ""
    registered_mail: str = ""
    registered_phone: str = ""
    custodians: tuple[str, ...] = ()
    order_ref: str = ""
    mfa: str = ""
    recovery_location: str = ""
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetSecret:
    """Put a secret into the keyring. Travels over the Unix socket once; no answer ever contains it."""

    slot: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Put somebody on the roster."""

    name: str
    """The Unix name."""
    roles: frozenset[Role]
    designation: str = ""
    role_title: str = ""
    role_only: bool = False
    languages: tuple[str, ...] = ()
