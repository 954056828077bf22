"""The frame of every screen as plain lines: head, views, banners, the strip of what is in flight, and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from moderator import text
from moderator.domain.effect import EffectState
from moderator.domain.view import View
from moderator.tui.actions import Action, Place, allowed
from moderator.tui.paper import Line, Piece, both_ends, fit, line
from moderator.tui.state import State

VIEW_NAMES: dict[View, str] = {
    View.MINE: "Mine", View.NEW: "New", View.DUE: "Due", View.BACK: "Back", View.ESCALATED: "Escalated",
    View.REVIEW: "Review", View.IN_FLIGHT: "In flight", View.ALL: "All", View.FOUND: "Found",
}  # fmt: skip
"""The views in the order of their digits."""
SAID_LINES = 3
"""Most lines that one sentence of the desk may take above the keys."""
ALWAYS_LISTED = 7
"""Views up to this digit are always in sight; the others while they are open."""
KEY_BAR: dict[Place, tuple[str, ...]] = {
    Place.QUEUE: ("leave", "hide", "reply", "escalate", "snooze", "open", "find", "keys", "palette"),
    Place.ITEM: ("leave", "hide", "reply", "escalate", "snooze", "note", "thread", "next_item", "back", "keys"),
}
"""What the key bar names first; everything else is under `?` and `:`."""


def head(state: State, width: int) -> Line:
    """Desk, who is on duty, how the platforms are, the time."""
    status = state.status
    if status is None:
        return both_ends([(" connecting to the desk…", "dim")], [], width)
    duty = f" · {text.one_line(status.person)} · {len(status.on_duty)} on duty"
    left: list[Piece] = [(f" {text.one_line(status.desk)}", "title"), (duty, "dim")]
    return both_ends(left, [(f"{_platforms(state)} · {state.clock()} ", "dim")], width)


def _platforms(state: State) -> str:
    accounts = state.status.accounts if state.status else ()
    down = [account for account in accounts if not account.up and account.status == "active"]
    if not accounts:
        return "no account yet"
    return f"{len(down)} of {len(accounts)} platforms down" if down else "all platforms up"


def views(state: State, current: View, width: int) -> Line:
    """The views with their digits and counts; "–" where a view is empty."""
    counts = state.status.counts if state.status else {}
    entries = [(digit, view, counts.get(view.value, 0)) for digit, view in enumerate(View, 1)]
    listed = [entry for entry in entries if entry[0] <= ALWAYS_LISTED or entry[1] is current]
    words = [(f"{digit} {VIEW_NAMES[view]} {count or '–'}", view is current) for digit, view, count in listed]
    gap = "  " if sum(text.cells(name) + 4 for name, _ in words) <= width else " "
    pieces: list[Piece] = [(" ", "text")]
    for name, is_current in words:
        pieces.append((f"[{name}]" if is_current else name, "title" if is_current else "dim"))
        pieces.append((gap, "text"))
    return fit(tuple(pieces), width)


def banners(state: State, width: int) -> list[Line]:
    """What everybody must know before anything else: one line each, none where nothing is wrong."""
    told: list[tuple[str, str]] = []
    status = state.status
    if status is not None and status.practice:
        told.append(("PRACTICE: nothing here reaches a platform or a citizen", "banner"))
    elif status is not None and status.private:
        told.append(("PRIVATE DESK: only you see it; acts that need two people are refused", "warn"))
    if state.line_sentence:
        told.append((f"✗ {state.line_sentence}", "bad"))
    if status is not None:
        if status.read_only:
            told.append((f"✗ NOT SAVED: {status.read_only}", "bad"))
        told.extend((f"! {notice}", "warn") for notice in status.notices)
        told.extend(
            (f"! {account.name}: {account.sentence}", "warn") for account in status.accounts if account.sentence
        )
    return [line(text.pad(f" {text.one_line(words)}", width), role) for words, role in told[:4]]


def urgent_piece(state: State, key: str = "u") -> list[Piece]:
    """The one announcement that is never held back, on every screen."""
    return [(f" · {len(state.urgent)} URGENT ( {key} )", "urgent")] if state.urgent else []


def strip(state: State, width: int, monotonic: float) -> list[Line]:
    """Two lines that tell the truth about what has happened and what is in flight."""
    arrivals: list[Piece] = [(f" · {state.fresh} new ( . )", "accent")] if state.fresh else []
    left = [*urgent_piece(state), *arrivals]
    undo = _undo(state, width - sum(text.cells(part) for part, _ in left) - 1, monotonic)
    said = said_lines(state, width)
    if len(said) > 1:
        return [both_ends(left, undo or in_flight(state, monotonic, width // 2), width), *said]
    words = cells_of(said[0])
    waiting = in_flight(state, monotonic, max(width - words - 2, width // 2))
    room = width - sum(text.cells(part) for part, _ in waiting) - 1
    return [both_ends(left, undo, width), both_ends(fit(said[0], room), waiting, width)]


def said_lines(state: State, width: int) -> list[Line]:
    """What has just happened, whole: a refusal and its cure may take up to three lines."""
    wrapped = text.wrap(text.one_line(state.said.text), max(width - 2, 8))[:SAID_LINES] or [("", 0)]
    return [line(f" {part}", state.said.role) for part, _ in wrapped]


def cells_of(given: Line) -> int:
    """The cells that a line takes."""
    return sum(text.cells(part) for part, _ in given)


def _undo(state: State, room: int, monotonic: float) -> list[Piece]:
    """What z would take back, and for how long still; its name gives way where room is short."""
    target = state.undo_target(monotonic)
    if target is None:
        return []
    left = f", {-int(-(target.deadline - monotonic) // 1)} s left " if target.deadline is not None else " "
    name = text.clip(text.one_line(target.label), max(room - len("z undoes: ") - len(left), 0))
    return [("z", "key"), (f" undoes: {name}{left}", "text")]


_TELLING = (EffectState.PARKED, EffectState.UNCERTAIN, EffectState.FAILED, EffectState.SENDING, EffectState.READY)
"""Which effect is told first; a held one is named by its undo."""


def in_flight(state: State, monotonic: float, room: int) -> list[Piece]:
    """The effect that matters most, and how many more there are."""
    waiting = sorted(
        (effect for effect in state.effects if effect.state in _TELLING), key=lambda one: _TELLING.index(one.state)
    )
    if not waiting:
        return []
    more = f"  +{len(waiting) - 1}" if len(waiting) > 1 else ""
    sentence = text.clip(text.one_line(state.effect_sentence(waiting[0], monotonic)), room - len(more) - 1)
    role = "warn" if waiting[0].state in _TELLING[:3] else "dim"
    return [(f"{sentence}{more} ", role)]


def keys(state: State, place: Place, width: int, only: Sequence[str] = ()) -> Line:
    """The next keys, named by what they do; as many as fit, in order of use."""
    able = {action.id: action for action in allowed(place, state.permissions)}
    wanted = [able[name] for name in (only or KEY_BAR[place]) if name in able]
    return _key_bar(wanted, width)


def _key_bar(wanted: Sequence[Action], width: int) -> Line:
    pieces: list[Piece] = []
    used = 1
    for action in wanted:
        size = text.cells(f"{action.shown} {action.label}") + 2
        if used + size - 2 > width:
            break
        pieces += [(action.shown, "key"), (f" {action.label}  ", "dim")]
        used += size
    return ((" ", "text"), *pieces)
