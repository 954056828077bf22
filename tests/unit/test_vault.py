"""The keyring's one door: which backends pass it, what it does with a dead one, and that nothing leaks through it."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import traceback

import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend

from moderator import vault as vault_module
from moderator.domain.secret import Secret
from moderator.vault import Vault, VaultUnavailable, fingerprint

CANARY = "s3cr3t-CANARY-of-the-vault"
NAME = f"{__name__}.Drawer"


class Drawer(KeyringBackend):
    """A keyring in memory: what `vault.allow` lets in for these tests."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[(service, username)]


class Forgetful(Drawer):
    """Takes a secret and gives another one back."""

    def get_password(self, service: str, username: str) -> str | None:
        return "something else"


class Talkative(Drawer):
    """Puts the secret into what it raises."""

    error: type[Exception] = errors.KeyringError

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error(f"cannot read {CANARY}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error(f"cannot store {password}")


class Hanging(Drawer):
    """Waits until the test lets go, as a broken D-Bus does."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)

    def get_password(self, service: str, username: str) -> str | None:
        self.entered.release()
        self.go.wait(30)
        return None


def name_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """This file stands under its own name, as an installed backend would."""
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__, sys.modules["__main__"]))
    for kind in (Drawer, Forgetful, Talkative, Hanging):
        monkeypatch.setattr(sys.modules[__name__], kind.__name__, kind, raising=False)


def opened(backend: KeyringBackend, *allow: type, limit_s: float = 5.0) -> Vault:
    return Vault(tuple(name_of(kind) for kind in allow or (type(backend),)), limit_s, backend=backend)


@pytest.mark.req("A3")
async def test_a_secret_goes_in_and_comes_back_as_a_secret() -> None:
    drawer = Drawer()
    vault = opened(drawer)
    await vault.put("moderator/wordpress/1", "password", Secret(CANARY))
    found = await vault.get("moderator/wordpress/1", "password")
    assert found is not None
    assert found.reveal() == CANARY
    assert CANARY not in repr(found)
    assert await vault.get("moderator/wordpress/1", "access_token") is None
    await vault.drop("moderator/wordpress/1", "password")
    await vault.drop("moderator/wordpress/1", "password")
    assert await vault.get("moderator/wordpress/1", "password") is None
    assert drawer.kept == {}


async def test_what_was_read_is_remembered_until_it_is_forgotten() -> None:
    drawer = Drawer()
    vault = opened(drawer)
    drawer.kept[("s", "u")] = "old"
    await vault.get("s", "u")
    asked = drawer.asked
    drawer.kept[("s", "u")] = "new"
    assert (await vault.get("s", "u") or Secret("")).reveal() == "old"
    assert drawer.asked == asked
    vault.forget("other")
    assert (await vault.get("s", "u") or Secret("")).reveal() == "old"
    vault.forget("s")
    assert (await vault.get("s", "u") or Secret("")).reveal() == "new"
    drawer.kept[("s", "u")] = "newest"
    assert (await vault.get("s", "u", fresh=True) or Secret("")).reveal() == "newest"


async def test_a_keyring_that_gives_back_something_else_is_refused() -> None:
    vault = opened(Forgetful())
    with pytest.raises(VaultUnavailable, match="does not give it back"):
        await vault.put("s", "u", Secret(CANARY))
    assert vault._known == {}


class TestAllowList:
    """Only backends that encrypt are used, judged by their exact class."""

    @pytest.mark.req("F24")
    @pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring(), Drawer()], ids=["fail", "null", "unknown"])
    async def test_an_unknown_backend_is_refused(self, backend: KeyringBackend) -> None:
        vault = Vault((), backend=backend)
        with pytest.raises(VaultUnavailable, match="not one that this desk trusts"):
            await vault.put("s", "u", Secret(CANARY))
        described = vault.describe()
        assert not described.usable
        assert described.cure

    async def test_control_the_same_backend_is_used_once_it_is_allowed(self) -> None:
        drawer = Drawer()
        await opened(drawer).put("s", "u", Secret("x"))
        assert drawer.kept == {("s", "u"): "x"}

    @pytest.mark.parametrize("kind", [fail.Keyring, null.Keyring, ChainerBackend])
    async def test_nothing_can_allow_what_keeps_nothing(self, kind: type[KeyringBackend]) -> None:
        vault = Vault((name_of(kind),), backend=kind())
        with pytest.raises(VaultUnavailable):
            await vault.put("s", "u", Secret("x"))

    @pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.null"])
    async def test_a_plain_text_store_cannot_be_allowed(self, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = type("PlaintextKeyring", (Drawer,), {"__module__": module})
        monkeypatch.setitem(sys.modules, module, type(sys)(module))
        monkeypatch.setattr(sys.modules[module], "PlaintextKeyring", plain, raising=False)
        with pytest.raises(VaultUnavailable, match="not one that this desk trusts"):
            await Vault((f"{module}.PlaintextKeyring",), backend=plain()).put("s", "u", Secret("x"))

    async def test_a_class_that_borrows_an_allowed_name_is_refused(self) -> None:
        fake = type("Keyring", (Drawer,), {"__module__": "keyring.backends.SecretService"})()
        with pytest.raises(VaultUnavailable, match="not one that this desk trusts"):
            await Vault((), backend=fake).put("s", "u", Secret("x"))
        assert fake.kept == {}

    async def test_a_subclass_of_an_allowed_class_is_refused(self) -> None:
        with pytest.raises(VaultUnavailable):
            await opened(Forgetful(), Drawer).put("s", "u", Secret("x"))

    @pytest.mark.parametrize("allowed", [True, False])
    async def test_a_chain_counts_as_its_allowed_members_only(
        self, allowed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good, plain = Drawer(), null.Keyring()
        monkeypatch.setattr(ChainerBackend, "backends", [plain, good])
        vault = Vault((NAME,) if allowed else (), backend=ChainerBackend())
        if allowed:
            await vault.put("s", "u", Secret("x"))
            assert good.kept == {("s", "u"): "x"}
        else:
            with pytest.raises(VaultUnavailable, match="No keyring is running"):
                await vault.put("s", "u", Secret("x"))
            assert good.kept == {}

    @pytest.mark.req("F24")
    @pytest.mark.parametrize(
        ("named", "sentence"),
        [
            ("keyring.backends.null.Keyring", "not one that this desk trusts"),
            ("keyring.backends.fail.Keyring", "not one that this desk trusts"),
            ("no.such.Backend", "does not work here"),
        ],
    )
    async def test_the_environment_cannot_name_a_weak_one(
        self, named: str, sentence: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)
        with pytest.raises(VaultUnavailable, match=sentence):
            await Vault().get("s", "u")


class TestFailures:
    """Whatever goes wrong becomes one sentence and a cure."""

    @pytest.mark.req("F24")
    @pytest.mark.parametrize("address", [None, "unix:path=/nonexistent/bus"], ids=["no D-Bus", "stale address"])
    async def test_a_headless_login_without_keyring_says_so(
        self, address: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        if address is None:
            monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        else:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        vault = Vault()
        with pytest.raises(VaultUnavailable) as caught:
            await vault.put("s", "u", Secret(CANARY))
        assert caught.value.reason == "No keyring is running for the service's user."
        assert "dbus-run-session" in caught.value.cure
        assert (await vault.check()).locked is None

    @pytest.mark.parametrize(
        ("error", "locked"),
        [
            (errors.KeyringLocked, True),
            (errors.InitError, True),
            (errors.KeyringError, None),
            (errors.PasswordSetError, None),
            (errors.NoKeyringError, None),
            (ValueError, None),
            (EOFError, None),
            (RuntimeError, None),
            (subprocess.SubprocessError, None),
        ],
    )
    async def test_the_backends_own_words_go_nowhere(
        self,
        error: type[Exception],
        locked: bool | None,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        monkeypatch.setattr(Talkative, "error", error)
        vault = opened(Talkative())
        with pytest.raises(VaultUnavailable) as caught:
            await vault.put("s", "u", Secret(CANARY))
        told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        told += (
            str(caught.value) + repr(caught.value) + repr(vault.describe()) + caplog.text + "".join(capfd.readouterr())
        )
        assert CANARY not in told
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        assert vault.describe().locked is locked

    def test_control_the_backend_does_say_it(self) -> None:
        with pytest.raises(errors.KeyringError, match=CANARY):
            Talkative().set_password("s", "u", CANARY)

    @pytest.mark.req("F24")
    async def test_a_hanging_keyring_does_not_hang_the_desk(self) -> None:
        hanging = Hanging()
        vault = opened(hanging, limit_s=0.02)
        try:
            for _ in range(3):
                with pytest.raises(VaultUnavailable, match="did not answer"):
                    await vault.get("s", "u")
            for _ in range(3):
                assert hanging.entered.acquire(timeout=5)
            with pytest.raises(VaultUnavailable, match="did not answer"):
                await vault.get("s", "u")
            assert not hanging.entered.acquire(blocking=False), "a dead keyring is not asked a fourth time"
            assert not vault.describe().usable
        finally:
            hanging.go.set()
        deadline = asyncio.get_running_loop().time() + 5
        while any(call.stuck() for call in vault._calls) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0)
        assert await opened(Drawer()).get("s", "u") is None
        assert await vault.get("s", "u") is None, "once it answers again, it is used again"

    def test_a_hanging_keyring_does_not_keep_the_process_from_ending(self) -> None:
        code = (
            "import asyncio, threading, moderator.vault as v\n"
            "call = v._Call(threading.Event().wait)\n"
            "call.start()\n"
            "print(call.stuck())\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
        assert done.stdout == "True\n"


def test_the_description_proves_a_round_trip() -> None:
    drawer = Drawer()
    described = opened(drawer).describe()
    assert (described.usable, described.locked, described.cure) == (True, False, "")
    assert described.backend == NAME
    assert drawer.kept == {}, "the dummy item is gone again"
    assert not opened(Forgetful()).describe().usable


async def test_the_fingerprint_shows_rotation_and_nothing_else() -> None:
    drawer = Drawer()
    vault = opened(drawer)
    key = await vault.fingerprint_key()
    first, second = fingerprint(key, Secret("one")), fingerprint(key, Secret("two"))
    assert len(first) == 8
    assert int(first, 16) >= 0
    assert first != second
    assert fingerprint(await opened(drawer).fingerprint_key(), Secret("one")) == first, "the key is kept"
    assert fingerprint(await opened(Drawer()).fingerprint_key(), Secret("one")) != first, "each keyring has its own"


async def test_one_lock_for_each_account() -> None:
    vault = opened(Drawer())
    assert vault.lock("moderator/wordpress/1") is vault.lock("moderator/wordpress/1")
    assert vault.lock("moderator/wordpress/1") is not vault.lock("moderator/wordpress/2")


def test_every_allowed_class_is_a_real_one() -> None:
    """The names on the list are those of the installed library; a typing error would silently allow nothing."""
    for name in vault_module.ALLOWED:
        module, _, attribute = name.rpartition(".")
        __import__(module)
        assert vault_module._named(name) is getattr(sys.modules[module], attribute)
