"""The login record of an official account. The secret itself is never here: only where it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Where an account stands in its life."""

    PLANNED = "planned"
    ACTIVE = "active"
    FROZEN = "frozen"
    COMPROMISED = "compromised"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept, and a keyed fingerprint that proves rotation without the value."""

    slot: str
    service: str
    user: str
    fingerprint: str
    set_by: int
    set_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One official account and its login record."""

    id: int
    platform: str
    """wordpress, import or practice."""
    name: str
    """The short name in the queue's account column, unique: "wp consult"."""
    url: str
    login_id: str
    status: Status
    registered_mail: str = ""
    """Masked."""
    registered_phone: str = ""
    """Masked."""
    custodians: tuple[str, ...] = ()
    """One or two Unix names."""
    order_ref: str = ""
    """The order that authorised it, with its date."""
    mfa: str = ""
    recovery_location: str = ""
    approved_by: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    """Connector settings that are not secret, such as "since"."""
    secrets: tuple[SecretRef, ...] = ()
    rotated_at: datetime | None = None
    retired_at: datetime | None = None
    retired_why: str = ""
