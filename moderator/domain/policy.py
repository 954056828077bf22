"""The published policy as data: clauses, findings, and what the engine says about one comment.

The engine suggests and orders; it never acts. Every finding cites a clause, a rule and an exact span.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What kind of ground a clause is. The names are those of the evaluation sets."""

    ABUSIVE = "abusive"
    POLITICAL = "political"
    TARGETED = "targeted"
    THREAT = "threat"
    SELF_HARM = "self_harm"
    LIFE_SAFETY = "life_safety"
    SPAM = "spam"
    PHISHING = "phishing"
    PII = "pii"
    COPYRIGHT = "copyright"
    DISHARMONY = "disharmony"
    MISINFORMATION = "misinformation"
    OFF_TOPIC = "off_topic"
    IMPERSONATION = "impersonation"


class Suggestion(StrEnum):
    """What the policy suggests that an officer do about a clause. Never more than a suggestion."""

    KEEP = "keep"
    REPLY = "reply"
    HIDE = "hide"
    ESCALATE = "escalate"
    VOICE = "voice"
    """Hand over by voice at once: life safety."""


class Opinion(StrEnum):
    """How far the engine could judge at all."""

    JUDGED = "judged"
    NONE = "no_opinion"
    """A language or script that is poorly covered: never shown as clean."""
    MEDIA = "media"
    """A picture or voice without text: not judged."""


class Asks(StrEnum):
    """What the comment asks, beside what it breaks."""

    NOTHING = ""
    QUESTION = "question"
    GRIEVANCE = "grievance"
    MEDIA = "media"
    FEEDBACK = "feedback"
    RESCUE = "rescue"


@dataclass(frozen=True, slots=True)
class Clause:
    """One published ground."""

    id: str
    digit: int
    """The key that takes it in the hide menu, 1–9, fixed for the policy version; 10 and above by typing only."""
    category: Category
    title: dict[str, str]
    """Language code → short title."""
    public: dict[str, str]
    """Language code → the published wording."""
    severity: int
    """1 notice … 4 urgent."""
    suggestion: Suggestion
    urgent: bool = False
    escalate_to: str = ""
    legal: tuple[str, ...] = ()
    protects: tuple[str, ...] = ()
    hideable: bool = True
    """False where the clause can never be a ground for hiding (life safety, self-harm)."""
    review_days: int = 90
    """A hide under this clause is looked at again after so many days."""

    def name(self, language: str) -> str:
        """The title in this language, or in English."""
        return self.title.get(language) or self.title.get("en") or self.id


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause that the comment may touch, with the words that it rests on.

    `start` and `end` are code-point offsets into the clean text of that comment version, end exclusive.
    """

    clause: str
    rule: str
    start: int
    end: int
    severity: int
    suggestion: Suggestion
    urgent: bool = False
    modifiers: tuple[str, ...] = ()
    """Context that was weighed: quote, negated, counter, reclaimed …"""
    hint: bool = False
    """True for a remark that is not a flag by itself (a party's name)."""
    mask: bool = False
    """True where the span is a slur or obscenity that the screen masks until revealed."""
    why: str = ""
    """One short sentence."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the engine says about one version of one comment under one version of the policy."""

    opinion: Opinion
    language: str
    """BCP 47-like: en, as, hi, hi-Latn, bn, brx, und."""
    findings: tuple[Finding, ...] = ()
    """Strongest first; hints last."""
    protected: bool = False
    """True where the text is criticism of government, schemes, offices or officials' public acts."""
    protected_span: tuple[int, int] | None = None
    asks: Asks = Asks.NOTHING
    policy_version: str = ""

    @property
    def top(self) -> Finding | None:
        """The strongest finding that is not a mere hint."""
        return next((finding for finding in self.findings if not finding.hint), None)

    @property
    def urgent(self) -> bool:
        """True where any finding is urgent."""
        return any(finding.urgent for finding in self.findings)
