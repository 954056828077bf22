"""What the documents say of commands, addresses and files is so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderator.cli.parser import Usage, parse
from moderator.service.app import ROUTES

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "docs/operations.md")


def fenced(text: str) -> Iterator[str]:
    """The lines of every shell block."""
    inside = ""
    for line in text.splitlines():
        fence = re.match(r"\s*```(\w*)", line)
        if fence:
            inside = "" if inside else (fence[1] or "sh")
        elif inside == "sh":
            yield line.strip()


def commands(text: str) -> Iterator[list[str]]:
    """The words behind `moderator` of every command line in a document, in blocks and between backticks."""
    spoken = (" ".join(found.split()) for found in re.findall(r"`(moderator(?: [^`]+)?)`", text))
    for line in (*fenced(text), *spoken):
        bare = line.split("  #")[0].split(" > ")[0].rstrip("'")
        found = re.search(r"(?:^|-- |exec |bin/)moderator( .*)?$", bare)
        if found and "…" not in bare:
            yield shlex.split(found[1] or "")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_of_a_document_is_one(name: str) -> None:
    found = list(commands((ROOT / name).read_text(encoding="utf-8")))
    assert len(found) > 8
    for words in found:
        if words and not _needs_more(words):
            parse(words)


def _needs_more(words: list[str]) -> bool:
    """A verb that is only named, such as “moderator person add”; it must exist all the same."""
    try:
        parse(words)
    except Usage as usage:
        assert "required" in usage.sentence, usage.sentence
        return True
    except SystemExit as shown:  # --help
        return shown.code == 0
    return False


def test_control_a_command_that_is_none_is_seen() -> None:
    (words,) = commands("```sh\nmoderator items shwo 7\n```")
    with pytest.raises((Usage, AssertionError)):
        _needs_more(words)


def test_every_address_of_the_service_stands_in_the_table_and_no_other() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(GET|POST|PUT|DELETE) (/v1/[^`]+)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted((method, path) for method, path, _ in ROUTES)


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/operations.md", "docs/keys.md"])
def test_every_file_that_a_document_links_to_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_every_room_that_the_map_names_is_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = re.findall(r"^\| (`[^|]+`) \|", text.split("## Rooms")[1].split("##")[0], re.MULTILINE)
    names = [name for cell in rooms for name in re.findall(r"`([^`]+)`", cell)]
    assert len(names) > 12
    assert [name for name in names if not (ROOT / "moderator" / name).exists()] == []
