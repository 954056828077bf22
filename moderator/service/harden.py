"""What the process gives up before it holds a secret: core files, and being read by its own user's programs."""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import sys
from typing import Final

_log = logging.getLogger(__name__)

_PR_SET_DUMPABLE: Final = 4

DESCRIPTORS: Final = 65536

SWITCH_SECONDS: Final = 0.0005
"""How long a thread computes before others get their turn: a request beside intake waits less."""


def harden() -> None:
    """No core files, no reading of our memory by others of the same user, files for nobody else."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _more_descriptors()
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        _log.warning("the kernel did not close this process to debuggers", extra={"errno": ctypes.get_errno()})


def _more_descriptors() -> None:
    """As many open connections as the system lets us have: every screen takes two."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
