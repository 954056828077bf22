"""A shift at the full screen: arrivals, undo, a service that restarts, faults, and terminals that can do little."""

from __future__ import annotations

import contextlib
import json
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderator.client import Client
from tests.e2e.harness import FAST, DeskProcess, comments, import_account, wait_for
from tests.e2e.screen import Terminal, left_clean, terminals

pytestmark = pytest.mark.e2e

ESC, ENTER = "\x1b", "\r"
SIZES = {"80×24": (80, 24), "120×40": (120, 40)}
URGENT = "Water has reached the roof, we are four people trapped here, please send a rescue boat now."
COLOURS = re.compile(rb"\x1b\[[0-9;]*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9]+)*m")
"""Any sequence that sets a colour."""
OPENING = {
    "queue": ("", "[2 New"),
    "item": (ENTER, "author on our pages"),
    "hide menu": (ENTER + "h", "Reason?"),
    "composer": (ENTER + "r", "Esc preview"),
    "preview": (ENTER + "r" + ESC, "keep and leave"),
    "hand-off form": (ENTER + "e", "Question"),
    "order form": (ENTER + "!", "Order or request"),
    "note": (ENTER + "n", "Colleagues see it"),
    "keys": ("?", "j k scroll"),
    "palette": (":", "choose"),
}
"""Every screen, by the keys that lead to it and words that stand there."""
DECIDING = {"h": "Reason?", "r": "Esc preview", "e": "Question", "!": "Order or request", "n": "Colleagues see it"}
"""Keys that count only once the terminal has confirmed the item, and what they open."""


class Shift:
    """A desk with an import account, and what a test asks of it."""

    def __init__(self, desk: DeskProcess) -> None:
        self.desk = desk
        self.client: Client = desk.client()
        self.account = import_account(self.client)
        self.arrived = 0

    def arrive(self, *texts: str) -> None:
        """These comments come in, as from a platform."""
        lines = []
        for words in texts:
            self.arrived += 1
            made = {"id": f"t{self.arrived}", "text": words, "author": f"Citizen {self.arrived}",
                    "created_at": "2026-11-22T10:00:00Z"}  # fmt: skip
            lines.append(json.dumps(made).encode() + b"\n")
        self.client.import_lines(self.account, lines)

    def draft(self, item: int) -> str:
        return next((one.text for one in self.client.detail(item).drafts), "")


@contextlib.contextmanager
def shift(folder: Path, config: str = FAST) -> Iterator[Shift]:
    desk = DeskProcess(folder, config)
    try:
        desk.start()
        found = Shift(desk)
        with contextlib.closing(found.client):
            yield found
    finally:
        if desk.process is not None:
            desk.kill()


@pytest.fixture
def on_shift(tmp_path: Path) -> Iterator[Shift]:
    with shift(tmp_path) as found:
        found.client.import_lines(found.account, comments(20))
        yield found


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shift]:
    """A desk on which nothing happens."""
    with shift(tmp_path_factory.mktemp("quiet")) as found:
        found.client.import_lines(found.account, comments(20))
        found.arrive("You are a thief and a dog, all of you.", URGENT)
        yield found


@pytest.fixture
def opened() -> Iterator[Callable[..., Terminal]]:
    with terminals() as start:
        yield start


def at_work(terminal: Terminal) -> Terminal:
    """Wait until the full screen has taken over and the line is up."""
    terminal.shows("▌", "all platforms up", "a leave")
    terminal.settled(0.2)
    return terminal


@pytest.mark.req("Q2")
@pytest.mark.parametrize("size", SIZES)
def test_what_arrives_is_announced_without_a_key(on_shift: Shift, opened: Callable[..., Terminal], size: str) -> None:
    terminal = at_work(opened(on_shift.desk.command(), on_shift.desk.environment(), size=SIZES[size]))
    before = terminal.text()
    assert "new ( . )" not in before
    on_shift.arrive("The street lamp is out.", "So is the next one.")
    shown = terminal.shows("2 new ( . )")
    assert "street lamp" not in shown, "the list moved under the officer"
    terminal.type(".")
    terminal.lacks("new ( . )")
    terminal.type("G")
    terminal.shows("So is the next one.")


