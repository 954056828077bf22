"""A desk in this process that speaks the client's language, and an officer's typed lines."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderator import line
from moderator.config import Config, Screen
from moderator.domain import asks, view
from moderator.domain.conduct import Conduct, Mark, Weight
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.policy import Asks, Finding, Opinion, Suggestion

NOW = datetime.now(UTC)


class _Second(datetime):
    """A clock that stands still, a second after everything of these tests was made."""

    @classmethod
    def now(cls, tz=None):
        return (NOW + timedelta(seconds=1)).astimezone(tz)


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch):
    monkeypatch.setattr("moderator.line.officer.datetime", _Second)


HELLO = view.Hello(
    "tok", 1, "0.1.0", "Test desk", "i", "das", 1, ("moderator",), ("read",), False, False, 120.0, 3600.0, 600.0, 700
)


def a_row(item_id: int, words: str, **changes: Any) -> view.Row:
    row = view.Row(
        id=item_id,
        key=str(item_id),
        state=State.NEW,
        lane=Lane.ROUTINE,
        account="fb dipr",
        author="citizen",
        text=words,
        masks=(),
        category="",
        clause="",
        opinion=Opinion.JUDGED,
        asks=Asks.NOTHING,
        protected=False,
        language="en",
        due=NOW + timedelta(minutes=30),
        arrived=NOW,
        cause=Cause.NONE,
        owner="",
        mine=False,
        version=1,
        comment_version=1,
        visibility=Visibility.PUBLIC,
        disposition=Disposition.NONE,
    )
    return replace(row, **changes)


def an_item(item_id: int, words: str, *findings: Finding, **changes: Any) -> view.Detail:
    item = view.Detail(
        row=a_row(item_id, words), text=words, findings=findings, protected_span=None, policy_version="p1",
        post_title="Flood helpline", post_text="", post_url="", permalink="", thread=(), versions=(), drafts=(),
        notes=(), trail=(), effects=(), decisions=(), escalations=(), orders=(), looking=(), author_earlier=2,
        author_earlier_hidden=1,
        powers=view.Powers(True, True, True, "Nobody but the site's staff sees it.", False, 500, "live"), media=(),
        lease_left_ms=0, why="It is new.",
    )  # fmt: skip
    return replace(item, **changes)


SLUR = Finding("A1", "slur", 0, 4, 2, Suggestion.HIDE, mask=True, why="A slur.")
POLICY = view.PolicyView(
    "p", "1", "d",
    (
        view.ClauseView("A1", 1, "abusive", "Abusive language", "…", True, ()),
        view.ClauseView("S1", 6, "spam", "Spam or scam", "…", True, ()),
        view.ClauseView("S2", 7, "spam", "Spam for a shop", "…", True, ()),
        view.ClauseView("L1", 9, "life_safety", "Life safety", "…", False, ()),
    ),
    "Call 14416, any time.", "appeals@agency.example",
)  # fmt: skip


class FakeStream:
    """The event stream, fed by the test."""

    def __init__(self, desk: Desk) -> None:
        self.hello = desk.hello
        self._events: queue.Queue[Any] = queue.Queue()
        self.closed = threading.Event()

    def feed(self, name: str, data: Any) -> None:
        self._events.put((name, data))

    def fail(self) -> None:
        self._events.put(Refused(Code.DOWN, "The desk is gone.", ""))

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        event = self._events.get(timeout=20)
        if event is None:
            raise StopIteration
        if isinstance(event, Refused):
            raise event
        return event

    def close(self) -> None:
        self.closed.set()
        self._events.put(None)


@dataclass
class Desk:
    """What the client answers, and everything that it was asked."""

    items: dict[int, view.Detail] = field(default_factory=dict)
    hello: view.Hello = HELLO
    acts: list[tuple[int, str, Any]] = field(default_factory=list)
    drafts: list[tuple[int, str]] = field(default_factory=list)
    refusals: dict[str, Refused] = field(default_factory=dict)
    urgent: tuple[int, ...] = ()
    hard: bool = False
    streams: list[FakeStream] = field(default_factory=list)
    before: Callable[[str], None] = lambda act: None

    def stream(self, resume: str = "") -> FakeStream:
        self.streams.append(FakeStream(self))
        return self.streams[-1]

    def reopen(self, stop: threading.Event) -> FakeStream | None:
        return None if stop.is_set() else self.stream()

    def alive(self, key: bool) -> None:
        """The leases live on."""

    farewells: int = 0

    def leave(self) -> None:
        self.farewells += 1
        if "leave the desk" in self.refusals:
            raise self.refusals["leave the desk"]

    def status(self) -> view.Status:
        return view.Status(
            "Test desk", "0.1.0", False, False, "p1", "das", ("moderator",), ("das",), {"new": len(self.items)},
            self.urgent, (), (), (), "", (), NOW,
        )  # fmt: skip

    def policy(self) -> view.PolicyView:
        return POLICY

    def next(self) -> int:
        return min(self.items, default=0)

    def detail(self, item_id: int, opened: bool = False) -> view.Detail:
        if item_id not in self.items:
            raise Refused(Code.NOT_FOUND, f"There is no item {item_id}.", "/ lists the views.")
        return self.items[item_id]

    asked: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Every page that was asked for: view, after, query, sort."""
    page_size: int = 0
    """Rows on one page; 0 for all of them."""
    language: str = "en"

    def queue(self, name: str, after: str = "", limit: int = 64, query: str = "", sort: str = "") -> view.QueuePage:
        self.asked.append((str(name), after, query, sort))
        rows = [item.row for item in self.items.values() if item.row.id > int(after or 0)]
        page = rows[: self.page_size or limit]
        more = page[-1].key if len(page) < len(rows) else ""
        return view.QueuePage(tuple(page), more, len(self.items), 10_000, 1, self.partial)

    partial: str = ""

    def rows(self, ids: Sequence[int], sort: str = "") -> tuple[view.Row, ...]:
        return tuple(self.items[one].row for one in ids if one in self.items)

    def alike(self, item_id: int) -> tuple[view.Row, ...]:
        return tuple(item.row for one, item in self.items.items() if one != item_id)

    def bulk_preview(self, ask: asks.Bulk) -> view.BulkPreview:
        self.acts.append((0, "preview", ask))
        ids = tuple(one.item_id for one in ask.items)
        left_out = tuple(view.Excluded(one, "It is protected criticism.") for one in ids if one in self.protected)
        taken = tuple(one for one in ids if one not in self.protected)
        return view.BulkPreview(
            ask.act, ask.clause, taken, (), left_out, {"fb dipr": len(taken)}, 12.0, f"{len(taken)} would be done."
        )

    protected: tuple[int, ...] = ()
    done_batches: tuple[view.Batch, ...] = ()

    def bulk(self, ask: asks.Bulk) -> view.Done:
        self.acts.append((0, "bulk", ask))
        return view.Done("Saved: 2 items.", row_id=7)

    def batches(self) -> tuple[view.Batch, ...]:
        return self.done_batches

    def undo_batch(self, batch_id: int) -> view.Done:
        self.acts.append((batch_id, "undo_batch", None))
        return view.Done("Undone: batch 7.", row_id=batch_id)

    def figures(self, hours: int = 24) -> view.Figures:
        buckets = (view.Bucket(NOW - timedelta(hours=2), 3, 1), view.Bucket(NOW - timedelta(hours=1), 9, 6))
        return view.Figures(
            hours, NOW, buckets, (view.Aged(60, 4, 1), view.Aged(0, 2, 0)), NOW - timedelta(hours=3),
            (view.Turnaround(5, 6, 600.0, 3600.0, 2), view.Turnaround(0, 0, 0.0, 0.0, 0)), {"A1": 3, "": 9},
            {"hidden": 2, "left_public": 5}, {"fb dipr": 12},
        )  # fmt: skip

    def exposure(self) -> view.Exposure:
        return view.Exposure(4, (0, 0, 1, 0, 2, 0, 4), 2, "Take a break.")

    def act(self, item_id: int, act: str, ask: Any = None) -> view.Done:
        self.before(act)
        self.acts.append((item_id, act, ask))
        if act in self.refusals:
            raise self.refusals.pop(act)
        if act in ("leave", "hide", "reply", "approve", "snooze", "escalate"):
            self.gone = self.items.pop(item_id, None)
        elif act == "undo" and self.gone is not None:
            self.items[item_id] = self.gone
        return view.Done(f"Saved: {act} {item_id}.", item_id, window_ms=15_000 if act == "hide" else 0)

    gone: view.Detail | None = None

    def save_draft(self, item_id: int, ask: asks.SaveDraft) -> view.Done:
        if "draft" in self.refusals:
            raise self.refusals["draft"]
        self.drafts.append((item_id, ask.text))
        return view.Done("Kept.")

    def drop_draft(self, item_id: int) -> view.Done:
        self.drafts.append((item_id, ""))
        return view.Done("The draft is dropped; it can be recovered all shift.")

    def conduct(self, ask: asks.CheckConduct) -> Conduct:
        broken = self.hard and "98640" in ask.text
        mark = Mark("personal_data", Weight.HARD, not broken, "“98640 12345” is a phone number.")
        outgoing = f"{ask.text}\n— R. Das, Junior Moderator{' DISCLAIMER' if ask.disclaimer else ''}"
        return Conduct((mark,), outgoing, len(outgoing), 500)

    in_flight: tuple[view.EffectView, ...] = ()

    def effects(self) -> tuple[view.EffectView, ...]:
        return self.in_flight

    def settle(self, effect_id: int, ask: asks.SettleEffect) -> view.Done:
        self.acts.append((effect_id, "settle", ask))
        return view.Done("Settled.")


