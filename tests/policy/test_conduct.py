"""The conduct of replies: each rule with a draft that keeps it, and no personal data by any spelling."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.domain.conduct import Conduct, Weight
from moderator.domain.person import Person, Role
from moderator.policy.conduct import DEFAULTS, Code, check, signature


@dataclass(frozen=True)
class Entry:
    title: str
    kind: str
    terms: tuple[str, ...]


DAS = Person(1, 1001, "rdas", 1, frozenset({Role.MODERATOR}), "R. Das", "Junior Moderator, DIPR Assam")
CODE = Code(
    soft_length=280,
    platform_limit=500,
    disclaimer="This reply creates no legal right.",
    official_contacts=("0361-2237223", "1077", "help@dipr.example"),
    confidential_words=("top secret", "confidential", "for official use only", "গোপনীয়", "गोपनीय"),
    matters=(
        Entry("the land case", "sub-judice", ("WP(C) 1234/2023",)),
        Entry("the ferry bill", "draft-law", ("Inland Ferry Bill",)),
        Entry("a private person", "person", ("Bipul Saikia",)),
    ),
)


def broken(conduct: Conduct) -> set[str]:
    return {mark.rule for mark in conduct.broken}


@pytest.mark.req("G1", "H7")
def test_a_plain_reply_is_signed_and_kept() -> None:
    conduct = check("We are sorry. The road is being repaired; we will tell you here.", DAS, CODE)
    assert conduct.broken == ()
    assert all(mark.kept for mark in conduct.marks)
    assert {mark.rule for mark in conduct.marks} == set(DEFAULTS)
    assert conduct.outgoing.endswith("\n— R. Das, Junior Moderator, DIPR Assam")


@pytest.mark.req("G1", "G19")
@pytest.mark.parametrize(
    ("changes", "signed", "kept"),
    [
        ({}, "— R. Das, Junior Moderator, DIPR Assam", True),
        ({"role_title": " "}, "", False),
        ({"designation": ""}, "", False),
        ({"designation": "", "role_only": True}, "— Junior Moderator, DIPR Assam", True),
        ({"role_only": True}, "— Junior Moderator, DIPR Assam", True),
        ({"role_only": True, "role_title": ""}, "", False),
    ],
)
def test_without_a_name_and_role_sending_is_disabled(changes: dict[str, object], signed: str, kept: bool) -> None:
    person = replace(DAS, **changes)  # type: ignore[arg-type]
    assert signature(person) == signed
    conduct = check("We are looking into it.", person, CODE)
    assert ("identity" not in broken(conduct)) is kept
    if not kept:
        assert "send disabled" in conduct.broken[0].sentence.lower()


@pytest.mark.req("G8", "G11", "G3", "G9", "H7")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Call Bipul at 98640 12345", "personal_data"),
        ("ফোন কৰক ৯৮৬৪০১২৩৪৫", "personal_data"),
        ("फ़ोन ९८६४०१२३४५ पर करें", "personal_data"),
        ("Write to bipul.s at gmail dot com", "personal_data"),
        ("Your Aadhaar 2341 2341 2345 was found", "personal_data"),
        ("PAN ABCPD1234E is wrong", "personal_data"),
        ("Pay bipul@okaxis", "personal_data"),
        ("We came to your home address", "personal_data"),
        ("আমি আপোনাৰ ঘৰৰ ঠিকনা পাইছোঁ", "personal_data"),
        ("हमें आपके घर का पता मिला", "personal_data"),
        ("He lives at House No 12, Lane 3", "personal_data"),
        ("This is CONFIDENTIAL for now", "confidential"),
        ("এই নথিখন গোপনীয়", "confidential"),
        ("यह दस्तावेज़ गोपनीय है", "confidential"),
        ("con\u200bfidential matter", "confidential"),
        ("See File No. DIPR/123/2024", "confidential"),
        ("As per DIPR/ESTT/45/2023 we cannot", "confidential"),
        ("We cannot speak on WP(C) No. 1234 of 2023", "matter"),
        ("WP(C) ১২৩৪/২০২৩ is pending", "matter"),
        ("The inland   ferry BILL will help", "matter"),
        ("Bipul Saikia has complained too", "matter"),
        ("Dear {name}, we see", "placeholder"),
        ("Dear <<name>>, we see", "placeholder"),
        ("Dear [NAME], we see", "placeholder"),
        ("Your reference is ____", "placeholder"),
        ("Call XXXX for help", "placeholder"),
        ("আপোনাৰ [নাম] দিয়ক", "placeholder"),
        ("", "empty"),
        (" \n\u200b ", "empty"),
        ("a" * 501, "length"),
    ],
)
def test_a_hard_rule_blocks(text: str, rule: str) -> None:
    conduct = check(text, DAS, CODE)
    assert rule in broken(conduct)
    for mark in conduct.broken:
        assert mark.sentence.endswith(".")
        if mark.start is not None and mark.end is not None:
            assert text[mark.start : mark.end].strip()


@pytest.mark.req("G8", "G11")
@pytest.mark.parametrize(
    "text",
    [
        "Please call our office at 0361-2237223.",
        "Please call our office at +91 361 2237223 or 1077.",
        "Write to help@dipr.example, we answer within a day.",
        "Our Secretary will visit the road; the section is restricting traffic.",
        "We have your complaint of 12 May 2024; reference 2024/1409/5678.",
        "The ferry will run again on Monday.",
        "Please apply at sewasetu.assam.gov.in, or at the counter.",
        "আমি আপোনাৰ অভিযোগ পাইছোঁ।",
        "हमें आपकी शिकायत मिली है।",
    ],
)
def test_an_ordinary_reply_passes(text: str) -> None:
    assert check(text, DAS, CODE).broken == ()


def test_addressing_the_author_is_not_talking_about_a_person() -> None:
    text = "Bipul Saikia, we have your complaint."
    assert check(text, DAS, CODE, recipient="Bipul Saikia").broken == ()
    assert broken(check(text, DAS, CODE, recipient="Someone Else")) == {"matter"}


@pytest.mark.req("G9")
@pytest.mark.parametrize(
    ("unit", "text", "kept"),
    [
        ("graphemes", "ক্ষি" * 20, True),
        ("codepoints", "ক্ষি" * 20, False),
        ("utf8_bytes", "ক্ষি" * 20, False),
        ("graphemes", "a" * 101, False),
        ("codepoints", "a" * 40, True),
    ],
)
def test_the_platform_counts_in_its_own_unit(unit: str, text: str, kept: bool) -> None:
    person = replace(DAS, designation="R", role_title="M")
    conduct = check(text, person, Code(platform_limit=70, platform_unit=unit))
    assert ("length" not in broken(conduct)) is kept


@pytest.mark.req("G9")
def test_a_long_reply_is_pointed_out_and_counted_in_graphemes() -> None:
    long = check("কি " * 140, DAS, CODE)
    mark = next(mark for mark in long.marks if mark.rule == "length")
    assert (mark.kept, mark.weight) == (False, Weight.SOFT)
    assert long.broken == ()
    assert check("কি", replace(DAS, designation="R", role_title="M"), Code()).length == len("X\n— R, M")


@pytest.mark.req("G2")
def test_the_disclaimer_goes_out_only_where_asked_for() -> None:
    assert CODE.disclaimer in check("We see.", DAS, CODE, disclaimer=True).outgoing
    assert CODE.disclaimer not in check("We see.", DAS, CODE).outgoing


@pytest.mark.req("G1")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The department has taken note of the matter.", False),
        ("We have taken note of the matter.", True),
        ("Thank you.", True),
        ("आपको सूचित किया जाता है कि काम चल रहा है।", False),
        ("हम काम कर रहे हैं।", True),
    ],
)
def test_the_first_person_is_asked_for_where_it_is_plain(text: str, kept: bool) -> None:
    conduct = check(text, DAS, CODE, language="en")
    assert next(mark.kept for mark in conduct.marks if mark.rule == "first_person") is kept
    assert conduct.broken == ()


def test_a_rule_that_is_off_does_not_block() -> None:
    """The control: the blocks above come from the weights, and the platform's limit stays hard all the same."""
    off = Code(weights=dict.fromkeys(DEFAULTS, Weight.OFF), platform_limit=20)
    assert broken(check("98640 12345", DAS, off)) == {"length"}
    assert check("98640 12345", DAS, replace(off, platform_limit=0)).broken == ()


