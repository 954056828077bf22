"""The process: lock, hardening, socket, the open desk, its workers, and a stop that loses nothing.

Order of the start: data directory, lock, socket (bound, not listening), desk, workers, listening. Order of the stop:
streams end with `closing` while their sessions are kept, requests finish, workers stop, the desk closes, the socket
goes, the lock falls with the process.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import pwd
import signal
import socket as sockets
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from moderator import __version__, locale
from moderator.config import Config
from moderator.desk import people, rounds
from moderator.desk.house import House
from moderator.domain.errors import Code, Refused
from moderator.domain.wording import sentence_of, words
from moderator.service import logs, news, places
from moderator.service.answers import broken
from moderator.service.app import build
from moderator.service.bounds import Bounds
from moderator.service.context import Service
from moderator.service.harden import harden
from moderator.service.hub import Hub
from moderator.service.identity import Gate
from moderator.service.protocol import HEAD, protocol_for
from moderator.service.workers import Workers

_log = logging.getLogger(__name__)

EX_DATA: Final = 65
EX_INTERNAL: Final = 70
EX_CONFIG: Final = 78
_EXITS: Final = {Code.DAMAGED: EX_DATA, Code.VERSION: EX_DATA, Code.BAD: EX_CONFIG, Code.BUSY: places.EX_TEMPFAIL}
DATABASE: Final = "desk.db"
PRACTICE_POLL: Final = 2.0
"""Seconds between two reads of the practice platform, at most."""
_KEEP_ALIVE: Final = 75
"""Seconds for which an idle connection is kept."""
_END_OF_STREAMS: Final = 2.0
"""Seconds that open streams get to take their last events."""
_END_OF_REQUESTS: Final = 10
"""Seconds that running requests get to finish."""


def serve(
    config: Config,
    *,
    data_dir: Path,
    socket: Path,
    private: bool = False,
    practice: bool = False,
    init_lead: str = "",
) -> int:
    """Serve one desk until it is told to stop; the exit code.

    With `init_lead` it puts that Unix user on an empty roster as the first lead and ends.
    """
    data_dir, socket = data_dir.absolute(), socket.absolute()
    config = _lively(config) if practice else config
    handler = logs.begin(config.limits.logs_per_minute)
    try:
        harden()
        places.own_directory(data_dir, words("data directory"))
        lock = places.lock(data_dir)
        try:
            if init_lead:
                return asyncio.run(_first_lead(config, data_dir, init_lead))
            return asyncio.run(_run(config, data_dir, socket, private or practice, practice))
        finally:
            lock.free()
    except places.CannotServe as refused:
        return _say(sentence_of(refused), refused.code)
    except Refused as refused:
        return _say(_why(refused, data_dir), _EXITS.get(refused.code, places.EX_CANTCREAT))
    except OSError as error:
        return _say(sentence_of(places.unwritable(data_dir, error)), places.EX_CANTCREAT)
    except Exception as error:
        number, _ = broken()
        _log.critical("the desk ended by a fault", extra={"report": number}, exc_info=error)
        return _say(
            words("The desk ended by a fault of its own (report {number}); the log names the place.", number=number),
            EX_INTERNAL,
        )
    finally:
        logs.end(handler)


def _lively(config: Config) -> Config:
    """Practice asks its made-up platform, which costs nothing, often enough to feel alive."""
    times = config.times
    return replace(config, times=replace(times, poll=min(times.poll, PRACTICE_POLL), refresh=min(times.refresh, 10.0)))


def _why(refused: Refused, data_dir: Path) -> str:
    """Why the desk cannot start, said to whoever starts it: no officer's text is at stake yet."""
    if refused.code is Code.FULL:
        return str(places.unwritable(data_dir, OSError(errno.ENOSPC, "")))
    if refused.code is Code.BUSY:
        return words("Another program holds {path}. Find it with “fuser {path}”, and end it.", path=data_dir / DATABASE)
    if refused.code is Code.DAMAGED:
        return words(
            "{path} is damaged, or is no desk's database; nothing was written to it. {cure}",
            path=data_dir / DATABASE,
            cure=refused.cure,
        )
    return str(refused)


