"""Reading what a platform sent: JSON that may lack, add or mistype any field, turned into values without ever raising.

A platform changes its answers without notice, and parts of them are written by the public. What is missing is empty;
what is unknown stays in the evidence.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

DEPTH = 40
"""Evidence nested deeper than this is not kept: no honest answer is."""


def written(value: Any) -> str:
    """Text as it is; a number as its digits; anything else as nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    return str(value)


def number(value: Any) -> int:
    """A whole number, also where it came as text; 0 where there is none."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value)
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdigit():
        return int(value)
    return 0


def table(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def moment(value: Any) -> datetime | None:
    """A moment in UTC; text without a time zone is taken as UTC. None where there is no readable moment."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def identifier(value: Any) -> str:
    """A remote id fit for a key: printable, at most 200 characters; "" otherwise."""
    found = written(value).strip()
    return found if found.isprintable() and len(found) <= 200 else ""


def digits(value: Any) -> str:
    """A remote id that is a number above zero, as text; "" otherwise."""
    found = identifier(value)
    return found if found.isascii() and found.isdigit() and found.strip("0") else ""


def web_address(value: Any) -> str:
    """An http or https address, or "" for anything else: `javascript:`, or one with a space or a control in it."""
    found = written(value).strip()
    if not found.isprintable() or " " in found:
        return ""
    try:
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found if parts.scheme in ("http", "https") and parts.netloc and len(found) <= 2000 else ""


def evidence(raw: Mapping[str, Any], drop: frozenset[str] = frozenset()) -> str:
    """The platform's own words as pure-ASCII JSON with sorted keys, without the fields in `drop` at any depth."""
    return json.dumps(_without(raw, drop, DEPTH), ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _without(value: Any, drop: frozenset[str], depth: int) -> Any:
    if depth == 0:
        return None
    if isinstance(value, dict):
        return {key: _without(entry, drop, depth - 1) for key, entry in value.items() if key not in drop}
    if isinstance(value, list):
        return [_without(entry, drop, depth - 1) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no word for it
    return value


def fingerprint(*parts: str) -> str:
    """A short digest that changes whenever one of the parts does."""
    joined = "\0".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:24]
