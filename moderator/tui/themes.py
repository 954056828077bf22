"""Colour themes: TOML files of semantic roles, as Rich styles for our own lines and as a Textual theme for its widgets.

Nothing in the code names a colour. A role never carries a meaning alone: each state is a word or a glyph first. A
person's own themes stand in `~/.config/moderator/themes`; like ours, they must be readable after a terminal with 256
colours has made of them what it can.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import tomli
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from moderator.config import ConfigError
from moderator.locale import _
from moderator.tui import colours

ROLES = (
    "text", "dim", "rule", "title", "key", "accent", "urgent", "warn", "good", "bad", "mask", "found", "marked",
    "gutter", "ours", "cursor", "done", "banner", "input",
)  # fmt: skip
"""Every role that a theme must define, beside `background`."""
QUIETEST = frozenset({"rule"})
"""Roles that carry no text: their contrast is free."""
LEAST = 4.5
"""The least contrast of a role's text that any theme may have (WCAG 2, level AA)."""
CURSORS = ("bar", "marker")
"""How the row under the cursor is shown: across its whole width, or by the mark before it alone."""
OWN_NAMES = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_LONGEST = 65536
"""Bytes; a longer file is no theme."""
_SETTINGS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "dark": bool,
    "ansi": bool,
    "least_contrast": (int, float),
    "cursor": str,
    "roles": dict,
}
_ATTRIBUTES = {"color": str, "on": str, **dict.fromkeys(("bold", "dim", "italic", "underline", "reverse"), bool)}


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
    cursor: str = "bar"
    """One of `CURSORS`."""

    def contrast(self, role: str, system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
        """Contrast of a role's text on its background, on such a terminal; infinite where the terminal chooses."""
        style = self.styles[role]
        if self.ansi or style.color is None or style.bgcolor is None:
            return float("inf")
        return colours.contrast(style.color, style.bgcolor, system)

    def poor(self, system: ColorSystem) -> dict[str, float]:
        """Every role that cannot be read well enough on a terminal of these many colours, and its contrast."""
        found = {role: self.contrast(role, system) for role in ROLES if role not in QUIETEST}
        return {role: ratio for role, ratio in found.items() if ratio < self.least_contrast}

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


def load(name: str, environ: Mapping[str, str] = os.environ) -> Palette:
    """The theme of this name. Raises `ThemeError` naming the themes that there are, or what is wrong with it."""
    shipped = {path.name.removesuffix(".toml"): path for path in _shipped()}
    if name in shipped:
        return parse(shipped[name].read_text(encoding="utf-8"), f"{name}.toml")
    own = _own(environ)
    if name not in own:
        there = ", ".join(names(environ))
        raise ThemeError(_("There is no theme “{name}”. Choose one of: {themes}.", name=name, themes=there))
    return _readable(parse(_text(own[name]), str(own[name])), own[name])


def names(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Every theme that there is to choose from: those that ship, and a person's own."""
    return sorted({path.name.removesuffix(".toml") for path in _shipped()} | _own(environ).keys())


def chosen(wanted: str, environ: Mapping[str, str] = os.environ) -> Palette:
    """The theme to start with: the configured one; the terminal's own colours where NO_COLOR is set, or where sixteen
    colours would make the configured one unreadable."""
    palette = load(wanted, environ)
    if environ.get("NO_COLOR") is not None:
        return load("terminal", environ)
    if colours.depth(environ) is ColorSystem.STANDARD and palette.poor(ColorSystem.STANDARD):
        return load("terminal", environ)
    return palette


def parse(text: str, where: str) -> Palette:
    """A theme file's text as a palette. Raises `ThemeError` for what is missing, unknown or no colour."""
    try:
        data = tomli.loads(text)
    except ValueError as error:
        raise ThemeError(_("{file} is not TOML: {error}.", file=where, error=error)) from None
    _checked(data, where)
    roles: dict[str, Any] = dict(data.get("roles", {}))
    background = roles.pop("background", None)
    if not isinstance(background, str):
        raise ThemeError(_("{file}: [roles] needs “background”.", file=where))
    wrong = sorted(set(roles) ^ set(ROLES))
    if wrong:
        roles_named = ", ".join(wrong)
        raise ThemeError(_("{file}: these roles are missing or unknown: {roles}.", file=where, roles=roles_named))
    styles = {role: _style(value, background, f"{where}: {role}") for role, value in roles.items()}
    return Palette(
        data["name"],
        data.get("dark", True),
        data.get("ansi", False),
        float(data.get("least_contrast", LEAST)),
        background,
        styles,
        data.get("cursor", "bar"),
    )


def _checked(data: Mapping[str, Any], where: str) -> None:
    """Only what is known, each of its kind."""
    wrong = [key for key, value in data.items() if not isinstance(value, _SETTINGS.get(key, ()))]
    if wrong:
        raise ThemeError(_("{file}: “{key}” is not known here, or of the wrong kind.", file=where, key=wrong[0]))
    if OWN_NAMES.fullmatch(data.get("name", "")) is None:
        raise ThemeError(_("{file} needs a “name” of small letters and digits.", file=where))
    if data.get("cursor", "bar") not in CURSORS:
        raise ThemeError(_("{file}: “cursor” must be one of: {choices}.", file=where, choices=", ".join(CURSORS)))


def _readable(palette: Palette, path: Path) -> Palette:
    """A person's own theme, where it can be read on every terminal with 256 colours."""
    if palette.name != path.stem:
        raise ThemeError(_("{file}: “name” must be “{name}”, as the file is called.", file=path, name=path.stem))
    if not palette.ansi and palette.least_contrast < LEAST:
        raise ThemeError(_("{file}: “least_contrast” must be at least {least}.", file=path, least=LEAST))
    for role, ratio in palette.poor(ColorSystem.EIGHT_BIT).items():
        raise ThemeError(
            _(
                "{file}: “{role}” has a contrast of {ratio} with 256 colours, and needs {least}.",
                file=path,
                role=role,
                ratio=f"{ratio:.1f}",
                least=palette.least_contrast,
            )
        )
    return palette


def _shipped() -> Iterator[Any]:
    packaged = resources.files("moderator").joinpath("themes")
    place = packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "themes"
    yield from (entry for entry in place.iterdir() if entry.name.endswith(".toml"))


def _own(environ: Mapping[str, str]) -> dict[str, Path]:
    """A person's own theme files by name; none where there is no home."""
    home = environ.get("XDG_CONFIG_HOME") or (f"{environ['HOME']}/.config" if environ.get("HOME") else "")
    try:
        found = sorted(Path(home, "moderator", "themes").glob("*.toml")) if home else []
    except OSError:
        return {}
    return {path.stem: path for path in found if OWN_NAMES.fullmatch(path.stem)}


def _text(path: Path) -> str:
    """A theme file's text. Raises `ThemeError` where it cannot be read as one."""
    try:
        if not path.is_file() or path.stat().st_size > _LONGEST:
            raise ThemeError(_("{file} is no theme: a theme is a small text file.", file=path))
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ThemeError(_("{file} cannot be read. Check its permissions, and save it as UTF-8.", file=path)) from None


def _style(value: Any, background: str, where: str) -> Style:
    given = dict(value) if isinstance(value, dict) else {"color": value}
    wrong = sorted(key for key, entry in given.items() if not isinstance(entry, _ATTRIBUTES.get(key, ())))
    if wrong:
        known = ", ".join(_ATTRIBUTES)
        raise ThemeError(
            _("{place}: “{key}” cannot stand here; known: {known}.", place=where, key=wrong[0], known=known)
        )
    on = given.pop("on", background)
    try:
        return Style(color=Color.parse(given.pop("color", "default")), bgcolor=Color.parse(on), **given)
    except Exception:  # whatever the library says of a value that is no colour
        raise ThemeError(_("{place}: this is no colour. Write it as #rrggbb.", place=where)) from None


def _hex(color: Color | None) -> str:
    return color.get_truecolor().hex if color is not None else "#000000"
