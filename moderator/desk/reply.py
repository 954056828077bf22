"""Replying in public, as the agency. What breaks a hard rule of the conduct code needs a second person to leave."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Final

from moderator.desk.deciding import Ruling, Wanted, by_clause, can_reply, decide, propose, told_conduct
from moderator.desk.room import Look, Room, need, need_session, safe, storable
from moderator.desk.steps import still_there, unchanged
from moderator.domain.asks import CheckConduct, Hide, Nothing, Reply, SaveDraft
from moderator.domain.conduct import Conduct
from moderator.domain.decision import needs_second
from moderator.domain.effect import Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Disposition, Item
from moderator.domain.names import named
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done
from moderator.domain.wording import joined, words
from moderator.policy import conduct as code_of_conduct
from moderator.store import comments, decisions, items

_LONGEST: Final = 20_000
_LONGEST_REASON: Final = 500
_LOST: Final = frozenset({Code.TAKEN, Code.CHANGED, Code.WRONG_STATE})


def reply(room: Room, actor: Actor, item_id: int, ask: Reply) -> Done:
    """Answer in public, and hide as well where a clause is given (the reply goes first).

    The conduct check runs again here, on exactly what would stand on the platform. Whatever the refusal, the text stays
    as this person's draft.
    """
    need(actor, Permission.REPLY)
    need_session(actor)
    item = items.get(room.conn, item_id)
    ask = replace(ask, text=_typed(ask.text))
    try:
        done = _reply(room, actor, item, ask)
    except Refused as refused:
        return _keep_text(room, actor, item, ask.text, refused)
    decisions.forget_draft(room.tx, item_id, actor.person.id)
    return done


def _keep_text(room: Room, actor: Actor, item: Item, text: str, refused: Refused) -> Done:
    """Refuse, and keep what was typed: nobody loses words to a race."""
    if text.strip():
        why = "lost the race" if refused.code in _LOST else ""
        decisions.save_draft(room.tx, item.id, actor.person.id, text, len(text), why)
        refused = Refused(
            refused.code,
            refused.sentence,
            joined((refused.cure, words("Your text stays as a draft."))),
            refused.facts,
        )
    return room.refuse_but_keep(refused)


def _reply(room: Room, actor: Actor, item: Item, ask: Reply) -> Done:
    unchanged(room, item, ask.seen_version)
    still_there(item, words("The comment is gone from the platform; replying is no longer possible."))
    can_reply(room, item)
    _sendable(ask.text)
    checked = checked_text(room, actor, item, ask.text, disclaimer=ask.disclaimer)
    lifted = _lifted(checked, ask.lift)
    ruling = Ruling(
        Disposition.REPLIED,
        ask.seen_version,
        ask.masked,
        reason=_why_lift(ask) if lifted else "",
        reply=checked.outgoing,
        language=comments.verdict_of(room.conn, item.id, item.comment_version).language,
        conduct=told_conduct(checked, ask.text, disclaimer=ask.disclaimer),
        second=lifted,
    )
    wanted = [Wanted(Op.REPLY, _window(room, ask), checked.outgoing)]
    if ask.hide_clause:
        ruling = _with_hide(room, item, ask, ruling)
        wanted.append(Wanted(Op.HIDE, wanted[0].window_ms))
    if ruling.second:
        return propose(room, actor, item, ruling)
    return decide(room, actor, item, ruling, wanted)


def _with_hide(room: Room, item: Item, ask: Reply, ruling: Ruling) -> Ruling:
    hiding = by_clause(room, item, Hide(ask.seen_version, ask.hide_clause, ask.masked))
    verdict = comments.verdict_of(room.conn, item.id, item.comment_version)
    seconds = (ruling.second, needs_second(verdict, Disposition.HIDDEN_REPLIED))
    return replace(
        ruling,
        disposition=Disposition.HIDDEN_REPLIED,
        ground=hiding.ground,
        clause=hiding.clause,
        span=hiding.span,
        reason=". ".join(part.rstrip(".") for part in (hiding.reason, ruling.reason) if part),
        review_on=hiding.review_on,
        second=" ".join(filter(None, seconds)),
    )


def _lifted(checked: Conduct, lift: str) -> str:
    """Refuse a broken hard rule; or say why a second person is needed, where the officer asks for one to lift it."""
    if not checked.broken:
        return ""
    rules = {mark.rule for mark in checked.broken}
    sentences = [mark.sentence for mark in checked.broken]
    if lift.strip() and checked.liftable:
        return words("A second person must lift: {rules}.", rules=joined([named(rule) for rule in sorted(rules)], ", "))
    raise Refused(
        Code.CONDUCT,
        " ".join(sentences),
        words("Change the text; where it must stand as it is, ask a second person to lift the rule.")
        if checked.liftable
        else words("Change the text."),
        {"rules": sorted(rules), "sentences": sentences},
    )


def _why_lift(ask: Reply) -> str:
    """The officer's reason for lifting a rule, on one line: the second person reads it beside the text."""
    return " ".join(safe(ask.lift).split())[:_LONGEST_REASON]


