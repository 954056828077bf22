"""The real desk as a process of its own, for end-to-end tests: started, asked, killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.errors import Refused
from moderator.store.base import opened
from moderator.store.trail import verify

T = TypeVar("T")

FAST = """
[desk]
name = "Test desk"
time_zone = "Asia/Kolkata"

[times]
hide_window = 0.3
reply_window = 0.3
helpline_window = 0.2
mail_window = 0.2
looks = [1.0, 3.0, 6.0]
retries = [0.3, 0.6]
poll = 0.4
refresh = 1.0
tick = 0.05
linger = 3600.0
"""
"""Every window and interval short; the code that runs is the product's own."""


def wait_for(what: Callable[[], T], seconds: float = 20.0, why: str | Callable[[], str] = "it") -> T:
    """The first true answer of `what`; fails after the deadline, naming what was waited for (asked for then)."""
    deadline = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {seconds} s for {why if isinstance(why, str) else why()}; last: {found!r}")
        time.sleep(0.02)


@dataclass
class DeskProcess:
    """`moderator serve` on its own data directory."""

    folder: Path
    config: str = FAST
    env: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("--private",)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "desk.sock"

    @property
    def config_file(self) -> Path:
        return self.folder / "config.toml"

    def environment(self) -> dict[str, str]:
        """The process's environment: the caller's own, with the test's additions, without a desk of somebody else's."""
        plain = {key: value for key, value in os.environ.items() if not key.startswith(("MODERATOR_", "DBUS_"))}
        return {**plain, **self.env}

    def command(self, *words: str) -> list[str]:
        """A `moderator` command that speaks to this desk."""
        place = ["--config", str(self.config_file), "--data-dir", str(self.data_dir), "--socket", str(self.socket)]
        return [sys.executable, "-m", "moderator", *words, *place]

    def start(self) -> None:
        """Start the service and wait until it answers."""
        for place in (self.folder, self.socket.parent):
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o700)
        self.config_file.write_text(self.config, encoding="utf-8")
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command("serve", *self.arguments),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self.answers, 30, f"the desk to answer; its log:\n{self.log()[-3000:]}")

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the desk ended with {self.process.returncode}:\n{self.log()[-3000:]}"
        try:
            with contextlib.closing(self.client()) as client:
                client.status()
        except Refused:
            return False
        return True

    def kill(self) -> None:
        """kill -9, of the service and of its judging process."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """An orderly end."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def log(self) -> str:
        path = self.folder / "serve.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def client(self) -> Client:
        return Client(self.socket, expect_uid=os.getuid())

    def run(self, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a `moderator` verb against this desk."""
        return subprocess.run(
            self.command(*words), env=self.environment(), input=text, capture_output=True, text=True, timeout=60
        )

    def verify(self) -> None:
        """The trail holds, read straight from the file as the data's owner."""
        with opened(self.data_dir / "desk.db") as conn:
            fault = verify(conn)
        assert fault is None, fault.sentence


def comments(count: int, text: str = "Comment number {n} about road {n}.") -> list[bytes]:
    """So many lines for an import account."""
    return [
        json.dumps(
            {
                "id": f"c{n}",
                "text": text.format(n=n),
                "author": {"id": f"a{n % 97}", "name": f"Citizen {n % 97}"},
                "created_at": "2026-11-22T10:00:00Z",
            }
        ).encode()
        + b"\n"
        for n in range(count)
    ]


def import_account(client: Client, name: str = "letters") -> int:
    """An active import account; its number."""
    account = client.add_account(asks.NewAccount("import", name, custodians=("officer",))).row_id
    client.account_act(account, "activate", asks.Because("order 1/2026 of 20 November 2026"))
    return account
