"""What is typed into forms has one meaning, or a sentence that says what would."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.tui import fields

NOW = datetime(2026, 11, 22, 20, 44, tzinfo=UTC)
INDIA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("30m", "2026-11-22T21:14:00"), ("2 h", "2026-11-22T22:44:00"), ("1d", "2026-11-23T20:44:00"),
        ("18:00", "2026-11-23T12:30:00"), ("2:10", "2026-11-23T20:40:00"), ("2026-11-24 09:00", "2026-11-24T03:30:00"),
    ],
)  # fmt: skip
def test_a_time_to_come(typed: str, utc: str) -> None:
    assert fields.later(typed, NOW, INDIA).astimezone(UTC).isoformat()[:19] == utc


@pytest.mark.parametrize("typed", ["soon", "25:00", "2026-13-01 10:00", "h", "-1h"])
def test_a_time_that_is_none_is_said(typed: str) -> None:
    with pytest.raises(fields.Unclear, match=r"Type a time|no time that exists"):
        fields.later(typed, NOW, INDIA)


@pytest.mark.parametrize(("typed", "meant"), [("1", "order"), ("2", "request"), ("req", "request"), ("ORDER", "order")])
def test_a_choice_by_number_or_start(typed: str, meant: str) -> None:
    assert fields.choice(typed, ("order", "request")) == meant


@pytest.mark.parametrize("typed", ["", "3", "0", "x"])
def test_a_choice_that_is_none_is_said(typed: str) -> None:
    with pytest.raises(fields.Unclear, match="order, request"):
        fields.choice(typed, ("order", "request"))


@pytest.mark.parametrize("typed", ["0", "31", "x", ""])
def test_a_number_out_of_bounds_is_said(typed: str) -> None:
    with pytest.raises(fields.Unclear, match="from 1 to 30"):
        fields.whole(typed, "A whole number from 1 to 30.", 1, 30)


@given(st.text(alphabet="aঅ\n ", max_size=40), st.integers(0, 50))
def test_caret_and_location_are_each_others_inverse(words: str, at: int) -> None:
    at = min(at, len(words))
    assert fields.caret(words, fields.location(words[:at], at)) == at
