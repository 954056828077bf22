"""The beginning and the end of a session, as the desk records them, and the hello that a stream opens with."""

from __future__ import annotations

from moderator import __version__
from moderator.desk import instance
from moderator.desk import sessions as desk
from moderator.desk.room import Look, Room
from moderator.domain.person import GRANTS, Person
from moderator.domain.view import API, Hello
from moderator.service.context import Service
from moderator.service.hub import Subscriber
from moderator.service.protocol import Peer
from moderator.service.sessions import Live


async def begin(
    service: Service, peer: Peer, person: Person, subscriber: Subscriber, resume: str
) -> tuple[Live, Hello]:
    """Re-attach the session of this token, or open a new one; with its hello."""
    session, token = await service.house.write(_enter, person, resume, peer)
    live = Live(session, token, person, subscriber, peer)
    return live, await hello(service, person, token)


def _enter(room: Room, person: Person, resume: str, peer: Peer) -> tuple[str, str]:
    """Session id and token. The kernel's word on who logged in goes on the trail with it."""
    resumed = desk.resume(room, person, resume) if resume else None
    session, token = (resumed, resume) if resumed else desk.open_session(room, person)
    login = peer.login if peer.login is not None else -1
    room.tx.record(
        "session.peer", actor=person.id, session=session, uid=peer.uid, login=login, resumed=int(bool(resumed))
    )
    return session, token


async def end(service: Service, live: Live) -> None:
    """The stream is over: its leases are free at once, and offered back where the line was dropped."""
    await service.house.write(desk.close_session, live.id, live.why)


async def hello(service: Service, person: Person, token: str = "") -> Hello:
    """Who somebody is to this desk, and what their screen needs to know from the start."""
    database, resumed = await service.house.read(_facts, person)
    times, roles = service.config.times, sorted(role.value for role in person.roles)
    return Hello(
        token=token,
        api=API,
        version=__version__,
        desk=service.config.desk.name,
        instance=database,
        person=person.name,
        person_id=person.id,
        roles=tuple(roles),
        permissions=tuple(sorted({grant.value for role in person.roles for grant in GRANTS[role]})),
        practice=service.practice,
        private=service.private,
        lease_s=times.lease,
        renew_s=times.renew,
        idle_s=times.idle,
        draft_ms=times.draft_ms,
        resumed=resumed,
    )


def _facts(look: Look, person: Person) -> tuple[str, tuple[int, ...]]:
    return instance.name_of(look.conn), desk.resumed(look, person)
