"""The data directory, its lock and the socket: who owns them, with which modes, and in which order they are taken."""

from __future__ import annotations

import errno
import fcntl
import grp
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from moderator.domain.wording import words

EX_CANTCREAT: Final = 73
"""Exit code: a directory or socket cannot be made, or belongs to somebody else."""
EX_TEMPFAIL: Final = 75
"""Exit code: another desk holds this place."""

LONGEST_PATH: Final = 100
"""Bytes of a socket's path that every kernel takes."""


class CannotServe(Exception):
    """The service cannot start; the text says why and what to do."""

    def __init__(self, sentence: str, code: int = EX_CANTCREAT) -> None:
        super().__init__(sentence)
        self.code = code
        """The exit code of `serve`."""


def own_directory(path: Path, what: str) -> None:
    """Make sure of a directory that only we can enter. Raises `CannotServe` with the command that puts it right."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise CannotServe(
            words(
                "The {what} {path} cannot be made: {strerror}. Choose another place.",
                what=what,
                path=path,
                strerror=error.strerror,
            )
        ) from None
    if not stat.S_ISDIR(found.st_mode):
        raise CannotServe(
            words(
                "The {what} {path} is not a directory itself. Name the directory, not a link to it.",
                what=what,
                path=path,
            )
        )
    if found.st_uid != os.getuid():
        raise CannotServe(
            words(
                "The {what} {path} belongs to user {owner}, not to user {uid} who runs this. Run the desk as "
                "its owner, or: chown {uid} {path}",
                what=what,
                path=path,
                owner=found.st_uid,
                uid=os.getuid(),
            )
        )
    if found.st_mode & 0o077:
        raise CannotServe(
            words(
                "The {what} {path} is open to others (mode {mode:04o}). Run: chmod 700 {path}",
                what=what,
                path=path,
                mode=stat.S_IMODE(found.st_mode),
            )
        )


@dataclass(frozen=True, slots=True)
class Lock:
    """The exclusive lock on a data directory. Held until the process ends, however it ends."""

    fd: int

    def free(self) -> None:
        """Let go of it; the directory may be served again."""
        os.close(self.fd)


def lock(data_dir: Path) -> Lock:
    """Take the data directory for this process alone. Raises `CannotServe` naming the process that has it."""
    try:
        fd = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise unwritable(data_dir, error) from None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(fd)
        raise CannotServe(
            words(
                "The desk in {data_dir} is served already, by process {holder}. One desk serves one data "
                "directory; connect to it with: moderator",
                data_dir=data_dir,
                holder=holder,
            ),
            EX_TEMPFAIL,
        ) from None
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode("ascii"), 0)
    except OSError as error:
        os.close(fd)
        raise unwritable(data_dir, error) from None
    return Lock(fd)


def unwritable(data_dir: Path, error: OSError) -> CannotServe:
    """Why the desk cannot start where its own files cannot be made or written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotServe(
            words(
                "The disk that holds {data_dir} is full, so nothing could be saved. Make room there, then start again.",
                data_dir=data_dir,
            )
        )
    where = error.filename or data_dir
    return CannotServe(
        words(
            "{where} cannot be written: {strerror}. Put that right, or choose another directory.",
            where=where,
            strerror=error.strerror,
        )
    )


def bind(path: Path, *, group: str) -> socket.socket:
    """The socket, with its modes set before it listens. Call only under the lock.

    With a group: directory 2750 and socket 0660, both of that group. Without one: an owned 0700 directory and 0600.
    Raises `CannotServe`.
    """
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise CannotServe(
            words("The socket's path is too long for the kernel: {path}. Choose a shorter [desk] socket.", path=path)
        )
    if group:
        _group_directory(path.parent, group)
    else:
        own_directory(path.parent, words("socket directory"))
    _clear(path)
    return _bound(path, _group_id(group) if group else -1)


def _group_id(group: str) -> int:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise CannotServe(
            words(
                "There is no group “{group}” on this machine. Run: groupadd --system {group}, put the officers "
                "into it, or name another one in [desk] group.",
                group=group,
            )
        ) from None


def _group_directory(path: Path, group: str) -> None:
    """The shared desk's directory: ours, entered by the group, closed to all others."""
    gid = _group_id(group)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise CannotServe(
                words(
                    "The socket directory {path} does not belong to the user who runs the desk. Run: chown {uid} "
                    "{path}",
                    path=path,
                    uid=os.getuid(),
                )
            )
        if (found.st_gid, stat.S_IMODE(found.st_mode)) != (gid, 0o2750):
            os.chown(path, -1, gid)
            path.chmod(0o2750)
    except OSError as error:
        raise CannotServe(
            words(
                "The socket directory {path} cannot be given to the group “{group}”: {strerror}. The user who "
                "runs the desk must be a member of it.",
                path=path,
                group=group,
                strerror=error.strerror,
            )
        ) from None


def _clear(path: Path) -> None:
    """Remove a stale socket. One that answers, or anything that is no socket, is left alone."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise CannotServe(
            words("{path} is in the way and is no socket. Move it, or name another [desk] socket.", path=path)
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError:  # somebody listens, but is too busy to answer
            pass
    raise CannotServe(
        words("Another desk answers at {path} already. Give this one its own [desk] socket.", path=path), EX_TEMPFAIL
    )


def _bound(path: Path, gid: int) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        sock.bind(os.fspath(path))
        if gid >= 0:
            os.chown(path, -1, gid)
            path.chmod(0o660)
    except OSError as error:
        sock.close()
        path.unlink(missing_ok=True)
        raise CannotServe(
            words("The socket {path} cannot be made: {strerror}.", path=path, strerror=error.strerror)
        ) from None
    finally:
        os.umask(before)
    sock.setblocking(False)
    return sock