def _say(sentence: str, code: int) -> int:
    with suppress(OSError):  # the log itself may stand on a full disk
        print(f"moderator serve: {locale.said(sentence)}", file=sys.stderr, flush=True)
    return code


async def _first_lead(config: Config, data_dir: Path, name: str) -> int:
    """Put the first person on the roster of a shared desk."""
    try:
        uid = pwd.getpwnam(name).pw_uid
    except KeyError:
        return _say(words("There is no user “{name}” on this machine.", name=name), EX_CONFIG)
    house = House(config, data_dir)
    await rounds.open_up(house)
    try:
        await house.write(people.init_lead, name, uid)
    finally:
        await house.close()
    print(
        words(
            "{name} (uid {uid}) is the first lead of this desk and can put others on the roster: moderator person add",
            name=name,
            uid=uid,
        )
    )
    return 0


async def _run(config: Config, data_dir: Path, socket: Path, private: bool, practice: bool) -> int:
    listener = places.bind(socket, group="" if private else config.desk.group)
    ours = socket.lstat().st_ino
    try:
        desk = await Desk.open(config, data_dir, private=private, practice=practice)
        try:
            await desk.serve(listener)
        finally:
            await desk.close()
    finally:
        listener.close()
        with suppress(OSError):
            if socket.lstat().st_ino == ours:
                socket.unlink()
    return 0


class Server(uvicorn.Server):
    """uvicorn's server, whose signals end the streams first: an open stream would hold it for ever."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """TERM or INT: begin the graceful stop. The signal is not raised again afterwards, as uvicorn would."""
        self._loop.call_soon_threadsafe(self._desk.stop, signal.Signals(sig).name)


class Desk:
    """The service while it runs."""

    def __init__(self, service: Service, workers: Workers) -> None:
        self.service = service
        self.workers = workers
        self._server: Server | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._hub = asyncio.create_task(service.hub.run(), name="hub")

    @classmethod
    async def open(cls, config: Config, data_dir: Path, *, private: bool, practice: bool) -> Desk:
        """Open the desk and start its workers. Raises `Refused` where the database cannot be used."""
        house = House(config, data_dir, practice=practice, private=private)
        hub = Hub(
            asyncio.get_running_loop(),
            news.describer(house),
            per_second=config.limits.events_per_second,
            up_ms=house.clock.up_ms,
        )
        house.on_commit = hub.committed
        await rounds.open_up(house)
        gate = Gate(house, config, private=private)
        service = Service(config, house, gate, Bounds(config.limits), hub, private, practice)
        desk = cls(service, Workers(service))
        desk.workers.start(when_idle=desk.stop if private else None)
        _log.info("the desk is open", extra={"pid": os.getpid(), "version": __version__, "private": private})
        return desk

    async def serve(self, listener: sockets.socket) -> None:
        """Answer on this socket until told to stop."""
        if self._stopping is not None:
            return
        settings = uvicorn.Config(
            build(self.service),
            http=protocol_for(self.service.bounds),
            ws="none",
            lifespan="off",
            loop="asyncio",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            backlog=128,
            h11_max_incomplete_event_size=HEAD,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_END_OF_REQUESTS,
        )
        self._server = Server(settings, self)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.stop, "SIGHUP")
        await self._server.serve(sockets=[listener])

    def stop(self, why: str) -> None:
        """Begin the graceful stop. Call on the loop; more than once does no harm."""
        if self._stopping is None:
            _log.info("the desk is closing", extra={"why": why})
            self._stopping = asyncio.create_task(self._stop(), name="stop")

    async def _stop(self) -> None:
        self.service.closing = True
        self.service.hub.close()
        deadline = asyncio.get_running_loop().time() + _END_OF_STREAMS
        while len(self.service.sessions) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        for live in self.service.sessions.all():
            live.peer.drop()
        if self._server is not None:
            self._server.should_exit = True

    async def close(self) -> None:
        """Stop the workers, then the desk. What was accepted is finished."""
        await self.workers.stop()
        self._hub.cancel()
        await asyncio.gather(self._hub, return_exceptions=True)
        await self.service.house.close()
        _log.info("the desk is closed")
