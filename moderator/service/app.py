"""The routes of the interface as one ASGI application, behind the checks that every request passes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words
from moderator.service import acts, bounds, bulk, imports, routes, streams
from moderator.service.answers import broken, language_of, refusal, speaking
from moderator.service.context import Handler, Service

_log = logging.getLogger(__name__)

ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/v1/health", routes.get_health),
    ("GET", "/v1/hello", routes.get_hello),
    ("GET", "/v1/events", streams.open_stream),
    ("GET", "/v1/status", routes.get_status),
    ("GET", "/v1/policy", routes.get_policy),
    ("GET", "/v1/queue", routes.get_queue),
    ("GET", "/v1/queue/rows", routes.get_rows),
    ("GET", "/v1/next", routes.get_next),
    ("GET", "/v1/items/{id}", acts.get_item),
    ("GET", "/v1/items/{id}/capture", acts.get_capture),
    ("PUT", "/v1/items/{id}/draft", acts.put_draft),
    ("DELETE", "/v1/items/{id}/draft", acts.delete_draft),
    ("GET", "/v1/items/{id}/alike", bulk.get_alike),
    ("POST", "/v1/items/{id}/{act}", acts.post_act),
    ("POST", "/v1/bulk/preview", bulk.post_preview),
    ("POST", "/v1/bulk", bulk.post_bulk),
    ("GET", "/v1/batches", bulk.get_batches),
    ("POST", "/v1/batches/{id}/undo", bulk.post_undo),
    ("POST", "/v1/media/{code}", acts.post_media),
    ("GET", "/v1/exposure", routes.get_exposure),
    ("POST", "/v1/session/alive", acts.post_alive),
    ("POST", "/v1/session/leave", acts.post_session_leave),
    ("POST", "/v1/conduct", acts.post_conduct),
    ("GET", "/v1/effects", routes.get_effects),
    ("GET", "/v1/figures", routes.get_figures),
    ("POST", "/v1/effects/{id}/settle", acts.post_settle),
    ("GET", "/v1/platforms", routes.get_platforms),
    ("GET", "/v1/accounts", routes.get_accounts),
    ("POST", "/v1/accounts", acts.post_account),
    ("POST", "/v1/accounts/{id}/secret", acts.post_secret),
    ("POST", "/v1/accounts/{id}/test", acts.post_test),
    ("POST", "/v1/accounts/{id}/import", imports.post_import),
    ("POST", "/v1/accounts/{id}/{act}", acts.post_account_act),
    ("GET", "/v1/people", routes.get_people),
    ("POST", "/v1/people", acts.post_person),
    ("POST", "/v1/people/{id}/leave", acts.post_leave),
    ("POST", "/v1/mail/secret", acts.post_mail_secret),
    ("GET", "/v1/trail", routes.get_trail),
    ("GET", "/v1/trail/verify", routes.get_verified),
    ("GET", "/v1/escalations/{id}/eml", routes.get_eml),
)
"""Method, path, handler: the table of ARCHITECTURE.md."""


def build(service: Service) -> ASGIApp:
    """The application of one desk."""
    listed = [Route(path, _answered(service, handler), methods=[method]) for method, path, handler in ROUTES]
    app = Starlette(routes=listed, exception_handlers={HTTPException: _unknown})
    return Door(service, app)


class Door:
    """The outermost layer: looks at each request before anything reads it, and bounds its body."""

    def __init__(self, service: Service, app: ASGIApp) -> None:
        self._service = service
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with the refusal."""
        if scope["type"] != "http":
            return
        speaking.set(language_of(Headers(scope=scope).get("accept-language", "")))
        try:
            self._service.bounds.request(scope["state"]["peer"].uid)
            bounds.check(scope, self._service.bounds.limits)
        except Refused as refused:
            await _and_close(refusal(refused))(scope, receive, send)
            return
        most = bounds.most_of(scope["path"], self._service.bounds.limits)
        await self._app(scope, bounds.limited(receive, most), send)


def _and_close(response: Response) -> Response:
    """The same answer, after which the connection ends: whatever else was sent on it is not read."""
    response.headers["connection"] = "close"
    return response


def _answered(service: Service, handler: Handler) -> Callable[[Request], Awaitable[Any]]:
    """A handler whose refusals and faults become answers. A fault tells its number; the log tells where it was."""

    async def answered(request: Request) -> Any:
        try:
            return await handler(service, request)
        except Refused as refused:
            return refusal(refused)
        except OverflowError:
            return refusal(Refused(Code.BAD, words("A number in the request is out of range."), words("Correct it.")))
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            number, said = broken()
            facts = {"report": number, "route": request.scope["route"].path}
            _log.error("a request failed inside", extra=facts, exc_info=error)
            return refusal(said)

    return answered


async def _unknown(request: Request, error: Exception) -> Response:
    """No such path, or not with this method."""
    known = isinstance(error, HTTPException) and error.status_code == 405
    sentence = words("The desk does not take this method here.") if known else words("The desk has no such address.")
    return refusal(Refused(Code.NOT_FOUND, sentence, words("The interface stands in ARCHITECTURE.md.")))
