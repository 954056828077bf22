"""The item, its menus and its forms in a language with longer words: no line leaves the screen, no word of ours is left
in English, and what must be read is wrapped rather than cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from moderator import text
from moderator.domain import asks, view
from moderator.domain.item import Disposition, Lane
from moderator.domain.order import OrderKind
from moderator.domain.policy import Asks, Finding, Opinion, Suggestion
from moderator.tui import fields, formlist, itemfindings, itemtext, pages, paper
from moderator.tui.forms import FormScreen
from moderator.tui.state import State
from tests.tui.conftest import CONFIG, ScriptedDesk, held

Open = Callable[..., Any]
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
WIDTHS = [60, 80, 120]
LOOSE = re.compile(r"[A-Za-z]{4,}")
NAMES = re.compile(
    r"DIPR desk|District control room|Helpline|Share your exact location|Filthyword|officer, go drown|go drown|fb dipr|"
    r"citizen|slur[.]en|abusive language|threat|appeal@desk[.]example|Nasty voice|Nasty|voice|rita|anil|maina|das|bora|"
    r"flood|pics|hxxps|example|site|Asks for rice|a road|edit|cause|edited|version|desk|because|before|after|hide|"
    r"New comment under|your post|The author and friends still see it|2026[.]11-2|kill|picture|comment|"
    r"moderator item media BCDFH|slur on a person|attack on person|or group|campaigning|personal data|spam or scam|"
    r"life safety|false claim|Enter"
)
"""What stands in no catalogue: names, public text, the policy's own words, codes."""


def lines_over(lines: Iterable[paper.Line], width: int) -> list[str]:
    """The lines that would leave a screen of this width."""
    return [paper.plain(one) for one in lines if text.cells(paper.plain(one)) > width]


def untranslated(lines: Iterable[paper.Line]) -> list[str]:
    """What stands outside ⟦ ⟧ and is no name: words of ours that no catalogue has. A cut line ends what it began."""
    kept: list[str] = []
    depth = 0
    for drawn in map(paper.plain, lines):
        for char in drawn:
            depth += (char == "⟦") - (char == "⟧" and depth > 0)
            kept.append(char if not depth else " ")
        depth = 0 if drawn.rstrip().endswith("…") else depth
        kept.append("\n")
    bare = NAMES.sub("", "".join(kept))
    return [one for one in bare.split("\n") if LOOSE.search(one)]


@pytest.fixture
def detail(desk: ScriptedDesk) -> view.Detail:
    """An item of which everything there is can be told."""
    desk.rows_by_id[2] = replace(
        desk.rows_by_id[2], asks=Asks.MEDIA, protected=True, opinion=Opinion.NONE, language="en", owner="bora"
    )
    desk.threads[2] = (
        view.ThreadEntry("citizen 9", "Nasty voice", NOW, False, False, 0, ((0, 5),)),
        view.ThreadEntry("Official desk", "Helpline", NOW, True, False, 1),
        view.ThreadEntry("citizen 2", desk.texts[2], NOW, False, True, 1),
        *(view.ThreadEntry("citizen 7", "Helpline", NOW, False, False, 1) for _ in range(5)),
    )
    desk.authors[2] = (replace(desk.rows_by_id[3], text="Helpline", disposition=Disposition.HIDDEN),)
    decision = view.DecisionView(
        1, Disposition.REPLIED, "A1", "flood", "because", "rita", "anil", NOW, "2026.11-2", 1, True, "", True, False,
        "Helpline", proposed=True, masks=((0, 5),),
    )  # fmt: skip
    desk.more[2] = {
        "decisions": (decision,),
        "versions": (
            view.VersionView(1, "before", "c", NOW, None, ()),
            view.VersionView(2, "after", "c", NOW, NOW, ()),
        ),
        "notes": (view.NoteView("rita", "Helpline", NOW),),
        "trail": (view.TrailView(41, "2026-11-22T20:30:05.000Z", "edit", "das", 2, {"cause": "edited"}, "h"),),
        "escalations": (
            view.EscalationView(1, "E-1", 1, "District control room", "a@b.example", "", "⟦sent⟧", NOW, NOW, "", NOW),
        ),
        "orders": (view.OrderView(1, "⟦order⟧", "District control room", "", NOW, None, False, ("⟦statute⟧",)),),
        "drafts": (view.DraftView(2, "bora", False, "Helpline", 0, NOW, "line dropped"),),
        "effects": (held(2),),
        "media": ("picture: a road hxxps://pics[.]example/flood",),
        "links": (
            view.MediaView("comment", "", "hxxps://site[.]example", "BCDBK"),
            view.MediaView("picture", "a road", "hxxps://pics[.]example/flood", "BCDFH"),
        ),
        "media_seen": view.MediaSeenView("rita", "a road", 1, NOW),
        "reader_wanted": "brx",
        "needs_gloss": True,
        "glosses": (view.GlossView("maina", "Asks for rice", "brx", 1, NOW),),
        "why": "⟦why⟧",
        "author_earlier": 7,
    }
    desk.findings[2] = (
        *desk.findings[2],
        Finding("T2", "threat", 20, 28, 4, Suggestion.VOICE, urgent=True),
        Finding("P1", "slur.en", 20, 28, 1, Suggestion.KEEP, hint=True),
    )
    return desk.detail(2)


@pytest.fixture
def state(desk: ScriptedDesk) -> State:
    found = State(hello=desk.hello(), policy=desk.policy())
    found.learn(desk.status(), 100.0)
    return found


