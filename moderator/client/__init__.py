"""The typed client of the desk's service, on the standard library alone: what every front end uses.

Every method raises `Refused` and nothing else; a desk that cannot be reached is `Refused(DOWN)`. One client may be used
from several threads at once: each gets its own connection.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from moderator.client.answers import decoded, parsed, refusal, versions
from moderator.client.connection import Answer, Connection, Lost
from moderator.client.stream import SILENCE, Stream
from moderator.domain import view, wire
from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words

if TYPE_CHECKING:
    from moderator.domain import asks
    from moderator.domain.capture import Capture
    from moderator.domain.conduct import Conduct
    from moderator.domain.person import Person

__all__ = ["Client", "Refused", "Stream", "pauses"]

T = TypeVar("T")
Body = bytes | Iterable[bytes] | None

_SLOW = 120.0
"""Seconds for what waits for a platform or for a long upload."""
_FAREWELL = 2.0
"""Seconds that a desk has for a farewell: nobody waits longer for leaving."""
_WALK = 3600.0
"""Seconds for walking the whole trail of a large desk."""
_UNRESERVED = b"-._~,0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""What stands in a query as it is."""


class Client:
    """One front end's line to one desk."""

    def __init__(
        self, socket: Path, *, expect_uid: int | None, timeout: float = 10.0, silence: float = SILENCE
    ) -> None:
        """`expect_uid` is the desk's Unix user; None where the socket stands in a directory of our own: then ourselves.

        `timeout` is the longest wait for an answer, `silence` the longest for a sign of life of the stream, in seconds.
        """
        self.socket = socket
        self.language = "en"
        """What the desk's sentences are to be in, set by the front end. A stream follows with the next request."""
        self.token = ""
        """What goes with every act; set by the newest stream's hello."""
        self._expect_uid = expect_uid
        self._timeout = timeout
        self._silence = silence
        self._own = threading.local()
        self._lock = threading.Lock()
        self._open: set[Connection] = set()

    # looking

    def hello(self) -> view.Hello:
        """Who we are to this desk, without opening a session."""
        return self._get("/hello", view.Hello)

    def status(self) -> view.Status:
        """The desk at a glance."""
        return self._get("/status", view.Status)

    def health(self) -> dict[str, Any]:
        """Whether the service is well: `ok`, `version`, `head`."""
        return self._get("/health", dict)

    def policy(self) -> view.PolicyView:
        """The policy in force, in the client's language where it has one."""
        return self._get(_target("/policy", language=self.language), view.PolicyView)

    def queue(
        self, name: str = view.View.ALL, after: str = "", limit: int = 64, query: str = "", sort: str = ""
    ) -> view.QueuePage:
        """A page of a view, after a row's key. `query` as `domain.query` reads it, `sort` one of `asks.Order`; a key
        goes with the query and the order that it came with. The view "found" searches everything ever taken in."""
        target = _target("/queue", view=str(name), after=after, limit=limit, q=query, sort=str(sort))
        return self._get(target, view.QueuePage)

    def rows(self, ids: Sequence[int], sort: str = "") -> tuple[view.Row, ...]:
        """These rows as they stand now, with their keys in this order; those that are gone are left out."""
        wanted = ",".join(str(number) for number in ids)
        return self._get(_target("/queue/rows", ids=wanted, sort=str(sort)), tuple[view.Row, ...])

    def next(self) -> int:
        """The next item for this person, 0 for none."""
        return int(self._get("/next", dict).get("id", 0))

    def detail(self, item_id: int, opened: bool = False) -> view.Detail:
        """One item, whole. `opened` tells the others that it is being looked at."""
        return self._get(f"/items/{item_id}" + ("?open=1" if opened else ""), view.Detail)

    def effects(self) -> tuple[view.EffectView, ...]:
        """Every remote act that is not over."""
        return self._get("/effects", tuple[view.EffectView, ...])

    def batches(self) -> tuple[view.Batch, ...]:
        """The bulk acts of today, newest first, and how far each has come."""
        return self._get("/batches", tuple[view.Batch, ...])

    def alike(self, item_id: int) -> tuple[view.Row, ...]:
        """The open near-duplicates of an item, without itself, in the order of the queue; at most 2,000."""
        return self._get(f"/items/{item_id}/alike", tuple[view.Row, ...])

    def figures(self, hours: int = 24) -> view.Figures:
        """The desk in figures over the last hours, at most a week of them."""
        return self._get(_target("/figures", hours=hours), view.Figures)

    def exposure(self) -> view.Exposure:
        """What we ourselves uncovered lately: the desk tells it to nobody else."""
        return self._get("/exposure", view.Exposure)

    def accounts(self) -> tuple[view.AccountView, ...]:
        """The login records."""
        return self._get("/accounts", tuple[view.AccountView, ...])

    def platforms(self) -> tuple[view.PlatformView, ...]:
        """The platforms that an account can be opened on."""
        return self._get("/platforms", tuple[view.PlatformView, ...])

    def people(self) -> tuple[Person, ...]:
        """The roster."""
        from moderator.domain.person import Person

        return self._get("/people", tuple[Person, ...])

    def trail(self, after: int = 0, limit: int = 100, item: int = 0) -> tuple[view.TrailView, ...]:
        """Events of the trail, in order; of one item where `item` is given."""
        return self._get(_target("/trail", after=after, limit=limit, item=item), tuple[view.TrailView, ...])

    def capture(self, item_id: int, n: int = 0) -> Capture:
        """The evidence of one version of a comment, 0 for the newest. That it was shown goes on the trail."""
        from moderator.domain.capture import Capture

        return self._get(_target(f"/items/{item_id}/capture", version=n), Capture)

    def verify_trail(self) -> dict[str, Any]:
        """What the desk finds walking its own trail: `ok`, `fault` (seq, where, sentence) or None."""
        return self._call("GET", "/trail/verify", dict, limit=_WALK)

    def eml(self, escalation_id: int) -> bytes:
        """An escalation's message, byte for byte as it is stored."""
        return self._answer("GET", f"/escalations/{escalation_id}/eml", {}, None, self._timeout).body

    # acting

    def act(self, item_id: int, act: str, ask: object = None) -> view.Done:
        """One act on an item, with its ask of `domain.asks` where it needs one. Once this returns, it is saved."""
        return self._post(f"/items/{item_id}/{act}", ask)

    def media_address(self, code: str) -> view.MediaAddress:
        """The true address behind a code of an item's screen. That it was given out goes on the trail."""
        return self._call("POST", f"/media/{_quoted(code)}", view.MediaAddress, {})

    def bulk_preview(self, ask: asks.Bulk) -> view.BulkPreview:
        """What one decision about many items would do now."""
        return self._call("POST", "/bulk/preview", view.BulkPreview, ask, limit=_SLOW)

    def bulk(self, ask: asks.Bulk) -> view.Done:
        """One decision about many items; `row_id` of the answer is the bulk act's number. Returns when all is saved."""
        return self._post("/bulk", ask, limit=_SLOW)

    def undo_batch(self, batch_id: int) -> view.Done:
        """Take a bulk act back: what has not left is stopped, what has left is made public again."""
        return self._post(f"/batches/{batch_id}/undo", limit=_SLOW)

    def save_draft(self, item_id: int, ask: asks.SaveDraft) -> view.Done:
        """Keep what was typed."""
        return self._call("PUT", f"/items/{item_id}/draft", view.Done, ask)

    def drop_draft(self, item_id: int) -> view.Done:
        """Drop one's draft; the desk can bring it back all shift."""
        return self._call("DELETE", f"/items/{item_id}/draft", view.Done)

    def alive(self, key: bool) -> None:
        """Renew the leases; `key` says whether a key was pressed since the last time."""
        self._call("POST", "/session/alive", dict, {"key": key})

    def leave(self) -> None:
        """Say that the session ends on purpose: when the stream is closed now, nothing counts as a dropped line."""
        self._call("POST", "/session/leave", dict, {}, limit=_FAREWELL)

    def conduct(self, ask: asks.CheckConduct) -> Conduct:
        """What the conduct check says about a draft."""
        from moderator.domain.conduct import Conduct

        return self._call("POST", "/conduct", Conduct, ask)

    def settle(self, effect_id: int, ask: asks.SettleEffect) -> view.Done:
        """A person's word on a parked effect."""
        return self._post(f"/effects/{effect_id}/settle", ask)

    def add_account(self, ask: asks.NewAccount) -> view.Done:
        """Open a login record; `row_id` of the answer is its number."""
        return self._post("/accounts", ask)

    def account_act(self, account_id: int, act: str, ask: asks.Because) -> view.Done:
        """activate, freeze, thaw or retire."""
        return self._post(f"/accounts/{account_id}/{act}", ask)

    def set_secret(self, account_id: int, ask: asks.SetSecret) -> view.Done:
        """Hand a secret over, once. No answer ever contains it."""
        return self._post(f"/accounts/{account_id}/secret", ask, limit=_SLOW)

    def set_mail_secret(self, ask: asks.SetSecret) -> view.Done:
        """Hand the mail server's password over, once."""
        return self._post("/mail/secret", ask, limit=_SLOW)

    def test_account(self, account_id: int) -> view.Tested:
        """Let the desk ask the platform who we are there and what we may do."""
        return self._call("POST", f"/accounts/{account_id}/test", view.Tested, {}, limit=_SLOW)

    def import_lines(self, account_id: int, lines: Iterable[bytes]) -> view.Imported:
        """Stream JSON Lines into an import account. The service itself opens no file."""
        return self._call("POST", f"/accounts/{account_id}/import", view.Imported, limit=_SLOW, upload=lines)

    def add_person(self, ask: asks.NewPerson) -> view.Done:
        """Put somebody on the roster."""
        return self._post("/people", ask)

    def person_leaves(self, person_id: int) -> view.Done:
        """Take somebody off the roster."""
        return self._post(f"/people/{person_id}/leave")

    # the stream

    def stream(self, resume: str = "") -> Stream:
        """Open a session: an event stream whose hello has come. `resume` is the token of one that was cut."""
        connection = self._connect()
        target = "/v1" + _target("/events", resume=resume)
        stream = Stream(connection, self._headers(), target, self._silence)
        self.token = stream.hello.token
        return stream

    def reopen(self, stop: threading.Event, waiting: Callable[[Refused], None] | None = None) -> Stream | None:
        """A stream again, as soon as there is a desk: tries with growing pauses until `stop` is set, then None.

        `waiting` hears of every try that failed. A desk that refuses for a reason other than being down is not asked
        again: that `Refused` is raised.
        """
        for pause in pauses():
            try:
                return self.stream(resume=self.token)
            except Refused as refused:
                if refused.code not in (Code.DOWN, Code.BUSY, Code.NO_SESSION):
                    raise
                if refused.code is Code.NO_SESSION:
                    self.token = ""
                if waiting is not None:
                    waiting(refused)
            if stop.wait(pause):
                return None
        return None

    def close(self) -> None:
        """Let go of every connection. Streams are closed by whoever holds them."""
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            connection.cut()
            connection.close()

    # underneath

    def _get(self, target: str, kind: type[T]) -> T:
        return self._call("GET", target, kind)

    def _post(self, target: str, ask: object = None, limit: float | None = None) -> view.Done:
        return self._call("POST", target, view.Done, ask if ask is not None else {}, limit=limit)

    def _call(
        self,
        method: str,
        target: str,
        kind: type[T],
        ask: object = None,
        *,
        limit: float | None = None,
        upload: Iterable[bytes] | None = None,
    ) -> T:
        body: Body = upload
        headers: dict[str, str] = {"Content-Type": "application/jsonl"} if upload is not None else {}
        if ask is not None:
            body = json.dumps(wire.encode(ask)).encode()
            headers = {"Content-Type": "application/json"}
        answer = self._answer(method, target, headers, body, limit or self._timeout)
        return decoded(kind, parsed(answer.body) if answer.body else {}, target.partition("?")[0])

    def _answer(self, method: str, target: str, headers: dict[str, str], body: Body, limit: float) -> Answer:
        """The answer to one request. A broken line is tried again only for reading."""
        try:
            answer = self._try(method, target, headers, body, limit)
        except Lost as lost:
            if method != "GET":
                raise _unknown(lost) from lost
            answer = self._again(target, headers, limit)
        theirs = answer.headers.get("moderator-api", str(view.API))
        if theirs != str(view.API):
            raise versions(theirs)
        if answer.status >= 300:
            raise refusal(answer.status, answer.headers, answer.body)
        return answer

    def _again(self, target: str, headers: dict[str, str], limit: float) -> Answer:
        try:
            return self._try("GET", target, headers, None, limit)
        except Lost as lost:
            raise Refused(
                Code.DOWN, words("The desk does not answer: {why}.", why=lost.args[0]), words("Try again in a moment.")
            ) from lost

    def _try(self, method: str, target: str, headers: dict[str, str], body: Body, limit: float) -> Answer:
        connection = self._kept()
        try:
            return connection.ask(method, "/v1" + target, self._headers() | headers, body, limit)
        except BaseException:
            self._drop(connection)
            raise

    def _headers(self) -> dict[str, str]:
        headers = {"Host": "desk", "Moderator-Api": str(view.API), "Accept-Language": self.language}
        return headers | {"Moderator-Session": self.token} if self.token else headers

    def _kept(self) -> Connection:
        kept: Connection | None = getattr(self._own, "connection", None)
        if kept is not None:
            if kept.fresh:
                return kept
            self._drop(kept)
        self._own.connection = connection = self._connect()
        with self._lock:
            self._open.add(connection)
        return connection

    def _drop(self, connection: Connection) -> None:
        connection.close()
        self._own.connection = None
        with self._lock:
            self._open.discard(connection)

    def _connect(self) -> Connection:
        return Connection(self.socket, self._expect_uid, self._timeout)


def pauses(first: float = 0.25, longest: float = 5.0) -> Iterator[float]:
    """Seconds to wait between tries: doubling, up to `longest`."""
    while True:
        yield first
        first = min(longest, first * 2)


def _unknown(lost: Lost) -> Refused:
    return Refused(
        Code.DOWN,
        words("The desk did not answer ({why}): whether this was saved is not known.", why=lost.args[0]),
        words("Look at it again once the desk is back; your text is kept."),
        {"unknown": True},
    )


def _target(path: str, **query: str | int) -> str:
    pairs = "&".join(f"{name}={_quoted(str(value))}" for name, value in query.items() if value not in ("", 0))
    return f"{path}?{pairs}" if pairs else path


def _quoted(text: str) -> str:
    """Percent-encoded, all but letters, digits and - . _ ~ ,"""
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))
