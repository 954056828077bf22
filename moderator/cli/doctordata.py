"""The doctor's look at the desk's data, as their owner: modes, database, room on the disk. Reads only."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from moderator.cli.finding import Finding, bad, ok, warn
from moderator.cli.places import Place
from moderator.config import Config
from moderator.locale import N_, _, digits

DATABASE: Final = "desk.db"
_RESTORE: Final = N_("Stop the desk, keep the file as it is, and restore the last good backup.")


def files(config: Config, place: Place) -> Iterator[Finding]:
    """Nobody else may read the data."""
    wrong = list(open_to_others(place.data_dir))
    for path, mode in wrong:
        yield bad(
            _("files"),
            _("{path} is open to others (mode {mode:04o}).", path=path, mode=mode),
            f"chmod go-rwx {path}",
        )
    if not wrong:
        yield ok(_("files"), _("{data_dir} and what stands in it is for its owner alone.", data_dir=place.data_dir))


def open_to_others(data_dir: Path) -> Iterator[tuple[Path, int]]:
    """The directory and its databases, logs and lock, where group or others have any right."""
    named = (data_dir / name for name in os.listdir(data_dir))  # noqa: PTH208 -- names, not paths, may vanish
    for path in (data_dir, *sorted(named)):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:  # it went between listing and looking
            continue
        # A shared desk's socket directory is meant for its group; `socket` looks at it.
        if path.name != "run" and not stat.S_ISSOCK(mode) and mode & 0o077:
            yield path, stat.S_IMODE(mode)


def database(config: Config, place: Place) -> Iterator[Finding]:
    """The database opens, is in WAL mode and of a schema that this program knows."""
    path = place.data_dir / DATABASE
    if not path.exists():
        yield warn(
            _("database"),
            _("There is no database at {path} yet.", path=path),
            _("The desk makes one when it first starts."),
        )
        return
    from moderator.store import base, schema

    try:
        with base.opened(path) as conn:
            mode = conn.execute("PRAGMA journal_mode").fetchone()[0]
            version = conn.execute("PRAGMA user_version").fetchone()[0]
            events = conn.execute("SELECT max(seq) FROM event").fetchone()[0] or 0
            sound = conn.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except (sqlite3.Error, UnicodeDecodeError):
        yield bad(_("database"), _("{path} cannot be read as a desk's database.", path=path), _(_RESTORE))
        return
    if not sound:
        yield bad(_("database"), _("{path} is damaged: its pages do not fit together.", path=path), _(_RESTORE))
        return
    if mode != "wal":
        yield bad(
            _("database"),
            _("The journal mode is {mode}, not WAL.", mode=mode),
            _("Stop the desk; start it on a local disk."),
        )
    if version > schema.VERSION:
        yield bad(
            _("database"),
            _("It was made by a newer program (schema {version}).", version=version),
            _("Start the newer moderator."),
        )
    else:
        yield ok(
            _("database"),
            _(
                "Schema {version}, WAL, {events} events on the trail. The whole of it: trail verify.",
                version=version,
                events=events,
            ),
        )


def disk(config: Config, place: Place) -> Iterator[Finding]:
    """There is room to save."""
    usage = shutil.disk_usage(place.data_dir)
    percent = 100 * usage.free / usage.total
    sentence = _(
        "{room} GiB free ({percent} %) where the data stand.",
        room=digits(f"{usage.free / 2**30:.1f}"),
        percent=digits(f"{percent:.0f}"),
    )
    if percent < 2:
        yield bad(_("disk"), sentence, _("Make room now: when it is full, nothing more is saved."))
    elif percent < 10:
        yield warn(_("disk"), sentence, _("Make room soon."))
    else:
        yield ok(_("disk"), sentence)