OPTIONS = [
    itemtext.Options(seen_version=1), itemtext.Options(lighter=True, whole_thread=True),
    itemtext.Options(revealed=True, author=True, press="District control room"),
]  # fmt: skip


@pytest.mark.req("L6")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("options", OPTIONS, ids=["edited", "lighter", "revealed"])
def test_no_line_of_an_item_leaves_the_screen_and_none_is_left_in_english(
    detail: view.Detail, state: State, pseudo: str, width: int, options: itemtext.Options
) -> None:
    detail = replace(detail, row=replace(detail.row, comment_version=2))
    lines = [
        *itemtext.body(detail, state, width, options), *itemtext.facts(detail, state, width, options, 40),
        *itemfindings.why_lines(detail, state, width, options),
        itemtext.facts_line(detail.row, state.now, "02:14", width),
        *pages.exposure_lines(view.Exposure(3, (0, 9, 0, 0, 1, 0, 3), 2, "⟦rest⟧"), width),
    ]  # fmt: skip
    assert lines_over(lines, width) == []
    assert untranslated(lines) == []
    assert "⟦" in itemtext.work_words(detail.row, 60000)


@pytest.mark.req("L6")
def test_control_a_word_of_ours_outside_the_catalogue_is_seen(detail: view.Detail, state: State) -> None:
    """The same look without the other language finds our words."""
    assert untranslated(itemtext.facts(detail, state, 120, OPTIONS[0], 40)) != []


def every_form(detail: view.Detail, state: State) -> list[formlist.Form]:
    """Each small form there is."""
    row = replace(detail.row, lane=Lane.LIFE)
    ladder = CONFIG.escalation
    return [
        formlist.reopening("reopen"), formlist.reopening("reverse"), formlist.sending_back(), formlist.take_over(),
        formlist.hold(), formlist.note(), formlist.assign(("bora", "roy")), formlist.assign(()),
        formlist.cannot_read(row), formlist.gloss(detail), formlist.media_seen(detail),
        formlist.lifting(asks.Reply(1, "x"), "⟦rule⟧"), formlist.snooze(state),
        formlist.escalation(row, ladder, covered=True), formlist.escalation(detail.row, ladder, covered=False),
        formlist.order_or_request(state), formlist.lawful_order(state), formlist.request(state),
        formlist.settling(held(2)),
    ]  # fmt: skip


@pytest.mark.req("L6")
def test_every_word_of_every_form_goes_through_the_catalogue(detail: view.Detail, state: State, pseudo: str) -> None:
    told = [
        words
        for form in every_form(detail, state)
        for words in (
            form.title,
            *(part for f in form.fields for part in (f.label, f.hint)),
            *(c for c, _ in form.context),
        )
    ]
    assert untranslated(((words, "text"),) for words in told if words) == []


@pytest.mark.req("L6")
@pytest.mark.parametrize("width", [60, 80])
async def test_no_line_of_a_form_leaves_the_screen_and_hints_are_whole(
    open_desk: Open, desk: Any, detail: view.Detail, pseudo: str, width: int
) -> None:
    async with open_desk(size=(width, 24)) as story:
        screen = FormScreen(detail.row, formlist.lawful_order(story.app.state))
        story.app.push_screen(screen)
        await story.until(lambda: screen.is_mounted and screen.focused, "the form")
        screen.complaint = "⟦" + "why it is not clear " * 8 + "⟧"
        lines = [*screen.draw_head(width, 3), *screen.draw_context(width, 3), *screen.draw_foot(width, 3)]
        hint = screen.draw_hint(width, 10)
        assert lines_over([*lines, *hint], width) == []
        assert "".join(paper.plain(one) for one in hint).count("clear") == 8
        labels = [paper.plain(screen.query_one(f"#label-{n}", paper.Paper).lines[0]) for n in range(10)]
        assert all(label.strip().startswith("⟦") for label in labels)
        assert screen.query_one("#field-0").size.width >= width // 3


@pytest.mark.req("L6", "H4")
@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_hide_menu_holds_longer_words_with_every_digit_in_view(
    open_desk: Open, desk: Any, pseudo: str, width: int
) -> None:
    async with open_desk(size=(width, 24)) as story:
        await story.press("down")
        await story.decide("hide")
        screen = story.app.screen
        await story.until(lambda: screen.detail is not None, "read")
        lines = [*screen.draw_head(width, 3), *screen.draw_menu(width, 20), *screen.draw_foot(width, 3)]
        assert lines_over(lines, width) == []
        assert untranslated(lines) == []
        drawn = "\n".join(paper.plain(one) for one in screen.draw_menu(width, 20))
        for clause in ("1 A1", "2 T2", "3 T1", "4 P1", "5 D1", "6 S1", "9 L1", "  0"):
            assert clause in drawn
        await story.shows("┃ ░░░░░░░░░░")


@pytest.mark.req("L6")
def test_a_choice_is_taken_by_its_translated_name_too() -> None:
    codes = tuple(kind.value for kind in OrderKind)
    assert fields.choice("আ", codes, ("আদেশ", "অনুৰোধ")) == "order"
    assert fields.choice("req", codes, ("আদেশ", "অনুৰোধ")) == "request"
    assert fields.choice("২", codes, ("আদেশ", "অনুৰোধ")) == "request"
    with pytest.raises(fields.Unclear):
        fields.choice("", codes, ("আদেশ", "অনুৰোধ"))
