"""An officer's half hour over a bad line, by keyboard alone: no act ever lands on a row that was not under the cursor.

Between the terminal (tmux) and the program stands a line of 9600 baud with 150 ms of delay each way. The officer reads
the screen as tmux shows it, presses keys, and the desk's own trail says which item each act came to: it has to be the
one whose row was under the cursor, on the screen, at the moment of the key.

    pytest -m "e2e and slow" tests/e2e/test_half_hour.py -s               twenty items, then the whole half hour
    pytest -m "e2e and slow" tests/e2e/test_half_hour.py -s -k twenty     twenty of them
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moderator import rows
from moderator.client import Client
from moderator.domain import asks
from moderator.domain.view import Row
from tests.e2e.harness import FAST, DeskProcess, import_account, wait_for
from tests.e2e.tmux import Pane, pane

pytestmark = pytest.mark.e2e

LINE = Path(__file__).resolve().parent / "slow_line.py"
DELAY_MS, BYTES_PER_SECOND = "150", "960"
NOT_YET = "Not yet: this terminal"
PREVIEW = "do it"
LONGEST = 45.0
"""Seconds for whatever has to come over this line."""
PREVIEWED = 15.0
"""Seconds after which a key on a preview has counted, if it ever does."""
SEED = "half hour"
LADDER = """
[[escalation.levels]]
level = 1
office = "District control room"
name = "B"
rank = "Joint Secretary"
phone = "0361-1"
minutes = 60
"""
PACE = FAST.replace("hide_window = 0.3", "hide_window = 20.0").replace("reply_window = 0.3", "reply_window = 20.0")
FILLING = PACE + LADDER
"""While the feed fills the queue."""
QUIET = FILLING.replace("poll = 0.4", "poll = 3600.0").replace("refresh = 1.0", "refresh = 3600.0")
"""While the officer works, new comments come by themselves, a few a minute, not from the feed."""
KINDS = {
    "leave": "decision.left_public", "hide": "decision.hidden", "reply": "decision.replied", "snooze": "snooze",
    "escalate": "escalation.ask", "undo": "undo",
}  # fmt: skip
MOST_KEYS = {"leave": 1.0, "hide": 2.0, "escalate": 3.0, "reply": 3.0, "snooze": 3.0, "undo": 1.0}
"""Keystrokes of an act, without its text and without those that the program did not take yet."""
ROUND = ("leave", "leave", "hide", "leave", "undo", "leave", "reply", "snooze", "leave", "escalate")
"""What the officer does, over and over; where the row does not ask for it, it is left public."""
BURST = re.compile(r"×\d+\s*$")
URGENT = re.compile(r"▌[‼!]")
"""An urgent item is never put aside."""
FOUND = re.compile(r"\b(?:abusive|spam|phishing|targeted) [A-Z]\d")


def letters(words: str) -> str:
    """Letters and digits alone: terminals keep marks and joiners in their own ways."""
    return "".join(char for char in unicodedata.normalize("NFC", words) if unicodedata.category(char)[0] in "LN")


def shows(line: str, row: Row) -> bool:
    """Whether a line of the screen is this row: who wrote it, and how its words begin."""
    cells = rows.cells_of(row, datetime.now(UTC), 80)
    begun = letters(cells.comment)[:12]
    return letters(cells.author)[:8] in letters(line) and begun in letters(line)


class Officer:
    """Somebody at the far end of the line. Reads the screen, presses keys, and is checked against the trail."""

    def __init__(self, screen: Pane, client: Client) -> None:
        self.screen, self.client = screen, client
        self.head = client.health()["head"]
        self.pressed: Counter[str] = Counter()
        self.text_keys: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.not_yet = 0
        self.wrong: list[str] = []

    # the screen

    def row(self) -> str:
        """The row under the cursor, as it stands on the screen now."""
        return wait_for(self._row, LONGEST, lambda: f"a row under the cursor on:\n{self.screen.text()}")

    def _row(self) -> str:
        return next((line for line in self.screen.text().splitlines() if line.startswith("▌")), "")

    # the keyboard

    def press(self, act: str, *keys: str) -> None:
        """These keys, on account of this act."""
        self.pressed[act] += len(keys)
        self.screen.keys(*keys)

    def type(self, act: str, words: str) -> None:
        """This text."""
        self.text_keys[act] += len(words)
        self.screen.type(words)

    # the desk

    def heard(self, kind: str) -> list[int]:
        """The items that this kind of act has come to since the last time."""
        found: list[int] = []
        for event in self.client.trail(after=self.head, limit=200):
            self.head = event.seq
            if event.kind == kind:
                found.append(event.item)
        return found

    def check(self, line: str, item_id: int, act: str) -> None:
        """The item is the one that was on the screen."""
        (row,) = self.client.rows([item_id])
        if not shows(line, row):
            self.wrong.append(f"{act}: item {item_id} of {row.author}: {row.text[:40]!r}; under the cursor: {line!r}")

    # acts

    def act(self, act: str) -> None:
        """One act of the round."""
        line = self.row()
        fits = {"hide": FOUND.search(line), "snooze": not URGENT.match(line)}.get(act, True)
        if act != "undo" and (BURST.search(line) or not fits):
            act = "leave"
        getattr(self, act)()

    def leave(self) -> None:
        """a; where the row stands for many, their preview and Enter."""
        if self._tried("leave", "a", checked=True):
            self.done["leave"] += 1

    def _all_of(self, line: str) -> None:
        """The preview of a burst stands there: take it."""
        found = self._confirmed("burst")
        if not any(shows(line, row) for row in self.client.rows(found)):
            self.wrong.append(f"burst: {line!r} was under the cursor, {found} were left")
        self.done["burst"] += 1

    def _confirmed(self, act: str) -> list[int]:
        """Enter on a preview until it counts (before this terminal has shown it, it does nothing); what was left."""
        for _attempt in range(20):
            self.press(act, "Enter")
            deadline = time.monotonic() + PREVIEWED
            while time.monotonic() < deadline:
                if found := self.heard(KINDS["leave"]):
                    self.home()
                    return found + self.heard(KINDS["leave"])
                time.sleep(0.1)
            self._refused(act)
        raise AssertionError(f"{act} never counted on:\n{self.screen.text()}")

    def home(self) -> None:
        """The queue is in front again; an Enter too many has opened an item, which Esc leaves."""
        self.screen.lacks(PREVIEW, seconds=LONGEST)
        wait_for(lambda: self._row() or "‹" in self.screen.text(), LONGEST, self.screen.text)
        if "‹" in self.screen.text():
            self.screen.keys("Escape")
        self.row()

    def undo(self) -> None:
        """z takes the last act back."""
        if self.done["leave"]:
            self._tried("undo", "z", checked=False)
            self.done["undo"] += 1

    def _tried(self, act: str, key: str, *, checked: bool) -> bool:
        """Press a key on what stands under the cursor, at once, until the desk hears of it.

        False where the row stood for a burst: then its preview came up, and all of it was taken.
        """
        for _attempt in range(20):
            self.forget_refusal()
            line = self.row()
            self.press(act, key)
            found = wait_for(
                lambda: self.heard(KINDS[act]) or self._refusal() or self._stands(PREVIEW), LONGEST, self.screen.text
            )
            if isinstance(found, list):
                if checked:
                    self.check(line, found[0], act)
                return True
            self._refused(act)
            if found == PREVIEW:
                self._all_of(line)
                return False
        raise AssertionError(f"{act} never counted on:\n{self.screen.text()}")

    def _opened(self, act: str, key: str, words: str) -> str:
        """Press a key until what it opens stands on the screen; the row that was under the cursor."""
        for _attempt in range(20):
            self.forget_refusal()
            line = self.row()
            self.press(act, key)
            if wait_for(lambda: self._stands(words) or self._refusal(), LONGEST, self.screen.text) == words:
                return line
            self._refused(act)
        raise AssertionError(f"{act} never opened on:\n{self.screen.text()}")

    def _stands(self, words: str) -> str:
        return words if words in self.screen.text() else ""

    def _refusal(self) -> str:
        """The program's word that the key came too early."""
        return self._stands(NOT_YET)

    def forget_refusal(self) -> None:
        """Have the screen say something else, so that the next refusal is seen: Ctrl-C ends nothing there."""
        if self._refusal():
            self.screen.keys("C-c")
            self.screen.lacks(NOT_YET, seconds=LONGEST)

    def _refused(self, act: str) -> None:
        """The program has not taken the key: it is no keystroke of the decision."""
        self.pressed[act] -= 1
        self.not_yet += 1

    def _ended(self, act: str, line: str) -> None:
        """The act that was opened has come to the item it was opened on."""
        found = wait_for(lambda: self.heard(KINDS[act]), LONGEST, lambda: f"{act} on:\n{self.screen.text()}")
        self.check(line, found[0], act)
        self.done[act] += 1

    def hide(self) -> None:
        """h, then the suggested clause."""
        line = self._opened("hide", "h", "Reason?")
        self.press("hide", "Enter")
        self._ended("hide", line)

    def reply(self) -> None:
        """r, a text, Esc for the preview, Enter."""
        line = self._opened("reply", "r", "Esc preview")
        self.type("reply", "Thank you. The office is open from 10 to 5 on every working day.")
        self.screen.shows("working day", seconds=LONGEST)
        self.press("reply", "Escape")
        self.screen.shows("keep and leave", seconds=LONGEST)
        self.press("reply", "Enter")
        self._ended("reply", line)

    def snooze(self) -> None:
        """s, then what the form says already."""
        line = self._opened("snooze", "s", "Until")
        self.press("snooze", "Enter")
        self.press("snooze", "Enter")
        self._ended("snooze", line)

    def escalate(self) -> None:
        """e, a question, Enter: the rest is filled in already."""
        line = self._opened("escalate", "e", "Question")
        self.type("escalate", "Is this so?")
        self.screen.shows("Is this so?", seconds=LONGEST)
        self.press("escalate", "Enter")
        self._ended("escalate", line)

    def bulk(self, count: int = 3) -> None:
        """x on some rows, then a: the preview, and Enter."""
        lines = []
        for _ in range(count):
            lines.append(self.row())
            self.press("bulk", "x", "j")
            self.screen.shows(f"{len(lines)} marked", seconds=LONGEST)
        self.press("bulk", "a")
        self.screen.shows(f"Leave {count} comments public", "do it", seconds=LONGEST)
        known = self.client.rows(self._confirmed("bulk"))
        for line in lines:
            if not any(shows(line, row) for row in known):
                self.wrong.append(f"bulk: {line!r} was marked, and {[row.text[:30] for row in known]} were left")
        self.done["bulk"] += 1

    def search(self) -> None:
        """/ and words: only rows with them are there; one is decided, and Esc shows all again."""
        self.press("search", "/")
        self.type("search", "is:question")
        self.press("search", "Enter")
        self.screen.shows("is:question", seconds=LONGEST)
        line = wait_for(lambda: "question" in self._row() and self._row(), LONGEST, self.screen.text)
        assert line
        self.leave()
        self.press("search", "Escape")
        self.screen.lacks("is:question", seconds=LONGEST)
        self.done["search"] += 1

    def told(self) -> str:
        """How many keys each act took."""
        lines = [f"{sum(self.done.values())} acts, {self.not_yet} keys came too early and did nothing"]
        for act, done in sorted(self.done.items()):
            text = self.text_keys[act] / done
            plus = f" + {text:.0f} letters" if text else ""
            lines.append(f"{act:9} {done:4} times, {self.pressed[act] / done:.1f} keystrokes{plus}")
        return "\n".join(lines)


