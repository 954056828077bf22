"""What goes over the wire: every refusal has a status, a body names the field that is wrong, a secret has no form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from moderator.domain import asks, view, wire
from moderator.domain.errors import Code, Refused
from moderator.domain.secret import Secret
from moderator.service import answers


def test_every_code_has_a_status() -> None:
    assert set(answers.STATUS) == set(Code)
    assert all(400 <= status < 600 for status in answers.STATUS.values())


def test_a_refusal_carries_all_its_parts() -> None:
    response = answers.refusal(Refused(Code.CHANGED, "It was edited.", "Read it.", {"seen": 1, "now": 2}))
    assert response.status_code == 409
    assert response.headers["moderator-api"] == str(view.API)
    assert json.loads(bytes(response.body)) == {
        "error": {"code": "changed", "sentence": "It was edited.", "cure": "Read it.", "facts": {"seen": 1, "now": 2}}
    }


def test_a_client_reads_back_what_the_service_encodes() -> None:
    done = view.Done("Left public.", item_id=7, effects=(1, 2), window_ms=-1)
    changed = view.Changed(5, 1, (1, 2), (), 99)
    tested = view.Tested(True, ((True, "ok"), (False, "no")))
    for value in (done, changed, tested):
        assert wire.decode(type(value), json.loads(answers.encode(value))) == value
    moment = datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC)
    assert datetime.fromisoformat(json.loads(answers.encode({"now": moment}))["now"]) == moment


def test_a_secret_cannot_be_encoded() -> None:
    with pytest.raises(TypeError):
        answers.encode({"value": Secret("canary")})


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        (asks.Leave, b"{}", "seen_version"),
        (asks.Leave, b'{"seen_version": "1"}', "seen_version"),
        (asks.Leave, b'{"seen_version": 1, "masked": 0}', "masked"),
        (asks.Leave, b'{"seen_version": 1, "hide": true}', "hide"),
        (asks.Leave, b"[]", "object"),
        (asks.Leave, b'{"seen_version": NaN}', "JSON"),
        (asks.Leave, b"\xff\xfe", "JSON"),
        (asks.Leave, b"[" * 100_000, "JSON"),
        (asks.Snooze, b'{"until": "tomorrow"}', "until"),
        (asks.Snooze, b'{"until": "2026-01-01T00:00:00"}', "time zone"),
        (asks.SettleEffect, b'{"how": "magic", "reason": "x"}', "how"),
    ],
)
def test_a_wrong_body_is_refused_with_a_sentence(kind: type, raw: bytes, said: str) -> None:
    with pytest.raises(Refused) as refused:
        answers.ask_of(kind, raw)
    assert refused.value.code is Code.BAD
    assert said in refused.value.sentence
    assert refused.value.cure


@given(st.binary(max_size=200))
def test_no_body_raises_anything_but_a_refusal(raw: bytes) -> None:
    assume(raw.strip() not in (b"", b"{}"))
    with pytest.raises(Refused) as refused:
        answers.ask_of(asks.Nothing, raw)
    assert refused.value.code is Code.BAD


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "9" * 19, "1e3", " 1", "0x1"])
def test_what_is_no_row_id_is_not_found(text: str) -> None:
    with pytest.raises(Refused) as refused:
        answers.number_of(text, "item")
    assert refused.value.code is Code.NOT_FOUND


def test_a_fault_of_our_own_tells_only_its_number() -> None:
    number, refused = answers.broken()
    assert refused.code is Code.INTERNAL
    assert number in refused.sentence
    assert refused.facts == {"report": number}
