"""What people see: pages of the queue, one item whole, effects, trail, policy. Nothing here asks a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from moderator.desk import escalate, glossing, media, orders, threads, withdrawing
from moderator.desk.room import Look, need
from moderator.desk.steps import WORDS
from moderator.desk.telling import draft_of, effect_of, events_of, row_of
from moderator.domain import masking
from moderator.domain.asks import Order
from moderator.domain.decision import Decision
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment
from moderator.domain.item import Cause, Item, Lane, State, Visibility
from moderator.domain.person import Actor, Permission
from moderator.domain.policy import Opinion, Verdict
from moderator.domain.query import Query, parse
from moderator.domain.view import (
    ClauseView,
    DecisionView,
    Detail,
    EffectView,
    NoteView,
    PolicyView,
    Powers,
    QueuePage,
    Row,
    TrailView,
    VersionView,
    View,
)
from moderator.domain.wording import counted, joined, mark, recalled, words
from moderator.domain.workflow import leased
from moderator.platforms import PLATFORMS
from moderator.store import (
    base,
    bursts,
    comments,
    decisions,
    items,
    outbox,
    people,
    polls,
    queue,
    readers,
    search,
    trail,
)
from moderator.store.items import of
from moderator.store.orders import Asked, Place, key_in, key_of
from moderator.text import defang, defang_url

_LONGEST_PAGE = 200


def queue_page(
    look: Look,
    actor: Actor,
    view: View,
    after: str = "",
    limit: int = 64,
    query: str = "",
    order: Order = Order.PRIORITY,
) -> QueuePage:
    """One page of a view, after a key; the number of items in it, counted up to the cap.

    With a query, of what it finds there; the view "found" looks through everything ever taken in, the newest first.
    """
    need(actor, Permission.READ)
    limit = max(1, min(limit, _LONGEST_PAGE))
    asked = Asked(view, order, actor.person.id, look.now)
    cap, wanted = look.config.limits.count_cap, parse(query)
    if wanted or asked.mixed:
        page = _found(look, asked, wanted, after, limit)
        return page if wanted else replace(page, total=_count(look, asked), capped_at=cap)
    places, last = queue.page(look.conn, asked, after, limit)
    return QueuePage(
        rows=_placed(look, asked, places),
        after=_key(last),
        total=_count(look, asked),
        capped_at=cap,
        head=queue.head(look.conn),
        together=bursts.collapses(asked),
    )


def _count(look: Look, asked: Asked) -> int:
    return queue.count(look.conn, asked.view, asked.person_id, look.config.limits.count_cap, look.now)


def _found(look: Look, asked: Asked, query: Query, after: str, limit: int) -> QueuePage:
    found = search.page(look.conn, asked, query, after, limit)
    return QueuePage(
        rows=_placed(look, asked, found.places),
        after=_key(found.after),
        total=found.total,
        capped_at=found.capped_at,
        head=queue.head(look.conn),
        partial=_partial(asked, found),
    )


def _partial(asked: Asked, found: search.Found) -> str:
    """How far was looked, where that was not everything."""
    if found.unread:
        return counted(
            "{n} comment is not in the search index yet: it was not looked at.",
            "{n} comments are not in the search index yet: they were not looked at.",
            found.unread,
        )
    if found.whole:
        return ""
    if asked.view is View.FOUND or asked.order is Order.NEWEST:
        return words("Looked through the {n} newest: narrow it down, or go on.", n=found.looked)
    if asked.order is Order.AGE:
        return words("Looked through the {n} oldest: narrow it down, or go on.", n=found.looked)
    return words("Looked through the {n} most urgent: narrow it down, or go on.", n=found.looked)


def _placed(look: Look, asked: Asked, places: Sequence[Place]) -> tuple[Row, ...]:
    """The rows of these places, each with its key and the number of its near-duplicates."""
    found = queue.placed(look.conn, places)
    copies = bursts.copies(look.conn, found)
    return tuple(
        row_of(look, row, asked.person_id, key_in(asked.order, asked.view, row), copies.get(row["id"], 1))
        for row in found
    )


def _key(place: Place | None) -> str:
    return key_of(place.lane, place.at, place.id) if place is not None else ""


def rows(look: Look, actor: Actor, ids: Sequence[int], order: Order = Order.PRIORITY) -> tuple[Row, ...]:
    """These rows as they stand now, in the order of the queue, with their keys in this order."""
    need(actor, Permission.READ)
    wanted = list(ids)[:_LONGEST_PAGE]
    if not wanted:
        return ()
    found, me = queue.rows(look.conn, wanted), actor.person.id
    copies = bursts.copies(look.conn, found)
    return tuple(row_of(look, row, me, key_in(order, View.ALL, row), copies.get(row["id"], 1)) for row in found)


def next_for(look: Look, actor: Actor) -> int:
    """The next item for this person, 0 for none: what was theirs when the line dropped, the most urgent, and
    before routine ones what waits for somebody who reads as they do."""
    need(actor, Permission.READ)
    back = items.dropped_by(look.conn, actor.person.id, look.now)
    if back:
        return back[0]
    reads = tuple(sorted(glossing.read_by(actor.person)))
    may_review = actor.person.may(Permission.APPROVE)
    found = queue.first_free(look.conn, actor.person.id, reviews=may_review, reads=reads)
    if found and items.get(look.conn, found).lane < Lane.ROUTINE:
        return found
    return readers.waiting(look.conn, reads) or found


def detail(look: Look, actor: Actor, item_id: int) -> Detail:
    """One item, whole."""
    need(actor, Permission.READ)
    item = items.get(look.conn, item_id)
    stored = items.row_of(look.conn, item_id)
    me = actor.person.id
    (row,) = rows(look, actor, [item_id])
    version = comments.version_of(look.conn, item_id, item.comment_version)
    verdict = comments.verdict_of(look.conn, item_id, item.comment_version)
    post = comments.post_of(look.conn, stored["post_id"])
    earlier, hidden = comments.author_before(look.conn, item_id, item.account_id, stored["author_key"])
    return Detail(
        row=row,
        text=version["text"] if version else "",
        findings=verdict.findings,
        protected_span=verdict.protected_span,
        policy_version=verdict.policy_version,
        post_title=post["title"] if post else "",
        post_text=post["text"] if post else "",
        post_url=defang_url(post["url"]) if post and post["url"] else "",
        permalink=defang_url(stored["permalink"]) if stored["permalink"] else "",
        thread=threads.around(look, item),
        versions=tuple(_version(look, found) for found in comments.versions(look.conn, item_id)),
        drafts=tuple(draft_of(found, me) for found in decisions.drafts_of_item(look.conn, item_id)),
        notes=tuple(
            NoteView(found["person"], recalled(found["text"]), moment(found["at"]))
            for found in decisions.notes(look.conn, item_id)
        ),
        trail=events_of(look, trail.newest(look.conn, item_id, 30)),
        effects=tuple(effect_of(look, found, me) for found in outbox.told(look.conn, item_id)),
        decisions=_decisions(look, item),
        escalations=escalate.views(look, item_id),
        orders=orders.views(look, item_id),
        looking=look.house.presence.looking(item_id),
        author_earlier=earlier,
        author_earlier_hidden=hidden,
        powers=_powers(look, item),
        media=_media(version),
        lease_left_ms=_lease_left(look, actor, item),
        why=why(look, item, verdict),
        author_rows=_author_rows(look, item, stored["author_key"], me) if earlier else (),
        dropped_draft=decisions.has_dropped(look.conn, item_id, me),
        links=media.links(look, item),
        media_seen=media.seen_by(look, item),
        reader_wanted=stored["reader_wanted"] or "",
        glosses=glossing.views(look, item_id),
        needs_gloss=readers.needs_gloss(look.conn, item_id),
    )


def _author_rows(look: Look, item: Item, author_key: str, me: int) -> tuple[Row, ...]:
    """The newest other items of this item's author, newest first."""
    ids = comments.author_items(look.conn, item.id, item.account_id, author_key)
    found = sorted(queue.rows(look.conn, ids), key=lambda row: row["id"], reverse=True)
    return tuple(row_of(look, row, me) for row in found)


