"""A judged comment made ready to be written: all that needs no database. Done in the judging process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from moderator.desk.room import storable
from moderator.domain.comment import CleanComment, RemoteComment
from moderator.domain.event import stamp
from moderator.domain.item import Lane
from moderator.domain.policy import Category, Clause, Suggestion, Verdict
from moderator.text import clean

_LIFE: Final = frozenset({Category.LIFE_SAFETY, Category.SELF_HARM})
_JSON: Final = json.JSONEncoder(ensure_ascii=False)


class Post(NamedTuple):
    """The official post that a comment stands under, ready to be written."""

    remote_id: str
    title: str
    text: str
    url: str
    posted_at: str | None


class Taken(NamedTuple):
    """One comment ready to be written: everything that needs no database is done.

    A tuple of plain values, because it is made in the judging process: that passes between processes most quickly.
    Moments are as `domain.event.stamp` writes them, names those of the columns.
    """

    remote_id: str
    parent_remote_id: str
    author_remote_id: str
    author_key: str
    """What an author's comments on one account are gathered by."""
    ours: bool
    state: str
    """The value of its `RemoteState`."""
    revision: str
    kind: str
    permalink: str
    commented_at: str
    edited_at: str | None
    raw: str
    post: Post | None
    text: str
    """Clean; so are the author's name and handle."""
    author_name: str
    author_handle: str
    flags: str
    media: str
    lane: int
    policy_version: str
    opinion: str
    language: str
    category: str
    clause: str
    protected: int
    asks: str
    body: str
    """The verdict as JSON."""
    alike: str | None = None
    """The key that near-duplicates share; None where it always stands for itself."""


def prepare(
    clauses: Mapping[str, Clause],
    comment: RemoteComment,
    cleaned: CleanComment,
    verdict: Verdict,
    alike: str | None = None,
) -> Taken:
    """Make one judged comment ready to be written, with ids and evidence that any database can hold."""
    top = verdict.top
    ground = clauses.get(top.clause) if top else None
    author_id = storable(comment.author.remote_id)
    return Taken(
        remote_id=storable(comment.remote_id),
        parent_remote_id=storable(comment.parent_remote_id),
        author_remote_id=author_id,
        author_key=f"id:{author_id}" if author_id else f"name:{cleaned.author_name.casefold()}",
        ours=comment.author.ours,
        state=comment.state.value,
        revision=storable(comment.revision),
        kind=comment.kind.value,
        permalink=_plain(comment.permalink),
        commented_at=stamp(comment.created_at),
        edited_at=_moment(comment.edited_at),
        raw=storable(comment.raw),
        post=_post(comment, cleaned),
        text=cleaned.text,
        author_name=cleaned.author_name,
        author_handle=cleaned.author_handle,
        flags=" ".join(cleaned.flags),
        media=_media(comment),
        lane=int(lane_of(clauses, verdict)),
        policy_version=verdict.policy_version,
        opinion=verdict.opinion.value,
        language=verdict.language,
        category=ground.category.value if ground else "",
        clause=top.clause if top else "",
        protected=int(verdict.protected),
        asks=verdict.asks.value,
        body=body_of(verdict),
        alike=alike,
    )


def _post(comment: RemoteComment, cleaned: CleanComment) -> Post | None:
    post = comment.post
    if post is None:
        return None
    posted_at = _moment(post.posted_at)
    return Post(storable(post.remote_id), cleaned.post_title, cleaned.post_text, _plain(post.url), posted_at)


def _media(comment: RemoteComment) -> str:
    if not comment.media:
        return "[]"
    media = [{"url": _plain(m.url), "alt": clean(m.alt).text, "kind": m.kind} for m in comment.media]
    return json.dumps(media, ensure_ascii=False)


def body_of(verdict: Verdict) -> str:
    """The verdict as stored: what `wire.encode` gives, written out by hand: intake does it very often."""
    findings = [
        {
            "clause": f.clause,
            "rule": f.rule,
            "start": f.start,
            "end": f.end,
            "severity": f.severity,
            "suggestion": f.suggestion.value,
            "urgent": f.urgent,
            "modifiers": f.modifiers,
            "hint": f.hint,
            "mask": f.mask,
            "why": f.why,
        }
        for f in verdict.findings
    ]
    told = {
        "opinion": verdict.opinion.value,
        "language": verdict.language,
        "findings": findings,
        "protected": verdict.protected,
        "protected_span": verdict.protected_span,
        "asks": verdict.asks.value,
        "policy_version": verdict.policy_version,
    }
    return _JSON.encode(told)


def lane_of(clauses: Mapping[str, Clause], verdict: Verdict) -> Lane:
    """How urgent a comment is: life safety and self-harm above all, then threats and exposed private persons."""
    lane = Lane.ROUTINE
    for finding in verdict.findings:
        clause = clauses.get(finding.clause)
        if finding.hint or clause is None:
            continue
        if clause.category in _LIFE:
            return Lane.LIFE
        exposes = clause.category is Category.PII and finding.suggestion in (Suggestion.HIDE, Suggestion.ESCALATE)
        if clause.category is Category.THREAT or exposes:
            lane = Lane.THREAT
    return lane


def _plain(text: str) -> str:
    return text if text.isascii() and text.isprintable() else clean(text).text


def _moment(when: datetime | None) -> str | None:
    return stamp(when) if when else None
