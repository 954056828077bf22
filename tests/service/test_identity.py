"""From the kernel's word to a person: looked up off the loop, within a limit, failing closed."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from moderator.config import Config, Times
from moderator.desk import people
from moderator.desk.house import House
from moderator.desk.room import Look
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Actor, Role
from moderator.service.identity import Directory, Entry, Gate, Limited
from moderator.service.protocol import Peer

OWN = pwd.getpwuid(os.getuid())
CONFIG = Config(times=Times(lookup_limit=0.2, identity=1000.0))


class Told(Directory):
    """A name service that answers what the test says."""

    def __init__(self, name: str = "alice", *, member: bool = True, login: int = -1) -> None:
        self.answer: Entry | Exception = Entry(name, member)
        self.login_answer = login
        self.asked = 0
        self.hang: threading.Event | None = None

    def entry(self, uid: int, group: str) -> Entry:
        self.asked += 1
        if self.hang is not None:
            self.hang.wait(20)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def login(self, pid: int) -> int:
        return self.login_answer


def peer(uid: int = 1001) -> Peer:
    return Peer(uid, 1, cast(Any, None))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    opened = House(CONFIG, tmp_path)
    await opened.start()
    await opened.write(people.init_lead, "alice", 1001)
    yield opened
    await opened.close()


def gate(house: House, directory: Directory, *, private: bool = False, config: Config = CONFIG) -> Gate:
    return Gate(house, config, private=private, directory=directory)


async def refused(gate: Gate, who: Peer, *, act: bool = True) -> str:
    with pytest.raises(Refused) as error:
        await gate.person(who, act=act)
    assert error.value.code is Code.NOT_ALLOWED
    assert error.value.cure
    return error.value.sentence


async def test_somebody_on_the_roster_is_known(house: House) -> None:
    person = await gate(house, Told()).person(peer(), act=True)
    assert (person.name, person.uid) == ("alice", 1001)
    assert Role.LEAD in person.roles


@pytest.mark.req("Z12")
async def test_a_recycled_uid_or_name_inherits_nothing(house: House) -> None:
    assert "not on the roster" in await refused(gate(house, Told("mallory")), peer(1001))
    assert "not on the roster" in await refused(gate(house, Told("alice")), peer(1002))


@pytest.mark.req("Z12")
async def test_uid_0_has_no_right_by_itself(house: House) -> None:
    assert "not on the roster" in await refused(gate(house, Told("root")), peer(0))


@pytest.mark.req("Z12")
async def test_out_of_the_group_is_out_at_the_next_act(house: House) -> None:
    directory = Told()
    door = gate(house, directory)
    await door.person(peer(), act=True)
    directory.answer = Entry("alice", False)
    assert "not in the group" in await refused(door, peer())


@pytest.mark.req("Z12")
async def test_off_the_roster_is_out_at_the_next_act(house: House) -> None:
    door = gate(house, Told())
    person = await door.person(peer(), act=True)
    await house.write(people.leave, Actor(person), person.id)
    assert "not on the roster" in await refused(door, peer())


async def test_a_read_may_be_as_old_as_configured_and_an_act_may_not(house: House) -> None:
    directory = Told()
    door = gate(house, directory)
    await door.person(peer(), act=False)
    await door.person(peer(), act=False)
    assert directory.asked == 1
    await door.person(peer(), act=True)
    assert directory.asked == 2
    impatient = gate(house, directory, config=replace(CONFIG, times=replace(CONFIG.times, identity=0.0)))
    await impatient.person(peer(), act=False)
    await impatient.person(peer(), act=False)
    assert directory.asked == 4  # the control: without a memory each read asks


@pytest.mark.req("Z12")
async def test_a_name_service_that_hangs_closes_the_door_and_holds_up_nobody(house: House) -> None:
    directory = Told()
    directory.hang = threading.Event()
    door = gate(house, directory)
    waiting = asyncio.create_task(refused(door, peer()))
    await asyncio.sleep(0)
    assert await house.read(_answers) == 1  # the loop and the store go on meanwhile
    assert "did not answer in time" in await waiting
    directory.hang.set()
    directory.hang = None
    assert (await door.person(peer(), act=True)).name == "alice"


def _answers(look: Look) -> int:
    return int(look.conn.execute("SELECT 1").fetchone()[0])


@pytest.mark.req("Z12")
async def test_no_more_than_so_many_hang_at_once() -> None:
    release, limited = threading.Event(), Limited(0.05, most=2)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await limited.run(release.wait, 20)
    started: list[bool] = []
    with pytest.raises(TimeoutError):
        await limited.run(started.append, True)
    assert started == []  # not even begun
    release.set()
    while not limited._free.acquire(blocking=False):
        await asyncio.sleep(0)
    limited._free.release()
    await limited.run(started.append, True)
    assert started == [True]


@pytest.mark.parametrize("error", [KeyError("x"), OSError("x")])
async def test_who_is_unknown_to_the_machine_is_refused(house: House, error: Exception) -> None:
    directory = Told()
    directory.answer = error
    assert "not known on this machine" in await refused(gate(house, directory), peer())


@pytest.mark.req("Z12")
@pytest.mark.parametrize("act", [True, False])
async def test_another_users_login_is_refused_and_recorded_once(house: House, act: bool) -> None:
    door = gate(house, Told(login=2000))
    for _ in range(3):
        assert "logged in to this machine as somebody else" in await refused(door, peer(), act=act)
    assert await house.read(_kinds) == ["identity.refused"]
    for login in (-1, 1001):  # the control: no login known, or the same one
        assert await gate(house, Told(login=login)).person(peer(), act=act)


def _kinds(look: Look) -> list[str]:
    rows = look.conn.execute("SELECT kind FROM event WHERE kind LIKE 'identity.%'")
    return [row["kind"] for row in rows]


async def test_a_private_desk_is_its_owners_alone(tmp_path: Path) -> None:
    private = House(CONFIG, tmp_path / "own", private=True)
    await private.start()
    door = gate(private, Directory(), private=True)
    assert (await door.person(peer(os.getuid()), act=True)).name == OWN.pw_name
    assert "private desk" in await refused(door, peer(os.getuid() + 1))
    await private.close()


def test_the_machines_own_directory() -> None:
    directory = Directory()
    group = grp.getgrgid(os.getgid()).gr_name
    assert directory.entry(os.getuid(), group) == Entry(OWN.pw_name, True)
    assert directory.entry(os.getuid(), "").member
    with pytest.raises(KeyError):
        directory.entry(os.getuid(), "no-such-group")
    assert directory.login(os.getpid()) >= -1
    assert directory.login(2**22 + 1) == -1
