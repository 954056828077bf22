"""The small file beside the database that tells whether this is still the same database in the same place.

A database that was restored from a backup, copied to another machine or rolled back must not send anything by itself:
it would repeat what its newer self has sent. The file says which database stood here last, on which machine and in
which directory, and how far its trail had come.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any, Final

from moderator.domain.wording import mark as wording_mark
from moderator.store.base import Store, Tx

_FILE: Final = "instance.json"
_MARKING: Final = threading.Lock()
_MACHINE: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))

DOUBTS: Final = {
    "no_file": wording_mark("the file that says which database stands here is missing"),
    "other_database": wording_mark("another database stood here before"),
    "other_machine": wording_mark("it was made on another machine"),
    "other_place": wording_mark("it was made in another directory"),
    "rolled_back": wording_mark("it is older than what this desk had recorded already"),
}
"""Why a database is not taken for the one that ran here last, in words."""


def mark(data_dir: Path, store: Store) -> None:
    """Write which database this is and how far its trail has come: a new file, on the disk before the old one goes.

    One at a time: accounts that send side by side share the file.
    """
    with _MARKING:
        _mark(data_dir, store)


def _mark(data_dir: Path, store: Store) -> None:
    seq, digest = store.head
    told = {**_here(data_dir), "instance": store.read(_instance).result(), "seq": seq, "hash": digest}
    place = data_dir / f"{_FILE}.new"
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, json.dumps(told, sort_keys=True).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    place.replace(data_dir / _FILE)
    _sync_directory(data_dir)


def doubt(data_dir: Path, store: Store) -> str:
    """Why this database may not be the one that ran here last: a key of `DOUBTS`, or "" where it is the same."""
    if store.head[0] == 0:
        return ""
    try:
        told = json.loads((data_dir / _FILE).read_text(encoding="utf-8"))
        known = (str(told["instance"]), int(told["seq"]), str(told["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return "no_file"
    if known[0] != store.read(_instance).result():
        return "other_database"
    here = _here(data_dir)
    if told.get("machine") != here["machine"]:
        return "other_machine"
    if told.get("directory") != here["directory"]:
        return "other_place"
    return "" if store.read(lambda conn: _holds(conn, known[1], known[2])).result() else "rolled_back"


def name_of(conn: Any) -> str:
    """The database's own id."""
    return _instance(conn)


def rename(tx: Tx) -> None:
    """Give a copied database an id of its own."""
    tx.run("UPDATE meta SET value = ? WHERE key = 'instance'", secrets.token_hex(16))


def _instance(conn: Any) -> str:
    return str(conn.execute("SELECT value FROM meta WHERE key = 'instance'").fetchone()[0])


def _holds(conn: Any, seq: int, digest: str) -> bool:
    """Whether the trail still has this event."""
    if seq == 0:
        return True
    row = conn.execute("SELECT hash FROM event WHERE seq = ?", (seq,)).fetchone()
    return row is not None and row[0] == digest


def _here(data_dir: Path) -> dict[str, Any]:
    """This machine and this directory. The machine's id is told only as a digest."""
    machine = next((path.read_text().strip() for path in _MACHINE if path.exists()), "")
    return {
        "machine": hashlib.sha256(f"moderator {machine}".encode()).hexdigest()[:32],
        "directory": data_dir.stat().st_ino,
    }


def _sync_directory(data_dir: Path) -> None:
    descriptor = os.open(data_dir, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
