"""The service as a process: the real one, on a real socket, with the practice platform behind it."""

from __future__ import annotations

import grp
import json
import os
import pwd
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.domain.item import State

Make = Callable[..., Any]
Ask = Callable[..., tuple[int, Any]]

pytestmark = pytest.mark.e2e

GROUP = grp.getgrgid(os.getgid()).gr_name
ME = pwd.getpwuid(os.getuid()).pw_name


def refusal(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value


def free_item(client: Any) -> int:
    """An item that nobody has decided yet, as soon as there is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        rows = client.queue("new").rows
        if rows:
            return int(rows[0].id)
        time.sleep(0.02)  # between two looks at another process; bounded by the deadline
    raise AssertionError("the practice feed brought nothing")


@pytest.mark.req("Z1")
def test_a_second_service_exits_with_the_pid_of_the_first(desk: Make) -> None:
    first = desk(private=True).start()
    second = desk(private=True).run()
    assert second.returncode == 75
    assert f"process {first.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    assert first.client().health()["ok"] is True  # and the first one goes on
    assert first.end() == 0
    assert not first.socket.exists()


@pytest.mark.req("Z1", "Z8")
def test_modes_of_a_private_and_of_a_shared_desk(desk: Make) -> None:
    private = desk(private=True).start()
    assert stat.S_IMODE(private.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.socket.parent.stat().st_mode) == 0o700
    files = [path for path in (private.place / "data").rglob("*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files} == {0}
    private.end()
    shared = desk(desk={"group": GROUP, "socket": ""}, data_dir=str(private.place / "shared")).start()
    assert stat.S_IMODE(shared.socket.stat().st_mode) == 0o660
    assert stat.S_IMODE(shared.socket.parent.stat().st_mode) == 0o2750


def test_an_open_data_directory_is_refused_with_the_command(desk: Make, short: Path) -> None:
    (short / "data").mkdir(mode=0o755)
    (short / "data").chmod(0o755)
    done = desk(private=True).run()
    assert done.returncode == 73
    assert f"chmod 700 {short / 'data'}" in done.stderr


@pytest.mark.req("Z12")
def test_the_first_lead_and_whoever_is_not_on_the_roster(desk: Make) -> None:
    settings = {"desk": {"group": GROUP}}
    shared = desk(**settings).start()
    assert refusal(shared.client().status).code is Code.NOT_ALLOWED
    assert shared.client().health()["ok"] is True  # the group is enough for this
    shared.end()
    done = desk(**settings).run(init_lead=ME)
    assert (done.returncode, ME in done.stdout) == (0, True)
    again = desk(**settings).run(init_lead=ME)
    assert again.returncode != 0
    assert "Traceback" not in again.stderr
    shared = desk(**settings).start()
    hello = shared.client().hello()
    assert (hello.person, hello.token, hello.private) == (ME, "", False)
    assert "lead" in hello.roles


@pytest.mark.req("H10", "F7")
def test_a_session_is_its_stream(desk: Make, listen: Make) -> None:
    """Claim, hang up: the item is free at once, the others are told, and it is offered back."""
    service = desk(practice=True).start()
    mine, other = service.client(), service.client()
    watcher = listen(other)
    line = listen(mine)
    assert mine.token
    item = free_item(mine)
    assert mine.act(item, "claim").item_id == item
    assert refusal(lambda: other.act(item, "claim")).code is Code.TAKEN or mine.token != other.token
    line.close()
    watcher.until("queue", lambda changed: item in changed.ids and not other.rows([item])[0].owner)
    assert refusal(lambda: mine.act(item, "claim")).code is Code.NO_SESSION
    back = listen(service.client())
    assert item in back.stream.hello.resumed


@pytest.mark.req("H10")
def test_who_leaves_on_purpose_is_offered_nothing_back(desk: Make, listen: Make) -> None:
    service = desk(practice=True).start()
    client = service.client()
    line = listen(client)
    item = free_item(client)
    client.act(item, "claim")
    client.leave()
    line.close()
    other = service.client()
    back = listen(other)
    assert item not in back.stream.hello.resumed
    assert other.rows([item])[0].owner == ""


@pytest.mark.parametrize("token", ["", "guessed", "x" * 43])
def test_an_act_needs_a_living_session(desk: Make, token: str) -> None:
    service = desk(practice=True).start()
    client = service.client()
    item = free_item(client)
    client.token = token
    refused = refusal(lambda: client.act(item, "claim"))
    assert refused.code is Code.NO_SESSION
    assert client.rows([item])[0].owner == ""


@pytest.mark.req("F8")
@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_session_re_attaches_after_a_restart(desk: Make, listen: Make, sig: int) -> None:
    """Stopped or killed: what was answered is saved, the token opens the same session, the item is still ours."""
    service = desk(practice=True).start()
    client = service.client()
    line = listen(client)
    item = free_item(client)
    client.act(item, "claim")
    code = service.end(sig)
    if sig != signal.SIGKILL:
        line.until("closing")
        assert code == 0
    line.until("refused", lambda refused: refused.code is Code.DOWN)
    service.start()
    again = service.client()
    line = listen(again, client.token)
    assert again.token == client.token
    row = again.rows([item])[0]
    assert (row.mine, row.state) == (True, State.CLAIMED)
    assert again.act(item, "leave", asks.Leave(row.comment_version)).state == "resolved"


def test_without_the_token_a_restart_gives_a_new_session(desk: Make, listen: Make) -> None:
    """The control: the restart alone re-attaches nobody."""
    service = desk(practice=True).start()
    client = service.client()
    listen(client)
    item = free_item(client)
    client.act(item, "claim")
    service.end(signal.SIGKILL)
    service.start()
    again = service.client()
    listen(again, "somebody-elses-token")
    assert again.token not in ("", client.token)
    client.token = client.token or "x"
    assert refusal(lambda: client.act(item, "release")).code in (Code.NO_SESSION, Code.DOWN)


def test_an_open_stream_does_not_hold_up_the_end(desk: Make, listen: Make) -> None:
    service = desk(private=True).start()
    lines = [listen(service.client()) for _ in range(4)]
    assert service.end() == 0
    for line in lines:
        line.until("closing")


@pytest.mark.req("Z10")
def test_curl_may_ask_and_a_browser_may_not(ask: Ask, desk: Make) -> None:
    service = desk(private=True).start()
    status, body = ask(service, "GET", "/v1/status")
    assert (status, body["person"]) == (200, ME)
    assert ask(service, "GET", "/v1/status", Moderator_Api="9")[0] == 426
    status, body = ask(service, "GET", "/v1/status", Origin="http://localhost")
    assert (status, body["error"]["code"]) == (403, "foreign")
    assert ask(service, "POST", "/v1/accounts", b"platform=practice")[0] == 400


@pytest.mark.req("Z11")
def test_streams_of_one_person_are_capped(desk: Make, listen: Make) -> None:
    service = desk(private=True, limits={"streams": 2}).start()
    first = listen(service.client())
    listen(service.client())
    assert refusal(service.client().stream).code is Code.LIMITED
    first.close()
    deadline = time.monotonic() + 20
    while True:
        try:
            listen(service.client())
            break
        except Refused:
            assert time.monotonic() < deadline


def test_a_private_desk_ends_itself_when_nobody_needs_it(desk: Make, listen: Make) -> None:
    service = desk(private=True, times={"linger": 0.3}).start()
    line = listen(service.client())
    other, until = service.client(), time.monotonic() + 1.0
    while time.monotonic() < until:  # three times as long as it lingers: a client keeps it alive
        assert other.health()["ok"]
        time.sleep(0.02)
    line.close()
    assert service.process.wait(20) == 0
    assert not service.socket.exists()


@pytest.mark.req("Z23")
def test_the_log_is_json_lines(ask: Ask, desk: Make, listen: Make) -> None:
    service = desk(practice=True).start()
    listen(service.client())
    free_item(service.client())
    ask(service, "GET", "/v1/items/%0a%1b[31m")
    service.end()
    lines = [json.loads(line) for line in service.said().splitlines()]
    assert {"the desk is open", "the desk is closed"} <= {line["message"] for line in lines}
    assert all(line["level"] == "info" for line in lines), lines


def test_a_hide_goes_out_after_its_window_and_the_stream_tells(desk: Make, listen: Make) -> None:
    service = desk(practice=True).start()
    client = service.client()
    line = listen(client)
    item = free_item(client)
    clause = next(clause.id for clause in client.policy().clauses if clause.hideable)
    detail = client.detail(item, opened=True)
    ask = asks.Hide(detail.row.comment_version, clause, start=0, end=min(4, len(detail.text)))
    try:
        done = client.act(item, "hide", ask)
    except Refused as refused:
        pytest.skip(f"this item cannot be hidden: {refused}")
    assert done.window_ms > 0
    line.until("effect", lambda effect: effect.state == "held" and effect.mine)
    line.until("effect", lambda effect: effect.state == "done")


def test_an_account_gets_its_reader_without_a_restart(desk: Make, listen: Make) -> None:
    service = desk(private=True).start()
    client = service.client()
    line = listen(client)
    made = client.add_account(asks.NewAccount("practice", "practice 2", custodians=(ME,)))
    client.account_act(made.row_id, "activate", asks.Because("try"))
    changed = line.until("queue", lambda data: data.new > 0)
    assert changed.ids
    client.account_act(made.row_id, "freeze", asks.Because("stop"))
    line.until("account", lambda health: health.id == made.row_id and health.status == "frozen")


@pytest.mark.parametrize("value", ["canary-secret-1", 7])
def test_a_secret_appears_nowhere(ask: Ask, desk: Make, listen: Make, value: object) -> None:
    service = desk(private=True).start()
    body = json.dumps({"slot": "app_password", "value": value, "canary-secret-1": 1}).encode()
    status, answer = ask(service, "POST", "/v1/accounts/1/secret", body, Content_Type="application/json")
    assert status >= 400
    assert "canary" not in json.dumps(answer)
    service.end()
    assert "canary" not in service.said()
    stored = b"".join(path.read_bytes() for path in (service.place / "data").rglob("*") if path.is_file())
    assert b"canary" not in stored


@pytest.mark.req("K6", "R7")
def test_a_capture_is_the_evidence_and_who_looked_is_recorded(desk: Make) -> None:
    service = desk(practice=True).start()
    client = service.client()
    item = free_item(client)
    found = client.capture(item)
    assert (found.item_id, found.n, found.holds, json.loads(found.raw)["practice"]) == (item, 1, True, True)
    assert [(event.kind, event.person) for event in client.trail(item=item)][-1] == ("capture.shown", ME)
    assert refusal(lambda: client.capture(item, 9)).code is Code.NOT_FOUND
