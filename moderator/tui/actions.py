"""The one registry of what keys do: it feeds bindings, key bar, help, palette and the check of the keymap.

A key means one thing everywhere. The few keys of writing (Enter, Tab, Esc, d) are named per place, because there they
are the next step of that place. `ACTIONS` is the table as it ships; the configuration's `[keys]` may give an action
other keys (`tui.keys`), and everything below answers with the table in force.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from moderator.domain.person import Permission
from moderator.locale import N_

if TYPE_CHECKING:
    from textual.binding import BindingType


class Place(StrEnum):
    """Where a key counts."""

    QUEUE = "queue"
    ITEM = "item"
    HIDE = "hide"
    BULK = "bulk"
    """The preview of one decision about many items."""
    WRITE = "write"
    PREVIEW = "preview"
    FORM = "form"
    FIGURES = "figures"
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
    """A word or two for the key bar, in English: said with `locale._` where it is drawn. So is `help`."""
    help: str
    places: frozenset[Place]
    permission: Permission = Permission.READ
    decides: bool = False
    """True where it ends, moves or answers an item: it counts only once the item was seen on this terminal."""
    act: str = ""
    """The act of the desk that it becomes, or "" where it stays on the screen."""
    danger: bool = False
    """True where something leaves the desk by it, once its window has passed: the help says so."""


_LIST = frozenset({Place.QUEUE})
_ITEM = frozenset({Place.ITEM})
_BOTH = _LIST | _ITEM
_FIGURES = frozenset({Place.FIGURES})
_ALL = _BOTH | _FIGURES | {Place.PREVIEW, Place.READ}
_ANYWHERE = frozenset(Place)
_WRITING = frozenset({Place.WRITE, Place.PREVIEW})
_TEXT = frozenset({Place.WRITE})
_PREVIEW = frozenset({Place.PREVIEW})
_BULK = frozenset({Place.BULK})

_DECIDE = (
    Action("leave", "a", "a", N_("leave"),
           N_("leave public, no reply needed"), _BOTH, Permission.DECIDE, True, "leave"),
    Action("hide", "h", "h", N_("hide…"),
           N_("hide on a clause: then its digit"), _BOTH, Permission.DECIDE, True, "hide", danger=True),
    Action("reply", "r", "r", N_("reply"), N_("write a reply"), _BOTH, Permission.REPLY, True, "reply"),
    Action("escalate", "e", "e", N_("hand off"),
           N_("escalate or hand off"), _BOTH, Permission.ESCALATE, True, "escalate", danger=True),
    Action("snooze", "s", "s", N_("snooze"), N_("put aside until later"), _BOTH, Permission.DECIDE, True, "snooze"),
    Action("order", "exclamation_mark", "!", N_("order"),
           N_("record an order or a request"), _BOTH, Permission.DECIDE, True, "order"),
    Action("reopen", "o", "o", N_("reopen"),
           N_("reopen, or reverse what was decided"), _BOTH, Permission.DECIDE, True, "reopen", danger=True),
    Action("approve", "p", "p", N_("approve"),
           N_("approve as the second person"), _BOTH, Permission.APPROVE, True, "approve", danger=True),
    Action("send_back", "b", "b", N_("send back"),
           N_("send a proposal back"), _BOTH, Permission.APPROVE, True, "send_back"),
    Action("withdraw", "", "", N_("withdraw"),
           N_("withdraw your own proposal"), _BOTH, Permission.DECIDE, True, "withdraw"),
    Action("close", "", "", N_("close"), N_("close an item that vanished"), _BOTH, Permission.DECIDE, True, "close"),
    Action("settle", "f", "f", N_("settle"), N_("say what became of a parked effect"), _BOTH, Permission.DECIDE, True),
)  # fmt: skip

_WORK = (
    Action("undo", "z", "z", N_("undo"),
           N_("undo; the line above the keys names what"), _BOTH, Permission.DECIDE, False, "undo"),
    Action("redo", "Z", "Z", N_("redo"), N_("do again what was undone last"), _BOTH, Permission.DECIDE, False, "redo",
           danger=True),
    Action("undo_history", "", "", N_("undo history"),
           N_("undo history: everything that you can take back now"), _BOTH, Permission.DECIDE),
    Action("mark", "x", "x", N_("mark"), N_("mark this row, or take its mark away"), _LIST),
    Action("range", "v", "v", N_("mark a range"), N_("mark from the last mark to here"), _LIST),
    Action("alike", "asterisk", "*", N_("mark alike"), N_("mark the near-duplicates of this row"), _LIST),
    Action("unmark", "", "", N_("unmark all"), N_("take every mark away"), _LIST),
    Action("claim", "c", "c", N_("claim"), N_("claim, or release"), _BOTH, Permission.DECIDE, False, "claim"),
    Action("take_over", "C", "C", N_("take over"),
           N_("take over, with a reason"), _BOTH, Permission.DECIDE, False, "take_over"),
    Action("assign", "A", "A", N_("assign"), N_("give it to a colleague on duty"), _BOTH, Permission.DECIDE, False,
           "assign"),
    Action("cannot_read", "L", "L", N_("pass on"), N_("I cannot read this: pass it to somebody who can"), _BOTH,
           Permission.DECIDE, False, "cannot_read"),
    Action("gloss", "", "", N_("gloss"), N_("gloss: what it says, for those who cannot read it"), _BOTH,
           Permission.DECIDE, False, "gloss"),
    Action("media_seen", "", "", N_("seen"), N_("seen: what a picture or voice showed that you opened elsewhere"),
           _BOTH, Permission.DECIDE, False, "media_seen"),
    Action("hold", "", "", N_("hold"), N_("keep it longer, with a reason"), _BOTH, Permission.DECIDE, False, "hold"),
    Action("note", "n", "n", N_("note"), N_("write a note for colleagues"), _BOTH, Permission.DECIDE, False, "note"),
)  # fmt: skip

_LOOK = (
    Action("open", "enter,right", "⏎", N_("open"), N_("open the item"), _LIST),
    Action("mask", "m", "m", N_("reveal"),
           N_("reveal masked words of this item"), _BOTH, Permission.READ, False, "reveal"),
    Action("lighter", "", "", N_("lighter view"),
           N_("lighter view, on or off: covered voices stand on one line"), _BOTH),
    Action("exposure", "", "", N_("my exposure"), N_("my exposure: how often I uncovered abuse; only I see it"), _BOTH),
    Action("thread", "t", "t", N_("thread"), N_("the whole thread"), _BOTH),
    Action("author", "w", "w", N_("author"), N_("the author on our pages"), _BOTH),
    Action("why", "y", "y", N_("why"), N_("why is this here"), _BOTH),
    Action("reference", "Y", "Y", N_("reference"), N_("show the reference to copy"), _BOTH),
    Action("urgent", "u", "u", N_("urgent"), N_("go to the most urgent item"), _ALL),
    Action("next", "N", "N", N_("next"), N_("the next item for you"), _BOTH),
    Action("dashboard", "D", "D", N_("dashboard"), N_("the desk in figures"), _BOTH),
    Action("hours", "tab", "Tab", N_("24 h or 7 days"), N_("the last 24 hours, or the last 7 days"), _FIGURES),
    Action("find", "slash", "/", N_("find"), N_("find as you type; Enter asks the desk"), _LIST),
    Action("sort_priority", "", "", N_("sort: priority"), N_("sort by priority: the desk's own order"), _LIST),
    Action("sort_due", "", "", N_("sort: due"), N_("sort by due time"), _LIST),
    Action("sort_age", "", "", N_("sort: age"), N_("sort by age, the oldest on top"), _LIST),
    Action("sort_newest", "", "", N_("sort: newest"), N_("sort by age, the newest on top"), _LIST),
    Action("fresh", "full_stop", ".", N_("show new"), N_("bring in what has arrived"), _LIST),
)  # fmt: skip

_MOVE = (
    Action("down", "j,down", "j ↓", N_("down"), N_("one down"), _BOTH | _FIGURES | _BULK),
    Action("up", "k,up", "k ↑", N_("up"), N_("one up"), _BOTH | _FIGURES | _BULK),
    Action("top", "g,home", "g", N_("top"), N_("to the top"), _BOTH | _FIGURES),
    Action("end", "G,end", "G", N_("end"), N_("to the end"), _BOTH | _FIGURES),
    Action("page_down", "pagedown,ctrl+d", "PgDn", N_("page down"), N_("one page down"), _BOTH | _FIGURES),
    Action("page_up", "pageup,ctrl+u", "PgUp", N_("page up"), N_("one page up"), _BOTH | _FIGURES),
    Action("previous_item", "left_square_bracket", "[", N_("previous"), N_("the item before"), _BOTH),
    Action("next_item", "right_square_bracket", "]", N_("next item"), N_("the item after"), _BOTH),
    Action("back", "escape,left", "Esc", N_("back"),
           N_("back; everything is kept"), _BOTH | _FIGURES | _BULK | {Place.READ}),
)  # fmt: skip

_VIEWS = tuple(
    Action(f"view_{digit}", str(digit), str(digit), name, told, _LIST)
    for digit, (name, told) in enumerate(
        (
            (N_("mine"), N_("view: mine")),
            (N_("new"), N_("view: new")),
            (N_("due"), N_("view: due")),
            (N_("back"), N_("view: back")),
            (N_("escalated"), N_("view: escalated")),
            (N_("review"), N_("view: review")),
            (N_("in flight"), N_("view: in flight")),
            (N_("all"), N_("view: all")),
            (N_("found"), N_("view: found")),
        ),
        start=1,
    )
)

_DESK = (
    Action("keys", "question_mark,f1", "?", N_("keys"), N_("all keys of this place"), _ANYWHERE),
    Action("palette", "colon", ":", N_("do"), N_("do anything by its name"), _BOTH | _FIGURES | {Place.READ}),
    Action("lock", "", "", N_("lock"), N_("cover this screen until a key is pressed"), _BOTH | _FIGURES | {Place.READ}),
    Action("quit", "ctrl+q", "Ctrl-q", N_("end"), N_("end your session; drafts are kept, leases are freed"), _ANYWHERE),
)  # fmt: skip

_REPLY = (
    Action("to_preview", "escape", "Esc", N_("preview"), N_("to the preview"), _TEXT),
    Action("send", "enter", "⏎", N_("send"),
           N_("send what the preview shows"), _PREVIEW, Permission.REPLY, danger=True),
    Action("to_text", "tab", "Tab", N_("back to the text"), N_("back to the text"), _PREVIEW),
    Action("keep", "escape", "Esc", N_("keep and leave"), N_("keep the draft and leave"), _PREVIEW),
    Action("drop", "d", "d", N_("drop"), N_("drop the draft; it can be recovered all shift"), _PREVIEW),
    Action("disclaimer", "f2", "F2", N_("disclaimer"), N_("add or remove the disclaimer"), _WRITING),
    Action("helpline", "f3", "F3", N_("helpline"), N_("the approved helpline answer"), _WRITING),
    Action("lift", "f4", "F4", N_("ask a second person"),
           N_("ask a second person to lift a rule that the text breaks"), _PREVIEW, Permission.REPLY),
    Action("restore", "f5", "F5", N_("bring back"),
           N_("bring back a draft that you dropped here"), _TEXT, Permission.REPLY),
)  # fmt: skip
"""Writing: the next step of that place."""

_MANY = (
    Action("carry_out", "enter", "⏎", N_("do it"), N_("do what the preview shows"), _BULK, Permission.DECIDE, True,
           danger=True),
    Action("only_this", "tab", "Tab", N_("only this one"),
           N_("the one row alone, not all that are alike"), _BULK, Permission.DECIDE),
)  # fmt: skip
"""One decision about many items: the next step of its preview."""

ACTIONS: tuple[Action, ...] = (*_DECIDE, *_WORK, *_LOOK, *_MOVE, *_VIEWS, *_DESK, *_REPLY, *_MANY)
"""Everything that is built. What is not built has no entry, and its key does nothing."""

RESERVED: frozenset[str] = frozenset({"l", "i", "H", "R", "S", "F"})
"""Keys that already have a meaning on this desk's keymap and may never be given another."""

