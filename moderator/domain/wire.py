"""JSON to frozen dataclasses and back, by their annotations: the one codec of the desk's interface.

Standard library only, because every client loads it. The service encodes with msgspec, which writes the same form.
Unknown keys are ignored from the service (a newer desk may say more) and refused from clients (`strict`). The decoder
of each type is built once and kept: a page of rows costs a client about a millisecond.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")
Decoder = Callable[[Any], Any]


class Mismatch(ValueError):
    """The data does not fit the type; the text names the field and what was expected."""


class _Misfit(Exception):
    """A mismatch on its way up, gathering the path to where it happened."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
        self.path: list[str] = []

    def under(self, step: str) -> _Misfit:
        """The same misfit, seen from one level higher."""
        self.path.append(step)
        return self


def decode(kind: type[T], data: object, *, strict: bool = False, where: str = "") -> T:
    """`data` (as `json.loads` gives it) as a `kind`. Raises `Mismatch` naming the field."""
    try:
        return cast(T, _decoder(cast(Any, kind), strict)(data))
    except _Misfit as misfit:
        path = "".join(reversed(misfit.path))
        raise Mismatch(f"{where or kind.__name__}{path} {misfit.text}") from None


@cache
def _decoder(kind: Any, strict: bool) -> Decoder:
    """What turns JSON into this type, built once."""
    origin = typing.get_origin(kind)
    if kind is Any or kind is object:
        return _anything
    if origin is typing.Union or origin is types.UnionType:
        return _union(kind, strict)
    if origin in (tuple, list, frozenset):
        return _sequence(origin, typing.get_args(kind), strict)
    if origin in (dict, Mapping):
        return _mapping(_decoder(typing.get_args(kind)[1], strict))
    if is_dataclass(kind):
        return _record(cast(type, kind), strict)
    return _plain(kind)


def _anything(data: Any) -> Any:
    return data


def _union(kind: Any, strict: bool) -> Decoder:
    args = typing.get_args(kind)
    optional = type(None) in args
    choices = [_decoder(choice, strict) for choice in args if choice is not type(None)]

    def union(data: Any) -> Any:
        if data is None and optional:
            return None
        for choice in choices[:-1]:
            try:
                return choice(data)
            except _Misfit:
                continue
        return choices[-1](data)

    return union


def _sequence(origin: Any, args: tuple[Any, ...], strict: bool) -> Decoder:
    if origin is tuple and args[-1] is not Ellipsis:
        return _fixed([_decoder(arg, strict) for arg in args])
    one = _decoder(args[0], strict)

    def sequence(data: Any) -> Any:
        if not isinstance(data, (list, tuple)):
            raise _Misfit("must be a list.")
        return origin(_each(one, data))

    return sequence


def _each(one: Decoder, data: Any) -> list[Any]:
    found: list[Any] = []
    for value in data:
        try:
            found.append(one(value))
        except _Misfit as misfit:
            raise misfit.under(f"[{len(found)}]") from None
    return found


def _one(one: Decoder, value: Any, step: str) -> Any:
    try:
        return one(value)
    except _Misfit as misfit:
        raise misfit.under(step) from None


def _fixed(parts: list[Decoder]) -> Decoder:
    def fixed(data: Any) -> Any:
        if not isinstance(data, (list, tuple)):
            raise _Misfit("must be a list.")
        if len(parts) != len(data):
            raise _Misfit(f"must have {len(parts)} entries.")
        return tuple(_one(part, value, f"[{i}]") for i, (part, value) in enumerate(zip(parts, data, strict=True)))

    return fixed


def _mapping(one: Decoder) -> Decoder:
    def mapping(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _Misfit("must be an object.")
        return {key: _one(one, value, f".{key}") for key, value in data.items()}

    return mapping


def _record(kind: type, strict: bool) -> Decoder:
    hints = typing.get_type_hints(kind)
    parts = [(field.name, _decoder(hints[field.name], strict)) for field in fields(kind)]
    known = {name for name, _ in parts}
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}

    def record(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _Misfit("must be an object.")
        if strict and not known.issuperset(data):
            unknown = sorted(set(data) - known)[0]
            raise _Misfit(f"has no field “{unknown}”; it knows {', '.join(sorted(known)) or 'none'}.")
        values = {}
        for name, part in parts:
            if name in data:
                try:
                    values[name] = part(data[name])
                except _Misfit as misfit:
                    raise misfit.under(f".{name}") from None
            elif name in needed:
                raise _Misfit(f"needs the field “{name}”.")
        return kind(**values)

    return record


def _plain(kind: Any) -> Decoder:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind)
    if kind is datetime:
        return _moment
    if kind is float:
        return _number
    if kind is int:
        return _whole
    return _as_it_is(kind)


def _member(kind: type[Enum]) -> Decoder:
    by_value = {member.value: member for member in kind}
    said = f"must be one of {', '.join(str(value) for value in by_value)}."

    def member(data: Any) -> Any:
        try:
            return by_value[data]
        except (KeyError, TypeError):
            raise _Misfit(said) from None

    return member


def _as_it_is(kind: type) -> Decoder:
    def as_it_is(data: Any) -> Any:
        if isinstance(data, kind):
            return data
        raise _Misfit(f"must be {_NAMES.get(kind, str(kind))}.")

    return as_it_is


def _whole(data: Any) -> int:
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    raise _Misfit("must be a whole number.")


def _number(data: Any) -> float:
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        return float(data)
    raise _Misfit("must be a number.")


def _moment(data: Any) -> datetime:
    try:
        found = datetime.fromisoformat(data)
    except (TypeError, ValueError):
        raise _Misfit("must be a moment such as 2026-11-22T13:54:10Z.") from None
    if found.tzinfo is None:
        raise _Misfit("must carry its time zone, such as 2026-11-22T13:54:10Z.")
    return found


_NAMES = {str: "text", bool: "true or false"}


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
