"""What screens tell each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from moderator.domain import asks, view


class Acted(Message):
    """An act was saved by the desk."""

    def __init__(self, item_id: int, act: str, done: view.Done) -> None:
        super().__init__()
        self.item_id = item_id
        self.act = act
        self.done = done


if TYPE_CHECKING:
    Ask = (
        asks.Nothing | asks.TakeOver | asks.Hold | asks.Leave | asks.Hide | asks.Reply | asks.Escalate | asks.Snooze
        | asks.Note | asks.ReceivedOrder | asks.Because | asks.Assign | asks.CannotRead | asks.Gloss | asks.MediaSeen
    )  # fmt: skip
else:
    Ask = object
"""Every body that an act can have: a name for the type checker, so that no ask is loaded for it."""
