"""Personal data: each kind with what merely looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.policy import personal
from moderator.policy.personal import verhoeff


def kinds(text: str, *, strict: bool = False) -> list[str]:
    return [datum.kind for datum in personal.find(text, strict=strict)]


@pytest.mark.req("G8")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call 98640 12345 now", "phone"),
        ("Call +91-98640-12345", "phone"),
        ("Call 09864012345", "phone"),
        ("Call ৯৮৬৪০ ১২৩৪৫", "phone"),
        ("Call ९८६४०१२३४५", "phone"),
        ("Call 98640\u200b12345", "phone"),
        ("Call 986-401-2345", "phone"),
        ("nine eight six four zero one two three four five", "phone"),
        ("Mail ram.das@gmail.com", "email"),
        ("Mail ram.das at gmail dot com", "email"),
        ("Mail ram (at) mail [dot] co [dot] in", "email"),
        ("Pay ramdas@okaxis", "upi"),
        ("Aadhaar 2341 2341 2346", "aadhaar"),
        ("Aadhaar ২৩৪১ ২৩৪১ ২৩৪৬", "aadhaar"),
        ("PAN ABCPD1234E", "pan"),
        ("A/c no 32018029188, IFSC SBIN0000199", "bank"),
        ("He lives at House No 12, Lane 3, Jorhat", "address"),
        ("Voter id ABC1234567", "identity_number"),
    ],
)
def test_personal_data_is_found_in_its_place(text: str, kind: str) -> None:
    found = personal.find(text)
    assert [datum.kind for datum in found] == [kind]
    assert text[found[0].start : found[0].end].strip()


@pytest.mark.parametrize(
    "text",
    [
        "Application 123456788245 not found",
        "Application no 9864012345 is pending",
        "Helpline 1800-345-3611 is not working",
        "Complaint no 2024/1409/5678 is pending since May",
        "Aadhaar 2341 2341 2345",
        "IFSC SBIN0000199",
        "Rs 50000 of 120000 reached us in 2024",
        "meet at noon dot on time",
        "the 12th of 2024, 10:30",
        "@minister please look",
    ],
)
def test_what_only_looks_like_personal_data(text: str) -> None:
    assert kinds(text) == []


def test_what_we_publish_ourselves_is_read_more_strictly() -> None:
    assert kinds("Aadhaar 2341 2341 2345", strict=True) == ["aadhaar"]
    assert kinds("Phone 0361-2237223", strict=True) == ["phone"]
    assert kinds("her home address is known", strict=True) == ["address"]


def test_whose_data_it_is() -> None:
    assert personal.find("my number is 98640 12345")[0].own
    assert not personal.find("Imran's number is 98640 12345")[0].own


@given(st.integers(min_value=2 * 10**10, max_value=10**11 - 1))
def test_verhoeff_has_one_check_digit_and_sees_every_single_slip(number: int) -> None:
    right = [digit for digit in range(10) if verhoeff(f"{number}{digit}")]
    assert len(right) == 1
    whole = f"{number}{right[0]}"
    changed = whole[:5] + str((int(whole[5]) + 1) % 10) + whole[6:]
    assert not verhoeff(changed)


def test_verhoeff_agrees_with_the_published_example() -> None:
    assert verhoeff("2363")
    assert not verhoeff("2364")