@pytest.mark.req("H1")
@pytest.mark.parametrize("screen", OPENING)
def test_urgent_is_announced_on_every_screen(quiet: Shift, opened: Callable[..., Terminal], screen: str) -> None:
    terminal = at_work(opened(quiet.desk.command(), quiet.desk.environment()))
    keys, words = OPENING[screen]
    terminal.type("G")
    for key in keys:
        terminal.settled(0.2)
        if len(keys) > 1 and key != ENTER:
            terminal.lacks("[2 New")
        if key in DECIDING:
            terminal.decide(key, DECIDING[key])
        else:
            terminal.type(key)
    terminal.shows(words)
    count = len(quiet.client.status().urgent)
    quiet.arrive(URGENT)
    terminal.shows(f"· {count + 1} URGENT (")


@pytest.mark.req("H1")
def test_the_control_what_is_not_urgent_is_not_announced_as_urgent(
    on_shift: Shift, opened: Callable[..., Terminal]
) -> None:
    terminal = at_work(opened(on_shift.desk.command(), on_shift.desk.environment()))
    terminal.type(ENTER)
    terminal.shows("author on our pages")
    terminal.decide("r", "Esc preview", "✓ length")
    on_shift.arrive("When will the bridge open?")
    terminal.type("x" + ESC + ESC)
    terminal.shows("1 new ( . )")
    assert "URGENT" not in terminal.text()


PRACTICE = FAST.replace("hide_window = 0.3", "hide_window = 3.0")


@pytest.mark.req("B3", "Z14")
def test_undone_within_the_window_nothing_leaves(tmp_path: Path, opened: Callable[..., Terminal]) -> None:
    """Two hides in a row: the first taken back with z. The second has left (the control); of the first nothing did."""
    desk = DeskProcess(tmp_path, PRACTICE, arguments=("--practice",))
    try:
        desk.start()
        with contextlib.closing(desk.client()) as client:
            wait_for(lambda: len(client.queue("new").rows) >= 4, 30, "comments on the practice desk")
            terminal = opened(desk.command("--practice"), desk.environment())
            terminal.shows("▌", "PRACTICE", "a leave")
            terminal.settled(0.2)
            first = hide(terminal)
            terminal.type("z")
            terminal.shows(f"Undone: item {first} is yours again")
            terminal.lacks("z undoes")
            terminal.type("j")
            second = hide(terminal)
            assert second != first
            wait_for(lambda: states(client, second) == ["done"], 30, "the other hide to leave")
            assert states(client, first) == ["cancelled"]
            assert "effect.sending" in kinds(client, second)
            assert "effect.sending" not in kinds(client, first)
            assert (seen(client, first), seen(client, second)) == ("public", "hidden")
    finally:
        desk.kill()


def hide(terminal: Terminal) -> int:
    """Hide the item under the cursor on the first clause, marking a word where none was found; the item."""
    terminal.decide("h", "Reason?", "┃")
    since = terminal.type("1")
    terminal.wait(lambda: terminal.has("marked:|will be hidden"), "the words or the decision")
    if terminal.has("marked:"):
        terminal.type("vv" + ENTER)
    told = terminal.sends(rb"item \d+ will be hidden", since)
    found = re.search(rb"item (\d+) will be hidden", told)
    assert found is not None
    terminal.shows("z undoes")
    return int(found[1])


def kinds(client: Client, item: int) -> list[str]:
    return [event.kind for event in client.trail(item=item)]


def states(client: Client, item: int) -> list[str]:
    return [effect.state.value for effect in client.detail(item).effects]


def seen(client: Client, item: int) -> str:
    return client.detail(item).row.visibility.value


@pytest.mark.req("X2", "Z7", "H10")
@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_the_service_restarts_under_an_open_composer(
    on_shift: Shift, opened: Callable[..., Terminal], how: str
) -> None:
    """A banner; what is typed meanwhile stays; then the line is back, on the same item, and the desk has all of it."""
    terminal = at_work(opened(on_shift.desk.command(), on_shift.desk.environment()))
    terminal.type("jj" + ENTER)
    terminal.shows("New 3/20", "author on our pages")
    terminal.type("c")
    terminal.shows("yours")
    terminal.decide("r", "Reply to Citizen 2 ", "✓ length")
    terminal.type("Before ")
    wait_for(lambda: on_shift.draft(3) == "Before ", 5, "the first words")
    on_shift.desk.stop() if how == "stopped" else on_shift.desk.kill()
    terminal.shows("✗ Line to the desk lost", "Reply to Citizen 2 ", "Before")
    terminal.type("and after")
    terminal.shows("Before and after", "NOT saved")
    on_shift.desk.start()
    terminal.lacks("Line to the desk lost")
    terminal.shows("Reply to Citizen 2 ", "Before and after", "saved ")
    wait_for(lambda: on_shift.draft(3) == "Before and after", 10, "what was typed meanwhile")
    terminal.type("!")
    wait_for(lambda: on_shift.draft(3) == "Before and after!", 10, "the next key")
    assert on_shift.client.detail(3).row.owner, "the session was not attached again"
    terminal.type("\x11")
    assert terminal.finish() == 0


