"""What the process gives up before it holds a secret."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_LOOK = """
import ctypes, json, os, resource, sys
if sys.argv[1] == "hardened":
    from moderator.service.harden import harden
    harden()
umask = os.umask(0)
print(json.dumps([ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[1], umask]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
@pytest.mark.parametrize(("how", "expected"), [("hardened", [0, 0, 0o077]), ("plain", [1])])
def test_no_core_and_no_reading_of_our_memory(how: str, expected: list[int]) -> None:
    """PR_GET_DUMPABLE, the core limit and the umask; without hardening the first one is 1."""
    done = subprocess.run([sys.executable, "-c", _LOOK, how], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)[: len(expected)] == expected
