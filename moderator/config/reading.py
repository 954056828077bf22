"""A configuration file into its dataclasses: every wrong key or value as a sentence with file, line and key."""

from __future__ import annotations

import difflib
import os
import re
import stat
import typing
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from moderator.config import Config, ConfigError
from moderator.config.rules import faults

_LONGEST = 1_000_000
"""Bytes; a longer file is no configuration."""


def read(path: Path, *, may_be_system: bool) -> Config:
    """The configuration in this file, checked. Raises `ConfigError`."""
    data, trusted = _bytes(path)
    try:
        source = Source(str(path), data.decode("utf-8"))
        plain = tomli.loads(source.text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: the file is not UTF-8. Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: {_syntax(error)}") from None
    config: Config = _record(Config, plain, "", source)
    for key, sentence in faults(config):
        raise source.error(key, sentence)
    return replace(config, path=str(path), system=may_be_system and trusted)


def _bytes(path: Path) -> tuple[bytes, bool]:
    """The file's content, and whether nobody but root could have written it."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ConfigError(f"{path} is not a file. Name a configuration file, or none.")
            data = file.read(_LONGEST + 1)
        folder = path.resolve().parent.stat()
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise ConfigError(f"{path} cannot be read: {why}. Check the path and its permissions.") from None
    except ValueError:
        raise ConfigError("The path of the configuration holds a character that no path can.") from None
    if len(data) > _LONGEST:
        raise ConfigError(f"{path} is longer than {_LONGEST:,} bytes: that is no configuration.")
    return data, _root_only(found) and _root_only(folder)


def _root_only(found: os.stat_result) -> bool:
    return found.st_uid == 0 and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _syntax(error: Exception) -> str:
    """What the parser says, as a sentence that starts with the line."""
    found = re.fullmatch(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
    if found is None:
        return "it is not TOML. Compare it with config.example.toml."
    place = f"line {found[2]}" if found[2] else "its end"
    return f'{place}: {found[1]}. A value looks like: name = "text", name = 5 or name = true.'


@dataclass(frozen=True, slots=True)
class Source:
    """The file as text, to find the line of a key for an error."""

    path: str
    text: str

    def error(self, key: str, sentence: str) -> ConfigError:
        """A refusal that names file, line and key ("times.looks", "escalation.levels[1].rank")."""
        line = self.line(key)
        where = f"{self.path}, line {line}" if line else self.path
        return ConfigError(f"{where}: {key} {sentence}" if key else f"{where}: {sentence}")

    def line(self, key: str) -> int:
        """The line that sets this key, else the one that opens its table; 0 where neither is found."""
        table, _, last = key.rpartition(".")
        name = last.partition("[")[0]
        opened, found = "", 0
        counts: dict[str, int] = {}
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*(\[\[?)\s*([\w.\s\"'-]+?)\s*\]", line):
                opened = _opened(header[1], header[2], counts)
                found = found or (number if opened in (key, table) else 0)
            elif opened == table and re.match(rf"\s*{re.escape(name)}\s*=", line):
                return number
        return found or (self.line(table.partition("[")[0]) if table else 0)


def _opened(bracket: str, name: str, counts: dict[str, int]) -> str:
    """A header as the path of what it opens: "escalation.levels[1]" for the second [[escalation.levels]]."""
    plain = "".join(name.split())
    if bracket == "[":
        return plain
    counts[plain] = counts.get(plain, -1) + 1
    return f"{plain}[{counts[plain]}]"


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


_NOT_IN_FILE = {"path", "system"}


def _record(kind: Any, data: Any, where: str, source: Source) -> Any:
    if not isinstance(data, dict):
        raise source.error(where, f"must be a table: write [{where}] on its own line.")
    known = {field.name for field in fields(kind)} - (_NOT_IN_FILE if kind is Config else set())
    values = {}
    for name, value in data.items():
        key = f"{where}.{name}" if where else name
        if name not in known:
            raise source.error(key, _unknown(name, known))
        values[name] = _value(_hints(kind)[name], value, key, source)
    return kind(**values)


_SECRETS = re.compile("pass(word|wd|phrase)?|secret|token|api_?key|credential|private_?key", re.IGNORECASE)


def _unknown(name: str, known: set[str]) -> str:
    if _SECRETS.search(name):
        return (
            "is no key, and a secret never stands in this file: it lives in the keyring."
            " Remove the line, treat the secret as seen, and use `moderator account secret`."
        )
    return f"is no key here. {nearest(name, known)}"


def nearest(name: str, known: typing.Iterable[str]) -> str:
    """ "Did you mean …?", or all the names there are."""
    close = difflib.get_close_matches(name, sorted(known), 1, 0.6)
    return f"Did you mean “{close[0]}”?" if close else f"Known: {', '.join(sorted(known))}."


def _value(kind: Any, value: Any, key: str, source: Source) -> Any:
    if is_dataclass(kind):
        return _record(kind, value, key, source)
    if typing.get_origin(kind) is tuple:
        return _list(typing.get_args(kind)[0], value, key, source)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice(kind, value, key, source)
    if kind is float and type(value) is int:
        return _float(value, key, source)
    if type(value) is not kind:
        raise source.error(key, f"must be {_NAMES[kind]}, not {_called(value)}.")
    return value


def _float(value: int, key: str, source: Source) -> float:
    try:
        return float(value)
    except OverflowError:
        raise source.error(key, "is too large a number.") from None


def _list(kind: Any, value: Any, key: str, source: Source) -> tuple[Any, ...]:
    if not isinstance(value, list):
        example = f"[[{key}]] tables" if is_dataclass(kind) else f"a list: {key.rpartition('.')[2]} = [ … ]"
        raise source.error(key, f"must be {example}, not {_called(value)}.")
    return tuple(_value(kind, entry, f"{key}[{i}]", source) for i, entry in enumerate(value))


def _choice(kind: type[Enum], value: Any, key: str, source: Source) -> Enum:
    choices = [str(member.value) for member in kind]
    if not isinstance(value, str) or value not in choices:
        raise source.error(key, f"must be one of: {', '.join(choices)}.")
    return kind(value)


_NAMES = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}


def _called(value: object) -> str:
    """What kind of value stands there; never the value, which might be a secret in the wrong place."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return _NAMES.get(type(value), "a date or time")
