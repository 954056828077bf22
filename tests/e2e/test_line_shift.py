"""A whole shift in line mode, as an officer with a screen reader works it: a real service, a real terminal, sentences.

The terminal is dumb, and everything that it is sent is kept: the transcript is what the tests read.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.item import State, Visibility
from tests.e2e.harness import FAST, DeskProcess, import_account, wait_for
from tests.e2e.screen import Terminal, terminals

pytestmark = pytest.mark.e2e

LADDER = """
[[escalation.levels]]
level = 1
office = "Control room"
name = "A. Baruah"
rank = "Deputy Secretary"
mail = "control@agency.example"
minutes = 30
"""
SHIFT = FAST.replace("hide_window = 0.3", "hide_window = 20.0").replace("mail_window = 0.2", "mail_window = 20.0")
PROMPT = re.compile(r"\r\n(?:Desk|Item \d+)(?:, \d+ marked)?: \Z")
QUESTION = re.compile(r"\r\n(?:[^\r\n>][^\r\n]*[:?] |[^\r\n]*full stop ends the text\.\r\n)\Z")
"""What asks for an answer: any prompt, or the opening of a text, whose lines are not asked for one by one."""
EARLY = "That came before you can have read"
FEED = {"seed": "shift", "rate": "3600", "outages": "off"}
"""A made-up page whose opening comments are the same every time, and that then stays quiet."""


class Talk:
    """One officer at a dumb terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.terminal.wait(lambda: PROMPT.search(self.heard()), "the first prompt")

    def heard(self, since: int = 0) -> str:
        """Everything that was said since then."""
        return self.terminal.sent[since:].decode(errors="replace")

    def say(self, line: str, *answers: str) -> str:
        """Type a line, and the answers to what it asks; what was said, once the desk's own prompt is back.

        A line that comes too soon after an item was told is typed again, as the desk asks.
        """
        since, _ = wait_for(lambda: self.read_in_time(line, asked=bool(answers)), 20, f"{line!r} to count")
        ends = 0
        for answer in answers:
            ends += answer == "."
            writing = self.heard(since).count("full stop ends") > ends
            if writing:
                self.terminal.type(f"{answer}\n")
            else:
                wait_for(lambda typed=answer: self.read_in_time(typed, asked=True), 20, f"{answer!r} to count")
        self.until(since, asked=False)
        return self.heard(since).replace("\r\n", "\n")

    def read_in_time(self, line: str, *, asked: bool) -> tuple[int, str] | None:
        """Type a line; where its answer begins and what it was, None where it came too soon."""
        since = self.terminal.type(f"{line}\n")
        said = self.until(since, asked=asked)
        return None if EARLY in said else (since, said)

    def until(self, since: int, *, asked: bool) -> str:
        """Wait for the desk's own prompt, or, where something is asked, for any; what was said up to there."""
        end = QUESTION if asked else PROMPT
        self.terminal.wait(lambda: end.search(self.heard(since)), f"{end.pattern} after {self.heard(since)!r}")
        return self.heard(since)

    def hears(self, line: str, *words: str, seconds: float = 20.0) -> str:
        """Type this line until all of these are said: news comes with the prompt."""
        found: list[str] = []
        wait_for(
            lambda: found.append(self.say(line)) or all(one in "".join(found) for one in words), seconds, str(words)
        )
        return "".join(found)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    process = DeskProcess(tmp_path, SHIFT + LADDER)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def client(desk: DeskProcess) -> Iterator[Client]:
    """A second door to the desk, with a page on which thirteen people have said something."""
    with contextlib.closing(desk.client()) as found:
        ask = asks.NewAccount("practice", "practice page", settings=FEED, custodians=("officer",))
        page = found.add_account(ask).row_id
        found.account_act(page, "activate", asks.Because("order 1/2026"))
        wait_for(lambda: found.queue("new").total == 13, 20, "the opening comments")
        yield found


@pytest.fixture
def sits_down(desk: DeskProcess, client: Client) -> Iterator[Callable[[], Talk]]:
    with terminals() as start:
        yield lambda: Talk(start(desk.command("line"), desk.environment(), term="dumb", size=(200, 40)))


def item_of(client: Client, query: str) -> int:
    """The first item that this finds."""
    return client.queue("all", query=query).rows[0].id


