"""The queue's rows: every column where it belongs, whatever a citizen wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator import rows, text
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.policy import Asks, Category, Opinion
from moderator.domain.view import Row

NOW = datetime(2026, 11, 22, 20, 44, tzinfo=UTC)

ROW = Row(
    id=7,
    key="k",
    state=State.NEW,
    lane=Lane.ROUTINE,
    account="fb dipr",
    author="citizen 204",
    text="slur officer, go drown",
    masks=((0, 4),),
    category="abusive",
    clause="A1",
    opinion=Opinion.JUDGED,
    asks=Asks.NOTHING,
    protected=False,
    language="en",
    due=NOW + timedelta(minutes=26),
    arrived=NOW,
    cause=Cause.NONE,
    owner="",
    mine=False,
    version=1,
    comment_version=1,
    visibility=Visibility.PUBLIC,
    disposition=Disposition.NONE,
)


def test_a_row_at_eighty_cells():
    assert rows.header(80) == text.pad("    due         finding        account    from        comment", 80)
    assert rows.line_of(ROW, 80, NOW) == text.pad(
        "    in 26 min   abusive A1     fb dipr    citizen 204 ░░░░ officer, go drown", 80
    )


@pytest.mark.req("B13")
def test_masked_words_show_only_when_revealed():
    assert "slur" not in rows.line_of(ROW, 80, NOW)
    assert "slur" in rows.line_of(ROW, 80, NOW, revealed=True)
    assert "slur" in rows.line_of(replace(ROW, masks=()), 80, NOW)


@pytest.mark.req("H2", "L3")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lane": Lane.LIFE}, " ‼  in 26 min"),
        ({"lane": Lane.THREAT}, " !  in 26 min"),
        ({"due": NOW - timedelta(minutes=2)}, "    late 2 min"),
        ({"due": None}, "                abusive"),
        ({"state": State.CLAIMED, "mine": True, "owner": "das"}, "  ● in 26 min"),
        ({"state": State.CLAIMED, "owner": "kalita"}, "  ○ in 26 min"),
        ({"state": State.SNOOZED}, "  z in 26 min"),
        ({"state": State.ESCALATED, "level": 2}, "  ↑ in 26 min"),
        ({"cause": Cause.EDITED}, "  ↩ in 26 min"),
        ({"state": State.COMMITTING}, "  → in 26 min"),
        ({"state": State.RESOLVED, "disposition": Disposition.LEFT_PUBLIC}, "  ✓ left      "),
    ],
)
def test_lane_state_and_due(changes, said):
    assert rows.line_of(replace(ROW, **changes), 80, NOW).startswith(said[:14])


@pytest.mark.req("V7", "H14")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "abusive A1"),
        ({"category": "life_safety", "clause": ""}, "life safety"),
        ({"category": "", "clause": ""}, "–"),
        ({"category": "", "clause": "", "asks": Asks.QUESTION}, "– question"),
        ({"category": "", "clause": "", "opinion": Opinion.NONE}, "no opinion"),
        ({"category": "", "clause": "", "opinion": Opinion.NONE, "asks": Asks.RESCUE}, "– rescue"),
        ({"category": "", "clause": "", "opinion": Opinion.MEDIA}, "picture"),
        ({"category": "", "clause": "", "protected": True}, "– criticism"),
        ({"category": "brand_new", "clause": "Q9"}, "brand new Q9"),
    ],
)
def test_finding(changes, said):
    assert rows.finding(replace(ROW, **changes)) == said


def test_every_category_disposition_and_cause_has_words():
    assert all(rows.finding_word(category.value) for category in Category)
    for end in set(Disposition) - {Disposition.NONE}:
        assert rows.due(replace(ROW, state=State.RESOLVED, disposition=end), NOW)
    for cause in set(Cause) - {Cause.NONE}:
        assert rows.state(replace(ROW, cause=cause))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"cause": Cause.EDITED}, "edited"),
        ({"state": State.CLAIMED, "mine": True, "owner": "das"}, "yours"),
        ({"state": State.CLAIMED, "owner": "kalita"}, "with kalita"),
        ({"state": State.ESCALATED, "level": 2}, "escalated 2"),
        ({"state": State.REVIEW}, "review"),
    ],
)
def test_state_in_words_on_wide_terminals(changes, said):
    assert rows.cells_of(replace(ROW, **changes), NOW, 140).state.strip() == said
    assert rows.cells_of(replace(ROW, **changes), NOW, 80).state == ""


def test_a_picture_and_an_empty_comment_are_named():
    assert rows.comment_of(replace(ROW, text="", opinion=Opinion.MEDIA), 40) == "(picture, not judged)"
    assert rows.comment_of(replace(ROW, text=" "), 40) == "(no words)"


@pytest.mark.req("X1")
def test_links_are_inert():
    row = replace(ROW, text="slur http://evil.example", masks=((0, 4),))
    assert rows.comment_of(row, 60) == "░░░░ hxxp://evil[.]example"


def test_folded_copies_stay_in_view():
    line = rows.line_of(replace(ROW, text="earn daily " * 20, masks=(), copies=412), 80, NOW)
    assert line.rstrip().endswith("…  ×412")


HOSTILE = st.text(
    st.one_of(st.sampled_from("a \n\x1b\x9b\u202e\u200d\u0301কা漢👍🏽\ud800\u3164"), st.characters()), max_size=80
)


@pytest.mark.req("F14", "Z22", "B15")
@given(HOSTILE, HOSTILE, HOSTILE, st.integers(20, 220), st.sampled_from(list(State)), st.booleans())
@settings(max_examples=250, deadline=None)
def test_no_text_moves_a_column_or_leaves_the_line(author, account, words, width, where, revealed):
    row = replace(ROW, author=author, account=account, text=words, state=where, masks=((2, 5),))
    line = rows.line_of(row, width, NOW, revealed)
    assert text.cells(line) == width
    assert text.guard(line) == line
    columns, parts = rows.Columns.of(width), rows.cells_of(row, NOW, width, revealed=revealed)
    assert [text.cells(part) for part in parts] == list(columns.widths())


def test_control_a_row_without_cleaning_would_leave_the_line():
    raw = replace(ROW, author="কা\x1b[2J\n")
    assert text.guard(raw.author) != raw.author
    assert text.guard(rows.line_of(raw, 80, NOW)) == rows.line_of(raw, 80, NOW)


@pytest.mark.parametrize("width", range(60, 201))
def test_columns_fill_every_width_and_leave_most_to_the_comment(width):
    columns = rows.Columns.of(width)
    assert sum(columns.widths()) == width
    assert columns.comment >= (15 if width < 80 else 26 if width < 120 else 30)
    assert text.cells(rows.header(width)) == width


def own_words():
    """Rows that show every word of ours which stands in a column of fixed width."""
    yield from (replace(ROW, category=category.value, clause="X9") for category in Category)
    yield from (replace(ROW, category="", asks=asks) for asks in Asks)
    yield from (replace(ROW, category="", opinion=opinion) for opinion in Opinion)
    yield replace(ROW, category="", protected=True)
    yield from (replace(ROW, state=State.RESOLVED, disposition=end) for end in Disposition)
    yield from (replace(ROW, cause=cause) for cause in Cause)
    yield from (replace(ROW, state=state, level=3) for state in State)
    yield from (replace(ROW, due=NOW + timedelta(minutes=m)) for m in (0, 59, 599, 600, 1439, -59, -599, -600, -1439))


def cut(width):
    """Which of our own words are cut short in a line of this width."""
    cells = (rows.cells_of(row, NOW, width) for row in own_words())
    return [part for found in cells for part in (found.due, found.finding, found.state) if "…" in part]


@pytest.mark.req("L3", "H2")
@pytest.mark.parametrize("width", range(60, 201))
def test_no_word_of_ours_is_cut(width):
    assert cut(width) == []


def test_control_a_narrower_column_cuts_them(monkeypatch):
    monkeypatch.setattr(rows.Columns, "of", classmethod(lambda cls, width: cls(4, 11, 14, 11, 12, 0, width - 52)))
    assert {part.strip() for part in cut(80)} == {"life safety …", "false claim …", "late 59 m…", "late 9 h …"}
