"""HTML as the text that a reader of the page would get: nothing shown is lost, nothing unshown is added.

Where a link's words hide its address, the address is put beside them: what a link really points to is part of what
was said. Pictures and other media are named apart, with their alt text.

The public writes this markup, so reading it takes time in proportion to its length whatever it holds (the standard
library's parser needs most of a minute for 70 kB of `<a <a <a`). A `<` that opens no whole tag is text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field

from moderator.domain.comment import Media
from moderator.platforms.reading import web_address

# A tag never reaches over the next "<": that is what keeps the search linear.
_TAG = re.compile(
    r"""<(?:
        (/?)([a-zA-Z][a-zA-Z0-9]*+) ( (?> [^<>"'] | "[^"<]*+" | '[^'<]*+' )*+ | [^<>]*+ ) >
        | [!?] [^<>]*+ >
    )""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""(?<![\w-])([a-zA-Z-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
_BREAKS = frozenset({"br", "hr"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form"}
    | {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    }
)
_UNSEEN = frozenset({"script", "style", "template"})
_MEDIA = {
    "img": "picture",
    "audio": "voice",
    "video": "video",
    "iframe": "embedded page",
    "embed": "embedded page",
}
_BLANK_LINES = re.compile(r"\n[ \t]*+\n[ \t\n]*+")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a piece of HTML shows."""

    text: str
    media: tuple[Media, ...] = ()


@dataclass(slots=True)
class _Page:
    """Collects text, line breaks, link targets and media while the markup goes by."""

    parts: list[str] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    unseen: str = ""
    """The element whose content a page does not show, while inside one."""
    link: tuple[str, int] | None = None
    """Target of the open link, and where its words begin in `parts`."""

    def words(self, markup: str) -> None:
        """What stands between two tags."""
        if markup and not self.unseen:
            self.parts.append(html.unescape(markup))

    def tag(self, name: str, closing: bool, attributes: str) -> None:
        """One tag; `name` in lower case, `attributes` as written."""
        if self.unseen:
            self.unseen = "" if closing and name == self.unseen else self.unseen
        elif name in _UNSEEN:
            self.unseen = "" if closing else name
        elif name in _BLOCKS or name in _BREAKS:
            self.parts.append("\n")
        elif name == "a":
            self.end_link()  # links do not nest
            if not closing:
                self.link = web_address(_attributes(attributes).get("href")), len(self.parts)
        elif name in _MEDIA and not closing:
            given = _attributes(attributes)
            alt = given.get("alt") or given.get("title", "")
            self.media.append(Media(url=web_address(given.get("src")), alt=alt, kind=_MEDIA[name]))

    def end_link(self) -> None:
        """The open link ends: where its words do not say where it leads, the address follows them."""
        if self.link is None:
            return
        (address, start), self.link = self.link, None
        if address and _bare(address) not in map(_bare, "".join(self.parts[start:]).split()):
            self.parts.append(f" ({address})")


def _attributes(text: str) -> dict[str, str]:
    found = (match.groups("") for match in _ATTRIBUTE.finditer(text))
    return {name.lower(): html.unescape(double or single or plain) for name, double, single, plain in found}


def _bare(address: str) -> str:
    return re.sub(r"^https?://", "", address.strip().casefold()).rstrip("/")


def _without_comments(markup: str) -> str:
    """Markup without its `<!-- … -->`; one that never ends is text."""
    parts, at = [], 0
    while (start := markup.find("<!--", at)) >= 0 and (end := markup.find("-->", start + 4)) >= 0:
        parts.append(markup[at:start])
        at = end + 3
    return "".join([*parts, markup[at:]])


def shown(markup: str) -> Shown:
    """The text and the media of a piece of HTML. Never raises; line breaks in the source are kept."""
    markup = _without_comments(markup)
    page, at = _Page(), 0
    for match in _TAG.finditer(markup):
        page.words(markup[at : match.start()])
        at = match.end()
        if match[2]:
            page.tag(match[2].lower(), bool(match[1]), match[3])
    page.words(markup[at:])
    page.end_link()
    return Shown(_BLANK_LINES.sub("\n\n", "".join(page.parts)).strip(), tuple(page.media))


def comparable(text: str) -> str:
    """Text as two copies are compared: composed, without control characters, every run of white space as one space."""
    seen = "".join(char for char in text if char.isspace() or unicodedata.category(char) != "Cc")
    return " ".join(unicodedata.normalize("NFC", seen).split())
