"""Near-duplicates: which comments say the same, whatever their disguise, so that a burst of them is one row (B9).

Case, punctuation, emoji, links, mentions, tags, spacing, stretched and exchanged letters are ignored, and words that
add nothing may come and go. What two comments may never differ in: numbers, places, personal data, a denial, and
whether they are protected criticism. A comment that is in doubt stands for itself.

The key of a group is worked out from the text of the comment that began it, and from nothing else: the same text has
the same key after a restart.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import count, pairwise
from typing import Final
from zlib import crc32

from moderator.policy.undisguised import Plain, lists, named, plain

SHORT: Final = 4
"""Comments of fewer words are one only where they are equal, and never where they ask something."""

_STEP: Final = 5
"""Letters of one shingle."""
_SKETCH: Final = 8
"""Smallest shingles by which a group is found again."""
_ALIKE: Final = 0.5
"""Least share of shingles that two comments have in common, of all of both."""
_INSIDE: Final = 0.75
"""The same, of the smaller one's."""
_SMALL: Final = 6
"""So many groups of one guard are simply compared with; more are looked up by their sketch."""
_TRIED: Final = 4
"""Most groups that a comment is compared with, once they are looked up."""
_CROWD: Final = 48
"""Most groups that are remembered for one shingle: more of them say nothing."""
_CORE: Final = 9
"""Common words from which one ordinary word more or less, or another in its place, changes nothing."""


class _Group:
    """The comment that began a group, as later ones are compared with it, and what they have taught since."""

    __slots__ = ("_shingles", "adjacent", "key", "number", "plain")

    def __init__(self, number: int, said: Plain, key: str) -> None:
        self.number = number
        self.plain = said
        self.key = key
        self.adjacent: set[tuple[str, str]] = set()
        """Words that stood beside each other in a member: what stands between them in another was put in."""
        self._shingles: frozenset[int] | None = None

    @property
    def shingles(self) -> frozenset[int]:
        """Worked out when first compared: most comments are never compared with anything."""
        if self._shingles is None:
            self._shingles = _shingles(self.plain.letters)
        return self._shingles


class _Shelf:
    """The groups that share a guard: only such are ever compared."""

    __slots__ = ("groups", "index")

    def __init__(self) -> None:
        self.groups: dict[int, _Group] = {}
        self.index: dict[int, deque[_Group]] = {}

    def put(self, group: _Group) -> None:
        self.groups[group.number] = group
        if len(self.groups) == _SMALL + 1:
            for known in self.groups.values():
                self._enter(known)
        elif len(self.groups) > _SMALL + 1:
            self._enter(group)

    def _enter(self, group: _Group) -> None:
        for mark in _marks(group.plain, group.shingles):
            self.index.setdefault(mark, deque(maxlen=_CROWD)).append(group)

    def drop(self, group: _Group) -> None:
        del self.groups[group.number]
        if not self.index:
            return
        for mark in _marks(group.plain, group.shingles):
            known = self.index.get(mark)
            if known is not None and group in known:
                known.remove(group)
                if not known:
                    del self.index[mark]

    def near(self, said: Plain, shingles: frozenset[int]) -> list[_Group]:
        """Groups that a comment may belong to, the oldest first."""
        if not self.index:
            return list(self.groups.values())
        counts: dict[int, int] = {}
        for mark in _marks(said, shingles):
            for group in self.index.get(mark, ()):
                counts[group.number] = counts.get(group.number, 0) + 1
        likely = sorted(counts, key=counts.__getitem__, reverse=True)[:_TRIED]
        return [self.groups[number] for number in sorted(likely)]


class Bursts:
    """The groups of late, as many as memory is set aside for. Not for several threads at once."""

    def __init__(self, most: int = 6000) -> None:
        self._most = most
        self._numbers = count()
        self._groups: OrderedDict[int, _Group] = OrderedDict()
        """By number, the one met longest ago first."""
        self._shelves: dict[str, _Shelf] = {}
        self._equal: OrderedDict[str, str] = OrderedDict()
        """Text without disguise → key."""

    def key(
        self, text: str, *, protected: bool, question: bool, also: Iterable[str] = (), equal: bool = False
    ) -> str | None:
        """The key of the group that a clean text belongs to; None where it always stands for itself.

        `also` are words in which members may not differ, beside numbers and places: personal data. `equal` takes for
        the same only what is equal without its disguise: for languages of which little is known.
        """
        said = plain(text, protected=protected, also=also)
        if len(said.words) < SHORT:
            return None if question or equal or not said.words else digest(said.text)
        if equal:
            return digest(said.text)
        known = self._equal.get(said.text)
        if known is None:
            known = self._equal[said.text] = self._found(said)
            if len(self._equal) > 2 * self._most:
                self._equal.popitem(last=False)
        return known

    def remember(self, key: str, text: str, *, protected: bool, also: Iterable[str] = ()) -> None:
        """A group from before, by one of its members: later ones that say the same get its key."""
        said = plain(text, protected=protected, also=also)
        if len(said.words) >= SHORT and said.text not in self._equal:
            self._equal[said.text] = key
            self._begin(self._shelves.setdefault(said.guard, _Shelf()), said, key)

    def _found(self, said: Plain) -> str:
        shelf = self._shelves.setdefault(said.guard, _Shelf())
        if shelf.groups:
            shingles = _shingles(said.letters)
            for group in shelf.near(said, shingles):
                if _same(said, shingles, group):
                    _learn(group, said)
                    self._groups.move_to_end(group.number)
                    return group.key
        return self._begin(shelf, said, digest(said.text))

    def _begin(self, shelf: _Shelf, said: Plain, key: str) -> str:
        group = _Group(next(self._numbers), said, key)
        self._groups[group.number] = group
        shelf.put(group)
        if len(self._groups) > self._most:
            self._forget(self._groups.popitem(last=False)[1])
        return group.key

    def _forget(self, group: _Group) -> None:
        shelf = self._shelves[group.plain.guard]
        shelf.drop(group)
        if not shelf.groups:
            del self._shelves[group.plain.guard]


