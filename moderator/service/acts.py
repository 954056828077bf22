"""The interface's acting half: one table of acts on items, and the acts on drafts, effects, accounts and people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from moderator.desk import (
    accounts,
    captures,
    escalate,
    exposure,
    glossing,
    media,
    orders,
    outbox,
    passing,
    people,
    reading,
    redoing,
    reply,
    review,
    sessions,
    work,
)
from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.domain.view import Done
from moderator.domain.wording import words
from moderator.service.answers import answer, ask_of, number_of
from moderator.service.context import Service, doer, officer, peer_of, reader, token_of

ACTS: Final[dict[str, tuple[Callable[..., Done], type]]] = {
    "claim": (work.claim, asks.Nothing),
    "release": (work.release, asks.Nothing),
    "take_over": (work.take_over, asks.TakeOver),
    "hold": (work.hold, asks.Hold),
    "leave": (work.leave, asks.Leave),
    "hide": (work.hide, asks.Hide),
    "reply": (reply.reply, asks.Reply),
    "escalate": (escalate.escalate, asks.Escalate),
    "snooze": (work.snooze, asks.Snooze),
    "note": (work.note, asks.Note),
    "order": (orders.record_order, asks.ReceivedOrder),
    "reopen": (work.reopen, asks.Because),
    "reverse": (work.reverse, asks.Because),
    "undo": (work.undo, asks.Nothing),
    "redo": (redoing.redo, asks.Nothing),
    "approve": (review.approve, asks.Nothing),
    "send_back": (review.send_back, asks.Because),
    "withdraw": (review.withdraw, asks.Nothing),
    "reveal": (exposure.reveal, asks.Nothing),
    "assign": (passing.assign, asks.Assign),
    "cannot_read": (passing.cannot_read, asks.CannotRead),
    "gloss": (glossing.gloss, asks.Gloss),
    "media_seen": (media.media_seen, asks.MediaSeen),
    "close": (work.close_gone, asks.Nothing),
    "restore_draft": (reply.restore_draft, asks.Nothing),
}
"""Act on an item → (use case, body)."""

ACCOUNT_ACTS: Final[dict[str, Callable[..., Done]]] = {
    "activate": accounts.activate,
    "freeze": accounts.freeze,
    "thaw": accounts.thaw,
    "retire": accounts.retire,
}


_CANNOT_SAVE: Final = (Code.FULL, Code.BUSY, Code.DAMAGED)


async def post_act(service: Service, request: Request) -> Response:
    """Do something to an item."""
    actor = await officer(service, request)
    use_case, kind = _known(ACTS, request.path_params["act"])
    item_id = number_of(request.path_params["id"], "item")
    ask = ask_of(kind, await request.body())
    return answer(await service.house.write(use_case, actor, item_id, ask))


async def get_item(service: Service, request: Request) -> Response:
    """One item, whole; with `open=1` and a session it counts as being looked at."""
    actor = await reader(service, request)
    item_id = number_of(request.path_params["id"], "item")
    if request.query_params.get("open") == "1" and actor.session:
        try:
            await service.house.write(work.open_item, actor, item_id)
        except Refused as refused:
            if refused.code not in _CANNOT_SAVE:
                raise  # a disk that is full, or a busy or damaged database, keeps nobody from reading
    return answer(await service.house.read(reading.detail, actor, item_id))


async def get_capture(service: Service, request: Request) -> Response:
    """The evidence of one version of a comment. That it was shown is recorded before it is."""
    actor = await doer(service, request)
    item_id = number_of(request.path_params["id"], "item")
    n = number_of(request.query_params.get("version", "0"), "version")
    return answer(await service.house.write(captures.show, actor, item_id, n))


async def post_media(service: Service, request: Request) -> Response:
    """The true address behind a code. That it was given out is recorded before it is."""
    actor = await doer(service, request)
    return answer(await service.house.write(media.address, actor, request.path_params["code"][:40]))


async def put_draft(service: Service, request: Request) -> Response:
    """Keep what the officer has typed so far."""
    actor = await officer(service, request)
    item_id = number_of(request.path_params["id"], "item")
    ask = ask_of(asks.SaveDraft, await request.body())
    return answer(await service.house.write(reply.save_draft, actor, item_id, ask))


async def delete_draft(service: Service, request: Request) -> Response:
    """Drop a draft; it can be had back all shift."""
    actor = await officer(service, request)
    item_id = number_of(request.path_params["id"], "item")
    return answer(await service.house.write(reply.drop_draft, actor, item_id, asks.Nothing()))


async def post_alive(service: Service, request: Request) -> Response:
    """The session lives; its leases are renewed where a key was pressed lately."""
    actor = await officer(service, request)
    body = ask_of(dict[str, bool], await request.body())
    await service.house.write(work.alive, actor, body.get("key", False))
    return answer({})


async def post_session_leave(service: Service, request: Request) -> Response:
    """The officer goes on purpose: when the stream now ends, it counts as left and not as a dropped line."""
    person = await service.gate.person(peer_of(request), act=True)
    service.sessions.need(token_of(request), person).why = sessions.LEFT
    return answer({})


async def post_conduct(service: Service, request: Request) -> Response:
    """What the conduct code says about a draft. Changes nothing."""
    actor = await reader(service, request)
    ask = ask_of(asks.CheckConduct, await request.body())
    return answer(await service.house.read(reply.conduct, actor, ask))


async def post_settle(service: Service, request: Request) -> Response:
    """A person's word on an effect that nobody could settle by looking."""
    actor = await doer(service, request)
    effect_id = number_of(request.path_params["id"], "effect")
    ask = ask_of(asks.SettleEffect, await request.body())
    return answer(await service.house.write(outbox.settle, actor, effect_id, ask))


