"""Remote acts and batches of them: how each stands, and what became of them since the last prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from moderator import text
from moderator.domain import view
from moderator.domain.effect import EffectState
from moderator.line.telling.times import clock
from moderator.locale import _, n_

SINGLY = 5
"""So many effects of one kind are told one by one; more are counted."""


def effect(one: view.EffectView, zone: tzinfo) -> Iterator[str]:
    """How one remote act stands."""
    label = text.one_line(one.label).rstrip(".")
    if one.state in (EffectState.HELD, EffectState.READY):
        yield _on_its_way(label, one.left_ms)
    elif one.state is EffectState.SENDING:
        yield _("Sending: {label}.", label=label)
    elif one.state is EffectState.DONE:
        yield _("Sent: {label}.", label=label)
    elif one.state is EffectState.FAILED:
        said = _("Not sent yet: {label}. {reason}", label=label, reason=one.reason)
        yield f"{said} {_('Next try at {time}.', time=clock(one.next_try, zone))}"
    elif one.state is EffectState.UNCERTAIN:
        said = _("Unknown whether it went out: {label}.", label=label)
        yield f"{said} {_('Looking again at {time}.', time=clock(one.next_try, zone))}"
    elif one.state is EffectState.PARKED:
        said = _("Waits for you: {label}. {reason}", label=label, reason=one.reason)
        yield f"{said} {_('Type f {number} sent, f {number} resend or f {number} drop.', number=one.id)}"


def _on_its_way(label: str, left_ms: int) -> str:
    if not left_ms:
        return _("On its way: {label}.", label=label)
    left = n_("{n} second left to undo", "{n} seconds left to undo", max(left_ms // 1000, 1))
    return _("On its way: {label}, {left}.", label=label, left=left)


def moved(found: Sequence[view.EffectView], zone: tzinfo) -> Iterator[str]:
    """What became of these, each in its newest state: one by one, or counted where there are many of a kind."""
    newest = {one.id: one for one in found}
    for state in EffectState:
        alike = [one for one in newest.values() if one.state is state]
        if len(alike) > SINGLY and state in _COUNTED:
            yield _counted(state, len(alike))
        else:
            for one in alike:
                yield from effect(one, zone)


_COUNTED = frozenset({EffectState.SENDING, EffectState.DONE, EffectState.FAILED, EffectState.UNCERTAIN})
"""What waits for a person is told one by one, however much it is."""


def _counted(state: EffectState, n: int) -> str:
    if state is EffectState.SENDING:
        return n_("Sending {n} act.", "Sending {n} acts.", n)
    if state is EffectState.DONE:
        return n_("Sent: {n} act.", "Sent: {n} acts.", n)
    if state is EffectState.FAILED:
        return n_("Not sent yet: {n} act. f says why.", "Not sent yet: {n} acts. f says why.", n)
    return n_("Unknown whether {n} act went out. f says more.", "Unknown whether {n} acts went out. f says more.", n)


def batch(one: view.Batch, zone: tzinfo) -> str:
    """One bulk act and how far it is."""
    said = _(
        "Batch {number}, {time}, by {person}: {label}.",
        number=one.id,
        time=clock(one.at, zone),
        person=one.person,
        label=text.one_line(one.label),
    )
    return f"{said} {one.sentence}"


def preview(shown: view.BulkPreview, most: int = 10) -> Iterator[str]:
    """What a bulk act would do: exceptions first, then the counts, then how long it takes."""
    yield _("Nothing is done yet. It would do this:")
    for one in shown.excluded[:most]:
        yield _("Left out, item {item}: {why}", item=one.item_id, why=one.sentence)
    if len(shown.excluded) > most:
        more = len(shown.excluded) - most
        yield n_("{n} more item is left out.", "{n} more items are left out.", more)
    yield shown.sentence
    yield from (
        _("{account}: {count}.", account=name, count=n_("{n} item", "{n} items", n))
        for name, n in shown.accounts.items()
    )
    if shown.to_review:
        yield n_(
            "{n} item would go to a second person.", "{n} items would go to a second person.", len(shown.to_review)
        )
    if shown.seconds >= 1:
        yield n_("Sending takes about {n} second.", "Sending takes about {n} seconds.", round(shown.seconds))
