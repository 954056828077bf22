"""The composer: a reply as it is typed, the conduct code beside it, and a preview that alone can send.

What is typed is saved at the desk within a moment of the last key, with the caret; leaving loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, ClassVar

from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from moderator import text
from moderator.domain import asks
from moderator.domain.conduct import Conduct
from moderator.domain.errors import Refused
from moderator.domain.view import Detail, Row
from moderator.locale import _, n_
from moderator.tui import conductlines, fields, frame, itemtext
from moderator.tui.actions import Place, bindings, key
from moderator.tui.base import NOT_YET, DeskScreen
from moderator.tui.citizen import masks_of, name_of, named
from moderator.tui.formlist import lifting
from moderator.tui.forms import FormScreen
from moderator.tui.paper import Line, Paper, both_ends, line, rule
from moderator.tui.writing import Writing

CHECK_AFTER = 0.25
"""Seconds after the last key before the conduct check runs."""
CONTEXT_LINES = 6


class ReplyScreen(DeskScreen):
    """One reply to one comment."""

    PLACE = Place.WRITE
    BINDINGS: ClassVar = [
        *bindings(Place.WRITE),
        *bindings(Place.PREVIEW, only=("send", "to_text", "drop", "lift", "urgent")),
    ]

    def __init__(self, row: Row, masked: bool) -> None:
        super().__init__()
        self.row = row
        self.masked = masked
        self.detail: Detail | None = None
        self.conduct: Conduct | None = None
        self.checked = ""
        """The text that `conduct` speaks of."""
        self.saved = ""
        """The text as the desk has it."""
        self.saved_caret = 0
        self._in_turn = asyncio.Lock()
        """One save at a time, so that an older text never arrives after a newer one."""
        self._save_due: Timer | None = None
        self._check_due: Timer | None = None
        self.told = _("nothing typed yet")
        self.told_role = "dim"
        self.disclaimer = False
        self.previewing = False
        self.ready = False
        """True once an earlier draft was looked for: nothing is saved over it before."""

    def content(self) -> Iterable[Widget]:
        """The comment, the text, its marks; in the preview, what would be sent."""
        yield Paper(self.draw_comment, id="context")
        area = Writing("", id="text", tab_behavior="focus", show_line_numbers=False, soft_wrap=True, disabled=True)
        area.cursor_blink = False
        yield area
        preview = Paper(self.draw_preview, id="body", grow=True)
        preview.drawn = self._drawn
        yield preview
        yield Paper(self.draw_marks, id="marks")

    def on_mount(self) -> None:
        """Look for an earlier draft first."""
        self.query_one("#body", Paper).display = False
        self.work(self._open())

    async def _open(self) -> None:
        self.detail = await self.desk.ask(self.desk.client.detail, self.row.id, True)
        if not self.alive or self.detail is None:
            return
        covered = bool(masks_of(self.detail.findings, revealed=False))
        self.masked = covered and self.row.id not in self.desk.state.revealed
        self._take_draft(self.detail)
        self.ready = True
        self.area.disabled = False
        self.area.focus()
        self._check_later()
        self.redraw()

    def _take_draft(self, detail: Detail) -> None:
        """Put one's own draft into the text, with the caret where it stood."""
        draft = next((one for one in detail.drafts if one.mine), None)
        if draft is not None:
            self.area.text, self.saved, self.saved_caret = draft.text, draft.text, draft.caret
            self._say_saved(self.desk.state.clock(draft.saved_at, seconds=True))
            self.area.move_cursor(fields.location(draft.text, draft.caret))

    @property
    def area(self) -> Writing:
        """Where the reply is typed."""
        return self.query_one("#text", Writing)

    @property
    def is_helpline(self) -> bool:
        """Whether the text is the approved helpline answer, word for word."""
        policy = self.desk.state.policy
        return policy is not None and bool(policy.helpline) and self.area.text.strip() == policy.helpline.strip()

    # drawing

    def draw_head(self, width: int, height: int) -> list[Line]:
        """To whom, how long, and whether anything urgent waits."""
        found = self.conduct
        length = f" · {_('{n} of {limit}', n=found.length, limit=found.limit)}" if found else ""
        to, where = name_of(self.row.author), text.one_line(self.row.account)
        title = _("Reply to {author} on {account}", author=to, account=where)
        left = [(f" {title}", "title"), (f" · {self.row.language}{length}", "dim")]
        urgent = frame.urgent_piece(self.desk.state, ("" if self.previewing else "Esc ") + key("urgent"))
        return [both_ends(left, urgent, width), *frame.banners(self.desk.state, width), rule(width)]

    def draw_comment(self, width: int, height: int) -> list[Line]:
        """The start of what is being answered."""
        if self.detail is None:
            return [line(f" {_('reading…')}", "dim")]
        options = itemtext.Options(revealed=not self.masked)
        lines = list(itemtext.target_layout(self.detail, width, options).lines)
        rest = len(lines) - CONTEXT_LINES
        more = [line(f" {n_('{n} more line', '{n} more lines', rest)}", "dim")] if rest > 0 else []
        return [*lines[:CONTEXT_LINES], *more, rule(width)]

    def draw_preview(self, width: int, height: int) -> list[Line]:
        """Exactly what would be sent, signature included."""
        if self.conduct is None or self.checked != self.area.text:
            return [line(f" {_('checking…')}", "dim")]
        drawn = text.display(self.conduct.outgoing)
        words, role = self._heading(self.conduct)
        heading = [line(f" {part}", role) for part, _at in text.wrap(words, width - 2)]
        return [*heading, *(line(f"   {part}", "ours") for part, _at in text.wrap(drawn, width - 6))]

    def _heading(self, conduct: Conduct) -> tuple[str, str]:
        """What Enter would do with this text, and the role to draw it in."""
        if conduct.liftable and conduct.broken:
            return _("Does not go out so: change what is marked ✗; or F4 asks a second person."), "warn"
        if conduct.broken:
            return _("Does not go out so: change what is marked ✗."), "warn"
        times = self.desk.config.times
        seconds = int(times.helpline_window if self.is_helpline else times.reply_window)
        return _(
            "Goes out as follows, {n} s after Enter; {undo} takes it back until then.", n=seconds, undo=key("undo")
        ), "dim"

    def draw_marks(self, width: int, height: int) -> list[Line]:
        """The rules of conduct that are kept, then each that is broken, in a sentence."""
        return conductlines.marks(self.conduct, width)

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """What happened, whether it is saved, and the keys of this moment."""
        *more, last = frame.said_lines(self.desk.state, width - text.cells(self.told) - 2)
        strip = [*more, both_ends(last, [(f"{self.told} ", self.told_role)], width)]
        place = Place.PREVIEW if self.previewing else Place.WRITE
        keys = frame.keys(self.desk.state, place, width, self._next_keys())
        return [rule(width), *strip, keys]

    def _next_keys(self) -> tuple[str, ...]:
        """What can be done at this moment, by action."""
        if not self.previewing:
            back = ("restore",) if self.detail is not None and self.detail.dropped_draft else ()
            return ("to_preview", *back, "disclaimer", "helpline")
        lift = ("lift",) if self.conduct is not None and self.conduct.liftable else ()
        send = () if self.conduct is not None and self.conduct.broken else ("send",)
        return (*send, *lift, "to_text", "keep", "drop", "urgent")

    # typing

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A key: save soon, and check once the typing rests."""
        if not self.ready:
            return
        if self.area.text != self.saved:
            self.told, self.told_role = "…", "dim"
        self._save_later()
        self._check_later()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The caret has moved: it is part of the draft."""
        if self.ready:
            self._save_later()

    def _save_later(self) -> None:
        """A save is due so long after the first key that is not at the desk, however fast more keys follow."""
        if self._save_due is None:
            self._save_due = self.set_timer(self.desk.config.times.draft_ms / 1000, self._save_now)

    def _save_now(self) -> None:
        self._save_due = None
        self.work(self._save())

    def _check_later(self) -> None:
        if self._check_due is not None:
            self._check_due.stop()
        self._check_due = self.set_timer(CHECK_AFTER, lambda: self.work(self._check()))

    async def keep_draft(self) -> None:
        """Save what is not saved yet; a failure is said, and the text stays here."""
        await self._save()

    async def _save(self) -> None:
        async with self._in_turn:
            if not self.ready:
                return
            words = self.area.text
            caret = fields.caret(words, self.area.cursor_location)
            if (words or self.saved) and (words, caret) != (self.saved, self.saved_caret):
                await self._put(words, caret)

    async def _put(self, words: str, caret: int) -> None:
        """Have the desk keep this, and say whether it does."""
        ask = asks.SaveDraft(words, caret)
        try:
            await self.desk.link.call(self.desk.client.save_draft, self.row.id, ask)
        except Refused as refusal:
            self.told, self.told_role = _("NOT saved: the text stands only here"), "bad"
            self.desk.state.refuse(refusal)
        else:
            self.saved, self.saved_caret = words, caret
            self._say_saved(self.desk.state.clock(seconds=True))
        if self.alive:
            self.redraw()

    def _say_saved(self, when: str) -> None:
        self.told, self.told_role = _("saved {when}", when=when), "dim"

    async def reread(self) -> None:
        """The line is back: what could not be saved is saved now."""
        if self.ready:
            await self._save()
            await self._check()

    async def _check(self) -> None:
        words = self.area.text
        ask = asks.CheckConduct(self.row.id, words, self.disclaimer)
        found = await self.desk.ask(self.desk.client.conduct, ask)
        if found is not None and self.alive:
            self.conduct, self.checked = found, words
            self.redraw()

    # keys

    def thing(self) -> tuple[object, ...] | None:
        """The preview, in the words that it shows."""
        if self.conduct is None or self.checked != self.area.text:
            return None
        return ("preview", self.row.id, self.conduct.outgoing)

    def _drawn(self) -> None:
        thing = self.thing()
        if self.previewing and thing is not None:
            self.desk.ack.drawn(thing)

    def _show_preview(self, previewing: bool) -> None:
        self.previewing = previewing
        self.area.display = not previewing
        self.query_one("#body", Paper).display = previewing
        if previewing:
            self.set_focus(None)
            self.work(self._check())
        else:
            self.area.focus()
        self.redraw()

    def act_to_preview(self) -> object:
        """Esc: to the preview; there once more: keep and leave."""
        if self.previewing:
            return self.act_keep()
        self._show_preview(True)
        return None

    def act_to_text(self) -> None:
        """Back to the text, where the caret stood."""
        if self.previewing:
            self._show_preview(False)

    def act_keep(self) -> object:
        """Keep the draft and leave."""
        return self._leave()

    async def _leave(self) -> None:
        await self._save()
        if self.is_current:
            self.dismiss()

    def act_send(self) -> object:
        """Send what the preview shows, once this terminal has shown it."""
        return self._send() if self.previewing and self._seen() else None

    def _seen(self) -> bool:
        """Whether this terminal has shown what would be sent; says so where it has not."""
        thing = self.thing()
        if thing is not None and self.desk.ack.seen(thing):
            return True
        self.tell(_(NOT_YET) if thing else _("Not yet: the text is still being checked."), "warn")
        return False

    def _ask(self) -> asks.Reply:
        return asks.Reply(self.row.comment_version, self.area.text, self.masked, self.disclaimer, self.is_helpline)

    async def _send(self) -> None:
        done = await self.desk.perform(self.row.id, "reply", self._ask(), _("reply {item}", item=named(self.row)))
        if done is not None:
            self._is_out()
        elif self.alive:
            self.redraw()

    def _is_out(self) -> None:
        """The text has become a reply or a proposal: nothing of it is a draft any more."""
        self.ready = False
        if self.is_current:
            self.dismiss()

    def act_lift(self) -> object:
        """Ask a second person to let it out as it stands."""
        if not self.previewing or not self._seen() or self.conduct is None:
            return None
        hello, broken = self.desk.state.hello, self.conduct.broken
        if not broken:
            self.tell(_("Nothing has to be lifted: Enter sends it."))
        elif not self.conduct.liftable:
            self.tell(_("Nobody can lift what this text breaks. Change what is marked ✗."), "warn")
        elif hello is not None and hello.private:
            self.tell(_("This private desk has nobody else who could lift it. Change what is marked ✗."), "warn")
        else:
            return self._ask_second(" ".join(mark.sentence for mark in broken))
        return None

    async def _ask_second(self, rules: str) -> None:
        await self._save()
        form = FormScreen(self.row, lifting(self._ask(), text.one_line(rules)))
        await self.desk.push_screen(form, lambda _done: self._is_out() if form.done else None)

    def act_drop(self) -> object:
        """Drop the draft."""
        return self._drop() if self.previewing else None

    async def _drop(self) -> None:
        self.ready = False
        done = await self.desk.ask(self.desk.client.drop_draft, self.row.id)
        if done is not None:
            self.desk.state.tell(_("{sentence} F5 in the composer brings it back.", sentence=done.sentence))
            self.dismiss()
        else:
            self.ready = True

    def act_restore(self) -> object:
        """Bring a dropped draft back; what stands here is put away in its place."""
        return None if self.previewing or not self.ready else self._restore()

    async def _restore(self) -> None:
        await self._save()
        done = await self.desk.ask(self.desk.client.act, self.row.id, "restore_draft", asks.Nothing())
        detail = await self.desk.ask(self.desk.client.detail, self.row.id, True) if done is not None else None
        if done is None or detail is None or not self.alive:
            return
        self.detail = detail
        self._take_draft(detail)
        self.tell(done.sentence, "good")

    def act_disclaimer(self) -> object:
        """With or without the disclaimer."""
        self.disclaimer = not self.disclaimer
        return self._check()

    def act_helpline(self) -> None:
        """The approved helpline answer, word for word; what was typed stays above it."""
        policy = self.desk.state.policy
        if policy is None or not policy.helpline:
            self.tell(_("The policy has no helpline answer."), "warn")
        elif not self.area.text.strip():
            self.area.text = policy.helpline
        else:
            self.area.insert(f"\n{policy.helpline}", self.area.document.end)

    def act_urgent(self) -> Coroutine[Any, Any, None] | None:
        """To the most urgent item; the draft is kept."""
        return super().act_urgent() if self.previewing else None
