"""What a request must look like, and how much one person may take."""

from __future__ import annotations

from typing import Any

import pytest

from moderator.config import Limits
from moderator.domain.errors import Code, Refused
from moderator.service import bounds

OWN = {"host": "desk", "moderator-api": "1"}
JSON = {**OWN, "content-type": "application/json", "content-length": "2"}


def scope(method: str, headers: dict[str, str], path: str = "/v1/items/1/claim") -> dict[str, Any]:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": raw}


def refused(method: str, headers: dict[str, str], path: str = "/v1/items/1/claim") -> Code | None:
    try:
        bounds.check(scope(method, headers, path), Limits())
    except Refused as error:
        return error.code if error.sentence and error.cure else None
    return None


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", OWN),
        ("GET", {"host": "desk"}),
        ("GET", {"host": "localhost"}),
        ("GET", {"host": ""}),
        ("POST", JSON),
        ("PUT", {**JSON, "content-type": "application/json; charset=utf-8"}),
        ("POST", OWN),
        ("DELETE", OWN),
    ],
)
def test_what_our_own_client_sends_passes(method: str, headers: dict[str, str]) -> None:
    assert refused(method, headers) is None


@pytest.mark.req("Z10")
@pytest.mark.parametrize(
    ("method", "headers", "code"),
    [
        ("GET", {**OWN, "origin": "http://evil.example"}, Code.FOREIGN),
        ("GET", {**OWN, "origin": "null"}, Code.FOREIGN),
        ("GET", {**OWN, "sec-fetch-site": "none"}, Code.FOREIGN),
        ("GET", {**OWN, "Sec-Fetch-Mode": "cors"}, Code.FOREIGN),
        ("GET", {"host": "evil.example"}, Code.FOREIGN),
        ("GET", {"host": "127.0.0.1:8000"}, Code.FOREIGN),
        ("GET", {"host": "localhost:8000"}, Code.FOREIGN),
        ("POST", {**OWN, "content-type": "text/plain", "content-length": "2"}, Code.BAD),
        ("POST", {**OWN, "content-type": "application/x-www-form-urlencoded", "content-length": "2"}, Code.BAD),
        ("POST", {**OWN, "content-type": "multipart/form-data; boundary=x", "content-length": "2"}, Code.BAD),
        ("POST", {**OWN, "content-length": "2"}, Code.BAD),
        ("POST", {**OWN, "transfer-encoding": "chunked"}, Code.BAD),
        ("POST", {**OWN, "content-type": "text/plain"}, Code.BAD),
        ("OPTIONS", OWN, Code.BAD),
        ("HEAD", OWN, Code.BAD),
        ("CONNECT", OWN, Code.BAD),
        ("PATCH", JSON, Code.BAD),
        ("GET", {**OWN, "moderator-api": "2"}, Code.VERSION),
        ("GET", {**OWN, "moderator-api": ""}, Code.VERSION),
        ("POST", {**JSON, "content-length": str(256 * 1024 + 1)}, Code.BAD),
        ("POST", {**JSON, "content-length": "-1"}, Code.BAD),
    ],
)
def test_what_looks_foreign_is_refused(method: str, headers: dict[str, str], code: Code) -> None:
    assert refused(method, headers) is code


def test_another_version_is_told_both() -> None:
    with pytest.raises(Refused) as error:
        bounds.check(scope("GET", {**OWN, "moderator-api": "7"}), Limits())
    assert "version 7" in error.value.sentence
    assert "version 1" in error.value.sentence


def test_an_import_may_be_longer_and_comes_in_lines() -> None:
    headers = {**OWN, "content-type": "application/x-ndjson", "content-length": str(200 * 1024 * 1024)}
    assert refused("POST", headers, "/v1/accounts/3/import") is None
    assert refused("POST", headers, "/v1/items/3/import") is Code.BAD


@pytest.mark.req("Z11")
async def test_a_body_is_cut_whatever_its_headers_said() -> None:
    async def endless() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    receive = bounds.limited(endless, 4096)
    for _ in range(4):
        await receive()
    with pytest.raises(Refused):
        await receive()
    unlimited = bounds.limited(endless, 10**12)
    assert [len((await unlimited())["body"]) for _ in range(9)] == [1000] * 9  # the control


@pytest.mark.req("Z11")
def test_connections_and_streams_are_counted_for_each_uid() -> None:
    limits = bounds.Bounds(Limits(connections=2, streams=1))
    assert [limits.connect(1000) for _ in range(3)] == [True, True, False]
    assert limits.connect(1001)
    limits.disconnect(1000)
    assert limits.connect(1000)
    limits.open_stream(1000)
    with pytest.raises(Refused) as error:
        limits.open_stream(1000)
    assert error.value.code is Code.LIMITED
    limits.open_stream(1001)
    limits.close_stream(1000)
    limits.open_stream(1000)


@pytest.mark.req("Z11")
def test_requests_refill_with_time() -> None:
    clock = [100.0]
    limits = bounds.Bounds(Limits(requests_per_second=10), lambda: clock[0])
    for _ in range(20):
        limits.request(1000)
    with pytest.raises(Refused) as error:
        limits.request(1000)
    assert error.value.code is Code.LIMITED
    limits.request(1001)  # somebody else is not held up
    clock[0] += 0.5
    for _ in range(5):
        limits.request(1000)
    with pytest.raises(Refused):
        limits.request(1000)
