"""Exactly once, against a real WordPress, through a loopback proxy that fails on purpose.

The service is a process of its own with its secret in a real keyring. Three faults, so many times each: the service is
killed after the site answered and before our own mark; the line drops after the site committed; the site answers 500
after it committed. The site's own protection against doubles is switched off, so that only ours is tried.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from datetime import UTC, datetime

import pytest

from moderator import platforms
from moderator.client import Client
from moderator.domain import asks, view
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Refused
from moderator.domain.secret import Secret
from moderator.domain.wording import recalled
from moderator.platforms.base import Action, PlatformError
from tests.e2e.conftest import Line
from tests.e2e.harness import DeskProcess, wait_for
from tests.servers import wordpress
from tests.servers.fault_proxy import Fault, proxying

pytestmark = [pytest.mark.e2e, pytest.mark.wordpress]

TIMES = int(os.environ.get("MODERATOR_FAULTS", "50"))


def queued(client: Client, texts: list[str]) -> dict[str, int]:
    """Text → item, once all of them stand in the queue."""

    def look() -> dict[str, int]:
        found: dict[str, int] = {}
        after = ""
        while True:
            page = client.queue(view.View.ALL, after, 200)
            found |= {row.text: row.id for row in page.rows if row.text in texts}
            after = page.after
            if not after:
                return found if len(found) == len(texts) else {}

    return wait_for(look, 60, "the comments to be taken in")


def settled(client: Client) -> bool:
    """Whether no effect is on its way: each is done or waits for a person."""
    return all(effect.state is EffectState.PARKED for effect in client.effects())


def replies(desk: DeskProcess) -> dict[int, tuple[str, str]]:
    """Item → (state, reason) of its reply."""
    conn = sqlite3.connect(f"file:{desk.data_dir}/desk.db?mode=ro", uri=True)
    rows = conn.execute("SELECT item_id, state, reason FROM effect WHERE op = 'reply'").fetchall()
    conn.close()
    return {item: (state, reason) for item, state, reason in rows}


def answer(client: Client, item: int, text: str) -> str:
    """Reply; what the citizen will read."""
    outgoing = client.conduct(asks.CheckConduct(item, text)).outgoing
    client.act(item, "reply", asks.Reply(seen_version=1, text=text))
    return outgoing


def assert_once(site: wordpress.WordPressServer, sent: dict[int, str], ended: dict[int, tuple[str, str]]) -> None:
    for item, text in sent.items():
        assert site.count(text) == 1, f"item {item}: {site.count(text)} replies stand on the site"
        assert ended[item][0] == "done", f"item {item}: {ended[item]}"


@pytest.mark.req("F1", "F3", "F4", "Z15", "X2")
@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.ERROR_AFTER])
def test_a_lost_answer_is_looked_for_and_never_sent_again(
    wordpress_desk: DeskProcess, line: Line, site: wordpress.WordPressServer, fault: Fault
) -> None:
    texts = [f"When does road {fault} number {n} open?" for n in range(TIMES)]
    for text in texts:
        site.comment(text)
    client = wordpress_desk.client()
    items = queued(client, texts)
    line.proxy.script.extend([fault] * TIMES)
    with client.stream():
        sent = {
            item: answer(client, item, f"We open it in March ({fault} {n}).") for n, item in enumerate(items.values())
        }
        wait_for(lambda: not line.proxy.script, 60, "every reply to meet its fault")
        shown = {effect.state for effect in client.effects()}
        assert EffectState.UNCERTAIN in shown, "an unknown outcome must be shown as unknown"
        wait_for(lambda: settled(client), 90, "the looks")
    client.close()
    assert_once(site, sent, replies(wordpress_desk))
    wordpress_desk.verify()


@pytest.mark.req("F8", "F9", "B11")
def test_killed_between_the_sites_answer_and_our_own_mark(
    wordpress_desk: DeskProcess, line: Line, site: wordpress.WordPressServer
) -> None:
    texts = [f"Who answers at gate number {n}?" for n in range(TIMES)]
    for text in texts:
        site.comment(text)
    client = wordpress_desk.client()
    items = queued(client, texts)
    client.close()
    sent: dict[int, str] = {}
    for n, item in enumerate(items.values()):
        sent[item] = reply_and_kill(wordpress_desk, line, item, f"The porter answers ({n}).")
        wordpress_desk.start()
    client = wordpress_desk.client()
    wait_for(lambda: settled(client), 60, "the looks")
    client.close()
    ended = replies(wordpress_desk)
    assert_once(site, sent, ended)
    assert {recalled(reason) for _, reason in ended.values()} == {"Found on the platform."}
    wordpress_desk.verify()


def reply_and_kill(desk: DeskProcess, line: Line, item: int, text: str) -> str:
    """Send one reply; the desk dies when the site has answered and before it hears of it."""
    dead = threading.Event()

    async def kill() -> None:
        line.proxy.on_answer = None
        desk.kill()
        dead.set()

    client = desk.client()
    try:
        with client.stream():
            outgoing = client.conduct(asks.CheckConduct(item, text)).outgoing
            line.proxy.on_answer = kill
            client.act(item, "reply", asks.Reply(seen_version=1, text=text))
            assert dead.wait(20), "the reply never left"
    except Refused:
        assert dead.is_set()
    finally:
        client.close()
    return outgoing


@pytest.mark.req("F1", "F3")
@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.ERROR_AFTER])
async def test_control_a_blind_retry_posts_twice(site: wordpress.WordPressServer, fault: Fault) -> None:
    """The same connector, site and faults, with "try again" in the place of "look first"."""
    target = site.comment(f"A question for the control, {fault}")
    host, port = site.url.removeprefix("http://").split(":")
    async with proxying(host, int(port)) as proxy:
        connector = platforms.connect(
            "wordpress",
            account_id=1,
            url=proxy.url,
            login_id=site.desk_login,
            settings={},
            secret=Secret(site.desk_password),
            own_author_id=site.desk_id,
        )
        proxy.script.append(fault)
        text = f"A blind answer ({fault})."
        action = Action(Op.REPLY, target, "key-1", str(site.post), text, datetime.now(UTC))
        for _ in range(2):
            try:
                await connector.act(action)
            except PlatformError:
                continue
        await connector.aclose()
    assert site.count(text) == 2


def test_the_log_of_the_service_holds_no_secret(wordpress_desk: DeskProcess, site: wordpress.WordPressServer) -> None:
    assert wordpress_desk.log().strip()
    assert site.desk_password not in wordpress_desk.log()
    assert site.desk_password not in json.dumps(wordpress_desk.command("serve"))
