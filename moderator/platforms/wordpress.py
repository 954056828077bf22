"""WordPress: comments of a site through its REST interface, with an application password of an Editor.

Hiding is WordPress's "hold": nobody but the site's staff sees the comment, its author is not told, and approving it
restores it. WordPress has no idempotency key: a reply whose answer was lost is looked for by author, parent and text.
"""

from __future__ import annotations

import functools
import html
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import httpx

from moderator.domain.comment import RemoteComment, RemoteState
from moderator.domain.effect import Op
from moderator.domain.secret import Secret
from moderator.domain.wording import joined, mark, sentence_of, words
from moderator.platforms import sweep
from moderator.platforms.base import (
    Action,
    BadPayload,
    Capabilities,
    Duplicate,
    Forbidden,
    HideScope,
    Identity,
    Invalid,
    NotFound,
    Observed,
    Outage,
    Outcome,
    Page,
    PlatformError,
    Transient,
    Unsupported,
    Verb,
)
from moderator.platforms.http import Basic, Door, Query, base_address, utc_now
from moderator.platforms.markup import comparable, shown
from moderator.platforms.reading import digits, moment, number, rows, table, written
from moderator.platforms.wordpress_json import STATES, unreadable
from moderator.platforms.wordpress_site import LARGEST_PAGE, LISTINGS, Site, utc_text

REPLY_BYTES: Final = 65_525
"""The comment column, in bytes of UTF-8."""

SKEW: Final = timedelta(seconds=2)
"""How much earlier than our first try the site may date a reply, once the difference of the clocks is taken out."""

FIRST_LOOK: Final = timedelta(days=7)
"""How far back the first fetch goes, unless the account's setting `since` says otherwise."""

LOST_POSITION: Final = mark(
    "How far the site had been read is not readable any more; reading began again from the start."
)

ANCESTORS: Final = 8
NEIGHBOURS: Final = 10

UNSEEN: Final = frozenset({RemoteState.HELD, RemoteState.SPAM, RemoteState.TRASHED})
"""States in which the public does not see a comment."""

CAPABILITIES: Final = Capabilities(
    hide=True,
    restore=True,
    reply=True,
    context=True,
    hide_scope=HideScope.FULLY,
    author_told=False,
    reply_limit=REPLY_BYTES,
    reply_unit="utf8_bytes",
    reply_requires_visible=False,
    tested="live",
)


