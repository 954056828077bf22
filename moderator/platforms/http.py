"""The one door through which a connector reaches its site: bounded, quiet about secrets, honest about lost answers.

A call that certainly never left and a call whose answer was lost are told apart here, because everything that the desk
promises about "sent" rests on it. What an answer *means* is the connector's business.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import ipaddress
import json
import logging
import ssl
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from moderator.domain.secret import Secret
from moderator.domain.wording import words
from moderator.platforms.base import BadPayload, Invalid, Outage, Transient

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # at INFO they write every address to the log

LARGEST: Final = 16 * 1024 * 1024
"""Longest answer that is read, in bytes."""

RETRY_DEFAULT: Final = timedelta(seconds=60)
"""The pause where a platform says "too many" without saying for how long."""

RETRY_LONGEST: Final = timedelta(days=1)

Query = Mapping[str, str | int | list[int]]

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class Basic(httpx.Auth):
    """HTTP Basic with a secret that is revealed for one header and kept nowhere."""

    def __init__(self, login: str, secret: Secret) -> None:
        self._login = login
        self._secret = secret

    def __repr__(self) -> str:
        return "Basic(***)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Puts the header on one request."""
        request.headers["Authorization"] = _basic(self._login, self._secret)
        yield request


def _basic(login: str, secret: Secret) -> str:
    pair = f"{login}:{secret.reveal()}".encode("utf-8", "surrogatepass")
    return "Basic " + base64.b64encode(pair).decode("ascii")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said. `body` is at most `LARGEST` bytes."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    write: bool
    """Whether the call could have changed something."""

    @property
    def ok(self) -> bool:
        """Whether the status says that it was done."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None


def base_address(url: str) -> httpx.URL:
    """A site's address, without a slash at the end. Raises `Invalid` unless it is https, or http on this machine."""
    try:
        urlsplit(url.strip())  # refuses brackets that httpx lets pass
        address = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError):
        raise Invalid(words("This is not a web address: write it like https://consult.example.org.")) from None
    if address.userinfo or address.query or address.fragment:
        raise Invalid(
            words("The address must not hold a login, a “?” or a “#”: write it like https://consult.example.org.")
        )
    if address.scheme not in ("http", "https") or not address.host:
        raise Invalid(words("The address must begin with https://, such as https://consult.example.org."))
    if address.scheme == "http" and not _loopback(address.host):
        raise Invalid(
            words("The address must begin with https://: over http:// the credential could be read on its way.")
        )
    return address.copy_with(path=address.path.rstrip("/") or "/")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@functools.cache
def _trust() -> ssl.SSLContext:
    """The system's certificate authorities beside the ones that httpx brings; made once, because it is slow."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


class Door:
    """One site's HTTP interface.

    Reads raise `Outage` or `BadPayload`; writes raise `Transient`, whose `unknown_outcome` is False only where the
    request certainly never left. Redirects are not followed, connections are not kept (a kept one that the server
    just closed makes a write's outcome unknown for nothing), proxies of the environment are ignored.
    """

    def __init__(
        self,
        base: httpx.URL,
        auth: httpx.Auth,
        timeout: float,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.host = base.host
        self.now = now
        self.skew = timedelta(0)
        """How far the site's clock was ahead of ours when it last answered."""
        self._base = str(base).rstrip("/")
        self._limit = timeout * 2
        self._client = httpx.AsyncClient(
            auth=auth,
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            verify=_trust() if base.scheme == "https" else False,
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=0),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "moderator"},
        )

    async def read(self, path: str, query: Query | None = None) -> Answer:
        """One GET."""
        return await self._send("GET", path, query, None)

    async def write(self, path: str, fields: Mapping[str, str | int]) -> Answer:
        """One POST with a JSON body."""
        return await self._send("POST", path, None, fields)

    async def aclose(self) -> None:
        """Lets go of connections."""
        await self._client.aclose()

    async def _send(
        self, method: str, path: str, query: Query | None, fields: Mapping[str, str | int] | None
    ) -> Answer:
        write = method != "GET"
        request = self._client.build_request(method, f"{self._base}/{path}", params=_params(query), json=fields)
        response, body, fault = await self._exchange(request)
        # Raised out here, so that no library exception, whose request holds the credential, hangs on ours.
        if response is None:
            raise self._lost(fault, write)
        if body is None:
            raise self._unreadable(words("is longer than the desk reads"), write)
        headers = {name.lower(): value for name, value in response.headers.items()}
        self._measure_skew(headers)
        return Answer(response.status_code, headers, body, write)

    async def _exchange(
        self, request: httpx.Request
    ) -> tuple[httpx.Response | None, bytes | None, type[BaseException] | None]:
        """The answer, its body (None where it is too long), and what went wrong where there is no answer."""
        if self._client.is_closed:
            return None, None, httpx.ConnectError
        try:
            async with asyncio.timeout(self._limit):
                response = await self._client.send(request, stream=True)
                try:
                    return response, await _whole(response), None
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError) as fault:
            return None, None, type(fault)

    def _lost(self, fault: type[BaseException] | None, write: bool) -> Outage | Transient:
        never_sent = fault is not None and issubclass(fault, _NEVER_SENT)
        if never_sent:
            sentence = words(
                "{host} cannot be reached, or its certificate is not trusted; nothing was sent.", host=self.host
            )
            return Transient(sentence, unknown_outcome=False) if write else Outage(sentence)
        if write:
            return Transient(
                words("The answer of {host} was lost: it may or may not have acted.", host=self.host),
                unknown_outcome=True,
            )
        return Outage(words("{host} did not answer in time, or broke off.", host=self.host))

    def _unreadable(self, what: str, write: bool) -> BadPayload | Transient:
        if write:
            return Transient(
                words("The answer of {host} {what}: it may or may not have acted.", host=self.host, what=what),
                unknown_outcome=True,
            )
        return BadPayload(words("The answer of {host} {what}.", host=self.host, what=what))

    def _measure_skew(self, headers: Mapping[str, str]) -> None:
        theirs = http_date(headers.get("date", ""))
        if theirs is not None:
            self.skew = theirs - self.now()


def _params(query: Query | None) -> httpx.QueryParams:
    """Query fields; a list repeats its field with `[]`, as PHP reads it."""
    found: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in (query or {}).items():
        if isinstance(value, list):
            found.extend((f"{name}[]", str(entry)) for entry in value)
        else:
            found.append((name, str(value)))
    return httpx.QueryParams(found)


async def _whole(response: httpx.Response) -> bytes | None:
    """The body, or None where it is longer than `LARGEST` or compressed though we asked for it plain."""
    if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        return None
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > LARGEST:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def http_date(value: str) -> datetime | None:
    """An HTTP date in UTC, or None."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_at(value: str, now: datetime) -> datetime:
    """When a `Retry-After` lets us try again: seconds or a date; anything else means a minute. Never over a day."""
    text = value.strip()
    date = http_date(text)
    if text.isascii() and text.isdigit() and len(text) < 10:
        pause = timedelta(seconds=int(text))
    elif date is not None:
        pause = date - now
    else:
        pause = RETRY_DEFAULT
    return now + min(max(pause, timedelta(seconds=1)), RETRY_LONGEST)
