"""The conduct check of a reply before it is sent: the rules that an official answer keeps.

Sources: the ministry's framework of 2012 and the agency guidelines that the requirements cite (G1, G3, G8, G9, G11,
G13).
A hard rule that is broken blocks sending until the text changes or a second person lifts it; a soft one is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from moderator.domain.conduct import Conduct, Mark, Weight
from moderator.domain.person import Person
from moderator.domain.wording import mark, words
from moderator.policy import personal
from moderator.policy.normalise import HIDDEN, ascii_digits, fold
from moderator.text import graphemes

DEFAULTS: Final[Mapping[str, Weight]] = {
    "empty": Weight.HARD,
    "length": Weight.SOFT,
    "identity": Weight.HARD,
    "personal_data": Weight.HARD,
    "confidential": Weight.HARD,
    "matter": Weight.HARD,
    "placeholder": Weight.HARD,
    "description": Weight.SOFT,
    "first_person": Weight.SOFT,
}
"""How strongly each rule holds where the account says nothing else."""


class Matter(Protocol):
    """One entry of the matter register."""

    @property
    def title(self) -> str:
        """What the matter is called on the screen."""

    @property
    def kind(self) -> str:
        """sub-judice, draft-law or person."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Case numbers, bill titles, names."""


@dataclass(frozen=True, slots=True)
class Code:
    """Everything that the check needs to know of an account."""

    weights: Mapping[str, Weight] = field(default_factory=dict)
    """Rule → weight; a rule that is not named holds as in `DEFAULTS`."""
    soft_length: int = 280
    """Graphemes."""
    platform_limit: int = 0
    """In `platform_unit`; 0 for none known."""
    platform_unit: str = "graphemes"
    """graphemes, codepoints or utf8_bytes."""
    disclaimer: str = ""
    official_contacts: tuple[str, ...] = ()
    confidential_words: tuple[str, ...] = ()
    matters: Sequence[Matter] = ()

    def weight(self, rule: str) -> Weight:
        """How strongly a rule holds here."""
        return self.weights.get(rule, DEFAULTS[rule])


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


_Broken = tuple[str, int | None, int | None]
"""A sentence, and where in the draft."""

_WORD = re.compile(
    r"[\w\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u200b-\u200f\u2060\u00ad]+"
)
_FILLERS = frozenset({"no", "of", "number", "the", "nos"})
_FILE_NUMBER = re.compile(
    r"\b(?:f|file|d\.?\s?o|u\.?\s?o|i\.?\s?d|memo|letter)\b\.?\s?(?:no|number)\b[.:\s]{0,3}[\w()./-]{2,40}"
    r"|(?:সং|ফাইল|নথি|फाइल|फ़ाइल|पत्रावली)\s?(?:নং|সংখ্যা|सं|संख्या)[.:\s]{0,3}[\w()./-]{2,40}",
    re.IGNORECASE,
)
_FILE_SHAPE = re.compile(r"(?<![\w/.])[A-Z]{2,10}(?:[./-][A-Z0-9()]{1,12}){2,7}(?![\w])")
_PLACEHOLDER = re.compile(
    r"\{\{?[^{}\n]{0,60}\}\}?|<<[^<>\n]{0,60}>>|«[^«»\n]{0,60}»|<[a-z_ ]{2,30}>|%[a-z_]{2,30}%|\$\{?[A-Za-z_]{2,30}\}?"
    r"|\[(?:[A-Z][A-Z0-9 _/.-]{1,40}|(?:your |the |insert )?(?:name|date|place|number|office|department|time|link|"
    r"amount|scheme|district|phone)[^\[\]\n]{0,30}|নাম|তাৰিখ|ঠাই|नाम|तारीख|तिथि|स्थान)\]"
    r"|_{3,}|(?<![A-Za-z])[Xx]{3,}(?![A-Za-z])|\b[Xx]{2}/[Xx]{2}/[Xx]{2,4}\b|\bTBD\b|\?{4,}|\.{6,}|(?i:lorem ipsum)"
)
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|i've|i'll|we|we're|we've|we'll|my|our|ours|us|me)\b|मैं|मैंने|हम|हमने|हमारे|हमारी|हमारा|मेरे|মই|মোৰ|আমি|আমাৰ|আমাক",
    re.IGNORECASE,
)
_THIRD_PERSON = re.compile(
    r"\b(?:the (?:department|office|agency|undersigned|desk|directorate|authority)"
    r"|this (?:department|office|agency|directorate)"
    r"|it is (?:hereby )?(?:informed|clarified|stated)|you are hereby)\b|सूचित किया जाता है|जনোৱা হয় যে|জনোৱা হ'ল যে",
    re.IGNORECASE,
)
_MEDIA_LINK = re.compile(
    r"\bhttps?://[^\s()<>]+\.(?:jpe?g|png|gif|webp|svg|mp4|mov|webm|mp3|ogg|m4a|wav)\b[^\s()<>]*", re.IGNORECASE
)
_DESCRIPTION = re.compile(r"\s*\([^()]{8,}\)")
"""What a picture shows, in round brackets right behind its link."""


