"""One decision about many items: what it would do, and doing it a page at a time, each item with its own decision.

Leaving public is free. A bulk hide is carried out at once only for comments that rest on the same clause and the same
words, or say the same altogether, as the first of them; others go to a second person. Protected criticism, also where
somebody wrapped it round a slur, and urgent comments are never part of it: they are named first, each to be decided by
itself (Z5, H5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderator.desk.alike import fold, is_criticism
from moderator.desk.deciding import Ruling, Wanted, by_clause, can, clause_of, decide, is_import, propose
from moderator.desk.room import Room, need, need_session
from moderator.desk.rounds import bulk_pause
from moderator.desk.steps import record, still_there, take, unchanged
from moderator.domain.asks import Bulk, Hide, Seen
from moderator.domain.decision import hideable
from moderator.domain.effect import Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Disposition, Item, Lane, Visibility
from moderator.domain.person import Actor, Permission
from moderator.domain.policy import Opinion
from moderator.domain.view import BulkPreview, Done, Excluded
from moderator.domain.wording import counted, joined, words
from moderator.domain.workflow import Act
from moderator.store import batches, comments, items, polls
from moderator.store.base import BULK

if TYPE_CHECKING:
    from moderator.desk.house import House

MOST: Final = 10_000
"""Items of one bulk act."""


@dataclass(frozen=True, slots=True)
class Like:
    """What every member of a bulk hide must share with the first: the words that it rests on, or all of them."""

    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What a bulk act does to one item."""

    item: Item
    ruling: Ruling
    wanted: tuple[Wanted, ...]


@dataclass(slots=True)
class Tally:
    """What a bulk act does, or did, to many items."""

    taken: list[int] = field(default_factory=list)
    to_review: list[int] = field(default_factory=list)
    exceptions: list[Excluded] = field(default_factory=list)
    """Left out for what they say: protected, or urgent."""
    others: list[Excluded] = field(default_factory=list)
    """Left out for how they stand: held by somebody, edited, decided, gone."""
    accounts: Counter[int] = field(default_factory=Counter)
    sends: Counter[int] = field(default_factory=Counter)
    """Account id → remote acts."""
    like: Like | None = None
    folds: dict[str, str] = field(default_factory=dict)
    """Text → the same without its disguise: a burst says one thing many times."""
    criticism: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Text and policy's version → whether it is criticism."""
    stopped: bool = False

    def note(self, fate: Fate) -> None:
        """One more item that is decided."""
        (self.to_review if fate.ruling.second else self.taken).append(fate.item.id)
        self.accounts[fate.item.account_id] += 1
        self.sends[fate.item.account_id] += len(fate.wanted)

    def leave_out(self, item_id: int, refused: Refused) -> None:
        """One more item that is left alone."""
        among = self.exceptions if refused.facts.get("exception") else self.others
        among.append(Excluded(item_id, refused.sentence))

    def fold(self, text: str) -> str:
        """A text without its disguise."""
        if text not in self.folds:
            self.folds[text] = fold(text)
        return self.folds[text]

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """What is left alone, exceptions first."""
        return (*self.exceptions, *self.others)

    @property
    def done(self) -> int:
        """How many are decided."""
        return len(self.taken) + len(self.to_review)


# What it does to one item


def _fate(room: Room, actor: Actor, ask: Bulk, seen: Seen, tally: Tally) -> Fate:
    """What the act does to one item. Raises `Refused` where it leaves it alone."""
    item = items.get(room.conn, seen.item_id)
    unchanged(room, item, seen.version)
    fate = _leave(room, item, ask, seen) if ask.act == "leave" else _hide(room, actor, item, ask, seen, tally)
    if not fate.ruling.second:
        take(room, actor, item, Act.DECIDE, disposition=fate.ruling.disposition, effects=bool(fate.wanted))
    else:
        take(room, actor, item, Act.SUBMIT)
    return fate


def _leave(room: Room, item: Item, ask: Bulk, seen: Seen) -> Fate:
    still_there(item, words("The comment is gone from the platform; nothing is left to leave public."))
    ruling = Ruling(Disposition.LEFT_PUBLIC, seen.version, ask.masked)
    if item.visibility is not Visibility.HIDDEN:
        return Fate(item, ruling, ())
    can(room, item, "restore", words("This platform cannot make it public again for us."))
    return Fate(item, ruling, (Wanted(Op.RESTORE, _window(room)),))


def _hide(room: Room, actor: Actor, item: Item, ask: Bulk, seen: Seen, tally: Tally) -> Fate:
    still_there(item, words("The comment is gone from the platform; hiding it is no longer possible."))
    text = comments.text_of(room.conn, item.id, item.comment_version)
    _never_in_bulk(room, item, text, tally)
    recorded_only = is_import(room, item)
    if not recorded_only:
        can(room, item, "hide", words("This platform cannot hide comments for us."))
    ruling = by_clause(room, item, Hide(seen.version, ask.clause, ask.masked, reason=ask.reason))
    start, end = ruling.span or (0, 0)
    like = Like(tally.fold(text[start:end]), tally.fold(text))
    if tally.like is None:
        tally.like = like
    if like.words != tally.like.words and like.text != tally.like.text:
        ruling = replace(ruling, second=_second(actor))
    return Fate(item, ruling, () if recorded_only or ruling.second else (Wanted(Op.HIDE, _window(room)),))


