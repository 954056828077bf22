"""Links in a drawn text: inert, and every drawn character still knows where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator import text

LINKY = st.text(alphabet="ab.:/ht pw\n@é\u0995\u09be\u200d", max_size=60)


@pytest.mark.req("X1")
@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("see http://bad.example/a?b", "see hxxp://bad[.]example/a?b"),
        ("https://gov.in@bad.example", "hxxps://…@bad[.]example"),
        ("www.bad.example, now", "www[.]bad[.]example, now"),
        ("two http://a.example and b.example", "two hxxp://a[.]example and b[.]example"),
        ("no link here", "no link here"),
    ],
)
def test_links_are_inert(words: str, drawn: str) -> None:
    assert text.inert(text.shown(words)).text == drawn


@pytest.mark.req("X1")
def test_marks_keep_their_place_around_a_link() -> None:
    words = "ab http://x.example cd"
    found = text.inert(text.shown(words))
    for part in ("ab", "http://x.example", "cd"):
        start = words.index(part)
        first, last = found.span(start, start + len(part))
        assert found.text[first:last] == text.defang(part)


@given(LINKY)
def test_every_drawn_character_has_an_origin_and_they_never_go_back(words: str) -> None:
    found = text.inert(text.shown(words))
    assert len(found.origins) == len(found.text)
    assert list(found.origins) == sorted(found.origins)
    assert found.text == text.defang(text.display(words))


@given(LINKY)
def test_done_twice_it_is_the_same(words: str) -> None:
    once = text.defang(text.display(words))
    assert text.defang(once) == once
