"""HTML as the text that a reader gets: faithful, whole, and in time proportional to its length."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.platforms.markup import comparable, shown


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("two\nlines", "two\nlines"),
        ("<p>one</p><p>two<br />three</p>", "one\n\ntwo\nthree"),
        ("a &amp; b &lt;c&gt; &#x1f64f; &#2437;", "a & b <c> 🙏 অ"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("5 < 6 and 7 > 6, i <3 you", "5 < 6 and 7 > 6, i <3 you"),
        ("never closed <b", "never closed <b"),
        ("never closed <!-- so what", "never closed <!-- so what"),
        ("shown <!-- not shown --> shown", "shown  shown"),
        ("<script>alert('<b>')</script>after", "after"),
        ("<style>p{color:red}</style>after", "after"),
        ("<<b>script>x", "<script>x"),
        ("<B>loud</B> <EM>words</EM>", "loud words"),
        ("<a title=it's href=https://e.example>w</a>", "w (https://e.example)"),
        ("বন্যা <em>আহিছে</em>", "বন্যা আহিছে"),
        ("", ""),
    ],
)
def test_text(markup: str, text: str) -> None:
    assert shown(markup).text == text


@pytest.mark.req("X1")
@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<a href="https://evil.example/x">https://gov.example</a>', "https://gov.example (https://evil.example/x)"),
        ('<a href="https://go">https://gov.example</a>', "https://gov.example (https://go)"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ('<a href="https://a.example">one <a href="https://b.example">two', "one  (https://a.example)two (https://b.example)"),
    ],
)  # fmt: skip
def test_a_link_shows_where_it_leads(markup: str, text: str) -> None:
    assert shown(markup).text == text


@pytest.mark.req("Q21")
def test_pictures_are_named_with_their_words() -> None:
    found = shown(
        'look <img src="https://pic.example/1.jpg" alt="a flooded &amp; broken road"> <video src="x:y"></video>'
    )
    assert found.text == "look"
    assert [(m.kind, m.url, m.alt) for m in found.media] == [
        ("picture", "https://pic.example/1.jpg", "a flooded & broken road"),
        ("video", "", ""),
    ]


@settings(deadline=None)
@given(text=st.text())
def test_escaped_text_comes_back_whole(text: str) -> None:
    assert comparable(shown(html.escape(text)).text) == comparable(text)


@settings(deadline=None)
@given(markup=st.text(alphabet="<>/!-?ab '\"=&;#x1 \n", max_size=300))
def test_nothing_breaks_it(markup: str) -> None:
    found = shown(markup).text
    assert len(found) <= len(markup) * 2


LONG = 70_000
UNITS = (
    "<",
    "</",
    "<a ",
    "<a b='",
    '<a b="',
    "<!--",
    "<!",
    "<?",
    "<p",
    "<script>",
    "</script ",
    "a=",
    "&#",
    " ",
    "\n ",
)


def test_hostile_markup_comes_to_an_end() -> None:
    """Seventy kilobytes of each: a reader that looks back over everything needs minutes for this corpus."""
    for unit in UNITS:
        hostile = (unit * LONG)[:LONG]
        assert shown(hostile + "<b>end</b>").text.endswith("end") or unit in ("<script>", "<!--", "<a b='", '<a b="')


def test_comparable_texts() -> None:
    assert comparable(" a\r\n\tb  c\x00 ") == comparable("a b c")
    assert comparable("ড়") == comparable("ড\u09bc")  # composed and decomposed
    assert comparable("a b") != comparable("ab")
