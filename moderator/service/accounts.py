"""Intake: one task for each account in service, which reads new comments and, at its own pace, old ones again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final

from moderator.desk import accounts, intake, rounds
from moderator.desk.house import House
from moderator.domain.errors import Refused
from moderator.domain.wording import words
from moderator.service.context import Service

_log = logging.getLogger(__name__)

_SHORTEST: Final = 0.05
"""Seconds between two reads of one account, however much is waiting there."""


class Accounts:
    """Keeps exactly one reading task for each account in service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._reviewing: asyncio.Task[None] | None = None
        self._changed = True

    def wake(self) -> None:
        """An account was opened, frozen, thawed or retired: compare now."""
        self._changed = True
        if self._reviewing is None or self._reviewing.done():
            self._reviewing = asyncio.create_task(self._review_quietly(), name="accounts-review")

    async def review(self) -> None:
        """Start the readers that are missing and end those that are no longer wanted."""
        wanted = set(await self._service.house.read(rounds.active_accounts))
        for account_id in [known for known in self._tasks if known not in wanted or self._tasks[known].done()]:
            self._tasks.pop(account_id).cancel()
        for account_id in sorted(wanted - set(self._tasks)):
            reader = Reader(self._service, account_id)
            self._tasks[account_id] = asyncio.create_task(reader.run(), name=f"account-{account_id}")

    async def clear(self) -> None:
        """Take the secrets of retired accounts out of the keyring: once at the start, and after each change."""
        if not self._changed:
            return
        self._changed = False
        try:
            await accounts.clear_retired(self._service.house)
        except BaseException:
            self._changed = True
            raise

    async def stop(self) -> None:
        """End every reader; what one has fetched and not saved is fetched again next time."""
        tasks = [*self._tasks.values(), *([self._reviewing] if self._reviewing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _review_quietly(self) -> None:
        try:
            await self.review()
        except Refused as refused:  # the regular round comes anyway
            _log.warning("accounts could not be reviewed", extra={"code": refused.code.value})


class Reader:
    """Reads one account: new comments every `times.poll`, at once where more wait; old ones every `times.refresh`."""

    def __init__(self, service: Service, account_id: int) -> None:
        self._house = service.house
        self._times = service.config.times
        self._id = account_id
        self._faults = 0

    async def run(self) -> None:
        """For ever, one read at a time, and none before the platform's own word."""
        loop = asyncio.get_running_loop()
        poll_at, refresh_at = loop.time(), loop.time() + self._times.refresh
        while True:
            await asyncio.sleep(max(min(poll_at, refresh_at) - loop.time(), self._held_back(), _SHORTEST))
            if refresh_at <= loop.time():
                await self._safely(intake.refresh)
                refresh_at = loop.time() + _jitter(self._times.refresh)
            if poll_at <= loop.time() and not self._held_back():
                more = await self._safely(intake.poll)
                poll_at = loop.time() + (0 if more else _jitter(self._times.poll * 2 ** min(self._faults, 4)))

    def _held_back(self) -> float:
        """Seconds until the account may be asked again: a pause after faults, or what the platform said."""
        until = self._house.not_before.get(self._id)
        return max((until - self._house.clock.now()).total_seconds(), 0.0) if until is not None else 0.0

    async def _safely(self, read: Callable[[House, int], Awaitable[object]]) -> bool:
        """One read; whether more waits. A fault in it is this account's own trouble, and is shown as such."""
        try:
            more = await read(self._house, self._id)
        except Exception as error:
            self._faults += 1
            _log.error("an account could not be read", extra={"account": self._id}, exc_info=error)
            self._house.notices[self._notice] = words(
                "Account {account} cannot be read: a fault inside the desk. It is tried again; tell the lead.",
                account=self._id,
            )
            return False
        self._faults = 0
        self._house.notices.pop(self._notice, None)
        return bool(more)

    @property
    def _notice(self) -> str:
        return f"account {self._id}"


def _jitter(seconds: float) -> float:
    """About so many seconds: accounts that start together do not ask together for ever."""
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 -- spreads load
