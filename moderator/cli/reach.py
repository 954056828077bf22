"""The way to a desk: the one that the configuration names, or one's own, started where it does not run yet.

A configured desk that is down is never replaced by an empty private one.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from moderator.cli import exits
from moderator.cli.call import Stop
from moderator.cli.places import Place, Wants, choose
from moderator.client import Client, pauses
from moderator.domain.errors import Code, Refused
from moderator.locale import _, n_, said

if TYPE_CHECKING:
    import subprocess

    from moderator.config import Config

START: Final = 20.0
"""Seconds that a private desk may take to open its socket."""
MARKER: Final = "PRACTICE-DESK"
"""A directory is begun anew only where this file says that it is a practice desk's."""

_LOOK: Final = 0.05
_ROOM: Final = 64 * 1024
"""Bytes of a disk with less room than which nothing can be started, nor said in a log."""
_LOG_MAX: Final = 5 * 1024 * 1024
Note = Callable[[str], None]


def _quiet(sentence: str) -> None:
    """Nobody to tell."""


def reach(
    config: Config,
    *,
    private: bool = False,
    practice: bool = False,
    socket: Path | None = None,
    data_dir: Path | None = None,
) -> Client:
    """A client of the desk that is meant, connected. Raises `Refused`; `Stop` where a private desk cannot start."""
    return open_desk(config, Wants(private, practice, socket, data_dir))


def open_desk(config: Config, wants: Wants, env: Mapping[str, str] = os.environ, note: Note = _quiet) -> Client:
    """`reach` with everything that a command knows. `note` is told what takes a while."""
    place = choose(config, wants, env)
    client = Client(place.socket, expect_uid=place.expect_uid)
    if place.own:
        make_own(place)
        if not _answers(client):
            _start_once(place, config, env, client, note)
    else:
        client.health()
    return client


def wait_for(config: Config, wants: Wants, env: Mapping[str, str], note: Note) -> Client:
    """`open_desk` for a person at a screen: a named desk that is down is waited for, said once. Ctrl-C leaves."""
    told = ""
    for pause in pauses():
        try:
            return open_desk(config, wants, env, note)
        except Refused as refused:
            if refused.code is not Code.DOWN:
                raise
            if refused.sentence != told:
                told = refused.sentence
                note(_("{sentence} Waiting for it; Ctrl-C leaves.", sentence=said(told)))
        time.sleep(pause)
    raise AssertionError("unreachable: the pauses never end")


def make_own(place: Place) -> None:
    """The directories of one's own desk, 0700. Raises `Stop(73)` where they cannot be made or others may enter."""
    for directory in (place.data_dir, place.socket.parent):
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = directory.stat()
        except OSError as error:
            raise Stop(
                exits.CANNOT_CREATE,
                _(
                    "The directory {directory} cannot be made: {strerror}.",
                    directory=directory,
                    strerror=error.strerror,
                ),
                _("Choose another with --data-dir."),
                "cannot_create",
            ) from error
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise Stop(
                exits.CANNOT_CREATE,
                _("The directory {directory} is open to others, or not yours.", directory=directory),
                _("Run: chmod 700 {directory} — or choose another with --data-dir.", directory=directory),
                "cannot_create",
            )


def _answers(client: Client) -> bool:
    """Whether a desk is there. Any refusal but being down is raised."""
    try:
        client.health()
    except Refused as refused:
        if refused.code is Code.DOWN:
            return False
        raise
    return True


