"""The trail: a chain that shows every change, every gap and every reordering."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.domain import event
from moderator.domain.comment import Kind
from moderator.domain.event import (
    GENESIS,
    Entry,
    Event,
    canonical,
    chain,
    digest_of,
    moment,
    row_digest,
    stamp,
    verify_chain,
)

EARLIEST = datetime(2, 1, 1)  # noqa: DTZ001 -- Hypothesis takes its bounds without a zone
AT = "2026-11-22T20:44:00.000Z"


def trail(length: int) -> list[Event]:
    found: list[Event] = []
    for seq in range(1, length + 1):
        prev = found[-1].hash if found else GENESIS
        entry = Entry("note", 1, "s", seq, {"of": seq}, {f"note:{seq}": "d" * 64})
        found.append(chain(seq, prev, AT, AT, entry))
    return found


def test_a_trail_verifies_and_goes_on_from_a_known_head():
    events = trail(6)
    assert verify_chain(events) is None
    assert verify_chain([]) is None
    assert verify_chain(events[3:], after=3, head=events[2].hash) is None


def rehashed(found: Event, **changes: object) -> Event:
    """An event whose content was altered by somebody who can compute hashes."""
    body = canonical({**json.loads(found.body), **changes})
    return replace(found, body=body.decode(), hash=hashlib.sha256(body).hexdigest())


@pytest.mark.req("F21", "B8", "K1")
@pytest.mark.parametrize(
    ("spoil", "seq", "said"),
    [
        (lambda e: [*e[:2], replace(e[2], body=e[2].body.replace("note", "hide")), *e[3:]], 3, "altered"),
        (lambda e: [*e[:2], rehashed(e[2], actor=9), *e[3:]], 4, "does not follow"),
        (lambda e: [*e[:2], replace(e[2], kind="hide"), *e[3:]], 3, "columns do not match"),
        (lambda e: [*e[:2], replace(e[2], at="2020-01-01T00:00:00.000Z"), *e[3:]], 3, "columns do not match"),
        (lambda e: [*e[:2], *e[3:]], 3, "missing"),
        (lambda e: e[1:], 1, "missing"),
        (lambda e: [e[0], e[2], e[1], *e[3:]], 2, "missing"),
        (lambda e: [*e[:2], replace(e[2], prev="0" * 64), *e[3:]], 3, "does not follow"),
    ],
)
def test_the_first_bad_event_is_named(spoil, seq, said):
    fault = verify_chain(spoil(trail(6)))
    assert fault is not None
    assert fault.seq == seq
    assert fault.where == f"event {seq}"
    assert said in fault.sentence


@pytest.mark.req("F21")
@given(st.integers(0, 5), st.data())
@settings(max_examples=200, deadline=None)
def test_any_one_character_changed_is_found(which, data):
    events = trail(6)
    field = data.draw(st.sampled_from(["body", "prev", "hash", "kind", "at"]))
    old = getattr(events[which], field)
    at = data.draw(st.integers(0, len(old) - 1))
    new = old[:at] + data.draw(st.sampled_from('0af:x"}')) + old[at + 1 :]
    if new == old:
        return
    events[which] = replace(events[which], **{field: new})
    fault = verify_chain(events)
    assert fault is not None
    assert fault.seq in (which + 1, which + 2)


def test_control_without_hashing_an_altered_body_goes_unseen(monkeypatch):
    events = trail(3)
    spoilt = [events[0], replace(events[1], body=events[1].body.replace('"actor":1', '"actor":2')), events[2]]
    assert verify_chain(spoilt) is not None

    class Blind:
        """A digest that says what it is asked to say."""

        def __init__(self, data: bytes) -> None:
            self.data = data

        def hexdigest(self) -> str:
            return next(e.hash for e in spoilt if e.body.encode() == self.data)

    monkeypatch.setattr(event.hashlib, "sha256", Blind)
    assert verify_chain(spoilt) is None


def test_canonical_is_one_form():
    assert canonical({"b": 1, "a": "বা"}) == '{"a":"বা","b":1}'.encode()
    assert canonical({"a": "বা", "b": 1}) == canonical({"b": 1, "a": "বা"})
    with pytest.raises(ValueError, match=r".*"):
        canonical({"a": float("nan")})


@given(st.datetimes(EARLIEST, timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_stamps_sort_as_moments_and_come_back(when):
    text = stamp(when)
    assert text.endswith("Z")
    assert len(text) == 24
    assert abs(moment(text) - when) < timedelta(milliseconds=1)


@given(st.datetimes(EARLIEST), st.datetimes(EARLIEST))
def test_stamps_order_like_time(one, other):
    one, other = one.replace(tzinfo=UTC), other.replace(tzinfo=UTC)
    if stamp(one) != stamp(other):
        assert (stamp(one) < stamp(other)) == (one < other)


def test_row_digests():
    row = {"id": 1, "text": "বা", "blob": b"\x00\xff", "seq": 5, "none": None}
    assert row_digest(row) == row_digest({**row, "seq": 6})
    assert row_digest(row) == row_digest({key: value for key, value in row.items() if value is not None})
    for change in ({"id": 2}, {"text": "বি"}, {"blob": b"\x00"}, {"none": 0}):
        assert row_digest({**row, **change}) != row_digest(row)


def plainly(entry: Entry, seq: int, prev: str) -> bytes:
    """The body of an event by the definition: the whole object through the standard encoder."""
    fields = {"v": 1, "seq": seq, "at": AT, "local": AT, "kind": entry.kind, "actor": entry.actor}
    fields |= {"session": entry.session, "item": entry.item, "prev": prev}
    return canonical({**fields, "facts": dict(entry.facts), "rows": dict(entry.rows)})


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.one_of(st.none(), st.integers(), WORDS, st.sampled_from(list(Kind)), st.booleans())


@pytest.mark.req("B8", "K1")
@given(WORDS, st.dictionaries(WORDS, VALUES, max_size=6), st.dictionaries(WORDS, WORDS, max_size=4))
def test_an_event_is_the_canonical_form_of_what_it_says(kind, facts, rows):
    entry = Entry(kind, 3, 's\u0000\u2028"', 7, facts, rows)
    event = chain(5, GENESIS, AT, AT, entry)
    assert event.body.encode() == plainly(entry, 5, GENESIS)
    assert event.hash == hashlib.sha256(plainly(entry, 5, GENESIS)).hexdigest()


def defined(row: dict[str, object]) -> str:
    """The digest of a row by its definition."""
    plain = {
        key: hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
        for key, value in row.items()
        if key != "seq" and value is not None
    }
    return hashlib.sha256(canonical(plain)).hexdigest()


@pytest.mark.req("B8", "K1")
@given(
    st.dictionaries(
        WORDS | st.just("seq"),
        VALUES | st.binary(max_size=8) | st.floats(allow_nan=False, allow_infinity=False),
        max_size=9,
    )
)
def test_a_row_has_the_digest_that_its_definition_gives(row):
    assert row_digest(row) == defined(row)
    assert digest_of(tuple(row), tuple(row.values())) == defined(row)
    assert row_digest({**row, "a column too many": "x"}) != defined(row), "control: no column may go missing"
