"""Queries and orders over the socket, as every front end asks for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from moderator.domain.asks import Order
from moderator.domain.errors import Code, Refused

pytestmark = pytest.mark.e2e


def until(ready: Callable[[], Any]) -> Any:
    """What comes in the end."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := ready():
            return found
        time.sleep(0.02)  # between two looks at another process; bounded by the deadline
    raise AssertionError("it did not come")


def test_a_query_an_order_and_a_search_go_over_the_line(desk: Callable[..., Any]) -> None:
    running = desk(practice=True).start()
    client = running.client()
    rows = until(lambda: client.queue("all", limit=5).rows)
    number = rows[0].id
    assert [row.id for row in client.queue("all", query=f"#{number}").rows] == [number]
    assert client.queue("all", query=f"-#{number} id:{number}").rows == ()
    newest = until(lambda: client.queue("found", query="state:open", limit=3).rows)
    assert [row.id for row in newest] == sorted((row.id for row in newest), reverse=True)
    first = client.queue("all", limit=1, sort=Order.NEWEST)
    second = client.queue("all", after=first.after, limit=1, sort=Order.NEWEST)
    assert second.rows[0].id < first.rows[0].id
    assert client.rows([first.rows[0].id], sort=Order.NEWEST)[0].key == first.rows[0].key
    for query, sort in (("acount:fb", ""), ("", "upwards")):
        with pytest.raises(Refused) as refused:
            client.queue("all", query=query, sort=sort)
        assert refused.value.code is Code.BAD