def recorded_kinds(client: Client) -> list[str]:
    """What stands on the trail, in order."""
    kinds: list[str] = []
    seq = 0
    while page := client.trail(after=seq, limit=200):
        kinds += [event.kind for event in page]
        seq = page[-1].seq
    return kinds


def ended(client: Client, item: int) -> tuple[State, str]:
    row = client.detail(item).row
    return row.state, row.disposition.value


@pytest.mark.req("L3", "Q5", "F14", "H1", "B15", "B1", "H10")
def test_a_whole_shift(desk: DeskProcess, client: Client, sits_down: Callable[[], Talk]) -> None:
    talk = sits_down()
    assert "Waiting: new 13" in talk.heard()
    assert "2 URGENT and unopened: u opens the most urgent." in talk.heard()

    urgent = talk.say("u")
    assert "URGENT, life safety. First response due in " in urgent
    boat = int(re.findall(r"Item (\d+), account practice page", urgent)[0])
    assert "1 URGENT and unopened" in urgent
    assert "L1, Life in danger: " in talk.say("y")
    assert "Reach Control room by phone" in talk.say("e", "A boat is needed: who sends it?", "4")
    assert ended(client, boat)[0] is State.ESCALATED

    question = item_of(client, "is:question lang:en")
    talk.say(str(question))
    replied = talk.say("r", "The number is 1077.", "It is answered day and night.", ".", "")
    assert "Kept: " in replied
    assert "This would be sent, " in replied
    assert "> The number is 1077.\n> It is answered day and night.\n" in replied
    assert f"Saved: item {question} " in replied
    talk.hears("status", "Sent: reply")

    thanks = item_of(client, "lang:hi")
    talk.say(str(thanks))
    assert f"Saved: item {thanks} stays public." in talk.say("a")
    undone = talk.say("z")
    assert f"Undone: item {thanks} is yours again." in undone
    assert ended(client, thanks)[0] is State.CLAIMED
    talk.say("Z")
    assert ended(client, thanks) == (State.RESOLVED, "left_public")
    assert "It is closed." in talk.say(str(thanks))
    assert "the first decision stays on record" in talk.say("o the author wrote again")

    number = item_of(client, "clause:D1")
    talk.say(str(number))
    hidden = talk.say("h D1 a private number")
    assert "z takes it back" in hidden
    assert ended(client, number)[0] is State.COMMITTING
    talk.say(f"z {number}")
    assert client.detail(number).row.visibility is Visibility.PUBLIC

    grievance = item_of(client, "is:grievance")
    talk.say(str(grievance))
    talk.say("n the office was told")
    assert "the office was told" in talk.say("")
    talk.say("c")
    assert "It is yours." in talk.say("")
    talk.say("hold 20 calling the office")
    talk.say("c")
    talk.say("s 2h the office calls back")
    assert ended(client, grievance)[0] is State.SNOOZED

    asked = item_of(client, "is:question lang:as")
    talk.say(str(asked))
    assert "it is no ground" in talk.say("! request", "The minister's secretary", "CMO", "Take it down.")
    assert "A request, number " in talk.say("")

    political = item_of(client, "state:new -is:question lang:hi")
    talk.say(str(political))
    assert "Words:" in talk.say("h P1", "1-3")
    talk.say(f"z {political}")

    listed = talk.say("/clause:S1")
    assert "spam S1" in listed
    one, other = sorted(row.id for row in client.queue("all", query="clause:S1").rows)[:2]
    talk.say(f"x {one}")
    assert "2 items are marked." in talk.say(f"x {other}")
    bulk = talk.say("bulk hide S1", "")
    assert "Enter does it, x leaves it:" in bulk, bulk
    assert {ended(client, each)[0] for each in (one, other)} == {State.COMMITTING}, bulk
    talk.say("z")
    wait_for(lambda: {client.detail(each).row.visibility for each in (one, other)} == {Visibility.PUBLIC}, 20)

    assert "Looked for: easy" in talk.say("search easy money")
    assert "The last 24 hours." in talk.say("D")
    assert "You uncovered " in talk.say("exposure")
    assert "hide it on a clause" in talk.say("? h")

    letters = import_account(client)
    line = {"id": "t1", "text": "When does the office open?", "author": "Citizen", "created_at": "2026-11-22T10:00:00Z"}
    client.import_lines(letters, [json.dumps(line).encode() + b"\n"])
    talk.hears("status", "1 new comment came in.")

    hung_up_and_back(desk, client, talk, sits_down)


