"""`moderator status`: the desk at a glance."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from moderator.cli import exits
from moderator.cli.call import Call
from moderator.domain import view
from moderator.domain.effect import EffectState
from moderator.domain.names import named
from moderator.locale import _, n_, number, said


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
    kind = _(" · PRACTICE") if status.practice else _(" · private") if status.private else ""
    yield _(
        "{desk}{kind} · moderator {version} · policy {policy_version}",
        desk=status.desk,
        kind=kind,
        version=status.version,
        policy_version=status.policy_version,
    )
    yield _(
        "You are {person} ({roles}); on duty: {on_duty}.",
        person=status.person,
        roles=", ".join(said(named(role)) for role in status.roles),
        on_duty=", ".join(status.on_duty) or _("nobody"),
    )
    if status.read_only:
        yield _("✗ Nothing can be saved: {read_only}", read_only=status.read_only)
    yield from (f"! {notice}" for notice in status.notices)
    if status.urgent:
        named_ones = ", ".join(f"#{item}" for item in status.urgent)
        yield n_(
            "! {n} URGENT, unopened: {items}", "! {n} URGENT, unopened: {items}", len(status.urgent), items=named_ones
        )
    counted = " · ".join(f"{said(named(name))} {number(count)}" for name, count in status.counts.items())
    yield _("Items: {counts}", counts=counted)
    yield from (account_line(account) for account in status.accounts)
    yield from (effect_line(effect) for effect in status.effects)
    yield from (
        n_("draft on #{item}, {n} character", "draft on #{item}, {n} characters", len(draft.text), item=draft.item_id)
        for draft in status.drafts
    )


def account_line(account: view.AccountHealth) -> str:
    """One account's line to its platform."""
    mark = "✓" if account.up else "✗"
    why = f" — {account.sentence}" if account.sentence else ""
    return f"{mark} {account.name} ({account.platform}, {said(named(account.status))}){why}"


def effect_line(effect: view.EffectView) -> str:
    """One remote act: its number, what it is, where it stands."""
    stands = {
        EffectState.HELD: n_("goes out in {n} s", "goes out in {n} s", round(max(effect.left_ms, 0) / 1000)),
        EffectState.READY: _("goes out now"),
        EffectState.SENDING: _("is being sent"),
        EffectState.FAILED: _("was refused; it will be tried again"),
        EffectState.UNCERTAIN: _("was sent, but nobody answered: being looked for"),
        EffectState.PARKED: _("WAITS FOR A PERSON: moderator effect settle"),
        EffectState.DONE: _("is sent"),
        EffectState.CANCELLED: _("was taken back"),
    }[effect.state]
    why = f" — {effect.reason}" if effect.reason else ""
    return _(
        "effect {effect}, item #{item}: {label} {stands}{why}",
        effect=effect.id,
        item=effect.item_id,
        label=effect.label,
        stands=stands,
        why=why,
    )
