"""The client against a real HTTP/1.1 server on a real Unix socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from moderator.client import Client, pauses
from moderator.client import connection as wireline
from moderator.client.stream import events
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused

ME = os.geteuid()
DONE = {"sentence": "Left public. Saved.", "item_id": 7, "decision_id": 3, "effects": [], "window_ms": 0}
HELLO: dict[str, Any] = {
    "token": "tok-1", "api": 1, "version": "0.1.0", "desk": "Test desk", "instance": "i", "person": "alice",
    "person_id": 1, "roles": ["moderator"], "permissions": ["read"], "practice": False, "private": True,
    "lease_s": 120.0, "renew_s": 30.0, "idle_s": 600.0, "draft_ms": 700, "resumed": [],
}  # fmt: skip


def line(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


HELLO_LINE = line("hello", json.dumps(HELLO))


@pytest.fixture
def client(desk: Any) -> Iterator[Client]:
    client = Client(desk.path, expect_uid=ME, timeout=5, silence=5)
    yield client
    client.close()


def refused(call: Any, *args: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value


# answers and refusals


def test_an_answer_becomes_its_dataclass_and_the_line_is_kept(desk: Any, client: Client) -> None:
    desk.routes["GET /hello"] = (200, HELLO)
    assert client.hello().person == "alice"
    assert client.hello().lease_s == 120.0
    assert [seen.headers["Moderator-Api"] for seen in desk.seen] == ["1", "1"]
    assert desk.seen[0].headers["Host"] == "desk"


def test_an_act_carries_its_ask_and_the_session(desk: Any, client: Client) -> None:
    desk.session()
    desk.routes["POST /items/7/snooze"] = (200, DONE)
    with client.stream():
        client.act(7, "snooze", asks.Snooze(datetime(2026, 11, 22, 14, 0, tzinfo=UTC), "waits for the office"))
    assert desk.seen[-1].json == {"until": "2026-11-22T14:00:00+00:00", "reason": "waits for the office"}
    assert desk.seen[-1].headers["Moderator-Session"] == "tok-1"


def test_leaving_names_the_session(desk: Any, client: Client) -> None:
    desk.routes["POST /session/leave"] = (200, {})
    client.token = "tok-1"
    client.leave()
    assert desk.paths() == ["POST /v1/session/leave"]
    assert desk.seen[0].headers["Moderator-Session"] == "tok-1"


def test_an_act_without_an_ask_sends_an_empty_object(desk: Any, client: Client) -> None:
    desk.routes["POST /items/7/claim"] = (200, DONE)
    assert client.act(7, "claim") == view.Done("Left public. Saved.", 7, 3)
    assert desk.seen[-1].json == {}


def test_hostile_text_goes_out_as_pure_ascii_json(desk: Any, client: Client) -> None:
    desk.routes["PUT /items/7/draft"] = (200, DONE)
    client.save_draft(7, asks.SaveDraft("অসমীয়া \ud83d \x00 \x1b[2J"))
    assert desk.seen[-1].body.isascii()
    assert desk.seen[-1].json["text"] == "অসমীয়া \ud83d \x00 \x1b[2J"


def test_query_values_cannot_break_out_of_the_request(desk: Any, client: Client) -> None:
    desk.routes["GET /queue"] = (200, {"rows": [], "after": "", "total": 0, "capped_at": 10, "head": 1})
    client.queue("new", after="a b&limit=9\r\nX: y", limit=5)
    assert desk.seen[-1].path == "/v1/queue?view=new&after=a%20b%26limit%3D9%0D%0AX%3A%20y&limit=5"


def test_a_query_and_an_order_travel_as_they_are(desk: Any, client: Client) -> None:
    desk.routes["GET /queue"] = (200, {"rows": [], "after": "", "total": 0, "capped_at": 10, "head": 1, "partial": "x"})
    assert client.queue("found", query='"পানী" & -x', sort=asks.Order.AGE).partial == "x"
    sent = "q=%22%E0%A6%AA%E0%A6%BE%E0%A6%A8%E0%A7%80%22%20%26%20-x&sort=age"
    assert desk.seen[-1].path == f"/v1/queue?view=found&limit=64&{sent}"


def test_a_token_with_a_line_break_is_never_sent(desk: Any, client: Client) -> None:
    client.token = "x\r\nOrigin: http://evil"
    assert refused(client.hello).code is Code.BAD
    assert desk.seen == []


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (409, {"error": {"code": "taken", "sentence": "bob holds it.", "cure": "C takes it over."}}, Code.TAKEN),
        (409, {"error": {"code": "newer_word", "sentence": "No.", "cure": ""}}, Code.INTERNAL),
        (403, {"error": {"code": "newer_word", "sentence": "No.", "cure": ""}}, Code.NOT_ALLOWED),
        (500, b"<html>oops", Code.INTERNAL),
        (503, b"", Code.DOWN),
        (404, ["not", "an", "object"], Code.NOT_FOUND),
    ],
)
def test_every_refusal_has_a_code_and_a_sentence(desk: Any, client: Client, status: int, body: Any, code: Code) -> None:
    desk.routes["GET /status"] = (status, body)
    caught = refused(client.status)
    assert caught.code is code
    assert caught.sentence.endswith(".")


def test_the_facts_of_a_refusal_are_kept(desk: Any, client: Client) -> None:
    facts = {"was": "old words", "now": "new words"}
    error = {"code": "changed", "sentence": "It was edited.", "cure": "Read it again.", "facts": facts}
    desk.routes["POST /items/7/leave"] = (409, {"error": error})
    assert refused(client.act, 7, "leave", asks.Leave(1)).facts == facts


@pytest.mark.parametrize("route", [(426, {}), lambda handler: handler.reply(200, HELLO, api="2")])
def test_another_version_is_refused_with_both_numbers(desk: Any, client: Client, route: Any) -> None:
    desk.routes["GET /hello"] = route if callable(route) else lambda handler: handler.reply(*route, api="2")
    caught = refused(client.hello)
    assert caught.code is Code.VERSION
    assert "version 1" in caught.sentence
    assert "version 2" in caught.sentence


@pytest.mark.parametrize("body", [b"not json", {"token": 5}, {}])
def test_an_answer_that_does_not_fit_is_refused_not_guessed(desk: Any, client: Client, body: Any) -> None:
    desk.routes["GET /hello"] = (200, body)
    assert refused(client.hello).code is Code.VERSION


def test_an_import_streams_and_the_body_is_never_whole(desk: Any, client: Client) -> None:
    told = {
        "sentence": "3.",
        "taken": 2,
        "known": 0,
        "refused": 1,
        "refused_lines": ["Line 3 is bad."],
        "account_id": 2,
    }
    desk.routes["POST /accounts/2/import"] = (200, told)
    done = client.import_lines(2, (f'{{"n":{n}}}\n'.encode() for n in range(3)))
    assert (done.taken, done.refused, done.refused_lines) == (2, 1, ("Line 3 is bad.",))
    assert desk.seen[-1].body == b'{"n":0}\n{"n":1}\n{"n":2}\n'
    assert desk.seen[-1].headers["Transfer-Encoding"] == "chunked"


def test_a_file_that_cannot_be_read_is_not_called_a_lost_line(desk: Any, client: Client) -> None:
    def lines() -> Iterator[bytes]:
        yield b"{}\n"
        raise IsADirectoryError("no file")

    with pytest.raises(IsADirectoryError):
        client.import_lines(2, lines())
    desk.routes["GET /hello"] = (200, HELLO)
    assert client.hello().person == "alice"  # the half-sent request did not spoil the next one


def test_each_thread_has_its_own_line(desk: Any, client: Client) -> None:
    both = threading.Barrier(2, timeout=5)

    def slow(handler: Any) -> None:
        both.wait()  # only passes when two requests are under way at once
        handler.reply(200, HELLO)

    desk.routes["GET /hello"] = slow
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(client.hello().person)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert found == ["alice", "alice"]


# who serves


@pytest.mark.req("Z8")
def test_nothing_is_sent_to_a_socket_of_another_user(desk: Any) -> None:
    client = Client(desk.path, expect_uid=ME + 1)
    desk.routes["POST /accounts/1/secret"] = (200, DONE)
    caught = refused(client.set_secret, 1, asks.SetSecret("password", "hunter2"))
    assert caught.code is Code.FOREIGN
    assert "Nothing was sent" in caught.sentence
    assert refused(client.stream).code is Code.FOREIGN
    assert desk.seen == []


@pytest.mark.req("Z8")
def test_control_without_the_check_the_secret_would_go_out(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wireline, "_check_peer", lambda *_: None)
    client = Client(desk.path, expect_uid=ME + 1)
    desk.routes["POST /accounts/1/secret"] = (200, DONE)
    client.set_secret(1, asks.SetSecret("password", "hunter2"))
    client.close()
    assert b"hunter2" in desk.seen[0].body


@pytest.mark.req("Z8")
@pytest.mark.parametrize(("mode", "trusted"), [(0o700, True), (0o750, False), (0o707, False)])
def test_without_a_named_user_only_a_directory_of_our_own_is_trusted(desk: Any, mode: int, trusted: bool) -> None:
    desk.routes["GET /hello"] = (200, HELLO)
    desk.path.parent.chmod(mode)
    client = Client(desk.path, expect_uid=None)
    if trusted:
        assert client.hello().person == "alice"
    else:
        assert refused(client.hello).code is Code.FOREIGN
        assert desk.seen == []
    client.close()


# a desk that is not there, or goes


def test_a_missing_a_dead_and_a_too_long_socket_each_have_their_sentence(tmp_path: Path) -> None:
    missing = refused(Client(tmp_path / "none.sock", expect_uid=ME).status)
    assert (missing.code, "no socket" in missing.sentence) == (Code.DOWN, True)
    dead = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(dead))
    nobody = refused(Client(dead, expect_uid=ME).status)
    assert (nobody.code, "nobody listens" in nobody.sentence) == (Code.DOWN, True)
    long = refused(Client(tmp_path / ("x" * 120), expect_uid=ME).status)
    assert (long.code, "107 bytes" in long.sentence) == (Code.BAD, True)


def cut_after(handler: Any) -> None:
    handler.close_connection = True


def test_reading_is_tried_again_once_acting_never(desk: Any, client: Client) -> None:
    desk.routes["GET /hello"] = desk.routes["POST /items/7/claim"] = cut_after
    assert refused(client.hello).code is Code.DOWN
    assert desk.paths() == ["GET /v1/hello"] * 2
    desk.seen.clear()
    caught = refused(client.act, 7, "claim")
    assert (caught.code, caught.facts) == (Code.DOWN, {"unknown": True})
    assert "not known" in caught.sentence
    assert desk.paths() == ["POST /v1/items/7/claim"]


def test_an_act_after_the_service_dropped_the_kept_line_goes_out_once(desk: Any, client: Client) -> None:
    """The service closes idle lines: the next act must neither fail nor go twice."""

    def reply_and_close(handler: Any) -> None:
        handler.reply(200, HELLO)
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
        done.set()

    done = threading.Event()
    desk.routes["GET /hello"] = reply_and_close
    desk.routes["POST /items/7/claim"] = (200, DONE)
    client.hello()
    assert done.wait(5)
    client.act(7, "claim")
    assert desk.paths() == ["GET /v1/hello", "POST /v1/items/7/claim"]


def test_control_a_line_taken_for_fresh_would_fail_the_act(
    desk: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply_and_close(handler: Any) -> None:
        handler.reply(200, HELLO)
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
        done.set()

    done = threading.Event()
    desk.routes["GET /hello"] = reply_and_close
    desk.routes["POST /items/7/claim"] = (200, DONE)
    monkeypatch.setattr(wireline.Connection, "fresh", True)
    client.hello()
    assert done.wait(5)
    assert refused(client.act, 7, "claim").code is Code.DOWN


def test_a_desk_that_stays_silent_is_down(desk: Any) -> None:
    client = Client(desk.path, expect_uid=ME, timeout=0.05)
    desk.routes["GET /hello"] = lambda _: desk.gone.wait(10)
    assert "silent" in refused(client.hello).sentence
    client.close()


def test_a_refusal_in_the_middle_of_an_upload_is_heard(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        place = tmp_path / "other.sock"
        server.bind(str(place))
        server.listen()
        error = b'{"error":{"code":"bad","sentence":"The import is longer than 256 MiB.","cure":"Split it."}}'

        def serve() -> None:
            taken, _ = server.accept()
            with taken:
                taken.recv(1000)
                taken.sendall(b"HTTP/1.1 413 x\r\nContent-Length: %d\r\n\r\n%b" % (len(error), error))

        thread = threading.Thread(target=serve)
        thread.start()
        other = Client(place, expect_uid=ME)
        caught = refused(other.import_lines, 2, (b"x" * 65536 for _ in range(400)))
        thread.join(5)
        other.close()
    assert (caught.code, caught.cure) == (Code.BAD, "Split it.")


# the stream


CHANGED = '{"seq": 5, "new": 2, "ids": [7], "urgent": [], "at_ms": 10}'


def test_the_stream_gives_hello_first_then_typed_events_and_sets_the_token(desk: Any, client: Client) -> None:
    pieces = (HELLO_LINE, b": a remark\n\n", line("queue", CHANGED), line("ping", '{"now": "x"}'))
    desk.routes["GET /events"] = lambda handler: handler.stream(*pieces, hold=desk.gone)
    with client.stream(resume="old") as stream:
        assert (client.token, stream.hello.desk) == ("tok-1", "Test desk")
        found = [next(stream) for _ in range(3)]
    assert found[0] == ("hello", stream.hello)
    assert found[1] == ("queue", view.Changed(5, 2, (7,), (), 10))
    assert found[2] == ("ping", {"now": "x"})
    assert desk.seen[0].path == "/v1/events?resume=old"


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_events_are_the_same_however_the_bytes_are_cut(size: int) -> None:
    whole = HELLO_LINE + b":ping\r\n\r\n" + b"event: lease\r\ndata: {\r\ndata: }\r\n\r\n" + b"data: 1\n\n"
    pieces = (whole[at : at + size] for at in range(0, len(whole), size))
    assert [name for name, _ in events(pieces)] == ["hello", "lease", "message"]


def test_closing_from_another_thread_wakes_the_reader_and_ends_it_quietly(desk: Any, client: Client) -> None:
    desk.session()
    stream = client.stream()
    assert next(stream)[0] == "hello"
    ended: list[str] = []
    reading = threading.Event()

    def read() -> None:
        reading.set()
        ended.extend(name for name, _ in stream)
        ended.append("end")

    thread = threading.Thread(target=read)
    thread.start()
    reading.wait(5)
    stream.close()
    thread.join(5)
    assert ended == ["end"]


@pytest.mark.parametrize("silent", [True, False])
def test_a_stream_that_ends_or_falls_silent_says_the_desk_is_gone(desk: Any, silent: bool) -> None:
    hold = desk.gone if silent else None
    desk.routes["GET /events"] = lambda handler: handler.stream(HELLO_LINE, hold=hold)
    client = Client(desk.path, expect_uid=ME, silence=0.1 if silent else 5)
    with client.stream() as stream:
        assert next(stream)[0] == "hello"
        assert refused(next, stream).code is Code.DOWN


def test_a_refused_stream_says_why(desk: Any, client: Client) -> None:
    error = {"code": "limited", "sentence": "You have 8 streams open.", "cure": "Close one."}
    desk.routes["GET /events"] = (429, {"error": error})
    assert refused(client.stream).code is Code.LIMITED


def test_reopen_waits_for_the_desk_and_resumes_with_its_token(desk: Any, client: Client) -> None:
    answers = iter([(503, {}), (403, {"error": {"code": "no_session", "sentence": "Lapsed.", "cure": ""}})])

    def script(handler: Any) -> None:
        answer = next(answers, None)
        handler.reply(*answer) if answer else handler.stream(HELLO_LINE, hold=desk.gone)

    desk.routes["GET /events"] = script
    client.token = "old"
    heard: list[Code] = []

    class Now(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return self.is_set()

    stream = client.reopen(Now(), lambda error: heard.append(error.code))
    assert stream is not None
    stream.close()
    assert heard == [Code.DOWN, Code.NO_SESSION]
    assert [seen.path for seen in desk.seen] == ["/v1/events?resume=old", "/v1/events?resume=old", "/v1/events"]


def test_reopen_ends_when_told_to_and_gives_up_on_a_real_refusal(desk: Any, client: Client, tmp_path: Path) -> None:
    stop = threading.Event()
    gone = Client(tmp_path / "none.sock", expect_uid=ME)
    assert gone.reopen(stop, lambda _: stop.set()) is None
    desk.routes["GET /events"] = (403, {"error": {"code": "not_allowed", "sentence": "Not on the roster.", "cure": ""}})
    with pytest.raises(Refused, match="roster"):
        client.reopen(threading.Event())


def test_pauses_grow_and_stay_bounded() -> None:
    tries = pauses()
    assert [next(tries) for _ in range(7)] == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_the_client_loads_no_heavy_module() -> None:
    code = "import sys, moderator.client; print(' '.join(sys.modules))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert loaded & {"asyncio", "http.client", "email", "ssl", "textual", "httpx"} == set()
