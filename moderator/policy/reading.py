"""A comment as units: words and phrases with their spans, their classes as bits, their sentence and their quotation."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from operator import or_

from moderator.policy.normalise import LONGEST_WORD
from moderator.policy.pattern import Units
from moderator.policy.vocabulary import COMMA, LOOSE, QUOTE, STOP, UNIT, Vocabulary

LONGEST_SENTENCE = 240
"""Units after which a sentence is cut: bounds the work on text without any full stop."""

LONGEST_QUOTE = 80
"""Units after which an open quotation mark counts as a slip."""

_SHORT = frozenset({"mr", "mrs", "ms", "dr", "smt", "shri", "sri", "st", "no", "prof", "adv", "md", "rs", "kum"})
_CLOSES = {"“": "”", "„": "“", "«": "»", "‘": "’", "'": "'", '"': '"'}


@dataclass(slots=True)
class Reading:
    """The units of one comment, in step: unit i has start[i], end[i], mask[i]."""

    text: str
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    mask: list[int] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    """(first unit, one after the last)."""
    quotes: list[tuple[int, int]] = field(default_factory=list)
    """The same for what stands in quotation marks."""
    commas: list[int] = field(default_factory=list)
    """Units before which a comma stands."""
    reach: dict[int, int] = field(default_factory=dict)
    """Unit that ends a phrase → where in the text the phrase begins."""
    total: int = 0
    """All classes that occur."""
    sums: list[int] = field(default_factory=list)
    """All classes that occur in each sentence."""
    by_class: dict[int, Units] = field(default_factory=dict)
    """What `units` worked out, by sentence."""

    def quoted(self, unit: int) -> bool:
        """Whether the unit stands in quotation marks."""
        place = bisect_right(self.quotes, (unit, 1 << 60)) - 1
        return place >= 0 and self.quotes[place][0] <= unit < self.quotes[place][1]

    def sentence_of(self, unit: int) -> int:
        """The number of the sentence that the unit stands in."""
        return bisect_right(self.sentences, (unit, 1 << 60)) - 1

    def units(self, sentence: int) -> Units:
        """The units of a sentence by class. Asked for once no class is added any more."""
        found = self.by_class.get(sentence)
        if found is None:
            found = self.by_class[sentence] = Units(self.mask, *self.sentences[sentence])
        return found

    def add(self, unit: int, bit: int) -> None:
        """Give a unit a class that its words alone do not have."""
        self.mask[unit] |= bit
        self.sums[self.sentence_of(unit)] |= bit
        self.total |= bit

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where units first … last (inclusive) stand in the text, the first one with its whole phrase."""
        return min(self.start[first], self.reach.get(first, self.start[first])), self.end[last]

    def seen(self, bit: int, first: int, last: int) -> bool:
        """Whether a unit of the half-open range has one of these classes."""
        if not self.total & bit:
            return False
        return any(mask & bit for mask in self.mask[max(first, 0) : max(last, 0)])


def read(vocabulary: Vocabulary, text: str) -> Reading:
    """The comment as units. Linear in the text; never raises."""
    reader = _Reader(vocabulary, text)
    reader.run()
    return reader.reading


