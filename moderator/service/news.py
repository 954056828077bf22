"""What streams are told of a change: the events of a merged batch of commits, read and encoded off the loop."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import islice
from typing import Final

from moderator.desk import batches, reading, rounds, status
from moderator.desk.house import House
from moderator.desk.room import Look
from moderator.domain.view import Changed
from moderator.service.hub import IDS, Describe, Pending, Telling

MANY: Final = 50
"""More effects, leases or accounts than this at once are not told one by one: streams read everything again."""


def describer(house: House) -> Describe:
    """The hub's eyes: reads what a batch means on a read-only connection."""

    async def describe(pending: Pending) -> list[Telling]:
        return await house.read(tellings, pending)

    return describe


def tellings(look: Look, pending: Pending) -> list[Telling]:
    """The events of one batch."""
    if max(len(pending.effects), len(pending.leases), len(pending.accounts)) > MANY:
        return [Telling("resync", {})]
    return [*_changed(look, pending), *_effects(look, pending), *_leases(look, pending), *_rest(look, pending)]


def _changed(look: Look, pending: Pending) -> Iterator[Telling]:
    """One `queue` event. Urgent items that nobody has opened are always all in it."""
    if not (pending.items or pending.leases):
        return
    ids = tuple(islice({**pending.items, **pending.leases}, IDS))
    changed = Changed(pending.seq, pending.new, ids, rounds.urgent(look), pending.at_ms)
    yield Telling("queue", changed)


def _effects(look: Look, pending: Pending) -> Iterator[Telling]:
    """One `effect` event each; the person whose decision it carries out gets it as theirs."""
    for effect_id in pending.effects:
        seen = reading.effect_view(look, 0, effect_id)
        if seen is not None:
            yield Telling("effect", seen, seen.person, dataclasses.replace(seen, mine=True))


def _leases(look: Look, pending: Pending) -> Iterator[Telling]:
    for item_id in pending.leases:
        person, until = rounds.holder(look, item_id)
        yield Telling("lease", {"item": item_id, "person": person, "until": until})


def _rest(look: Look, pending: Pending) -> Iterator[Telling]:
    for account_id in pending.accounts:
        health = status.account_health(look, account_id)
        if health is not None:
            yield Telling("account", health)
    for batch_id in pending.batches:
        batch = batches.one(look, 0, batch_id)
        if batch is not None:
            yield Telling("batch", batch, batch.person, dataclasses.replace(batch, mine=True))
    for sentence in pending.notices:
        yield Telling("notice", {"sentence": sentence})
    for person, sentence in pending.personal:
        yield Telling("notice", None, person, {"sentence": sentence})
