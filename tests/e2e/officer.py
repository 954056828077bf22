"""One officer as a process of its own: takes the next item and leaves it public until nothing is left.

    python officer.py SOCKET SERVICE_UID

Prints the ids that this officer decided, as JSON. Uses the installed client only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.errors import Code, Refused

LOST_RACE = (Code.TAKEN, Code.WRONG_STATE)


def main() -> None:
    """Work until the queue is empty."""
    client = Client(Path(sys.argv[1]), expect_uid=int(sys.argv[2]))
    decided = []
    with client.stream():
        while item := client.next():
            try:
                client.act(item, "leave", asks.Leave(seen_version=1))
            except Refused as refused:
                if refused.code not in LOST_RACE:
                    raise
            else:
                decided.append(item)
    print(json.dumps(decided))


if __name__ == "__main__":
    main()
