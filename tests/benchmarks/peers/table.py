"""The queue as one would write it first: Textual's DataTable with every row in it.

python table.py ROWS
"""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable

COLUMNS = ("due", "finding", "account", "from", "comment")


class Table(App[None]):
    """A table of made-up comments."""

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Every row."""
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        table.add_rows(
            (f"in {n % 120} min", "– question", "fb dipr", f"citizen {n % 997}", f"Comment {n} about the road")
            for n in range(int(sys.argv[1]))
        )
        table.focus()

    async def action_down(self) -> None:
        """j, as in the desk."""
        self.query_one(DataTable).action_cursor_down()

    BINDINGS = [("j", "down", ""), ("k", "up", "")]  # noqa: RUF012

    def action_up(self) -> None:
        """k."""
        self.query_one(DataTable).action_cursor_up()


if __name__ == "__main__":
    Table().run()
