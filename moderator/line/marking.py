"""Several items at once: marks, ranges, near-duplicates, and one decision about them with a preview."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.line.hiding import clause_of
from moderator.line.officer import Last
from moderator.line.telling import effects, lists
from moderator.locale import _, n_

if TYPE_CHECKING:
    from moderator.line.officer import Officer


def mark(officer: Officer, rest: str) -> None:
    """Mark the item in hand, or those with these numbers; what is marked already loses its mark."""
    if not rest:
        held = officer.held()
        _toggle(officer, [held.row], covered=officer.masked())
        return
    wanted = _numbers(rest)
    found = officer.client.rows(wanted)
    missing = sorted(set(wanted) - {row.id for row in found})
    if missing:
        raise Refused(Code.NOT_FOUND, _("There is no item {item}.", item=missing[0]), _("/ lists the views."))
    _toggle(officer, found, covered=any(row.masks for row in found))


def _numbers(rest: str) -> list[int]:
    typed = rest.replace(",", " ").split()
    if not all(one.isdecimal() and len(one) < 19 for one in typed):
        raise Refused(Code.BAD, _("Marks need the numbers of items."), _("Say: x 12 14 20."))
    return [int(one) for one in typed]


def _toggle(officer: Officer, found: Iterable[view.Row], *, covered: bool) -> None:
    for row in found:
        if officer.marks.pop(row.id, None) is None:
            officer.marks[row.id] = asks.Seen(row.id, row.comment_version)
            officer.marks_masked = officer.marks_masked or covered
    _tell(officer)


def extend(officer: Officer, rest: str) -> None:
    """Mark every item of the list from the last mark to this number, both included."""
    if not rest.isdecimal():
        raise Refused(Code.BAD, _("A range needs the number of its last item."), _("Say: v 20."))
    ids = officer.listing.ids if officer.listing is not None else []
    first, last = next(reversed(officer.marks), 0), int(rest)
    if first not in ids or last not in ids:
        raise Refused(
            Code.BAD,
            _("Both ends of a range must stand in the list that was told last."),
            _("/new lists what is new; x and a number marks the first."),
        )
    here, there = sorted((ids.index(first), ids.index(last)))
    within = [one for one in ids[here : there + 1] if one not in officer.marks]
    found = officer.client.rows(within) if within else ()
    _toggle(officer, found, covered=any(row.masks for row in found))


def alike(officer: Officer, rest: str) -> None:
    """Mark the item in hand and everything that is nearly the same."""
    held = officer.held()
    found = officer.client.alike(held.row.id)
    fresh = [row for row in (held.row, *found) if row.id not in officer.marks]
    if not found:
        officer.console.say(_("Nothing like it stands open."))
        return
    _toggle(officer, fresh, covered=officer.masked() or any(row.masks for row in found))


def marks(officer: Officer, rest: str) -> None:
    """Tell the marked items, or take all marks away."""
    if rest.lower() in ("clear", "off", "none"):
        officer.marks.clear()
        officer.marks_masked = False
    elif rest:
        raise Refused(Code.BAD, _("Marks are told, or cleared."), _("Say: marks clear."))
    elif officer.marks:
        found = officer.client.rows(list(officer.marks)[:50])
        officer.console.say(*lists.listed(found, officer.now()))
    _tell(officer)


def _tell(officer: Officer) -> None:
    if not officer.marks:
        officer.marks_masked = False
        officer.console.say(_("Nothing is marked."))
        return
    marked = n_("{n} item is marked.", "{n} items are marked.", len(officer.marks))
    officer.console.say(_("{marked} “bulk” decides on all of them.", marked=marked))


def bulk(officer: Officer, rest: str) -> None:
    """One decision about everything that is marked: told first, done when Enter says so."""
    if not officer.marks:
        raise Refused(Code.BAD, _("Nothing is marked."), _("x marks the item in hand, x 12 14 those items."))
    act, _gap, more = (rest or officer.console.needed(_("Leave or hide? x leaves it:"))).partition(" ")
    ask = _asked(officer, act.lower(), more.strip())
    preview = officer.client.bulk_preview(ask)
    officer.console.say(*effects.preview(preview))
    wanted = {*preview.taken, *preview.to_review}
    if not wanted:
        raise Refused(Code.WRONG_STATE, _("None of the marked items can be decided like this."), "")
    _confirmed(officer)
    _do(officer, ask, wanted)


def _asked(officer: Officer, act: str, more: str) -> asks.Bulk:
    items = tuple(officer.marks.values())
    if act and "leave".startswith(act):
        return asks.Bulk("leave", items, masked=officer.marks_masked, reason=more)
    if act and "hide".startswith(act):
        chosen, _gap, reason = more.partition(" ")
        clause = clause_of(officer, None, chosen or officer.console.needed(_("On which clause?")))
        return asks.Bulk("hide", items, clause, officer.marks_masked, reason.strip())
    raise Refused(
        Code.BAD, _("Marked items can be left public or hidden together."), _("Say: bulk leave, or bulk hide 6.")
    )


def _confirmed(officer: Officer) -> None:
    """Ask until the answer came after the preview could be read. Raises `Left` for x, `Refused` for anything else."""
    officer.console.was_told()
    while True:
        if officer.console.question(_("Enter does it, x leaves it:")):
            raise Refused(Code.BAD, _("That was neither Enter nor x."), _("“bulk” starts again; the marks stand."))
        if officer.console.read_since():
            return
        officer.console.say(_("That came before you can have read it. Answer again."))


def _do(officer: Officer, ask: asks.Bulk, wanted: set[int]) -> None:
    """Only what the preview said is done, whatever was marked."""
    told = asks.Bulk(
        ask.act, tuple(one for one in ask.items if one.item_id in wanted), ask.clause, ask.masked, ask.reason
    )
    done = officer.client.bulk(told)
    officer.console.say(done.sentence)
    officer.last = Last(batch=done.row_id)
    officer.news.drains(done.row_id)
    officer.marks.clear()
    officer.marks_masked = False
    if officer.item is not None and officer.item.row.id in wanted:
        officer.item = None


def batches(officer: Officer, rest: str) -> None:
    """The bulk acts of today, and how far each is."""
    found = officer.client.batches()
    officer.console.say(*(effects.batch(one, officer.zone) for one in found))
    if not found:
        officer.console.say(_("No bulk act was done today."))