@pytest.mark.req("Z7")
def test_a_desk_that_is_down_is_waited_for_and_no_other_one_opened(
    on_shift: Shift, opened: Callable[..., Terminal], tmp_path: Path
) -> None:
    on_shift.desk.stop()
    before = sorted(path.name for path in on_shift.desk.data_dir.iterdir())
    terminal = opened(on_shift.desk.command(), on_shift.desk.environment())
    terminal.shows("The desk is down", "Waiting for it")
    assert sorted(path.name for path in on_shift.desk.data_dir.iterdir()) == before
    on_shift.desk.start()
    at_work(terminal)


@pytest.mark.req("L3", "B15")
@pytest.mark.parametrize("size", SIZES)
def test_without_colour_every_state_is_a_word_or_a_sign(
    quiet: Shift, opened: Callable[..., Terminal], size: str
) -> None:
    """NO_COLOR=1 sets no colour at all, and yet the screen says the same, cursor, urgency and findings included."""
    quiet.arrive(f"{URGENT} ({size})")  # one that nobody has opened yet
    plain = at_work(opened(quiet.desk.command(), {**quiet.desk.environment(), "NO_COLOR": "1"}, size=SIZES[size]))
    coloured = at_work(opened(quiet.desk.command(), quiet.desk.environment(), size=SIZES[size]))
    for terminal in (plain, coloured):
        terminal.shows("URGENT")
    for keys, words in (("", "[2 New"), ("1", "[1 Mine"), ("2", "[2 New"), (ENTER, "author on our pages")):
        for terminal in (plain, coloured):
            terminal.type(keys)
            terminal.shows(words)
            terminal.settled(0.2)
        assert same(plain.text()) == same(coloured.text())
    assert "life" in plain.text().lower() or "rescue" in plain.text()
    for key, words in (("h", "Reason?"), (ESC, "author on our pages"), ("r", "Esc preview")):
        plain.decide(key, words) if key != ESC else plain.type(key)
        plain.shows(words)
    assert not COLOURS.search(plain.sent)
    assert COLOURS.search(coloured.sent), "the check sees no colours where there are some"


def same(screen: str) -> str:
    """The screen without what time alone changes, and without who else looks."""
    return re.sub(
        r"\d\d:\d\d|(oldest \d+ \w+ · )?all platforms|in \d[\w ]*|\d+ min|\d on duty|trail \d+|late[\w ]*", "", screen
    )


@pytest.mark.req("B15", "L3")
@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_can_do_nothing_gets_lines(quiet: Shift, opened: Callable[..., Terminal], term: str) -> None:
    terminal = opened(quiet.desk.command(), quiet.desk.environment(), term=term)
    terminal.sends(b"Desk: ")
    since = terminal.type("2\n")
    terminal.sends(b"Comment number 1 about road 1", since)
    terminal.type("q\n")
    assert terminal.finish() == 0
    assert b"\x1b" not in terminal.sent


@pytest.mark.req("F25")
def test_suspended_and_brought_back_the_screen_is_painted_anew(
    quiet: Shift, opened: Callable[..., Terminal], tmp_path: Path
) -> None:
    settings = tmp_path / "inputrc"
    settings.write_text("set enable-bracketed-paste off\n")
    environment = {**quiet.desk.environment(), "PS1": "shell> ", "HISTFILE": "", "INPUTRC": str(settings)}
    terminal = opened(["bash", "--norc", "--noprofile", "-i"], environment)
    terminal.shows("shell>")
    terminal.type(" ".join(quiet.desk.command()) + ENTER)
    at_work(terminal)
    since = terminal.type("\x1a")
    terminal.sends(rb"Stopped.*shell> ", since)
    left_clean(terminal.sent)
    since = terminal.type("echo and" + "then" + ENTER)
    terminal.sends(rb"\r\nandthen\r\n", since)
    since = terminal.type("fg" + ENTER)
    terminal.sends(rb"\[2 New", since)
    at_work(terminal)
    terminal.type("j" + ENTER)
    terminal.shows("New 2/", "author on our pages")
    terminal.decide("r", "Esc preview")
    terminal.type(ESC + ESC)
    since = terminal.type("\x11")
    terminal.sends(rb"shell> ", since)
    left_clean(terminal.sent)


