"""Nothing in this room draws through markup: our lines are segments; Textual's drawing of strings is not used."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "moderator" / "tui"
DRAWING = frozenset({"Static", "Label", "Markdown", "RichLog", "DataTable", "OptionList", "Tree", "Button", "Checkbox"})
"""Widgets that parse strings as markup, or pass them on."""
TELLING = frozenset({"notify", "from_markup", "update", "add_option", "add_row", "render_markup", "assemble"})
TITLES = frozenset({"border_title", "border_subtitle", "title", "sub_title", "tooltip", "placeholder"})
ALLOWED_UPDATES = frozenset({"revealed", "_painted_at", "rows", "found"})
"""Plain containers whose `update` has nothing to do with a screen."""


def breaches(source: str) -> list[str]:
    """Every use of a string-drawing facility."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = ast.unparse(node.func.value).split(".")[-1] if isinstance(node.func, ast.Attribute) else ""
            if name in DRAWING or (name in TELLING and owner not in ALLOWED_UPDATES):
                found.append(f"{node.lineno}: {ast.unparse(node.func)}")
            found += [f"{node.lineno}: markup=" for keyword in node.keywords if keyword.arg == "markup"]
            found += [
                f"{node.lineno}: {keyword.arg}=" for keyword in node.keywords if keyword.arg in TITLES - {"title"}
            ]
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [f"{node.lineno}: {one.attr}" for one in targets
                      if isinstance(one, ast.Attribute) and one.attr in TITLES]  # fmt: skip
    return found


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.name)
def test_nothing_is_drawn_through_strings(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["yield Static(comment.text)", "self.notify(text)", "label.update(text)", "self.border_title = author",
     "Paper(x, markup=True)", "options.add_option(row.text)", "Input(placeholder=author)"],
)  # fmt: skip
def test_a_breach_is_seen(source: str) -> None:
    """The control."""
    assert breaches(f"def f():\n    {source}") != []
