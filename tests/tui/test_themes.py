"""Themes: complete, readable, and found in an installed package as in a working copy."""

from __future__ import annotations

import pytest

from moderator.tui import themes


@pytest.mark.parametrize("name", themes.names())
def test_every_role_is_readable(name: str) -> None:
    palette = themes.load(name)
    poor = {role: round(palette.contrast(role), 2) for role in themes.ROLES
            if role not in themes.QUIETEST and palette.contrast(role) < palette.least_contrast}  # fmt: skip
    assert poor == {}


def test_the_themes_that_are_promised_ship() -> None:
    assert set(themes.names()) >= {"dark", "light", "contrast", "terminal"}
    assert themes.load("contrast").least_contrast >= 7
    assert all(themes.load(name).least_contrast >= 4.5 for name in ("dark", "light"))


def test_a_poor_colour_is_seen() -> None:
    """The control: grey on grey falls below the bound."""
    poor = "".join(f'{role} = "#777777"\n' for role in themes.ROLES)
    text = f'name="x"\ndark=true\nansi=false\nleast_contrast=4.5\n[roles]\nbackground="#666666"\n{poor}'
    assert themes.parse(text, "x.toml").contrast("text") < 4.5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name="x"\ndark=true\nansi=false\nleast_contrast=4\n[roles]\ntext="red"\n', "needs “background”"),
        ('name="x"\ndark=true\nansi=false\nleast_contrast=4\n[roles]\nbackground="red"\n', "missing or unknown"),
    ],
)
def test_a_wrong_theme_is_named(text: str, sentence: str) -> None:
    with pytest.raises(themes.ThemeError, match=sentence):
        themes.parse(text, "x.toml")


def test_an_unknown_theme_names_those_there_are() -> None:
    with pytest.raises(themes.ThemeError, match="contrast, dark, light, terminal"):
        themes.load("sepia")


@pytest.mark.req("B15")
def test_no_color_takes_the_terminals_own() -> None:
    assert themes.chosen("dark", {"NO_COLOR": ""}).name == "terminal"
    assert themes.chosen("dark", {}).name == "dark"


@pytest.mark.req("B15")
def test_without_colour_the_cursor_and_the_banners_are_still_told_apart() -> None:
    styles = themes.load("terminal").styles
    assert all(styles[role].reverse for role in ("cursor", "marked", "banner"))
