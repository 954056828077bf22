"""One officer as a process of its own: takes the next item and leaves it public until nothing is left.

    python officer.py SOCKET SERVICE_UID

Prints the ids that this officer decided, as JSON. Uses the installed client only.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.errors import Code, Refused

T = TypeVar("T")

LOST_RACE = (Code.TAKEN, Code.WRONG_STATE)


def patiently(ask: Callable[[], T]) -> T:
    """Ask again after a pause for as long as the desk says "too fast"."""
    while True:
        try:
            return ask()
        except Refused as refused:
            if refused.code is not Code.LIMITED:
                raise
            time.sleep(0.05)


def main() -> None:
    """Work until the queue is empty."""
    client = Client(Path(sys.argv[1]), expect_uid=int(sys.argv[2]))
    decided = []
    with client.stream():
        while item := patiently(client.next):
            try:
                patiently(lambda item=item: client.act(item, "leave", asks.Leave(seen_version=1)))
            except Refused as refused:
                if refused.code not in LOST_RACE:
                    raise
            else:
                decided.append(item)
    print(json.dumps(decided))


if __name__ == "__main__":
    main()
