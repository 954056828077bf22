"""The engine: clean text in, a verdict out. Pure and deterministic; it suggests and orders, it never acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import tomli

from moderator.domain.policy import Asks, Category, Clause, Finding, Opinion, Suggestion, Verdict
from moderator.policy import language as languages
from moderator.policy import links, personal
from moderator.policy.context import OWN, QUOTE, RESCUE, SOFTENING, Cues, weigh
from moderator.policy.document import Document, Rule
from moderator.policy.index import Index, Trial
from moderator.policy.lexicon import Lexicon, shipped
from moderator.policy.pattern import Alphabet, Compiled, parse
from moderator.policy.reading import Reading, read
from moderator.policy.target import mark_names
from moderator.policy.vocabulary import Vocabulary

FRAMES: Final = Path(__file__).parent / "frames.toml"

MOST_PER_RULE = 8
"""Findings of one rule in one comment; more of the same say nothing new."""

MOST = 40
"""Findings of one comment."""

_PERSONAL = frozenset({"phone", "email", "aadhaar", "pan", "bank", "upi", "address", "identity_number"})
_ATTACKS = frozenset(
    {Category.ABUSIVE, Category.TARGETED, Category.THREAT, Category.POLITICAL, Category.DISHARMONY, Category.PHISHING,
     Category.SPAM, Category.IMPERSONATION}
)  # fmt: skip
"""Categories beside which a comment is no longer *only* criticism."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Compiled patterns of the engine's own, with what they stand for."""

    patterns: tuple[Compiled, ...]
    asks: Asks = Asks.NOTHING


