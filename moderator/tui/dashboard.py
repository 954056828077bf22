"""The desk in figures: what came in and what was decided, what waits and for how long, what the policy found.

Read once a minute; only lines that changed are drawn again. Nothing of a citizen's words stands here.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from textual.widget import Widget

from moderator import text
from moderator.domain import view
from moderator.domain.item import Lane
from moderator.domain.names import named
from moderator.locale import N_, _, clock, number, said
from moderator.tui import charts, frame
from moderator.tui.actions import Place, bindings
from moderator.tui.base import DeskScreen
from moderator.tui.paper import Line, Paper, both_ends, line, rule

EVERY: Final = 60.0
"""Seconds between two readings."""
SPANS: Final = (24, 168)
"""Hours that the screen can show: a day, a week."""
_NAMES: Final = {24: N_("the last 24 hours"), 168: N_("the last 7 days")}
_LANES: Final = {Lane.LIFE: N_("Life safety"), Lane.THREAT: N_("Threats and orders"), Lane.ROUTINE: N_("Routine")}
_WEEKDAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_MOST_BARS: Final = 6
_TALLEST: Final = 16


class DashboardScreen(DeskScreen):
    """Charts of the last day or week."""

    PLACE = Place.FIGURES
    BINDINGS: ClassVar = bindings(Place.FIGURES)
    KEYS = ("hours", "down", "up", "page_down", "back", "urgent", "keys")

    def __init__(self) -> None:
        super().__init__()
        self.hours = SPANS[0]
        self.read: dict[int, view.Figures] = {}
        """Hours → what was read last."""
        self.chosen = -1
        """The stretch of time that is told in words, counted from the newest: -1."""
        self._asking = False

    def content(self) -> Iterable[Widget]:
        """The charts."""
        yield Paper(self.draw_figures, id="body", grow=True)

    def on_mount(self) -> None:
        """Read now, and again each minute."""
        self.work(self.reread())
        self.set_interval(EVERY, self.reread)

    async def reread(self) -> None:
        """Read the figures that are shown; what is there stays where the desk refuses."""
        if self._asking or not self.is_current:
            return
        self._asking = True
        try:
            found = await self.desk.ask(self.desk.client.figures, self.hours)
        finally:
            self._asking = False
        if found is not None and self.alive:
            self.read[found.hours] = found
            self.redraw()
            if found.hours != self.hours:  # Tab was pressed meanwhile
                await self.reread()

    def draw_head(self, width: int, height: int) -> list[Line]:
        """Which time is shown, and when it was read."""
        found = self.read.get(self.hours)
        title = f" {_('Figures')} · {_(_NAMES[self.hours])}"
        when = _("read {at}", at=clock(self._local(found.now))) if found else _("reading …")
        state = self.desk.state
        ending = [*frame.urgent_piece(state), (f" {when} ", "dim")]
        return [both_ends([(title, "title")], ending, width), *frame.banners(state, width), rule(width)]

    def draw_figures(self, width: int, height: int) -> list[Line]:
        """Everything; what does not fit is a page further down."""
        found = self.read.get(self.hours)
        if found is None:
            return []
        below = [*self._columns(found, width), *_turnaround(found, width)]
        room = height - len(below) - 3
        chart = self._chart(found, width, max(charts.LEAST, min(room, _TALLEST)))
        return [_sums(found, self.desk.state.now, width), *chart, *below, *self._more(found, width)]

    def _chart(self, found: view.Figures, width: int, height: int) -> list[Line]:
        """Arrivals and decisions over time, and the chosen stretch in words."""
        place = max(len(found.buckets) + self.chosen, 0)
        step = charts.step_of(len(found.buckets), width)
        at = charts.GUTTER + place * step + (step - 1) // 2
        return [
            *charts.over_time(found.buckets, place, width, height),
            charts.axis(self._names(found, step), width),
            charts.pointer(at, self._told(found, place), width),
        ]

    def _names(self, found: view.Figures, step: int) -> list[tuple[int, str]]:
        """Where the names of the time axis begin: days over a week, every so many hours over a day."""
        every = max(8 // step, 1)
        starts = [self._local(one.start) for one in found.buckets]
        if found.hours > 48:
            named = [(n, _(_WEEKDAYS[start.weekday()])) for n, start in enumerate(starts) if start.hour == 0]
        else:
            named = [(n, clock(start)) for n, start in enumerate(starts) if n % every == 0]
        return [(charts.GUTTER + n * step, name) for n, name in named]

    def _told(self, found: view.Figures, place: int) -> str:
        """One stretch of time in words."""
        one = found.buckets[place]
        ends = found.buckets[place + 1].start if place + 1 < len(found.buckets) else found.now
        start, end = self._local(one.start), self._local(ends)
        return _(
            "{day} {start}–{end}: {arrived} arrived, {decided} decided",
            day=_(_WEEKDAYS[start.weekday()]),
            start=clock(start),
            end=clock(end),
            arrived=number(one.arrived, grouped=True),
            decided=number(one.decided, grouped=True),
        )

    def _columns(self, found: view.Figures, width: int) -> list[Line]:
        """What waits, by age, beside what the policy found."""
        half = width // 2
        waiting = charts.bars(_("Waiting, by age"), _ages(found), half - 1)
        clauses = charts.bars(_("Found in what arrived"), self._clauses(found), width - half - 1)
        return charts.beside([waiting, clauses], [half, width - half])

    def _clauses(self, found: view.Figures) -> list[tuple[str, int, str]]:
        """Clauses by number of findings, most first; what is beyond the last bar is summed up."""
        policy = self.desk.state.policy
        titles = {one.id: one.title for one in policy.clauses} if policy else {}
        named = [
            (f"{clause} {text.one_line(titles.get(clause, ''))}".strip() if clause else _("nothing found"), n, "accent")
            for clause, n in found.findings.items()
        ]
        return _cut(named)

    def _more(self, found: view.Figures, width: int) -> list[Line]:
        """How items ended, beside the accounts that they came from."""
        half = width // 2
        ends = _cut([(said(named(name)), n, "good") for name, n in found.ends.items()])
        accounts = _cut([(text.one_line(name), n, "accent") for name, n in found.accounts.items()])
        blocks = [charts.bars(_("Decisions"), ends, half - 1), charts.bars(_("Arrivals"), accounts, width - half - 1)]
        return [line(""), *charts.beside(blocks, [half, width - half])]

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.desk.state.zone)

    # keys

    def act_hours(self) -> Coroutine[Any, Any, None]:
        """The day, or the week."""
        self.hours = SPANS[(SPANS.index(self.hours) + 1) % len(SPANS)]
        self.chosen = -1
        self.redraw()
        return self.reread()

    def act_down(self) -> None:
        """One stretch later."""
        self._choose(self.chosen + 1)

    def act_up(self) -> None:
        """One stretch earlier."""
        self._choose(self.chosen - 1)

    def act_top(self) -> None:
        """The first stretch."""
        self._choose(-self._count())

    def act_end(self) -> None:
        """The running stretch."""
        self._choose(-1)

    def act_page_down(self) -> None:
        """What is further down."""
        self._scroll(1)

    def act_page_up(self) -> None:
        """Back up."""
        self._scroll(-1)

    def _choose(self, place: int) -> None:
        self.chosen = max(-self._count(), min(place, -1))
        self.redraw()

    def _count(self) -> int:
        found = self.read.get(self.hours)
        return len(found.buckets) if found else 1

    def _scroll(self, direction: int) -> None:
        body = self.query_one("#body", Paper)
        body.scroll_lines(direction * max(body.size.height - 1, 1))


def _sums(found: view.Figures, now: datetime, width: int) -> Line:
    """The whole time in one line."""
    arrived = number(sum(one.arrived for one in found.buckets), grouped=True)
    decided = number(sum(one.decided for one in found.buckets), grouped=True)
    waiting = number(sum(one.routine + one.urgent for one in found.backlog), grouped=True)
    left = [(f" █ {_('{n} arrived', n=arrived)}", "accent"), (f"  {charts.DOT} {_('{n} decided', n=decided)}", "good")]
    open_ = _("{n} open", n=waiting)
    oldest = f", {_('oldest {age}', age=frame.span((now - found.oldest).total_seconds()))}" if found.oldest else ""
    return both_ends(left, [(f"{open_}{oldest} ", "text")], width)


def _ages(found: view.Figures) -> list[tuple[str, int, str]]:
    """Open items by age; urgent ones are told by number, and so is nobody."""
    named, before = [], 0
    for one in found.backlog:
        urgent = f" (‼ {number(one.urgent)})" if one.urgent else ""
        named.append((f"{_age(before, one.up_to_minutes)}{urgent}", one.routine + one.urgent, _age_role(one, before)))
        before = one.up_to_minutes
    return named


def _age(before: int, up_to: int) -> str:
    if not up_to:
        return _("over {age}", age=_span(before * 60))
    return _("up to {age}", age=_span(up_to * 60))


def _age_role(one: view.Aged, before: int) -> str:
    return "urgent" if one.urgent else "warn" if before >= timedelta(hours=4) / timedelta(minutes=1) else "accent"


def _turnaround(found: view.Figures, width: int) -> list[Line]:
    """How long first decisions took, lane by lane."""
    head = (_("First decision"), _("decided"), _("half within"), _("nine in ten within"), _("late"))
    told = [_lane(one) for one in found.turnaround]
    return charts.table(head, told, width, lambda n: "bad" if found.turnaround[n].late else "text")


def _lane(one: view.Turnaround) -> tuple[str, ...]:
    half, most = (_span(one.p50_s), _span(one.p90_s)) if one.decided else ("–", "–")
    late = number(one.late, grouped=True) if one.late else "–"
    return (_(_LANES[Lane(one.lane)]), number(one.decided, grouped=True), half, most, late)


def _span(seconds: float) -> str:
    """A length of time with its second unit, where that matters: "1 h 53 min"."""
    minutes = int(seconds // 60)
    if 60 < minutes < 1440 and minutes % 60:
        return _("{h} h {m} min", h=minutes // 60, m=minutes % 60)
    return frame.span(seconds)


def _cut(named: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """The longest bars; the others as one."""
    if len(named) <= _MOST_BARS:
        return named
    kept = named[: _MOST_BARS - 1]
    return [*kept, (_("others"), sum(n for _name, n, _role in named[_MOST_BARS - 1 :]), "dim")]
