"""Personal data in a text: where it stands and what it is. Spans are code points of the given text.

Digits of every script are read as digits. Each expression is bounded, so that the work is linear in the text.
Sources: UIDAI's check digit is Verhoeff's; the shapes of PAN, IFSC and UPI handles are those that the Income Tax
Department, the Reserve Bank and NPCI publish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moderator.policy.normalise import ascii_digits

_GAP = r"[\s.\-–—()\u00ad\u200b-\u200f\u2060\ufeff]{0,3}"
_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Datum:
    """One piece of personal data."""

    kind: str
    """phone, email, aadhaar, pan, bank, upi, address or identity_number."""
    start: int
    end: int
    own: bool = False
    """True where the writer says that it is their own."""


_PHONE = re.compile(rf"(?<![\w.])(?:\+?9{_GAP}1{_GAP}|0{_GAP})?[6-9](?:{_GAP}\d){{9}}(?![\w]|\.\d)")
_SPELT = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)[\s,.-]{1,3}){8,20}"
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    _I,
)
_LANDLINE = re.compile(rf"(?<![\w.])0[1-8]\d{{1,3}}{_GAP}\d{{6,8}}(?!\w)")
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])", _I)
_EMAIL_SPELT = re.compile(
    r"(?<![\w.+-])[\w.+-]{2,64}\s{0,2}[\[({<]?\s?(?:\bat\b|@)\s?[\])}>]?\s{0,2}[a-z0-9-]{2,40}"
    r"(?:\s{0,2}[\[({<]?\s?(?:\bdot\b|\.)\s?[\])}>]?\s{0,2}(?:[a-z0-9-]{2,30})){0,2}"
    r"\s{0,2}[\[({<]?\s?(?:\bdot\b|\.)\s?[\])}>]?\s{0,2}(?:com|in|org|net|co|gov|nic|edu|info|io|me)\b",
    _I,
)
_AADHAAR = re.compile(rf"(?<![\w])[2-9]\d{{3}}{_GAP}\d{{4}}{_GAP}\d{{4}}(?![\w])")
_PAN = re.compile(rf"(?<![\w])[a-z]{{3}}[abcfghljpt][a-z]{_GAP}\d{{4}}{_GAP}[a-z](?![\w])", _I)
_ACCOUNT = re.compile(
    r"(?:\ba/c|\bacct?|\baccount|\bkhata|खाता|একাউণ্ট|একাউন্ট)[^\d\n]{0,25}(\d(?:[ -]?\d){8,17})(?!\d)", _I
)
_UPI = re.compile(
    r"(?<![\w.])[\w.-]{2,64}@(?:ok(?:axis|sbi|hdfcbank|icici)|upi|ybl|ibl|axl|paytm|pt(?:sbi|axis|hdfc|yes)|apl|sbi|icici|"
    r"hdfcbank|axisbank|kotak|yesbank|pnb|barodampay|cnrb|unionbank|idfcbank|fbl|airtel|postbank|jio|freecharge|"
    r"waaxis|wasbi|wahdfcbank|waicici|amazonpay|yapl|rapl|naviaxis|superyes|slice)\b(?!\.\w)",
    _I,
)
_ADDRESS = re.compile(
    r"\b(?:lives?|living|resides?|residing|stays?|staying)\s{1,2}(?:at|in|near|on)\s{1,2}(?:the\s)?"
    r"(?:house|h\.?\s?no|flat|qtr|quarter|lane|plot|door|bye-?lane|room|ward|village|vill)\b.{0,60}"
    r"|\b(?:house|flat|qtr|quarter|door|plot)\s{1,2}(?:no|number)\b\.?\s{0,2}\w{1,6}.{0,60}",
    _I,
)
_ADDRESS_WORDS = re.compile(
    r"\b(?:home|house|residential|permanent|private)\s{1,2}address\b"
    r"|घर का पता|निवास का पता|आवासीय पता|ঘৰৰ ঠিকনা|বাসগৃহৰ ঠিকনা|বাড়ির ঠিকানা",
    _I,
)
_IDENTITY = re.compile(
    r"\b(?:voter|epic|passport|driving licen[cs]e|dl no)\b[^\d\n]{0,20}[a-z]{0,4}[ -]?\d[\d -]{5,14}\d(?!\d)", _I
)
_REFERENCE = re.compile(
    r"(?:application|complaint|grievance|reference|ref|order|token|ticket|docket|registration|receipt|challan|case|file|ack\w{0,14}|serial|roll)"
    r"[\s.:#-]{0,3}(?:no|number|id|num)?[\s.:#-]{0,3}$",
    _I,
)
_OWN = re.compile(r"\b(?:my|mine|me|mera|meri|mujhe|contact us|call us|mail us)\b|मेरा|मेरी|मुझे|মোৰ|মোক", _I)

_AT = re.compile(r"\w@\w")
_LOOSE_AT = re.compile(r"[\s(\[{<]@[\s)\]}>]|@\s|\w@\w|[(\[{<]\s?at\b|\bat\s?[)\]}>]")
_AROUND_AT = re.compile(r"[@()\[\]{}<>]")
"""Without any of these there is nothing for `_LOOSE_AT`; a set of letters is found many times as quickly."""
_PROVIDER = re.compile(
    r"at(?<!\wat)\s{1,2}(?:gmail|yahoo|ymail|outlook|hotmail|rediffmail|protonmail|proton|icloud|live)\b"
)
_DIGIT = re.compile("[0-9]")
_PAN_TAIL = re.compile(rf"[0-9]{{4}}{_GAP}[a-z](?!\w)", _I)
_SPELT_DIGIT = re.compile(r"zero|one|two|three|four|five|six|seven|eight|nine")
_DIGIT_NAMES = tuple(_SPELT_DIGIT.pattern.split("|"))
_ACCOUNT_WORDS = ("a/c", "acc", "ac ", "khata", "खाता", "একাউ")
_HOME_WORDS = ("live", "living", "resid", "stay", "house", "flat", "qtr", "quarter", "door", "plot")
_DOCUMENT_WORDS = ("voter", "epic", "passport", "licen", "dl no")

_MULTIPLY = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)  # fmt: skip
"""Multiplication in the dihedral group of ten elements."""
_PERMUTE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def verhoeff(digits: str) -> bool:
    """Whether a number with its check digit is right by Verhoeff's scheme."""
    total = 0
    for place, letter in enumerate(reversed(digits)):
        digit = int(letter)
        for _ in range(place % 8):
            digit = _PERMUTE[digit]
        total = _MULTIPLY[total][digit]
    return total == 0


