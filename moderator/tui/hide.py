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
from moderator.tui import frame, itemtext
from moderator.tui.actions import Place, bindings
from moderator.tui.base import DeskScreen
from moderator.tui.citizen import Mark, masks_of, quote
from moderator.tui.marking import Marking
from moderator.tui.paper import Line, Paper, both_ends, fit, line, rule
from moderator.tui.work import named

MARK_KEYS = "← → by word · v start and end · Enter takes them · Esc back"


class HideScreen(DeskScreen):
    """The menu of clauses over one comment."""

    PLACE = Place.HIDE
    BINDINGS: ClassVar = bindings(Place.HIDE)

    def __init__(self, row: Row, masked: bool) -> None:
        super().__init__()
        self.row = row
        self.masked = masked
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
        self._read.set()
        if self.alive:
            self.redraw()

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
        urgent = frame.urgent_piece(self.desk.state, "Esc u")
        head = both_ends([(f" Hide {named(self.row)}", "title")], urgent, width)
        return [head, *frame.banners(self.desk.state, width), rule(width)]

    def draw_comment(self, width: int, height: int) -> list[Line]:
        """The comment, with what was found or what is being marked."""
        if self.detail is None:
            return [line(" reading…", "dim")]
        options = itemtext.Options(revealed=not self.masked)
        return list(itemtext.target_layout(self.detail, width, options, self._marks()).lines)

    def _marks(self) -> tuple[Mark, ...]:
        if self.marking is None:
            return ()
        span = self.marking.span
        cursor = Mark(*self.marking.cursor, "cursor")
        return (
            (Mark(*span, "marked"), cursor)
            if span and not self.marking.done
            else ((Mark(*span, "marked"),) if span else (cursor,))
        )

    def draw_menu(self, width: int, height: int) -> list[Line]:
        """The clauses with their digits, or the marking of words."""
        if self.clause is not None:
            return [rule(width), *self._marking_lines(width)]
        means = self.detail.powers.hide_means if self.detail else ""
        reason = f" Reason?  {self._enter()}"
        typed = f"typed: {self.needle}▏" if self.needle else "more by typing"
        lines = [rule(width), fit(((f" {means}", "dim"),), width)]
        lines.append(((f"{reason} · ", "title"), (typed, "accent" if self.needle else "dim")))
        lines += self._clause_lines(width)
        lines.append(line(" 0 only criticism of government or an official → it stays"))
        return [*lines, *self._told(width)]

    def _enter(self) -> str:
        found = self.suggested()
        return f"(Enter: {found.digit})" if found else "(nothing suggested)"

    def _clause_lines(self, width: int) -> list[Line]:
        suggested = self.suggested()
        lines: list[Line] = []
        if suggested is not None and self.detail is not None:
            finding = next(one for one in self.detail.findings if one.clause == suggested.id)
            masks = masks_of(self.detail.findings, not self.masked)
            words = quote(self.detail.text, finding.start, finding.end, masks, width // 3)
            lines.append(fit((*_entry(suggested), ("  suggested · ", "good"), (words, "text")), width))
        rest = [one for one in self.clauses() if one is not suggested and (one.digit < 10 or self.needle)]
        column = max((width - 2) // 2, 20)
        for first, second in zip(rest[::2], [*rest[1::2], None], strict=False):
            left = fit(_entry(first), column - 1)
            gap = " " * (column - sum(text.cells(part) for part, _ in left))
            lines.append(fit((*left, (gap, "text"), *(_entry(second) if second else ())), width))
        return lines

    def _told(self, width: int) -> list[Line]:
        """Honest to the citizen: whether the author learns of it."""
        if self.detail is None:
            return []
        told = "will be told by the platform" if self.detail.powers.author_told else "will NOT be told by the platform"
        appeal = self.policy.appeal if self.policy else ""
        seconds = int(self.desk.config.times.hide_window)
        return [fit(((f" Author {told} · appeal: {text.one_line(appeal)}", "dim"),), width),
                line(f" leaves in {seconds} s, z takes it back", "dim")]  # fmt: skip

    def _marking_lines(self, width: int) -> list[Line]:
        assert self.clause is not None
        heading = f" {self.clause.id} {self.clause.title}: mark the words that it rests on."
        span = self.marking.span if self.marking else None
        words = quote(self.detail.text, *span, (), width - 12) if span and self.detail else "–"
        return [fit(((heading, "warn"),), width), fit(((" marked: ", "dim"), (words, "text")), width),
                line(f" {MARK_KEYS}", "dim")]  # fmt: skip

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """What happened, and the way back."""
        keys: Line = ((" digit", "key"), (" hide on it  ", "dim"), ("⏎", "key"), (" the suggestion  ", "dim"),
                      ("0", "key"), (" it stays  ", "dim"), ("Esc", "key"), (" back", "dim"))  # fmt: skip
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
        elif event.character and event.character.isdigit():
            self.work(self._take(int(event.character)))
        elif event.character and event.character.isprintable():
            self._type((self.needle + event.character)[:40])

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
                what = (
                    "Nothing is suggested here: take a digit." if digit is None else f"No clause has the digit {digit}."
                )
                self.tell(what, "warn")
            elif not clause.hideable:
                self.tell(f"{clause.id} is never a ground for hiding. Esc, then e hands it off.", "bad")
            elif any(one.clause == clause.id and not one.hint for one in self.detail.findings):
                await self._hide(clause.id, None)
            else:
                self.clause, self.marking = clause, Marking.of(self.detail.text)
                self.redraw()
        finally:
            self._taking = False

    def _chosen(self, digit: int | None) -> ClauseView | None:
        if digit is not None:
            return next((one for one in self.clauses() if one.digit == digit), None)
        found = self.clauses()
        return found[0] if self.needle and len(found) == 1 else self.suggested()

    def _mark_key(self, event: events.Key) -> None:
        assert self.marking is not None
        assert self.clause is not None
        if event.key == "escape":
            self.clause = self.marking = None
        elif event.key in ("right", "l", "w"):
            self.marking = self.marking.move(1)
        elif event.key in ("left", "b"):
            self.marking = self.marking.move(-1)
        elif event.key == "v":
            self.marking = self.marking.press()
        elif event.key == "enter" and self.marking.span is not None:
            self.work(self._hide(self.clause.id, self.marking.span))
        self.redraw()

    async def _hide(self, clause: str, span: tuple[int, int] | None, only_criticism: bool = False) -> None:
        """Have the desk do it; a refusal stays here, with its cure."""
        await self._read.wait()
        start, end = span or (None, None)
        ask = asks.Hide(self.row.comment_version, clause, self.masked, start, end, only_criticism=only_criticism)
        done = await self.desk.perform(self.row.id, "hide", ask, f"hide {named(self.row)}")
        if self.is_current and (done is not None or only_criticism):
            self.dismiss()
        elif self.alive:
            self.redraw()


def _entry(clause: ClauseView) -> Line:
    digit = str(clause.digit) if clause.digit < 10 else "·"
    never = "  never hidden" if not clause.hideable else ""
    return (
        (f"  {digit}", "key"),
        (f" {clause.id} {clause.title}", "text" if clause.hideable else "dim"),
        (never, "dim"),
    )
