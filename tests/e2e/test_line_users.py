"""Two officers in line mode at one desk: a draft goes from the one whose line dropped to the one who comes next."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.harness import wait_for
from tests.e2e.test_users import ALICE, BOB, PYTHON, Server, plain_environment, server

__all__ = ["server"]

pytestmark = [
    pytest.mark.users,
    pytest.mark.skipif(os.getuid() != 0, reason="needs root, to make Unix users"),
    pytest.mark.skipif(not PYTHON.exists(), reason="needs the system's own python3"),
]


class Officer:
    """`moderator line` as one user, fed line by line."""

    def __init__(self, server: Server, user: str) -> None:
        command = ["runuser", "-u", user, "--", str(server.moderator), "line", "--config", str(server.config)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env=plain_environment(user),
            start_new_session=True,
        )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.heard = ""

    def hears(self, *words: str) -> str:
        """Wait until all of these were said; everything that was."""
        wait_for(lambda: self._read() and all(one in self.heard for one in words), 30, lambda: f"{words}: {self.heard}")
        return self.heard

    def says(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def _read(self) -> bool:
        assert self.process.stdout is not None
        self.heard += (self.process.stdout.read() or b"").decode()
        return True

    def dropped(self) -> None:
        """The line is gone without a word: the process and what runs it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextlib.contextmanager
def at_the_line(server: Server, user: str) -> Iterator[Officer]:
    officer = Officer(server, user)
    try:
        officer.hears(f"You are {user}")
        yield officer
    finally:
        officer.dropped()
        for stream in (officer.process.stdin, officer.process.stdout):
            with contextlib.suppress(OSError):
                assert stream is not None
                stream.close()


@pytest.fixture
def item(server: Server) -> int:
    """A comment that nobody has."""
    add = ["account", "add", "practice", "practice page", "--custodian", ALICE]
    if "practice page" not in server.run(ALICE, "account", "list").stdout:
        assert server.run(ALICE, *add).returncode == 0
        assert server.run(ALICE, "account", "activate", "practice page", "--reason", "order 1/2026").returncode == 0
    said = wait_for(lambda: re.findall(r"\n(\d+), due in", f"\n{listed(server)}"), 30, "a comment")
    return int(said[0])


def listed(server: Server) -> str:
    return server.run(ALICE, "line", text="/new\nq\n").stdout


@pytest.mark.req("B1", "H10", "H6")
def test_a_dropped_officers_draft_is_gone_on_with_by_the_next(server: Server, item: int) -> None:
    with at_the_line(server, ALICE) as alice, at_the_line(server, BOB) as bob:
        for line in (str(item), "c", "r", "We have passed it on"):
            alice.says(line)
        wait_for(lambda: "We have passed it on" in looked_at(server, item), 30, "the draft at the desk")
        alice.dropped()
        wait_for(lambda: "line of whoever had it dropped" in looked_at(server, item), 30, "the item to be free")
        bob.says(str(item))
        bob.hears(f"A draft of {ALICE}, ", "line dropped:\n> We have passed it on\n")
        for line in ("r", "", "to the road office.", ".", "k"):
            bob.says(line)
        bob.hears(f"The draft of {ALICE} so far:", "> We have passed it on\n> to the road office.\n", "Kept as a draft")
        assert f"A draft of {BOB}, " in looked_at(server, item)
        bob.says("a")
        bob.says("q")
        bob.hears(f"Saved: item {item} stays public.", "You are signed off.")
    with at_the_line(server, ALICE) as alice:
        alice.says(str(item))
        alice.hears(f"by {BOB}: left public.")


def looked_at(server: Server, item: int) -> str:
    return server.run(ALICE, "line", text=f"{item}\nq\n").stdout
