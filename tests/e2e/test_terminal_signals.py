"""What reaches the full screen from outside: signals, another size, GNU screen, the bell, the cover, one's own keys."""

from __future__ import annotations

import fcntl
import re
import shutil
import signal
import struct
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import FAST, comments, wait_for
from tests.e2e.screen import Terminal, left_clean, terminals
from tests.e2e.test_terminal_life import URGENT, Shift, at_work, shift

pytestmark = pytest.mark.e2e

CONFIG = FAST + '\n[screen]\nnotify = "osc9"\nlanguage = "en"\n[keys]\nhide = "plus"\n'


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shift]:
    """A desk on which nothing happens but what a test makes happen."""
    with shift(tmp_path_factory.mktemp("signals"), CONFIG) as found:
        found.client.import_lines(found.account, comments(20))
        yield found


@pytest.fixture
def opened() -> Iterator[Callable[..., Terminal]]:
    with terminals() as start:
        yield start


def resize(terminal: Terminal, columns: int, rows: int) -> int:
    """The terminal has another size: the kernel tells the program. Where in the output that was."""
    since = len(terminal.sent)
    terminal.columns, terminal.rows = columns, rows
    with terminal._changed:
        terminal.screen.resize(rows, columns)
        terminal._lines = []
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return since


@pytest.mark.req("B1")
def test_an_interrupt_from_outside_leaves_the_terminal_clean(quiet: Shift, opened: Callable[..., Terminal]) -> None:
    terminal = at_work(opened(quiet.desk.command(), quiet.desk.environment()))
    terminal.signal(signal.SIGINT)
    assert terminal.finish() == 0
    left_clean(terminal.sent)
    assert terminal.attributes() == terminal.before
    assert b"Traceback" not in terminal.sent


@pytest.mark.req("B15")
def test_another_size_is_drawn_at_once(quiet: Shift, opened: Callable[..., Terminal]) -> None:
    """Beside the list stands the item where there is room for it; the cursor stays where it was."""
    terminal = at_work(opened(quiet.desk.command(), quiet.desk.environment()))
    terminal.type("jj")
    terminal.settled(0.2)
    assert "author on our pages" not in terminal.text()
    resize(terminal, 120, 40)
    terminal.shows("author on our pages", "Comment number 2")
    resize(terminal, 60, 20)
    terminal.lacks("author on our pages")
    terminal.shows("▌", "a leave")
    assert all(len(line) <= 60 for line in terminal.lines())
    terminal.type("\x11")
    assert terminal.finish() == 0


@pytest.mark.req("F25")
def test_stopped_from_outside_and_brought_back(quiet: Shift, opened: Callable[..., Terminal], tmp_path: Path) -> None:
    settings = tmp_path / "inputrc"
    settings.write_text("set enable-bracketed-paste off\n")
    environment = {**quiet.desk.environment(), "PS1": "shell> ", "HISTFILE": "", "INPUTRC": str(settings)}
    terminal = opened(["bash", "--norc", "--noprofile", "-i"], environment)
    terminal.shows("shell>")
    terminal.type(" ".join(quiet.desk.command()) + "\r")
    at_work(terminal)
    since = len(terminal.sent)
    terminal.type("\x1a")
    terminal.sends(rb"Stopped.*shell> ", since)
    since = terminal.type("fg\r")
    terminal.sends(rb"\[2 New", since)
    at_work(terminal)
    terminal.type("j")
    terminal.type("\x11")
    terminal.sends(rb"1049l.*shell> ", since)


@pytest.mark.req("B15")
@pytest.mark.skipif(shutil.which("screen") is None, reason="GNU screen is not installed here")
def test_inside_gnu_screen(quiet: Shift, opened: Callable[..., Terminal], tmp_path: Path) -> None:
    place = tmp_path / "screens"
    place.mkdir(mode=0o700)
    environment = {**quiet.desk.environment(), "SCREENDIR": str(place)}
    terminal = opened(["screen", "-U", "-c", "/dev/null", "-m", *quiet.desk.command()], environment)
    at_work(terminal)
    terminal.type("jj\r")
    terminal.shows("author on our pages", "Comment number 2")
    terminal.decide("r", "Esc preview")
    terminal.type("উত্তৰ")
    terminal.shows("উত্তৰ")
    terminal.type("\x1b")
    terminal.shows("keep and leave")
    terminal.type("\x11")
    terminal.sends(b"screen is terminating")
    assert terminal.finish() == 0


@pytest.mark.req("H1", "Z23")
def test_urgent_rings_and_notifies_with_a_number_alone(quiet: Shift, opened: Callable[..., Terminal]) -> None:
    terminal = at_work(opened(quiet.desk.command(), quiet.desk.environment()))
    assert b"\x1b]9;" not in terminal.sent, "the control: nothing is urgent yet"
    before = len(terminal.sent)
    quiet.arrive(URGENT)
    told = terminal.sends(rb"\x1b\]9;[^\x07]*\x07", before)
    notices = re.findall(rb"\x1b\]9;([^\x07]*)\x07", told)
    assert notices == [b"moderator: 1 urgent item"]
    assert told.replace(b"\x1b]9;" + notices[0] + b"\x07", b"").count(b"\x07") == 1, "one bell beside the notice"


@pytest.mark.req("F25")
def test_the_cover_hides_the_queue_and_the_desk_lets_its_officer_back(
    quiet: Shift, opened: Callable[..., Terminal]
) -> None:
    terminal = at_work(opened(quiet.desk.command(), quiet.desk.environment()))
    terminal.type(":")
    terminal.shows("choose")
    terminal.type("lock\r")
    terminal.shows("This screen is covered")
    assert "Comment number" not in terminal.text()
    assert "Test desk" not in terminal.text()
    terminal.type("a")
    terminal.shows("▌", "Comment number")
    assert "left public" not in terminal.text()


@pytest.mark.req("H15")
def test_keys_of_ones_own(quiet: Shift, opened: Callable[..., Terminal]) -> None:
    terminal = at_work(opened(quiet.desk.command(), quiet.desk.environment()))
    terminal.shows("+ hide…")
    terminal.type("G")
    terminal.decide("+", "Reason?")


@pytest.mark.req("L6")
@pytest.mark.parametrize("code", ["as", "hi"])
def test_the_language_is_asked_for_on_the_command_line(
    quiet: Shift, opened: Callable[..., Terminal], code: str
) -> None:
    from moderator import locale  # known once the catalogues are compiled

    locale.use(code)
    leave = locale._("leave")
    locale.use("en")
    terminal = opened(quiet.desk.command("--language", code), quiet.desk.environment())
    terminal.shows("▌", f"a {leave}"[:6])
    terminal.type("\x11")
    assert terminal.finish() == 0
    wait_for(lambda: terminal.program.poll() is not None, 5)
