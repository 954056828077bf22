"""Practice: lively from the first second, the same for the same seed, marked everywhere, and sealed off."""

from __future__ import annotations

import string
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from moderator.domain.comment import RemoteComment, RemoteState
from moderator.domain.effect import Op
from moderator.platforms import base, connect
from moderator.platforms import practice_world as world
from moderator.platforms.base import Verb
from moderator.platforms.practice import Practice
from moderator.platforms.practice_texts import HANDLE_MARK, LINES, MARK, NOTICES, OPENING, POST_MARK, Sort
from tests.platforms.conftest import NOON, action


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def begin(clock: Hands, **settings: str) -> Practice:
    return Practice(1, {"seed": "a", "outages": "off", **settings}, now=clock)


async def watch(practice: Practice, clock: Hands, turns: int, step: float = 20.0) -> list[RemoteComment]:
    """Everything that a desk polling every `step` seconds takes in."""
    found: list[RemoteComment] = []
    cursor = ""
    for _ in range(turns):
        page = await practice.fetch(cursor)
        found += page.comments
        cursor = page.cursor
        clock.on(0 if page.more else step)
    return found


async def test_the_queue_is_not_empty_at_the_start() -> None:
    page = await begin(Hands()).fetch("")
    assert len(page.comments) == len(OPENING) >= 12
    assert len({comment.text for comment in page.comments}) == len(OPENING) - 1  # one pair of identical spam
    assert all(comment.created_at < NOON for comment in page.comments)


async def test_something_is_said_every_few_seconds() -> None:
    clock = Hands()
    found = await watch(begin(clock), clock, 90)
    spoken = sorted(comment.created_at for comment in found if comment.created_at >= NOON)
    gaps = [(b - a).total_seconds() for a, b in pairwise(spoken)]
    assert 300 < len(spoken) < 900
    assert max(gaps) < 60
    assert sorted(gaps)[len(gaps) // 2] <= 6


async def test_the_same_seed_and_clock_make_the_same_world() -> None:
    worlds = []
    for seed in ("a", "a", "b"):
        clock = Hands()
        worlds.append([comment.text for comment in await watch(begin(clock, seed=seed), clock, 50)])
    assert worlds[0] == worlds[1]
    assert worlds[0] != worlds[2]


@pytest.mark.req("T3")
async def test_everything_is_marked_as_practice() -> None:
    clock = Hands()
    practice = begin(clock)
    who = await practice.probe()
    assert who.name.endswith(MARK)
    for comment in await watch(practice, clock, 60):
        assert comment.author.handle.startswith(HANDLE_MARK)
        assert "practice" not in comment.author.name, "a name fits its column of the queue"
        assert comment.post is not None
        assert comment.post.title.startswith(POST_MARK)
    assert practice.capabilities.tested == "synthetic"


async def test_a_long_shift_meets_everything() -> None:
    clock = Hands()
    found = await watch(begin(clock), clock, 500)
    texts = [comment.text for comment in found]
    for sort in Sort:
        if sort is not Sort.AGAIN:
            pieces = [line.text.split("{")[0] for line in LINES if line.sort is sort]
            assert any(text.startswith(piece) for text in texts for piece in pieces if piece), sort
    assert max(texts.count(text) for text in texts if ".example" in text) >= 4  # a wave of identical spam
    assert any(comment.parent_remote_id for comment in found)
    scripts = {"en": "a", "as": "ৰ", "hi": "र"}
    assert all(any(letter in text for text in texts) for letter in scripts.values())


async def test_some_are_edited_and_some_deleted() -> None:
    clock = Hands()
    practice = begin(clock)
    found = await watch(practice, clock, 300)
    seen = await practice.refresh([comment.remote_id for comment in found])
    before = {comment.remote_id: comment.revision for comment in found}
    states = [observed.state for observed in seen]
    edited = [o for o in seen if o.comment and o.comment.edited_at and o.comment.revision != before[o.remote_id]]
    assert RemoteState.DELETED in states
    assert edited


@pytest.mark.req("X2")
async def test_the_site_is_down_now_and_then() -> None:
    clock = Hands()
    practice = begin(clock, outages="on")
    down = 0
    for _ in range(800):
        clock.on(3)
        try:
            await practice.fetch("")
        except base.Outage:
            down += 1
            with pytest.raises(base.Transient) as caught:
                await practice.act(action(Op.HIDE, "x"))
            assert not caught.value.unknown_outcome
    assert 3 < down < 80


async def test_acts_change_the_world_and_are_seen() -> None:
    clock = Hands()
    practice = begin(clock)
    target = (await practice.fetch("")).comments[0].remote_id
    steps = [(Op.HIDE, RemoteState.HIDDEN), (Op.RESTORE, RemoteState.VISIBLE)]
    for op, state in steps:
        assert (await practice.look(action(op, target), frozenset())).verb is Verb.UNKNOWN
        assert (await practice.act(action(op, target))).verb is Verb.DONE
        assert (await practice.act(action(op, target))).verb is Verb.ALREADY
        assert (await practice.look(action(op, target), frozenset())).verb is Verb.DONE
        [observed] = await practice.refresh([target])
        assert observed.state is state


async def test_a_reply_stands_below_its_comment_once() -> None:
    clock = Hands()
    practice = begin(clock)
    page = await practice.fetch("")
    target = page.comments[0].remote_id
    reply = action(Op.REPLY, target, "The office is open from 10 to 5.", key="k7")
    first, again = await practice.act(reply), await practice.act(reply)
    assert (first.verb, again.verb, again.remote_id) == (Verb.DONE, Verb.ALREADY, first.remote_id)
    ours = [comment for comment in await practice.context(target) if comment.author.ours]
    assert [comment.text for comment in ours] == [reply.text]
    assert [c.author.ours for c in (await practice.fetch(page.cursor)).comments if c.remote_id == first.remote_id] == [
        True
    ]
    assert (await practice.look(reply, frozenset())).remote_id == first.remote_id
    assert (await practice.look(reply, frozenset({first.remote_id}))).verb is Verb.UNKNOWN


async def test_some_authors_write_again() -> None:
    clock = Hands()
    practice = begin(clock)
    page = await practice.fetch("")
    made = {}
    for comment in page.comments:
        outcome = await practice.act(action(Op.REPLY, comment.remote_id, "Noted.", key=comment.remote_id))
        made[outcome.remote_id] = comment.author
    clock.on(90)
    after = (await practice.fetch(page.cursor, 1000)).comments
    again = [comment for comment in after if comment.parent_remote_id in made]
    assert again
    assert all(comment.author == made[comment.parent_remote_id] for comment in again)


async def test_an_earlier_run_is_neither_mixed_up_nor_called_deleted() -> None:
    clock = Hands()
    old = (await begin(clock).fetch("")).comments[0].remote_id
    cursor = (await begin(clock).fetch("")).cursor
    later = begin(clock, seed="b")
    assert len((await later.fetch(cursor)).comments) == len(OPENING)
    assert await later.refresh([old]) == []
    assert (await later.act(action(Op.HIDE, old))).verb is Verb.DONE
    assert (await later.act(action(Op.HIDE, old))).verb is Verb.ALREADY
    assert await later.context(old) == []


async def test_what_is_deleted_cannot_be_acted_on() -> None:
    clock = Hands()
    practice = begin(clock)
    found = await watch(practice, clock, 300)
    gone = [o.remote_id for o in await practice.refresh([c.remote_id for c in found]) if o.comment is None]
    for op in (Op.HIDE, Op.REPLY):
        with pytest.raises(base.NotFound):
            await practice.act(action(op, gone[0], "x"))


async def test_memory_is_bounded_and_a_long_sleep_is_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "HELD", 200)
    clock = Hands()
    practice = begin(clock, rate="0.5")
    first = (await practice.fetch("")).comments[0].remote_id
    clock.on(7 * 86400)
    page = await practice.fetch("", 10_000)
    assert len(page.comments) <= 200
    assert min(comment.created_at for comment in page.comments) >= clock.at - timedelta(minutes=11)
    assert await practice.refresh([first]) == []  # forgotten, not deleted


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "often", "4000"])
def test_settings_are_checked(rate: str) -> None:
    with pytest.raises(base.Invalid, match="rate"):
        begin(Hands(), rate=rate)


