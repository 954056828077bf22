"""The policy document: what is read, what is refused and in which words, and what `policy check` sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from moderator.domain.policy import Suggestion
from moderator.policy import check as checking
from moderator.policy.check import check, suite
from moderator.policy.document import SHIPPED, Case, Document, PolicyError, load, parse_document
from moderator.policy.lexicon import shipped
from moderator.policy.pattern import PatternError, parse


@pytest.mark.req("P1", "P4")
def test_the_default_policy_may_be_published(document: Document) -> None:
    assert check(document) == []
    assert [(clause.digit, clause.id) for clause in document.clauses[:9]] == [
        (1, "A1"), (2, "T2"), (3, "T1"), (4, "P1"), (5, "D1"), (6, "S1"), (7, "C1"), (8, "X1"), (9, "M1"),
    ]  # fmt: skip
    assert document.by_digit(4) == document.clause("P1")
    assert document.by_digit(99) is None
    assert document.clause("nothing") is None


@pytest.mark.req("P1", "H20")
def test_every_clause_is_worded_in_every_language_with_a_legal_basis(document: Document) -> None:
    assert document.languages == ("en", "as", "hi")
    for clause in document.clauses:
        assert set(clause.title) == set(clause.public) == set(document.languages)
        assert clause.legal
    assert set(document.helpline) == set(document.languages)
    assert "14416" in document.helpline["en"]


@pytest.mark.req("P10")
def test_the_digest_tells_documents_apart_and_ignores_comments() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    same = parse_document("# another comment\n" + text)
    other = parse_document(text.replace("severity = 2", "severity = 3", 1))
    assert load().digest == same.digest != other.digest
    assert len(load().digest) == 64


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('category = "abusive"', 'category = "abusiv"', "did you mean “abusive”"),
        ("severity = 2", "severty = 2", "unknown key “severty”; did you mean “severity”"),
        ("severity = 2", 'severity = "two"', "“severity” must be a whole number from 1 to 4"),
        ("digit = 2", "digit = 1", "two clauses have the same digit"),
        ('id = "T2"', 'id = "A1"', "two clauses have the same id"),
        ('clause = "A1"', 'clause = "A9"', "there is no clause “A9”"),
        ("hideable = false", "hideable = true", "can never be hideable"),
        ('detector = "phone"', 'detector = "fone"', "did you mean “phone”"),
        ('expect = ["A1", "T1"]', 'expect = ["A1", "Q1"]', "there is no clause “Q1”"),
        ("[policy]", "[polcy]", "did you mean “policy”"),
        ('languages = ["en", "as", "hi"]', "languages = 3", "“languages” must be a list of texts"),
        ("[policy]", "[policy", "is not valid TOML"),
        ("urgent = true", 'urgent = "yes"', "“urgent” must be true or false"),
    ],
)
def test_a_wrong_document_is_refused_in_a_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load(tmp_path / "latin.toml")


@pytest.fixture(scope="module")
def problems(document: Document) -> list[str]:
    """What the check says of a policy with one fault of every kind."""
    first, *others = document.clauses
    rude = replace(
        document.rules[0],
        id="X.rude",
        patterns=(parse("failure"),),
        hint=False,
        mask=False,
        suggestion=Suggestion.HIDE,
    )
    idle = replace(document.rules[0], id="X.idle", patterns=(parse("@nowhere"),))
    vote = next(rule for rule in document.rules if rule.id == "P1.vote")
    rules = tuple(replace(vote, patterns=(parse("vote for bjp"),)) if rule is vote else rule for rule in document.rules)
    wrong = replace(
        document,
        clauses=(replace(first, public={"en": "x"}, legal=()), *others),
        helpline={"en": "x"},
        rules=(*rules, rude, idle),
        tests=(*document.tests[:5], Case("Good work", ("A1",)), Case("The road is bad", (), protected=False)),
        ruleless=frozenset(),
    )
    return [f"{problem.where}: {problem.sentence}" for problem in check(wrong)]


@pytest.mark.req("P2", "P11", "V2")
@pytest.mark.parametrize(
    "said",
    [
        "A1: Title or public wording is missing in “as”",
        "A1: No legal basis",
        "[helpline]: The helpline reply is missing in “hi”",
        "D1: Needs 3 positive and 3 negative",
        "“Good work”: Expected A1; found nothing",
        "“The road is bad”: Expected protected = false",
        "X.rude flags “failure”",
        "X.idle: There is no word list “nowhere”",
        "C1: No rule recognises it",
        "mirrored pairs, “Vote for {party} / Vote against {party}”: ",
    ],
)
def test_the_check_sees_what_is_wrong(problems: list[str], said: str) -> None:
    assert any(said in problem for problem in problems)


def test_the_suite_is_not_empty() -> None:
    assert len(suite()["criticism"]) >= 30
    assert len(suite()["neutral"]) >= 20
    assert len(suite()["mirrored"]) >= 20
    assert checking.FEWEST_TESTS == 3


@pytest.mark.parametrize("source", ["", "~3", "a ~3", "a ~99 b", "|"])
def test_a_pattern_that_cannot_be_read(source: str) -> None:
    with pytest.raises(PatternError):
        parse(source)


def test_word_lists_are_sound() -> None:
    lexicon = shipped()
    assert "en" in lexicon.covered
    assert {"hi", "as", "hi-Latn"}.isdisjoint(lexicon.covered)
    assert len(lexicon.digest) == 64
    for group in lexicon.lists:
        assert group.words, group.name
        assert all(word == word.strip() and word for word in group.words), group.name