def _never_in_bulk(room: Room, item: Item, text: str, tally: Tally) -> None:
    """Refuse what is decided by itself or not at all: urgent, unseen pictures, criticism."""
    if item.lane is not Lane.ROUTINE:
        raise _exception(words("Item {id} is urgent: decide it by itself.", id=item.id))
    verdict = comments.verdict_of(room.conn, item.id, item.comment_version)
    if verdict.opinion is Opinion.MEDIA:
        raise _exception(words("Item {id} is a picture or voice: look at it by itself.", id=item.id))
    if verdict.protected:
        raise _exception(words("Item {id} is protected criticism.", id=item.id))
    about = (text, verdict.policy_version)
    if about not in tally.criticism:
        tally.criticism[about] = is_criticism(room.house.engine, text, verdict)
    if tally.criticism[about]:
        raise _exception(
            words("Item {id} is criticism with other words in it: read it, and decide it by itself.", id=item.id)
        )


def _exception(sentence: str) -> Refused:
    return Refused(Code.NOT_ALLOWED, sentence, words("Open it and decide."), {"exception": True})


def _second(actor: Actor) -> str:
    """Why a second person looks at it. Refuses on a desk that has nobody else."""
    sentence = words("It rests on other words than the first of them: a second person looks at it.")
    if actor.alone:
        raise Refused(
            Code.NEEDS_SECOND,
            words("It rests on other words than the first of them, and this private desk has no second person."),
            words("Decide it by itself."),
        )
    return sentence


def _window(room: Room) -> int:
    return round(room.config.times.hide_window * 1000)


# What it would do


async def preview(house: House, actor: Actor, ask: Bulk) -> BulkPreview:
    """What a bulk act would do now. Changes nothing."""
    wanted = checked(actor, ask)
    await house.write(_hideable, ask, priority=BULK)
    tally = Tally()
    for page in _pages(house, wanted):
        await house.write(_sort, actor, ask, page, tally, priority=BULK)
    names = await house.read(lambda look: {row["id"]: row["name"] for row in polls.accounts(look.conn)})
    return BulkPreview(
        act=ask.act,
        clause=ask.clause,
        taken=tuple(tally.taken),
        to_review=tuple(tally.to_review),
        excluded=tally.excluded,
        accounts={names.get(account_id, ""): n for account_id, n in sorted(tally.accounts.items())},
        seconds=_duration(house, tally),
        sentence=_would(ask, tally),
    )


def checked(actor: Actor, ask: Bulk) -> list[Seen]:
    """The items of a bulk act, each once. Refuses one that nobody may ask for."""
    need(actor, Permission.DECIDE)
    need_session(actor)
    if ask.act not in ("leave", "hide"):
        raise Refused(Code.BAD, words("Many items at once can be left public or hidden."), words("Press a or h."))
    wanted = list({seen.item_id: seen for seen in ask.items}.values())
    if not wanted:
        raise Refused(
            Code.BAD, words("Nothing is marked."), words("x marks an item, v a range, * its near-duplicates.")
        )
    if len(wanted) > MOST:
        raise Refused(
            Code.LIMITED,
            words("At most {most} items can be decided in one act.", most=MOST),
            words("Mark fewer; the rest comes after them."),
        )
    return wanted


def _hideable(room: Room, ask: Bulk) -> None:
    """Refuse a hide without a clause that can be a ground for it."""
    if ask.act == "hide":
        hideable(clause_of(room, ask.clause))


def _pages(house: House, wanted: Sequence[Seen]) -> list[Sequence[Seen]]:
    size = max(1, house.config.limits.bulk)
    return [wanted[start : start + size] for start in range(0, len(wanted), size)]


def _sort(room: Room, actor: Actor, ask: Bulk, page: Sequence[Seen], tally: Tally) -> None:
    for seen in page:
        try:
            tally.note(_fate(room, actor, ask, seen, tally))
        except Refused as refused:
            tally.leave_out(seen.item_id, refused)


def _duration(house: House, tally: Tally) -> float:
    """Seconds until the last of it is sent, about: accounts send side by side."""
    if not tally.sends.total():
        return 0.0
    slowest = max(n * bulk_pause(house, account_id) for account_id, n in tally.sends.items())
    return round(house.config.times.hide_window + slowest, 1)


