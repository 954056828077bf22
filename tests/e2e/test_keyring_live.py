"""The vault against a real GNOME keyring: unlocked, locked, with the wrong password, and absent."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.servers.keyring import PROGRAMS, Home

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        any(shutil.which(name) is None for name in PROGRAMS),
        reason="gnome-keyring or dbus-run-session is not installed",
    ),
]

CANARY = "s3cr3t-CANARY-of-the-keyring"

_START = """
import asyncio, traceback
from moderator.domain.secret import Secret
from moderator.vault import Vault, VaultUnavailable
vault = Vault(limit_s=10)
service, slot = "moderator/wordpress/1", "app_password"
canary = "s3cr3t-" + "CANARY-of-the-keyring"
"""

_PUT = _START + "asyncio.run(vault.put(service, slot, Secret(canary))); print(vault.describe())"
_GET = _START + "found = asyncio.run(vault.get(service, slot)); print(found is not None and found.reveal() == canary)"
_DROP = _START + "asyncio.run(vault.drop(service, slot)); print(asyncio.run(vault.get(service, slot)))"
_FAIL = (
    _START
    + """
try:
    asyncio.run(vault.put(service, slot, Secret(canary)))
    print("kept")
except VaultUnavailable as error:
    print(vault.describe().locked, error.reason, error.cure)
    print("leak" if "CANARY" in "".join(traceback.format_exception(error)) else "no leak")
"""
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.mark.req("A3", "B14")
def test_a_secret_outlives_the_session_and_stands_in_no_file(home: Home) -> None:
    told = home.session(_PUT)
    assert "keyring.backends.SecretService.Keyring" in told
    assert "locked=False" in told
    assert home.session(_GET) == "True\n", "a later session reads it"
    files = home.files()
    assert any(path.suffix == ".keyring" for path in files)
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    assert home.session(_DROP) == "None\n"
    assert home.session(_GET) == "False\n"


@pytest.mark.req("F24")
def test_a_wrong_password_shows_as_locked(home: Home) -> None:
    """The daemon itself exits with success then: only the vault tells."""
    home.session(_PUT)
    told = home.session(_FAIL, word="not-the-word")
    assert told.startswith("True The keyring is locked.")
    assert told.endswith("no leak\n")
    assert home.session(_GET) == "True\n", "and nothing was lost"


@pytest.mark.req("F24")
def test_a_line_end_in_the_password_is_the_wrong_password(home: Home) -> None:
    home.session(_PUT)
    assert "The keyring is locked." in home.session(_FAIL, word=f"{home.word}\n")


@pytest.mark.req("F24")
def test_a_keyring_that_nobody_unlocked_is_refused_not_waited_for(home: Home) -> None:
    told = home.session(_FAIL, unlock=False)
    assert "kept" not in told
    assert told.endswith("no leak\n")
