"""What the tests of the platforms share: a made-up WordPress without a network, and the real one on loopback."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from moderator.domain.effect import Op
from moderator.domain.secret import Secret
from moderator.platforms.base import Action
from moderator.platforms.wordpress import WordPress

SERVERS = Path(__file__).resolve().parent.parent / "servers"
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
CANARY = "abcd EFGH ijkl MNOP canary"


def load_server(name: str) -> ModuleType:
    """A module of tests/servers, found by its place."""
    if f"servers_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(f"servers_{name}", SERVERS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return sys.modules[f"servers_{name}"]


@pytest.fixture(scope="session")
def wordpress() -> Iterator[Any]:
    """A real WordPress, shared by the session."""
    servers = load_server("wordpress")
    try:
        with servers.running() as server:
            yield server
    except servers.Absent as absent:
        pytest.skip(f"no real WordPress: {absent}")


def comment_json(number: int, text: str = "When will the bridge open?", **changes: Any) -> dict[str, Any]:
    """One comment as WordPress 6.1 sends it to an Editor."""
    return {
        "id": number,
        "post": 4,
        "parent": 0,
        "author": 0,
        "author_name": "Rina",
        "author_email": "rina@example.org",
        "author_url": "",
        "author_ip": "192.0.2.7",
        "author_user_agent": "Agent/1.0",
        "date": "2026-11-22T17:30:00",
        "date_gmt": "2026-11-22T12:00:00",
        "content": {"rendered": f"<p>{text}</p>\n", "raw": text},
        "link": f"https://consult.example.org/flood/#comment-{number}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {"24": "https://0.gravatar.com/avatar/digest-of-the-mail-address?s=24"},
        "meta": [],
        "_links": {"up": [{"post_type": "post", "href": "https://consult.example.org/wp-json/wp/v2/posts/4"}]},
        **changes,
    }


def error(status: int, code: str = "", **headers: str) -> httpx.Response:
    """A refusal as WordPress words it; a bare page where there is no code."""
    if not code:
        return httpx.Response(status, html="<h1>no</h1>", headers=headers)
    body = {"code": code, "message": "Words of the site &#8217;", "data": {"status": status}}
    return httpx.Response(status, json=body, headers=headers)


@dataclass
class Fake:
    """A site that answers from a table: (method, path under wp/v2) → response, error or function of the request."""

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    seen: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        path = request.url.path.removeprefix("/wp-json/wp/v2/")
        answer = self.answers.get((request.method, path))
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return error(404, "rest_no_route")
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    def writes(self) -> list[dict[str, Any]]:
        """Bodies of the writes that went out."""
        return [json.loads(request.content) for request in self.seen if request.method != "GET"]


@pytest.fixture
def fake() -> Fake:
    """A site with us, an approved comment 3 under post 4, and no others."""
    me = {"id": 2, "name": "Official desk", "roles": ["editor"], "capabilities": {"moderate_comments": True}}
    post = {"id": 4, "title": {"rendered": "Flood &amp; rain"}, "content": {"rendered": "<p>Stay <b>off</b>.</p>"}}
    return Fake(
        {
            ("GET", "users/me"): httpx.Response(200, json=me),
            ("GET", "posts"): httpx.Response(200, json=[post]),
            ("GET", "comments/3"): httpx.Response(200, json=comment_json(3)),
            ("GET", "comments"): httpx.Response(200, json=[]),
        }
    )


@pytest.fixture
def desk(fake: Fake) -> WordPress:
    """The connector of that site, at noon."""
    return connector(fake)


def connector(fake: Callable[[httpx.Request], httpx.Response], **changes: Any) -> WordPress:
    given: dict[str, Any] = {"now": lambda: NOON, "settings": {}, **changes}
    settings = given.pop("settings")
    return WordPress(
        "https://consult.example.org", "desk", Secret(CANARY), settings, transport=httpx.MockTransport(fake), **given
    )


def action(op: Op, target: str = "3", text: str = "", **changes: Any) -> Action:
    """An act on comment 3, first tried at noon."""
    given: dict[str, Any] = {"key": "k1", "post_remote_id": "4", "first_tried": NOON, **changes}
    return Action(op, target, text=text, **given)


def ago(**span: float) -> str:
    """A moment before now as WordPress's database writes it."""
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%d %H:%M:%S")
