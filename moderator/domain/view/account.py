"""Accounts and platforms as they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccountView:
    """A login record as `account list` shows it. No secret, ever."""

    id: int
    platform: str
    name: str
    url: str
    login_id: str
    status: str
    custodians: tuple[str, ...]
    order_ref: str
    registered_mail: str
    registered_phone: str
    mfa: str
    recovery_location: str
    secrets: tuple[dict[str, str], ...]
    """slot, fingerprint, set_by, set_at: never the value."""
    rotated_at: datetime | None
    retired_at: datetime | None
    settings: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Slots of the keyring that the platform needs filled; empty where it needs no secret."""


@dataclass(frozen=True, slots=True)
class PlatformView:
    """A platform that this desk can work with, as whoever opens an account on it must know it."""

    name: str
    """As an account's record names it."""
    title: str
    needs: tuple[str, ...]
    """Slots of the keyring that must be filled."""
    needs_url: bool
    tested: str
    """live, contract or synthetic."""
    hide_means: str


@dataclass(frozen=True, slots=True)
class Tested:
    """What `account test` found, one line for each check."""

    ok: bool
    lines: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of an import. What was taken in is saved, whatever became of the others."""

    sentence: str
    taken: int
    known: int
    """Lines whose comment the desk had already."""
    refused: int
    refused_lines: tuple[str, ...]
    """A sentence for each refused line, with its number; the first fifty."""
    account_id: int = 0
