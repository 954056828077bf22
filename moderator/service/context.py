"""What every route and worker reaches: the open desk with the service's own parts around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from moderator.config import Config
from moderator.desk.house import House
from moderator.domain.person import Actor, Person
from moderator.service.answers import speaking
from moderator.service.bounds import Bounds
from moderator.service.hub import Hub
from moderator.service.identity import Gate
from moderator.service.protocol import Peer
from moderator.service.sessions import Live, Sessions


@dataclass(slots=True)
class Service:
    """One running desk service."""

    config: Config
    house: House
    gate: Gate
    bounds: Bounds
    hub: Hub
    private: bool = False
    practice: bool = False
    sessions: Sessions = field(default_factory=Sessions)
    closing: bool = False
    """True from the moment the service was asked to stop: streams end, sessions are kept for re-attaching."""

    def actor_of(self, person: Person, session: str) -> Actor:
        """Somebody who acts from a session ("" for none)."""
        return Actor(person, session, alone=self.private)


Handler = Callable[[Service, Request], Awaitable[Response]]


def peer_of(request: Request) -> Peer:
    """The process at the other end of the request's connection."""
    peer: Peer = request.scope["state"]["peer"]
    return peer


def token_of(request: Request) -> str:
    """The session token that came with the request, or ""."""
    return request.headers.get("moderator-session", "")


async def reader(service: Service, request: Request) -> Actor:
    """Who reads. The session counts where one was named; none is needed."""
    person = await service.gate.person(peer_of(request), act=False)
    return _actor(service, person, service.sessions.find(token_of(request), person))


async def doer(service: Service, request: Request) -> Actor:
    """Who acts, looked up anew; a session counts where one was named."""
    person = await service.gate.person(peer_of(request), act=True)
    return _actor(service, person, service.sessions.find(token_of(request), person))


async def officer(service: Service, request: Request) -> Actor:
    """Who acts on items, looked up anew. Raises `Refused` without a living session."""
    person = await service.gate.person(peer_of(request), act=True)
    return _actor(service, person, service.sessions.need(token_of(request), person))


def _actor(service: Service, person: Person, live: Live | None) -> Actor:
    """Who asks. A session's stream follows when its officer switches to another language."""
    if live is not None:
        live.subscriber.language = speaking.get()
    return service.actor_of(person, live.id if live else "")
