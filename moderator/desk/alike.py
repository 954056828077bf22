"""Which comments may stand in one row at all, and under which key: what the desk makes of `policy.alike`.

Urgent ones, calls for rescue and pictures always stand for themselves; in a language that the rules do not know well
only equal texts are one. Protected criticism never shares a row with what is not; nor does criticism that somebody
wrapped round a slur: its criticism counts, so that a brigade cannot have it hidden with the brigade's own words (Z5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from moderator.desk.ready import lane_of
from moderator.domain.comment import CleanComment, RemoteComment
from moderator.domain.item import Lane
from moderator.domain.policy import Asks, Category, Clause, Opinion, Suggestion, Verdict
from moderator.policy.alike import Bursts
from moderator.policy.engine import Engine
from moderator.policy.undisguised import plain


class Rows:
    """Gives comments that come in the key of the row that they stand in. Lives in the judging process."""

    def __init__(self, clauses: Mapping[str, Clause], engine: Engine | None) -> None:
        self._clauses = clauses
        self._engine = engine
        self._bursts = Bursts()

    def key(self, comment: RemoteComment, cleaned: CleanComment, verdict: Verdict) -> str | None:
        """The key of this comment's row; None where it always stands for itself."""
        if self._engine is None or comment.author.ours or comment.media:
            return None
        if not may_share(self._clauses, verdict):
            return None
        return self._bursts.key(
            cleaned.text,
            protected=is_criticism(self._engine, cleaned.text, verdict),
            question=verdict.asks is not Asks.NOTHING,
            also=_personal(self._clauses, cleaned.text, verdict),
            equal=verdict.opinion is Opinion.NONE,
        )

    def remember(self, known: Iterable[tuple[str, str]]) -> None:
        """Rows from before this process began: key and clean text of one member of each."""
        for key, text in known:
            if self._engine is not None:
                verdict = self._engine.judge(text)
                if verdict.opinion is Opinion.JUDGED:
                    protected = is_criticism(self._engine, text, verdict)
                    also = _personal(self._clauses, text, verdict)
                    self._bursts.remember(key, text, protected=protected, also=also)


def may_share(clauses: Mapping[str, Clause], verdict: Verdict) -> bool:
    """Whether a comment of this verdict may stand in a row with others."""
    if verdict.opinion is Opinion.MEDIA or verdict.asks is Asks.RESCUE or verdict.urgent:
        return False
    return lane_of(clauses, verdict) is Lane.ROUTINE


def is_criticism(engine: Engine, text: str, verdict: Verdict) -> bool:
    """Whether a text is protected criticism, or would be without the words that were found in it."""
    if verdict.protected:
        return True
    found = [f for f in verdict.findings if not f.hint and f.suggestion is not Suggestion.KEEP]
    if not found:
        return False
    rest = list(text)
    for finding in found:
        rest[finding.start : finding.end] = " " * (finding.end - finding.start)
    return engine.judge("".join(rest)).protected


def _personal(clauses: Mapping[str, Clause], text: str, verdict: Verdict) -> list[str]:
    """The personal data in a text, without its disguise."""
    spans = {
        text[f.start : f.end]
        for f in verdict.findings
        if f.clause in clauses and clauses[f.clause].category is Category.PII
    }
    return sorted(" ".join(plain(span).text.split()) for span in spans)


def fold(text: str) -> str:
    """A clean text without its disguise, for asking whether two are equal: links and tags count."""
    tags = sorted(chunk.casefold() for chunk in text.split() if chunk[0] in "@#" or "://" in chunk or "www." in chunk)
    return f"{plain(text).text}/{' '.join(tags)}"
