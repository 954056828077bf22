"""Taking effects back that have not left: by undo, by a newer decision, or because the comment is gone."""

from __future__ import annotations

from moderator.desk.moving import move
from moderator.desk.room import Room
from moderator.domain.effect import Effect, EffectState
from moderator.domain.person import Actor
from moderator.domain.wording import words
from moderator.store import outbox

_WAITING = frozenset({EffectState.HELD, EffectState.READY, EffectState.FAILED})


def can_be_taken_back(effect: Effect) -> bool:
    """Whether nothing of this effect can be on the platform: it waits, was refused outright, or never left."""
    if effect.state in _WAITING:
        return True
    return effect.state is EffectState.PARKED and effect.first_tried is None


def cancel(room: Room, actor: Actor | None, effect: Effect, reason: str) -> None:
    """Cancel one effect that has not left."""
    move(room, effect, EffectState.CANCELLED, actor=actor, reason=reason, by_person=actor is not None)


def from_item(room: Room, actor: Actor, item_id: int, reason: str) -> None:
    """Cancel whatever of an item has not left."""
    for effect in outbox.open_of_item(room.conn, item_id):
        if can_be_taken_back(effect):
            cancel(room, actor, effect, reason)


def superseded(room: Room, actor: Actor, item_id: int) -> None:
    """A new decision stands: what an older one asked for and what has not left is not sent any more.

    What is under way stays until it is known how it ended; only the newest desired state is tried again after that.
    """
    from_item(room, actor, item_id, words("A newer decision stands."))
