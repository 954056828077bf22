"""Each request is answered in the language that it asks for: answers, refusals, events, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moderator import locale
from moderator.domain.errors import Refused
from moderator.service import answers
from tests.service.conftest import DeskProcess

pytestmark = pytest.mark.req("L1", "L6")

GONE = "There is no item 99999 at this desk."


@pytest.fixture(scope="module")
def service(pseudo_place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    """A private desk that speaks the pseudo-language beside English."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="m") as made:
        process = DeskProcess(Path(made).resolve(), private=True, languages=str(pseudo_place)).start()
        yield process
        process.close()


@pytest.mark.parametrize(
    ("asked", "translated"),
    [("qps", True), ("qps-IN, en;q=0.5", True), ("xx, QPS;q=0.8", True), ("", False), ("en", False), ("xx", False)],
)
def test_a_refusal_is_in_the_language_of_its_request(
    service: DeskProcess, ask: Callable[..., tuple[int, Any]], asked: str, translated: bool
) -> None:
    headers = {"Accept_Language": asked} if asked else {}
    status, body = ask(service, "GET", "/v1/items/99999", **headers)
    error = body["error"]
    assert (status, error["code"]) == (404, "not_found")
    assert error["sentence"].startswith(f"⟦{GONE}" if translated else GONE)
    assert error["cure"].startswith("⟦" if translated else "Look for it")


@pytest.mark.parametrize("asked", ["x" * 5000, "../../etc", "\xff\xfe", ",,,;;;", "as\tqps"])
def test_nonsense_is_english(service: DeskProcess, ask: Callable[..., tuple[int, Any]], asked: str) -> None:
    _, body = ask(service, "GET", "/v1/items/99999", Accept_Language=asked)
    assert body["error"]["sentence"] == GONE


def test_two_clients_of_one_desk_are_each_told_in_their_own(service: DeskProcess, listen: Callable[..., Any]) -> None:
    """Requests stand side by side on one loop: the language of one never reaches the other."""
    english, other = service.client(), service.client()
    other.language = "qps"
    for client, begins in ((english, GONE), (other, f"⟦{GONE}")) * 5:
        with pytest.raises(Refused) as caught:
            client.detail(99999)
        assert caught.value.sentence.startswith(begins)
    status = other.status()
    assert status.person == english.status().person
    assert status.counts == english.status().counts, "codes and names are the same in every language"


def test_a_wrong_program_is_told_before_anything_is_read(
    service: DeskProcess, ask: Callable[..., tuple[int, Any]]
) -> None:
    _, body = ask(service, "GET", "/v1/status", Origin="http://evil.example", Accept_Language="qps")
    assert body["error"]["sentence"].startswith("⟦This request looks like a browser's")


def test_what_has_no_place_on_the_wire_is_still_refused() -> None:
    with pytest.raises(TypeError):
        answers.encode({"x": object()}, "as")


def test_a_sentence_within_data_is_translated_and_plain_text_is_not(pseudo: str) -> None:
    from moderator.domain.wording import words

    data = {"ours": words("There is no draft."), "theirs": "There is no draft.", "list": [words("Press N.")]}
    told = json.loads(answers.encode(data, pseudo))
    assert told["ours"].startswith("⟦")
    assert told["theirs"] == "There is no draft."
    assert told["list"][0].startswith("⟦")
    assert json.loads(answers.encode(data, "en"))["ours"] == "There is no draft."
    assert locale.current() == pseudo, "the service never changes the language of the process"
