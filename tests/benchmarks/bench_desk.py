"""Speed of the whole desk, over its real socket, beside a peer measured in the same run.

    python tests/benchmarks/bench_desk.py [--comments 40000] [--clients 20] [--decisions 400] [--json]

Prints:
  intake      comments/s cleaned, judged, stored durably and announced, while a client asks for pages;
              peer: the same lines inserted raw by one sqlite3 connection (WAL, FULL, batches of 100)
  page        p50/p95 ms of GET /v1/queue during that intake; peer: the same request on the idle desk
  arrival     p50/p95 ms from the commit of a comment to all of N connected clients having read the event;
              peer: one byte from one process to N connected Unix sockets
  decision    p50/p95 ms of a decision, acknowledged durable; peer: one sqlite3 insert with an fsync
Wall time on a shared machine is noisy: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from moderator.client import Client
from moderator.domain import asks, view
from tests.e2e.harness import FAST, DeskProcess, import_account, wait_for

WORDS = (
    "When will the pension for {n} come to Lanka road? Nobody answers the phone at the office.",
    "The flood relief portal is a total failure, ward {n} has received nothing since Monday.",
    "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই, কেতিয়া আহিব? ৱাৰ্ড {n}ত কোনো চকুৱেই দিয়া নাই।",
    "Thank you for the quick answer about form {n}, the school in our village has water again.",
    "Earn 5000 daily click hxxp://win{n}.example now now now, limited offer for everybody",
    "You useless idiot, officer number {n}, go and drown yourself in the river",
)


def quantiles(values: list[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    ordered = sorted(values)
    return {"p50": round(ordered[len(ordered) // 2], 2), "p95": round(ordered[int(len(ordered) * 0.95)], 2)}


def lines(count: int, start: int = 0) -> list[bytes]:
    """Comments of about 100 characters, as JSON Lines."""
    made = []
    for n in range(start, start + count):
        text = WORDS[n % len(WORDS)].format(n=n)
        author = {"id": f"a{n % 997}", "name": f"Citizen {n % 997}"}
        made.append(
            json.dumps({"id": f"b{n}", "text": text, "author": author, "created_at": "2026-11-22T10:00:00Z"}).encode()
            + b"\n"
        )
    return made


def raw_peer(folder: Path, batch: list[bytes]) -> float:
    """Comments/s of a plain insert of the same lines: WAL, synchronous=FULL, 100 rows a commit."""
    conn = sqlite3.connect(folder / "peer.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute("CREATE TABLE c (id INTEGER PRIMARY KEY, remote TEXT UNIQUE, text TEXT, raw TEXT)")
    begun = time.perf_counter()
    for at in range(0, len(batch), 100):
        conn.execute("BEGIN")
        for line in batch[at : at + 100]:
            row = json.loads(line)
            conn.execute("INSERT INTO c (remote, text, raw) VALUES (?, ?, ?)", (row["id"], row["text"], line.decode()))
        conn.execute("COMMIT")
    return len(batch) / (time.perf_counter() - begun)


def paged(client: Client, stop: threading.Event) -> list[float]:
    """Milliseconds of each page request until told to stop."""
    took = []
    while not stop.is_set():
        begun = time.perf_counter()
        client.queue(view.View.NEW, limit=64)
        took.append((time.perf_counter() - begun) * 1000)
        stop.wait(0.02)
    return took


def intake(desk: DeskProcess, account: int, batch: list[bytes]) -> tuple[float, list[float]]:
    """Comments/s of a streamed import, and what page requests took beside it."""
    stop, took = threading.Event(), []
    asker = desk.client()
    thread = threading.Thread(target=lambda: took.extend(paged(asker, stop)))
    thread.start()
    client = desk.client()
    begun = time.perf_counter()
    client.import_lines(account, iter(batch))
    rate = len(batch) / (time.perf_counter() - begun)
    stop.set()
    thread.join()
    return rate, took


class Listener(threading.Thread):
    """One connected client: notes when each commit's event came."""

    def __init__(self, desk: DeskProcess) -> None:
        super().__init__(daemon=True)
        self.client = desk.client()
        self.stream = self.client.stream()
        self.lags: list[tuple[int, float]] = []

    def run(self) -> None:
        for name, data in self.stream:
            if name == "queue" and data.new:
                self.lags.append((data.seq, time.monotonic() * 1000 - data.at_ms))


