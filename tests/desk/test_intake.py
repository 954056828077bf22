"""Taking in: nothing twice, nothing lost, and what became of what was taken in before."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from moderator.desk import intake, reading, ready, reply, status, taking, work
from moderator.desk.judging import READY, Assessor, Judge
from moderator.desk.room import Room
from moderator.domain import asks
from moderator.domain.comment import Author, Media, RemoteState
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Lane, State, Visibility
from moderator.domain.person import Actor
from moderator.domain.policy import Opinion, Verdict
from moderator.domain.view import View
from moderator.domain.wire import decode, encode
from moderator.platforms.base import AuthRevoked, BadPayload, Outage, Page, RateLimited
from moderator.policy import document
from moderator.policy.engine import Engine
from moderator.store import items
from tests.desk.conftest import ABUSE, CRITICISM, PLAIN, START, Desk, Remote, remote

NOTHING = asks.Nothing()
HIDE = asks.Hide(1, "A1")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile_text.jsonl"


async def count(desk: Desk, table: str) -> int:
    return int((await desk.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


# Once, and whole


@pytest.mark.req("K1", "K5")
async def test_one_comment_is_one_event_with_everything_in_it(desk: Desk) -> None:
    await desk.comment(ABUSE)
    (event,) = await desk.rows("SELECT * FROM event WHERE kind = 'ingest'")
    rows = set(json.loads(event["body"])["rows"])
    assert {name.split(":")[0] for name in rows} == {"item", "version", "raw", "verdict", "post"}
    (item,) = await desk.rows("SELECT * FROM item")
    assert item["captured_local"].endswith("+05:30")
    assert item["commented_at"] < item["captured_at"]
    await desk.sound()


async def test_the_same_page_twice_takes_nothing_in_twice(desk: Desk) -> None:
    page = [remote(f"{PLAIN} {n}", f"c{n}") for n in range(30)]
    assert await desk.take_in(*page, *page[:10]) == 30
    before = await desk.kinds()
    assert await desk.take_in(*page) == 0
    assert await desk.kinds() == before
    assert await count(desk, "item") == 30


@pytest.mark.req("Z16")
async def test_no_words_of_anybody_stand_on_the_trail(desk: Desk, officer: Actor) -> None:
    """Sentinels in every free text that goes through the desk; the control shows that they are in the rows."""
    canaries = {name: f"canary-{name}-77" for name in ("text", "author", "post", "note", "reason", "draft", "raw")}
    item_id = await desk.comment(
        f"{ABUSE} {canaries['text']}",
        author=Author("a1", canaries["author"]),
        raw=json.dumps({"x": canaries["raw"]}),
        post=dataclasses.replace(remote("", "x").post, title=canaries["post"]),  # type: ignore[arg-type]
    )
    await desk.house.write(work.note, officer, item_id, asks.Note(canaries["note"]))
    await desk.house.write(reply.save_draft, officer, item_id, asks.SaveDraft(canaries["draft"]))
    ask = dataclasses.replace(HIDE, reason=canaries["reason"])
    await desk.house.write(work.hide, officer, item_id, ask)
    await desk.drain()
    told = "".join(row["body"] for row in await desk.rows("SELECT body FROM event"))
    stored = ""
    for table in ("version", "raw", "post", "note", "decision", "draft"):
        stored += str(await desk.rows(f"SELECT * FROM {table}"))
    for canary in canaries.values():
        assert canary not in told
        assert canary in stored


@pytest.mark.req("H2")
@pytest.mark.parametrize(
    ("text", "lane", "minutes"),
    [
        (PLAIN, Lane.ROUTINE, 120),
        ("I will kill you tonight, I know where you live.", Lane.THREAT, 15),
        ("We are trapped on the roof, water is rising, please send a boat, my mother is sick.", Lane.LIFE, 5),
        ("I want to kill myself, I do not want to live anymore.", Lane.LIFE, 5),
    ],
)
async def test_lanes_and_due_times(desk: Desk, text: str, lane: Lane, minutes: int) -> None:
    item = await desk.item(await desk.comment(text))
    assert item.lane is lane
    assert item.due_first is not None
    assert abs(item.due_first - (START + timedelta(minutes=minutes))) < timedelta(seconds=1)


@pytest.mark.req("F14")
async def test_hostile_ids_and_texts_are_taken_in(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(
        "a\x1b]0;x\x07\ud800\0b\u202e", "c\ud8001", author=Author("u\ud800", "N\x1b[2J"), permalink="https://x\x9b/"
    )
    detail = await desk.detail(officer, item_id)
    told = f"{detail}"
    assert not any(ch in told for ch in "\x1b\x07\0\x9b\u202e\ud800")


@pytest.mark.req("F14")
@pytest.mark.skipif(not SHARED.exists(), reason="the hostile corpus is not beside this repository")
async def test_the_whole_hostile_corpus_can_be_taken_in_and_decided(desk: Desk, officer: Actor) -> None:
    lines = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines() if line.strip()]
    texts = [str(line.get("text", "")) for line in lines]
    await desk.take_in(*(remote(text, f"h{n}", author=Author("", text[:80])) for n, text in enumerate(texts)))
    page = await desk.house.read(reading.queue_page, officer, View.ALL, "", 200)
    assert page.total == len(texts)
    for row in page.rows:
        assert "\x1b" not in row.text + row.author
        assert "\n" not in row.text
    for n in range(len(texts)):
        await desk.house.write(work.leave, officer, await desk.item_of(f"h{n}"), asks.Leave(1))
    await desk.sound()


@pytest.mark.req("F14")
async def test_one_comment_that_cannot_be_stored_stops_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    write = taking._Writer.write

    def broken(self: taking._Writer, item: items.Item | None, taken: ready.Taken) -> bool:
        if taken.remote_id == "c3":
            raise ValueError("a field that no database takes")
        return write(self, item, taken)

    monkeypatch.setattr(taking._Writer, "write", broken)
    page = Page(tuple(remote(f"{PLAIN} {n}", f"c{n}") for n in range(6)), "after")
    desk.platform.pages = [page]
    await intake.poll(desk.house, desk.account_id)
    assert await count(desk, "item") == 5
    assert "could not be taken in" in desk.house.notices["intake"]
    assert (await desk.rows("SELECT cursor FROM poll"))[0]["cursor"] == "after"


# Polling


async def test_the_cursor_goes_with_the_comments(desk: Desk) -> None:
    desk.platform.pages = [
        Page(tuple(remote(f"{PLAIN} {n}", f"c{n}") for n in range(250)), "one", more=True),
        Page((remote(PLAIN, "c1000"),), "two"),
    ]
    assert await intake.poll(desk.house, desk.account_id)
    assert not await intake.poll(desk.house, desk.account_id)
    assert desk.platform.cursors == ["", "one"]
    assert await count(desk, "item") == 251
    assert (await desk.rows("SELECT cursor FROM poll"))[0]["cursor"] == "two"
    await desk.sound()


async def test_a_crash_before_the_cursor_loses_and_doubles_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped inside the last batch's transaction: neither its comments nor the cursor are there; then all is."""
    page = Page(tuple(remote(f"{PLAIN} {n}", f"c{n}") for n in range(150)), "one")
    desk.platform.pages = [page, page]

    def full(room: Room, *args: object) -> None:
        raise Refused(Code.FULL, "Not saved: the disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "_read_up_to", full)
        with pytest.raises(Refused):
            await intake.poll(desk.house, desk.account_id)
    assert await count(desk, "item") == 100
    assert (await desk.rows("SELECT cursor FROM poll"))[0]["cursor"] == ""
    await intake.poll(desk.house, desk.account_id)
    assert await count(desk, "item") == 150
    await desk.sound()


@pytest.mark.req("B11", "I4")
async def test_an_outage_is_one_pair_of_events_and_never_an_exception(desk: Desk, officer: Actor) -> None:
    desk.platform.pages = [Outage("It is down."), BadPayload("Nonsense."), Outage("It is down."), Page((), "x")]
    pauses = []
    for _ in range(3):
        assert not await intake.poll(desk.house, desk.account_id)
        pauses.append((desk.house.not_before[desk.account_id] - desk.clock.now()).total_seconds())
    assert pauses == [20, 40, 80]
    told = (await desk.house.read(status.status, officer)).accounts[0]
    assert not told.up
    assert told.sentence == "It is down."
    await intake.poll(desk.house, desk.account_id)
    told = (await desk.house.read(status.status, officer)).accounts[0]
    assert told.up
    assert told.next_poll is None
    kinds = await desk.kinds()
    assert (kinds.count("outage.begin"), kinds.count("outage.end")) == (1, 1)


@pytest.mark.req("F2")
async def test_a_rate_limit_is_no_outage(desk: Desk) -> None:
    again = START + timedelta(seconds=777)
    desk.platform.pages = [RateLimited("Too many.", again)]
    await intake.poll(desk.house, desk.account_id)
    assert desk.house.not_before[desk.account_id] == again
    assert "outage.begin" not in await desk.kinds()


@pytest.mark.req("F5")
async def test_a_refused_credential_pauses_reading_after_a_second_try(desk: Desk) -> None:
    desk.platform.pages = [AuthRevoked("Refused."), AuthRevoked("Refused."), Page((remote(PLAIN, "c1"),), "x")]
    for _ in range(3):
        desk.house.connectors[desk.account_id] = desk.platform
        await intake.poll(desk.house, desk.account_id)
    assert len(desk.platform.cursors) == 2, "paused: not asked again"
    assert (await desk.rows("SELECT paused FROM poll"))[0]["paused"] == 1


async def test_a_gap_is_said(desk: Desk, officer: Actor) -> None:
    desk.platform.pages = [Page((), "x", complete=False, gap="Comments of 10:00 to 10:20 may be missing.")]
    await intake.poll(desk.house, desk.account_id)
    assert "may be missing" in (await desk.house.read(status.status, officer)).accounts[0].sentence
    assert "gap" in await desk.kinds()


# What became of it


@pytest.mark.req("B12")
async def test_an_edit_of_an_open_item_is_shown_with_both_versions(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(PLAIN)
    await desk.take_in(remote(ABUSE, "c1"))
    item = await desk.item(item_id)
    assert (item.state, item.cause, item.comment_version) == (State.NEW, Cause.EDITED, 2)
    detail = await desk.detail(officer, item_id)
    assert [version.text for version in detail.versions] == [PLAIN, ABUSE]
    assert detail.row.clause == "A1"
    assert await count(desk, "raw") == 2
    await desk.sound()


@pytest.mark.req("B12")
async def test_an_edit_after_the_decision_brings_it_back(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(PLAIN)
    await desk.house.write(work.leave, officer, item_id, asks.Leave(1))
    await desk.take_in(remote("I will kill you tonight, I know where you live.", "c1"))
    item = await desk.item(item_id)
    assert (item.state, item.cause, item.reopened, item.lane) == (State.NEW, Cause.EDITED, 1, Lane.THREAT)
    assert (await desk.house.read(status.status, officer)).urgent == (item_id,)
    await desk.sound()


async def test_an_edit_never_moves_an_item_down_or_its_clock_out(desk: Desk) -> None:
    item_id = await desk.comment("I will kill you tonight, I know where you live.")
    before = await desk.item(item_id)
    desk.clock.pass_(600)
    await desk.take_in(remote(PLAIN, "c1"))
    after = await desk.item(item_id)
    assert (after.lane, after.due_first) == (before.lane, before.due_first)


@pytest.mark.req("B12")
async def test_what_we_hid_and_somebody_showed_comes_back(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    await desk.drain()
    desk.clock.pass_(60)
    # The same words in the same state as when it was taken in: nothing but what we did in between tells it apart.
    await desk.take_in(remote(ABUSE, "c1", state=RemoteState.VISIBLE))
    item = await desk.item(item_id)
    assert (item.state, item.cause, item.visibility) == (State.NEW, Cause.UNHIDDEN, Visibility.PUBLIC)
    await desk.sound()


@pytest.mark.req("B12")
async def test_control_a_reading_older_than_our_hide_contradicts_nothing(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(15)
    began = desk.clock.ms
    await desk.turn()
    await desk.take_in(remote(ABUSE, "c1", revision="read before, written after"), read_ms=began)
    item = await desk.item(item_id)
    assert (item.state, item.visibility) == (State.RESOLVED, Visibility.HIDDEN)


@pytest.mark.parametrize(
    ("state", "visibility"),
    [
        (RemoteState.HIDDEN, Visibility.HIDDEN),
        (RemoteState.SPAM, Visibility.HIDDEN),
        (RemoteState.TRASHED, Visibility.REMOVED),
    ],
)
async def test_what_others_do_natively_is_seen_on_an_open_item(
    desk: Desk, state: RemoteState, visibility: Visibility
) -> None:
    item_id = await desk.comment(PLAIN)
    await desk.take_in(remote(PLAIN, "c1", state=state))
    item = await desk.item(item_id)
    assert (item.state, item.visibility, item.cause) == (State.NEW, visibility, Cause.HIDDEN_ELSEWHERE)
    await desk.sound()


@pytest.mark.req("F19")
async def test_a_deletion_parks_what_was_held_and_leaves_the_item_closable(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.platform.comments.clear()
    await intake.refresh(desk.house, desk.account_id)
    item = await desk.item(item_id)
    assert (item.state, item.visibility) == (State.NEW, Visibility.GONE)
    assert await desk.states(item_id) == ["parked"]
    await desk.house.write(work.close_gone, officer, item_id, NOTHING)
    assert await desk.states(item_id) == ["cancelled"]
    await desk.sound()


async def test_refreshing_goes_round_all_open_items(desk: Desk) -> None:
    ids = [f"c{n}" for n in range(230)]
    for remote_id in ids:
        desk.platform.comments[remote_id] = Remote(PLAIN)
    await desk.take_in(*(remote(PLAIN, remote_id) for remote_id in ids))
    for remote_id in ids:
        desk.platform.comments[remote_id].state = RemoteState.HIDDEN
    for _ in range(3):
        await intake.refresh(desk.house, desk.account_id)
    assert await desk.rows("SELECT id FROM item WHERE visibility <> 'hidden'") == []
    await intake.refresh(desk.house, desk.account_id)
    assert desk.account_id not in desk.house.refreshed, "the round begins anew"
    await desk.sound()


# Our own comments


async def test_our_own_reply_is_thread_and_never_work(desk: Desk, officer: Actor) -> None:
    item_id = await desk.comment(PLAIN)
    await desk.take_in(remote("We open at 10.", "r1", author=Author("us", "Agency", ours=True), parent_remote_id="c1"))
    assert await count(desk, "item") == 1
    thread = (await desk.detail(officer, item_id)).thread
    assert [(entry.author, entry.ours, entry.target, entry.depth) for entry in thread] == [
        ("Bipul", False, True, 0),
        ("Agency", True, False, 1),
    ]


@pytest.mark.req("B12")
async def test_a_colleague_s_native_answer_is_told_ours_is_not(desk: Desk, officer: Actor) -> None:
    text = "We open at 10 tomorrow. We look forward to your visit."
    native, sent = await desk.comment(PLAIN), await desk.comment(PLAIN + "?")
    us = Author("us", "Agency", ours=True)
    await desk.house.write(reply.reply, officer, sent, asks.Reply(1, text))
    await desk.drain()
    await desk.house.write(work.reopen, officer, sent, asks.Because("more to say"))
    await desk.take_in(
        remote("At 10.", "n1", author=us, parent_remote_id="c1"), remote(text, "r1", author=us, parent_remote_id="c2")
    )
    assert (await desk.item(native)).cause is Cause.ANSWERED_ELSEWHERE
    assert (await desk.item(sent)).cause is Cause.REOPENED
    await desk.sound()


# From a file


async def _lines(*lines: bytes) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


async def test_an_import_names_bad_lines_and_takes_the_rest(desk: Desk, lead: Actor, officer: Actor) -> None:
    await desk.house.write(_make_import, desk.account_id)
    good = [
        json.dumps({"id": f"i{n}", "text": f"{PLAIN} {n}", "created_at": "2026-11-22T10:00:00Z"}).encode()
        for n in range(700)
    ]
    lines = (*good[:300], b"{not json", b"\xff\xfe", b"", *good[300:], good[0])
    found = await intake.import_lines(desk.house, lead, desk.account_id, _lines(*lines))
    assert (found.taken, found.known, found.refused_count) == (700, 1, 2)
    assert "301" in found.refused[0]
    again = await intake.import_lines(desk.house, lead, desk.account_id, _lines(*good))
    assert (again.taken, again.known) == (0, 700)
    with pytest.raises(Refused) as caught:
        await intake.import_lines(desk.house, officer, desk.account_id, _lines(*good))
    assert caught.value.code is Code.NOT_ALLOWED
    await desk.sound()


def _make_import(room: Room, account_id: int) -> None:
    room.tx.change("account", account_id, platform="import")
    room.tx.record("account.change")


# Judging


async def test_the_judge_works_in_its_own_process(desk: Desk) -> None:
    abuse, media = await desk.house.judge.judge(
        [remote(f"{ABUSE}\x1b[2J", "c1"), remote("", "c2", media=(Media("https://x.example/1.jpg"),))]
    )
    assert isinstance(abuse, ready.Taken)
    assert isinstance(media, ready.Taken)
    assert "\x1b" not in abuse.text
    assert abuse.clause == "A1"
    assert media.opinion == Opinion.MEDIA
    assert desk.house.judge.pid not in (0, os.getpid())
    assert await desk.house.judge.judge([]) == []


async def test_a_killed_judge_is_started_again(desk: Desk) -> None:
    first = await desk.house.judge.judge([remote(ABUSE, "c1")])
    pid = desk.house.judge.pid
    os.kill(pid, signal.SIGKILL)
    assert await desk.house.judge.judge([remote(ABUSE, "c1")]) == first
    assert desk.house.judge.pid != pid
    assert desk.house.notices == {}


async def test_a_judge_that_cannot_start_is_not_started_over_and_over() -> None:
    notices: dict[str, str] = {}
    judge = Judge(document.load(None), notices, target=_stillborn)
    for _ in range(3):
        judged = await judge.judge([remote(f"{PLAIN} {n}", f"c{n}") for n in range(100)])
        assert {one.opinion for one in judged if isinstance(one, ready.Taken)} == {Opinion.NONE}
    assert judge.starts == 1
    assert "no opinion" in notices["judge"]
    await judge.close()


def _stillborn(line: object, policy: object) -> None:
    os._exit(1)


async def test_a_comment_that_kills_every_judge_is_taken_in_unjudged() -> None:
    notices: dict[str, str] = {}
    judge = Judge(document.load(None), notices, target=_mortal)
    judged = await judge.judge([remote("fine", "c1"), remote("poison", "c2"), remote("fine too", "c3")])
    told = [(one.text, one.opinion) for one in judged if isinstance(one, ready.Taken)]
    assert told == [("fine", "judged"), ("poison", "no_opinion"), ("fine too", "judged")]
    assert "no opinion" in notices["judge"]
    await judge.judge([remote("fine", "c1")])
    assert notices == {}, "the banner comes down once judging works again"
    await judge.close()


def _mortal(line: object, policy: object) -> None:
    """A worker that dies of one word."""
    found = document.load(None)
    assessor = Assessor(found, Engine(found))
    line.send(READY)  # type: ignore[attr-defined]
    while True:
        try:
            batch = line.recv()  # type: ignore[attr-defined]
        except EOFError:
            return
        if any(given.text == "poison" for given in batch):
            os._exit(1)
        line.send([assessor.judged(given) for given in batch])  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", [PLAIN, ABUSE, CRITICISM, "I will kill you tonight, you whore.", ""])
async def test_a_verdict_is_stored_as_the_codec_would(desk: Desk, text: str) -> None:
    verdict = desk.house.engine.judge(text)
    assert json.loads(ready.body_of(verdict)) == json.loads(json.dumps(encode(verdict)))
    assert decode(Verdict, json.loads(ready.body_of(verdict))) == verdict


_ALONE = """
import asyncio, os, signal
from moderator.desk.judging import Judge
from moderator.policy import document

async def main():
    judge = Judge(document.load(None), {})
    judge._line or judge._start()
    print(judge.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_the_judge_does_not_outlive_a_killed_desk(tmp_path: Path) -> None:
    script = tmp_path / "alone.py"
    script.write_text(_ALONE)
    told = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=30)
    pid = int(told.stdout)
    deadline = time.monotonic() + 20
    while _runs(pid):
        assert time.monotonic() < deadline, "the judging process lives on"
        select.select([], [], [], 0.05)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
