"""What runs without anybody asking: intake and refresh of each account, the outbox, clocks, checkpoints, pings.

Every worker outlives its own faults: a fault is logged, the next round comes later, and no account stops another.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from moderator.desk import clocks, escalate, indexing, rounds, velocity
from moderator.domain.event import stamp
from moderator.service.accounts import Accounts
from moderator.service.context import Service
from moderator.service.hub import Pending
from moderator.service.outbox import Outbox

_log = logging.getLogger(__name__)

PING_SECONDS: Final = 5.0
CLOCK_SECONDS: Final = 1.0
ROOM_SECONDS: Final = 2.0
LADDER_SECONDS: Final = 10.0
BURST_SECONDS: Final = 5.0
WORDS_SECONDS: Final = 1.0
_SOON: Final = timedelta(minutes=5)
"""A private desk stays for an effect that is tried or looked for within this time."""
_PATIENCE: Final = 60.0
"""Longest pause after faults in a row, in seconds."""


async def again_and_again(name: str, pause: float, job: Callable[[], Awaitable[object]]) -> None:
    """Run `job` for ever with a pause between rounds. Faults are logged; each one in a row doubles the pause."""
    faults = 0
    while True:
        try:
            await job()
            faults = 0
        except Exception as error:
            faults += 1
            _log.error("a worker failed and goes on", extra={"worker": name, "in_a_row": faults}, exc_info=error)
        wait = pause if not faults else min(max(pause, 1.0) * 2**faults, _PATIENCE)
        await asyncio.sleep(wait * random.uniform(0.95, 1.05) if wait > 1 else wait)  # noqa: S311 -- spreads load


class Workers:
    """Every background task of one desk."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.accounts = Accounts(service)
        self.outbox = Outbox(service)
        self._tasks: list[asyncio.Task[None]] = []
        service.hub.listeners.append(self._heard)

    def start(self, when_idle: Callable[[str], None] | None = None) -> None:
        """Begin. `when_idle` is called once a private desk was without client and effect for the configured time."""
        times, house = self._service.config.times, self._service.house
        jobs: dict[str, tuple[float, Callable[[], Awaitable[object]]]] = {
            "accounts": (times.poll, self.accounts.review),
            "retired": (CLOCK_SECONDS, self.accounts.clear),
            "outbox": (times.tick, self.outbox.turn),
            "clocks": (CLOCK_SECONDS, lambda: house.write(clocks.tick)),
            "room": (ROOM_SECONDS, lambda: clocks.try_saving(house)),
            "bursts": (BURST_SECONDS, lambda: velocity.watch(house)),
            "ladder": (LADDER_SECONDS, lambda: house.write(escalate.climb_due)),
            "words": (WORDS_SECONDS, lambda: indexing.catch_up(house)),
            "checkpoint": (times.checkpoint, house.checkpoint),
            "ping": (PING_SECONDS, self._ping),
        }
        if when_idle is not None:
            jobs["linger"] = (min(times.linger / 4, 5.0), Linger(self._service, when_idle).look)
        for name, (pause, job) in jobs.items():
            self._tasks.append(asyncio.create_task(again_and_again(name, pause, job), name=name))

    async def stop(self) -> None:
        """End every worker. Effects on their way get their request's time limit to come back; then they are unknown."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.accounts.stop()
        await self.outbox.stop()

    async def _ping(self) -> None:
        self._service.hub.ping(stamp(self._service.house.clock.now()))

    def _heard(self, pending: Pending) -> None:
        if pending.effects or pending.batches:
            self.outbox.wake()
        if pending.accounts:
            self.accounts.wake()


class Linger:
    """Tells when a private desk is no longer needed."""

    def __init__(self, service: Service, when_idle: Callable[[str], None]) -> None:
        self._service = service
        self._when_idle = when_idle
        self._last_ms = service.house.clock.up_ms()

    async def look(self) -> None:
        """Call `when_idle` once nobody has been here, and nothing was on its way, for the configured time."""
        clock = self._service.house.clock
        if len(self._service.sessions) or await self._service.house.read(rounds.moves_within, _SOON):
            self._last_ms = clock.up_ms()
        elif clock.up_ms() - self._last_ms >= self._service.config.times.linger * 1000:
            self._when_idle("nobody needs the private desk any more")
