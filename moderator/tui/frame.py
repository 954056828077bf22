"""The frame of every screen as plain lines: head, views, banners, the strip of what is in flight, and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from moderator import text
from moderator.domain.asks import Order
from moderator.domain.effect import EffectState
from moderator.domain.view import View
from moderator.locale import N_, _, n_, number
from moderator.tui import actions
from moderator.tui.actions import Action, Place, allowed
from moderator.tui.paper import Line, Piece, both_ends, fit, line
from moderator.tui.state import State

VIEW_NAMES: dict[View, str] = {
    View.MINE: N_("Mine"), View.NEW: N_("New"), View.DUE: N_("Due"), View.BACK: N_("Back"),
    View.ESCALATED: N_("Escalated"), View.REVIEW: N_("Review"), View.IN_FLIGHT: N_("In flight"), View.ALL: N_("All"),
    View.FOUND: N_("Found"),
}  # fmt: skip
"""The views in the order of their digits; said with `_`."""
ORDER_NAMES: dict[Order, str] = {
    Order.DUE: N_("sorted by due time"), Order.AGE: N_("oldest first"), Order.NEWEST: N_("newest first"),
}  # fmt: skip
"""What the head says of an order that is not the desk's own."""
SAID_LINES = 3
"""Most lines that one sentence of the desk may take above the keys."""
ALWAYS_LISTED = 7
"""Views up to this digit are always in sight; the others while they are open."""
KEY_BAR: dict[Place, tuple[str, ...]] = {
    Place.QUEUE: ("leave", "hide", "reply", "escalate", "snooze", "open", "find", "keys", "palette"),
    Place.ITEM: ("leave", "hide", "reply", "escalate", "snooze", "note", "thread", "next_item", "back", "keys"),
}
"""What the key bar names first; everything else is under `?` and `:`."""
MARKED_BAR = ("leave", "hide", "mark", "range", "alike", "open", "find", "keys", "palette")
"""The same at the queue, while rows are marked."""


def head(state: State, width: int) -> Line:
    """Desk, who is on duty, how old the oldest open comment is, how the platforms are, the time."""
    status = state.status
    if status is None:
        return both_ends([(f" {_('connecting to the desk…')}", "dim")], [], width)
    duty = " · " + _("{person} · {n} on duty", person=text.one_line(status.person), n=len(status.on_duty))
    left: list[Piece] = [(f" {text.one_line(status.desk)}", "title"), (duty, "dim")]
    return both_ends(left, [(f"{_oldest(state)}{_platforms(state)} · {state.clock()} ", "dim")], width)


def _oldest(state: State) -> str:
    """How long the oldest open comment has waited: what nobody looks at shows here. Nothing is old within a minute."""
    status = state.status
    if status is None or status.oldest is None:
        return ""
    waited = (state.now - status.oldest).total_seconds()
    return _("oldest {age}", age=span(waited)) + " · " if waited >= 60 else ""


