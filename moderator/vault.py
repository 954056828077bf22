"""The one door to the operating system's keyring. Nothing else imports `keyring`, and no secret is kept anywhere else.

Three rules hold for every call. Only a backend on the allow-list is used, judged by its exact class: a plain-text store
that happens to be installed is refused, never fallen back to. Each call runs in a daemon thread with a time limit,
because a broken D-Bus waits for ever. And whatever a backend raises ends here: its text may hold the very secret, so
only our own sentence goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import importlib
import secrets
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, TypeVar

from keyring import core, errors
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from moderator.domain.secret import Secret
from moderator.domain.wording import mark, words

T = TypeVar("T")

ALLOWED: Final = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
)
"""Backends that the operating system itself protects, by exact class. `vault.allow` of the configuration adds more."""

_NEVER: Final = ("keyring.backends.fail.", "keyring.backends.null.", "keyring.backends.chainer.", "keyrings.alt.")
"""Modules that keep nothing, keep it in plain text, or ask on the terminal: no configuration can allow them."""

_STUCK_MAX: Final = 3
"""Calls that may hang at once. Beyond this the keyring counts as dead, and callers are told so without waiting."""

_RESTART_BOTH: Final = mark(
    "Is XDG_RUNTIME_DIR writable for the service's user, and is its keyring daemon alive? Restart both."
)

_PROBE: Final = ("moderator/doctor", "round trip")
_FINGERPRINT_KEY: Final = ("moderator/desk", "fingerprint-key")


class VaultUnavailable(Exception):
    """The keyring cannot be used now. `reason` and `cure` are sentences without anything that the backend said."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(f"{reason} {cure}")
        self.reason = reason
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Description:
    """How the keyring stands, for `doctor` and for the banner of the screen."""

    backend: str
    """The backend's class, or "" where none can be used."""
    locked: bool | None
    """None where it cannot be known."""
    sentence: str
    cure: str
    """What to do; "" where nothing need be done."""

    @property
    def usable(self) -> bool:
        """True where an item was stored, read back and removed."""
        return self.locked is False


class _Call:
    """One call in its daemon thread, so that a hanging backend can neither hang us nor keep the process from ending."""

    def __init__(self, job: Callable[[], object]) -> None:
        self.future: Future[object] = Future()
        self._job = job
        self._thread = threading.Thread(target=self._run, name="vault", daemon=True)

    def start(self) -> None:
        """Begin the call."""
        self._thread.start()

    def stuck(self) -> bool:
        """True while the backend has not come back."""
        return self._thread.is_alive()

    def _run(self) -> None:
        refusal: VaultUnavailable | None = None
        result: object = None
        try:
            result = self._job()
        except Exception as error:  # any class at all comes out of backends
            refusal = _explain(error)
        if refusal is None:
            self.future.set_result(result)
        else:
            # Set outside the handler: the backend's exception must not ride along as context.
            self.future.set_exception(refusal)


