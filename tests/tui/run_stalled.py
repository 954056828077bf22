"""Runs the full screen on a terminal that may stall, and tells beside it, in a file, each key that the desk heard of.

    python run_stalled.py FILE (ours | stock)

"stock" draws and writes as the library does: for the control.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from run_scripted import scripted

ROWS = 2000
RENEW = 0.05


def stock() -> None:
    """The library's own writer, and every frame drawn at once."""
    from textual.drivers.linux_driver import LinuxDriver

    from moderator.tui import terminal
    from moderator.tui.onscreen import OnScreen

    class Stock(LinuxDriver):
        """Unchanged."""

    vars(terminal)["driver"] = lambda handover: Stock
    OnScreen.held_back = property(lambda self: False)  # type: ignore[assignment,misc]


def main() -> int:
    """The desk of the stories with many items; it renews its leases quickly."""
    module = scripted()
    heard = Path(sys.argv[1])

    class Hearing(module.ScriptedDesk):  # type: ignore[misc,name-defined]
        """Tells the file when a key was pressed."""

        def alive(self, key: bool) -> None:
            if key:
                with heard.open("a") as file:
                    file.write("k")

    if sys.argv[2] == "stock":
        stock()
    desk: Any = Hearing()
    for number in range(1, ROWS):
        desk.add(number, f"Comment number {number}")
    from moderator.tui.early import run

    return run(desk, replace(module.CONFIG, times=replace(module.CONFIG.times, renew=RENEW)))


if __name__ == "__main__":
    sys.exit(main())