def _window(room: Room, ask: Reply) -> int:
    times = room.config.times
    approved = {" ".join(text.split()) for text in room.policy.helpline.values()}
    short = ask.helpline and " ".join(ask.text.split()) in approved
    return round((times.helpline_window if short else times.reply_window) * 1000)


def conduct(look: Look, actor: Actor, ask: CheckConduct) -> Conduct:
    """What the conduct check says of a draft as it is typed."""
    need(actor, Permission.REPLY)
    item = items.get(look.conn, ask.item_id)
    return checked_text(look, actor, item, _typed(ask.text), disclaimer=ask.disclaimer)


def checked_text(place: Room | Look, actor: Actor, item: Item, text: str, *, disclaimer: bool) -> Conduct:
    """The conduct check on this text, under this account's limits, for this person's name and role."""
    row = comments.version_of(place.conn, item.id, item.comment_version)
    verdict = comments.verdict_of(place.conn, item.id, item.comment_version)
    return code_of_conduct.check(
        text,
        actor.person,
        _code(place, item.account_id),
        disclaimer=disclaimer,
        recipient=row["author_name"] if row else "",
        language=verdict.language,
    )


def _code(place: Room | Look, account_id: int) -> code_of_conduct.Code:
    """The code of conduct in force on this account."""
    rules = place.config.conduct
    capabilities = place.house.capabilities(account_id)
    names = ("length", "identity", "personal_data", "confidential", "matter", "placeholder", "description")
    return code_of_conduct.Code(
        weights={name: getattr(rules, name) for name in names},
        soft_length=rules.soft_length,
        platform_limit=capabilities.reply_limit if capabilities else 0,
        platform_unit=capabilities.reply_unit if capabilities else "graphemes",
        disclaimer=rules.disclaimer,
        official_contacts=rules.official_contacts,
        confidential_words=rules.confidential_words,
        matters=rules.matters,
    )


def save_draft(room: Room, actor: Actor, item_id: int, ask: SaveDraft) -> Done:
    """Keep what was typed so far: one draft for each person and item."""
    need(actor, Permission.REPLY)
    text = _typed(ask.text)
    item = items.get(room.conn, item_id)
    decisions.save_draft(room.tx, item_id, actor.person.id, text, max(0, min(ask.caret, len(text))))
    return Done(words("Draft saved."), item_id, state=item.state.value, version=item.version)


def drop_draft(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Put a draft away. It can be brought back all shift."""
    need(actor, Permission.REPLY)
    items.get(room.conn, item_id)
    if not decisions.drop_draft(room.tx, item_id, actor.person.id):
        raise Refused(Code.NOT_FOUND, words("You have no draft on item {item}.", item=item_id), "")
    return Done(words("Draft dropped; it can be brought back."), item_id)


def restore_draft(room: Room, actor: Actor, item_id: int, ask: Nothing) -> Done:
    """Bring a dropped draft back, the newest first; what stands in its place is put away and not lost."""
    need(actor, Permission.REPLY)
    if not decisions.restore_draft(room.tx, item_id, actor.person.id):
        raise Refused(Code.NOT_FOUND, words("You dropped no draft on item {item}.", item=item_id), "")
    return Done(words("The draft is back."), item_id)


def _typed(text: str) -> str:
    """What was typed, in a form that can be stored. Refuses one that is too long."""
    if len(text) > _LONGEST:
        raise Refused(
            Code.BAD, words("A text has at most {most} characters.", most=f"{_LONGEST:,}"), words("Shorten it.")
        )
    return storable(text)


def _sendable(text: str) -> None:
    """Refuse a reply with characters that no reader can see: they came in by a paste, and hide what is said."""
    if any(unicodedata.category(ch) in ("Cc", "Cs") and ch != "\n" for ch in text):
        raise Refused(
            Code.BAD, words("The text holds control characters."), words("Type it again where it was pasted.")
        )