class Vault:
    """Secrets of one desk, read through the keyring and remembered for the life of the service.

    `allow` names further backend classes; `limit_s` is the time limit of one call in seconds. `backend` sets a backend
    instead of looking for one; it must be on the allow-list all the same.
    """

    def __init__(
        self, allow: tuple[str, ...] = (), limit_s: float = 5.0, *, backend: KeyringBackend | None = None
    ) -> None:
        self._allow = (*ALLOWED, *allow)
        self._limit_s = limit_s
        self._given = backend
        self._chosen: KeyringBackend | None = None
        self._known: dict[tuple[str, str], Secret] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._turn = asyncio.Lock()
        self._calls: list[_Call] = []

    def lock(self, service: str) -> asyncio.Lock:
        """The lock of one account: whoever renews its secret holds it, so that a single-use token is used once."""
        return self._locks.setdefault(service, asyncio.Lock())

    async def get(self, service: str, user: str, *, fresh: bool = False) -> Secret | None:
        """The secret, or None where the keyring holds none. `fresh` asks the keyring even where it is remembered."""
        known = None if fresh else self._known.get((service, user))
        if known is not None:
            return known
        found = await self._ask(lambda: _read(self._backend(), service, user))
        self._remember(service, user, found)
        return found

    async def put(self, service: str, user: str, value: Secret) -> None:
        """Keep a secret, and read it back: a keyring that does not give back what it took is refused."""
        self._known.pop((service, user), None)
        await self._ask(lambda: _write(self._backend(), service, user, value))
        self._remember(service, user, value)

    async def drop(self, service: str, user: str) -> None:
        """Remove a secret. One that is not there is no error."""
        self._known.pop((service, user), None)
        await self._ask(lambda: _delete(self._backend(), service, user))

    def forget(self, service: str) -> None:
        """Forget what is remembered of one account: the next `get` asks the keyring."""
        for key in [key for key in self._known if key[0] == service]:
            del self._known[key]

    async def fingerprint_key(self) -> Secret:
        """The key that fingerprints are made with; made on first use, and kept in the keyring alone."""
        async with self.lock(_FINGERPRINT_KEY[0]):
            found = await self.get(*_FINGERPRINT_KEY)
            if found is None:
                found = Secret(secrets.token_hex(32))
                await self.put(*_FINGERPRINT_KEY, found)
            return found

    async def check(self) -> Description:
        """`describe` for the service: does not block the event loop."""
        try:
            return await self._ask(self._round_trip)
        except VaultUnavailable as error:
            return self._unusable(error)

    def describe(self) -> Description:
        """Which backend, whether it is locked, and whether a dummy item survives a round trip.

        Blocks for at most the time limit; never raises.
        """
        try:
            return self._wait(self._round_trip)
        except VaultUnavailable as error:
            return self._unusable(error)

    def _remember(self, service: str, user: str, value: Secret | None) -> None:
        if value is None:
            self._known.pop((service, user), None)
        else:
            self._known[(service, user)] = value

    async def _ask(self, job: Callable[[], T]) -> T:
        async with self._turn:
            call = self._begin(job)
            answer = asyncio.wrap_future(call.future)
            done, _ = await asyncio.wait({answer}, timeout=self._limit_s)
            if not done:
                answer.add_done_callback(_ignore)
                raise self._silent()
            return answer.result()  # type: ignore[return-value]

    def _wait(self, job: Callable[[], T]) -> T:
        call = self._begin(job)
        try:
            return call.future.result(self._limit_s)  # type: ignore[return-value]
        except TimeoutError:
            pass
        raise self._silent()

    def _begin(self, job: Callable[[], object]) -> _Call:
        self._calls = [call for call in self._calls if call.stuck()]
        if len(self._calls) >= _STUCK_MAX:
            raise self._silent()
        call = _Call(job)
        self._calls.append(call)
        call.start()
        return call

    def _silent(self) -> VaultUnavailable:
        return VaultUnavailable(
            words("The keyring did not answer within {seconds:g} s.", seconds=self._limit_s),
            words(_RESTART_BOTH),
        )

    def _backend(self) -> KeyringBackend:
        if self._chosen is None:
            self._chosen = self._choose()
        return self._chosen

    def _choose(self) -> KeyringBackend:
        """The backend that the environment or the user's keyring configuration names, else the best allowed one."""
        named = self._given or _configured()
        if named is None:
            return self._best([_viable(name) for name in self._allow if not name.startswith(_NEVER)])
        if type(named) is ChainerBackend:
            return self._best([member for member in named.backends if self._allowed(member)])
        if not self._allowed(named):
            raise VaultUnavailable(
                words(
                    "The keyring backend {backend} is not one that this desk trusts with secrets.",
                    backend=_class_name(named),
                ),
                words(
                    "Unset PYTHON_KEYRING_BACKEND and keyringrc.cfg, or name the class under [vault] allow if it "
                    "encrypts."
                ),
            )
        return named

    def _best(self, found: list[KeyringBackend | None]) -> KeyringBackend:
        usable = [backend for backend in found if backend is not None and self._allowed(backend)]
        if not usable:
            raise _none_running()
        return max(usable, key=lambda backend: float(backend.priority))

    def _allowed(self, backend: KeyringBackend) -> bool:
        """Whether this very class is on the list; a class that only borrows an allowed name is not."""
        name = _class_name(backend)
        return name in self._allow and not name.startswith(_NEVER) and _named(name) is type(backend)

    def _round_trip(self) -> Description:
        backend = self._backend()
        value = Secret(secrets.token_hex(8))
        _write(backend, *_PROBE, value)
        _delete(backend, *_PROBE)
        return Description(
            _class_name(backend), False, words("The keyring is unlocked and keeps what it is given."), ""
        )

    def _unusable(self, error: VaultUnavailable) -> Description:
        backend = "" if self._chosen is None else _class_name(self._chosen)
        return Description(backend, True if isinstance(error, _Locked) else None, error.reason, error.cure)


