"""Bulk acts through a real desk: a burst is one row and one act; one that is killed in between tells how far it is."""

from __future__ import annotations

import json
import os
import pwd
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.errors import Code, Refused

Make = Callable[..., Any]
WORDS = "The same campaign text that everybody posts here today"


def brigade(client: Client, count: int) -> None:
    """An account read from files, with so many comments that say the same."""
    made = client.add_account(asks.NewAccount("import", "letters", custodians=(pwd.getpwuid(os.getuid()).pw_name,)))
    client.account_act(made.row_id, "activate", asks.Because("try"))
    lines = (
        json.dumps({"id": f"b{n}", "text": f"{WORDS} #{'x' * (n % 5)}", "created_at": "2026-11-22T13:54:10Z"}).encode()
        for n in range(count)
    )
    told = client.import_lines(made.row_id, [line + b"\n" for line in lines])
    assert told.taken == count


@pytest.mark.req("B9")
def test_a_burst_is_one_row_one_act_and_one_undo(desk: Make, listen: Make) -> None:
    client = desk(private=True).start().client()
    line = listen(client)
    brigade(client, 60)
    (row,) = client.queue("new").rows
    assert row.copies == 60
    found = client.alike(row.id)
    assert len(found) == 59
    ask = asks.Bulk("leave", tuple(asks.Seen(one.id, one.comment_version) for one in (row, *found)))
    assert len(client.bulk_preview(ask).taken) == 60
    done = client.bulk(ask)
    told = line.until("batch", lambda batch: batch.total == 60 and "60" in batch.sentence)
    assert (told.id, told.mine, told.undoable) == (done.row_id, True, True)
    assert client.queue("new").rows == ()
    assert "60 never left" in client.undo_batch(done.row_id).sentence
    assert client.queue("new").rows[0].copies == 60
    (batch,) = client.batches()
    assert (batch.undone, batch.undoable) == (True, False)
    assert client.verify_trail()["ok"]


@pytest.mark.req("B9")
def test_a_desk_that_is_killed_between_two_pages_tells_how_far_it_came(desk: Make, listen: Make) -> None:
    service = desk(private=True, limits={"bulk": 5}).start()
    client = service.client()
    line = listen(client)
    brigade(client, 400)
    (row,) = client.queue("new").rows
    ask = asks.Bulk("leave", tuple(asks.Seen(one.id, one.comment_version) for one in (row, *client.alike(row.id))))
    answers: list[object] = []
    doing = threading.Thread(target=lambda: answers.append(_bulk(client, ask)), daemon=True)
    doing.start()
    line.until("batch")
    service.end(signal.SIGKILL)
    doing.join(30)
    (answer,) = answers
    assert isinstance(answer, Refused)
    assert answer.code is Code.DOWN
    again = service.start().client()
    listen(again)
    (batch,) = again.batches()
    decided = 400 - again.queue("new").total
    assert 0 < decided < 400
    assert (batch.total, batch.undoable) == (400, True)
    assert batch.sentence.startswith(f"The desk stopped after {decided} of 400: these stand.")
    again.undo_batch(batch.id)
    assert again.queue("new").total == 400
    assert again.verify_trail()["ok"]


def _bulk(client: Client, ask: asks.Bulk) -> object:
    try:
        return client.bulk(ask)
    except Refused as refused:
        return refused


def test_a_bulk_act_needs_a_living_session_and_a_short_enough_list(desk: Make, listen: Make) -> None:
    client = desk(private=True).start().client()
    ask = asks.Bulk("leave", (asks.Seen(1, 1),))
    with pytest.raises(Refused) as caught:
        client.bulk(ask)
    assert caught.value.code is Code.NO_SESSION
    listen(client)
    many = asks.Bulk("leave", tuple(asks.Seen(100_000 + n, 1) for n in range(10_001)))
    with pytest.raises(Refused) as caught:
        client.bulk_preview(many)
    assert caught.value.code is Code.LIMITED


@pytest.mark.req("B9")
def test_a_burst_goes_on_after_a_restart_as_the_same_row(desk: Make, listen: Make) -> None:
    """Even where the comment that began it was another variant than the ones that come later."""
    service = desk(private=True).start()
    client = service.client()
    listen(client)
    brigade(client, 3)
    service.end()
    client = service.start().client()
    listen(client)
    account = client.accounts()[0].id
    later = f"Friends, {WORDS.replace('campaign', 'c a m p a i g n')} now!!!"
    line = json.dumps({"id": "later", "text": later, "created_at": "2026-11-22T14:54:10Z"}).encode()
    client.import_lines(account, [line + b"\n"])
    assert [row.copies for row in client.queue("new").rows] == [4]
