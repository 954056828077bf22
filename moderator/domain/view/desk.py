"""The desk as it is shown: who is asking, how it stands, what an act came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderator.domain.view.flight import DraftView, EffectView


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
    oldest: datetime | None = None
    """When the oldest open comment came in; None where nothing is open."""


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
