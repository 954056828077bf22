"""What every platform is to the desk: one Protocol, one tree of errors.

    PlatformError
    ├── AuthExpired        the credential lapsed and can be renewed
    ├── AuthRevoked        the credential is refused for good: the account pauses
    ├── Forbidden          a scope or role is missing
    ├── NotFound           gone remotely
    ├── Conflict           the remote revision is not the expected one
    ├── Duplicate          the platform already holds this very thing (`existing`)
    ├── Invalid            a field or limit was broken
    ├── RateLimited        try again at `retry_at`
    ├── Unsupported        this platform cannot do this
    ├── Transient          network or 5xx; `unknown_outcome` says whether a write may have happened
    ├── Outage             the platform is down for reading
    └── BadPayload         an answer that the connector does not understand; kept raw

A connector uses httpx only: no database, no policy. Errors map by the platform's own code, not by HTTP status alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from moderator.domain.comment import RemoteComment, RemoteState
from moderator.domain.effect import Op


class HideScope(StrEnum):
    """Who still sees a hidden comment."""

    FULLY = "fully"
    """Nobody but the site's own staff."""
    AUTHOR_STILL_SEES = "author_still_sees"
    BEHIND_CLICK = "behind_click"
    NONE = "none"
    """This platform cannot hide."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this account can do on its platform, and within which limits."""

    hide: bool = False
    restore: bool = False
    reply: bool = False
    context: bool = False
    hide_scope: HideScope = HideScope.NONE
    author_told: bool = False
    """Whether the platform itself tells the author of a hide."""
    reply_limit: int = 0
    """In `reply_unit`; 0 for no limit known."""
    reply_unit: str = "graphemes"
    """graphemes, codepoints or utf8_bytes."""
    reply_requires_visible: bool = False
    acts_per_minute: int = 0
    """How many acts a minute the platform takes from us; 0 where no limit is known."""
    tested: str = "live"
    """live, contract or synthetic: shown to the user."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the credential speaks for, as the platform itself says."""

    remote_id: str
    """The authenticated author id: what our own replies are matched by."""
    name: str
    roles: tuple[str, ...] = ()
    credential: dict[str, str] = field(default_factory=dict)
    """What the platform tells of the credential itself: name, created, last used. Never the value."""
    capabilities: Capabilities = field(default_factory=Capabilities)


@dataclass(frozen=True, slots=True)
class Page:
    """One fetch. The desk saves `cursor` in the same transaction as the comments."""

    comments: tuple[RemoteComment, ...]
    cursor: str
    """Opaque JSON; give it back next time."""
    more: bool = False
    """True where another fetch would at once bring more."""
    complete: bool = True
    """False where comments may be missing between the last cursor and this page; `gap` says why."""
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """What `refresh` saw of one comment."""

    remote_id: str
    state: RemoteState
    comment: RemoteComment | None = None
    """None where it is gone."""


@dataclass(frozen=True, slots=True)
class Action:
    """A remote act with everything needed to repeat or to look for it identically."""

    op: Op
    remote_id: str
    """The comment that it acts on."""
    key: str
    """Idempotency key."""
    post_remote_id: str = ""
    text: str = ""
    first_tried: datetime | None = None
    """When the first try went out; looks accept nothing older."""


class Verb(StrEnum):
    """How an act ended, as far as is known."""

    DONE = "done"
    ALREADY = "already"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an act that did not raise. `UNKNOWN` is never retried blindly."""

    verb: Verb
    remote_id: str = ""
    """The id of what was made (a reply), where something was."""
    state: RemoteState = RemoteState.UNKNOWN
    """The target's state as the platform reported it afterwards."""
    evidence: str = ""


class Connector(Protocol):
    """One account on one platform. All methods are async, raise `PlatformError` only, and may be called again."""

    capabilities: Capabilities

    async def probe(self) -> Identity:
        """Who we are there. Uses an endpoint that asks for authentication."""

    async def fetch(self, cursor: str, budget: int = 100) -> Page:
        """Comments since the cursor ("" for the first time), at least once each. Overlap is the connector's job."""

    async def refresh(self, remote_ids: Sequence[str]) -> Sequence[Observed]:
        """How these comments stand now: edits, remote deletions, what others did natively."""

    async def context(self, remote_id: str) -> Sequence[RemoteComment]:
        """The thread around a comment, oldest first, without the comment itself."""

    async def act(self, action: Action) -> Outcome:
        """Do it once. A write whose answer is lost is `UNKNOWN`, or `Transient(unknown_outcome=True)`."""

    async def look(self, action: Action, taken: frozenset[str]) -> Outcome:
        """Whether an earlier try took effect, by reading only.

        For a reply: the newest own comment (authenticated author id) under the target with equal text, made no earlier
        than the first try, whose id is not in `taken`. `UNKNOWN` where nothing is found.
        """

    def stream(self, cursor: str) -> AsyncIterator[None] | None:
        """A mere wake-up where the platform has one; None otherwise. `fetch` remains the truth."""

    async def aclose(self) -> None:
        """Let go of connections."""


class PlatformError(Exception):
    """Something that a platform answered, or did not. The text is a sentence without secrets or raw platform text."""


class AuthExpired(PlatformError):
    """The credential lapsed and can be renewed."""


class AuthRevoked(PlatformError):
    """The credential is refused."""


class Forbidden(PlatformError):
    """A scope or role is missing."""


class NotFound(PlatformError):
    """It is gone remotely."""


class Conflict(PlatformError):
    """The remote revision is not the expected one."""


class Duplicate(PlatformError):
    """The platform already holds this very thing."""

    def __init__(self, sentence: str, existing: str = "") -> None:
        super().__init__(sentence)
        self.existing = existing


class Invalid(PlatformError):
    """A field or limit was broken; trying again cannot help."""


class RateLimited(PlatformError):
    """Too many calls."""

    def __init__(self, sentence: str, retry_at: datetime) -> None:
        super().__init__(sentence)
        self.retry_at = retry_at


class Unsupported(PlatformError):
    """This platform cannot do this."""


class Transient(PlatformError):
    """The network, or the platform's own fault."""

    def __init__(self, sentence: str, *, unknown_outcome: bool) -> None:
        super().__init__(sentence)
        self.unknown_outcome = unknown_outcome


class Outage(PlatformError):
    """The platform is down for reading."""


class BadPayload(PlatformError):
    """An answer that the connector does not understand."""

    def __init__(self, sentence: str, raw: str = "") -> None:
        super().__init__(sentence)
        self.raw = raw
