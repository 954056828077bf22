"""The outbox's worker: releases what is due, sends what may go, looks for what is unknown.

One effect at a time for each account, accounts side by side; single effects first, those of bulk acts in between at the
pace that the platform bears. An effect on its way is never cut: at the stop it gets its
time to come back, and what has not come back then counts as unknown at the next start.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from moderator.desk import outbox, rounds
from moderator.desk.rounds import Due
from moderator.domain.errors import Refused
from moderator.service.context import Service

_log = logging.getLogger(__name__)

_PAUSE: Final = 5.0
"""Seconds before an effect whose carrying out failed inside is taken up again."""


class Outbox:
    """Carries effects out."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._on_the_way: dict[int, asyncio.Task[None]] = {}
        """Account id → the one effect that moves for it now."""
        self._bulk_at: dict[int, float] = {}
        """Account id → up-time in ms from which the next effect of a bulk act may go."""
        self._awake = True

    def wake(self) -> None:
        """An effect has changed: rounds are needed."""
        self._awake = True

    async def turn(self) -> None:
        """One round. Costs nothing while no effect is open."""
        if not self._awake and not self._on_the_way:
            return
        house = self._service.house
        self._awake = False
        await house.write(outbox.release_due)
        for due in await house.read(rounds.due):
            if due.account_id not in self._on_the_way and self._in_time(due):
                task = asyncio.create_task(self._carry(due), name=f"effect-{due.effect_id}")
                self._on_the_way[due.account_id] = task
        if await house.read(rounds.anything_open):
            self._awake = True

    def _in_time(self, due: Due) -> bool:
        """Whether it may go by the pace of bulk acts; where it may, the next one has to wait."""
        if not due.bulk:
            return True
        house = self._service.house
        now = house.clock.up_ms()
        if now < self._bulk_at.get(due.account_id, 0):
            return False
        self._bulk_at[due.account_id] = now + 1000 * rounds.bulk_pause(house, due.account_id)
        return True

    async def _carry(self, due: Due) -> None:
        """Send or look for one effect; then its account is free for the next."""
        try:
            job = outbox.look_for if due.look else outbox.carry_out
            await job(self._service.house, due.effect_id)
        except Refused as refused:
            _log.warning("an effect was not carried out", extra={"effect": due.effect_id, "code": refused.code.value})
            await asyncio.sleep(_PAUSE)
        except Exception as error:
            _log.error("an effect failed inside", extra={"effect": due.effect_id}, exc_info=error)
            await asyncio.sleep(_PAUSE)
        finally:
            self._on_the_way.pop(due.account_id, None)
            self._awake = True

    async def stop(self) -> None:
        """Wait for what is on its way, at most as long as one request may take."""
        running = list(self._on_the_way.values())
        if running:
            await asyncio.wait(running, timeout=self._service.config.times.request)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
