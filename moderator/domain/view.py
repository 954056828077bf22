"""What the desk shows: the answers of the interface. Plain data; every text in it is already clean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from moderator.domain.effect import EffectState, Op
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.policy import Asks, Finding, Opinion

API = 1
"""Version of the interface; the path prefix is /v1. A client of another version is told so."""


class View(StrEnum):
    """The saved views, in the order of their keys 1–9."""

    MINE = "mine"
    NEW = "new"
    DUE = "due"
    BACK = "back"
    ESCALATED = "escalated"
    REVIEW = "review"
    IN_FLIGHT = "in_flight"
    ALL = "all"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    id: int
    key: str
    """Opaque keyset cursor: pages go on after it."""
    state: State
    lane: Lane
    account: str
    author: str
    text: str
    """The start of the clean text, on one line, unmasked; `masks` says what to cover."""
    masks: tuple[tuple[int, int], ...]
    """Spans of `text` to mask until revealed."""
    category: str
    """The strongest finding's category, or "" for none."""
    clause: str
    opinion: Opinion
    asks: Asks
    protected: bool
    language: str
    due: datetime | None
    arrived: datetime
    cause: Cause
    owner: str
    """Unix name of whoever holds it, or ""."""
    mine: bool
    version: int
    comment_version: int
    visibility: Visibility
    disposition: Disposition
    copies: int = 1
    snoozed_until: datetime | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a view. `after` is the key to ask for the next one with, "" at the end."""

    rows: tuple[Row, ...]
    after: str
    total: int
    """How many the view holds, counted up to `capped_at`."""
    capped_at: int
    head: int
    """Number of the newest trail event when this was read."""


@dataclass(frozen=True, slots=True)
class EffectView:
    """One remote act as the screen tells it."""

    id: int
    decision_id: int
    """0 for an escalation's mail."""
    item_id: int
    account: str
    op: Op
    state: EffectState
    label: str
    """What it is, in words: "hide wp consult Bipul"."""
    left_ms: int
    """What is left of the undo window; 0 when it is not held."""
    tries: int
    next_try: datetime | None
    reason: str
    remote_id: str
    person: str
    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """One voice around the comment."""

    author: str
    text: str
    at: datetime | None
    ours: bool
    target: bool
    """True for the comment that this item is about."""
    depth: int


@dataclass(frozen=True, slots=True)
class VersionView:
    """The comment as it stood at one moment."""

    n: int
    text: str
    author: str
    captured_at: datetime
    edited_at: datetime | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """What somebody has typed about this item."""

    item_id: int
    person: str
    mine: bool
    text: str
    caret: int
    saved_at: datetime
    why: str
    """"", "line dropped" or "lost the race"."""


@dataclass(frozen=True, slots=True)
class NoteView:
    """A private remark."""

    person: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TrailView:
    """One event of the trail, without anything that is not on it."""

    seq: int
    at: str
    kind: str
    person: str
    item: int
    facts: dict[str, str | int | None]
    hash: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """The decision of record."""

    id: int
    disposition: Disposition
    clause: str
    quote: str
    """The words that it rests on."""
    reason: str
    person: str
    second: str
    at: datetime
    policy_version: str
    seen_version: int
    seen_masked: bool
    review_on: str
    undone: bool
    undoable: bool
    """Whether z would still work now."""
    reply: str = ""
    proposed: bool = False
    """True while it waits for a second person, who sees here what they would approve."""