class WordPress:
    """One WordPress site. See `platforms.base.Connector` for the meaning of the methods."""

    def __init__(
        self,
        url: str,
        login_id: str,
        secret: Secret,
        settings: Mapping[str, str],
        *,
        own_author_id: str = "",
        timeout: float = 20.0,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.capabilities = CAPABILITIES
        self._since = _since(settings.get("since", ""))
        self._door = Door(base_address(url), Basic(login_id, secret), timeout, transport=transport, now=now)
        self._site = Site(self._door, own_author_id, _page_size(settings.get("page_size", "")))

    # Reading

    async def probe(self) -> Identity:
        """Who we are on the site. Raises `Forbidden` where the login may not moderate comments."""
        me = await self._site.get("users/me", {"context": "edit"})
        if table(me.get("capabilities")).get("moderate_comments") is not True:
            raise Forbidden(
                words("This login may not moderate comments on {host}; it needs the role Editor.", host=self._site.host)
            )
        return Identity(
            remote_id=self._site.recognise(me),
            name=written(me.get("name")),
            roles=tuple(written(role) for role in rows(me.get("roles"))),
            credential={**await self._site.credential(), "server_time": self._site.now().isoformat()},
            capabilities=self.capabilities,
        )

    async def fetch(self, cursor: str, budget: int = 100) -> Page:
        """New comments of all three listings; at most `budget`, and at least one place for each listing."""
        await self._site.know_self()
        marks, gap = self._marks(cursor)
        found: list[RemoteComment] = []
        for listing, share in zip(LISTINGS, _shares(budget), strict=True):
            read = functools.partial(self._read, listing)
            fresh, marks[listing] = await sweep.sweep(read, marks[listing], share, self._site.now())
            found.extend(fresh)
        return Page(
            comments=tuple(await self._site.with_posts(found)),
            cursor=json.dumps({"v": 1, **{name: sweep.to_json(mark) for name, mark in marks.items()}}),
            more=not all(mark.ended for mark in marks.values()),
            complete=not gap,
            gap=gap,
        )

    async def refresh(self, remote_ids: Sequence[str]) -> Sequence[Observed]:
        """How these comments stand, in any state; one that the site does not know is `DELETED`."""
        await self._site.know_self()
        found: dict[str, RemoteComment] = {}
        known = [key for key in dict.fromkeys(remote_ids) if digits(key)]
        for start in range(0, len(known), LARGEST_PAGE):
            found |= await self._site.find(known[start : start + LARGEST_PAGE])
        comments = {comment.remote_id: comment for comment in await self._site.with_posts(found.values())}
        return [await self._observe(key, comments.get(key)) for key in remote_ids]

    async def context(self, remote_id: str) -> Sequence[RemoteComment]:
        """What it answers, what stands beside it and what answers it, oldest first."""
        await self._site.know_self()
        this = await self._site.one(remote_id)
        around = [*await self._ancestors(this), *await self._neighbours(this)]
        unique = {comment.remote_id: comment for comment in around if comment.remote_id != this.remote_id}
        ordered = sorted(unique.values(), key=lambda comment: (comment.created_at, int(comment.remote_id)))
        return await self._site.with_posts(ordered)

    async def look(self, action: Action, taken: frozenset[str]) -> Outcome:
        """Whether an earlier try took effect: a reply by author, parent, text and time; a state by reading it."""
        await self._site.know_self()
        if action.op is Op.REPLY:
            reply = await self._own_reply(action, taken)
            if reply is None:
                return Outcome(
                    Verb.UNKNOWN, evidence=words("No such reply of ours stands on {host} now.", host=self._site.host)
                )
            found = words("Found on {host} as comment {number}.", host=self._site.host, number=reply.remote_id)
            return Outcome(Verb.DONE, reply.remote_id, evidence=found)
        this = await self._site.one(action.remote_id)
        return Outcome(Verb.DONE if _holds(action.op, this.state) else Verb.UNKNOWN, "", this.state, _stands(this))

    def stream(self, cursor: str) -> AsyncIterator[None] | None:
        """WordPress has none."""
        return None

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._door.aclose()

    # Acting

    async def act(self, action: Action) -> Outcome:
        """Hide, restore or reply, once. The target is read first: what is so already is `ALREADY`."""
        if action.op not in (Op.HIDE, Op.RESTORE, Op.REPLY):
            raise Unsupported(words("WordPress has no act “{op}”.", op=action.op))
        try:
            await self._site.know_self()
            target = await self._site.one(action.remote_id)
        except (Outage, BadPayload) as fault:
            raise Transient(joined((sentence_of(fault), words("Nothing was sent."))), unknown_outcome=False) from None
        if action.op is Op.REPLY:
            return await self._reply(action, target)
        if _holds(action.op, target.state):
            return Outcome(Verb.ALREADY, "", target.state, _stands(target))
        return await self._set_state(action, target)

    async def _set_state(self, action: Action, target: RemoteComment) -> Outcome:
        status = "hold" if action.op is Op.HIDE else "approve"
        answer = await self._site.post(f"comments/{target.remote_id}", {"status": status})
        said = table(self._site.body(answer))
        state = STATES.get(written(said.get("status")), RemoteState.UNKNOWN)
        if digits(said.get("id")) != target.remote_id or not _holds(action.op, state):
            raise unreadable(answer, self._site.host)
        return Outcome(Verb.DONE, "", state, _stands(replace(target, state=state)))

    async def _reply(self, action: Action, target: RemoteComment) -> Outcome:
        if target.state in (RemoteState.SPAM, RemoteState.TRASHED):
            raise NotFound(
                words("The site has put this comment into spam or trash: a reply would stand under nothing.")
            )
        answer = await self._site.post("comments", _reply_fields(action, target))
        try:
            said = table(self._site.body(answer))
        except Duplicate as duplicate:
            raise Duplicate(str(duplicate), await self._twin(action)) from None
        made = digits(said.get("id"))
        if not made or str(number(said.get("author"))) != self._site.own_id:
            raise unreadable(answer, self._site.host)
        shows = STATES.get(written(said.get("status"))) is RemoteState.VISIBLE
        note = "" if shows else words("The site holds it back for its own approval: it is not public yet.")
        return Outcome(
            Verb.DONE,
            made,
            target.state,
            joined((words("{host} made it comment {number}.", host=self._site.host, number=made), note)),
        )

    async def _read(self, listing: str, after: datetime, page: int) -> sweep.Batch:
        return sweep.Batch(*await self._site.written_after(listing, after, page))

    async def _observe(self, remote_id: str, found: RemoteComment | None) -> Observed:
        """What the listings showed; one that no listing shows is asked for by itself before it is called deleted."""
        if found is None:
            try:
                [found] = await self._site.with_posts([await self._site.one(remote_id)])
            except NotFound:
                return Observed(remote_id, RemoteState.DELETED)
        return Observed(remote_id, found.state, found)

    async def _twin(self, action: Action) -> str:
        """The id of the reply that the site calls a duplicate of this one; "" where it cannot be found."""
        try:
            existing = await self._own_reply(replace(action, first_tried=None), frozenset())
        except PlatformError:
            return ""
        return existing.remote_id if existing else ""

    async def _own_reply(self, action: Action, taken: frozenset[str]) -> RemoteComment | None:
        """The newest reply of ours under the target with this text that no other effect has claimed."""
        wanted = comparable(action.text)
        earliest = action.first_tried + self._door.skew - SKEW if action.first_tried else None
        for listing in LISTINGS:
            query: Query = {
                "author": [number(self._site.own_id)],
                "parent": [number(action.remote_id)],
                "status": listing,
                "orderby": "id",
                "order": "desc",
                "per_page": LARGEST_PAGE,
            }
            comments, _ = await self._site.list_comments(query, self._site.now())
            for comment in comments:
                fits = comment.author.ours and comment.parent_remote_id == action.remote_id
                recent = earliest is None or comment.created_at >= earliest.replace(microsecond=0)
                if fits and recent and comment.remote_id not in taken and comparable(comment.text) == wanted:
                    return comment
        return None

    async def _ancestors(self, this: RemoteComment) -> list[RemoteComment]:
        found: list[RemoteComment] = []
        parent = this.parent_remote_id
        while parent and len(found) < ANCESTORS:
            try:
                found.append(await self._site.one(parent))
            except NotFound:
                break
            parent = found[-1].parent_remote_id
        return found

    async def _neighbours(self, this: RemoteComment) -> list[RemoteComment]:
        """Answers to it, and what stands beside it: answers to the same comment, or earlier ones under the post."""
        parents = [int(this.remote_id), *([int(this.parent_remote_id)] if this.parent_remote_id else [])]
        near, _ = await self._site.list_comments({"parent": parents, "status": "all", "per_page": 50}, this.created_at)
        if this.parent_remote_id or this.post is None:
            return near
        before = utc_text(this.created_at)
        query: Query = {"post": [int(this.post.remote_id)], "parent": [0], "before": before, "per_page": NEIGHBOURS}
        beside, _ = await self._site.list_comments({**query, "status": "all"}, this.created_at)
        return [*near, *beside]

    def _marks(self, cursor: str) -> tuple[dict[str, sweep.Mark], str]:
        """The mark of each listing, and what is unknown about them."""
        fresh = sweep.Mark(self._since or self._site.now() - FIRST_LOOK)
        try:
            saved = table(json.loads(cursor)) if cursor else {}
        except (ValueError, RecursionError):
            saved = {}
        marks = {name: sweep.from_json(saved.get(name)) for name in LISTINGS}
        gap = words(LOST_POSITION) if cursor and None in marks.values() else ""
        return {name: mark or fresh for name, mark in marks.items()}, gap


def _holds(op: Op, state: RemoteState) -> bool:
    """Whether a comment in this state is as a hide or a restore wants it."""
    return state in UNSEEN if op is Op.HIDE else state is RemoteState.VISIBLE


def _stands(comment: RemoteComment) -> str:
    return words("The site reports comment {number} as {state}.", number=comment.remote_id, state=comment.state)


def _reply_fields(action: Action, target: RemoteComment) -> dict[str, str | int]:
    """The body of a reply. WordPress takes HTML, so that plain text must be escaped to arrive as it was written."""
    content = html.escape(action.text.strip(), quote=False)
    if not content:
        raise Invalid(words("The reply is empty."))
    if len(content.encode("utf-8", "replace")) > REPLY_BYTES:
        raise Invalid(words("The reply is longer than the {most} bytes that WordPress keeps.", most=f"{REPLY_BYTES:,}"))
    arrives = content.encode("utf-8", "replace").decode()
    if comparable(shown(arrives).text) != comparable(action.text):
        raise Invalid(words("The reply holds characters that WordPress would change."))
    post = number(target.post.remote_id) if target.post else number(action.post_remote_id)
    return {"post": post, "parent": int(target.remote_id), "content": content}


def _shares(budget: int) -> tuple[int, int, int]:
    """How a budget is divided: most to what the public sees, never nothing to the others."""
    less = max(1, budget // 5)
    return max(1, budget - 2 * less), less, less


def _since(value: str) -> datetime | None:
    """The setting `since`. Raises `Invalid` where it is no date."""
    found = moment(value) if value else None
    if value and found is None:
        raise Invalid(words("The account's setting “since” must be a day or moment, such as 2026-11-01."))
    return found


def _page_size(value: str) -> int:
    """The setting `page_size`, 1 to 100. Raises `Invalid` for anything else."""
    if not value:
        return LARGEST_PAGE
    if not 1 <= number(value) <= LARGEST_PAGE:
        raise Invalid(words("The account's setting “page_size” must be a number from 1 to 100."))
    return number(value)
