"""What stands around a match and changes what it means: quotation, reporting, denial, a word claimed back."""

from __future__ import annotations

from dataclasses import dataclass

from moderator.policy.reading import Reading

QUOTE = "quote"
"""In quotation marks."""
COUNTER = "counter"
"""Somebody else's words, condemned."""
NEGATED = "negated"
RECLAIMED = "reclaimed"
"""The speaker's own word for themselves or for friends."""
RESCUE = "rescue"
"""Personal data in a call for help."""
OWN = "own"
"""The writer's own data."""

SOFTENING = frozenset({COUNTER, NEGATED, RECLAIMED})


@dataclass(frozen=True, slots=True)
class Cues:
    """The classes by which context is recognised, as bits."""

    hostile: int
    negator: int
    report: int
    report_after: int
    """In Hindi the verb of saying stands behind: "ko … kehna"."""
    disapprove: int
    condemn: int
    self_named: int
    weighing: int
    """Without any of these in a comment that quotes nothing, nothing stands around a match."""


def weigh(
    reading: Reading, first: int, last: int, cues: Cues, *, negatable: bool, reclaimable: bool
) -> tuple[str, ...]:
    """The modifiers of a match of units first … last (inclusive), in a fixed order."""
    if not (reading.quotes or reading.total & cues.weighing):
        return ()
    sentence = reading.sentences[reading.sentence_of(first)][0]
    attack = next((i for i in range(first, last + 1) if reading.mask[i] & cues.hostile), last)
    quoted = reading.quoted(attack)
    reported = (
        quoted or _reported(reading, sentence, attack, cues) or reading.seen(cues.report_after, attack + 1, attack + 4)
    )
    against = negatable and reading.seen(cues.condemn, max(sentence, attack - 7), attack)
    found = [QUOTE] if quoted else []
    if against or (reported and _disapproved(reading, first, attack, cues)):
        found.append(COUNTER)
    if negatable and _negated(reading, sentence, attack, cues):
        found.append(NEGATED)
    if reclaimable and cues.self_named & reading.sums[reading.sentence_of(first)]:
        found.append(RECLAIMED)
    return tuple(found)


def _reported(reading: Reading, sentence: int, attack: int, cues: Cues) -> bool:
    return reading.seen(cues.report, max(sentence, attack - 12), attack)


def _disapproved(reading: Reading, first: int, attack: int, cues: Cues) -> bool:
    """Whether the comment condemns, outside the attack and outside any quotation."""
    if not reading.total & cues.disapprove:
        return False
    return any(
        mask & cues.disapprove and not first <= i <= attack and not reading.quoted(i)
        for i, mask in enumerate(reading.mask)
    )


def _negated(reading: Reading, sentence: int, attack: int, cues: Cues) -> bool:
    """Whether a denial stands within three units before the attack, with no comma between."""
    for i in range(attack - 1, max(sentence, attack - 3) - 1, -1):
        if reading.mask[i] & cues.negator:
            return not any(i < comma <= attack for comma in reading.commas[-512:])
    return False
