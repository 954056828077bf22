"""The first page: drawn without textual, safe, in its place, and the terminal given back."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from moderator.config import Config
from moderator.domain.errors import Code, Refused
from moderator.tui import early

Open = Callable[..., Any]


def test_it_loads_nothing_of_textual() -> None:
    code = "import sys, moderator.tui.early; print([m for m in sys.modules if m.split('.')[0] in ('textual', 'rich')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_rows_stand_where_the_full_screen_draws_them(open_desk: Open, desk: Any, size: tuple[int, int]) -> None:
    first = early.read(desk)
    drawn = early.page_text(first, Config(), *size).removeprefix("\x1b[H").split("\r\n")
    async with open_desk(size=size) as story:
        await story.shows("Comment number 8")
        place = next(y for y, line in enumerate(story.screen()) if "When will relief" in line)
        assert drawn[place][4:40].split() == story.screen()[place][4:40].split()


def test_hostile_text_is_harmless_there_too(desk: Any, corpus: list[dict[str, Any]]) -> None:
    desk.rows_by_id.clear()
    for number, entry in enumerate(corpus, 1):
        desk.add(number, entry["text"], author=entry["text"], account=entry["text"])
    drawn = early.page_text(early.read(desk), Config(), 200, 60).encode()
    forbidden = [code for entry in corpus for code in entry["must_not_reach_terminal"]]
    assert [code for code in forbidden if bytes.fromhex(code) in drawn] == []
    assert drawn.count(b"\x1b") == 1


def test_a_desk_that_refuses_leaves_the_saying_to_the_full_screen(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing() -> None:
        raise Refused(Code.DOWN, "The desk does not answer.")

    monkeypatch.setattr(desk, "status", refusing)
    assert early.read(desk) is None
    assert "Duty desk" in early.page_text(None, Config(), 80, 24)


@pytest.mark.parametrize("how", [SystemExit, KeyboardInterrupt, None])
def test_the_terminal_is_given_back_whatever_happens(how: type[BaseException] | None) -> None:
    master, slave = pty.openpty()
    try:
        before = termios.tcgetattr(slave)
        with suppress(SystemExit, KeyboardInterrupt), early.held(slave):
            assert not termios.tcgetattr(slave)[3] & termios.ECHO
            if how is not None:
                raise how
        assert termios.tcgetattr(slave) == before
    finally:
        os.close(master)
        os.close(slave)
