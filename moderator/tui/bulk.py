"""One decision about many items, seen before it is made: how many, where, under which clause, and what is left out.

Enter does exactly what stands here, once this terminal has shown it: the items and versions of the preview, and no item
that has come in since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import ClassVar

from textual import events
from textual.widget import Widget

from moderator import rows, text
from moderator.domain.asks import Bulk, Seen
from moderator.domain.view import BulkPreview, ClauseView, Row
from moderator.locale import _, n_
from moderator.tui import frame
from moderator.tui.actions import Place, bindings, key, keymap
from moderator.tui.base import DeskScreen
from moderator.tui.citizen import GUTTER
from moderator.tui.paper import Line, Paper, both_ends, fit, line, rule

MOST_NAMED = 6
"""Exceptions that are named one by one."""
_NUMBERS = count(1)
"""Every question to the desk has its own number, so that no preview is ever taken for another."""


class BulkScreen(DeskScreen):
    """What a bulk act would do."""

    PLACE = Place.BULK
    BINDINGS: ClassVar = bindings(Place.BULK)

    def __init__(
        self, act: str, items: tuple[Seen, ...], masked: bool, *, burst: Row | None = None, clause: str = ""
    ) -> None:
        """`burst` is the row that stands for many: its near-duplicates are asked for, beside `items`. `clause` is the
        one to begin with; "" for the one that most of them were found under."""
        super().__init__()
        self.act = act
        self.items = items
        self.masked = masked
        self.burst = burst
        self.wished = clause
        self.clause: ClauseView | None = None
        self.preview: BulkPreview | None = None
        self._asked = 0
        self._number = 0
        """Number of the question that the preview in sight answers."""
        self._busy = False

    def content(self) -> Iterable[Widget]:
        """The preview."""
        body = Paper(self.draw_body, id="body", grow=True)
        body.drawn = self._drawn
        yield body

    def on_mount(self) -> None:
        """Ask the desk what it would do."""
        if self.act == "hide":
            self.clause = self._suggested()
        self.work(self._begin())

    async def _begin(self) -> None:
        if self.burst is not None:
            found = await self.desk.ask(self.desk.client.alike, self.burst.id)
            if not self.is_current:
                return
            if found is None:
                self.dismiss()
                return
            own = {one.item_id for one in self.items}
            self.items = (*self.items, *(Seen(one.id, one.comment_version) for one in found if one.id not in own))
            self.masked = self.masked or any(one.masks for one in found)
        await self._look()

    async def _look(self) -> None:
        """A new preview; the one before counts no more."""
        number = self._asked = next(_NUMBERS)
        self.preview = None
        if self.act == "hide" and self.clause is None:
            self.redraw()
            return
        found = await self.desk.ask(self.desk.client.bulk_preview, self._ask(self.items))
        if number != self._asked or not self.alive:
            return
        if found is None:
            self.dismiss()
            return
        self.preview, self._number = found, number
        self.redraw()
        self.query_one("#body", Paper).refresh()  # all of it, so that the terminal confirms this very preview

    def _ask(self, items: tuple[Seen, ...]) -> Bulk:
        clause = self.clause.id if self.clause is not None else ""
        return Bulk(self.act, items, clause, self.masked)

    def language_changed(self) -> None:
        """The desk's sentences are asked for again."""
        self.work(self._look())

    # the clause

    def clauses(self) -> list[ClauseView]:
        """The clauses that hiding can rest on, in the order of their digits."""
        policy = self.desk.state.policy
        return sorted((one for one in policy.clauses if one.hideable), key=lambda one: one.digit) if policy else []

    def _suggested(self) -> ClauseView | None:
        """The clause that was wished for, else the one that most of these rows were found under."""
        held = self.desk.queue.loaded.rows
        found = Counter(held[one.item_id].clause for one in self.items if one.item_id in held)
        by_id = {one.id: one for one in self.clauses()}
        if self.wished in by_id:
            return by_id[self.wished]
        return next((by_id[name] for name, _times in found.most_common() if name in by_id), None)

    # drawing

    def thing(self) -> tuple[object, ...] | None:
        """The preview, as the acknowledger knows it: every answer of the desk is another one."""
        return ("bulk", self._number) if self.preview is not None else None

    def _drawn(self) -> None:
        thing = self.thing()
        if thing is not None:
            self.desk.ack.drawn(thing)

    def draw_head(self, width: int, height: int) -> list[Line]:
        """What is about to be done."""
        urgent = frame.urgent_piece(self.desk.state, f"Esc {key('urgent')}")
        count = len(self.items)
        title = (
            n_("Leave {n} comment public", "Leave {n} comments public", count)
            if self.act == "leave"
            else n_("Hide {n} comment", "Hide {n} comments", count)
        )
        return [both_ends([(f" {title}", "title")], urgent, width), *frame.banners(self.desk.state, width), rule(width)]

    def draw_body(self, width: int, height: int) -> list[Line]:
        """The preview, exceptions first."""
        lines = [*self._burst_lines(width), *self._clause_lines(width)]
        if self.preview is None:
            waiting = _("Under which clause? A digit takes it.") if self._undecided else _("asking the desk…")
            return [*lines, line(f" {waiting}", "dim")]
        told = self.preview
        lines += [*self._exceptions(told, width), *self._accounts(told, width), line("")]
        lines += [line(f" {part}", "text") for part, _n in text.wrap(text.one_line(told.sentence), max(width - 2, 8))]
        lines += [line(f" {part}", "dim") for part, _n in text.wrap(self._pace(told), max(width - 2, 8))]
        return lines

    @property
    def _undecided(self) -> bool:
        return self.act == "hide" and self.clause is None

    def _burst_lines(self, width: int) -> list[Line]:
        """The words that the burst has in common, masked as in the list."""
        if self.burst is None:
            return []
        revealed = self.burst.id in self.desk.state.revealed
        words = rows.comment_of(self.burst, width - len(GUTTER) - 3, revealed=revealed)
        lines: list[Line] = [((f" {GUTTER} ", "gutter"), (words, "text"))]
        return [*lines, line("")]

    def _clause_lines(self, width: int) -> list[Line]:
        """The clause, and the digits of the others."""
        if self.act != "hide":
            return []
        chosen = self.clause
        first: Line = line(f" {_('Clause')} –", "warn")
        if chosen is not None:
            first = ((f" {_('Clause')} ", "dim"), (f"{chosen.id} {text.one_line(chosen.title)}", "title"))
        entries = [f"{one.digit} {one.id} {text.one_line(one.title)}" for one in self.clauses() if one.digit < 10]
        return [fit(first, width), *(line(f" {part}", "dim") for part in _packed(entries, width - 2)), line("")]

    def _exceptions(self, told: BulkPreview, width: int) -> list[Line]:
        """What is left alone and why, and what goes to a second person."""
        lines: list[Line] = []
        if told.excluded:
            words = n_("{n} is left alone:", "{n} are left alone:", len(told.excluded))
            lines.append(line(f" {words}", "warn"))
            lines += [
                fit(line(f"   #{one.item_id}  {text.one_line(one.sentence)}", "text"), width)
                for one in told.excluded[:MOST_NAMED]
            ]
            more = len(told.excluded) - MOST_NAMED
            if more > 0:
                lines.append(line(f"   {n_('and {n} more', 'and {n} more', more)}", "dim"))
        if told.to_review:
            words = n_("{n} goes to a second person.", "{n} go to a second person.", len(told.to_review))
            lines.append(line(f" {words}", "warn"))
        now = n_("{n} is decided at once.", "{n} are decided at once.", len(told.taken))
        return [*lines, line(f" {now}", "title")]

    def _accounts(self, told: BulkPreview, width: int) -> list[Line]:
        """Where they stand: one account after another, the fullest first."""
        counts = sorted(told.accounts.items(), key=lambda entry: -entry[1])
        words = " · ".join(f"{text.one_line(name)} {count}" for name, count in counts)
        return [line(f"   {part}", "dim") for part, _n in text.wrap(words, max(width - 4, 8))]

    def _pace(self, told: BulkPreview) -> str:
        if self.act == "leave":
            return _("Nothing is sent: these stay public. {key} takes it back, all at once.", key=key("undo"))
        pace = _("About {span} at the platforms' rate.", span=frame.span(told.seconds))
        return f"{pace} {_('{key} stops it and restores what is hidden by then.', key=key('undo'))}"

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """What happened, and the next keys."""
        pieces: list[tuple[str, str]] = []
        if self.preview is not None:
            pieces += [(" ⏎", "key"), (f" {_('do it')} ", "dim")]
        if self.act == "hide":
            pieces += [(f" {_('digit')}", "key"), (f" {_('another clause')} ", "dim")]
        if self.burst is not None:
            pieces += [(" Tab", "key"), (f" {_('only this one')} ", "dim")]
        pieces += [(" Esc", "key"), (f" {_('back, marks are kept')}", "dim")]
        return [rule(width), *frame.said_lines(self.desk.state, width), fit(tuple(pieces), width)]

    # keys

    def on_key(self, event: events.Key) -> None:
        """Enter does it, a digit takes another clause, Tab turns to the one row, Esc goes back; nothing else counts."""
        if event.key == "ctrl+q":
            return
        event.stop()
        event.prevent_default()
        if self.desk.screen is not self:  # this screen was left with the key before
            return
        name = keymap(self.PLACE).get(event.key)
        if name is not None:
            self.action_act(name)
        elif self.act == "hide" and event.character and event.character in "123456789":
            self._take_clause(int(event.character))

    def act_down(self) -> None:
        """One line down."""
        self.query_one("#body", Paper).scroll_lines(1)

    def act_up(self) -> None:
        """One line up."""
        self.query_one("#body", Paper).scroll_lines(-1)

    def _take_clause(self, digit: int) -> None:
        found = next((one for one in self.clauses() if one.digit == digit), None)
        if found is None:
            self.tell(_("No clause that can be hidden on has the digit {digit}.", digit=digit), "warn")
            return
        self.clause = found
        self.work(self._look())

    def act_carry_out(self) -> None:
        """Do what was shown. Before this terminal has shown it and confirmed that, the key does nothing."""
        told = self.preview
        if told is None or self._busy:
            return
        if not (told.taken or told.to_review):
            self.tell(_("There is nothing to do: all of them are left alone."), "warn")
            return
        versions = {one.item_id: one.version for one in self.items}
        exact = tuple(Seen(key, versions[key]) for key in (*told.taken, *told.to_review) if key in versions)
        self._busy = True
        self.work(self._carry_out(self._ask(exact), told))

    async def _carry_out(self, ask: Bulk, told: BulkPreview) -> None:
        done = await self.desk.queue.do_bulk(ask, told)
        self._busy = False
        if done and self.is_current:
            self.dismiss()
        elif self.alive:
            self.redraw()

    def act_only_this(self) -> None:
        """The ordinary act on the one row that stood for them all; it was before the officer in the list."""
        queue, row = self.desk.queue, self.burst
        if row is not None:
            self.dismiss()
            queue.call_later(queue.act_single, self.act, row.id)


def _packed(entries: Iterable[str], width: int) -> list[str]:
    """Entries side by side, as many to a line as fit, none of them broken."""
    lines = [""]
    for entry in entries:
        longer = f"{lines[-1]}   {entry}" if lines[-1] else entry
        if lines[-1] and text.cells(longer) > width:
            lines.append(entry)
        else:
            lines[-1] = longer
    return [text.clip(one, width) for one in lines]
