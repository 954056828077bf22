"""Who is on the line: sessions that are attached now, their last keystroke, and what each has open. Memory only."""

from __future__ import annotations

from moderator.domain.clock import Clock


class Presence:
    """Attached sessions. All times are up-time in milliseconds, so that a stepped clock frees nothing too early."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._open: dict[str, int] = {}
        self.since_ms = clock.up_ms()
        """When this desk came up: sessions from before may re-attach for a while after."""

    def attach(self, session: str, name: str) -> None:
        """A stream has come up for this session."""
        self._names[session] = name
        self._keys[session] = self._clock.up_ms()

    def detach(self, session: str) -> None:
        """The stream has ended."""
        for kept in (self._names, self._keys, self._open):
            kept.pop(session, None)

    def attached(self, session: str) -> bool:
        """Whether this session has a stream now."""
        return session in self._names

    def key(self, session: str) -> None:
        """A key was pressed."""
        if session in self._keys:
            self._keys[session] = self._clock.up_ms()

    def idle_ms(self, session: str) -> int:
        """Milliseconds since the last key; 0 for a session that is not attached."""
        now = self._clock.up_ms()
        return now - self._keys.get(session, now)

    def look_at(self, session: str, item_id: int) -> None:
        """This session has this item open."""
        if session in self._names:
            self._open[session] = item_id

    def looking(self, item_id: int) -> tuple[str, ...]:
        """Unix names of everybody who has this item open."""
        return tuple(sorted({self._names[s] for s, open_item in list(self._open.items()) if open_item == item_id}))

    def session_of(self, name: str) -> str:
        """The session in which this person pressed a key last; "" where they are not on the line."""
        theirs = [session for session, whose in list(self._names.items()) if whose == name]
        return max(theirs, key=lambda session: self._keys.get(session, 0), default="")

    def on_duty(self) -> tuple[str, ...]:
        """Unix names of everybody on the line."""
        return tuple(sorted(set(self._names.values())))
