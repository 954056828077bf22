"""Speed and size of the terminal, beside other programs measured in the same interleaved run.

    python tests/benchmarks/bench_terminal.py --cache FOLDER [--items 1000000] [--only start,keys] [--runs 5] [--json]

A desk of very many items is built once into the cache (about 1.5 GiB and two minutes for a million), and a maildir for
neomutt and aerc, where they are installed. The meter, ttymeter.py, stands beside this repository; without it nothing
is measured. Wall times on a shared machine are upper bounds; bytes, memory and CPU are what they are.

Parts: start, keys, pages, flood, many, idle, ticking, verbs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from moderator.store.base import opened
from tests.benchmarks import big_desk
from tests.benchmarks import terminal_runs as run
from tests.benchmarks.peers import mail
from tests.benchmarks.terminal_runs import Arrivals, Program
from tests.e2e.harness import DeskProcess, import_account

PEERS = Path(__file__).resolve().parent / "peers"
CONFIG = """
[desk]
name = "Bench desk"
[limits]
streams = 64
connections = 256
requests_per_second = 100000
leases = 64
"""
ROWS = r"(?m)^.{0,4}\s*(late|in) \d+ (min|h|d)"
"""A row of the queue: its due time."""
READY = r"a leave"
"""The key bar, which the full screen alone draws."""


@dataclass(frozen=True)
class Figure:
    """One measured value with what it should be."""

    name: str
    value: float
    unit: str
    target: float | None = None
    peer: str = ""
    ratio: float | None = None
    """Our value over the peer's."""
    at_most: float | None = None
    """The ratio to reach."""

    @property
    def met(self) -> bool | None:
        """Whether every target that it has is met; None where it has none."""
        checks = []
        if self.target is not None:
            checks.append(self.value <= self.target)
        if self.at_most is not None and self.ratio is not None:
            checks.append(self.ratio <= self.at_most)
        return all(checks) if checks else None


class Bench:
    """One run over the cache."""

    def __init__(self, cache: Path, items: int, runs: int, seconds: float) -> None:
        self.tty = run.meter()
        self.cache, self.items, self.runs, self.seconds = cache, items, runs, seconds
        self.desks: dict[str, DeskProcess] = {}
        self._accounts: dict[str, int] = {}

    def desk(self, items: int) -> DeskProcess:
        """A running desk of so many items; 0 for one that begins empty each time."""
        name = str(items)
        if name not in self.desks:
            folder = self.cache / name
            if items:
                big_desk.build(folder / "data", items)
            else:
                shutil.rmtree(folder, ignore_errors=True)
            process = DeskProcess(folder, config=CONFIG)
            process.start()
            _catch_up(process)
            self.desks[name] = process
        return self.desks[name]

    def program(self, items: int, name: str = "moderator", theme: str = "") -> Program:
        """The product at a desk of so many items."""
        desk = self.desk(items)
        command = desk.command()
        if theme:
            themed = desk.folder / f"{theme}.toml"
            themed.write_text(f'{CONFIG}[screen]\ntheme = "{theme}"\n', encoding="utf-8")
            command[command.index("--config") + 1] = str(themed)
        return Program(name, command, READY, ROWS)

    def peers(self) -> list[Program]:
        """Whatever can be compared with here."""
        python = sys.executable
        found = [
            Program("bare", [python, str(PEERS / "bare.py")], "READY"),
            Program("table", [python, str(PEERS / "table.py"), "1000"], r"in \d+ min"),
        ]
        installed = mail.commands(self.cache)
        return [*found, *(Program(name, command, "Lanka road") for name, command in installed.items())]

    def arrivals(self, items: int, rate: float = 200) -> Callable[[], Arrivals]:
        """Comments for that desk."""
        desk = self.desk(items)
        account = self.account(items)
        return lambda: Arrivals(desk.client(), account, rate)

    def account(self, items: int) -> int:
        """An account of that desk to import into."""
        name = str(items)
        if name not in self._accounts:
            client = self.desk(items).client()
            self._accounts[name] = import_account(client, f"letters {len(client.accounts())}")
        return self._accounts[name]

    def close(self) -> None:
        """End the desks."""
        for desk in self.desks.values():
            desk.stop()


