"""Public text that means harm, taken in and then looked at in every way there is: nothing of it steers a terminal."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e import hostile
from tests.e2e.harness import FAST, DeskProcess, import_account, wait_for
from tests.e2e.hostile import OWN, Hostile, leaks, tag
from tests.e2e.screen import Terminal, terminals

pytestmark = pytest.mark.e2e

SIZES = {"80×24": (80, 24), "120×40": (120, 40)}
DOWN, ESC, ENTER = "\x04", "\x1b", "\r"
FORMS = {"e": "Hand off", "s": "Snooze", "!": "Order or request", "n": "Note", "C": "Take", "o": "decided again"}


class Filled(NamedTuple):
    """A desk that has taken a corpus in."""

    desk: DeskProcess
    corpus: Sequence[Hostile]


@contextlib.contextmanager
def filled(folder: Path, corpus: Sequence[Hostile], env: dict[str, str] | None = None) -> Iterator[Filled]:
    desk = DeskProcess(folder, FAST, env or {})
    try:
        desk.start()
        with contextlib.closing(desk.client()) as client:
            done = client.import_lines(import_account(client), hostile.lines(corpus))
            assert done.sentence.startswith(f"{len(corpus)} taken in"), done.sentence
        yield Filled(desk, corpus)
    finally:
        if desk.process is not None:
            desk.kill()


@pytest.fixture(scope="module", params=["own", "shared"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    if request.param == "shared" and not hostile.SHARED.exists():
        pytest.skip("the larger corpus is not beside this repository")
    corpus = OWN if request.param == "own" else hostile.shared()
    with filled(tmp_path_factory.mktemp("desk"), corpus) as desk:
        yield desk


@pytest.fixture
def opened() -> Iterator[Callable[..., Terminal]]:
    with terminals() as start:
        yield start


def unforged(screen: str) -> None:
    """No line of a citizen's stands without its gutter, and no link of theirs could be clicked."""
    for row in screen.split("\n"):
        if "hidden by the lead" in row or "SYSTEM: deleted" in row or "late 40 min" in row:
            assert row.lstrip().startswith("┃") or "⏎" in row or "letters" in row, row
        if "┃" in row:
            assert "http://" not in row, row
            assert "https://" not in row, row


def walk_queue(terminal: Terminal, count: int) -> None:
    """Every row of the view of all, and on a wide screen every second item beside it."""
    terminal.type("8")
    terminal.shows("[8 A")
    terminal.type(":")
    terminal.wait(lambda: terminal.has("leave public, no reply"), "the palette")
    terminal.type("sort: age")  # in this order every comment has a row of its own
    terminal.wait(lambda: terminal.has("sort by age"), "the order in the palette")
    terminal.type(ENTER)
    for number in range(1, count + 1):
        cursor = f"▌.*{tag(number)}"
        terminal.wait(lambda cursor=cursor: terminal.has(cursor), f"{tag(number)} under the cursor")
        if terminal.columns >= 110 and number % 2:
            terminal.wait(lambda number=number: terminal.has(rf"│? letters · {tag(number)}"), "the item beside")
            terminal.wait(lambda: terminal.has("author on our pages"), "its facts")
        terminal.type("j")
    terminal.type("g")


def walk_item(terminal: Terminal, number: int, count: int) -> None:
    """One item, as it opens."""
    terminal.shows(f"All {number}/{count}", f"· {tag(number)}", "author on our pages")
    unforged(terminal.text())


def walk_into(terminal: Terminal) -> None:
    """An item's thread, author and reasons, unfolded."""
    terminal.type("wG")
    terminal.shows("this author on our pages")
    terminal.type("y")
    terminal.shows("Why is item")
    unforged(terminal.text())
    terminal.type(ESC)
    terminal.shows("author on our pages")
    terminal.type("gt")
    unforged(terminal.text())


def walk_over(terminal: Terminal, number: int, count: int) -> None:
    """What lies over an item: the hide menu and the composer."""
    terminal.decide("h", f"Hide letters {tag(number)}", "Reason?", "┃")
    unforged(terminal.text())
    terminal.type(ESC)
    terminal.shows(f"All {number}/{count}")
    terminal.decide("r", f"Reply to {tag(number)}", "┃", "Esc preview")
    unforged(terminal.text())
    terminal.type(ESC)
    terminal.shows("keep and leave")
    terminal.type(ESC)
    terminal.shows(f"All {number}/{count}")


