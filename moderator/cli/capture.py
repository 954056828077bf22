"""`moderator capture show ITEM`: the evidence of what a comment said, as a page of text or as the platform's own JSON.

The words stand uncovered here; who looked is on the trail.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from moderator import text
from moderator.cli import exits
from moderator.cli.call import Call
from moderator.cli.itemlines import quoted
from moderator.cli.itemparts import target
from moderator.cli.parser import group, verb
from moderator.locale import _

if TYPE_CHECKING:
    from moderator.domain.capture import Capture


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """show."""
    verbs = group(parser, name)
    shown = target(verb(verbs, "show", "show", _("the evidence of one version; that you looked goes on the record")))
    shown.add_argument(
        "--version", type=int, default=0, dest="n", metavar="N", help=_("which version (default: newest)")
    )
    shown.add_argument("--raw", action="store_true", help=_("only the platform's own JSON, exactly as it is stored"))


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
    yield _(
        "CAPTURE of item {item_id}, version {n} of {versions}",
        item_id=found.item_id,
        n=found.n,
        versions=found.versions,
    )
    yield ""
    for label, value in _facts(found):
        yield f"{text.pad(label, 12)}{text.one_line(value)}".rstrip()
    yield ""
    yield from quoted(text.defang(found.text))
    yield from (_("not captured itself: {media}", media=text.one_line(text.defang(media))) for media in found.media)
    yield ""
    for label, value in _proof(found):
        yield f"{text.pad(label, 12)}{value}"
    if not found.holds:
        yield _("✗ THIS IS NOT WHAT WAS RECORDED: the stored rows differ from the trail. Tell the lead.")


def _facts(found: Capture) -> Iterator[tuple[str, str]]:
    handle = f" ({found.author_handle})" if found.author_handle else ""
    yield (
        _("author"),
        _(
            "{author}{handle}, id {id}",
            author=found.author_name,
            handle=handle,
            id=found.author_remote_id or _("none: the platform gave no account"),
        ),
    )
    yield (
        _("account"),
        _(
            "{account} on {platform}, {address}",
            account=found.account,
            platform=found.platform,
            address=text.defang_url(found.site) or _("no address"),
        ),
    )
    yield _("post"), f"{found.post_title or '–'} {text.defang_url(found.post_url)}"
    yield (
        _("source"),
        _(
            "{address}, comment {remote_id}",
            address=text.defang_url(found.permalink) or _("no address"),
            remote_id=found.remote_id,
        ),
    )
    yield (
        _("written"),
        _("{at} UTC, {local}", at=_utc(found.created_at), local=found.created_local),
    )
    yield (
        _("edited"),
        _("{at} UTC", at=_utc(found.edited_at)) if found.edited_at else _("the platform says nothing of it"),
    )
    yield (
        _("captured"),
        _("{at} UTC, {local}", at=_utc(found.captured_at), local=found.captured_local),
    )
    yield _("method"), found.method
    yield _("language"), found.language
    yield _("class"), found.retention
    if found.flags:
        yield _("cleaned of"), ", ".join(found.flags)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _proof(found: Capture) -> Iterator[tuple[str, str]]:
    yield _("event"), f"{found.event} {found.event_hash}"
    yield _("words"), f"sha256 {found.text_sha256}"
    yield _("raw"), f"sha256 {found.raw_sha256}"
    yield _("addresses"), _("made inert on this page; --json and --raw have them as they were")
