"""WordPress's REST answers in the desk's words: comments, posts, and what each refusal means.

Source: the handbook of the WordPress REST API, version wp/v2, and the behaviour of WordPress 6.1. Refusals are told
apart by WordPress's own `code`; the HTTP status decides only where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from moderator.domain.comment import Author, Kind, Post, RemoteComment, RemoteState
from moderator.domain.wording import words
from moderator.platforms.base import (
    AuthRevoked,
    BadPayload,
    Conflict,
    Duplicate,
    Forbidden,
    Invalid,
    NotFound,
    Outage,
    PlatformError,
    RateLimited,
    Transient,
    Unsupported,
)
from moderator.platforms.http import Answer, retry_at
from moderator.platforms.markup import shown
from moderator.platforms.reading import digits, evidence, fingerprint, moment, number, table, web_address, written

PERSONAL: Final = frozenset({"author_email", "author_ip", "author_user_agent", "author_avatar_urls", "_links"})
"""Fields that the evidence goes without: the avatar's address is a digest of the mail address, links are our own."""

POST_TEXT: Final = 8000
"""Code points of a post's text that are kept as context."""

STATES: Final = {
    "approved": RemoteState.VISIBLE,
    "approve": RemoteState.VISIBLE,
    "1": RemoteState.VISIBLE,
    "hold": RemoteState.HELD,
    "unapproved": RemoteState.HELD,
    "0": RemoteState.HELD,
    "spam": RemoteState.SPAM,
    "trash": RemoteState.TRASHED,
    "post-trashed": RemoteState.TRASHED,
}
"""WordPress takes `approve` and `hold`, and answers `approved` and `hold`."""

_REFUSED_LOGIN = frozenset(
    {"rest_not_logged_in", "incorrect_password", "invalid_username", "invalid_email", "invalid_application_password"}
    | {"application_passwords_disabled", "application_passwords_disabled_for_user"}
)
_GONE = frozenset({"rest_comment_invalid_id", "rest_post_invalid_id", "rest_comment_invalid_post_id"})
_CLOSED = frozenset(
    {"rest_comment_closed", "rest_comment_draft_post", "rest_comment_trash_post"}
    | {"rest_comment_not_supported_post_type"}
)
_CODE = re.compile(r"[a-z0-9_-]{1,60}")
_ROUTE = re.compile(r"/wp/v2/([a-z0-9_-]{1,60})/\d+/?$")


def comment_of(raw: Any, own_id: str, undated: datetime) -> RemoteComment | None:
    """One comment; None where it has no usable id. One without a readable time gets `undated`."""
    data = table(raw)
    remote_id = digits(data.get("id"))
    if not remote_id:
        return None
    content = table(data.get("content"))
    page = shown(written(content.get("raw")) or written(content.get("rendered")))
    status = written(data.get("status"))
    parent, post = number(data.get("parent")), number(data.get("post"))
    return RemoteComment(
        remote_id=remote_id,
        text=page.text,
        author=_author(data, own_id),
        created_at=moment(data.get("date_gmt")) or undated,
        state=STATES.get(status, RemoteState.UNKNOWN),
        revision=fingerprint(page.text, status),
        kind=Kind.REPLY if parent else Kind.COMMENT,
        post=Post(str(post)) if post else None,
        parent_remote_id=str(parent) if parent else "",
        media=page.media,
        permalink=web_address(data.get("link")),
        raw=evidence(data, PERSONAL),
    )


def _author(data: Mapping[str, Any], own_id: str) -> Author:
    user = number(data.get("author"))
    remote_id = str(user) if user > 0 else ""
    name = " ".join(shown(written(data.get("author_name"))).text.split())
    return Author(remote_id=remote_id, name=name, ours=bool(remote_id) and remote_id == own_id)


def post_route(raw: Any) -> tuple[str, str]:
    """Id and REST route (posts, pages or a site's own kind) of what a comment stands under; "" where unknown.

    Only the kind's name is taken from the answer: no address in it is ever followed.
    """
    data = table(raw)
    post = number(data.get("post"))
    links = table(data.get("_links")).get("up")
    found = _ROUTE.search(written(table(links[0]).get("href"))) if isinstance(links, list) and links else None
    return (str(post) if post else "", found[1] if found else "posts")


