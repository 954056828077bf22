"""One officer's program as a process of its own, which can be stopped in the middle: it does what it is told in lines.

    python stalled.py SOCKET SERVICE_UID

Each line on standard input is JSON: ["claim", item], ["reply", item, version, text] or ["leave", item, version]. Each
answer is a line of JSON: {"ok": sentence} or {"refused": code, "sentence": …}. A thread renews the leases meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from pathlib import Path
from typing import Any

from moderator.client import Client
from moderator.domain import asks
from moderator.domain.errors import Refused

RENEW = 0.2


def renewing(client: Client, over: threading.Event) -> None:
    """As every front end does."""
    while not over.wait(RENEW):
        with contextlib.suppress(Refused):
            client.alive(True)


def done(client: Client, words: list[Any]) -> dict[str, str]:
    """One act and what came of it."""
    act, item = words[0], words[1]
    body: Any = asks.Nothing()
    if act == "reply":
        body = asks.Reply(seen_version=words[2], text=words[3])
    if act == "leave":
        body = asks.Leave(seen_version=words[2])
    try:
        return {"ok": client.act(item, act, body).sentence}
    except Refused as refused:
        return {"refused": refused.code.value, "sentence": refused.sentence}


def main() -> None:
    """Until the input ends."""
    client = Client(Path(sys.argv[1]), expect_uid=int(sys.argv[2]))
    over = threading.Event()
    with client.stream():
        threading.Thread(target=renewing, args=(client, over), daemon=True).start()
        print(json.dumps({"ok": "ready"}), flush=True)
        for line in sys.stdin:
            print(json.dumps(done(client, json.loads(line))), flush=True)
        over.set()


if __name__ == "__main__":
    main()
