"""The one registry of what keys do: it feeds bindings, key bar, help, palette and the check of the keymap.

A key means one thing everywhere. The few keys of writing (Enter, Tab, Esc, d) are named per place, because there they
are the next step of that place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType

from moderator.domain.person import Permission


class Place(StrEnum):
    """Where a key counts."""

    QUEUE = "queue"
    ITEM = "item"
    HIDE = "hide"
    WRITE = "write"
    PREVIEW = "preview"
    FORM = "form"
    READ = "read"
    """Help and other pages that are only read."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing an officer can do, as every list of keys shows it."""

    id: str
    keys: str
    """Textual key names, comma-separated; empty for the palette alone."""
    shown: str
    """The key as the screen names it."""
    label: str
    help: str
    places: frozenset[Place]
    permission: Permission = Permission.READ
    decides: bool = False
    """True where it ends, moves or answers an item: it counts only once the item was seen on this terminal."""
    act: str = ""
    """The act of the desk that it becomes, or "" where it stays on the screen."""


_LIST = frozenset({Place.QUEUE})
_ITEM = frozenset({Place.ITEM})
_BOTH = _LIST | _ITEM
_ALL = _BOTH | {Place.PREVIEW, Place.READ}

ACTIONS: tuple[Action, ...] = (
    # decide
    Action("leave", "a", "a", "leave", "leave public, no reply needed", _BOTH, Permission.DECIDE, True, "leave"),
    Action("hide", "h", "h", "hide…", "hide on a clause: then its digit", _BOTH, Permission.DECIDE, True, "hide"),
    Action("reply", "r", "r", "reply", "write a reply", _BOTH, Permission.REPLY, True, "reply"),
    Action("escalate", "e", "e", "hand off", "escalate or hand off", _BOTH, Permission.ESCALATE, True, "escalate"),
    Action("snooze", "s", "s", "snooze", "put aside until later", _BOTH, Permission.DECIDE, True, "snooze"),
    Action(
        "order",
        "exclamation_mark",
        "!",
        "order",
        "record an order or a request",
        _BOTH,
        Permission.DECIDE,
        True,
        "order",
    ),
    Action(
        "reopen", "o", "o", "reopen", "reopen, or reverse what was decided", _BOTH, Permission.DECIDE, True, "reopen"
    ),
    Action("approve", "p", "p", "approve", "approve as the second person", _BOTH, Permission.APPROVE, True, "approve"),
    Action("send_back", "b", "b", "send back", "send a proposal back", _BOTH, Permission.APPROVE, True, "send_back"),
    Action("withdraw", "", "", "withdraw", "withdraw your own proposal", _BOTH, Permission.DECIDE, True, "withdraw"),
    Action("close", "", "", "close", "close an item that vanished", _BOTH, Permission.DECIDE, True, "close"),
    Action("settle", "f", "f", "settle", "say what became of a parked effect", _BOTH, Permission.DECIDE, True),
    # work
    Action(
        "undo", "z", "z", "undo", "undo; the line above the keys names what", _BOTH, Permission.DECIDE, False, "undo"
    ),
    Action("claim", "c", "c", "claim", "claim, or release", _BOTH, Permission.DECIDE, False, "claim"),
    Action(
        "take_over", "C", "C", "take over", "take over, with a reason", _BOTH, Permission.DECIDE, False, "take_over"
    ),
    Action("hold", "", "", "hold", "keep it longer, with a reason", _BOTH, Permission.DECIDE, False, "hold"),
    Action("note", "n", "n", "note", "write a note for colleagues", _BOTH, Permission.DECIDE, False, "note"),
    # look
    Action("open", "enter,right", "⏎", "open", "open the item", _LIST),
    Action("mask", "m", "m", "reveal", "reveal masked words of this item", _BOTH, Permission.READ, False, "reveal"),
    Action("thread", "t", "t", "thread", "the whole thread", _BOTH),
    Action("author", "w", "w", "author", "the author on our pages", _BOTH),
    Action("why", "y", "y", "why", "why is this here", _BOTH),
    Action("reference", "Y", "Y", "reference", "show the reference to copy", _BOTH),
    Action("urgent", "u", "u", "urgent", "go to the most urgent item", _ALL),
    Action("next", "N", "N", "next", "the next item for you", _BOTH),
    Action("find", "slash", "/", "find", "find as you type, in what is loaded", _LIST),
    Action("fresh", "full_stop", ".", "show new", "bring in what has arrived", _LIST),
    # move
    Action("down", "j,down", "j ↓", "down", "one down", _BOTH),
    Action("up", "k,up", "k ↑", "up", "one up", _BOTH),
    Action("top", "g,home", "g", "top", "to the top", _BOTH),
    Action("end", "G,end", "G", "end", "to the end", _BOTH),
    Action("page_down", "pagedown,ctrl+d", "PgDn", "page down", "one page down", _BOTH),
    Action("page_up", "pageup,ctrl+u", "PgUp", "page up", "one page up", _BOTH),
    Action("previous_item", "left_square_bracket", "[", "previous", "the item before", _BOTH),
    Action("next_item", "right_square_bracket", "]", "next item", "the item after", _BOTH),
    Action("back", "escape,left", "Esc", "back", "back; everything is kept", _BOTH | {Place.READ}),
    *(
        Action(f"view_{digit}", str(digit), str(digit), name, f"view: {name}", _LIST)
        for digit, name in enumerate(
            ("mine", "new", "due", "back", "escalated", "review", "in flight", "all", "found"), start=1
        )
    ),
    # anywhere
    Action("keys", "question_mark", "?", "keys", "all keys", _BOTH),
    Action("palette", "colon", ":", "do", "do anything by its name", _BOTH),
    Action("quit", "ctrl+q", "Ctrl-q", "end", "end your session; drafts are kept, leases are freed", frozenset(Place)),
    # writing: the next step of that place
    Action("to_preview", "escape", "Esc", "preview", "to the preview", frozenset({Place.WRITE})),
    Action("send", "enter", "⏎", "send", "send what the preview shows", frozenset({Place.PREVIEW}), Permission.REPLY),
    Action("to_text", "tab", "Tab", "back to the text", "back to the text", frozenset({Place.PREVIEW})),
    Action("keep", "escape", "Esc", "keep and leave", "keep the draft and leave", frozenset({Place.PREVIEW})),
    Action("drop", "d", "d", "drop", "drop the draft; it can be recovered all shift", frozenset({Place.PREVIEW})),
    Action(
        "disclaimer", "f2", "F2", "disclaimer", "add or remove the disclaimer", frozenset({Place.WRITE, Place.PREVIEW})
    ),
    Action("helpline", "f3", "F3", "helpline", "the approved helpline answer", frozenset({Place.WRITE, Place.PREVIEW})),
    Action(
        "lift",
        "f4",
        "F4",
        "ask a second person",
        "ask a second person to lift a rule that the text breaks",
        frozenset({Place.PREVIEW}),
        Permission.REPLY,
    ),
    Action(
        "restore",
        "f5",
        "F5",
        "bring back",
        "bring back a draft that you dropped here",
        frozenset({Place.WRITE}),
        Permission.REPLY,
    ),
)
"""Everything that is built. What is not built has no entry, and its key does nothing."""