def walk_forms(terminal: Terminal, count: int) -> None:
    """The forms, the keys and the palette over an item."""
    for key, words in FORMS.items():
        terminal.decide(key, words, "Esc back")
        terminal.type(ESC)
        terminal.shows(f"All 1/{count}", "author on our pages")
    for key, words in (("?", "j k scroll"), (":", "choose")):
        terminal.type(key)
        terminal.shows(words)
        terminal.type(ESC)
        terminal.shows(f"All 1/{count}", "author on our pages")


def walk(terminal: Terminal, count: int, every: int) -> None:
    """Everything there is to see of every item; what lies over it, of every so many."""
    terminal.shows(tag(1))
    terminal.settled()
    walk_queue(terminal, count)
    terminal.wait(lambda: terminal.has(f"▌.*{tag(1)}"), "the first row")
    terminal.type(ENTER)
    for number in range(1, count + 1):
        walk_item(terminal, number, count)
        if number % every == 0 or terminal.columns < 110:
            walk_into(terminal)
        if number % every == 0:
            walk_over(terminal, number, count)
        if number == 1:
            walk_forms(terminal, count)
        terminal.type("]")
    terminal.shows("no other item")
    terminal.type(ESC)
    terminal.shows("[8 A")
    terminal.type("/bad")
    terminal.shows("loaded")
    terminal.type(ESC)


@pytest.mark.req("F14", "X1", "X7", "Z22", "Z23")
@pytest.mark.parametrize(
    ("place", "size", "every"), [("own", "80×24", 3), ("own", "120×40", 9), ("shared", "80×24", 9)], indirect=["place"]
)
def test_nothing_steers_the_full_screen(place: Filled, opened: Callable[..., Terminal], size: str, every: int) -> None:
    terminal = opened(place.desk.command(), place.desk.environment(), size=SIZES[size])
    walk(terminal, len(place.corpus), every)
    terminal.type("\x11")
    assert terminal.finish() == 0
    assert leaks(terminal.sent, place.corpus) == []


@pytest.mark.req("F14", "X1", "X7", "Z22", "Z23")
def test_nothing_steers_the_terminal_of_line_mode(place: Filled, opened: Callable[..., Terminal]) -> None:
    terminal = opened(place.desk.command("line"), place.desk.environment(), term="dumb")
    terminal.sends(b"Desk: ")
    since = terminal.type("/all\n")
    terminal.sends(b"Desk: ", since)
    for number in range(1, len(place.corpus) + 1):
        for command in (f"{number}\n", "t\n", "w\n", "y\n", "all\n"):
            since = terminal.type(command)
            terminal.sends(rb"\nItem %d: " % number, since)
    terminal.type("q\n")
    assert terminal.finish() == 0
    drawn = terminal.sent
    assert b"\x1b" not in drawn
    assert leaks(drawn, place.corpus) == []
    for line in drawn.decode().splitlines():
        assert not line.startswith(("SYSTEM:", "✓ hidden")), line


@pytest.mark.req("F14", "X7", "Z22")
@pytest.mark.parametrize("as_json", [False, True], ids=["words", "json"])
def test_nothing_steers_the_terminal_of_the_commands(place: Filled, as_json: bool) -> None:
    option = ["--json"] if as_json else []
    texts = [place.desk.run("item", "list", "--limit", "0", *option).stdout]
    texts += [place.desk.run("item", "show", str(number), *option).stdout for number in sample(place.corpus)]
    for shown in texts:
        assert shown
        assert "\x1b" not in shown
        assert as_json or leaks(shown.encode(), place.corpus) == []
        assert not [line for line in shown.split("\n") if line.startswith(("SYSTEM:", "✓ hidden", "under them"))]


def sample(corpus: Sequence[Hostile]) -> list[int]:
    """Some of a corpus, by number: every ninth, and those whose lines might pass for ours."""
    forging = {n for n, one in enumerate(corpus, 1) if "\n" in one.text.strip()}
    return sorted({*range(1, len(corpus) + 1, 9), *forging})


SHARP = tuple(one for one in OWN if one.name in ("title", "clipboard", "link", "turned round", "eight-bit sequence",
                                                 "bell", "answer back", "colours"))  # fmt: skip
"""Those that a terminal would obey without losing its screen."""
PLACE = rb"New %d/|\x1b\[1;8H(?:\x1b\[[0-9;]*m)?%d"
"""The head of an item says which one it is: the whole line, or the one digit of it that has changed."""


