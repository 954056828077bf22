"""Reading the words of what was taken in into the index of words, behind intake and behind every officer."""

from __future__ import annotations

from moderator.desk.house import BULK, House
from moderator.desk.room import Look, Room
from moderator.store import words


async def catch_up(house: House) -> int:
    """Index what waits, in small transactions, until nothing does or nothing can be saved; how many items."""
    total = 0
    while not house.store.read_only and await house.read(_waiting):
        total += await house.write(_read_some, priority=BULK)
    return total


def _waiting(look: Look) -> bool:
    return words.waiting(look.conn)


def _read_some(room: Room) -> int:
    return words.read_some(room.tx)
