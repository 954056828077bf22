"""A scripted desk: what stands outside the screen, over real domain data; and a driver for stories."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from textual.pilot import Pilot

from moderator import text
from moderator.config import Config, Escalation, Level, Times
from moderator.domain import asks, conduct, view
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.person import Permission
from moderator.domain.policy import Asks, Finding, Opinion, Suggestion
from moderator.tui.actions import BY_ID
from moderator.tui.app import DeskApp

SHARED = Path(__file__).resolve().parents[3] / "shared"
NOW = datetime.now(UTC).replace(microsecond=0)
HELPLINE = "Flood helpline 1077, day and night."


class ScriptedStream:
    """What a stream is to the screen: a hello, then whatever the test tells."""

    def __init__(self, hello: view.Hello) -> None:
        self.events: SimpleQueue[tuple[str, Any] | None] = SimpleQueue()
        self.events.put(("hello", hello))
        self.closed = threading.Event()

    def __enter__(self) -> ScriptedStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        while (event := self.events.get()) is not None:
            yield event
        if not self.closed.is_set():
            raise Refused(Code.DOWN, "The desk has closed the line.", "Nothing typed is lost; trying again.")

    def close(self) -> None:
        self.closed.set()
        self.events.put(None)

    def drop(self) -> None:
        """The line breaks."""
        self.events.put(None)


@dataclass
class ScriptedDesk:
    """The desk as the screen meets it. Everything it was asked to do is in `calls`."""

    texts: dict[int, str] = field(default_factory=dict)
    rows_by_id: dict[int, view.Row] = field(default_factory=dict)
    findings: dict[int, tuple[Finding, ...]] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    drafts: dict[int, asks.SaveDraft] = field(default_factory=dict)
    dropped: dict[int, asks.SaveDraft] = field(default_factory=dict)
    decisions: dict[int, tuple[view.DecisionView, ...]] = field(default_factory=dict)
    threads: dict[int, tuple[view.ThreadEntry, ...]] = field(default_factory=dict)
    authors: dict[int, tuple[view.Row, ...]] = field(default_factory=dict)
    versions: dict[int, list[str]] = field(default_factory=dict)
    refuse: dict[str, Refused] = field(default_factory=dict)
    effects_now: list[view.EffectView] = field(default_factory=list)
    urgent: tuple[int, ...] = ()
    permissions: frozenset[str] = frozenset(permission.value for permission in Permission)
    practice: bool = False
    private: bool = False
    notices: tuple[str, ...] = ()
    marks: tuple[conduct.Mark, ...] = (conduct.Mark("length", conduct.Weight.SOFT, True, ""),)
    streams: list[ScriptedStream] = field(default_factory=list)
    refuse_streams: int = 0
    near: dict[int, list[int]] = field(default_factory=dict)
    """Item → its open near-duplicates."""
    left_out: dict[int, str] = field(default_factory=dict)
    """Item → why a bulk act leaves it alone."""
    batches_now: list[view.Batch] = field(default_factory=list)
    post_title: str = "Helpline"
    more: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Item → whatever else its detail says."""
    said: dict[str, str] = field(default_factory=dict)
    """Act → what the desk says of it, where that matters."""
    uncovered: view.Exposure = field(default_factory=lambda: view.Exposure(0, (0,) * 7, 0, ""))

    # the client's side

    def stream(self, resume: str = "") -> ScriptedStream:
        self.calls.append(("stream", resume))
        if self.refuse_streams:
            self.refuse_streams -= 1
            raise Refused(Code.DOWN, "The desk does not answer.", "Trying again.")
        stream = ScriptedStream(self.hello())
        self.streams.append(stream)
        return stream

    def hello(self) -> view.Hello:
        return view.Hello(
            token="t", api=1, version="1", desk="DIPR desk", instance="i", person="das", person_id=1,
            roles=("moderator",), permissions=tuple(self.permissions), practice=self.practice, private=self.private,
            lease_s=120, renew_s=30, idle_s=600, draft_ms=700,
        )  # fmt: skip

    def status(self) -> view.Status:
        return view.Status(
            desk="DIPR desk", version="1", practice=self.practice, private=self.private, policy_version="2026.11-2",
            person="das", roles=("moderator",), on_duty=("das", "bora", "roy"),
            counts={"mine": 2, "new": len(self.rows_by_id), "due": 4, "back": 1}, urgent=self.urgent,
            accounts=(view.AccountHealth(1, "fb dipr", "practice", "active", True, None, NOW, NOW, "", "live"),),
            effects=tuple(self.effects_now), drafts=(), read_only="", notices=self.notices, now=datetime.now(UTC),
        )  # fmt: skip

    def policy(self) -> view.PolicyView:
        def clause(name: str, digit: int, category: str, title: str, hideable: bool = True) -> view.ClauseView:
            return view.ClauseView(name, digit, category, title, title, hideable, ())

        return view.PolicyView(
            "p", "2026.11-2", "d",
            (clause("A1", 1, "abusive", "abusive language"), clause("T2", 2, "threat", "threat"),
             clause("T1", 3, "targeted", "attack on person or group"), clause("P1", 4, "political", "campaigning"),
             clause("D1", 5, "pii", "personal data"), clause("S1", 6, "spam", "spam or scam"),
             clause("L1", 9, "life_safety", "life safety", False), clause("M1", 10, "misinformation", "false claim")),
            HELPLINE, "appeal@desk.example",
        )  # fmt: skip

    def queue(self, name: str, after: str = "", limit: int = 64, query: str = "", sort: str = "") -> view.QueuePage:
        self.calls.append(("queue", name, after, *filter(None, (query, sort))))
        if "queue" in self.refuse:
            raise self.refuse["queue"]
        found = [row for key, row in sorted(self.rows_by_id.items()) if key > int(after or -99)]
        found = [row for row in found if query.casefold() in self.texts[row.id].casefold()]
        page = found[:limit]
        more = page[-1].key if len(found) > limit else ""
        return view.QueuePage(tuple(page), more, len(found), 10000, 1, together=not (query or sort))

    def rows(self, ids: list[int], sort: str = "") -> tuple[view.Row, ...]:
        self.calls.append(("rows", tuple(ids)))
        return tuple(self.rows_by_id[key] for key in ids if key in self.rows_by_id)

    def next(self) -> int:
        return next(iter(sorted(self.rows_by_id)), 0)

    def detail(self, item_id: int, opened: bool = False) -> view.Detail:
        self.calls.append(("detail", item_id, opened))
        row = self.rows_by_id[item_id]
        texts = self.versions.get(item_id, [self.texts[item_id]])
        draft = self.drafts.get(item_id)
        drafts = (view.DraftView(item_id, "das", True, draft.text, draft.caret, NOW, ""),) if draft else ()
        detail = view.Detail(
            row=row, text=texts[-1], findings=self.findings.get(item_id, ()), protected_span=None,
            policy_version="2026.11-2", post_title=self.post_title, post_text="Share your exact location.", post_url="",
            permalink="",
            thread=self.threads.get(item_id, (view.ThreadEntry(row.author, texts[-1], NOW, False, True, 0),)),
            versions=tuple(view.VersionView(n, words, row.author, NOW, None, ()) for n, words in enumerate(texts, 1)),
            drafts=drafts, notes=(), trail=(), effects=(),
            decisions=self.decisions.get(item_id, ()), escalations=(), orders=(), looking=("das",),
            author_earlier=1, author_earlier_hidden=0,
            powers=view.Powers(True, True, True, "The author and friends still see it.", False, 500, "live"),
            media=(), lease_left_ms=540000, why="New comment under your post.", dropped_draft=item_id in self.dropped,
            author_rows=self.authors.get(item_id, ()),
        )  # fmt: skip
        return replace(detail, **self.more.get(item_id, {}))

    def exposure(self) -> view.Exposure:
        self.calls.append(("exposure",))
        return self.uncovered

    def act(self, item_id: int, act: str, ask: object = None) -> view.Done:
        self.calls.append((act, item_id, ask))
        if act in self.refuse:
            raise self.refuse[act]
        if act == "restore_draft":
            return self._restore(item_id)
        window = {"leave": -1, "hide": 15000, "reply": 20000}.get(act, 0)
        ended = {"leave": Disposition.LEFT_PUBLIC, "hide": Disposition.HIDDEN, "reply": Disposition.REPLIED}.get(act)
        row = self.rows_by_id[item_id]
        state = State.RESOLVED if ended else State.CLAIMED if act in ("claim", "undo") else row.state
        self.rows_by_id[item_id] = replace(
            row, state=state, disposition=ended or Disposition.NONE, mine=act == "claim", version=row.version + 1
        )
        told = self.said.get(act, f"{act.capitalize()} done.")
        return view.Done(told, item_id, window_ms=window, state=state.value, seq=1)

    def save_draft(self, item_id: int, ask: asks.SaveDraft) -> view.Done:
        self.calls.append(("save_draft", item_id, ask))
        if "save_draft" in self.refuse:
            raise self.refuse["save_draft"]
        self.drafts[item_id] = ask
        return view.Done("Saved.", item_id)

    def _restore(self, item_id: int) -> view.Done:
        if item_id not in self.dropped:
            raise Refused(Code.NOT_FOUND, f"You dropped no draft on item {item_id}.", "")
        typed = self.drafts.pop(item_id, None)
        self.drafts[item_id] = self.dropped.pop(item_id)
        if typed is not None:
            self.dropped[item_id] = typed
        return view.Done("The draft is back.", item_id)

    def drop_draft(self, item_id: int) -> view.Done:
        self.calls.append(("drop_draft", item_id))
        if item_id in self.drafts:
            self.dropped[item_id] = self.drafts.pop(item_id)
        return view.Done("Draft dropped; it can be recovered all shift.", item_id)

    def alive(self, key: bool) -> None:
        self.calls.append(("alive", key))

    def leave(self) -> None:
        self.calls.append(("left", all(stream.closed.is_set() for stream in self.streams)))
        if "left" in self.refuse:
            raise self.refuse["left"]

    def conduct(self, ask: asks.CheckConduct) -> conduct.Conduct:
        outgoing = f"{ask.text}\n— R. Das, Junior Moderator"
        return conduct.Conduct(self.marks, outgoing, len(text.graphemes(outgoing)), 500)

    def alike(self, item_id: int) -> tuple[view.Row, ...]:
        self.calls.append(("alike", item_id))
        return tuple(self.rows_by_id[key] for key in self.near.get(item_id, ()))

    def bulk_preview(self, ask: asks.Bulk) -> view.BulkPreview:
        self.calls.append(("bulk_preview", ask))
        if "bulk_preview" in self.refuse:
            raise self.refuse["bulk_preview"]
        ids = [one.item_id for one in ask.items]
        taken = tuple(key for key in ids if key not in self.left_out)
        excluded = tuple(view.Excluded(key, self.left_out[key]) for key in ids if key in self.left_out)
        return view.BulkPreview(
            ask.act, ask.clause, taken, (), excluded, {"fb dipr": len(taken)}, 90.0, f"Bulk of {len(taken)}."
        )

    def bulk(self, ask: asks.Bulk) -> view.Done:
        self.calls.append(("bulk", ask))
        if "bulk" in self.refuse:
            raise self.refuse["bulk"]
        n = len(ask.items)
        self.batches_now = [
            view.Batch(9, ask.act, ask.clause, "das", True, NOW, n, 1, n - 1, 0, False, True, f"{ask.act} {n}",
                       f"1/{n} sent; z stops and restores")
        ]  # fmt: skip
        return view.Done(f"Bulk {ask.act} of {n} done.", window_ms=-1, row_id=9)

    def batches(self) -> tuple[view.Batch, ...]:
        return tuple(self.batches_now)

    def undo_batch(self, batch_id: int) -> view.Done:
        self.calls.append(("undo_batch", batch_id))
        if "undo_batch" in self.refuse:
            raise self.refuse["undo_batch"]
        self.batches_now = [replace(one, undone=True, undoable=False, waiting=0) for one in self.batches_now]
        return view.Done("The bulk act is undone.", row_id=batch_id)

    def settle(self, effect_id: int, ask: asks.SettleEffect) -> view.Done:
        self.calls.append(("settle", effect_id, ask))
        return view.Done("Settled.")

    # the test's side

    def add(self, item_id: int, words: str, **changes: Any) -> view.Row:
        """An item with this text."""
        words = text.clean(words).text
        row = view.Row(
            id=item_id, key=str(item_id), state=State.NEW, lane=Lane.ROUTINE, account="fb dipr",
            author=f"citizen {item_id}", text=words[:160], masks=(), category="", clause="", opinion=Opinion.JUDGED,
            asks=Asks.NOTHING, protected=False, language="en", due=NOW + timedelta(minutes=90),
            arrived=NOW - timedelta(minutes=11), cause=Cause.NONE, owner="", mine=False, version=1, comment_version=1,
            visibility=Visibility.PUBLIC, disposition=Disposition.NONE,
        )  # fmt: skip
        self.texts[item_id] = words
        self.rows_by_id[item_id] = replace(row, **changes)
        return self.rows_by_id[item_id]

    def add_abusive(self, item_id: int) -> None:
        """An item whose first two words the engine found abusive, masked."""
        self.add(item_id, "Filthyword officer, go drown", masks=((0, 10),), category="abusive", clause="A1")
        self.findings[item_id] = (
            Finding("A1", "slur.en", 0, 10, 2, Suggestion.HIDE, mask=True, why="a slur on a person"),
        )

    def tell(self, name: str, data: Any) -> None:
        """An event of the stream."""
        self.streams[-1].events.put((name, data))

    def done(self, act: str) -> list[tuple[Any, ...]]:
        """Every call of this kind."""
        return [call for call in self.calls if call[0] == act]


