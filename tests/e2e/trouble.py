"""What the tests of a misbehaving machine share: a made-up WordPress that counts, hands over a desk, and what every
failure must look like from outside."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from moderator.client import Client
from moderator.domain import asks, view
from tests.e2e.harness import DeskProcess, comments, import_account, wait_for

HERE = Path(__file__).resolve().parent

Ran = subprocess.CompletedProcess[str]


def said(done: Ran, code: int, *words: str) -> str:
    """What a command said on standard error; it ended with this code, in a sentence, and without a traceback."""
    told = done.stdout + done.stderr
    assert "Traceback" not in told, told
    assert done.returncode == code, f"exit {done.returncode}, not {code}: {told}"
    assert "fault inside" not in told, told
    assert not re.search(r"report [0-9a-f]{4,}|\(fault ", told), told
    for word in words:
        assert word in done.stderr, f"“{word}” is not in: {done.stderr}"
    return done.stderr


def quiet_log(desk: DeskProcess) -> None:
    """The service's log holds no traceback and names no fault of the program's own."""
    log = desk.log()
    assert "Traceback" not in log, log[-3000:]
    assert "unhandled" not in log, log[-3000:]
    records = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert not [line for line in records if line["level"] == "critical" or "report" in line], log[-3000:]


@contextlib.contextmanager
def running(folder: Path, **given: Any) -> Iterator[DeskProcess]:
    """A desk that answers; ended at the end, however it stands. Its log must be quiet."""
    desk = DeskProcess(folder, **given)
    try:
        desk.start()
        yield desk
        quiet_log(desk)
    finally:
        if desk.process is not None:
            desk.kill()


@contextlib.contextmanager
def talking(desk: DeskProcess) -> Iterator[Client]:
    """A client with a session."""
    with contextlib.closing(desk.client()) as client, client.stream():
        yield client


def serve(desk: DeskProcess) -> Ran:
    """`moderator serve`, to its end: it must refuse to start."""
    for place in (desk.folder, desk.socket.parent):
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o700)
    if not desk.config_file.exists():
        desk.config_file.write_text(desk.config, encoding="utf-8")
    return desk.run("serve", *desk.arguments)


def filled(desk: DeskProcess, count: int = 20) -> None:
    """An import account with so many comments in the queue."""
    with contextlib.closing(desk.client()) as client:
        client.import_lines(import_account(client), comments(count))
        wait_for(lambda: client.status().counts["new"] >= count, why="the comments")


def rows(client: Client, which: view.View = view.View.NEW) -> list[view.Row]:
    return list(client.queue(which, "", 200).rows)


def children(pid: int) -> list[int]:
    """Processes that this one started."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    return [int(word) for word in found.split()]


# a made-up WordPress


@dataclass
class Site:
    """A WordPress on loopback as far as the connector asks: it counts writes, and can swallow their answers."""

    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)
    states: list[tuple[int, str]] = field(default_factory=list)
    swallow: bool = False
    """True: a write is refused its answer, and not carried out either."""
    tries: int = 0
    """Writes that came in, whatever became of them."""
    url: str = ""

    @property
    def writes(self) -> int:
        """Writes that took effect."""
        return len(self.replies) + len(self.states)

    def add(self, text: str, author: int = 0, parent: int = 0) -> int:
        """A comment under the one post; its number."""
        number = len(self.comments) + 1
        self.comments[number] = {
            "id": number, "post": 4, "parent": parent, "author": author, "author_name": "Rina",
            "date_gmt": _now(), "content": {"rendered": f"<p>{text}</p>", "raw": text},
            "link": f"{self.url}/flood/#comment-{number}", "status": "approved", "type": "comment",
        }  # fmt: skip
        return number

    def found(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        """A listing: `all` is everything that is neither spam nor trash."""
        if query.get("status", ["all"])[0] != "all":
            return []
        shown = list(self.comments.values())
        for name, key in (("include[]", "id"), ("author[]", "author"), ("parent[]", "parent")):
            if name in query:
                shown = [comment for comment in shown if str(comment[key]) in query[name]]
        if "after" in query:
            shown = [comment for comment in shown if comment["date_gmt"] + "Z" > query["after"][0]]
        return shown if query.get("order", ["asc"])[0] == "asc" else shown[::-1]

    def take(self, number: int | None, body: dict[str, Any]) -> dict[str, Any]:
        """A write that takes effect."""
        if number is not None:
            self.states.append((number, body["status"]))
            self.comments[number]["status"] = {"approve": "approved"}.get(body["status"], body["status"])
            return self.comments[number]
        self.replies.append(body["content"])
        return self.comments[self.add(body["content"], author=7, parent=body["parent"])]


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


ME = {"id": 7, "name": "Desk", "roles": ["editor"], "capabilities": {"moderate_comments": True}}


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, *args: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        words = at.path.removeprefix("/wp-json/wp/v2/").split("/")
        if words[:2] == ["users", "me"]:
            self._answer(ME if len(words) == 2 else {})
        elif words == ["comments"]:
            self._answer(self.site.found(parse_qs(at.query)))
        elif words[0] == "comments" and int(words[1]) in self.site.comments:
            self._answer(self.site.comments[int(words[1])])
        elif words[0] == "posts":
            self._answer([{"id": 4, "title": {"rendered": "Flood"}, "content": {"rendered": "<p>Notice</p>"}}])
        else:
            self._answer({"code": "rest_comment_invalid_id"}, 404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        last = urlsplit(self.path).path.rsplit("/", 1)[1]
        self.site.tries += 1
        if self.site.swallow:
            self.close_connection = True
            return
        self._answer(self.site.take(int(last) if last.isdigit() else None, body), 201)

    def _answer(self, body: object, status: int = 200) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@contextlib.contextmanager
def wordpress() -> Iterator[Site]:
    """The made-up site, listening until the end of the block."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def opened_account(client: Client, site: Site, secret: str) -> int:
    """An active account on that site; its number."""
    made = client.add_account(
        asks.NewAccount("wordpress", "wp consult", url=site.url, login_id="desk", custodians=("officer",))
    )
    client.set_secret(made.row_id, asks.SetSecret("app_password", secret))
    tested = client.test_account(made.row_id)
    assert tested.ok, tested.lines
    client.account_act(made.row_id, "activate", asks.Because("order 1/2026 of 20 November 2026"))
    return made.row_id


def item_of(client: Client, text: str) -> int:
    """The item with this text, once it stands in the queue."""

    def look() -> int:
        return next((row.id for row in rows(client, view.View.ALL) if row.text == text), 0)

    return wait_for(look, why=f"“{text}” in the queue")


# programs beside the desk


class Program:
    """A Python program of ours in a process of its own, spoken to in lines."""

    def __init__(self, name: str, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / name), *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=dict(os.environ),
        )  # fmt: skip

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        """Its next line, as JSON."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the program ended with {self.process.wait()}"
        return json.loads(line)

    def signal(self, sig: signal.Signals) -> None:
        self.process.send_signal(sig)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
