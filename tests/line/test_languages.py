"""Line mode in other languages: every sentence of ours goes through the catalogues, and keys stay keys."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from moderator import locale
from moderator.domain import view
from moderator.domain.errors import Code
from moderator.domain.item import Disposition, Lane
from moderator.domain.policy import Asks
from tests.line.conftest import NOW, SLUR, Desk, an_item

DESKS_OWN = ("Saved: ", "Undone: ", "It is new.", "Take a break.", "Test desk", "2 would be done.")
"""What the desk says comes translated from the desk, and this one speaks English."""


def whole() -> Desk:
    """A desk on whose items there is something of everything."""
    decision = view.DecisionView(
        1, Disposition.HIDDEN, "A1", "slur", "he shouts", "das", "rita", NOW, "p1", 1, False, "", False, False, "No."
    )
    item = an_item(
        1, "slur officer, go drown", SLUR,
        drafts=(view.DraftView(1, "rita", False, "Dear", 4, NOW, ""),), notes=(view.NoteView("das", "seen", NOW),),
        decisions=(decision,), looking=("rita",), thread=(view.ThreadEntry("n", "help", NOW, False, False, 0),),
        versions=tuple(view.VersionView(n, f"text {n}", "c", NOW, None, ()) for n in (1, 2)),
        orders=(view.OrderView(4, "order", "MeitY", "A", NOW, None, False, ("the rank",)),),
        escalations=(view.EscalationView(1, "E-1", 2, "SPOC", "x", "q", "sent", NOW, NOW, "", NOW),),
        trail=(view.TrailView(9, NOW.isoformat(), "note", "das", 1, {}, "aa"),),
    )  # fmt: skip
    row = replace(item.row, lane=Lane.LIFE, asks=Asks.RESCUE, copies=3, protected=True)
    return Desk({1: replace(item, row=row), 2: an_item(2, "When?")}, hello=replace(Desk().hello, permissions=("read",)))


SHIFT = (
    "1", "t", "w", "versions", "y", "all", "m", "trail", "Y", "n x", "h", "x", "h6", "x", "hold", "e", "x", "s", "x",
    "/", "/new", "sort due", "search help", ".", "]", "[", "x 1 2", "marks", "bulk leave", "x", "*", "batches", "f",
    "D", "status", "exposure", "language", "? hide", "?", "u", "2", "r", "one", ".", "i", "k", "a", "z", "Z", "N", "x",
)  # fmt: skip


def ours(said: str) -> list[str]:
    """The lines of a transcript that are line mode's own sentences, without what was typed."""
    lines = [line for line in said.split("\n") if line and not line.startswith("> ")]
    return [line for line in lines if not line.startswith(DESKS_OWN)]


def transcript(work) -> str:
    """A shift of a person at a terminal, whose typed words the terminal shows, not we."""
    return work(whole(), *SHIFT, "q", tty=True).text


@pytest.mark.req("L1")
def test_no_sentence_stands_outside_the_catalogues(work, pseudo):
    bare = [line for line in ours(transcript(work)) if "⟦" not in line]
    assert bare == []


@pytest.mark.req("L1")
def test_control_in_english_all_of_them_do(work):
    found = ours(transcript(work))
    assert len(found) > 150
    assert not any("⟦" in line for line in found)


def test_the_language_is_switched_at_the_prompt_for_the_desk_too(work, pseudo, pseudo_place):
    locale.use("en")
    name = locale.LANGUAGES["qps"]
    desk = whole()
    said = work(desk, "language", "language qps", "1", "q")
    assert (said.code, desk.language) == (None, "qps")
    before, after = said.text.split(name, 2)[0], said.text.split(name)[-1]
    assert "⟦" not in before
    assert re.search(r"⟦.*Item 1", after)
    assert work(whole(), "language klingon").code is Code.BAD


def test_keys_and_numbers_are_the_same_in_every_language(work, pseudo):
    said = work(whole(), "2", "a", "1", "h1", "z", "q")
    assert said.acts == [(2, "leave"), (1, "hide"), (1, "undo")]


def test_numerals_of_another_script_name_an_item(work):
    assert "Item 2, account" in work(whole(), "২", "q").text