async def post_account(service: Service, request: Request) -> Response:
    """Open a login record."""
    actor = await doer(service, request)
    ask = ask_of(asks.NewAccount, await request.body())
    return answer(await service.house.write(accounts.add, actor, ask))


async def post_account_act(service: Service, request: Request) -> Response:
    """Bring an account into service, stop it, start it again or retire it."""
    actor = await doer(service, request)
    use_case = _known(ACCOUNT_ACTS, request.path_params["act"])
    account_id = number_of(request.path_params["id"], "account")
    ask = ask_of(asks.Because, await request.body())
    return answer(await service.house.write(use_case, actor, account_id, ask))


async def post_secret(service: Service, request: Request) -> Response:
    """Put a secret into the keyring."""
    actor = await doer(service, request)
    account_id = number_of(request.path_params["id"], "account")
    ask = await _secret(request)
    return answer(await accounts.set_secret(service.house, actor, account_id, ask))


async def post_mail_secret(service: Service, request: Request) -> Response:
    """Put the password of the mail login into the keyring."""
    actor = await doer(service, request)
    return answer(await accounts.set_mail_secret(service.house, actor, await _secret(request)))


async def _secret(request: Request) -> asks.SetSecret:
    """The body of a secret. Its refusal never quotes what was sent."""
    try:
        return ask_of(asks.SetSecret, await request.body())
    except Refused as refused:
        if refused.code is not Code.BAD:
            raise
        raise Refused(
            Code.BAD, words("A secret needs a slot and a value, both text."), words("Send it again.")
        ) from None


async def post_test(service: Service, request: Request) -> Response:
    """Try an account's line to its platform."""
    actor = await doer(service, request)
    account_id = number_of(request.path_params["id"], "account")
    return answer(await accounts.test(service.house, actor, account_id))


async def post_person(service: Service, request: Request) -> Response:
    """Put somebody on the roster."""
    actor = await doer(service, request)
    ask = ask_of(asks.NewPerson, await request.body())
    uid = await service.gate.uid_of(ask.name)
    done = await service.house.write(people.add, actor, ask, uid)
    service.gate.forget()
    return answer(done)


async def post_leave(service: Service, request: Request) -> Response:
    """Take somebody off the roster; their open screens end within the configured seconds."""
    actor = await doer(service, request)
    person_id = number_of(request.path_params["id"], "person")
    done = await service.house.write(people.leave, actor, person_id)
    service.gate.forget()
    return answer(done)


def _known(table: dict[str, Any], name: str) -> Any:
    if name not in table:
        raise Refused(
            Code.NOT_FOUND, words("There is no such act."), words("Acts are: {names}.", names=", ".join(table))
        )
    return table[name]
