"""No keyring, a locked one, a silent bus: said with the cure, the queue goes on, and what waited then leaves."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from moderator.client import Client
from moderator.domain import asks
from tests.e2e.harness import FAST, DeskProcess, wait_for
from tests.e2e.trouble import Site, item_of, opened_account, quiet_log, said, talking, wordpress
from tests.servers.keyring import Absent, need_programs, unlocked

pytestmark = pytest.mark.e2e

SECRET = "k3yr1ng CANARY 77aa bb"
QUICK = FAST.replace("tick = 0.05", "tick = 0.05\nvault = 1.0")
WORD = "the-right-word"


@pytest.fixture(autouse=True)
def programs() -> None:
    try:
        need_programs()
    except Absent as absent:
        pytest.skip(str(absent))


@contextlib.contextmanager
def missing(home: Path, bus: Path) -> Iterator[None]:
    """Nobody listens where the bus should be."""
    yield


@contextlib.contextmanager
def locked(home: Path, bus: Path) -> Iterator[None]:
    """The keyring runs, and was given the wrong password."""
    with unlocked(home, "not-the-word", f"unix:path={bus}"):
        yield


@contextlib.contextmanager
def silent(home: Path, bus: Path) -> Iterator[None]:
    """Something takes the connection and never says a word."""
    held: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(bus))
        sock.listen(50)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(sock.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield
        sock.shutdown(socket.SHUT_RDWR)
    for line in held:
        line.close()
    bus.unlink()


TROUBLES = {
    missing: "No keyring is running",
    locked: "The keyring is locked",
    silent: "The keyring did not answer",
}


class Place:
    """A desk whose bus has a fixed place, so that keyrings can come and go."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.bus = folder / "bus"
        with self.keyring() as env:
            env = {**env, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.bus}"}
        self.desk = DeskProcess(folder / "d", config=QUICK, env=env)

    def keyring(self) -> AbstractContextManager[dict[str, str]]:
        return unlocked(self.home, WORD, f"unix:path={self.bus}")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    yield found
    if found.desk.process is not None:
        found.desk.kill()
    quiet_log(found.desk)
    assert SECRET not in found.desk.log()


@pytest.mark.req("F24", "F5", "A3")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_waits_leaves_once_the_keyring_is_there(place: Place, trouble: object) -> None:
    sentence = TROUBLES[trouble]  # type: ignore[index]
    assert callable(trouble)
    desk = place.desk
    with wordpress() as site:
        site.add("When does the office open?")
        with place.keyring():
            desk.start()
            with talking(desk) as client:
                opened_account(client, site, SECRET)
                item = item_of(client, "When does the office open?")
            desk.stop()
        with trouble(place.home, place.bus):
            desk.start()
            with talking(desk) as client:
                the_queue_goes_on(client, desk, item, site, sentence)
                the_commands_say_so(desk, sentence)
        with place.keyring(), contextlib.closing(desk.client()) as client:
            wait_for(lambda: site.replies, 40, "the reply that waited")
            wait_for(lambda: not client.effects(), why="the end of the effect")
            wait_for(lambda: not client.status().notices, why="the banner to go")
            assert len(site.replies) == 1
            wait_for(lambda: client.status().accounts[0].up, 40, "the account to be read again")
            said(desk.run("account", "test", "wp consult"), 0)
        desk.stop()
        desk.verify()


def the_queue_goes_on(client: Client, desk: DeskProcess, item: int, site: Site, sentence: str) -> None:
    client.act(item, "note", asks.Note("looked at without a keyring"))
    client.act(item, "reply", asks.Reply(seen_version=1, text="It opens at ten."))
    found = wait_for(
        lambda: [text for text in client.status().notices if sentence in text], why=f"“{sentence}” on the screen"
    )
    assert "Nothing can be sent" in found[0]
    assert len(found[0]) > len(sentence) + 20, "the cure stands behind it"
    [effect] = client.effects()
    assert effect.state in ("held", "ready")
    assert (site.tries, site.replies) == (0, [])
    told = desk.run("status")
    assert (told.returncode, sentence in told.stdout) == (0, True), told.stdout + told.stderr


def the_commands_say_so(desk: DeskProcess, sentence: str) -> None:
    done = desk.run("account", "secret", "wp consult", "--secret-stdin", text="another CANARY 99\n")
    assert "CANARY" not in said(done, 69, sentence)
    tested = desk.run("account", "test", "wp consult")
    assert (tested.returncode, sentence in tested.stdout + tested.stderr) in ((1, True), (69, True)), tested
    assert "Traceback" not in tested.stderr
    doctor = desk.run("doctor", "--private", "--json")
    assert "Traceback" not in doctor.stderr
    [found] = [entry for entry in json.loads(doctor.stdout)["checks"] if entry["name"] == "keyring"]
    assert found["mark"] in ("warn", "bad")
    assert sentence in found["sentence"]
    assert found["cure"]


@pytest.mark.req("F24", "A3")
def test_an_account_cannot_be_opened_for_work_without_a_keyring(place: Place) -> None:
    """And nothing of the secret stays anywhere."""
    desk = place.desk
    desk.start()
    with wordpress() as site:
        words = ("account", "add", "wordpress", "wp consult", "--url", site.url, "--login", "desk", "--secret-stdin")
        assert SECRET not in said(desk.run(*words, text=SECRET + "\n"), 69, "No keyring is running")
        done = desk.run("account", "activate", "wp consult", "--reason", "order 1/2026")
        said(done, 1, "lacks", "in the keyring")
    desk.stop()
    for file in desk.folder.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes(), file
