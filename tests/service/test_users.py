"""Several Unix users at one shared desk: what the kernel and the group keep apart."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.users,
    pytest.mark.skipif(os.getuid() != 0, reason="needs root, to run as other users"),
]

_ASK = """
import json, os, socket, sys
uid, gid, group, path, target = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
os.setgroups([group] if group >= 0 else [])
os.setgid(gid)
os.setuid(uid)
line = socket.socket(socket.AF_UNIX)
try:
    line.connect(path)
except OSError as error:
    print(json.dumps({"errno": error.errno}))
    sys.exit()
line.sendall(f"GET {target} HTTP/1.1\\r\\nHost: desk\\r\\nConnection: close\\r\\n\\r\\n".encode())
answer = b""
while piece := line.recv(65536):
    answer += piece
head, _, body = answer.partition(b"\\r\\n\\r\\n")
print(json.dumps({"status": int(head.split()[1]), "body": json.loads(body)}))
"""


def ask_as(user: str, path: Path, target: str, *, group: int = -1) -> dict[str, Any]:
    """What this user gets from the socket."""
    entry = pwd.getpwnam(user)
    command = [sys.executable, "-c", _ASK, str(entry.pw_uid), str(entry.pw_gid), str(group), str(path), target]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def shared(desk: Callable[..., Any], short: Path) -> Any:
    """A shared desk whose group is "nogroup": "nobody" is a member, "daemon" is not. "nobody" is its first lead."""
    short.chmod(0o711)
    settings = {"desk": {"group": "nogroup"}}
    assert desk(**settings).run(init_lead="nobody").returncode == 0
    return desk(**settings).start()


@pytest.mark.req("Z1", "Z12")
def test_the_group_may_connect_and_others_may_not(shared: Any) -> None:
    assert ask_as("nobody", shared.socket, "/v1/hello")["body"]["person"] == "nobody"
    assert ask_as("daemon", shared.socket, "/v1/hello") == {"errno": 13}


@pytest.mark.req("Z12")
def test_a_group_that_the_process_only_claims_is_not_enough(shared: Any) -> None:
    """The kernel lets it in, as its credentials hold the group; the user directory says otherwise, and that counts."""
    group = pwd.getpwnam("nobody").pw_gid
    answer = ask_as("daemon", shared.socket, "/v1/hello", group=group)
    assert answer["status"] == 403
    assert "not in the group" in answer["body"]["error"]["sentence"]


@pytest.mark.req("Z12")
def test_root_is_nobody_here(shared: Any) -> None:
    answer = ask_as("root", shared.socket, "/v1/status")
    assert (answer["status"], answer["body"]["error"]["code"]) == (403, "not_allowed")


def test_nobody_but_the_service_enters_the_data(shared: Any) -> None:
    entry = pwd.getpwnam("nobody")
    drop = "os.setgroups([]), os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[1]))"
    code = f"import os, sys; {drop}; os.listdir(sys.argv[3])"
    command = [sys.executable, "-c", code, str(entry.pw_uid), str(entry.pw_gid), shared.given["data_dir"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr


def test_another_users_private_desk_cannot_be_reached(desk: Callable[..., Any], short: Path) -> None:
    short.chmod(0o711)
    service = desk(private=True).start()
    assert ask_as("nobody", service.socket, "/v1/hello") == {"errno": 13}
    service.socket.parent.chmod(0o711)
    service.socket.chmod(0o666)  # the control: even with open modes the service itself refuses
    answer = ask_as("nobody", service.socket, "/v1/hello")
    assert "private desk" in answer["body"]["error"]["sentence"]
