"""Where officers type: the text of a reply and the one-line fields, with a caret that goes by what a reader calls
characters.

Left and right step over a whole cluster: a consonant with its vowel sign, a conjunct, an emoji. Backspace takes the
last code point of a cluster away, as every Indic keyboard does, so that a wrong vowel sign does not cost the consonant;
of an emoji it takes all. Words end at spaces, never at vowel signs. What is pasted is cleaned like any other text from
outside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate

from rich.style import Style
from rich.text import Text
from textual import events
from textual.document import _wrapped_document
from textual.document._document import Location
from textual.widgets import Input, TextArea

from moderator import text

_WORD = re.compile(r"\S+")
_JOINERS = "\u200c\u200d"


def before(line: str, at: int) -> int:
    """Where the caret goes from `at` to the left: the start of the cluster that it stands behind or in."""
    return max((start for start in _starts(line) if start < at), default=0)


def after(line: str, at: int) -> int:
    """Where it goes to the right: the start of the next cluster, or the end."""
    return next((start for start in _starts(line) if start > at), len(line))


def snapped(line: str, at: int) -> int:
    """The place of the caret nearest to the left that is not inside a cluster."""
    return at if at >= len(line) or at in _starts(line) else before(line, at)


def _starts(line: str) -> list[int]:
    return [0, *accumulate(map(len, text.graphemes(line)))][:-1]


def rubbed(line: str, at: int) -> int:
    """Where backspace at `at` begins to rub out: one code point, with a joiner that it would leave behind; of an emoji,
    or of anything else that is no letter with marks, the whole."""
    cluster = line[before(line, at) : at]
    if not cluster:
        return at
    kept = cluster.rstrip(_JOINERS)[:-1].rstrip(_JOINERS)
    lettered = unicodedata.category(cluster[0])[0] in "LMN"
    return at - len(cluster) + (len(kept) if lettered else 0)


def word_before(line: str, at: int) -> int:
    """The start of the word before `at`."""
    return max((found.start() for found in _WORD.finditer(line) if found.start() < at), default=0)


def word_after(line: str, at: int) -> int:
    """The start of the next word, or the end."""
    return next((found.start() for found in _WORD.finditer(line) if found.start() > at), len(line))


def wrap_offsets(line: str, width: int, tab_size: int = 4, fold: bool = True, **_: object) -> list[int]:
    """Where a line of the text area breaks: after spaces; inside a word only where it alone is wider, and then never
    inside a cluster. In code points; takes what Textual passes."""
    breaks: list[int] = []
    at = used = 0
    for word in _words(line):
        size = sum(map(text.cells, word))
        if used and used + size > width:
            breaks.append(at)
            used = 0
        for cluster in word:
            wide = text.cells(cluster)
            if used and used + wide > width:
                breaks.append(at)
                used = 0
            used += wide
            at += len(cluster)
    return breaks


def _words(line: str) -> Iterator[list[str]]:
    """Words with the spaces after them, each as its clusters."""
    word: list[str] = []
    for cluster in text.graphemes(line):
        if word and word[-1].isspace() and not cluster.isspace():
            yield word
            word = []
        word.append(cluster)
    if word:
        yield word


vars(_wrapped_document)["compute_wrap_offsets"] = wrap_offsets  # Textual's own breaks words inside their clusters


class _CaretLine(Text):
    """A line whose caret covers the whole cluster: a terminal must not be made to shape half of it."""

    def stylize(self, style: str | Style, start: int = 0, end: int | None = None) -> None:
        """Style a part; a part of one code point, which is what a caret is, is made as long as its cluster."""
        if end == start + 1 and start < len(self.plain):
            end = max(after(self.plain, start), end)
        super().stylize(style, start, end)


class Writing(TextArea):
    """The text of a reply."""

    def get_line(self, line_index: int) -> Text:
        """One line, for drawing."""
        return _CaretLine(self.document.get_line(line_index), end="", no_wrap=True)

    def get_cursor_left_location(self) -> Location:
        """One cluster to the left, or the end of the line above."""
        row, column = self.cursor_location
        return (row, before(self.document[row], column)) if column else super().get_cursor_left_location()

    def get_cursor_right_location(self) -> Location:
        """One cluster to the right, or the start of the line below."""
        row, column = self.cursor_location
        line = self.document[row]
        return (row, after(line, column)) if column < len(line) else super().get_cursor_right_location()

    def get_cursor_word_left_location(self) -> Location:
        """The start of the word before, or the end of the line above."""
        row, column = self.cursor_location
        return (row, word_before(self.document[row], column)) if column else super().get_cursor_word_left_location()

    def get_cursor_word_right_location(self) -> Location:
        """The start of the next word, or of the line below."""
        row, column = self.selection.end
        line = self.document[row]
        return (row, word_after(line, column)) if column < len(line) else super().get_cursor_word_right_location()

    def move_cursor(
        self, location: Location, select: bool = False, center: bool = False, record_width: bool = True
    ) -> None:
        """Put the caret somewhere, never inside a cluster."""
        row, column = location
        if 0 <= row < self.document.line_count:
            location = row, snapped(self.document[row], column)
        super().move_cursor(location, select, center, record_width)

    def action_delete_left(self) -> None:
        """Backspace."""
        start, end = self.selection
        row, column = end
        if self.read_only or start != end or not column:
            super().action_delete_left()
        else:
            self._delete_via_keyboard(end, (row, rubbed(self.document[row], column)))

    def action_delete_word_right(self) -> None:
        """Up to the next word."""
        start, end = self.selection
        if self.read_only or start != end:
            super().action_delete_word_right()
        else:
            self._delete_via_keyboard(end, self.get_cursor_word_right_location())

    def on_paste(self, event: events.Paste) -> None:
        """What comes from outside is cleaned before it is put in."""
        event.text = text.clean(event.text).text


class LineInput(Input):
    """A one-line field."""

    def _moved(self, at: int, select: bool) -> None:
        start = self.selection.start if select else at
        self.selection = type(self.selection)(start, at)

    def action_cursor_left(self, select: bool = False) -> None:
        """One cluster to the left."""
        start, end = self.selection
        self._moved(min(start, end) if not (select or start == end) else before(self.value, end), select)

    def action_cursor_right(self, select: bool = False) -> None:
        """One cluster to the right."""
        start, end = self.selection
        self._moved(max(start, end) if not (select or start == end) else after(self.value, end), select)

    def action_cursor_left_word(self, select: bool = False) -> None:
        """The start of the word before."""
        self._moved(word_before(self.value, self.cursor_position), select)

    def action_cursor_right_word(self, select: bool = False) -> None:
        """The start of the next word."""
        self._moved(word_after(self.value, self.cursor_position), select)

    def action_delete_left(self) -> None:
        """Backspace."""
        if not self.selection.is_empty:
            self.delete_selection()
        else:
            self.delete(rubbed(self.value, self.cursor_position), self.cursor_position)

    def action_delete_right(self) -> None:
        """The whole cluster under the caret."""
        if not self.selection.is_empty:
            self.delete_selection()
        else:
            self.delete(self.cursor_position, after(self.value, self.cursor_position))

    def action_delete_left_word(self) -> None:
        """Back to the start of the word."""
        if not self.selection.is_empty:
            self.delete_selection()
        else:
            self.delete(word_before(self.value, self.cursor_position), self.cursor_position)

    def action_delete_right_word(self) -> None:
        """Up to the next word."""
        if not self.selection.is_empty:
            self.delete_selection()
        else:
            self.delete(self.cursor_position, word_after(self.value, self.cursor_position))

    @property
    def _value(self) -> Text:
        """The value for drawing, with a caret as long as its cluster."""
        return _CaretLine(self.value, no_wrap=True, overflow="ignore", end="")

    def on_paste(self, event: events.Paste) -> None:
        """What comes from outside is cleaned, and stands on one line."""
        event.text = " ".join(text.clean(event.text).text.split())
