"""The line drops in mid-sentence: what was typed is at the desk, what was held is free, nothing was sent."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from moderator.client import Client
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from tests.e2e.harness import FAST, DeskProcess, comments, import_account, wait_for
from tests.e2e.screen import Terminal, left_clean, terminals

pytestmark = pytest.mark.e2e

WORDS = "আমি আপোনাৰ অভিযোগ পাইছোঁ। পথছোৱাৰ মেৰামতিৰ কাম কাইলৈৰ পৰা আৰম্ভ হ’ব আৰু সোমবাৰে শেষ হ’ব। "
REPLY = (WORDS * 5)[:300]
"""300 code points of Assamese, conjuncts and spacing vowel signs among them."""
FREE_WITHIN = 1.0
"""Seconds in which another officer must be able to take the item."""
SAFE_AFTER = 1.2
"""Seconds: a draft is saved 0.7 s after a key at the latest (the product's default), and then has to reach the disk."""
PACE = 0.012
"""Seconds between two characters of somebody who types very fast."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    process = DeskProcess(tmp_path_factory.mktemp("desk"), FAST)
    process.start()
    with contextlib.closing(process.client()) as client:
        client.import_lines(import_account(client), comments(30))
    yield process
    process.kill()


@pytest.fixture
def client(desk: DeskProcess) -> Iterator[Client]:
    with contextlib.closing(desk.client()) as found:
        yield found


@pytest.fixture
def item(client: Client) -> Iterator[int]:
    """The next item, out of the way afterwards."""
    number = client.next()
    yield number
    with client.stream(), contextlib.suppress(Refused):
        if client.detail(number).drafts:
            client.drop_draft(number)
        client.act(number, "leave", asks.Leave(seen_version=1))


@pytest.fixture
def opened(desk: DeskProcess) -> Iterator[Callable[[], Terminal]]:
    with terminals() as start:
        yield lambda: start(desk.command(), desk.environment())


def compose(terminal: Terminal, item: int) -> None:
    """Claim the next item and begin a reply to it."""
    terminal.shows("all platforms up", "▌")
    terminal.type("N")
    terminal.shows(f"Citizen {item - 1} ", "author on our pages")
    terminal.type("c")
    terminal.shows("yours")
    terminal.decide("r", "Reply to", "Esc preview", "✓ length")


def draft(client: Client, item: int) -> view.DraftView | None:
    """What the desk has of this reply."""
    return next(iter(client.detail(item).drafts), None)


def claimed(client: Client, item: int) -> bool:
    """Whether another session could take it now."""
    try:
        client.act(item, "claim")
    except Refused as refused:
        assert refused.code is Code.TAKEN, refused
        return False
    return True


def freed(client: Client, item: int) -> None:
    """Nobody holds the item within the time that was promised."""
    wait_for(lambda: not client.detail(item).row.owner, FREE_WITHIN, "the item to be free")


def nothing_sent(client: Client, item: int) -> None:
    detail = client.detail(item)
    assert (detail.decisions, detail.effects, detail.row.state.value) == ((), (), "new")
    assert client.effects() == ()


def type_on(terminal: Terminal, words: str) -> list[float]:
    """Type these at a pace, without a rest; the moment of each key."""
    pause = threading.Event()
    times: list[float] = []
    for char in words:
        terminal.type(char)
        times.append(time.monotonic())
        pause.wait(PACE)
    return times


def resumed(opened: Callable[[], Terminal], client: Client, item: int, words: str, caret: int) -> None:
    """The next login: told of it, led to it, and the words stand there with the caret where it was."""
    again = opened()
    again.shows("Yours when the line dropped", "▌")
    again.type("N")
    again.shows(f"Citizen {item - 1} ", "your draft")
    again.decide("r", "Reply to", f"{words[:12]}")
    again.shows("✓ length")
    again.type("#")
    after = words[:caret] + "#" + words[caret:]
    wait_for(lambda: saved_text(client, item) == after, 5, f"the next key after {caret} characters")
    again.signal(signal.SIGTERM)
    assert again.finish() == 0


def saved_text(client: Client, item: int) -> str:
    found = draft(client, item)
    return found.text if found else ""


@pytest.mark.req("B1", "F6", "F7", "H10")
@pytest.mark.parametrize("typed", [41, 300])
def test_hung_up_in_mid_sentence_loses_no_character(
    opened: Callable[[], Terminal], client: Client, item: int, typed: int
) -> None:
    """SIGHUP, as sshd sends it: every character that was typed before it is at the desk."""
    terminal = opened()
    compose(terminal, item)
    type_on(terminal, REPLY[:typed])
    terminal.signal(signal.SIGHUP)
    freed(client, item)
    assert terminal.finish() == 0
    found = draft(client, item)
    assert found is not None
    assert (found.text, found.caret) == (REPLY[:typed], typed)
    left_clean(terminal.sent)
    assert terminal.attributes() == terminal.before
    nothing_sent(client, item)
    resumed(opened, client, item, REPLY[:typed], typed)


@pytest.mark.req("B1", "F6")
def test_a_signal_does_not_outrun_the_keys_before_it(opened: Callable[[], Terminal], client: Client, item: int) -> None:
    """300 characters poured in at once, and SIGHUP on their heels."""
    terminal = opened()
    compose(terminal, item)
    terminal.type(REPLY)
    terminal.signal(signal.SIGHUP)
    assert terminal.finish() == 0
    assert saved_text(client, item) == REPLY


@pytest.mark.req("B1", "F6", "H10")
def test_the_caret_comes_back_where_it_stood(opened: Callable[[], Terminal], client: Client, item: int) -> None:
    terminal = opened()
    compose(terminal, item)
    terminal.type(REPLY[:60])
    wait_for(lambda: saved_text(client, item) == REPLY[:60], 5, "the text")
    terminal.type("\x1b[H")
    terminal.signal(signal.SIGHUP)
    assert terminal.finish() == 0
    found = draft(client, item)
    assert found is not None
    assert (found.text, found.caret) == (REPLY[:60], 0)
    resumed(opened, client, item, REPLY[:60], 0)


@pytest.mark.req("B1", "F7")
def test_a_closed_window_keeps_what_it_showed(opened: Callable[[], Terminal], client: Client, item: int) -> None:
    """The terminal itself is gone: all that it had shown is at the desk."""
    terminal = opened()
    compose(terminal, item)
    type_on(terminal, REPLY[:150])
    terminal.settled(0.2)
    terminal.hang_up()
    freed(client, item)
    terminal.finish()
    wait_for(lambda: saved_text(client, item) == REPLY[:150], 5, "the draft")
    nothing_sent(client, item)
    resumed(opened, client, item, REPLY[:150], 150)


@pytest.mark.req("B1", "F6", "F7")
def test_killed_outright_loses_at_most_the_last_moment(
    opened: Callable[[], Terminal], client: Client, item: int
) -> None:
    """kill -9 leaves no time for anything: what was typed up to the configured moment before is at the desk."""
    terminal = opened()
    compose(terminal, item)
    times = type_on(terminal, REPLY)
    killed = time.monotonic()
    terminal.signal(signal.SIGKILL)
    freed(client, item)
    terminal.finish()
    kept = saved_text(client, item)
    assert REPLY.startswith(kept)
    safe = sum(1 for at in times if killed - at > SAFE_AFTER)
    assert safe > 100, "the typing was too short to tell anything"
    assert len(kept) >= safe
    nothing_sent(client, item)
    resumed(opened, client, item, kept, len(kept))


ENDS = {
    "hung up": lambda terminal: terminal.signal(signal.SIGHUP),
    "window closed": lambda terminal: terminal.hang_up(),
    "killed": lambda terminal: terminal.signal(signal.SIGKILL),
}


@pytest.mark.req("B1", "F7")
@pytest.mark.parametrize("end", ENDS)
def test_another_officer_has_the_item_within_a_second(
    opened: Callable[[], Terminal], client: Client, item: int, end: str
) -> None:
    """The control is in it: while the line stands, nobody else gets the item, not even from a program that hangs."""
    terminal = opened()
    compose(terminal, item)
    with client.stream():
        assert not claimed(client, item)
        if end == "killed":
            terminal.signal(signal.SIGSTOP)
            with pytest.raises(AssertionError, match="waited"):
                wait_for(lambda: claimed(client, item), FREE_WITHIN, "the item to be free")
        ENDS[end](terminal)
        wait_for(lambda: claimed(client, item), FREE_WITHIN, "the item to be free")
        client.act(item, "release")


@pytest.mark.req("B1", "F6")
def test_the_control_what_no_signal_announced_is_lost(
    opened: Callable[[], Terminal], client: Client, item: int
) -> None:
    """kill -9 right after the last key: here the last characters are missing, so that we know what HUP saves."""
    terminal = opened()
    compose(terminal, item)
    terminal.type(REPLY[:50])
    terminal.sends(REPLY[49].encode())
    terminal.signal(signal.SIGKILL)
    terminal.finish()
    freed(client, item)
    assert saved_text(client, item) == ""


def test_the_text_is_what_it_is_said_to_be() -> None:
    assert len(REPLY) == 300
    assert sum(0x0980 <= ord(char) <= 0x09FF for char in REPLY) > 200