def held(item_id: int, state: EffectState = EffectState.HELD, left_ms: int = 15000) -> view.EffectView:
    """An effect of this person."""
    return view.EffectView(
        7, 1, item_id, "fb dipr", Op.HIDE, state, f"hide fb dipr citizen {item_id}", left_ms, 0, None, "", "", "das",
        True, NOW,
    )  # fmt: skip


class Story:
    """Presses actions by id, waits for conditions, reads the screen as lines."""

    def __init__(self, app: DeskApp, desk: ScriptedDesk, pilot: Pilot[int]) -> None:
        self.app, self.desk, self.pilot = app, desk, pilot

    def screen(self) -> list[str]:
        """What is drawn, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    def text(self) -> str:
        return "\n".join(self.screen())

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait for a condition, with a deadline."""
        deadline = asyncio.get_running_loop().time() + 10
        while not holds():
            assert asyncio.get_running_loop().time() < deadline, f"did not come true: {what}\n{self.text()}"
            await self.pilot.pause(0.005)

    async def shows(self, *words: str) -> None:
        """Wait until all of these stand on the screen."""
        await self.until(lambda: all(word in self.text() for word in words), f"shows {words}")

    async def press(self, *actions: str) -> None:
        """Actions by id, or keys as they are; a decision waits until the terminal has confirmed its item."""
        for action in actions:
            known = BY_ID.get(action)
            await self.pilot.press(known.keys.split(",")[0] if known and known.keys else action)
            await self.pilot.pause()

    def acknowledge(self) -> None:
        """The terminal confirms everything that it was shown."""
        ack = self.app.ack
        if ack._asked:
            ack.answered(2, ack._asked[-1][0] % 60 + 1)

    async def confirmed(self) -> None:
        """Wait until the item in front was drawn and confirmed."""

        def holds() -> bool:
            self.acknowledge()
            thing = self.app.screen.thing()
            return thing is not None and self.app.ack.seen(thing)

        await self.until(holds, "confirmed")

    async def decide(self, *actions: str) -> None:
        """Decisions, each on a confirmed item."""
        for action in actions:
            await self.confirmed()
            await self.press(action)