RESERVED: frozenset[str] = frozenset({"A", "l", "x", "v", "asterisk", "i", "D", "H", "L", "R", "S", "F", "Z"})
"""Keys that already have a meaning on this desk's keymap and may never be given another."""

STEPS: frozenset[str] = frozenset({"enter", "tab", "escape", "d"})
"""Keys whose meaning is "the next step of this place"."""

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def bindings(place: Place, only: Collection[str] = ()) -> list[BindingType]:
    """Textual's bindings for one place, made from the registry: all of them, or only these actions."""
    return [
        Binding(action.keys, f"act({action.id!r})", action.label, show=False, id=f"{place}.{action.id}")
        for action in ACTIONS
        if place in action.places and action.keys and (not only or action.id in only)
    ]


def keymap(place: Place) -> dict[str, str]:
    """Key → action id, for one place."""
    return {key: action.id for action in ACTIONS if place in action.places for key in action.keys.split(",") if key}


def allowed(place: Place, permissions: frozenset[str]) -> list[Action]:
    """What a person with these permissions can do in this place, in the order of the registry."""
    return [action for action in ACTIONS if place in action.places and action.permission in permissions]


def clashes() -> list[str]:
    """Every key that would mean two things: in one place, across places, or against a reserved key."""
    found: list[str] = []
    meanings: dict[str, str] = {}
    taken: set[tuple[Place, str]] = set()
    for action in ACTIONS:
        for key in filter(None, action.keys.split(",")):
            if key in RESERVED:
                found.append(f"{key} is reserved and means {action.id}")
            if key not in STEPS and meanings.setdefault(key, action.id) != action.id:
                found.append(f"{key} means {meanings[key]} and {action.id}")
            for place in action.places:
                if (place, key) in taken:
                    found.append(f"{key} means two things in {place}")
                taken.add((place, key))
    return found
