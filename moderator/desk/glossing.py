"""Glosses: what a comment says, by somebody who reads its language, for those who do not.

Nobody hides what nobody at this desk could read.
"""

from __future__ import annotations

from dataclasses import replace

from moderator.desk.room import Look, Room, need, safe
from moderator.desk.steps import record
from moderator.domain import tongues
from moderator.domain.asks import Gloss
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment
from moderator.domain.item import Item
from moderator.domain.person import Actor, Permission, Person
from moderator.domain.view import Done, GlossView
from moderator.domain.wording import Words, words
from moderator.store import comments, items, readers

LONGEST_GLOSS = 2000


def gloss(room: Room, actor: Actor, item_id: int, ask: Gloss) -> Done:
    """Say what a comment says, for those who cannot read it. Only for who reads its language by the roster."""
    need(actor, Permission.DECIDE)
    item = items.get(room.conn, item_id)
    text = safe(ask.text).strip()
    if not text:
        raise Refused(Code.BAD, words("An empty gloss says nothing."), words("Say what the comment says."))
    if len(text) > LONGEST_GLOSS:
        raise Refused(
            Code.BAD, words("A gloss has at most {n} characters.", n=LONGEST_GLOSS), words("Say it more shortly.")
        )
    language = language_of(room, item, ask.language or readers.wanted_for(room.conn, item_id))
    _reads(actor, language)
    row = {"item_id": item_id, "n": item.comment_version, "person_id": actor.person.id, "language": language}
    gloss_id = room.tx.insert("gloss", {**row, "text": text, "at": room.tx.at})
    new = replace(item, version=item.version + 1)
    items.save(room.tx, new, reader_wanted=None)
    seq = record(room, actor, "gloss", item_id, gloss=gloss_id, language=language, seen=item.comment_version)
    said = words("Saved: the others can read now what item {item} says.", item=item_id)
    return Done(said, item_id, state=new.state.value, version=new.version, seq=seq, row_id=gloss_id)


def refuse_unread(room: Room, item: Item) -> None:
    """Refuse to hide what somebody could not read and no reader has explained yet."""
    if not readers.needs_gloss(room.conn, item.id):
        return
    wanted = readers.wanted_for(room.conn, item.id) or tongues.UNKNOWN
    raise Refused(
        Code.NOT_ALLOWED,
        words("Nobody who reads it has said yet what item {item} says: it cannot be hidden unread.", item=item.id),
        words("Somebody who reads {language} says it with “gloss”; or hand it up with e.", language=named(wanted)),
    )


def views(look: Look, item_id: int) -> tuple[GlossView, ...]:
    """What readers said, oldest first."""
    return tuple(
        GlossView(row["person"], row["text"], row["language"], row["n"], moment(row["at"]))
        for row in readers.glosses(look.conn, item_id)
    )


def language_of(room: Room, item: Item, asked: str) -> str:
    """The language that a comment is in: as somebody says, else as the engine recognised it."""
    found = asked or comments.verdict_of(room.conn, item.id, item.comment_version).language
    return tongues.base(found) if tongues.known(found) else tongues.UNKNOWN


def named(language: str) -> Words:
    """A language as a sentence names it; "its language" where nobody knows which it is."""
    return tongues.name_of(language) if tongues.known(language) else words("its language")


def _reads(actor: Actor, language: str) -> None:
    """Refuse somebody who does not read this language. Alone on a private desk, nobody else could know."""
    if actor.alone or not tongues.known(language) or language in read_by(actor.person):
        return
    raise Refused(
        Code.NOT_ALLOWED,
        words("By the roster you do not read {language}.", language=named(language)),
        words("L passes it to somebody who does; the lead keeps the roster."),
    )


def read_by(person: Person) -> frozenset[str]:
    """The languages that somebody reads by the roster."""
    return frozenset(tongues.base(code) for code in person.languages)
