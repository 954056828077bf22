"""Exit codes: what a script learns without reading the sentence. The numbers above 64 are those of sysexits.h."""

from __future__ import annotations

from typing import Final

from moderator.domain.errors import Code
from moderator.locale import N_

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
DATA_FAULT: Final = 65
UNREACHABLE: Final = 69
INTERNAL: Final = 70
CANNOT_CREATE: Final = 73
TRY_AGAIN: Final = 75
NOT_ALLOWED: Final = 77
CONFIGURATION: Final = 78
INTERRUPTED: Final = 130

_BY_CODE: Final[dict[Code, int]] = {
    Code.NOT_ALLOWED: NOT_ALLOWED,
    Code.FOREIGN: NOT_ALLOWED,
    Code.DAMAGED: DATA_FAULT,
    Code.DOWN: UNREACHABLE,
    Code.VAULT: UNREACHABLE,
    Code.VERSION: UNREACHABLE,
    Code.INTERNAL: INTERNAL,
    Code.FULL: CANNOT_CREATE,
    Code.BUSY: TRY_AGAIN,
    Code.LIMITED: TRY_AGAIN,
    Code.NO_SESSION: TRY_AGAIN,
}

HELP: Final = N_("""\
exit codes:
  0   done
  1   refused: the sentence says why
  2   the command itself is wrong
  65  the data do not hold: trail broken, database damaged
  69  the desk, the platform or the keyring cannot be reached, or speaks another version
  70  a fault of the program; a report was written
  73  a file or directory cannot be made, or the disk is full
  75  busy: try again
  77  not allowed to this person
  78  the configuration cannot be used

environment:
  MODERATOR_CONFIG, MODERATOR_DATA_DIR, MODERATOR_SOCKET stand for --config, --data-dir, --socket
""")


def of(code: Code) -> int:
    """The exit code of a refusal."""
    return _BY_CODE.get(code, REFUSED)