def _catch_up(desk: DeskProcess) -> None:
    """Wait until the index of words holds everything: making it would be measured with whatever runs beside it."""
    with opened(desk.data_dir / "desk.db") as conn:
        while conn.execute("SELECT EXISTS (SELECT 1 FROM unsaid)").fetchone()[0]:
            time.sleep(1)


def start(bench: Bench) -> Iterator[Figure]:
    """First rows, and when keys are taken."""
    ours, small = bench.program(bench.items), bench.program(1000, "moderator 1k")
    found = run.starts(bench.tty, [ours, small, *bench.peers()], bench.runs)
    mine, aerc, bare = found["moderator"], found.get("aerc"), found["bare"]
    yield Figure("first rows", mine["rows"], "ms", 80, "aerc", *_over(mine["rows"], aerc, "rows", 0.1))
    yield Figure("takes keys", mine["keys"], "ms", None, "bare Textual", *_over(mine["keys"], bare, "keys", 1.25))
    yield Figure("takes keys, of 1,000", mine["keys"], "ms", None, "1k", *_over(
        mine["keys"], found["moderator 1k"], "keys", 1.1))  # fmt: skip
    yield Figure("PSS, one session alone", mine["pss"], "MiB", None, "aerc", *_over(mine["pss"], aerc, "pss", 0.7))
    for name in ("aerc", "neomutt", "bare", "table"):
        if name in found:
            yield Figure(f"  {name}: rows", found[name]["rows"], "ms")
            yield Figure(f"  {name}: PSS", found[name]["pss"], "MiB")


