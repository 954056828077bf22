"""What may stand in a login record, as tables."""

from __future__ import annotations

import dataclasses

import pytest

from moderator.desk import login_record
from moderator.domain.asks import NewAccount
from moderator.domain.errors import Code, Refused

GOOD = NewAccount(
    platform="wordpress",
    name="wp consult",
    url="https://consult.agency.example",
    login_id="duty-desk",
    registered_mail="desk@agency.example",
    registered_phone="+91 98765 43210",
    custodians=("cora", "carl"),
    order_ref="DIPR/12/2026 of 3 May 2026",
    mfa="security key, held by cora",
    recovery_location="sealed envelope 14, safe of the Director",
    settings={"since": "2026-11-01"},
)


def with_(**changes: object) -> NewAccount:
    return dataclasses.replace(GOOD, **changes)  # type: ignore[arg-type]


@pytest.mark.req("A3")
def test_a_good_record_is_kept_masked() -> None:
    kept = login_record.checked(GOOD, [])
    assert kept.registered_mail == "d•••@agency.example"
    assert kept.registered_phone == "••••••••••10"
    assert (kept.name, kept.url, kept.custodians) == (GOOD.name, GOOD.url, GOOD.custodians)
    again = login_record.checked(kept, [])
    assert again == kept, "what is masked stays as it is"


@pytest.mark.req("T3")
@pytest.mark.parametrize(("platform", "name", "kept"), [("practice", "practice 2", True), ("practice", "flood", False),
                                                        ("wordpress", "flood", True)])  # fmt: skip
def test_a_practice_account_says_so_in_its_name(platform: str, name: str, kept: bool) -> None:
    ask = with_(platform=platform, name=name)
    if kept:
        assert login_record.checked(ask, []).name == name
    else:
        with pytest.raises(Refused, match="must say so"):
            login_record.checked(ask, [])


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"platform": "wordpres"}, "Did you mean wordpress?"),
        ({"platform": "\x1b[2Jnothing"}, "no platform"),
        ({"name": ""}, "short name"),
        ({"name": "sixteen letters!"}, "longer than 15"),
        ({"name": "WP Taken"}, "already"),
        ({"url": ""}, "needs the address"),
        ({"url": "http://consult.agency.example"}, "https"),
        ({"url": "http://127.0.0.1.evil.example"}, "https"),
        ({"url": "ftp://consult.agency.example"}, "https"),
        ({"url": "https://user:pass@consult.agency.example"}, "login or a token"),
        ({"url": "https://consult.agency.example/?access_token=abc"}, "login or a token"),
        ({"url": "https://consult.agency.example/#t"}, "login or a token"),
        ({"url": "https://consult agency.example"}, "cannot be read"),
        ({"url": "https://"}, "cannot be read"),
        ({"url": "https://[::1"}, "cannot be read"),
        ({"url": "https://a.example:99999"}, "cannot be read"),
        ({"registered_mail": "nobody"}, "not a mail address"),
        ({"registered_phone": "12"}, "not a phone number"),
        ({"custodians": ()}, "one or two custodians; 0"),
        ({"custodians": ("a", "b", "c")}, "one or two custodians; 3"),
        ({"custodians": ("Not A Name",)}, "not a Unix name"),
        ({"recovery_location": "code 4821-9934-1120"}, "looks like a code"),
        ({"recovery_location": "ABCD-1234-EF56"}, "looks like a code"),
        ({"recovery_location": "k7fq2m9xw4"}, "looks like a code"),
        ({"recovery_location": "9876543210"}, "looks like a code"),
        ({"mfa": "backup 83920174"}, "looks like a code"),
        ({"settings": {"api_token": "x"}}, "sounds like a secret"),
        ({"settings": {"password": "x"}}, "sounds like a secret"),
        ({"settings": {"Not a name": "x"}}, "not a setting's name"),
        ({"order_ref": "x" * 201}, "longer than 200"),
    ],
)
def test_what_may_not_stand_in_it(wrong: dict[str, object], word: str) -> None:
    with pytest.raises(Refused) as caught:
        login_record.checked(with_(**wrong), ["wp taken"])
    assert caught.value.code is Code.BAD
    assert word in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.req("A2")
@pytest.mark.parametrize("custodians", [("cora",), ("cora", "carl"), ("cora", "cora", "carl")])
def test_control_one_or_two_custodians_pass(custodians: tuple[str, ...]) -> None:
    assert len(login_record.checked(with_(custodians=custodians), []).custodians) in (1, 2)


@pytest.mark.parametrize(
    "url", ["https://a.example/blog/", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:81/x"]
)
def test_addresses_that_pass(url: str) -> None:
    assert login_record.checked(with_(url=url), []).url == url


@pytest.mark.parametrize(
    "place",
    [
        "sealed envelope 14, safe of the Director",
        "Room 204, almirah B2",
        "file DIPR/2026/118",
        "safe no. 3 (key with R. Das)",
        "লেফাফা ১৪, সঞ্চালকৰ চিন্দুক",
    ],
)
def test_places_that_pass(place: str) -> None:
    assert not login_record.looks_like_code(place)
