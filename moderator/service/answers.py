"""What goes over the wire: answers and refusals as JSON, request bodies as dataclasses."""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Final, TypeVar

import msgspec
from starlette.responses import Response

from moderator import locale
from moderator.domain import wire
from moderator.domain.errors import Code, Refused
from moderator.domain.view import API
from moderator.domain.wording import Words, mark, words

T = TypeVar("T")

HEADERS: Final = {"Moderator-Api": str(API), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Stand on every answer."""

STATUS: Final[dict[Code, int]] = {
    Code.BAD: 400,
    Code.NOT_ALLOWED: 403,
    Code.NEEDS_SECOND: 409,
    Code.NOT_FOUND: 404,
    Code.TAKEN: 409,
    Code.CHANGED: 409,
    Code.TOO_LATE: 409,
    Code.WRONG_STATE: 409,
    Code.CONDUCT: 422,
    Code.NO_SESSION: 403,
    Code.LIMITED: 429,
    Code.BUSY: 503,
    Code.FULL: 507,
    Code.DAMAGED: 503,
    Code.VAULT: 503,
    Code.VERSION: 426,
    Code.DOWN: 503,
    Code.FOREIGN: 403,
    Code.INTERNAL: 500,
}
"""HTTP status of each refusal. Programs test the code; the status is for proxies and curl."""

speaking: ContextVar[str] = ContextVar("speaking", default="en")
"""The language of the request that is being answered: set by the outermost layer, for this request alone."""


def encode(value: object, language: str = "") -> bytes:
    """A dataclass, or plain data, as JSON, with its sentences in a language: the request's own, unless one is named.

    Raises TypeError for what has no place on the wire, such as a secret.
    """
    return _encoder(language or speaking.get()).encode(value)


@lru_cache(maxsize=32)
def _encoder(language: str) -> msgspec.json.Encoder:
    return msgspec.json.Encoder(enc_hook=partial(_said, language))


def _said(language: str, value: object) -> str:
    if isinstance(value, Words):
        return locale.translated(value, language)
    raise TypeError(f"{type(value).__name__} has no place on the wire")


def language_of(asked: str) -> str:
    """The language that a request asks for in its header `Accept-Language`: the first that we speak, else English."""
    for one in asked[:200].split(","):
        code = one.partition(";")[0].strip().partition("-")[0].lower()
        if code in locale.LANGUAGES:
            return code
    return "en"


def answer(value: object, status: int = 200) -> Response:
    """An answer with a JSON body."""
    return Response(encode(value), status, HEADERS, "application/json")


def refusal(refused: Refused) -> Response:
    """A refusal: its code, sentence, cure and facts."""
    body = {
        "code": refused.code.value,
        "sentence": refused.sentence,
        "cure": refused.cure,
        "facts": refused.facts,
    }
    return answer({"error": body}, STATUS[refused.code])


def broken() -> tuple[str, Refused]:
    """A number for the log, and what is said to the client of a fault of our own: that number and nothing else."""
    number = secrets.token_hex(4)
    return number, Refused(
        Code.INTERNAL,
        words(
            "Something went wrong inside the desk (report {number}); whether it was saved is not known.", number=number
        ),
        words(
            "Look at the item again before you repeat anything; tell the administrator the number {number}.",
            number=number,
        ),
        {"report": number},
    )


def parse(raw: bytes) -> object:
    """A request body as plain data; an empty one counts as an empty object. Raises `Refused` where it is no JSON."""
    if not raw.strip():
        return {}
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(
            Code.BAD, words("The request is not valid JSON."), words("Send one JSON object in UTF-8.")
        ) from None


def ask_of(kind: type[T], raw: bytes) -> T:
    """A request body as one of `domain.asks`. Raises `Refused` naming the field that does not fit."""
    try:
        return wire.decode(kind, parse(raw), strict=True)
    except wire.Mismatch as mismatch:
        raise Refused(Code.BAD, str(mismatch), words("Correct the request and send it again.")) from None


_NO_SUCH: Final = {
    "item": mark("There is no such item."),
    "version": mark("There is no such version."),
    "effect": mark("There is no such effect."),
    "account": mark("There is no such account."),
    "person": mark("There is no such person."),
    "event": mark("There is no such event."),
    "escalation": mark("There is no such escalation."),
    "bulk act": mark("There is no such bulk act."),
    "hour": mark("Hours are a number."),
}


def number_of(text: str, what: str) -> int:
    """A row id from a path or a query. Raises `Refused` where it cannot be one."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    raise Refused(Code.NOT_FOUND, words(_NO_SUCH[what]), words("Numbers are shown beside what they name."))
