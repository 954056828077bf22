"""What a configuration must keep to beyond the types of its values: bounds, order, and who may be the SPOC."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from moderator.config import Config, Escalation, Level
from moderator.domain.order import high_enough
from moderator.domain.wording import words

Fault = tuple[str, str]
"""The dotted key, and the rest of a sentence about it."""

_MONTH = 31 * 86_400.0
_SOCKET_PATH = 107
"""Bytes that the kernel allows a Unix socket's path."""
_MATTERS = ("sub-judice", "draft-law", "person")
_PLAIN_TEXT = re.compile(r"plaintext|keyrings\.alt|\bnull\b|\bfail\b", re.IGNORECASE)


def faults(config: Config) -> Iterator[Fault]:
    """Every rule that the configuration breaks, in the order of the file."""
    yield from _characters(config, "")
    yield from _desk(config)
    yield from _times(config)
    yield from _turnaround(config)
    yield from _whole_numbers(config)
    yield from _conduct(config)
    yield from _mail(config)
    yield from _ladder(config.escalation)
    yield from _vault(config)
    yield from _screen(config)


def _characters(value: object, key: str) -> Iterator[Fault]:
    """No text may hold a control or direction character: it would reach screens and mail headers."""
    if isinstance(value, str):
        if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp") or _turns(char) for char in value):
            yield key, words("holds a control character. Retype it.")
    elif isinstance(value, tuple):
        for i, entry in enumerate(value):
            yield from _characters(entry, f"{key}[{i}]")
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _characters(entry, f"{key}.{name}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _characters(getattr(value, field.name), f"{key}.{field.name}".lstrip("."))


def _turns(char: str) -> bool:
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def _desk(config: Config) -> Iterator[Fault]:
    desk = config.desk
    if not desk.name.strip() or len(desk.name) > 40:
        yield "desk.name", words("must be 1 to 40 characters long: it stands in the frame of every screen.")
    for name in ("data_dir", "socket"):
        yield from _absolute(f"desk.{name}", getattr(desk, name))
    if len(desk.socket.encode()) > _SOCKET_PATH:
        yield (
            "desk.socket",
            words("is longer than {most} bytes, which the kernel does not allow.", most=_SOCKET_PATH),
        )
    for name in ("service_user", "group"):
        value = getattr(desk, name)
        if value and not re.fullmatch(r"[a-z_][a-z0-9_.-]{0,31}\$?", value, re.IGNORECASE):
            yield f"desk.{name}", words("is not the name of a Unix user or group.")
    yield from _zone(desk.time_zone)


def _absolute(key: str, value: str) -> Iterator[Fault]:
    if value and not PurePosixPath(value).is_absolute():
        yield key, words("must be a whole path that starts with /, or be left empty.")


def _zone(name: str) -> Iterator[Fault]:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from difflib import get_close_matches

        close = get_close_matches(name, sorted(available_timezones()), 1, 0.4)
        yield (
            "desk.time_zone",
            words("is not a known time zone. Did you mean “{name}”?", name=close[0] if close else "Asia/Kolkata"),
        )


def _times(config: Config) -> Iterator[Fault]:
    times = config.times
    for field in fields(times):
        value = getattr(times, field.name)
        for i, number in enumerate(value if isinstance(value, tuple) else (value,)):
            key = f"times.{field.name}[{i}]" if isinstance(value, tuple) else f"times.{field.name}"
            if not 0 < number <= _MONTH:
                yield key, words("must be more than 0 and at most 31 days, in seconds.")
    for name in ("looks", "retries"):
        if not getattr(times, name):
            yield f"times.{name}", words("must name at least one moment.")
    if any(later <= earlier for earlier, later in pairwise(times.looks)):
        yield "times.looks", words("must ascend: each look comes later than the one before.")
    if times.renew >= times.lease:
        yield "times.renew", words("must be shorter than times.lease, or leases lapse between two renewals.")
    if times.draft_ms > 1000:
        yield "times.draft_ms", words("must be at most 1000: a draft is promised to be safe within one second.")


def _turnaround(config: Config) -> Iterator[Fault]:
    due = config.turnaround
    for field in fields(due):
        if not 1 <= getattr(due, field.name) <= _MONTH / 60:
            yield f"turnaround.{field.name}", words("must be at least 1 and at most 31 days, in minutes.")
    if not due.life <= due.threat <= due.routine:
        yield "turnaround.threat", words("must lie between turnaround.life and turnaround.routine.")


def _whole_numbers(config: Config) -> Iterator[Fault]:
    for field in fields(config.limits):
        value = getattr(config.limits, field.name)
        if not 0 < value <= 1_000_000_000:
            yield f"limits.{field.name}", words("must be more than 0.")
    if not 1 <= config.conduct.soft_length <= 100_000:
        yield "conduct.soft_length", words("must be at least 1.")


def _conduct(config: Config) -> Iterator[Fault]:
    yield from _absolute("policy.file", config.policy.file)
    for name in ("official_contacts", "confidential_words"):
        for i, entry in enumerate(getattr(config.conduct, name)):
            if not entry.strip():
                yield f"conduct.{name}[{i}]", words("is empty. Remove it.")
    for i, matter in enumerate(config.conduct.matters):
        key = f"conduct.matters[{i}]"
        if not matter.title.strip():
            yield f"{key}.title", words("must name the matter.")
        if matter.kind not in _MATTERS:
            yield f"{key}.kind", words("must be one of: {names}.", names=", ".join(_MATTERS))
        if not matter.terms or any(len(term.strip()) < 3 for term in matter.terms):
            yield f"{key}.terms", words("must hold terms of at least three letters: case numbers, bill titles, names.")


def _mail(config: Config) -> Iterator[Fault]:
    mail = config.mail
    if mail.tls not in ("starttls", "tls"):
        yield "mail.tls", words("must be starttls or tls: mail never leaves unprotected.")
    if not 1 <= mail.port <= 65535:
        yield "mail.port", words("must be a port from 1 to 65535.")
    if mail.sender and not _address(mail.sender):
        yield "mail.sender", words("must be a mail address such as desk@agency.example.")
    if mail.host and not mail.sender:
        yield "mail.sender", words("must be set where mail.host is: it is the desk's own address.")
    if mail.host and not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", mail.host):
        yield "mail.host", words("must be a host name without scheme or path.")
    yield from _absolute("mail.ca_file", mail.ca_file)


def _address(value: str) -> bool:
    return re.fullmatch(r"[^\s@<>,;\"()\\]+@[^\s@<>,;\"()\\]+", value) is not None


def _ladder(escalation: Escalation) -> Iterator[Fault]:
    levels = escalation.levels
    for i, level in enumerate(levels):
        key = f"escalation.levels[{i}]"
        if level.level != i + 1:
            yield (
                f"{key}.level",
                words("must be {level}: the levels stand in order, from 1, without a gap.", level=i + 1),
            )
        yield from _rung(key, level)
    if escalation.spoc_level:
        yield from _spoc(escalation)
    if not 0 <= escalation.press_level <= len(levels):
        yield (
            "escalation.press_level",
            words("must be a level of the ladder, which has {levels}, or 0.", levels=len(levels)),
        )


def _rung(key: str, level: Level) -> Iterator[Fault]:
    if not level.office.strip():
        yield f"{key}.office", words("must name the office.")
    if not 1 <= level.minutes <= _MONTH / 60:
        yield f"{key}.minutes", words("must be at least 1 and at most 31 days, in minutes.")
    if not level.mail and not level.phone:
        yield f"{key}.mail", words("must be set, or the phone: nobody could be reached.")
    if level.mail and not _address(level.mail):
        yield f"{key}.mail", words("must be a mail address such as office@agency.example.")
    yield from ((f"{key}.deputies[{i}]", words("is empty. Remove it.")) for i in _empty(level.deputies))


def _empty(entries: Iterable[str]) -> Iterator[int]:
    return (i for i, entry in enumerate(entries) if not entry.strip())


def _spoc(escalation: Escalation) -> Iterator[Fault]:
    """The last level is the SPOC's: staffed, and at least a Joint Secretary."""
    levels = escalation.levels
    if escalation.spoc_level != len(levels):
        yield (
            "escalation.spoc_level",
            words("must be the last level of the ladder, which has {levels}.", levels=len(levels)),
        )
        return
    key, spoc = f"escalation.levels[{len(levels) - 1}]", levels[-1]
    if not spoc.name.strip():
        yield f"{key}.name", words("must name the SPOC: the post is not to be vacant.")
    if not high_enough(spoc.rank):
        yield f"{key}.rank", words("must be at least Joint Secretary (police: Deputy Inspector General) for the SPOC.")


def _vault(config: Config) -> Iterator[Fault]:
    for i, name in enumerate(config.vault.allow):
        key = f"vault.allow[{i}]"
        if _PLAIN_TEXT.search(name):
            yield key, words("keeps secrets in plain text, or not at all: it is never allowed.")
        elif not re.fullmatch(r"\w+(\.\w+)+", name):
            yield key, words("must be a class name such as keyring_pass.PasswordStoreBackend.")


def _screen(config: Config) -> Iterator[Fault]:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", config.screen.theme):
        yield "screen.theme", words("must be the name of a theme, such as dark, light, contrast or terminal.")
    if config.screen.notify not in ("off", "osc9"):
        yield "screen.notify", words("must be off or osc9.")
    if not 0 <= config.screen.lock_minutes <= 1440:
        yield "screen.lock_minutes", words("must be at most 1440, in minutes; 0 never covers the screen.")
    if not re.fullmatch(r"([a-z]{2,3})?", config.screen.language):
        yield (
            "screen.language",
            words("must be the code of a language, such as en, as or hi; or empty, for the login's own."),
        )
    if config.screen.advance not in ("next", "stay"):
        yield "screen.advance", words("must be next or stay.")