STEPS: frozenset[str] = frozenset({"enter", "tab", "escape", "d"})
"""Keys whose meaning is "the next step of this place"."""

WRITTEN: frozenset[Place] = frozenset({Place.WRITE, Place.FORM, Place.HIDE})
"""Places where letters and signs are text: no action has such a key there."""

SIGNS: dict[str, str] = {
    "exclamation_mark": "!", "quotation_mark": '"', "number_sign": "#", "dollar_sign": "$", "percent_sign": "%",
    "ampersand": "&", "apostrophe": "'", "left_parenthesis": "(", "right_parenthesis": ")", "asterisk": "*",
    "plus": "+", "comma": ",", "minus": "-", "full_stop": ".", "slash": "/", "colon": ":", "semicolon": ";",
    "less_than_sign": "<", "equals_sign": "=", "greater_than_sign": ">", "question_mark": "?", "at": "@",
    "left_square_bracket": "[", "backslash": "\\", "right_square_bracket": "]", "circumflex_accent": "^",
    "underscore": "_", "grave_accent": "`", "left_curly_bracket": "{", "vertical_line": "|",
    "right_curly_bracket": "}", "tilde": "~",
}  # fmt: skip
"""Textual's names of the signs of a keyboard."""

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}

_force: dict[str, Action] = dict(BY_ID)


