"""The same connector against a real WordPress on loopback, with a proxy between them that fails on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from moderator.domain.comment import RemoteState
from moderator.domain.effect import Op
from moderator.domain.secret import Secret
from moderator.platforms import base, connect
from moderator.platforms.base import Action, Connector, Verb
from moderator.platforms.markup import shown
from tests.platforms.conftest import ago, load_server

pytestmark = pytest.mark.wordpress

NONE: frozenset[str] = frozenset()
faults = load_server("fault_proxy")
Fault = faults.Fault

REPLIES = (
    "The bridge opens on the 30th — A. Das, duty desk",
    "Rain < 5 mm & <b>no</b> flood; call \"1070\" or it's 'off' \\ closed\\n 100% 🙏\n\nSecond paragraph.",
    "সেতু ৩০ তাৰিখে খুলিব। ক্ষমা কৰিব 🙏🏽 — আ. দাস",
    "पुल 30 तारीख को खुलेगा।\tधन्यवाद",
)


def now() -> datetime:
    return datetime.now(UTC)


def open_desk(server: Any, url: str = "", **changes: Any) -> Connector:
    given: dict[str, Any] = {"login_id": server.desk_login, "settings": {}, "secret": server.desk_password, **changes}
    given["secret"] = Secret(given["secret"])
    return connect("wordpress", account_id=1, url=url or server.url, **given)


@pytest.fixture
async def desk(wordpress: Any) -> AsyncIterator[Connector]:
    connector = open_desk(wordpress)
    yield connector
    await connector.aclose()


@pytest.fixture
async def proxy(wordpress: Any) -> AsyncIterator[Any]:
    where = urlsplit(wordpress.url)
    async with faults.proxying(where.hostname, where.port) as found:
        yield found


@pytest.fixture
def guarded(wordpress: Any) -> Iterator[None]:
    """WordPress refuses a second equal comment, as it does out of the box."""
    wordpress.keep_doubles_out(True)
    yield
    wordpress.keep_doubles_out(False)


def reply(target: str, text: str = REPLIES[0], key: str = "k1", tried: datetime | None = None) -> Action:
    return Action(Op.REPLY, target, key, text=text, first_tried=tried or now())


async def take_all(desk: Connector, cursor: str = "", budget: int = 100) -> tuple[list[Any], str]:
    """Every comment until there are no more."""
    found: list[Any] = []
    while True:
        page = await desk.fetch(cursor, budget)
        found += page.comments
        cursor = page.cursor
        if not page.more:
            return found, cursor


# Round trips


async def test_probe(wordpress: Any, desk: Connector) -> None:
    who = await desk.probe()
    assert (who.remote_id, who.name, who.roles) == (wordpress.desk_id, "Official desk", ("editor",))
    assert who.credential["name"] == "moderator desk"
    assert abs(datetime.fromisoformat(who.credential["server_time"]) - now()) < timedelta(seconds=5)
    assert wordpress.desk_password not in repr(who)


@pytest.mark.req("F5")
async def test_refused_logins(wordpress: Any) -> None:
    reader = {"login_id": wordpress.reader_login, "secret": wordpress.reader_password}
    target = wordpress.comment("for refused logins")
    for changes, kind in (
        ({"secret": "wrong words here"}, base.AuthRevoked),
        ({"login_id": "nobody"}, base.AuthRevoked),
        (reader, base.Forbidden),
    ):
        refused = open_desk(wordpress, **changes)
        for call in (refused.probe(), refused.fetch(""), refused.act(Action(Op.HIDE, target, "k"))):
            with pytest.raises(kind):
                await call
        await refused.aclose()


@pytest.mark.req("F5")
async def test_a_credential_revoked_while_we_work_is_told_apart(wordpress: Any) -> None:
    spare = wordpress.back_door("password", user=int(wordpress.desk_id))
    desk = open_desk(wordpress, secret=spare["password"])
    target = wordpress.comment("before the revocation")
    assert (await desk.act(Action(Op.HIDE, target, "k"))).verb is Verb.DONE
    wordpress.back_door("revoke", user=int(wordpress.desk_id), uuid=spare["uuid"])
    with pytest.raises(base.AuthRevoked):
        await desk.act(Action(Op.RESTORE, target, "k"))
    with pytest.raises(base.AuthRevoked):
        await desk.fetch("")
    await desk.aclose()


async def test_every_state_is_fetched_and_our_own_replies_are_ours(wordpress: Any, desk: Connector) -> None:
    made = {status: wordpress.comment(f"state {status}", status=status) for status in ("1", "0", "spam", "trash")}
    said = await desk.act(reply(made["1"], "Our own word."))
    found = {comment.remote_id: comment for comment in (await take_all(desk))[0]}
    states = {status: found[key].state for status, key in made.items()}
    assert states == {
        "1": RemoteState.VISIBLE, "0": RemoteState.HELD, "spam": RemoteState.SPAM, "trash": RemoteState.TRASHED
    }  # fmt: skip
    assert found[said.remote_id].author.ours
    assert not any(found[key].author.ours for key in made.values())
    assert found[made["1"]].post.title == "Flood & rain advisory"
    assert "citizen@example.org" not in "".join(comment.raw for comment in found.values())


async def test_a_comment_under_a_page_knows_what_it_stands_under(wordpress: Any, desk: Connector) -> None:
    key = wordpress.comment("under the page", post=wordpress.page)
    found = {comment.remote_id: comment for comment in (await take_all(desk))[0]}
    assert (found[key].post.title, found[key].post.text) == ("Contact us", "The office is open from 10 to 5.")


@pytest.mark.parametrize("text", ["You <b>are</b> late &amp; বন্যা\nsecond line", "5 &lt; 6", "🙏🏽 \\ 'q' \"q\""])
async def test_texts_arrive_as_they_are_shown(wordpress: Any, desk: Connector, text: str) -> None:
    key = wordpress.comment(text)
    [observed] = await desk.refresh([key])
    assert observed.comment is not None
    assert observed.comment.text == shown(text).text


@pytest.mark.req("F27")
async def test_comments_of_one_second_are_all_given_once(wordpress: Any) -> None:
    """Small pages and budgets, the site in another time zone, comments added between the fetches."""
    desk = open_desk(wordpress, settings={"page_size": "3"})
    _, cursor = await take_all(desk)
    at = ago(seconds=0)
    made = [wordpress.comment(f"crowd {n}", at=at) for n in range(8)]
    first, cursor = await take_all(desk, cursor, budget=5)
    made += [wordpress.comment(f"late {n}", at=at) for n in range(3)]
    second, cursor = await take_all(desk, cursor, budget=5)
    third, _ = await take_all(desk, cursor)
    assert sorted(comment.remote_id for comment in [*first, *second]) == sorted(made)
    assert third == []
    await desk.aclose()


async def test_hide_and_restore_and_again(wordpress: Any, desk: Connector) -> None:
    target = wordpress.comment("to be hidden")
    for op, state in ((Op.HIDE, RemoteState.HELD), (Op.RESTORE, RemoteState.VISIBLE)):
        action = Action(op, target, "k")
        assert (await desk.look(action, NONE)).verb is Verb.UNKNOWN
        done, again = await desk.act(action), await desk.act(action)
        assert (done.verb, done.state, again.verb, again.state) == (Verb.DONE, state, Verb.ALREADY, state)
        assert (await desk.look(action, NONE)).verb is Verb.DONE


@pytest.mark.parametrize("status", ["spam", "trash"])
async def test_a_restore_brings_back_what_a_colleague_put_away(wordpress: Any, desk: Connector, status: str) -> None:
    target = wordpress.comment("put away")
    wordpress.native(target, status)
    assert (await desk.act(Action(Op.HIDE, target, "k"))).verb is Verb.ALREADY
    assert (await desk.act(Action(Op.RESTORE, target, "k"))).state is RemoteState.VISIBLE


@pytest.mark.parametrize("text", REPLIES)
async def test_a_reply_arrives_as_it_was_written_and_is_found_again(wordpress: Any, desk: Connector, text: str) -> None:
    target = wordpress.comment(f"a question, answered with {len(text)} letters")
    action = reply(target, text)
    done = await desk.act(action)
    assert (done.verb, done.state) == (Verb.DONE, RemoteState.VISIBLE)
    [mine] = [comment for comment in await desk.context(target) if comment.author.ours]
    assert mine.text.split() == text.split()
    assert (await desk.look(action, NONE)).remote_id == done.remote_id == mine.remote_id
    assert (await desk.look(action, frozenset({done.remote_id}))).verb is Verb.UNKNOWN


@pytest.mark.usefixtures("guarded")
async def test_the_same_reply_again_is_a_duplicate_that_names_the_first(wordpress: Any, desk: Connector) -> None:
    target = wordpress.comment("asked twice")
    done = await desk.act(reply(target))
    with pytest.raises(base.Duplicate) as caught:
        await desk.act(reply(target))
    assert caught.value.existing == done.remote_id


@pytest.mark.req("Z15")
async def test_a_citizen_who_copies_our_words_is_not_us(wordpress: Any, desk: Connector) -> None:
    target = wordpress.comment("copied below")
    wordpress.comment(REPLIES[0], name="Official desk", parent=int(target))
    assert (await desk.look(reply(target, tried=now() - timedelta(minutes=1)), NONE)).verb is Verb.UNKNOWN


async def test_below_what_is_gone_nothing_is_said(wordpress: Any, desk: Connector) -> None:
    for status in ("trash", "spam", "delete"):
        target = wordpress.comment(f"to go: {status}")
        wordpress.native(target, status)
        with pytest.raises(base.NotFound):
            await desk.act(reply(target))
        assert wordpress.count(REPLIES[0], target) == 0
    for op in (Op.HIDE, Op.RESTORE):
        with pytest.raises(base.NotFound):
            await desk.act(Action(op, target, "k"))


@pytest.mark.req("F18", "F19", "B12")
async def test_refresh_sees_edits_and_what_others_did(wordpress: Any, desk: Connector) -> None:
    keys = [wordpress.comment(f"watched {n}") for n in range(6)]
    before = {seen.remote_id: seen.comment for seen in await desk.refresh(keys)}
    wordpress.back_door("edit", id=int(keys[0]), text="now it says something else")
    for key, status in zip(keys[1:5], ("hold", "spam", "trash", "delete"), strict=True):
        wordpress.native(key, status)
    seen = {one.remote_id: one for one in await desk.refresh(keys)}
    assert [seen[key].state.value for key in keys] == ["visible", "held", "spam", "trashed", "deleted", "visible"]
    assert seen[keys[0]].comment.text == "now it says something else"
    changed = [key for key in keys if seen[key].comment and seen[key].comment.revision != before[key].revision]
    assert changed == keys[:4]


async def test_context(wordpress: Any, desk: Connector) -> None:
    top = wordpress.comment("top", at=ago(minutes=5))
    beside = wordpress.comment("beside", parent=int(top), at=ago(minutes=4))
    this = wordpress.comment("this", parent=int(top), at=ago(minutes=3))
    below = wordpress.comment("below", parent=int(this), at=ago(minutes=2))
    assert [comment.remote_id for comment in await desk.context(this)] == [top, beside, below]
    with pytest.raises(base.NotFound):
        await desk.context("999999")


async def test_under_a_closed_post_trying_again_cannot_help(wordpress: Any, desk: Connector) -> None:
    target = wordpress.comment("the last word", post=wordpress.page)
    wordpress.back_door("close", id=wordpress.page, how="closed")
    with pytest.raises(base.Invalid, match="no more comments"):
        await desk.act(reply(target))
    wordpress.back_door("close", id=wordpress.page, how="open")
    assert (await desk.act(reply(target))).verb is Verb.DONE  # the control


# Faults


async def careful(desk: Connector, action: Action) -> str:
    """What the desk does with a reply: sends it once, then only looks."""
    try:
        return (await desk.act(action)).remote_id
    except base.Transient:
        pass
    return (await desk.look(action, NONE)).remote_id


async def naive(desk: Connector, action: Action) -> str:
    """The control: what a client with retries does."""
    for _ in range(3):
        try:
            return (await desk.act(action)).remote_id
        except base.Transient:
            continue
        except base.Duplicate as duplicate:
            return duplicate.existing
    return ""


BACKSLASH = "Open from 10 \\ 5 — A. Das, duty desk"
"""WordPress's own search for duplicates does not see a second copy of this."""


