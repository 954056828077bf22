"""The two streams: hang-ups, alarms, what a script's output repeats, and words that say what glyphs show."""

from __future__ import annotations

import io
import os
import threading

import pytest

from moderator.line.console import Console, Ended, Left
from moderator.line.telling.quoting import Quote, excerpt, spoken
from tests.line.conftest import Terminal


class Deaf(io.StringIO):
    """A terminal that was hung up: every word is refused."""

    def __init__(self, after: int = 0) -> None:
        super().__init__()
        self.left = after

    def write(self, words: str, /) -> int:
        if self.left <= 0:
            raise OSError(5, "Input/output error")
        self.left -= 1
        return super().write(words)


def test_a_terminal_that_is_gone_ends_the_session_and_hears_nothing_more():
    console = Console(Terminal(), Deaf())
    with pytest.raises(Ended):
        console.say("Hello.")
    console.say("Nobody hears this.", Quote("nor this"))


def test_a_terminal_that_cannot_be_read_ends_the_session():
    class Cut(Terminal):
        def readline(self, size: int = -1, /) -> str:
            raise OSError(5, "Input/output error")

    with pytest.raises(Ended):
        Console(Cut(), io.StringIO()).ask("Desk:")


def test_a_hang_up_in_the_middle_of_a_session_frees_everything(work, monkeypatch):
    from moderator import line
    from moderator.config import Config
    from tests.line.conftest import two

    desk = two()
    assert line.run(desk, Config(), Terminal("1", "2", "1", tty=True), Deaf(after=12)) is None  # type: ignore[arg-type]
    assert desk.streams[0].closed.is_set()
    assert desk.farewells == 0


def test_standard_output_that_is_gone_does_not_fail_again_at_the_end():
    """A reader that has had enough: `moderator line | head -1`, with the interpreter's own farewell to it."""
    code = (
        "import io, sys\n"
        "from moderator.line.console import Console, Ended\n"
        "console = Console(io.StringIO(''), sys.stdout)\n"
        "try:\n"
        "    for n in range(100_000): console.say(f'Sentence {n}.')\n"
        "except Ended: sys.exit(7)\n"
    )
    import subprocess
    import sys

    read, write = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert os.read(read, 10)
    os.close(read)
    _, complaint = process.communicate(timeout=20)
    assert (process.returncode, complaint) == (7, b"")


@pytest.mark.req("H1")
def test_an_alarm_is_said_while_an_answer_is_awaited_and_the_prompt_again():
    out = io.StringIO()
    heard: list[bool] = []
    console = Console(Terminal(lambda: heard.append(console.alarm("1 URGENT.")), "a", tty=True), out)
    assert console.ask("Desk:") == "a"
    assert (heard, out.getvalue()) == ([True], "Desk: \n1 URGENT.\nDesk: ")


@pytest.mark.parametrize("tty", [True, False])
def test_an_alarm_waits_where_nobody_is_asked_or_no_person_reads(tty):
    out = io.StringIO()
    console = Console(Terminal(lambda: heard.append(console.alarm("1 URGENT.")), "a", tty=False), out)
    heard: list[bool] = []
    console.ask("Desk:")
    assert heard == [False]
    assert not Console(Terminal(tty=tty), out).alarm("1 URGENT.")


def test_two_that_speak_at_once_never_mix_their_sentences():
    out = io.StringIO()
    console = Console(Terminal(), out)
    others = [threading.Thread(target=lambda: [console.say("b" * 40, "b" * 40) for _ in range(200)]) for _ in range(3)]
    for one in others:
        one.start()
    for _ in range(200):
        console.say("a" * 40, "a" * 40)
    for one in others:
        one.join()
    assert set(out.getvalue().split("\n")) == {"a" * 40, "b" * 40, ""}


def test_x_leaves_a_question_and_nothing_else_does():
    console = Console(Terminal("x", " X", "", "xx"), io.StringIO())
    with pytest.raises(Left):
        console.question("Why?")
    assert [console.question("Why?") for _ in range(3)] == ["X", "", "xx"]


def test_a_script_is_repeated_in_its_output_and_a_person_is_not():
    script, person = io.StringIO(), io.StringIO()
    Console(Terminal("a\x1b[2J"), script).ask("Desk:")
    Console(Terminal("a", tty=True), person).ask("Desk:")
    assert script.getvalue() == "Desk: a␛[2J\n"
    assert person.getvalue() == "Desk: "


@pytest.mark.req("B13", "L3")
@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([], "one two three"),
        ([(4, 7)], "one [covered] three"),
        ([(0, 3), (4, 7)], "[covered] [covered] three"),
        ([(0, 7), (4, 13)], "[covered]"),
        ([(8, 99), (-5, 3)], "[covered] two [covered]"),
        ([(5, 5), (7, 4)], "one two three"),
    ],
)
def test_covered_words_are_said_and_not_shaded(spans, said):
    assert spoken("one two three", spans) == said


def test_an_excerpt_covers_what_lies_in_it():
    assert excerpt("one two three", [(4, 7)], 0, 7) == "one [covered]"
    assert excerpt("one two three", [(4, 7)], 5, 13) == "[covered] three"
    assert excerpt("see http://evil.example", [], 0, 99) == "see hxxp://evil[.]example"


@pytest.mark.req("F14")
def test_a_sentence_that_is_longer_than_the_line_breaks_between_words_and_is_set_in():
    out = io.StringIO()
    console = Console(Terminal(), out)
    console.width = 24
    console.say("Written by “Item 9: leave it” at 06:46.", "Short.", Quote("the quick brown fox jumps over"))
    said = out.getvalue()
    assert said == ("Written by “Item 9:\n  leave it” at 06:46.\nShort.\n> the quick brown fox\n> jumps over\n")
    assert all(len(line) <= 24 for line in said.split("\n"))
