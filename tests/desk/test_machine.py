"""Random nights at a desk with a flaky platform, crashes included: what must hold, holds after every step.

The rules act as officers, citizens, the platform and the clock do; the invariants are those of the design. Each
invariant is shown to have teeth by a desk with one protection taken out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from moderator.config import Config
from moderator.desk import (
    clocks,
    deciding,
    ending,
    outbox,
    releasing,
    reply,
    review,
    sessions,
    steps,
    taking,
    undoing,
    withdrawing,
    work,
)
from moderator.desk.house import House
from moderator.desk.room import Room
from moderator.domain import asks
from moderator.domain.comment import RemoteState
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Refused
from moderator.domain.person import Actor, Role
from moderator.platforms.base import Action, Invalid, Outcome, RateLimited, Transient
from moderator.store import items
from moderator.store import outbox as store
from tests.desk.conftest import (
    ABUSE,
    CRITICISM,
    PLAIN,
    Desk,
    FakeClock,
    Platform,
    _account,
    applied_then,
    raising,
    remote,
)

NOTHING = asks.Nothing()
TEXT = "We open at 10 tomorrow. We look forward to your visit."
TEXTS = (PLAIN, ABUSE, CRITICISM)
LOST = Transient("The answer was lost.", unknown_outcome=True)
pick = st.integers(0, 10_000)


class Night(RuleBasedStateMachine):
    """One desk, three people, a platform that fails as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.place = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.platform = Watched(self.clock)
        self.desk: Desk
        self.crew: list[Actor] = []
        self.items: list[int] = []
        self.edits = 0
        self.made = 0

    def do(self, job: Any) -> Any:
        return self.loop.run_until_complete(job)

    @initialize()
    def begin(self) -> None:
        """Open the desk."""
        self.do(self._open())

    async def _open(self) -> None:
        house = House(Config(), Path(self.place.name), clock=self.clock)
        await house.start()
        known = await house.read(lambda look: [row[0] for row in look.conn.execute("SELECT id FROM account")])
        account_id = known[0] if known else await house.write(_account, "wordpress")
        house.connectors[account_id] = self.platform
        self.desk = Desk(house, self.clock, self.platform, account_id)
        self.desk._count = self.made
        self.platform.house = house
        self.crew = [await self.desk.person(name) for name in ("rita", "babul")]
        self.crew.append(await self.desk.person("anil", Role.LEAD))

    def attempt(self, fn: Any, *args: Any) -> None:
        """An act that may be refused; a refusal is an answer, not a fault."""
        with contextlib.suppress(Refused):
            self.do(self.desk.house.write(fn, *args))

    def actor(self, who: int) -> Actor:
        return self.crew[who % len(self.crew)]

    def item(self, which: int) -> int:
        return self.items[which % len(self.items)]

    def seen(self, item_id: int) -> int:
        return int(self.do(self.desk.item(item_id)).comment_version)

    @rule(text=st.sampled_from(TEXTS), held=st.booleans())
    def comes_in(self, text: str, held: bool) -> None:
        self.made += 1
        state = RemoteState.HELD if held and self.made % 4 == 0 else RemoteState.VISIBLE
        self.items.append(self.do(self.desk.comment(f"{text} {self.made}", state=state)))

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick)
    def claims(self, who: int, which: int) -> None:
        self.attempt(work.claim, self.actor(who), self.item(which), NOTHING)

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick)
    def leaves(self, who: int, which: int) -> None:
        item_id = self.item(which)
        self.attempt(work.leave, self.actor(who), item_id, asks.Leave(self.seen(item_id)))

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick)
    def hides(self, who: int, which: int) -> None:
        item_id = self.item(which)
        self.attempt(work.hide, self.actor(who), item_id, asks.Hide(self.seen(item_id), "A1", start=0, end=4))

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick, both=st.booleans())
    def replies(self, who: int, which: int, both: bool) -> None:
        item_id = self.item(which)
        clause = "A1" if both else ""
        self.attempt(reply.reply, self.actor(who), item_id, asks.Reply(self.seen(item_id), TEXT, hide_clause=clause))

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick, act=st.sampled_from(("undo", "approve", "release")))
    def plain_act(self, who: int, which: int, act: str) -> None:
        use_case = {"undo": work.undo, "approve": review.approve, "release": work.release}[act]
        self.attempt(use_case, self.actor(who), self.item(which), NOTHING)

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick, act=st.sampled_from(("reopen", "reverse", "send_back")))
    def reasoned_act(self, who: int, which: int, act: str) -> None:
        use_case = {"reopen": work.reopen, "reverse": work.reverse, "send_back": review.send_back}[act]
        self.attempt(use_case, self.actor(who), self.item(which), asks.Because("because"))

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick, minutes=st.integers(1, 90))
    def snoozes(self, who: int, which: int, minutes: int) -> None:
        until = self.clock.now() + timedelta(minutes=minutes)
        self.attempt(work.snooze, self.actor(who), self.item(which), asks.Snooze(until))

    @precondition(lambda self: self.items)
    @rule(who=pick, which=pick)
    def takes_over(self, who: int, which: int) -> None:
        self.attempt(work.take_over, self.actor(who), self.item(which), asks.TakeOver("shift"))

    @precondition(lambda self: self.items)
    @rule(which=pick)
    def is_edited(self, which: int) -> None:
        self.edits += 1
        remote_id = self._remote_id(which)
        if remote_id in self.platform.comments:
            self.platform.comments[remote_id].text = f"{PLAIN} edit {self.edits}"
            self._reads_again(remote_id)

    @precondition(lambda self: self.items)
    @rule(which=pick, state=st.sampled_from((RemoteState.VISIBLE, RemoteState.HIDDEN, RemoteState.TRASHED)))
    def is_changed_natively(self, which: int, state: RemoteState) -> None:
        remote_id = self._remote_id(which)
        if remote_id in self.platform.comments:
            self.platform.comments[remote_id].state = state
            self._reads_again(remote_id)

    @precondition(lambda self: self.items)
    @rule(which=pick)
    def is_deleted(self, which: int) -> None:
        if which % 5 == 0:
            self.platform.comments.pop(self._remote_id(which), None)
            self.do(self.desk.house.write(taking.gone_all, [self.item(which)]))

    def _remote_id(self, which: int) -> str:
        return str(self.do(self.desk.item(self.item(which))).remote_id)

    def _reads_again(self, remote_id: str) -> None:
        known = self.platform.comments[remote_id]
        self.do(self.desk.take_in(remote(known.text, remote_id, state=known.state)))

    @rule(kind=st.sampled_from(("lost", "applied", "refused", "limited", "invalid")))
    def platform_will_fail(self, kind: str) -> None:
        later = self.clock.now() + timedelta(seconds=30)
        self.platform.faults.append(
            {
                "lost": raising(LOST),
                "applied": applied_then(LOST),
                "refused": raising(Transient("No line.", unknown_outcome=False)),
                "limited": raising(RateLimited("Too many.", later)),
                "invalid": raising(Invalid("Not like this.")),
            }[kind]
        )

    @rule(seconds=st.sampled_from((1, 5, 15, 20, 60, 130, 700)))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_(seconds)
        self.do(self.desk.turn())
        self.do(self.desk.house.write(clocks.tick))

    @rule(who=pick)
    def line_drops(self, who: int) -> None:
        index = who % len(self.crew)
        gone = self.crew[index]
        self.do(self.desk.house.write(sessions.close_session, gone.session, "line dropped"))
        self.crew[index] = self.do(self.desk.person(gone.person.name))

    @rule(applied=st.booleans())
    def crashes(self, applied: bool) -> None:
        """The service dies while it sends: marked as sending, applied or not, and nobody wrote down how it ended."""
        for effect_id in self.do(self.desk.house.read(outbox.ready))[:1]:
            begun = self.do(self.desk.house.write(outbox.begin, effect_id))
            if begun and begun[1] and applied:
                with contextlib.suppress(Exception):
                    self.platform.acts.append(begun[1])
                    self.platform.check(begun[1])
                    self.platform.apply(begun[1])
        self.do(self.desk.house.close())
        self.do(self._open())

    @precondition(lambda self: self.items)
    @rule(who=pick, how=st.sampled_from((asks.Settling.WAS_SENT, asks.Settling.DROP)))
    def settles(self, who: int, how: asks.Settling) -> None:
        parked = self.do(self.desk.rows("SELECT id FROM effect WHERE state = 'parked' ORDER BY id LIMIT 1"))
        for row in parked:
            self.attempt(outbox.settle, self.actor(who), row["id"], asks.SettleEffect(how, "looked"))

    # What must hold

    @invariant()
    def the_trail_holds(self) -> None:
        if self.items:
            self.do(self.desk.sound())

    @invariant()
    def one_live_decision_for_each_return(self) -> None:
        self._none("SELECT item_id FROM decision WHERE undone = 0 GROUP BY item_id, reopened HAVING count(*) > 1")

    @invariant()
    def one_effect_under_way_for_each_target(self) -> None:
        self._none(
            """SELECT target FROM effect WHERE state IN ('sending', 'uncertain', 'failed')
               GROUP BY target HAVING count(*) > 1"""
        )

    @invariant()
    def claimed_means_a_lease_and_a_lease_means_claimed(self) -> None:
        self._none(
            """SELECT i.id FROM item i LEFT JOIN lease l ON l.item_id = i.id
               WHERE (i.state = 'claimed') <> (l.item_id IS NOT NULL)"""
        )

    @invariant()
    def committing_waits_for_something(self) -> None:
        self._none(
            """SELECT i.id FROM item i WHERE i.state = 'committing' AND NOT EXISTS
               (SELECT 1 FROM effect e WHERE e.item_id = i.id AND e.state NOT IN ('done', 'cancelled'))"""
        )

    @invariant()
    def resolved_has_its_decision(self) -> None:
        self._none(
            """SELECT i.id FROM item i WHERE i.state IN ('resolved', 'committing', 'review')
               AND i.disposition <> 'gone_before_action' AND NOT EXISTS
               (SELECT 1 FROM decision d WHERE d.item_id = i.id AND d.reopened = i.reopened AND d.undone = 0)"""
        )

    @invariant()
    def one_remote_reply_for_one_effect(self) -> None:
        self._none("SELECT remote_id FROM effect WHERE remote_id <> '' GROUP BY remote_id HAVING count(*) > 1")

    @invariant()
    def nothing_was_sent_too_early_twice_or_after_a_cancel(self) -> None:
        assert self.platform.wrong == []

    def _none(self, sql: str) -> None:
        if self.items:
            found = self.do(self.desk.rows(sql))
            assert found == [], sql

    def teardown(self) -> None:
        with contextlib.suppress(AttributeError):
            self.do(self.desk.house.close())
        self.loop.close()
        self.place.cleanup()


