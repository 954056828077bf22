"""What the conduct check says of a reply, as lines: a tick for each rule kept, a sentence for each that is broken."""

from __future__ import annotations

from moderator import text
from moderator.domain.conduct import Conduct, Mark, Weight
from moderator.locale import N_, _
from moderator.tui.paper import Line, fit, line, rule

MOST = 6
"""Lines that it may take."""
KEPT: dict[str, str] = {
    "identity": N_("name and role"), "personal_data": N_("no personal data"),
    "confidential": N_("nothing confidential"), "matter": N_("no registered matter"),
    "placeholder": N_("no placeholder"), "first_person": N_("first person"), "length": N_("length"),
    "description": "", "empty": "",
}  # fmt: skip
"""A rule that is kept, as a tick names it; "" says nothing."""


def marks(conduct: Conduct | None, width: int) -> list[Line]:
    """The rules of conduct that are kept, then each that is broken, in a sentence."""
    found = [mark for mark in conduct.marks if mark.weight is not Weight.OFF] if conduct else []
    kept = "  ".join(f"✓ {_(name)}" for mark in found if mark.kept and (name := KEPT.get(mark.rule, mark.rule)))
    told = kept or _("conduct: not checked yet")
    lines = [rule(width), fit(((f" {told}", "good" if kept else "dim"),), width)]
    for mark in found:
        lines += [] if mark.kept else _broken(mark, width)
    return lines[:MOST]


def _broken(mark: Mark, width: int) -> list[Line]:
    hard = mark.weight is Weight.HARD
    sign, role = ("✗", "bad") if hard else ("!", "warn")
    return [line(f" {sign if number == 0 else ' '} {part}", role)
            for number, (part, _at) in enumerate(text.wrap(text.one_line(mark.sentence), width - 4))]  # fmt: skip
