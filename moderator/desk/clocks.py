"""What time alone brings about: snoozes end, leases lapse, sessions that nobody re-attached to are closed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from moderator.desk.room import Room
from moderator.desk.sessions import close_session, free
from moderator.desk.steps import keep, take
from moderator.domain.errors import Refused
from moderator.domain.wording import words
from moderator.domain.workflow import Act
from moderator.store import items, people

if TYPE_CHECKING:
    from moderator.desk.house import House


_BALLAST: Final = 65_536


def tick(room: Room) -> int:
    """Look at every clock of the work axis; how many items moved. Windows of effects are `outbox.release_due`."""
    moved = 0
    for item_id in items.waking(room.conn, room.now):
        keep(room, None, take(room, None, items.get(room.conn, item_id), Act.WAKE), "wake")
        moved += 1
    for item_id in items.lapsed(room.conn, room.now):
        free(room, items.get(room.conn, item_id), "lease.lapsed", dropped=False)
        moved += 1
    _close_lost(room)
    return moved


def _close_lost(room: Room) -> None:
    """Sessions from before a restart, once the time for re-attaching is over."""
    presence = room.house.presence
    if room.clock.up_ms() - presence.since_ms <= room.config.times.reattach * 1000:
        return
    for session_id in people.open_sessions(room.conn):
        if not presence.attached(session_id):
            close_session(room, session_id, "line dropped")


async def try_saving(house: House) -> None:
    """Where the disk was full: save as much as a busy minute needs, so that the desk notices when there is room."""
    if house.store.read_only:
        with suppress(Refused):
            await house.write(_save_something)
            house.store.has_room()
            await house.write(_drop_it)


def _save_something(room: Room) -> None:
    room.tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('ballast', ?)", "x" * _BALLAST)


def _drop_it(room: Room) -> None:
    room.tx.run("DELETE FROM meta WHERE key = 'ballast'")
    room.tx.announce("notice", words("There is room on the disk again: what you do is saved."))
