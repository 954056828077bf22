"""A comment in its context: our post, the voices around it, the words themselves, what opens elsewhere, and what its
author wrote on our pages besides."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from moderator import rows, text
from moderator.domain import tongues
from moderator.domain.view import Detail, Row, ThreadEntry, VersionView
from moderator.locale import _, current, n_, translated
from moderator.tui.citizen import GUTTER, Layout, Mark, finding_marks, lay_out, masks_of, name_of
from moderator.tui.itemwords import Options, disposition_words, state_words
from moderator.tui.paper import Line, fit, line, rule
from moderator.tui.state import State

CONTEXT = 3
"""Voices of the thread shown around the comment; t shows all."""
EARLIER = 3
"""The author's other comments shown beside it; w shows a few more."""
NAME_CELLS = 14
COMPARED = 400
"""Words of a version that are compared with the next one."""


def changed_lines(detail: Detail, width: int, options: Options) -> list[Line]:
    """What an edit changed since the officer read it, old and new words beside each other."""
    newest, seen = detail.row.comment_version, options.seen_version
    old = next((version for version in detail.versions if version.n == seen), None)
    new = next((version for version in detail.versions if version.n == newest), None)
    if old is None or new is None or seen >= newest:
        return []
    told = _("Changed since you read it: version {old} → {new}. Nothing was done; read it first.", old=seen, new=newest)
    heading = [line(f" {part}", "warn") for part, _at in text.wrap(told, width - 2)]
    return [*heading, *difference(old, new, width, revealed=options.revealed), rule(width)]


def difference(old: VersionView, new: VersionView, width: int, *, revealed: bool) -> list[Line]:
    """The words that went (−) and came (+) between two versions, in order; what is covered stays covered."""
    lines: list[Line] = []
    for sign, words, role in word_changes(_pairs(old, revealed), _pairs(new, revealed)):
        lines += _wrapped_lines(f"{sign} {words}", width, role)
    if max(len(old.text.split()), len(new.text.split())) > COMPARED:
        lines.append(line(f" {_('Only the first {n} words are compared.', n=COMPARED)}", "dim"))
    return lines


def _pairs(version: VersionView, revealed: bool) -> tuple[list[str], list[str]]:
    """The words of a version, and the same words as they are drawn."""
    drawn = version.text if revealed else text.cover(version.text, version.masks)
    return version.text.split()[:COMPARED], drawn.split()[:COMPARED]


