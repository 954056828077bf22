"""Who is told what happened: at once, merged, encoded once, bounded."""

from __future__ import annotations

import asyncio
import threading

import pytest

from moderator.domain.wording import words
from moderator.service import hub as hubs
from moderator.service.hub import RESYNC, Hub, Pending, Subscriber, Telling, frame

pytestmark = pytest.mark.req("Z11")


async def describe(pending: Pending) -> list[Telling]:
    return [Telling("queue", {"ids": list(pending.items), "new": pending.new, "seq": pending.seq})]


def make(per_second: int = 10, look: hubs.Describe = describe) -> Hub:
    return Hub(asyncio.get_running_loop(), look, per_second=per_second, up_ms=lambda: 5)


async def told(subscriber: Subscriber) -> bytes:
    return await asyncio.wait_for(subscriber.take(), 5)


async def test_a_commit_in_another_thread_reaches_the_stream() -> None:
    hub = make()
    subscriber = Subscriber("alice", 1000, 64)
    hub.join(subscriber)
    running = asyncio.create_task(hub.run())
    commit = threading.Thread(target=hub.committed, args=([("item", (7, True))], (42, "hash")))
    commit.start()
    assert await told(subscriber) == frame("queue", {"ids": [7], "new": 1, "seq": 42})
    commit.join()
    running.cancel()


async def test_a_burst_is_one_event_at_once_and_one_for_the_rest() -> None:
    """1,000 commits while the first event is being told: two events, no id lost, each id named once."""
    calls: list[Pending] = []
    first, go = asyncio.Event(), asyncio.Event()

    async def slow(pending: Pending) -> list[Telling]:
        calls.append(pending)
        first.set()
        await go.wait()
        return await describe(pending)

    hub = make(1000, slow)
    subscriber = Subscriber("alice", 1000, 64)
    hub.join(subscriber)
    running = asyncio.create_task(hub.run())
    hub.committed([("item", (0, True))], (1, ""))
    await asyncio.wait_for(first.wait(), 5)
    for n in range(1, 1000):
        hub.committed([("item", (n % 300, False)), ("effect", n % 3)], (n, ""))
    await asyncio.sleep(0)
    go.set()
    seen = b""
    while seen.count(b"event: queue") < 2:
        seen += await told(subscriber)
    assert len(calls) == 2
    assert (list(calls[0].items), calls[0].new) == ([0], 1)
    assert (set(calls[1].items), set(calls[1].effects), calls[1].new) == (set(range(300)), {0, 1, 2}, 0)
    running.cancel()


async def test_who_cannot_keep_up_is_told_once_to_read_again() -> None:
    subscriber = Subscriber("alice", 1000, 8)
    for n in range(100):
        subscriber.put(frame("queue", {"n": n}))
    assert await told(subscriber) == RESYNC
    subscriber.put(frame("queue", {"n": 100}))
    assert await told(subscriber) == frame("queue", {"n": 100})


async def test_without_a_bound_the_queue_grows() -> None:
    """The control: what the bound prevents."""
    subscriber = Subscriber("alice", 1000, 10**9)
    for n in range(100):
        subscriber.put(frame("queue", {"n": n}))
    assert (await told(subscriber)).count(b"event: queue") == 100


async def test_a_ping_never_pushes_out_what_happened() -> None:
    hub = make()
    subscriber = Subscriber("alice", 1000, 1)
    hub.join(subscriber)
    subscriber.put(frame("queue", {}))
    hub.ping("now")
    assert await told(subscriber) == frame("queue", {})
    hub.ping("now")
    assert await told(subscriber) == frame("ping", {"now": "now"})


async def test_an_event_is_encoded_once_and_owned_by_one() -> None:
    hub = make()
    alice, bob, carol = (Subscriber(name, 1000 + n, 8) for n, name in enumerate(("alice", "bob", "carol")))
    for subscriber in (alice, bob, carol):
        hub.join(subscriber)
    hub.publish([Telling("effect", {"mine": False}, "bob", {"mine": True})])
    waiting = alice._waiting[0]
    assert waiting is carol._waiting[0]  # the same bytes for everybody, not a copy for each
    assert await told(bob) == frame("effect", {"mine": True})
    assert await told(alice) == frame("effect", {"mine": False})


@pytest.mark.req("L1", "L6")
async def test_each_stream_is_told_in_its_own_language(pseudo: str) -> None:
    """The control is the second: the same event, to a stream that did not ask for the language."""
    hub = make()
    other, plain = Subscriber("alice", 1000, 8, pseudo), Subscriber("bob", 1001, 8)
    for subscriber in (other, plain):
        hub.join(subscriber)
    hub.publish([Telling("notice", {"sentence": words("Your roles changed; connect again.")})])
    assert "⟦Your roles changed; connect again.".encode() in await told(other)
    assert await told(plain) == frame("notice", {"sentence": "Your roles changed; connect again."})


async def test_closing_comes_last_and_ends_the_stream() -> None:
    hub = make()
    subscriber = Subscriber("alice", 1000, 8)
    hub.join(subscriber)
    subscriber.put(frame("queue", {}))
    hub.close()
    subscriber.put(frame("queue", {"late": True}))
    assert await told(subscriber) == frame("queue", {}) + hubs.CLOSING
    assert await told(subscriber) == b""


async def test_news_that_cannot_be_read_becomes_resync() -> None:
    async def failing(pending: Pending) -> list[Telling]:
        raise OSError("the disk")

    hub = make(1000, failing)
    subscriber = Subscriber("alice", 1000, 8)
    hub.join(subscriber)
    running = asyncio.create_task(hub.run())
    hub.committed([("item", (1, True))], (1, ""))
    assert await told(subscriber) == RESYNC
    hub.committed([("item", (2, True))], (2, ""))
    assert await told(subscriber) == RESYNC  # and the hub lives on
    running.cancel()


async def test_nothing_announced_wakes_nobody() -> None:
    hub = make()
    subscriber = Subscriber("alice", 1000, 8)
    hub.join(subscriber)
    hub.committed([], (9, ""))
    running = asyncio.create_task(hub.run())
    hub.committed([("notice", "x")], (10, ""))
    assert b'"seq":10' in await told(subscriber)
    running.cancel()