def keys(bench: Bench) -> Iterator[Figure]:
    """Cursor keys, quiet."""
    programs = [bench.program(bench.items), bench.program(bench.items, "thin", "thin")]
    peers = [one for one in bench.peers() if one.name != "bare"]
    found = run.keys(bench.tty, [*programs, *peers], max(bench.runs // 2, 1))
    mine, aerc = found["moderator"], found.get("aerc")
    yield Figure("key to paint p50", mine["p50"], "ms", 5, "aerc", *_over(mine["p50"], aerc, "p50", 1.5))
    yield Figure("key to paint p95", mine["p95"], "ms", 10, "aerc", *_over(mine["p95"], aerc, "p95", 1.5))
    yield Figure("bytes of a cursor key", mine["bytes"], "B", 450, "aerc", *_over(mine["bytes"], aerc, "bytes"))
    yield Figure("bytes of a cursor key p95", mine["bytes_p95"], "B")
    yield Figure("the same, theme thin", found["thin"]["bytes"], "B", 120)
    yield Figure("keys without an answer", mine["unheard"], "", 0)
    for one in peers:
        figures = found[one.name]
        yield Figure(f"  {one.name}: p50", figures["p50"], "ms")
        yield Figure(f"  {one.name}: bytes", figures["bytes"], "B")


def pages(bench: Bench) -> Iterator[Figure]:
    """A page, and an item opened and left."""
    found = run.pages(bench.tty, bench.program(bench.items))
    yield Figure("bytes of a page key", found["page"], "B", 6 * 1024)
    yield Figure("opening an item and returning", found["detail"], "B", 12 * 1024)
    yield Figure("opening an item", found["open_ms"], "ms")


def flood(bench: Bench) -> Iterator[Figure]:
    """Keys while 200 comments a second arrive."""
    ours = bench.program(bench.items)
    found = run.flooded(bench.tty, ours, bench.arrivals(bench.items), bench.seconds)
    yield Figure("key to paint under 200/s p95", found["p95"], "ms", 25)
    yield Figure("key to paint under 200/s max", found["max"], "ms", 60)
    yield Figure("bytes of a minute under 200/s", found["bytes_per_min"], "B", 60 * 1024)
    yield Figure("CPU of a minute under 200/s", found["cpu_per_min"], "ms")


def many(bench: Bench) -> Iterator[Figure]:
    """Twenty sessions."""
    desk, account = bench.desk(bench.items), bench.account(bench.items)
    client = desk.client()
    assert desk.process is not None

    def arrive(n: int) -> None:
        client.import_lines(account, iter([run.comment(f"one-{n}-{id(client)}", f"A single comment, number {n}.")]))

    found = run.many(bench.tty, bench.program(bench.items), desk.process.pid, arrive)
    yield Figure("PSS of a session, one of 20", found["session"], "MiB", 40)
    yield Figure("PSS of 20 sessions and the desk", found["all"], "MiB", 900)
    yield Figure("  the desk of these", found["desk"], "MiB")
    yield Figure("arrival to all of 20 screens p50", found["arrival_p50"], "ms")
    yield Figure("arrival to all of 20 screens p95", found["arrival_p95"], "ms", 150)


def idle(bench: Bench) -> Iterator[Figure]:
    """A minute in which nothing happens: the clock in the head is all that may change."""
    found = run.idle(bench.tty, bench.program(bench.items), bench.seconds)
    yield Figure("idle minute: bytes", found["bytes_per_min"], "B", 200)
    yield Figure("idle minute: CPU", found["cpu_ms_per_min"], "ms", 150)


def ticking(bench: Bench) -> Iterator[Figure]:
    """A minute in which thirty due times on the screen count down."""
    desk, account = bench.desk(0), bench.account(0)
    client = desk.client()
    client.import_lines(account, iter([run.comment(f"due-{n}-{id(client)}", f"Row {n}?") for n in range(30)]))
    found = run.idle(bench.tty, bench.program(0), bench.seconds)
    yield Figure("30 due rows: bytes of a minute", found["bytes_per_min"], "B", 1536)
    yield Figure("30 due rows: CPU of a minute", found["cpu_ms_per_min"], "ms", 150)


def verbs(bench: Bench) -> Iterator[Figure]:
    """Commands that answer and end."""
    desk = bench.desk(bench.items)
    door = str(Path(sys.executable).parent / "moderator")
    places = desk.command()[3:]
    found = run.walls(
        {
            "python": [sys.executable, "-c", "pass"],
            "version": [door, "--version"],
            "status": [door, "status", *places],
        },
        bench.runs * 3,
    )
    bare = {"wall": found["python"]}
    yield Figure("moderator --version", found["version"], "ms", 50, "python -c pass", *_over(
        found["version"], bare, "wall", 4))  # fmt: skip
    yield Figure("moderator status", found["status"], "ms", 100, "python -c pass", *_over(
        found["status"], bare, "wall"))  # fmt: skip


def _over(value: float, peer: dict[str, float] | None, what: str, at_most: float | None = None) -> tuple[Any, Any]:
    """Our value over the peer's, and the ratio to reach."""
    return (value / peer[what] if peer and peer[what] else None, at_most)


PARTS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "start": start, "keys": keys, "pages": pages, "flood": flood, "many": many, "idle": idle, "ticking": ticking,
    "verbs": verbs,
}  # fmt: skip


def told(figure: Figure) -> str:
    """One line of the table."""
    target = "" if figure.target is None else f"≤ {figure.target:g}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} × {figure.peer}"
    if figure.at_most is not None and ratio:
        ratio += f" (≤ {figure.at_most:g})"
    met = {True: "met", False: "NOT MET", None: ""}[figure.met]
    return f"{figure.name:36}{figure.value:>12,.1f} {figure.unit:4}{target:>10}  {ratio:38}{met}"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--only", default=",".join(PARTS), help="some of the parts, with commas")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long an idle minute is")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    try:
        bench = Bench(asked.cache, asked.items, asked.runs, asked.seconds)
    except FileNotFoundError as absent:
        print(f"The meter is not here: {absent}. It stands beside this repository.", file=sys.stderr)
        return 3
    found: list[Figure] = []
    try:
        for part in asked.only.split(","):
            for figure in PARTS[part](bench):
                found.append(figure)
                if not asked.json:
                    print(told(figure), flush=True)
    finally:
        bench.close()
    if asked.json:
        print(json.dumps([{**asdict(one), "met": one.met} for one in found], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
