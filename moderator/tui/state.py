"""What this session knows of the desk, beside the queue itself: plain data that every screen's frame is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from moderator import locale, text
from moderator.domain import view
from moderator.domain.asks import Bulk
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Refused
from moderator.locale import N_, _
from moderator.tui import actions
from moderator.tui.marks import Marks

ANY_TIME = -1
"""A window that never closes: leaving public can be undone at any time."""
LANGUAGES = ("as", "bn", "brx", "en", "hi", "ne", "ta", "te", "ur")
"""Languages offered for a query, as codes; any other can be typed."""
KEPT = 20
"""Acts remembered that can be taken back, or done again."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """Something that `z` takes back, or `Z` does again."""

    item_id: int
    """0 where it is a batch."""
    label: str
    deadline: float | None
    """Monotonic seconds; None for any time."""
    act: str = "undo"
    batch_id: int = 0
    """The bulk act, where it is one; 0 for an act on a single item."""
    again: Bulk | None = None
    """What a bulk act of this session asked for: doing it again goes through its preview."""

    def same(self, other: Undoable) -> bool:
        """Whether both are acts on the same item, or the same bulk act."""
        return (self.item_id, self.batch_id) == (other.item_id, other.batch_id)

    def open(self, monotonic: float) -> bool:
        """Whether its window is open."""
        return self.deadline is None or self.deadline > monotonic


@dataclass(frozen=True, slots=True)
class Said:
    """The one line that tells what has just happened."""

    text: str
    role: str = "text"


@dataclass(slots=True)
class State:
    """The session's knowledge. Changed on the event loop only."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    hello: view.Hello | None = None
    status: view.Status | None = None
    policy: view.PolicyView | None = None
    line_up: bool = False
    line_sentence: str = ""
    urgent: tuple[int, ...] = ()
    fresh: int = 0
    """Comments that came in since the list was last brought up to date."""
    said: Said = Said("")
    revealed: set[int] = field(default_factory=set)
    lighter: bool = False
    """Whether covered voices of a thread stand on one line each."""
    undoables: list[Undoable] = field(default_factory=list)
    redoables: list[Undoable] = field(default_factory=list)
    """What was taken back in this session and can be done again."""
    batches: tuple[view.Batch, ...] = ()
    """Bulk acts of today, newest first, as they were last told."""
    count_cap: int = 0
    """Where the desk stops counting a view; 0 before it has said so."""
    marks: Marks = field(default_factory=Marks)
    """The items that the officer has marked."""
    offset: timedelta = timedelta()
    """Server's time minus ours."""
    received_at: float = 0.0
    """Monotonic seconds at which `status` came in; windows count down from there."""

    @property
    def permissions(self) -> frozenset[str]:
        """What this person may do; before the first hello, only look."""
        return frozenset(self.hello.permissions) if self.hello else frozenset({"read"})

    @property
    def now(self) -> datetime:
        """The desk's own time."""
        return datetime.now(UTC) + self.offset

    def clock(self, moment: datetime | None = None, seconds: bool = False) -> str:
        """A moment as the frame shows it, in the desk's time zone."""
        local = (moment or self.now).astimezone(self.zone)
        return locale.clock(local, seconds=seconds)

    def tell(self, text: str, role: str = "text") -> None:
        """Say what has happened, in the one place for it."""
        self.said = Said(text, role)

    def refuse(self, refusal: Refused) -> None:
        """Say that something was not done, why, and what to do."""
        self.said = Said(_("Not done: {why}", why=refusal), "bad")

    def late(self, due: datetime | None) -> bool:
        """Whether what was due at this moment is late now."""
        return due is not None and due < self.now

    def learn(self, status: view.Status, monotonic: float) -> None:
        """Take in a new status."""
        self.status, self.received_at = status, monotonic
        self.offset = status.now - datetime.now(UTC)
        self.urgent = status.urgent

    def remember(self, done: view.Done, label: str, monotonic: float) -> None:
        """Keep what an act leaves open to be undone."""
        if done.window_ms == 0:
            return
        deadline = None if done.window_ms == ANY_TIME else monotonic + done.window_ms / 1000
        self.keep_undoable(Undoable(done.item_id, label, deadline))

    def keep_undoable(self, entry: Undoable) -> None:
        """This is what was done last; what was taken back of the same before cannot be done again beside it."""
        self.undoables = [*(one for one in self.undoables if not one.same(entry)), entry][-KEPT:]
        self.redoables = [one for one in self.redoables if not one.same(entry)]

    def taken_back(self, entry: Undoable) -> None:
        """It was undone: `Z` can do it again."""
        self.redoables = [*(one for one in self.redoables if not one.same(entry)), entry][-KEPT:]

    def redone(self, entry: Undoable) -> None:
        """It was done again, or cannot be."""
        self.redoables = [one for one in self.redoables if not one.same(entry)]

    def forget(self, item_id: int) -> None:
        """This item's last act is past undoing, or undone."""
        self.undoables = [entry for entry in self.undoables if entry.batch_id or entry.item_id != item_id]
        if self.status is not None:  # what was last told of it may be older than this
            kept = tuple(one for one in self.effects if one.item_id != item_id or one.state is not EffectState.HELD)
            self.status = replace(self.status, effects=kept)

    def forget_batch(self, batch_id: int) -> None:
        """This bulk act is past undoing, or undone."""
        self.undoables = [entry for entry in self.undoables if entry.batch_id != batch_id]
        self.batches = tuple(replace(one, undoable=False) if one.id == batch_id else one for one in self.batches)

    def undo_target(self, monotonic: float) -> Undoable | None:
        """What `z` would take back now: see `all_undoable`."""
        return next(iter(self.all_undoable(monotonic)), None)

    def all_undoable(self, monotonic: float) -> list[Undoable]:
        """What can be taken back now: this session's acts, newest first, this person's bulk acts, their held effects.

        While a bulk act is going out its effects are held by the hundred: they are taken back together, as that act.
        """
        found = [entry for entry in reversed(self.undoables) if entry.open(monotonic) and self._stands(entry)]
        found += [Undoable(0, one.label, None, batch_id=one.id) for one in self.batches if one.mine and one.undoable]
        if self.running is None:
            found += self._held_effects(monotonic)
        return [one for place, one in enumerate(found) if not any(one.same(other) for other in found[:place])]

    def _held_effects(self, monotonic: float) -> list[Undoable]:
        return [
            Undoable(effect.item_id, effect.label, monotonic + self.left_ms(effect, monotonic) / 1000)
            for effect in reversed(self.effects)
            if effect.mine and effect.state is EffectState.HELD and self.left_ms(effect, monotonic) > 0
        ]

    def _stands(self, entry: Undoable) -> bool:
        """Whether the desk has not told otherwise of a bulk act since."""
        return all(one.undoable for one in self.batches if one.id == entry.batch_id)

    @property
    def running(self) -> view.Batch | None:
        """This person's bulk act that is still going out, or being brought back; None where none is."""
        return next((one for one in self.batches if one.mine and one.waiting), None)

    def names(self) -> dict[str, tuple[str, ...]]:
        """What a query may name, as far as this session knows it."""
        accounts = tuple(text.one_line(one.name) for one in self.status.accounts) if self.status else ()
        clauses = tuple(one.id for one in self.policy.clauses) if self.policy else ()
        return {"account": accounts, "clause": clauses, "lang": LANGUAGES}

    @property
    def effects(self) -> tuple[view.EffectView, ...]:
        """Everything in flight."""
        return self.status.effects if self.status else ()

    def left_ms(self, effect: view.EffectView, monotonic: float) -> int:
        """What is left of an effect's undo window, counted down from when it was told."""
        return max(0, effect.left_ms - int((monotonic - self.received_at) * 1000))

    def held(self, monotonic: float) -> bool:
        """Whether a countdown is running: only then does the strip need redrawing each second."""
        open_ones = any(entry.deadline is not None and entry.open(monotonic) for entry in self.undoables)
        return open_ones or any(self.left_ms(effect, monotonic) for effect in self.effects)

    def effect_sentence(self, effect: view.EffectView, monotonic: float) -> str:
        """One effect as the strip tells it: what, and what is known of it."""
        if effect.state is EffectState.HELD:
            left = -(-self.left_ms(effect, monotonic) // 1000)
            return _("{what}: leaves in {seconds} s", what=effect.label, seconds=left)
        told = _SENT if effect.state is EffectState.DONE and effect.op is Op.REPLY else _EFFECTS[effect.state]
        at = self.clock(effect.next_try, seconds=True) if effect.next_try else ""
        return f"{effect.label}: {_(told[bool(at)], at=at, key=actions.key('settle'))}"


_SENT = (N_("sent"), N_("sent"))
_EFFECTS: dict[EffectState, tuple[str, str]] = {
    EffectState.READY: (N_("next in line"), N_("next in line")),
    EffectState.SENDING: (N_("sending"), N_("sending")),
    EffectState.FAILED: (N_("refused, trying again"), N_("refused, trying again {at}")),
    EffectState.UNCERTAIN: (N_("unknown, looking again"), N_("unknown, looking again {at}")),
    EffectState.PARKED: (N_("waits for a person ( {key} )"), N_("waits for a person ( {key} )")),
    EffectState.DONE: (N_("done"), N_("done")),
    EffectState.CANCELLED: (N_("taken back"), N_("taken back")),
}
"""What is known of an effect: without and with the time of the next try."""
