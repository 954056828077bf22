"""Taking comments in: evidence, version, verdict and item of each in one transaction, with one event for each comment.

What was seen before is compared with what is seen now: an edit returns to the queue with its difference, what was
hidden and is public again comes back, what vanished can still be closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from moderator.desk import ending, withdrawing
from moderator.desk.deciding import target_of
from moderator.desk.room import Room, storable
from moderator.desk.steps import due_anew, keep, more_urgent, take
from moderator.domain.comment import CleanComment, RemoteComment, RemoteState
from moderator.domain.event import stamp
from moderator.domain.item import OPEN_STATES, Cause, Item, Lane, State, Visibility
from moderator.domain.policy import Category, Clause, Suggestion, Verdict
from moderator.domain.workflow import Act
from moderator.store import comments, decisions, items, outbox
from moderator.text import clean

BATCH: Final = 100
"""Most comments in one transaction: officers' writes go in between."""

_LIFE: Final = frozenset({Category.LIFE_SAFETY, Category.SELF_HARM})
_JSON: Final = json.JSONEncoder(ensure_ascii=False)
_ABSENT: Final = frozenset({RemoteState.DELETED, RemoteState.TRASHED})


@dataclass(frozen=True, slots=True)
class Taken:
    """One comment ready to be written: everything that needs no database is done."""

    comment: RemoteComment
    clean: CleanComment
    verdict: Verdict
    body: str
    """The verdict as JSON."""
    media: str
    lane: Lane
    category: str


def prepare(clauses: Sequence[Clause], comment: RemoteComment, cleaned: CleanComment, verdict: Verdict) -> Taken:
    """Make one judged comment ready to be written."""
    by_id = {clause.id: clause for clause in clauses}
    top = by_id.get(verdict.top.clause) if verdict.top else None
    media = [{"url": _plain(m.url), "alt": clean(m.alt).text, "kind": m.kind} for m in comment.media]
    return Taken(
        _storable(comment),
        cleaned,
        verdict,
        body_of(verdict),
        json.dumps(media, ensure_ascii=False) if media else "[]",
        lane_of(by_id, verdict),
        top.category.value if top else "",
    )


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


def lane_of(clauses: dict[str, Clause], verdict: Verdict) -> Lane:
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


def _storable(comment: RemoteComment) -> RemoteComment:
    """The comment with ids and evidence that any database can hold."""
    c = comment
    given = (c.remote_id, c.parent_remote_id, c.revision, c.raw, c.author.remote_id, c.permalink)
    kept = (*(storable(text) for text in given[:5]), _plain(c.permalink))
    if kept == given:
        return comment
    remote_id, parent, revision, raw, author_id, permalink = kept
    return replace(
        comment,
        remote_id=remote_id,
        parent_remote_id=parent,
        revision=revision,
        raw=raw,
        author=replace(c.author, remote_id=author_id),
        permalink=permalink,
    )


def take_in(room: Room, account_id: int, page: Sequence[Taken], read_ms: int) -> int:
    """Write what was read; how many comments are new.

    `read_ms` is the up-time at which the reading began: what an effect of ours did since is not contradicted by it.
    """
    if not page:
        return 0
    newest = {taken.comment.remote_id: taken for taken in page}
    known = items.by_remote(room.conn, account_id, list(newest))
    writer = _Writer(room, account_id, read_ms)
    return sum(writer.write(known.get(remote_id), taken) for remote_id, taken in newest.items())


