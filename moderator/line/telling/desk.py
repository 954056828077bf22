"""The desk as a whole: the greeting, its figures, and what somebody has looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from moderator import text
from moderator.domain import view
from moderator.domain.item import Disposition, Lane
from moderator.line.telling import names
from moderator.line.telling.times import clock, span
from moderator.locale import _, n_


def greeting(status: view.Status, hello: view.Hello) -> Iterator[str]:
    """What an officer must know at sign-on."""
    roles = ", ".join(hello.roles) or _("no role")
    yield _("{desk}. You are {person}: {roles}.", desk=status.desk, person=hello.person, roles=roles)
    yield from standing(status)
    yield from (_("You have a draft on item {item}.", item=draft.item_id) for draft in status.drafts)
    yield from offered(hello)
    yield _("Enter opens the next item, ? lists the commands.")


def standing(status: view.Status) -> Iterator[str]:
    """How the desk stands: what is wrong first, then who is there and what waits."""
    if status.practice:
        yield _("PRACTICE: nothing leaves this desk.")
    yield from (text.one_line(notice) for notice in status.notices)
    if status.read_only:
        yield _("Nothing can be saved: {why}", why=status.read_only)
    down = [account.name for account in status.accounts if not account.up]
    if down:
        yield _("Not reached: {accounts}.", accounts=", ".join(down))
    others = [name for name in status.on_duty if name != status.person]
    if others:
        yield _("With you: {people}.", people=", ".join(others))
    waiting = ", ".join(f"{view_name(name)} {n}" for name, n in status.counts.items() if n)
    yield _("Waiting: {views}.", views=waiting or _("nothing"))


def view_name(name: str) -> str:
    """A view's name in words."""
    return _(names.VIEWS[name]) if name in names.VIEWS else name.replace("_", " ")


def offered(hello: view.Hello) -> Iterator[str]:
    """Items that were one's own when the line dropped."""
    for item_id in hello.resumed:
        yield _("Item {item} was yours when the line dropped; {item} opens it.", item=item_id)


def figures(found: view.Figures, zone: tzinfo) -> Iterator[str]:
    """The dashboard as sentences: what came, what was done, what stands open and how long it took."""
    yield n_("The last hour.", "The last {n} hours.", found.hours)
    arrived, decided = (sum(getattr(one, what) for one in found.buckets) for what in ("arrived", "decided"))
    came = n_("{n} comment came in", "{n} comments came in", arrived)
    done = n_("{n} was decided", "{n} were decided", decided)
    yield _("{came}; {done}.", came=came, done=done)
    busiest = max(found.buckets, key=lambda one: one.arrived, default=None)
    if busiest is not None and busiest.arrived:
        most = n_("{n} comment", "{n} comments", busiest.arrived)
        yield _("Most came from {time} on: {most}.", time=clock(busiest.start, zone), most=most)
    yield from _backlog(found, zone)
    yield from (_turnaround(one) for one in found.turnaround)
    yield from _counts(found)


def _backlog(found: view.Figures, zone: tzinfo) -> Iterator[str]:
    total = sum(one.routine + one.urgent for one in found.backlog)
    if not total:
        yield _("Nothing stands open.")
        return
    since = _("the oldest since {time}", time=clock(found.oldest, zone))
    yield _("{open}, {since}.", open=n_("{n} item stands open", "{n} items stand open", total), since=since)
    before = 0
    for one in found.backlog:
        if one.routine + one.urgent:
            yield f"{_aged(one, before)}{_urgent(one)}."
        before = one.up_to_minutes


def _aged(one: view.Aged, before: int) -> str:
    items = n_("{n} item", "{n} items", one.routine + one.urgent)
    if one.up_to_minutes:
        return _("Up to {span} old: {items}", span=span(one.up_to_minutes * 60), items=items)
    return _("Older than {span}: {items}", span=span(before * 60), items=items)


def _urgent(one: view.Aged) -> str:
    return f", {n_('{n} of them urgent', '{n} of them urgent', one.urgent)}" if one.urgent else ""


def _turnaround(one: view.Turnaround) -> str:
    lane = {Lane.LIFE: _("Life safety"), Lane.THREAT: _("Threats and orders")}.get(Lane(one.lane), _("Routine"))
    if not one.decided:
        return _("{lane}: nothing was decided, {late} late.", lane=lane, late=one.late)
    return _(
        "{lane}: half were decided within {half}, nine in ten within {most}; {late} late.",
        lane=lane,
        half=span(one.p50_s),
        most=span(one.p90_s),
        late=one.late,
    )


def _counts(found: view.Figures) -> Iterator[str]:
    ended = ", ".join(f"{_ended(name)} {n}" for name, n in found.ends.items() if n)
    if ended:
        yield _("Decisions: {ends}.", ends=ended)
    clauses = ", ".join(f"{name or _('nothing found')} {n}" for name, n in found.findings.items() if n)
    if clauses:
        yield _("Findings: {clauses}.", clauses=clauses)
    accounts = ", ".join(f"{name} {n}" for name, n in found.accounts.items() if n)
    if accounts:
        yield _("Arrivals: {accounts}.", accounts=accounts)


def _ended(name: str) -> str:
    known = names.ENDS.get(Disposition(name)) if name in set(Disposition) else None
    return _(known) if known else name.replace("_", " ")


def exposure(found: view.Exposure) -> Iterator[str]:
    """How often this person looked at uncovered abuse. Nobody else is told."""
    yield n_("You uncovered {n} comment today.", "You uncovered {n} comments today.", found.today)
    if found.severe_today:
        yield n_("{n} of them was severe.", "{n} of them were severe.", found.severe_today)
    yield _("The last seven days, today last: {days}.", days=", ".join(str(n) for n in found.week))
    if found.advice:
        yield found.advice
    yield _("Only you are told this.")


def trail(events: tuple[view.TrailView, ...], zone: tzinfo) -> Iterator[str]:
    """The item's events in order: when, who, what."""
    for event in events:
        yield _(
            "Event {seq}, {time}, {person}: {kind}.",
            seq=event.seq,
            time=clock(datetime.fromisoformat(event.at), zone),
            person=event.person or _("the desk"),
            kind=event.kind.replace(".", " ").replace("_", " "),
        )
    if not events:
        yield _("Nothing is recorded of it yet.")
