"""Pictures and voices: never shown here, opened elsewhere, and hidden only once somebody says what they saw.

The screen shows an inert address and a short code. Whoever types the code on a machine that can show pictures gets the
true address; that it was given out is on the trail.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final, NamedTuple

from moderator.desk.room import Look, Room, need, safe
from moderator.desk.steps import record
from moderator.domain import mediacode
from moderator.domain.asks import MediaSeen
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment, stamp
from moderator.domain.item import Item
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done, MediaAddress, MediaSeenView, MediaView
from moderator.domain.wording import words
from moderator.store import base, comments, decisions, items, people
from moderator.text import defang, defang_url

LONGEST: Final = 1000
COMMENT: Final = "comment"
"""Kind of the comment itself, among what has a code."""


class Thing(NamedTuple):
    """Something of an item that has an address."""

    kind: str
    alt: str
    url: str


class Seen(NamedTuple):
    """The mark on an item whose picture or voice somebody opened: ids only, the words stand in a note."""

    version: int
    person_id: int
    at: str
    note_id: int


def media_seen(room: Room, actor: Actor, item_id: int, ask: MediaSeen) -> Done:
    """Say what a picture shows or a voice says, after opening it elsewhere. Counts for this version of the comment."""
    need(actor, Permission.DECIDE)
    item = items.get(room.conn, item_id)
    text = " ".join(safe(ask.text).split())
    if not text:
        raise Refused(Code.BAD, words("Say in a line what it shows."), words("Open it elsewhere by its code first."))
    if len(text) > LONGEST:
        raise Refused(Code.BAD, words("At most {n} characters.", n=LONGEST), words("Say it more shortly."))
    if len(_things(room, item)) < 2:
        raise Refused(
            Code.WRONG_STATE,
            words("Item {item} has no picture or voice.", item=item_id),
            words("n writes a note for colleagues."),
        )
    row = {"item_id": item_id, "person_id": actor.person.id, "text": text, "at": room.tx.at}
    seen = Seen(item.comment_version, actor.person.id, stamp(room.now), room.tx.insert("note", row))
    new = replace(item, version=item.version + 1)
    items.save(room.tx, new, media_seen=" ".join(map(str, seen)))
    seq = record(room, actor, "media.seen", item_id, note=seen.note_id, seen=item.comment_version)
    said = words("Saved: item {item} counts as seen; a clause may hide it now.", item=item_id)
    return Done(said, item_id, state=new.state.value, version=new.version, seq=seq, row_id=seen.note_id)


def address(room: Room, actor: Actor, code: str) -> MediaAddress:
    """The true address behind a code. That it was given out, and to whom, is recorded."""
    need(actor, Permission.READ)
    item_id, place = mediacode.read(code)
    item = items.get(room.conn, item_id)
    things = _things(room, item)
    if place >= len(things) or not _openable(things[place].url):
        raise Refused(
            Code.NOT_FOUND,
            words("There is no address behind that code any more."),
            words("Read the code again on the item's screen."),
        )
    record(room, actor, "media.shown", item_id, place=place, seen=item.comment_version)
    return MediaAddress(item_id, *things[place])


def links(place: Look, item: Item) -> tuple[MediaView, ...]:
    """What of an item can be opened elsewhere, inert, each with its code; the comment itself first."""
    return tuple(
        MediaView(one.kind, defang(one.alt), defang_url(one.url), mediacode.code_of(item.id, at))
        for at, one in enumerate(_things(place, item))
        if _openable(one.url)
    )


def seen_by(place: Look | Room, item: Item) -> MediaSeenView | None:
    """Who opened the picture or voice of the newest version, and what they say it shows."""
    found = _mark(place, item)
    if found is None:
        return None
    text = decisions.note_text(place.conn, found.note_id)
    name = people.names(place.conn, [found.person_id])[found.person_id]
    return MediaSeenView(name, text, found.version, moment(found.at))


def _mark(place: Look | Room, item: Item) -> Seen | None:
    """The mark, where it speaks of the newest version: a picture that was exchanged counts as unseen."""
    stored = items.row_of(place.conn, item.id)["media_seen"]
    if not stored:
        return None
    version, person_id, at, note_id = stored.split(" ")
    found = Seen(int(version), int(person_id), at, int(note_id))
    return found if found.version == item.comment_version else None


def _things(place: Look | Room, item: Item) -> list[Thing]:
    """The comment itself, then its pictures and voices in the platform's order."""
    stored = items.row_of(place.conn, item.id)
    return [Thing(COMMENT, "", stored["permalink"] or ""), *_media(place, item)][: mediacode.PLACES]


def _media(place: Look | Room, item: Item) -> list[Thing]:
    version: base.Row | None = comments.version_of(place.conn, item.id, item.comment_version)
    found = json.loads(version["media"]) if version is not None else []
    return [Thing(str(one["kind"]), str(one["alt"]), str(one["url"])) for one in found]


def _openable(url: str) -> bool:
    """An address of the web in plain characters: nothing else is ever handed out."""
    return url.lower().startswith(("http://", "https://")) and url.isascii() and url.isprintable() and " " not in url