CONFIG = Config(
    times=Times(draft_ms=20),
    escalation=Escalation(1, (Level(1, "District control room", "B", "Joint Secretary", "a@b.example", "0361-1", 60),)),
)


@pytest.fixture
def desk() -> ScriptedDesk:
    found = ScriptedDesk()
    found.add(
        1, "Water at roof, 4 of us, Lanka road", lane=Lane.LIFE, category="life_safety", clause="L1", author="@hojai"
    )
    found.add_abusive(2)
    found.add(3, "When will relief come?", asks=Asks.QUESTION)
    for number in range(4, 9):
        found.add(number, f"Comment number {number}")
    return found


@pytest.fixture
def open_desk(desk: ScriptedDesk) -> Callable[..., Any]:
    """`async with open_desk(size=…) as story`."""

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (80, 24), config: Config = CONFIG) -> AsyncIterator[Story]:
        app = DeskApp(desk, config)  # type: ignore[arg-type]
        async with app.run_test(size=size) as pilot:
            story = Story(app, desk, pilot)
            if desk.rows_by_id:
                await story.until(lambda: len(app.queue.loaded) and app.state.policy and app.state.status, "loaded")
            yield story
            app.link.close()

    return opened


def hostile() -> list[dict[str, Any]]:
    """The corpus of hostile texts."""
    path = SHARED / "data" / "hostile_text.jsonl"
    if not path.exists():
        pytest.skip("the hostile-text corpus is not beside this repository")
    return [json.loads(entry) for entry in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def corpus() -> list[dict[str, Any]]:
    return hostile()


@pytest.fixture
def held_effect() -> Callable[..., view.EffectView]:
    return held
