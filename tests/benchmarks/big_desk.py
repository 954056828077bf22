"""A desk's database with very many items, written straight through SQL: for benchmarks, never for use.

    python tests/benchmarks/big_desk.py FOLDER ITEMS

The rows are what intake and officers would have written over the last thirty days, but nothing of it stands on the
trail: `moderator trail verify` names the first row at once. What an item says, its finding and its lane come from the
policy in force; one in ten items is open, twelve of them urgent and unopened. The same count gives the same desk.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from moderator.config import Config
from moderator.desk.house import House
from moderator.desk.judging import clean_comment
from moderator.desk.ready import Taken, prepare
from moderator.desk.room import Room
from moderator.domain.asks import NewAccount
from moderator.domain.comment import Author, RemoteComment, RemoteState
from moderator.domain.event import stamp
from moderator.domain.item import Lane
from moderator.store import accounts, polls, schema
from moderator.store.base import connect

DAYS: Final = 30
"""The items arrived over so many days, evenly, the last one now."""
URGENT: Final = 12
"""Open, urgent and unopened items."""
ACCOUNTS: Final = ("fb dipr", "x flood", "yt health", "wp consult")
TEXTS: Final = (
    "When will the pension for widows come to Lanka road? Nobody answers the phone at the office.",
    "The flood relief portal is a total failure, our ward has received nothing since Monday.",
    "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই, কেতিয়া আহিব? আমাৰ ৱাৰ্ডত কোনো চকুৱেই দিয়া নাই।",
    "Thank you for the quick answer about the form, the school in our village has water again.",
    "Earn 5000 daily click hxxp://win.example now now now, limited offer for everybody",
    "You useless idiot officer, you stupid moron, go away from our town",
    "टीका कहाँ लगेगा? केंद्र कल से बंद है, कोई सूचना नहीं है।",
    "The bridge near Hojai is open again, buses run from six in the morning.",
    "Will the office be open on Saturday? I come from far away.",
    "गोदाव खामानि मावओ बोला नो, बे मा जाबाय?",
    "I will kill you all tonight at the office",
    "Water at roof, 4 of us, Lanka road near the LP school, please send a boat",
)
"""What citizens write; the last two are urgent. A number follows each."""


class Kind(NamedTuple):
    """One of the texts as intake makes it ready."""

    taken: Taken
    urgent: bool


def build(folder: Path, items: int) -> Path:
    """The data directory `folder` with a desk of so many items.

    One that was built before is used again, unless the schema or this builder has changed since.
    """
    made_of = Path(schema.__file__).read_bytes() + Path(__file__).read_bytes()
    done = folder / f"built-{items}-{hashlib.sha256(made_of).hexdigest()[:12]}"
    if done.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kinds, account_ids = asyncio.run(_begin(folder))
    conn = connect(folder / "desk.db")
    conn.execute("PRAGMA synchronous=OFF")
    _fill(conn, kinds, account_ids, items)
    conn.execute("ANALYZE")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    done.touch()
    return folder


async def _begin(folder: Path) -> tuple[list[Kind], list[int]]:
    """A private desk as the product makes it, with its accounts; what each text becomes under its policy."""
    house = House(Config(), folder, private=True)
    await house.start()
    try:
        ids = [await house.write(_account, name) for name in ACCOUNTS]
        clauses = {clause.id: clause for clause in house.policy.clauses}
        return [_kind(house, clauses, text) for text in TEXTS], ids
    finally:
        await house.close()


def _account(room: Room, name: str) -> int:
    number = accounts.insert(room.tx, NewAccount("import", name), 0)
    room.tx.change("account", number, status="active")
    polls.ensure(room.tx, number)
    room.tx.record("account.add")
    return number


def _kind(house: House, clauses: dict[str, Any], text: str) -> Kind:
    comment = RemoteComment(
        "c", text, Author("a", "Citizen"), datetime(2026, 11, 22, tzinfo=UTC), RemoteState.VISIBLE, "1",
        raw=json.dumps(text),
    )  # fmt: skip
    taken = prepare(clauses, comment, clean_comment(comment), house.engine.judge(text))
    return Kind(taken, taken.lane < Lane.ROUTINE)


def _fill(conn: sqlite3.Connection, kinds: list[Kind], account_ids: list[int], items: int) -> None:
    """All rows in one transaction, the indexes made after them."""
    indexes = conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('item', 'version', 'raw', 'verdict', 'decision')"
    ).fetchall()
    conn.execute("BEGIN IMMEDIATE")
    for row in indexes:
        conn.execute(f"DROP INDEX {row['name']}")
    _posts(conn, account_ids)
    for table, rows in _Rows(kinds, account_ids, items).tables().items():
        _insert_all(conn, table, rows)
    for row in indexes:
        conn.execute(row["sql"])
    conn.execute("COMMIT")


def _posts(conn: sqlite3.Connection, account_ids: list[int]) -> None:
    rows = (
        {"id": n + 1, "account_id": account_ids[n % len(account_ids)], "remote_id": f"p{n}", "title": f"Notice {n}",
         "text": "Flood helpline 1077. Share your exact location.", "url": "", "posted_at": None, "salt": "0",
         "seq": 0}
        for n in range(500)
    )  # fmt: skip
    _insert_all(conn, "post", rows)


def _insert_all(conn: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    """Insert dictionaries that all have the same keys."""
    first = next(rows, None)
    if first is None:
        return
    names = tuple(first)
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    conn.execute(sql, tuple(first.values()))
    conn.executemany(sql, (tuple(row.values()) for row in rows))


class _Rows:
    """What each table holds of item n, counted from 1."""

    def __init__(self, kinds: list[Kind], account_ids: list[int], items: int) -> None:
        self.routine = [kind.taken for kind in kinds if not kind.urgent]
        self.urgent = [kind.taken for kind in kinds if kind.urgent]
        self.account_ids = account_ids
        self.items = items
        self.now = datetime.now(UTC)
        self.step = timedelta(days=DAYS) / items
        self.config = Config()

    def tables(self) -> dict[str, Iterator[dict[str, Any]]]:
        """Table → its rows, in the order of their keys."""
        numbers = range(1, self.items + 1)
        return {
            "item": (self.item(n) for n in numbers),
            "version": (self.version(n) for n in numbers),
            "raw": ({"item_id": n, "n": 1, "payload": self.taken(n).raw, "salt": "0", "seq": 0} for n in numbers),
            "verdict": (self.verdict(n) for n in numbers),
            "decision": (self.decision(n) for n in numbers if not self.is_open(n)),
        }

    def taken(self, n: int) -> Taken:
        """The text that item n is made of; one in two thousand is urgent, and the newest few."""
        if n % 2000 == 0 or n > self.items - URGENT:
            return self.urgent[n % len(self.urgent)]
        return self.routine[_mixed(n) % len(self.routine)]

    def is_open(self, n: int) -> bool:
        """One in ten; of the urgent ones only the newest."""
        if n > self.items - URGENT:
            return True
        return n % 2000 != 0 and _mixed(n) // 64 % 10 == 0

    def arrived(self, n: int) -> datetime:
        """When item n was taken in."""
        return self.now - self.step * (self.items - n)

    def item(self, n: int) -> dict[str, Any]:
        """Its row."""
        taken, arrived, still = self.taken(n), self.arrived(n), self.is_open(n)
        at = stamp(arrived)
        return {
            "id": n, "account_id": self.account_ids[n % 4], "remote_id": f"c{n}", "post_id": _mixed(n) % 125 * 4
            + n % 4 + 1, "parent_remote_id": "", "author_remote_id": f"a{_mixed(n) % 50021}",
            "author_key": f"id:a{_mixed(n) % 50021}", "kind": taken.kind, "permalink": "",
            "state": self.state(n) if still else "resolved", "visibility": "public", "lane": taken.lane,
            "comment_version": 1, "revision": "", "version": 1, "resting": "new", "level": 0, "cause": "",
            "disposition": "" if still else "left_public", "reopened": 0,
            "due_first": stamp(self.config.turnaround.due(Lane(taken.lane), arrived)),
            "snoozed_until": stamp(self.now + timedelta(hours=9)) if still and self.state(n) == "snoozed" else None,
            "opened_at": None if still and taken.lane < Lane.ROUTINE else at, "captured_at": at,
            "captured_local": at, "commented_at": at, "retention": "routine", "seq": 0,
        }  # fmt: skip

    def state(self, n: int) -> str:
        """The state of an open item: most are new."""
        if n > self.items - URGENT:
            return "new"
        return {0: "snoozed", 1: "escalated"}.get(_mixed(n) // 1024 % 20, "new")

    def version(self, n: int) -> dict[str, Any]:
        """What it said."""
        taken = self.taken(n)
        return {
            "item_id": n, "n": 1, "text": f"{taken.text} Ward {n % 40}, file {n}.",
            "author_name": f"Citizen {_mixed(n) % 50021}", "author_handle": "", "flags": taken.flags, "media": "[]",
            "edited_at": None, "captured_at": stamp(self.arrived(n)), "salt": "0", "seq": 0,
        }  # fmt: skip

    def verdict(self, n: int) -> dict[str, Any]:
        """What the policy says of it."""
        taken = self.taken(n)
        return {
            "item_id": n, "n": 1, "policy_version": taken.policy_version, "opinion": taken.opinion,
            "language": taken.language, "category": taken.category, "clause": taken.clause,
            "protected": taken.protected, "asks": taken.asks, "body": taken.body, "seq": 0,
        }  # fmt: skip

    def decision(self, n: int) -> dict[str, Any]:
        """How it ended, within four hours of its arrival."""
        decided = min(self.arrived(n) + timedelta(seconds=30 + _mixed(n) % 14000), self.now)
        return {
            "item_id": n, "reopened": 0, "disposition": "left_public", "ground": "none", "clause": "",
            "span_start": None, "span_end": None, "reason": "", "person_id": 1, "second_id": None, "seen_version": 1,
            "seen_masked": 1, "policy_version": self.taken(n).policy_version, "decided_at": stamp(decided),
            "review_on": "", "undone": 0, "proposed": 0, "order_id": None, "salt": "0", "seq": 0,
        }  # fmt: skip


def _mixed(n: int) -> int:
    """A number that looks drawn by lot and is the same each time."""
    return (n * 2654435761 & 0xFFFFFFFF) >> 7


def main() -> None:
    """Build one from the command line."""
    begun = time.perf_counter()
    folder, items = Path(sys.argv[1]), int(sys.argv[2])
    build(folder, items)
    size = (folder / "desk.db").stat().st_size / 1024 / 1024
    print(f"{items} items, {size:.0f} MiB, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
