"""Themes: complete, readable in few colours too, a person's own refused by a sentence, and found where installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import ColorSystem

from moderator.config import ConfigError
from moderator.tui import colours, themes

PLENTY = {"TERM": "xterm-256color"}
ROLES = "".join(f'{role} = "#d6d9dc"\n' for role in themes.ROLES)
GOOD = f'name = "mine"\n[roles]\nbackground = "#14171a"\n{ROLES}'


def own(home: Path, text: str, name: str = "mine") -> dict[str, str]:
    """The environment of a person who has this theme."""
    place = home / ".config" / "moderator" / "themes"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.toml").write_text(text, encoding="utf-8")
    return {**PLENTY, "HOME": str(home)}


@pytest.mark.req("L3")
@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("name", themes.names({}))
def test_every_role_is_readable(name: str, system: ColorSystem) -> None:
    """Also after a terminal with 256 colours has taken the nearest that it has."""
    assert themes.load(name).poor(system) == {}


def test_the_themes_that_are_promised_ship() -> None:
    assert set(themes.names({})) == {"contrast", "dark", "light", "terminal", "thin"}
    assert themes.load("contrast").least_contrast >= 7
    assert all(themes.load(name).least_contrast >= 4.5 for name in ("dark", "light"))
    assert [name for name in themes.names({}) if themes.load(name).cursor == "marker"] == ["thin"]


def test_a_poor_colour_is_seen() -> None:
    """The control: grey on grey falls below the bound."""
    poor = "".join(f'{role} = "#777777"\n' for role in themes.ROLES)
    text = f'name="x"\ndark=true\nansi=false\nleast_contrast=4.5\n[roles]\nbackground="#666666"\n{poor}'
    assert "text" in themes.parse(text, "x.toml").poor(ColorSystem.TRUECOLOR)


def test_a_colour_that_only_many_colours_can_show_is_seen() -> None:
    """The control of the few colours: readable as it stands, and not once 256 colours have taken the nearest."""
    palette = themes.parse(GOOD.replace('dim = "#d6d9dc"', 'dim = "#828264"'), "x")
    assert palette.poor(ColorSystem.TRUECOLOR) == {}
    assert list(palette.poor(ColorSystem.EIGHT_BIT)) == ["dim"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name="x"\nleast_contrast=4\n[roles]\ntext="red"\n', "needs “background”"),
        ('name="x"\nleast_contrast=4\n[roles]\nbackground="red"\n', "missing or unknown"),
        ("name = [", "is not TOML"),
        (GOOD.replace('"mine"', "5"), "“name” is not known here, or of the wrong kind"),
        ("colour = 1\n" + GOOD, "“colour” is not known here"),
        ('cursor = "block"\n' + GOOD, "“cursor” must be one of: bar, marker"),
        (GOOD.replace('name = "mine"\n', ""), "needs a “name”"),
        (GOOD.replace('dim = "#d6d9dc"', 'dim = "nice"'), "dim: this is no colour"),
        (GOOD.replace('dim = "#d6d9dc"', "dim = 7"), "“color” cannot stand here"),
        (GOOD.replace('dim = "#d6d9dc"', 'dim = { link = "https://x" }'), "“link” cannot stand here"),
    ],
)
def test_a_wrong_theme_is_named(text: str, sentence: str) -> None:
    with pytest.raises(themes.ThemeError, match=sentence):
        themes.parse(text, "x.toml")


def test_an_unknown_theme_names_those_there_are() -> None:
    with pytest.raises(themes.ThemeError, match="contrast, dark, light, terminal, thin"):
        themes.load("sepia", {})


def test_a_theme_of_ones_own_is_found_and_read(tmp_path: Path) -> None:
    environ = own(tmp_path, GOOD)
    assert "mine" in themes.names(environ)
    assert themes.chosen("mine", environ).name == "mine"
    elsewhere = {"XDG_CONFIG_HOME": str(tmp_path / ".config")}
    assert themes.load("mine", elsewhere).name == "mine"
    assert "mine" not in themes.names({}), "the control: without a home there is none"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD.replace('dim = "#d6d9dc"', 'dim = "#333333"'), "“dim” has a contrast of 1.4 with 256 colours, and needs"),
        ("least_contrast = 1.0\n" + GOOD, "“least_contrast” must be at least 4.5"),
        (GOOD.replace('"mine"', '"yours"'), "“name” must be “mine”"),
        ("x" * 70_000, "a theme is a small text file"),
        ("name = [", "is not TOML"),
    ],
)
def test_a_theme_of_ones_own_is_refused_by_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as refused:
        themes.chosen("mine", own(tmp_path, text))
    assert str(tmp_path) in str(refused.value)


def test_what_is_no_theme_is_not_offered(tmp_path: Path) -> None:
    environ = own(tmp_path, GOOD, name="Not A Name")
    assert themes.names(environ) == themes.names({})


def test_a_theme_that_ships_is_not_replaced_by_ones_own(tmp_path: Path) -> None:
    environ = own(tmp_path, GOOD.replace('"mine"', '"dark"'), name="dark")
    assert themes.load("dark", environ) == themes.load("dark")


@pytest.mark.req("B15")
def test_no_color_takes_the_terminals_own() -> None:
    assert themes.chosen("dark", {**PLENTY, "NO_COLOR": ""}).name == "terminal"
    assert themes.chosen("dark", PLENTY).name == "dark"


@pytest.mark.req("L3")
@pytest.mark.parametrize(
    ("environ", "system"),
    [
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, ColorSystem.TRUECOLOR),
        ({"TERM": "tmux-256color"}, ColorSystem.EIGHT_BIT),
        ({"TERM": "linux"}, ColorSystem.STANDARD),
        ({"TERM": "screen"}, ColorSystem.STANDARD),
        ({}, ColorSystem.STANDARD),
    ],
)
def test_sixteen_colours_take_a_theme_that_they_can_show(environ: dict[str, str], system: ColorSystem) -> None:
    assert colours.depth(environ) is system
    for name in themes.names({}):
        assert themes.chosen(name, environ).poor(system) == {}
    assert themes.load("light").poor(ColorSystem.STANDARD), "the control: sixteen colours make this one unreadable"


@pytest.mark.req("B15")
@pytest.mark.parametrize("name", ["terminal", "thin"])
def test_without_colour_the_banners_are_still_told_apart(name: str) -> None:
    styles = themes.load(name).styles
    assert all(styles[role].reverse for role in ("marked", "banner"))
    assert styles["cursor"].reverse or themes.load(name).cursor == "marker"