SEALED = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append((event, args)) if event.startswith("socket.") else None)
from moderator.platforms import connect
account = connect("practice", account_id=1, url="", login_id="", settings={"rate": "0.01"}, secret=None)
def run(step):
    try:
        step.send(None)
    except StopIteration as end:
        return end.value
for _ in range(50):
    comments = run(account.fetch("", 500)).comments
run(account.refresh([c.remote_id for c in comments]))
run(account.context(comments[0].remote_id))
assert len(comments) > 12 and "httpx" not in sys.modules
print(opened)
import socket
socket.socket(socket.AF_INET).close()
assert opened, "the watch sees nothing"
"""


@pytest.mark.req("T3")
def test_practice_opens_no_socket() -> None:
    """The control stands at the end of the script: a socket opened there is seen."""
    done = subprocess.run([sys.executable, "-c", SEALED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_lines_are_many_and_fillable() -> None:
    assert len(LINES) >= 60
    assert {line.language for line in LINES} == {"en", "as", "hi"}
    for sort in Sort:
        assert {line.language for line in LINES if line.sort is sort} == {"en", "as", "hi"}
    topics = {notice.topic for notice in NOTICES}
    slots: dict[str, Any] = dict.fromkeys(("place", "party", "number", "two", "ref"), "x")
    for line in LINES:
        assert line.topic in {"", *topics}
        assert {name for _, name, _, _ in string.Formatter().parse(line.text) if name} <= set(slots)
        if ".example" not in line.text:
            assert "http" not in line.text


def test_every_platform_can_be_opened_by_name() -> None:
    account = connect("import", account_id=1, url="", login_id="", settings={}, secret=None)
    assert not account.capabilities.hide
    with pytest.raises(base.Unsupported, match="wordpress"):
        connect("wordpres", account_id=1, url="", login_id="", settings={}, secret=None)
    with pytest.raises(base.AuthRevoked, match="no application password"):
        connect("wordpress", account_id=1, url="https://x.example", login_id="d", settings={}, secret=None)