class _Writer:
    """One page's worth of writing, with the posts that it has met."""

    def __init__(self, room: Room, account_id: int, read_ms: int) -> None:
        self.room = room
        self.account_id = account_id
        self.read_ms = read_ms
        self._posts: dict[str, int] = {}

    def write(self, item: Item | None, taken: Taken) -> bool:
        """One comment; whether it is new to the queue."""
        if taken.comment.author.ours:
            self._own(taken)
            return False
        if item is not None:
            _again(self.room, item, taken, self.read_ms)
            return False
        if taken.comment.state in _ABSENT:
            return False
        self._new(taken)
        return True

    def _new(self, taken: Taken) -> None:
        room, comment = self.room, taken.comment
        due = room.config.turnaround.due(taken.lane, room.now)
        item_id = room.tx.insert("item", {**self._item_row(taken), "due_first": stamp(due)})
        _insert_version(room, item_id, 1, taken)
        room.tx.record(
            "ingest", item=item_id, account=self.account_id, lane=int(taken.lane), opinion=taken.verdict.opinion.value
        )
        room.tx.announce("item", (item_id, True))
        if comment.parent_remote_id:
            self._wake_parent(comment)

    def _item_row(self, taken: Taken) -> dict[str, Any]:
        room, comment = self.room, taken.comment
        return {
            "account_id": self.account_id,
            "remote_id": comment.remote_id,
            "post_id": self._post(taken),
            "parent_remote_id": comment.parent_remote_id,
            "author_remote_id": comment.author.remote_id,
            "author_key": author_key(taken),
            "kind": comment.kind.value,
            "permalink": comment.permalink,
            "state": State.NEW.value,
            "visibility": ending.SEEN[comment.state].value,
            "lane": int(taken.lane),
            "comment_version": 1,
            "revision": comment.revision,
            "version": 1,
            "resting": State.NEW.value,
            "level": 0,
            "cause": "",
            "disposition": "",
            "reopened": 0,
            "snoozed_until": None,
            "opened_at": None,
            "captured_at": room.tx.at,
            "captured_local": room.tx.local,
            "commented_at": stamp(comment.created_at),
            "retention": "routine",
        }

    def _post(self, taken: Taken) -> int | None:
        post = taken.comment.post
        if post is None:
            return None
        remote_id = storable(post.remote_id)
        if remote_id in self._posts:
            return self._posts[remote_id]
        room = self.room
        known = comments.posts_by_remote(room.conn, self.account_id, [remote_id])
        post_id = (
            known[remote_id]["id"]
            if known
            else room.tx.insert(
                "post",
                {
                    "account_id": self.account_id,
                    "remote_id": remote_id,
                    "title": taken.clean.post_title,
                    "text": taken.clean.post_text,
                    "url": _plain(post.url),
                    "posted_at": items.to(post.posted_at),
                },
            )
        )
        self._posts[remote_id] = post_id
        return post_id

    def _own(self, taken: Taken) -> None:
        """A comment of the agency itself: part of the thread, never work. One that the desk did not send itself is told
        on the item that it answers."""
        room, comment = self.room, taken.comment
        row = {
            "account_id": self.account_id,
            "remote_id": comment.remote_id,
            "parent_remote_id": comment.parent_remote_id,
            "author": taken.clean.author_name,
            "text": taken.clean.text,
            "at": stamp(comment.created_at),
        }
        if comments.save_own(room.tx, row) and comment.parent_remote_id:
            self._answered(comment)

    def _answered(self, comment: RemoteComment) -> None:
        parent = self._parent(comment)
        if parent is None or parent.state not in OPEN_STATES:
            return
        if outbox.reply_may_be_out(self.room.conn, target_of(parent), comment.remote_id):
            return
        new = replace(parent, cause=Cause.ANSWERED_ELSEWHERE, version=parent.version + 1)
        keep(self.room, None, new, "answered_elsewhere")

    def _wake_parent(self, comment: RemoteComment) -> None:
        """Its author wrote again under a comment that was put aside: that comment comes back."""
        parent = self._parent(comment)
        if parent is None or parent.state is not State.SNOOZED or not comment.author.remote_id:
            return
        if items.row_of(self.room.conn, parent.id)["author_remote_id"] == comment.author.remote_id:
            keep(self.room, None, take(self.room, None, parent, Act.WAKE, cause=Cause.WROTE_AGAIN), "wake")

    def _parent(self, comment: RemoteComment) -> Item | None:
        found = items.by_remote(self.room.conn, self.account_id, [comment.parent_remote_id])
        return found.get(comment.parent_remote_id)


def author_key(taken: Taken) -> str:
    """What an author's comments on one account are gathered by."""
    if taken.comment.author.remote_id:
        return f"id:{taken.comment.author.remote_id}"
    return f"name:{taken.clean.author_name.casefold()}"


