"""The roster: who may work at this desk. A person is uid + name + activation; nobody's rights outlive their entry."""

from __future__ import annotations

import json
import sqlite3

from moderator.desk.room import Look, Room, need
from moderator.domain.asks import NewPerson
from moderator.domain.errors import Code, Refused
from moderator.domain.event import canonical
from moderator.domain.person import Actor, Permission, Person, Role
from moderator.domain.view import Done
from moderator.domain.wording import words
from moderator.store import people as store


def find(place: Look | Room | sqlite3.Connection, uid: int, name: str) -> Person | None:
    """Whoever is on the roster now under this uid and Unix name, or None."""
    conn = place if isinstance(place, sqlite3.Connection) else place.conn
    return store.active(conn, uid, name)


def roster(look: Look) -> list[Person]:
    """Everybody who is or was on the roster, those on it first."""
    return store.roster(look.conn)


def add(room: Room, actor: Actor, ask: NewPerson, uid: int) -> Done:
    """Put somebody on the roster. `uid` is what the system says of that name, never what a client says."""
    need(actor, Permission.SUPERVISE)
    if not ask.roles:
        raise Refused(Code.BAD, words("A person needs at least one role."), words("Name one, such as moderator."))
    if store.active(room.conn, uid, ask.name):
        raise Refused(
            Code.WRONG_STATE, words("{name} is on the roster already.", name=ask.name), words("Look at the roster.")
        )
    person_id = _insert(room, uid, ask)
    seq = room.tx.record("person.add", actor=actor.person.id, session=actor.session, person=person_id)
    return Done(words("{name} is on the roster.", name=ask.name), seq=seq, row_id=person_id)


def leave(room: Room, actor: Actor, person_id: int) -> Done:
    """Take somebody off the roster: all their rights end now."""
    need(actor, Permission.SUPERVISE)
    person = store.get(room.conn, person_id)
    if person is None or not person.active:
        raise Refused(
            Code.NOT_FOUND,
            words("Person {person} is not on the roster.", person=person_id),
            words("Look at the roster."),
        )
    room.tx.change("person", person_id, active=0, left_at=room.tx.at)
    seq = room.tx.record("person.leave", actor=actor.person.id, session=actor.session, person=person_id)
    return Done(words("{name} is off the roster.", name=person.name), seq=seq, row_id=person_id)


def init_lead(room: Room, name: str, uid: int) -> Done:
    """The first person of a shared desk. Refused once anybody is on the roster: from then on a lead adds people."""
    if any(person.active for person in store.roster(room.conn)):
        raise Refused(
            Code.WRONG_STATE,
            words("This desk has people on its roster already."),
            words("A lead adds others: moderator person add."),
        )
    person_id = _insert(room, uid, NewPerson(name, frozenset({Role.LEAD, Role.CUSTODIAN})))
    seq = room.tx.record("person.first", person=person_id)
    return Done(words("{name} is the lead of this desk.", name=name), seq=seq, row_id=person_id)


def ensure_owner(room: Room, name: str, uid: int) -> Person:
    """The owner of a private desk, with every role."""
    found = store.active(room.conn, uid, name)
    if found is not None:
        return found
    ask = NewPerson(name, frozenset(Role), designation=name, role_title="Duty officer", languages=("en",))
    _insert(room, uid, ask)
    room.tx.record("person.owner")
    made = store.active(room.conn, uid, name)
    if made is None:
        raise AssertionError("the owner was just put on the roster")
    return made


def _insert(room: Room, uid: int, ask: NewPerson) -> int:
    return room.tx.insert(
        "person",
        {
            "uid": uid,
            "name": ask.name,
            "activation": store.activations(room.conn, uid, ask.name) + 1,
            "roles": " ".join(sorted(role.value for role in ask.roles)),
            "designation": ask.designation,
            "role_title": ask.role_title,
            "role_only": int(ask.role_only),
            "languages": " ".join(ask.languages),
            "active": 1,
            "created_at": room.tx.at,
            "left_at": None,
        },
    )


def take_policy_into_force(room: Room) -> None:
    """Record the policy that decisions are made under from now on, where it is not the one recorded last."""
    policy = room.policy
    told = canonical({"id": policy.id, "version": policy.version, "digest": policy.digest}).decode()
    known = room.tx.one("SELECT value FROM meta WHERE key = 'policy'")
    if known is not None and known["value"] == told:
        return
    room.tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('policy', ?)", told)
    room.tx.record("policy.in_force", **json.loads(told))