def use(actions: Sequence[Action]) -> None:
    """Answer with these actions from now on: the table with the configuration's own keys."""
    _force.clear()
    for action in actions:
        _force[action.id] = action


def in_force() -> tuple[Action, ...]:
    """Every action with the keys that it has here."""
    return tuple(_force.values())


def find(name: str) -> Action:
    """One action by its id, with the keys that it has here."""
    return _force[name]


def key(name: str) -> str:
    """The key of an action as a sentence names it; one without a key is done by its name."""
    return _force[name].shown or f"{_force['palette'].shown}{name}"


def keys_in(action: Action, place: Place) -> tuple[str, ...]:
    """The keys of an action in one place: where text is written, only those that write nothing."""
    keys = tuple(filter(None, action.keys.split(",")))
    return tuple(one for one in keys if not writes(one)) if place in WRITTEN else keys


def writes(name: str) -> bool:
    """Whether a key, by Textual's name, puts a letter or a sign into a text."""
    return len(name) == 1 or name == "space" or name in SIGNS


def bindings(place: Place, only: Collection[str] = ()) -> list[BindingType]:
    """Textual's bindings for one place, as the table ships: all of them, or only these actions."""
    from textual.binding import Binding  # the table itself is read without the library

    return [
        Binding(",".join(keys), f"act({action.id!r})", action.label, show=False, id=f"{place}.{action.id}")
        for action in ACTIONS
        if place in action.places and (keys := keys_in(action, place)) and (not only or action.id in only)
    ]


def keymap(place: Place) -> dict[str, str]:
    """Key → action id, for one place."""
    return {key: action.id for action in in_force() if place in action.places for key in keys_in(action, place)}


def allowed(place: Place, permissions: frozenset[str]) -> list[Action]:
    """What a person with these permissions can do in this place, in the order of the registry."""
    return [action for action in in_force() if place in action.places and action.permission in permissions]


def clashes(actions: Sequence[Action] | None = None) -> list[str]:
    """Every key that would mean two things: in one place, across places, or against a reserved key."""
    found: list[str] = []
    meanings: dict[str, str] = {}
    taken: set[tuple[Place, str]] = set()
    for action in ACTIONS if actions is None else actions:
        for name in filter(None, action.keys.split(",")):
            if name in RESERVED:
                found.append(f"{name} is reserved and means {action.id}")
            if name not in STEPS and meanings.setdefault(name, action.id) != action.id:
                found.append(f"{name} means {meanings[name]} and {action.id}")
            for place in action.places:
                if (place, name) in taken:
                    found.append(f"{name} means two things in {place}")
                taken.add((place, name))
    return found
