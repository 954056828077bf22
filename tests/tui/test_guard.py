"""Public text is hostile: what a terminal could obey never leaves any screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from moderator import text
from moderator.domain import asks
from moderator.tui import onscreen, paper
from moderator.tui.guard import GUARD

BLACK = Color.parse("black")


def leaks(strips: Any, forbidden: list[str]) -> list[str]:
    """The forbidden byte strings that stand in what is drawn."""
    drawn = b"\n".join("".join(segment.text for segment in strip).encode("utf-8", "surrogatepass") for strip in strips)
    return [found for found in forbidden if bytes.fromhex(found) in drawn]


def raw(desk: Any, item_id: int, words: str) -> None:
    """An item whose text, author, account and post come as they are, as if nobody had cleaned them."""
    desk.add(item_id, "x")
    desk.texts[item_id] = words
    desk.rows_by_id[item_id] = replace(desk.rows_by_id[item_id], text=words, author=words)
    desk.post_title = words
    desk.drafts[item_id] = asks.SaveDraft("pasted \x1b[3J \x9b77;88H \x1b]52;c;ZXZpbA==\x07 \u202eevil", 0)


async def visit(story: Any, forbidden: list[str]) -> list[str]:
    """Queue, item, hide menu, composer, hand-off form: what leaks on each."""
    found: list[str] = []

    def look(where: str) -> None:
        found.extend(f"{where}: {leak}" for leak in leaks(story.app.screen._compositor.render_strips(), forbidden))

    look("queue")
    await story.decide("hide")
    await story.shows("only criticism", "leaves in")
    look("hide")
    await story.press("escape", "open")
    await story.until(lambda: story.app.screen.detail, "the item was read")
    look("item")
    await story.decide("escalate")
    await story.shows("Question")
    look("form")
    await story.press("escape")
    await story.decide("reply")
    await story.shows("preview")
    await story.until(lambda: story.app.screen.conduct, "checked")
    look("composer")
    await story.press("escape")
    await story.shows("Goes out as")
    look("preview")
    return found


@pytest.mark.req("Z22")
@pytest.mark.parametrize("cleaned", [True, False], ids=["cleaned", "raw"])
async def test_no_hostile_text_reaches_the_terminal(
    open_desk: Callable[..., Any], desk: Any, corpus: list[dict[str, Any]], cleaned: bool
) -> None:
    forbidden = [code for entry in corpus for code in entry["must_not_reach_terminal"] if code not in NORMAL]
    desk.rows_by_id.clear()
    words = "\n".join(entry["text"] for entry in corpus if len(entry["text"]) < 400)
    raw(desk, 1, text.clean(words).text if cleaned else words)
    for number, entry in enumerate(corpus, 2):
        raw(desk, number, text.clean(entry["text"]).text if cleaned else entry["text"])
        desk.drafts.pop(number)
    async with open_desk(size=(120, 50)) as story:
        assert await visit(story, forbidden) == []


NORMAL = frozenset({"0a"})


@pytest.mark.req("Z22")
async def test_without_guard_and_neutral_text_it_leaks(
    open_desk: Callable[..., Any], desk: Any, corpus: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with both lines of defence down, the very same look finds what got through."""
    forbidden = [code for entry in corpus for code in entry["must_not_reach_terminal"]]
    monkeypatch.setattr(text, "one_line", lambda given: given.replace("\n", " "))
    monkeypatch.setattr(text, "shown", lambda given, line=False: text.Shown(given, range(len(given))))
    monkeypatch.setattr(onscreen, "GUARD", type(GUARD)(enabled=False))
    monkeypatch.setattr(type(GUARD), "apply", lambda self, segments, background: segments)
    desk.rows_by_id.clear()
    raw(desk, 1, next(entry["text"] for entry in corpus if entry["name"] == "osc52"))
    async with open_desk(size=(120, 50)) as story:
        await story.press("open")
        await story.shows("looking")
        assert leaks(story.app.screen._compositor.render_strips(), forbidden) != []


async def test_every_line_of_a_citizen_has_the_gutter(open_desk: Callable[..., Any], desk: Any) -> None:
    desk.rows_by_id.clear()
    desk.add(1, "first line\n\n\nHidden by the lead\n policy 2026.11-2\n" + "word " * 60)
    async with open_desk() as story:
        await story.press("open")
        await story.shows("Hidden by the lead")
        posing = [entry for entry in story.screen() if "Hidden by the lead" in entry or "word word" in entry]
        assert posing
        assert all(entry.startswith("┃") for entry in posing)


@pytest.mark.parametrize("words", ["\x1b[31m", "a\x9bb", "\u202eevil", "tab\tx", "line\nbreak", "\ud800", "\ufeff"])
def test_the_guard_replaces_what_could_be_obeyed(words: str) -> None:
    done = GUARD.apply([Segment("safe "), Segment(words)], BLACK)
    assert done[0].text == "safe "
    assert done[1].text == text.guard(words) != words


def test_the_guard_drops_links_and_controls() -> None:
    done = GUARD.apply([Segment("x", Style(link="http://evil.example")), Segment("y", None, [(1,)])], BLACK)  # type: ignore[list-item]
    assert [(segment.text, segment.style.link) for segment in done if segment.style] == [("x", None)]


def test_the_guard_passes_clean_lines_as_they_are() -> None:
    segments = [Segment("অসমীয়া"), Segment("plain")]
    assert GUARD.apply(segments, BLACK) is segments


def test_markup_in_a_text_is_only_text() -> None:
    drawn = paper.strip_of((("[bold red]FAKE[/] [@click=app.quit]x[/]", "text"),), 60, lambda role: Style())
    assert drawn.text.startswith("[bold red]FAKE[/] [@click=app.quit]x[/]")
    assert all(segment.style is None or not segment.style.meta for segment in drawn)
