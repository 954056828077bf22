"""Comments from a file: JSON Lines that a person exported from a platform which the desk cannot reach itself.

One comment a line, in UTF-8:

    {"id": "17", "text": "…", "author": {"id": "u4", "name": "…", "handle": "@…"}, "created_at": "2026-11-22T13:54:10Z",
     "post": {"id": "p1", "title": "…", "text": "…", "url": "https://…"}, "parent": "16", "language": "as",
     "permalink": "https://…", "media": [{"url": "https://…", "alt": "…", "kind": "picture"}]}

`text` and `created_at` must be there. `author` may be a mere name and `post` a mere title. Without `id`, a digest of
author, time, post and text stands for it, so that the same file may be read twice. Every other field is kept as
evidence. The lines come through the client; the service opens no file.

Nothing can be done on the platform from here: decisions are recorded, nothing is sent.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from moderator.domain.comment import Author, Kind, Media, Post, RemoteComment, RemoteState
from moderator.domain.wording import mark, words
from moderator.platforms.base import Action, Capabilities, Identity, Invalid, Observed, Outcome, Page, Unsupported
from moderator.platforms.reading import evidence, fingerprint, identifier, moment, rows, table, web_address, written

LONGEST_LINE: Final = 1024 * 1024
"""Bytes of one line."""

CAPABILITIES: Final = Capabilities(tested="contract")
"""Read-only work."""

_SILENT: Final = mark(
    "This account only reads a file: nothing can be sent from here. Act on the platform itself, and record it."
)


def comment_of(line: bytes | str, number: int) -> RemoteComment | None:
    """The comment on one line; None for an empty one.

    Raises `Invalid` naming the line by `number` and the field.
    """
    data = _object(line, number)
    if data is None:
        return None
    text, created = data.get("text"), moment(data.get("created_at"))
    if not isinstance(text, str):
        raise Invalid(words("Line {number} has no field “text” with the comment's words.", number=number))
    if created is None:
        raise Invalid(
            words("Line {number} has no field “created_at” with a moment such as 2026-11-22T13:54:10Z.", number=number)
        )
    author, post, parent = _author(data.get("author")), _post(data.get("post")), identifier(data.get("parent"))
    state = _state(data.get("state"), number)
    where = post.remote_id if post else ""
    derived = fingerprint(author.remote_id, author.name, created.isoformat(), where, parent, text)
    return RemoteComment(
        remote_id=identifier(data.get("id")) or f"line-{derived}",
        text=text,
        author=author,
        created_at=created,
        state=state,
        revision=fingerprint(text, state),
        kind=_kind(data.get("kind"), parent, number),
        post=post,
        parent_remote_id=parent,
        edited_at=moment(data.get("edited_at")),
        language=identifier(data.get("language"))[:20],
        media=tuple(_media(entry) for entry in rows(data.get("media"))),
        permalink=web_address(data.get("permalink")),
        raw=evidence(data),
    )


def _object(line: bytes | str, number: int) -> Mapping[str, Any] | None:
    if len(line) > LONGEST_LINE:
        raise Invalid(words("Line {number} is longer than {limit} KiB.", number=number, limit=LONGEST_LINE // 1024))
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line
        if not text.strip():
            return None
        data = json.loads(text)
    except UnicodeDecodeError:
        raise Invalid(words("Line {number} is not UTF-8: save the file as UTF-8.", number=number)) from None
    except (ValueError, RecursionError):
        raise Invalid(
            words("Line {number} is not JSON: each line must hold one whole object.", number=number)
        ) from None
    if not isinstance(data, dict):
        raise Invalid(words("Line {number} must be an object: {{…}}.", number=number))
    return data


def _author(value: Any) -> Author:
    if isinstance(value, str):
        return Author(remote_id="", name=value)
    data = table(value)
    return Author(identifier(data.get("id")), written(data.get("name")), written(data.get("handle")))


def _post(value: Any) -> Post | None:
    if isinstance(value, str) and value.strip():
        return Post(remote_id=f"title-{fingerprint(value)}", title=value)
    data = table(value)
    title, text = written(data.get("title")), written(data.get("text"))
    remote_id = identifier(data.get("id")) or (f"title-{fingerprint(title)}" if title else "")
    if not remote_id:
        return None
    return Post(remote_id, title, text, web_address(data.get("url")), moment(data.get("posted_at")))


def _media(value: Any) -> Media:
    data = table(value)
    return Media(web_address(data.get("url")), written(data.get("alt")), identifier(data.get("kind"))[:40] or "picture")


def _state(value: Any, number: int) -> RemoteState:
    try:
        return RemoteState(value) if value else RemoteState.VISIBLE
    except ValueError:
        raise Invalid(
            words(
                "Line {number}: “state” must be one of {names}.",
                number=number,
                names=", ".join(RemoteState),
            )
        ) from None


def _kind(value: Any, parent: str, number: int) -> Kind:
    try:
        return Kind(value) if value else Kind.REPLY if parent else Kind.COMMENT
    except ValueError:
        raise Invalid(
            words("Line {number}: “kind” must be one of {names}.", number=number, names=", ".join(Kind))
        ) from None


class Importer:
    """An account whose comments come from files. See `platforms.base.Connector` for the meaning of the methods."""

    def __init__(self, account_id: int, login_id: str) -> None:
        self.capabilities = CAPABILITIES
        self._account_id = account_id
        self._login_id = login_id

    async def probe(self) -> Identity:
        """There is nobody to ask: the account's own record is all there is."""
        return Identity(f"import-{self._account_id}", self._login_id or "imported file", ("reads files",))

    async def fetch(self, cursor: str, budget: int = 100) -> Page:
        """Nothing comes by itself; `comment_of` reads the lines that a person hands in."""
        return Page((), cursor)

    async def refresh(self, remote_ids: Sequence[str]) -> Sequence[Observed]:
        """Nothing can be observed: a file does not say how things stand now."""
        return ()

    async def context(self, remote_id: str) -> Sequence[RemoteComment]:
        """A file is not asked again: the desk shows what it has taken in."""
        return ()

    async def act(self, action: Action) -> Outcome:
        """Refused always: nothing can be sent."""
        raise Unsupported(words(_SILENT))

    async def look(self, action: Action, taken: frozenset[str]) -> Outcome:
        """Refused always: nothing was sent."""
        raise Unsupported(words(_SILENT))

    def stream(self, cursor: str) -> AsyncIterator[None] | None:
        """Files do not call."""
        return None

    async def aclose(self) -> None:
        """Nothing is open."""
