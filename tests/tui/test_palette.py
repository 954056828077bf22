"""Everything by its name: each action is reached by key or palette and told by help, in each language; looks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moderator import locale, text
from moderator.domain.person import Permission
from moderator.tui import actions, themes
from moderator.tui.actions import ACTIONS, Place
from moderator.tui.help import KeysScreen
from moderator.tui.palette import _NOT_HERE, PaletteScreen

OPENED = (Place.QUEUE, Place.ITEM, Place.FIGURES)
"""The places that the palette is opened from."""


@pytest.fixture(autouse=True)
def as_it_ships() -> Iterator[None]:
    yield
    locale.use("en")
    actions.use(ACTIONS)


@pytest.fixture(autouse=True)
def plenty_of_colours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def reached() -> list[str]:
    """Actions that neither a key nor the palette leads to."""
    return [
        one.id
        for one in ACTIONS
        if not any(actions.keys_in(one, place) or (place in OPENED and one.id not in _NOT_HERE) for place in one.places)
    ]


@pytest.mark.req("L5")
def test_every_action_is_reached_by_key_or_palette(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reached() == []
    lost = replace(actions.BY_ID["leave"], places=frozenset({Place.WRITE}))
    monkeypatch.setitem(globals(), "ACTIONS", (*ACTIONS, lost))
    assert reached() == ["leave"], "the control: one that is only a letter where letters are text is found"


@pytest.mark.req("L5", "L6")
@pytest.mark.parametrize("language", ["en", "as", "hi"])
async def test_help_lists_every_action_of_each_place_in_every_language(open_desk: Any, language: str) -> None:
    if language not in locale.LANGUAGES:
        pytest.skip(f"there is no catalogue for {language} here")
    locale.use(language)
    async with open_desk(size=(120, 120)) as story:
        for place in Place:
            await story.app.push_screen(KeysScreen(place))
            await story.shows(locale._("Keys"))
            shown = story.text()
            missing = [
                one.id
                for one in ACTIONS
                if place in one.places and text.clip(locale._(one.help), 100).rstrip() not in shown
            ]
            assert missing == [], place
            await story.app.pop_screen()


@pytest.mark.req("L5")
async def test_the_palette_offers_all_that_a_place_has(open_desk: Any) -> None:
    async with open_desk() as story:
        await story.press("palette")
        screen = story.app.screen
        assert isinstance(screen, PaletteScreen)
        offered = {entry.searched.split()[0] for entry in screen.entries()}
        there = {one.id for one in ACTIONS if Place.QUEUE in one.places and one.id not in _NOT_HERE}
        assert there <= offered
        assert "quit" in offered


async def test_what_the_roles_do_not_allow_is_not_offered(open_desk: Any, desk: Any) -> None:
    desk.permissions = frozenset({Permission.READ.value})
    async with open_desk() as story:
        await story.until(lambda: story.app.state.hello, "greeted")
        await story.press("palette")
        searched = [entry.searched for entry in story.app.screen.entries()]
        assert not any(words.startswith("hide ") for words in searched)
        assert any(words.startswith("open ") for words in searched), "the control"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("take_over", "take over"), ("C", "take over"), ("reveal mask", "reveal"), ("helpline", ""), ("zzz", "")],
)
async def test_it_is_found_by_id_words_and_key(open_desk: Any, typed: str, found: str) -> None:
    async with open_desk() as story:
        await story.press("palette")
        screen = story.app.screen
        screen.typed = typed
        labels = [entry.label for entry in screen.matches()]
        assert any(label.startswith(found) for label in labels) if found else labels == []


@pytest.mark.req("L6")
async def test_in_another_language_its_own_name_and_the_english_one_find_it(open_desk: Any, pseudo: Any) -> None:
    async with open_desk() as story:
        await story.press("palette")
        screen = story.app.screen
        for typed in ("take over", "⟦"):
            screen.typed = typed
            assert any("⟦take over" in entry.label for entry in screen.matches())


@pytest.mark.parametrize("name", ["light", "contrast", "terminal", "thin"])
async def test_the_theme_switches_while_it_runs(open_desk: Any, name: str) -> None:
    async with open_desk() as story:
        assert story.app.palette.name == "dark"
        before = story.app.style("text")
        await story.press("palette", *f"theme {name}", "enter")
        await story.shows(f"Theme: {name}")
        assert story.app.palette == themes.load(name)
        assert story.app.theme == f"moderator-{name}"
        drawn = {segment.style for strip in story.app.screen._compositor.render_strips() for segment in strip}
        backgrounds = {style.bgcolor for style in drawn if style is not None and style.bgcolor is not None}
        assert before.bgcolor not in backgrounds, "something is still drawn in the old theme"


async def test_a_theme_that_cannot_be_used_changes_nothing(open_desk: Any, tmp_path: Path) -> None:
    place = tmp_path / ".config" / "moderator" / "themes"
    place.mkdir(parents=True)
    (place / "mine.toml").write_text("name = 'mine'")
    async with open_desk() as story:
        await story.press("palette", *"theme mine", "enter")
        await story.shows("mine.toml: [roles] needs")
        assert story.app.palette.name == "dark"


@pytest.mark.req("B15")
async def test_no_color_keeps_the_terminals_own_colours(open_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_desk() as story:
        await story.press("palette", *"theme light", "enter")
        await story.shows("its own colours stay")
        assert story.app.palette.name == "terminal"


@pytest.mark.req("L6")
async def test_the_language_switches_while_it_runs(open_desk: Any, desk: Any, pseudo: str) -> None:
    """Every word that is drawn next comes from the other catalogue, and the desk is asked in that language."""
    locale.use("en")
    async with open_desk() as story:
        await story.shows("a leave", "all platforms up")
        assert "⟦" not in story.text()
        reads = len(desk.done("queue"))
        await story.press("palette", *f"language {pseudo}", "enter")
        await story.shows("a ⟦leave", "⟦all platforms up", "⟦Language")
        assert desk.language == pseudo
        await story.until(lambda: len(desk.done("queue")) > reads, "the queue is read in that language")
        await story.press("palette", *"language en", "enter")
        await story.shows("a leave", "all platforms up")
        assert "⟦" not in story.text()
