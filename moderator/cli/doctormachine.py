"""The doctor's look at the machine: SQLite, clock, time zone, configuration."""

from __future__ import annotations

import ctypes
import sqlite3
import stat
import tomllib
from collections import Counter
from collections.abc import Iterator
from math import log2
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from moderator.cli.finding import Finding, bad, ok, warn
from moderator.cli.places import Place
from moderator.config import Config, ConfigError
from moderator.locale import LANGUAGES, _, review, said

_STATUS_AT: Final = 40
"""Byte at which the kernel's struct timex holds its status word, where a long has eight bytes."""
_UNSYNCED: Final = 0x40

_LONG: Final = 20
"""Characters from which a value may be a key or token."""
_DENSE: Final = 3.6
"""Bits per character from which it looks like one."""


def sqlite(config: Config, place: Place) -> Iterator[Finding]:
    """The SQLite library, with the published race in resetting the write-ahead log."""
    version = sqlite3.sqlite_version
    if not has_reset_race(sqlite3.sqlite_version_info):
        yield ok("SQLite", _("Version {version}, without the WAL-reset bug.", version=version))
        return
    yield ok(
        "SQLite",
        _(
            "Version {version} has the WAL-reset bug (3.7.0 to 3.51.2; fixed in 3.51.3, 3.50.7, 3.44.6). It "
            "needs two processes that write one file, and one process alone owns this one: it cannot be "
            "reached.",
            version=version,
        ),
    )


def has_reset_race(version: tuple[int, ...]) -> bool:
    """Whether this version of SQLite has the published WAL-reset race."""
    fixed = ((3, 44, 6), (3, 45)), ((3, 50, 7), (3, 51)), ((3, 51, 3), (99,))
    return version >= (3, 7, 0) and not any(first <= version < beyond for first, beyond in fixed)


def clock(config: Config, place: Place) -> Iterator[Finding]:
    """The clock is kept right by something: the record's times rest on it."""
    synced = synchronised()
    if synced is None:
        yield warn(_("clock"), _("This system does not say whether its clock is synchronised."), _("Check it by hand."))
    elif synced:
        yield ok(_("clock"), _("The kernel says that the clock is synchronised."))
    else:
        yield warn(
            _("clock"),
            _("The kernel says that the clock is not synchronised; the times on the record may be off."),
            _("Start chrony or systemd-timesyncd; then: timedatectl"),
        )


def synchronised() -> bool | None:
    """What the kernel knows; None where it cannot be asked."""
    if ctypes.sizeof(ctypes.c_long) != 8:
        return None
    try:
        ask = ctypes.CDLL(None, use_errno=True).adjtimex
    except (AttributeError, OSError):
        return None
    state = ctypes.create_string_buffer(512)  # all zero: modes 0, which only reads
    if ask(state) < 0:
        return None
    return not int.from_bytes(state.raw[_STATUS_AT : _STATUS_AT + 4], "little") & _UNSYNCED


def zone(config: Config, place: Place) -> Iterator[Finding]:
    """The desk's own time zone is known here."""
    try:
        ZoneInfo(config.desk.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield bad(
            _("time zone"),
            _("This machine does not know the time zone “{time_zone}”.", time_zone=config.desk.time_zone),
            _("Install tzdata, or correct desk.time_zone."),
        )
    else:
        yield ok(_("time zone"), config.desk.time_zone)


def configuration(config: Config, place: Place) -> Iterator[Finding]:
    """Where it was read from, who may change it, and that it holds no secret."""
    if not config.path:
        yield ok(_("configuration"), _("None; every key has its default."))
        return
    path = Path(config.path)
    found = path.stat()
    if stat.S_IMODE(found.st_mode) & 0o022:
        yield bad(_("configuration"), _("{path} can be changed by others.", path=path), f"chmod go-w {path}")
    suspicious = list(secret_like(tomllib.loads(path.read_text(encoding="utf-8"))))
    for key in suspicious:
        yield bad(
            _("configuration"),
            _("The value of {key} in {path} looks like a password, key or token.", key=key, path=path),
            _(
                "Take it out, change it where it came from, and set it with “moderator account secret” or “mail "
                "secret”."
            ),
        )
    if not suspicious:
        yield ok(_("configuration"), _("Read from {path}; nothing in it looks like a secret.", path=path))


def screen(config: Config, place: Place) -> Iterator[Finding]:
    """The theme, and the keys that are not those that ship."""
    from moderator.tui import keys, themes  # loaded by whoever asks for them

    try:
        keys.chosen(config)
        themes.load(config.screen.theme)
    except ConfigError as error:
        yield bad(_("screen"), said(error.sentence), _("Correct the file, then try again."))
        return
    yield ok(_("screen"), _("Theme “{theme}”, keys of your own: {n}.", theme=config.screen.theme, n=len(config.keys)))


def languages(config: Config, place: Place) -> Iterator[Finding]:
    """Which catalogues are compiled, and which of them a native reader has not read yet."""
    others = [code for code in LANGUAGES if code != "en"]
    if not others:
        yield warn(_("language"), _("Only English: no catalogue is compiled."), "python tools/catalogue.py compile")
    for code in others:
        left = review(code)
        if left:
            yield ok(_("language"), left)
        else:
            yield ok(_("language"), LANGUAGES[code])


def secret_like(value: Any, key: str = "") -> Iterator[str]:
    """The keys whose values are long and dense as a secret is. The values themselves are never given out."""
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from secret_like(entry, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from secret_like(entry, f"{key}[{number}]")
    elif isinstance(value, str) and any(dense(word) for word in value.split()):
        yield key


def dense(word: str) -> bool:
    """Whether one word is long, mixes letters with digits, and repeats itself as little as a random one."""
    plain = word.strip("\"',;")
    if len(plain) < _LONG or "/" in plain[:1] or "@" in plain or "://" in plain:
        return False
    if not (any(c.isdigit() for c in plain) and any(c.isalpha() for c in plain)):
        return False
    counts = Counter(plain).values()
    return -sum(n / len(plain) * log2(n / len(plain)) for n in counts) >= _DENSE
