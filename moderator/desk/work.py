"""Work on one item that decides nothing: claim, release, take over, hold, snooze, note, reveal, keep alive.

The acts that decide and the ones that take back stand in `deciding` and `undoing`; they are part of this vocabulary.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from moderator.desk.deciding import close_gone, hide, leave
from moderator.desk.exposure import reveal
from moderator.desk.room import Room, need, need_reason, need_session, safe, seconds
from moderator.desk.steps import keep, local, record, take
from moderator.desk.undoing import reopen, reverse, undo
from moderator.domain.asks import Hold, Note, Nothing, Snooze, TakeOver
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Item, State
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done
from moderator.domain.wording import counted, kept, words
from moderator.domain.workflow import Act, leased
from moderator.store import decisions, items

__all__ = [
    "alive",
    "claim",
    "close_gone",
    "hide",
    "hold",
    "leave",
    "note",
    "open_item",
    "release",
    "reopen",
    "reveal",
    "reverse",
    "snooze",
    "take_over",
    "undo",
]

_LONGEST_NOTE = 4000


def claim(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Take an item: nobody else can act on it while the session lives."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    _room_for_one_more(room, actor, item)
    new = take(room, actor, item, Act.CLAIM, excluded=excluded(room, item))
    seq = keep(room, actor, new, "claim")
    return _done(words("Item {item} is yours.", item=item_id), new, seq)


def excluded(room: Room, item: Item) -> frozenset[int]:
    """Who may not take this item: whoever proposed what a second person has to look at."""
    if State.REVIEW not in (item.state, item.resting):
        return frozenset()
    proposed = decisions.live(room.conn, item.id, item.reopened)
    return frozenset({proposed.person_id}) if proposed else frozenset()


def _room_for_one_more(room: Room, actor: Actor, item: Item) -> None:
    lease = leased(item, room.now)
    if lease is not None and lease.person_id == actor.person.id:
        return
    most = room.config.limits.leases
    if items.lease_count(room.conn, actor.person.id, room.now) >= most:
        raise Refused(
            Code.LIMITED,
            counted("You hold {n} item already.", "You hold {n} items already.", most),
            words("Decide or release one (c) before you take another."),
        )


def release(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Give an item back. A draft on it stays."""
    need(actor, Permission.DECIDE)
    item = items.get(room.conn, item_id)
    lease = leased(item, room.now)
    if lease is not None and lease.person_id != actor.person.id:
        raise Refused(
            Code.NOT_ALLOWED,
            words("Item {item} is not yours to release.", item=item_id),
            words("C takes it over with a reason."),
        )
    new = take(room, actor, item, Act.RELEASE)
    seq = keep(room, actor, new, "release")
    return _done(words("Item {item} is free again.", item=item_id), new, seq)


def take_over(room: Room, actor: Actor, item_id: int, ask: TakeOver) -> Done:
    """Take an item from whoever holds it, with a reason. From a living session only a lead may."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    reason = need_reason(ask.reason, words("A take-over needs a reason."))
    item = items.get(room.conn, item_id)
    if actor.person.id in excluded(room, item):
        raise Refused(
            Code.NEEDS_SECOND, words("You proposed this yourself; somebody else must look at it."), words("Press N.")
        )
    _room_for_one_more(room, actor, item)
    before = leased(item, room.now)
    new = take(room, actor, item, Act.TAKE_OVER, reason=reason)
    _keep_reason(room, actor, item_id, words("Taken over: {reason}", reason=reason))
    seq = keep(room, actor, new, "take_over", before=before.person_id if before else 0)
    return _done(words("Item {item} is yours now.", item=item_id), new, seq)


def _keep_reason(room: Room, actor: Actor, item_id: int, text: str) -> int:
    """Words that stand with the item; the event carries only that they exist."""
    row = {"item_id": item_id, "person_id": actor.person.id, "text": kept(text), "at": room.tx.at}
    return room.tx.insert("note", row)


def hold(room: Room, actor: Actor, item_id: int, ask: Hold) -> Done:
    """Keep an item beyond the ordinary lease, with a reason, for at most the configured time."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    if ask.minutes < 1:
        raise Refused(Code.BAD, words("A hold needs a number of minutes."), words("Say for how long, up to 30."))
    item = items.get(room.conn, item_id)
    longest = seconds(room.config.times.hold_max)
    until = room.now + min(timedelta(minutes=min(ask.minutes, 100_000)), longest)
    new = take(
        room,
        actor,
        item,
        Act.HOLD,
        until=until,
        longest=longest,
        reason=need_reason(ask.reason, words("A hold needs a reason.")),
    )
    seq = keep(room, actor, new, "hold")
    return _done(words("Item {item} is held until {time}.", item=item_id, time=local(room, until)), new, seq)


def snooze(room: Room, actor: Actor, item_id: int, ask: Snooze) -> Done:
    """Put an item aside until a moment. Its clocks go on."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    until = ask.until.astimezone(UTC)
    new = take(room, actor, item, Act.SNOOZE, until=until, longest=seconds(room.config.times.snooze_max))
    if ask.reason.strip():
        _keep_reason(
            room,
            actor,
            item_id,
            words("Snoozed: {reason}", reason=need_reason(ask.reason, words("A snooze needs a reason."))),
        )
    seq = keep(room, actor, new, "snooze")
    return _done(
        words("Item {item} comes back at {time}. Its clock goes on.", item=item_id, time=local(room, until)),
        new,
        seq,
    )


def note(room: Room, actor: Actor, item_id: int, ask: Note) -> Done:
    """A private remark. It never changes the item's state."""
    need(actor, Permission.DECIDE)
    text = ask.text.strip()
    if not text:
        raise Refused(Code.BAD, words("An empty note says nothing."), words("Write a few words."))
    if len(text) > _LONGEST_NOTE:
        raise Refused(
            Code.BAD,
            words("A note has at most {most} characters.", most=_LONGEST_NOTE),
            words("Shorten it."),
        )
    item = items.get(room.conn, item_id)
    note_id = _keep_reason(room, actor, item_id, safe(text))
    seq = record(room, actor, "note", item_id, note=note_id)
    room.tx.announce("item", (item_id, False))
    return Done("Noted.", item_id, state=item.state.value, version=item.version, seq=seq, row_id=note_id)


def open_item(room: Room, actor: Actor, item_id: int) -> None:
    """Somebody with a session looks at this item: the first look is an event, and ends the urgent call."""
    need(actor, Permission.READ)
    if not actor.session:
        return
    room.house.presence.look_at(actor.session, item_id)
    row = items.row_of(room.conn, item_id)
    if row["opened_at"] is not None:
        return
    item = items.get(room.conn, item_id)
    room.tx.change("item", item_id, opened_at=room.tx.at, version=item.version + 1)
    record(room, actor, "open", item_id)
    room.tx.announce("item", (item_id, False))


def alive(room: Room, actor: Actor, key: bool) -> Done:
    """The session lives: renew its leases. Without a keystroke for the configured time they lapse."""
    need_session(actor)
    presence = room.house.presence
    if key:
        presence.key(actor.session)
    idle = timedelta(milliseconds=presence.idle_ms(actor.session))
    left = seconds(room.config.times.idle) - idle
    if left <= timedelta(0):
        return Done(words("Idle: what you held is freed."))
    until = room.now + min(seconds(room.config.times.lease), left)
    renewed = items.renew(room.tx, actor.session, until)
    return Done(counted("{n} renewed.", "{n} renewed.", renewed))


def _done(sentence: str, item: Item, seq: int) -> Done:
    return Done(sentence, item.id, state=item.state.value, version=item.version, seq=seq)
