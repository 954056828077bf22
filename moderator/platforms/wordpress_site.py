"""One WordPress site as it is read and written: its calls, and their answers as comments and posts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from moderator.domain.comment import Post, RemoteComment
from moderator.domain.wording import words
from moderator.platforms.base import BadPayload, Forbidden, Invalid, NotFound, PlatformError, Unsupported
from moderator.platforms.http import Answer, Door, Query
from moderator.platforms.reading import digits, number, rows, table
from moderator.platforms.wordpress_json import comment_of, post_of, post_route, refusal, unreadable

LISTINGS: Final = ("all", "spam", "trash")
"""WordPress's `all` leaves out spam and trash: a whole picture needs three listings."""

LARGEST_PAGE: Final = 100
"""The most that WordPress lists at once."""

POSTS_KEPT: Final = 2000


class Site:
    """The site behind a door. Raises what `wordpress_json.refusal` makes of its refusals."""

    def __init__(self, door: Door, own_id: str, page_size: int) -> None:
        self.own_id = own_id
        """The authenticated author id; as the account's record has it, until the site has said so itself."""
        self._own_known = False
        self._door = door
        self._page_size = page_size
        self._posts: dict[str, Post] = {}
        self._routes: dict[str, str] = {}

    @property
    def host(self) -> str:
        """The site's name in sentences."""
        return self._door.host

    def now(self) -> datetime:
        """The moment by the site's own clock."""
        return self._door.now() + self._door.skew

    async def know_self(self) -> None:
        """Asks once who we are there: our own comments are told from the public's by this id alone.

        Raises `Forbidden` where the login has come to speak for another author than the account's record says.
        """
        if not self._own_known:
            self.recognise(await self.get("users/me", {}))
        if not self._own_known:
            raise Forbidden(
                words(
                    "The login on {host} speaks for another author than before: test the account again.", host=self.host
                )
            )

    def recognise(self, me: Mapping[str, Any]) -> str:
        """The author id that the site has just told; ours from now on, unless the account's record has another."""
        found = digits(me.get("id"))
        if found and self.own_id in ("", found):
            self.own_id, self._own_known = found, True
        return found

    async def get(self, path: str, query: Query) -> Mapping[str, Any]:
        """One object of the interface."""
        answer = await self._door.read(f"wp-json/wp/v2/{path}", query)
        body = self.body(answer)
        if not isinstance(body, dict):
            raise unreadable(answer, self.host)
        return body

    async def post(self, path: str, fields: Mapping[str, str | int]) -> Answer:
        """One write; its answer is still to be read with `body`."""
        return await self._door.write(f"wp-json/wp/v2/{path}", fields)

    def body(self, answer: Answer) -> Any:
        """The JSON of a success; raises what a refusal means."""
        if not answer.ok:
            raise refusal(answer, self.host, self._door.now())
        body = answer.json()
        if body is None:
            raise unreadable(answer, self.host)
        return body

    async def list_comments(self, query: Query, undated: datetime) -> tuple[list[RemoteComment], Answer]:
        """One page of a listing, without entries that have no id; one without a time gets `undated`."""
        answer = await self._door.read("wp-json/wp/v2/comments", {"context": "edit", **query})
        body = self.body(answer)
        if not isinstance(body, list):
            raise unreadable(answer, self.host)
        return [comment for raw in body if (comment := self._comment(raw, undated)) is not None], answer

    async def written_after(self, listing: str, after: datetime, page: int) -> tuple[list[RemoteComment], bool]:
        """One numbered page of a listing, oldest first, and whether there is another. That second is excluded."""
        query: Query = {
            "status": listing,
            "orderby": "date_gmt",
            "order": "asc",
            "per_page": self._page_size,
            "page": page,
            "after": utc_text(after),
        }
        comments, answer = await self.list_comments(query, after)
        # A page may be short and not the last: WordPress leaves out what this login may not read.
        pages = number(answer.headers.get("x-wp-totalpages"))
        return comments, page < pages if pages else len(comments) >= self._page_size

    async def one(self, remote_id: str) -> RemoteComment:
        """A comment by id, in any state. Raises `NotFound`."""
        if not digits(remote_id):
            raise NotFound(words("This is not the number of a WordPress comment."))
        comment = self._comment(await self.get(f"comments/{remote_id}", {"context": "edit"}), self.now())
        if comment is None:
            raise BadPayload(words("{host} answered a comment without its number.", host=self.host))
        return comment

    async def find(self, ids: Collection[str]) -> dict[str, RemoteComment]:
        """At most a hundred comments by id, whatever their state. One that no listing shows is left out."""
        found: dict[str, RemoteComment] = {}
        for listing in LISTINGS:
            missing = [int(key) for key in ids if key not in found]
            if not missing:
                break
            query: Query = {"include": missing, "status": listing, "per_page": LARGEST_PAGE}
            comments, _ = await self.list_comments(query, self.now())
            found |= {comment.remote_id: comment for comment in comments}
        return found

    def _comment(self, raw: Any, undated: datetime) -> RemoteComment | None:
        post, route = post_route(raw)
        if post and post not in self._posts:
            self._routes[post] = route
        return comment_of(raw, self.own_id, undated)

    async def with_posts(self, comments: Collection[RemoteComment]) -> list[RemoteComment]:
        """The comments with the title and text of what they stand under; each post is asked for once."""
        wanted = {comment.post.remote_id for comment in comments if comment.post is not None}
        await self._load_posts(wanted - set(self._posts))
        return [
            replace(comment, post=self._posts.get(comment.post.remote_id, comment.post)) if comment.post else comment
            for comment in comments
        ]

    async def _load_posts(self, missing: set[str]) -> None:
        while self._posts and len(self._posts) + len(missing) > POSTS_KEPT:
            self._posts.pop(next(iter(self._posts)))
        by_route: dict[str, list[int]] = {}
        for key in sorted(missing, key=int):
            by_route.setdefault(self._routes.pop(key, "posts"), []).append(int(key))
        for route, ids in by_route.items():
            for start in range(0, len(ids), LARGEST_PAGE):
                await self._load_chunk(route, ids[start : start + LARGEST_PAGE])

    async def _load_chunk(self, route: str, ids: list[int]) -> None:
        """Reads posts of one kind. One that the site does not show is remembered as its bare number."""
        query: Query = {"include": ids, "per_page": LARGEST_PAGE, "_fields": "id,title,content,link,date_gmt"}
        try:
            body = self.body(await self._door.read(f"wp-json/wp/v2/{route}", query))
        except (Forbidden, NotFound, Invalid, Unsupported):
            body = []
        except PlatformError:
            self._routes.update({str(key): route for key in ids})
            raise
        self._posts.update({str(key): Post(str(key)) for key in ids})
        self._posts.update({post.remote_id: post for raw in rows(body) if (post := post_of(raw)) is not None})

    async def credential(self) -> dict[str, str]:
        """What the site tells of the application password itself; empty where it does not say."""
        try:
            told = table(await self.get("users/me/application-passwords/introspect", {}))
        except (Forbidden, NotFound, Invalid, Unsupported):
            return {}
        return {name: str(told.get(name) or "") for name in ("uuid", "name", "created", "last_used")}


def utc_text(moment: datetime) -> str:
    """A moment as WordPress takes it without doubt, whatever the site's own time zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
