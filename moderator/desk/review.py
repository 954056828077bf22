"""The second person: approve what somebody proposed, or send it back. Never one's own."""

from __future__ import annotations

from dataclasses import replace

from moderator.desk.deciding import Wanted, can_reply, done_with, send
from moderator.desk.room import Room, need, need_reason, need_session
from moderator.desk.steps import due_anew, keep, not_taken, still_there, take, unchanged
from moderator.desk.undoing import undone, withdraw
from moderator.domain.asks import Because, Nothing
from moderator.domain.decision import Decision
from moderator.domain.effect import Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Disposition, Item, State
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done
from moderator.domain.wording import kept, words
from moderator.domain.workflow import Act
from moderator.store import decisions, items

__all__ = ["approve", "send_back", "withdraw"]


def approve(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Let a proposal go out, as the second person. It leaves at once: two people have looked at it."""
    need(actor, Permission.APPROVE)
    item, proposed = _proposal(room, actor, item_id)
    still_there(item, words("The comment is gone from the platform; carrying this out is no longer possible."))
    unchanged(room, item, proposed.seen_version)
    wanted = _wanted(room, item, proposed)
    new = take(
        room,
        actor,
        item,
        Act.APPROVE,
        decided_by=proposed.person_id,
        disposition=proposed.disposition,
        effects=bool(wanted),
    )
    room.tx.change("decision", proposed.id, proposed=0, second_id=actor.person.id)
    effects = send(room, item, proposed.id, wanted)
    seq = keep(room, actor, replace(new, cause=Cause.NONE), "review.approve", decision=proposed.id)
    return done_with(room, new, proposed.id, effects, wanted, seq, proposed.disposition)


def _wanted(room: Room, item: Item, proposed: Decision) -> list[Wanted]:
    """The remote acts of a proposal, with no window."""
    wanted = []
    reply = decisions.reply_of(room.conn, proposed.id)
    if reply is not None:
        can_reply(room, item)
        wanted.append(Wanted(Op.REPLY, 0, reply["text"]))
    if proposed.disposition in (Disposition.HIDDEN, Disposition.HIDDEN_REPLIED):
        wanted.append(Wanted(Op.HIDE, 0))
    return wanted


def send_back(room: Room, actor: Actor, item_id: int, ask: Because) -> Done:
    """Return a proposal to the queue with a reason. Its text is a draft of whoever proposed it."""
    need(actor, Permission.APPROVE)
    need_session(actor)
    reason = need_reason(ask.reason, words("Sending it back needs a reason."))
    item, proposed = _proposal(room, actor, item_id)
    new = take(room, actor, item, Act.SEND_BACK, decided_by=proposed.person_id)
    undone(room, proposed, proposed.person_id)
    text = kept(words("Sent back: {reason}", reason=reason))
    room.tx.insert("note", {"item_id": item_id, "person_id": actor.person.id, "text": text, "at": room.tx.at})
    seq = keep(room, actor, due_anew(room, new), "review.send_back", decision=proposed.id)
    return Done(
        words("Item {item} is back in the queue.", item=item_id),
        item_id,
        state=new.state.value,
        version=new.version,
        seq=seq,
    )


def _proposal(room: Room, actor: Actor, item_id: int) -> tuple[Item, Decision]:
    need_session(actor)
    item = items.get(room.conn, item_id)
    not_taken(room, actor, item)
    proposed = decisions.live(room.conn, item.id, item.reopened)
    if State.REVIEW not in (item.state, item.resting) or proposed is None:
        raise Refused(
            Code.WRONG_STATE,
            words("Nothing on item {item} waits for a second person.", item=item.id),
            words("The view Review shows what does."),
        )
    return item, proposed
