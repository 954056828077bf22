"""How many colours a terminal has, what it makes of ours, and how far two of them stand apart."""

from __future__ import annotations

from collections.abc import Mapping

from rich.color import Color, ColorSystem

DEPTHS: dict[str, ColorSystem] = {"256color": ColorSystem.EIGHT_BIT, "kitty": ColorSystem.EIGHT_BIT}
"""The end of TERM → the colours that it promises; any other promises sixteen."""


def depth(environ: Mapping[str, str]) -> ColorSystem:
    """How many colours this terminal says that it has: the same reading as the library's own."""
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColorSystem.TRUECOLOR
    return DEPTHS.get(environ.get("TERM", "").strip().lower().rpartition("-")[2], ColorSystem.STANDARD)


def contrast(first: Color, second: Color, system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
    """WCAG 2 contrast of two colours as a terminal of these many colours shows them, 1 to 21."""
    light, dark = sorted((_luminance(first, system), _luminance(second, system)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color, system: ColorSystem) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [part / 255 for part in colour.downgrade(system).get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
