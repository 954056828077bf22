"""A real desk with a keyring in memory and a clock that the test sets, for accounts, escalations and orders."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from moderator import platforms
from moderator.config import Config, Desk, Mail
from moderator.desk.house import House
from tests.accounts.parts import LADDER, Clock, Drawer, Site, Staff, account, take_in, vault_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def config() -> Config:
    """A ladder and a sender, but no mail server: what a test needs beyond that it adds itself."""
    return Config(
        desk=Desk(name="Duty desk ডিআইপিআৰ", time_zone="Asia/Kolkata"),
        mail=Mail(sender="desk@localhost"),
        escalation=LADDER,
    )


@pytest.fixture
async def house(
    config: Config, clock: Clock, drawer: Drawer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(
        platforms, "connect", lambda platform, *, secret, own_author_id, **rest: Site(secret, own_author_id)
    )
    found = House(config, tmp_path / "data", clock=clock)
    await found.start()
    found.vault = vault_of(drawer)
    yield found
    await found.close()


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


Comment = Callable[..., Awaitable[int]]


@pytest.fixture
async def comment(house: House) -> Comment:
    """Takes a comment in on an active account: words, author, permalink → its item's id."""
    account_id = await house.write(account)

    async def made(words: str, author: str = "A citizen", permalink: str = "") -> int:
        return await house.write(take_in, account_id, words, author, permalink)

    return made


@pytest.fixture
async def item(comment: Comment) -> int:
    """One item: a sharp comment by a citizen."""
    return await comment("You are a disgrace, see https://evil.example/x")


@pytest.fixture
def with_mail(config: Config) -> Config:
    """The same configuration with a mail server that nobody needs to run."""
    return dataclasses.replace(config, mail=Mail(host="127.0.0.1", sender="desk@localhost", login="desk"))
