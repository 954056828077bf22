"""uvicorn's HTTP protocol with what a Unix socket adds: who is at the other end, and no patience for half requests."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any, Final

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from moderator.domain.errors import Code, Refused
from moderator.domain.wording import counted, words
from moderator.service.answers import refusal
from moderator.service.bounds import Bounds, is_import

_log = logging.getLogger(__name__)

HEAD: Final = 16 * 1024
"""Longest request head, in bytes."""


@dataclass(slots=True, eq=False)
class Peer:
    """The process at the other end of one connection, as the kernel names it."""

    uid: int
    pid: int
    transport: asyncio.Transport
    login: int | None = None
    """The uid that once logged in, from the kernel's audit; -1 where it cannot be known, None before it was read."""

    def drop(self) -> None:
        """Cut the connection now, with whatever was on its way."""
        self.transport.abort()


def credentials(sock: Any) -> tuple[int, int]:
    """(uid, pid) of the process that connected, from the kernel. Raises OSError where the kernel does not say."""
    if sys.platform == "darwin":
        local = 0
        raw = sock.getsockopt(local, 1, 76)  # LOCAL_PEERCRED: struct xucred
        version, uid = struct.unpack_from("II", raw)
        if version != 0:
            raise OSError("the kernel's answer about the other end has an unknown form")
        pid = struct.unpack("i", sock.getsockopt(local, 2, 4))[0]  # LOCAL_PEERPID
        return uid, pid
    pid, uid, _ = struct.unpack("iII", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return uid, pid


class PeerProtocol(H11Protocol):
    """One connection. Subclassed for each desk by `protocol_for`, which binds `bounds`."""

    bounds: Bounds

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._peer: Peer | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Ask the kernel who this is; turn away whoever has too many connections."""
        super().connection_made(transport)
        try:
            uid, pid = credentials(transport.get_extra_info("socket"))
        except OSError as error:
            _log.warning("a connection whose other end is unknown was dropped", exc_info=error)
            transport.abort()
            return
        if not self.bounds.connect(uid):
            self._turn_away()
            return
        self._peer = Peer(uid, pid, transport)
        self.client = (f"uid:{uid}", pid)
        self.app_state = {**self.app_state, "peer": self._peer}
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back what this connection counted for."""
        self._rest()
        if self._peer is not None:
            self.bounds.disconnect(self._peer.uid)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; from the first byte of a request until its last one, time runs."""
        if self._peer is None or self.transport.is_closing():
            return
        if self._deadline is None or self._streams_in():
            self._wait()
        super().data_received(data)
        if not self._half_a_request():
            self._rest()

    def on_response_complete(self) -> None:
        """The next request may have begun to come in behind the last one."""
        super().on_response_complete()
        if self._deadline is None and self._half_a_request():
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP in the form of every other refusal."""
        refused = Refused(
            Code.BAD, words("This is not a request that the desk can read."), words("Use the moderator program.")
        )
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._answer(refused)
        self.transport.close()

    def _turn_away(self) -> None:
        sentence = counted(
            "You have {n} connection to this desk already; that is the most.",
            "You have {n} connections to this desk already; that is the most.",
            self.bounds.limits.connections,
        )
        self._answer(Refused(Code.LIMITED, sentence, words("Close programs that you no longer use.")))
        self.transport.close()

    def _answer(self, refused: Refused) -> None:
        response = refusal(refused)
        head = h11.Response(
            status_code=response.status_code, headers=[*response.raw_headers, (b"connection", b"close")]
        )
        body = bytes(response.body)
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    def _half_a_request(self) -> bool:
        if self.conn.their_state is h11.SEND_BODY:
            return True
        return self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])

    def _streams_in(self) -> bool:
        return self.conn.their_state is h11.SEND_BODY and is_import(self.scope["path"])

    def _wait(self) -> None:
        self._rest()
        self._deadline = self.loop.call_later(self.bounds.limits.header_seconds, self._too_slow)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if self.flow.read_paused:  # it is we who do not read: a long import waiting for the disk
            self._wait()
            return
        _log.info("a half request was cut off", extra={"uid": self._peer.uid if self._peer else -1})
        self.transport.abort()


def protocol_for(bounds: Bounds) -> type[PeerProtocol]:
    """The protocol class of one desk."""
    return type("DeskProtocol", (PeerProtocol,), {"bounds": bounds})
