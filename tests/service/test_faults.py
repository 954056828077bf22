"""What the service answers when something beneath it fails: a sentence, never a traceback, and it lives on."""

from __future__ import annotations

import ast
import json
import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.service.app import ROUTES, _answered

Make = Callable[..., Any]

CANARY = "canary-91c2"

COMMENT = {
    "id": "c1",
    "text": "How do I apply for the pension?",
    "author": {"id": "a1", "name": "Bipul"},
    "created_at": "2026-11-20T10:00:00Z",
}


async def failing(service: Any, request: Request) -> Response:
    hidden = CANARY
    raise ValueError(hidden)


async def refusing(service: Any, request: Request) -> Response:
    raise Refused(Code.TAKEN, "Somebody else holds it.")


async def overflowing(service: Any, request: Request) -> Response:
    raise OverflowError(CANARY)


class At:
    """Where a request was routed to."""

    path = "/v1/try"


async def answered(handler: Any) -> Response:
    response: Response = await _answered(None, handler)(Request({"type": "http", "route": At()}))  # type: ignore[arg-type]
    return response


async def test_a_fault_inside_is_a_number_for_the_officer_and_a_place_for_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        response = await answered(failing)
    body = json.loads(bytes(response.body))["error"]
    assert (response.status_code, body["code"]) == (500, "internal")
    assert CANARY not in json.dumps(body)
    assert "ValueError" not in json.dumps(body)
    assert caplog.records[0].__dict__["report"] == body["facts"]["report"]


async def test_a_refusal_and_a_number_out_of_range_are_no_faults(caplog: pytest.LogCaptureFixture) -> None:
    assert (await answered(refusing)).status_code == 409
    assert (await answered(overflowing)).status_code == 400
    assert caplog.records == []


@pytest.mark.req("F12")
def test_a_locked_database_says_busy_and_reading_goes_on(desk: Make, listen: Make) -> None:
    service = desk(practice=True, limits={"busy_ms": 100}, times={"poll": 1000.0}).start()
    client = service.client()
    line = listen(client)
    line.until("queue", lambda changed: changed.new)
    item = client.queue("new").rows[0].id
    held = sqlite3.connect(service.place / "data" / "desk.db", isolation_level=None)
    try:
        held.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refused) as refused:
            client.act(item, "note", asks.Note("kept in the screen"))
        assert refused.value.code is Code.BUSY
        assert client.status().read_only == ""
        held.execute("ROLLBACK")
    finally:
        held.close()
    assert client.act(item, "note", asks.Note("now")).seq > 0  # the control: without the lock the same act is saved


@pytest.mark.req("F17")
def test_a_policy_file_that_cannot_be_used_is_named(desk: Make, short: Path) -> None:
    done = desk(private=True).run(policy={"file": str(short / "missing.toml")})
    assert done.returncode == 78
    assert "missing.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_database_is_not_written_to(desk: Make, short: Path) -> None:
    (short / "data").mkdir(mode=0o700)
    (short / "data" / "desk.db").write_bytes(b"this is no database at all" * 400)
    before = (short / "data" / "desk.db").read_bytes()
    done = desk(private=True).run()
    assert (done.returncode, "Traceback" in done.stderr) == (65, False)
    assert (short / "data" / "desk.db").read_bytes() == before
    assert not (short / "run" / "desk.sock").exists()


@pytest.mark.req("Z13")
def test_an_import_streams_through_the_client(desk: Make, listen: Make) -> None:
    """More lines than one batch, bad ones among them, the same file twice: counted, and nothing taken in twice."""
    service = desk(private=True).start()
    client = service.client()
    listen(client)
    made = client.add_account(asks.NewAccount("import", "file", custodians=(_me(),)))
    client.account_act(made.row_id, "activate", asks.Because("try"))
    lines = [json.dumps({**COMMENT, "id": f"c{n}", "text": f"Question {n}?"}).encode() + b"\n" for n in range(1200)]
    lines[7] = b"not json\n"
    said = client.import_lines(made.row_id, lines)
    assert (said.taken, said.known, said.refused) == (1199, 0, 1)
    assert "8" in said.refused_lines[0]
    again = client.import_lines(made.row_id, lines).sentence
    assert again.startswith("0 taken in, 1199 known already, 1 refused.")


def _me() -> str:
    import os
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def test_an_import_may_be_long_and_nothing_else_may(desk: Make) -> None:
    service = desk(private=True, limits={"import_mib": 1, "body_kib": 1}).start()
    client = service.client()
    made = client.add_account(asks.NewAccount("import", "file", custodians=(_me(),)))
    client.account_act(made.row_id, "activate", asks.Because("try"))
    long = [json.dumps({**COMMENT, "id": f"c{n}", "text": "x" * 1000}).encode() + b"\n" for n in range(100)]
    assert client.import_lines(made.row_id, long).sentence.startswith("100 taken in")
    with pytest.raises(Refused) as refused:
        client.conduct(asks.CheckConduct(1, "x" * 2000))
    assert "longer than 1 KiB" in refused.value.sentence


@pytest.mark.req("F8", "F16")
def test_many_at_once_claim_one_item_once(desk: Make, listen: Make) -> None:
    service = desk(practice=True).start()
    clients = [service.client() for _ in range(6)]
    lines = [listen(client) for client in clients]
    lines[0].until("queue", lambda changed: changed.new)
    item = clients[0].queue("new").rows[0].id
    start, outcomes = threading.Barrier(len(clients)), []

    def claim(client: Any) -> None:
        start.wait(20)
        try:
            client.act(item, "claim")
            outcomes.append("got it")
        except Refused as refused:
            outcomes.append(refused.code.value)

    threads = [threading.Thread(target=claim, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(outcomes) == len(clients)
    assert set(outcomes) <= {"got it", "taken"}
    assert "got it" in outcomes
    assert clients[0].rows([item])[0].state == "claimed"


@pytest.mark.req("Z13")
def test_no_route_takes_a_path_and_no_route_opens_one() -> None:
    """The only files that open a file by name are those of the process itself: its own directory, lock and socket."""
    given = {part for _, path, _ in ROUTES for part in path.split("/") if part.startswith("{")}
    assert given == {"{id}", "{act}", "{code}"}
    root = Path(__file__).resolve().parents[2] / "moderator" / "service"
    opens = {path.name for path in root.glob("*.py") if _opens(path)}
    assert opens == {"places.py", "identity.py"}


def _opens(path: Path) -> bool:
    """Whether a file calls open, or a method of a path that reads or writes."""
    wanted = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name in wanted and owner not in ("Desk", "desk"):
                return True
    return False
