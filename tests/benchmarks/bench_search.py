"""Pages of a very large queue: every view and order, filters, full-text search, bursts, deep pages; and the index.

    python tests/benchmarks/bench_search.py --cache FOLDER [--items 1000000] [--runs 20] [--json]

The desk is built once into the folder (`big_desk`), then made worse than any real one: four fifths of its items are
new, each comment has words of a large vocabulary, ten thousand comments of one burst stand at the head of the queue and
ten thousand in its middle. A page is measured as the service makes it, rows included, without the socket.
Wall time on a shared machine is noisy: "own" is the process's own time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from moderator.config import Config
from moderator.desk import indexing, reading
from moderator.desk.house import House
from moderator.domain.asks import Order
from moderator.domain.person import Actor
from moderator.domain.view import QueuePage, View
from moderator.store import people
from moderator.store.base import connect
from tests.benchmarks import big_desk

VOCABULARY = 50_000
BURST = 10_000
TARGETS = {"page": 20.0, "filter": 100.0, "search": 150.0}
"""Milliseconds that 95 of 100 first pages take at most."""


class Case(NamedTuple):
    """One page to ask for."""

    kind: str
    view: View
    query: str = ""
    order: Order = Order.PRIORITY
    share: float = 0.0
    """How deep: 0 for the first page, 0.5 for one that begins in the middle."""


def cases() -> Iterator[Case]:
    """Every page that is measured."""
    for view in View:
        if view is not View.FOUND:
            yield Case("page", view)
            yield Case("page", view, share=0.5)
    for order in Order:
        for view in (View.NEW, View.ALL, View.DUE):
            yield Case("page" if view is not View.DUE else "filter", view, order=order)
    filters = (
        "account:fb", "lang:as", "clause:A1", "clause:S1 lang:en -account:fb", "is:question", "is:urgent", "is:mine",
        "state:escalated", "due<30m", "age>2h", "lang:brx", "clause:none is:protected lang:mni", "#77",
    )  # fmt: skip
    for query in filters:
        for view in (View.NEW, View.ALL):
            yield Case("filter", view, query)
        yield Case("search", View.FOUND, query)
    words = (
        "w7", "w7 w9", "w4000", "w49000", "w12", "w490", "off", "wat", "office -fb", "w490 w3", '"file 4711"', "files",
        "author:citizen", "bridge author:30", "বান", "বানপানীৰ সাহায্য", "nowhere", "w49000 office", "offi wat",
        "w490 state:resolved lang:as", "c", "t",
    )  # fmt: skip
    for query in words:
        yield Case("search", View.FOUND, query)
        yield Case("filter", View.NEW, query)
    yield Case("search", View.FOUND, "office", share=0.5)
    yield Case("search", View.FOUND, "w4000", share=0.5)


def worsen(folder: Path, items: int) -> None:
    """Many words, many new items, two bursts. Marked as done in the folder."""
    if (folder / "worse").exists():
        return
    conn = connect(folder / "desk.db")
    conn.execute("PRAGMA synchronous=OFF")
    conn.execute("BEGIN IMMEDIATE")
    words = [f"w{n}" for n in range(VOCABULARY)]
    weights = [1 / (n + 10) for n in range(VOCABULARY)]
    drawn = random.Random(7).choices(words, weights, k=items * 6)
    said = ((" ".join(drawn[n * 6 : n * 6 + 6]), n + 1) for n in range(items))
    conn.executemany("UPDATE version SET text = text || ' ' || ? WHERE item_id = ?", said)
    conn.execute("UPDATE item SET state = 'new', disposition = '' WHERE state = 'resolved' AND id % 5 < 4")
    conn.execute("UPDATE item SET alike = printf('%016x', id * 2654435761) WHERE lane = 5")
    for first in (1, items // 2):
        conn.execute(
            f"UPDATE item SET alike = 'burst{first}' WHERE lane = 5 AND id >= {first} AND id < {first + BURST}"
        )
    conn.execute("COMMIT")
    conn.execute("ANALYZE")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    (folder / "worse").touch()


async def measure(folder: Path, runs: int) -> list[dict[str, object]]:
    """Every case; the index is made first where it is not there yet."""
    house = House(Config(), folder, private=True)
    await house.start()
    begun = time.perf_counter()
    indexed = await indexing.catch_up(house)
    spent = time.perf_counter() - begun
    found: list[dict[str, object]] = []
    if indexed:
        found.append({"kind": "index", "what": f"{indexed} comments", "p50_ms": 1e3 * spent, "note": indexed / spent})
    person = await house.read(lambda look: people.get(look.conn, 1))
    assert person is not None
    for case in cases():
        found.append(await _timed(house, Actor(person, "", alone=True), case, runs))
    await house.close()
    return found


async def _timed(house: House, actor: Actor, case: Case, runs: int) -> dict[str, object]:
    after = await house.read(_deep, case) if case.share else ""
    spent, worked, page = [], [], QueuePage((), "", 0, 0, 0)
    for _ in range(runs):
        begun, own = time.perf_counter(), time.process_time()
        page = await house.read(reading.queue_page, actor, case.view, after, 64, case.query, case.order)
        spent.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - own) * 1000)
    p50, p95 = statistics.median(spent), sorted(spent)[int(len(spent) * 0.95)]
    what = f"{case.view.value} {case.order.value} {case.query or '(all)'}{' deep' if case.share else ''}"
    told = f"{len(page.rows)} rows of {page.total}{'+' if page.total >= page.capped_at else ''} {page.partial}"
    own_p95 = sorted(worked)[int(len(worked) * 0.95)]
    return {"kind": case.kind, "what": what, "p50_ms": p50, "p95_ms": p95, "own_p95_ms": own_p95, "note": told}


def _deep(look: reading.Look, case: Case) -> str:
    """The key of an item in the middle of the desk."""
    from moderator.store.orders import key_in

    row = look.conn.execute(
        "SELECT * FROM item WHERE id >= (SELECT max(id) * ? FROM item) ORDER BY id LIMIT 1", (case.share,)
    ).fetchone()
    return key_in(case.order, case.view, row)


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="where the desk is built once")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    folder = big_desk.build(args.cache / f"search-{args.items}", args.items)
    worsen(folder, args.items)
    found = asyncio.run(measure(folder, args.runs))
    if args.json:
        print(json.dumps({"sqlite": sqlite3.sqlite_version, "items": args.items, "found": found}, indent=2))
        return
    print(f"{'':54} {'p50':>8} {'p95':>8} {'own p95':>8}")
    for one in found:
        kind, p95, own = str(one["kind"]), float(str(one.get("p95_ms", 0))), float(str(one.get("own_p95_ms", 0)))
        late = "  ← slow" if p95 > TARGETS.get(kind, 1e9) else ""
        print(f"{kind:7} {one['what']!s:46.46} {one['p50_ms']:8.1f} {p95:8.1f} {own:8.1f} ms  {one['note']}{late}")


if __name__ == "__main__":
    main()
