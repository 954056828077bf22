"""What screens tell each other."""

from __future__ import annotations

from textual.message import Message

from moderator.domain import asks, view


class Acted(Message):
    """An act was saved by the desk."""

    def __init__(self, item_id: int, act: str, done: view.Done) -> None:
        super().__init__()
        self.item_id = item_id
        self.act = act
        self.done = done


Ask = (
    asks.Nothing | asks.TakeOver | asks.Hold | asks.Leave | asks.Hide | asks.Reply | asks.Escalate | asks.Snooze
    | asks.Note | asks.ReceivedOrder | asks.Because
)  # fmt: skip
"""Every body that an act can have."""
