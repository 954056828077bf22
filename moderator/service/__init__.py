"""The process that serves the desk: HTTP over a Unix socket, identities from the kernel, events, workers."""

from __future__ import annotations

from moderator.service.process import serve

__all__ = ["serve"]
