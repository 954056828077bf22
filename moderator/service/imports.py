"""Import: a body of JSON Lines, as long as the configuration allows, taken in while it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from moderator.desk import intake
from moderator.domain.errors import Code, Refused
from moderator.domain.view import Imported
from moderator.domain.wording import words
from moderator.service.answers import answer, number_of
from moderator.service.context import Service, doer

LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes of one comment with everything that its platform said of it."""


async def post_import(service: Service, request: Request) -> Response:
    """Take in what the client streams. The service opens no file: the client reads its own."""
    actor = await doer(service, request)
    account_id = number_of(request.path_params["id"], "account")
    found = await intake.import_lines(service.house, actor, account_id, lines(request.stream()))
    return answer(told(found, account_id))


def told(found: intake.Imported, account_id: int) -> Imported:
    """What became of the lines: counts, and the first refused lines by number."""
    said = words(
        "{taken} taken in, {known} known already, {refused} refused.",
        taken=found.taken,
        known=found.known,
        refused=found.refused_count,
    )
    return Imported(said, found.taken, found.known, found.refused_count, found.refused, account_id)


async def lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a body that comes in pieces of any cut, without their ends. Raises `Refused` for an endless one."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        if len(rest) > LONGEST_LINE:
            raise Refused(
                Code.BAD,
                words(
                    "A line is longer than {limit} MiB; everything before it was taken in.",
                    limit=LONGEST_LINE // 1024 // 1024,
                ),
                words("Send one comment a line, as JSON Lines."),
            )
    if rest:
        yield rest
