"""Every address of the interface, on a desk that nobody changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., tuple[int, Any]]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/items/x", 404),
        ("GET", "/v1/items/0", 404),
        ("GET", "/v1/items/999999", 404),
        ("GET", "/v1/items/" + "9" * 500, 404),
        ("GET", "/v1/items/../../etc/passwd", 404),
        ("DELETE", "/v1/status", 404),
        ("GET", "/v1/queue?view=none", 400),
        ("GET", "/v1/queue?limit=0", 400),
        ("GET", "/v1/queue?limit=201", 400),
        ("GET", "/v1/queue?after=%00%ff%27", (200, 400)),
        ("GET", "/v1/queue/rows?ids=" + ",".join("1" for _ in range(201)), 400),
        ("GET", "/v1/trail?after=-1", 404),
        ("GET", "/v1/escalations/7/eml", 404),
        ("GET", "/v1/items/7/capture", 404),
        ("GET", "/v1/items/7/capture?version=x", 404),
        ("POST", "/v1/items/1/obliterate", (403, 404)),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(ask: Ask, whole: Any, method: str, path: str, status: Any) -> None:
    found, body = ask(whole, method, path)
    assert found in (status if isinstance(status, tuple) else (status,))
    if found >= 400:
        assert body["error"]["sentence"].endswith((".", ":"))
        assert "Traceback" not in json.dumps(body)


GETS = [
    "health",
    "hello",
    "status",
    "policy",
    "queue",
    "next",
    "effects",
    "accounts",
    "platforms",
    "people",
    "trail",
    "trail/verify",
]


@pytest.mark.parametrize("path", GETS)
def test_every_reading_address_answers(ask: Ask, whole: Any, path: str) -> None:
    status, body = ask(whole, "GET", f"/v1/{path}")
    assert status == 200, body
    assert body is not None
