"""Handing a comment up the ladder. The mail is the record: stored byte for byte, hashed, and sent as stored.

The escalation stands from the moment it is saved, whether or not a mail server takes the mail: its clock runs, the item
shows it, and where nobody answers in time it climbs to the next level.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from moderator import mail, text
from moderator.config import Config, Level
from moderator.desk import accounts, dossier
from moderator.desk.dossier import Case
from moderator.desk.room import Look, Room, need, need_session
from moderator.desk.steps import keep, take, unchanged
from moderator.domain.asks import Escalate, ReasonCode
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment
from moderator.domain.item import Cause, Item, Lane
from moderator.domain.person import Actor, Permission
from moderator.domain.view import Done, EscalationView
from moderator.domain.wording import joined, mark, words
from moderator.domain.workflow import Act
from moderator.mail import Letter, Mailbox, MailBroken, MailRefused, Receipt
from moderator.store import accounts as account_store
from moderator.store import comments, items, outbox, people
from moderator.store import escalations as store
from moderator.store.base import Row

if TYPE_CHECKING:
    from moderator.desk.house import House

_NOWHERE: Final = "desk.invalid"
"""A domain that can never exist: what stands in the record where no address is configured."""

_QUESTION_MAX: Final = 4000

_STATES: Final[dict[EffectState, str]] = {
    EffectState.HELD: "queued",
    EffectState.READY: "queued",
    EffectState.SENDING: "sending",
    EffectState.DONE: "sent",
    EffectState.FAILED: mark("failed: will be tried again"),
    EffectState.UNCERTAIN: mark("unknown: waits for a person"),
    EffectState.PARKED: mark("waits for a person"),
    EffectState.CANCELLED: mark("not sent"),
}


@dataclass(frozen=True, slots=True)
class _Sealed:
    """One message as it is stored."""

    eml: bytes
    message_id: str
    token: str


def escalate(room: Room, actor: Actor, item_id: int, ask: Escalate) -> Done:
    """Hand an item to the next level (or a named one) with a question. What the officer has typed stays as a draft."""
    need(actor, Permission.ESCALATE)
    need_session(actor)
    item = items.get(room.conn, item_id)
    unchanged(room, item, ask.seen_version)
    question = _question(ask.question)
    level = ask.level or _next_level(room.config, item, ask.reason)
    new = take(room, actor, item, Act.ESCALATE, reason=question, level=level, top_level=_top(room.config))
    urgent = item.lane in (Lane.LIFE, Lane.THREAT)
    window = 0 if urgent else round(room.config.times.mail_window * 1000)
    person = actor.person
    made = _hand_up(room, new, person.id, _signature(actor), ask.reason, question, window)
    seq = keep(room, actor, replace(new, cause=Cause.NONE), "escalation.ask", **made.facts)
    return made.done(new, seq)


def _next_level(config: Config, item: Item, reason: ReasonCode) -> int:
    """Where an item goes that names no level: what the media ask to the press officer, all else one rung up."""
    press = config.escalation.press_level
    return press if reason is ReasonCode.MEDIA and press and item.level < press else item.level + 1


def climb_due(room: Room) -> int:
    """Hand up what nobody answered in time; how many items climbed. The service's clock calls it."""
    late = store.overdue(room.conn, room.now, _top(room.config))
    for row in late:
        item = items.get(room.conn, row["item_id"])
        new = take(room, None, item, Act.CLIMB, top_level=_top(room.config))
        asked_by = people.names(room.conn, [row["person_id"]])[row["person_id"]]
        made = _hand_up(room, new, row["person_id"], asked_by, ReasonCode(row["reason"]), row["question"], 0)
        keep(room, None, new, "escalation.climb", **made.facts)
    return len(late)


def eml(look: Look, actor: Actor, escalation_id: int) -> bytes:
    """The stored message, byte for byte. Refuses one whose bytes are no longer what was hashed."""
    need(actor, Permission.READ)
    row = store.get(look.conn, escalation_id)
    if row is None:
        raise Refused(
            Code.NOT_FOUND,
            words("There is no escalation {number}.", number=escalation_id),
            words("See the item's own list."),
        )
    return _whole(row)


def views(look: Look, item_id: int) -> tuple[EscalationView, ...]:
    """Every step up the ladder of an item, newest first, with how its mail stands."""
    return tuple(_view(row) for row in store.of_item(look.conn, item_id))