@contextlib.contextmanager
def shift(folder: Path, items: int) -> Iterator[tuple[Officer, DeskProcess]]:
    """A desk whose queue the practice feed has filled, and an officer far away from it."""
    desk = DeskProcess(folder, config=FILLING)
    desk.start()
    client = desk.client()
    settings = {"seed": SEED, "rate": "0.05", "outages": "off"}
    feed = client.add_account(asks.NewAccount("practice", "practice", custodians=("officer",), settings=settings))
    client.account_act(feed.row_id, "activate", asks.Because("order 1/2026"))
    wait_for(lambda: client.status().counts["new"] >= items + 30, 120, "the feed")
    client.close()
    desk.stop()
    desk.config = QUIET
    desk.start()
    command = [sys.executable, str(LINE), DELAY_MS, BYTES_PER_SECOND, *desk.command()]
    try:
        with pane(folder, command, desk.environment()) as screen, contextlib.closing(desk.client()) as watching:
            screen.shows("[2 New", "a leave", seconds=90)
            yield Officer(screen, watching), desk
    finally:
        desk.stop()


class Trickle:
    """A comment now and then, while the officer works."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.account = import_account(self.client)
        self.sent = 0

    def one(self) -> None:
        """One more."""
        self.sent += 1
        made = {"id": f"t{self.sent}", "text": f"A late comment, number {self.sent}.",
                "author": {"id": "late", "name": "Late"}, "created_at": datetime.now(UTC).isoformat()}  # fmt: skip
        self.client.import_lines(self.account, iter([json.dumps(made).encode() + b"\n"]))


def work(officer: Officer, desk: DeskProcess, items: int) -> None:
    """So many items, with a bulk act and a search among them."""
    begun = time.monotonic()
    with contextlib.closing(desk.client()) as client:
        _through(officer, Trickle(client), items)
    print(f"\n{officer.told()}\n{items} items in {time.monotonic() - begun:.0f} s")


def _through(officer: Officer, trickle: Trickle, items: int) -> None:
    for n in range(items):
        if n % 5 == 4:
            trickle.one()
        if n % 20 == 9:
            officer.bulk()
        elif n % 20 == 15:
            officer.search()
        else:
            officer.act(ROUND[n % len(ROUND)])


def judge(officer: Officer, items: int) -> None:
    """Nothing went to a wrong row, and no act took more keys than it may."""
    assert officer.wrong == [], "\n".join(officer.wrong)
    assert sum(officer.done.values()) >= items - 2
    for act, most in MOST_KEYS.items():
        if officer.done[act]:
            assert officer.pressed[act] / officer.done[act] <= most, f"{act}\n{officer.told()}"


@pytest.mark.slow
@pytest.mark.req("L5", "H9", "B15")
def test_twenty_items_over_a_slow_line_without_a_wrong_row(tmp_path: Path) -> None:
    with shift(tmp_path, 20) as (officer, desk):
        work(officer, desk, 20)
        judge(officer, 20)
        desk.verify()


@pytest.mark.slow
@pytest.mark.req("L5", "H9", "B15")
def test_half_an_hour_over_a_slow_line_without_a_wrong_row(tmp_path: Path) -> None:
    with shift(tmp_path, 200) as (officer, desk):
        work(officer, desk, 200)
        judge(officer, 200)
        desk.verify()


def test_the_check_tells_rows_apart(tmp_path: Path) -> None:
    """The control: a row is not taken for another one."""
    desk = DeskProcess(tmp_path)
    desk.start()
    with contextlib.ExitStack() as stack:
        stack.callback(desk.stop)
        client = stack.enter_context(contextlib.closing(desk.client()))
        account = import_account(client)
        texts = ("When does the office open?", "The bridge is broken since Monday.", "আবেদনৰ শেষ তাৰিখ কেতিয়া?")
        made = [{"id": f"c{n}", "text": words, "author": f"Citizen {n}", "created_at": "2026-11-22T10:00:00Z"}
                for n, words in enumerate(texts)]  # fmt: skip
        client.import_lines(account, iter([json.dumps(one).encode() + b"\n" for one in made]))
        found = client.queue("new").rows
        lines = [rows.line_of(row, 80, datetime.now(UTC)) for row in found]
        assert [[shows(line, row) for row in found] for line in lines] == [
            [a == b for b in range(len(found))] for a in range(len(found))
        ]
