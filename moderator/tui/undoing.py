"""What `z` takes back and `Z` does again: one item's act, or a bulk act as one."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from moderator.domain import asks
from moderator.locale import _
from moderator.tui.actions import key
from moderator.tui.state import Undoable

if TYPE_CHECKING:
    from moderator.tui.app import DeskApp


def nothing() -> str:
    """That nothing can be taken back, and what is left to do."""
    reopen = key("reopen")
    return _("Nothing of yours can be undone now. {reopen} reopens or reverses a decided item.", reopen=reopen)


async def undo(app: DeskApp, front: Screen[Any], target: Undoable | None = None) -> None:
    """Take back this, or what the strip names, and return to that very item. `front` is the screen that asked."""
    target = target or app.state.undo_target(monotonic())
    if target is None:
        app.state.tell(nothing(), "warn")
        app.redraw()
        return
    if target.batch_id:
        await app.queue.undo_batch(target)
        return
    done = await app.perform(target.item_id, target.act, asks.Nothing())
    if done is not None:
        app.state.forget(target.item_id)
        app.state.taken_back(target)
        await app.queue.return_to(target.item_id, front)
        app.redraw()


async def redo(app: DeskApp, item_id: int = 0) -> None:
    """Do again what was taken back last, or last on this item. The desk refuses where something has changed since."""
    found = [one for one in app.state.redoables if item_id in (0, one.item_id)]
    if not found:
        app.state.tell(_("Nothing was taken back that could be done again."), "warn")
        app.redraw()
        return
    target = found[-1]
    app.state.redone(target)
    if target.again is not None:
        app.queue.do_again(target.again)
        return
    await app.perform(target.item_id, "redo", asks.Nothing(), target.label)