def _version(look: Look, row: base.Row) -> VersionView:
    verdict = comments.verdict_of(look.conn, row["item_id"], row["n"])
    return VersionView(
        row["n"],
        row["text"],
        row["author_name"],
        moment(row["captured_at"]),
        of(row["edited_at"]),
        tuple(row["flags"].split()),
        masking.covered(verdict.findings),
    )


def _media(version: base.Row | None) -> tuple[str, ...]:
    """What stands for pictures and voice: the alt text and where it is, never a live link."""
    if version is None:
        return ()
    found = json.loads(version["media"])
    return tuple(
        f"{one['kind']}: {defang(one['alt']) or '(no description)'} {defang_url(one['url'])}".strip() for one in found
    )


def _lease_left(look: Look, actor: Actor, item: Item) -> int:
    lease = leased(item, look.now)
    if lease is None or lease.person_id != actor.person.id:
        return 0
    until = max(lease.until, lease.held_until or lease.until)
    return int((until - look.now).total_seconds() * 1000)


def _powers(look: Look, item: Item) -> Powers:
    """What this account can do, and what hiding means there."""
    account = polls.account(look.conn, item.account_id)
    kind = PLATFORMS.get(account["platform"]) if account else None
    can = look.house.capabilities(item.account_id)
    return Powers(
        hide=bool(can and can.hide),
        restore=bool(can and can.restore),
        reply=bool(can and can.reply),
        hide_means=kind.hide_means if kind else "",
        author_told=bool(kind and kind.author_told),
        reply_limit=can.reply_limit if can else 0,
        tested=kind.tested if kind else "",
    )


