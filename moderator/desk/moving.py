"""The one way in which an effect moves: checked against the table of moves, recorded, announced."""

from __future__ import annotations

from moderator.desk.room import Room
from moderator.domain.effect import Effect, EffectState, can_move
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Actor
from moderator.domain.wording import kept, words
from moderator.store import outbox


def move(
    room: Room,
    effect: Effect,
    new: EffectState,
    *,
    actor: Actor | None = None,
    by_person: bool = False,
    reason: str = "",
    **columns: object,
) -> Effect:
    """Move an effect from the state that the caller saw: a compare-and-set, as one transaction runs at a time.

    Refuses where it has moved on since. `by_person` says that a person asked for this very move.
    """
    row = outbox.find(room.conn, effect.id)
    if row is None or row["state"] != effect.state.value:
        raise Refused(Code.TOO_LATE, words("Too late: it has moved on."), words("Look at the effects again."))
    if not can_move(effect.op, effect.state, new, by_person=by_person):
        raise AssertionError(f"effect {effect.id}: {effect.state.value} → {new.value} is not a move")
    moved = room.tx.change("effect", effect.id, state=new.value, reason=kept(reason), **columns)
    room.tx.record(
        f"effect.{new.value}",
        actor=actor.person.id if actor else 0,
        session=actor.session if actor else "",
        item=effect.item_id,
        effect=effect.id,
        op=effect.op.value,
        was=effect.state.value,
    )
    room.tx.announce(*news_of(effect.id, effect.batch_id, new))
    return outbox.effect(moved)


_REMARKABLE = frozenset({EffectState.FAILED, EffectState.UNCERTAIN, EffectState.PARKED})


def news_of(effect_id: int, batch_id: int | None, state: EffectState) -> tuple[str, int]:
    """What to tell subscribers: of a bulk act how far it is, unless something went wrong with this very effect."""
    if batch_id is None or state in _REMARKABLE:
        return "effect", effect_id
    return "batch", batch_id
