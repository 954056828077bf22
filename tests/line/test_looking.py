"""Looking at the line: the item and everything around it, in sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from moderator.config import Config, Screen
from moderator.domain import asks, view
from moderator.domain.effect import EffectState, Op
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.order import OrderKind
from moderator.domain.policy import Asks, Opinion, Suggestion
from moderator.domain.view import View
from moderator.line.telling import names, versions
from moderator.line.telling.times import span
from tests.line.conftest import NOW, SLUR, Desk, an_item, two


def test_looking_around(work):
    entry = view.ThreadEntry("n_r_3", "pls help them", NOW, False, False, 1)
    versions = tuple(view.VersionView(n, f"text {n}", "c", NOW, None, ()) for n in (1, 2))
    desk = Desk({1: an_item(1, "text 2", thread=(entry,), versions=versions)})
    said = work(desk, "1", "t", "w", "versions", "y", "all", "/", "/new", "f", "?", "more", tty=True)
    for words in (
        "> pls help them",
        "> text 1",
        "2 earlier comments on our pages, 1 hidden",
        "It is new.",
        "/2 or /new: new, 1.",
    ):
        assert words in said.text
    assert "Nothing is on its way." in said.text
    assert "Not done: There is nothing more to list." in said.text
    assert re.search(r"1, due in \d+ minutes, fb dipr, nothing found\. citizen: “text 2”\n", said.text)


@pytest.mark.req("X1")
def test_links_are_told_inert(work):
    said = work(Desk({1: an_item(1, "go http://evil.example/x now")}), "1", "/new")
    assert said.text.count("hxxp://evil[.]example/x") == 2
    assert "http://" not in said.text


@pytest.mark.req("V7")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opinion": Opinion.NONE}, "No opinion: this language is poorly covered. That does not mean clean."),
        ({"opinion": Opinion.MEDIA}, "A picture or voice, not judged."),
        ({}, "Nothing found."),
        ({"protected": True}, "protected criticism: hiding it needs a second person."),
        ({"lane": Lane.LIFE}, "URGENT, life safety."),
    ],
)
def test_what_the_engine_says(work, changes, said):
    item = an_item(1, "x")
    assert said in work(Desk({1: replace(item, row=replace(item.row, **changes))}), "1").text


def test_a_long_comment_is_abridged_until_all_is_asked(work):
    desk = Desk({1: an_item(1, "x" * 5000 + "END")})
    said = work(desk, "1")
    assert "1003 characters more: “all” tells the rest." in said.text
    assert "END" not in said.text
    assert "END" in work(desk, "1", "all").text


@pytest.mark.req("B13")
def test_voices_of_the_thread_stay_covered_until_revealed(work):
    voice = view.ThreadEntry("n_r_3", "slur you too", NOW, False, False, 1, masks=((0, 4),))
    ours = view.ThreadEntry("DIPR", "Call 1077.", NOW, True, False, 0)
    desk = Desk({1: an_item(1, "slur officer", SLUR, thread=(ours, voice))})
    said = work(desk, "1", "t", "q").text
    assert "We wrote at " in said
    assert "> [covered] you too\n" in said
    assert "slur" not in said.replace("A slur.", "")
    assert "> slur you too\n" in work(desk, "1", "m", "t", "q").text


def version(n: int, words: str, *masks: tuple[int, int]) -> view.VersionView:
    return view.VersionView(n, words, "c", NOW, None, (), masks)


@pytest.mark.req("F18", "B13")
def test_versions_are_told_with_what_changed_in_words(work):
    first, second = version(1, "slur go to the old road", (0, 4)), version(2, "please go to the new road today")
    item = an_item(1, second.text, versions=(first, second))
    desk = Desk({1: replace(item, row=replace(item.row, comment_version=2))})
    said = work(desk, "1", "versions", "q").text
    assert "Version 1, seen at " in said
    assert "> [covered] go to the old road\n" in said
    for change in ("“[covered]” became “please”.", "“old” became “new”.", "Added: “today”."):
        assert change in said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a b c", "a c", ["Taken out: “b”."]),
        ("a  b", "a b", ["Only its spaces or line ends changed."]),
        ("a", "a\nItem 9: ok", ["Added: “Item 9: ok”."]),
        (
            " ".join("a" * 40),
            " ".join("b" if n % 2 else "a" for n in range(40)),
            ["More was changed than is told here."],
        ),
    ],
)
def test_changes(before, after, said):
    assert list(versions.changes(before, after))[-1:] == said


@pytest.mark.req("L3")
@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (-240, "4 minutes"),
        (3600, "1 hour"),
        (3720, "1 hour and 2 minutes"),
        (7260, "2 hours and 1 minute"),
        (39_660, "11 hours"),
        (172_800, "2 days"),
    ],
)
def test_spans_are_words(seconds, said):
    assert span(seconds) == said


def test_late_and_ended_are_said(work):
    item = an_item(1, "x")
    late = replace(item, row=replace(item.row, due=NOW - timedelta(minutes=62)))
    assert "First response is late by 1 hour and 2 minutes." in work(Desk({1: late}), "1", "q").text
    ended = replace(item, row=replace(item.row, state=State.RESOLVED, disposition=Disposition.HIDDEN_REPLIED))
    assert "Ended: hidden and replied. " not in work(Desk({1: late}), "1", "q").text
    assert "Ended: hidden and replied." in work(Desk({1: ended}), "1", "q").text


@pytest.mark.parametrize("cause", [one for one in Cause if one is not Cause.NONE])
def test_every_way_back_is_said_in_words(work, cause):
    item = an_item(1, "x")
    said = work(Desk({1: replace(item, row=replace(item.row, cause=cause))}), "1", "q").text
    assert "It is back: " in said


def test_every_word_of_the_desk_has_its_sentence():
    tables = {
        State: names.STATES, Visibility: names.VISIBLE, Suggestion: names.SUGGESTS, View: names.VIEWS,
        asks.Order: names.SORTS, asks.ReasonCode: names.REASONS, OrderKind: names.ORDERS,
    }  # fmt: skip
    assert {kind.__name__: set(kind) - set(table) for kind, table in tables.items() if set(kind) - set(table)} == {}
    for kind, table, none in ((Disposition, names.ENDS, ""), (Asks, names.ASKS, ""), (Cause, names.CAUSES, "")):
        assert {one.value for one in kind} - {one.value for one in table} == {none}


@pytest.mark.req("H16", "H11")
def test_pictures_glosses_and_readers_are_told(work):
    item = an_item(
        1, "", media=("a road",), links=(view.MediaView("picture", "a road", "hxxps://cdn[.]example/1", "KQ4T"),),
        media_seen=view.MediaSeenView("rita", "A flooded road.", 1, NOW), reader_wanted="brx", needs_gloss=True,
        glosses=(view.GlossView("bina", "He asks for a boat.", "brx", 1, NOW),),
    )  # fmt: skip
    said = work(Desk({1: item}), "1", "q").text
    for words in (
        "Picture, code KQ4T:\n> a road hxxps://cdn[.]example/1\n",
        "rita opened it at ",
        "> A flooded road.\n",
        "What it says, as bina reads it at ",
        "> He asks for a boat.\n",
        "A reader of the language brx is wanted for it.",
        "It cannot be hidden before somebody who reads it says what it says: gloss.",
    ):
        assert words in said


def test_the_trail_and_the_reference(work):
    event = view.TrailView(9, NOW.isoformat(), "undo.escalation", "das", 1, {}, "aa")
    desk = Desk({1: an_item(1, "x", trail=(event,), permalink="https://x.example/1")})
    said = work(desk, "1", "trail", "Y", "q").text
    assert re.search(r"Event 9, \d\d:\d\d, das: undo escalation\.", said)
    assert "Item 1, account fb dipr.\n> hxxps://x[.]example/1\n" in said
    assert "Nothing is recorded of it yet." in work(Desk({1: an_item(1, "x")}), "1", "trail", "q").text


@pytest.mark.req("L3")
def test_the_dashboard_as_sentences(work):
    said = work(two(), "D", "q").text
    for words in (
        "The last 24 hours.",
        "12 comments came in; 7 were decided.",
        "from ",
        "7 items stand open, the oldest since ",
        "Up to 1 hour old: 5 items, 1 of them urgent.",
        "Older than 1 hour: 2 items.",
        "Routine: half were decided within 10 minutes, nine in ten within 1 hour; 2 late.",
        "Life safety: nothing was decided, 0 late.",
        "Decisions: hidden 2, left public 5.",
        "Findings: A1 3, nothing found 9.",
        "Arrivals: fb dipr 12.",
    ):
        assert words in said
    assert "The last 168 hours." in work(two(), "D 168", "q").text
    assert "The figures need a number of hours." in work(two(), "D week").text


@pytest.mark.req("B13")
def test_ones_own_exposure(work):
    said = work(two(), "exposure", "q").text
    assert "You uncovered 4 comments today.\n2 of them were severe.\n" in said
    assert "The last seven days, today last: 0, 0, 1, 0, 2, 0, 4.\nTake a break.\nOnly you are told this.\n" in said


def test_how_the_desk_stands(work):
    assert "Waiting: new 2." in work(two(), "status", "q").text


@pytest.mark.req("B13")
def test_the_lighter_view_leaves_covered_voices_out(work):
    voice = view.ThreadEntry("n_r_3", "slur you too", NOW, False, False, 1, masks=((0, 4),))
    other = view.ThreadEntry("b_d", "stay calm", NOW, False, False, 1)
    desk = Desk({1: an_item(1, "slur officer", SLUR, thread=(voice, other))})
    said = work(desk, "1", "lighter", "t", "lighter", "t", "q").text
    light, full = said.split("Every voice of a thread is told.")
    assert "Left out: it has covered words." in light
    assert "you too" not in light
    assert "> stay calm" in light
    assert "> [covered] you too" in full
    assert "you too" not in work(desk, "1", "t", "q", config=Config(screen=Screen(lighter=True))).text


def test_what_can_be_undone_now(work):
    desk = two()
    held = view.EffectView(
        5, 1, 7, "fb", Op.HIDE, EffectState.HELD, "hide fb citizen", 9000, 0, None, "", "", "das", True, NOW
    )
    desk.in_flight = (held, replace(held, item_id=8, mine=False), replace(held, item_id=9, state=EffectState.SENDING))
    batch = view.Batch(3, "hide", "S1", "das", True, NOW, 4, 1, 3, 0, False, True, "hide 4 on fb", "1/4 sent")
    desk.done_batches = (batch, replace(batch, id=4, mine=False), replace(batch, id=5, undoable=False))
    said = work(desk, "history", "q").text
    assert "z 7 takes back: hide fb citizen.\nz batch 3 takes back: hide 4 on fb.\nWhat was left public" in said
    assert "Nothing of yours is on its way." in work(two(), "history", "q").text
