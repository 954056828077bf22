"""Links in a comment, judged by their host alone: nothing is ever opened."""

from __future__ import annotations

import re
from dataclasses import dataclass

from moderator.policy.normalise import fold

_TLD = (
    "com|in|org|net|co|online|site|xyz|top|info|biz|shop|club|live|app|io|me|ly|gl|gd|cc|tk|ml|ga|cf|gq|ru|cn|link|click|"
    "win|vip|work|icu|store|tech|website|space|fun|gov|nic|to|pw|us|uk|eu|buzz|loan|bid|page|dev|life|today|world"
)
_HOST = rf"(?:[a-z0-9\u0080-\uffff-]{{1,63}}\.){{1,6}}(?:{_TLD})"
LINK = re.compile(
    rf"(?<![\w@.-])(?:(?:https?|hxxps?)://)?(?:({_HOST})|(\d{{1,3}}(?:\.\d{{1,3}}){{3}})(?=[:/]))(?![\w-])(?::\d{{1,5}})?(?:[/?#][^\s\"'<>]{{0,400}})?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\.\w")
_SHORTENERS = frozenset(
    {
        "bit.ly",
        "tinyurl.com",
        "goo.gl",
        "t.ly",
        "is.gd",
        "cutt.ly",
        "rb.gy",
        "ow.ly",
        "shorturl.at",
        "tiny.cc",
        "rebrand.ly",
        "s.id",
        "bitly.ws",
        "v.gd",
        "shorte.st",
        "adf.ly",
        "wa.me",
        "t.me",
    }
)
_OFFICIAL_ENDINGS = ("gov.in", "nic.in", "mygov.in", "digilocker.gov.in")
_OFFICIAL_WORD = re.compile(
    r"(?:^|[.-])(?:gov|nic|sarkar|mygov|pmkisan|aadhaar|uidai|digilocker)(?:$|[.-])|gov-?in(?:$|[.-])"
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a text."""

    host: str
    start: int
    end: int


def find(text: str) -> list[Link]:
    """The links of a text, in order. Bounded work for each."""
    if not _DOTTED.search(text):
        return []
    return [Link((m[1] or m[2]).lower(), m.start(), m.end()) for m in LINK.finditer(text)]


def official(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether a host is a government's, or one that the policy names."""
    return any(host == ending or host.endswith("." + ending) for ending in (*_OFFICIAL_ENDINGS, *hosts))


def shortened(host: str) -> bool:
    """Whether the host hides where a link leads."""
    return host.removeprefix("www.") in _SHORTENERS


def pretends(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether a host looks like an official one and is none: look-alike letters, "gov-in" inside, one letter off."""
    if official(host, hosts):
        return False
    if re.fullmatch(r"[\d.]+", host):
        return True
    plain = ".".join(fold(label) for label in host.split("."))
    if plain != host and (official(plain, hosts) or plain.isascii()):
        return True
    labels = host.split(".")
    if any(label.startswith("xn--") for label in labels):
        return True
    return bool(_OFFICIAL_WORD.search(plain)) or any(_one_off(plain, known) for known in hosts)


def _one_off(host: str, known: str) -> bool:
    """Whether exactly one letter is changed, missing, added or swapped with its neighbour."""
    if host == known or abs(len(host) - len(known)) > 1:
        return False
    short, long = sorted((host, known), key=len)
    i = 0
    while i < len(short) and short[i] == long[i]:
        i += 1
    if len(short) != len(long):
        return short[i:] == long[i + 1 :]
    return short[i + 1 :] == long[i + 1 :] or (
        short[i : i + 2] == long[i : i + 2][::-1] and short[i + 2 :] == long[i + 2 :]
    )