async def send(house: House, effect: Row) -> Receipt:
    """Send one escalation's mail (an effect's stored row), exactly the stored bytes.

    Raises `mail.MailRefused` where it was certainly not accepted (the keyring's refusal included) and
    `mail.MailUnknown` where nobody knows: that one waits for a person.
    """
    row = await house.read(_of_effect, effect["id"])
    if row is None:
        raise MailRefused(words("This mail has no escalation on record; nothing was sent."))
    missing = _unsendable(house.config, row)
    if missing:
        raise MailRefused(missing)
    settings = house.config.mail
    server = mail.Server(
        settings.host, settings.port, settings.tls, settings.login, settings.ca_file, house.config.times.mail_timeout
    )
    try:
        password = await accounts.mail_password(house) if settings.login else None
        message = _whole(row)
    except Refused as refused:
        raise MailRefused(joined((refused.sentence, refused.cure)), transient=refused.code is Code.VAULT) from None
    return await mail.send(server, password, message)


@dataclass(frozen=True, slots=True)
class _Made:
    """What handing up made."""

    escalation_id: int
    effect_id: int
    ref: str
    level: Level
    reason: ReasonCode
    digest: str
    window_ms: int
    trouble: str
    """Why no mail leaves, or ""."""

    @property
    def facts(self) -> dict[str, str | int]:
        """Codes and ids for the trail."""
        return {
            "escalation": self.escalation_id,
            "effect": self.effect_id,
            "level": self.level.level,
            "reason": self.reason.value,
            "sha256": self.digest,
        }

    def done(self, item: Item, seq: int) -> Done:
        """The answer to the officer."""
        if self.trouble:
            leaves = self.trouble
        elif self.window_ms:
            leaves = words("The mail leaves in {seconds:g} s; z takes it back.", seconds=self.window_ms / 1000)
        else:
            leaves = words("The mail leaves at once.")
        return Done(
            joined(
                (
                    words(
                        "Saved: item {item} is with {office} as {ref}.",
                        item=item.id,
                        office=self.level.office,
                        ref=self.ref,
                    ),
                    leaves,
                )
            ),
            item.id,
            effects=(self.effect_id,),
            window_ms=-1 if self.trouble else self.window_ms,
            state=item.state.value,
            version=item.version,
            seq=seq,
            row_id=self.escalation_id,
        )


def _hand_up(
    room: Room, item: Item, person_id: int, asked_by: str, reason: ReasonCode, question: str, window_ms: int
) -> _Made:
    """Compose, store and queue the mail of one step up. The caller writes the item and records the event."""
    level = _level(room.config, item.level)
    ref = f"E-{store.next_number(room.conn)}"
    due = room.now + timedelta(minutes=level.minutes)
    case = _case(room, item, level, ref, asked_by, reason, question, due)
    sealed = _seal(room.config, case)
    trouble = _trouble(room.config, level)
    effect_id = _queue(room, item, ref, sealed.token, window_ms, trouble)
    digest = hashlib.sha256(sealed.eml).hexdigest()
    escalation_id = store.insert(
        room.tx,
        ref=ref,
        item_id=item.id,
        person_id=person_id,
        effect_id=effect_id,
        level=level.level,
        office=level.office,
        sent_to=level.mail,
        reason=reason.value,
        question=question,
        eml=sealed.eml,
        sha256=digest,
        message_id=sealed.message_id,
        token=sealed.token,
        due_at=items.to(due),
    )
    return _Made(escalation_id, effect_id, ref, level, reason, digest, window_ms, trouble)


def _queue(room: Room, item: Item, ref: str, token: str, window_ms: int, trouble: str) -> int:
    """The mail's place in the outbox. Where it cannot leave it waits there for a person, never silently."""
    held = EffectState.HELD if window_ms else EffectState.READY
    effect_id = outbox.insert(
        room.tx,
        key=token,
        decision_id=None,
        item_id=item.id,
        account_id=None,
        target=f"mail:{ref}",
        op=Op.MAIL.value,
        payload="",
        state=(EffectState.PARKED if trouble else held).value,
        window_ms=window_ms,
        reason=trouble,
    )
    if window_ms and not trouble:
        room.windows.open(effect_id, window_ms)
    room.tx.announce("effect", effect_id)
    return effect_id


def _case(
    room: Room, item: Item, level: Level, ref: str, asked_by: str, reason: ReasonCode, question: str, due: datetime
) -> Case:
    version = comments.version_of(room.conn, item.id, item.comment_version)
    stored = items.row_of(room.conn, item.id)
    account = account_store.get(room.conn, item.account_id)
    post = comments.post_of(room.conn, stored["post_id"])
    return Case(
        ref=ref,
        desk=room.config.desk.name,
        item_id=item.id,
        level=level,
        above=next((rung for rung in room.config.escalation.levels if rung.level == level.level + 1), None),
        reason=reason,
        question=question,
        asked_by=asked_by,
        asked_at=room.now,
        due_at=due,
        zone=ZoneInfo(room.config.desk.time_zone),
        account=account.name,
        platform=account.platform,
        permalink=stored["permalink"],
        post_title=post["title"] if post else "",
        comment=version["text"] if version else "",
        comment_version=item.comment_version,
        author=version["author_name"] if version else "",
        handle=version["author_handle"] if version else "",
        captured_at=stored["captured_at"],
        commented_at=stored["commented_at"],
        verdict=comments.verdict_of(room.conn, item.id, item.comment_version),
        clauses=room.policy.clauses,
        policy_version=room.policy.version,
        policy_digest=room.policy.digest,
    )


