"""An officer's work on a real WordPress, seen in a running terminal: arrival, hide, undo, reply, edit, un-hidden.

Citizens write through the site's own form. Every write that reaches the site passes the line in between, which counts.
"""

from __future__ import annotations

import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from tests.e2e.conftest import Line
from tests.e2e.harness import DeskProcess, wait_for
from tests.e2e.tmux import Pane, pane
from tests.servers.wordpress import WordPressServer

pytestmark = [pytest.mark.e2e, pytest.mark.wordpress]

POLL = 1.0
SLACK = 1.0
"""Seconds for a busy machine and for tmux to be asked."""
HIDE_WINDOW = 4.0


@pytest.fixture
def pace() -> str:
    """Windows long enough for fingers, intervals short enough for a test."""
    return f"""
[times]
poll = {POLL}
refresh = 1.0
hide_window = {HIDE_WINDOW}
reply_window = 1.0
tick = 0.05
linger = 3600.0
"""


@pytest.fixture(autouse=True)
def new_site(site: WordPressServer) -> None:
    """What another test said on the site is not here."""
    site.empty()


@pytest.fixture
def screen(wordpress_desk: DeskProcess, tmp_path: Path) -> Iterator[Pane]:
    with pane(tmp_path, wordpress_desk.command(), wordpress_desk.environment()) as found:
        found.shows("2 New")
        yield found


def says(site: WordPressServer, text: str, name: str = "Rina") -> None:
    """A citizen comments through the site's own form."""
    fields = {"comment_post_ID": site.post, "author": name, "email": "rina@example.org", "comment": text}
    body = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(f"{site.url}/wp-comments-post.php", body, timeout=20) as answer:
        assert answer.status == 200


def public(site: WordPressServer) -> str:
    """The post as everybody sees it."""
    with urllib.request.urlopen(f"{site.url}/?p={site.post}", timeout=20) as answer:
        return answer.read().decode()


def writes(line: Line) -> list[str]:
    return [path for method, path, _ in line.proxy.calls if method != "GET"]


def stands(desk: DeskProcess, text: str) -> view.Row | None:
    """The row with this text, or None while there is none."""
    client = desk.client()
    try:
        return next((row for row in client.queue(view.View.ALL, limit=200).rows if text in row.text), None)
    finally:
        client.close()


def found(desk: DeskProcess, text: str) -> view.Row:
    """The row with this text."""
    row = stands(desk, text)
    assert row is not None
    return row


def open_item(desk: DeskProcess, screen: Pane, text: str) -> None:
    """Wait for the comment, find it by typing, and open it."""
    wait_for(lambda: stands(desk, text), 20, "the comment at the desk")
    screen.keys("2")
    screen.shows("[2 New")
    screen.keys("/")
    screen.type(" ".join(text.split()[:3]))
    screen.shows("1 of ")
    screen.keys("Enter")
    screen.shows("1 found")
    screen.keys("Enter")
    screen.shows("‹", text[:30])


@pytest.mark.req("Q2", "B3", "B7", "V4", "E5")
def test_it_arrives_is_hidden_in_two_keys_and_is_gone_from_the_page(
    wordpress_desk: DeskProcess, screen: Pane, site: WordPressServer, line: Line
) -> None:
    says(site, "You useless idiot, officer of ward nine")
    said = time.monotonic()
    screen.shows("[2 New 1]")
    assert time.monotonic() - said < POLL + 1 + SLACK, "it was not on the screen within one poll and a second"
    open_item(wordpress_desk, screen, "You useless idiot, officer")
    assert "officer of ward nine" in public(site)
    screen.keys("h")
    screen.shows("A1", "Reason?")
    screen.keys("1")
    wait_for(lambda: "officer of ward nine" not in public(site), HIDE_WINDOW + 10, "the public page without it")
    assert len(writes(line)) == 1
    row = found(wordpress_desk, "officer of ward nine")
    assert (row.disposition, row.clause) == ("hidden", "A1")


