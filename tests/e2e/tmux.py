"""A terminal program in tmux, as an officer sees it: keys in, the screen's text out."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.e2e.harness import wait_for


class Pane:
    """One pane of a tmux server of our own."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def tmux(self, *words: str) -> str:
        command = ["tmux", "-S", str(self._socket), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout

    def text(self) -> str:
        """What the screen shows now."""
        return self.tmux("capture-pane", "-p", "-t", "main")

    def keys(self, *keys: str) -> None:
        """Press these keys, named as tmux names them."""
        self.tmux("send-keys", "-t", "main", *keys)

    def type(self, text: str) -> None:
        """Type this text."""
        self.tmux("send-keys", "-t", "main", "-l", text)

    def shows(self, *words: str, seconds: float = 15.0) -> str:
        """The screen, once it shows all of these words."""
        wait_for(lambda: all(word in self.text() for word in words), seconds, lambda: f"{words} on:\n{self.text()}")
        return self.text()

    def lacks(self, word: str, seconds: float = 15.0) -> None:
        """Wait until the screen no longer shows this."""
        wait_for(lambda: word not in self.text(), seconds, lambda: f"{word} to leave:\n{self.text()}")


@contextlib.contextmanager
def pane(folder: Path, command: Sequence[str], env: dict[str, str], size: tuple[int, int] = (80, 24)) -> Iterator[Pane]:
    """Run a command in tmux for the length of the block."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed here")
    found = Pane(folder / "tmux.sock")
    width, height = size
    clean = {**env, "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    clean.pop("TMUX", None)
    words = ["tmux", "-S", str(folder / "tmux.sock"), "-f", os.devnull, "new-session", "-d", "-s", "main"]
    subprocess.run([*words, "-x", str(width), "-y", str(height), *command], env=clean, check=True, timeout=20)
    try:
        yield found
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            found.tmux("kill-server")
