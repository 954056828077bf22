"""`moderator queue`, what waits, filtered and sorted; `moderator search`, everything ever taken in by its words."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

from moderator import text
from moderator.cli import exits, itemlines
from moderator.cli.call import Call
from moderator.domain import asks, query, view
from moderator.locale import _
from moderator.text import spreadsheet

_PAGE = 200


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """A view with its query and order, or the words to look for."""
    if name == "search":
        parser.set_defaults(run="find")
        parser.add_argument(
            "words", nargs="+", metavar=_("WORDS"), help=_("what to look for; a leading “-” term goes after “--”")
        )
        parser.epilog = f"{language()}\n\n{_(exits.HELP)}"
        paging(parser)
        return
    parser.set_defaults(run="show")
    parser.epilog = f"{language()}\n\n{_(exits.HELP)}"
    viewing(parser, default="new")


def viewing(parser: argparse.ArgumentParser, default: str) -> None:
    """The options that choose a view, what of it, and its order."""
    views = [saved.value for saved in view.View]
    parser.add_argument("--view", default=default, choices=views, help=_("default: {name}", name=default))
    parser.add_argument("--query", default="", metavar=_("QUERY"), help=_("only what this finds"))
    orders = [order.value for order in asks.Order]
    parser.add_argument("--sort", default="priority", choices=orders, help=_("default: {name}", name="priority"))
    paging(parser)


def paging(parser: argparse.ArgumentParser) -> None:
    """The options that choose a part of a list."""
    parser.add_argument("--after", default="", metavar=_("KEY"), help=_("go on after a row's key"))
    parser.add_argument("--limit", type=int, default=50, help=_("at most so many (default: 50; 0 for all)"))
    parser.add_argument("--csv", action="store_true", help=_("as CSV for a spreadsheet; nothing in it is a formula"))


def language() -> str:
    """What a query may say, for the help."""
    fields = " ".join(f"{field}:" for field in query.FIELDS)
    return "\n".join(
        (
            _("A query holds words, words in “quotation marks” that stand side by side, and fields:"),
            f"  {fields} due<30m age>2h",
            _("state: takes {names}.", names=", ".join(query.STATES)),
            _("is: takes {names}.", names=", ".join(query.IS)),
            _("Alternatives stand after a comma; “-” before a term turns it round."),
        )
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a view, as far as they were asked for."""

    rows: tuple[view.Row, ...]
    after: str
    """Where to go on; "" at the end."""
    total: int
    partial: str = ""


def show(call: Call) -> int:
    """A view, page by page."""
    args = call.args
    listed = read(call, args.view, args.query, args.sort)
    call.show(listed, *(table(listed) if args.csv else lines(listed)))
    return exits.DONE


def find(call: Call) -> int:
    """Everything that says this, the newest first; exit code 1 where there is nothing."""
    listed = read(call, view.View.FOUND.value, " ".join(call.args.words), "")
    call.show(listed, *(table(listed) if call.args.csv else lines(listed)))
    return exits.DONE if listed.rows else exits.REFUSED


def read(call: Call, name: str, wanted: str, sort: str) -> Listed:
    """The asked number of rows. Where the desk looked through enough it is asked to go on only for all of them."""
    client, limit = call.client(), call.args.limit
    listed = Listed((), call.args.after, 0)
    while True:
        size = min(_PAGE, limit - len(listed.rows)) if limit > 0 else _PAGE
        page = client.queue(name, listed.after, size, wanted, "" if sort == "priority" else sort)
        listed = replace(listed, rows=listed.rows + page.rows, after=page.after, total=page.total, partial=page.partial)
        if not page.after or (limit > 0 and (page.partial or len(listed.rows) >= limit)):
            return listed


def lines(listed: Listed) -> Iterator[str]:
    """The rows as the queue shows them, then how far was looked."""
    yield from itemlines.rows(listed.rows, listed.after, max(listed.total, len(listed.rows)))
    if listed.partial:
        yield listed.partial


def table(listed: Listed) -> Iterator[str]:
    """The rows as CSV, with covered words covered; its names and codes are those of `--json`."""
    head = ("id", "state", "lane", "account", "author", "language", "category", "clause", "due", "arrived", "text")
    rows = (
        (
            row.id,
            row.state.value,
            int(row.lane),
            row.account,
            row.author,
            row.language,
            row.category,
            row.clause,
            row.due.isoformat() if row.due else "",
            row.arrived.isoformat(),
            text.cover(row.text, row.masks),
        )
        for row in listed.rows
    )
    yield from spreadsheet.lines(head, rows)
