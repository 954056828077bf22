"""The last resort: a fault of the program becomes a numbered report that holds places in the code and nothing else."""

from __future__ import annotations

import os
import secrets
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from moderator.cli.places import own_state


def report(error: BaseException, env: Mapping[str, str]) -> tuple[str, Path | None]:
    """Write the report; its number, and where it stands (None where it could not be written).

    Neither the error's own words nor any local value goes in: both may hold a citizen's text or a secret.
    """
    number = secrets.token_hex(4)
    try:
        directory = own_state(env)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = directory / f"fault-{number}.txt"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(told(error, number))
    except OSError:
        return number, None
    return number, path


def told(error: BaseException, number: str) -> str:
    """The report's text: when, which program, which kinds of error, at which lines."""
    from moderator import __version__

    lines = [
        f"fault {number} at {datetime.now(UTC).isoformat(timespec='seconds')}",
        f"moderator {__version__}, Python {sys.version.split()[0]}, {sys.platform}",
    ]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        frames = traceback.extract_tb(seen.__traceback__)
        lines.extend(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines) + "\n"