@pytest.mark.req("F1", "F3", "F4", "F9")
@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("fault", sorted(faults.COMMITTED - {Fault.SLOW}))
async def test_a_reply_whose_answer_is_lost_is_found_and_stands_once(wordpress: Any, proxy: Any, fault: str) -> None:
    """Control: the naive client, faced with the same, has said it twice, whatever WordPress does against doubles."""
    for how, copies in ((careful, 1), (naive, 2)):
        target = wordpress.comment(f"lost answer {fault} {copies}")
        desk = open_desk(wordpress, proxy.url)
        proxy.script.append(Fault(fault))
        found = await how(desk, reply(target, BACKSLASH))
        assert found
        assert wordpress.count(BACKSLASH, target) == copies
        await desk.aclose()


@pytest.mark.req("F4")
async def test_a_reply_that_takes_too_long_is_found(wordpress: Any, proxy: Any) -> None:
    target = wordpress.comment("slow answer")
    desk = open_desk(wordpress, proxy.url, timeout=1.0)
    proxy.script.append(Fault.SLOW)
    assert await careful(desk, reply(target))
    assert wordpress.count(REPLIES[0], target) == 1
    proxy.release.set()
    await desk.aclose()


@pytest.mark.req("F1", "F3")
@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.ERROR_BEFORE])
async def test_a_reply_that_did_not_arrive_is_not_found_and_not_said(wordpress: Any, proxy: Any, fault: Any) -> None:
    """From here it looks the same as one that did: that is why it is looked for."""
    target = wordpress.comment(f"never arrived {fault}")
    desk = open_desk(wordpress, proxy.url)
    proxy.script.append(fault)
    action = reply(target)
    with pytest.raises(base.Transient) as caught:
        await desk.act(action)
    assert caught.value.unknown_outcome
    assert (await desk.look(action, NONE)).verb is Verb.UNKNOWN
    assert wordpress.count(REPLIES[0], target) == 0
    await desk.aclose()


