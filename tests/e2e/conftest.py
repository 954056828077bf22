"""A desk with a real WordPress account: the site, a keyring that is open, and a line between them that can fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from moderator.domain import asks
from tests.e2e.harness import FAST, DeskProcess
from tests.servers import keyring, wordpress
from tests.servers.fault_proxy import FaultProxy, proxying

NAME = "wp consult"


@pytest.fixture(scope="session")
def site() -> Iterator[wordpress.WordPressServer]:
    try:
        with wordpress.running() as found:
            found.keep_doubles_out(False)
            yield found
    except wordpress.Absent as absent:
        pytest.skip(f"WordPress cannot run here: {absent}")


@pytest.fixture(scope="session")
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


@pytest.fixture
def line(site: wordpress.WordPressServer) -> Iterator[Line]:
    ready: list[Line] = []
    up, down = threading.Event(), threading.Event()

    async def serve() -> None:
        host, port = site.url.removeprefix("http://").split(":")
        async with proxying(host, int(port)) as proxy:
            ready.append(Line(proxy))
            up.set()
            await asyncio.to_thread(down.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert up.wait(10)
    yield ready[0]
    down.set()
    thread.join()


@pytest.fixture
def pace() -> str:
    """The configuration of the desk; a test module may say otherwise."""
    return FAST


@pytest.fixture
def wordpress_desk(
    tmp_path: Path, line: Line, site: wordpress.WordPressServer, keys: dict[str, str], pace: str
) -> Iterator[DeskProcess]:
    """A desk whose one account is the site, reached through the line."""
    process = DeskProcess(tmp_path, config=pace, env=keys)
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
