"""A file's lines as comments: what is taken, what is refused and how it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.domain.comment import Author, Kind, Media, Post, RemoteState
from moderator.domain.effect import Op
from moderator.platforms import base
from moderator.platforms.importer import LONGEST_LINE, Importer, comment_of
from tests.platforms.conftest import NOON, action

FULL: dict[str, Any] = {
    "id": "17",
    "text": "কেতিয়া খুলিব?",
    "author": {"id": "u4", "name": "ৰুপা", "handle": "@rupa"},
    "created_at": "2026-11-22T17:30:00+05:30",
    "edited_at": "2026-11-22T13:00:00Z",
    "post": {"id": "p1", "title": "Bridge", "text": "Closed.", "url": "https://agency.example/p1"},
    "parent": 16,
    "language": "as",
    "permalink": "https://agency.example/c17",
    "media": [{"url": "https://pic.example/1.jpg", "alt": "a road"}],
    "state": "hidden",
    "likes": 4,
}
SHORT = {"text": "hello", "created_at": "2026-11-22T12:00:00Z"}


def read(data: object) -> Any:
    return comment_of(json.dumps(data), 7)


def test_a_full_line() -> None:
    comment = read(FULL)
    assert (comment.remote_id, comment.text, comment.parent_remote_id) == ("17", "কেতিয়া খুলিব?", "16")
    assert comment.author == Author("u4", "ৰুপা", "@rupa")
    assert comment.created_at == NOON
    assert comment.post == Post("p1", "Bridge", "Closed.", "https://agency.example/p1")
    assert (comment.kind, comment.state, comment.language) == (Kind.REPLY, RemoteState.HIDDEN, "as")
    assert comment.media == (Media("https://pic.example/1.jpg", "a road"),)
    assert json.loads(comment.raw) == FULL
    assert comment.raw.isascii()


def test_a_short_line() -> None:
    comment = read({**SHORT, "author": "Rina", "post": "Bridge closed"})
    assert comment.author == Author("", "Rina")
    assert comment.post is not None
    assert comment.post.title == "Bridge closed"
    assert (comment.kind, comment.state) == (Kind.COMMENT, RemoteState.VISIBLE)


def test_a_line_without_an_id_is_the_same_comment_each_time() -> None:
    first, again, other = read(SHORT), read(SHORT), read({**SHORT, "text": "hello!"})
    assert first.remote_id == again.remote_id
    assert first.remote_id != other.remote_id


@pytest.mark.parametrize("line", [b"", b"  \r\n", "\n", b"\xef\xbb\xbf \n"])
def test_an_empty_line_is_none(line: bytes | str) -> None:
    assert comment_of(line, 1) is None


def test_a_byte_order_mark_is_no_fault() -> None:
    assert comment_of(b"\xef\xbb\xbf" + json.dumps(SHORT).encode(), 1) is not None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "not JSON"),
        (b"[1]", "must be an object"),
        (b"3", "must be an object"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b" " * (LONGEST_LINE + 1), "longer than"),
        ({"created_at": "2026-11-22T12:00:00Z"}, "“text”"),
        ({**SHORT, "text": 3}, "“text”"),
        ({"text": "x"}, "“created_at”"),
        ({**SHORT, "created_at": "yesterday"}, "“created_at”"),
        ({**SHORT, "created_at": 1795000000}, "“created_at”"),
        ({**SHORT, "state": "vanished"}, "“state”"),
        ({**SHORT, "kind": "shout"}, "“kind”"),
        ({**SHORT, "kind": ["x"]}, "“kind”"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: object, says: str) -> None:
    with pytest.raises(base.Invalid) as caught:
        comment_of(line if isinstance(line, bytes) else json.dumps(line), 7)
    assert str(caught.value).startswith("Line 7")
    assert says in str(caught.value)


@settings(deadline=None)
@given(
    changes=st.dictionaries(
        st.sampled_from(sorted(FULL)),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()), st.just({"id": {}})),
        max_size=5,
    )
)
def test_whatever_a_line_holds_it_is_taken_or_refused_in_words(changes: dict[str, Any]) -> None:
    try:
        comment = read({**FULL, **changes})
    except base.Invalid:
        with pytest.raises(base.Invalid, match="Line 7"):
            read({**FULL, **changes})
        return
    assert comment.remote_id.isprintable()
    assert comment.permalink.startswith("http") or comment.permalink == ""


def test_half_a_surrogate_pair_is_kept_as_evidence() -> None:
    comment = comment_of('{"text": "a \\ud800 b", "created_at": "2026-11-22T12:00:00Z"}', 1)
    assert comment is not None
    assert comment.text == "a \ud800 b"
    assert comment.raw.isascii()


async def test_nothing_can_be_sent_from_a_file() -> None:
    account = Importer(4, "")
    can = account.capabilities
    assert (can.hide, can.restore, can.reply, can.context) == (False, False, False, False)
    for op in Op:
        with pytest.raises(base.Unsupported, match="only reads a file"):
            await account.act(action(op))
        with pytest.raises(base.Unsupported):
            await account.look(action(op), frozenset())


async def test_a_file_has_no_news() -> None:
    account = Importer(4, "export of the page")
    assert await account.fetch("kept") == base.Page((), "kept")
    assert (await account.refresh(["1"]), await account.context("1"), account.stream("")) == ((), (), None)
    assert (await account.probe()).name == "export of the page"
    await account.aclose()