@pytest.mark.parametrize("fault", sorted(faults.COMMITTED - {Fault.SLOW}))
async def test_a_hide_whose_answer_is_lost_is_seen_by_looking(wordpress: Any, proxy: Any, fault: str) -> None:
    target = wordpress.comment(f"hidden, answer lost {fault}")
    desk = open_desk(wordpress, proxy.url)
    proxy.script.append(Fault(fault))
    action = Action(Op.HIDE, target, "k", first_tried=now())
    with pytest.raises(base.Transient) as caught:
        await desk.act(action)
    assert caught.value.unknown_outcome
    assert (await desk.look(action, NONE)).verb is Verb.DONE
    assert (await desk.act(action)).verb is Verb.ALREADY
    await desk.aclose()


@pytest.mark.req("F2")
@pytest.mark.parametrize(("header", "seconds"), [("7", 7), (None, 60), ("soon", 60)])
async def test_a_busy_site_is_left_alone_as_long_as_it_asks(
    wordpress: Any, proxy: Any, header: str | None, seconds: int
) -> None:
    target = wordpress.comment("busy")
    desk = open_desk(wordpress, proxy.url)
    proxy.script.append(Fault.TOO_MANY)
    proxy.retry_after = header
    before = now()
    with pytest.raises(base.RateLimited) as caught:
        await desk.act(reply(target))
    assert before + timedelta(seconds=seconds) <= caught.value.retry_at <= now() + timedelta(seconds=seconds)
    assert wordpress.count(REPLIES[0], target) == 0
    await desk.aclose()


