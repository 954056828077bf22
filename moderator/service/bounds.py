"""What one person may take of the service, and what a request must look like to be read at all.

Nobody but our own client speaks to the socket, so everything that looks like a browser, or like a proxy's mistake, is
refused before anything else is done with it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from starlette.types import Message, Receive, Scope

from moderator import __version__
from moderator.config import Limits
from moderator.domain.errors import Code, Refused
from moderator.domain.view import API
from moderator.domain.wording import counted, words

HOSTS: Final = frozenset({"", "desk", "localhost"})
METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE"})
_MANY_ITEMS: Final = 4
"""A bulk act names up to ten thousand items: its body may be so many times as long as another."""
BURST_SECONDS: Final = 2
"""So many seconds' worth of requests may come at once."""

_JSON: Final = frozenset({"application/json"})
_LINES: Final = frozenset({"application/x-ndjson", "application/jsonl", "application/json"})


class Bucket:
    """How many requests somebody still has: fills at a steady rate up to its size."""

    __slots__ = ("at", "left")

    def __init__(self, left: float, at: float) -> None:
        self.left = left
        self.at = at


class Bounds:
    """What each uid takes now: connections, streams and requests. Lives on the loop."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._now = now
        self._connections: Counter[int] = Counter()
        self._streams: Counter[int] = Counter()
        self._buckets: dict[int, Bucket] = {}

    def connect(self, uid: int) -> bool:
        """Count one more connection; False where this uid has its fill already, and nothing is counted."""
        if self._connections[uid] >= self.limits.connections:
            return False
        self._connections[uid] += 1
        return True

    def disconnect(self, uid: int) -> None:
        """Count one connection less."""
        self._less(self._connections, uid)

    def open_stream(self, uid: int) -> None:
        """Count one more event stream. Raises `Refused` where this uid has its fill."""
        if self._streams[uid] >= self.limits.streams:
            raise Refused(
                Code.LIMITED,
                counted(
                    "You have {n} terminal open on this desk already; that is the most.",
                    "You have {n} terminals open on this desk already; that is the most.",
                    self._streams[uid],
                ),
                words("Close one that you no longer use."),
            )
        self._streams[uid] += 1

    def close_stream(self, uid: int) -> None:
        """Count one stream less."""
        self._less(self._streams, uid)

    def request(self, uid: int) -> None:
        """Count one request. Raises `Refused` where they come too fast."""
        rate, now = float(self.limits.requests_per_second), self._now()
        size = rate * BURST_SECONDS
        bucket = self._buckets.setdefault(uid, Bucket(size, now))
        bucket.left = min(size, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.left < 1:
            raise Refused(Code.LIMITED, words("Too many requests from your programs at once."), words("Wait a second."))
        bucket.left -= 1

    def _less(self, counter: Counter[int], uid: int) -> None:
        counter[uid] -= 1
        if counter[uid] <= 0:
            del counter[uid]


def headers_of(scope: Scope) -> dict[str, list[str]]:
    """Header names in lower case with all their values, in order."""
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def is_import(path: str) -> bool:
    """Whether this path takes a streamed body, which has its own limit."""
    return path.startswith("/v1/accounts/") and path.endswith("/import")


def check(scope: Scope, limits: Limits) -> None:
    """Refuse what our own client would never send. Raises `Refused`."""
    headers = headers_of(scope)
    if scope["method"] not in METHODS:
        raise Refused(
            Code.BAD,
            words("The desk knows only {names}.", names=", ".join(sorted(METHODS))),
            words("Use the moderator program."),
        )
    _not_a_browser(headers)
    _same_version(headers.get("moderator-api", []))
    if scope["method"] in ("POST", "PUT"):
        _json(headers, _LINES if is_import(scope["path"]) else _JSON)
    _short(headers.get("content-length", []), most_of(scope["path"], limits))


def _not_a_browser(headers: dict[str, list[str]]) -> None:
    hosts = {host.lower() for host in headers.get("host", [])}
    foreign = "origin" in headers or any(name.startswith("sec-fetch-") for name in headers) or not hosts <= HOSTS
    if foreign:
        raise Refused(
            Code.FOREIGN,
            words("This request looks like a browser's; the desk answers only programs on this machine."),
            words("Use the moderator program. With curl: curl --unix-socket SOCKET http://desk/v1/status"),
        )


def _same_version(said: Iterable[str]) -> None:
    for version in said:
        if version.strip() != str(API):
            raise Refused(
                Code.VERSION,
                words(
                    "This program speaks version {version} of the desk's interface; the desk (moderator {ours}) "
                    "speaks version {api}.",
                    version=version.strip()[:8],
                    ours=__version__,
                    api=API,
                ),
                words("Start the moderator program that is installed beside the desk."),
                {"api": API, "version": __version__},
            )


def _json(headers: dict[str, list[str]], allowed: frozenset[str]) -> None:
    empty = headers.get("content-length", ["0"]) == ["0"] and "transfer-encoding" not in headers
    kinds = {kind.partition(";")[0].strip().lower() for kind in headers.get("content-type", [])}
    if kinds - allowed or not (kinds or empty):
        raise Refused(Code.BAD, words("The desk reads JSON only."), words("Send Content-Type: application/json."))


def _short(said: Iterable[str], most: int) -> None:
    if any(not length.isdigit() or int(length) > most for length in said):
        raise too_long(most)


def most_of(path: str, limits: Limits) -> int:
    """The longest body that this path takes, in bytes."""
    if is_import(path):
        return limits.import_mib * 1024 * 1024
    return (_MANY_ITEMS if path.startswith("/v1/bulk") else 1) * limits.body_kib * 1024


def too_long(most: int) -> Refused:
    """The refusal of a body longer than `most` bytes."""
    return Refused(
        Code.BAD, words("The request is longer than {limit} KiB.", limit=most // 1024), words("Send less at once.")
    )


def limited(receive: Receive, most: int) -> Receive:
    """`receive`, refusing a body that grows longer than `most` bytes, whatever its headers said."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise too_long(most)
        return message

    return counted