class Terminal(io.StringIO):
    """Typed lines from somebody at a terminal. A callable among them runs when its turn comes."""

    def __init__(self, *typed: str | Callable[[], None], tty: bool = False) -> None:
        super().__init__()
        self._typed = list(typed)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def readline(self, size: int = -1, /) -> str:
        while self._typed:
            typed = self._typed.pop(0)
            if isinstance(typed, str):
                return typed + "\n"
            typed()
        return ""


@dataclass
class Said:
    """What came of a run."""

    code: Code | None
    text: str
    desk: Desk

    @property
    def acts(self) -> list[tuple[int, str]]:
        return [(item_id, act) for item_id, act, _ in self.desk.acts]


@pytest.fixture
def work() -> Callable[..., Said]:
    """Run line mode over typed lines; what it said."""

    def run(desk: Desk, *typed: str | Callable[[], None], tty: bool = False, config: Config | None = None) -> Said:
        out = io.StringIO()
        code = line.run(desk, config or Config(), Terminal(*typed, tty=tty), out)  # type: ignore[arg-type]
        return Said(code, out.getvalue(), desk)

    return run


STAY = Config(screen=Screen(advance="stay"))


def two() -> Desk:
    """A desk with a slur and a question."""
    return Desk({1: an_item(1, "slur officer, go drown", SLUR), 2: an_item(2, "When does help come?")})
