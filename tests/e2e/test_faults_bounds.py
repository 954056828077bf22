"""What a stranger, a browser, a runaway program or an older client gets over the real socket, while others go on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from tests.e2e.harness import FAST, DeskProcess, wait_for
from tests.e2e.trouble import filled, quiet_log, rows, running, talking

pytestmark = pytest.mark.e2e

TIGHT = FAST + "\n[limits]\nconnections = 12\nstreams = 3\nheader_seconds = 0.5\nbody_kib = 8\n"
OWN = "Host: desk\r\nModerator-Api: 1\r\n"
JSON = OWN + "Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    with running(tmp_path_factory.mktemp("bounds"), config=TIGHT) as process:
        filled(process)
        yield process


class Raw:
    """One connection that sends exactly what the test wants."""

    def __init__(self, desk: DeskProcess) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(15)
        self.sock.connect(str(desk.socket))

    def send(self, raw: str | bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # turned away already: the answer is there to be read
            self.sock.sendall(raw.encode("latin-1") if isinstance(raw, str) else raw)

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Status and body of what comes back, to the end of the body."""
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += self._more()
        head, _, body = raw.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
        while len(body) < int(fields["content-length"]):
            body += self._more()
        assert fields["moderator-api"] == "1"
        return int(head.split()[1]), json.loads(body)

    def _more(self) -> bytes:
        found = self.sock.recv(65536)
        assert found, "the desk closed the line without an answer"
        return found

    def ended(self) -> bool:
        """Wait until the desk closes, whatever it says before."""
        try:
            while self.sock.recv(65536):
                pass
            return True
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.sock.close()


@pytest.fixture
def line(desk: DeskProcess) -> Iterator[Raw]:
    with contextlib.closing(Raw(desk)) as raw:
        yield raw


def refused(line: Raw, request: str | bytes, status: int, code: str) -> str:
    line.send(request)
    found, body = line.answer()
    assert (found, body["error"]["code"]) == (status, code), body
    assert body["error"]["sentence"].endswith(".")
    assert body["error"]["cure"]
    return str(body["error"]["sentence"])


GET = "GET /v1/status HTTP/1.1\r\n"
POST = "POST /v1/items/1/note HTTP/1.1\r\n"

FORM = "Content-Type: application/x-www-form-urlencoded\r\n"

STRANGERS = {
    "origin": (GET + OWN + "Origin: https://evil.example\r\n\r\n", 403, "foreign"),
    "null origin": (GET + OWN + "Origin: null\r\n\r\n", 403, "foreign"),
    "sec-fetch": (GET + OWN + "Sec-Fetch-Site: cross-site\r\n\r\n", 403, "foreign"),
    "foreign host": (GET + "Host: evil.example\r\n\r\n", 403, "foreign"),
    "a port": (GET + "Host: localhost:8080\r\n\r\n", 403, "foreign"),
    "a form": (POST + OWN + FORM + "Content-Length: 3\r\n\r\na=b", 400, "bad"),
    "plain text": (POST + OWN + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 400, "bad"),
    "no type": (POST + OWN + "Content-Length: 2\r\n\r\n{}", 400, "bad"),
    "too long": (POST + JSON + "Content-Length: 9000\r\n\r\n", 400, "bad"),
    "another version": (GET + "Host: desk\r\nModerator-Api: 2\r\n\r\n", 426, "version"),
    "options": ("OPTIONS /v1/status HTTP/1.1\r\n" + OWN + "\r\n", 400, "bad"),
    "no http": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "bad"),
    "a head without end": (GET + OWN + "X: " + "x" * 20_000, 400, "bad"),
}  # fmt: skip


@pytest.mark.req("Z10", "Z11")
@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_gets_a_sentence(desk: DeskProcess, line: Raw, name: str) -> None:
    request, status, code = STRANGERS[name]
    with contextlib.closing(desk.client()) as client:
        head = client.health()["head"]
        refused(line, request, status, code)
        assert client.health()["head"] == head, "nothing was done"