def _insert_version(room: Room, item_id: int, n: int, taken: Taken) -> None:
    key = {"item_id": item_id, "n": n}
    top = taken.verdict.top
    room.tx.insert(
        "version",
        {
            **key,
            "text": taken.clean.text,
            "author_name": taken.clean.author_name,
            "author_handle": taken.clean.author_handle,
            "flags": " ".join(taken.clean.flags),
            "media": taken.media,
            "edited_at": items.to(taken.comment.edited_at),
            "captured_at": room.tx.at,
        },
    )
    room.tx.insert("raw", {**key, "payload": taken.comment.raw})
    room.tx.insert(
        "verdict",
        {
            **key,
            "policy_version": taken.verdict.policy_version or room.policy.version,
            "opinion": taken.verdict.opinion.value,
            "language": taken.verdict.language,
            "category": taken.category,
            "clause": top.clause if top else "",
            "protected": int(taken.verdict.protected),
            "asks": taken.verdict.asks.value,
            "body": taken.body,
        },
    )


def _again(room: Room, item: Item, taken: Taken, read_ms: int) -> None:
    """A comment that is an item already: what changed since it was last seen."""
    known = comments.version_of(room.conn, item.id, item.comment_version)
    edited = known is None or (known["text"], known["media"]) != (taken.clean.text, taken.media)
    seen = _seen(room, item, taken.comment.state, read_ms)
    if seen is Visibility.GONE:
        gone(room, item)
        return
    if not edited and seen is item.visibility:
        return
    cause = _cause(room, item, seen, edited=edited)
    new = _returned(room, item, cause)
    if edited:
        new = replace(more_urgent(room, new, taken.lane), comment_version=item.comment_version + 1)
        _insert_version(room, item.id, new.comment_version, taken)
    new = replace(new, visibility=seen)
    beside: dict[str, object] = {"revision": taken.comment.revision}
    if new.lane < item.lane:
        beside["opened_at"] = None
    items.save(room.tx, new, **beside)
    room.tx.record(
        "edit" if edited else f"seen.{seen.value}", item=item.id, cause=cause.value, version=new.comment_version
    )


def _seen(room: Room, item: Item, state: RemoteState, read_ms: int) -> Visibility:
    """What this reading says of the comment's visibility; a reading older than our own act says nothing."""
    seen = ending.SEEN[state]
    if seen is Visibility.UNKNOWN or room.house.settled.get(item.id, -1) >= read_ms:
        return item.visibility
    return seen


def _cause(room: Room, item: Item, seen: Visibility, *, edited: bool) -> Cause:
    if edited:
        return Cause.EDITED
    if seen is Visibility.PUBLIC and item.visibility is Visibility.HIDDEN:
        stands = item.state is State.RESOLVED and decisions.last_hide(room.conn, item.id) is not None
        return Cause.UNHIDDEN if stands else item.cause
    if item.state in OPEN_STATES and item.visibility is Visibility.PUBLIC:
        return Cause.HIDDEN_ELSEWHERE
    return item.cause


def _returned(room: Room, item: Item, cause: Cause) -> Item:
    """The item with its cause: a closed one is back in the queue with a clock of its own."""
    if item.state is State.RESOLVED and cause in (Cause.EDITED, Cause.UNHIDDEN):
        return due_anew(room, take(room, None, item, Act.REOPEN, cause=cause))
    return replace(item, cause=cause, version=item.version + 1)


def gone(room: Room, item: Item) -> None:
    """The comment vanished from its platform. What has not left does not leave; an open item can still be closed."""
    if item.visibility is Visibility.GONE or item.state is State.ARCHIVED:
        return
    new = replace(item, visibility=Visibility.GONE, version=item.version + 1)
    keep(room, None, new, "seen.gone")
    waiting = [e for e in outbox.open_of_item(room.conn, item.id) if withdrawing.can_be_taken_back(e)]
    if waiting and item.state is State.COMMITTING:
        ending.bring_back(room, waiting[0], Cause.EFFECT_PARKED, "The comment is gone from the platform.")


def gone_all(room: Room, item_ids: Iterable[int]) -> None:
    """Every one of these comments vanished."""
    for item in items.many(room.conn, item_ids):
        gone(room, item)
