"""A line that is cut, or a machine that goes down, ends the session as Ctrl-C does: drafts kept, all leases freed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from moderator.line.console import Ended

_ENDS = (signal.SIGHUP, signal.SIGTERM)


@contextmanager
def politely() -> Iterator[None]:
    """While this lasts, a hang-up or a request to end raises `Ended` once, wherever the session stands.

    In a thread other than the main one, which no signal reaches, it changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, _end) for one in _ENDS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _end(number: int, frame: FrameType | None) -> None:
    for one in _ENDS:
        signal.signal(one, signal.SIG_IGN)  # the farewell is not to be cut as well
    raise Ended
