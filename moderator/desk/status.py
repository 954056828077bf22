"""The desk at a glance: what the frame of every screen shows."""

from __future__ import annotations

from datetime import timedelta

from moderator import __version__
from moderator.desk.room import Look, need
from moderator.desk.telling import draft_of, effect_of
from moderator.domain.account import Status as AccountStatus
from moderator.domain.person import Actor, Permission
from moderator.domain.view import AccountHealth, Status, View
from moderator.domain.wording import recalled, words
from moderator.platforms import PLATFORMS
from moderator.store import base, decisions, figures, outbox, polls, queue
from moderator.store.items import of


def status(look: Look, actor: Actor) -> Status:
    """Counts of the views, unopened urgent items, accounts, everything in flight, own drafts, and every banner."""
    need(actor, Permission.READ)
    house, me = look.house, actor.person
    cap = look.config.limits.count_cap
    return Status(
        desk=look.config.desk.name,
        version=__version__,
        practice=house.practice,
        private=house.private,
        policy_version=look.policy.version,
        person=me.name,
        roles=tuple(sorted(role.value for role in me.roles)),
        on_duty=house.presence.on_duty(),
        counts={view.value: queue.count(look.conn, view, me.id, cap, look.now) for view in View},
        urgent=queue.unopened_urgent(look.conn),
        accounts=tuple(health(look, row) for row in polls.accounts(look.conn)),
        effects=tuple(effect_of(look, row, me.id) for row in outbox.all_open(look.conn)),
        drafts=tuple(draft_of(row, me.id) for row in decisions.drafts_of_person(look.conn, me.id)),
        read_only=house.store.read_only,
        notices=tuple(house.notices.values()),
        now=look.now,
        oldest=of(figures.oldest(look.conn)),
    )


def health(look: Look, row: base.Row) -> AccountHealth:
    """How one account's line to its platform stands."""
    kind = PLATFORMS.get(row["platform"])
    active = row["status"] == AccountStatus.ACTIVE
    silent = _silent(look, row) if active else ""
    up = active and row["down_since"] is None and not row["paused"] and not silent
    return AccountHealth(
        id=row["id"],
        name=row["name"],
        platform=row["platform"],
        status=row["status"],
        up=up,
        since=of(row["down_since"]),
        last_ok=of(row["last_ok"]),
        next_poll=look.house.not_before.get(row["id"]),
        sentence=recalled(row["sentence"] or "") or silent,
        tested=kind.tested if kind else "",
    )


def _silent(look: Look, row: base.Row) -> str:
    """A sentence where an account was not read for longer than its heartbeat, "" otherwise.

    Counted from its last reading, and no further back than the desk itself is up: a night with the desk switched off is
    no fault of a platform. A file that people bring has no heartbeat.
    """
    last = of(row["last_ok"])
    limit = timedelta(seconds=look.config.times.heartbeat)
    if last is None or row["platform"] == "import" or look.house.up_s < look.config.times.heartbeat:
        return ""
    if look.now - last <= limit:
        return ""
    minutes = int((look.now - last).total_seconds() // 60)
    return words("Not read for {n} min: what came in since then is not here. Tell the administrator.", n=minutes)


def account_health(look: Look, account_id: int) -> AccountHealth | None:
    """One account's line, for a stream that announces it."""
    found = next((row for row in polls.accounts(look.conn) if row["id"] == account_id), None)
    return health(look, found) if found is not None else None
