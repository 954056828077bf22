"""People and what they may do. A person is uid + name + activation, so that a recycled uid inherits nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on the roster for."""

    MODERATOR = "moderator"
    LEAD = "lead"
    CUSTODIAN = "custodian"
    SPOC = "spoc"
    RECORDS = "records"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One kind of act. Every use case of the desk names the one that it needs."""

    READ = "read"
    DECIDE = "decide"
    """Claim, leave, hide, snooze, note, draft, undo one's own."""
    REPLY = "reply"
    ESCALATE = "escalate"
    APPROVE = "approve"
    """Be the second person."""
    SUPERVISE = "supervise"
    """Take over, undo and reverse for others, roster."""
    ACCOUNTS = "accounts"
    """Set and rotate secrets, change the login record."""
    ACTIVATE = "activate"
    """Bring an account into service."""
    FREEZE = "freeze"
    TRAIL = "trail"
    IMPORT = "import"


_OFFICER = frozenset(
    {Permission.READ, Permission.DECIDE, Permission.REPLY, Permission.ESCALATE, Permission.FREEZE, Permission.TRAIL}
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MODERATOR: _OFFICER,
    Role.LEAD: _OFFICER | {Permission.APPROVE, Permission.SUPERVISE, Permission.ACTIVATE, Permission.IMPORT},
    Role.CUSTODIAN: frozenset({Permission.READ, Permission.ACCOUNTS, Permission.FREEZE, Permission.IMPORT}),
    Role.SPOC: frozenset({Permission.READ, Permission.APPROVE, Permission.TRAIL}),
    Role.RECORDS: frozenset({Permission.READ, Permission.TRAIL}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.TRAIL}),
}
"""The one table of who may do what."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roster."""

    id: int
    uid: int
    name: str
    """The Unix name."""
    activation: int
    """Counts how often this uid + name was put on the roster; a leaver who returns is a new activation."""
    roles: frozenset[Role]
    designation: str = ""
    """The designated name that replies carry, such as "R. Das"."""
    role_title: str = ""
    """The role that replies carry, such as "Junior Moderator, DIPR Assam"."""
    role_only: bool = False
    """True where the lead recorded a safety reason: replies carry the role without the name."""
    languages: tuple[str, ...] = ()
    active: bool = True

    def may(self, permission: Permission) -> bool:
        """True where any of the roles grants this."""
        return self.active and any(permission in GRANTS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where. Made by the service from the kernel's credentials, never from what a client says."""

    person: Person
    session: str = ""
    """The session's public id; empty for a read without a stream."""
    alone: bool = False
    """True on a private desk: acts that need two people are refused with that reason."""