class Watched(Platform):
    """A platform that looks into the desk's own outbox at each call: was this allowed to leave now?"""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.house: House | None = None
        self.wrong: list[str] = []
        self.told: dict[str, int] = {}

    async def act(self, action: Action) -> Outcome:
        self.check(action)
        await self._look_into(action)
        return await super().act(action)

    def check(self, action: Action) -> None:
        """A reply's key is told to the platform once; only a definite refusal allows a second time."""
        self.told[action.key] = self.told.get(action.key, 0) + 1

    def apply(self, action: Action) -> Outcome:
        done = [text for _, parent, text, _ in self.replies if (parent, text) == (action.remote_id, action.text)]
        outcome = super().apply(action)
        if action.op is Op.REPLY:
            applied = self.__dict__.setdefault("applied", {})
            applied[action.key] = applied.get(action.key, 0) + 1
            if applied[action.key] > 1:
                self.wrong.append(f"reply {action.key} was applied twice, after {len(done)}")
        return outcome

    async def _look_into(self, action: Action) -> None:
        assert self.house is not None
        rows = await self.house.read(
            lambda look: [
                dict(row)
                for row in look.conn.execute(
                    """SELECT e.state, e.window_ms, d.undone, d.proposed, d.seen_version, i.comment_version
                       FROM effect e JOIN decision d ON d.id = e.decision_id JOIN item i ON i.id = e.item_id
                       WHERE e.key = ?""",
                    (action.key,),
                )
            ]
        )
        for row in rows:
            if row["state"] != "sending" or row["undone"] or row["proposed"]:
                self.wrong.append(f"sent while {row}")
            if row["seen_version"] != row["comment_version"]:
                self.wrong.append(f"sent on a version that nobody decided about: {row}")


