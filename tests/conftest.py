"""What every test gets: a clean environment and no way out of this machine."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderator import locale

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import catalogue

_CLEARED = ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "MODERATOR_CONFIG", "MODERATOR_DATA_DIR", "MODERATOR_SOCKET")


def pytest_sessionstart() -> None:
    """The catalogues are compiled as the package's build does, so that a changed .po is what the tests see."""
    catalogue.compile_all()
    locale.load()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins in English, and leaves no other language behind."""
    locale.use("en")
    yield
    locale.use("en")


@pytest.fixture(scope="session")
def pseudo_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the catalogue of the pseudo-language alone."""
    place = tmp_path_factory.mktemp("pseudo")
    catalogue.pseudo_catalogue(catalogue.collect()[0].values()).save_as_mofile(str(place / "qps.mo"))
    return place


@pytest.fixture
def pseudo(pseudo_place: Path) -> Iterator[str]:
    """The pseudo-language, in use: everything that goes through the catalogues stands in ⟦ ⟧; its code."""
    locale.load(pseudo_place)
    locale.use("qps")
    yield "qps"
    locale.load()


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