def _would(ask: Bulk, tally: Tally) -> str:
    """What it would do, in a sentence or two."""
    leaving = ask.act == "leave"
    first = (
        counted("{n} comment stays public.", "{n} comments stay public.", len(tally.taken))
        if leaving
        else counted("{n} comment is hidden.", "{n} comments are hidden.", len(tally.taken))
    )
    return joined((first, *_beside(tally)))


def _beside(tally: Tally) -> list[str]:
    found: list[str] = []
    if tally.to_review:
        found.append(counted("{n} goes to a second person.", "{n} go to a second person.", len(tally.to_review)))
    if tally.exceptions:
        found.append(
            counted("{n} is an exception and stays out.", "{n} are exceptions and stay out.", len(tally.exceptions))
        )
    if tally.others:
        found.append(counted("{n} more stays out.", "{n} more stay out.", len(tally.others)))
    return found


# Doing it


async def carry_out(house: House, actor: Actor, ask: Bulk) -> Done:
    """Decide many items, a page in each transaction: officers' writes go in between. `row_id` is the bulk act's number.

    A desk that stops in the midst leaves a bulk act that says how far it came, and that can be taken back.
    """
    wanted = checked(actor, ask)
    batch_id = await house.write(_begin, actor, ask, len(wanted))
    house.bulk_running.add(batch_id)
    tally = Tally()
    try:
        for page in _pages(house, wanted):
            tally = await house.write(_decide_page, actor, ask, batch_id, page, tally, priority=BULK)
            if tally.stopped:
                break
        seq = await house.write(_end, actor, batch_id, tally)
    except Refused as refused:
        raise _cut_short(refused, tally, len(wanted)) from refused
    finally:
        house.bulk_running.discard(batch_id)
    if not tally.done:
        raise _nothing(tally)
    return Done(_did(ask, tally), window_ms=-1, seq=seq, row_id=batch_id)


def _begin(room: Room, actor: Actor, ask: Bulk, total: int) -> int:
    _hideable(room, ask)
    batch_id = batches.insert(room.tx, ask.act, ask.clause, actor.person.id, total)
    record(room, actor, "bulk.begin", 0, batch=batch_id, act=ask.act, clause=ask.clause, total=total)
    return batch_id


def _decide_page(room: Room, actor: Actor, ask: Bulk, batch_id: int, page: Sequence[Seen], before: Tally) -> Tally:
    """Decide one page; the tally with it. The one before is not touched: this transaction may come to nothing."""
    tally = Tally(
        [*before.taken], [*before.to_review], [*before.exceptions], [*before.others],
        Counter(before.accounts), Counter(before.sends), before.like, before.folds, before.criticism,
    )  # fmt: skip
    batch = batches.find(room.conn, batch_id)
    if batch is None or batch["undone"]:
        tally.stopped = True
        return tally
    for seen in page:
        try:
            fate = _fate(room, actor, ask, seen, tally)
        except Refused as refused:
            tally.leave_out(seen.item_id, refused)
            continue
        _decide(room, actor, fate, batch_id)
        tally.note(fate)
    room.tx.announce("batch", batch_id)
    return tally


def _decide(room: Room, actor: Actor, fate: Fate, batch_id: int) -> None:
    ruling = replace(fate.ruling, batch_id=batch_id)
    if ruling.second:
        propose(room, actor, fate.item, ruling)
    else:
        decide(room, actor, fate.item, ruling, list(fate.wanted))


def _end(room: Room, actor: Actor, batch_id: int, tally: Tally) -> int:
    """What it came to is its total from now on: before, it was what was asked for."""
    room.tx.change("batch", batch_id, total=tally.done)
    room.tx.announce("batch", batch_id)
    facts = {"done": len(tally.taken), "review": len(tally.to_review), "left_out": len(tally.excluded)}
    return record(room, actor, "bulk.end", 0, batch=batch_id, **facts)


def _cut_short(refused: Refused, tally: Tally, total: int) -> Refused:
    """A bulk act that could not go on: what was decided before stands."""
    if not tally.done:
        return refused
    sentence = words(
        "{done} of {total} are decided and saved; then it could not go on: {why}",
        done=tally.done,
        total=total,
        why=refused.sentence,
    )
    return Refused(refused.code, sentence, refused.cure, refused.facts)


def _nothing(tally: Tally) -> Refused:
    first = next(iter(tally.excluded), None)
    why = first.sentence if first else words("it was taken back at once.")
    sentence = words("None of them could be decided: {why}", why=why)
    return Refused(Code.WRONG_STATE, sentence, words("Look at them one by one."), {"excluded": len(tally.excluded)})


def _did(ask: Bulk, tally: Tally) -> str:
    saved = (
        counted("Saved: {n} comment stays public.", "Saved: {n} comments stay public.", len(tally.taken))
        if ask.act == "leave"
        else counted("Saved: {n} comment will be hidden.", "Saved: {n} comments will be hidden.", len(tally.taken))
    )
    last = words("z takes all of it back.") if not tally.sends.total() else words("z stops it and takes it back.")
    return joined((saved, *_beside(tally), last))