@pytest.mark.req("F14", "X7", "Z23")
@pytest.mark.parametrize(
    ("removed", "leaking"),
    [(("clean", "display"), False), (("guard",), False), (("clean", "display", "guard"), True)],
    ids=["guard alone", "cleaning alone", "neither"],
)
def test_either_protection_alone_holds_and_none_leaks(
    tmp_path: Path, opened: Callable[..., Terminal], removed: tuple[str, ...], leaking: bool
) -> None:
    """The control: the same look at the same items with cleaning and guard both taken away finds every harm."""
    env = hostile.without(tmp_path / "site", *removed)
    with filled(tmp_path / "desk", SHARP, env) as there:
        terminal = opened(there.desk.command(), there.desk.environment())
        terminal.sends(b"n%03d" % len(SHARP))
        for number in range(1, len(SHARP) + 1):
            since = terminal.type(ENTER if number == 1 else "]")
            terminal.sends(PLACE % (number, number), since)
            terminal.settled(0.2)
        found = leaks(terminal.sent, SHARP)
    if leaking:
        assert {one.name for one in SHARP} <= {fault.split(":")[0] for fault in found}
    else:
        assert found == []


class Multiplexer:
    """A real tmux, on a socket of its own, with the clipboard open to programs."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "tmux"
        self.settings = folder / "tmux.conf"
        self.settings.write_text(
            "set -g set-clipboard on\nset -g allow-rename on\nset -g default-terminal screen-256color\n"
        )

    def run(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), "-f", str(self.settings), *words],
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        return done.stdout

    def open(self, command: Sequence[str], env: dict[str, str]) -> None:
        settings = [word for name, value in env.items() for word in ("-e", f"{name}={value}")]
        self.run("new-session", "-d", "-x", "80", "-y", "24", "-s", "desk", *settings, *command)
        self.run("select-pane", "-t", "desk", "-T", "ours")

    def screen(self) -> str:
        return self.run("capture-pane", "-p", "-t", "desk")

    def title(self) -> str:
        return self.run("display-message", "-p", "-t", "desk", "#{pane_title}").strip()

    def keys(self, *keys: str) -> None:
        self.run("send-keys", "-t", "desk", *keys)

    def shows(self, *words: str) -> str:
        wait_for(lambda: all(word in self.screen() for word in words), 20, f"{words} in:\n{self.screen()}")
        return self.screen()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Multiplexer]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    multiplexer = Multiplexer(tmp_path)
    yield multiplexer
    multiplexer.run("kill-server")


ACTING = tuple(
    one for one in OWN
    if one.name in ("title", "icon and title", "clipboard", "answer provoked", "setting asked", "passed through tmux")
)  # fmt: skip
"""What reaches beyond the screen: the title, the clipboard, the keyboard."""


@pytest.mark.req("F14", "X7", "Z23")
@pytest.mark.parametrize("removed", [(), ("clean", "display", "guard")], ids=["as it is", "unprotected"])
def test_in_tmux_no_clipboard_no_title_no_keys(tmp_path: Path, tmux: Multiplexer, removed: tuple[str, ...]) -> None:
    """Everything hostile is looked at, the last with the composer open: what it types would stand in the reply."""
    named = (
        ("title", "clipboard") if removed else tuple(one.name for one in ACTING)
    )  # what the others swallow is no harm
    corpus = [replace(one, text=f"{one.text} end") for one in ACTING if one.name in named]
    env = hostile.without(tmp_path / "site", *removed)
    with filled(tmp_path / "desk", corpus, env) as there:
        tmux.open(there.desk.command(), {"PYTHONPATH": env["PYTHONPATH"], "TEST_REMOVED": env["TEST_REMOVED"]})
        if removed:
            wait_for(lambda: "taken over" in tmux.title() and "stolen words" in tmux.run("show-buffer"), 20, "the harm")
            return
        tmux.shows(tag(len(corpus)))
        tmux.keys("Enter")
        for number in range(1, len(corpus) + 1):
            tmux.shows(f"New {number}/{len(corpus)}", "author on our pages")
            tmux.keys("]")
        tmux.shows("no other item")
        assert (tmux.title(), tmux.run("show-buffer")) == ("ours", "")
        tmux.keys("r")
        tmux.shows("Reply to", "✓ length")
        tmux.keys("Q")
        wait_for(lambda: typed(there.desk), 20, "the typed letter")
        assert typed(there.desk) == ["Q"]


def typed(desk: DeskProcess) -> list[str]:
    """Every draft at the desk."""
    with contextlib.closing(desk.client()) as client:
        rows = client.queue("all").rows
        return [draft.text for row in rows for draft in client.detail(row.id).drafts]
