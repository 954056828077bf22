"""The event stream: a session for as long as the line is up.

It ends when the client goes (its leases are released at once), when the person may no longer be here (looked up again
at least as often as configured), or when the service stops (then the session is kept for re-attaching).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from moderator.domain.errors import Refused
from moderator.domain.person import Person
from moderator.domain.wording import joined, words
from moderator.service import greeting
from moderator.service.answers import HEADERS, speaking
from moderator.service.context import Service, peer_of
from moderator.service.hub import Subscriber, frame
from moderator.service.protocol import Peer
from moderator.service.sessions import Live

_log = logging.getLogger(__name__)


async def open_stream(service: Service, request: Request) -> EventStream:
    """Begin a session, or re-attach one. Raises `Refused` for whoever may not, or has too many already."""
    peer = peer_of(request)
    person = await service.gate.person(peer, act=True)
    service.bounds.open_stream(peer.uid)
    subscriber = Subscriber(person.name, peer.uid, service.config.limits.subscriber_queue, speaking.get())
    try:
        live, hello = await greeting.begin(service, peer, person, subscriber, request.query_params.get("resume", ""))
    except BaseException:
        service.bounds.close_stream(peer.uid)
        raise
    service.sessions.begin(live)
    service.hub.join(subscriber)
    return EventStream(service, peer, live, frame("hello", hello))


class EventStream:
    """One open stream, as the response that delivers it."""

    def __init__(self, service: Service, peer: Peer, live: Live, hello: bytes) -> None:
        self._service = service
        self._peer = peer
        self._live = live
        self._hello = hello

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Deliver events until the line, the person's right to be here, or the service ends."""
        tasks = [
            asyncio.create_task(self._deliver(send), name="stream"),
            asyncio.create_task(_gone(receive), name="stream-gone"),
            asyncio.create_task(self._watch(), name="stream-watch"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[2].done() and not tasks[0].done():  # not welcome any more: say so, but wait for nobody
                await asyncio.wait(tasks[:2], timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.shield(self._end())
        if tasks[0].cancelled() or tasks[0].exception() is not None:
            self._peer.drop()
            await asyncio.sleep(0)  # the connection hears of its end before the response is missed

    async def _deliver(self, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream"), *_HEADERS]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        chunk = self._hello
        while chunk:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = await self._live.subscriber.take()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _watch(self) -> None:
        """Returns once the person may no longer be here."""
        while True:
            await asyncio.sleep(self._service.config.times.identity * 0.9)
            try:
                person = await self._service.gate.person(self._peer, act=True)
            except Refused as refused:
                self._live.subscriber.end(self._notice(joined((refused.sentence, refused.cure))))
                return
            if not _same(person, self._live.person):
                self._live.subscriber.end(self._notice(words("Your roles changed; connect again.")))
                return

    def _notice(self, sentence: str) -> bytes:
        return frame("notice", {"sentence": sentence}, self._live.subscriber.language)

    async def _end(self) -> None:
        service, live = self._service, self._live
        service.hub.leave(live.subscriber)
        service.bounds.close_stream(self._peer.uid)
        if service.sessions.end(live) and not service.closing:
            with suppress(Refused):  # the store is closing or full: the leases lapse by themselves
                await greeting.end(service, live)


def _same(now: Person, then: Person) -> bool:
    return (now.id, now.roles) == (then.id, then.roles)


_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


async def _gone(receive: Receive) -> None:
    """Returns when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
