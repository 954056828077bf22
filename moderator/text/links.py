"""Links made inert: nothing in a comment is ever opened, and the real host shows."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from moderator.text.drawing import Shown

_LINK: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30}://|www\.)[^\s<>\"]*"
    r"|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,63}(?![\w-])(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)


def defang(text: str) -> str:
    """The text with every link made inert: hxxp, and the dots of the real host in brackets. For links shown apart."""
    return _LINK.sub(lambda found: defang_url(found.group()), text)


def inert(given: Shown) -> Shown:
    """A drawn text with every link made inert; what that adds stands where the link's nearest character stood."""
    parts: list[str] = []
    origins: list[int] = []
    at = 0
    for found in _LINK.finditer(given.text):
        start, end = found.span()
        link = defang_url(found.group())
        parts += given.text[at:start], link
        origins += given.origins[at:start]
        origins += (given.origins[start + i * (end - start) // len(link)] for i in range(len(link)))
        at = end
    if not at:
        return given
    return Shown("".join((*parts, given.text[at:])), (*origins, *given.origins[at:]))


def defang_url(url: str) -> str:
    """One link, inert, with its real host: punycode where it is not ASCII, a misleading user name before it as …@."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        scheme, rest = "", url
    authority, path = _authority(rest.replace("\\", "/"))
    _, at, host = authority.rpartition("@")
    inert = scheme.lower().replace("http", "hxxp", 1)
    return f"{inert}{mark}{'…@' if at else ''}{_ascii_host(host)}{path}"


def _authority(rest: str) -> tuple[str, str]:
    end = re.search(r"[/?#]", rest)
    return (rest, "") if end is None else (rest[: end.start()], rest[end.start() :])


def _ascii_host(host: str) -> str:
    """The host label by label, each that is not ASCII as punycode, with its dots in brackets (once, if done twice)."""
    labels = re.split("[.\u3002\uff0e\uff61]", host.replace("[.]", "."))
    return "[.]".join(_ascii_label(label) for label in labels)


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    plain = unicodedata.normalize("NFKC", label[:63]).lower()
    return plain if plain.isascii() else "xn--" + plain.encode("punycode", "replace").decode("ascii", "replace")
