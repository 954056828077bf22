"""What is covered until revealed, and what never is; codes for what is opened elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.domain import masking, mediacode, tongues
from moderator.domain.errors import Code, Refused
from moderator.domain.policy import Category, Finding, Suggestion
from moderator.policy import document
from moderator.policy.engine import Engine


def slur(start: int, end: int, severity: int = 2) -> Finding:
    return Finding("A1", "slur", start, end, severity, Suggestion.HIDE, mask=True)


def threat(start: int, end: int, **changes: object) -> Finding:
    plain = {"severity": 4, "suggestion": Suggestion.ESCALATE, "urgent": True}
    return Finding("T2", "threat", start, end, **{**plain, **changes})


@pytest.mark.req("B13", "H3")
def test_a_slur_is_covered_but_never_what_a_threat_rests_on() -> None:
    assert masking.covered([slur(0, 10)]) == ((0, 10),)
    assert masking.covered([slur(0, 10), threat(4, 20)]) == ((0, 4),)
    assert masking.covered([slur(0, 10), threat(3, 6)]) == ((0, 3), (6, 10))
    assert masking.covered([threat(0, 5)]) == ()


@pytest.mark.req("B13")
def test_control_a_hint_or_a_mere_suggestion_to_hide_uncovers_nothing() -> None:
    hint = threat(0, 10, hint=True)
    plain = threat(0, 10, urgent=False, suggestion=Suggestion.HIDE)
    assert masking.covered([slur(0, 10), hint, plain]) == ((0, 10),)


def test_overlapping_spans_are_joined_and_cut_to_a_part() -> None:
    assert masking.covered([slur(2, 6), slur(4, 9)]) == ((2, 9),)
    assert masking.within(((2, 9), (12, 14)), 4, 13) == ((0, 5), (8, 9))
    assert masking.within(((2, 9),), 9, 12) == ()


@pytest.mark.req("B13")
def test_severe_is_what_is_covered_and_bad() -> None:
    assert masking.severe([slur(0, 3, severity=3)])
    assert not masking.severe([slur(0, 3, severity=2), threat(0, 9)])


@pytest.mark.req("B13", "H3")
def test_the_published_policy_covers_abuse_alone() -> None:
    """No rule of a threat, of a party, of a call for help or of a place asks for covering."""
    policy = document.load(None)
    categories = {clause.id: clause.category for clause in policy.clauses}
    masked = {categories[rule.clause] for rule in policy.rules if rule.mask}
    assert masked
    assert masked <= {Category.ABUSIVE, Category.TARGETED, Category.DISHARMONY}


@pytest.mark.req("H3", "B13")
@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("You bastard, I will kill you tonight at your house in Lanka.", "kill you tonight"),
        ("Water at roof, 4 of us, Lanka road near the LP school, call 98640 12345 you idiot", "98640 12345"),
        ("BJP and Congress are all idiots", "BJP and Congress"),
    ],
)
def test_threat_verbs_places_and_parties_stay_readable(words: str, kept: str) -> None:
    covered = masking.covered(
        Engine(document.load(Path(document.__file__).with_name("default.toml"))).judge(words).findings
    )
    at = words.index(kept)
    assert not [span for span in covered if span[0] < at + len(kept) and at < span[1]]


@pytest.mark.req("H16", "Q21")
@given(st.integers(1, 10**12), st.integers(0, mediacode.PLACES - 1))
def test_a_code_leads_back_to_what_it_was_made_for(item_id: int, place: int) -> None:
    assert mediacode.read(f" {mediacode.code_of(item_id, place).lower()} ") == (item_id, place)


@pytest.mark.req("H16")
@given(st.integers(1, 10**7), st.data())
def test_a_slip_of_the_hand_is_caught(item_id: int, data: st.DataObject) -> None:
    code = mediacode.code_of(item_id, 1)
    at = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([letter for letter in "BCDFHJKLMNPQRSTVWXZ" if letter != code[at]]))
    wrong = [code[:at] + other + code[at + 1 :]]
    if at + 1 < len(code) and code[at] != code[at + 1]:
        wrong.append(code[:at] + code[at + 1] + code[at] + code[at + 2 :])
    for one in wrong:
        with pytest.raises(Refused) as caught:
            mediacode.read(one)
        assert caught.value.code is Code.BAD


@given(st.text(max_size=30))
def test_anything_else_is_refused_or_read_but_never_breaks(text: str) -> None:
    try:
        item_id, place = mediacode.read(text)
    except Refused as refused:
        assert refused.code is Code.BAD
    else:
        assert item_id >= 0 <= place < mediacode.PLACES


def test_codes_are_short() -> None:
    assert len(mediacode.code_of(1, 0)) == 4
    assert len(mediacode.code_of(48_211, 1)) <= 6


@pytest.mark.parametrize(
    ("code", "base", "known"),
    [("hi-Latn", "hi", True), ("", "und", False), ("und", "und", False), ("BRX", "brx", True)],
)
def test_a_language_is_its_base(code: str, base: str, known: bool) -> None:
    assert (tongues.base(code), tongues.known(code)) == (base, known)


def test_a_language_is_named_by_its_name_or_its_code() -> None:
    assert tongues.name_of("hi-Latn") == "Hindi"
    assert tongues.name_of("xx") == "the language “xx”"
