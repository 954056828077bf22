"""What a client may ask of the desk: the bodies of the interface, one dataclass for each act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from moderator.domain.order import OrderKind
from moderator.domain.person import Role


class ReasonCode(StrEnum):
    """Why something is handed up."""

    VERIFY = "verify"
    CONTENTIOUS = "contentious"
    LEGAL = "legal"
    SAFETY = "safety"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Nothing:
    """An act that needs no more than its item."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Take an item from whoever holds it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep an item beyond the ordinary lease."""

    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave it public: read, nothing needs doing."""

    seen_version: int
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Hide:
    """Hide it on a clause of the published policy (or an actionable order)."""

    seen_version: int
    clause: str
    masked: bool = False
    start: int | None = None
    end: int | None = None
    reason: str = ""
    """One line; empty takes the clause's title."""
    only_criticism: bool = False
    """The officer's own answer: this is only criticism of government or an official. True refuses the hide."""
    order_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer in public, as the agency."""

    seen_version: int
    text: str
    masked: bool = False
    disclaimer: bool = False
    helpline: bool = False
    """The approved helpline answer: a shorter window."""
    hide_clause: str = ""
    """Hide as well, after the reply is out."""
    lift: str = ""
    """Why a second person should lift a hard rule that the text breaks; empty where none is to be lifted."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """Hand it up the ladder; the mail is the record."""

    seen_version: int
    question: str
    reason: ReasonCode = ReasonCode.CONTENTIOUS
    level: int = 0
    """0 for the next level above the item's own."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Put it aside until a moment; its clocks go on."""

    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A private remark on the item; changes nothing else."""

    text: str


@dataclass(frozen=True, slots=True)
class ReceivedOrder:
    """An order or a request that has come in."""

    kind: OrderKind
    received_at: datetime
    authority: str = ""
    officer: str = ""
    rank: str = ""
    statute: str = ""
    reference: str = ""
    reason: str = ""
    urls: tuple[str, ...] = ()
    words: str = ""
    caller: str = ""
    due_at: datetime | None = None
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Because:
    """An act that needs a reason: reverse, reopen, send back, freeze."""

    reason: str


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """What the officer has typed so far."""

    text: str
    caret: int = 0
    """Code points from the start."""


@dataclass(frozen=True, slots=True)
class CheckConduct:
    """Ask the conduct check about a draft."""

    item_id: int
    text: str
    disclaimer: bool = False


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


class Order(StrEnum):
    """In which order a view is shown."""

    PRIORITY = "priority"
    """Lane, then due time: the desk's own order."""
    DUE = "due"
    AGE = "age"
    """Oldest first."""
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Seen:
    """An item as the officer saw it when it was marked."""

    item_id: int
    version: int
    """The comment's version."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One decision about many items. `act` is "leave" or "hide"."""

    act: str
    items: tuple[Seen, ...]
    clause: str = ""
    """For hiding."""
    masked: bool = False
    """Whether the texts were seen with masked words."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """Give an item to a colleague on duty, by Unix name."""

    person: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gloss:
    """What a comment says, in words that the others can read; by somebody who reads its language."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class MediaSeen:
    """The officer opened the picture or heard the voice elsewhere, and says in a line what it shows."""

    text: str
