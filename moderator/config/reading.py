"""A configuration file into its dataclasses: every wrong key or value as a sentence with file, line and key."""

from __future__ import annotations

import os
import re
import stat
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from moderator.config import Config, ConfigError
from moderator.config.rules import faults
from moderator.domain.wording import mark, words

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
        raise ConfigError(
            words("{path}, line {line}: the file is not UTF-8. Save it as UTF-8.", path=path, line=line)
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(words("{path}: {fault}", path=path, fault=_syntax(error))) from None
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
                raise ConfigError(words("{path} is not a file. Name a configuration file, or none.", path=path))
            data = file.read(_LONGEST + 1)
        folder = path.resolve().parent.stat()
    except OSError as error:
        why = (error.strerror or words("it cannot be opened")).lower()
        raise ConfigError(
            words("{path} cannot be read: {why}. Check the path and its permissions.", path=path, why=why)
        ) from None
    except ValueError:
        raise ConfigError(words("The path of the configuration holds a character that no path can.")) from None
    if len(data) > _LONGEST:
        raise ConfigError(
            words("{path} is longer than {most} bytes: that is no configuration.", path=path, most=f"{_LONGEST:,}")
        )
    return data, _root_only(found) and _root_only(folder)


def _root_only(found: os.stat_result) -> bool:
    return found.st_uid == 0 and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _syntax(error: Exception) -> str:
    """What the parser says, as a sentence that starts with the line."""
    found = re.fullmatch(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
    if found is None:
        return words("it is not TOML. Compare it with config.example.toml.")
    place = words("line {line}", line=found[2]) if found[2] else words("its end")
    return words(
        '{place}: {fault}. A value looks like: name = "text", name = 5 or name = true.', place=place, fault=found[1]
    )


@dataclass(frozen=True, slots=True)
class Source:
    """The file as text, to find the line of a key for an error."""

    path: str
    text: str

    def error(self, key: str, sentence: str) -> ConfigError:
        """A refusal that names file, line and key ("times.looks", "escalation.levels[1].rank")."""
        line = self.line(key)
        where = words("{path}, line {line}", path=self.path, line=line) if line else self.path
        if not key:
            return ConfigError(words("{where}: {fault}", where=where, fault=sentence))
        return ConfigError(words("{where}: {key} {fault}", where=where, key=key, fault=sentence))

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
        raise source.error(where, words("must be a table: write [{key}] on its own line.", key=where))
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
        return words(
            "is no key, and a secret never stands in this file: it lives in the keyring. Remove the line, "
            "treat the secret as seen, and use `moderator account secret`."
        )
    return words("is no key here. {hint}", hint=nearest(name, known))


def nearest(name: str, known: typing.Iterable[str]) -> str:
    """ "Did you mean …?", or all the names there are."""
    from difflib import get_close_matches  # only to help with a mistake

    close = get_close_matches(name, sorted(known), 1, 0.6)
    return (
        words("Did you mean “{name}”?", name=close[0])
        if close
        else words("Known: {names}.", names=", ".join(sorted(known)))
    )


def _value(kind: Any, value: Any, key: str, source: Source) -> Any:
    if is_dataclass(kind):
        return _record(kind, value, key, source)
    if typing.get_origin(kind) is tuple:
        return _list(typing.get_args(kind)[0], value, key, source)
    if typing.get_origin(kind) is Mapping:
        return _table(typing.get_args(kind)[1], value, key, source)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice(kind, value, key, source)
    if kind is float and type(value) is int:
        return _float(value, key, source)
    if type(value) is not kind:
        raise source.error(
            key, words("must be {wanted}, not {found}.", wanted=words(_NAMES[kind]), found=_called(value))
        )
    return value


def _float(value: int, key: str, source: Source) -> float:
    try:
        return float(value)
    except OverflowError:
        raise source.error(key, words("is too large a number.")) from None


def _list(kind: Any, value: Any, key: str, source: Source) -> tuple[Any, ...]:
    if not isinstance(value, list):
        example = (
            words("[[{key}]] tables", key=key)
            if is_dataclass(kind)
            else words("a list: {name} = [ … ]", name=key.rpartition(".")[2])
        )
        raise source.error(key, words("must be {wanted}, not {found}.", wanted=example, found=_called(value)))
    return tuple(_value(kind, entry, f"{key}[{i}]", source) for i, entry in enumerate(value))


def _table(kind: Any, value: Any, key: str, source: Source) -> dict[str, Any]:
    """Names that are not known here, each with a value of one kind."""
    if not isinstance(value, dict):
        raise source.error(key, words("must be a table: write [{key}] on its own line.", key=key))
    return {name: _value(kind, entry, f"{key}.{name}", source) for name, entry in value.items()}


def _choice(kind: type[Enum], value: Any, key: str, source: Source) -> Enum:
    choices = [str(member.value) for member in kind]
    if not isinstance(value, str) or value not in choices:
        raise source.error(key, words("must be one of: {names}.", names=", ".join(choices)))
    return kind(value)


_NAMES = {
    str: mark("text in quotes"),
    int: mark("a whole number"),
    float: mark("a number"),
    bool: mark("true or false"),
}


def _called(value: object) -> str:
    """What kind of value stands there; never the value, which might be a secret in the wrong place."""
    if isinstance(value, dict):
        return words("a table")
    if isinstance(value, list):
        return words("a list")
    return words(_NAMES.get(type(value), mark("a date or time")))
