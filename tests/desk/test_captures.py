"""Captures: the evidence of what a comment said, and who looked at it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

import pytest

from moderator.desk import captures
from moderator.desk.room import Room
from moderator.domain.capture import Capture
from moderator.domain.comment import Author, Media
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Actor, Role
from tests.desk.conftest import ABUSE, PLAIN, START, Desk, remote

HOSTILE = "evil\x1b[2J\u202egnp.exe\n#8 · hidden by lead"
RAW = json.dumps({"id": 7, "content": {"raw": HOSTILE}, "author": "ৰুপা"})


async def taken(desk: Desk) -> int:
    """A comment with everything that a platform can say, edited once since."""
    given = {
        "author": Author("a1", "ৰুপা\x1b[31m", "@rupa"),
        "permalink": "https://site.example/c1",
        "media": (Media("https://site.example/x.png", "a flooded road"),),
        "language": "en",
    }
    item_id = await desk.comment(HOSTILE, "c1", raw=RAW, **given)
    desk.clock.pass_(60)
    await desk.take_in(remote(PLAIN, "c1", raw="{}", **given))
    return item_id


async def show(desk: Desk, actor: Actor, item_id: int, n: int = 0) -> Capture:
    return await desk.house.write(captures.show, actor, item_id, n)


@pytest.mark.req("K6", "K5")
async def test_a_capture_has_words_author_post_times_addresses_versions_and_proof(desk: Desk, officer: Actor) -> None:
    item_id = await taken(desk)
    found = await show(desk, officer, item_id, 1)
    assert (found.n, found.versions, found.platform, found.author_handle) == (1, 2, "wordpress", "@rupa")
    assert (found.author_name.startswith("ৰুপা"), "\x1b" in found.author_name) == (True, False)
    assert ("gnp.exe" in found.text, "\x1b" in found.text, "control" in found.flags) == (True, False, True)
    assert (found.post_title, found.permalink) == ("Flood relief", "https://site.example/c1")
    assert (found.created_at, found.created_local) == (START - timedelta(minutes=5), "2026-11-23T01:55:00.000+05:30")
    assert START <= found.captured_at == datetime.fromisoformat(found.captured_local)
    assert found.captured_local.endswith("+05:30")
    assert found.media == ("picture: a flooded road https://site.example/x.png",)
    assert (found.retention, found.method) == ("routine", "read over the platform's own interface")
    assert (found.raw, found.raw_sha256) == (RAW, hashlib.sha256(RAW.encode()).hexdigest())
    assert found.text_sha256 == hashlib.sha256(found.text.encode()).hexdigest()
    (event,) = await desk.rows("SELECT * FROM event WHERE seq = ?", found.event)
    assert (event["kind"], event["hash"], f"version:{item_id}.1" in event["body"]) == ("ingest", found.event_hash, True)
    assert found.holds


async def test_the_newest_version_is_shown_where_none_is_named(desk: Desk, officer: Actor) -> None:
    item_id = await taken(desk)
    newest = await show(desk, officer, item_id)
    assert (newest.n, newest.text, newest.raw) == (2, PLAIN, "{}")
    assert newest.captured_at > (await show(desk, officer, item_id, 1)).captured_at


@pytest.mark.req("K6", "R7")
async def test_who_looked_at_which_version_is_on_the_trail(desk: Desk, officer: Actor, other: Actor) -> None:
    item_id = await taken(desk)
    before = len(await desk.kinds())
    await show(desk, officer, item_id, 1)
    await show(desk, other, item_id)
    looks = await desk.rows("SELECT body FROM event WHERE kind = 'capture.shown' ORDER BY seq")
    told = [json.loads(row["body"]) for row in looks]
    assert [(one["actor"], one["item"], one["facts"]) for one in told] == [
        (officer.person.id, item_id, {"version": 1}),
        (other.person.id, item_id, {"version": 2}),
    ]
    assert len(await desk.kinds()) == before + 2
    await desk.sound()


@pytest.mark.req("R7")
async def test_a_refused_look_shows_nothing(desk: Desk, officer: Actor) -> None:
    item_id = await taken(desk)
    custodian = await desk.person("cora", Role.CUSTODIAN)
    before = await desk.kinds()
    assert (await desk.refused(captures.show, custodian, item_id)).code is Code.NOT_ALLOWED
    refused: Refused = await desk.refused(captures.show, officer, item_id, 3)
    assert (refused.code, refused.cure) == (Code.NOT_FOUND, "It has 2: 1 to 2.")
    assert (await desk.refused(captures.show, officer, 999)).code is Code.NOT_FOUND
    assert await desk.kinds() == before


@pytest.mark.req("K6")
@pytest.mark.parametrize("what", ["version SET text", "raw SET payload", "version SET author_name"])
async def test_control_words_that_were_changed_behind_the_desks_back_are_said_not_to_hold(
    desk: Desk, officer: Actor, what: str
) -> None:
    def forge(room: Room) -> None:
        room.tx.run(f"UPDATE {what} = 'forged' WHERE item_id = ? AND n = 1", item_id)

    item_id = await desk.comment(ABUSE)
    assert (await show(desk, officer, item_id)).holds
    await desk.house.write(forge)
    assert not (await show(desk, officer, item_id)).holds
