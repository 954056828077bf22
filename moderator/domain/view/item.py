"""One item as it is shown, with everything around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderator.domain.effect import EffectState, Op
from moderator.domain.item import Disposition
from moderator.domain.policy import Finding
from moderator.domain.view.queue import Row


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
