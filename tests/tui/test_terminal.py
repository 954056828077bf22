"""The terminal: how wide it draws, and that all tables agree with it."""

from __future__ import annotations

import os
import pty
import threading
from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from moderator import text
from moderator.tui import celllen, terminal

WORDS = ("অসমীয়া বানপানীৰ সাহায্য", "हिन्दी में बाढ़", "தமிழ் கோவை", "plain", "漢字", "é ü", "🙂")


@pytest.fixture(autouse=True)
def restore() -> Iterator[None]:
    yield
    text.use_wide_marks(True)
    terminal.match_widths(True)


@pytest.mark.req("B15")
@pytest.mark.parametrize("wide", [True, False])
def test_our_widths_and_richs_are_the_same(wide: bool) -> None:
    text.use_wide_marks(wide)
    terminal.match_widths(wide)
    assert [word for word in WORDS if cell_len(word) != text.cells(word)] == []


@pytest.mark.req("B15")
def test_rich_as_shipped_would_misplace_columns() -> None:
    """The control: without the correction an Assamese line is measured too short."""
    text.use_wide_marks(True)
    terminal.match_widths(False)
    assert celllen.shipped(WORDS[0], "auto") < text.cells(WORDS[0])


def answering(master: int, answer: bytes) -> threading.Thread:
    def run() -> None:
        seen = b""
        while b"\x1b[6n" not in seen:
            seen += os.read(master, 256)
        os.write(master, answer)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(("answer", "cells"), [(b"\x1b[1;3R", 2), (b"\x1b[9;2R", 1), (b"\x1b[5;2", None)])
def test_the_terminal_is_asked_for_its_width(answer: bytes, cells: int | None) -> None:
    master, slave = pty.openpty()
    try:
        thread = answering(master, answer)
        assert terminal.probe(slave, slave) == cells
        thread.join(5)
    finally:
        os.close(master)
        os.close(slave)