def find(text: str, *, strict: bool = False) -> list[Datum]:
    """All personal data in a text, in order, without overlaps.

    `strict` is for what we publish ourselves: shapes count without their check digit or context, and landlines too.
    """
    digits = ascii_digits(text)
    found: list[Datum] = []
    taken: list[tuple[int, int]] = []
    for kind, start, end in _candidates(digits, strict):
        if not any(start < b and a < end for a, b in taken[-64:]):
            taken.append((start, end))
            own = bool(_OWN.search(digits, max(0, start - 30), start))
            found.append(Datum(kind, start, end, own))
    return sorted(found, key=lambda datum: datum.start)


def _candidates(text: str, strict: bool) -> Iterator[tuple[str, int, int]]:
    """Every shape that occurs. Cheap looks come first: most comments hold no personal data at all."""
    lower = text.lower()
    if "@" in text and _AT.search(text):
        yield from _spans("upi", _UPI, text)
        yield from _spans("email", _EMAIL, text)
    if "dot" in lower or (_AROUND_AT.search(lower) and _LOOSE_AT.search(lower)) or _PROVIDER.search(lower):
        yield from _spans("email", _EMAIL_SPELT, text)
    digits = len(_DIGIT.findall(text))
    if digits:
        yield from _marked(text, lower, digits)
    if digits >= 4:
        yield from _numbers(text, strict, digits)
    if sum(map(lower.count, _DIGIT_NAMES)) >= 8 and len(_SPELT_DIGIT.findall(lower)) >= 8:
        yield from _spans("phone", _SPELT, text)
    if strict:
        yield from _spans("address", _ADDRESS_WORDS, text)


def _marked(text: str, lower: str, digits: int) -> Iterator[tuple[str, int, int]]:
    """Numbers that a word beside them marks as an account, an address or an identity document."""
    if digits >= 9 and any(map(lower.__contains__, _ACCOUNT_WORDS)):
        for found in _ACCOUNT.finditer(text):
            yield "bank", found.start(1), found.end(1)
    if any(map(lower.__contains__, _HOME_WORDS)):
        yield from _spans("address", _ADDRESS, text)
    if digits >= 2 and any(map(lower.__contains__, _DOCUMENT_WORDS)):
        yield from _spans("identity_number", _IDENTITY, text)


def _numbers(text: str, strict: bool, digits: int) -> Iterator[tuple[str, int, int]]:
    """Numbers that their own shape gives away. `digits` is how many the text holds."""
    if digits >= 10:
        for found in _PHONE.finditer(text):
            reference = _REFERENCE.search(text, max(0, found.start() - 40), found.start())
            if strict or found[0].startswith("+") or not reference:
                yield "phone", found.start(), found.end()
    if digits >= 12:
        for found in _AADHAAR.finditer(text):
            if strict or verhoeff(re.sub(r"\D", "", found[0])):
                yield "aadhaar", found.start(), found.end()
    if _PAN_TAIL.search(text):
        yield from _spans("pan", _PAN, text)
    if strict:
        yield from _spans("phone", _LANDLINE, text)


def _spans(kind: str, shape: re.Pattern[str], text: str) -> Iterator[tuple[str, int, int]]:
    for found in shape.finditer(text):
        yield kind, found.start(), found.end()
