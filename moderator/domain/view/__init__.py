"""What the desk shows: the answers of the interface. Plain data; every text in it is already clean."""

from __future__ import annotations

from moderator.domain.view.account import AccountView, Imported, PlatformView, Tested
from moderator.domain.view.bulk import Batch, BulkPreview, Excluded
from moderator.domain.view.desk import AccountHealth, ClauseView, Done, Hello, PolicyView, Status
from moderator.domain.view.figures import Aged, Bucket, Exposure, Figures, Turnaround
from moderator.domain.view.item import (
    DecisionView,
    Detail,
    DraftView,
    EffectView,
    EscalationView,
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
    "Hello",
    "Imported",
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

API = 1
"""Version of the interface; the path prefix is /v1. A client of another version is told so."""
