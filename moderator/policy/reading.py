"""A comment as units: words and phrases with their spans, their classes as bits, their sentence and their quotation."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from moderator.policy.lexicon import Lexicon, folded
from moderator.policy.normalise import LONGEST_WORD, TOKEN, fold, misspellings, readings, starred

LONGEST_SENTENCE = 240
"""Units after which a sentence is cut: bounds the work on text without any full stop."""

LONGEST_QUOTE = 80
"""Units after which an open quotation mark counts as a slip."""

_SHORT = frozenset({"mr", "mrs", "ms", "dr", "smt", "shri", "sri", "st", "no", "prof", "adv", "md", "rs", "kum"})
_CLOSES = {"“": "”", "„": "“", "«": "»", "‘": "’", "'": "'", '"': '"'}
_MEMO = 60_000

_LOOSE, _UNIT, _CLOSED = 0, 1, 2
"""How a phrase is read: its words too, as one unit with their classes, or as one unit without them."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    tail: tuple[str, ...]
    bits: int
    manner: int


Piece = tuple[str, int, int, int]
"""The word as the lists have it (or as folded, where none has it), its place inside the token, and its classes."""


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
    """All classes that occur in each sentence; filled by `sum_up` once no class is added any more."""

    def quoted(self, unit: int) -> bool:
        """Whether the unit stands in quotation marks."""
        place = bisect_right(self.quotes, (unit, 1 << 60)) - 1
        return place >= 0 and self.quotes[place][0] <= unit < self.quotes[place][1]

    def sentence_of(self, unit: int) -> int:
        """The number of the sentence that the unit stands in."""
        return bisect_right(self.sentences, (unit, 1 << 60)) - 1

    def sum_up(self) -> None:
        """Note what occurs in each sentence."""
        for first, last in self.sentences:
            total = 0
            for i in range(first, last):
                total |= self.mask[i]
            self.sums.append(total)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where units first … last (inclusive) stand in the text, the first one with its whole phrase."""
        return min(self.start[first], self.reach.get(first, self.start[first])), self.end[last]

    def seen(self, bit: int, first: int, last: int) -> bool:
        """Whether a unit of the half-open range has one of these classes."""
        return any(self.mask[i] & bit for i in range(max(first, 0), min(last, len(self.mask))))


class Vocabulary:
    """What each word means to the rules: word → bits. Built once for a policy; reading remembers what it worked out."""

    def __init__(self, lexicon: Lexicon, masks: Mapping[str, int]) -> None:
        self._masks = masks
        self.words: dict[str, int] = {}
        self.known_phrases: dict[tuple[str, str], list[_Phrase]] = defaultdict(list)
        self.openers: set[str] = set()
        """First words of phrases."""
        self._fuzzy: dict[str, str] = {}
        self._stars: dict[tuple[int, str], list[str]] = defaultdict(list)
        self.memo: dict[str, tuple[Piece, ...]] = {}
        self._glue = lexicon.words("glue")
        self._real = lexicon.real_words
        self._joinable: frozenset[str] = frozenset()
        self._fill(lexicon)

    def _fill(self, lexicon: Lexicon) -> None:
        for group in lexicon.lists:
            bits = self._masks.get(f"@{group.name}", 0)
            for word in group.words:
                self._add(folded(word), bits, _CLOSED if group.closed else _LOOSE if group.loose else _UNIT)
        for atom, bits in self._masks.items():
            if not atom.startswith("@"):
                self._add(folded(atom), bits, _LOOSE)
        for found in self.known_phrases.values():
            found.sort(key=lambda entry: -len(entry.tail))
        self._disguises(lexicon)

    def _add(self, word: str, bits: int, manner: int) -> None:
        first, *rest = word.split(" ")
        for part in rest and (first, *rest):
            self.words.setdefault(part, 0)
        if not rest:
            self.words[word] = self.words.get(word, 0) | bits
            return
        self.openers.add(first)
        known = self.known_phrases[first, rest[0]]
        for place, phrase in enumerate(known):
            if phrase.tail == tuple(rest):
                known[place] = _Phrase(phrase.tail, phrase.bits | bits, max(phrase.manner, manner))
                return
        known.append(_Phrase(tuple(rest), bits, manner))

    def _disguises(self, lexicon: Lexicon) -> None:
        """Misspellings, starred words and words without a space, of the lists that allow it."""
        joinable = set()
        for group in lexicon.lists:
            if not group.fuzzy:
                continue
            for word in map(folded, group.words):
                if " " in word or not word.isascii():
                    continue
                self._stars[len(word), word[0]].append(word)
                if len(word) >= 4:
                    joinable.add(word)
                    for wrong in misspellings(word):
                        if wrong not in self.words and wrong not in lexicon.real_words:
                            self._fuzzy.setdefault(wrong, word)
        self._joinable = frozenset(joinable)

    def read(self, text: str) -> Reading:
        """The comment as units. Linear in the text; never raises."""
        reader = _Reader(self, text)
        reader.run()
        return reader.reading

    def pieces(self, token: str) -> tuple[Piece, ...]:
        """What one token says: usually one piece, two where a space is missing. Worked out once for each token."""
        if len(self.memo) >= _MEMO:
            self.memo.clear()
        found = self.memo[token] = self._work_out(token)
        return found

    def listed(self, word: str) -> str:
        """The listed word that a folded word is, disguised or not; "" where none is."""
        if word in self.words:
            return word
        if len(word) > LONGEST_WORD * 4:
            return ""
        for form in readings(word):
            if form in self.words:
                return form
        if "*" in word:
            return next((whole for whole in self._stars.get((len(word), word[0]), ()) if starred(word, whole)), "")
        return self._fuzzy.get(word.removesuffix("'s"), "")

    def _work_out(self, token: str) -> tuple[Piece, ...]:
        word = fold(token)
        found = self.listed(word)
        if (
            not found
            and word not in self._real
            and 5 <= len(word) <= 24
            and word.isalpha()
            and (cut := self.split(word))
        ):
            inside = cut if len(word) == len(token) else 0
            left, right = word[:cut], word[cut:]
            return (
                (left, 0, inside or len(token), self.words.get(left, 0)),
                (right, inside, len(token), self.words.get(right, 0)),
            )
        word = found or word.removesuffix("'s")
        return ((word, 0, len(token), self.words.get(word, 0)),)

    def split(self, word: str) -> int:
        """Where a missing space belongs: between a listed word and a small one, or two listed ones; 0 for nowhere."""
        for cut in range(1, len(word)):
            left, right = word[:cut], word[cut:]
            if (left in self._joinable and (right in self._glue or right in self._joinable)) or (
                left in self._glue and right in self._joinable
            ):
                return cut
        return 0

    def phrases(self, words: list[str], place: int) -> Iterator[_Phrase]:
        """The phrases that start with this word and the next, longest first."""
        for phrase in self.known_phrases.get((words[place], words[place + 1]), ()):
            length = len(phrase.tail)
            if length == 1 or tuple(words[place + 1 : place + 1 + length]) == phrase.tail:
                yield phrase


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
        self.letters = 0
        """Single letters in the sentence at hand."""
        self.opens = False
        """Whether a word of the sentence at hand may begin a phrase."""
        self.commas: set[int] = set()
        self.open: dict[str, int] = {}
        """Closing mark → where in the text its quotation began."""
        self.quotes: list[tuple[int, int]] = []

    def run(self) -> None:
        """Read all of it."""
        text = self.reading.text
        word = self._word
        for found in TOKEN.finditer(text):
            kind = found.lastindex
            if kind == 1:
                word(found[1], found.start())
            elif kind == 2:
                self._stop(found[2], found.end(), text)
            elif kind == 3:
                self._quote(found[3], found.start())
            else:
                self.commas.add(len(self.words))
        self._finish()
        self._settle_quotes()

    def _word(self, token: str, at: int) -> None:
        vocabulary = self.vocabulary
        for word, start, end, mask in vocabulary.memo.get(token) or vocabulary.pieces(token):
            self.words.append(word)
            self.starts.append(at + start)
            self.ends.append(at + end)
            self.masks.append(mask)
            if word in vocabulary.openers:
                self.opens = True
        if len(token) == 1:
            self.letters += 1
        if len(self.words) >= LONGEST_SENTENCE:
            self._finish()

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
        if self.letters >= 3:
            self._join_letters()
        reading = self.reading
        first = len(reading.mask)
        if self.opens and self._has_phrase():
            self._with_phrases()
        else:
            reading.start += self.starts
            reading.end += self.ends
            reading.mask += self.masks
            reading.commas += sorted(first + place for place in self.commas)
        total = 0
        for mask in reading.mask[first:]:
            total |= mask
        reading.total |= total
        reading.sentences.append((first, len(reading.mask)))
        self.words, self.starts, self.ends, self.masks = [], [], [], []
        self.commas, self.letters, self.opens = set(), 0, False

    def _has_phrase(self) -> bool:
        known = self.vocabulary.known_phrases
        return any(pair in known for pair in pairwise(self.words))

    def _with_phrases(self) -> None:
        """Words to units where the sentence holds a phrase."""
        reading = self.reading
        ends: dict[int, tuple[int, int]] = {}
        last = len(self.words) - 1
        place = 0
        while place <= last:
            count, mask = 1, self.masks[place]
            if place < last and (self.words[place], self.words[place + 1]) in self.vocabulary.known_phrases:
                count, mask = self._phrases_at(place, ends)
            for word in range(place, place + count):
                if word in ends:
                    mask |= ends[word][0]
                    reading.reach[len(reading.mask)] = ends[word][1]
                if word in self.commas:
                    reading.commas.append(len(reading.mask))
            reading.start.append(self.starts[place])
            reading.end.append(self.ends[place + count - 1])
            reading.mask.append(mask)
            place += count

    def _phrases_at(self, place: int, ends: dict[int, tuple[int, int]]) -> tuple[int, int]:
        """How many words the unit here takes, and its classes. `ends` takes loose phrases, by their last word."""
        count, mask, begun = 1, self.masks[place], self.starts[place]
        for phrase in self.vocabulary.phrases(self.words, place):
            length = len(phrase.tail) + 1
            if phrase.manner == _LOOSE:
                bits, earlier = ends.get(place + length - 1, (0, begun))
                ends[place + length - 1] = (bits | phrase.bits, min(earlier, begun))
            elif count == 1:
                count, mask = length, phrase.bits
                if phrase.manner == _UNIT:
                    for word in range(place, place + length):
                        mask |= self.masks[word]
        return count, mask

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
                self.opens = True
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
