"""The queue: a virtual list over pages held by id. The cursor is an id; nothing moves under it but by the officer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.timer import Timer

from moderator.domain.view import Detail, Row, View
from moderator.tui import frame, itemtext
from moderator.tui.actions import Place, bindings
from moderator.tui.early import PAGE, WIDE
from moderator.tui.loaded import Loaded
from moderator.tui.messages import Acted
from moderator.tui.paper import BLANK, Line, Paper, line, rule
from moderator.tui.queue_list import QueueList
from moderator.tui.work import WorkScreen

if TYPE_CHECKING:
    pass

REST = 0.12
"""Seconds that the cursor rests before the item beside the list is read."""
KEPT_DETAILS = 64


class QueueScreen(WorkScreen):
    """The queue and, where there is room, the item beside it."""

    PLACE = Place.QUEUE
    BINDINGS: ClassVar = bindings(Place.QUEUE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual's own declaration)

    def __init__(self) -> None:
        super().__init__()
        self.loaded = Loaded()
        self.wanted = self.loaded.view
        """The view that was asked for last; an answer for another one comes too late."""
        self.list = QueueList(self.loaded)
        self.details: OrderedDict[tuple[int, int], Detail] = OrderedDict()
        self._resting: Timer | None = None
        self._stale: set[int] = set()
        self._fetching: Timer | None = None
        self._paging = False
        self.finding = False

    def content(self) -> ComposeResult:
        """List and item."""
        with Horizontal(id="columns"):
            yield self.list
            pane = Paper(self.draw_pane, id="pane", grow=True)
            yield pane

    def on_screen_resume(self) -> None:
        """In front again: the terminal's cursor returns to the row."""
        self.list.show_cursor()
        super().on_screen_resume()

    def draw_head(self, width: int, height: int) -> list[Line]:
        """Desk, views, banners."""
        state = self.desk.state
        top = [frame.head(state, width), frame.views(state, self.loaded.view, width)]
        caret = "▏" if self.finding else " "
        sought = f" / {self.loaded.needle}{caret} {len(self.loaded)} of {len(self.loaded.ids)} loaded"
        found = [line(sought, "accent")] if self.finding or self.loaded.needle else []
        return [*top, *frame.banners(state, width), *found, rule(width)]

    def draw_pane(self, width: int, height: int) -> list[Line]:
        """The item under the cursor, beside the list."""
        row = self.row
        detail = self.details.get((row.id, row.version)) if row else None
        if row is None:
            return [BLANK]
        state = self.desk.state
        head = itemtext.facts_line(row, state.now, state.clock(row.arrived), width)
        if detail is None:
            return [head, rule(width)]
        options = itemtext.Options(revealed=row.id in state.revealed)
        shown = itemtext.body(detail, state, width, options)
        known = itemtext.facts(detail, state, width, options, height // 2)
        room = max(height - 2 - len(known), 1)
        if len(shown) > room:  # what was found stays in sight, however long the words are
            shown = [*shown[: room - 1], line(f" {len(shown) - room + 1} more lines: Enter opens it all", "dim")]
        return [head, rule(width), *shown, *known]

    # reading

    async def reattach(self) -> None:
        """The line is (again) up: read the view anew; the cursor stays on its item."""
        await self.open_view(self.wanted)

    async def open_view(self, view: View) -> None:
        """Show a view from its start."""
        self.wanted = view
        page = await self.desk.ask(self.desk.client.queue, view.value, "", PAGE)
        if view is not self.wanted:
            return
        if page is None:
            self.wanted = self.loaded.view
            return
        if view is not self.loaded.view:
            self.loaded.view, self.loaded.needle, self.loaded.cursor = view, "", 0
        self.loaded.begin(page)
        self.desk.state.fresh = 0
        self.list.top = max(0, min(self.list.top, len(self.loaded) - self.list.height))
        self.list.follow(self.loaded.cursor)
        self.list.refresh_changed()
        self._moved()
        self.redraw()

    async def _more(self) -> None:
        loaded, asked = self.loaded, (self.loaded.view, self.loaded.after)
        page = await self.desk.ask(self.desk.client.queue, asked[0].value, asked[1], PAGE)
        self._paging = False
        if page is not None and loaded is self.loaded and asked == (loaded.view, loaded.after):
            loaded.extend(page)
            self.list.refresh_changed()

    def rows_changed(self, ids: Iterable[int]) -> None:
        """These items may look different: read those that are loaded again, soon."""
        self._stale |= {item_id for item_id in ids if item_id in self.loaded.rows}
        if not self.loaded.ids and self.alive:
            self.work(self.open_view(self.wanted))
        elif self._stale and self._fetching is None:
            self._fetching = self.set_timer(0.1, self._fetch_stale)

    def _fetch_stale(self) -> None:
        self._fetching = None
        ids, self._stale = sorted(self._stale), set()
        for start in range(0, len(ids), 200):
            self.work(self._take_rows(ids[start : start + 200]))

    async def _take_rows(self, ids: list[int]) -> None:
        found = await self.desk.ask(self.desk.client.rows, ids)
        if found is not None:
            self.list.refresh_ids(self.loaded.keep(found))
            self._rest()

    def forget(self) -> None:
        """Nothing that was loaded counts any more."""
        self.details.clear()
        self._stale.clear()
        self.loaded = self.list.loaded = Loaded(view=self.loaded.view)
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
        last = self.list.top + self.list.height
        if self.loaded.wants_more(last) and not self._paging:
            self._paging = True
            self.work(self._more())
        missing = self.loaded.missing(self.list.top, self.list.height)
        if missing:
            self.work(self._take_rows(missing))
        self._rest()

    def _rest(self) -> None:
        """Read the item beside the list once the cursor rests on it."""
        if self.size.width < WIDE:
            return
        pane = self.query_one("#pane", Paper)
        pane.top = 0
        pane.redraw()
        if self._resting is not None:
            self._resting.stop()
        row = self.row
        if row is not None and (row.id, row.version) not in self.details:
            self._resting = self.set_timer(REST, self._read_beside)

    def _read_beside(self) -> None:
        if self.row is not None:
            self.work(self._take_detail(self.row.id))

    async def _take_detail(self, item_id: int) -> None:
        detail = await self.desk.ask(self.desk.client.detail, item_id)
        if detail is None:
            return
        self.details[(item_id, detail.row.version)] = detail
        while len(self.details) > KEPT_DETAILS:
            self.details.popitem(last=False)
        self.list.refresh_ids(self.loaded.keep([detail.row]) if item_id in self.loaded.rows else [])
        self.query_one("#pane", Paper).redraw()

    def neighbour(self, item_id: int, by: int) -> int:
        """The item before or after one in the list, passing over what was decided here; 0 at the end."""
        place = self.loaded.place_of(item_id)
        while True:
            place += by
            found = self.loaded.at(place) if place >= 0 else 0
            if not found or found not in self.loaded.outcomes:
                return found

    def on_acted(self, message: Acted) -> None:
        """An act was saved: the row says so where it stands, and the cursor goes on."""
        from moderator.tui.app import ADVANCING

        words = message.done.state.replace("_", " ") or message.act
        if message.act in ADVANCING:
            self.loaded.outcomes[message.item_id] = OUTCOMES.get(message.act, words)
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
        """After an undo: that very item again, here or as the item in front."""
        self.loaded.outcomes.pop(item_id, None)
        if self.desk.screen is not self or self.loaded.place_of(item_id) < 0:
            await self.desk.open_item(item_id, front=front)
        self.go_to(item_id)
        self.list.refresh_ids((item_id,))

    def show_again(self) -> None:
        """The row under the cursor looks different now."""
        self.list.refresh_ids((self.loaded.cursor,))
        super().show_again()

    # keys

    def act_open(self) -> None:
        """The item, whole: in front at once, since the next key is already meant for it."""
        from moderator.tui.detail import ItemScreen

        if self.loaded.cursor:
            self.desk.push_screen(ItemScreen(self.loaded.cursor))

    act_thread = act_author = act_why = act_open

    def act_down(self) -> None:
        """One down."""
        self._move(1)

    def act_up(self) -> None:
        """One up."""
        self._move(-1)

    def act_page_down(self) -> None:
        """A page down."""
        self._move(self.list.height)

    def act_page_up(self) -> None:
        """A page up."""
        self._move(-self.list.height)

    def act_top(self) -> None:
        """To the first row."""
        self._move(-len(self.loaded))

    def act_end(self) -> None:
        """To the last row that is loaded."""
        self._move(len(self.loaded))

    act_next_item, act_previous_item = act_down, act_up

    def act_back(self) -> None:
        """Here nothing lies behind; a search ends."""
        if self.loaded.needle:
            self.find("")

    def act_view(self, digit: int) -> object:
        """A view by its digit."""
        return self.open_view(list(View)[digit - 1])

    def act_fresh(self) -> object:
        """Bring in what has arrived, and let go what has left."""
        return self.open_view(self.wanted)

    def act_find(self) -> None:
        """Find as you type, in the rows that are loaded."""
        self.finding = True
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        """While something is looked for, letters narrow, Enter keeps what is shown, Esc shows all again."""
        if not self.finding or event.key == "ctrl+q":
            return
        event.stop()
        event.prevent_default()
        needle = self.loaded.needle
        if event.key in ("escape", "enter"):
            self.finding = False
            self.find("" if event.key == "escape" else needle)
        elif event.key in ("down", "up"):
            self._move(1 if event.key == "down" else -1)
        elif event.key == "backspace":
            self.find(needle[:-1])
        elif event.character and event.character.isprintable():
            self.find((needle + event.character)[:60])

    def find(self, needle: str) -> None:
        """Show only loaded rows that contain this."""
        self.loaded.find(needle)
        self.list.top = 0
        self.list.follow(0)
        self.list.refresh()
        self._moved()
        self.redraw()


OUTCOMES: dict[str, str] = {
    "leave": "left public", "hide": "hidden", "reply": "answered", "escalate": "handed off", "snooze": "put aside",
    "approve": "approved", "send_back": "sent back", "close": "closed",
}  # fmt: skip
"""What a row says after an act of this session, until the list is brought up to date."""
