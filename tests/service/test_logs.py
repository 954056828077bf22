"""The log: JSON lines, limited, with nothing of anybody's in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from moderator.domain.errors import Code, Refused
from moderator.service import logs

CANARY = "canary-7f3a"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    for handler in handlers:
        root.removeHandler(handler)
    handler = logs.begin(5, stream)
    yield stream
    logs.end(handler)
    root.setLevel(level)
    for kept in handlers:
        root.addHandler(kept)


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.req("Z23")
@pytest.mark.parametrize("hostile", ["a\nb", "\x1b]0;owned\x07", "\u202egnp", "\x9b31m", "\ud800"])
def test_a_value_cannot_break_the_line_or_reach_the_terminal(out: io.StringIO, hostile: str) -> None:
    logging.getLogger("moderator.test").info("fixed words", extra={"what": hostile})
    assert out.getvalue().count("\n") == 1
    assert out.getvalue().isascii()
    assert all(sign >= " " for sign in out.getvalue().rstrip("\n"))
    assert lines(out)[0]["what"] == hostile


@pytest.mark.req("Z11")
def test_so_many_lines_a_minute_then_a_count(out: io.StringIO) -> None:
    clock = [0.0]
    limit = logs.AtMost(3, lambda: clock[0])
    records = [logging.makeLogRecord({"msg": str(n)}) for n in range(11)]
    assert [limit.filter(record) for record in records[:10]] == [True] * 3 + [False] * 7
    clock[0] = 61.0
    assert limit.filter(records[10])
    assert records[10].__dict__["left_out"] == 7


def raise_with(error: Exception) -> None:
    hidden = CANARY + " in a local variable"
    try:
        raise error
    except Exception as caught:
        logging.getLogger("moderator.test").error("it failed", exc_info=caught)
        assert hidden


@pytest.mark.parametrize("error", [ValueError(CANARY), KeyError(CANARY), RuntimeError({"text": CANARY})])
def test_a_traceback_holds_places_but_no_content(out: io.StringIO, error: Exception) -> None:
    raise_with(error)
    line = lines(out)[0]
    assert line["error"] == type(error).__name__
    assert "raise_with" in str(line["frames"])
    assert CANARY not in out.getvalue()


def test_the_standard_formatter_would_have_told(out: io.StringIO) -> None:
    """The control: the same exception through logging's own formatter."""
    plain = io.StringIO()
    handler = logging.StreamHandler(plain)
    logging.getLogger().addHandler(handler)
    raise_with(ValueError(CANARY))
    logging.getLogger().removeHandler(handler)
    assert CANARY in plain.getvalue()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), Refused(Code.FULL, "Not saved.")])
def test_texts_that_are_ours_or_the_systems_are_kept(out: io.StringIO, error: Exception) -> None:
    raise_with(error)
    assert lines(out)[0]["text"] == str(error)


def test_a_library_that_puts_the_failure_behind_its_message_is_cut(out: io.StringIO) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task %s>", CANARY)
    assert lines(out)[0]["message"] == "Task exception was never retrieved"
    assert CANARY not in out.getvalue()


def test_the_http_library_is_quiet(out: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET http://x/?token=%s", CANARY)
    assert out.getvalue() == ""
