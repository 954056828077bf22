"""The codec of the interface: what goes over comes back, and what does not fit is refused by name."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import is_dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderator.domain import asks, view
from moderator.domain.conduct import Conduct
from moderator.domain.person import Person, Role
from moderator.domain.policy import Finding, Suggestion
from moderator.domain.secret import Secret
from moderator.domain.wire import Mismatch, decode, encode

RECORDS = [
    kind
    for module in (view, asks)
    for kind in vars(module).values()
    if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
] + [Conduct, Finding, Person]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
for plain, strategy in (
    (str, TEXT),
    (datetime, st.datetimes(timezones=st.just(UTC))),
    (float, st.floats(allow_nan=False, allow_infinity=False)),
):
    st.register_type_strategy(plain, strategy)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_record_comes_back_from_the_wire(kind):
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.from_type(kind))
    def there_and_back(value):
        data = json.loads(json.dumps(encode(value)))
        assert decode(kind, data, strict=True) == value

    there_and_back()


@pytest.mark.req("X7")
@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_any_json_is_taken_or_refused_by_name(kind):
    @settings(max_examples=15, deadline=None, database=None)
    @given(JSON)
    def refused_or_taken(data):
        try:
            found = decode(kind, data)
        except Mismatch as mismatch:
            if not str(mismatch).startswith(kind.__name__):
                raise AssertionError(str(mismatch)) from mismatch
        else:
            assert isinstance(found, kind)

    refused_or_taken()


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (asks.Note, {}, "Note needs the field “text”."),
        (asks.Note, {"text": 5}, "Note.text must be text."),
        (asks.Note, [], "Note must be an object."),
        (asks.Note, {"text": "a", "extra": 1}, "Note has no field “extra”"),
        (asks.Hold, {"minutes": True, "reason": ""}, "Hold.minutes must be a whole number."),
        (asks.Hold, {"minutes": 1.5, "reason": ""}, "Hold.minutes must be a whole number."),
        (asks.Leave, {"seen_version": 1, "masked": 1}, "Leave.masked must be true or false."),
        (asks.Snooze, {"until": "tomorrow"}, "Snooze.until must be a moment such as"),
        (asks.Snooze, {"until": "2026-11-22T20:00:00"}, "Snooze.until must carry its time zone"),
        (asks.Escalate, {"seen_version": 1, "question": "q", "reason": "x"}, "Escalate.reason must be one of verify"),
        (asks.NewAccount, {"platform": "p", "name": "n", "settings": {"a": 1}}, "NewAccount.settings.a must be text."),
        (asks.NewAccount, {"platform": "p", "name": "n", "custodians": "das"}, "NewAccount.custodians must be a list."),
        (asks.NewPerson, {"name": "n", "roles": ["boss"]}, "NewPerson.roles[0] must be one of"),
        (view.Tested, {"ok": True, "lines": [[True]]}, "Tested.lines[0] must have 2 entries."),
    ],
)
def test_what_does_not_fit_is_named(kind, data, said):
    with pytest.raises(Mismatch) as caught:
        decode(kind, data, strict=True)
    assert said in str(caught.value)


def test_a_newer_desk_may_say_more_but_a_client_may_not():
    assert decode(asks.Note, {"text": "a", "more": 1}) == asks.Note("a")
    with pytest.raises(Mismatch):
        decode(asks.Note, {"text": "a", "more": 1}, strict=True)


def test_shapes():
    assert decode(float, 5) == 5.0
    assert decode(tuple[tuple[int, int], ...], [[1, 2]]) == ((1, 2),)
    assert decode(frozenset[Role], ["lead"]) == frozenset({Role.LEAD})
    assert decode(dict[str, str | int | None], {"a": None, "b": 1}) == {"a": None, "b": 1}
    finding = Finding("A1", "r", 0, 1, 2, Suggestion.HIDE, modifiers=("quote",))
    assert decode(Finding, encode(finding)) == finding


def test_every_record_is_frozen():
    for kind in RECORDS:
        assert kind.__dataclass_params__.frozen, kind
        assert "__slots__" in vars(kind), kind


@pytest.mark.req("A3")
def test_a_secret_prints_copies_and_stores_as_nothing():
    secret = Secret("canary-value")
    assert "canary" not in f"{secret} {secret!r} {secret:>30} {[secret]}"
    for way in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            way(secret)
    with pytest.raises(TypeError):
        json.dumps(encode({"a": secret}))
    assert "canary" not in repr(asks.SetSecret("password", "canary-value"))
    assert secret.reveal() == "canary-value"
