"""The policy document: one versioned TOML file that is both what is published and what is applied."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import tomli

from moderator.domain.policy import Category, Clause, Suggestion
from moderator.domain.wording import sentence_of, words
from moderator.policy.lexicon import WordList
from moderator.policy.pattern import Pattern, PatternError, parse

SHIPPED = Path(__file__).parent / "default.toml"

LARGEST = 4 * 1024 * 1024
"""Bytes of a policy file; a larger one is not read."""

DETECTORS = frozenset(
    {
        "phone",
        "email",
        "aadhaar",
        "pan",
        "bank",
        "upi",
        "address",
        "identity_number",
        "lookalike_host",
        "shortened_link",
    }
)
"""What a rule may name as its `detector`."""

Named = TypeVar("Named", bound=StrEnum)


class PolicyError(Exception):
    """The policy document cannot be used; the text names the file, the place in it and what to do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a clause is recognised."""

    id: str
    clause: str
    also: tuple[str, ...]
    """Further clauses that the same words touch."""
    patterns: tuple[Pattern, ...]
    detector: str
    """The name of a built-in detector, or "" for a rule of patterns."""
    requires: tuple[str, ...]
    """Classes of which each must occur somewhere in the comment."""
    forbids: tuple[str, ...]
    """Classes of which none may occur in the same sentence."""
    severity: int
    suggestion: Suggestion
    urgent: bool
    hint: bool
    mask: bool
    negatable: bool
    """False where the pattern itself contains the negation, or negation changes nothing."""
    reclaimable: bool
    """True where the word may be the speaker's own name for themselves."""
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """One of the policy's own tests."""

    text: str
    expect: tuple[str, ...]
    """Clauses that must be found, no more and no fewer; () for a comment that must not be flagged."""
    protected: bool | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A policy as read: what is published, and how it is applied."""

    id: str
    version: str
    digest: str
    """sha256, in hexadecimal, of the canonical document."""
    effective: str
    languages: tuple[str, ...]
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    tests: tuple[Case, ...]
    helpline: dict[str, str]
    """Language → the approved helpline reply."""
    appeal: str
    lists: tuple[WordList, ...] = ()
    official_hosts: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    """Numbers and addresses of the agency itself: never personal data."""
    ruleless: frozenset[str] = frozenset()
    """Clauses that only a person can recognise: the engine never suggests them."""

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with this id, or None."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)

    def by_digit(self, digit: int) -> Clause | None:
        """The clause that this key takes in the hide menu, or None."""
        return next((clause for clause in self.clauses if clause.digit == digit), None)


def load(path: Path | None = None) -> Document:
    """Read a policy document; None reads the one that ships with the product. Raises `PolicyError`."""
    where = path or SHIPPED
    try:
        if where.stat().st_size > LARGEST:
            raise PolicyError(
                words(
                    "{where} is larger than {limit} MiB. A policy file is not that long.",
                    where=where,
                    limit=LARGEST // 1024 // 1024,
                )
            )
        text = where.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(
            words(
                "{where} cannot be read: {strerror}. Check the path under [policy] file.",
                where=where,
                strerror=error.strerror,
            )
        ) from error
    except UnicodeDecodeError as error:
        raise PolicyError(words("{where} is not UTF-8 text. Save it as UTF-8.", where=where)) from error
    return parse_document(text, str(where))


def parse_document(text: str, where: str = "policy") -> Document:
    """A policy document from its text; `where` names it in errors."""
    try:
        data = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise PolicyError(words("{where} is not valid TOML: {fault}.", where=where, fault=error)) from error
    return _Parser(where).document(data)


def digest(data: Mapping[str, Any]) -> str:
    """sha256 of the document as canonical JSON: comments, order of tables' keys and spacing do not count."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class _Parser:
    """Reads tables and says where one is wrong."""

    def __init__(self, where: str) -> None:
        self.where = where

    def document(self, data: dict[str, Any]) -> Document:
        self.known(data, "policy helpline list clause rule test", words("the document"))
        head = self.table(data, "policy")
        self.known(head, "id version effective languages appeal official_hosts contacts", "[policy]")
        clauses = tuple(self.clause(entry) for entry in self.tables(data, "clause"))
        by_id = {clause.id: clause for clause in clauses}
        if len(by_id) != len(clauses):
            raise self.error("[[clause]]", words("two clauses have the same id"))
        if len({clause.digit for clause in clauses}) != len(clauses):
            raise self.error("[[clause]]", words("two clauses have the same digit"))
        rules = tuple(self.rule(entry, by_id) for entry in self.tables(data, "rule"))
        if len({rule.id for rule in rules}) != len(rules):
            raise self.error("[[rule]]", words("two rules have the same id"))
        return Document(
            id=self.text(head, "id", "[policy]"),
            version=self.text(head, "version", "[policy]"),
            digest=digest(data),
            effective=self.text(head, "effective", "[policy]"),
            languages=self.texts(head, "languages", "[policy]"),
            clauses=clauses,
            rules=rules,
            tests=tuple(self.case(entry, by_id) for entry in self.tables(data, "test")),
            helpline=self.wordings(data, "helpline", words("the document")),
            appeal=self.text(head, "appeal", "[policy]"),
            lists=tuple(self.word_list(entry) for entry in self.tables(data, "list")),
            official_hosts=self.texts(head, "official_hosts", "[policy]"),
            contacts=self.texts(head, "contacts", "[policy]"),
            ruleless=frozenset(entry["id"] for entry in self.tables(data, "clause") if entry.get("rules") is False),
        )

    def clause(self, data: dict[str, Any]) -> Clause:
        where = f"[[clause]] {data.get('id', '')}".strip()
        names = [field.name for field in fields(Clause)]
        self.known(data, [*names, "rules"], where)
        clause = Clause(
            id=self.text(data, "id", where),
            digit=self.number(data, "digit", where, 1, 99),
            category=self.one_of(Category, data, "category", where),
            title=self.wordings(data, "title", where),
            public=self.wordings(data, "public", where),
            severity=self.number(data, "severity", where, 1, 4),
            suggestion=self.one_of(Suggestion, data, "suggestion", where),
            urgent=self.flag(data, "urgent", where, False),
            escalate_to=self.text(data, "escalate_to", where, ""),
            legal=self.texts(data, "legal", where),
            protects=self.texts(data, "protects", where),
            hideable=self.flag(data, "hideable", where, True),
            review_days=self.number(data, "review_days", where, 1, 3650, 90),
        )
        never = (Category.LIFE_SAFETY, Category.SELF_HARM)
        if clause.category in never and (clause.hideable or clause.suggestion is Suggestion.HIDE):
            raise self.error(
                where, words("a clause of life safety or self-harm can never be hideable: set hideable = false")
            )
        if not clause.hideable and clause.suggestion is Suggestion.HIDE:
            raise self.error(where, words("a clause that is not hideable cannot suggest hiding"))
        return clause

    def rule(self, data: dict[str, Any], clauses: Mapping[str, Clause]) -> Rule:
        where = f"[[rule]] {data.get('id', '')}".strip()
        self.known(data, [field.name for field in fields(Rule)], where)
        clause = self.reference(self.text(data, "clause", where), clauses, where)
        suggestion = self.one_of(Suggestion, data, "suggestion", where) if "suggestion" in data else clause.suggestion
        if not clause.hideable and suggestion is Suggestion.HIDE:
            raise self.error(
                where, words("{clause} is not hideable; its rules cannot suggest hiding", clause=clause.id)
            )
        detector = self.text(data, "detector", where, "")
        if detector and detector not in DETECTORS:
            raise self.error(
                where,
                words(
                    "there is no detector “{detector}”{nearest}",
                    detector=detector,
                    nearest=self.nearest(detector, DETECTORS),
                ),
            )
        patterns = self.patterns(data, where)
        if bool(patterns) == bool(detector):
            raise self.error(where, words("a rule has either patterns or a detector"))
        return Rule(
            id=self.text(data, "id", where),
            clause=clause.id,
            also=tuple(self.reference(other, clauses, where).id for other in self.texts(data, "also", where)),
            patterns=patterns,
            detector=detector,
            requires=self.texts(data, "requires", where),
            forbids=self.texts(data, "forbids", where),
            severity=self.number(data, "severity", where, 1, 4, clause.severity),
            suggestion=suggestion,
            urgent=self.flag(data, "urgent", where, clause.urgent),
            hint=self.flag(data, "hint", where, False),
            mask=self.flag(data, "mask", where, False),
            negatable=self.flag(data, "negatable", where, True),
            reclaimable=self.flag(data, "reclaimable", where, False),
            why=self.text(data, "why", where, ""),
        )

    def patterns(self, data: Mapping[str, Any], where: str) -> tuple[Pattern, ...]:
        try:
            return tuple(parse(source) for source in self.texts(data, "patterns", where))
        except PatternError as error:
            raise self.error(where, sentence_of(error)) from error

    def case(self, data: dict[str, Any], clauses: Mapping[str, Clause]) -> Case:
        where = f"[[test]] “{str(data.get('text', ''))[:40]}”"
        self.known(data, "text expect protected", where)
        expect = self.texts(data, "expect", where)
        for clause_id in expect:
            self.reference(clause_id, clauses, where)
        protected = self.flag(data, "protected", where, False) if "protected" in data else None
        return Case(self.text(data, "text", where), expect, protected)

    def word_list(self, data: dict[str, Any]) -> WordList:
        where = f"[[list]] {data.get('name', '')}".strip()
        self.known(data, "name language words", where)
        return WordList(
            self.text(data, "name", where), self.text(data, "language", where, "und"), self.texts(data, "words", where)
        )

    def reference(self, clause_id: str, clauses: Mapping[str, Clause], where: str) -> Clause:
        if clause_id not in clauses:
            raise self.error(
                where,
                words(
                    "there is no clause “{clause}”{nearest}",
                    clause=clause_id,
                    nearest=self.nearest(clause_id, clauses),
                ),
            )
        return clauses[clause_id]

    def known(self, data: Mapping[str, Any], names: str | Iterable[str], where: str) -> None:
        allowed = set(names.split()) if isinstance(names, str) else set(names)
        for key in data:
            if key not in allowed:
                raise self.error(
                    where, words("unknown key “{key}”{nearest}", key=key, nearest=self.nearest(key, allowed))
                )

    def table(self, data: Mapping[str, Any], key: str) -> dict[str, Any]:
        found = data.get(key)
        if not isinstance(found, dict):
            raise self.error(f"[{key}]", words("this table is missing"))
        return found

    def tables(self, data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        found = data.get(key, [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise self.error(f"[[{key}]]", words("must be a list of tables, each under its own double brackets"))
        return found

    def text(self, data: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
        found = data.get(key, default)
        if not isinstance(found, str) or (default is None and not found.strip()):
            if default is None:
                raise self.error(where, words("“{key}” must be a text that is not empty", key=key))
            raise self.error(where, words("“{key}” must be a text", key=key))
        return found

    def texts(self, data: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        found = data.get(key, [])
        if not isinstance(found, list) or not all(isinstance(entry, str) and entry.strip() for entry in found):
            raise self.error(where, words("“{key}” must be a list of texts", key=key))
        return tuple(found)

    def wordings(self, data: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
        found = data.get(key)
        if not isinstance(found, dict) or not all(isinstance(entry, str) for entry in found.values()):
            raise self.error(where, words('“{key}” must give the wording by language, such as {{en = "…"}}', key=key))
        if not found.get("en", "").strip():
            raise self.error(where, words("“{key}” needs at least the English wording (en)", key=key))
        return dict(found)

    def number(
        self, data: Mapping[str, Any], key: str, where: str, low: int, high: int, default: int | None = None
    ) -> int:
        found = data.get(key, default)
        if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
            raise self.error(
                where, words("“{key}” must be a whole number from {low} to {high}", key=key, low=low, high=high)
            )
        return found

    def flag(self, data: Mapping[str, Any], key: str, where: str, default: bool) -> bool:
        found = data.get(key, default)
        if not isinstance(found, bool):
            raise self.error(where, words("“{key}” must be true or false", key=key))
        return found

    def one_of(self, kind: type[Named], data: Mapping[str, Any], key: str, where: str) -> Named:
        found = self.text(data, key, where)
        try:
            return kind(found)
        except ValueError:
            raise self.error(
                where,
                words(
                    "“{key}” cannot be “{found}”{nearest}", key=key, found=found, nearest=self.nearest(found, [*kind])
                ),
            ) from None

    def nearest(self, name: str, names: Iterable[str]) -> str:
        close = difflib.get_close_matches(name, [*names], 1)
        return words("; did you mean “{name}”?", name=close[0]) if close else ""

    def error(self, where: str, what: str) -> PolicyError:
        if what.endswith("."):
            return PolicyError(words("{file}, {where}: {fault}", file=self.where, where=where, fault=what))
        return PolicyError(words("{file}, {where}: {fault}.", file=self.where, where=where, fault=what))
