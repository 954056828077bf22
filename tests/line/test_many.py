"""Several items at once at the line: marks, ranges, near-duplicates, and nothing done that was not told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from moderator.domain import asks, view
from moderator.domain.asks import Seen
from moderator.domain.errors import Code
from tests.line.conftest import NOW, STAY, Desk, an_item, two


def four() -> Desk:
    return Desk({n: an_item(n, f"buy now {n}") for n in range(1, 5)})


def marked(*ids: int) -> tuple[Seen, ...]:
    return tuple(Seen(one, 1) for one in ids)


def bulks(said) -> list[asks.Bulk]:
    return [ask for _, act, ask in said.desk.acts if act == "bulk"]


@pytest.mark.req("H5", "B9")
@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        (["x 1 3"], (1, 3)),
        (["x 1, 3"], (1, 3)),
        (["2", "x"], (2,)),
        (["x 1 3", "x 1"], (3,)),
        (["/all", "x 1", "v 3"], (1, 2, 3)),
        (["/all", "x 3", "v 1"], (3, 1, 2)),
        (["2", "*"], (2, 1, 3, 4)),
        (["x 1", "marks clear", "x 4"], (4,)),
    ],
)
def test_marks_and_what_bulk_makes_of_them(work, typed, ids):
    said = work(four(), *typed, "bulk leave", "", "q")
    assert bulks(said) == [asks.Bulk("leave", marked(*ids))]
    assert "Desk, 1 marked:" in said.text or f"{len(ids)} marked:" in said.text


@pytest.mark.req("H5")
def test_a_bulk_act_is_told_before_it_is_done_and_undone_as_one(work):
    desk = four()
    desk.protected = (3,)
    said = work(desk, "x 1 2 3", "bulk hide 6 same advertisement", "", "z", "q")
    assert bulks(said) == [asks.Bulk("hide", marked(1, 2), "S1", reason="same advertisement")]
    told = [
        "Left out, item 3: It is protected criticism.", "2 would be done.", "fb dipr: 2 items.",
        "Sending takes about 12 seconds.", "Enter does it, x leaves it:", "Saved: 2 items.", "Undone: batch 7.",
    ]  # fmt: skip
    places = [said.text.index(words) for words in told]
    assert all(first < then for first, then in pairwise(places))
    assert (7, "undo_batch", None) in said.desk.acts


@pytest.mark.parametrize("answer", ["x", "no", "a"])
def test_anything_but_enter_does_nothing_and_keeps_the_marks(work, answer):
    said = work(four(), "x 1 2", "bulk leave", answer, "marks", "q", tty=True)
    assert bulks(said) == []
    assert "2 items are marked." in said.text.rsplit("Enter does it", 1)[1]


@pytest.mark.req("H9")
def test_an_enter_typed_ahead_of_the_preview_does_nothing(work):
    said = work(four(), "x 1 2", "bulk leave", "", "q", tty=True)
    assert bulks(said) == []
    assert "That came before you can have read it." in said.text


@pytest.mark.req("H9")
def test_control_without_the_pause_it_would(work, monkeypatch):
    monkeypatch.setattr("moderator.line.console._READABLE_AFTER", 0.0)
    assert len(bulks(work(four(), "x 1 2", "bulk leave", "", "q", tty=True))) == 1


def test_nothing_is_done_where_everything_is_left_out(work):
    desk = four()
    desk.protected = (1, 2)
    said = work(desk, "x 1 2", "bulk hide 6", "", "q")
    assert (said.code, bulks(said)) == (Code.WRONG_STATE, [])


@pytest.mark.req("B13")
def test_whether_covered_words_were_seen_goes_with_it(work):
    def slur_in_the_row() -> Desk:
        desk = two()
        return replace(desk, items={**desk.items, 1: replace(desk.items[1], row=covered)})

    covered = replace(two().items[1].row, masks=((0, 4),))
    assert bulks(work(slur_in_the_row(), "x 1 2", "bulk leave", "", "q"))[0].masked
    assert not bulks(work(slur_in_the_row(), "1", "m", "x", "bulk leave", "", "q"))[0].masked
    assert not bulks(work(slur_in_the_row(), "x 2", "bulk leave", "", "q"))[0].masked


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["bulk leave"], "Nothing is marked."),
        (["x 1 nine"], "Marks need the numbers of items."),
        (["x 99"], "There is no item 99."),
        (["v 3"], "Both ends of a range must stand in the list"),
        (["x 1", "v three"], "A range needs the number of its last item."),
        (["x 1", "bulk delete"], "can be left public or hidden together"),
        (["x 1", "marks all"], "Marks are told, or cleared."),
    ],
)
def test_what_cannot_be_done_is_said(work, typed, why):
    said = work(four(), *typed)
    assert (bulks(said), why in said.text) == ([], True)


def test_deciding_the_item_in_hand_decides_that_one_alone(work):
    said = work(four(), "x 1 2", "1", "a", "bulk leave", "", "q", config=STAY)
    assert said.acts[0] == (1, "leave")
    assert bulks(said) == [asks.Bulk("leave", marked(2))]


def batch(sent: int, waiting: int) -> view.Batch:
    sentence = f"{sent}/412 sent; z stops and restores"
    return view.Batch(7, "hide", "S1", "das", True, NOW, 412, sent, waiting, 0, False, True, "hide 412", sentence)


@pytest.mark.req("H5")
def test_progress_is_told_at_the_prompt_until_it_is_through(work):
    desk = four()
    steps = iter([batch(187, 225), batch(187, 225), batch(412, 0), batch(412, 0)])

    def step():
        desk.done_batches = (next(steps),)

    said = work(desk, "x 1 2", "bulk leave", step, "", step, "marks", step, "marks", step, "marks", "q").text
    assert said.count("187/412 sent; z stops and restores") == 1
    assert said.count("412/412 sent") == 1


def test_the_batches_of_today(work):
    desk = four()
    assert "No bulk act was done today." in work(desk, "batches", "q").text
    desk.done_batches = (batch(187, 225),)
    assert "by das: hide 412. 187/412 sent; z stops and restores" in work(desk, "batches", "q").text
