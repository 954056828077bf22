"""Living sessions of this service: one for each open event stream, found by the token that goes with each act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from moderator.domain.errors import Code, Refused
from moderator.domain.person import Person
from moderator.domain.wording import words
from moderator.service.hub import Subscriber
from moderator.service.protocol import Peer

DROPPED: Final = "line dropped"
"""Why a session closed whose client just went."""


@dataclass(slots=True, eq=False)
class Live:
    """A session whose stream is open."""

    id: str
    """Its public id: what the trail names."""
    token: str
    person: Person
    subscriber: Subscriber
    peer: Peer
    why: str = DROPPED
    """What its end will be recorded as."""


class Sessions:
    """Tokens that count now. Lives on the loop; a restart empties it, and streams re-attach."""

    def __init__(self) -> None:
        self._live: dict[str, Live] = {}

    def __len__(self) -> int:
        return len(self._live)

    def all(self) -> list[Live]:
        """Every session whose stream is open."""
        return list(self._live.values())

    def begin(self, live: Live) -> None:
        """This token counts from now on. An older stream of the same session ends: a session is one stream."""
        older = self._live.get(live.token)
        if older is not None:
            older.subscriber.end()
        self._live[live.token] = live

    def end(self, live: Live) -> bool:
        """It counts no more; False where a newer stream of the same session has taken its place."""
        if self._live.get(live.token) is not live:
            return False
        del self._live[live.token]
        return True

    def find(self, token: str, person: Person) -> Live | None:
        """The living session of this token, where it is this person's own."""
        live = self._live.get(token)
        return live if live is not None and live.person.id == person.id else None

    def need(self, token: str, person: Person) -> Live:
        """The living session of this token. Raises `Refused` where there is none."""
        live = self.find(token, person)
        if live is None:
            raise Refused(
                Code.NO_SESSION,
                words("This act came without a living session; nothing was done."),
                words("The screen opens a new one by itself; then act again."),
            )
        return live