@dataclass(frozen=True, slots=True)
class EscalationView:
    """One step up the ladder."""

    id: int
    ref: str
    level: int
    office: str
    to: str
    question: str
    state: str
    """queued, sending, sent, failed, unknown: waits for a person."""
    sent_at: datetime | None
    due_at: datetime | None
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order or request on this item."""

    id: int
    kind: str
    authority: str
    officer: str
    received_at: datetime
    due_at: datetime | None
    actionable: bool
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Powers:
    """What this account can do and what hiding means there, for the screen to say."""

    hide: bool
    restore: bool
    reply: bool
    hide_means: str
    """A sentence: who still sees it."""
    author_told: bool
    reply_limit: int
    tested: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One item, whole."""

    row: Row
    text: str
    """The full clean text of the newest version."""
    findings: tuple[Finding, ...]
    protected_span: tuple[int, int] | None
    policy_version: str
    post_title: str
    post_text: str
    post_url: str
    permalink: str
    thread: tuple[ThreadEntry, ...]
    versions: tuple[VersionView, ...]
    drafts: tuple[DraftView, ...]
    notes: tuple[NoteView, ...]
    trail: tuple[TrailView, ...]
    effects: tuple[EffectView, ...]
    decisions: tuple[DecisionView, ...]
    escalations: tuple[EscalationView, ...]
    orders: tuple[OrderView, ...]
    looking: tuple[str, ...]
    """Unix names of everybody who has it open."""
    author_earlier: int
    author_earlier_hidden: int
    powers: Powers
    media: tuple[str, ...]
    """Alt texts and defanged addresses."""
    lease_left_ms: int
    why: str
    """Why it is here, in a sentence."""
    author_rows: tuple[Row, ...] = ()
    """What this author wrote on our pages besides, as rows of the queue: the newest few, newest first."""
    dropped_draft: bool = False
    """Whether the reader dropped a draft on this item that can be brought back."""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How one account's line to its platform stands."""

    id: int
    name: str
    platform: str
    status: str
    up: bool
    since: datetime | None
    """Since when it is down, or up."""
    last_ok: datetime | None
    next_poll: datetime | None
    sentence: str
    """What is wrong and what happens next; "" where nothing is."""
    tested: str


@dataclass(frozen=True, slots=True)
class Status:
    """The desk at a glance: what every screen's frame shows."""

    desk: str
    version: str
    practice: bool
    private: bool
    policy_version: str
    person: str
    roles: tuple[str, ...]
    on_duty: tuple[str, ...]
    counts: dict[str, int]
    """View name → number of items, counted up to the cap."""
    urgent: tuple[int, ...]
    """Open items of the urgent lanes that nobody has opened."""
    accounts: tuple[AccountHealth, ...]
    effects: tuple[EffectView, ...]
    """Everything in flight, parked or unknown."""
    drafts: tuple[DraftView, ...]
    """This person's own drafts."""
    read_only: str
    """Why nothing can be saved, or ""."""
    notices: tuple[str, ...]
    """Sentences to show as banners: keyring, mail, disk."""
    now: datetime


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause as the hide menu shows it."""

    id: str
    digit: int
    category: str
    title: str
    public: str
    hideable: bool
    legal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The policy in force."""

    id: str
    version: str
    digest: str
    clauses: tuple[ClauseView, ...]
    helpline: str
    """The approved helpline reply."""
    appeal: str


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to an act. Once a client has it, it is saved."""

    sentence: str
    item_id: int = 0
    decision_id: int = 0
    effects: tuple[int, ...] = ()
    window_ms: int = 0
    """How long z still works; 0 for no window, -1 for any time."""
    state: str = ""
    version: int = 0
    seq: int = 0
    """The trail event that records it."""
    row_id: int = 0
    """Id of whatever else was made: an account, an order, an escalation."""


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


@dataclass(frozen=True, slots=True)
class Hello:
    """First event of a stream: who you are, and the token that goes with each act."""

    token: str
    api: int
    version: str
    desk: str
    instance: str
    person: str
    person_id: int
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    practice: bool
    private: bool
    lease_s: float
    renew_s: float
    idle_s: float
    draft_ms: int
    resumed: tuple[int, ...] = ()
    """Items that were yours when the line dropped, still free: offered back first."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Stream event "queue": something moved. Fetch what you show."""

    seq: int
    new: int
    """Comments taken in since the last such event."""
    ids: tuple[int, ...]
    """Items that changed, at most 200."""
    urgent: tuple[int, ...]
    """Unopened urgent items, all of them."""
    at_ms: int
    """Server's monotonic milliseconds at the commit, for measuring."""


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
