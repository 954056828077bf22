"""The interface's acts on many items: preview, doing it, how far each has come, taking one back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from moderator.desk import batches, bulk
from moderator.domain import asks
from moderator.service.answers import answer, ask_of, number_of
from moderator.service.context import Service, officer, reader


async def post_preview(service: Service, request: Request) -> Response:
    """What a bulk act would do now."""
    actor = await officer(service, request)
    ask = ask_of(asks.Bulk, await request.body())
    return answer(await bulk.preview(service.house, actor, ask))


async def post_bulk(service: Service, request: Request) -> Response:
    """One decision about many items. Answered when all of it is saved."""
    actor = await officer(service, request)
    ask = ask_of(asks.Bulk, await request.body())
    return answer(await bulk.carry_out(service.house, actor, ask))


async def get_batches(service: Service, request: Request) -> Response:
    """The bulk acts of today, newest first."""
    actor = await reader(service, request)
    return answer(await service.house.read(batches.today, actor))


async def post_undo(service: Service, request: Request) -> Response:
    """Take a bulk act back as a whole."""
    actor = await officer(service, request)
    batch_id = number_of(request.path_params["id"], "bulk act")
    return answer(await batches.undo(service.house, actor, batch_id))


async def get_alike(service: Service, request: Request) -> Response:
    """The open near-duplicates of an item."""
    actor = await reader(service, request)
    item_id = number_of(request.path_params["id"], "item")
    return answer(await service.house.read(batches.alike, actor, item_id))
