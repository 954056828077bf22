"""Reading the platforms: new comments, what became of old ones, and comments from a file.

The cursor is saved in the transaction that takes the last comment of a page in; the same page read twice takes nothing
in twice. What a platform does wrong is written down on its account and never stops the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from moderator.desk import accounts, taking
from moderator.desk.ending import SEEN
from moderator.desk.judging import Given, Judged
from moderator.desk.ready import Taken
from moderator.desk.room import Look, Room, need, storable
from moderator.desk.taking import BATCH
from moderator.domain.comment import RemoteComment, RemoteState
from moderator.domain.errors import Code, Refused
from moderator.domain.event import stamp
from moderator.domain.names import named
from moderator.domain.person import Actor, Permission
from moderator.domain.wording import joined, recalled, sentence_of, words
from moderator.platforms.base import AuthRevoked, Connector, Forbidden, PlatformError, RateLimited
from moderator.store import comments, polls
from moderator.store.base import BULK
from moderator.vault import VaultUnavailable

if TYPE_CHECKING:
    from moderator.desk.house import House

_log = logging.getLogger(__name__)

_DECIDED_FOR: Final = timedelta(days=3)
"""Decided items are read again for so long."""
_LONGEST_PAUSE_S: Final = 600.0
_LINE_FAULTS: Final = 50
"""Most refused lines of an import that are named."""


# Reading an account


async def poll(house: House, account_id: int) -> bool:
    """Read an account once; whether more waits there. A platform's fault is recorded on the account, never raised:
    `house.not_before` then says when to ask again."""
    began = house.clock.up_ms()
    try:
        state = await house.read(_state, account_id)
        if state is None:
            return False
        connector = await accounts.connector(house, account_id)
        page = await connector.fetch(state)
    except (PlatformError, Refused, VaultUnavailable) as error:
        await _fault(house, account_id, error)
        return False
    up_to = (page.cursor, "" if page.complete else page.gap)
    await take_all(house, account_id, page.comments, began, up_to)
    house.failures.pop(account_id, None)
    house.not_before.pop(account_id, None)
    return page.more


def _state(look: Look, account_id: int) -> str | None:
    """The cursor of an account that may be read now, or None."""
    row = polls.state(look.conn, account_id)
    if row is not None and row["paused"]:
        return None
    return row["cursor"] if row is not None else ""


def _read_up_to(room: Room, account_id: int, cursor: str, gap: str) -> None:
    """Everything up to this cursor is taken in: saved after it, never before."""
    polls.ensure(room.tx, account_id)
    polls.save_cursor(room.tx, account_id, cursor)
    if polls.up(room.tx, account_id, gap):
        room.tx.record("outage.end", account=account_id)
        room.tx.announce("account", account_id)
    if gap:
        room.tx.record("gap", account=account_id)
        room.tx.announce("account", account_id)


async def _fault(house: House, account_id: int, error: Exception) -> None:
    """Write down why an account could not be read, and when it is asked again."""
    failures = house.failures[account_id] = house.failures.get(account_id, 0) + 1
    pause = min(house.config.times.poll * 2 ** min(failures - 1, 10), _LONGEST_PAUSE_S)
    again = house.clock.now() + timedelta(seconds=pause)
    house.not_before[account_id] = error.retry_at if isinstance(error, RateLimited) else again
    if isinstance(error, AuthRevoked) and failures == 1:
        await _forget(house, account_id)
    elif isinstance(error, (AuthRevoked, Forbidden)):
        await house.write(_pause, account_id, sentence_of(error))
    if not isinstance(error, RateLimited):
        await house.write(_down, account_id, sentence_of(error), type(error).__name__)


async def _forget(house: House, account_id: int) -> None:
    """Read the keyring once more before a refused credential pauses the account."""
    try:
        await accounts.forget_connector(house, account_id)
    except (Refused, VaultUnavailable):
        _log.warning("a line could not be closed", extra={"account": account_id})


def _pause(room: Room, account_id: int, sentence: str) -> None:
    polls.ensure(room.tx, account_id)
    if polls.pause(
        room.tx,
        account_id,
        joined((sentence, words("Reading and sending are paused until the secret is set anew."))),
    ):
        room.tx.record("account.paused", account=account_id)
        room.tx.announce("account", account_id)


def _down(room: Room, account_id: int, sentence: str, code: str) -> None:
    polls.ensure(room.tx, account_id)
    row = polls.state(room.conn, account_id)
    paused = row is not None and row["paused"]
    if polls.down(room.tx, account_id, recalled(row["sentence"]) if row is not None and paused else sentence):
        room.tx.record("outage.begin", account=account_id, code=code)
        room.tx.announce("account", account_id)


async def refresh(house: House, account_id: int) -> None:
    """Read open and recently decided comments again: edits, deletions, what others did natively. One round after the
    other over all of them, a hundred at a time."""
    began = house.clock.up_ms()
    asked = await house.read(_to_refresh, account_id, house.refreshed.get(account_id, 0))
    if not asked:
        house.refreshed.pop(account_id, None)
        return
    try:
        connector: Connector = await accounts.connector(house, account_id)
        observed = await connector.refresh([remote_id for _, remote_id in asked])
    except (PlatformError, Refused, VaultUnavailable) as error:
        await _fault(house, account_id, error)
        return
    ids = {remote_id: item_id for item_id, remote_id in asked}
    there = [seen.comment for seen in observed if seen.comment is not None and seen.state is not RemoteState.DELETED]
    away = [ids[seen.remote_id] for seen in observed if seen.state is RemoteState.DELETED and seen.remote_id in ids]
    await take_all(house, account_id, there, began)
    if away:
        await house.write(taking.gone_all, away, priority=BULK)
    house.refreshed[account_id] = asked[-1][0]


def _to_refresh(look: Look, account_id: int, after: int) -> list[tuple[int, str]]:
    row = polls.state(look.conn, account_id)
    if row is not None and row["paused"]:
        return []
    return polls.to_refresh(look.conn, account_id, after, stamp(look.now - _DECIDED_FOR), BATCH)


# Taking in


UpTo = tuple[str, str]
"""A cursor to save with the last comment of a page, and what may be missing before it ("" for nothing)."""


async def take_all(
    house: House, account_id: int, read: Sequence[RemoteComment], began_ms: int, up_to: UpTo | None = None
) -> int:
    """Judge and write what was read, in batches; how many comments are new. The last batch and the cursor are one
    transaction."""
    known = await house.read(_known, account_id, [storable(comment.remote_id) for comment in read])
    fresh = [comment for comment in read if known.get(storable(comment.remote_id)) != _as_known(comment)]
    starts = range(0, len(fresh), BATCH) or range(1)
    async with _Belt(house, account_id, began_ms) as belt:
        for start in starts:
            await belt.put(fresh[start : start + BATCH], up_to if start == starts[-1] else None)
    return belt.taken


def _as_known(comment: RemoteComment) -> tuple[str, str]:
    """What stands here of a comment of which nothing has changed."""
    return storable(comment.revision), SEEN[comment.state].value


def _known(look: Look, account_id: int, remote_ids: list[str]) -> dict[str, tuple[str, str]]:
    """What stands here of these comments."""
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(remote_ids), BATCH):
        found |= comments.revisions(look.conn, account_id, remote_ids[start : start + BATCH])
    return found


def _changed(look: Look, account_id: int, judged: Sequence[Taken]) -> list[Taken]:
    """Those of which not everything stands here as it is."""
    known = _known(look, account_id, [taken.remote_id for taken in judged])
    seen = [(taken.revision, SEEN[RemoteState(taken.state)].value) for taken in judged]
    return [taken for taken, now in zip(judged, seen, strict=True) if known.get(taken.remote_id) != now]


class _Belt:
    """Batches on their way in: one is judged while the one before it is written. Leaving the belt waits for the last.

    Where a batch cannot be written, that is raised at the next one or on leaving; what was written before stands.
    """

    def __init__(self, house: House, account_id: int, began_ms: int, *, lines: bool = False) -> None:
        """`lines`: only the judge reads them, so that it shows afterwards which of them are known already."""
        self._lines = lines
        self._house = house
        self._account_id = account_id
        self._began_ms = began_ms
        self._judging: asyncio.Task[list[Judged]] | None = None
        self._writing: asyncio.Task[int] | None = None
        self._up_to: UpTo | None = None
        self.taken = self.known = self.refused = 0
        self.sentences: list[str] = []
        """Why lines were refused, the first of them."""

    async def put(self, batch: Sequence[Given], up_to: UpTo | None = None) -> None:
        """The next batch. Comes back when the one before it is judged and the one before that is written."""
        before, self._judging = self._judging, asyncio.create_task(self._house.judge.judge(batch))
        before_up_to, self._up_to = self._up_to, up_to
        if before is not None:
            await self._write(await before, before_up_to)

    async def __aenter__(self) -> _Belt:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            under_way = [task for task in (self._judging, self._writing) if task is not None]
            await asyncio.gather(*under_way, return_exceptions=True)
            return
        if self._judging is not None:
            await self._write(await self._judging, self._up_to)
        await self._written()

    async def _write(self, judged: Sequence[Judged], up_to: UpTo | None) -> None:
        ready = [one for one in judged if isinstance(one, Taken)]
        self.known += len(ready)
        if self._lines:
            ready = await self._house.read(_changed, self._account_id, ready)
        refused = [one for one in judged if isinstance(one, str)]
        self.refused += len(refused)
        self.sentences += refused[: max(_LINE_FAULTS - len(self.sentences), 0)]
        await self._written()
        self._writing = asyncio.create_task(_write(self._house, self._account_id, ready, self._began_ms, up_to))

    async def _written(self) -> None:
        if self._writing is not None:
            new = await self._writing
            self._writing = None
            self.taken += new
            self.known -= new


def _take_in(room: Room, account_id: int, batch: list[Taken], began_ms: int, up_to: UpTo | None) -> int:
    taken_in = taking.take_in(room, account_id, batch, began_ms)
    if up_to is not None:
        _read_up_to(room, account_id, *up_to)
    return taken_in


async def _write(house: House, account_id: int, batch: list[Taken], began_ms: int, up_to: UpTo | None) -> int:
    """Write a batch. Where one comment cannot be stored, the others are; that one is named in the log and a banner."""
    if not batch and up_to is None:
        return 0
    try:
        return await house.write(_take_in, account_id, batch, began_ms, up_to, priority=BULK)
    except Refused:
        raise
    except Exception:
        _log.exception("a batch could not be written; comment by comment now")
    taken_in = sum([await _write_one(house, account_id, taken, began_ms) for taken in batch])
    if up_to is not None:
        await house.write(_read_up_to, account_id, *up_to, priority=BULK)
    return taken_in


async def _write_one(house: House, account_id: int, taken: Taken, began_ms: int) -> int:
    try:
        return await house.write(_take_in, account_id, [taken], began_ms, None, priority=BULK)
    except Refused:
        raise
    except Exception:
        _log.exception("a comment could not be taken in", extra={"account": account_id})
        house.notices["intake"] = words("A comment could not be taken in; the log names it. Tell the lead.")
        return 0


# From a file


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of a file."""

    taken: int
    known: int
    refused: tuple[str, ...]
    """A sentence for each line that could not be used, at most fifty."""
    refused_count: int


