"""Several Unix users against one desk: who may connect, what they can read, and that nobody decides twice.

Needs root, to make the users. The environment is made with the system's own python3, because officers cannot execute an
interpreter under somebody's home. Everything it makes, it removes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.harness import FAST, comments, wait_for

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path("/usr/bin/python3")
GROUP, SERVICE, ALICE, BOB, MALLORY = "modtgrp", "modtdesk", "modtalice", "modtbob", "modtmallory"

pytestmark = [
    pytest.mark.users,
    pytest.mark.skipif(os.getuid() != 0, reason="needs root, to make Unix users"),
    pytest.mark.skipif(not PYTHON.exists(), reason="needs the system's own python3"),
]


def shell(*words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300)
    assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done


@dataclass
class Server:
    """The agency's server: users, an installed product, a running desk."""

    place: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def moderator(self) -> Path:
        return self.place / "env" / "bin" / "moderator"

    @property
    def socket(self) -> Path:
        return self.place / "run" / "desk.sock"

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def config(self) -> Path:
        return self.place / "config.toml"

    def as_user(self, user: str, *words: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
        command = ["runuser", "-u", user, "--", *(str(word) for word in words)]
        return subprocess.run(
            command, capture_output=True, text=True, input=text, timeout=120, cwd="/", env=plain_environment(user)
        )

    def run(self, user: str, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """A `moderator` verb as this user."""
        return self.as_user(user, self.moderator, *words, "--config", self.config, text=text)

    def start(self) -> None:
        """As the operations guide says: in a D-Bus session of its own, whose keyring is unlocked."""
        script = (
            'printf %s "$WORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; unset WORD; exec "$@"'
        )
        serve = [str(self.moderator), "serve", "--config", str(self.config)]
        command = ["runuser", "-u", SERVICE, "--", "dbus-run-session", "--", "sh", "-c", script, "sh", *serve]
        env = {**plain_environment(SERVICE), "WORD": secrets.token_urlsafe(12), "XDG_RUNTIME_DIR": str(self.runtime())}
        with (self.place / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=env)
        wait_for(self.answers, 60, "the desk")

    def runtime(self) -> Path:
        """The service user's runtime directory."""
        folder = self.place / "runtime"
        if not folder.exists():
            folder.mkdir(mode=0o700)
            shutil.chown(folder, SERVICE, SERVICE)
        return folder

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        return self.run(ALICE, "status").returncode == 0

    def log(self) -> str:
        return (self.place / "serve.log").read_text(errors="replace")[-3000:]

    def pid(self) -> int:
        """The service's own process, not the one that judges."""
        return int((self.data / "lock").read_text())

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            os.kill(self.pid(), signal.SIGTERM)
        self.process.wait(20)


def plain_environment(user: str) -> dict[str, str]:
    home = pwd.getpwnam(user).pw_dir
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "USER": user, "LANG": "C.UTF-8"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    place = Path(tempfile.mkdtemp(prefix="moderator-users-"))
    place.chmod(0o755)
    remove_users()  # those that a run left that was cut off
    make_users(place)
    found = Server(place)
    try:
        install(found)
        lay_out(found)
        yield found
    finally:
        found.stop()
        remove_users()
        shutil.rmtree(place)


def remove_users() -> None:
    """End their processes, and forget them."""
    for user in (SERVICE, ALICE, BOB, MALLORY):
        shell("pkill", "-9", "-u", user, check=False)
        shell("userdel", user, check=False)
    shell("groupdel", GROUP, check=False)


def make_users(place: Path) -> None:
    """The service's user, two officers in the group, and somebody outside it."""
    shell("groupadd", "-f", GROUP)
    for user, groups in ((SERVICE, [GROUP]), (ALICE, [GROUP]), (BOB, [GROUP]), (MALLORY, [])):
        home = place / "home" / user
        home.parent.mkdir(mode=0o755, exist_ok=True)
        extra = ["-G", ",".join(groups)] if groups else []
        shell("useradd", "-m", "-d", home, "-s", "/bin/sh", *extra, user)


def install(server: Server) -> None:
    shell(PYTHON, "-m", "venv", server.place / "env")
    shell(server.place / "env" / "bin" / "pip", "install", "-q", str(ROOT))
    shutil.copy(ROOT / "tests" / "e2e" / "officer.py", server.place / "officer.py")


def lay_out(server: Server) -> None:
    """Directories, modes and configuration as the operations guide says; then the first two people."""
    for folder, group, mode in ((server.data, SERVICE, 0o700), (server.socket.parent, GROUP, 0o2750)):
        folder.mkdir()
        shutil.chown(folder, SERVICE, group)
        folder.chmod(mode)
    (server.place / "serve.log").touch()
    server.config.write_text(
        FAST.replace(
            'name = "Test desk"',
            f'name = "Test desk"\nservice_user = "{SERVICE}"\ngroup = "{GROUP}"\n'
            f'data_dir = "{server.data}"\nsocket = "{server.socket}"',
        )
    )
    done = server.run(SERVICE, "serve", "--init-lead", ALICE)
    assert done.returncode == 0, done.stdout + done.stderr
    server.start()
    roles = ["--role", "moderator", "--role", "custodian"]
    done = server.run(ALICE, "person", "add", BOB, *roles, "--title", "Junior Moderator")
    assert done.returncode == 0, done.stderr


@pytest.mark.req("B2", "F16")
def test_two_officers_on_one_queue_never_decide_the_same_item(server: Server) -> None:
    feed = server.place / "feed.jsonl"
    feed.write_bytes(b"".join(comments(400)))
    assert server.run(ALICE, "account", "add", "import", "letters", "--custodian", ALICE).returncode == 0
    assert server.run(ALICE, "account", "activate", "letters", "--reason", "order 1/2026").returncode == 0
    done = server.run(ALICE, "import", "letters", str(feed))
    assert done.returncode == 0, done.stderr
    uid = str(pwd.getpwnam(SERVICE).pw_uid)
    python = server.place / "env" / "bin" / "python"
    officers = [
        subprocess.Popen(
            ["runuser", "-u", user, "--", str(python), str(server.place / "officer.py"), str(server.socket), uid],
            stdout=subprocess.PIPE,
            cwd="/",
            env=plain_environment(user),
        )
        for user in (ALICE, BOB) * 4
    ]
    decided = [json.loads(officer.communicate(timeout=120)[0]) for officer in officers]
    every = [item for one in decided for item in one]
    assert len(every) == 400
    assert len(set(every)) == 400
    assert sum(map(bool, decided)) > 1, "one officer did it all"
    conn = sqlite3.connect(f"file:{server.data}/desk.db?mode=ro", uri=True)
    assert conn.execute("SELECT count(*), count(DISTINCT item_id) FROM decision").fetchone() == (400, 400)
    who = conn.execute("SELECT name, count(*) FROM decision JOIN person ON person.id = person_id GROUP BY 1").fetchall()
    conn.close()
    assert {name for name, _ in who} == {ALICE, BOB}


@pytest.mark.req("Z1", "Z12")
def test_the_kernel_keeps_an_outsider_out(server: Server) -> None:
    """Not a member of the group: connect() itself fails. The control: a member's connect() succeeds."""
    code = f"import socket; socket.socket(socket.AF_UNIX).connect({str(server.socket)!r})"
    refused = server.as_user(MALLORY, PYTHON, "-c", code)
    assert "PermissionError" in refused.stderr
    assert server.as_user(BOB, PYTHON, "-c", code).returncode == 0
    told = server.run(MALLORY, "status")
    assert told.returncode in (69, 77)
    assert "Traceback" not in told.stderr
    assert told.stderr.strip()


@pytest.mark.req("Z12", "X4")
def test_nobody_but_the_service_reads_its_files_and_memory(server: Server) -> None:
    pid = server.pid()
    for user in (ALICE, MALLORY):
        for path in (server.data / "desk.db", f"/proc/{pid}/environ", f"/proc/{pid}/mem"):
            assert server.as_user(user, "head", "-c", "1", path).returncode != 0, f"{user} read {path}"
        assert server.as_user(user, "ls", server.data).returncode != 0
    # Not dumpable: even a process of the same user cannot look into it.
    assert server.as_user(SERVICE, "head", "-c", "1", f"/proc/{pid}/environ").returncode != 0
    assert server.as_user(SERVICE, "head", "-c", "1", server.data / "desk.db").returncode == 0


@pytest.mark.req("A3", "X4")
@pytest.mark.skipif(shutil.which("gnome-keyring-daemon") is None, reason="needs gnome-keyring and dbus")
def test_a_secret_is_nowhere_but_in_the_keyring(server: Server) -> None:
    canary = f"s3cr3t-CANARY-{secrets.token_hex(8)}"
    add = ["account", "add", "wordpress", "wp consult", "--url", "https://consult.example.invalid", "--login", "desk"]
    done = server.run(ALICE, *add, "--custodian", BOB, "--no-secret")
    assert done.returncode == 0, done.stderr
    done = server.run(BOB, "account", "secret", "wp consult", "--secret-stdin", text=canary + "\n")
    assert done.returncode == 0, done.stderr
    assert kept(server, canary), "the control: it can be had from the keyring, by the service's own user"
    said = [
        done,
        *(server.run(ALICE, *(word.replace("_", " ") for word in words.split()), "--json") for words in SPEAKING),
    ]
    assert not [one.args for one in said if canary in one.stdout + one.stderr]
    assert not holding(server.place.rglob("*"), canary)
    assert not holding(Path("/proc").glob("[0-9]*/cmdline"), canary)
    assert not holding(Path("/proc").glob("[0-9]*/environ"), canary)


SPEAKING = ("account list", "account show wp_consult", "trail show", "status", "doctor", "account test wp_consult")
"""Verbs whose answers come near the login record."""


def holding(paths: Iterable[Path], canary: str) -> list[str]:
    """Every file that holds these bytes."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            if path.is_file() and canary.encode() in path.read_bytes():
                found.append(str(path))
    return found


def kept(server: Server, canary: str) -> bool:
    """Whether the service user's own keyring gives the canary back. It is asked for by digest."""
    environ = Path(f"/proc/{server.pid()}/environ").read_bytes().split(b"\0")
    bus = next(entry.decode() for entry in environ if entry.startswith(b"DBUS_SESSION_BUS_ADDRESS="))
    code = (
        "import keyring, hashlib, itertools;"
        "found = [keyring.get_password(f'moderator/wordpress/{n}', 'app_password') or '' for n in range(1, 10)];"
        "print(*[hashlib.sha256(one.encode()).hexdigest() for one in found])"
    )
    python = server.place / "env" / "bin" / "python"
    told = server.as_user(SERVICE, "env", bus, f"XDG_RUNTIME_DIR={server.runtime()}", python, "-c", code)
    return hashlib.sha256(canary.encode()).hexdigest() in told.stdout.split()


@pytest.mark.req("Z12")
def test_who_leaves_the_group_is_out_at_the_next_act(server: Server) -> None:
    assert server.run(BOB, "status").returncode == 0
    shell("gpasswd", "-d", BOB, GROUP)
    try:
        assert server.run(BOB, "status").returncode in (69, 77)
    finally:
        shell("gpasswd", "-a", BOB, GROUP)
    assert server.run(BOB, "status").returncode == 0


@pytest.mark.req("Z12")
def test_a_member_who_is_not_on_the_roster_is_told_whom_to_ask(server: Server) -> None:
    shell("gpasswd", "-a", MALLORY, GROUP)
    try:
        told = server.run(MALLORY, "status")
    finally:
        shell("gpasswd", "-d", MALLORY, GROUP)
    assert told.returncode == 77, told.stderr
    assert "roster" in told.stderr


@pytest.mark.req("Z8")
def test_a_client_sends_nothing_to_a_desk_that_another_user_serves(server: Server) -> None:
    """A socket of the same name, served by an officer: the client looks at the kernel's word first."""
    fake = server.place / "fake"
    fake.mkdir(mode=0o755)
    shutil.chown(fake, BOB)
    path = fake / "desk.sock"
    code = (
        f"import socket, os; s=socket.socket(socket.AF_UNIX); s.bind({str(path)!r}); os.chmod({str(path)!r}, 0o666);"
        "s.listen(); print('up', flush=True); c,_=s.accept(); c.settimeout(3); print(len(c.recv(100)))"
    )
    command = ["runuser", "-u", BOB, "--", str(PYTHON), "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        told = server.run(ALICE, "status", "--socket", str(path))
        received = process.stdout.read().strip()
    assert told.returncode != 0
    assert "Traceback" not in told.stderr
    assert received in ("0", ""), "the client spoke before it knew to whom"


@pytest.mark.req("Z1")
def test_a_second_desk_on_the_same_data_ends_with_a_sentence(server: Server) -> None:
    told = server.as_user(SERVICE, server.moderator, "serve", "--config", server.config)
    assert told.returncode in (73, 75)
    assert str(server.pid()) in told.stderr
    probe = socket.socket(socket.AF_UNIX)
    probe.connect(str(server.socket))
    probe.close()