def test_control_our_own_request_is_answered(desk: DeskProcess, line: Raw) -> None:
    line.send(GET + OWN + "\r\n")
    status, body = line.answer()
    assert (status, body["desk"]) == (200, "Test desk")


@pytest.mark.req("Z11")
def test_a_body_that_grows_is_cut_whatever_its_head_says(desk: DeskProcess, line: Raw) -> None:
    with talking(desk) as client:
        token = client.token
        line.send(POST + JSON + f"Moderator-Session: {token}\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(20):
                line.send(b"400\r\n" + b"x" * 1024 + b"\r\n")
        status, body = line.answer()
        assert (status, "longer than 8 KiB" in body["error"]["sentence"]) == (400, True)
        client.act(rows(client)[0].id, "note", asks.Note("x" * 4000))  # the control: a shorter one is taken


@pytest.mark.req("F23", "Z10")
def test_another_version_of_the_interface_is_told_both(line: Raw) -> None:
    sentence = refused(line, GET + "Host: desk\r\nModerator-Api: 2\r\n\r\n", 426, "version")
    assert "version 2" in sentence
    assert "version 1" in sentence


@pytest.mark.req("F23")
def test_a_moderator_program_of_another_version_says_so(desk: DeskProcess) -> None:
    """The program itself, as if it had been installed with a later interface."""
    later = (
        "import sys\nfrom moderator.domain import view\nview.API = 2\n"
        "from moderator.cli.main import main\nsys.exit(main(sys.argv[1:]))\n"
    )
    words = [sys.executable, "-c", later, *desk.command("status")[3:]]
    done = subprocess.run(words, env=desk.environment(), capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (69, ""), done.stdout + done.stderr
    assert "version" in done.stderr
    assert "Traceback" not in done.stderr
    assert "installed beside the desk" in done.stderr or "Update" in done.stderr, done.stderr


@pytest.mark.req("Z11")
@pytest.mark.parametrize("half", [GET, GET + "Host: de", POST + JSON + "Content-Length: 100\r\n\r\n{"])
def test_half_a_request_holds_up_nobody(desk: DeskProcess, line: Raw, half: str) -> None:
    line.send(half)
    with contextlib.closing(desk.client()) as client:
        assert client.status().desk == "Test desk"
    assert line.ended(), "the half request is cut off after header_seconds"


@pytest.mark.req("Z11")
def test_too_many_connections_of_one_uid(desk: DeskProcess) -> None:
    with contextlib.ExitStack() as open_, talking(desk) as working:
        working.status()
        held = []
        turned_away: dict[str, Any] = {}
        while not turned_away:
            raw = open_.enter_context(contextlib.closing(Raw(desk)))
            raw.send(GET + OWN + "\r\n")
            status, body = raw.answer()
            turned_away = body["error"] if status == 429 else {}
            held.append(raw)
            assert len(held) <= 12
        assert turned_away["code"] == "limited"
        assert "12 connections" in turned_away["sentence"]
        assert working.status().desk == "Test desk", "a connection that stands goes on"
        held[0].close()

        def taken_again() -> bool:
            with contextlib.closing(Raw(desk)) as again:
                again.send(GET + OWN + "\r\n")
                return again.answer()[0] == 200

        wait_for(taken_again, why="the place that was given back")


@pytest.mark.req("Z11")
def test_too_many_terminals(desk: DeskProcess) -> None:
    with contextlib.ExitStack() as open_:
        streams = []
        for _ in range(3):
            client = open_.enter_context(contextlib.closing(desk.client()))
            streams.append(open_.enter_context(client.stream()))
        with contextlib.closing(desk.client()) as fourth:
            with pytest.raises(Refused, match="3 terminals open") as refusal:
                fourth.stream()
            assert refusal.value.code is Code.LIMITED
            assert fourth.status().desk == "Test desk"
            streams[0].close()
            wait_for(lambda: opens(fourth), why="the place that was given back")


def opens(client: Client) -> bool:
    with contextlib.suppress(Refused):
        client.stream().close()
        return True
    return False


def asked_without_end(client: Client) -> None:
    for _ in range(200):
        client.health()


@pytest.mark.req("Z11")
def test_too_many_requests_and_then_room_again(tmp_path: Path) -> None:
    few = FAST + "\n[limits]\nrequests_per_second = 5\n"
    with running(tmp_path, config=few) as desk, contextlib.closing(desk.client()) as client:
        with pytest.raises(Refused, match="Too many requests") as refusal:
            asked_without_end(client)
        assert refusal.value.code is Code.LIMITED

        def answered() -> bool:
            with contextlib.suppress(Refused):
                return bool(client.health()["ok"])
            return False

        wait_for(answered, why="the bucket to fill")


@pytest.mark.req("Z10")
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_over_the_socket(desk: DeskProcess) -> None:
    def curl(*words: str) -> subprocess.CompletedProcess[str]:
        command = ["curl", "-sS", "--unix-socket", str(desk.socket), "-w", "\n%{http_code}", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30)

    body, status = curl("http://desk/v1/status").stdout.rsplit("\n", 1)
    assert (status, json.loads(body)["desk"]) == ("200", "Test desk")
    body, status = curl("http://desk/v1/status", "-H", "Origin: https://evil.example").stdout.rsplit("\n", 1)
    assert (status, json.loads(body)["error"]["code"]) == ("403", "foreign")
    assert curl("http://evil.example/v1/status").stdout.endswith("403")
    assert curl("http://desk/v1/items/1/note", "-d", '{"text": "x"}').stdout.endswith("400"), "a form is no JSON"
    body, status = curl("http://desk/v1/items/1/note", "--json", '{"text": "x"}').stdout.rsplit("\n", 1)
    assert (status, json.loads(body)["error"]["code"]) == ("403", "no_session")


# two Unix users


@pytest.fixture
def shared() -> Iterator[DeskProcess]:
    """A shared desk of root's, whose one officer is “nobody”."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to be two users")
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with tempfile.TemporaryDirectory(prefix="m") as made:
        desk = DeskProcess(Path(made), arguments=())
        desk.config = TIGHT.replace("[desk]", '[desk]\ngroup = "nogroup"')
        desk.config_file.write_text(desk.config)
        first = desk.run("serve", "--init-lead", "nobody")
        assert first.returncode == 0, first.stderr
        try:
            start_shared(desk)
            yield desk
            quiet_log(desk)
        finally:
            if desk.process is not None:
                desk.kill()


def start_shared(desk: DeskProcess) -> None:
    """As `start`, but answers come to “nobody” alone."""
    desk.folder.chmod(0o711)
    with (desk.folder / "serve.log").open("ab") as log:
        desk.process = subprocess.Popen(
            desk.command("serve"), env=desk.environment(), stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    wait_for(lambda: as_nobody(desk)[0] == 200, 30, f"the shared desk:\n{desk.log()}")


def as_nobody(desk: DeskProcess) -> tuple[int, dict[str, Any]]:
    words = ["curl", "-sS", "--unix-socket", str(desk.socket), "-w", "\n%{http_code}", "http://desk/v1/status"]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=30, user="nobody", group="nogroup", extra_groups=[], cwd="/"
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body or "{}")


@pytest.mark.req("Z11", "Z1")
def test_one_users_flood_leaves_room_for_the_other(shared: DeskProcess) -> None:
    with contextlib.ExitStack() as open_:
        held = [open_.enter_context(contextlib.closing(Raw(shared))) for _ in range(13)]
        held[-1].send(GET + OWN + "\r\n")
        assert held[-1].answer()[0] == 429
        status, body = as_nobody(shared)
        assert (status, body["person"]) == (200, "nobody")
    with contextlib.closing(Raw(shared)) as outsider:
        outsider.send(GET + OWN + "\r\n")
        status, body = outsider.answer()
        assert (status, body["error"]["code"]) == (403, "not_allowed"), "root is in no group of officers"
