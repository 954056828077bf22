"""Lists: the views, filters and searches in the desk's query language, and going from item to item along a list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.line.telling import desk, lists, names
from moderator.locale import _

if TYPE_CHECKING:
    from moderator.line.officer import Officer

PAGE = 20
"""Rows that are told at once."""

_VIEWS = tuple(view.View)


@dataclass(slots=True)
class Listing:
    """A list as far as it was told."""

    view: view.View
    query: str
    sort: asks.Order
    ids: list[int] = field(default_factory=list)
    after: str = ""
    """Where the next page begins, "" at the end."""


def views(officer: Officer, rest: str) -> None:
    """List a view by its name or digit, with a query after it; a query alone filters the list that was told last."""
    if not rest:
        counts = officer.client.status().counts
        officer.console.say(
            *(
                _("/{digit} or /{name}: {title}, {count}.", digit=i, name=one.value, title=desk.view_name(one), count=n)
                for i, one in enumerate(_VIEWS, 1)
                for n in [counts.get(one.value, 0)]
            )
        )
        return
    found, query = _view_of(rest)
    if found is None:
        found = officer.listing.view if officer.listing is not None else view.View.ALL
    begin(officer, found, query)


_NAMED = re.compile(rf"(?:in flight|{'|'.join(one.value for one in _VIEWS)}|[1-{len(_VIEWS)}])(?=\s|\Z)", re.IGNORECASE)


def _view_of(rest: str) -> tuple[view.View | None, str]:
    """The view that a line begins with, and what follows it."""
    found = _NAMED.match(rest)
    if found is None:
        return None, rest
    name = found[0].lower().replace(" ", "_")
    named = _VIEWS[int(name) - 1] if name.isdigit() else view.View(name)
    return named, rest[found.end() :].strip()


def search(officer: Officer, rest: str) -> None:
    """Look through everything ever taken in."""
    begin(officer, view.View.FOUND, rest or officer.console.needed(_("Which words?")))


def sort(officer: Officer, rest: str) -> None:
    """Choose the order of lists, and tell the last one again in it."""
    wanted = rest.lower()
    order = next((one for one in asks.Order if wanted and one.value.startswith(wanted)), None)
    if order is None:
        known = ", ".join(f"{one.value} ({_(names.SORTS[one])})" for one in asks.Order)
        raise Refused(Code.BAD, _("A list can be sorted by: {orders}.", orders=known), _("Say: sort due."))
    officer.sort = order
    if officer.listing is None:
        officer.console.say(_("Lists are told {order}.", order=_(names.SORTS[order])))
    else:
        begin(officer, officer.listing.view, officer.listing.query)


def begin(officer: Officer, name: view.View, query: str = "") -> None:
    """Tell the first page of a list."""
    officer.listing = Listing(name, query, officer.sort)
    _page(officer, officer.listing)


def again(officer: Officer, rest: str) -> None:
    """The list that was told last, as it stands now."""
    listing = _listing(officer)
    begin(officer, listing.view, listing.query)


def more(officer: Officer, rest: str) -> None:
    """The next page of the list."""
    listing = _listing(officer)
    if not listing.after:
        raise Refused(Code.BAD, _("There is nothing more to list."), _(". tells the list from its beginning."))
    _page(officer, listing)


def _listing(officer: Officer) -> Listing:
    if officer.listing is None:
        raise Refused(Code.BAD, _("Nothing was listed yet."), _("/new lists what is new."))
    return officer.listing


def _page(officer: Officer, listing: Listing) -> None:
    page = _read(officer, listing)
    officer.console.say(*lists.listed(page.rows, officer.now(), frozenset(officer.marks)))
    officer.console.say(_summary(listing, page))
    if page.partial:
        officer.console.say(page.partial)


def _read(officer: Officer, listing: Listing) -> view.QueuePage:
    sort = "" if listing.sort is asks.Order.PRIORITY else listing.sort.value
    page = officer.client.queue(listing.view, listing.after, PAGE, query=listing.query, sort=sort)
    listing.after = page.after
    listing.ids += [row.id for row in page.rows]
    return page


def _summary(listing: Listing, page: view.QueuePage) -> str:
    """What the list is, once its rows are told."""
    tail = _("“more” goes on.") if page.after else _("That is all.")
    said = _("{count} in {view}. {tail}", count=lists.total(page), view=desk.view_name(listing.view), tail=tail)
    if not page.total and not page.rows:
        said = _("Nothing in {view}.", view=desk.view_name(listing.view))
    return f"{said} {_('Looked for: {query}.', query=listing.query)}" if listing.query else said


def forward(officer: Officer, rest: str) -> None:
    """Open the item after the one in hand, in the list that was told last."""
    listing = _listing(officer)
    at = _place(officer, listing) + 1
    if at >= len(listing.ids) and listing.after:
        _read(officer, listing)
    if at >= len(listing.ids):
        raise Refused(Code.BAD, _("That was the last item of the list."), _(". tells the list as it stands now."))
    officer.open(listing.ids[at])


def backward(officer: Officer, rest: str) -> None:
    """Open the item before the one in hand, in the list that was told last."""
    listing = _listing(officer)
    at = _place(officer, listing) - 1
    if at < 0:
        raise Refused(Code.BAD, _("That was the first item of the list."), _("] opens the one after it."))
    officer.open(listing.ids[at])


def _place(officer: Officer, listing: Listing) -> int:
    """Where the item in hand, or the one decided last, stands in the list; before it where it is none of the list."""
    here = officer.item.row.id if officer.item is not None else officer.last.item
    return listing.ids.index(here) if here in listing.ids else -1


def urgent(officer: Officer, rest: str) -> None:
    """Open the most urgent item that nobody has opened."""
    found = officer.client.status().urgent
    if found:
        officer.open(found[0])
    else:
        officer.console.say(_("Nothing urgent is unopened."))


def following(officer: Officer, rest: str) -> None:
    """Open the next item for this person."""
    officer.next()
