"""The item screen: one comment in its context, with what was found, what was done, and who looks at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.widget import Widget

from moderator.domain.view import Detail, Row
from moderator.locale import _
from moderator.tui import formlist, frame, itemfindings, itemtext
from moderator.tui.actions import Place, bindings
from moderator.tui.citizen import masks_of
from moderator.tui.messages import Acted
from moderator.tui.pages import ReadScreen
from moderator.tui.paper import Line, Paper, both_ends, line, rule
from moderator.tui.work import WorkScreen


class ItemScreen(WorkScreen):
    """One item, whole. Opening it tells the others that it is being looked at."""

    PLACE = Place.ITEM
    BINDINGS: ClassVar = bindings(Place.ITEM)

    def __init__(self, item_id: int, seen: int = 0) -> None:
        super().__init__()
        self.item_id = item_id
        self.detail: Detail | None = None
        self.options = itemtext.Options(seen_version=seen)

    def content(self) -> Iterable[Widget]:
        """The item's lines."""
        body = Paper(self.draw_body, id="body", grow=True)
        body.drawn = self._drawn
        yield body
        yield Paper(self.draw_facts, id="facts")

    async def on_mount(self) -> None:
        """Read it at once."""
        await self.reread()

    async def reread(self) -> None:
        """The item as it stands now; the view stays where it was."""
        item_id = self.item_id
        detail = await self.desk.ask(self.desk.client.detail, item_id, True)
        if detail is None or self.item_id != item_id or not self.alive:
            return
        before = self.detail
        if before is not None and before.row.comment_version < detail.row.comment_version:
            self.options = replace(self.options, seen_version=self.options.seen_version or before.row.comment_version)
            self.query_one("#body", Paper).top = 0
        self.detail = detail
        self.desk.queue.rows_changed((item_id,))
        self.redraw()

    def items_changed(self, ids: tuple[int, ...]) -> None:
        """An edit, a colleague's act, what became of an effect: shown while the item is open."""
        if self.item_id in ids:
            self.work(self.reread())

    async def show(self, item_id: int, seen: int = 0) -> None:
        """Put another item before the officer; its keys count once this terminal has confirmed it."""
        if item_id != self.item_id:
            self.item_id, self.detail = item_id, None
            self.query_one("#body", Paper).top = 0
        self.options = itemtext.Options(seen_version=seen)
        self.desk.queue.go_to(item_id)
        await self.reread()
        thing = self.thing()
        if thing is not None:
            self.desk.ack.expect(thing)
            self.query_one("#body", Paper).refresh()

    # drawing

    @property
    def row(self) -> Row | None:
        """This item's row."""
        return self.detail.row if self.detail else None

    @property
    def masked(self) -> bool:
        """Whether any word of it is still covered, however far down it stands."""
        covered = self.detail is not None and bool(masks_of(self.detail.findings, revealed=False))
        return covered and self.item_id not in self.desk.state.revealed

    def thing(self) -> tuple[object, ...] | None:
        """This item in the version that is drawn."""
        row = self.row
        return ("item", row.id, row.comment_version) if row else None

    def _drawn(self) -> None:
        thing = self.thing()
        if thing is not None:
            self.desk.ack.drawn(thing)

    def _options(self) -> itemtext.Options:
        """What is unfolded here, and what this session has uncovered."""
        state = self.desk.state
        press = formlist.press_office(self.desk.config.escalation)
        office = press.office if press else ""
        return replace(self.options, revealed=self.item_id in state.revealed, lighter=state.lighter, press=office)

    def draw_head(self, width: int, height: int) -> list[Line]:
        """Where in the list it stands, whose it is, who wrote it and when it is due."""
        state, loaded = self.desk.state, self.desk.queue.loaded
        place = loaded.place_of(self.item_id)
        item = _("item {item}", item=self.item_id)
        where = f"{place + 1}/{max(loaded.total, len(loaded))}" if place >= 0 else item
        name = f" ‹ {_(frame.VIEW_NAMES[loaded.view])} {where}"
        if self.detail is None:
            return [line(name, "dim"), line(f" {_('reading…')}", "dim"), rule(width)]
        row = self.detail.row
        whose = itemtext.work_words(row, self.detail.lease_left_ms)
        first = both_ends([(name, "dim")], [(f"{whose} ", "accent" if row.mine else "dim")], width)
        facts = itemtext.facts_line(row, state.now, state.clock(row.arrived), width)
        return [first, facts, *frame.banners(state, width), rule(width)]

    def draw_body(self, width: int, height: int) -> list[Line]:
        """The item."""
        return itemtext.body(self.detail, self.desk.state, width, self._options()) if self.detail else []

    def draw_facts(self, width: int, height: int) -> list[Line]:
        """What stays in sight below the words, however long they are."""
        if self.detail is None:
            return []
        most = max(self.size.height // 3, 6)
        return itemtext.facts(self.detail, self.desk.state, width, self._options(), most)

    # what happens

    def on_acted(self, message: Acted) -> None:
        """The act is saved: the next item, or this one as it stands now."""
        from moderator.tui.app import ADVANCING

        if message.item_id != self.item_id:
            return
        following = self.desk.queue.neighbour(self.item_id, 1)
        if message.act in ADVANCING and self.desk.config.screen.advance == "next" and following:
            self.work(self.show(following))
        elif message.act in ADVANCING and self.desk.config.screen.advance == "next":
            self.dismiss()
        else:
            self.work(self.reread())

    # keys

    def act_thread(self) -> None:
        """All voices, or those next to the comment."""
        self.options = replace(self.options, whole_thread=not self.options.whole_thread)
        self.redraw()

    def act_why(self) -> None:
        """Why it is here: a page with each clause as it is published, its rule, and the exact words."""
        detail = self.detail
        if detail is None:
            return
        self.desk.push_screen(
            ReadScreen(
                _("Why is item {item} here?", item=detail.row.id),
                lambda width: itemfindings.why_lines(detail, self.desk.state, width, self._options()),
            )
        )

    def act_author(self) -> None:
        """A few more of what this author wrote on our pages."""
        self.options = replace(self.options, author=not self.options.author)
        self.redraw()

    def _scroll(self, by: int) -> None:
        self.query_one("#body", Paper).scroll_lines(by)

    def act_down(self) -> None:
        """One line down."""
        self._scroll(1)

    def act_up(self) -> None:
        """One line up."""
        self._scroll(-1)

    def act_page_down(self) -> None:
        """A page down."""
        self._scroll(self.query_one("#body", Paper).size.height - 1)

    def act_page_up(self) -> None:
        """A page up."""
        self._scroll(1 - self.query_one("#body", Paper).size.height)

    def act_top(self) -> None:
        """To the beginning."""
        self._scroll(-10_000)

    def act_end(self) -> None:
        """To the end."""
        self._scroll(10_000)

    def _beside(self, by: int) -> object:
        found = self.desk.queue.neighbour(self.item_id, by)
        if not found:
            self.tell(_("There is no other item in this direction."))
            return None
        return self.show(found)

    def act_next_item(self) -> object:
        """The item after this one."""
        return self._beside(1)

    def act_previous_item(self) -> object:
        """The item before this one."""
        return self._beside(-1)
