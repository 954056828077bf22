"""Marks, ranges and bursts in the queue, and acts on many items at once: each goes through its preview."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from moderator.domain import view
from moderator.domain.asks import Bulk, Seen
from moderator.domain.errors import Code, Refused
from moderator.locale import N_, _, n_
from moderator.tui.actions import key
from moderator.tui.queue_reading import OUTCOMES, QueueReading
from moderator.tui.state import ANY_TIME, Undoable
from moderator.tui.work import Doing

PROPOSED = N_("proposed")
"""What a row says that a bulk act has put before a second person."""
WATCH_EVERY = 1.0
"""Seconds between two readings of how far a bulk act is, while one is going out."""


class QueueMarks(QueueReading):
    """What is marked, and what is done with it."""

    def on_mount(self) -> None:
        """Follow what is going out."""
        self.set_interval(WATCH_EVERY, self._watch)

    # marking

    def act_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        row = self.row
        if row is not None:
            self.desk.state.marks.toggle(row)
            self._marked((row.id,))

    def act_range(self) -> None:
        """Mark everything from the last mark to the cursor."""
        row, marks = self.row, self.desk.state.marks
        if row is None:
            return
        if not marks.last:
            words = _("A range goes from the last mark to the cursor: mark its first row with {key}.", key=key("mark"))
            self.tell(words, "warn")
            return
        found = self.loaded.between(marks.last, row.id)
        if not found:
            self.tell(_("The last mark is not in this list any more: mark the first row of the range again."), "warn")
            return
        marks.add(found)
        marks.last = row.id
        self._marked(one.id for one in found)

    def act_alike(self) -> Doing:
        """Mark the near-duplicates of the row under the cursor, itself among them."""
        row = self.row
        return self._mark_alike(row) if row is not None else None

    async def _mark_alike(self, row: view.Row) -> None:
        found = await self.desk.ask(self.desk.client.alike, row.id)
        if found is None:
            return
        marks = self.desk.state.marks
        marks.add((row, *found))
        marks.last = row.id
        others = sum(one.id != row.id for one in found)
        self._marked((row.id, *(one.id for one in found)))
        if others:
            self.tell(n_("{n} near-duplicate is marked with it.", "{n} near-duplicates are marked with it.", others))
        else:
            self.tell(_("Nothing that is open is nearly the same as this; it is marked alone."))

    def act_unmark(self) -> None:
        """Take every mark away."""
        ids = tuple(self.desk.state.marks)
        self.desk.state.marks.clear()
        self._marked(ids)

    def _marked(self, ids: Iterable[int]) -> None:
        self.list.refresh_ids(ids)
        self.redraw()

    # deciding on many

    def act_leave(self) -> Doing:
        """Leave it public; where rows are marked, or one row stands for many, all of them, by way of the preview."""
        return None if self._many("leave") else super().act_leave()

    def act_hide(self) -> None:
        """Hide it; where rows are marked, or one row stands for many, all of them, by way of the preview."""
        if not self._many("hide"):
            super().act_hide()

    def _many(self, act: str) -> bool:
        """Open the preview, where this act is about more than the row under the cursor."""
        from moderator.tui.bulk import BulkScreen

        row, marks = self.row, self.desk.state.marks
        if marks:
            masked = any(self._covered(item_id) for item_id in marks)
            self.desk.push_screen(BulkScreen(act, marks.items(), masked))
            return True
        if row is not None and self.stands_for_many(row):
            self.desk.push_screen(BulkScreen(act, (Seen(row.id, row.comment_version),), self.masked, burst=row))
            return True
        return False

    def act_single(self, act: str, item_id: int) -> None:
        """The ordinary act on the row under the cursor, though it stands for many; nothing where the cursor went on."""
        if self.loaded.cursor != item_id:
            return
        outcome = super().act_leave() if act == "leave" else super().act_hide()
        if outcome is not None:
            self.work(outcome)

    def stands_for_many(self, row: view.Row) -> bool:
        """Whether this row is a burst of comments that are alike, collapsed to one line."""
        return row.copies > 1 and self.loaded.together

    def _covered(self, item_id: int) -> bool:
        """Whether words of an item were covered in this list. One that is not in it was not seen in full either."""
        row = self.loaded.rows.get(item_id)
        return row is None or (bool(row.masks) and item_id not in self.desk.state.revealed)

    async def do_bulk(self, ask: Bulk, preview: view.BulkPreview) -> bool:
        """Have the desk do what a preview showed, and nothing else; false where it was refused."""
        try:
            done: view.Done = await self.desk.link.call(self.desk.client.bulk, ask)
        except Refused as refusal:
            self.desk.state.refuse(refusal)
            return False
        state = self.desk.state
        state.tell(f"{done.sentence} · {state.clock(seconds=True)}", "good")
        if done.row_id and done.window_ms:
            deadline = None if done.window_ms == ANY_TIME else monotonic() + done.window_ms / 1000
            label = n_("{what}: {n} comment", "{what}: {n} comments", len(preview.taken), what=_(OUTCOMES[ask.act]))
            state.keep_undoable(Undoable(0, label, deadline, batch_id=done.row_id, again=ask))
        self._decided(ask.act, preview)
        await self.read_batches()
        return True

    def _decided(self, act: str, preview: view.BulkPreview) -> None:
        """The rows say what became of them, and the cursor goes on. What was left alone stays marked."""
        told = dict.fromkeys(preview.taken, OUTCOMES[act]) | dict.fromkeys(preview.to_review, PROPOSED)
        self.loaded.outcomes |= {key: words for key, words in told.items() if key in self.loaded.rows}
        self.desk.state.marks.drop(told)
        self.rows_changed(told)
        self.list.refresh_changed()
        if self.loaded.cursor in told and self.desk.config.screen.advance == "next":
            self._advance(self.loaded.cursor)

    def do_again(self, ask: Bulk) -> None:
        """The preview of a bulk act that was taken back: what has changed since is left out there."""
        from moderator.tui.bulk import BulkScreen

        self.desk.push_screen(BulkScreen(ask.act, ask.items, ask.masked, clause=ask.clause))

    # what is going out, and back

    def _watch(self) -> None:
        if self.desk.state.running is not None and self.desk.state.line_up:
            self.work(self.read_batches())

    async def read_batches(self) -> None:
        """How far the bulk acts of today are."""
        found = await self.desk.ask(self.desk.client.batches)
        if found is not None and self.alive:
            self.desk.state.batches = found
            self.desk.redraw()

    async def undo_batch(self, target: Undoable) -> None:
        """Stop a bulk act and restore what is out already: one act, however many items."""
        state = self.desk.state
        try:
            done = await self.desk.link.call(self.desk.client.undo_batch, target.batch_id)
        except Refused as refusal:
            state.refuse(refusal)
            if refusal.code in (Code.TOO_LATE, Code.WRONG_STATE):
                state.forget_batch(target.batch_id)
            self.desk.redraw()
            return
        state.forget_batch(target.batch_id)
        if target.again is not None:
            state.taken_back(target)
        state.tell(f"{done.sentence} · {state.clock(seconds=True)}", "good")
        await self.read_batches()
        await self.open_question(self.wanted)
        self.desk.want_status()
