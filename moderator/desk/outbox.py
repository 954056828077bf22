"""The outbox: how a remote act leaves, exactly once, and what is said where nobody knows.

`release_due` ends undo windows, `carry_out` sends, `look_for` looks for what went out without an answer, `settle` takes
a person's word. A reply or mail of unknown outcome is never sent again without a person; of hides and restores only the
newest desired state is tried again, after the platform was read.
"""

from __future__ import annotations

from moderator.desk.releasing import recover, release_due
from moderator.desk.room import Look
from moderator.desk.sending import begin, carry_out, look_for
from moderator.desk.settling import settle
from moderator.store import outbox

__all__ = ["begin", "carry_out", "due_looks", "look_for", "ready", "recover", "release_due", "settle"]


def ready(look: Look) -> list[int]:
    """Effects that may go now: single ones first, oldest decision first, at most one for each target; then those of
    bulk acts, one for each account."""
    return [number for number, _ in (*outbox.ready(look.conn), *outbox.ready_of_batches(look.conn))]


def due_looks(look: Look) -> list[int]:
    """Effects of unknown outcome that are to be looked for now."""
    return [number for number, _ in outbox.due_looks(look.conn, look.now)]