@pytest.mark.req("B1")
@pytest.mark.parametrize("moment", ["first page", "full screen", "composer"])
def test_a_sigterm_leaves_the_terminal_clean(quiet: Shift, opened: Callable[..., Terminal], moment: str) -> None:
    terminal = opened(quiet.desk.command(), quiet.desk.environment())
    if moment == "first page":
        terminal.sends(rb"\x1b\[\?1049h")
    else:
        at_work(terminal)
    if moment == "composer":
        terminal.decide("r", "Esc preview", "✓ length")
    terminal.signal(signal.SIGTERM)
    status = terminal.finish()
    assert status in ((0,) if moment != "first page" else (0, 128 + signal.SIGTERM, -signal.SIGTERM))
    left_clean(terminal.sent)
    assert terminal.attributes() == terminal.before
    assert b"Traceback" not in terminal.sent


def test_the_control_a_killed_terminal_is_not_clean(quiet: Shift, opened: Callable[..., Terminal]) -> None:
    """kill -9 cannot be answered: here the same checks find the screen taken and the terminal silent."""
    terminal = at_work(opened(quiet.desk.command(), quiet.desk.environment()))
    terminal.signal(signal.SIGKILL)
    terminal.finish()
    with pytest.raises(AssertionError):
        left_clean(terminal.sent)
    assert terminal.attributes() != terminal.before


FAULTY = """
from moderator.tui import app, detail
from textual.app import App

def draw_body(self, width, height):
    words = self.detail.text if self.detail else ""
    raise RuntimeError(words)

detail.ItemScreen.draw_body = draw_body
if {shown}:
    app.DeskApp._fatal_error = App._fatal_error
"""
"""A `sitecustomize` with which opening an item is a fault of the program's own."""


@pytest.mark.req("F14", "B1")
@pytest.mark.parametrize("shown", [False, True], ids=["as it is", "the library's own way"])
def test_a_fault_of_our_own_is_a_sentence_without_a_citizens_word(
    quiet: Shift, opened: Callable[..., Terminal], tmp_path: Path, shown: bool
) -> None:
    """The terminal is clean, a report is named, no value is told. The library's own traceback (the control) tells."""
    (tmp_path / "sitecustomize.py").write_text(FAULTY.format(shown=shown), encoding="utf-8")
    environment = {**quiet.desk.environment(), "PYTHONPATH": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    terminal = at_work(opened(quiet.desk.command(), environment))
    terminal.type(ENTER)
    status = terminal.finish()
    told = b"".join(terminal.sent.split(b"\x1b[?1049l")[1:]).decode()
    assert ("Traceback" in told, "Water has" in told) == (shown, shown)
    assert "Something went wrong inside moderator" in told
    assert status == 70
    left_clean(terminal.sent)
    assert terminal.attributes() == terminal.before
    assert [report for report in tmp_path.rglob("fault-*.txt") if "Water has" not in report.read_text()]


def test_keys_typed_on_the_first_page_count(quiet: Shift, opened: Callable[..., Terminal]) -> None:
    """The page in plain text stands before the full screen is up; an Enter typed there opens the item."""
    terminal = opened(quiet.desk.command(), quiet.desk.environment())
    terminal.sends(b"Comment number 0")
    terminal.type(ENTER)
    terminal.shows("New 1/", "author on our pages")


@pytest.mark.req("B15")
def test_a_quiet_desk_sends_nothing(quiet: Shift, opened: Callable[..., Terminal]) -> None:
    """Not a byte in five seconds, but where the minute on the clock changes, once."""
    both = [opened(quiet.desk.command(), quiet.desk.environment(), size=size) for size in SIZES.values()]
    for terminal in both:
        at_work(terminal)
    for terminal in both:
        terminal.settled(1.5)
    if heard(both, 5.0) != b"":
        both[0].settled(0.5)
        assert heard(both, 5.0) == b""
    quiet.arrive("The control: this one is drawn.")
    for terminal in both:
        terminal.shows("new ( . )")


def heard(both: list[Terminal], seconds: float) -> bytes:
    """What two terminals got within so many seconds."""
    before = [len(terminal.sent) for terminal in both]
    both[0].silent(seconds)
    return b"".join(terminal.sent[since:] for terminal, since in zip(both, before, strict=True))
