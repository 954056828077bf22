"""Whether a policy may be put in force: its structure, its own tests, and the criticism that no policy may flag."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import tomli

from moderator.domain.policy import Category, Finding, Suggestion
from moderator.domain.wording import joined, words
from moderator.policy.document import Case, Document
from moderator.policy.engine import Engine

SUITE: Final = Path(__file__).parent / "criticism.toml"

FEWEST_TESTS: Final = 3
"""Positive tests that each clause needs, and negative ones."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a policy may not be put in force."""

    where: str
    """The clause, rule, test or suite."""
    sentence: str

    def told(self) -> str:
        """Where and what, in one line."""
        return joined((self.where, self.sentence), ": ")


def check(document: Document) -> list[Problem]:
    """Every problem of a policy; none means that it may be published."""
    engine = Engine(document)
    return [
        *_structure(document),
        *_words(engine),
        *_coverage(document),
        *_own_tests(engine),
        *_criticism(engine),
        *_mirrors(engine),
    ]


def flagged(engine: Engine, text: str) -> tuple[Finding, ...]:
    """What the engine would have an officer act on: findings that are no hints and suggest more than keeping."""
    verdict = engine.judge(text)
    return tuple(f for f in verdict.findings if not f.hint and f.suggestion is not Suggestion.KEEP)


def _structure(document: Document) -> list[Problem]:
    problems = []
    for clause in document.clauses:
        for language in document.languages:
            if not clause.title.get(language, "").strip() or not clause.public.get(language, "").strip():
                problems.append(
                    Problem(clause.id, words("Title or public wording is missing in “{language}”.", language=language))
                )
        if not clause.legal:
            problems.append(Problem(clause.id, words("No legal basis is given under “legal”.")))
        has_rules = any(clause.id in (rule.clause, *rule.also) for rule in document.rules)
        if not has_rules and clause.id not in document.ruleless:
            problems.append(Problem(clause.id, words("No rule recognises it. Add one, or say rules = false.")))
    for language in document.languages:
        if not document.helpline.get(language, "").strip():
            problems.append(
                Problem("[helpline]", words("The helpline reply is missing in “{language}”.", language=language))
            )
    for kind in (Category.SELF_HARM, Category.LIFE_SAFETY, Category.THREAT):
        if not any(clause.category is kind and clause.urgent for clause in document.clauses):
            problems.append(
                Problem(
                    "[[clause]]", words("There is no urgent clause of the category “{category}”.", category=kind.value)
                )
            )
    return problems


def _words(engine: Engine) -> list[Problem]:
    """Rules that cite a class without any word: they could never match."""
    known = {f"@{group.name}" for group in engine.lexicon.lists} | {"@name"}
    problems = []
    for rule in engine.document.rules:
        cited = {atom for pattern in rule.patterns for element in pattern.elements for atom in element.atoms}
        cited |= {f"@{name.removeprefix('@')}" for name in (*rule.requires, *rule.forbids)}
        for atom in sorted(cited):
            if atom.startswith("@") and atom not in known:
                problems.append(Problem(rule.id, words("There is no word list “{atom}”.", atom=atom[1:])))
    return problems


def _coverage(document: Document) -> list[Problem]:
    problems = []
    for clause in document.clauses:
        if clause.id in document.ruleless:
            continue
        positive = sum(clause.id in case.expect for case in document.tests)
        negative = sum(clause.id not in case.expect for case in document.tests)
        if positive < FEWEST_TESTS or negative < FEWEST_TESTS:
            problems.append(
                Problem(
                    clause.id,
                    words(
                        "Needs {least} positive and {least} negative [[test]] rows; has {positive} and {negative}.",
                        least=FEWEST_TESTS,
                        positive=positive,
                        negative=negative,
                    ),
                )
            )
    return problems


def _own_tests(engine: Engine) -> list[Problem]:
    return [problem for case in engine.document.tests if (problem := _failed(engine, case))]


def _failed(engine: Engine, case: Case) -> Problem | None:
    where = f"[[test]] “{case.text[:60]}”"
    found = {f.clause for f in flagged(engine, case.text)}
    if found != set(case.expect):
        wanted = ", ".join(sorted(case.expect)) or "nothing"
        return Problem(
            where,
            words(
                "Expected {wanted}; found {found}.", wanted=wanted, found=", ".join(sorted(found)) or words("nothing")
            ),
        )
    if case.protected is not None and engine.judge(case.text).protected is not case.protected:
        return Problem(where, words("Expected protected = {value}.", value=str(case.protected).lower()))
    return None


@cache
def suite() -> dict[str, list[str]]:
    """The criticism suite: what citizens say of government that no policy may flag, and mirrored frames."""
    data: dict[str, list[str]] = tomli.loads(SUITE.read_text(encoding="utf-8"))
    return data


def _criticism(engine: Engine) -> list[Problem]:
    problems = []
    for name in ("criticism", "neutral"):
        for text in suite()[name]:
            for finding in flagged(engine, text):
                quote = text[finding.start : finding.end]
                problems.append(
                    Problem(
                        words("criticism suite, “{text}”", text=text[:60]),
                        words("{rule} flags “{quote}”.", rule=finding.rule, quote=quote),
                    )
                )
    for text in suite()["criticism"]:
        if not engine.judge(text).protected:
            problems.append(
                Problem(words("criticism suite, “{text}”", text=text[:60]), words("Not recognised as protected."))
            )
    return problems


def _mirrors(engine: Engine) -> list[Problem]:
    """Frames for and against, with every party of the policy: all must get the same suggestion."""
    parties = [
        word for group in engine.document.lists if group.name == "party" for word in group.words if word.isascii()
    ]
    problems = []
    for frame in suite()["mirrored"]:
        sides: dict[tuple[tuple[str, str, int], ...], list[str]] = {}
        for text in (one.format(party=party.upper()) for one in frame.split(" / ") for party in parties):
            answer = tuple((f.clause, f.suggestion.value, f.severity) for f in flagged(engine, text))
            sides.setdefault(answer, []).append(text)
        if len(sides) > 1:
            odd = min(sides.values(), key=len)[0]
            problems.append(
                Problem(
                    words("mirrored pairs, “{frame}”", frame=frame),
                    words("“{odd}” is not treated like the others.", odd=odd),
                )
            )
    return problems
