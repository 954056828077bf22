"""What the desk answered, as dataclasses; and its refusals, as `Refused`."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from moderator.domain import view, wire
from moderator.domain.errors import Code, Refused
from moderator.domain.wording import words

T = TypeVar("T")

_BY_STATUS = {
    400: Code.BAD,
    403: Code.NOT_ALLOWED,
    404: Code.NOT_FOUND,
    413: Code.BAD,
    426: Code.VERSION,
    429: Code.LIMITED,
    502: Code.DOWN,
    503: Code.DOWN,
    504: Code.DOWN,
    507: Code.FULL,
}
"""For an answer without a code that we know: what its HTTP status comes nearest to."""


def parsed(body: bytes) -> Any:
    """The JSON of an answer. Raises `Refused(VERSION)` where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(
            Code.VERSION,
            words("What the desk answered is not of its interface."),
            words("Update moderator on both sides."),
        ) from None


def decoded(kind: type[T], data: object, where: str) -> T:
    """The data as a `kind`. Raises `Refused(VERSION)` naming the field that does not fit."""
    if kind is dict:
        return data if isinstance(data, dict) else {}  # type: ignore[return-value]
    try:
        return wire.decode(kind, data, where=where)
    except wire.Mismatch as mismatch:
        raise Refused(
            Code.VERSION,
            words("The desk's answer was not understood: {fault}", fault=mismatch),
            words("Update moderator on both sides."),
        ) from mismatch


def refusal(status: int, headers: dict[str, str], body: bytes) -> Refused:
    """The `Refused` that an answer of this status stands for. Never raises."""
    if status == 426:
        return versions(headers.get("moderator-api", "another"))
    try:
        error = json.loads(body)["error"]
        facts = error.get("facts") or {}
        sentence, cure = str(error["sentence"]), str(error.get("cure") or "")
        return Refused(_code(str(error.get("code")), status), sentence, cure, dict(facts))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refused(
            _code("", status),
            words("The desk refused this without saying why (status {status}).", status=status),
            words("Tell the lead."),
        )


def versions(theirs: str) -> Refused:
    """The refusal where the two sides speak different versions of the interface."""
    return Refused(
        Code.VERSION,
        words(
            "This moderator speaks version {ours} of the desk's interface; the desk speaks version {theirs}.",
            ours=view.API,
            theirs=theirs[:20],
        ),
        words("Update the older of the two, then start again."),
        {"ours": view.API, "theirs": theirs[:20]},
    )


def _code(named: str, status: int) -> Code:
    try:
        return Code(named)
    except ValueError:
        return _BY_STATUS.get(status, Code.INTERNAL)
