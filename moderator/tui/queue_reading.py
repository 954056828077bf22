"""The queue's list and its cursor: pages are read ahead of the officer, and nothing moves but by their hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from moderator.domain.view import Detail, QueuePage, Row, View
from moderator.locale import N_
from moderator.tui.early import PAGE, WIDE
from moderator.tui.loaded import Anchor, Loaded, Question
from moderator.tui.messages import Acted
from moderator.tui.paper import Paper
from moderator.tui.queue_list import QueueList
from moderator.tui.work import WorkScreen

REST = 0.15
"""Seconds that the cursor rests before the item beside the list is read."""
SOON = 0.1
"""Seconds within which rows that changed are read together."""
KEPT_DETAILS = 64
MORE = 128
"""Rows of a page that is read ahead."""
LONGEST = 200
"""Rows of the longest page that the desk gives."""
TRIES = 8
"""Longest pages read to reach back to the window; where they do not reach it, the window begins anew."""

OUTCOMES: dict[str, str] = {
    "leave": N_("left public"), "hide": N_("hiding"), "reply": N_("answering"), "escalate": N_("handed off"),
    "snooze": N_("put aside"), "approve": N_("approved"), "send_back": N_("sent back"), "close": N_("closed"),
    "assign": N_("assigned"), "cannot_read": N_("passed on"),
}  # fmt: skip
"""What a row says after an act of this session, until the list is brought up to date."""


class QueueReading(WorkScreen):
    """The list: what is read, what is kept, where the cursor stands."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded = Loaded()
        self.wanted = self.loaded.question
        """What was asked for last; an answer to another question comes too late."""
        self.list = QueueList(self.loaded)
        self.details: OrderedDict[tuple[int, int], Detail] = OrderedDict()
        self.beside: Detail | None = None
        """The item that is drawn beside the list: while the cursor moves, the one on which it rested last."""
        self.cursors: dict[View, int] = {}
        """View → the item under the cursor when it was left."""
        self._resting: Timer | None = None
        self._stale: set[int] = set()
        self._fetching: Timer | None = None
        self._paging = False

    # reading

    async def reattach(self) -> None:
        """The line is (again) up: read what is shown anew; the cursor stays on its item."""
        await self.open_question(self.wanted)

    async def open_view(self, view: View) -> None:
        """Show a view from its start, in the order that is in use."""
        await self.open_question(Question(view, "", self.wanted.order))

    async def open_question(self, question: Question, from_start: bool = False) -> None:
        """Show the desk's answer to a question: in its place where it is shown already, else from its start."""
        self.wanted = question
        same = question == self.loaded.question and not from_start
        anchor = self.loaded.anchor() if same else Anchor()
        pages = await self._pages(question, anchor, same) if question.answerable else []
        if question != self.wanted:
            return
        if pages is None:
            self.wanted = self.loaded.question
            return
        if not same:
            self._leave_for(question)
        self.loaded.begin(*pages, anchor=anchor)
        self.desk.state.count_cap = self.loaded.capped_at or self.desk.state.count_cap
        self.desk.state.fresh = 0
        self._shown_anew()

    async def _pages(self, question: Question, anchor: Anchor, same: bool) -> list[QueuePage] | None:
        """The pages of a list up to the cursor's item; None where the desk refuses."""
        cursor, place = (self.loaded.cursor, self.loaded.place) if same else (0, 0)
        size, read = (PAGE if place < PAGE else LONGEST), anchor.first
        pages: list[QueuePage] = []
        after = anchor.start
        while True:
            page = await self._ask_page(question, after, size)
            if page is None:
                return None
            pages.append(page)
            read, after = read + len(page.rows), page.after
            if not after or read > place or any(row.id == cursor for row in page.rows):
                return pages

    async def _ask_page(self, question: Question, after: str, size: int) -> QueuePage | None:
        client = self.desk.client
        page: QueuePage | None = await self.desk.ask(client.queue, question.view.value, after, size, **question.named())
        return page

    def _leave_for(self, question: Question) -> None:
        """Another list: each view keeps its own cursor."""
        self.cursors[self.loaded.view] = self.loaded.cursor
        cursor = self.cursors.get(question.view, 0) if question.view is not self.loaded.view else self.loaded.cursor
        self.loaded = self.list.loaded = Loaded(question, cursor=cursor)
        self.list.top = 0

    def _shown_anew(self) -> None:
        """The list shows other rows: what looks different is painted."""
        self.list.top = max(0, min(self.list.top, len(self.loaded) - self.list.height))
        self.list.follow(self.loaded.cursor)
        self.list.refresh_changed()
        self._moved()
        self.redraw()

    async def _more(self) -> None:
        """The page after the window."""
        loaded, after = self.loaded, self.loaded.after
        page = await self._ask_page(loaded.question, after, MORE)
        self._paging = False
        if page is not None and loaded is self.loaded and after == loaded.after:
            loaded.extend(page)
            self.list.refresh_changed()

    async def _back(self, start: str) -> None:
        """The page before the window, and as many after it as have come in between."""
        loaded, pages, after = self.loaded, list[QueuePage](), start
        while len(pages) < TRIES:
            page = await self._ask_page(loaded.question, after, LONGEST)
            if page is None or loaded is not self.loaded:
                self._paging = False
                return
            pages.append(page)
            after = page.after
            if not after or any(row.id in loaded.rows for row in page.rows):
                break
        self._paging = False
        self.list.top = max(0, self.list.top + loaded.reach_back(start, pages))
        self.list.refresh_changed()

    def rows_changed(self, ids: Iterable[int]) -> None:
        """These items may look different: read those that are loaded again, soon."""
        self._stale |= {item_id for item_id in ids if item_id in self.loaded.rows}
        if not self.loaded.ids and self.alive and self.wanted.answerable:
            self.work(self.open_question(self.wanted))
        elif self._stale and self._fetching is None:
            self._fetching = self.set_timer(SOON, self._fetch_stale)

    def _fetch_stale(self) -> None:
        self._fetching = None
        ids, self._stale = sorted(self._stale), set()
        for start in range(0, len(ids), LONGEST):
            self.work(self._take_rows(ids[start : start + LONGEST]))

    async def _take_rows(self, ids: list[int]) -> None:
        found = await self.desk.ask(self.desk.client.rows, ids)
        if found is not None:
            self.list.refresh_ids(self.loaded.keep(found))
            self._rest()

    def forget(self) -> None:
        """Nothing that was loaded counts any more."""
        self.details.clear()
        self.beside = None
        self.cursors.clear()
        self._stale.clear()
        self.loaded = self.list.loaded = Loaded(Question(self.loaded.view))
        self.wanted = self.loaded.question
        self.list.refresh()

    # the cursor

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.loaded.row

    def version_of(self, item_id: int) -> int:
        """The version of the comment that this list shows; 0 where it shows none."""
        row = self.loaded.rows.get(item_id)
        return row.comment_version if row else 0

    def thing(self) -> tuple[object, ...] | None:
        """The row under the cursor, in the version that is drawn."""
        row = self.row
        return ("row", row.id, row.comment_version) if row else None

    def _move(self, by: int) -> None:
        before = self.loaded.cursor
        if self.loaded.move(by):
            self.list.follow(before)
            self._moved()

    def _moved(self) -> None:
        """The cursor or the list moved: read ahead, and the item beside it once the cursor rests."""
        if not self._paging:
            before = self.loaded.wants_back(self.list.top)
            if self.loaded.wants_more(self.list.top + self.list.height):
                self._paging = True
                self.work(self._more())
            elif before is not None:
                self._paging = True
                self.work(self._back(before))
        self._rest()

    def _rest(self) -> None:
        """Show the item beside the list once the cursor rests on it: a moving cursor repaints no more than its rows."""
        if self.size.width < WIDE:
            return
        self.query_one("#pane", Paper).redraw()
        if self._resting is not None:
            self._resting.stop()
        row = self.row
        if row is not None and not self._is_beside(row):
            self._resting = self.set_timer(REST, self._read_beside)

    def _is_beside(self, row: Row) -> bool:
        """Whether the item beside the list is this one, as it stands now."""
        beside = self.beside
        return beside is not None and (beside.row.id, beside.row.version) == (row.id, row.version)

    def _read_beside(self) -> None:
        row = self.row
        if row is None:
            return
        known = self.details.get((row.id, row.version))
        if known is not None:
            self._show_beside(known)
        else:
            self.work(self._take_detail(row.id))

    def _show_beside(self, detail: Detail) -> None:
        """Draw this item beside the list."""
        pane = self.query_one("#pane", Paper)
        if self.beside is None or self.beside.row.id != detail.row.id:
            pane.top = 0
        self.beside = detail
        pane.redraw()

    async def _take_detail(self, item_id: int) -> None:
        detail = await self.desk.ask(self.desk.client.detail, item_id)
        if detail is None:
            return
        self.details[(item_id, detail.row.version)] = detail
        while len(self.details) > KEPT_DETAILS:
            self.details.popitem(last=False)
        self.list.refresh_ids(self.loaded.keep([detail.row]))
        if self.loaded.cursor == item_id:
            self._show_beside(detail)

    def neighbour(self, item_id: int, by: int) -> int:
        """The item before or after one in the list, passing over what was decided here; 0 at the end."""
        place = self.loaded.place_of(item_id)
        while True:
            place += by
            found = self.loaded.at(place) if place >= 0 else 0
            if not found or found not in self.loaded.outcomes:
                return found

    # what happens

    def on_acted(self, message: Acted) -> None:
        """An act was saved: the row says so where it stands, and the cursor goes on."""
        from moderator.tui.app import ADVANCING

        if message.act in ADVANCING:
            self.loaded.outcomes[message.item_id] = OUTCOMES.get(message.act, message.done.state.replace("_", " "))
            self.desk.state.marks.drop((message.item_id,))
        elif message.act in ("undo", "reopen", "reverse", "withdraw"):
            self.loaded.outcomes.pop(message.item_id, None)
        self.rows_changed((message.item_id,))
        self.list.refresh_ids((message.item_id,))
        if message.act in ADVANCING and self.desk.config.screen.advance == "next":
            self._advance(message.item_id)

    def _advance(self, item_id: int) -> None:
        """Put the next item under the cursor; its keys count once this terminal has confirmed it."""
        if self.loaded.cursor != item_id:
            return
        following = self.neighbour(item_id, 1) or self.neighbour(item_id, -1)
        row = self.loaded.rows.get(following)
        if row is not None:
            self.desk.ack.expect(("row", row.id, row.comment_version))
            self.go_to(following)

    def go_to(self, item_id: int) -> None:
        """Put the cursor on an item of the list."""
        place = self.loaded.place_of(item_id)
        if place >= 0:
            self._move(place - self.loaded.place)

    async def return_to(self, item_id: int, front: Screen[Any]) -> None:
        """After an undo: that very item again, here or as the item in front.

        The desk moves the cursor, over a slow line seconds before the officer sees it: what was confirmed of this row
        before does not count.
        """
        self.loaded.outcomes.pop(item_id, None)
        row = self.loaded.rows.get(item_id)
        if row is not None:
            self.desk.ack.expect(("row", row.id, row.comment_version))
        if self.desk.screen is not self or self.loaded.place_of(item_id) < 0:
            await self.desk.open_item(item_id, front=front)
        self.go_to(item_id)
        self.list.refresh_ids((item_id,))

    def show_again(self) -> None:
        """The row under the cursor looks different now."""
        self.list.refresh_ids((self.loaded.cursor,))
        super().show_again()
