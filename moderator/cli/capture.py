"""`moderator capture show ITEM`: the evidence of what a comment said, as a page of text or as the platform's own JSON.

The words stand uncovered here; who looked is on the trail.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from moderator import text
from moderator.cli import exits
from moderator.cli.call import Call
from moderator.cli.itemlines import quoted
from moderator.cli.itemparts import target
from moderator.cli.parser import group, verb

if TYPE_CHECKING:
    from moderator.domain.capture import Capture


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """show."""
    verbs = group(parser, name)
    shown = target(verb(verbs, "show", "show", "the evidence of one version; that you looked goes on the record"))
    shown.add_argument("--version", type=int, default=0, dest="n", metavar="N", help="which version (default: newest)")
    shown.add_argument("--raw", action="store_true", help="only the platform's own JSON, exactly as it is stored")


def show(call: Call) -> int:
    """Show one; exit code 65 where it is no longer what was recorded."""
    found = call.client().capture(call.args.item, call.args.n)
    if call.args.raw and not call.json:
        _write_raw(call, found.raw)
    else:
        call.show(found, *page(found))
    return exits.DONE if found.holds else exits.DATA_FAULT


def _write_raw(call: Call, raw: str) -> None:
    """Byte for byte into a file or a pipe; on a terminal, so that nothing in it can steer that."""
    call.out.write("\n".join(text.guard(line) for line in raw.split("\n")) + "\n" if call.out.isatty() else raw)


def page(found: Capture) -> Iterator[str]:
    """The capture as a page of text; every line of the citizen's words behind the gutter."""
    yield f"CAPTURE of item {found.item_id}, version {found.n} of {found.versions}"
    yield ""
    for label, value in _facts(found):
        yield f"{label:<12}{text.one_line(value)}".rstrip()
    yield ""
    yield from quoted(text.defang(found.text))
    yield from (f"not captured itself: {text.one_line(text.defang(media))}" for media in found.media)
    yield ""
    for label, value in _proof(found):
        yield f"{label:<12}{value}"
    if not found.holds:
        yield "✗ THIS IS NOT WHAT WAS RECORDED: the stored rows differ from the trail. Tell the lead."


def _facts(found: Capture) -> Iterator[tuple[str, str]]:
    handle = f" ({found.author_handle})" if found.author_handle else ""
    yield "author", f"{found.author_name}{handle}, id {found.author_remote_id or 'none: the platform gave no account'}"
    yield "account", f"{found.account} on {found.platform}, {text.defang_url(found.site) or 'no address'}"
    yield "post", f"{found.post_title or '–'} {text.defang_url(found.post_url)}"
    yield "source", f"{text.defang_url(found.permalink) or 'no address'}, comment {found.remote_id}"
    yield "written", f"{found.created_at:%Y-%m-%d %H:%M:%S} UTC, {found.created_local}"
    yield "edited", f"{found.edited_at:%Y-%m-%d %H:%M:%S} UTC" if found.edited_at else "the platform says nothing of it"
    yield "captured", f"{found.captured_at:%Y-%m-%d %H:%M:%S} UTC, {found.captured_local}"
    yield "method", found.method
    yield "language", found.language
    yield "class", found.retention
    if found.flags:
        yield "cleaned of", ", ".join(found.flags)


def _proof(found: Capture) -> Iterator[tuple[str, str]]:
    yield "event", f"{found.event} {found.event_hash}"
    yield "words", f"sha256 {found.text_sha256}"
    yield "raw", f"sha256 {found.raw_sha256}"
    yield "addresses", "made inert on this page; --json and --raw have them as they were"
