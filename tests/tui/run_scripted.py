"""Runs the full screen against the scripted desk on a real terminal: for the tests that need a pty."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any


def scripted() -> Any:
    """The module that holds the scripted desk."""
    spec = importlib.util.spec_from_file_location("scripted", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["scripted"] = module
    spec.loader.exec_module(module)
    return module


def hostile(desk: Any, corpus: Path) -> None:
    """Every item as hostile as can be, and as if nobody had cleaned it."""
    entries = [json.loads(entry)["text"] for entry in corpus.read_text(encoding="utf-8").splitlines()]
    for number, words in enumerate((one for one in entries if "\ud800" not in one), 1):
        row = desk.rows_by_id.get(number) or desk.add(number, "x")
        desk.texts[number] = words
        desk.rows_by_id[number] = replace(row, text=words, author=words, account=words[:9], masks=())


def main() -> int:
    """The desk of the stories, with as many more items as asked for."""
    module = scripted()
    desk = module.ScriptedDesk()
    desk.add(1, "Water at roof, 4 of us", author="@hojai")
    desk.add_abusive(2)
    desk.add(3, "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই, কেতিয়া আহিব?", language="as")
    for number in range(4, 4 + int(sys.argv[1])):
        desk.add(number, f"Comment number {number}")
    if len(sys.argv) > 2:
        hostile(desk, Path(sys.argv[2]))
    from moderator.tui.early import run

    status = run(desk, module.CONFIG)
    drafts = {key: draft.text for key, draft in desk.drafts.items()}
    left = [call[1] for call in desk.done("leave")]
    print(f"ended {status} closed {all(one.closed.is_set() for one in desk.streams)} drafts {drafts} left {left}")
    return status


if __name__ == "__main__":
    sys.exit(main())
