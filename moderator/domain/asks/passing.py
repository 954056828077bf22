"""Passing an item on, and what somebody else says of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assign:
    """Give an item to a colleague on duty, by Unix name."""

    person: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CannotRead:
    """The officer cannot read it: somebody who can should have it."""

    language: str = ""
    """What language it may be, as a code; empty takes what the engine recognised."""


@dataclass(frozen=True, slots=True)
class Gloss:
    """What a comment says, in words that the others can read; by somebody who reads its language."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class MediaSeen:
    """The officer opened the picture or heard the voice elsewhere, and says in a line what it shows."""

    text: str
