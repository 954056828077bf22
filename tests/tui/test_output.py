"""The output: what is on its way is counted, nothing waits for a line, one lost answer leaves no dead screen."""

from __future__ import annotations

import os
import pty
import re
import select
import threading
from collections.abc import Iterator
from typing import IO

import pytest
from textual.drivers._writer_thread import WriterThread

from moderator.tui.output import COLUMNS, PATIENCE, ROW, STEP, WINDOW, Flow, Nowhere, Writer
from tests.tui.test_lock import Clock


def asked(question: str) -> int:
    """The column that a question names; its answer brings it back."""
    found = re.fullmatch(rf"\x1b7\x1b\[{ROW};(\d+)H\x1b\[6n\x1b8", question)
    assert found is not None, repr(question)
    return int(found[1])


class Line:
    """A flow, and what a test does to it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.counts = Nowhere()
        self.flow = Flow(self.clock, self.counts)
        self.columns: list[int] = []

    def send(self, size: int) -> None:
        """A frame of so many characters leaves; where a question is due it goes along."""
        self.counts.queued += size
        self.counts.written = self.counts.queued
        question = self.flow.question()
        if question:
            self.columns.append(asked(question))
            self.counts.queued += len(question)
            self.counts.written = self.counts.queued

    def answer(self) -> bool:
        return self.flow.answered(ROW, self.columns.pop(0))


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.mark.req("B15")
def test_small_frames_are_not_asked_about(line: Line) -> None:
    line.send(STEP // 2)
    assert line.columns == []
    line.send(STEP)
    assert len(line.columns) == 1


def test_a_terminal_that_answers_is_behind_once_too_much_is_on_its_way(line: Line) -> None:
    line.send(STEP)
    assert line.answer()
    while not line.flow.behind:
        line.send(STEP)
    assert WINDOW < line.counts.queued - STEP <= WINDOW + 3 * STEP
    while line.columns:
        assert line.answer()
    assert not line.flow.behind


def test_a_terminal_that_never_answered_is_judged_by_what_has_left(line: Line) -> None:
    for _ in range(50):
        line.send(STEP)
    assert not line.flow.behind
    line.counts.queued += WINDOW + 1
    assert line.flow.behind
    assert not line.flow.drained


def test_an_answer_to_another_question_is_passed_over(line: Line) -> None:
    line.send(STEP)
    column = line.columns[0]
    assert not line.flow.answered(ROW + 1, column)
    assert not line.flow.answered(ROW, column % COLUMNS + 1)
    assert line.flow.answered(ROW, column)
    assert not line.flow.answered(ROW, column), "and none counts twice"


@pytest.mark.parametrize("late", [False, True])
def test_one_lost_answer_leaves_no_dead_screen(line: Line, late: bool) -> None:
    line.send(STEP)
    line.answer()
    while not line.flow.behind:
        line.send(STEP)
    line.clock.now += PATIENCE + (1 if late else -1)
    line.flow.tick()
    assert line.flow.behind is not late


def test_patience_grows_while_no_answer_comes(line: Line) -> None:
    """A line that stalls for a minute gets one further window of frames, not one every few seconds."""
    line.send(STEP)
    line.answer()
    start = line.counts.queued
    for _ in range(59):
        while not line.flow.behind:
            line.send(STEP)
        line.clock.now += 1
        line.flow.tick()
    assert line.counts.queued - start <= 2 * (WINDOW + 3 * STEP)


class Stalled:
    """A pseudo-terminal that nobody reads."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        self.file: IO[str] = os.fdopen(self.slave, "w")

    def read(self) -> bytes:
        """Everything that comes until it is quiet for a moment."""
        data = b""
        while select.select([self.master], [], [], 0.2)[0]:
            data += os.read(self.master, 65536)
        return data


@pytest.fixture
def stalled() -> Iterator[Stalled]:
    found = Stalled()
    yield found
    os.close(found.master)
    found.file.close()


FRAME = "x" * 4000 + "\n"


def pour(writer: Writer | WriterThread, frames: int = 200) -> threading.Event:
    """Write frames as a program does; set once all of them were taken in."""
    taken = threading.Event()

    def run() -> None:
        for _ in range(frames):
            writer.write(FRAME)
        taken.set()

    threading.Thread(target=run, daemon=True).start()
    return taken


def test_writing_to_a_line_that_takes_nothing_waits_for_nobody(stalled: Stalled) -> None:
    writer = Writer(stalled.file, lambda: None)
    writer.start()
    assert pour(writer).wait(10)
    assert select.select([stalled.master], [], [], 10)[0], "it has begun to write"
    assert writer.written < writer.queued
    writer.clear_the_way()
    writer.write("last words")
    writer.stop()
    assert not writer.is_alive()
    assert stalled.read().endswith(b"\x18last words"), "the line gets the last words as soon as it takes anything"


def test_control_the_librarys_own_writer_blocks(stalled: Stalled) -> None:
    writer = WriterThread(stalled.file)
    writer.start()
    taken = pour(writer)
    assert not taken.wait(0.5)
    while not taken.is_set():
        stalled.read()
    writer.stop()


def test_a_terminal_that_is_gone_ends_nothing(stalled: Stalled) -> None:
    told = threading.Event()
    writer = Writer(stalled.file, told.set)
    os.close(stalled.master)
    stalled.master = os.open(os.devnull, os.O_RDONLY)
    writer.start()
    writer.write(FRAME)
    assert told.wait(5)
    writer.stop()
    assert not writer.is_alive()
