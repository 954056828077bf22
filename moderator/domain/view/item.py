"""One item as it is shown, with everything around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderator.domain.item import Disposition
from moderator.domain.policy import Finding
from moderator.domain.view.flight import DraftView, EffectView
from moderator.domain.view.queue import Row


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
    masks: tuple[tuple[int, int], ...] = ()
    """Spans of `text` to cover until revealed, as the engine judged them when they came in."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """The comment as it stood at one moment."""

    n: int
    text: str
    author: str
    captured_at: datetime
    edited_at: datetime | None
    flags: tuple[str, ...]
    masks: tuple[tuple[int, int], ...] = ()
    """Spans of `text` to cover until revealed."""


@dataclass(frozen=True, slots=True)
class GlossView:
    """What a comment says, in the words of somebody who reads its language."""

    person: str
    text: str
    language: str
    version: int
    """The comment's version that it speaks of."""
    at: datetime


@dataclass(frozen=True, slots=True)
class MediaView:
    """A picture, voice or link that can be opened elsewhere, never here."""

    kind: str
    """picture, voice, link … as the platform names it; "comment" for the comment itself."""
    alt: str
    url: str
    """Defanged."""
    code: str
    """What to type elsewhere to get the true address: `moderator item media CODE`."""


@dataclass(frozen=True, slots=True)
class MediaSeenView:
    """What somebody saw or heard who opened the picture or voice elsewhere."""

    person: str
    text: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """Where a picture, voice or comment truly is. Given out on purpose, and recorded."""

    item_id: int
    kind: str
    alt: str
    url: str


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
    masks: tuple[tuple[int, int], ...] = ()
    """Spans of `quote` to cover until revealed."""


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
    links: tuple[MediaView, ...] = ()
    """The comment itself and its pictures and voices, each with the code to open it elsewhere."""
    media_seen: MediaSeenView | None = None
    """Who opened the picture or voice elsewhere, for the newest version."""
    reader_wanted: str = ""
    """Code of the language for which a reader is wanted, or ""."""
    glosses: tuple[GlossView, ...] = ()
    """Oldest first."""
    needs_gloss: bool = False
    """Whether hiding waits for a gloss: somebody could not read it, and nobody who can has said what it says."""
