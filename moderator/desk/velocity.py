"""Bursts: a banner where many comments say the same, or come in under one post, within minutes (Q3).

Fixed words, numbers and the account's name only; a banner goes by itself when what it says is over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from moderator.desk.room import Look
from moderator.domain.wording import words
from moderator.store import arrivals

if TYPE_CHECKING:
    from moderator.desk.house import House

LATELY: Final = timedelta(minutes=10)
_NAME: Final = "burst "
"""How the keys of these banners begin."""


async def watch(house: House) -> None:
    """Look at the arrivals of late, and raise and take down banners."""
    found = await house.read(bursts)
    if found == {key: told for key, told in house.notices.items() if key.startswith(_NAME)}:
        return
    for key in [key for key in house.notices if key.startswith(_NAME) and key not in found]:
        del house.notices[key]
    house.notices.update(found)


def bursts(look: Look) -> dict[str, str]:
    """Key → sentence, of every burst of the last ten minutes."""
    since, least = look.now - LATELY, look.config.limits.burst
    minutes = int(LATELY.total_seconds() // 60)
    told: dict[str, str] = {}
    for row in arrivals.same(look.conn, since, least):
        told[f"{_NAME}same {row['id']}"] = words(
            "Burst on {account}: {n} new comments of the last {minutes} min say the same; one row stands for them.",
            account=row["name"],
            n=row["n"],
            minutes=minutes,
        )
    for row in arrivals.under_one_post(look.conn, since, least):
        told[f"{_NAME}post {row['id']}"] = words(
            "Burst on {account}: {n} comments under one post within {minutes} min.",
            account=row["name"],
            n=row["n"],
            minutes=minutes,
        )
    return told
