"""Passing on, glosses, pictures, exposure and the lighter view on the full screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from moderator.config import Screen
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.domain.policy import Asks, Finding, Opinion, Suggestion
from tests.tui.conftest import CONFIG

Open = Callable[..., Any]
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
BODO = "आं नोंथां गोदाव खामानि मावओ बोला नो"
PICTURE = view.MediaView("picture", "a flooded road", "hxxps://pics[.]example/flood.jpg", "BCDFH")
COMMENT = view.MediaView("comment", "", "hxxps://site[.]example/?c=7", "BCDBK")


@pytest.mark.req("H11")
async def test_l_passes_on_what_one_cannot_read(open_desk: Open, desk: Any) -> None:
    desk.add(3, BODO, language="brx", opinion=Opinion.NONE)
    async with open_desk() as story:
        await story.press("down", "down", "cannot_read")
        await story.shows("I cannot read this", "Recognised as Bodo", "brx")
        await story.press("enter")
        await story.until(lambda: desk.done("cannot_read"), "passed on")
        assert desk.done("cannot_read") == [("cannot_read", 3, asks.CannotRead("brx"))]


@pytest.mark.req("H11")
async def test_esc_passes_nothing_on(open_desk: Open, desk: Any) -> None:
    """The control: the key opens a form; only Enter in it acts."""
    async with open_desk() as story:
        await story.press("cannot_read")
        await story.shows("I cannot read this")
        await story.press("escape")
        await story.shows("due         finding")
        assert desk.done("cannot_read") == []


@pytest.mark.req("H11")
async def test_the_item_says_that_it_waits_for_a_reader_and_hiding_is_refused(open_desk: Open, desk: Any) -> None:
    desk.add(3, BODO, language="brx", opinion=Opinion.NONE)
    desk.more[3] = {"reader_wanted": "brx", "needs_gloss": True}
    desk.refuse["hide"] = Refused(Code.NOT_ALLOWED, "It cannot be hidden unread.", "Somebody who reads Bodo says it.")
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.shows("not read yet: it waits for somebody who reads Bodo")
        await story.decide("hide")
        await story.shows("Not read yet: hiding waits for somebody who reads its language.")
        await story.press("6", "v", "enter")
        await story.shows("Not done: It cannot be hidden unread.")


@pytest.mark.req("H11")
async def test_a_gloss_is_written_and_read(open_desk: Open, desk: Any) -> None:
    desk.add(3, BODO, language="brx")
    desk.more[3] = {"reader_wanted": "brx"}
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.shows("खामानि")
        await story.press("palette", *"gloss:", "enter")
        await story.shows("What it says", "In words that the others understand")
        await story.press(*"Asks for rice", "enter", "enter")
        await story.until(lambda: desk.done("gloss"), "explained")
        assert desk.done("gloss") == [("gloss", 3, asks.Gloss("Asks for rice", "brx"))]
        desk.more[3] = {"glosses": (view.GlossView("maina", "Asks for rice", "brx", 1, NOW),)}
        await story.app.screen.reread()
        await story.shows("maina, who reads Bodo: Asks for rice")


async def test_a_gives_it_to_a_colleague_on_duty(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("assign")
        await story.shows("Give to a colleague", "1 bora · 2 roy")
        await story.press("9", "enter", "enter")
        await story.shows("Type the number or the start of one of: bora, roy.")
        await story.press("shift+tab", "ctrl+a", "ctrl+k", *"ro", "enter", *"knows it", "enter")
        await story.until(lambda: desk.done("assign"), "given")
        assert desk.done("assign") == [("assign", 1, asks.Assign("roy", "knows it"))]


# --- pictures


@pytest.mark.req("H16", "Q21", "X1")
async def test_a_picture_has_its_words_its_inert_address_and_a_code(open_desk: Open, desk: Any) -> None:
    desk.add(3, "", opinion=Opinion.MEDIA)
    desk.more[3] = {"media": (f"picture: a flooded road {PICTURE.url}",), "links": (COMMENT, PICTURE)}
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.shows("a flooded road", "hxxps://pics[.]example/flood.jpg", "open elsewhere: BCDFH")
        await story.shows("a picture or voice, not judged: open it elsewhere by its code")
        assert "https://" not in story.text()
        await story.press("palette", *"seen:", "enter")
        await story.shows("type “moderator item media BCDFH” elsewhere")
        await story.press(*"A road", "enter")
        await story.until(lambda: desk.done("media_seen"), "seen")
        assert desk.done("media_seen") == [("media_seen", 3, asks.MediaSeen("A road"))]


@pytest.mark.req("H16")
async def test_a_seen_picture_is_hidden_without_words_to_mark(open_desk: Open, desk: Any) -> None:
    desk.add(3, "", opinion=Opinion.MEDIA)
    desk.more[3] = {"links": (COMMENT, PICTURE), "media_seen": view.MediaSeenView("rita", "A slur on a poster", 1, NOW)}
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.shows("seen by rita: A slur on a poster")
        assert "not judged" not in story.text()
        await story.decide("hide")
        await story.shows("more by typing")
        await story.press("1")
        await story.until(lambda: desk.done("hide"), "hidden")
        assert desk.done("hide")[0][2] == asks.Hide(1, "A1", False)


@pytest.mark.req("H16")
async def test_an_unseen_picture_is_refused_by_the_desk_and_the_menu_says_so(open_desk: Open, desk: Any) -> None:
    desk.add(3, "", opinion=Opinion.MEDIA)
    desk.refuse["hide"] = Refused(Code.NOT_ALLOWED, "A picture cannot be hidden unseen.", "Open it elsewhere.")
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.decide("hide")
        await story.shows("more by typing")
        await story.press("1")
        await story.shows("Not done: A picture cannot be hidden unseen.")


# --- what it asks


@pytest.mark.req("H14")
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asks.QUESTION, "▸ asks a question: r answers it"),
        (Asks.GRIEVANCE, "▸ a grievance: r answers it"),
        (Asks.FEEDBACK, "▸ feedback: a leaves it, no reply needed"),
        (Asks.RESCUE, "▸ asks for rescue: hand it off by voice first"),
        (Asks.MEDIA, "▸ the media ask: it belongs with the press officer"),
    ],
)
async def test_what_it_asks_stands_before_what_it_breaks(open_desk: Open, desk: Any, asked: Asks, words: str) -> None:
    desk.rows_by_id[2] = replace(desk.rows_by_id[2], asks=asked)
    async with open_desk() as story:
        await story.press("down", "open")
        await story.shows(words)
        drawn = story.text()
        assert drawn.index(words) < drawn.index("A1 abusive language")


@pytest.mark.req("H14")
async def test_what_the_media_ask_goes_to_the_press_officer(open_desk: Open, desk: Any) -> None:
    desk.rows_by_id[3] = replace(desk.rows_by_id[3], asks=Asks.MEDIA)
    ladder = replace(CONFIG.escalation, press_level=1)
    async with open_desk(config=replace(CONFIG, escalation=ladder)) as story:
        await story.press("down", "down", "open")
        await story.shows("the media ask: e hands it to District control room")
        await story.decide("escalate")
        await story.press(*"Comment?", "enter")
        await story.until(lambda: desk.done("escalate"), "handed off")
        assert desk.done("escalate")[0][2] == asks.Escalate(1, "Comment?", asks.ReasonCode.MEDIA, 1)


# --- covering


def slur(start: int, end: int) -> Finding:
    return Finding("A1", "slur.en", start, end, 2, Suggestion.HIDE, mask=True, why="a slur on a person")


@pytest.mark.req("B13")
async def test_abuse_is_covered_wherever_it_stands_until_it_is_revealed(open_desk: Open, desk: Any) -> None:
    """In the comment (far down too), in the thread, in an older version and in the words of a decision."""
    words = f"{'plain words ' * 40}Filthyword at the end"
    at = words.index("Filthyword")
    desk.add(3, words)
    desk.findings[3] = (slur(at, at + 10),)
    desk.threads[3] = (
        view.ThreadEntry("citizen 9", "Nastyword yourself", NOW, False, False, 0, ((0, 9),)),
        view.ThreadEntry("citizen 3", words, NOW, False, True, 1),
    )
    versions = (
        view.VersionView(1, "Otherslur before", "c", NOW, None, (), ((0, 9),)),
        view.VersionView(2, "Thirdslur before", "c", NOW, None, (), ((0, 9),)),
    )
    decision = view.DecisionView(
        1, desk.rows_by_id[3].disposition, "A1", "Quotedslur", "", "rita", "", NOW, "1", 1, True, "", True, False,
        masks=((0, 10),),
    )  # fmt: skip
    desk.more[3] = {"versions": versions, "decisions": (decision,)}
    abuse = ("Filthyword", "Nastyword", "Otherslur", "Thirdslur", "Quotedslur")
    async with open_desk(size=(120, 50)) as story:
        await story.press("down", "down", "open")
        await story.shows("at the end", "− ░░░░░░░░░", "+ ░░░░░░░░░", "seen masked")
        assert [word for word in abuse if word in story.text()] == []
        await story.press("mask")
        await story.shows(*abuse)
        await story.press("mask")
        await story.until(lambda: not any(word in story.text() for word in abuse), "covered again")
        await story.decide("leave")
        await story.until(lambda: desk.done("leave"), "left")
        assert desk.done("leave")[0][2] == asks.Leave(1, True)


@pytest.mark.req("B13")
async def test_control_without_masks_of_the_desk_a_voice_is_shown_as_it_is(open_desk: Open, desk: Any) -> None:
    desk.threads[3] = (view.ThreadEntry("citizen 9", "Nastyword yourself", NOW, False, False, 0),)
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.shows("Nastyword yourself")


@pytest.mark.req("B13", "H3")
async def test_what_a_threat_rests_on_is_never_covered(open_desk: Open, desk: Any) -> None:
    desk.add(3, "Filthyword I will kill you")
    threat = Finding("T2", "threat", 6, 26, 4, Suggestion.ESCALATE, urgent=True)
    desk.findings[3] = (threat, slur(0, 26))
    async with open_desk() as story:
        await story.press("down", "down", "open")
        await story.shows("┃ ░░░░░░word I will kill you")


@pytest.mark.req("B13")
async def test_the_lighter_view_puts_covered_voices_on_one_line(open_desk: Open, desk: Any) -> None:
    long = "Nastyword " + "and so on " * 30
    desk.threads[2] = (
        view.ThreadEntry("citizen 9", long, NOW, False, False, 0, ((0, 9),)),
        view.ThreadEntry("citizen 8", "A plain voice.", NOW, False, False, 0),
        view.ThreadEntry("citizen 2", desk.texts[2], NOW, False, True, 1),
    )
    async with open_desk(size=(100, 40)) as story:
        await story.press("down", "open")
        await story.shows("and so on and so on", "“░░░░░░░░░░”")
        await story.press("palette", *"lighter", "enter")
        await story.shows("lines masked)", "(masked)", "A plain voice.", "The lighter view is on")
        assert "and so on" not in story.text()
        assert "officer, go drown" in story.text(), "the comment to be decided on is never folded away"
        await story.press("mask")
        await story.shows("Nastyword and so on")


@pytest.mark.req("B13")
async def test_the_configuration_may_begin_with_the_lighter_view(open_desk: Open, desk: Any) -> None:
    async with open_desk(config=replace(CONFIG, screen=Screen(lighter=True))) as story:
        assert story.app.state.lighter


@pytest.mark.req("B13")
async def test_a_look_is_counted_and_said_and_advice_stands_in_the_strip(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "open")
        await story.shows("░░░")
        desk.said["reveal"] = "Shown. 21 today. The lighter view or a break may do you good."
        await story.press("mask")
        await story.shows("Filthyword", "The lighter view or a break may do you good.")


@pytest.mark.req("B13")
async def test_only_i_see_what_i_uncovered(open_desk: Open, desk: Any) -> None:
    desk.uncovered = view.Exposure(3, (0, 9, 0, 0, 1, 0, 3), 2, "A break may do you good.")
    async with open_desk() as story:
        await story.press("palette", *"exposure", "enter")
        await story.shows(
            "You uncovered 3 comments today. 2 of them were severe.", "Only you see this", "A break may do"
        )
        await story.press("escape")
        await story.shows("due         finding")


# --- the whole of it


@pytest.mark.req("Q11")
async def test_why_is_a_page_with_the_clause_its_rule_and_the_exact_words(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("down", "open")
        await story.shows("A1 abusive language")
        await story.press("why")
        await story.shows(
            "Why is item 2 here?", "New comment under your post.", "words: “░░░░░░░░░░”", "rule slur.en, severity 2",
            "characters 1–10", "as published: abusive language", "suggests: hide",
        )  # fmt: skip
        await story.press("escape")
        await story.shows("looking: das")


@pytest.mark.req("Q11")
async def test_every_version_is_told_with_its_difference_and_the_trail_stands_below(open_desk: Open, desk: Any) -> None:
    desk.versions[3] = ["One two three", "One four three", "One four three five"]
    desk.add(3, "One four three five", comment_version=3)
    event = view.TrailView(41, "2026-11-22T20:30:05.000Z", "edit", "desk", 3, {"version": 3, "cause": "edited"}, "h")
    desk.more[3] = {"trail": (event,)}
    async with open_desk(size=(100, 40)) as story:
        await story.press("down", "down", "open")
        await story.shows("version 2 → 3", "+ five", "version 1 → 2", "− two", "+ four")
        await story.shows("41 20:30:05Z desk edit  cause=edited version=3")


async def test_forms_keep_what_was_typed_when_another_item_comes_in_front(open_desk: Open, desk: Any) -> None:
    async with open_desk() as story:
        await story.press("assign", *"ro", "escape", "assign")
        await story.shows("ro", "Give to a colleague")
