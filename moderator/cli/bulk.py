"""`moderator bulk …`: one decision about many items; `moderator batch …`: how far each is, and taking one back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from moderator.cli import exits
from moderator.cli.call import Call
from moderator.cli.parser import group, verb
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.locale import _, n_

if TYPE_CHECKING:
    from moderator.client import Client

_PAGE = 200
_TOLD = 50
"""Most items that are named as left out."""


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """leave and hide; for `batch`: list and undo."""
    verbs = group(parser, name)
    if name == "batch":
        verb(verbs, "list", "show_all", _("the bulk acts of today, and how far each has come"))
        undo = verb(verbs, "undo", "undo", _("take one back: stop what has not left, restore what has"))
        undo.add_argument("batch", type=int, help=_("its number"))
        return
    _which(verb(verbs, "leave", "leave", _("leave many items public")))
    hide = verb(verbs, "hide", "hide", _("hide many items that rest on the same clause and words"))
    hide.add_argument("--clause", required=True, help=_("the clause of the published policy"))
    hide.add_argument("--reason", default="", help=_("one line; the clause's title without it"))
    _which(hide)


def _which(parser: argparse.ArgumentParser) -> None:
    """The options that say which items, and whether only to look."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--ids", type=_ids, metavar=_("IDS"), help=_("their numbers, with commas between"))
    which.add_argument("--query", metavar=_("QUERY"), help=_("new items that this finds; see “moderator queue --help”"))
    which.add_argument("--like", type=int, metavar=_("ITEM"), help=_("an item and its near-duplicates"))
    parser.add_argument("--limit", type=int, default=10_000, help=_("at most so many (default: 10000)"))
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would be done"))


def _ids(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise argparse.ArgumentTypeError(_("numbers with commas between, such as 3,17,20")) from None


def leave(call: Call) -> int:
    """Leave them public."""
    return _do(call, "leave", "", "")


def hide(call: Call) -> int:
    """Hide them."""
    return _do(call, "hide", call.args.clause, call.args.reason)


def _do(call: Call, act: str, clause: str, reason: str) -> int:
    with call.session() as client:
        marked = tuple(asks.Seen(row.id, row.comment_version) for row in _rows(call, client))
        if not marked:
            raise Refused(Code.NOT_FOUND, _("No item is meant."), _("Look with “moderator queue” first."))
        ask = asks.Bulk(act, marked, clause, masked=True, reason=reason)
        if call.args.dry_run:
            found = client.bulk_preview(ask)
            call.show(found, *_preview(found))
            return exits.DONE
        done = client.bulk(ask)
    call.show(done, done.sentence, _("Bulk act {id}; “moderator batch undo {id}” takes it back.", id=done.row_id))
    return exits.DONE


def _rows(call: Call, client: Client) -> list[view.Row]:
    """The items that are meant, as they stand now."""
    args = call.args
    if args.query is not None:
        if not args.query.strip():
            raise Refused(Code.BAD, _("The query is empty."), _("Say which items: see “moderator queue --help”."))
        return list(_found(client, args.query, args.limit))
    ids = args.ids or [args.like, *(row.id for row in client.alike(args.like))]
    ids = ids[: args.limit]
    rows = [row for start in range(0, len(ids), _PAGE) for row in client.rows(ids[start : start + _PAGE])]
    missing = sorted(set(ids) - {row.id for row in rows})
    if missing:
        raise Refused(
            Code.NOT_FOUND, _("There is no item {id} at this desk.", id=missing[0]), _("Nothing was decided.")
        )
    return rows


def _found(client: Client, query: str, limit: int) -> Iterator[view.Row]:
    """New items that a query finds, the most urgent first."""
    after, left = "", limit
    while left > 0:
        page = client.queue(view.View.NEW, after, min(_PAGE, left), query)
        yield from page.rows
        after, left = page.after, left - len(page.rows)
        if not after:
            return


def _preview(found: view.BulkPreview) -> Iterator[str]:
    yield found.sentence
    for name, count in found.accounts.items():
        yield _("  {account}: {n}", account=name, n=count)
    if found.seconds:
        yield _("Sending takes about {n} s.", n=round(found.seconds))
    for one in found.excluded[:_TOLD]:
        yield _("  left out: {id}  {sentence}", id=one.item_id, sentence=one.sentence)
    more = len(found.excluded) - _TOLD
    if more > 0:
        yield n_("  and {n} more.", "  and {n} more.", more)


def show_all(call: Call) -> int:
    """The bulk acts of today."""
    found = call.client().batches()
    call.show(found, *([_line(one) for one in found] or [_("No bulk act was done today.")]))
    return exits.DONE


def _line(one: view.Batch) -> str:
    return f"{one.id:>6}  {one.at:%H:%M}Z  {one.person}  {one.label}  {one.sentence}"


def undo(call: Call) -> int:
    """Take one back."""
    with call.session() as client:
        done = client.undo_batch(call.args.batch)
    call.show(done, done.sentence)
    return exits.DONE
