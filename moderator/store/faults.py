"""What goes wrong with the database file, as sentences."""

from __future__ import annotations

import sqlite3
from typing import Final

from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words

FROM_THE_FILE: Final = (sqlite3.Error, UnicodeDecodeError)
"""What comes out of the file itself. Damaged text shows as the one or the other."""

_DAMAGE: Final = ("malformed", "not a database", "corrupt", "could not decode")
"""What SQLite says of a file that is damaged, or is no desk's database."""


def refusal(error: Exception) -> Refused:
    """What went wrong with the database, as a sentence."""
    text = "could not decode" if isinstance(error, UnicodeDecodeError) else str(error).lower()
    if "is full" in text or "disk i/o" in text:
        return Refused(
            Code.FULL, words("Not saved: the disk is full."), words("Your text is kept on this screen; tell the lead.")
        )
    if "locked" in text or "busy" in text:
        return Refused(
            Code.BUSY, words("Not saved: the database is busy."), words("Your text is still in the draft; try again.")
        )
    if "interrupted" in text:
        return Refused(
            Code.BUSY, words("That question took too long and was stopped."), words("Narrow it, or try again.")
        )
    if any(sign in text for sign in _DAMAGE):
        return Refused(
            Code.DAMAGED,
            words("The database is damaged; nothing is written to it any more."),
            words("Stop the desk and restore the last good backup."),
        )
    return Refused(
        Code.BUSY, words("The database refused this; nothing was saved."), words("Try again; then tell the lead.")
    )


def is_damage(error: Exception) -> bool:
    """Whether this says that the file itself is damaged, rather than busy or full."""
    return refusal(error).code is Code.DAMAGED