NIGHTS = int(os.environ.get("NIGHTS", "40"))
"""How many random nights; a long run sets more."""

SETTINGS = settings(
    max_examples=NIGHTS,
    stateful_step_count=30,
    deadline=None,
    derandomize=NIGHTS == 40,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.req("Z3", "K1", "B2", "F8", "F9", "F16")
def test_random_nights_hold() -> None:
    run_state_machine_as_test(Night, settings=SETTINGS)


# Every invariant has teeth: short nights that go well, and not where one protection is taken out

Story = Callable[[Night], None]


def edited_in_the_window(night: Night) -> None:
    night.hides(0, 0)
    night.is_edited(0)
    night.time_passes(20)


def edited_while_ready(night: Night) -> None:
    night.platform_will_fail("refused")
    night.hides(0, 0)
    night.time_passes(15)
    night.is_edited(0)
    night.time_passes(20)


def answer_lost(night: Night) -> None:
    night.platform_will_fail("applied")
    night.replies(0, 0, False)
    for _ in range(4):
        night.time_passes(20)


def died_while_sending(night: Night) -> None:
    night.replies(0, 0, False)
    night.clock.pass_(20)
    night.do(night.desk.house.write(outbox.release_due))
    night.crashes(True)
    for _ in range(4):
        night.time_passes(60)


def plain_hide(night: Night) -> None:
    night.hides(0, 0)
    night.time_passes(20)


def undone(night: Night) -> None:
    night.hides(0, 0)
    night.plain_act(0, 0, "undo")
    night.leaves(0, 0)
    night.time_passes(60)


def dropped_line(night: Night) -> None:
    night.claims(0, 0)
    night.line_drops(0)


def no_recheck(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(releasing, "hindrance", lambda room, effect: None)


def blind_resend(patch: pytest.MonkeyPatch) -> None:
    """What is unknown is taken for refused, and sent again."""
    patch.setattr(ending, "unknown", lambda room, effect, why, at: ending.refused(room, effect, why, None))


def sending_is_ready_again(patch: pytest.MonkeyPatch) -> None:
    """A start that takes what was being sent for what was not."""

    def recover(room: Room, doubt: str) -> None:
        for effect in store.in_state(room.conn, EffectState.SENDING):
            room.tx.change("effect", effect.id, state="ready")
            room.tx.record("effect.ready", item=effect.item_id)

    patch.setattr(outbox, "recover", recover)


def two_versions_one_event(patch: pytest.MonkeyPatch) -> None:
    def keep(room: Room, actor: Actor | None, item: items.Item, kind: str, **facts: Any) -> int:
        items.save(room.tx, item)
        items.save(room.tx, replace(item, version=item.version + 1))
        return steps.record(room, actor, kind, item.id, **facts)

    patch.setattr(deciding, "keep", keep)


def never_settled(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "_finished", lambda room, item: False)


def undo_cancels_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(undoing, "cancel", lambda *args: None)
    patch.setattr(withdrawing, "superseded", lambda *args: None)


def lease_outlives_its_line(patch: pytest.MonkeyPatch) -> None:
    def free(room: Room, item: items.Item, kind: str, *, dropped: bool) -> None:
        room.tx.run("DELETE FROM lease WHERE item_id = ?", item.id)

    patch.setattr(sessions, "free", free)


PAIRS: tuple[tuple[Story, Callable[[pytest.MonkeyPatch], None]], ...] = (
    (edited_in_the_window, no_recheck),
    (edited_while_ready, no_recheck),
    (answer_lost, blind_resend),
    (died_while_sending, sending_is_ready_again),
    (plain_hide, two_versions_one_event),
    (plain_hide, never_settled),
    (undone, undo_cancels_nothing),
    (dropped_line, lease_outlives_its_line),
)


def play(story: Story) -> None:
    """One short night, with every invariant looked at in the end."""
    night = Night()
    try:
        night.begin()
        night.comes_in(ABUSE, False)
        story(night)
        for name in INVARIANTS:
            getattr(night, name)()
    finally:
        night.teardown()


INVARIANTS = [name for name, value in vars(Night).items() if hasattr(value, "hypothesis_stateful_invariant")]


@pytest.mark.parametrize("story", sorted({story for story, _ in PAIRS}, key=lambda story: story.__name__))
def test_a_short_night_goes_well(story: Story) -> None:
    assert len(INVARIANTS) == 8
    play(story)


@pytest.mark.parametrize(("story", "fault"), PAIRS)
def test_each_protection_that_is_taken_out_is_seen(
    story: Story, fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        play(story)