def hung_up_and_back(desk: DeskProcess, client: Client, talk: Talk, sits_down: Callable[[], Talk]) -> None:
    """The line goes in the middle of a reply: the draft stands, the item is offered back, and the shift ends."""
    office = item_of(client, "state:new is:question lang:hi")
    talk.say(str(office))
    talk.say("c")
    wait_for(lambda: talk.read_in_time("r", asked=True), 20, "the text to be asked for")
    talk.terminal.type("The office opens\n")
    wait_for(lambda: [one.text for one in client.detail(office).drafts] == ["The office opens"], 20, "the draft")
    talk.terminal.signal(signal.SIGHUP)
    assert talk.terminal.finish() == 0
    assert "You are signed off. Drafts are kept" in talk.heard()
    wait_for(lambda: not client.detail(office).row.owner, 20, "the item to be free")

    back = sits_down()
    assert f"Item {office} was yours when the line dropped; {office} opens it." in back.heard()
    assert f"You have a draft on item {office}." in back.heard()
    assert "> The office opens\n" in back.say(str(office))
    assert "Your draft so far:\n> The office opens\n" in back.say("r", "", "at ten.", ".", "k")
    assert client.detail(office).drafts[0].text == "The office opens\nat ten."
    back.say("a")
    assert ended(client, office) == (State.RESOLVED, "left_public")
    since = back.terminal.type("q\n")
    assert back.terminal.finish() == 0
    assert "You are signed off." in back.heard(since)
    for one in (talk, back):
        assert b"\x1b" not in one.terminal.sent
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufffd]", one.heard())
    kinds = recorded_kinds(client)
    assert set(kinds) >= {
        "escalation.ask", "decision.replied", "decision.left_public", "decision.hidden", "undo", "reverse", "note",
        "claim", "hold", "release", "snooze", "request.received", "bulk.begin", "bulk.undo",
    }  # fmt: skip
    desk.verify()


@pytest.mark.req("F14", "Z22")
def test_control_the_escape_of_a_citizen_would_reach_a_terminal_without_the_guard(
    client: Client, desk: DeskProcess
) -> None:
    """The same words through a console whose guard and display are taken away: the byte gets through."""
    letters = import_account(client)
    line = {"id": "t1", "text": "red \u241b[31m", "author": "Citizen", "created_at": "2026-11-22T10:00:00Z"}
    client.import_lines(letters, [json.dumps(line).encode() + b"\n"])
    item = item_of(client, "account:letters")
    code = (
        "import io, sys\nfrom moderator import text\nfrom moderator.line.console import Console\n"
        "console = Console(io.StringIO(), sys.stdout)\n"
        "if sys.argv[1] == 'bare': text.guard = text.display = lambda words: words\n"
        "console.quote('\\x1b[31m red')\n"
    )
    said = {how: subprocess.run([sys.executable, "-c", code, how], capture_output=True).stdout for how in ("", "bare")}
    assert (b"\x1b" in said["bare"], b"\x1b" in said[""]) == (True, False)
    guarded = desk.run("line", text=f"{item}\nq\n")
    assert "\x1b" not in guarded.stdout


@pytest.mark.req("L3")
def test_a_script_stops_at_its_first_refusal_with_its_exit_code(client: Client, desk: DeskProcess) -> None:
    first, second = (row.id for row in client.queue("new", query="lang:hi").rows[:2])
    done = desk.run("line", text=f"# the morning's thanks\n{first}\na\n99999\n{second}\na\nq\n")
    assert done.returncode == 1
    assert f"Item {first}: a\n" in done.stdout
    assert "Not done: There is no item 99999" in done.stdout
    assert "the rest of the input was not read" in done.stdout
    assert [ended(client, one)[0] for one in (first, second)] == [State.RESOLVED, State.NEW]
    assert desk.run("line", text=f"{second}\na\nq\n").returncode == 0
    assert ended(client, second)[0] is State.RESOLVED


def test_a_reader_that_has_had_enough_ends_it_without_a_complaint(client: Client, desk: DeskProcess) -> None:
    command = f"{' '.join(desk.command('line'))} 2>&1 >/dev/full"
    done = subprocess.run(
        ["sh", "-c", command], input="?\n" * 50, capture_output=True, text=True, env=desk.environment()
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "Exception ignored" not in done.stdout + done.stderr
