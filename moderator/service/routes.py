"""The interface's reading half: what stands in ARCHITECTURE.md under GET."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from moderator import __version__
from moderator.desk import accounts, escalate, exposure, figures, people, reading, rounds, status
from moderator.domain.asks import Order
from moderator.domain.errors import Code, Refused
from moderator.domain.view import View
from moderator.domain.wording import words
from moderator.service import greeting
from moderator.service.answers import HEADERS, answer, number_of
from moderator.service.context import Service, peer_of, reader

MOST_ROWS = 200


async def get_health(service: Service, request: Request) -> Response:
    """Whether the desk can save. Needs the group, not the roster: monitoring has no shift."""
    await service.gate.member(peer_of(request))
    store = service.house.store
    return answer({"ok": not store.read_only, "version": __version__, "head": store.head[0]})


async def get_hello(service: Service, request: Request) -> Response:
    """Who the caller is to this desk."""
    actor = await reader(service, request)
    return answer(await greeting.hello(service, actor.person))


async def get_status(service: Service, request: Request) -> Response:
    """The desk at a glance."""
    actor = await reader(service, request)
    return answer(await service.house.read(status.status, actor))


async def get_policy(service: Service, request: Request) -> Response:
    """The policy in force, in the asked language."""
    await reader(service, request)
    language = request.query_params.get("language", "en")[:16]
    return answer(await service.house.read(reading.policy_view, language))


async def get_queue(service: Service, request: Request) -> Response:
    """One page of a view."""
    actor = await reader(service, request)
    query = request.query_params
    view, limit = _view(query.get("view", View.NEW.value)), _limit(query.get("limit", "64"))
    after, looked_for, order = query.get("after", "")[:500], query.get("q", ""), _order(query.get("sort", ""))
    return answer(await service.house.read(reading.queue_page, actor, view, after, limit, looked_for, order))


async def get_rows(service: Service, request: Request) -> Response:
    """Single rows by id; an id without an item is left out."""
    actor = await reader(service, request)
    ids = [number_of(part, "item") for part in request.query_params.get("ids", "").split(",") if part]
    if len(ids) > MOST_ROWS:
        raise Refused(Code.BAD, words("At most {n} rows at once.", n=MOST_ROWS), words("Ask in several requests."))
    return answer(await service.house.read(reading.rows, actor, ids, _order(request.query_params.get("sort", ""))))


async def get_next(service: Service, request: Request) -> Response:
    """The next item for this person."""
    actor = await reader(service, request)
    return answer({"id": await service.house.read(reading.next_for, actor) or 0})


async def get_effects(service: Service, request: Request) -> Response:
    """Every remote act that is not final."""
    actor = await reader(service, request)
    return answer(await service.house.read(reading.effects, actor))


async def get_figures(service: Service, request: Request) -> Response:
    """The desk in figures over the last hours."""
    actor = await reader(service, request)
    hours = number_of(request.query_params.get("hours", "24"), "hour")
    return answer(await service.house.read(figures.figures, actor, hours))


async def get_exposure(service: Service, request: Request) -> Response:
    """What the caller uncovered lately. There is no way to ask for anybody else's."""
    actor = await reader(service, request)
    return answer(await service.house.read(exposure.mine, actor))


async def get_accounts(service: Service, request: Request) -> Response:
    """The login records."""
    actor = await reader(service, request)
    return answer(await service.house.read(accounts.list_accounts, actor))


async def get_platforms(service: Service, request: Request) -> Response:
    """The platforms that an account can be opened on."""
    actor = await reader(service, request)
    return answer(await service.house.read(accounts.list_platforms, actor))


async def get_people(service: Service, request: Request) -> Response:
    """The roster."""
    await reader(service, request)
    return answer(await service.house.read(people.roster))


async def get_trail(service: Service, request: Request) -> Response:
    """A page of the trail."""
    actor = await reader(service, request)
    query = request.query_params
    after, item = number_of(query.get("after", "0"), "event"), number_of(query.get("item", "0"), "item")
    return answer(await service.house.read(reading.trail_page, actor, after, _limit(query.get("limit", "64")), item))


async def get_verified(service: Service, request: Request) -> Response:
    """What walking the whole trail finds. May take a while; nobody waits for it."""
    actor = await reader(service, request)
    fault = await rounds.verify_trail(service.house, actor)
    return answer({"ok": fault is None, "fault": fault})


async def get_eml(service: Service, request: Request) -> Response:
    """The stored message of an escalation, byte for byte."""
    actor = await reader(service, request)
    number = number_of(request.path_params["id"], "escalation")
    eml: bytes = await service.house.read(escalate.eml, actor, number)
    return Response(eml, 200, HEADERS, "message/rfc822")


def _view(text: str) -> View:
    try:
        return View(text)
    except ValueError:
        names = ", ".join(view.value for view in View)
        raise Refused(Code.BAD, words("There is no such view."), words("Views are: {names}.", names=names)) from None


def _order(text: str) -> Order:
    try:
        return Order(text) if text else Order.PRIORITY
    except ValueError:
        names = ", ".join(order.value for order in Order)
        raise Refused(Code.BAD, words("There is no such order."), words("Orders are: {names}.", names=names)) from None


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_ROWS:
        return int(text)
    sentence = words("The limit must be a number from 1 to {n}.", n=MOST_ROWS)
    raise Refused(Code.BAD, sentence, words("Leave it out for 64."))
