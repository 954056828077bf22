"""The versions of a comment, and what each changed, word by word."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from moderator import text
from moderator.domain import view
from moderator.line.telling.quoting import Quote, masks, spoken
from moderator.line.telling.times import clock
from moderator.locale import _

_MOST = 12
"""Changes between two versions that are told one by one."""


def versions(item: view.Detail, revealed: bool, zone: tzinfo) -> Iterator[str]:
    """Every version, oldest first, each with the words in which it differs from the one before."""
    before = ""
    for version in item.versions:
        words = covered(item, version, revealed)
        yield _("Version {n}, seen at {time}:", n=version.n, time=clock(version.captured_at, zone))
        yield Quote(words)
        if before:
            yield from changes(before, words)
        before = words


def covered(item: view.Detail, version: view.VersionView, revealed: bool) -> str:
    """A version's words as they may be told: what the engine covers in them, covered."""
    if revealed:
        return version.text
    newest = version.n == item.row.comment_version
    return spoken(version.text, masks(item) if newest else version.masks)


def changes(before: str, after: str) -> Iterator[str]:
    """The differences of two texts in words, as sentences."""
    old, new = before.split(), after.split()
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    found = [step for step in steps if step[0] != "equal"]
    if not found:
        yield _("Only its spaces or line ends changed.")
    for _kind, a, b, c, d in found[:_MOST]:
        yield _change(_words(old[a:b]), _words(new[c:d]))
    if len(found) > _MOST:
        yield _("More was changed than is told here.")


def _change(gone: str, come: str) -> str:
    if not gone:
        return _("Added: “{words}”.", words=come)
    if not come:
        return _("Taken out: “{words}”.", words=gone)
    return _("“{old}” became “{new}”.", old=gone, new=come)


def _words(found: Sequence[str]) -> str:
    return text.clip(text.defang(text.one_line(" ".join(found))), 160)
