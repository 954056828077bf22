"""The trail: one event per change, chained by hash, holding codes, ids and salted digests only.

`hash = sha256(canonical JSON of the body)`, and the body holds the hash before it. Canonical means sorted keys, no
spaces, UTF-8, integers and strings only: the subset of RFC 8785 that the standard library writes by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from moderator.domain.wording import words

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


_quoted = json.encoder.encode_basestring
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


def _value(value: object) -> str:
    """One value as canonical JSON: what `canonical` gives, without its preparations. The trail writes very many."""
    if type(value) is str:
        return _quoted(value)
    return str(value) if type(value) is int else _CANONICAL.encode(value)


def _flat(given: Mapping[str, object]) -> str:
    """An object without objects in it as canonical JSON."""
    return "{" + ",".join([f"{_quoted(key)}:{_value(given[key])}" for key in sorted(given)]) + "}"


def chain(seq: int, prev: str, at: str, local: str, entry: Entry) -> Event:
    """The event that follows `prev`. `local` is the desk's own time with its offset, as records law asks for both."""
    body = (
        f'{{"actor":{_value(entry.actor)},"at":{_quoted(at)},"facts":{_flat(entry.facts)},"item":{_value(entry.item)},'
        f'"kind":{_quoted(entry.kind)},"local":{_quoted(local)},"prev":{_quoted(prev)},"rows":{_flat(entry.rows)},'
        f'"seq":{_value(seq)},"session":{_quoted(entry.session)},"v":1}}'
    )
    return Event(seq, at, entry.kind, body, prev, hashlib.sha256(body.encode()).hexdigest())


def row_digest(row: Mapping[str, object]) -> str:
    """Digest of a stored row: what `trail verify` compares. Bytes count as their own digest, NULL as absent.

    Rows that hold free text carry a random `salt` column, so that the digest of a short text cannot be guessed.
    """
    return digest_of(tuple(row), tuple(row.values()))


def digest_of(names: tuple[str, ...], values: Sequence[object]) -> str:
    """The same of a row given as the names of its columns and, in step, its values."""
    parts = [
        begin + (_quoted(value) if type(value) is str else str(value) if type(value) is int else _stored(value))
        for begin, place in _in_order(names)
        if (value := values[place]) is not None
    ]
    return hashlib.sha256(f"{{{','.join(parts)}}}".encode()).hexdigest()


def _stored(value: object) -> str:
    return f'"{hashlib.sha256(value).hexdigest()}"' if isinstance(value, bytes) else _value(value)


@lru_cache(maxsize=256)
def _in_order(names: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The columns that count, in canonical order: how each begins, and where its value stands."""
    return tuple((f"{_quoted(name)}:", names.index(name)) for name in sorted(names) if name != "seq")


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
            return Fault(
                after,
                f"event {after}",
                words("Event {after} is missing: the next one is numbered {seq}.", after=after, seq=event.seq),
            )
        if event.prev != head:
            return Fault(
                event.seq,
                where,
                words("Event {seq} does not follow event {before}.", seq=event.seq, before=event.seq - 1),
            )
        if hashlib.sha256(event.body.encode()).hexdigest() != event.hash:
            return Fault(
                event.seq, where, words("Event {seq} was altered: its content does not match its hash.", seq=event.seq)
            )
        body = json.loads(event.body)
        if (body["seq"], body["prev"], body["kind"], body["at"]) != (event.seq, event.prev, event.kind, event.at):
            return Fault(
                event.seq, where, words("Event {seq} was altered: its columns do not match its body.", seq=event.seq)
            )
        head = event.hash
    return None
