"""Replying at the line: drafted line by line, checked, read out, sent only then."""

from __future__ import annotations

import pytest

from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Disposition
from tests.line.conftest import NOW, POLICY, Desk, an_item, two


@pytest.mark.req("G13", "H7", "B6")
def test_a_reply_is_drafted_checked_read_out_and_sent(work):
    said = work(two(), "2", "r", "Help comes today.", "Call 1077.", ".", "")
    assert said.desk.drafts == [(2, "Help comes today."), (2, "Help comes today.\nCall 1077.")]
    assert said.desk.acts == [(2, "reply", asks.Reply(1, "Help comes today.\nCall 1077."))]
    read, sent = said.text.index("> — R. Das, Junior Moderator"), said.text.index("Saved: reply")
    assert said.text.index("Kept: personal data.") < read < sent


@pytest.mark.req("G8", "B6")
def test_a_reply_that_breaks_a_hard_rule_is_not_sent_by_enter(work):
    desk = two()
    desk.hard = True
    said = work(desk, "2", "r", "Call 98640 12345.", ".", "", "k")
    assert said.desk.acts == []
    assert "MUST CHANGE: “98640 12345” is a phone number." in said.text
    lifted = work(Desk(dict(two().items), hard=True), "2", "r", "Call 98640 12345.", ".", "l", "it is public")
    assert lifted.desk.acts[-1][2].lift == "it is public"


def test_control_the_same_reply_without_the_number_is_sent_by_enter(work):
    desk = two()
    desk.hard = True
    assert work(desk, "2", "r", "Call 1077.", ".", "").acts == [(2, "reply")]


def test_back_to_the_text_disclaimer_drop_and_helpline(work):
    said = work(two(), "2", "r", "one", "two", ".", "t", "1", "three", ".", "i", "")
    assert said.desk.acts[-1][2] == asks.Reply(1, "one\nthree", disclaimer=True)
    assert "DISCLAIMER" in said.text
    dropped = work(two(), "2", "r", "one", ".", "d")
    assert dropped.desk.acts == []
    assert "The draft is dropped" in dropped.text
    helpline = work(two(), "2", "r helpline", "")
    assert helpline.desk.acts[-1][2] == asks.Reply(1, POLICY.helpline, helpline=True)


@pytest.mark.req("B1", "F6")
def test_a_line_that_breaks_off_leaves_the_draft(work):
    said = work(two(), "2", "r", "বানপানীৰ সাহায্য", "half a")
    assert said.desk.drafts[-1] == (2, "বানপানীৰ সাহায্য\nhalf a")
    assert said.desk.acts == []
    assert said.desk.streams[0].closed.is_set()


@pytest.mark.req("B1")
@pytest.mark.req("G3")
def test_the_second_person_hears_what_they_would_approve(work):
    proposal = view.DecisionView(
        1, Disposition.REPLIED, "", "", "he asked for it", "rita", "", NOW, "p1", 1, False, "", False, False,
        "Call Bipul.\n— Rita", proposed=True,
    )  # fmt: skip
    said = work(Desk({2: an_item(2, "When?", decisions=(proposal,))}), "2", "q")
    assert "Proposed" in said.text
    assert "The reason: he asked for it." in said.text
    assert "It would say:\n> Call Bipul.\n> — Rita\n" in said.text


def test_a_draft_is_gone_on_with(work):
    draft = view.DraftView(2, "das", True, "Dear citizen,", 13, NOW, "line dropped")
    desk = Desk({2: an_item(2, "help?", drafts=(draft,))})
    said = work(desk, "2", "r", "", "it comes.", ".", "")
    assert said.desk.acts[-1][2].text == "Dear citizen,\nit comes."
    assert "Your draft, " in said.text
    desk = Desk({2: an_item(2, "help?", drafts=(draft,))})
    assert work(desk, "2", "r", "w", "new", ".", "").desk.acts[-1][2].text == "new"


def test_a_draft_that_cannot_be_saved_is_said_once_and_typing_goes_on(work):
    desk = two()
    desk.refusals["draft"] = Refused(Code.FULL, "Not saved: the disk is full.", "")
    said = work(desk, "2", "r", "one", "two", ".", "k")
    assert said.text.count("NOT saved") == 1


@pytest.mark.req("B1", "H10")
def test_a_colleagues_draft_is_gone_on_with_and_is_ones_own_from_then(work):
    draft = view.DraftView(2, "rita", False, "Dear citizen,", 13, NOW, "line dropped")
    desk = Desk({2: an_item(2, "help?", drafts=(draft,))})
    said = work(desk, "2", "r", "", "it comes.", ".", "")
    assert "A draft of rita, " in said.text
    assert "The draft of rita so far:\n> Dear citizen,\n" in said.text
    assert said.desk.drafts[0] == (2, "Dear citizen,")
    assert said.desk.acts[-1][2].text == "Dear citizen,\nit comes."


def test_x_leaves_every_question_of_a_reply_and_keeps_the_draft(work):
    said = work(two(), "2", "r", "one", ".", "x", "q")
    assert (said.code, said.desk.acts, said.desk.drafts) == (None, [], [(2, "one")])
    assert "Kept as a draft; nothing was sent." in said.text


def test_a_script_that_answers_something_else_is_refused_and_its_draft_kept(work):
    said = work(two(), "2", "r", "one", ".", "send it", "a", "q")
    assert (said.code, said.desk.acts) == (Code.CONDUCT, [])
    assert "Not done: The answer was none of these.\nKept as a draft; nothing was sent." in said.text
