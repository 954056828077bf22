"""How fast the engine judges: comments a second on one core, the slowest ones, load time, and hostile megabytes.

    python tests/benchmarks/bench_policy.py [ROWS.jsonl …]

Without files the criticism suite and the policy's own tests are joined to comments of 120–250 characters, no two alike.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from moderator.policy.check import suite
from moderator.policy.document import Document, load
from moderator.policy.engine import Engine

_HOSTILE = {
    "one letter": "a" * 1_000_000,
    "spaced letters": "k i l l " * 125_000,
    "no full stop": "I will kill all Muslims " * 42_000,
    "digits": "9864012345 " * 91_000,
    "digit run": "9" * 1_000_000,
    "at signs": "a@" * 500_000,
    "dots": "a." * 500_000,
    "quotes": '"“‘' * 333_000,
    "names": "Ram Das " * 125_000,
    "marks": "a\u0301" * 500_000,
    "stars": "f*" * 500_000,
    "party": "vote for bjp. " * 71_000,
    "dot words": "ram at dot " * 91_000,
    "house no": "lives at house no " * 55_000,
}


def comments(document: Document, count: int = 8000) -> list[str]:
    """Comments of ordinary length, each with words of its own."""
    dice = random.Random(7)
    pool = [*suite()["criticism"], *suite()["neutral"], *(case.text for case in document.tests)]
    made = []
    while len(made) < count:
        text = (
            " ".join(dice.choice(pool) for _ in range(4))
            + f" Ward {dice.randrange(10**6)}, ref{dice.randrange(10**8):x}"
        )
        made.append(text[:250])
    return made


def main(*files: str) -> None:
    """Print the figures."""
    began = time.perf_counter()
    document = load()
    engine = Engine(document)
    print(f"load and build: {time.perf_counter() - began:.3f} s")
    texts = comments(document)
    if files:
        texts = [
            json.loads(line)["text"]
            for file in files
            for line in Path(file).read_text(encoding="utf-8").split("\n")
            if line
        ]
    took = []
    busy = time.process_time()
    for text in texts:
        start = time.perf_counter()
        engine.judge(text)
        took.append(time.perf_counter() - start)
    busy = time.process_time() - busy
    took.sort()
    mean = sum(len(text) for text in texts) / len(texts)
    print(f"{len(texts)} comments of {mean:.0f} characters: {len(texts) / busy:.0f} for a second of one core")
    print(f"half within {took[len(took) // 2] * 1e3:.2f} ms, 99 % within {took[int(len(took) * 0.99)] * 1e3:.2f} ms")
    for name, text in _HOSTILE.items():
        start = time.perf_counter()
        found = len(engine.judge(text).findings)
        print(f"{len(text) / 1e6:.1f} M characters, {name}: {time.perf_counter() - start:.2f} s, {found} findings")


if __name__ == "__main__":
    main(*sys.argv[1:])
