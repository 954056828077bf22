"""WordPress without a network: what its answers mean, field by field and refusal by refusal."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.domain.comment import Kind, RemoteState
from moderator.domain.effect import Op
from moderator.domain.secret import Secret
from moderator.platforms import base, http
from moderator.platforms.base import Verb
from moderator.platforms.markup import comparable, shown
from moderator.platforms.wordpress import WordPress, _reply_fields
from moderator.platforms.wordpress_json import comment_of, post_of, post_route
from tests.platforms.conftest import CANARY, NOON, Fake, action, comment_json, connector, error

REPLY = "The bridge opens on the 30th — A. Das, duty desk"


def page(*comments: dict[str, Any], pages: int = 1) -> httpx.Response:
    return httpx.Response(200, json=list(comments), headers={"X-WP-TotalPages": str(pages)})


def by_status(**pages: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    """Listings that differ by the status asked for."""
    return lambda request: pages.get(request.url.params["status"], page())


# Comments


async def test_a_comment_arrives_whole(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments"] = by_status(all=page(comment_json(3, "You <b>are</b> late &amp; বন্যা", parent=1)))
    [comment] = (await desk.fetch("")).comments
    assert comment.text == "You are late & বন্যা"
    assert (comment.remote_id, comment.parent_remote_id, comment.kind) == ("3", "1", Kind.REPLY)
    assert (comment.created_at, comment.state) == (NOON, RemoteState.VISIBLE)
    assert comment.post is not None
    assert (comment.post.title, comment.post.text) == ("Flood & rain", "Stay off.")


@pytest.mark.req("K12")
def test_the_evidence_goes_without_personal_data() -> None:
    raw = comment_json(3)
    comment = comment_of(raw, "2", NOON)
    assert comment is not None
    for personal in ("rina@example.org", "192.0.2.7", "Agent/1.0", "digest-of-the-mail-address"):
        assert personal in json.dumps(raw)  # the control: it was there
        assert personal not in comment.raw
    assert comment.raw.isascii()
    assert json.loads(comment.raw)["content"]["raw"] == "When will the bridge open?"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("approved", RemoteState.VISIBLE),
        ("hold", RemoteState.HELD),
        ("spam", RemoteState.SPAM),
        ("trash", RemoteState.TRASHED),
        ("post-trashed", RemoteState.TRASHED),
        ("something new", RemoteState.UNKNOWN),
    ],
)
def test_states(status: str, state: RemoteState) -> None:
    comment = comment_of(comment_json(3, status=status), "2", NOON)
    assert comment is not None
    assert comment.state is state


@pytest.mark.req("Z15")
@pytest.mark.parametrize(("author", "ours"), [(2, True), (0, False), (7, False), ("2", True), (None, False)])
def test_ours_is_told_by_the_authenticated_id_alone(author: object, ours: bool) -> None:
    comment = comment_of(comment_json(3, author=author, author_name="Official desk"), "2", NOON)
    assert comment is not None
    assert comment.author.ours is ours


def test_nobody_is_ours_before_we_know_who_we_are() -> None:
    comment = comment_of(comment_json(3, author=0), "", NOON)
    assert comment is not None
    assert not comment.author.ours


FIELDS = sorted(comment_json(3))
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()), st.just({"a": [1]})
)


@pytest.mark.req("X3")
@pytest.mark.parametrize("field", [name for name in FIELDS if name != "id"])
def test_any_field_may_be_missing(field: str) -> None:
    raw = comment_json(3)
    del raw[field]
    comment = comment_of(raw, "2", NOON)
    assert comment is not None
    assert comment.remote_id == "3"


@pytest.mark.req("X3")
@settings(deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*FIELDS, "new_field"]), ODD, max_size=4))
def test_any_field_may_be_odd_or_new(changes: dict[str, Any]) -> None:
    comment = comment_of({**comment_json(3), **changes}, "2", NOON)
    assert comment is not None or "id" in changes
    if comment is not None:
        assert comment.raw.isascii()
        assert json.loads(comment.raw).keys() >= {"new_field"} & changes.keys()


@pytest.mark.parametrize("raw", [{}, None, [], "x", {"id": 0}, {"id": "²"}, {"id": "../users"}, {"id": -3}])
def test_what_has_no_id_is_no_comment(raw: object) -> None:
    assert comment_of(raw, "2", NOON) is None
    assert post_of(raw) is None


def test_the_kind_of_a_post_is_read_from_the_answer_and_its_address_never_followed() -> None:
    up = {"href": "https://evil.example/wp-json/wp/v2/pages/4"}
    assert post_route(comment_json(3, _links={"up": [up]})) == ("4", "pages")
    assert post_route(comment_json(3, _links={"up": [{"href": "https://evil.example/../../x"}]})) == ("4", "posts")


# Reading


async def test_a_fetch_asks_all_three_listings_and_gives_nothing_twice(fake: Fake, desk: WordPress) -> None:
    """Control: WordPress's `all` alone would show one of these three."""
    fake.answers["GET", "comments"] = by_status(
        all=page(comment_json(3)),
        spam=page(comment_json(5, status="spam")),
        trash=page(comment_json(6, status="trash")),
    )
    first = await desk.fetch("")
    assert [(c.remote_id, c.state.value) for c in first.comments] == [("3", "visible"), ("5", "spam"), ("6", "trashed")]
    assert (first.more, first.complete) == (False, True)
    again = await desk.fetch(first.cursor)
    assert again.comments == ()