def fingerprint(key: Secret, value: Secret) -> str:
    """Eight hexadecimal digits that change when the secret changes, and say nothing of it without the key."""
    return hmac.new(key.reveal().encode(), value.reveal().encode(), hashlib.sha256).hexdigest()[:8]


class _Locked(VaultUnavailable):
    """The keyring is there, but its password was not given, or was the wrong one."""


def _read(backend: KeyringBackend, service: str, user: str) -> Secret | None:
    found = backend.get_password(service, user)
    return None if found is None else Secret(found)


def _write(backend: KeyringBackend, service: str, user: str, value: Secret) -> None:
    backend.set_password(service, user, value.reveal())
    kept = backend.get_password(service, user)
    if kept is None or not hmac.compare_digest(kept.encode(), value.reveal().encode()):
        raise VaultUnavailable(
            words("The keyring took the secret but does not give it back."),
            words("Nothing was changed here; run moderator doctor."),
        )


def _delete(backend: KeyringBackend, service: str, user: str) -> None:
    if backend.get_password(service, user) is not None:
        backend.delete_password(service, user)


def _explain(error: Exception) -> VaultUnavailable:
    """Our sentence for what a backend raised. Its own text goes nowhere: it may hold the secret."""
    if isinstance(error, VaultUnavailable):
        return error
    if isinstance(error, errors.NoKeyringError):
        return _none_running()
    if isinstance(error, (errors.KeyringLocked, errors.InitError)):
        return _Locked(
            words("The keyring is locked."),
            words(
                "Unlock it when the service starts: give its password, without a line end, to "
                "gnome-keyring-daemon --unlock --components=secrets. A wrong password shows only here."
            ),
        )
    return VaultUnavailable(
        words("The keyring failed ({name}).", name=type(error).__name__),
        words("Run moderator doctor as the service's user; if the keyring was opened twice, restart its session."),
    )


def _none_running() -> VaultUnavailable:
    return VaultUnavailable(
        words("No keyring is running for the service's user."),
        words(
            "Start the service as: dbus-run-session -- moderator serve, with gnome-keyring unlocked in that "
            "session. Nothing is ever kept in a plain file instead."
        ),
    )


def _ignore(answer: asyncio.Future[object]) -> None:
    """Take note of an answer that came too late, so that nobody reports it as lost."""
    if not answer.cancelled():
        answer.exception()


def _configured() -> KeyringBackend | None:
    """The backend that PYTHON_KEYRING_BACKEND or keyringrc.cfg names, if either does."""
    found, works = None, True
    try:
        found = core.load_env() or core.load_config()
    except Exception:  # the named backend cannot work here, or does not exist
        works = False
    if not works:
        raise VaultUnavailable(
            words("The keyring backend that PYTHON_KEYRING_BACKEND or keyringrc.cfg names does not work here."),
            words("Unset it, or start the service where that keyring runs: dbus-run-session -- moderator serve."),
        )
    return found


def _class_name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _named(name: str) -> object:
    """The class that this dotted name really stands for, or None."""
    module, _, attribute = name.rpartition(".")
    return getattr(sys.modules.get(module), attribute, None)


def _viable(name: str) -> KeyringBackend | None:
    """An instance of this class where it works on this machine now, else None."""
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
        return found() if found.priority > 0 else None  # `priority` raises where the backend cannot work
    except TimeoutError:  # its bus takes the line and says nothing
        pass
    except Exception:  # a backend that cannot even be asked is not viable
        return None
    raise VaultUnavailable(words("The keyring did not answer."), words(_RESTART_BOTH))
