"""What every act on an item has in common: its step in the transition table, who stands in the way, writing it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from moderator.desk.room import Look, Room, seconds
from moderator.domain.errors import Code, Refused
from moderator.domain.event import Value
from moderator.domain.item import Disposition, Item, Lane, State, Visibility
from moderator.domain.person import Actor, Permission, Person
from moderator.domain.wording import mark, words
from moderator.domain.workflow import Act, Step, leased, step
from moderator.store import comments, decisions, items, people

WORDS: dict[Disposition, str] = {
    Disposition.LEFT_PUBLIC: mark("left public"),
    Disposition.HIDDEN: "hidden",
    Disposition.REPLIED: mark("replied to"),
    Disposition.HIDDEN_REPLIED: mark("replied to and hidden"),
    Disposition.LAWFUL_ORDER: mark("hidden on a lawful order"),
    Disposition.GONE: mark("closed: it is gone from the platform"),
}


def event_of(room: Room, actor: Actor | None, act: Act, **needs: Any) -> Step:
    """A step by this person (or by the desk itself), now."""
    person = actor.person if actor else None
    return Step(
        act,
        room.now,
        person_id=person.id if person else 0,
        session=actor.session if actor else "",
        supervisor=bool(person and person.may(Permission.SUPERVISE)),
        lease_for=seconds(room.config.times.lease),
        **needs,
    )


def take(room: Room, actor: Actor | None, item: Item, act: Act, **needs: Any) -> Item:
    """The item after this act. A refusal names who holds it, or who decided it, when and how."""
    try:
        return step(item, event_of(room, actor, act, **needs))
    except Refused as refused:
        raise _named(room, item, refused) from None


def _named(room: Room, item: Item, refused: Refused) -> Refused:
    if refused.code is Code.TAKEN:
        return taken(room, item)
    if refused.code is not Code.WRONG_STATE:
        return refused
    decided = decisions.live(room.conn, item.id, item.reopened)
    if decided is None:
        return refused
    name = people.names(room.conn, [decided.person_id])[decided.person_id]
    told = {
        "item": item.id,
        "name": name,
        "time": local(room, decided.decided_at),
        "outcome": words(WORDS.get(decided.disposition, decided.disposition.value)),
    }
    if item.state is State.REVIEW:
        sentence = words("Item {item} was proposed by {name} at {time}: {outcome}.", **told)
    else:
        sentence = words("Item {item} was decided by {name} at {time}: {outcome}.", **told)
    facts = {**refused.facts, "person": name, "disposition": decided.disposition.value}
    return Refused(Code.WRONG_STATE, sentence, refused.cure, facts)


def taken(room: Room, item: Item) -> Refused:
    """The refusal of an act on an item that somebody else holds."""
    lease = leased(item, room.now)
    if lease is None:
        raise AssertionError("taken without a living lease")
    name = people.names(room.conn, [lease.person_id])[lease.person_id]
    until = max(lease.until, lease.held_until or lease.until)
    why = f" ({lease.hold_reason})" if lease.hold_reason else ""
    return Refused(
        Code.TAKEN,
        words(
            "Item {item} is with {name} until {time}{why}.", item=item.id, name=name, time=local(room, until), why=why
        ),
        words("C takes it over with a reason."),
        {"person": name, "until": until.isoformat()},
    )


def local(room: Room | Look, moment: datetime) -> str:
    """A time of day as the desk's own clock shows it."""
    return moment.astimezone(room.house.store.zone).strftime("%H:%M")


def not_taken(room: Room, actor: Actor, item: Item) -> None:
    """Refuse where another session holds the item: for acts whose step does not ask itself."""
    lease = leased(item, room.now)
    if lease is not None and (lease.person_id, lease.session) != (actor.person.id, actor.session):
        raise taken(room, item)


def unchanged(room: Room, item: Item, seen: int) -> None:
    """Refuse a decision on a version of the comment that is not the newest, with both texts."""
    if seen == item.comment_version:
        return
    if not 1 <= seen < item.comment_version:
        raise Refused(Code.BAD, words("Item {item} has no version {n}.", item=item.id, n=seen), words("Read it again."))
    raise Refused(
        Code.CHANGED,
        words("The comment was edited since you read it. Nothing was decided."),
        words("Read the new text, then decide again."),
        {
            "old": comments.text_of(room.conn, item.id, seen),
            "new": comments.text_of(room.conn, item.id, item.comment_version),
            "seen": seen,
            "now": item.comment_version,
        },
    )


def still_there(item: Item, sentence: str) -> None:
    """Refuse with this sentence an act on a comment that is gone from its platform."""
    if item.visibility is Visibility.GONE:
        raise Refused(
            Code.WRONG_STATE,
            sentence,
            words("a closes the item as gone."),
        )


def keep(room: Room, actor: Actor | None, item: Item, kind: str, **facts: Value) -> int:
    """Write the item back and record the event that says so; the event's number."""
    items.save(room.tx, item)
    return record(room, actor, kind, item.id, **facts)


def record(room: Room, actor: Actor | None, kind: str, item_id: int, **facts: Value) -> int:
    """Record one event about an item."""
    return room.tx.record(
        kind,
        actor=actor.person.id if actor else 0,
        session=actor.session if actor else "",
        item=item_id,
        **facts,
    )


def due_anew(room: Room, item: Item) -> Item:
    """A returned item with a first-response clock that starts now."""
    return replace(item, due_first=room.config.turnaround.due(item.lane, room.now))


def more_urgent(room: Room, item: Item, lane: Lane) -> Item:
    """The item in the more urgent of two lanes, with a due time that only ever moves closer."""
    if lane >= item.lane:
        return item
    due = room.config.turnaround.due(lane, room.now)
    return replace(item, lane=lane, due_first=min(due, item.due_first or due))


def person_of(room: Room, person_id: int) -> Person | None:
    """Somebody of the roster as they stand now."""
    return people.get(room.conn, person_id)