def digest(text: str) -> str:
    """A short name of a text: the same in every process."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _shingles(letters: str) -> frozenset[int]:
    """Every few letters in a row, as numbers that are the same in every process."""
    raw = letters.encode("utf-16-le", "surrogatepass")
    width = 2 * _STEP
    return frozenset([crc32(raw[at : at + width]) for at in range(0, max(len(raw) - width, 0) + 2, 2)])


def _marks(said: Plain, shingles: frozenset[int]) -> list[int]:
    """By what a group is found: its smallest shingles and its longest words."""
    longest = sorted(set(said.words), key=lambda word: (-len(word), word))[:3]
    return [*sorted(shingles)[:_SKETCH], *(crc32(word.encode("utf-8", "surrogatepass")) for word in longest)]


def _learn(group: _Group, said: Plain) -> None:
    if len(group.adjacent) < 400:
        group.adjacent.update(pairwise(_content(said.words)))


def _content(words: Sequence[str]) -> list[str]:
    fillers = lists().fillers
    return [word for word in words if word not in fillers]


def _same(said: Plain, shingles: frozenset[int], group: _Group) -> bool:
    """Whether a comment says what the group says. Their guards are equal: only such are compared."""
    common = len(shingles & group.shingles)
    smaller, larger = sorted((len(shingles), len(group.shingles)))
    if common < _INSIDE * smaller or common < _ALIKE * (smaller + larger - common):
        return False
    other = group.plain
    if not (_spelt(said, other) and _spelt(other, said)):
        return False
    ours, theirs = _only(said, other), _only(other, said)
    if not ours and not theirs:
        return True
    if _tells_apart(said.words, ours) or _tells_apart(other.words, theirs):
        return False
    return not _exchanged(said, ours, group, theirs)


def _spelt(one: Plain, other: Plain) -> bool:
    """Words with digits at an edge are the same typing, or letters in disguise that the other comment spells out."""
    if not one.mixed:
        return True
    known = set(other.words)
    return all(
        other.mixed[bare] == typed if bare in other.mixed else bare in known for bare, typed in one.mixed.items()
    )


def _only(one: Plain, other: Plain) -> set[str]:
    """Words of one comment that the other does not have in any spelling or spacing, without those that add nothing."""
    theirs = set(other.words)
    fillers = lists().fillers
    return {
        word
        for word in set(one.words) - theirs - one.marks
        if word not in fillers
        and (named(word) or (word not in other.letters and not any(_misspelt(word, near) for near in theirs)))
    }


def _misspelt(word: str, other: str) -> bool:
    """Whether two words of some length differ in one letter: added, left out, exchanged, or two swapped."""
    if abs(len(word) - len(other)) > 1 or min(len(word), len(other)) < 4 or word[0] != other[0]:
        return False
    at = next((place for place, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), len(word))
    rest, theirs = word[at:], other[at:]
    if rest[1:] == theirs[1:] or rest[1:] == theirs or rest == theirs[1:]:
        return True
    return rest[:2] == theirs[1::-1] and rest[2:] == theirs[2:]


def _tells_apart(words: Sequence[str], only: set[str]) -> bool:
    """Whether what only one comment says names a place or a person, or denies."""
    known = lists()
    if any(word in known.denials or named(word) for word in only):
        return True
    for before, word in pairwise(words):
        if (word in only and before in known.before) or (before in only and word in known.after):
            return True
    return False


def _exchanged(said: Plain, ours: set[str], group: _Group, theirs: set[str]) -> bool:
    """Whether a word in the midst of one comment stands where another stands in the other: a name for a name.

    Where most words are common, ordinary words do not count; and where a member has nothing in that place, what others
    have there was put in.
    """
    if not ours or not theirs:
        return False
    other = group.plain
    places, others = _between(said.words, ours), _between(other.words, theirs)
    core = len(set(said.words)) - len(ours) >= _CORE
    for place in places.keys() & others.keys() - group.adjacent:
        words = places[place] | others[place]
        ordinary = all(word.isascii() for word in words) and words.isdisjoint(said.names | other.names)
        if not (core and ordinary):
            return True
    return False


def _between(words: Sequence[str], only: set[str]) -> dict[tuple[str, str], set[str]]:
    """The common words left and right of each word that only this comment has; not at its ends."""
    content = _content(words)
    found: dict[tuple[str, str], set[str]] = {}
    left = ""
    for at, word in enumerate(content):
        if word not in only:
            left = word
            continue
        right = next((later for later in content[at:] if later not in only), "")
        if left and right:
            found.setdefault((left, right), set()).add(word)
    return found