class Engine:
    """A policy made ready to judge. Building it takes some tens of milliseconds; judging does not change it."""

    def __init__(self, document: Document, lexicon: Lexicon | None = None) -> None:
        self.document = document
        self.lexicon = (lexicon or shipped()).with_lists(document.lists)
        self._clauses: dict[str, Clause] = {clause.id: clause for clause in document.clauses}
        self._order = {clause.id: place for place, clause in enumerate(document.clauses)}
        self._detectors = {rule.detector: rule for rule in document.rules if rule.detector}
        self._sizes = self._class_sizes()
        alphabet = Alphabet()
        self._index = Index([trial for rule in document.rules for trial in self._trials(rule, alphabet)])
        self._compile_own(alphabet)
        self._cues = self._make_cues(alphabet)
        self._name = alphabet.masks.get("@name", 0)
        self._question = alphabet.bit({"@asks_why"})
        self._not_people = _bits(alphabet, ("civic", "group", "party", "place_of_people", "person_word", "you"))
        self._every = alphabet.every
        self._vocabulary = Vocabulary(self.lexicon, alphabet.masks)

    def judge(
        self, text: str, *, author: str = "", post_text: str = "", language: str = "", media: bool = False
    ) -> Verdict:
        """What the policy says about one comment whose text is already clean.

        `language` is what the platform declares; it decides only where the text itself does not. The author's name and
        the post are no evidence: they are accepted for callers that hold a whole comment, and change nothing.
        """
        if not text.strip():
            opinion = Opinion.MEDIA if media else Opinion.NONE
            return Verdict(opinion, language or "und", policy_version=self.document.version)
        reading = read(self._vocabulary, text)
        if self._name and reading.total & self._cues.hostile:
            mark_names(reading, self._name, self._not_people)
        missing = self._every ^ reading.total
        found = self._matched(reading, missing)
        found += self._detected(text)
        findings = _tidy(self._in_rescue(found), self._order)
        spoken = languages.of(text, language)
        span = None if _attacked(findings, self._clauses) else self._criticism(reading, missing)
        covered = spoken in self.lexicon.covered or any(not f.hint for f in findings) or span is not None
        return Verdict(
            Opinion.JUDGED if covered else Opinion.NONE,
            spoken,
            findings=findings,
            protected=span is not None,
            protected_span=span,
            asks=self._asked(reading, text, missing),
            policy_version=self.document.version,
        )

    def _class_sizes(self) -> dict[str, int]:
        sizes: dict[str, int] = defaultdict(int)
        for group in self.lexicon.lists:
            sizes[f"@{group.name}"] += len(group.words)
        return sizes

    def _trials(self, rule: Rule, alphabet: Alphabet) -> list[Trial]:
        patterns = [alphabet.compile(pattern, self._sizes) for pattern in rule.patterns]
        requires, forbids = _bits(alphabet, rule.requires), _bits(alphabet, rule.forbids)
        return [Trial(rule, pattern, pattern.need | requires, forbids) for pattern in patterns]

    def _compile_own(self, alphabet: Alphabet) -> None:
        data = tomli.loads(FRAMES.read_text(encoding="utf-8"))
        compiled = [alphabet.compile(parse(source), self._sizes) for source in data["protected"]]
        self._protected = _Frame(tuple(compiled))
        self._asks = [
            _Frame(
                tuple(alphabet.compile(parse(source), self._sizes) for source in entry["patterns"]),
                asks=Asks(entry["kind"]),
            )
            for entry in data["asks"]
        ]

    def _make_cues(self, alphabet: Alphabet) -> Cues:
        hostile = _bits(alphabet, {group.name for group in self.lexicon.lists if group.hostile})
        one = {
            name: _bits(alphabet, (name,))
            for name in ("negator", "report", "report_after", "disapprove", "condemn", "self_named")
        }
        weighing = one["negator"] | one["disapprove"] | one["condemn"] | one["self_named"]
        return Cues(hostile, **one, weighing=weighing)

    def _matched(self, reading: Reading, missing: int) -> list[Finding]:
        """Findings of the rules of patterns."""
        found: list[Finding] = []
        counts: dict[str, int] = {}
        known: set[tuple[str, int, int]] = set()
        for trial in self._index.worth_trying(reading.mask, missing):
            rule = trial.rule
            for first, last in _occurrences(reading, trial.pattern, trial.forbids):
                count = counts.get(rule.id, 0)
                if count >= MOST_PER_RULE * 4:
                    break
                counts[rule.id] = count + 1
                if (rule.id, first, last) not in known:
                    known.add((rule.id, first, last))
                    found += self._findings(reading, rule, first, last)
        return found

    def _findings(self, reading: Reading, rule: Rule, first: int, last: int) -> list[Finding]:
        modifiers = weigh(reading, first, last, self._cues, negatable=rule.negatable, reclaimable=rule.reclaimable)
        start, end = reading.span(first, last)
        return [self._finding(rule, clause_id, start, end, modifiers) for clause_id in (rule.clause, *rule.also)]

    def _finding(self, rule: Rule, clause_id: str, start: int, end: int, modifiers: tuple[str, ...]) -> Finding:
        clause = self._clauses[clause_id]
        first = clause_id == rule.clause
        plain = Finding(
            clause=clause_id,
            rule=rule.id,
            start=start,
            end=end,
            severity=rule.severity if first else min(rule.severity, clause.severity),
            suggestion=rule.suggestion if first else _weaker(rule.suggestion, clause.suggestion),
            urgent=rule.urgent if first else clause.urgent,
            modifiers=modifiers,
            hint=rule.hint,
            mask=rule.mask,
            why=rule.why,
        )
        return _softened(plain, self._clauses[rule.clause].category)

    def _detected(self, text: str) -> list[Finding]:
        """Findings of the built-in detectors that the policy names."""
        found: list[Finding] = []
        if _PERSONAL & self._detectors.keys():
            for datum in personal.find(text):
                rule = self._detectors.get(datum.kind)
                if rule and not self._ours(text[datum.start : datum.end]):
                    own = (OWN,) if datum.own else ()
                    found.append(self._finding(rule, rule.clause, datum.start, datum.end, own))
        hosts = self.document.official_hosts
        for link in links.find(text):
            kind = "lookalike_host" if links.pretends(link.host, hosts) else ""
            kind = kind or ("shortened_link" if links.shortened(link.host) else "")
            if rule := self._detectors.get(kind):
                found.append(self._finding(rule, rule.clause, link.start, link.end, ()))
        return found

    def _ours(self, words: str) -> bool:
        plain = _bare(words)
        domain = words.rsplit("@", 1)[-1].lower() if "@" in words else ""
        if domain and links.official(domain, self.document.official_hosts):
            return True
        return any(plain.endswith(_bare(contact)) for contact in self.document.contacts)

    def _in_rescue(self, findings: list[Finding]) -> list[Finding]:
        """In a call for help, personal data is what the rescuers need: shown, never a ground, never covered."""
        if not any(self._category(f) is Category.LIFE_SAFETY and not f.hint for f in findings):
            return findings
        return [
            replace(
                f, hint=True, mask=False, urgent=False, suggestion=Suggestion.KEEP, modifiers=(*f.modifiers, RESCUE)
            )
            if self._category(f) is Category.PII
            else f
            for f in findings
        ]

    def _category(self, finding: Finding) -> Category:
        return self._clauses[finding.clause].category

    def _criticism(self, reading: Reading, missing: int) -> tuple[int, int] | None:
        """The first words that are criticism of government or of a public act."""
        return min(_spans(reading, self._protected.patterns, missing), default=None)

    def _asked(self, reading: Reading, text: str, missing: int) -> Asks:
        for frame in self._asks:
            if any(not p.need & missing and _occurrences(reading, p, 0) for p in frame.patterns):
                return frame.asks
        if "?" in text or "؟" in text or "？" in text or (reading.mask and reading.mask[0] & self._question):
            return Asks.QUESTION
        return Asks.NOTHING


