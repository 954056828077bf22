"""Colour themes: TOML files of semantic roles, as Rich styles for our own lines and as a Textual theme for its widgets.

Nothing in the code names a colour. A role never carries a meaning alone: each state is a word or a glyph first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import tomli
from rich.color import Color
from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from moderator.config import ConfigError

ROLES = (
    "text", "dim", "rule", "title", "key", "accent", "urgent", "warn", "good", "bad", "mask", "found", "marked",
    "gutter", "ours", "cursor", "done", "banner", "input",
)  # fmt: skip
"""Every role that a theme must define, beside `background`."""
QUIETEST = frozenset({"rule"})
"""Roles that carry no text: their contrast is free."""


class ThemeError(ConfigError):
    """A theme cannot be used; the text names file and role."""


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme, ready to draw with."""

    name: str
    dark: bool
    ansi: bool
    least_contrast: float
    background: str
    styles: Mapping[str, Style]

    def contrast(self, role: str) -> float:
        """WCAG contrast of a role's text on its background, 1 to 21; infinite where the terminal chooses."""
        style = self.styles[role]
        if self.ansi or style.color is None or style.bgcolor is None:
            return float("inf")
        light, dark = sorted((_luminance(style.color), _luminance(style.bgcolor)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    def textual(self) -> Theme:
        """The same theme for Textual's own widgets (text fields)."""
        if self.ansi:
            shipped = BUILTIN_THEMES["ansi-dark" if self.dark else "ansi-light"]
            return replace(shipped, name=f"moderator-{self.name}")
        return Theme(
            f"moderator-{self.name}",
            primary=_hex(self.styles["gutter"].color),
            foreground=_hex(self.styles["text"].color),
            background=self.background,
            surface=_hex(self.styles["input"].bgcolor),
            panel=_hex(self.styles["input"].bgcolor),
            accent=_hex(self.styles["accent"].color),
            warning=_hex(self.styles["warn"].color),
            error=_hex(self.styles["bad"].color),
            success=_hex(self.styles["good"].color),
            dark=self.dark,
        )


@cache
def load(name: str) -> Palette:
    """The theme of this name. Raises `ThemeError` naming the themes that there are."""
    found = {path.name.removesuffix(".toml"): path for path in _files()}
    if name not in found:
        raise ThemeError(f"There is no theme “{name}”. Choose one of: {', '.join(sorted(found))}.")
    return parse(found[name].read_text(encoding="utf-8"), f"{name}.toml")


def names() -> list[str]:
    """Every theme that ships."""
    return sorted(path.name.removesuffix(".toml") for path in _files())


def chosen(wanted: str, environ: Mapping[str, str] = os.environ) -> Palette:
    """The theme to start with: the configured one, or the terminal's own colours where NO_COLOR is set."""
    return load("terminal" if environ.get("NO_COLOR") is not None else wanted)


def parse(text: str, where: str) -> Palette:
    """A theme file's text as a palette. Raises `ThemeError` for a missing, unknown or unreadable role."""
    data = tomli.loads(text)
    roles: dict[str, Any] = dict(data.get("roles", {}))
    background = roles.pop("background", None)
    if not isinstance(background, str):
        raise ThemeError(f"{where}: [roles] needs “background”.")
    wrong = sorted(set(roles) ^ set(ROLES))
    if wrong:
        raise ThemeError(f"{where}: these roles are missing or unknown: {', '.join(wrong)}.")
    styles = {role: _style(value, background, f"{where}: {role}") for role, value in roles.items()}
    return Palette(data["name"], data["dark"], data["ansi"], data["least_contrast"], background, styles)


def _files() -> Iterator[Any]:
    packaged = resources.files("moderator").joinpath("themes")
    place = packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "themes"
    yield from (entry for entry in place.iterdir() if entry.name.endswith(".toml"))


def _style(value: str | dict[str, Any], background: str, where: str) -> Style:
    given = {"color": value} if isinstance(value, str) else dict(value)
    on = given.pop("on", background)
    try:
        return Style(bgcolor=on, **given)
    except Exception as error:
        raise ThemeError(f"{where}: {error}") from None


def _hex(color: Color | None) -> str:
    return color.get_truecolor().hex if color is not None else "#000000"


def _luminance(color: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [part / 255 for part in color.get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
