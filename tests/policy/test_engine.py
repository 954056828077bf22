"""What the engine promises of every verdict, each with a control that shows the protection at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.domain.policy import Asks, Category, Opinion, Suggestion, Verdict
from moderator.policy.check import flagged, suite
from moderator.policy.document import Document, load, parse_document
from moderator.policy.engine import MOST, Engine

Flags = Callable[[str], set[str]]

_ENGINE = Engine(load())
_SEEDS = [*suite()["criticism"], *suite()["neutral"], *(case.text for case in _ENGINE.document.tests)]


def sound(verdict: Verdict, text: str, document: Document) -> None:
    """Every finding cites a clause, a rule and words that are there; the order is the promised one."""
    ids = {clause.id for clause in document.clauses}
    rules = {rule.id for rule in document.rules}
    for finding in verdict.findings:
        assert finding.clause in ids
        assert finding.rule in rules
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end].strip()
    ranks = [(finding.hint, -finding.severity) for finding in verdict.findings]
    assert ranks == sorted(ranks)
    assert len(verdict.findings) <= MOST


@pytest.mark.req("V1", "V4")
@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_SEEDS) | st.text(max_size=60), min_size=1, max_size=5).map(" ".join))
def test_every_finding_cites_words_that_are_there(text: str) -> None:
    verdict = _ENGINE.judge(text)
    sound(verdict, text, _ENGINE.document)
    assert verdict == _ENGINE.judge(text)


@pytest.mark.req("V1")
def test_judging_does_not_depend_on_what_was_judged_before() -> None:
    used, fresh = Engine(load()), Engine(load())
    for text in _SEEDS:
        used.judge(text)
    assert [used.judge(text) for text in _SEEDS] == [fresh.judge(text) for text in _SEEDS]


@pytest.mark.req("V2", "P11")
@pytest.mark.parametrize("text", suite()["criticism"])
def test_criticism_is_protected_and_never_flagged(engine: Engine, text: str) -> None:
    verdict = engine.judge(text)
    assert flagged(engine, text) == ()
    assert verdict.protected
    assert verdict.protected_span is not None
    start, end = verdict.protected_span
    assert text[start:end].strip()


@pytest.mark.req("P11")
@pytest.mark.parametrize(
    "text",
    [
        "You idiot, the road is broken.",
        "Vote BJP, the government has failed.",
        "The scheme failed, I will kill Mr Das.",
    ],
)
def test_criticism_is_no_shield_for_an_attack(engine: Engine, text: str) -> None:
    """The control: what stands beside an attack is not *only* criticism."""
    assert flagged(engine, text)
    assert not engine.judge(text).protected


@pytest.mark.req("V3")
@pytest.mark.parametrize("text", suite()["neutral"])
def test_names_of_groups_parties_and_offices_alone_are_no_evidence(engine: Engine, text: str) -> None:
    assert flagged(engine, text) == ()


@pytest.mark.req("V3")
def test_a_group_needs_a_hostile_predicate(engine: Engine, document: Document, flags: Flags) -> None:
    groups = engine.lexicon.words("group")
    assert len(groups) > 300
    assert [word for word in groups if flags(f"My neighbours are {word} and we met at the camp.")] == []
    assert flags("Muslims are vermin.") == {"A1", "T1"}  # the control


def parties(document: Document) -> list[str]:
    return [word for group in document.lists if group.name == "party" for word in group.words if word.isascii()]


def answers(engine: Engine, frame: str) -> set[tuple[tuple[str, Suggestion, int], ...]]:
    texts = [side.format(party=party.upper()) for side in frame.split(" / ") for party in parties(engine.document)]
    return {tuple((f.clause, f.suggestion, f.severity) for f in flagged(engine, text)) for text in texts}


@pytest.mark.req("V2")
@pytest.mark.parametrize("frame", suite()["mirrored"])
def test_for_and_against_are_treated_alike_for_every_party(engine: Engine, frame: str) -> None:
    assert len(parties(engine.document)) > 40
    assert len(answers(engine, frame)) == 1


@pytest.mark.req("V2")
def test_the_mirror_shows_a_policy_that_takes_sides(document: Document) -> None:
    """The control: without one party on the list, the same frame gets two answers."""
    lists = tuple(
        replace(group, words=tuple(word for word in group.words if word != "bjp")) if group.name == "party" else group
        for group in document.lists
    )
    partial = Engine(replace(document, lists=lists))
    texts = ["Vote for BJP", "Vote for AGP"]
    assert [bool(flagged(partial, text)) for text in texts] == [False, True]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("I will kill Mr Das tomorrow.", Category.THREAT),
        ("दफ्तर में आग लगा दो", Category.THREAT),
        ("I will hang myself.", Category.SELF_HARM),
        ("মই আত্মহত্যা কৰিম।", Category.SELF_HARM),
        ("We are trapped on the roof, flood water is rising.", Category.LIFE_SAFETY),
        ("Please send a boat, my mother is stranded in the flood", Category.LIFE_SAFETY),
    ],
)
@pytest.mark.req("H1", "H3")
def test_what_cannot_wait_is_urgent(engine: Engine, document: Document, text: str, category: Category) -> None:
    verdict = engine.judge(text)
    assert verdict.urgent
    assert verdict.top is not None
    clause = document.clause(verdict.top.clause)
    assert clause is not None
    assert clause.category is category


@pytest.mark.req("H3")
def test_a_cry_for_help_is_never_a_ground_for_hiding(document: Document, engine: Engine) -> None:
    for clause_id in ("H1", "L1"):
        clause = document.clause(clause_id)
        assert clause is not None
        assert not clause.hideable
        assert clause.digit >= 10
    text = "We are trapped on the roof, water rising, house no 12 lane 3, call 98640 12345"
    verdict = engine.judge(text)
    assert verdict.asks is Asks.RESCUE
    assert [f for f in verdict.findings if f.suggestion is Suggestion.HIDE] == []
    assert [f for f in verdict.findings if f.mask] == []
    personal = [f for f in verdict.findings if f.clause == "D1"]
    assert personal
    assert all(f.hint for f in personal)
    assert engine.judge("call 98640 12345").findings[0].suggestion is Suggestion.HIDE  # the control: no rescue


@pytest.mark.parametrize(
    ("plain", "softened", "modifier"),
    [
        ("Mr Das is a moron", 'Someone wrote "Mr Das is a moron". Please remove it.', "counter"),
        ("Muslims are vermin.", "Saying Muslims are vermin is hateful and false.", "counter"),
        ("I hate Biharis.", "I don't hate Biharis.", "negated"),
        ("You are just a faggot", "We are proud faggots, such a faggot are you", "reclaimed"),
        ("Nagas are criminals", "He said “Nagas are criminals”", "quote"),
    ],
)
@pytest.mark.req("V2")
def test_context_softens_and_says_so(engine: Engine, flags: Flags, plain: str, softened: str, modifier: str) -> None:
    assert flags(plain)
    assert flags(softened) == set()
    assert modifier in {name for finding in engine.judge(softened).findings for name in finding.modifiers}


@pytest.mark.req("V2")
def test_a_threat_in_quotation_marks_is_never_dropped(engine: Engine) -> None:
    kept = engine.judge('He told me "I will kill Mr Das".')
    assert kept.urgent
    condemned = engine.judge('Whoever wrote "I will kill Mr Das" should be ashamed.')
    assert next(f.clause for f in condemned.findings if not f.hint) == "T2"
    assert not condemned.urgent


@pytest.mark.req("H3")
@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("You fucking idiot", ["fucking"]),
        ("What a bunch of f*ggots and c o o n s", ["f*ggots", "c o o n s"]),
        ("I will kill Mr Das at the Jorhat court", []),
        ("Vote for BJP in Silchar", []),
        ("We are trapped in Dhubri, call 98640 12345", []),
        ("साले चूतिये", ["चूतिये"]),
    ],
)
def test_only_slurs_and_obscenity_are_covered(engine: Engine, text: str, covered: list[str]) -> None:
    masks = sorted((f.start, f.end) for f in engine.judge(text).findings if f.mask)
    assert [text[start:end] for start, end in masks] == covered


@pytest.mark.req("V2")
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("এইটো এটা ভাল খবৰ", "as"),
        ("यह अच्छी खबर है", "hi"),
        ("BJP की अच्छी खबर है", "hi"),
        ("ye bahut accha hai bhai", "hi-Latn"),
        ("এটা একটা ভালো খবর", "bn"),
        ("Это хорошая новость", "und"),
    ],
)
def test_a_language_that_is_poorly_covered_is_never_called_clean(engine: Engine, text: str, language: str) -> None:
    verdict = engine.judge(text)
    assert (verdict.opinion, verdict.language) == (Opinion.NONE, language)
    assert engine.judge("This is good news for the village").opinion is Opinion.JUDGED  # the control


def test_a_picture_without_text_is_not_judged(engine: Engine) -> None:
    assert engine.judge("", media=True).opinion is Opinion.MEDIA
    assert engine.judge("").opinion is Opinion.NONE
    assert engine.judge("Thank you for the picture", media=True).opinion is Opinion.JUDGED


@pytest.mark.req("H14")
@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("When will the portal open?", Asks.QUESTION),
        ("My pension has not been paid, not received since May.", Asks.GRIEVANCE),
        ("I am a journalist, need a comment for our story", Asks.MEDIA),
        ("Thank you, good initiative", Asks.FEEDBACK),
        ("Please send an ambulance, we need rescue", Asks.RESCUE),
        ("The river is wide here.", Asks.NOTHING),
    ],
)
def test_what_a_comment_asks(engine: Engine, text: str, asks: Asks) -> None:
    assert engine.judge(text).asks is asks


_DISGUISES = [
    "id1ot", "IDIOT", "idi\u200bot", "i d i o t", "i.d.i.o.t", "idiooooot", "idіоt", "ｉｄｉｏｔ", "𝗶𝗱𝗶𝗼𝘁",
    "ⓘⓓⓘⓞⓣ", "🇮🇩🇮🇴🇹", "ídíöt", "id*ot", "1d1ot", "idoit", "id\u00adiot", "i\u0336d\u0336i\u0336o\u0336t\u0336",
    "ιdιοτ", "idi0t", "ꓲꓓꓲꓳꓔ", "idiot",
]  # fmt: skip


@pytest.mark.parametrize("word", _DISGUISES)
def test_a_disguised_word_is_read_and_cited_as_written(engine: Engine, word: str) -> None:
    text = f"Mr Das is an {word}, he said."
    found = [f for f in flagged(engine, text) if f.clause == "A1"]
    assert found, word
    assert word in text[found[0].start : found[0].end]


@pytest.mark.parametrize(
    "word", ["idea", "island", "idol", "pilot", "Assam", "class", "therapist", "grape", "Scunthorpe", "cockpit"]
)
def test_innocent_words_are_left_alone(flags: Flags, word: str) -> None:
    """The control of the disguises: what merely resembles a listed word is none."""
    assert flags(f"Mr Das is at {word} today, you see.") == set()


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Form: assam-gov-in.online/login", "F1"),
        ("See http://assam.gоv.in/x", "F1"),
        ("Go to http://asam.gov.in.co/x", "F1"),
        ("Open http://203.0.113.7/kyc", "F1"),
        ("Open xn--assm-gov-x2a.in/kyc", "F1"),
    ],
)
def test_hosts_that_only_look_official(flags: Flags, text: str, clause: str) -> None:
    assert flags(text) == {clause}


@pytest.mark.parametrize(
    "text", ["See https://assam.gov.in/x", "www.eci.nic.in", "https://en.wikipedia.org/wiki/Assam", "done.The road"]
)
def test_honest_hosts(flags: Flags, text: str) -> None:
    assert flags(text) == set()


_HOSTILE = {"no full stop": "I will kill all Muslims " * 42_000, "digits": "9" * 1_000_000}


@pytest.mark.parametrize("name", ["digits", "no full stop"])
def test_a_megabyte_is_judged_whole(engine: Engine, document: Document, name: str) -> None:
    """Any step that is not linear would not come back from these; the benchmark has the rest of them."""
    text = _HOSTILE[name] + " Mr Das is a moron."
    verdict = engine.judge(text)
    sound(verdict, text, document)
    assert verdict.opinion is Opinion.JUDGED or name == "digits"


def test_lone_surrogates_and_nul_are_judged(engine: Engine, document: Document) -> None:
    text = "\ud800 Mr Das\x00 is a moron \udfff"
    sound(engine.judge(text), text, document)
    assert engine.judge(text).top is not None


def test_the_verdict_names_the_policy_version(engine: Engine, document: Document) -> None:
    assert engine.judge("hello there my friend").policy_version == document.version


def test_a_policy_of_its_own_changes_what_is_applied() -> None:
    """The engine applies the document and nothing else: without rules it finds nothing."""
    text = """
[policy]
id = "bare"
version = "1"
effective = "2026-12-01"
languages = ["en"]
appeal = "Write to us."
[helpline]
en = "Call 14416."
[[clause]]
id = "A1"
digit = 1
category = "abusive"
title = { en = "Abuse" }
public = { en = "We hide abuse." }
severity = 2
suggestion = "hide"
legal = ["x"]
"""
    bare = Engine(parse_document(text))
    assert bare.judge("Mr Das is a moron.").findings == ()