@pytest.mark.req("X2")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.DROP_BEFORE, base.Outage),
        (Fault.DROP_AFTER, base.Outage),
        (Fault.ERROR_BEFORE, base.Outage),
        (Fault.TRUNCATED, base.BadPayload),
        (Fault.HTML, base.BadPayload),
        (Fault.TOO_MANY, base.RateLimited),
    ],
)
async def test_a_failed_reading_loses_nothing(wordpress: Any, proxy: Any, fault: Any, kind: Any) -> None:
    desk = open_desk(wordpress, proxy.url)
    _, cursor = await take_all(desk)
    key = wordpress.comment(f"during {fault}")
    proxy.reads.append(fault)
    with pytest.raises(kind):
        await desk.fetch(cursor)
    found, _ = await take_all(desk, cursor)
    assert [comment.remote_id for comment in found] == [key]
    await desk.aclose()


async def test_a_crash_between_the_site_and_us_leaves_what_can_be_found(wordpress: Any, proxy: Any) -> None:
    """We stop at the very moment when the site has answered and we have not heard it."""
    target = wordpress.comment("crash")
    action = reply(target)
    answered = asyncio.Event()

    async def hold() -> None:
        answered.set()
        await proxy.release.wait()

    desk = open_desk(wordpress, proxy.url)
    proxy.on_answer = hold
    trying = asyncio.create_task(desk.act(action))
    await asyncio.wait_for(answered.wait(), 20)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    proxy.on_answer = None
    proxy.release.set()
    assert (await desk.look(action, NONE)).remote_id
    assert wordpress.count(REPLIES[0], target) == 1
    await desk.aclose()
