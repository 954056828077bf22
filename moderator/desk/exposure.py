"""How often somebody uncovered abuse: counted for that person alone, who alone can ask.

No event tells of it, no report has it, and no other person's request can name it: the count is there to look after
whoever looks, not to measure them.
"""

from __future__ import annotations

from datetime import date, timedelta

from moderator.desk.room import Look, Room, need
from moderator.domain import masking
from moderator.domain.asks import Nothing
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done, Exposure
from moderator.domain.wording import Words, joined, words
from moderator.store import comments, exposures, items

DAYS = 7


def reveal(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Count one look at uncovered abuse; it counts as severe where the worst of it is. Whoever looks is told."""
    need(actor, Permission.READ)
    item = items.get(room.conn, item_id)
    verdict = comments.verdict_of(room.conn, item.id, item.comment_version)
    day = room.tx.local[:10]
    severe = masking.severe(verdict.findings)
    today, severe_today = exposures.count(room.tx, actor.person.id, day, severe=severe)
    said = words("Shown. {n} today; only you see this count.", n=today)
    advice = _advice(room.config.limits.exposure_advice, severe_today) if severe else ""
    return Done(joined((said, advice)), item_id, state=item.state.value, version=item.version)


def mine(look: Look, actor: Actor) -> Exposure:
    """What the caller has uncovered in the last seven days; nobody else's count can be asked for."""
    need(actor, Permission.READ)
    today = look.now.astimezone(look.house.store.zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    found = exposures.of(look.conn, actor.person.id, days[0].isoformat())
    severe_today = _of(found, today)[1]
    return Exposure(
        today=_of(found, today)[0],
        week=tuple(_of(found, day)[0] for day in days),
        severe_today=severe_today,
        advice=_advice(look.config.limits.exposure_advice, severe_today),
    )


def _of(found: dict[str, tuple[int, int]], day: date) -> tuple[int, int]:
    return found.get(day.isoformat(), (0, 0))


def _advice(limit: int, severe: int) -> Words | str:
    """A lighter view or a break, once so many severe ones were uncovered in a day."""
    if severe < limit:
        return ""
    return words(
        "You have uncovered {n} severe comments today: the lighter view (: lighter) or a break may do you good.",
        n=severe,
    )
