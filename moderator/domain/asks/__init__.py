"""What a client may ask of the desk: the bodies of the interface, one dataclass for each act.

An ask is loaded when it is first named: a screen needs few of them before its first key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderator.domain.rooms import named_in

if TYPE_CHECKING:
    from moderator.domain.asks.deciding import (
        CheckConduct,
        Escalate,
        Hide,
        Hold,
        Leave,
        Note,
        Nothing,
        ReasonCode,
        Reply,
        SaveDraft,
        Snooze,
        TakeOver,
    )
    from moderator.domain.asks.desk import Because, NewAccount, NewPerson, SetSecret, SettleEffect, Settling
    from moderator.domain.asks.order import ReceivedOrder
    from moderator.domain.asks.passing import Assign, CannotRead, Gloss, MediaSeen
    from moderator.domain.asks.queue import Bulk, Order, Seen

__all__ = [
    "Assign",
    "Because",
    "Bulk",
    "CannotRead",
    "CheckConduct",
    "Escalate",
    "Gloss",
    "Hide",
    "Hold",
    "Leave",
    "MediaSeen",
    "NewAccount",
    "NewPerson",
    "Note",
    "Nothing",
    "Order",
    "ReasonCode",
    "ReceivedOrder",
    "Reply",
    "SaveDraft",
    "Seen",
    "SetSecret",
    "SettleEffect",
    "Settling",
    "Snooze",
    "TakeOver",
]

_ROOMS: Final = {
    "deciding": "CheckConduct Escalate Hide Hold Leave Note Nothing ReasonCode Reply SaveDraft Snooze TakeOver",
    "desk": "Because NewAccount NewPerson SetSecret SettleEffect Settling",
    "order": "ReceivedOrder",
    "passing": "Assign CannotRead Gloss MediaSeen",
    "queue": "Bulk Order Seen",
}
"""Module of this package → the names that stand in it."""

__getattr__ = named_in(__name__, _ROOMS)
