"""Hide in two keys: the clause's fixed digit, or Enter for the suggestion; the words it rests on; and what it means.

Where the engine found nothing under a clause, the officer marks the words. `0` says that it is only criticism: then it
stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.widget import Widget

from moderator import text
from moderator.domain import asks
from moderator.domain.policy import Suggestion
from moderator.domain.view import ClauseView, Detail, PolicyView, Row
from moderator.locale import N_, _
from moderator.tui import frame, itemtext
from moderator.tui.actions import Place, bindings, key
from moderator.tui.base import DeskScreen
from moderator.tui.citizen import Layout, Mark, masks_of, named, quote
from moderator.tui.marking import Marking, line_beside
from moderator.tui.paper import Line, Paper, both_ends, fit, line, rule

MARK_KEYS = N_("← → by word · ↑ ↓ by line · v start and end · Enter takes them · Esc back")
LAST_DIGIT = 9
"""Clauses up to this one have a digit; the others are found by typing."""
STEPS = {"right": 1, "l": 1, "w": 1, "left": -1, "b": -1}
"""Keys that move the marking cursor, by words."""


class HideScreen(DeskScreen):
    """The menu of clauses over one comment."""

    PLACE = Place.HIDE
    BINDINGS: ClassVar = bindings(Place.HIDE)

    def __init__(self, row: Row, masked: bool) -> None:
        super().__init__()
        self.row = row
        self.masked = masked
        """Whether any word of the comment is still covered here."""
        self.detail: Detail | None = None
        self.needle = ""
        self.clause: ClauseView | None = None
        """The clause that waits for its words to be marked."""
        self.marking: Marking | None = None
        self._read = asyncio.Event()
        self._taking = False

    def content(self) -> Iterable[Widget]:
        """The comment above, the clauses below."""
        yield Paper(self.draw_comment, id="body", grow=True)
        yield Paper(self.draw_menu, id="menu")

    def on_mount(self) -> None:
        """Read the comment; keys typed meanwhile wait for it."""
        self.work(self._read_detail())

    async def _read_detail(self) -> None:
        self.detail = await self.desk.ask(self.desk.client.detail, self.row.id)
        if self.detail is not None:
            covered = bool(masks_of(self.detail.findings, revealed=False))
            self.masked = covered and self.row.id not in self.desk.state.revealed
        self._read.set()
        if self.alive:
            self.redraw()

    @property
    def takes_text(self) -> bool:
        """Letters look for a clause; while words are marked they are keys."""
        return self.clause is None

    # drawing

    @property
    def policy(self) -> PolicyView | None:
        """The policy in force."""
        return self.desk.state.policy

    def clauses(self) -> list[ClauseView]:
        """The clauses that match what was typed, in the order of their digits."""
        found = sorted(self.policy.clauses, key=lambda clause: clause.digit) if self.policy else []
        needle = self.needle.casefold()
        return [one for one in found if needle in f"{one.id} {one.title} {one.category}".casefold()]

    def suggested(self) -> ClauseView | None:
        """The clause that the strongest finding rests on, where hiding is what the policy suggests for it."""
        findings = self.detail.findings if self.detail else ()
        ids = {one.id: one for one in self.clauses() if one.hideable}
        return next(
            (ids[one.clause] for one in findings
             if not one.hint and one.clause in ids and one.suggestion is not Suggestion.KEEP), None
        )  # fmt: skip

    def draw_head(self, width: int, height: int) -> list[Line]:
        """Whose comment it is, and what hiding means on its platform."""
        urgent = frame.urgent_piece(self.desk.state, f"Esc {key('urgent')}")
        title = f" {_('Hide {item}', item=named(self.row))}"
        return [both_ends([(title, "title")], urgent, width), *frame.banners(self.desk.state, width), rule(width)]

    def draw_comment(self, width: int, height: int) -> list[Line]:
        """The comment, with what was found or what is being marked."""
        if self.detail is None:
            return [line(f" {_('reading…')}", "dim")]
        return list(self._layout(width).lines)

    def _layout(self, width: int) -> Layout:
        assert self.detail is not None
        return itemtext.target_layout(self.detail, width, itemtext.Options(revealed=not self.masked), self._marks())

    def _marks(self) -> tuple[Mark, ...]:
        if self.marking is None:
            return ()
        span = self.marking.span
        marked = (Mark(*span, "marked"),) if span else ()
        return marked if self.marking.done and marked else (*marked, Mark(*self.marking.cursor, "cursor"))

    def draw_menu(self, width: int, height: int) -> list[Line]:
        """The clauses with their digits, or the marking of words."""
        if self.clause is not None:
            return [rule(width), *self._marking_lines(width)]
        means = self.detail.powers.hide_means if self.detail else ""
        typed = f"{_('typed')}: {self.needle}▏" if self.needle else f"/ {_('more by typing')}"
        lines = [rule(width), *_sentence(means, width)]
        ask: Line = ((f" {_('Reason?')}  {self._enter()} · ", "title"), (typed, "accent" if self.needle else "dim"))
        lines += [fit(ask, width), *self._clause_lines(width)]
        stays = _("only criticism of government or an official → it stays")
        lines.append(fit((("  0", "key"), (f" {stays}", "text")), width))
        return [*lines, *self._told(width)]

    def _enter(self) -> str:
        found = self.suggested()
        if found is None:
            return _("(nothing suggested)")
        return _("(Enter: {clause})", clause=found.digit if found.digit <= LAST_DIGIT else found.id)

    def _clause_lines(self, width: int) -> list[Line]:
        suggested = self.suggested()
        lines: list[Line] = []
        if suggested is not None and self.detail is not None:
            finding = next(one for one in self.detail.findings if one.clause == suggested.id and not one.hint)
            masks = masks_of(self.detail.findings, not self.masked)
            words = quote(self.detail.text, finding.start, finding.end, masks, width // 3)
            lines.append(fit((*_entry(suggested), (f"  {_('suggested')} · ", "good"), (words, "text")), width))
        rest = [one for one in self.clauses() if one is not suggested and (one.digit <= LAST_DIGIT or self.needle)]
        return [*lines, *_columns([_entry(one) for one in rest], width)]

    def _told(self, width: int) -> list[Line]:
        """Honest to the citizen: whether the author learns of it, and where they can appeal."""
        if self.detail is None:
            return []
        seconds = _(
            "leaves in {n} s, {undo} takes it back", n=int(self.desk.config.times.hide_window), undo=key("undo")
        )
        appeal = text.one_line(self.policy.appeal) if self.policy else ""
        told = (
            _("Author will be told by the platform · appeal: {appeal}", appeal=appeal)
            if self.detail.powers.author_told
            else _("Author will NOT be told by the platform · appeal: {appeal}", appeal=appeal)
        )
        unread = _("Not read yet: hiding waits for somebody who reads its language.") if self.detail.needs_gloss else ""
        return [*_sentence(unread, width, "warn"), *_sentence(told, width), *_sentence(seconds, width)]

    def _marking_lines(self, width: int) -> list[Line]:
        assert self.clause is not None
        heading = _("{clause}: mark the words that it rests on.", clause=f"{self.clause.id} {self.clause.title}")
        span = self.marking.span if self.marking else None
        masks = masks_of(self.detail.findings, not self.masked) if self.detail else ()
        words = quote(self.detail.text, *span, masks, width - 12) if span and self.detail else "–"
        return [*_sentence(heading, width, "warn"), fit(((f" {_('marked')}: ", "dim"), (words, "text")), width),
                *_sentence(_(MARK_KEYS), width)]  # fmt: skip

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """What happened, and the way back."""
        keys: Line = (
            (f" {_('digit')}", "key"), (f" {_('hide on it')}  ", "dim"), ("⏎", "key"),
            (f" {_('the suggestion')}  ", "dim"), ("0", "key"), (f" {_('it stays')}  ", "dim"), ("/", "key"),
            (f" {_('by typing')}  ", "dim"), ("Esc", "key"), (f" {_('back')}", "dim"),
        )  # fmt: skip
        return [rule(width), *frame.said_lines(self.desk.state, width), fit(keys, width)]

    # keys

    def on_key(self, event: events.Key) -> None:
        """Digits and Enter decide; letters look for a clause; while marking, the cursor goes by words."""
        event.stop()
        if self.clause is not None:
            self._mark_key(event)
        elif event.key == "escape":
            self._escape()
        elif event.key == "enter":
            self.work(self._take(None))
        elif event.key == "backspace":
            self._type(self.needle[:-1])
        elif event.character == "0" and not self.needle:
            self.work(self._hide("", None, only_criticism=True))
        elif event.character and event.character in "123456789" and not self._begins_an_id(event.character):
            self.work(self._take(int(event.character)))
        elif event.character and event.character.isprintable() and (self.needle or event.character != "/"):
            self._type((self.needle + event.character)[:40])

    def _begins_an_id(self, digit: str) -> bool:
        """Whether a digit goes on with a clause's own id that is being typed: M, then 1."""
        typed = f"{self.needle}{digit}".casefold()
        return bool(self.needle) and any(one.id.casefold().startswith(typed) for one in self.clauses())

    def _escape(self) -> None:
        if self.needle:
            self._type("")
        else:
            self.dismiss()

    def _type(self, needle: str) -> None:
        self.needle = needle
        self.redraw()

    async def _take(self, digit: int | None) -> None:
        """Hide on the clause of a digit, on the only one typed, or on the suggestion."""
        if self._taking:
            return
        self._taking = True
        try:
            await self._read.wait()
            clause = self._chosen(digit)
            if clause is None or self.detail is None:
                self._none_such(digit)
            elif not clause.hideable:
                self.tell(
                    _("{clause} is never a ground for hiding. Esc, then e hands it off.", clause=clause.id), "bad"
                )
            elif self._grounded(clause):
                await self._hide(clause.id, None)
            else:
                self.clause, self.marking = clause, Marking.of(self.detail.text)
                self._follow()
        finally:
            self._taking = False

    def _none_such(self, digit: int | None) -> None:
        if digit is not None:
            self.tell(_("No clause has the digit {digit}.", digit=digit), "warn")
        elif self.needle:
            self.tell(_("More than one clause matches, or none: type more of it."), "warn")
        else:
            self.tell(_("Nothing is suggested here: take a digit."), "warn")

    def _grounded(self, clause: ClauseView) -> bool:
        """Whether the engine has words for this clause already, or there are none to mark: a picture."""
        assert self.detail is not None
        found = any(one.clause == clause.id and not one.hint for one in self.detail.findings)
        return found or not self.detail.text.strip()

    def _chosen(self, digit: int | None) -> ClauseView | None:
        if digit is not None:
            return next((one for one in self.clauses() if one.digit == digit), None)
        found = self.clauses()
        if self.needle:
            return found[0] if len(found) == 1 else None
        return self.suggested()

    def _mark_key(self, event: events.Key) -> None:
        assert self.marking is not None
        assert self.clause is not None
        if event.key == "escape":
            self.clause = self.marking = None
        elif event.key in STEPS:
            self.marking = self.marking.move(STEPS[event.key])
        elif event.key in ("up", "k", "down", "j"):
            self._mark_line(-1 if event.key in ("up", "k") else 1)
        elif event.key in ("home", "g", "end", "G"):
            self.marking = self.marking.move(-len(self.marking.words) if event.key in ("home", "g") else 10**6)
        elif event.key == "v":
            self.marking = self.marking.press()
        elif event.key == "enter" and self.marking.span is not None:
            self.work(self._hide(self.clause.id, self.marking.span))
        self._follow()

    def _mark_line(self, by: int) -> None:
        """The word straight above or below."""
        assert self.marking is not None
        origins = self._layout(self.query_one("#body", Paper).size.width).origins
        self.marking = self.marking.to(line_beside(origins, self.marking.cursor[0], by))

    def _follow(self) -> None:
        """Draw, with the word under the cursor in sight."""
        self.redraw()
        body = self.query_one("#body", Paper)
        if self.marking is None or not body.size.width:
            return
        place = self.marking.cursor[0]
        lines = self._layout(body.size.width).origins
        at = next((n for n, line in enumerate(lines) if line and line[0] <= place <= line[-1]), 0)
        if at < body.top:
            body.scroll_lines(at - body.top)
        elif at >= body.top + body.size.height:
            body.scroll_lines(at - body.top - body.size.height + 1)

    async def _hide(self, clause: str, span: tuple[int, int] | None, only_criticism: bool = False) -> None:
        """Have the desk do it; a refusal stays here, with its cure."""
        await self._read.wait()
        start, end = span or (None, None)
        ask = asks.Hide(self.row.comment_version, clause, self.masked, start, end, only_criticism=only_criticism)
        label = _("hide {item}", item=named(self.row))
        done = await self.desk.perform(self.row.id, "hide", ask, label)
        if self.is_current and (done is not None or only_criticism):
            self.dismiss()
        elif self.alive:
            self.redraw()


def _sentence(words: str, width: int, role: str = "dim") -> list[Line]:
    """A sentence in at most two lines, nothing where there is none."""
    return [line(f" {part}", role) for part, _at in text.wrap(words, width - 2)][:2] if words else []


def _columns(entries: list[Line], width: int) -> list[Line]:
    """Entries side by side in two columns, read from left to right."""
    column = max((width - 2) // 2, 20)
    lines: list[Line] = []
    for first, second in zip(entries[::2], [*entries[1::2], None], strict=False):
        left = fit(first, column - 1)
        gap = " " * (column - sum(text.cells(part) for part, _role in left))
        lines.append(fit((*left, (gap, "text"), *(second or ())), width))
    return lines


def _entry(clause: ClauseView) -> Line:
    digit = str(clause.digit) if clause.digit <= LAST_DIGIT else "·"
    never = f"  {_('never hidden')}" if not clause.hideable else ""
    return (
        (f"  {digit}", "key"),
        (f" {clause.id} {clause.title}", "text" if clause.hideable else "dim"),
        (never, "dim"),
    )
