"""What the desk shows: the answers of the interface. Plain data; every text in it is already clean.

A record is loaded when it is first named: making them all takes longer than anything else that a short command does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderator.domain.rooms import named_in

if TYPE_CHECKING:
    from moderator.domain.view.account import AccountView, Imported, PlatformView, Tested
    from moderator.domain.view.bulk import Batch, BulkPreview, Excluded
    from moderator.domain.view.desk import AccountHealth, ClauseView, Done, Hello, PolicyView, Status
    from moderator.domain.view.figures import Aged, Bucket, Exposure, Figures, Turnaround
    from moderator.domain.view.flight import DraftView, EffectView
    from moderator.domain.view.item import (
        DecisionView,
        Detail,
        EscalationView,
        GlossView,
        MediaAddress,
        MediaSeenView,
        MediaView,
        NoteView,
        OrderView,
        Powers,
        ThreadEntry,
        TrailView,
        VersionView,
    )
    from moderator.domain.view.queue import Changed, QueuePage, Row, View

__all__ = [
    "API",
    "AccountHealth",
    "AccountView",
    "Aged",
    "Batch",
    "Bucket",
    "BulkPreview",
    "Changed",
    "ClauseView",
    "DecisionView",
    "Detail",
    "Done",
    "DraftView",
    "EffectView",
    "EscalationView",
    "Excluded",
    "Exposure",
    "Figures",
    "GlossView",
    "Hello",
    "Imported",
    "MediaAddress",
    "MediaSeenView",
    "MediaView",
    "NoteView",
    "OrderView",
    "PlatformView",
    "PolicyView",
    "Powers",
    "QueuePage",
    "Row",
    "Status",
    "Tested",
    "ThreadEntry",
    "TrailView",
    "Turnaround",
    "VersionView",
    "View",
]

_ROOMS: Final = {
    "account": "AccountView Imported PlatformView Tested",
    "bulk": "Batch BulkPreview Excluded",
    "desk": "AccountHealth ClauseView Done Hello PolicyView Status",
    "figures": "Aged Bucket Exposure Figures Turnaround",
    "flight": "DraftView EffectView",
    "item": "DecisionView Detail EscalationView GlossView MediaAddress MediaSeenView MediaView NoteView"
    " OrderView Powers ThreadEntry TrailView VersionView",
    "queue": "Changed QueuePage Row View",
}
"""Module of this package → the names that stand in it."""

__getattr__ = named_in(__name__, _ROOMS)

API = 1
"""Version of the interface; the path prefix is /v1. A client of another version is told so."""
