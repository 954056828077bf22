"""The trail: one event per change, chained by hash, holding codes, ids and salted digests only.

`hash = sha256(canonical JSON of the body)`, and the body holds the hash before it. Canonical means sorted keys, no
spaces, UTF-8, integers and strings only: the subset of RFC 8785 that the standard library writes by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

GENESIS = "0" * 64
"""What stands before the first event."""

Value = str | int | None
"""What an event may hold. Floats are refused: they have no canonical form that everybody agrees on."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the trail as it stands in the store."""

    seq: int
    at: str
    """UTC, RFC 3339 with milliseconds and Z."""
    kind: str
    body: str
    """Canonical JSON."""
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event before it is numbered and chained."""

    kind: str
    """What happened, such as "decision.hide"."""
    actor: int = 0
    """Person id, 0 for the desk itself."""
    session: str = ""
    item: int = 0
    facts: Mapping[str, Value] = field(default_factory=dict)
    """Codes and ids only."""
    rows: Mapping[str, str] = field(default_factory=dict)
    """"table:id" → digest of that row after the change."""


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: object) -> bytes:
    """The one byte form of a JSON value, for hashing."""
    return _CANONICAL.encode(value).encode()


def stamp(moment: datetime) -> str:
    """A moment as the trail writes it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def moment(text: str) -> datetime:
    """The inverse of `stamp`."""
    return datetime.fromisoformat(text)


def chain(seq: int, prev: str, at: str, local: str, entry: Entry) -> Event:
    """The event that follows `prev`. `local` is the desk's own time with its offset, as records law asks for both."""
    body = canonical(
        {
            "v": 1,
            "seq": seq,
            "at": at,
            "local": local,
            "kind": entry.kind,
            "actor": entry.actor,
            "session": entry.session,
            "item": entry.item,
            "facts": dict(entry.facts),
            "rows": dict(entry.rows),
            "prev": prev,
        }
    )
    return Event(seq, at, entry.kind, body.decode(), prev, hashlib.sha256(body).hexdigest())


def row_digest(row: Mapping[str, object]) -> str:
    """Digest of a stored row: what `trail verify` compares. Bytes count as their own digest, NULL as absent.

    Rows that hold free text carry a random `salt` column, so that the digest of a short text cannot be guessed.
    """
    plain = {
        key: hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
        for key, value in row.items()
        if key != "seq" and value is not None
    }
    return hashlib.sha256(canonical(plain)).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that does not hold, named so that a person can find it."""

    seq: int
    where: str
    """"event 812" or "decision:5"."""
    sentence: str


def verify_chain(events: Iterable[Event], after: int = 0, head: str = GENESIS) -> Fault | None:
    """The first event that does not follow from the one before, or None where all do."""
    for event in events:
        after += 1
        where = f"event {event.seq}"
        if event.seq != after:
            return Fault(after, f"event {after}", f"Event {after} is missing: the next one is numbered {event.seq}.")
        if event.prev != head:
            return Fault(event.seq, where, f"Event {event.seq} does not follow event {event.seq - 1}.")
        if hashlib.sha256(event.body.encode()).hexdigest() != event.hash:
            return Fault(event.seq, where, f"Event {event.seq} was altered: its content does not match its hash.")
        body = json.loads(event.body)
        if (body["seq"], body["prev"], body["kind"], body["at"]) != (event.seq, event.prev, event.kind, event.at):
            return Fault(event.seq, where, f"Event {event.seq} was altered: its columns do not match its body.")
        head = event.hash
    return None