@pytest.mark.req("B3", "G13", "Z14")
def test_z_within_the_window_leaves_the_site_untouched(
    wordpress_desk: DeskProcess, screen: Pane, site: WordPressServer, line: Line
) -> None:
    says(site, "You stupid idiot, officer of ward ten")
    open_item(wordpress_desk, screen, "You stupid idiot, officer")
    screen.keys("h")
    screen.shows("Reason?")
    screen.keys("1")
    screen.shows("z undoes")
    screen.keys("z")
    client = wordpress_desk.client()
    wait_for(lambda: not client.effects(), 10, "the effect to be gone")
    client.close()
    assert "officer of ward ten" in public(site)
    assert writes(line) == []
    assert found(wordpress_desk, "officer of ward ten").disposition == ""


@pytest.mark.req("G1", "G13", "H7")
def test_a_reply_appears_once_with_name_and_role(
    wordpress_desk: DeskProcess, screen: Pane, site: WordPressServer, line: Line
) -> None:
    says(site, "When does the ration office in ward eleven open?")
    open_item(wordpress_desk, screen, "When does the ration office")
    screen.keys("r")
    screen.shows("Reply to", "The reply is empty")
    screen.type("I have asked: the office opens at ten on every working day.")
    screen.keys("Escape")
    screen.shows("⏎ send")
    screen.keys("Enter")
    wait_for(lambda: "opens at ten on every working day" in public(site), 20, "the reply on the page")
    assert public(site).count("opens at ten on every working day") == 1
    client = wordpress_desk.client()
    item = found(wordpress_desk, "ration office in ward eleven").id
    decision = client.detail(item).decisions[-1]
    client.close()
    assert "—" in decision.reply, "name and role stand below the reply"
    assert site.count(decision.reply) == 1
    assert len(writes(line)) == 1


@pytest.mark.req("F18", "B12")
def test_an_edit_on_the_site_refuses_the_decision_and_shows_the_difference(
    wordpress_desk: DeskProcess, screen: Pane, site: WordPressServer, line: Line
) -> None:
    number = site.comment("The bridge at ward twelve is fine")
    open_item(wordpress_desk, screen, "The bridge at ward twelve")
    site.back_door("edit", id=int(number), text="The bridge at ward twelve has fallen into the river")
    wait_for(lambda: stands(wordpress_desk, "fallen into the river"), 20, "the edit to be seen")
    assert found(wordpress_desk, "fallen into the river").comment_version == 2
    screen.shows("fallen into the river", "is fine")  # both, the old and the new
    client = wordpress_desk.client()
    with client.stream(), pytest.raises(Refused) as refused:
        client.act(found(wordpress_desk, "fallen into the river").id, "leave", asks.Leave(seen_version=1))
    client.close()
    assert refused.value.code is Code.CHANGED
    assert "is fine" in str(refused.value.facts["old"])
    assert "fallen" in str(refused.value.facts["new"])
    assert found(wordpress_desk, "fallen into the river").state in ("new", "claimed")
    assert writes(line) == []


@pytest.mark.req("B12")
def test_one_that_is_unhidden_by_hand_comes_back_with_the_cause(
    wordpress_desk: DeskProcess, screen: Pane, site: WordPressServer
) -> None:
    number = site.comment("You dirty idiot, officer of ward thirteen")
    open_item(wordpress_desk, screen, "You dirty idiot, officer")
    screen.keys("h")
    screen.shows("Reason?")
    screen.keys("1")
    wait_for(lambda: "ward thirteen" not in public(site), HIDE_WINDOW + 10, "the page without it")
    wait_for(lambda: found(wordpress_desk, "ward thirteen").state == "resolved", 10, "the hide to be settled")
    site.native(number, "approve")
    wait_for(lambda: found(wordpress_desk, "ward thirteen").cause == "unhidden", 20, "its return")
    screen.keys("Escape")
    screen.keys("4")
    screen.shows("You dirty idiot")
