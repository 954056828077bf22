"""A decision: what was done about one version of a comment, by whom, on which published ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderator.domain.errors import Code, Refused
from moderator.domain.item import Disposition
from moderator.domain.policy import Clause, Verdict
from moderator.domain.wording import words


class Ground(StrEnum):
    """What a decision rests on; law and policy are never mixed."""

    NONE = "none"
    POLICY = "policy"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it stands in the store."""

    id: int
    item_id: int
    disposition: Disposition
    ground: Ground
    clause: str
    start: int | None
    end: int | None
    """The span of the clean text that it rests on, code points, end exclusive."""
    reason: str
    person_id: int
    second_id: int | None
    seen_version: int
    """The version of the comment that the officer had before them."""
    seen_masked: bool
    """True where abusive spans were still masked when the officer decided."""
    policy_version: str
    decided_at: datetime
    review_on: str = ""
    """For a hide: the date (YYYY-MM-DD) on which it is looked at again."""
    undone: bool = False
    proposed: bool = False
    """True while it waits for a second person."""
    order_id: int | None = None


def hideable(clause: Clause | None) -> Clause:
    """The clause, where it can be a ground for hiding at all. Refuses none, and one that never is."""
    if clause is None:
        raise Refused(
            Code.BAD,
            words("A hide needs a clause of the published policy."),
            words("Press h and the clause's digit."),
        )
    if not clause.hideable:
        raise Refused(
            Code.NOT_ALLOWED,
            words("{clause} is never a ground for hiding.", clause=clause.id),
            words("Hand it on with e, or answer with the approved helpline reply."),
        )
    return clause


def ground_for_hiding(
    clause: Clause | None, span: tuple[int, int] | None, verdict: Verdict, text_length: int, reason: str
) -> tuple[int, int]:
    """The span that a hide rests on. Refuses a hide without clause, span or reason; criticism is never a ground.

    The span defaults to the finding's own; without one the officer must mark it. Nothing here needs a second person:
    that is `needs_second`.
    """
    clause = hideable(clause)
    if span is None:
        found = next((f for f in verdict.findings if f.clause == clause.id and not f.hint), None)
        span = (found.start, found.end) if found else None
    if span is None:
        raise Refused(
            Code.BAD,
            words("The engine found nothing under {clause}: mark the words that the hide rests on.", clause=clause.id),
            words("Mark them in the text, then take the clause again."),
        )
    start, end = span
    if not 0 <= start < end <= text_length:
        raise Refused(Code.BAD, words("The marked words do not lie in this comment."), words("Mark them again."))
    if not reason.strip():
        raise Refused(
            Code.BAD,
            words("A hide needs a one-line reason."),
            words("The clause's own title is offered; Enter takes it."),
        )
    return span


def needs_second(verdict: Verdict, disposition: Disposition) -> str:
    """Why a second person is needed, or "" where none is: hiding what the rules call protected criticism."""
    if verdict.protected and disposition in (Disposition.HIDDEN, Disposition.HIDDEN_REPLIED):
        return words("The rules call this protected criticism. Hiding it needs a second person.")
    return ""
