"""The open desk: what lives as long as the service does, and the two doors through which every use case runs."""

from __future__ import annotations

import asyncio
import logging
import os
import pwd
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from moderator.config import Config
from moderator.desk import instance, outbox, people, practice
from moderator.desk.judging import Judge
from moderator.desk.presence import Presence
from moderator.desk.room import Look, Room, Windows
from moderator.domain.clock import Clock, SystemClock
from moderator.domain.errors import Refused
from moderator.domain.view import Figures
from moderator.platforms.base import Capabilities, Connector
from moderator.policy import document
from moderator.policy.document import Document
from moderator.policy.engine import Engine
from moderator.store import batches
from moderator.store.base import BULK, URGENT, Store, Tx
from moderator.vault import Vault

__all__ = ["BULK", "URGENT", "House"]

T = TypeVar("T")
Announced = Callable[[list[tuple[str, Any]], tuple[int, str]], None]

_log = logging.getLogger(__name__)


class House:
    """One open desk over one data directory. The lock on that directory is the service's business."""

    def __init__(
        self,
        config: Config,
        data_dir: Path,
        *,
        clock: Clock | None = None,
        practice: bool = False,
        private: bool = False,
        on_commit: Announced | None = None,
    ) -> None:
        self.config = config
        self.data_dir = data_dir
        self.clock: Clock = clock or SystemClock()
        self.practice = practice
        self.private = private
        self.on_commit = on_commit
        """Called in the writer thread after each commit, with what was announced and the trail's head."""
        self._began_ms = self.clock.up_ms()
        self.windows = Windows(self.clock)
        self.presence = Presence(self.clock)
        self.vault = Vault(allow=config.vault.allow, limit_s=config.times.vault)
        self.connectors: dict[int, Connector] = {}
        """Filled by `accounts.connector`."""
        self.notices: dict[str, str] = {}
        """Banner sentences by what they are about; a cured one is removed."""
        self.not_before: dict[int, datetime] = {}
        """Account id → moment before which it is not asked again: a back-off, or the platform's own word."""
        self.failures: dict[int, int] = {}
        """Account id → reads that failed in a row."""
        self.hold_off: dict[int, int] = {}
        """Account id → up-time in ms before which its line is not opened again: there was no secret to open it with."""
        self.settled: dict[int, int] = {}
        """Item id → up-time in ms at which an effect on it last ended: older reads say nothing about it."""
        self.refreshed: dict[int, int] = {}
        """Account id → newest item id that the running round of refreshes has read again."""
        self.figures: dict[int, Figures] = {}
        """Hours → the figures that were counted last (`desk.figures`)."""
        self.bulk_running: set[int] = set()
        """Bulk acts that are being decided at this moment."""
        self.policy: Document
        self.engine: Engine
        self.judge: Judge
        self.store: Store

    @property
    def up_s(self) -> float:
        """Seconds since this desk was opened."""
        return (self.clock.up_ms() - self._began_ms) / 1000

    async def start(self) -> None:
        """Open the database, take the policy into force, settle what a crash left open, and be ready."""
        place = self.config.policy.file
        self.policy = await asyncio.to_thread(document.load, Path(place) if place else None)
        self.engine = await asyncio.to_thread(Engine, self.policy)
        self.judge = Judge(self.policy, self.notices, known=self._rows_known)
        self.store = await asyncio.to_thread(self._open)
        doubt = await asyncio.to_thread(instance.doubt, self.data_dir, self.store)
        await self.write(outbox.recover, doubt)
        await self.write(people.take_policy_into_force)
        if self.private:
            owner = pwd.getpwuid(os.getuid())
            await self.write(people.ensure_owner, owner.pw_name, owner.pw_uid)
        if self.practice:
            await self.write(practice.ensure_account)
        await self.checkpoint()

    def _open(self) -> Store:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        limits = self.config.limits
        return Store(
            self.data_dir / "desk.db",
            self.clock,
            zone=self.config.desk.time_zone,
            busy_ms=limits.busy_ms,
            query_ms=limits.query_ms,
            on_commit=self._tell,
        )

    def _rows_known(self) -> list[tuple[str, str]]:
        """Key and text of every row of near-duplicates in the queue; none where the database cannot say now."""
        try:
            return self.store.read(batches.rows_of_many).result()
        except Refused:
            return []

    def _tell(self, announced: list[tuple[str, Any]], head: tuple[int, str]) -> None:
        """Pass on what a commit announced. A fault of a listener never reaches the writer thread."""
        if self.on_commit is None:
            return
        try:
            self.on_commit(announced, head)
        except Exception:
            _log.exception("a listener failed")

    async def write(self, fn: Callable[..., T], *args: Any, priority: int = URGENT) -> T:
        """Run a writing use case `fn(room, *args)` in one transaction; returns once it is durable. Raises `Refused`."""

        def job(tx: Tx) -> tuple[T, Room]:
            room = Room(tx, self.config, self.clock, self.policy, self.windows, self)
            return fn(room, *args), room

        result, room = await asyncio.wrap_future(self.store.write(job, priority))
        if room.refusal is not None:
            raise room.refusal
        return result

    async def read(self, fn: Callable[..., T], *args: Any) -> T:
        """Run a reading use case `fn(look, *args)` on one moment of the database, within the query time limit."""

        def job(conn: sqlite3.Connection) -> T:
            look = Look(conn, self.config, self.clock.now(), self.policy, self.windows, self)
            conn.execute("BEGIN")
            try:
                return fn(look, *args)
            finally:
                conn.rollback()

        return await asyncio.wrap_future(self.store.read(job))

    async def checkpoint(self) -> None:
        """Write the head of the trail beside the database, durably."""
        await asyncio.to_thread(instance.mark, self.data_dir, self.store)

    def capabilities(self, account_id: int) -> Capabilities | None:
        """What this account's connector says it can do, or None while there is no line to its platform."""
        connector = self.connectors.get(account_id)
        return connector.capabilities if connector else None

    async def close(self) -> None:
        """Finish what was accepted and let go of everything."""
        for connector in self.connectors.values():
            await connector.aclose()
        self.connectors.clear()
        await self.judge.close()
        try:
            await self.checkpoint()
        except OSError as error:  # a full disk: the last one that was written stands
            _log.error("the checkpoint could not be written", exc_info=error)
        await asyncio.to_thread(self.store.close)
