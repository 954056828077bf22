"""The practice world itself: who says what when, what is edited and deleted, and when the site is down."""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from moderator.domain.comment import Author, Kind, Post, RemoteComment, RemoteState
from moderator.platforms.practice_texts import (
    EDITS,
    HANDLE_MARK,
    LINES,
    MARK,
    MIXTURE,
    NAMES,
    NOTICES,
    OPENING,
    PARTIES,
    PLACES,
    POST_MARK,
    Line,
    Sort,
)
from moderator.platforms.reading import fingerprint

HELD: Final = 3000
"""Comments kept; older ones fall out of this world."""

OWN_ID: Final = "practice-desk"
OWN_NAME: Final = f"Official desk {MARK}"

_ASLEEP: Final = timedelta(minutes=10)  # what is caught up with after nobody looked for longer
_LANGUAGES: Final = ("en", "as", "hi")


@dataclass(frozen=True, slots=True)
class Pace:
    """How busy the world is."""

    gap: timedelta = timedelta(seconds=4)
    """Mean time between two comments; each lies between half and one and a half of it."""
    outages: bool = True


@dataclass(slots=True, order=True)
class _Due:
    """Something that is going to happen."""

    at: datetime
    n: int
    what: Callable[[datetime], None] = field(compare=False)


class World:
    """One made-up site. Everything in it follows from the seed, the start and the acts upon it."""

    def __init__(self, seed: str, start: datetime, pace: Pace) -> None:
        self.run = f"p{fingerprint(seed, start.isoformat())[:8]}-"
        """Begins every id, so that two runs are never mixed up."""
        self.last = 0
        """Number of the newest comment."""
        self.made: dict[str, str] = {}
        """Idempotency key of each reply, and its id."""
        self._chance = random.Random(seed)  # noqa: S311 - a play, not a secret
        self._pace = pace
        self._comments: dict[int, RemoteComment] = {}
        self._languages: dict[int, str] = {}
        self._forgotten = 0
        self._due: list[_Due] = []
        self._planned = 0
        self._down = (start, start)
        self._posts = tuple(_post(self.run, n, start) for n in range(len(NOTICES)))
        self._open(start)

    # What others ask

    def advance(self, now: datetime) -> None:
        """Lets everything happen that is due. After a long sleep only the last minutes are caught up with."""
        while self._due and self._due[0].at <= now:
            due = heapq.heappop(self._due)
            due.what(max(due.at, now - _ASLEEP))
        while len(self._comments) > HELD:
            oldest = next(iter(self._comments))
            del self._comments[oldest], self._languages[oldest]
            self._forgotten = oldest

    def is_down(self, now: datetime) -> bool:
        """Whether the site is in one of its outages."""
        return self._down[0] <= now < self._down[1]

    def since(self, position: int) -> list[tuple[int, RemoteComment]]:
        """Comments with a higher number, oldest first, with their numbers."""
        return [(n, comment) for n, comment in self._comments.items() if n > position]

    def comment(self, remote_id: str) -> RemoteComment | None:
        """One comment, or None where this world has none of that id."""
        return self._comments.get(self._number(remote_id))

    def knows(self, remote_id: str) -> bool:
        """Whether this world can say anything of that id: it is neither another run's nor fallen out for its age."""
        return self._number(remote_id) > self._forgotten

    def around(self, remote_id: str) -> list[RemoteComment]:
        """What it answers, what else answers that, and what answers it; oldest first."""
        this = self.comment(remote_id)
        if this is None:
            return []
        near = {this.parent_remote_id, remote_id} - {""}
        return [
            comment
            for comment in self._comments.values()
            if comment.remote_id != remote_id and (comment.remote_id in near or comment.parent_remote_id in near)
        ]

    def put(self, comment: RemoteComment) -> None:
        """Replaces a comment by what it has become."""
        revised = replace(comment, revision=fingerprint(comment.text, comment.state))
        self._comments[self._number(comment.remote_id)] = revised

    def answer(self, remote_id: str, text: str, key: str, now: datetime) -> str:
        """The desk's own reply; now and then the author writes again. Returns the reply's id."""
        parent = self.comment(remote_id)
        language = self._languages.get(self._number(remote_id), "en")
        post = parent.post if parent else self._posts[0]
        made = self._add(text, Author(OWN_ID, OWN_NAME, ours=True), language, post, remote_id, now)
        self.made[key] = made
        if parent is not None and self._chance.random() < 0.4:
            pause = timedelta(seconds=self._chance.uniform(20, 60))
            self._plan(now + pause, lambda at: self._write_again(parent, language, made, at))
        return made

    # What happens by itself

    def _open(self, start: datetime) -> None:
        """The first comments stand there already; then the day takes its course."""
        for place, (sort, language) in enumerate(OPENING):
            at = start - timedelta(seconds=20 * (len(OPENING) - place))
            self._copies(sort, language, at) if sort is Sort.SPAM else self._say(sort, language, at)
        self._plan(start + self._pause(), self._happen)
        if self._pace.outages:
            self._plan(start + timedelta(minutes=self._chance.uniform(6, 10)), self._fail)

    def _plan(self, at: datetime, what: Callable[[datetime], None]) -> None:
        self._planned += 1
        heapq.heappush(self._due, _Due(at, self._planned, what))

    def _pause(self) -> timedelta:
        return self._pace.gap * self._chance.uniform(0.5, 1.5)

    def _happen(self, at: datetime) -> None:
        """One turn of the day; plans the next one."""
        draw = self._chance.random()
        if draw < 0.04:
            self._burst(at)
        elif draw < 0.06:
            self._spam_wave(at)
        elif draw < 0.09:
            self._edit(at)
        elif draw < 0.105:
            self._delete()
        elif draw < 0.28:
            self._chime_in(at)
        else:
            self._say(self._sort(), self._language(), at)
        self._plan(at + self._pause(), self._happen)

    def _fail(self, at: datetime) -> None:
        """A short outage; plans the next one."""
        self._down = (at, at + timedelta(seconds=self._chance.uniform(10, 30)))
        self._plan(at + timedelta(minutes=self._chance.uniform(8, 20)), self._fail)

    def _burst(self, at: datetime) -> None:
        for step in range(self._chance.randint(5, 12)):
            self._say(self._sort(), self._language(), at + timedelta(milliseconds=50 * step))

    def _spam_wave(self, at: datetime) -> None:
        language = self._language()
        line = self._line(Sort.SPAM, language, "")
        text, post = self._filled(line), self._chance.choice(self._posts)
        for step in range(self._chance.randint(4, 8)):
            self._add(text, self._author(language), language, post, "", at + timedelta(milliseconds=80 * step))

    def _copies(self, sort: Sort, language: str, at: datetime) -> None:
        """The first line of this sort word for word, so that two of them are one text."""
        text = next(line.text for line in LINES if line.sort is sort and line.language == language)
        text = text.format(**_slots(random.Random(0), language))  # noqa: S311 - the same filling each time
        self._add(text, self._author(language), language, self._posts[0], "", at)

    def _say(self, sort: Sort, language: str, at: datetime) -> None:
        post = self._chance.choice(self._posts)
        line = self._line(sort, language, post.remote_id)
        self._add(self._filled(line), self._author(language), language, post, "", at)

    def _chime_in(self, at: datetime) -> None:
        """Somebody answers one of the recent comments."""
        target = self._recent()
        if target is None:
            return
        n, comment = target
        language = self._languages[n]
        text = self._filled(self._line(Sort.ANSWER, language, ""))
        self._add(text, self._author(language), language, comment.post, comment.remote_id, at)

    def _write_again(self, parent: RemoteComment, language: str, below: str, at: datetime) -> None:
        text = self._filled(self._line(Sort.AGAIN, language, ""))
        self._add(text, parent.author, language, parent.post, below, at)

    def _edit(self, at: datetime) -> None:
        target = self._recent()
        if target is not None:
            n, comment = target
            addition = EDITS[self._languages[n]]
            if addition not in comment.text:
                self.put(replace(comment, text=comment.text + addition, edited_at=at))

    def _delete(self) -> None:
        target = self._recent()
        if target is not None:
            del self._comments[target[0]], self._languages[target[0]]

    def _recent(self) -> tuple[int, RemoteComment] | None:
        """One of the newest public comments of citizens."""
        newest = list(self._comments.items())[-40:]
        public = [(n, c) for n, c in newest if c.state is RemoteState.VISIBLE and not c.author.ours]
        return self._chance.choice(public) if public else None

    # How it is said

    def _add(self, text: str, author: Author, language: str, post: Post | None, parent: str, at: datetime) -> str:
        self.last += 1
        remote_id = f"{self.run}{self.last}"
        self._languages[self.last] = language
        self._comments[self.last] = RemoteComment(
            remote_id=remote_id,
            text=text,
            author=author,
            created_at=at,
            state=RemoteState.VISIBLE,
            revision=fingerprint(text, RemoteState.VISIBLE),
            kind=Kind.REPLY if parent else Kind.COMMENT,
            post=post,
            parent_remote_id=parent,
            raw=json.dumps({"practice": True, "id": remote_id, "text": text}, sort_keys=True),
        )
        return remote_id

    def _sort(self) -> Sort:
        return self._chance.choices(list(MIXTURE), weights=list(MIXTURE.values()))[0]

    def _language(self) -> str:
        return self._chance.choices(_LANGUAGES, weights=(40, 38, 22))[0]

    def _line(self, sort: Sort, language: str, post_id: str) -> Line:
        """A line of this sort that fits under the post."""
        topic = NOTICES[int(post_id.rsplit("-", 1)[1])].topic if post_id else ""
        fitting = [line for line in LINES if line.sort is sort and line.language == language]
        fitting = [line for line in fitting if line.topic in ("", topic)] or fitting
        return self._chance.choice(fitting)

    def _filled(self, line: Line) -> str:
        return line.text.format(**_slots(self._chance, line.language))

    def _author(self, language: str) -> Author:
        name, n = self._chance.choice(NAMES[language]), self._chance.randint(1, 400)
        return Author(f"{self.run}u{n}", name, f"{HANDLE_MARK}{n}")

    def _number(self, remote_id: str) -> int:
        tail = remote_id.removeprefix(self.run)
        return int(tail) if remote_id.startswith(self.run) and tail.isascii() and tail.isdigit() else 0


def _post(run: str, n: int, start: datetime) -> Post:
    notice = NOTICES[n]
    return Post(f"{run}post-{n}", f"{POST_MARK} {notice.title}", notice.text, "", start - timedelta(hours=2 + 5 * n))


def _slots(chance: random.Random, language: str) -> dict[str, str]:
    return {
        "place": chance.choice(PLACES[language]),
        "party": chance.choice(PARTIES[language]),
        "number": str(chance.randint(2, 9)),
        "two": f"{chance.randint(10, 99)}",
        "ref": f"PR-{chance.randint(1000, 9999)}",
    }
