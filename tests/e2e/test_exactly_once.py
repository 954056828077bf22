"""Exactly once, against a real WordPress, through a loopback proxy that fails on purpose.

The service is a process of its own with its secret in a real keyring. Three faults, so many times each: the service is
killed after the site answered and before our own mark; the line drops after the site committed; the site answers 500
after it committed. The site's own protection against doubles is switched off, so that only ours is tried.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moderator import platforms
from moderator.client import Client
from moderator.domain import asks, view
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Refused
from moderator.domain.secret import Secret
from moderator.platforms.base import Action, PlatformError
from tests.e2e.harness import FAST, DeskProcess, wait_for
from tests.servers import keyring, wordpress
from tests.servers.fault_proxy import Fault, FaultProxy, proxying

pytestmark = [pytest.mark.e2e, pytest.mark.wordpress]

TIMES = int(os.environ.get("MODERATOR_FAULTS", "50"))
NAME = "wp consult"


@pytest.fixture(scope="module")
def site() -> Iterator[wordpress.WordPressServer]:
    try:
        with wordpress.running() as found:
            found.keep_doubles_out(False)
            yield found
    except wordpress.Absent as absent:
        pytest.skip(f"WordPress cannot run here: {absent}")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a login whose keyring is unlocked."""
    try:
        with keyring.unlocked(tmp_path_factory.mktemp("home")) as env:
            yield env
    except keyring.Absent as absent:
        pytest.skip(f"no keyring can run here: {absent}")


@dataclass
class Line:
    """The proxy, running in a thread of its own."""

    proxy: FaultProxy
    loop: asyncio.AbstractEventLoop
    stop: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def line(site: wordpress.WordPressServer) -> Iterator[Line]:
    ready: list[Line] = []
    up, down = threading.Event(), threading.Event()

    async def serve() -> None:
        host, port = site.url.removeprefix("http://").split(":")
        async with proxying(host, int(port)) as proxy:
            ready.append(Line(proxy, asyncio.get_running_loop()))
            up.set()
            await asyncio.to_thread(down.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert up.wait(10)
    yield ready[0]
    down.set()
    thread.join()


@pytest.fixture
def desk(tmp_path: Path, line: Line, site: wordpress.WordPressServer, keys: dict[str, str]) -> Iterator[DeskProcess]:
    process = DeskProcess(tmp_path, config=FAST, env=keys)
    process.start()
    client = process.client()
    account = client.add_account(
        asks.NewAccount("wordpress", NAME, url=line.proxy.url, login_id=site.desk_login, custodians=("officer",))
    ).row_id
    client.set_secret(account, asks.SetSecret("app_password", site.desk_password))
    tested = client.test_account(account)
    assert tested.ok, tested.lines
    client.account_act(account, "activate", asks.Because("order 1/2026"))
    client.close()
    yield process
    process.kill()


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
    desk: DeskProcess, line: Line, site: wordpress.WordPressServer, fault: Fault
) -> None:
    texts = [f"When does road {fault} number {n} open?" for n in range(TIMES)]
    for text in texts:
        site.comment(text)
    client = desk.client()
    items = queued(client, texts)
    line.proxy.script.extend([fault] * TIMES)
    with client.stream():
        sent = {item: answer(client, item, f"We open it in March ({fault} {n}).") for n, item in enumerate(items.values())}
        wait_for(lambda: not line.proxy.script, 60, "every reply to meet its fault")
        shown = {effect.state for effect in client.effects()}
        assert EffectState.UNCERTAIN in shown, "an unknown outcome must be shown as unknown"
        wait_for(lambda: settled(client), 90, "the looks")
    client.close()
    assert_once(site, sent, replies(desk))
    desk.verify()


@pytest.mark.req("F8", "F9", "B11")
def test_killed_between_the_sites_answer_and_our_own_mark(
    desk: DeskProcess, line: Line, site: wordpress.WordPressServer
) -> None:
    texts = [f"Who answers at gate number {n}?" for n in range(TIMES)]
    for text in texts:
        site.comment(text)
    client = desk.client()
    items = queued(client, texts)
    client.close()
    sent: dict[int, str] = {}
    for n, item in enumerate(items.values()):
        sent[item] = reply_and_kill(desk, line, item, f"The porter answers ({n}).")
        desk.start()
    client = desk.client()
    wait_for(lambda: settled(client), 60, "the looks")
    client.close()
    ended = replies(desk)
    assert_once(site, sent, ended)
    assert all(reason == "Found on the platform." for _, reason in ended.values())
    desk.verify()


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


def test_the_log_of_the_service_holds_no_secret(desk: DeskProcess, site: wordpress.WordPressServer) -> None:
    assert desk.log().strip()
    assert site.desk_password not in desk.log()
    assert site.desk_password not in json.dumps(desk.command("serve"))