def _start_once(place: Place, config: Config, env: Mapping[str, str], client: Client, note: Note) -> None:
    """Start the desk, once even where several commands want it at the same moment."""
    note(_("Starting the practice desk …") if place.practice else _("Starting your own desk …"))
    try:
        with _locked((place.data_dir.parent if place.practice else place.data_dir) / "start.lock"):
            if _answers(client):
                return
            if place.practice:
                _await_end(place)
                begin_anew(place)
            _await_start(_spawn(place, config, env), place, client)
    except OSError as error:
        raise Stop(
            exits.CANNOT_CREATE,
            _(
                "Your desk cannot start: {filename}: {strerror}.",
                filename=error.filename or place.data_dir,
                strerror=error.strerror,
            ),
            _("Put that right, or choose another directory with --data-dir."),
            "cannot_create",
        ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _await_end(place: Place) -> None:
    """Wait until a practice desk that is just ending has let go of its data."""
    lock = place.data_dir / "lock"
    deadline = time.monotonic() + START
    while lock.exists() and _held(lock):
        if time.monotonic() > deadline:
            raise Stop(
                exits.TRY_AGAIN,
                _("Another practice desk still uses {data_dir}.", data_dir=place.data_dir),
                _("Try again."),
                "busy",
            )
        time.sleep(_LOOK)


def _held(lock: Path) -> bool:
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def begin_anew(place: Place) -> None:
    """An empty practice directory. Raises `Stop(73)` where it holds anything that is not a practice desk's."""
    data = place.data_dir
    if data.is_symlink() or (not (data / MARKER).is_file() and _holds_anything(data)):
        raise Stop(
            exits.CANNOT_CREATE,
            _("{data} holds something that is not a practice desk; it was left alone.", data=data),
            _("Move it away, or choose another directory with --data-dir."),
            "cannot_create",
        )
    from shutil import rmtree  # only where a desk is begun anew

    rmtree(data)
    make_own(place)
    marker = data / MARKER
    marker.touch(mode=0o600)
    marker.write_text("A practice desk of moderator. Everything here is begun anew each time.\n")


def _holds_anything(data: Path) -> bool:
    """Whether there is any file; the bare directories that we made ourselves do not count."""
    return any(not found.is_dir() for found in data.rglob("*"))


def _spawn(place: Place, config: Config, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """The service, detached from this terminal, with its words in a log beside the data."""
    import subprocess  # only where a desk is started, as is all below

    log = place.data_dir / "desk.log"
    if log.exists() and log.stat().st_size > _LOG_MAX:
        log.replace(log.with_suffix(".log.1"))
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            command(place, config),
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            cwd="/",
            env={name: value for name, value in env.items() if not name.startswith("MODERATOR_")},
        )
    finally:
        os.close(descriptor)


def command(place: Place, config: Config) -> list[str]:
    """The command line that starts this desk; in an isolated interpreter wherever the package is found by one."""
    kind = "--practice" if place.practice else "--private"
    # A practice desk stands in "practice" under the directory that --data-dir names.
    data = place.data_dir.parent if place.practice else place.data_dir
    options = [kind, "--data-dir", str(data), "--socket", str(place.socket)]
    chosen = ["--config", config.path] if config.path else []
    return [sys.executable, *(["-I"] if _isolated() else []), "-m", "moderator", "serve", *options, *chosen]


def _isolated() -> bool:
    """Whether an interpreter without the user's own search paths finds this package."""
    import subprocess

    probe = [sys.executable, "-I", "-c", "import moderator.__main__"]
    return subprocess.run(probe, capture_output=True, check=False, cwd="/").returncode == 0  # noqa: S603


def _await_start(process: subprocess.Popen[bytes], place: Place, client: Client) -> None:
    deadline = time.monotonic() + START
    while not _answers(client):
        ended = process.poll()
        if ended not in (None, exits.TRY_AGAIN):  # 75: another one has the data, and will answer
            raise Stop(
                ended if ended in (exits.CONFIGURATION, exits.CANNOT_CREATE) else exits.UNREACHABLE,
                _("The desk did not start. {log}", log=_last_words(place)).strip(),
                _("Its log is {path}.", path=place.data_dir / "desk.log"),
                "down",
            )
        if time.monotonic() > deadline:
            raise Stop(
                exits.UNREACHABLE,
                n_(
                    "The desk was started, but has not answered for {n} second.",
                    "The desk was started, but has not answered for {n} seconds.",
                    int(START),
                ),
                _("Try again; its log is {path}.", path=place.data_dir / "desk.log"),
                "down",
            )
        time.sleep(_LOOK)
    process.returncode = 0  # it lives on by itself; nobody waits for it here


def _last_words(place: Place) -> str:
    """The last line of the log that is a sentence for people rather than a record."""
    from shutil import disk_usage

    try:
        if disk_usage(place.data_dir).free < _ROOM:
            return _("The disk that holds {data_dir} is full.", data_dir=place.data_dir)
        lines = (place.data_dir / "desk.log").read_bytes()[-4096:].decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    spoken = [line for line in lines if line.strip() and not line.startswith("{")]
    return spoken[-1].removeprefix("moderator serve: ").removeprefix("moderator: ")[:300] if spoken else ""
