"""What this session knows of the desk, beside the queue itself: plain data that every screen's frame is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from moderator.domain import view
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Refused

ANY_TIME = -1
"""A window that never closes: leaving public can be undone at any time."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """Something that `z` takes back."""

    item_id: int
    label: str
    deadline: float | None
    """Monotonic seconds; None for any time."""
    act: str = "undo"


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
    undoables: list[Undoable] = field(default_factory=list)
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
        return local.strftime("%H:%M:%S" if seconds else "%H:%M")

    def tell(self, text: str, role: str = "text") -> None:
        """Say what has happened, in the one place for it."""
        self.said = Said(text, role)

    def refuse(self, refusal: Refused) -> None:
        """Say that something was not done, why, and what to do."""
        self.said = Said(f"Not done: {refusal}", "bad")

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
        self.undoables = [entry for entry in self.undoables if entry.item_id != done.item_id]
        self.undoables.append(Undoable(done.item_id, label, deadline))
        del self.undoables[:-20]

    def forget(self, item_id: int) -> None:
        """This item's last act is past undoing, or undone."""
        self.undoables = [entry for entry in self.undoables if entry.item_id != item_id]
        if self.status is not None:  # what was last told of it may be older than this
            kept = tuple(one for one in self.effects if one.item_id != item_id or one.state is not EffectState.HELD)
            self.status = replace(self.status, effects=kept)

    def undo_target(self, monotonic: float) -> Undoable | None:
        """What `z` would take back now: the newest act whose window is open, then this person's held effects."""
        for entry in reversed(self.undoables):
            if entry.deadline is None or entry.deadline > monotonic:
                return entry
        for effect in reversed(self.effects):
            if effect.mine and effect.state is EffectState.HELD and self.left_ms(effect, monotonic) > 0:
                return Undoable(effect.item_id, effect.label, monotonic + self.left_ms(effect, monotonic) / 1000)
        return None

    @property
    def effects(self) -> tuple[view.EffectView, ...]:
        """Everything in flight."""
        return self.status.effects if self.status else ()

    def left_ms(self, effect: view.EffectView, monotonic: float) -> int:
        """What is left of an effect's undo window, counted down from when it was told."""
        return max(0, effect.left_ms - int((monotonic - self.received_at) * 1000))

    def held(self, monotonic: float) -> bool:
        """Whether a countdown is running: only then does the strip need redrawing each second."""
        open_ones = any(entry.deadline is not None and entry.deadline > monotonic for entry in self.undoables)
        return open_ones or any(self.left_ms(effect, monotonic) for effect in self.effects)

    def effect_sentence(self, effect: view.EffectView, monotonic: float) -> str:
        """One effect as the strip tells it: what, and what is known of it."""
        if effect.state is EffectState.HELD:
            return f"{effect.label}: leaves in {-(-self.left_ms(effect, monotonic) // 1000)} s"
        when = f" {self.clock(effect.next_try, seconds=True)}" if effect.next_try else ""
        told = {
            EffectState.READY: "next in line",
            EffectState.SENDING: "sending",
            EffectState.FAILED: f"refused, trying again{when}",
            EffectState.UNCERTAIN: f"unknown, looking again{when}",
            EffectState.PARKED: "waits for a person ( f )",
            EffectState.DONE: "done" if effect.op is not Op.REPLY else "sent",
            EffectState.CANCELLED: "taken back",
        }[effect.state]
        return f"{effect.label}: {told}"