async def import_lines(house: House, actor: Actor, account_id: int, lines: AsyncIterable[bytes]) -> Imported:
    """Take in JSON Lines that a client streams. A bad line is named by its number and stops nothing."""
    need(actor, Permission.IMPORT)
    await house.read(_import_account, account_id)
    async with _Belt(house, account_id, house.clock.up_ms(), lines=True) as belt:
        batch: list[Given] = []
        number = 0
        async for line in lines:
            number += 1
            batch.append((number, line))
            if len(batch) == BATCH:
                await belt.put(batch)
                batch = []
        await belt.put(batch)
    await house.write(_imported, actor, account_id, belt.taken, belt.known, belt.refused)
    return Imported(belt.taken, belt.known, tuple(belt.sentences), belt.refused)


def _import_account(look: Look, account_id: int) -> None:
    row = polls.account(look.conn, account_id)
    if row is None:
        raise Refused(
            Code.NOT_FOUND,
            words("There is no account {account}.", account=account_id),
            words("Look at the accounts."),
        )
    if row["platform"] != "import":
        raise Refused(
            Code.NOT_ALLOWED,
            words("{name} is read from its platform, not from files.", name=row["name"]),
            words("Open an account of kind import."),
        )
    if row["status"] != "active":
        raise Refused(
            Code.WRONG_STATE,
            words("{name} is {status}.", name=row["name"], status=named(row["status"])),
            words("A lead activates it first."),
        )


def _imported(room: Room, actor: Actor, account_id: int, taken: int, known: int, refused: int) -> None:
    room.tx.record(
        "import",
        actor=actor.person.id,
        session=actor.session,
        account=account_id,
        taken=taken,
        known=known,
        refused=refused,
    )