async def test_the_overlap_reaches_before_the_second_last_seen(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments"] = by_status(all=page(comment_json(3)))
    cursor = (await desk.fetch("")).cursor
    fake.seen.clear()
    await desk.fetch(cursor)
    asked = [r.url.params for r in fake.seen if r.url.path.endswith("/comments") and r.url.params["status"] == "all"]
    assert asked[0]["after"].endswith("Z")
    assert datetime.fromisoformat(asked[0]["after"]) <= NOON - timedelta(seconds=2)


async def test_posts_are_read_once(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments"] = by_status(all=page(comment_json(3), comment_json(5)))
    cursor = (await desk.fetch("")).cursor
    fake.answers["GET", "comments"] = by_status(all=page(comment_json(7)))
    [comment] = (await desk.fetch(cursor)).comments
    assert comment.post is not None
    assert comment.post.title == "Flood & rain"
    assert [r.url.path for r in fake.seen].count("/wp-json/wp/v2/posts") == 1


async def test_a_post_that_we_may_not_read_costs_no_comment(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments"] = by_status(all=page(comment_json(3)))
    fake.answers["GET", "posts"] = error(403, "rest_forbidden")
    [comment] = (await desk.fetch("")).comments
    assert comment.post is not None
    assert (comment.post.remote_id, comment.post.title) == ("4", "")


@pytest.mark.parametrize("cursor", ["{", "[]", '{"all": 3}', '{"all": {"at": "soon"}}', "[" * 100_000, "\ud800"])
async def test_a_spoilt_cursor_is_said_and_reading_starts_again(fake: Fake, desk: WordPress, cursor: str) -> None:
    fake.answers["GET", "comments"] = by_status(all=page(comment_json(3)))
    found = await desk.fetch(cursor)
    assert len(found.comments) == 1
    assert not found.complete
    assert "not readable" in found.gap


async def test_settings() -> None:
    fake = Fake()
    connector(fake, settings={"since": "2026-11-01", "page_size": "7"})
    for wrong in ({"since": "yesterday"}, {"page_size": "0"}, {"page_size": "101"}, {"page_size": "many"}):
        with pytest.raises(base.Invalid, match=next(iter(wrong))):
            connector(fake, settings=wrong)


async def test_refresh_sees_every_state_and_calls_only_the_unknown_deleted(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments"] = by_status(
        all=page(comment_json(3, status="hold")), spam=page(comment_json(5, status="spam"))
    )
    fake.answers["GET", "comments/6"] = httpx.Response(200, json=comment_json(6, status="post-trashed"))
    fake.answers["GET", "comments/9"] = error(404, "rest_comment_invalid_id")
    seen = {o.remote_id: o.state for o in await desk.refresh(["3", "5", "6", "9", "not-a-number"])}
    assert [seen[key].value for key in ("3", "5", "6", "9", "not-a-number")] == [
        "held", "spam", "trashed", "deleted", "deleted"
    ]  # fmt: skip


async def test_refresh_asks_for_a_hundred_at_a_time(fake: Fake, desk: WordPress) -> None:
    def listing(request: httpx.Request) -> httpx.Response:
        ids = request.url.params.get_list("include[]")
        assert len(ids) <= 100
        return page(*(comment_json(int(key)) for key in ids))

    fake.answers["GET", "comments"] = listing
    assert len(await desk.refresh([str(n) for n in range(1, 251)])) == 250


async def test_an_outage_while_refreshing_calls_nothing_deleted(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments/9"] = error(503)
    with pytest.raises(base.Outage):
        await desk.refresh(["9"])


# Acting


@pytest.mark.parametrize(("op", "word", "before"), [(Op.HIDE, "hold", "approved"), (Op.RESTORE, "approve", "hold")])
async def test_hide_is_hold_and_restore_is_approve(fake: Fake, desk: WordPress, op: Op, word: str, before: str) -> None:
    after = {"hold": "hold", "approve": "approved"}[word]
    fake.answers["GET", "comments/3"] = httpx.Response(200, json=comment_json(3, status=before))
    fake.answers["POST", "comments/3"] = httpx.Response(200, json=comment_json(3, status=after))
    outcome = await desk.act(action(op))
    assert outcome.verb is Verb.DONE
    assert fake.writes() == [{"status": word}]


@pytest.mark.parametrize(
    ("op", "status"), [(Op.HIDE, "hold"), (Op.HIDE, "spam"), (Op.HIDE, "trash"), (Op.RESTORE, "approved")]
)
async def test_what_is_so_already_is_not_written(fake: Fake, desk: WordPress, op: Op, status: str) -> None:
    fake.answers["GET", "comments/3"] = httpx.Response(200, json=comment_json(3, status=status))
    outcome = await desk.act(action(op))
    assert outcome.verb is Verb.ALREADY
    assert fake.writes() == []


async def test_a_reply_names_post_and_parent_and_arrives_as_written(fake: Fake, desk: WordPress) -> None:
    fake.answers["POST", "comments"] = httpx.Response(201, json=comment_json(8, author=2, parent=3))
    outcome = await desk.act(action(Op.REPLY, text="Rain < 5 mm & <b>no</b> flood\n\n— A. Das"))
    assert (outcome.verb, outcome.remote_id, outcome.state) == (Verb.DONE, "8", RemoteState.VISIBLE)
    [sent] = fake.writes()
    assert sent == {"post": 4, "parent": 3, "content": "Rain &lt; 5 mm &amp; &lt;b&gt;no&lt;/b&gt; flood\n\n— A. Das"}


@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_every_reply_reads_back_as_it_was_written_or_is_refused(text: str) -> None:
    comment = comment_of(comment_json(3), "2", NOON)
    assert comment is not None
    try:
        content = _reply_fields(action(Op.REPLY, text=text), comment)["content"]
    except base.Invalid:
        assert not text.strip() or "\ud800" <= max(text) <= "\udfff" or comparable(text) != comparable(text.strip())
        return
    assert comparable(shown(str(content)).text) == comparable(text)


async def test_a_reply_held_by_the_site_is_said(fake: Fake, desk: WordPress) -> None:
    fake.answers["POST", "comments"] = httpx.Response(201, json=comment_json(8, author=2, parent=3, status="hold"))
    assert "not public yet" in (await desk.act(action(Op.REPLY, text=REPLY))).evidence


@pytest.mark.parametrize("status", ["spam", "trash"])
async def test_nothing_is_said_below_what_is_gone(fake: Fake, desk: WordPress, status: str) -> None:
    fake.answers["GET", "comments/3"] = httpx.Response(200, json=comment_json(3, status=status))
    with pytest.raises(base.NotFound):
        await desk.act(action(Op.REPLY, text=REPLY))
    assert fake.writes() == []


@pytest.mark.parametrize("text", ["", "  \n", "অ" * 30_000, "broken \ud800 half"])
async def test_a_reply_that_cannot_arrive_is_not_sent(fake: Fake, desk: WordPress, text: str) -> None:
    with pytest.raises(base.Invalid):
        await desk.act(action(Op.REPLY, text=text))
    assert fake.writes() == []


async def test_other_acts_are_unsupported(fake: Fake, desk: WordPress) -> None:
    with pytest.raises(base.Unsupported):
        await desk.act(action(Op.MAIL))
    assert fake.seen == []


# Looking


def own(number: int, text: str = REPLY, **changes: Any) -> dict[str, Any]:
    return comment_json(number, text, **{"author": 2, "parent": 3, "author_name": "Official desk", **changes})


@pytest.mark.req("Z15", "F9")
@pytest.mark.parametrize(
    ("there", "taken", "found"),
    [
        (own(8), frozenset(), "8"),
        (own(8, f"  {REPLY.replace(' ', '  ')}\n"), frozenset(), "8"),
        (own(8, date_gmt="2026-11-22T11:59:58"), frozenset(), "8"),
        # the controls: each would be a false "sent"
        (own(8, date_gmt="2026-11-22T11:59:57"), frozenset(), ""),
        (own(8), frozenset({"8"}), ""),
        (own(8, author=0), frozenset(), ""),
        (own(8, author=7), frozenset(), ""),
        (own(8, REPLY + "!"), frozenset(), ""),
        (own(8, parent=9), frozenset(), ""),
    ],
)
async def test_a_reply_is_found_only_where_it_is_surely_ours(
    fake: Fake, desk: WordPress, there: dict[str, Any], taken: frozenset[str], found: str
) -> None:
    fake.answers["GET", "comments"] = by_status(all=page(there))
    outcome = await desk.look(action(Op.REPLY, text=REPLY), taken)
    assert outcome.remote_id == found
    assert outcome.verb is (Verb.DONE if found else Verb.UNKNOWN)


async def test_a_reply_is_found_though_the_clocks_differ(fake: Fake, desk: WordPress) -> None:
    """The site's clock is ten minutes behind, and its Date says so. Control: without a Date, it is not found."""
    there = page(own(8, date_gmt="2026-11-22T11:50:00"))
    fake.answers["GET", "comments"] = by_status(all=there)
    assert (await desk.look(action(Op.REPLY, text=REPLY), frozenset())).verb is Verb.UNKNOWN
    there.headers["Date"] = "Sun, 22 Nov 2026 11:50:01 GMT"
    fake.answers["GET", "users/me"].headers["Date"] = "Sun, 22 Nov 2026 11:50:01 GMT"
    assert (await connector(fake).look(action(Op.REPLY, text=REPLY), frozenset())).remote_id == "8"


async def test_a_reply_is_found_in_spam_too(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments"] = by_status(spam=page(own(8, status="spam")))
    assert (await desk.look(action(Op.REPLY, text=REPLY), frozenset())).remote_id == "8"


@pytest.mark.parametrize(
    ("op", "status", "verb"),
    [
        (Op.HIDE, "hold", Verb.DONE),
        (Op.HIDE, "approved", Verb.UNKNOWN),
        (Op.RESTORE, "approved", Verb.DONE),
        (Op.RESTORE, "hold", Verb.UNKNOWN),
        (Op.RESTORE, "something new", Verb.UNKNOWN),
    ],
)
async def test_a_state_is_looked_for_by_reading(fake: Fake, desk: WordPress, op: Op, status: str, verb: Verb) -> None:
    fake.answers["GET", "comments/3"] = httpx.Response(200, json=comment_json(3, status=status))
    assert (await desk.look(action(op), frozenset())).verb is verb
    assert fake.writes() == []


async def test_a_duplicate_names_the_twin(fake: Fake, desk: WordPress) -> None:
    fake.answers["POST", "comments"] = error(409, "comment_duplicate")
    fake.answers["GET", "comments"] = by_status(all=page(own(8, date_gmt="2026-11-20T09:00:00")))
    with pytest.raises(base.Duplicate) as caught:
        await desk.act(action(Op.REPLY, text=REPLY))
    assert caught.value.existing == "8"


# Refusals

READS = [
    (401, "rest_not_logged_in", base.AuthRevoked),
    (500, "incorrect_password", base.AuthRevoked),
    (401, "", base.AuthRevoked),
    (401, "rest_cannot_edit", base.AuthRevoked),
    (403, "rest_forbidden_context", base.Forbidden),
    (403, "", base.Forbidden),
    (404, "rest_comment_invalid_id", base.NotFound),
    (404, "rest_no_route", base.Unsupported),
    (404, "", base.Unsupported),
    (400, "rest_invalid_param", base.Invalid),
    (429, "", base.RateLimited),
    (301, "", base.Forbidden),
    (500, "", base.Outage),
    (503, "", base.Outage),
    (200, "", base.BadPayload),
]


@pytest.mark.parametrize(("status", "code", "kind"), READS)
async def test_what_a_refused_reading_means(
    fake: Fake, desk: WordPress, status: int, code: str, kind: type[base.PlatformError]
) -> None:
    fake.answers["GET", "comments"] = error(status, code)
    with pytest.raises(base.PlatformError) as caught:
        await desk.fetch("")
    assert type(caught.value) is kind
    assert "Words of the site" not in str(caught.value)


WRITES = [
    (401, "rest_not_logged_in", base.AuthRevoked, None),
    (403, "rest_comment_closed", base.Invalid, None),
    (403, "rest_cannot_create", base.Forbidden, None),
    (403, "", base.Forbidden, None),
    (404, "rest_comment_invalid_id", base.NotFound, None),
    (409, "comment_duplicate", base.Duplicate, None),
    (409, "other_conflict", base.Conflict, None),
    (400, "comment_content_column_length", base.Invalid, None),
    (429, "", base.RateLimited, None),
    (400, "comment_flood", base.RateLimited, None),
    (500, "", base.Transient, True),
    (502, "", base.Transient, True),
    (500, "rest_comment_failed_edit", base.Transient, True),
    (408, "", base.Transient, True),
    (200, "", base.Transient, True),
]


@pytest.mark.req("F3", "F5")
@pytest.mark.parametrize(("status", "code", "kind", "unknown"), WRITES)
async def test_what_a_refused_write_means(
    fake: Fake, desk: WordPress, status: int, code: str, kind: type[base.PlatformError], unknown: bool | None
) -> None:
    fake.answers["POST", "comments"] = error(status, code)
    with pytest.raises(base.PlatformError) as caught:
        await desk.act(action(Op.REPLY, text=REPLY))
    assert type(caught.value) is kind
    assert getattr(caught.value, "unknown_outcome", None) is unknown


@pytest.mark.req("F3")
@pytest.mark.parametrize(
    "body", [{}, {"id": 8}, {"id": 8, "author": 7}, {"id": "x", "author": 2}, [], 3, {"id": 0, "author": 2}]
)
async def test_a_success_that_does_not_name_our_reply_is_unknown(fake: Fake, desk: WordPress, body: object) -> None:
    fake.answers["POST", "comments"] = httpx.Response(201, json=body)
    with pytest.raises(base.Transient) as caught:
        await desk.act(action(Op.REPLY, text=REPLY))
    assert caught.value.unknown_outcome


LOST: list[tuple[Exception, bool]] = [
    (httpx.ConnectError("refused"), False),
    (httpx.ConnectTimeout("slow"), False),
    (httpx.PoolTimeout("busy"), False),
    (httpx.ReadTimeout("slow"), True),
    (httpx.ReadError("reset"), True),
    (httpx.WriteError("reset"), True),
    (httpx.WriteTimeout("slow"), True),
    (httpx.RemoteProtocolError("gone"), True),
    (OSError("broken"), True),
]


@pytest.mark.req("F1", "F4")
@pytest.mark.parametrize(("fault", "unknown"), LOST)
async def test_a_lost_answer_is_unknown_and_a_call_that_never_left_is_not(
    fake: Fake, desk: WordPress, fault: Exception, unknown: bool
) -> None:
    fake.answers["POST", "comments"] = fault
    with pytest.raises(base.Transient) as caught:
        await desk.act(action(Op.REPLY, text=REPLY))
    assert caught.value.unknown_outcome is unknown
    fake.answers["GET", "comments"] = fault
    with pytest.raises(base.Outage):
        await desk.fetch("")


@pytest.mark.parametrize("answer", [httpx.ReadTimeout("slow"), error(500), error(200)])
async def test_a_target_that_cannot_be_read_means_that_nothing_was_sent(
    fake: Fake, desk: WordPress, answer: object
) -> None:
    fake.answers["GET", "comments/3"] = answer
    with pytest.raises(base.Transient) as caught:
        await desk.act(action(Op.HIDE))
    assert not caught.value.unknown_outcome
    assert fake.writes() == []


@pytest.mark.req("F2")
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("Sun, 22 Nov 2026 12:05:00 GMT", 300),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 1),
        (None, 60),
        ("soon", 60),
        ("-5", 60),
        ("1e3", 60),
        ("²", 60),
        ("999999999", 86400),
        ("99999999999999999999", 60),
    ],
)
async def test_how_long_a_busy_site_is_left_alone(
    fake: Fake, desk: WordPress, header: str | None, seconds: int
) -> None:
    headers = {"Retry-After": header.encode()} if header is not None else {}
    fake.answers["GET", "comments"] = httpx.Response(429, headers=headers)
    with pytest.raises(base.RateLimited) as caught:
        await desk.fetch("")
    assert caught.value.retry_at == NOON + timedelta(seconds=seconds)


# Who we are


async def test_probe_tells_who_we_are_and_of_the_credential_but_never_its_value(fake: Fake, desk: WordPress) -> None:
    told = {"uuid": "a83c", "name": "duty desk", "created": "2026-11-01T00:00:00", "last_ip": "192.0.2.7"}
    fake.answers["GET", "users/me/application-passwords/introspect"] = httpx.Response(200, json=told)
    who = await desk.probe()
    assert (who.remote_id, who.name, who.roles) == ("2", "Official desk", ("editor",))
    assert {key: who.credential[key] for key in ("uuid", "name", "created", "last_used")} == {
        "uuid": "a83c", "name": "duty desk", "created": "2026-11-01T00:00:00", "last_used": ""
    }  # fmt: skip
    assert "192.0.2.7" not in str(who)
    assert CANARY not in repr(who)


async def test_an_older_site_that_does_not_tell_of_credentials_can_be_probed(desk: WordPress) -> None:
    assert (await desk.probe()).remote_id == "2"


async def test_a_login_without_the_power_is_told_what_it_needs(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "users/me"] = httpx.Response(200, json={"id": 9, "name": "R", "capabilities": {"read": True}})
    with pytest.raises(base.Forbidden, match="role Editor"):
        await desk.probe()


@pytest.mark.req("Z15")
async def test_a_login_that_became_somebody_else_does_nothing(fake: Fake) -> None:
    """Control: with the same id the same calls go through."""
    for own_id, refused in (("7", True), ("2", False), ("", False)):
        desk = connector(fake, own_author_id=own_id)
        if refused:
            with pytest.raises(base.Forbidden, match="another author"):
                await desk.fetch("")
            await desk.probe()
            with pytest.raises(base.Forbidden, match="another author"):
                await desk.act(action(Op.HIDE))
        else:
            await desk.fetch("")


async def test_context_is_the_thread_without_the_comment_itself(fake: Fake, desk: WordPress) -> None:
    def listing(request: httpx.Request) -> httpx.Response:
        parents = request.url.params.get_list("parent[]")
        return page(*(comment_json(n, parent=p) for n, p in ((3, 1), (6, 1), (7, 3)) if str(p) in parents))

    fake.answers["GET", "comments/3"] = httpx.Response(200, json=comment_json(3, parent=1))
    fake.answers["GET", "comments/1"] = httpx.Response(200, json=comment_json(1, date_gmt="2026-11-22T11:00:00"))
    fake.answers["GET", "comments"] = listing
    found = await desk.context("3")
    assert [comment.remote_id for comment in found] == ["1", "6", "7"]
    assert all(comment.post and comment.post.text == "Stay off." for comment in found)


async def test_a_thread_that_bites_its_tail_ends(fake: Fake, desk: WordPress) -> None:
    fake.answers["GET", "comments/3"] = httpx.Response(200, json=comment_json(3, parent=3))
    assert await desk.context("3") == []


# Secrets


@pytest.mark.req("Z20", "A3", "F5")
async def test_the_secret_is_in_the_header_and_nowhere_else(
    fake: Fake, desk: WordPress, caplog: pytest.LogCaptureFixture
) -> None:
    header = base64.b64encode(f"desk:{CANARY}".encode()).decode()
    caplog.set_level(0)
    texts = [repr(desk), repr(vars(desk)), repr(vars(desk._door)), repr(http.Basic("desk", Secret(CANARY)))]
    for answer in (error(401, "rest_not_logged_in"), error(500), httpx.ReadError(header), httpx.ConnectError(CANARY)):
        fake.answers["GET", "comments"] = answer
        with pytest.raises(base.PlatformError) as caught:
            await desk.fetch("")
        assert caught.value.__cause__ is None
        assert not isinstance(caught.value.__context__, httpx.HTTPError)  # whose request holds the header
        texts.append("".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)))
    texts.append(caplog.text)
    assert fake.seen[0].headers["Authorization"] == f"Basic {header}"  # the control: it was sent
    for text in texts:
        assert CANARY not in text
        assert header not in text


def test_the_http_libraries_do_not_log_addresses() -> None:
    assert logging.getLogger("httpx").level == logging.WARNING
    assert logging.getLogger("httpcore").level == logging.WARNING


async def test_undated_comments_do_not_carry_the_cursor_away(fake: Fake, desk: WordPress) -> None:
    """Nor do comments dated in the future: what comes after them is still read."""
    fake.answers["GET", "comments"] = by_status(
        all=page(comment_json(3), comment_json(5, date_gmt=None), comment_json(6, date_gmt="2099-01-01T00:00:00"))
    )
    first = await desk.fetch("")
    assert len(first.comments) == 3
    assert datetime.fromisoformat(json.loads(first.cursor)["all"]["at"]) <= NOON
    assert first.comments[2].created_at == datetime(2099, 1, 1, tzinfo=UTC)
