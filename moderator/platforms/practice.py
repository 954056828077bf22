"""Practice: a made-up agency's busy feed, so that officers learn with nothing at risk.

Deterministic for a seed and a clock, held in memory, without any socket. Post titles, handles and the desk's own name
are marked as practice, and so is the account's name, which stands beside every comment in the queue.
Hides, restores and replies change this world alone and are seen when it is read again.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from moderator.domain.comment import RemoteComment, RemoteState
from moderator.domain.effect import Op
from moderator.domain.wording import joined, sentence_of, words
from moderator.platforms.base import (
    Action,
    Capabilities,
    HideScope,
    Identity,
    Invalid,
    NotFound,
    Observed,
    Outage,
    Outcome,
    Page,
    Transient,
    Unsupported,
    Verb,
)
from moderator.platforms.practice_world import OWN_ID, OWN_NAME, Pace, World
from moderator.platforms.reading import number, table

CAPABILITIES: Final = Capabilities(
    hide=True,
    restore=True,
    reply=True,
    context=True,
    hide_scope=HideScope.FULLY,
    reply_limit=2000,
    reply_unit="graphemes",
    tested="synthetic",
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Practice:
    """One practice account. See `platforms.base.Connector` for the meaning of the methods.

    Settings: `seed` (any text; another world for each seed), `rate` (mean seconds between comments, 4 unless given),
    `outages` ("off" for a site that never fails).
    """

    def __init__(self, account_id: int, settings: Mapping[str, str], *, now: Callable[[], datetime] = _utc_now) -> None:
        self.capabilities = CAPABILITIES
        self._now = now
        start = now()
        seed = settings.get("seed") or f"{account_id}.{int(start.timestamp())}"
        pace = Pace(_rate(settings.get("rate", "")), settings.get("outages", "on") != "off")
        self._world = World(seed, start, pace)
        self._elsewhere: dict[str, RemoteState] = {}
        """Comments that this world does not know (any more): they can still be practised on."""

    async def probe(self) -> Identity:
        """Nobody real."""
        return Identity(OWN_ID, OWN_NAME, ("practice",), capabilities=self.capabilities)

    async def fetch(self, cursor: str, budget: int = 100) -> Page:
        """What was said since the cursor, oldest first."""
        self._reach()
        new = self._world.since(self._position(cursor))
        page = new[: max(1, budget)]
        last = page[-1][0] if page else self._world.last
        comments = tuple(comment for _, comment in page)
        return Page(comments, json.dumps({"run": self._world.run, "n": last}), more=len(new) > len(page))

    async def refresh(self, remote_ids: Sequence[str]) -> Sequence[Observed]:
        """How these stand now. Nothing is known of an earlier run or of what was forgotten: those are left out."""
        self._reach()
        return [self._observe(key) for key in remote_ids if self._world.knows(key)]

    async def context(self, remote_id: str) -> Sequence[RemoteComment]:
        """The thread, oldest first, without the comment itself."""
        self._reach()
        return self._world.around(remote_id)

    async def act(self, action: Action) -> Outcome:
        """Changes the made-up world."""
        try:
            self._reach()
        except Outage as fault:
            raise Transient(joined((sentence_of(fault), words("Nothing was sent."))), unknown_outcome=False) from None
        if action.op is Op.REPLY:
            return self._reply(action)
        if action.op not in (Op.HIDE, Op.RESTORE):
            raise Unsupported(words("Practice has no act “{op}”.", op=action.op))
        wanted = RemoteState.HIDDEN if action.op is Op.HIDE else RemoteState.VISIBLE
        before = self._state(action.remote_id)
        if before is RemoteState.DELETED:
            raise NotFound(words("Its author has deleted this comment."))
        if before is not wanted:
            self._set_state(action.remote_id, wanted)
        verb = Verb.ALREADY if before is wanted else Verb.DONE
        return Outcome(verb, "", wanted, words("The practice world shows it as {wanted}.", wanted=wanted))

    async def look(self, action: Action, taken: frozenset[str]) -> Outcome:
        """Whether the made-up world holds the act."""
        self._reach()
        if action.op is Op.REPLY:
            made = self._world.made.get(action.key, "")
            found = made and made not in taken
            return (
                Outcome(Verb.DONE, made, evidence=words("Found as {made}.", made=made))
                if found
                else Outcome(Verb.UNKNOWN)
            )
        wanted = RemoteState.HIDDEN if action.op is Op.HIDE else RemoteState.VISIBLE
        state = self._state(action.remote_id)
        return Outcome(Verb.DONE if state is wanted else Verb.UNKNOWN, "", state)

    def stream(self, cursor: str) -> AsyncIterator[None] | None:
        """Practice is polled like the rest."""
        return None

    async def aclose(self) -> None:
        """Nothing is open."""

    def _reach(self) -> None:
        """Lets the world catch up with the clock. Raises `Outage` during one of its made-up ones."""
        self._world.advance(self._now())
        if self._world.is_down(self._now()):
            raise Outage(words("The practice site is down for a few seconds (a made-up outage)."))

    def _position(self, cursor: str) -> int:
        try:
            saved = table(json.loads(cursor)) if cursor else {}
        except ValueError:
            saved = {}
        return number(saved.get("n")) if saved.get("run") == self._world.run else 0

    def _observe(self, remote_id: str) -> Observed:
        comment = self._world.comment(remote_id)
        if comment is None:
            return Observed(remote_id, RemoteState.DELETED)
        return Observed(remote_id, comment.state, comment)

    def _state(self, remote_id: str) -> RemoteState:
        comment = self._world.comment(remote_id)
        if comment is not None:
            return comment.state
        if self._world.knows(remote_id):
            return RemoteState.DELETED
        return self._elsewhere.get(remote_id, RemoteState.VISIBLE)

    def _set_state(self, remote_id: str, state: RemoteState) -> None:
        comment = self._world.comment(remote_id)
        if comment is None:
            self._elsewhere[remote_id] = state
        else:
            self._world.put(replace(comment, state=state))

    def _reply(self, action: Action) -> Outcome:
        if not action.text.strip():
            raise Invalid(words("The reply is empty."))
        state = self._state(action.remote_id)
        if state is RemoteState.DELETED:
            raise NotFound(words("Its author has deleted this comment: a reply would stand under nothing."))
        if (made := self._world.made.get(action.key)) is not None:
            return Outcome(Verb.ALREADY, made, state, words("The practice world holds it as {made}.", made=made))
        made = self._world.answer(action.remote_id, action.text, action.key, self._now())
        return Outcome(Verb.DONE, made, state, words("The practice world made it {made}.", made=made))


def _rate(value: str) -> timedelta:
    """The setting `rate`. Raises `Invalid` for anything but 0.01 to 3600 seconds."""
    try:
        seconds = float(value) if value else 4.0
    except ValueError:
        seconds = 0.0
    if not 0.01 <= seconds <= 3600:
        raise Invalid(words("The account's setting “rate” must be a number of seconds from 0.01 to 3600."))
    return timedelta(seconds=seconds)
