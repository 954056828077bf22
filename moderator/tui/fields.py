"""What officers type into forms, read into values; each complaint is a sentence to be shown beside the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from moderator.locale import _

_SPAN = re.compile(r"(\d{1,4})\s*(m|min|h|d)\Z")
_TIME = re.compile(r"(?:(\d{4}-\d{2}-\d{2})\s+)?(\d{1,2}):(\d{2})\Z")
_UNITS = {"m": 60, "min": 60, "h": 3600, "d": 86400}


class Unclear(ValueError):
    """What was typed has no one meaning; the text says what would have."""


def required(value: str, complaint: str) -> str:
    """The trimmed text. Raises `Unclear` with the complaint where there is none."""
    if not value.strip():
        raise Unclear(complaint)
    return value.strip()


def choice(value: str, options: Sequence[str], names: Sequence[str] = ()) -> str:
    """One of the options, by its number (in any numerals), or by the start of it or of its name on the screen."""
    typed = value.strip().casefold()
    if typed.isdecimal() and 1 <= int(typed) <= len(options):
        return options[int(typed) - 1]
    shown = names or options
    pairs = list(zip(options, shown, strict=True))
    exact = [option for option, name in pairs if typed in (option.casefold(), name.casefold())]
    found = exact or [
        option for option, name in pairs
        if typed and (option.casefold().startswith(typed) or name.casefold().startswith(typed))
    ]  # fmt: skip
    if len(found) == 1:
        return found[0]
    raise Unclear(_("Type the number or the start of one of: {options}.", options=", ".join(shown)))


def numbered(names: Iterable[str]) -> str:
    """Choices as a hint shows them: 1 order · 2 request."""
    return " · ".join(f"{number} {name}" for number, name in enumerate(names, 1))


def whole(value: str, complaint: str, least: int, most: int) -> int:
    """A whole number between two bounds, in any numerals. Raises `Unclear` with the complaint."""
    if not value.strip().isdecimal() or not least <= int(value) <= most:
        raise Unclear(complaint)
    return int(value)


def later(value: str, now: datetime, zone: ZoneInfo) -> datetime:
    """A moment to come: "30m", "2h", "1d", "18:00" (the next one) or "2026-11-23 09:00", in the desk's time."""
    typed = value.strip().casefold()
    span = _SPAN.match(typed)
    if span:
        return now + timedelta(seconds=int(span[1]) * _UNITS[span[2]])
    found = moment(value, now, zone)
    if found <= now and "-" not in typed:
        found += timedelta(days=1)
    return found


def moment(value: str, now: datetime, zone: ZoneInfo) -> datetime:
    """A moment as a time of today, or a date with a time, in the desk's time. "now" and nothing mean now."""
    typed = value.strip().casefold()
    if typed in ("", "now"):
        return now
    found = _TIME.match(typed)
    if found is None:
        raise Unclear(_("Type a time such as 30m, 2h, 18:00 or 2026-11-23 09:00."))
    local = now.astimezone(zone)
    try:
        day = datetime.fromisoformat(found[1]).date() if found[1] else local.date()
        return datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), tzinfo=zone)
    except ValueError:
        raise Unclear(_("“{value}” is no time that exists.", value=value.strip())) from None


def caret(words: str, location: tuple[int, int]) -> int:
    """A row and column of the text as code points from its start."""
    lines = words.splitlines(keepends=True)
    return min(sum(len(one) for one in lines[: location[0]]) + location[1], len(words))


def location(words: str, at: int) -> tuple[int, int]:
    """Code points from the start of the text as row and column."""
    before = words[: max(at, 0)].split("\n")
    return len(before) - 1, len(before[-1])