def _seal(config: Config, case: Case) -> _Sealed:
    """The message. Refuses where the configuration's names or addresses cannot stand in one."""
    sender = config.mail.sender or f"duty-desk@{_NOWHERE}"
    local, _, domain = sender.rpartition("@")
    token = secrets.token_hex(16)
    plus = f"{local}+esc-{token}@{domain}"
    letter = Letter(
        sender=Mailbox(sender, _one_line(case.desk)),
        to=Mailbox(case.level.mail or f"level-{case.level.level}@{_NOWHERE}", _one_line(case.level.office)),
        cc=tuple(Mailbox(entry) for entry in case.level.deputies if "@" in entry),
        subject=dossier.subject(case),
        date=case.asked_at.astimezone(case.zone),
        message_id=f"<{case.ref.lower()}.{token}@{domain}>",
        body=dossier.body(case),
        evidence=dossier.evidence(case),
        reply_to=plus if config.mail.sender and mail.valid_address(plus) else "",
    )
    try:
        return _Sealed(mail.compose(letter), letter.message_id, token)
    except MailBroken as broken:
        raise Refused(
            Code.BAD,
            broken.args[0],
            words("Correct [mail] and [[escalation.levels]] in the configuration; nothing was saved."),
        ) from None


def _trouble(config: Config, level: Level) -> str:
    """Why no mail can leave for this level, with what to do instead; "" where it can."""
    phone = f" ({level.phone})" if level.phone else ""
    by_voice = words("Reach {office} by phone{phone}; the clock runs.", office=level.office, phone=phone)
    if not level.mail:
        return joined((words("No mail address is configured for level {level}.", level=level.level), by_voice))
    if not config.mail.host or not config.mail.sender:
        return joined((words("No mail server is configured."), by_voice))
    return ""


def _unsendable(config: Config, row: Row) -> str:
    if not config.mail.host:
        return words("No mail server is configured; nothing was sent.")
    if any(address.endswith(f"@{_NOWHERE}") for address in mail.envelope(row["eml"])[:2]):
        return words(
            "This mail was made before its addresses were configured. Hand the item up anew; nothing was sent."
        )
    return ""


def _whole(row: Row) -> bytes:
    stored: bytes = row["eml"]
    if hashlib.sha256(stored).hexdigest() != row["sha256"]:
        raise Refused(
            Code.DAMAGED,
            words("The stored mail {ref} is not what was recorded.", ref=row["ref"]),
            words("Run moderator trail verify."),
        )
    return stored


def _of_effect(look: Look, effect_id: int) -> Row | None:
    return store.of_effect(look.conn, effect_id)


def _question(given: str) -> str:
    """The officer's question, clean. Refuses an empty one: the office must know what it is to decide."""
    question = "\n".join(line.rstrip() for line in text.clean(given).text.split("\n")).strip()
    if not question:
        raise Refused(Code.BAD, words("An escalation needs a question."), words("Say what the office should decide."))
    if len(question) > _QUESTION_MAX:
        raise Refused(Code.BAD, words("That question is too long."), words("Keep it under 4,000 characters."))
    return question


def _signature(actor: Actor) -> str:
    """Who asks, as the office knows them."""
    person = actor.person
    named = "" if person.role_only else person.designation or person.name
    return ", ".join(_one_line(part) for part in (named, person.role_title) if part) or person.name


def _one_line(words: str) -> str:
    return " ".join(text.clean(words).text.split())


def _top(config: Config) -> int:
    return max((level.level for level in config.escalation.levels), default=0)


def _level(config: Config, number: int) -> Level:
    found = next((level for level in config.escalation.levels if level.level == number), None)
    if found is None:
        raise Refused(
            Code.BAD,
            words("The ladder has no level {number}.", number=number),
            words("It stands under [[escalation.levels]] in the configuration."),
        )
    return found


def _view(row: Row) -> EscalationView:
    state = EffectState(row["effect_state"]) if row["effect_state"] else EffectState.PARKED
    word = _STATES[state]
    if state is EffectState.PARKED and row["first_tried"]:
        word = mark("unknown: waits for a person")
    return EscalationView(
        id=row["id"],
        ref=row["ref"],
        level=row["level"],
        office=row["office"],
        to=row["sent_to"],
        question=row["question"],
        state=words("taken back") if row["undone"] else words(word),
        sent_at=moment(row["first_tried"]) if state is EffectState.DONE and row["first_tried"] else None,
        due_at=items.of(row["due_at"]),
        sha256=row["sha256"],
        at=moment(row["at"]),
    )