def post_of(raw: Any) -> Post | None:
    """One post or page; None where it has no usable id."""
    data = table(raw)
    remote_id = digits(data.get("id"))
    if not remote_id:
        return None
    return Post(
        remote_id=remote_id,
        title=" ".join(shown(written(table(data.get("title")).get("rendered"))).text.split()),
        text=shown(written(table(data.get("content")).get("rendered"))).text[:POST_TEXT],
        url=web_address(data.get("link")),
        posted_at=moment(data.get("date_gmt")),
    )


def refusal(answer: Answer, host: str, now: datetime) -> PlatformError:
    """What an answer that is not a success means. A write with a 5xx may have happened; one with a 4xx did not."""
    found = written(table(answer.json()).get("code"))
    code = found if _CODE.fullmatch(found) else ""
    by_code = _by_code(code, host, answer, now)
    if by_code is not None:
        return by_code
    if answer.status >= 500 or answer.status in (408, 425):
        return _at_fault(answer, host, code)
    if 300 <= answer.status < 400:
        return Forbidden(
            words(
                "{host} sends us to another address: set the account's address to where the site really is.", host=host
            )
        )
    return _by_status(answer, host, code, now)


def _by_code(code: str, host: str, answer: Answer, now: datetime) -> PlatformError | None:
    if code in _REFUSED_LOGIN:
        return AuthRevoked(
            words(
                "{host} refuses the login: the application password is wrong, revoked or switched off there.", host=host
            )
        )
    if code in _GONE:
        return NotFound(words("{host} no longer has this comment or its post.", host=host))
    if code in _CLOSED:
        return Invalid(words("{host} takes no more comments under this post ({code}).", host=host, code=code))
    if code == "comment_duplicate":
        return Duplicate(words("{host} already holds this very reply.", host=host))
    if code == "comment_flood":
        return _too_many(answer, host, now)
    if code == "rest_no_route":
        return _no_interface(host)
    return None


def _by_status(answer: Answer, host: str, code: str, now: datetime) -> PlatformError:
    said = f" ({code})" if code else ""
    if answer.status == 429:
        return _too_many(answer, host, now)
    if answer.status == 401:
        return AuthRevoked(
            words(
                "{host} does not accept our login{said}: check the application password of the account.",
                host=host,
                said=said,
            )
        )
    if answer.status == 403:
        return Forbidden(
            words(
                "{host} does not let this login do that{said}: it needs the role Editor, or a firewall refused.",
                host=host,
                said=said,
            )
        )
    if answer.status == 404:
        return NotFound(words("{host} does not have it{said}.", host=host, said=said)) if code else _no_interface(host)
    if answer.status == 409:
        return Conflict(words("{host} holds another state than expected{said}.", host=host, said=said))
    return Invalid(
        words(
            "{host} refused the request as wrong{said}, with status {status}.",
            host=host,
            said=said,
            status=answer.status,
        )
    )


def _too_many(answer: Answer, host: str, now: datetime) -> RateLimited:
    at = retry_at(answer.headers.get("retry-after", ""), now)
    return RateLimited(
        words("{host} says that it had too many requests; the desk waits as long as it asks.", host=host), at
    )


def _no_interface(host: str) -> Unsupported:
    return Unsupported(
        words(
            "{host} does not offer WordPress's REST interface under /wp-json/: check the account's address.", host=host
        )
    )


def _at_fault(answer: Answer, host: str, code: str) -> PlatformError:
    why = f"{answer.status} ({code})" if code else str(answer.status)
    if answer.write:
        return Transient(
            words("{host} failed with status {status}: it may or may not have acted.", host=host, status=why),
            unknown_outcome=True,
        )
    return Outage(words("{host} failed with status {status}.", host=host, status=why))


def unreadable(answer: Answer, host: str) -> PlatformError:
    """A success that is not the JSON that it should be. After a write, nobody knows."""
    if answer.write:
        return Transient(
            words("{host} answered something unreadable: it may or may not have acted.", host=host),
            unknown_outcome=True,
        )
    raw = answer.body[:2000].decode("utf-8", "replace")
    return BadPayload(words("{host} answered something that is not WordPress's JSON.", host=host), raw)
