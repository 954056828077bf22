"""In tmux, whose own cells are the judge: whatever script a row's author writes in, its columns start where all do."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import FAST, DeskProcess, comments, import_account
from tests.e2e.tmux import Pane, pane

pytestmark = pytest.mark.e2e

AUTHORS = {
    "latin": "Citizen Plain",
    "assamese": "কৌশিক শইকীয়াৰ",
    "hindi": "गीता देवी की ओर",
    "tamil": "கோவை தமிழ்",
    "dzongkha": "རྫོང་ཁའི་མི།",
    "arabic": "أَحْمَدُ بْنُ",
    "emoji": "👩‍👩‍👧‍👦 🌊❤️ fam",
    "joined": "ক্‌ষ র্‍য श्री",
}
"""Names with spacing signs, stacked signs, marks, joiners, from right to left, and with pictures."""
WORDS = (
    "when will the road open?", "no water since Monday", "thank you", "who signs this form", "our lamp is out",
    "bus 12 never came", "photo of the bridge", "helpline is busy",
)  # fmt: skip
"""Comments that nobody takes for one another, so that none is collapsed."""
NARROW = """
from moderator import text
from moderator.tui import terminal

def measure():
    text.use_wide_marks(False)
    terminal.match_widths(False)

terminal.measure = measure
"""
"""A `sitecustomize` with which spacing vowel signs take no cell, as the library's own tables have it."""


def marked(number: int) -> str:
    """The first word of a comment, which stands in no other row."""
    return f"Row{number:02d}q"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    found = DeskProcess(tmp_path_factory.mktemp("scripts"), FAST)
    try:
        found.start()
        with contextlib.closing(found.client()) as client:
            account = import_account(client)
            lines = [
                json.dumps({
                    "id": f"r{number}", "text": f"{marked(number)} {WORDS[number]}",
                    "author": {"id": f"a{number}", "name": name}, "created_at": "2026-11-22T10:00:00Z",
                }).encode() + b"\n"
                for number, name in enumerate(AUTHORS.values())
            ]  # fmt: skip
            # the first row stands under the cursor, and beside the list: it is not measured
            client.import_lines(account, [*comments(1), *lines])
        yield found
    finally:
        found.kill()


def cell(screen: Pane, word: str) -> int:
    """The cell in which a word begins, as tmux counts: its own search puts its own cursor there."""
    screen.tmux("copy-mode", "-t", "main")
    screen.tmux("send-keys", "-t", "main", "-X", "history-bottom")
    screen.tmux("send-keys", "-t", "main", "-X", "search-backward", word)
    place = screen.tmux("display-message", "-p", "-t", "main", "#{copy_cursor_x}")
    screen.tmux("send-keys", "-t", "main", "-X", "cancel")
    return int(place)


def columns(screen: Pane) -> dict[str, int]:
    """Script → the cell in which the comment begins."""
    screen.shows(marked(len(AUTHORS) - 1), "all platforms up", "a leave")
    return {script: cell(screen, marked(number)) for number, script in enumerate(AUTHORS)}


@pytest.mark.req("B15", "X1")
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=["80", "120", "200"])
def test_the_comment_begins_in_the_same_cell_on_every_row(
    desk: DeskProcess, tmp_path: Path, size: tuple[int, int]
) -> None:
    with pane(tmp_path, desk.command(), desk.environment(), size) as screen:
        found = columns(screen)
    assert len(set(found.values())) == 1, found


@pytest.mark.req("B15", "X1")
def test_control_with_the_librarys_own_table_it_does_not(desk: DeskProcess, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NARROW, encoding="utf-8")
    with pane(tmp_path, desk.command(), {**desk.environment(), "PYTHONPATH": str(tmp_path)}) as screen:
        found = columns(screen)
    assert found["latin"] == found["dzongkha"] == found["arabic"], "they need no correction"
    assert {script for script, at in found.items() if at != found["latin"]} >= {"assamese", "hindi", "tamil"}


def test_the_names_are_whole(desk: DeskProcess, tmp_path: Path) -> None:
    """Aligned because they fit, not because they were dropped."""
    with pane(tmp_path, desk.command(), desk.environment(), (120, 40)) as screen:
        columns(screen)
        shown = screen.text()
        assert re.search("কৌশিক", shown)
        assert re.search("गीता", shown)
