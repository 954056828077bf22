"""What every test gets: a clean environment and no way out of this machine."""

from __future__ import annotations

import os
import socket

import pytest

_CLEARED = ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "MODERATOR_CONFIG", "MODERATOR_DATA_DIR", "MODERATOR_SOCKET")


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's terminal or desk settings leak into a test."""
    for name in (*_CLEARED, *(key for key in os.environ if key.startswith("TEXTUAL_"))):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere but this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            assert host in ("127.0.0.1", "::1", "localhost"), f"a test reached out to {host}"
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
