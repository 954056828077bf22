"""What is measured of a terminal program from outside, through `ttymeter`: starts, keys, bytes, memory, idle minutes.

Every function answers with plain figures; times are milliseconds, memory is MiB, and each list holds one value a run.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from moderator.client import Client
from moderator.domain.errors import Refused

METER = Path(__file__).resolve().parents[3] / "shared" / "tools" / "ttymeter.py"
"""The meter stands beside this repository; where it does not, nothing here can be measured."""


class Program(NamedTuple):
    """One program under the meter."""

    name: str
    command: Sequence[str]
    ready: str
    """What stands on its screen once it takes keys."""
    rows: str = ""
    """What stands on its screen once its first rows do; `ready` where there is no difference."""


def meter() -> ModuleType:
    """The meter as a module. Raises FileNotFoundError where it is absent."""
    if not METER.is_file():
        raise FileNotFoundError(METER)
    spec = importlib.util.spec_from_file_location("ttymeter", METER)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules["ttymeter"] = found
    spec.loader.exec_module(found)
    return found


def settings(program: Program, **changes: Any) -> argparse.Namespace:
    """The meter's own options."""
    plain = {
        "cols": 120, "rows": 40, "term": "xterm-256color", "truecolor": False, "env": None, "cwd": None, "reply": True,
        "sync": True, "ready": program.ready, "cells": 20, "quiet": 250, "settle": 60, "gap": 20, "key_timeout": 5,
        "timeout": 60, "watch": None, "count_cells": False,
    }  # fmt: skip
    return argparse.Namespace(**{**plain, **changes})


@contextlib.contextmanager
def running(tty: ModuleType, program: Program, **changes: Any) -> Iterator[Any]:
    """One session of a program, started and ready; its figures are in `session.started`."""
    session = tty.Session(list(program.command), settings(program, **changes))
    try:
        session.started = session.startup()
        if not session.started["ok"]:
            raise RuntimeError(f"{program.name} was never ready:\n{session.screen.text()}")
        yield session
    finally:
        session.close()


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies; nan of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def starts(tty: ModuleType, programs: Sequence[Program], runs: int) -> dict[str, dict[str, float]]:
    """Name → first rows and keys taken, p50 of interleaved runs after one that warms up; PSS once started."""
    found: dict[str, dict[str, list[float]]] = {one.name: {"rows": [], "keys": [], "pss": []} for one in programs}
    for run in range(runs + 1):
        for program in programs:
            with running(tty, program) as session:
                if run:
                    figures = found[program.name]
                    figures["keys"].append(session.started["ready"])
                    figures["rows"].append(_first(tty, session, program.rows) or session.started["ready"])
                    figures["pss"].append(session.memory()["pss"])
    return {name: {what: quantile(values, 0.5) for what, values in each.items()} for name, each in found.items()}


def _first(tty: ModuleType, session: Any, pattern: str) -> float | None:
    """Milliseconds until the screen first matched, by drawing again what came."""
    if not pattern:
        return None
    screen = tty.Screen(session.cols, session.rows)
    for at, data in session.chunks:
        screen.feed(data)
        if re.search(pattern, screen.text()):
            return float(at - session.t0) / 1e6
    return None


def keys(tty: ModuleType, programs: Sequence[Program], runs: int, count: int = 30) -> dict[str, dict[str, float]]:
    """Name → key to paint p50 and p95 and bytes of a cursor key, quiet; runs interleaved."""
    found: dict[str, list[dict[str, float]]] = {one.name: [] for one in programs}
    for _run in range(runs):
        for program in programs:
            with running(tty, program) as session:
                session.keys(tty.parse_keys("jj"))
                found[program.name] += session.keys(tty.parse_keys(f"{{j*{count}}}{{k*{count}}}"))
    return {name: _of_keys(measured) for name, measured in found.items()}


def _of_keys(measured: Sequence[dict[str, float]], time_of: str = "ttq") -> dict[str, float]:
    heard = [one for one in measured if one.get(time_of) is not None]
    took = [one[time_of] for one in heard]
    return {
        "p50": quantile(took, 0.5), "p95": quantile(took, 0.95), "max": max(took, default=float("nan")),
        "bytes": quantile([one["bytes"] for one in heard], 0.5),
        "bytes_p95": quantile([one["bytes"] for one in heard], 0.95), "unheard": len(measured) - len(heard),
    }  # fmt: skip


def pages(tty: ModuleType, program: Program, enter: str = "<Enter>", leave: str = "<Esc>") -> dict[str, float]:
    """Bytes of a page key, and of opening an item and returning together."""
    with running(tty, program) as session:
        paged = session.keys(tty.parse_keys("<PgDn*6>"))
        opened = [session.keys(tty.parse_keys(f"{enter}{leave}j")) for _ in range(6)]
    return {
        "page": quantile([one["bytes"] for one in paged], 0.5),
        "detail": quantile([sum(one["bytes"] for one in pair[:2]) for pair in opened], 0.5),
        "open_ms": quantile([pair[0]["ttq"] for pair in opened if pair[0]["ttq"]], 0.5),
    }


