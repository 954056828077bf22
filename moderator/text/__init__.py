"""Untrusted text: the one place that knows how public words become safe to keep, to judge and to draw.

Public text is hostile. `clean` neutralises it at intake and keeps all of it; `display` gives what may be drawn, with
every cap that layout needs; `cells`, `clip`, `pad` and `wrap` measure as legacy terminals do, by summing code points;
`guard` is the last line of defence. Nothing here raises on any `str`, lone surrogates included.
"""

from __future__ import annotations

from moderator.text.cleaning import LONG, Cleaned, clean
from moderator.text.drawing import BLANK_LINES, COVER, MARKS, Shown, cover, display, guard, one_line, shown
from moderator.text.links import defang, defang_url, inert
from moderator.text.measuring import ELLIPSIS, cells, clip, graphemes, pad, use_wide_marks, wrap

__all__ = [
    "BLANK_LINES",
    "COVER",
    "ELLIPSIS",
    "LONG",
    "MARKS",
    "Cleaned",
    "Shown",
    "cells",
    "clean",
    "clip",
    "cover",
    "defang",
    "defang_url",
    "display",
    "graphemes",
    "guard",
    "inert",
    "one_line",
    "pad",
    "shown",
    "use_wide_marks",
    "wrap",
]
