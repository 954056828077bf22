"""Taking comments in: evidence, version, verdict and item of each in one transaction, with one event for each comment.

What was seen before is compared with what is seen now: an edit returns to the queue with its difference, what was
hidden and is public again comes back, what vanished can still be closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from moderator.desk import ending, withdrawing
from moderator.desk.deciding import target_of
from moderator.desk.ready import Post, Taken
from moderator.desk.room import Room
from moderator.desk.steps import due_anew, keep, more_urgent, take
from moderator.domain.comment import RemoteState
from moderator.domain.event import stamp
from moderator.domain.item import OPEN_STATES, Cause, Item, Lane, State, Visibility
from moderator.domain.wording import words
from moderator.domain.workflow import Act
from moderator.store import comments, decisions, items, outbox

BATCH: Final = 100
"""Most comments in one transaction: officers' writes go in between."""

_ABSENT: Final = frozenset({RemoteState.DELETED.value, RemoteState.TRASHED.value})
_NEW: Final = State.NEW.value
_SEEN: Final = {state.value: visibility.value for state, visibility in ending.SEEN.items()}


def take_in(room: Room, account_id: int, page: Sequence[Taken], read_ms: int) -> int:
    """Write what was read; how many comments are new.

    `read_ms` is the up-time at which the reading began: what an effect of ours did since is not contradicted by it.
    """
    if not page:
        return 0
    newest = {taken.remote_id: taken for taken in page}
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
        self._dues: dict[int, str] = {}

    def write(self, item: Item | None, taken: Taken) -> bool:
        """One comment; whether it is new to the queue."""
        if taken.ours:
            self._own(taken)
            return False
        if item is not None:
            _again(self.room, item, taken, self.read_ms)
            return False
        if taken.state in _ABSENT:
            return False
        self._new(taken)
        return True

    def _new(self, taken: Taken) -> None:
        room = self.room
        item_id = room.tx.add("item", self._item_row(taken))
        _insert_version(room, item_id, 1, taken)
        room.tx.record("ingest", item=item_id, account=self.account_id, lane=taken.lane, opinion=taken.opinion)
        room.tx.announce("item", (item_id, True))
        if taken.parent_remote_id:
            self._wake_parent(taken)

    def _item_row(self, taken: Taken) -> dict[str, Any]:
        room = self.room
        return {
            "account_id": self.account_id,
            "remote_id": taken.remote_id,
            "post_id": self._post(taken.post),
            "parent_remote_id": taken.parent_remote_id,
            "author_remote_id": taken.author_remote_id,
            "author_key": taken.author_key,
            "kind": taken.kind,
            "permalink": taken.permalink,
            "state": _NEW,
            "visibility": _SEEN[taken.state],
            "lane": taken.lane,
            "comment_version": 1,
            "revision": taken.revision,
            "version": 1,
            "resting": _NEW,
            "level": 0,
            "cause": "",
            "disposition": "",
            "reopened": 0,
            "snoozed_until": None,
            "opened_at": None,
            "captured_at": room.tx.at,
            "captured_local": room.tx.local,
            "commented_at": taken.commented_at,
            "retention": "routine",
            "due_first": self._due(taken.lane),
            "alike": taken.alike,
        }

    def _due(self, lane: int) -> str:
        """When a comment of this lane that is taken in now is due."""
        if lane not in self._dues:
            self._dues[lane] = stamp(self.room.config.turnaround.due(Lane(lane), self.room.now))
        return self._dues[lane]

    def _post(self, post: Post | None) -> int | None:
        if post is None:
            return None
        if post.remote_id not in self._posts:
            known = comments.posts_by_remote(self.room.conn, self.account_id, [post.remote_id])
            found = known.get(post.remote_id)
            row = {"account_id": self.account_id, **post._asdict()}
            self._posts[post.remote_id] = found["id"] if found else self.room.tx.insert("post", row)
        return self._posts[post.remote_id]

    def _own(self, taken: Taken) -> None:
        """A comment of the agency itself: part of the thread, never work. One that the desk did not send itself is told
        on the item that it answers."""
        row = {
            "account_id": self.account_id,
            "remote_id": taken.remote_id,
            "parent_remote_id": taken.parent_remote_id,
            "author": taken.author_name,
            "text": taken.text,
            "at": taken.commented_at,
        }
        if comments.save_own(self.room.tx, row) and taken.parent_remote_id:
            self._answered(taken)

    def _answered(self, taken: Taken) -> None:
        parent = self._parent(taken)
        if parent is None or parent.state not in OPEN_STATES:
            return
        if outbox.reply_may_be_out(self.room.conn, target_of(parent), taken.remote_id):
            return
        new = replace(parent, cause=Cause.ANSWERED_ELSEWHERE, version=parent.version + 1)
        keep(self.room, None, new, "answered_elsewhere")

    def _wake_parent(self, taken: Taken) -> None:
        """Its author wrote again under a comment that was put aside: that comment comes back."""
        parent = self._parent(taken)
        if parent is None or parent.state is not State.SNOOZED or not taken.author_remote_id:
            return
        if items.row_of(self.room.conn, parent.id)["author_remote_id"] == taken.author_remote_id:
            keep(self.room, None, take(self.room, None, parent, Act.WAKE, cause=Cause.WROTE_AGAIN), "wake")

    def _parent(self, taken: Taken) -> Item | None:
        found = items.by_remote(self.room.conn, self.account_id, [taken.parent_remote_id])
        return found.get(taken.parent_remote_id)


def _insert_version(room: Room, item_id: int, n: int, taken: Taken) -> None:
    version = {
        "item_id": item_id,
        "n": n,
        "text": taken.text,
        "author_name": taken.author_name,
        "author_handle": taken.author_handle,
        "flags": taken.flags,
        "media": taken.media,
        "edited_at": taken.edited_at,
        "captured_at": room.tx.at,
    }
    verdict = {
        "item_id": item_id,
        "n": n,
        "policy_version": taken.policy_version or room.policy.version,
        "opinion": taken.opinion,
        "language": taken.language,
        "category": taken.category,
        "clause": taken.clause,
        "protected": taken.protected,
        "asks": taken.asks,
        "body": taken.body,
    }
    room.tx.add("version", version)
    room.tx.add("raw", {"item_id": item_id, "n": n, "payload": taken.raw})
    room.tx.add("verdict", verdict)


def _again(room: Room, item: Item, taken: Taken, read_ms: int) -> None:
    """A comment that is an item already: what changed since it was last seen."""
    known = comments.version_of(room.conn, item.id, item.comment_version)
    edited = known is None or (known["text"], known["media"]) != (taken.text, taken.media)
    seen = _seen(room, item, RemoteState(taken.state), read_ms)
    if seen is Visibility.GONE:
        gone(room, item)
        return
    if not edited and seen is item.visibility:
        return
    cause = _cause(room, item, seen, edited=edited)
    new = _returned(room, item, cause)
    if edited:
        new = replace(more_urgent(room, new, Lane(taken.lane)), comment_version=item.comment_version + 1)
        _insert_version(room, item.id, new.comment_version, taken)
    new = replace(new, visibility=seen)
    beside: dict[str, object] = {"revision": taken.revision}
    if edited:
        beside["alike"] = taken.alike
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
        gone_now = words("The comment is gone from the platform.")
        ending.bring_back(room, waiting[0], Cause.EFFECT_PARKED, gone_now)


def gone_all(room: Room, item_ids: Iterable[int]) -> None:
    """Every one of these comments vanished."""
    for item in items.many(room.conn, item_ids):
        gone(room, item)