def idle(tty: ModuleType, program: Program, seconds: float) -> dict[str, float]:
    """Bytes and CPU milliseconds of a minute in which nobody touches it."""
    with running(tty, program) as session:
        session.until_quiet(2.0, 20)
        found: dict[str, float] = session.idle(seconds)
    return found


class Arrivals(threading.Thread):
    """Comments streamed into an account at a rate, until told to stop."""

    def __init__(self, client: Client, account: int, rate: float) -> None:
        super().__init__(daemon=True)
        self.client, self.account, self.rate = client, account, rate
        self.over = threading.Event()
        self.sent = 0

    def run(self) -> None:
        """One batch each tenth of a second."""
        stamp = time.monotonic_ns()
        begun = time.monotonic()
        while not self.over.wait(0.1):
            due = int((time.monotonic() - begun) * self.rate)
            lines = [comment(f"{stamp}-{n}", f"Comment {n} about the road.") for n in range(self.sent, due)]
            self.sent = due
            with contextlib.suppress(Refused):
                self.client.import_lines(self.account, iter(lines))

    def stop(self) -> None:
        """No more."""
        self.over.set()
        self.join()


def comment(number: str, text: str) -> bytes:
    """One comment as an import line, written now."""
    author = {"id": f"a{hash(number) % 997}", "name": "Citizen"}
    now = datetime.now(UTC).isoformat()
    return json.dumps({"id": number, "text": text, "author": author, "created_at": now}).encode() + b"\n"


def flooded(tty: ModuleType, program: Program, arrivals: Callable[[], Arrivals], seconds: float) -> dict[str, float]:
    """Keys and an idle time while comments arrive: key to the first answer, bytes of a minute."""
    with running(tty, program, watch=r"^▌(.*)$", gap=35) as session:
        session.keys(tty.parse_keys("j"))
        flood = arrivals()
        flood.start()
        try:
            session.pump(1)
            measured = _of_keys(session.keys(tty.parse_keys("{j*50}{k*50}")), "seen")
            quiet = session.idle(seconds)
        finally:
            flood.stop()
    return {**measured, "bytes_per_min": quiet["bytes_per_min"], "cpu_per_min": quiet["cpu_ms_per_min"]}


def many(
    tty: ModuleType, program: Program, desk_pid: int, arrive: Callable[[int], None], sessions: int = 20
) -> dict[str, float]:
    """So many sessions at once: PSS of one and of all with the desk, and how long one arrival takes to all screens."""
    with contextlib.ExitStack() as stack:
        all_of_them = [stack.enter_context(running(tty, program)) for _ in range(sessions)]
        over = threading.Event()
        readers = [threading.Thread(target=_drain, args=(one, over), daemon=True) for one in all_of_them]
        for reader in readers:
            reader.start()
        took = [_to_all(all_of_them, arrive, n) for n in range(20)]
        each = [one.memory()["pss"] for one in all_of_them]
        desk = _pss(tty, desk_pid)
        over.set()
        for reader in readers:
            reader.join()
    return {
        "session": quantile(each, 0.5), "all": sum(each) + desk, "desk": desk,
        "arrival_p50": quantile(took, 0.5), "arrival_p95": quantile(took, 0.95),
    }  # fmt: skip


def _drain(session: Any, over: threading.Event) -> None:
    while not over.is_set() and session.alive:
        with contextlib.suppress(Exception):
            session.pump(0.05)


def _to_all(sessions: Sequence[Any], arrive: Callable[[int], None], n: int) -> float:
    """Milliseconds from the desk's answer that a comment is saved to a byte of it on every screen."""
    time.sleep(1.2)  # status is read at most once a second: begin from rest
    marks = [len(one.chunks) for one in sessions]
    arrive(n)
    saved = time.monotonic_ns()
    deadline = time.monotonic() + 10
    while any(len(one.chunks) <= mark for one, mark in zip(sessions, marks, strict=True)):
        if time.monotonic() > deadline:
            return float("inf")
        time.sleep(0.002)
    return max(one.chunks[mark][0] - saved for one, mark in zip(sessions, marks, strict=True)) / 1e6


def _pss(tty: ModuleType, pid: int) -> float:
    """PSS of a process and everything below it."""
    tree = tty.Session.tree(argparse.Namespace(pid=pid))
    total = 0.0
    for one in tree:
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024  # type: ignore[index]
    return total


def walls(commands: dict[str, Sequence[str]], runs: int) -> dict[str, float]:
    """Name → p50 wall milliseconds of a command from start to end, interleaved."""
    took: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            begun = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True, env={**os.environ, "TERM": "xterm-256color"})
            if run:
                took[name].append((time.perf_counter() - begun) * 1000)
    return {name: quantile(values, 0.5) for name, values in took.items()}