def check(
    text: str, person: Person, code: Code, *, disclaimer: bool = False, recipient: str = "", language: str = "en"
) -> Conduct:
    """All marks for a draft, and what would go out: the text, the disclaimer where asked for, and the signature.

    `recipient` is whom the reply answers: addressing them by their own name is not talking about a person on the
    register. `language` is the reply's; only the soft rule on the first person uses it.
    """
    outgoing = _outgoing(text, person, code, disclaimer)
    broken: dict[str, Iterable[_Broken]] = {
        "empty": _empty(text),
        "identity": _identity(person),
        "personal_data": _personal_data(text, code),
        "confidential": _confidential(text, code),
        "matter": _matters(text, code, recipient),
        "placeholder": _placeholders(text),
        "description": _undescribed(text),
        "first_person": _impersonal(text, language),
    }
    length = len(graphemes(outgoing))
    marks = [*_length(outgoing, length, code)]
    for rule, found in broken.items():
        marks += _marks(rule, code.weight(rule), found)
    return Conduct(tuple(marks), outgoing, length, code.platform_limit or code.soft_length)


def signature(person: Person) -> str:
    """How a reply is signed: "— R. Das, Junior Moderator, DIPR Assam"; "" where the roster does not say enough."""
    if not person.role_title.strip():
        return ""
    if person.role_only:
        return f"— {person.role_title.strip()}"
    if not person.designation.strip():
        return ""
    return f"— {person.designation.strip()}, {person.role_title.strip()}"


def _outgoing(text: str, person: Person, code: Code, disclaimer: bool) -> str:
    parts = (text.strip(), code.disclaimer.strip() if disclaimer else "", signature(person))
    return "\n".join(part for part in parts if part)


def _marks(rule: str, weight: Weight, broken: Iterable[_Broken]) -> list[Mark]:
    found = [Mark(rule, weight, False, sentence, start, end) for sentence, start, end in broken]
    if weight is Weight.OFF:
        return [Mark(rule, weight, True, words("This rule is off on this account."))]
    return found or [Mark(rule, weight, True, words(_KEPT[rule]))]


_KEPT: Final = {
    "empty": mark("There is a text."),
    "length": mark("The length is right."),
    "identity": mark("Name and role are signed."),
    "personal_data": mark("No personal data."),
    "confidential": mark("Nothing marked confidential."),
    "matter": mark("No registered matter is touched."),
    "placeholder": mark("Nothing is left to fill in."),
    "description": mark("Every linked picture, voice or video is described."),
    "first_person": mark("Written in the first person."),
}


def _empty(text: str) -> Iterator[_Broken]:
    if not HIDDEN.sub("", text).strip():
        yield words("The reply is empty. Write a text, or leave the comment without one."), None, None


def _length(outgoing: str, length: int, code: Code) -> Iterator[Mark]:
    """Soft at the account's length; hard, whatever the account says, at the platform's own limit."""
    sizes = {"codepoints": len(outgoing), "utf8_bytes": len(outgoing.encode("utf-8", "surrogatepass"))}
    size = sizes.get(code.platform_unit, length)
    if code.platform_limit and size > code.platform_limit:
        unit = words("bytes") if code.platform_unit == "utf8_bytes" else words("characters")
        sentence = words(
            "Too long for this platform: {size} of at most {limit} {unit}, with the signature. Shorten it.",
            size=size,
            limit=code.platform_limit,
            unit=unit,
        )
        yield Mark("length", Weight.HARD, False, sentence)
        return
    weight = code.weight("length")
    long = weight is not Weight.OFF and length > code.soft_length
    sentence = words(
        "Long: {length} characters, {limit} are asked for. Shorten it if you can.",
        length=length,
        limit=code.soft_length,
    )
    yield Mark("length", weight, not long, sentence if long else words(_KEPT["length"]))