def _bits(alphabet: Alphabet, names: Iterable[str]) -> int:
    bits = 0
    for name in names:
        bits |= alphabet.bit({f"@{name.removeprefix('@')}"})
    return bits


def _occurrences(reading: Reading, pattern: Compiled, forbids: int) -> list[tuple[int, int]]:
    """Where a pattern stands, at most a few times, skipping sentences with a forbidden class."""
    found: list[tuple[int, int]] = []
    need = pattern.need
    for place, mask in enumerate(reading.sums):
        if need & mask != need or forbids & mask:
            continue
        found += pattern.matches(reading.units(place))
        if len(found) >= MOST_PER_RULE:
            break
    return found[:MOST_PER_RULE]


def _spans(reading: Reading, patterns: Iterable[Compiled], missing: int) -> list[tuple[int, int]]:
    """Text spans of each pattern's first places. `missing` are the classes that the comment lacks."""
    found: list[tuple[int, int]] = []
    for pattern in patterns:
        if not pattern.need & missing:
            found += [reading.span(a, b) for a, b in _occurrences(reading, pattern, 0)]
    return found


def _softened(finding: Finding, category: Category) -> Finding:
    """What context leaves of a finding. A quoted threat stays on the screen; despair is never waved away."""
    if not finding.modifiers or finding.mask or category in (Category.SELF_HARM, Category.LIFE_SAFETY):
        return finding
    soft = SOFTENING & set(finding.modifiers)
    if category is Category.THREAT:
        if soft - {"negated"}:
            return replace(finding, urgent=False, severity=min(finding.severity, 2), suggestion=Suggestion.KEEP)
        if soft:
            return replace(finding, urgent=False, severity=1, suggestion=Suggestion.KEEP, hint=True)
        return finding
    if soft:
        return replace(finding, urgent=False, severity=1, suggestion=Suggestion.KEEP, hint=True)
    if QUOTE in finding.modifiers:
        return replace(finding, severity=min(finding.severity, 2), suggestion=Suggestion.KEEP)
    return finding


_STRENGTH = {Suggestion.KEEP: 0, Suggestion.REPLY: 1, Suggestion.HIDE: 2, Suggestion.ESCALATE: 3, Suggestion.VOICE: 4}


def _weaker(one: Suggestion, other: Suggestion) -> Suggestion:
    return min(one, other, key=_STRENGTH.__getitem__)


def _attacked(findings: tuple[Finding, ...], clauses: dict[str, Clause]) -> bool:
    """Whether anything but criticism is in it: then it is no longer *only* criticism."""
    return any(
        not f.hint and f.suggestion is not Suggestion.KEEP and clauses[f.clause].category in _ATTACKS for f in findings
    )


def _bare(words: str) -> str:
    """Digits and letters alone, for comparing contacts."""
    return "".join(letter for letter in words.lower() if letter.isalnum())


def _tidy(findings: list[Finding], order: dict[str, int]) -> tuple[Finding, ...]:
    """Strongest first, hints last; of overlapping findings of one clause the strongest, then the longest, stays."""
    if len(findings) < 2:
        return tuple(findings)
    ranked = sorted(
        set(findings),
        key=lambda f: (
            f.hint,
            -f.severity,
            not f.urgent,
            -_STRENGTH[f.suggestion],
            order[f.clause],
            f.start - f.end,
            f.start,
            f.rule,
        ),
    )
    kept: list[Finding] = []
    for finding in ranked:
        if len(kept) >= MOST:
            break
        if not any(_same(finding, other) for other in kept):
            kept.append(finding)
    return tuple(kept)


def _same(one: Finding, other: Finding) -> bool:
    return one.clause == other.clause and one.mask == other.mask and one.start < other.end and other.start < one.end
