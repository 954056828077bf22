"""The options of passing an item on, of saying what it says or shows, and of opening elsewhere what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moderator import text
from moderator.cli.itemparts import target
from moderator.cli.parser import verb
from moderator.domain.view import MediaAddress
from moderator.locale import _


def acts(verbs: Any) -> None:
    """assign, cannot-read, gloss, media-seen, media."""
    given = target(verb(verbs, "assign", "assign", _("give an item to a colleague on duty")))
    given.add_argument("person", help=_("the colleague's Unix name"))
    given.add_argument("--reason", default="", help=_("why"))
    passed = target(verb(verbs, "cannot-read", "cannot_read", _("pass an item to somebody who reads its language")))
    passed.add_argument("--language", default="", metavar="CODE", help=_("what it may be in: as, hi, brx …"))
    told = target(verb(verbs, "gloss", "gloss", _("say what a comment says, for those who cannot read it")))
    told.add_argument("text", help=_("what it says; - for standard input"))
    told.add_argument("--language", default="", metavar="CODE", help=_("the language that it is in"))
    seen = target(verb(verbs, "media-seen", "media_seen", _("say what a picture or voice shows that you opened")))
    seen.add_argument("text", help=_("one line: what it shows; - for standard input"))
    opened = verb(verbs, "media", "media", _("the address behind a code of an item's screen; asking is recorded"))
    opened.add_argument("code", help=_("the letters beside the picture"))
    opened.add_argument("--url", action="store_true", help=_("only the true address, to open in a browser"))


def address_lines(found: MediaAddress, *, url: bool) -> Iterator[str]:
    """The address: inert beside what is known of it, or the true one alone."""
    if url:
        yield text.guard(found.url)
        return
    alt = f" “{text.one_line(found.alt)}”" if found.alt else ""
    yield f"{_('item {item}', item=found.item_id)}: {text.one_line(found.kind)}{alt}"
    yield text.defang_url(text.one_line(found.url))
    yield _("Made inert here; --url prints the true address.")
