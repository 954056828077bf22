"""A real GNOME keyring for tests: its own D-Bus session, its own home, unlocked with a throw-away password.

`Home.session` runs a Python program inside such a session and gives back what it printed; `unlocked` keeps a session
open for as long as the caller needs. Both raise `Absent` where a package is not installed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
DEADLINE = 60.0

_UNLOCK = 'printf %s "$KEYRING_TEST_WORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; '
"""The password is piped in without a line end: a line end would count as part of it."""

_RUN = "unset KEYRING_TEST_WORD; exec "


class Absent(Exception):
    """A package that this needs is not installed."""


def need_programs() -> None:
    """Raises `Absent` for the first program that is missing."""
    for name in PROGRAMS:
        if shutil.which(name) is None:
            raise Absent(f"{name} is not installed")


@dataclass
class Home:
    """A throw-away home directory with a keyring in it. Sessions one after the other see the same keyring."""

    folder: Path
    word: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)

    def session(self, program: str, *, unlock: bool = True, word: str | None = None) -> str:
        """What this Python program prints inside a session of its own."""
        need_programs()
        script = (_UNLOCK if unlock else "") + _RUN + '"$0" "$@"'
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", script, sys.executable, "-c", program],
            env=self._environment(word), capture_output=True, text=True, timeout=DEADLINE,
        )  # fmt: skip
        assert done.returncode == 0, f"the session failed: {done.stdout}{done.stderr}"
        return done.stdout

    def _environment(self, word: str | None) -> dict[str, str]:
        run = self.folder / "run"
        run.mkdir(mode=0o700, exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_DATA_HOME": str(self.folder / "share"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "KEYRING_TEST_WORD": self.word if word is None else word,
        }

    def files(self) -> list[Path]:
        """Every file in the home."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


@contextlib.contextmanager
def unlocked(folder: Path, word: str = "", address: str = "") -> Iterator[dict[str, str]]:
    """A session whose keyring is open, until the end of the block: the environment that reaches it.

    The same folder with the same `word` gives the same keyring again; with another word it is locked. `address` is a
    place of one's own for the bus, such as "unix:path=…".
    """
    need_programs()
    env = {**os.environ, **Home(folder)._environment("")}
    place = [f"--address={address}"] if address else []
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address", *place], env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert daemon.stdout is not None
        env["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        word = word or secrets.token_urlsafe(12)
        keys = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            assert keys.stdin is not None
            keys.stdin.write(word)
            keys.stdin.close()
            yield {name: env[name] for name in (*_REACHES, "DBUS_SESSION_BUS_ADDRESS")}
        finally:
            keys.terminate()
            keys.wait()
    finally:
        daemon.terminate()
        daemon.wait()
        assert daemon.stdout is not None
        daemon.stdout.close()


_REACHES = ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
