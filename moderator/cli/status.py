"""`moderator status`: the desk at a glance."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from moderator.cli import exits
from moderator.cli.call import Call
from moderator.domain import view
from moderator.domain.effect import EffectState


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """No options of its own."""
    parser.set_defaults(run="run")


def run(call: Call) -> int:
    """Show it."""
    status = call.client().status()
    call.show(status, *lines(status))
    return exits.DONE


def lines(status: view.Status) -> Iterator[str]:
    """The status in words: what is wrong first, then who, what and how much."""
    kind = " · PRACTICE" if status.practice else " · private" if status.private else ""
    yield f"{status.desk}{kind} · moderator {status.version} · policy {status.policy_version}"
    yield f"You are {status.person} ({', '.join(status.roles)}); on duty: {', '.join(status.on_duty) or 'nobody'}."
    if status.read_only:
        yield f"✗ Nothing can be saved: {status.read_only}"
    yield from (f"! {notice}" for notice in status.notices)
    if status.urgent:
        yield f"! {len(status.urgent)} URGENT, unopened: {', '.join(f'#{number}' for number in status.urgent)}"
    yield "Items: " + " · ".join(f"{name.replace('_', ' ')} {count}" for name, count in status.counts.items())
    yield from (account_line(account) for account in status.accounts)
    yield from (effect_line(effect) for effect in status.effects)
    yield from (f"draft on #{draft.item_id}, {len(draft.text)} characters" for draft in status.drafts)


def account_line(account: view.AccountHealth) -> str:
    """One account's line to its platform."""
    mark = "✓" if account.up else "✗"
    said = f" — {account.sentence}" if account.sentence else ""
    return f"{mark} {account.name} ({account.platform}, {account.status}){said}"


def effect_line(effect: view.EffectView) -> str:
    """One remote act: its number, what it is, where it stands."""
    words = {
        EffectState.HELD: f"goes out in {max(effect.left_ms, 0) / 1000:.0f} s",
        EffectState.READY: "goes out now",
        EffectState.SENDING: "is being sent",
        EffectState.FAILED: "was refused; it will be tried again",
        EffectState.UNCERTAIN: "was sent, but nobody answered: being looked for",
        EffectState.PARKED: "WAITS FOR A PERSON: moderator effect settle",
        EffectState.DONE: "is sent",
        EffectState.CANCELLED: "was taken back",
    }[effect.state]
    said = f" — {effect.reason}" if effect.reason else ""
    return f"effect {effect.id}, item #{effect.item_id}: {effect.label} {words}{said}"