def word_changes(
    old: tuple[Sequence[str], Sequence[str]], new: tuple[Sequence[str], Sequence[str]]
) -> Iterator[tuple[str, str, str]]:
    """Sign, words and role of each change, in order. Of either side the true words, which are compared, and the drawn
    ones."""
    matcher = difflib.SequenceMatcher(None, old[0], new[0], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal" and b > a:
            yield "−", " ".join(old[1][a:b]), "bad"
        if kind != "equal" and d > c:
            yield "+", " ".join(new[1][c:d]), "good"


def _wrapped_lines(words: str, width: int, role: str) -> list[Line]:
    shown = text.defang(text.one_line(words))
    return [((f"{GUTTER} ", "gutter"), (part, role)) for part, _at in text.wrap(shown, width - 2)]


def context_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """Our post, the voices before, the comment itself and what goes with it, the voices after."""
    lines: list[Line] = list(_post_lines(detail, width, options))
    entries = detail.thread
    place = next((at for at, entry in enumerate(entries) if entry.target), len(entries))
    before, after = entries[:place], entries[place + 1 :]
    if not options.whole_thread:
        before, after = before[-CONTEXT:], after[:CONTEXT]
    hidden = len(entries) - len(before) - len(after) - (1 if place < len(entries) else 0)
    for entry in before:
        lines += _voice(entry, state, width, options)
    lines += target_layout(detail, width, options).lines
    lines += [*_media_lines(detail, width), *_gloss_lines(detail, state, width)]
    for entry in after:
        lines += _voice(entry, state, width, options)
    if hidden > 0:
        more = n_("{n} more in the thread", "{n} more in the thread", hidden)
        lines.append(((f" {more}  ", "dim"), ("t", "key")))
    return lines


def target_layout(detail: Detail, width: int, options: Options, marks: Sequence[Mark] = ()) -> Layout:
    """The comment itself with what was found underlined, masked words covered, and the officer's own marks on top."""
    masks = masks_of(detail.findings, options.revealed)
    return lay_out(detail.text, width, (*finding_marks(detail.findings), *marks), masks)


def _media_lines(detail: Detail, width: int) -> Iterator[Line]:
    """Pictures and voices, which are never shown: what the platform says of each, its inert address, and its code."""
    for alt in detail.media:
        words = text.one_line(alt)
        yield from (((f"{GUTTER} ", "gutter"), (part, "dim")) for part, _at in text.wrap(f"({words})", width - 2))
        code = next((one.code for one in detail.links if one.url and words.endswith(one.url)), "")
        if code:
            told = _("open elsewhere: {code}", code=code)
            yield fit(((f"   {told}", "accent"),), width)
    seen = detail.media_seen
    if seen is not None:
        told = _("seen by {person}: {words}", person=text.one_line(seen.person), words=text.one_line(seen.text))
        yield from (line(f" {part}", "good") for part, _at in text.wrap(told, width - 2))


def _gloss_lines(detail: Detail, state: State, width: int) -> Iterator[Line]:
    """What readers said that it says: their words, never ours."""
    for gloss in detail.glosses:
        language = translated(tongues.name_of(gloss.language), current())
        older = _(" (version {n})", n=gloss.version) if gloss.version != detail.row.comment_version else ""
        told = _("{person}, who reads {language}: {words}", person=text.one_line(gloss.person), language=language,
                 words=text.one_line(gloss.text))  # fmt: skip
        yield from (line(f" {part}", "good") for part, _at in text.wrap(f"{told}{older}", width - 2))


def earlier_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """What this author wrote on our pages besides: before anybody answers, so that nobody answers without knowing."""
    if not detail.author_earlier and not options.author:
        return []
    shown = detail.author_rows if options.author else detail.author_rows[:EARLIER]
    told = _("this author on our pages: {n} more, {hidden} of them hidden", n=detail.author_earlier,
             hidden=detail.author_earlier_hidden)  # fmt: skip
    more: Line = (("w", "key"),) if len(shown) < len(detail.author_rows) else ()
    heading = fit(((f" {told}  ", "dim"), *more), width)
    return [rule(width), heading, *(_earlier(row, state, width, options) for row in shown)]


def _earlier(row: Row, state: State, width: int, options: Options) -> Line:
    """One of them on one line, masked like in the queue, behind the gutter."""
    ended = disposition_words(row.disposition) if row.disposition else state_words(row.state)
    start = f"#{row.id} {row.arrived.astimezone(state.zone):%d.%m. %H:%M} {ended}: "
    revealed = row.id in state.revealed
    room = max(width - 3 - text.cells(start), 8)
    covered = options.lighter and row.masks and not revealed
    words = text.clip(_("(masked)"), room) if covered else rows.comment_of(row, room, revealed=revealed)
    return ((f"{GUTTER} ", "gutter"), (start, "dim"), (words, "text"))


def _post_lines(detail: Detail, width: int, options: Options) -> Iterator[Line]:
    words = text.defang(text.one_line(" · ".join(filter(None, (detail.post_title, detail.post_text)))))
    if not words:
        return
    label = text.clip(_("our post"), 16)
    start = max(text.cells(label) + 4, 12)
    wrapped = text.wrap(words, width - start)
    shown = wrapped if options.whole_thread else wrapped[:2]
    for number, (part, _at) in enumerate(shown):
        cut = "…" if number == len(shown) - 1 and len(shown) < len(wrapped) else ""
        margin = text.pad(f"  {label}", start) if number == 0 else " " * start
        yield (margin, "dim"), (part[: len(part) - len(cut)] + cut, "ours")


def _voice(entry: ThreadEntry, state: State, width: int, options: Options) -> list[Line]:
    """One voice of the thread, masked like the comment; a citizen's has the gutter, ours has not."""
    when = f"{state.clock(entry.at)} " if entry.at else ""
    indent = min(entry.depth, 4) * 2
    if entry.ours:
        return _our_voice(entry, width, indent)
    name = text.clip(name_of(entry.author), NAME_CELLS)
    heading: Line = ((f"{GUTTER} " + " " * indent, "gutter"), (f"{when}{name}", "dim"))
    masks = () if options.revealed else entry.masks
    lines = lay_out(entry.text, width, masks=masks, indent=indent).lines
    if masks and options.lighter:
        covered = n_("{n} line masked", "{n} lines masked", len(lines))
        return [fit((*heading, (f"  ({covered})", "mask")), width)]
    return [heading, *lines]


def _our_voice(entry: ThreadEntry, width: int, indent: int) -> list[Line]:
    label = text.clip(_("ours"), 12)
    margin = max(text.cells(label) + 3, 10) + indent + 2
    wrapped = text.wrap(text.one_line(entry.text), max(width - margin, 8))
    start = text.pad(" " * indent + f"  {label}", margin)
    return [((start if n == 0 else " " * margin, "dim"), (part, "ours")) for n, (part, _at) in enumerate(wrapped)]
