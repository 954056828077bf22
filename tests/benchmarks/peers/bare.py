"""The smallest Textual application: what the library itself costs before any of our own."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One word."""

    def compose(self) -> ComposeResult:
        """READY."""
        yield Static("READY")


if __name__ == "__main__":
    Bare().run()