def _decisions(look: Look, item: Item) -> tuple[DecisionView, ...]:
    found = decisions.of_item(look.conn, item.id)
    names = people.names(look.conn, [d.person_id for d in found] + [d.second_id or 0 for d in found])
    replies = decisions.replies_of(look.conn, [d.id for d in found])
    return tuple(_decision(look, item, d, names, replies.get(d.id, "")) for d in found)


def _decision(look: Look, item: Item, d: Decision, names: dict[int, str], reply: str) -> DecisionView:
    text = comments.text_of(look.conn, item.id, d.seen_version)
    masks = masking.covered(comments.verdict_of(look.conn, item.id, d.seen_version).findings)
    return DecisionView(
        id=d.id,
        disposition=d.disposition,
        clause=d.clause,
        quote=text[d.start : d.end] if d.start is not None else "",
        reason=d.reason,
        person=names[d.person_id],
        second=names[d.second_id] if d.second_id else "",
        at=d.decided_at,
        policy_version=d.policy_version,
        seen_version=d.seen_version,
        seen_masked=d.seen_masked,
        review_on=d.review_on,
        undone=d.undone,
        undoable=_undoable(look, item, d),
        reply=reply,
        proposed=d.proposed and not d.undone,
        masks=masking.within(masks, d.start or 0, d.end or 0),
    )


def _undoable(look: Look, item: Item, d: Decision) -> bool:
    """Whether z would still work now."""
    current = decisions.live(look.conn, item.id, item.reopened)
    if d.undone or current is None or current.id != d.id:
        return False
    if item.state not in (State.COMMITTING, State.RESOLVED, State.REVIEW):
        return False
    effects = outbox.of_decision(look.conn, d.id)
    return all(e.state.value == "cancelled" or withdrawing.can_be_taken_back(e) for e in effects)


