"""From the kernel's credentials to an actor. Nothing that a client says takes part in it.

uid → Unix name and group (the name service, in a thread, within a limit, failing closed) → person on the roster. Looked
up at every act; for reads and open streams an answer may be as old as the configured seconds.
"""

from __future__ import annotations

import asyncio
import grp
import logging
import os
import pwd
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from moderator.config import Config
from moderator.desk import people
from moderator.desk.house import House
from moderator.desk.room import Room
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Person
from moderator.domain.wording import words
from moderator.service.protocol import Peer

T = TypeVar("T")

_log = logging.getLogger(__name__)

UNSET: Final = 4294967295
"""The kernel's loginuid of a process that nobody's login started."""

_STUCK: Final = 16
"""Look-ups that may hang at once before every further one fails at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the name service says of one uid."""

    name: str
    member: bool
    """Whether it belongs to the desk's group now."""


class Directory:
    """The machine's name service and the kernel's audit. Every method may block: call through `Limited`."""

    def entry(self, uid: int, group: str) -> Entry:
        """Name and membership of `uid`. Raises KeyError where either is unknown."""
        user = pwd.getpwuid(uid)
        wanted = grp.getgrnam(group).gr_gid if group else None
        member = wanted is None or wanted in os.getgrouplist(user.pw_name, user.pw_gid)
        return Entry(user.pw_name, member)

    def uid(self, name: str) -> int:
        """The uid of a Unix name. Raises KeyError, or ValueError for what can be no name."""
        return pwd.getpwnam(name).pw_uid

    def login(self, pid: int) -> int:
        """The uid whose login started this process, -1 where nobody's did or the kernel does not tell."""
        try:
            found = int(Path(f"/proc/{pid}/loginuid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return -1
        return -1 if found == UNSET else found


class Limited:
    """Runs blocking look-ups in threads of their own, within a time limit. A thread that hangs holds up nobody."""

    def __init__(self, seconds: float, most: int = _STUCK) -> None:
        self._seconds = seconds
        self._free = threading.BoundedSemaphore(most)

    async def run(self, job: Callable[..., T], *args: Any) -> T:
        """What `job` answers. Raises TimeoutError where it takes too long, or where too many hang already."""
        if not self._free.acquire(blocking=False):
            raise TimeoutError
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        threading.Thread(target=self._work, args=(loop, future, job, args), name="look-up", daemon=True).start()
        return await asyncio.wait_for(future, self._seconds)

    def _work(
        self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], job: Callable[..., T], args: tuple[Any, ...]
    ) -> None:
        try:
            result, error = job(*args), None
        except Exception as failure:
            result, error = None, failure
        finally:
            self._free.release()
        try:
            loop.call_soon_threadsafe(_settle, future, result, error)
        except RuntimeError:
            _log.debug("a look-up ended after the service")


def _settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if future.done():  # it was given up
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


class Gate:
    """Tells who is at the other end, and refuses whoever may not be here."""

    def __init__(self, house: House, config: Config, *, private: bool, directory: Directory | None = None) -> None:
        self._house = house
        self._private = private
        self._group = "" if private else config.desk.group
        self._fresh_for = config.times.identity
        self._directory = directory or Directory()
        self._limited = Limited(config.times.lookup_limit)
        self._known: dict[int, tuple[float, Person]] = {}
        self._told: dict[tuple[int, int], float] = {}

    async def member(self, peer: Peer) -> str:
        """The Unix name of somebody who may connect. Raises `Refused` for everybody else."""
        if self._private:
            return await self._owner(peer)
        entry = await self._entry(peer.uid)
        if not entry.member:
            raise Refused(
                Code.NOT_ALLOWED,
                words("{name} is not in the group “{group}” of this machine.", name=entry.name, group=self._group),
                words("Ask the administrator of this machine."),
            )
        await self._same_login(peer)
        return entry.name

    async def person(self, peer: Peer, *, act: bool) -> Person:
        """The person on the roster. For an act everything is looked up again."""
        at, known = self._known.get(peer.uid, (0.0, None))
        if known is not None and not act and time.monotonic() - at < self._fresh_for:
            await self._same_login(peer)
            return known
        self._known.pop(peer.uid, None)
        person = await self._on_roster(peer)
        self._known[peer.uid] = (time.monotonic(), person)
        return person

    async def uid_of(self, name: str) -> int:
        """The uid of a Unix name on this machine. Raises `Refused` where there is no such user."""
        try:
            return await self._limited.run(self._directory.uid, name)
        except (KeyError, ValueError):
            raise Refused(
                Code.BAD,
                words("There is no such user on this machine."),
                words("Make the Unix account first, then add the person."),
            ) from None
        except TimeoutError:
            raise Refused(
                Code.BUSY,
                words("The machine's user directory did not answer in time; nothing was saved."),
                words("Try again."),
            ) from None

    def forget(self) -> None:
        """Look everybody up again: the roster changed."""
        self._known.clear()

    async def _on_roster(self, peer: Peer) -> Person:
        name = await self.member(peer)
        person: Person | None = await self._house.read(people.find, peer.uid, name)
        if person is None or not person.active:
            raise Refused(
                Code.NOT_ALLOWED,
                words("{name} is not on the roster of this desk.", name=name),
                words("Ask the lead to run: moderator people add {name}", name=name),
            )
        return person

    async def _owner(self, peer: Peer) -> str:
        if peer.uid != os.getuid():
            raise Refused(
                Code.NOT_ALLOWED,
                words("This is somebody's private desk."),
                words("Start your own: moderator --private"),
            )
        return (await self._entry(peer.uid)).name

    async def _entry(self, uid: int) -> Entry:
        try:
            return await self._limited.run(self._directory.entry, uid, self._group)
        except TimeoutError:
            raise Refused(
                Code.NOT_ALLOWED,
                words("The machine's user directory did not answer in time, so the desk cannot tell who you are."),
                words("Try again; if it goes on, tell the administrator of this machine."),
            ) from None
        except (KeyError, OSError):
            raise Refused(
                Code.NOT_ALLOWED,
                words(
                    "User id {uid}, or the group “{group}”, is not known on this machine.", uid=uid, group=self._group
                ),
                words("Ask the administrator of this machine."),
            ) from None

    async def _same_login(self, peer: Peer) -> None:
        """Refuse a process whose login was another user's: after su or sudo it is not known who sits there.

        On a private desk this does not matter: whoever has the owner's uid has the files as well.
        """
        if self._private:
            return
        if peer.login is None:
            try:
                peer.login = await self._limited.run(self._directory.login, peer.pid)
            except TimeoutError:
                raise Refused(
                    Code.NOT_ALLOWED, words("The desk could not tell whose login this is."), words("Connect again.")
                ) from None
        if peer.login in (-1, peer.uid):
            return
        await self._tell(peer.uid, peer.login)
        raise Refused(
            Code.NOT_ALLOWED,
            words("You logged in to this machine as somebody else; the desk takes nobody who changed user on the way."),
            words("Log in with your own name over SSH and connect again."),
        )

    async def _tell(self, uid: int, login: int) -> None:
        """Put the refusal on the trail, once an hour for each pair so that nobody can fill it."""
        _log.warning("refused: the login is another user's", extra={"uid": uid, "login": login})
        if time.monotonic() - self._told.get((uid, login), -3600.0) >= 3600.0:
            self._told[uid, login] = time.monotonic()
            await self._house.write(record_refusal, uid, login)


def record_refusal(room: Room, uid: int, login: int) -> int:
    """One event: this uid came, and its login was another one's."""
    return room.tx.record("identity.refused", uid=uid, login=login)
