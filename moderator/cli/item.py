"""`moderator item …`: reading items, and every act on them, for scripts and for one-line work.

An act opens a session, does its one thing and closes it; what an open session holds (a claim) ends with it.
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from moderator.cli import exits, itemlines, itemparts, itempassing, queue
from moderator.cli.call import Call, needed, text_of
from moderator.cli.itemparts import words
from moderator.cli.parser import group, verb
from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.domain.order import OrderKind
from moderator.locale import _

if TYPE_CHECKING:
    from moderator.client import Client, Stream

_LEAVE_A_CLAIM: Final = frozenset({"undo", "withdraw", "reverse", "take_over"})
"""Acts after which the item is claimed by the session that did them; this one is about to end."""


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """list, next, show, and one verb for each act."""
    verbs = group(parser, name)
    queue.viewing(verb(verbs, "list", "show_all", _("items of a view, the most urgent first")), default="all")
    verb(verbs, "next", "show_next", _("the number of the next item for me"))
    itemparts.target(verb(verbs, "show", "show_one", _("one item, whole")))
    itemparts.acts(verbs)
    itempassing.acts(verbs)


def show_all(call: Call) -> int:
    """A view, page by page."""
    return queue.show(call)


def show_next(call: Call) -> int:
    """The next item; exit code 1 where there is none."""
    number = call.client().next()
    call.show({"id": number}, str(number) if number else _("Nothing is waiting for you."))
    return exits.DONE if number else exits.REFUSED


def show_one(call: Call) -> int:
    """One item."""
    detail = call.client().detail(call.args.item)
    call.show(detail, *itemlines.detail(detail))
    return exits.DONE


def _act(call: Call, act: str, ask: object = None) -> int:
    with call.session() as client:
        done = client.act(call.args.item, act, ask)
        if act in _LEAVE_A_CLAIM:
            _give_back(call, client)
    call.show(done, done.sentence)
    return exits.DONE


def simple(call: Call) -> int:
    """An act that needs nothing but its item: release, undo, approve, withdraw, close."""
    return _act(call, call.args.item_verb.replace("-", "_"))


def because(call: Call) -> int:
    """An act that needs a reason: reopen, reverse, send-back."""
    return _act(call, call.args.item_verb.replace("-", "_"), asks.Because(call.args.reason))


def claim(call: Call) -> int:
    """Claim it for as long as this command runs, at most for the desk's idle time."""
    return _keep(call)


def hold(call: Call) -> int:
    """Claim it for as long as this command runs, and hold it beyond the idle time."""
    return _keep(call, asks.Hold(call.args.minutes, call.args.reason))


def _keep(call: Call, longer: asks.Hold | None = None) -> int:
    """Keep an item until this command is ended, by Ctrl-C or any ordinary signal; then give it back."""
    client = call.client()
    with client.stream() as stream:
        done = client.act(call.args.item, "claim")
        with ended_by_signal() as ended:
            Thread(target=_drain, args=(stream, ended), daemon=True).start()
            try:
                done = client.act(call.args.item, "hold", longer) if longer else done
                call.show(done, done.sentence, _("It is yours while this command runs; Ctrl-C gives it back."))
                call.out.flush()
                renew = client.hello().renew_s
                while not ended.wait(renew):
                    client.alive(key=False)
            finally:
                _give_back(call, client)
    return exits.DONE


def _drain(stream: Stream, ended: Event) -> None:
    """Take what the desk tells, so that the line does not stall; the end of the desk is the end of the claim."""
    with suppress(Refused):
        for _ in stream:
            pass
    ended.set()


def _give_back(call: Call, client: Client) -> None:
    """Release what an act left with this session: otherwise the desk would take the line for dropped."""
    try:
        client.act(call.args.item, "release")
    except Refused as refused:
        if refused.code not in (Code.WRONG_STATE, Code.TAKEN, Code.NOT_FOUND, Code.NO_SESSION, Code.DOWN):
            raise


