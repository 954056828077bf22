"""Speed of taking comments in: cleaned, judged in the judging process, and stored durably with one event each.

    python tests/benchmarks/bench_intake.py [--comments 20000] [--runs 3] [--json]

The peer is a raw sqlite3 executemany of the same texts (WAL, synchronous=FULL, batches of 100), measured in the same
run and interleaved. Wall time on a shared machine is noisy: read the ratio, and the process time of the desk itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from moderator.config import Config
from moderator.desk import intake, practice
from moderator.desk.house import House
from moderator.domain.comment import Author, Post, RemoteComment, RemoteState
from moderator.store.trail import verify

WORDS = (
    "When will the pension for ward {n} come to Lanka road? Nobody answers the phone at the office.",
    "The flood relief portal is a total failure, ward {n} has received nothing since Monday.",
    "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই, কেতিয়া আহিব? ৱাৰ্ড {n}ত কোনো চকুৱেই দিয়া নাই।",
    "Thank you for the quick answer about form {n}, the school in our village has water again.",
    "Earn 5000 daily click http://win{n}.example now now now, limited offer for everybody",
    "You useless idiot, officer number {n}, go and drown yourself in the river",
)
START = datetime(2026, 11, 22, tzinfo=UTC)


def comments(count: int) -> list[RemoteComment]:
    """Comments of about 100 characters under ten posts."""
    made = []
    for n in range(count):
        text = WORDS[n % len(WORDS)].format(n=n)
        raw = json.dumps({"id": n, "content": text, "author": f"a{n % 997}"})
        made.append(
            RemoteComment(
                remote_id=f"b{n}",
                text=text,
                author=Author(f"a{n % 997}", f"Citizen {n % 997}"),
                created_at=START + timedelta(seconds=n),
                state=RemoteState.VISIBLE,
                revision=f"v{n}",
                post=Post(f"p{n % 10}", "Flood relief", "Where to go and whom to ask."),
                raw=raw,
            )
        )
    return made


async def desk(read: list[RemoteComment], place: Path) -> tuple[float, float]:
    """Comments per second of wall time, and of this process's own time, through the whole intake."""
    house = House(Config(), place)
    await house.start()
    account_id = await house.write(practice.ensure_account)
    await house.judge.judge(read[:10])
    wall, own = time.perf_counter(), time.process_time()
    taken = await intake.take_all(house, account_id, read, house.clock.up_ms(), ("end", ""))
    wall, own = time.perf_counter() - wall, time.process_time() - own
    assert taken == len(read)
    assert await house.read(lambda look: verify(look.conn)) is None
    await house.close()
    return len(read) / wall, len(read) / own


def peer(read: list[RemoteComment], place: Path) -> float:
    """Comments per second of a bare table."""
    conn = sqlite3.connect(place / "raw.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute(
        "CREATE TABLE c (id INTEGER PRIMARY KEY, remote TEXT UNIQUE, author TEXT, text TEXT, at TEXT, raw TEXT)"
    )
    rows = [(c.remote_id, c.author.name, c.text, c.created_at.isoformat(), c.raw) for c in read]
    began = time.perf_counter()
    for start in range(0, len(rows), 100):
        conn.execute("BEGIN IMMEDIATE")
        conn.executemany("INSERT INTO c (remote, author, text, at, raw) VALUES (?,?,?,?,?)", rows[start : start + 100])
        conn.execute("COMMIT")
    took = time.perf_counter() - began
    conn.close()
    return len(rows) / took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--comments", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    read = comments(asked.comments)
    ours, own, raw = [], [], []
    for _ in range(asked.runs):
        with tempfile.TemporaryDirectory() as place:
            wall_rate, own_rate = asyncio.run(desk(read, Path(place)))
            ours.append(wall_rate)
            own.append(own_rate)
            raw.append(peer(read, Path(place)))
    found = {
        "comments": asked.comments,
        "desk_per_s": round(statistics.median(ours)),
        "desk_per_own_cpu_s": round(statistics.median(own)),
        "peer_per_s": round(statistics.median(raw)),
        "ratio": round(statistics.median(o / r for o, r in zip(ours, raw, strict=True)), 3),
    }
    print(json.dumps(found) if asked.json else "\n".join(f"{name:20} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
