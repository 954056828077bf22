"""A client that is stopped for longer than its lease and then goes on: what it says then is stale, and is refused."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderator.client import Client
from moderator.domain import asks, view
from tests.e2e.harness import FAST, DeskProcess, wait_for
from tests.e2e.trouble import Program, filled, rows, running, talking

pytestmark = pytest.mark.e2e

LEASED = FAST.replace("tick = 0.05", "tick = 0.05\nlease = 1.0\nrenew = 0.2")
TEXT = "We looked at the road on Monday and will tell you more here."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    with running(tmp_path, config=LEASED, arguments=("--practice",)) as process:
        yield process


@pytest.fixture
def officer(desk: DeskProcess) -> Iterator[Program]:
    program = Program("stalled.py", str(desk.socket), str(os.getuid()))
    assert program.hear() == {"ok": "ready"}
    yield program
    program.signal(signal.SIGCONT)
    program.end()


def ask(officer: Program, *words: object) -> dict[str, str]:
    officer.tell(json.dumps(words))
    found: dict[str, str] = officer.hear()
    return found


def free_row(client: Client) -> view.Row:
    """A row of the queue that nobody has; practice brings some at once."""
    return wait_for(lambda: [row for row in rows(client) if not row.owner and not row.protected])[0]


def row(client: Client, item: int) -> view.Row:
    [found] = client.rows([item])
    return found


def stopped_with(officer: Program, client: Client, item: int) -> None:
    """The officer claims, keeps it while alive, and is stopped until the lease is over."""
    assert "ok" in ask(officer, "claim", item)
    assert row(client, item).owner
    officer.signal(signal.SIGSTOP)
    wait_for(lambda: not row(client, item).owner and row(client, item).state == "new", why="the lease to lapse")


@pytest.mark.req("F25", "F16")
@pytest.mark.parametrize("meanwhile", ["taken", "decided"])
def test_a_stale_act_is_refused_and_its_text_is_kept(desk: DeskProcess, officer: Program, meanwhile: str) -> None:
    with talking(desk) as other:
        item = free_row(other).id
        stopped_with(officer, other, item)
        other.act(item, "claim")
        if meanwhile == "decided":
            other.act(item, "leave", asks.Leave(row(other, item).comment_version))
        head = effects_of(desk, item)
        officer.signal(signal.SIGCONT)
        answer = ask(officer, "reply", item, 1, TEXT)
        assert answer["refused"] == {"taken": "taken", "decided": "wrong_state"}[meanwhile], answer
        assert effects_of(desk, item) == head, "nothing was made of it"
        drafts = {draft.item_id: draft for draft in other.status().drafts}
        assert drafts[item].text == TEXT, "and nothing that was typed is lost"
        assert drafts[item].why == "lost the race"
        assert ask(officer, "leave", item, 1)["refused"] == answer["refused"]
    desk.stop()


def effects_of(desk: DeskProcess, item: int) -> int:
    with contextlib.closing(desk.client()) as client:
        return len([effect for effect in client.effects() if effect.item_id == item])


@pytest.mark.req("F25")
def test_control_an_officer_who_is_not_stopped_keeps_the_item(desk: DeskProcess, officer: Program) -> None:
    """Over many leases' time, counted in renewals that the desk has seen."""
    with talking(desk) as other:
        mine = free_row(other).id
        assert "ok" in ask(officer, "claim", mine)
        bystander = free_row(other).id
        other.act(bystander, "claim")  # this client does not renew: its lease is the clock
        wait_for(lambda: not row(other, bystander).owner, why="an unrenewed lease to lapse")
        assert row(other, mine).owner
        assert "ok" in ask(officer, "reply", mine, row(other, mine).comment_version, TEXT)


@pytest.mark.req("F25", "F16")
def test_one_that_nobody_took_meanwhile_is_simply_its_own_again(desk: DeskProcess, officer: Program) -> None:
    """Woken in a queue where nobody wanted the item: the answer is about the item as it is."""
    with talking(desk) as other:
        item = free_row(other).id
        stopped_with(officer, other, item)
        officer.signal(signal.SIGCONT)
        assert "ok" in ask(officer, "leave", item, row(other, item).comment_version)
        assert row(other, item).disposition == "left_public"
    desk.stop()


@pytest.mark.req("F25")
def test_a_stream_that_is_not_read_costs_the_others_nothing(tmp_path: Path) -> None:
    """A stopped client's queue is bounded: the desk goes on telling the others at once."""
    config = LEASED + "\n[limits]\nsubscriber_queue = 4\n"
    with running(tmp_path, config=config) as desk:
        filled(desk, 200)
        program = Program("stalled.py", str(desk.socket), str(os.getuid()))
        try:
            assert program.hear() == {"ok": "ready"}
            program.signal(signal.SIGSTOP)
            with talking(desk) as client:
                for one in rows(client)[:150]:
                    client.act(one.id, "leave", asks.Leave(1))
                assert client.status().counts["new"] == 50
        finally:
            program.signal(signal.SIGCONT)
            program.end()
