"""Passing an item on: to a colleague by name, or to somebody who reads its language.

Who cannot read a comment says so: it goes to a reader who is on duty, or waits for the next who is. Until a reader has
said what it says (`desk.glossing`), no clause hides it.
"""

from __future__ import annotations

from moderator.desk.glossing import language_of, named, read_by
from moderator.desk.room import Room, need, need_reason, need_session, safe
from moderator.desk.steps import keep, record, take
from moderator.desk.work import excluded
from moderator.domain import tongues
from moderator.domain.asks import Assign, CannotRead
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Item
from moderator.domain.person import Actor, Permission, Person
from moderator.domain.view import Done
from moderator.domain.wording import Words, kept, words
from moderator.domain.workflow import Act, leased
from moderator.store import items, people, readers


def assign(room: Room, actor: Actor, item_id: int, ask: Assign) -> Done:
    """Give an item to a colleague on duty: it is theirs at once, with their next keystrokes to keep it.

    Refused where nobody of that name is on duty, where they may not decide or hold as much as they can, where they
    proposed what a second person has to look at, and on a private desk.
    """
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    colleague = _colleague(room, actor, ask.person.strip())
    new = _give(room, actor, item, colleague)
    if ask.reason.strip():
        reason = need_reason(ask.reason, words("Assigning needs a reason."))
        _note(room, actor, item_id, words("Given to {person}: {reason}", person=colleague.name, reason=reason))
    seq = keep(room, actor, new, "assign", to=colleague.id)
    told = words("{person} gave you item {item}.", person=actor.person.name, item=item_id)
    room.tx.announce("notice_for", (colleague.name, told))
    return _done(words("Item {item} is with {person} now.", item=item_id, person=colleague.name), new, seq)


def cannot_read(room: Room, actor: Actor, item_id: int, ask: CannotRead) -> Done:
    """Say that one cannot read it. It goes to a reader of its language who is on duty, else it waits for one.

    Refused for who reads that language by the roster, and where another session holds the item.
    """
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    language = language_of(room, item, ask.language)
    if tongues.known(language) and language in read_by(actor.person):
        raise Refused(
            Code.BAD,
            words("By the roster you read {language}.", language=tongues.name_of(language)),
            words("Name another language, or “und” where you do not know which it is."),
        )
    reader = _reader(room, actor, item, language)
    new = _give(room, actor, item, reader) if reader else take(room, actor, item, Act.HAND_BACK)
    items.save(room.tx, new, reader_wanted=language)
    seq = record(room, actor, "cannot_read", item_id, language=language, to=reader.id if reader else 0)
    return _done(_passed(room, actor, item_id, language, reader), new, seq)


def _colleague(room: Room, actor: Actor, name: str) -> Person:
    if actor.alone:
        raise Refused(
            Code.NEEDS_SECOND, words("This private desk has nobody else."), words("Decide it, or hand it up with e.")
        )
    found = next((one for one in _on_duty(room) if one.name == name), None)
    if found is None or found.id == actor.person.id:
        others = ", ".join(one.name for one in _on_duty(room) if one.id != actor.person.id)
        raise Refused(
            Code.NOT_FOUND,
            words("No colleague named “{name}” is on duty.", name=safe(name)[:60]),
            words("On duty: {names}.", names=others) if others else words("Nobody else is on duty."),
        )
    if not found.may(Permission.DECIDE):
        raise Refused(
            Code.NOT_ALLOWED, words("{name} may not decide items.", name=found.name), words("Choose somebody else.")
        )
    return found


def _on_duty(room: Room) -> list[Person]:
    """Everybody with an open session, by name."""
    names = room.house.presence.on_duty()
    return [one for one in people.roster(room.conn) if one.active and one.name in names]


def _reader(room: Room, actor: Actor, item: Item, language: str) -> Person | None:
    """Who of those on duty reads this language and may take the item; whoever holds least."""
    if actor.alone or not tongues.known(language):
        return None
    barred = {*excluded(room, item), actor.person.id}
    able = [
        one
        for one in _on_duty(room)
        if language in read_by(one) and one.may(Permission.DECIDE) and one.id not in barred
    ]
    holding = {one.id: readers.holding(room.conn, one.id) for one in able}
    able = [one for one in able if holding[one.id] < room.config.limits.leases]
    return min(able, key=lambda one: (holding[one.id], one.name), default=None)


def _give(room: Room, actor: Actor, item: Item, to: Person) -> Item:
    """The item in a colleague's hands: in the session that they typed in last."""
    lease = leased(item, room.now)
    if lease is not None and lease.person_id == to.id:
        raise Refused(Code.WRONG_STATE, words("{name} has it already.", name=to.name), "")
    if readers.holding(room.conn, to.id) >= room.config.limits.leases:
        raise Refused(
            Code.LIMITED, words("{name} holds as many items as one can.", name=to.name), words("Choose somebody else.")
        )
    session = room.house.presence.session_of(to.name)
    return take(room, actor, item, Act.ASSIGN, holder_id=to.id, holder_session=session, excluded=excluded(room, item))


def _passed(room: Room, actor: Actor, item_id: int, language: str, reader: Person | None) -> Words:
    """What becomes of it, and a word to whoever has it now, or to everybody."""
    if reader is not None:
        told = words("{person} cannot read item {item}: it is yours.", person=actor.person.name, item=item_id)
        room.tx.announce("notice_for", (reader.name, told))
        return words(
            "Item {item} is with {person} now, who reads {language}.",
            item=item_id,
            person=reader.name,
            language=named(language),
        )
    told = words("Item {item} waits for somebody who reads {language}.", item=item_id, language=named(language))
    if not actor.alone:
        room.tx.announce("notice", told)
    return words(
        "Nobody on duty reads {language}: item {item} waits for the next who does. Its clock goes on.",
        item=item_id,
        language=named(language),
    )


def _note(room: Room, actor: Actor, item_id: int, text: str) -> None:
    room.tx.insert("note", {"item_id": item_id, "person_id": actor.person.id, "text": kept(text), "at": room.tx.at})


def _done(sentence: str, item: Item, seq: int) -> Done:
    return Done(sentence, item.id, state=item.state.value, version=item.version, seq=seq)