_DIGIT_SETS = ("0123456789", "০১২৩৪৫৬৭৮৯", "०१२३४५६७८९", "０１２３４５６７８９")
_numbers = st.builds(
    lambda first, rest, gap, digits: gap.join(
        (digits[first] + "".join(digits[d] for d in rest[:4]), "".join(digits[d] for d in rest[4:]))
    ),
    st.integers(6, 9),
    st.lists(st.integers(0, 9), min_size=9, max_size=9),
    st.sampled_from(["", " ", "-", ".", " - ", "\u200b"]),
    st.sampled_from(_DIGIT_SETS),
)
_aadhaars = st.builds(
    lambda first, rest, gap: gap.join((f"{first}{rest[:3]}", rest[3:7], rest[7:])),
    st.integers(2, 9),
    st.text("0123456789", min_size=11, max_size=11),
    st.sampled_from(["", " ", "-"]),
)
_pans = st.from_regex(r"\A[A-Z]{3}[ABCFGHLJPT][A-Z][0-9]{4}[A-Z]\Z")
_mails = st.builds(
    lambda name, at, host, dot, ending: f"{name}{at}{host}{dot}{ending}",
    st.from_regex(r"\A[a-z]{2,10}\Z"),
    st.sampled_from(["@", " @ ", " (at) ", "[at]"]),
    st.from_regex(r"\A[a-z]{3,10}\Z"),
    st.sampled_from([".", " dot ", " (dot) "]),
    st.sampled_from(["com", "in", "org"]),
)
_spelt_mails = st.builds(
    lambda name, host: f"{name} at {host}",
    st.from_regex(r"\A[a-z]{2,10}\Z"),
    st.sampled_from(["gmail.com", "gmail dot com", "yahoo.co.in", "anything dot org"]),
)
_upis = st.builds(
    lambda name, bank: f"{name}@{bank}",
    st.from_regex(r"\A[a-z][a-z0-9]{2,12}\Z"),
    st.sampled_from(["okaxis", "ybl", "paytm", "upi"]),
)
_frames = st.sampled_from(
    ["{}", "We called {} today.", "আমি {} ত ফোন কৰিলোঁ।", "हमने {} पर फ़ोन किया।", "Dear citizen,\n{}\nregards", "({})"]
)


@pytest.mark.req("G8")
@settings(max_examples=250, deadline=None)
@given(_frames, st.one_of(_numbers, _aadhaars, _pans, _mails, _spelt_mails, _upis))
def test_no_personal_data_passes(frame: str, datum: str) -> None:
    conduct = check(frame.format(datum), DAS, CODE)
    assert "personal_data" in broken(conduct)


@pytest.mark.req("L4")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("See https://agency.example/map.jpg", False),
        ("See https://agency.example/map.jpg (the relief camps of Hojai district)", True),
        ("শুনক https://agency.example/a.mp3 (বানপানীৰ সতৰ্কবাণী, অসমীয়াত)", True),
        ("See https://agency.example/map.png (map)", False),
        ("See https://agency.example/relief and ask there", True),
    ],
)
def test_a_linked_picture_is_described(text: str, kept: bool) -> None:
    conduct = check(text, DAS, CODE)
    assert [mark.kept for mark in conduct.marks if mark.rule == "description"] == [kept]
    off = check(text, DAS, Code(weights={"description": Weight.OFF}))
    assert all(mark.kept for mark in off.marks if mark.rule == "description"), "control: the rule alone says so"
