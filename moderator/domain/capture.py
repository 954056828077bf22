"""A capture: the evidence of what one version of a comment said, as it was taken in, with where the record holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Capture:
    """One version of one comment as evidence. Every text in it is already clean, but for `raw`."""

    item_id: int
    n: int
    """Which version this is, counted from 1."""
    versions: int
    """How many versions the desk has seen."""
    account: str
    platform: str
    site: str
    """Address of the account's site, as the login record has it."""
    remote_id: str
    """The comment's own id on its platform."""
    author_name: str
    author_handle: str
    author_remote_id: str
    post_title: str
    post_url: str
    permalink: str
    """Where the comment stood, as the platform named it."""
    text: str
    media: tuple[str, ...]
    """Kind, description and address of each picture, voice or video, which are not captured themselves."""
    language: str
    flags: tuple[str, ...]
    """What cleaning found in the text: control, bidi, hidden …"""
    retention: str
    """The records class that it is kept under."""
    created_at: datetime
    """UTC, as the platform says."""
    created_local: str
    """The same in the desk's own time, with its offset."""
    edited_at: datetime | None
    """UTC, as the platform says; None where it says nothing."""
    captured_at: datetime
    """UTC: when the desk read this version."""
    captured_local: str
    method: str
    """How it came in, in words."""
    raw: str
    """What the platform said of it, as JSON in pure ASCII, exactly as stored."""
    raw_sha256: str
    """Digest of `raw`, hexadecimal."""
    text_sha256: str
    """Digest of `text` in UTF-8, hexadecimal."""
    event: int
    """Number of the trail's event that recorded it."""
    event_hash: str
    holds: bool
    """Whether the stored words and the platform's own are still what that event recorded."""