_CAUSES: dict[Cause, str] = {
    Cause.EDITED: mark("It was edited by its author after it was read or decided."),
    Cause.REOPENED: mark("It was reopened."),
    Cause.UNHIDDEN: mark("We hid it, and it is public again: somebody showed it on the platform itself."),
    Cause.HIDDEN_ELSEWHERE: mark("Somebody hid it on the platform itself while it was open here."),
    Cause.ANSWERED_ELSEWHERE: mark("A colleague answered it on the platform itself."),
    Cause.WROTE_AGAIN: mark("Its author wrote again."),
    Cause.UNDONE: mark("Its decision was undone."),
    Cause.SNOOZE_OVER: mark("Its snooze is over."),
    Cause.SENT_BACK: mark("The second person sent it back."),
    Cause.INSTRUCTED: mark("The office that it was handed up to has answered."),
    Cause.EFFECT_FAILED: mark("What was decided could not be carried out."),
    Cause.EFFECT_PARKED: mark("What was decided waits for a person: look at its effects."),
    Cause.LINE_DROPPED: mark("The line dropped while somebody worked on it."),
}
_LANES: dict[Lane, str] = {
    Lane.LIFE: mark("It may be about somebody's life: above all clocks."),
    Lane.THREAT: mark("It may threaten somebody, or expose a private person."),
}


def why(look: Look, item: Item, verdict: Verdict) -> str:
    """Why the item stands where it stands, in sentences."""
    why_back, why_urgent = words(_CAUSES.get(item.cause, "")), words(_LANES.get(item.lane, ""))
    return joined((why_back, why_urgent, _state_of(look, item), _opinion_of(verdict)))


def _state_of(look: Look, item: Item) -> str:
    if item.state is State.REVIEW:
        return words("It waits for a second person.")
    if item.state is State.ESCALATED:
        return words("It was handed up to level {level} and waits for an answer.", level=item.level)
    if item.state in (State.COMMITTING, State.RESOLVED):
        return words("It was decided: {end}.", end=words(WORDS.get(item.disposition, item.disposition.value)))
    if item.visibility is Visibility.HIDDEN:
        return words("It is not public now: leaving it public makes it so.")
    if item.visibility is Visibility.GONE:
        return words("It is gone from the platform: a closes it.")
    return "" if item.cause else words("It is new and waits for somebody to read it.")


def _opinion_of(verdict: Verdict) -> str:
    if verdict.opinion is Opinion.NONE:
        return words("The rules have no opinion: this language is poorly covered.")
    if verdict.opinion is Opinion.MEDIA:
        return words("It is a picture or voice: not judged.")
    if verdict.protected:
        return words("The rules call it protected criticism.")
    if verdict.top is None:
        return words("The rules found nothing.")
    found = verdict.top.why or f"{verdict.top.rule}."
    return words("The rules found {clause}: {why}", clause=verdict.top.clause, why=found)


def effects(look: Look, actor: Actor) -> tuple[EffectView, ...]:
    """Everything that is in flight, parked or unknown."""
    need(actor, Permission.READ)
    return tuple(effect_of(look, row, actor.person.id) for row in outbox.all_open(look.conn))


def effect_view(look: Look, person_id: int, effect_id: int) -> EffectView | None:
    """One effect as this person sees it, for a stream that announces it."""
    row = outbox.told_one(look.conn, effect_id)
    return effect_of(look, row, person_id) if row is not None else None


def trail_page(look: Look, actor: Actor, after: int = 0, limit: int = 64, item: int = 0) -> tuple[TrailView, ...]:
    """Events after a number, oldest first; of one item, or of all."""
    need(actor, Permission.TRAIL)
    if after < 0:
        raise Refused(Code.BAD, words("There is no event before the first."), words("Ask after 0."))
    return events_of(look, trail.page(look.conn, after, max(1, min(limit, 1000)), item))


def policy_view(look: Look, language: str = "en") -> PolicyView:
    """The policy in force, in this language where it has one."""
    policy = look.policy
    clauses = tuple(
        ClauseView(
            clause.id,
            clause.digit,
            clause.category.value,
            clause.name(language),
            clause.public.get(language) or clause.public.get("en", ""),
            clause.hideable,
            clause.legal,
        )
        for clause in policy.clauses
    )
    helpline = policy.helpline.get(language) or policy.helpline.get("en", "")
    return PolicyView(policy.id, policy.version, policy.digest, clauses, helpline, policy.appeal)