def span(seconds: float) -> str:
    """A stretch of time in its one fitting unit."""
    minutes = max(int(seconds // 60), 0)
    if seconds < 60:
        return _("{n} s", n=max(int(seconds), 0))
    if minutes < 60:
        return _("{n} min", n=minutes)
    return _("{n} h", n=minutes // 60) if minutes < 1440 else _("{n} d", n=minutes // 1440)


def _platforms(state: State) -> str:
    accounts = state.status.accounts if state.status else ()
    down = [account for account in accounts if not account.up and account.status == "active"]
    if not accounts:
        return _("no account yet")
    if down:
        return _("{n} of {all} platforms down", n=len(down), all=len(accounts))
    return _("all platforms up")


def views(state: State, current: View, width: int, order: Order = Order.PRIORITY) -> Line:
    """The views with their digits and counts, "–" where a view is empty; then the order, where it is not the desk's."""
    counts = state.status.counts if state.status else {}
    entries = [(digit, view, counts.get(view.value, 0)) for digit, view in enumerate(View, 1)]
    listed = [entry for entry in entries if entry[0] <= ALWAYS_LISTED or entry[1] is current]
    words = [(_view_entry(digit, view, counted(state, count)), view is current) for digit, view, count in listed]
    sorted_so: list[Piece] = [(f"{_(ORDER_NAMES[order])} ", "accent")] if order in ORDER_NAMES else []
    room = width - sum(text.cells(name) + 1 for name, _role in sorted_so) - 3
    while len(words) > 1 and sum(text.cells(name) + 1 for name, _current in words) > room:
        words.remove([entry for entry in words if not entry[1]][-1])  # the view that is shown is always in sight
    gap = "  " if sum(text.cells(name) + 2 for name, _current in words) <= room else " "
    pieces: list[Piece] = [(" ", "text")]
    for name, is_current in words:
        pieces.append((f"[{name}]" if is_current else name, "title" if is_current else "dim"))
        pieces.append((gap, "text"))
    return both_ends(fit(tuple(pieces), width), sorted_so, width) if sorted_so else fit(tuple(pieces), width)


def _view_entry(digit: int, view: View, count: str) -> str:
    """A view with its digit and count; what was found is counted where it is shown."""
    name = f"{digit} {_(VIEW_NAMES[view])}"
    return name if view is View.FOUND else f"{name} {count}"


def counted(state: State, count: int) -> str:
    """A count of the desk: "–" for none, and a plus where it stopped counting."""
    if not count:
        return "–"
    return number(count) + ("+" if state.count_cap and count >= state.count_cap else "")


def banners(state: State, width: int) -> list[Line]:
    """What everybody must know before anything else: one line each, none where nothing is wrong."""
    told: list[tuple[str, str]] = []
    status = state.status
    if status is not None and status.practice:
        told.append((_("PRACTICE: nothing here reaches a platform or a citizen"), "banner"))
    elif status is not None and status.private:
        told.append((_("PRIVATE DESK: only you see it; acts that need two people are refused"), "warn"))
    if state.line_sentence:
        told.append((f"✗ {state.line_sentence}", "bad"))
    if status is not None:
        if status.read_only:
            told.append((f"✗ {_('NOT SAVED: {why}', why=status.read_only)}", "bad"))
        told.extend((f"! {notice}", "warn") for notice in status.notices)
        told.extend(
            (f"! {account.name}: {account.sentence}", "warn") for account in status.accounts if account.sentence
        )
    return [line(text.pad(f" {text.one_line(words)}", width), role) for words, role in told[:4]]


def urgent_piece(state: State, key: str = "") -> list[Piece]:
    """The one announcement that is never held back, on every screen."""
    if not state.urgent:
        return []
    words = _("{n} URGENT ( {key} )", n=len(state.urgent), key=key or actions.key("urgent"))
    return [(f" · {words}", "urgent")]


def _counted(state: State) -> list[Piece]:
    """What has come in since, and what the officer has marked."""
    news = " · " + _("{n} new ( {key} )", n=state.fresh, key=actions.key("fresh")) if state.fresh else ""
    marked = " · " + n_("{n} marked", "{n} marked", len(state.marks)) if state.marks else ""
    return [(words, role) for words, role in ((news, "accent"), (marked, "key")) if words]


def strip(state: State, width: int, monotonic: float) -> list[Line]:
    """Two lines that tell the truth about what has happened and what is in flight."""
    left = [*urgent_piece(state), *_counted(state)]
    undo = _undo(state, width - sum(text.cells(part) for part, _role in left) - 1, monotonic)
    said = said_lines(state, width)
    if len(said) > 1:
        return [both_ends(left, undo or in_flight(state, monotonic, width // 2), width), *said]
    words = cells_of(said[0])
    waiting = in_flight(state, monotonic, max(width - words - 2, width // 2))
    room = width - sum(text.cells(part) for part, _role in waiting) - 1
    return [both_ends(left, undo, width), both_ends(fit(said[0], room), waiting, width)]


def said_lines(state: State, width: int) -> list[Line]:
    """What has just happened, whole: a refusal and its cure may take up to three lines."""
    wrapped = text.wrap(text.one_line(state.said.text), max(width - 2, 8))[:SAID_LINES] or [("", 0)]
    return [line(f" {part}", state.said.role) for part, _role in wrapped]


def cells_of(given: Line) -> int:
    """The cells that a line takes."""
    return sum(text.cells(part) for part, _role in given)


def _undo(state: State, room: int, monotonic: float) -> list[Piece]:
    """What z would take back, and for how long still; its name gives way where room is short."""
    target = state.undo_target(monotonic)
    if target is None:
        return []
    if _stoppable(state, monotonic):
        return _progress(state, room)
    left = ""
    if target.deadline is not None:
        left = ", " + _("{seconds} s left", seconds=-int(-(target.deadline - monotonic) // 1))
    key, words = actions.key("undo"), _("undoes: {what}", what="")
    name = text.clip(text.one_line(target.label), max(room - text.cells(f"{key} {words}{left} "), 0))
    return [(key, "key"), (f" {_('undoes: {what}', what=name)}{left} ", "text")]


def _stoppable(state: State, monotonic: float) -> bool:
    """Whether `z` would stop the bulk act that is going out: then its progress stands where z names its target."""
    running, target = state.running, state.undo_target(monotonic)
    return running is not None and target is not None and target.batch_id == running.id


def _progress(state: State, room: int) -> list[Piece]:
    """How far the bulk act is that is going out, in the desk's words; what it is gives way where room is short."""
    if state.running is None:
        return []
    far = text.one_line(state.running.sentence)
    name = text.clip(text.one_line(state.running.label), max(room - text.cells(far) - 3, 0))
    return [(f"{name}: " if name else "", "text"), (f"{text.clip(far, room - 1)} ", "accent")]


_TELLING = (EffectState.PARKED, EffectState.UNCERTAIN, EffectState.FAILED, EffectState.SENDING, EffectState.READY)
"""Which effect is told first; a held one is named by its undo."""


def in_flight(state: State, monotonic: float, room: int) -> list[Piece]:
    """How far a bulk act of this officer is, where `z` does not tell it; else the effect that matters most."""
    if state.running is not None and not _stoppable(state, monotonic):
        return _progress(state, room)
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
    marked = len(state.marks) if place is Place.QUEUE else 0
    names = only or (MARKED_BAR if marked else KEY_BAR.get(place, ()))
    return _key_bar([(able[name], _label(able[name], marked)) for name in names if name in able], width)


def _label(action: Action, marked: int) -> str:
    """What a key does; where rows are marked, to how many of them."""
    if marked and action.id == "leave":
        return n_("leave {n} marked", "leave {n} marked", marked)
    if marked and action.id == "hide":
        return n_("hide {n} marked…", "hide {n} marked…", marked)
    return _(action.label)


def _key_bar(wanted: Sequence[tuple[Action, str]], width: int) -> Line:
    pieces: list[Piece] = []
    used = 1
    for action, label in wanted:
        size = text.cells(f"{action.shown} {label}") + 2
        if used + size - 2 > width:
            break
        pieces += [(action.shown, "key"), (f" {label}  ", "dim")]
        used += size
    return ((" ", "text"), *pieces)
