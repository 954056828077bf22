"""Deciding at the line: every act by letter and by word, each answered in a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from moderator.domain import asks, view
from moderator.domain.errors import Refused
from moderator.domain.item import Disposition, State
from moderator.domain.order import OrderKind
from moderator.line.forms import moment
from tests.line.conftest import NOW, SLUR, STAY, Desk, a_row, an_item, two


@pytest.mark.req("L3", "L5", "Q5")
def test_one_item_at_a_time_and_each_answer_a_sentence(work):
    said = work(two(), "2", "a", "q")
    assert said.code is None
    assert said.acts == [(2, "leave")]
    assert "Item 2, account fb dipr. First response due in " in said.text
    assert "> When does help come?" in said.text
    assert "Saved: leave 2." in said.text
    assert "You are signed off." in said.text


@pytest.mark.req("L5", "H4", "B7")
@pytest.mark.parametrize(
    ("typed", "clause", "reason"),
    [
        (["h1"], "A1", ""),
        (["h 1"], "A1", ""),
        (["h a1 as he shouts"], "A1", "as he shouts"),
        (["hide A1"], "A1", ""),
        (["h", ""], "A1", ""),
        (["h", "1"], "A1", ""),
    ],
)
def test_hiding(work, typed, clause, reason):
    said = work(two(), "1", *typed)
    _, act, ask = said.desk.acts[-1]
    assert act == "hide"
    assert ask == asks.Hide(1, clause, masked=True, reason=reason)
    assert "z takes it back within 15 seconds." in said.text


@pytest.mark.req("V3", "P4")
def test_a_hide_without_a_finding_rests_on_words_that_stand_there(work):
    said = work(two(), "2", "h6", "help come")
    assert said.desk.acts[-1][2] == asks.Hide(1, "S1", start=10, end=19)
    refused = work(two(), "2", "h6", "other words")
    assert refused.desk.acts == []
    assert "do not stand in the comment" in refused.text


@pytest.mark.req("P11", "V2")
def test_only_criticism_is_told_to_the_desk(work):
    said = work(two(), "1", "h0")
    assert said.desk.acts[-1][2].only_criticism


def test_the_menu_names_what_hiding_means_and_can_be_left(work):
    said = work(two(), "1", "h", "x")
    assert said.desk.acts == []
    assert "Nobody but the site's staff sees it. The platform does not tell the author." in said.text
    assert "1: A1, Abusive language, suggested." in said.text
    assert "L1" not in said.text


def test_an_order_that_can_be_carried_out_is_a_ground(work):
    order = view.OrderView(4, "order", "MeitY", "A. B.", NOW, None, True, ())
    desk = Desk({1: an_item(1, "x", orders=(order,))})
    assert work(desk, "1", "h order").desk.acts[-1][2].order_id == 4
    assert "No order on this item" in work(two(), "1", "h order").text


@pytest.mark.req("B13")
def test_slurs_are_covered_until_revealed(work):
    covered = work(two(), "1", "a")
    assert "> [covered] officer, go drown" in covered.text
    assert "slur officer" not in covered.text
    assert "on “[covered]”." in covered.text
    assert covered.desk.acts[-1][2].masked
    revealed = work(two(), "1", "m", "a")
    assert "> slur officer, go drown" in revealed.text
    assert revealed.acts == [(1, "reveal"), (1, "leave")]
    assert not revealed.desk.acts[-1][2].masked


@pytest.mark.parametrize(
    ("typed", "act", "ask"),
    [
        (["n", "called the office"], "note", asks.Note("called the office")),
        (["note seen before"], "note", asks.Note("seen before")),
        (["c"], "claim", asks.Nothing()),
        (["C he is away"], "take_over", asks.TakeOver("he is away")),
        (["take", "he is away"], "take_over", asks.TakeOver("he is away")),
        (["hold 20 calling"], "hold", asks.Hold(20, "calling")),
        (["e shall we answer?"], "escalate", asks.Escalate(1, "shall we answer?")),
        (["e", "which?", "3"], "escalate", asks.Escalate(1, "which?", asks.ReasonCode.LEGAL)),
        (["e", "which?", ""], "escalate", asks.Escalate(1, "which?")),
        (["p"], "approve", asks.Nothing()),
        (["b not enough"], "send_back", asks.Because("not enough")),
        (["withdraw"], "withdraw", asks.Nothing()),
        (["close"], "close", asks.Nothing()),
        (["restore"], "restore_draft", asks.Nothing()),
        (["o he asked"], "reopen", asks.Because("he asked")),
    ],
)
@pytest.mark.req("H6", "E5", "H15")
def test_acts(work, typed, act, ask):
    said = work(two(), "2", *typed)
    assert said.desk.acts == [(2, act, ask)]


def test_what_is_resolved_is_reversed_and_what_is_mine_released(work):
    done = an_item(3, "x")
    row = replace(done.row, state=State.RESOLVED, disposition=Disposition.HIDDEN)
    desk = Desk({3: replace(done, row=row), 4: replace(done, row=a_row(4, "x", mine=True, state=State.CLAIMED))})
    assert work(desk, "3", "o he asked", "4", "c").acts == [(3, "reverse"), (4, "release")]


@pytest.mark.parametrize("typed", ["s 2h", "snooze 2h"])
def test_snoozing(work, typed):
    ask = work(two(), "2", typed + " shift end").desk.acts[-1][2]
    assert ask.reason == "shift end"
    assert timedelta(0) < ask.until - NOW - timedelta(hours=2) < timedelta(minutes=1)


IST = timezone(timedelta(hours=5, minutes=30))
AT = datetime(2026, 11, 22, 13, 0, tzinfo=IST)


@pytest.mark.parametrize(
    ("typed", "minutes"), [("30m", 30), ("45", 45), ("2h", 120), ("1d", 1440), ("14:00", 60), ("12.30", 23 * 60 + 30)]
)
def test_moments(typed, minutes):
    assert moment(typed, AT) - AT == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "-5m", "99999999h", "14:00:00"])
def test_what_is_no_moment_is_refused(typed):
    with pytest.raises(Refused):
        moment(typed, AT)


@pytest.mark.req("H8", "O1")
def test_an_order_is_asked_question_by_question(work):
    answers = [
        "MeitY",
        "A. Baruah",
        "Joint Secretary",
        "s. 79(3)(b)",
        "F.1/2",
        "unlawful",
        "https://x.example/1",
        "call",
    ]
    ask = work(two(), "1", "!", "order", *answers, "3h").desk.acts[-1][2]
    assert (ask.kind, ask.officer, ask.urls, ask.verified_by) == (
        OrderKind.ORDER, "A. Baruah", ("https://x.example/1",), "call",
    )  # fmt: skip
    assert ask.due_at is not None
    request = work(two(), "1", "! request", "PS", "CMO", "take it down").desk.acts[-1][2]
    assert (request.kind, request.caller, request.words) == (OrderKind.REQUEST, "PS", "take it down")


@pytest.mark.req("B3")
def test_undo_names_its_target_and_opens_it_again(work):
    said = work(two(), "1", "h1", "z", "q")
    assert said.acts == [(1, "hide"), (1, "undo")]
    assert said.text.count("Item 1, account fb dipr.") == 2
    assert work(two(), "z").desk.acts == []
    assert work(two(), "z 2").acts == [(2, "undo")]


def test_settling_what_is_parked(work):
    ask = work(two(), "f 12 sent I saw it on the page").desk.acts[-1]
    assert ask == (12, "settle", asks.SettleEffect(asks.Settling.WAS_SENT, "I saw it on the page"))
    assert "Name the effect" in work(two(), "f twelve").text


@pytest.mark.parametrize(
    ("typed", "act", "ask"),
    [
        (["A rita she knows the case"], "assign", asks.Assign("rita", "she knows the case")),
        (["A", "rita"], "assign", asks.Assign("rita")),
        (["L"], "cannot_read", asks.CannotRead()),
        (["cannot read BRX"], "cannot_read", asks.CannotRead("brx")),
        (["gloss He asks for a boat."], "gloss", asks.Gloss("He asks for a boat.")),
        (["gloss", "He asks for a boat."], "gloss", asks.Gloss("He asks for a boat.")),
        (["seen A flooded road."], "media_seen", asks.MediaSeen("A flooded road.")),
    ],
)
@pytest.mark.req("H16")
def test_passing_on_and_saying_what_others_cannot_see(work, typed, act, ask):
    assert work(two(), "2", *typed).desk.acts == [(2, act, ask)]


@pytest.mark.req("B3")
def test_what_was_undone_is_done_again(work):
    said = work(two(), "1", "h1", "z", "Z", "q")
    assert said.acts == [(1, "hide"), (1, "undo"), (1, "redo")]
    assert work(two(), "Z 2").acts == [(2, "redo")]
    assert "Nothing was undone here yet." in work(two(), "Z").text
    assert "Z takes an item's number." in work(two(), "Z this").text


@pytest.mark.req("V3", "P4")
@pytest.mark.parametrize(
    ("typed", "span"),
    [
        (["help come"], (10, 19)),
        (["HELP   come"], (10, 19)),
        (["3-4"], (10, 20)),
        (["1"], (0, 4)),
        (["?", "3"], (10, 14)),
    ],
)
def test_the_words_of_a_hide_are_typed_or_counted(work, typed, span):
    said = work(two(), "2", "h6", *typed)
    assert said.desk.acts[-1][2] == asks.Hide(1, "S1", start=span[0], end=span[1])


@pytest.mark.parametrize(
    ("typed", "why"),
    [("4-9", "The comment has words 1 to 4."), ("0", "words 1 to 4"), ("3-1", "words 1 to 4"), ("x", "Left;")],
)
def test_words_that_are_not_there_hide_nothing(work, typed, why):
    said = work(two(), "2", "h6", typed)
    assert said.desk.acts == []
    assert why in said.text


def test_words_that_stand_there_twice_are_asked_for(work, monkeypatch):
    monkeypatch.setattr("moderator.line.console._READABLE_AFTER", 0.0)
    desk = Desk({1: an_item(1, "Boat here. A boat there.")})
    said = work(desk, "1", "h6", "boat", "2", tty=True, config=STAY)
    assert "They stand there 2 times." in said.text
    assert said.desk.acts[-1][2] == asks.Hide(1, "S1", start=13, end=17)


def test_covered_words_are_counted_without_being_said(work):
    said = work(two(), "1", "h6", "?", "2-4").text
    counted = said[said.index("? counts the words") :]
    assert "1: “[covered]”." in counted
    assert "slur" not in counted


@pytest.mark.parametrize(("typed", "clause"), [("h scam", "S1"), ("h abus", "A1"), ("hide S1", "S1")])
def test_a_clause_by_its_letters(work, typed, clause):
    desk = Desk({1: an_item(1, "x y", SLUR, replace(SLUR, clause="S1"))})
    assert work(desk, "1", typed).desk.acts[-1][2].clause == clause


def test_letters_that_two_clauses_have_name_both(work):
    said = work(two(), "1", "h spam")
    assert said.desk.acts == []
    assert "More than one clause is meant: S1 Spam or scam, S2 Spam for a shop." in said.text


def test_x_leaves_any_form_with_nothing_done(work):
    for typed in (["h", "x"], ["e", "x"], ["s", "x"], ["!", "x"], ["n", "x"], ["A", "x"], ["! order", "MeitY", "x"]):
        said = work(two(), "1", *typed, "q")
        assert (said.desk.acts, said.code) == ([], None)
        assert "Left; nothing was done." in said.text


def test_an_answer_that_is_needed_is_asked_for_once_more_of_a_person(work):
    said = work(two(), "1", "n", "", "called", tty=True, config=STAY)
    assert said.desk.acts == [(1, "note", asks.Note("called"))]
    assert work(two(), "1", "n", "", "called").desk.acts == []
