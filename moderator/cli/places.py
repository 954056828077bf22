"""Which desk a command means, and where it stands: socket, data and the Unix user that must serve it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from moderator.cli import exits
from moderator.cli.call import Stop
from moderator.locale import _

if TYPE_CHECKING:
    from moderator.config import Config

SHARED_DATA: Final = Path("/var/lib/moderator")
SHARED_SOCKET: Final = Path("/run/moderator/desk.sock")
LONGEST_SOCKET: Final = 100
"""Bytes of a socket's name that every system takes."""


@dataclass(frozen=True, slots=True)
class Wants:
    """What the command line and the environment ask for."""

    private: bool = False
    practice: bool = False
    socket: Path | None = None
    data_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one desk stands."""

    socket: Path
    data_dir: Path
    expect_uid: int | None
    """The uid that must serve it; None where the socket's directory must be ours alone."""
    own: bool
    """A private or practice desk: ours to start."""
    practice: bool = False


def shared(config: Config) -> bool:
    """Whether the configuration names a shared desk that may be believed: only a root-owned one may say who serves."""
    return config.system and bool(config.desk.service_user)


def choose(config: Config, wants: Wants, env: Mapping[str, str] = os.environ) -> Place:
    """The desk that is meant.

    A desk that is named (by --socket, or by the system's configuration) is never replaced by a private one: only
    --private or --practice ask for that. Raises `Stop(78)` where the named Unix user does not exist.
    """
    if wants.practice or wants.private:
        return _own(config, wants, env)
    if wants.socket is not None:
        return Place(wants.socket, wants.data_dir or _shared_data(config), _service_uid(config), own=False)
    if shared(config):
        return Place(_shared_socket(config), wants.data_dir or _shared_data(config), _service_uid(config), own=False)
    return _own(config, wants, env)


def serving(config: Config, wants: Wants, env: Mapping[str, str] = os.environ) -> Place:
    """Where `serve` puts its desk: the shared one, unless --private or --practice ask for one's own."""
    if wants.practice or wants.private:
        return _own(config, wants, env)
    socket = wants.socket or _shared_socket(config)
    return Place(socket, wants.data_dir or _shared_data(config), os.geteuid(), own=False)


def own_data(env: Mapping[str, str] = os.environ) -> Path:
    """The directory of the user's own desk."""
    base = env.get("XDG_DATA_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "moderator"


def own_state(env: Mapping[str, str] = os.environ) -> Path:
    """The directory for reports of faults."""
    base = env.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "moderator"


def _own(config: Config, wants: Wants, env: Mapping[str, str]) -> Place:
    named = Path(config.desk.data_dir) if config.desk.data_dir and not shared(config) else None
    data = wants.data_dir or named or own_data(env)
    if wants.practice:
        data = data / "practice"
        return Place(wants.socket or _own_socket(data, env), data, None, own=True, practice=True)
    written = Path(config.desk.socket) if config.desk.socket and not shared(config) and not wants.data_dir else None
    return Place(wants.socket or written or _own_socket(data, env), data, None, own=True)


def _own_socket(data: Path, env: Mapping[str, str]) -> Path:
    """Beside the data; where that name is too long for a socket, in the user's runtime directory."""
    beside = data / "run" / "desk.sock"
    runtime = env.get("XDG_RUNTIME_DIR", "")
    if len(os.fsencode(beside)) <= LONGEST_SOCKET or not runtime.startswith("/"):
        return beside
    from hashlib import sha256  # loads OpenSSL, which hardly any command needs

    mark = sha256(os.fsencode(data)).hexdigest()[:12]  # one socket for each data directory
    return Path(runtime) / f"moderator-{mark}" / "desk.sock"


def _shared_socket(config: Config) -> Path:
    return Path(config.desk.socket) if config.desk.socket else SHARED_SOCKET


def _shared_data(config: Config) -> Path:
    return Path(config.desk.data_dir) if config.desk.data_dir else SHARED_DATA


def _service_uid(config: Config) -> int | None:
    if not shared(config):
        return None
    try:
        return pwd.getpwnam(config.desk.service_user).pw_uid
    except KeyError:
        raise Stop(
            exits.CONFIGURATION,
            _(
                "{path} says that the desk runs as “{service_user}”, but there is no such Unix user.",
                path=config.path,
                service_user=config.desk.service_user,
            ),
            _("Make the user, or correct desk.service_user."),
            "config",
        ) from None
