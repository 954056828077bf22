"""The trail as the desk tells and checks it."""

from __future__ import annotations

from moderator.desk.reading import trail_page
from moderator.store.trail import verify

__all__ = ["trail_page", "verify"]
