"""The queue: a virtual list over pages held by id. The cursor is an id; nothing moves under it but by the officer."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from moderator.domain.asks import Order
from moderator.domain.view import View
from moderator.locale import _
from moderator.tui import frame, itemtext, search
from moderator.tui.actions import Place, bindings
from moderator.tui.early import WIDE
from moderator.tui.loaded import Loaded, Matches, Question
from moderator.tui.paper import BLANK, Line, Paper, fit, line, plain, rule
from moderator.tui.queue_marks import QueueMarks


class QueueScreen(QueueMarks):
    """The queue and, where there is room, the item beside it."""

    PLACE = Place.QUEUE
    BINDINGS: ClassVar = bindings(Place.QUEUE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual's own declaration)

    def __init__(self) -> None:
        super().__init__()
        self.search = search.Search()
        self.before: Loaded | None = None
        """The list as it was before something was looked for: Esc shows it again."""
        self.came_from = 0
        """The item under the cursor then."""

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

    @property
    def takes_text(self) -> bool:
        """While something is looked for, letters are text."""
        return self.search.open

    def language_changed(self) -> None:
        """The list has words of ours in it."""
        self.list.refresh()
        super().language_changed()

    # drawing

    def draw_head(self, width: int, height: int) -> list[Line]:
        """Desk, views, order, banners, what is looked for."""
        state, loaded = self.desk.state, self.loaded
        top = [frame.head(state, width), frame.views(state, loaded.view, width, loaded.question.order)]
        return [*top, *frame.banners(state, width), *search.draw(self.search, loaded, width), rule(width)]

    def draw_pane(self, width: int, height: int) -> list[Line]:
        """The item under the cursor, beside the list; while the cursor moves, the one before, and that is said."""
        row, detail, state = self.row, self.beside, self.desk.state
        if row is None:
            return [BLANK]
        if detail is None:
            return [itemtext.facts_line(row, state.now, state.clock(row.arrived), width), rule(width)]
        told = detail.row
        head = itemtext.facts_line(told, state.now, state.clock(told.arrived), width)
        if (told.id, told.comment_version) != (row.id, row.comment_version):
            head = fit(line(" " + _("before: {item}", item=plain(head).strip()), "dim"), width)
        options = itemtext.Options(revealed=told.id in state.revealed)
        shown = itemtext.body(detail, state, width, options)
        known = itemtext.facts(detail, state, width, options, height // 2)
        room = max(height - 2 - len(known), 1)
        if len(shown) > room:  # what was found stays in sight, however long the words are
            more = _("{n} more lines: Enter opens it all", n=len(shown) - room + 1)
            shown = [*shown[: room - 1], line(f" {more}", "dim")]
        return [head, rule(width), *shown, *known]

    def on_resize(self, event: events.Resize) -> None:
        """A wider screen has room for the item beside the list."""
        self.call_after_refresh(self._rest)

    def forget(self) -> None:
        """Nothing that was loaded, marked or looked for counts any more."""
        super().forget()
        self.desk.state.marks.clear()
        self.desk.state.batches = ()
        self.before = None
        self.search.end()

    # moving

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

    def act_top(self) -> object:
        """To the first row of the view."""
        if self.loaded.first and self.loaded.matches is None:
            return self._to_the_start()
        self._move(-len(self.loaded))
        return None

    async def _to_the_start(self) -> None:
        """The first rows were let go on the way: they are read again."""
        await self.open_question(self.loaded.question, from_start=True)
        if not self.loaded.first:
            self._move(-len(self.loaded))

    def act_end(self) -> None:
        """To the last row that is loaded; where the view goes on, that is said."""
        self._move(len(self.loaded))
        if self.loaded.after:
            self.tell(_("The view goes on below: PgDn reads on, / narrows it down, a sort from the palette turns it."))

    act_next_item, act_previous_item = act_down, act_up

    # views and orders

    def act_back(self) -> None:
        """Here nothing lies behind; what was looked for is let go, and the list is as it was before."""
        if self.loaded.question.query or self.loaded.view is View.FOUND:
            self.work(self._show_plain())

    def act_view(self, digit: int) -> object:
        """A view by its digit; the last one asks for words to find."""
        view = list(View)[digit - 1]
        if view is not View.FOUND:
            self.before = None
            self.search.end()
            return self.open_view(view)
        self._begin_search()
        words = self.loaded.question.query if self.loaded.view is View.FOUND else ""
        self.search.begin(words)
        return self.open_question(Question(view, words))

    def act_fresh(self) -> object:
        """Bring in what has arrived, and let go what has left."""
        return self.open_question(self.wanted)

    def _sort(self, order: Order) -> object:
        return self.open_question(self.wanted._replace(order=order), from_start=True)

    def act_sort_priority(self) -> object:
        """The desk's own order."""
        return self._sort(Order.PRIORITY)

    def act_sort_due(self) -> object:
        """What is due first on top."""
        return self._sort(Order.DUE)

    def act_sort_age(self) -> object:
        """The oldest on top."""
        return self._sort(Order.AGE)

    def act_sort_newest(self) -> object:
        """The newest on top."""
        return self._sort(Order.NEWEST)

    # looking for something

    def act_find(self) -> None:
        """Look for something: what is loaded narrows as one types, Enter asks the desk."""
        self._begin_search()
        self.search.begin(self.loaded.question.query)
        self.redraw()

    def _begin_search(self) -> None:
        """Remember the list and the place in it, where nothing is looked for yet."""
        if self.loaded.view is not View.FOUND and not self.loaded.question.query and not self.search.open:
            self.before, self.came_from = self.loaded, self.loaded.cursor

    def on_key(self, event: events.Key) -> None:
        """While something is looked for, letters narrow, Enter asks the desk, Esc shows all again."""
        if not self.search.open or event.key == "ctrl+q":
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.work(self._show_plain())
        elif event.key == "enter":
            self._look()
        elif event.key in ("down", "up"):
            self._move(1 if event.key == "down" else -1)
        else:
            typed = self.search.after_key(event.key, event.character)
            if typed is not None:
                self._type(typed)

    def _type(self, typed: str) -> None:
        """Show only what is loaded and fits. In what was found, the desk alone knows: there Enter looks again."""
        self.search.type(typed, self.desk.state.names())
        asked = self.search.read()
        if asked is not None and self.loaded.view is not View.FOUND:
            self._narrow(self.search.matcher(asked, self.desk.state.now))
        self.redraw()

    def _narrow(self, matches: Matches | None) -> None:
        self.loaded.narrow(matches)
        self.list.top = 0 if matches is not None else max(self.loaded.place - self.list.height // 2, 0)
        self.list.follow(self.loaded.cursor)
        self.list.refresh()
        self._moved()

    def _look(self) -> None:
        """Enter: the desk looks through the whole view, or says what is wrong with the words."""
        asked = self.search.read()
        if asked is None:
            self.search.refused = True
            self.redraw()
            return
        question = self.loaded.question._replace(query=self.search.typed.strip())
        if not question.query:
            self.work(self._show_plain())
            return
        self.work(self._ask_desk(question))

    async def _ask_desk(self, question: Question) -> None:
        """The line closes; where the desk refuses, it is there again, as it was typed."""
        typed = self.search.typed
        self.search.end()
        self.redraw()
        await self.open_question(question, from_start=True)
        if self.wanted == self.loaded.question != question:
            self.search.begin(typed)
            self.redraw()

    async def _show_plain(self) -> None:
        """All again: the list as it was before, at once and in its old place, and then brought up to date."""
        self.search.end()
        kept, self.before = self.before, None
        if kept is None:
            await self.open_view(View.NEW if self.loaded.view is View.FOUND else self.loaded.view)
            return
        left = kept is not self.loaded
        self.loaded, self.list.loaded, self.wanted = kept, kept, kept.question
        kept.cursor = self.came_from if self.came_from in kept.rows else kept.cursor
        self._narrow(None)
        self.redraw()
        if left and self.desk.state.line_up:
            await self.open_question(self.wanted)
