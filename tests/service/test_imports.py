"""Lines out of a body that comes in pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.desk.intake import Imported
from moderator.domain.errors import Refused
from moderator.service import imports


async def pieces(cut: list[bytes]) -> AsyncIterator[bytes]:
    for piece in cut:
        yield piece


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=8))
async def test_any_cut_gives_the_same_lines(body: bytes, cuts: list[int]) -> None:
    ends = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    cut = [body[a:b] for a, b in pairwise(ends)]
    whole = body.split(b"\n")
    assert [line async for line in imports.lines(pieces(cut))] == (whole if whole[-1] else whole[:-1])


async def test_an_endless_line_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LONGEST_LINE", 100)
    lines = imports.lines(pieces([b"a\n", *[b"x" * 60] * 3]))
    assert await anext(lines) == b"a"
    with pytest.raises(Refused):
        await anext(lines)


def test_the_answer_counts_and_names() -> None:
    told = imports.told(Imported(3, 2, tuple(f"Line {n} is bad." for n in range(9)), 60), 4)
    assert told.sentence == "3 taken in, 2 known already, 60 refused."
    assert (told.taken, told.known, told.refused, len(told.refused_lines), told.account_id) == (3, 2, 60, 9, 4)
