"""Find as you type, in the rows that are loaded: the line stands over the queue, which narrows with each letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from moderator.tui.queue import QueueScreen


class FindScreen(ModalScreen[None], inherit_bindings=False):
    """Takes the keys while something is looked for; the queue below shows what is found."""

    DEFAULT_CSS = "FindScreen { background: transparent; }"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar = []

    def __init__(self, queue: QueueScreen) -> None:
        super().__init__()
        self.queue = queue

    def on_key(self, event: events.Key) -> None:
        """Letters narrow, Enter keeps what is shown, Esc shows all again."""
        event.stop()
        needle = self.queue.loaded.needle
        if event.key == "escape":
            self.queue.find("")
            self.dismiss()
        elif event.key == "enter":
            self.dismiss()
        elif event.key in ("down", "up"):
            self.queue.action_act(event.key)
        elif event.key == "backspace":
            self.queue.find(needle[:-1])
        elif event.character and event.character.isprintable():
            self.queue.find((needle + event.character)[:60])