def arrival(desk: DeskProcess, account: int, clients: int, rounds: int = 60) -> list[float]:
    """Milliseconds from a comment's commit until all clients have read of it."""
    listeners = [Listener(desk) for _ in range(clients)]
    for listener in listeners:
        listener.start()
    client = desk.client()
    worst = []
    for n in range(rounds):
        seen = [len(listener.lags) for listener in listeners]
        client.import_lines(account, iter(lines(1, 10_000_000 + n)))
        wait_for(lambda seen=seen: all(len(o.lags) > k for o, k in zip(listeners, seen, strict=True)), 10, "all")
        worst.append(max(listener.lags[-1][1] for listener in listeners))
        time.sleep(0.15)
    for listener in listeners:
        listener.stream.close()
    return worst


def socket_peer(clients: int, rounds: int = 60) -> list[float]:
    """Milliseconds from one byte sent to N Unix sockets until N threads have read it."""
    pairs = [socket.socketpair() for _ in range(clients)]
    got = [0.0] * clients
    count = threading.Semaphore(0)

    def read(k: int) -> None:
        while pairs[k][1].recv(1):
            got[k] = time.perf_counter()
            count.release()

    for k in range(clients):
        threading.Thread(target=read, args=(k,), daemon=True).start()
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for left, _ in pairs:
            left.send(b"x")
        for _ in range(clients):
            count.acquire()
        took.append((max(got) - begun) * 1000)
        time.sleep(0.02)
    return took


def decisions(desk: DeskProcess, count: int) -> list[float]:
    """Milliseconds of "leave public", acknowledged durable."""
    client = desk.client()
    took = []
    with client.stream():
        rows: list[view.Row] = []
        after = ""
        while len(rows) < count:
            page = client.queue(view.View.NEW, after, 200)
            rows.extend(page.rows)
            after = page.after
        for row in rows[:count]:
            begun = time.perf_counter()
            client.act(row.id, "leave", asks.Leave(row.comment_version))
            took.append((time.perf_counter() - begun) * 1000)
    return took


def fsync_peer(folder: Path, count: int) -> list[float]:
    """Milliseconds of one inserted row with synchronous=FULL."""
    conn = sqlite3.connect(folder / "fsync.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute("CREATE TABLE c (id INTEGER PRIMARY KEY, text TEXT)")
    took = []
    for n in range(count):
        begun = time.perf_counter()
        conn.execute("INSERT INTO c (text) VALUES (?)", (f"decision {n}",))
        took.append((time.perf_counter() - begun) * 1000)
    return took


def measure(folder: Path, comments: int, clients: int, count: int) -> dict[str, object]:
    """All figures of one run."""
    desk = DeskProcess(
        folder, config=f"{FAST}\n[limits]\nstreams = 64\nconnections = 256\nrequests_per_second = 100000\n"
    )
    desk.start()
    try:
        client = desk.client()
        account = import_account(client)
        batch = lines(comments)
        peer_rate = raw_peer(folder, batch[: min(len(batch), 20000)])
        rate, pages = intake(desk, account, batch)
        idle = []
        for _ in range(200):
            begun = time.perf_counter()
            client.queue(view.View.NEW, limit=64)
            idle.append((time.perf_counter() - begun) * 1000)
        acked, fsync = decisions(desk, count), fsync_peer(folder, count)
        lags, bytes_ = arrival(desk, account, clients), socket_peer(clients)
    finally:
        desk.stop()
    return {
        "intake per s": round(rate),
        "raw insert per s": round(peer_rate),
        "intake / raw": round(rate / peer_rate, 3),
        "page ms during intake": quantiles(pages),
        "page ms idle": quantiles(idle),
        f"arrival ms to all of {clients}": quantiles(lags),
        f"socket byte ms to all of {clients}": quantiles(bytes_),
        "decision ms": quantiles(acked),
        "one row with fsync ms": quantiles(fsync),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=40000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--decisions", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked.comments, asked.clients, asked.decisions)
    if asked.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
