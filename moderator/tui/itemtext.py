"""One item as lines: what scrolls, and what always stays in sight below it."""

from __future__ import annotations

from moderator.domain.view import Detail
from moderator.locale import n_
from moderator.tui import itemcontext, itemfindings, itemhistory
from moderator.tui.itemcontext import target_layout
from moderator.tui.itemwords import Options, facts_line, work_words
from moderator.tui.paper import Line, line, rule
from moderator.tui.state import State

__all__ = ["Options", "body", "facts", "facts_line", "target_layout", "work_words"]


def body(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """What scrolls: the words in their context, what was done so far, how the words changed, and the trail."""
    parts = (
        itemcontext.changed_lines(detail, width, options),
        itemcontext.context_lines(detail, state, width, options),
        itemcontext.earlier_lines(detail, state, width, options),
        _ruled(itemhistory.history_lines(detail, state, width, options), width),
        _ruled(itemhistory.version_lines(detail, state, width, options), width),
        _ruled(itemhistory.trail_lines(detail, state, width), width),
    )
    return [entry for part in parts for entry in part]


def _ruled(lines: list[Line], width: int) -> list[Line]:
    return [rule(width), *lines] if lines else []


def facts(detail: Detail, state: State, width: int, options: Options, most: int) -> list[Line]:
    """What always stays in sight: the findings, then who looks, drafts, what is in flight. At most so many lines."""
    standing = itemfindings.standing_lines(detail, state, width)
    found = itemfindings.finding_lines(detail, state, width, options)
    room = max(most - 1 - len(standing[:4]), 2)
    if len(found) > room:
        rest = len(found) - room + 1
        more = n_("{n} more line of findings in y", "{n} more lines of findings in y", rest)
        found = [*found[: room - 1], line(f" {more}", "dim")]
    return [rule(width), *found, *standing[: max(most - 1 - len(found), 2)]]
