"""What each word means to the rules, whatever its disguise: words and phrases to classes, worked out once and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from moderator.policy.lexicon import Lexicon, folded
from moderator.policy.normalise import LONGEST_WORD, TOKEN, fold, misspellings, readings, starred

T = TypeVar("T")

LOOSE, UNIT, CLOSED = 0, 1, 2
"""How a phrase is read: its words too, as one unit with their classes, or as one unit without them."""

_MEMO = 60_000
"""Words remembered, and chunks; when there are more, all are forgotten."""
_LONGEST_REMEMBERED = 64
"""Letters of a word or chunk that is remembered: hostile text must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Several words that mean something together."""

    tail: tuple[str, ...]
    """The words after the first."""
    bits: int
    """The classes that it has."""
    manner: int


Piece = tuple[str, int, int, int]
"""The word as the lists have it (or as folded, where none has it), where it begins and ends, and its classes."""

COMMA, STOP, QUOTE, BOUNDARY = -1, -2, -3, -4
"""What a chunk holds beside words. A boundary parts two words between which nothing of the others stands."""

_KINDS = {None: COMMA, 2: STOP, 3: QUOTE}
"""What the groups of `TOKEN` find."""

Step = tuple[str, int, int, int]
"""One step of a chunk: a `Piece` of a word, or a mark with its place and, instead of classes, what it is."""


class Vocabulary:
    """What each word means to the rules: word → bits. Built once for a policy; reading remembers what it worked out."""

    def __init__(self, lexicon: Lexicon, masks: Mapping[str, int]) -> None:
        self._masks = masks
        self.words: dict[str, int] = {}
        self.openers: dict[str, dict[str, list[Phrase]]] = {}
        """First word of a phrase → its second → the phrases, longest first."""
        self._fuzzy: dict[str, str] = {}
        self._stars: dict[tuple[int, str], list[str]] = defaultdict(list)
        self.memo: dict[str, tuple[Piece, ...]] = {}
        self.chunks: dict[str, tuple[Step, ...]] = {}
        self._glue = lexicon.words("glue")
        self._real = lexicon.real_words
        self._joinable: frozenset[str] = frozenset()
        self._fill(lexicon)

    def _fill(self, lexicon: Lexicon) -> None:
        for group in lexicon.lists:
            bits = self._masks.get(f"@{group.name}", 0)
            for word in group.words:
                self._add(folded(word), bits, CLOSED if group.closed else LOOSE if group.loose else UNIT)
        for atom, bits in self._masks.items():
            if not atom.startswith("@"):
                self._add(folded(atom), bits, LOOSE)
        for seconds in self.openers.values():
            for found in seconds.values():
                found.sort(key=lambda entry: -len(entry.tail))
        self._disguises(lexicon)

    def _add(self, word: str, bits: int, manner: int) -> None:
        first, *rest = word.split(" ")
        for part in rest and (first, *rest):
            self.words.setdefault(part, 0)
        if not rest:
            self.words[word] = self.words.get(word, 0) | bits
            return
        known = self.openers.setdefault(first, {}).setdefault(rest[0], [])
        for place, phrase in enumerate(known):
            if phrase.tail == tuple(rest):
                known[place] = Phrase(phrase.tail, phrase.bits | bits, max(phrase.manner, manner))
                return
        known.append(Phrase(tuple(rest), bits, manner))

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

    def pieces(self, token: str) -> tuple[Piece, ...]:
        """What one token says: usually one piece, two where a space is missing. Worked out once for each token."""
        found = self.memo.get(token)
        if found is None:
            found = self._work_out(token)
            _remember(self.memo, token, found)
        return found

    def chunk(self, text: str) -> Iterable[Step]:
        """What stands between two spaces, step by step. Worked out once for each chunk of ordinary length."""
        if len(text) > _LONGEST_REMEMBERED:
            return self._steps(text)
        found = tuple(self._steps(text))
        _remember(self.chunks, text, found)
        return found

    def _steps(self, text: str) -> Iterator[Step]:
        after_word = False
        for found in TOKEN.finditer(text):
            kind = found.lastindex
            at, end = found.span()
            if kind == 1:
                if after_word:
                    yield "", at, at, BOUNDARY
                for word, first, after, mask in self.pieces(found[0]):
                    yield word, at + first, at + after, mask
                after_word = True
            else:
                yield found[0], at, end, _KINDS[kind]
                after_word = False

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

    def phrases(self, words: list[str], place: int) -> Iterator[Phrase]:
        """The phrases that start with this opener and the next word, longest first."""
        for phrase in self.openers[words[place]][words[place + 1]]:
            length = len(phrase.tail)
            if length == 1 or tuple(words[place + 1 : place + 1 + length]) == phrase.tail:
                yield phrase


def _remember(memo: dict[str, T], text: str, found: T) -> None:
    if len(text) <= _LONGEST_REMEMBERED:
        if len(memo) >= _MEMO:
            memo.clear()
        memo[text] = found
