"""Deciding: leave public or hide. A decision rests on the version that was read; a hide on clause, span and reason.

A decision straight from the list claims and decides in one transaction: decision, effects, item and event together.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from moderator.desk import glossing, media, withdrawing
from moderator.desk.moving import news_of
from moderator.desk.room import Room, need, need_session, safe
from moderator.desk.steps import keep, record, still_there, take, unchanged
from moderator.domain.asks import Hide, Leave
from moderator.domain.conduct import Conduct
from moderator.domain.decision import Ground, ground_for_hiding, hideable, needs_second
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Disposition, Item, Visibility
from moderator.domain.person import Actor, Permission
from moderator.domain.policy import Clause, Opinion, Verdict
from moderator.domain.view import Done
from moderator.domain.wording import joined, kept, mark, words
from moderator.domain.workflow import Act
from moderator.store import comments, decisions, items, outbox, polls


@dataclass(frozen=True, slots=True)
class Wanted:
    """A remote act that a decision asks for."""

    op: Op
    window_ms: int
    """0 sends it at once."""
    payload: str = ""
    """Exactly what is to stand on the platform, for a reply."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody decided, before it is written down."""

    disposition: Disposition
    seen_version: int
    masked: bool = False
    ground: Ground = Ground.NONE
    clause: str = ""
    span: tuple[int, int] | None = None
    reason: str = ""
    review_on: str = ""
    order_id: int | None = None
    reply: str = ""
    """The outgoing text, with its signature."""
    language: str = ""
    conduct: str = "{}"
    """What the conduct check said, and the text as it was typed."""
    second: str = ""
    """Why a second person is needed; "" where none is."""
    batch_id: int | None = None
    """The bulk act that it is part of."""


def leave(room: Room, actor: Actor, item_id: int, ask: Leave) -> Done:
    """Leave it public: read, and nothing needs doing. No remote act, and undone at any time.

    A comment that the platform holds back or that is hidden now is made public by this: then it has an undo window.
    One that is gone is closed as gone.
    """
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    unchanged(room, item, ask.seen_version)
    if item.visibility is Visibility.GONE:
        return close_gone(room, actor, item_id, None)
    wanted = []
    if item.visibility is Visibility.HIDDEN:
        can(room, item, "restore", words("This platform cannot make it public again for us."))
        wanted.append(Wanted(Op.RESTORE, _ms(room.config.times.hide_window)))
    return decide(room, actor, item, Ruling(Disposition.LEFT_PUBLIC, ask.seen_version, ask.masked), wanted)


