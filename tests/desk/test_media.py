"""Pictures and voices: opened elsewhere by a code, and hidden only once somebody says what they saw."""

from __future__ import annotations

from typing import Any

import pytest

from moderator.desk import media, work
from moderator.domain import asks, mediacode
from moderator.domain.comment import Media
from moderator.domain.errors import Code
from moderator.domain.person import Actor
from moderator.store import items
from tests.desk.conftest import Desk

PICTURE = Media("https://pics.example/flood.jpg", "a flooded road", "picture")


async def picture(desk: Desk, *found: Media, **changes: Any) -> int:
    """A comment that is a picture without words."""
    return await desk.comment("", media=found or (PICTURE,), permalink="https://site.example/?c=7", **changes)


@pytest.mark.req("H16", "Q21")
async def test_a_picture_is_not_hidden_until_somebody_says_what_it_shows(desk: Desk, officer: Actor) -> None:
    item_id = await picture(desk)
    hide = asks.Hide(1, "A1")
    refused = await desk.refused(work.hide, officer, item_id, hide)
    assert "cannot be hidden unseen" in refused.sentence
    await desk.house.write(media.media_seen, officer, item_id, asks.MediaSeen("A poster that calls an officer a dog."))
    seen = (await desk.detail(officer, item_id)).media_seen
    assert seen is not None
    assert (seen.person, seen.text, seen.version) == ("rita", "A poster that calls an officer a dog.", 1)
    await desk.house.write(work.hide, officer, item_id, hide)
    (decision,) = (await desk.detail(officer, item_id)).decisions
    assert (decision.clause, decision.reason, decision.quote) == ("A1", "A poster that calls an officer a dog.", "")
    await desk.sound()


@pytest.mark.req("H16")
async def test_a_seen_picture_still_needs_a_clause_that_can_be_a_ground(desk: Desk, officer: Actor) -> None:
    item_id = await picture(desk)
    await desk.house.write(media.media_seen, officer, item_id, asks.MediaSeen("Somebody on a roof."))
    assert (await desk.refused(work.hide, officer, item_id, asks.Hide(1, ""))).code is Code.BAD
    life = next(clause.id for clause in desk.house.policy.clauses if not clause.hideable)
    assert (await desk.refused(work.hide, officer, item_id, asks.Hide(1, life))).code is Code.NOT_ALLOWED


@pytest.mark.req("H16")
async def test_an_exchanged_picture_counts_as_unseen(desk: Desk, officer: Actor) -> None:
    item_id = await picture(desk, remote_id="c9")
    await desk.house.write(media.media_seen, officer, item_id, asks.MediaSeen("A road."))
    await picture(desk, Media("https://pics.example/other.jpg", "", "picture"), remote_id="c9", revision="new")
    assert (await desk.item(item_id)).comment_version == 2
    assert (await desk.detail(officer, item_id)).media_seen is None
    assert "unseen" in (await desk.refused(work.hide, officer, item_id, asks.Hide(2, "A1"))).sentence


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
async def test_what_it_shows_is_said_in_a_line(desk: Desk, officer: Actor, text: str) -> None:
    assert (await desk.refused(media.media_seen, officer, await picture(desk), asks.MediaSeen(text))).code is Code.BAD


async def test_only_where_there_is_a_picture(desk: Desk, officer: Actor) -> None:
    refused = await desk.refused(media.media_seen, officer, await desk.comment(), asks.MediaSeen("A road."))
    assert refused.code is Code.WRONG_STATE


@pytest.mark.req("H16", "X1", "Q21")
async def test_the_screen_gets_inert_addresses_and_a_code_gives_the_true_one(desk: Desk, officer: Actor) -> None:
    item_id = await picture(desk)
    comment, shown = (await desk.detail(officer, item_id)).links
    assert (comment.kind, comment.url) == ("comment", "hxxps://site[.]example/?c=7")
    assert (shown.kind, shown.alt, shown.url) == ("picture", "a flooded road", "hxxps://pics[.]example/flood.jpg")
    found = await desk.house.write(media.address, officer, shown.code.lower())
    assert (found.item_id, found.url) == (item_id, PICTURE.url)
    assert (await desk.house.write(media.address, officer, comment.code)).url == "https://site.example/?c=7"
    assert (await desk.kinds())[-2:] == ["media.shown", "media.shown"]
    await desk.sound()


@pytest.mark.req("X1", "H16")
@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "https://x.example/\u202egpj", "https://a b", "", "data:text/html,x"],
)
async def test_nothing_but_a_plain_web_address_is_ever_handed_out(desk: Desk, officer: Actor, url: str) -> None:
    item_id = await picture(desk, Media(url, "x", "picture"))
    assert [one.kind for one in (await desk.detail(officer, item_id)).links] == ["comment"]
    refused = await desk.refused(media.address, officer, mediacode.code_of(item_id, 1))
    assert refused.code is Code.NOT_FOUND


@pytest.mark.parametrize("code", ["", "ABCD", "zzzz zzzz", "7", "\x1b[31m"])
async def test_a_mistyped_code_opens_nothing(desk: Desk, officer: Actor, code: str) -> None:
    assert (await desk.refused(media.address, officer, code)).code in (Code.BAD, Code.NOT_FOUND)


@pytest.mark.req("H16")
async def test_the_item_row_holds_no_words_of_what_was_seen(desk: Desk, officer: Actor) -> None:
    """The row is sealed without salt: its digest must not let words be guessed."""
    item_id = await picture(desk)
    await desk.house.write(media.media_seen, officer, item_id, asks.MediaSeen("A road."))
    stored = await desk.house.read(lambda look: items.row_of(look.conn, item_id)["media_seen"])
    assert "road" not in stored
