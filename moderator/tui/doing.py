"""An act of the officer on its way to the desk, and what came of it, said in the one place for it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.tui.messages import Acted, Ask
from moderator.tui.work import WorkScreen

if TYPE_CHECKING:
    from moderator.tui.app import DeskApp


async def perform(app: DeskApp, front: Screen[Any], item_id: int, act: str, ask: Ask, label: str) -> view.Done | None:
    """Have the desk do it. `front` is the screen that asked. None where it was refused, which is said."""
    try:
        done: view.Done = await app.link.call(app.client.act, item_id, act, ask)
    except Refused as refusal:
        app.state.refuse(refusal)
        if refusal.code in (Code.TOO_LATE, Code.WRONG_STATE):
            app.state.forget(item_id)
        await _after_refusal(app, front, item_id, refusal)
        app.redraw()
        return None
    app.state.remember(done, label, monotonic())
    _tell_done(app, done)
    for screen in app.screen_stack:
        if isinstance(screen, WorkScreen):
            screen.post_message(Acted(item_id, act, done))
    app.redraw()
    return done


async def settle(app: DeskApp, effect_id: int, ask: asks.SettleEffect) -> bool:
    """A person's word on a parked effect; false where it was refused."""
    done = await app.ask(app.client.settle, effect_id, ask)
    if done is not None:
        _tell_done(app, done)
    return done is not None


def _tell_done(app: DeskApp, done: view.Done) -> None:
    app.state.tell(f"{done.sentence} · {app.state.clock(seconds=True)}", "good")
    app.want_status()


async def _after_refusal(app: DeskApp, front: Screen[Any], item_id: int, refusal: Refused) -> None:
    """An edit since the reading puts the item, with the difference, before the officer."""
    app.queue.rows_changed((item_id,))
    if refusal.code is Code.CHANGED:
        await app.open_item(item_id, seen=app.queue.version_of(item_id), front=front)
