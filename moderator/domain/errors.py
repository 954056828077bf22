"""Refusals: every way in which the desk says no, as a code for programs and a sentence for the duty officer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from moderator.domain.wording import joined


class Code(StrEnum):
    """Why the desk refused. The value is what the wire carries and scripts test."""

    BAD = "bad"
    """The request itself is wrong: a field is missing, unknown or out of range."""
    NOT_ALLOWED = "not_allowed"
    """This person, role or account mode may not do this."""
    NEEDS_SECOND = "needs_second"
    """The act needs a second person; it was not done."""
    NOT_FOUND = "not_found"
    TAKEN = "taken"
    """Another officer holds the item."""
    CHANGED = "changed"
    """The comment was edited, or the item moved on, since it was read. `facts` hold what is different."""
    TOO_LATE = "too_late"
    """The undo came after the effect had left."""
    WRONG_STATE = "wrong_state"
    """The item is not in a state from which this act is possible."""
    CONDUCT = "conduct"
    """The reply breaks a hard rule of conduct."""
    NO_SESSION = "no_session"
    """The act came without a living session."""
    LIMITED = "limited"
    """Too many requests, connections, streams or leases of one person."""
    BUSY = "busy"
    """The store could not take the write in time; nothing was saved."""
    FULL = "full"
    """No space is left on the disk; nothing was saved."""
    DAMAGED = "damaged"
    """The database is damaged; the desk is read-only."""
    VAULT = "vault"
    """The keyring is missing, locked or refused."""
    VERSION = "version"
    """The client speaks another version of the interface."""
    DOWN = "down"
    """The desk, or the platform that this act needs, does not answer."""
    FOREIGN = "foreign"
    """The request looks like a browser's, or the desk is not the one that the configuration names."""
    INTERNAL = "internal"
    """A fault of the desk's own. `facts` hold the number of its report; the log holds the rest."""


@dataclass(slots=True)
class Refused(Exception):
    """The desk did not do it.

    `sentence` says what, `cure` says what to do next; both are plain text ready for a screen.
    `facts` are for programs and for showing a difference: only strings, numbers, lists and dicts of these.
    """

    code: Code
    sentence: str
    cure: str = ""
    facts: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return joined((self.sentence, self.cure))
