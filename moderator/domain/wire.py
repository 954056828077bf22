"""JSON to frozen dataclasses and back, by their annotations: the one codec of the desk's interface.

Standard library only, because every client loads it. The service encodes with msgspec, which writes the same form.
Unknown keys are ignored from the service (a newer desk may say more) and refused from clients (`strict`).
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Mismatch(ValueError):
    """The data does not fit the type; the text names the field and what was expected."""


def decode(kind: type[T], data: object, *, strict: bool = False, where: str = "") -> T:
    """`data` (as `json.loads` gives it) as a `kind`. Raises `Mismatch` naming the field."""
    return cast(T, _decode(kind, data, strict, where or kind.__name__))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode(kind: Any, data: Any, strict: bool, where: str) -> Any:
    if kind is Any or kind is object:
        return data
    origin = typing.get_origin(kind)
    if origin is typing.Union or origin is types.UnionType:
        return _union(kind, data, strict, where)
    if origin in (tuple, list, frozenset):
        return _sequence(kind, origin, data, strict, where)
    if origin in (dict, Mapping):
        if not isinstance(data, dict):
            raise Mismatch(f"{where} must be an object.")
        value_kind = typing.get_args(kind)[1]
        return {key: _decode(value_kind, value, strict, f"{where}.{key}") for key, value in data.items()}
    if is_dataclass(kind):
        return _record(cast(type, kind), data, strict, where)
    return _plain(kind, data, where)


def _union(kind: Any, data: Any, strict: bool, where: str) -> Any:
    choices = [choice for choice in typing.get_args(kind) if choice is not type(None)]
    if data is None and len(choices) < len(typing.get_args(kind)):
        return None
    for choice in choices[:-1]:
        try:
            return _decode(choice, data, strict, where)
        except Mismatch:
            continue
    return _decode(choices[-1], data, strict, where)


def _sequence(kind: Any, origin: Any, data: Any, strict: bool, where: str) -> Any:
    if not isinstance(data, (list, tuple)):
        raise Mismatch(f"{where} must be a list.")
    args = typing.get_args(kind)
    if origin is tuple and args[-1] is not Ellipsis:
        if len(args) != len(data):
            raise Mismatch(f"{where} must have {len(args)} entries.")
        return tuple(
            _decode(arg, value, strict, f"{where}[{i}]") for i, (arg, value) in enumerate(zip(args, data, strict=True))
        )
    return origin(_decode(args[0], value, strict, f"{where}[{i}]") for i, value in enumerate(data))


def _record(kind: type, data: Any, strict: bool, where: str) -> Any:
    if not isinstance(data, dict):
        raise Mismatch(f"{where} must be an object.")
    hints = _hints(kind)
    known = {field.name: field for field in fields(kind)}
    if strict and (unknown := sorted(set(data) - set(known))):
        raise Mismatch(f"{where} has no field “{unknown[0]}”; it knows {', '.join(sorted(known)) or 'none'}.")
    values = {}
    for name, field in known.items():
        if name in data:
            values[name] = _decode(hints[name], data[name], strict, f"{where}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Mismatch(f"{where} needs the field “{name}”.")
    return kind(**values)


def _plain(kind: Any, data: Any, where: str) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError:
            raise Mismatch(f"{where} must be one of {', '.join(str(member.value) for member in kind)}.") from None
    if kind is datetime:
        return _moment(data, where)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if isinstance(kind, type) and isinstance(data, kind) and not (kind is int and isinstance(data, bool)):
        return data
    raise Mismatch(f"{where} must be {_NAMES.get(kind, str(kind))}.")


def _moment(data: Any, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(data)
    except (TypeError, ValueError):
        raise Mismatch(f"{where} must be a moment such as 2026-11-22T13:54:10Z.") from None
    if found.tzinfo is None:
        raise Mismatch(f"{where} must carry its time zone, such as 2026-11-22T13:54:10Z.")
    return found


_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def encode(value: object) -> Any:
    """Dataclasses, enums and moments as what `json.dumps` takes: the form that clients send."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(entry) for entry in value]
    return value