def _identity(person: Person) -> Iterator[_Broken]:
    if not person.role_title.strip():
        yield words("Send disabled: your role is not on the roster. Ask the lead to enter it."), None, None
    elif not person.role_only and not person.designation.strip():
        yield (
            words("Send disabled: the name that your replies carry is not on the roster. Ask the lead to enter it."),
            None,
            None,
        )


_KINDS: Final = {
    "phone": mark("a phone number"),
    "email": mark("an e-mail address"),
    "aadhaar": mark("a number like an Aadhaar"),
    "pan": mark("a number like a PAN"),
    "bank": mark("a bank account number"),
    "upi": mark("a UPI address"),
    "address": mark("a home address"),
    "identity_number": mark("the number of an identity document"),
}


def _personal_data(text: str, code: Code) -> Iterator[_Broken]:
    official = {_bare(contact) for contact in code.official_contacts} - {""}
    for datum in personal.find(text, strict=True):
        if _bare(text[datum.start : datum.end]) not in official | {"91" + contact for contact in official}:
            sentence = words(
                "The reply contains {datum}. Take it out, or point to an official contact.",
                datum=words(_KINDS[datum.kind]),
            )
            yield sentence, datum.start, datum.end


def _bare(contact: str) -> str:
    return "".join(letter for letter in ascii_digits(contact).lower() if letter.isalnum()).lstrip("0")


def _confidential(text: str, code: Code) -> Iterator[_Broken]:
    found_words = _words(text)
    for phrase in code.confidential_words:
        for start, end in _places(found_words, _folded(phrase)):
            yield (
                words("“{word}” is a classification word. Nothing confidential is published.", word=text[start:end]),
                start,
                end,
            )
    digits = ascii_digits(text)
    for found in (*_FILE_NUMBER.finditer(digits), *_FILE_SHAPE.finditer(digits)):
        if any(letter.isdigit() for letter in found[0]):
            yield words("That looks like a file number. Internal papers are not cited."), found.start(), found.end()


def _matters(text: str, code: Code, recipient: str) -> Iterator[_Broken]:
    found_words = _words(text)
    addressed = _folded(recipient)
    for matter in code.matters:
        for term in matter.terms:
            wanted = _folded(term)
            if matter.kind == "person" and wanted and wanted == addressed:
                continue
            for start, end in _places(found_words, wanted):
                sentence = words(
                    "“{title}” is on the register ({kind}): nobody replies about it without clearance.",
                    title=matter.title or term,
                    kind=matter.kind,
                )
                yield sentence, start, end


def _placeholders(text: str) -> Iterator[_Broken]:
    for found in _PLACEHOLDER.finditer(text):
        yield words("“{gap}” is not filled in.", gap=found[0][:40]), found.start(), found.end()


def _undescribed(text: str) -> Iterator[_Broken]:
    """Links to pictures, voice and video without words for who cannot see or hear them."""
    for found in _MEDIA_LINK.finditer(text):
        if not _DESCRIPTION.match(text, found.end()):
            yield (
                words("Say what the linked file shows, in brackets behind the link: not everybody can see or hear it."),
                found.start(),
                found.end(),
            )


def _impersonal(text: str, language: str) -> Iterator[_Broken]:
    """Broken only where it is plain: the office speaks of itself in the third person, and nobody in the first."""
    if language.split("-")[0] in ("en", "hi", "as") and not _FIRST_PERSON.search(text):
        found = _THIRD_PERSON.search(text)
        if found:
            yield words("Write in the first person: “we” or “I”, not “the office”."), found.start(), found.end()


def _words(text: str) -> list[_Word]:
    """The words of a text, folded, with digits of every script as 0–9; small words of case numbers left out."""
    digits = ascii_digits(text)
    found = []
    for match in _WORD.finditer(digits):
        word = fold(match[0])
        if word and word not in _FILLERS:
            found.append(_Word(word, match.start(), match.end()))
    return found


def _folded(phrase: str) -> tuple[str, ...]:
    return tuple(word.text for word in _words(phrase))


def _places(text: list[_Word], wanted: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the wanted words stand one after another."""
    if not wanted:
        return
    for place in range(len(text) - len(wanted) + 1):
        if text[place].text == wanted[0] and all(text[place + i].text == part for i, part in enumerate(wanted)):
            yield text[place].start, text[place + len(wanted) - 1].end