@contextmanager
def ended_by_signal() -> Iterator[Event]:
    """An event that INT, TERM and HUP set, in place of what they do otherwise."""
    ended = Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in signals}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(call: Call) -> int:
    """Leave it public."""
    return _act(call, "leave", asks.Leave(call.args.seen))


def hide(call: Call) -> int:
    """Hide it on a clause."""
    args = call.args
    start, end = words(call) if args.words else (args.start, args.end)
    ask = asks.Hide(args.seen, args.clause, start=start, end=end, reason=args.reason, order_id=args.order)
    return _act(call, "hide", ask)


def reply(call: Call) -> int:
    """Answer it in public."""
    args = call.args
    text = needed(text_of(call, args.text), _("The reply"))
    ask = asks.Reply(args.seen, text, disclaimer=args.disclaimer, hide_clause=args.hide_clause, lift=args.lift)
    return _act(call, "reply", ask)


def escalate(call: Call) -> int:
    """Hand it up the ladder."""
    args = call.args
    question = needed(text_of(call, args.question), _("The question"))
    return _act(call, "escalate", asks.Escalate(args.seen, question, asks.ReasonCode(args.reason), args.level))


def snooze(call: Call) -> int:
    """Put it aside."""
    args = call.args
    until = args.until or datetime.now(UTC) + args.span
    return _act(call, "snooze", asks.Snooze(until, args.reason))


def note(call: Call) -> int:
    """Add a private remark."""
    return _act(call, "note", asks.Note(needed(text_of(call, call.args.text), _("The note"))))


def assign(call: Call) -> int:
    """Give it to a colleague on duty."""
    return _act(call, "assign", asks.Assign(call.args.person, call.args.reason))


def cannot_read(call: Call) -> int:
    """Pass it to somebody who reads its language."""
    return _act(call, "cannot_read", asks.CannotRead(call.args.language))


def gloss(call: Call) -> int:
    """Say what it says."""
    words = needed(text_of(call, call.args.text), _("The gloss"))
    return _act(call, "gloss", asks.Gloss(words, call.args.language))


def media_seen(call: Call) -> int:
    """Say what a picture or voice shows."""
    return _act(call, "media_seen", asks.MediaSeen(needed(text_of(call, call.args.text), _("What it shows"))))


def media(call: Call) -> int:
    """The address behind a code."""
    found = call.client().media_address(call.args.code)
    call.show(found, *itempassing.address_lines(found, url=call.args.url))
    return exits.DONE


def take_over(call: Call) -> int:
    """Take it from whoever holds it, and free it for all."""
    return _act(call, "take_over", asks.TakeOver(call.args.reason))


def order(call: Call) -> int:
    """Record an order or a request."""
    args = call.args
    ask = asks.ReceivedOrder(
        OrderKind(args.kind), args.received or datetime.now(UTC), args.authority, args.officer, args.rank, args.statute,
        args.reference, args.reason, tuple(args.url), args.words, args.caller, args.due, args.verified_by,
    )  # fmt: skip
    return _act(call, "order", ask)


def draft(call: Call) -> int:
    """Save a draft, drop one's own, bring it back, or show them."""
    args = call.args
    if args.restore:
        return _act(call, "restore_draft")
    if args.text is None and not args.drop:
        drafts = call.client().detail(args.item).drafts
        call.show(drafts, *([itemlines.draft(found) for found in drafts] or [_("There is no draft.")]))
        return exits.DONE
    with call.session() as client:
        if args.drop:
            done = client.drop_draft(args.item)
        else:
            text = text_of(call, args.text)
            done = client.save_draft(args.item, asks.SaveDraft(text, len(text)))
    call.show(done, done.sentence)
    return exits.DONE


def check(call: Call) -> int:
    """What the conduct check says about a reply; exit code 1 where a hard rule is broken."""
    text = needed(text_of(call, call.args.text), _("The reply"))
    found = call.client().conduct(asks.CheckConduct(call.args.item, text, call.args.disclaimer))
    call.show(found, *itemlines.conduct(found))
    return exits.REFUSED if found.broken else exits.DONE
