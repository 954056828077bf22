"""What a platform told us: a comment as it stood at one moment, its author, and the post that it stands under."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What the comment is on its platform."""

    COMMENT = "comment"
    REPLY = "reply"
    MENTION = "mention"
    QUOTE = "quote"


class RemoteState(StrEnum):
    """How the platform itself shows the comment."""

    VISIBLE = "visible"
    HELD = "held"
    HIDDEN = "hidden"
    SPAM = "spam"
    TRASHED = "trashed"
    DELETED = "deleted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it, as the platform names them. `remote_id` is empty where the platform has no account for them."""

    remote_id: str
    name: str
    handle: str = ""
    ours: bool = False
    """True where the platform authenticated this author as the agency's own account."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, voice or video: where it is and what its alt text says. Never judged, never hidden unseen."""

    url: str
    alt: str = ""
    kind: str = "picture"


@dataclass(frozen=True, slots=True)
class Post:
    """The official post that comments stand under."""

    remote_id: str
    title: str = ""
    text: str = ""
    url: str = ""
    posted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteComment:
    """One comment as fetched: raw text, not yet cleaned. Only `store` and the judge see it before `text.clean`."""

    remote_id: str
    text: str
    author: Author
    created_at: datetime
    """UTC."""
    state: RemoteState
    revision: str
    """Changes whenever the text or the state changes on the platform (an etag, or a hash of both)."""
    kind: Kind = Kind.COMMENT
    post: Post | None = None
    parent_remote_id: str = ""
    edited_at: datetime | None = None
    language: str = ""
    """What the platform says; empty where it says nothing."""
    media: tuple[Media, ...] = ()
    permalink: str = ""
    raw: str = "{}"
    """The platform's own words as pure-ASCII JSON: the evidence."""


@dataclass(frozen=True, slots=True)
class CleanComment:
    """The same comment after `text.clean`: safe to judge, store, index and draw."""

    text: str
    author_name: str
    author_handle: str
    post_title: str = ""
    post_text: str = ""
    flags: tuple[str, ...] = field(default=())
    """What cleaning found: control, bidi, hidden, zalgo, long, unassigned."""
