"""Effects: remote acts on their way out, one outbox row each, and the only moves that they can make.

Promise: once a row says `done`, the act is on the platform exactly once. If nobody knows, the row says `uncertain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Op(StrEnum):
    """What is to happen remotely."""

    HIDE = "hide"
    RESTORE = "restore"
    REPLY = "reply"
    MAIL = "mail"


STATE_SETTING = frozenset({Op.HIDE, Op.RESTORE})
"""Operations that set a state: safe to repeat after re-reading. A reply or a mail is never among them."""


class EffectState(StrEnum):
    """Where a remote act stands."""

    HELD = "held"
    """The undo window is open."""
    READY = "ready"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    """Refused before it took effect; will be tried again at `next_try`."""
    UNCERTAIN = "uncertain"
    """Sent, but nobody answered: looked for at `next_try`, never blindly repeated."""
    PARKED = "parked"
    """Waits for a person."""
    CANCELLED = "cancelled"


FINAL = frozenset({EffectState.DONE, EffectState.CANCELLED})

MOVES: dict[EffectState, frozenset[EffectState]] = {
    EffectState.HELD: frozenset({EffectState.READY, EffectState.CANCELLED, EffectState.PARKED}),
    EffectState.READY: frozenset({EffectState.SENDING, EffectState.PARKED, EffectState.CANCELLED}),
    EffectState.SENDING: frozenset({EffectState.DONE, EffectState.FAILED, EffectState.UNCERTAIN, EffectState.PARKED}),
    EffectState.FAILED: frozenset({EffectState.READY, EffectState.PARKED, EffectState.CANCELLED}),
    EffectState.UNCERTAIN: frozenset(
        {EffectState.DONE, EffectState.READY, EffectState.PARKED, EffectState.UNCERTAIN, EffectState.CANCELLED}
    ),
    EffectState.PARKED: frozenset({EffectState.READY, EffectState.DONE, EffectState.CANCELLED}),
    EffectState.DONE: frozenset(),
    EffectState.CANCELLED: frozenset(),
}
"""Every move that an effect can make. `uncertain → ready` is for state-setting operations only; a person alone moves
a parked reply."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One outbox row."""

    id: int
    key: str
    """Idempotency key, minted before the first try."""
    decision_id: int | None
    """None for an escalation's mail, which is no decision."""
    item_id: int
    account_id: int | None
    """None for mail."""
    target: str
    """What it acts on; at most one non-final effect per target."""
    op: Op
    state: EffectState
    window_ms: int
    """Length of the undo window, in milliseconds of time that the desk was up."""
    tries: int = 0
    looks: int = 0
    next_try: datetime | None = None
    """UTC."""
    first_tried: datetime | None = None
    remote_id: str = ""
    reason: str = ""
    """Why it failed, is parked or is unknown: a sentence."""
    batch_id: int | None = None
    """The bulk act that it is part of: it goes after single effects, at the pace that the platform bears."""


def can_move(op: Op, old: EffectState, new: EffectState, *, by_person: bool) -> bool:
    """Whether this effect may make this move.

    A reply or mail whose outcome is unknown is never made ready again without a person.
    """
    if new not in MOVES[old]:
        return False
    if new is EffectState.READY and old is EffectState.UNCERTAIN:
        return op in STATE_SETTING
    if old is EffectState.PARKED:
        return by_person
    return True
