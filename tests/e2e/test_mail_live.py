"""Escalation mail through a real server into a real mailbox: once, byte for byte, and honest about failure."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from moderator.config import Config, Desk, Mail, Times
from moderator.desk import accounts, escalate, outbox
from moderator.desk.house import House
from moderator.domain.asks import Escalate, SetSecret
from moderator.domain.person import Actor, Role
from moderator.domain.secret import Secret
from moderator.domain.view import Done
from moderator.domain.wording import recalled
from tests.accounts.parts import LADDER, Clock, Drawer, Staff, account, take_in, vault_of
from tests.servers import mail as servers

pytestmark = pytest.mark.mail


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MailServer]:
    try:
        with servers.running() as found:
            yield found
    except servers.Absent as absent:
        pytest.skip(f"the mail server cannot run here: {absent}")


class Night:
    """One desk with its officer and one comment."""

    def __init__(self, house: House, clock: Clock, mona: Actor, item: int) -> None:
        self.house, self.clock, self.mona, self.item = house, clock, mona, item

    async def up(self, question: str) -> Done:
        ask = Escalate(1, question)
        return await self.house.write(escalate.escalate, self.mona, self.item, ask)

    async def carry_out(self, done: Done) -> Any:
        """End the undo window, send, and give back how the effect stands."""
        self.clock.pass_(seconds=400)
        await self.house.write(outbox.release_due)
        await outbox.carry_out(self.house, done.effects[0])
        row = await self.house.read(_effect, done.effects[0])
        return row["state"], recalled(row["reason"])


def _effect(look: Any, effect_id: int) -> Any:
    return look.conn.execute("SELECT * FROM effect WHERE id = ?", (effect_id,)).fetchone()


@pytest.fixture
async def night(server: servers.MailServer, tmp_path: Path) -> AsyncIterator[Night]:
    config = Config(
        desk=Desk(name="Duty desk", time_zone="Asia/Kolkata"),
        mail=Mail("localhost", server.port, "starttls", "desk", "desk@localhost", server.ca_file),
        escalation=LADDER,
        times=Times(mail_timeout=10.0),
    )
    clock = Clock()
    house = House(config, tmp_path / "data", clock=clock)
    await house.start()
    house.vault = vault_of(Drawer())
    staff = Staff(house)
    cora = await staff.hire("cora", Role.CUSTODIAN)
    await accounts.set_mail_secret(house, cora, SetSecret("password", server.passwords["desk"]))
    mona = await staff.hire("mona", Role.MODERATOR)
    item = await house.write(take_in, await house.write(account), "আপত্তিজনক মন্তব্য\n.\nsee https://evil.example")
    yield Night(house, clock, mona, item)
    await house.close()


@pytest.mark.req("E4", "B5")
async def test_it_arrives_once_as_it_was_stored(server: servers.MailServer, night: Night) -> None:
    before = len(server.mailbox("lead"))
    done = await night.up("Is this a threat?")
    assert await night.carry_out(done) == ("done", "")
    (view,) = await night.house.read(escalate.views, night.item)
    assert view.state == "sent"
    arrived = server.wait_for("lead", before + 1)
    assert len(arrived) == before + 1
    stored = await night.house.read(escalate.eml, night.mona, done.row_id)
    assert arrived[-1].endswith(stored), "the server adds its trace above; not one byte of ours is changed"
    assert stored.startswith(b"Date: ")


@pytest.mark.req("E4")
async def test_the_offices_answer_comes_back_to_the_token(server: servers.MailServer, night: Night) -> None:
    done = await night.up("Leave it?")
    await night.carry_out(done)
    stored = await night.house.read(escalate.eml, night.mona, done.row_id)
    asked = email.message_from_bytes(stored, policy=email.policy.default)
    reply_to = asked["Reply-To"].addresses[0].addr_spec
    answer = f"From: lead@localhost\r\nTo: {reply_to}\r\nSubject: Re: {asked['Subject']}\r\n\r\n1\r\n".encode()
    before = len(server.mailbox("desk"))
    server.send("lead", reply_to, answer)
    assert b"Subject: Re: [E-1]" in server.wait_for("desk", before + 1)[-1]


async def test_copies_go_to_the_deputies(server: servers.MailServer, night: Night) -> None:
    await night.up("First level?")
    before = {who: len(server.mailbox(who)) for who in ("legal", "deputy")}
    done = await night.up("Second level?")
    assert (await night.carry_out(done))[0] == "done"
    for who, count in before.items():
        assert b"Second level?" in server.wait_for(who, count + 1)[-1]


@pytest.mark.req("F23")
async def test_a_server_that_is_down_delays_and_doubles_nothing(server: servers.MailServer, night: Night) -> None:
    assert server.submission is not None
    before = len(server.mailbox("lead"))
    done = await night.up("Is anybody there?")
    server.submission.stop()
    try:
        state, reason = await night.carry_out(done)
    finally:
        server.submission.start()
    assert state == "failed"
    assert "does not answer" in reason
    assert len(server.mailbox("lead")) == before
    assert await night.carry_out(done) == ("done", "")
    await outbox.carry_out(night.house, done.effects[0])
    assert len(server.wait_for("lead", before + 1)) == before + 1


@pytest.mark.parametrize("fault", ["wrong password", "unknown office"])
async def test_a_refusal_is_told_and_nothing_arrives(fault: str, server: servers.MailServer, night: Night) -> None:
    before = len(server.mailbox("lead"))
    if fault == "unknown office":
        wrong = dataclasses.replace(LADDER.levels[0], mail="nobody@localhost")
        ladder = dataclasses.replace(LADDER, levels=(wrong, *LADDER.levels[1:]))
        night.house.config = dataclasses.replace(night.house.config, escalation=ladder)
    else:
        await night.house.vault.put(*accounts.MAIL, Secret("wrong"))
    state, reason = await night.carry_out(await night.up("Who refuses?"))
    assert state in ("failed", "parked")
    assert ("535" if fault == "wrong password" else "550 5.1.1") in reason
    assert len(server.mailbox("lead")) == before