class _Reader:
    """One pass over one comment: sentence by sentence, words first, then units."""

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        self.vocabulary = vocabulary
        self.reading = Reading(text)
        self.words: list[str] = []
        """Listed or folded words of the sentence at hand; the next three lists run in step with it."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.masks: list[int] = []
        self.commas: set[int] = set()
        self.open: dict[str, int] = {}
        """Closing mark → where in the text its quotation began."""
        self.quotes: list[tuple[int, int]] = []

    def run(self) -> None:
        """Read all of it, chunk by chunk between spaces: most chunks were read before, in other comments."""
        words, starts, ends, masks = self.words, self.starts, self.ends, self.masks
        known, chunk = self.vocabulary.chunks, self.vocabulary.chunk
        whole, at = self.reading.text, 0
        for text in whole.split(" "):
            steps = known.get(text)
            for word, start, end, mask in chunk(text) if steps is None else steps:
                if mask >= 0:
                    words.append(word)
                    starts.append(at + start)
                    ends.append(at + end)
                    masks.append(mask)
                    continue
                if len(words) >= LONGEST_SENTENCE:
                    self._finish()
                if mask == STOP:
                    self._stop(word, at + end, whole)
                elif mask == QUOTE:
                    self._quote(word, at + start)
                elif mask == COMMA:
                    self.commas.add(len(words))
            if len(words) >= LONGEST_SENTENCE:
                self._finish()
            at += len(text) + 1
        self._finish()
        self._settle_quotes()

    def _stop(self, mark: str, end: int, text: str) -> None:
        if mark == "." and self.words:
            last = self.words[-1]
            inside = end < len(text) and not text[end].isspace() and text[end] not in "\"'”’)"
            if inside or len(last) == 1 or last in _SHORT:
                return
        self._finish()

    def _quote(self, mark: str, at: int) -> None:
        if mark in self.open:
            self.quotes.append((self.open.pop(mark), at))
        elif mark in _CLOSES and (mark != "'" or at == 0 or not self.reading.text[at - 1].isalnum()):
            self.open[_CLOSES[mark]] = at

    def _finish(self) -> None:
        """Close the sentence at hand: join spaced letters, read phrases, hand over its units."""
        if not self.words:
            return
        if list(map(len, self.words)).count(1) >= 3 and self._letters() >= 3:
            self._join_letters()
        reading = self.reading
        first = len(reading.mask)
        openings = self._openings()
        if openings:
            self._with_phrases(openings)
        else:
            reading.start += self.starts
            reading.end += self.ends
            reading.mask += self.masks
            reading.commas += sorted(first + place for place in self.commas)
        total = reduce(or_, reading.mask[first:] if openings else self.masks)
        reading.total |= total
        reading.sums.append(total)
        reading.sentences.append((first, len(reading.mask)))
        for column in (self.words, self.starts, self.ends, self.masks):
            column.clear()
        self.commas.clear()

    def _openings(self) -> list[int]:
        """Where in the sentence at hand a phrase may begin."""
        words, openers = self.words, self.vocabulary.openers
        if openers.keys().isdisjoint(words):
            return []
        return [
            place
            for place, (word, following) in enumerate(pairwise(words))
            if word in openers and following in openers[word]
        ]

    def _with_phrases(self, openings: list[int]) -> None:
        """Words to units where the sentence holds a phrase."""
        ends: dict[int, tuple[int, int]] = {}
        after = 0
        for place in openings:
            if place < after:
                continue
            self._plain_units(after, place, ends)
            count, mask = self._phrases_at(place, ends)
            after = place + count
            self._unit(place, after, mask, ends)
        self._plain_units(after, len(self.words), ends)

    def _plain_units(self, first: int, after: int, ends: dict[int, tuple[int, int]]) -> None:
        """Words of which none begins a phrase, each a unit of its own."""
        reading = self.reading
        shift = len(reading.mask) - first
        reading.start += self.starts[first:after]
        reading.end += self.ends[first:after]
        reading.mask += self.masks[first:after]
        for word, (bits, begun) in ends.items():
            if first <= word < after:
                reading.mask[shift + word] |= bits
                reading.reach[shift + word] = begun
        if self.commas:
            reading.commas += sorted(shift + word for word in self.commas if first <= word < after)

    def _unit(self, first: int, after: int, mask: int, ends: dict[int, tuple[int, int]]) -> None:
        """Words that are one unit together."""
        reading = self.reading
        for word in range(first, after):
            if word in ends:
                mask |= ends[word][0]
                reading.reach[len(reading.mask)] = ends[word][1]
            if word in self.commas:
                reading.commas.append(len(reading.mask))
        reading.start.append(self.starts[first])
        reading.end.append(self.ends[after - 1])
        reading.mask.append(mask)

    def _phrases_at(self, place: int, ends: dict[int, tuple[int, int]]) -> tuple[int, int]:
        """How many words the unit here takes, and its classes. `ends` takes loose phrases, by their last word."""
        count, mask, begun = 1, self.masks[place], self.starts[place]
        for phrase in self.vocabulary.phrases(self.words, place):
            length = len(phrase.tail) + 1
            if phrase.manner == LOOSE:
                bits, earlier = ends.get(place + length - 1, (0, begun))
                ends[place + length - 1] = (bits | phrase.bits, min(earlier, begun))
            elif count == 1:
                count, mask = length, phrase.bits
                if phrase.manner == UNIT:
                    for word in range(place, place + length):
                        mask |= self.masks[word]
        return count, mask

    def _letters(self) -> int:
        """Single letters in the sentence at hand. What was cut off from a word without a space touches its rest."""
        return sum(
            end - start == 1 and start != before and end != after
            for start, end, before, after in zip(
                self.starts, self.ends, [-1, *self.ends], [*self.starts[1:], -1], strict=False
            )
        )

    def _join_letters(self) -> None:
        """Three and more single letters in a row are one spaced-out word, perhaps with a small word at its ends."""
        place = 0
        while place < len(self.words):
            run = place
            while run < len(self.words) and len(self.words[run]) == 1 and not self.words[run].isdigit():
                run += 1
            if run - place >= 3:
                run = self._joined(place, run)
            place = max(run, place + 1)

    def _joined(self, first: int, after: int) -> int:
        """Replace a run of letters by the listed word that it spells; where to go on from."""
        letters = "".join(self.words[first:after])[:LONGEST_WORD]
        for left, right in ((0, 0), (1, 0), (0, 1), (1, 1)):
            word = letters[left : len(letters) - right]
            found = self.vocabulary.listed(word) if len(word) >= 3 else ""
            if found:
                a, b = first + left, first + left + len(word)
                self.words[a:b] = [found]
                self.masks[a:b] = [self.vocabulary.words[found]]
                self.starts[a:b] = [self.starts[a]]
                self.ends[a:b] = [self.ends[b - 1]]
                return a + 1
        return after

    def _settle_quotes(self) -> None:
        """Quotations from text offsets to units."""
        starts = self.reading.start
        after = 0
        for opened, closed in sorted(self.quotes):
            first, last = bisect_right(starts, opened), bisect_right(starts, closed)
            if after <= first < last and last - first <= LONGEST_QUOTE:
                self.reading.quotes.append((first, last))
                after = last