def hide(room: Room, actor: Actor, item_id: int, ask: Hide) -> Done:
    """Hide it on a clause of the published policy, or on an actionable lawful order.

    Refused where the officer says that it is only criticism (and counted), where clause, span or reason is missing, for
    a picture that nobody judged, and where the platform cannot hide. What the rules call protected goes to a second
    person first.
    """
    need(actor, Permission.DECIDE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    if ask.only_criticism:
        return _only_criticism(room, actor, item)
    unchanged(room, item, ask.seen_version)
    still_there(item, words("The comment is gone from the platform; hiding it is no longer possible."))
    recorded_only = is_import(room, item)
    if not recorded_only:
        can(room, item, "hide", words("This platform cannot hide comments for us."))
    ruling = by_order(room, item, ask) if ask.order_id is not None else by_clause(room, item, ask)
    if ruling.second:
        return propose(room, actor, item, ruling)
    if recorded_only:
        return decide(room, actor, item, ruling, [])
    window = 0 if _at_once(room, item, ruling) else _ms(room.config.times.hide_window)
    return decide(room, actor, item, ruling, [Wanted(Op.HIDE, window)])


def close_gone(room: Room, actor: Actor, item_id: int, ask: object) -> Done:
    """Close an item whose comment vanished from its platform: there is nothing left to decide about."""
    need(actor, Permission.DECIDE)
    item = items.get(room.conn, item_id)
    if item.visibility is not Visibility.GONE:
        raise Refused(
            Code.WRONG_STATE,
            words("The comment still stands on the platform; decide about it."),
            words("Press a, h, r or e."),
        )
    new = replace(take(room, actor, item, Act.CLOSE_GONE), cause=Cause.NONE)
    withdrawing.from_item(room, actor, item.id, words("The comment is gone."))
    seq = keep(room, actor, new, "item.close_gone")
    return Done(
        words("Item {item} is closed: the comment is gone.", item=item.id),
        item.id,
        state=new.state.value,
        version=new.version,
        seq=seq,
    )


def _only_criticism(room: Room, actor: Actor, item: Item) -> Done:
    """The officer's own word that this is only criticism of government or an official: it stays, and is counted."""
    record(room, actor, "hide.refused_criticism", item.id)
    return room.refuse_but_keep(
        Refused(
            Code.NOT_ALLOWED,
            words("Only criticism of government or an official: it stays public."),
            words("a leaves it public; e hands it up if you are not sure."),
        )
    )


def by_clause(room: Room, item: Item, ask: Hide) -> Ruling:
    """A hide on the published policy: clause, span, reason, review date, and whether it needs a second person."""
    glossing.refuse_unread(room, item)
    verdict = comments.verdict_of(room.conn, item.id, item.comment_version)
    clause = hideable(clause_of(room, ask.clause))
    reason = " ".join(safe(ask.reason).split())
    if verdict.opinion is Opinion.MEDIA:
        span, reason = None, reason or _seen(room, item)
    else:
        reason = reason or clause.name("en")
        length = len(comments.text_of(room.conn, item.id, item.comment_version))
        span = ground_for_hiding(clause, _marked(ask), verdict, length, reason)
    return Ruling(
        Disposition.HIDDEN,
        ask.seen_version,
        ask.masked,
        Ground.POLICY,
        clause.id,
        span,
        reason,
        _review_on(room, clause),
        second=needs_second(verdict, Disposition.HIDDEN),
    )


def _seen(room: Room, item: Item) -> str:
    """What somebody who opened the picture or voice says of it: a hide of what has no words rests on that."""
    seen = media.seen_by(room, item)
    if seen is None:
        raise Refused(
            Code.NOT_ALLOWED,
            words("A picture or voice that nobody judged cannot be hidden unseen."),
            words(
                "Open it elsewhere by its code, then say what it shows (: seen); or hand it on with e, reason media."
            ),
        )
    return seen.text


def by_order(room: Room, item: Item, ask: Hide) -> Ruling:
    """A hide on a verified lawful order of this item. A request, or an order that lacks anything, is no ground."""
    row = decisions.order(room.conn, ask.order_id or 0, item.id)
    if row is None:
        raise Refused(Code.NOT_FOUND, words("There is no such order on this item."), words("Record it first with !."))
    if not row["actionable"]:
        why = (
            words("A request is recorded, and decided by the policy only.")
            if row["kind"] == "request"
            else words("This order is not actionable: it lacks something or was not verified.")
        )
        raise Refused(Code.NOT_ALLOWED, why, words("Decide by the policy, or complete the order."))
    reason = " ".join(safe(ask.reason).split()) or kept(words("Lawful order {order}", order=row["id"]))
    return Ruling(
        Disposition.LAWFUL_ORDER, ask.seen_version, ask.masked, Ground.ORDER, reason=reason, order_id=row["id"]
    )


def _marked(ask: Hide) -> tuple[int, int] | None:
    if ask.start is None and ask.end is None:
        return None
    if ask.start is None or ask.end is None:
        raise Refused(Code.BAD, words("A span needs its start and its end."), words("Mark the words again."))
    return (ask.start, ask.end)


def clause_of(room: Room, clause_id: str) -> Clause | None:
    """A clause of the policy in force, or None."""
    return next((clause for clause in room.policy.clauses if clause.id == clause_id), None)


def _review_on(room: Room, clause: Clause) -> str:
    today = datetime.fromisoformat(room.tx.local).date()
    return (today + timedelta(days=clause.review_days)).isoformat()


def _at_once(room: Room, item: Item, ruling: Ruling) -> bool:
    """No undo window: a verified order, or an urgent finding of the engine under this very clause."""
    if ruling.ground is Ground.ORDER:
        return True
    verdict: Verdict = comments.verdict_of(room.conn, item.id, item.comment_version)
    return any(f.urgent and not f.hint and f.clause == ruling.clause for f in verdict.findings)


def is_import(room: Room, item: Item) -> bool:
    """Whether the comment came in by a file: what is decided is recorded, and people carry it out themselves."""
    account = polls.account(room.conn, item.account_id)
    return account is not None and account["platform"] == "import"


def can(room: Room, item: Item, power: str, sentence: str) -> None:
    """Refuse with this sentence what the platform cannot do for us."""
    capabilities = room.house.capabilities(item.account_id)
    if capabilities is not None and not getattr(capabilities, power):
        raise Refused(
            Code.NOT_ALLOWED,
            sentence,
            words("Leave it, reply where that is possible, or hand it up with e."),
        )


def can_reply(room: Room, item: Item) -> None:
    """Refuse a reply where the platform takes none from us."""
    can(room, item, "reply", words("This platform cannot take a reply for us."))


def _ms(amount: float) -> int:
    return round(amount * 1000)


def decide(room: Room, actor: Actor, item: Item, ruling: Ruling, wanted: list[Wanted]) -> Done:
    """Write a decision down with everything that follows from it, in this one transaction."""
    new = take(room, actor, item, Act.DECIDE, disposition=ruling.disposition, effects=bool(wanted))
    withdrawing.superseded(room, actor, item.id)
    decision_id = insert_decision(room, actor, item, ruling, proposed=False)
    effects = send(room, item, decision_id, wanted, ruling.batch_id)
    seq = keep(
        room,
        actor,
        replace(new, cause=Cause.NONE),
        f"decision.{ruling.disposition.value}",
        **_facts(decision_id, ruling),
    )
    return done_with(room, new, decision_id, effects, wanted, seq, ruling.disposition)


def propose(room: Room, actor: Actor, item: Item, ruling: Ruling) -> Done:
    """Put a decision before a second person. Nothing leaves until they approve it."""
    if actor.alone:
        raise Refused(
            Code.NEEDS_SECOND,
            joined((ruling.second, words("This private desk has nobody else."))),
            words("Leave it public, or decide it on the shared desk."),
        )
    new = take(room, actor, item, Act.SUBMIT)
    withdrawing.superseded(room, actor, item.id)
    decision_id = insert_decision(room, actor, item, ruling, proposed=True)
    seq = keep(room, actor, replace(new, cause=Cause.NONE), "review.submit", **_facts(decision_id, ruling))
    return Done(
        joined((ruling.second, words("Item {item} waits for them.", item=item.id))),
        item.id,
        decision_id,
        state=new.state.value,
        version=new.version,
        seq=seq,
    )


def _facts(decision_id: int, ruling: Ruling) -> dict[str, Any]:
    return {
        "decision": decision_id,
        "clause": ruling.clause,
        "ground": ruling.ground.value,
        "seen": ruling.seen_version,
        "masked": int(ruling.masked),
        **({"batch": ruling.batch_id} if ruling.batch_id else {}),
    }


def insert_decision(room: Room, actor: Actor, item: Item, ruling: Ruling, *, proposed: bool) -> int:
    """The decision's row, and its reply's; its id."""
    start, end = ruling.span or (None, None)
    decision_id = room.tx.insert(
        "decision",
        {
            "item_id": item.id,
            "reopened": item.reopened,
            "disposition": ruling.disposition.value,
            "ground": ruling.ground.value,
            "clause": ruling.clause,
            "span_start": start,
            "span_end": end,
            "reason": ruling.reason,
            "person_id": actor.person.id,
            "second_id": None,
            "seen_version": ruling.seen_version,
            "seen_masked": int(ruling.masked),
            "policy_version": room.policy.version,
            "decided_at": room.tx.at,
            "review_on": ruling.review_on,
            "undone": 0,
            "proposed": int(proposed),
            "order_id": ruling.order_id,
            "batch_id": ruling.batch_id,
        },
    )
    if ruling.reply:
        room.tx.insert(
            "reply",
            {
                "decision_id": decision_id,
                "text": ruling.reply,
                "language": ruling.language,
                "capacity": "official",
                "conduct": ruling.conduct,
            },
        )
    return decision_id


def told_conduct(conduct: Conduct, typed: str, *, disclaimer: bool) -> str:
    """What is kept of a conduct check beside a reply: every mark, and the text as it was typed."""
    marks = [{"rule": m.rule, "weight": m.weight.value, "kept": m.kept, "sentence": m.sentence} for m in conduct.marks]
    return json.dumps({"typed": typed, "disclaimer": disclaimer, "marks": marks}, ensure_ascii=False)


def send(room: Room, item: Item, decision_id: int, wanted: list[Wanted], batch_id: int | None = None) -> list[int]:
    """Put remote acts into the outbox, in order; their ids. The event that the caller records names them."""
    return [_effect(room, item, decision_id, one, batch_id) for one in wanted]


def _effect(room: Room, item: Item, decision_id: int, wanted: Wanted, batch_id: int | None) -> int:
    effect_id = outbox.insert(
        room.tx,
        key=secrets.token_hex(16),
        decision_id=decision_id,
        item_id=item.id,
        account_id=item.account_id,
        target=target_of(item),
        op=wanted.op.value,
        payload=wanted.payload,
        state=(EffectState.HELD if wanted.window_ms else EffectState.READY).value,
        window_ms=wanted.window_ms,
        batch_id=batch_id,
    )
    if wanted.window_ms:
        room.windows.open(effect_id, wanted.window_ms)
    room.tx.announce(*news_of(effect_id, batch_id, EffectState.HELD))
    return effect_id


def target_of(item: Item) -> str:
    """What the effects of this item act on."""
    return f"comment:{item.account_id}:{item.remote_id}"


def done_with(
    room: Room, item: Item, decision_id: int, effects: list[int], wanted: list[Wanted], seq: int, what: Disposition
) -> Done:
    """The answer to a decision, with how long it can be taken back."""
    window = max((one.window_ms for one in wanted), default=-1)
    end = words(WORDS_NOW[what])
    if not wanted and what is not Disposition.LEFT_PUBLIC:
        sentence = words(
            "Saved: item {item} is recorded so. Nothing is sent; do it on the platform itself.", item=item.id
        )
    elif window > 0:
        sentence = words(
            "Saved: item {item} {end}. Leaves in {seconds:g} s; z takes it back.",
            item=item.id,
            end=end,
            seconds=window / 1000,
        )
    elif window:
        sentence = words("Saved: item {item} {end}.", item=item.id, end=end)
    else:
        sentence = words("Saved: item {item} {end}. It leaves at once.", item=item.id, end=end)
    return Done(sentence, item.id, decision_id, tuple(effects), window, item.state.value, item.version, seq)


WORDS_NOW: dict[Disposition, str] = {
    Disposition.LEFT_PUBLIC: mark("stays public"),
    Disposition.HIDDEN: mark("will be hidden"),
    Disposition.REPLIED: mark("will be answered"),
    Disposition.HIDDEN_REPLIED: mark("will be answered, then hidden"),
    Disposition.LAWFUL_ORDER: mark("will be hidden on a lawful order"),
}
