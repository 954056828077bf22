"""The service's log: one JSON object a line, on standard error, with a limit and without anything secret.

A line holds our own fixed message and scalar facts. The text of an exception is written only for kinds whose text is
ours or the operating system's: others may quote a comment, a draft or a credential. Local variables never appear.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, TextIO

from moderator.domain.errors import Refused
from moderator.domain.event import stamp

_LONGEST: Final = 500
"""Characters of one value."""

_FRAMES: Final = 12

_QUOTABLE = (OSError, sqlite3.Error, Refused)
"""Exceptions whose text is ours or the operating system's."""

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """A record as one line of ASCII JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "at": stamp(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "in": record.name,
            "message": _first_line(record.getMessage()),
        }
        for key, value in vars(record).items():
            if key not in _OWN:
                line[key] = value if isinstance(value, (int, float, bool, type(None))) else str(value)[:_LONGEST]
        if record.exc_info and record.exc_info[1] is not None:
            line.update(_fault(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=True)


def _first_line(message: str) -> str:
    """The fixed part of a message: libraries put the repr of what failed on the lines after it."""
    return message.partition("\n")[0][:_LONGEST]


def _fault(error: BaseException) -> dict[str, object]:
    """What may be said of an exception: its kind, where it rose, and its text where that is safe."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    said: dict[str, object] = {
        "error": type(error).__qualname__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, _QUOTABLE):
        said["text"] = str(error)[:_LONGEST]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        said["cause"] = type(cause).__qualname__
    return said


class AtMost(logging.Filter):
    """Lets through so many lines a minute, and says afterwards how many it left out."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most = per_minute
        self._now = now
        self._since = now()
        self._written = 0
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is written."""
        if self._now() - self._since >= 60:
            if self._left_out:
                record.left_out = self._left_out
            self._since, self._written, self._left_out = self._now(), 0, 0
        if self._written >= self._most:
            self._left_out += 1
            return False
        self._written += 1
        return True


def begin(per_minute: int, out: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """Send every logger of this process to one limited stream of JSON lines; the handler, for `end`."""
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(AtMost(per_minute))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for name in ("httpx", "httpcore", "asyncio", "uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def end(handler: logging.Handler) -> None:
    """Undo `begin`."""
    logging.getLogger().removeHandler(handler)
    with suppress(OSError):  # the log may stand on a full disk
        handler.flush()
