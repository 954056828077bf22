"""The catalogues are whole: every sentence of the code in every language, with the same placeholders."""

from __future__ import annotations

import json
from pathlib import Path

import catalogue
import polib
import pytest

pytestmark = pytest.mark.req("L1")

BOOKS = catalogue.catalogues()


@pytest.fixture(scope="module")
def sentences() -> dict[str, catalogue.Found]:
    found, faults = catalogue.collect()
    assert faults == []
    return found


def test_every_sentence_of_the_code_can_be_collected(sentences: dict[str, catalogue.Found]) -> None:
    assert len(sentences) > 1000
    assert set(BOOKS) >= {"as", "hi"}


@pytest.mark.parametrize("language", sorted(BOOKS))
def test_a_catalogue_is_whole(language: str, sentences: dict[str, catalogue.Found]) -> None:
    """Nothing missing, empty, fuzzy, left over, or with other placeholders than the English."""
    assert list(catalogue.faults_of(BOOKS[language], sentences)) == []


@pytest.mark.parametrize("language", sorted(BOOKS))
def test_a_catalogue_says_who_has_read_it(language: str) -> None:
    book = BOOKS[language]
    assert book.metadata["X-Language-Name"]
    assert "X-Review" in book.metadata
    if book.metadata["X-Review"]:
        assert "not yet read through by a native reader" in book.header


def code_of(place: Path, text: str) -> Path:
    """A package of one file that imports the functions as every room does."""
    room = place / "moderator"
    room.mkdir()
    head = "from moderator.domain.wording import counted, words\nfrom moderator.locale import N_, _, n_\n"
    (room / "one.py").write_text(head + text, encoding="utf-8")
    return room


@pytest.mark.parametrize(
    "call",
    [
        "_(f'a {x}')",
        "words('a' + x)",
        "_('a' if x else 'b')",
        "n_('one', f'{n}', 2)",
        "_('a {')",
        "_('a {0}', 1)",
        "_('a {b}')",
    ],
)
def test_what_cannot_be_collected_is_named(call: str, tmp_path: Path) -> None:
    """The control: neither an f-string, nor a sum, nor a choice, nor broken braces slip through."""
    _, faults = catalogue.collect(code_of(tmp_path, call))
    assert len(faults) == 1
    assert "one.py:3" in faults[0]


def test_what_can_be_collected(tmp_path: Path) -> None:
    said = ["_('Plain.')", "words('With {what}.', what=1)", "counted('{n} act', '{n} acts', 2)", "N_('later {x}')"]
    code = "\n".join([*said, "_(TABLE[x])", "_('')"])
    found, faults = catalogue.collect(code_of(tmp_path, code))
    assert faults == []
    assert {one.one: one.many for one in found.values()} == {
        "Plain.": "",
        "With {what}.": "",
        "{n} act": "{n} acts",
        "later {x}": "",
    }
    assert found["Plain."].files == {"moderator/one.py"}


def test_a_name_that_only_looks_so_is_not_ours(tmp_path: Path) -> None:
    room = tmp_path / "moderator"
    room.mkdir()
    (room / "one.py").write_text("def words(text): ...\nwords(1 + 1)\n")
    assert catalogue.collect(room) == ({}, [])


BOOK = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Gone."
msgstr "gone once"

msgid "It is {state}."
msgstr ""

msgid "{n} act on {name}"
msgid_plural "{n} acts on {name}"
msgstr[0] ""
msgstr[1] ""
"""
SENTENCES = {
    "It is {state}.": catalogue.Found("It is {state}.", files={"moderator/one.py"}),
    "{n} act on {name}": catalogue.Found("{n} act on {name}", "{n} acts on {name}", {"moderator/one.py"}),
    "New here.": catalogue.Found("New here.", files={"moderator/two.py"}),
}


def test_an_update_keeps_what_is_translated_and_nothing_else() -> None:
    book = polib.pofile(BOOK)
    assert catalogue.fill(book, {"It is {state}.": "{state} আছে।"}) == []
    fresh = catalogue.updated(book, SENTENCES.values())
    assert [entry.msgid for entry in fresh] == ["It is {state}.", "New here.", "{n} act on {name}"]
    assert fresh[0].msgstr == "{state} আছে।"
    assert fresh[1].occurrences == [("moderator/two.py", "")]
    assert str(catalogue.updated(polib.pofile(str(fresh)), SENTENCES.values())) == str(fresh), "stable"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"It is {state}.": "{zustand}"}, "the translation has"),
        ({"It is {state}.": "no brace"}, "the translation has"),
        ({"It is {state}.": "{state} {"}, "is no template"),
        ({"It is {state}.": " "}, "not translated"),
        ({"It is {state}.": " {state}"}, "white space"),
        ({"{n} act on {name}": "{n} {name}"}, "needs 2 forms"),
        ({"{n} act on {name}": ["{n} {name}", "{n}"]}, "the translation has"),
        ({"Nowhere.": "x"}, "no such sentence"),
    ],
)
def test_a_wrong_translation_is_refused_by_name(given: dict[str, str | list[str]], why: str) -> None:
    book = polib.pofile(BOOK)
    refused = catalogue.fill(book, given)
    assert len(refused) == 1
    assert why in refused[0]
    assert [entry.msgid for entry in book.translated_entries()] == ["Gone."], "and nothing of it is kept"


def test_a_form_may_leave_its_number_out() -> None:
    book = polib.pofile(BOOK)
    assert catalogue.fill(book, {"{n} act on {name}": ["one act on {name}", "{n} acts on {name}"]}) == []


def test_every_fault_of_a_catalogue_is_found() -> None:
    book = polib.pofile(BOOK)
    book.append(polib.POEntry(msgid="New here.", msgstr="fuzzy", flags=["fuzzy"]))
    faults = list(catalogue.faults_of(book, SENTENCES))
    for part in ("no longer in the code: 'Gone.'", "not translated: 'It is", "fuzzy: 'New", "not translated: '{n} act"):
        assert any(part in fault for fault in faults), part


def test_what_is_missing_is_written_as_fill_reads_it() -> None:
    book = polib.pofile(BOOK)
    missing = catalogue.untranslated(book)
    assert missing == {
        "It is {state}.": "It is {state}.",
        "{n} act on {name}": ["{n} act on {name}", "{n} acts on {name}"],
    }
    assert catalogue.fill(book, json.loads(json.dumps(missing))) == []
    assert catalogue.untranslated(book) == {}


def test_the_policys_own_reasons_are_sentences_too(sentences: dict[str, catalogue.Found]) -> None:
    assert "Calls a person by an insult." in sentences
    assert sentences["Calls a person by an insult."].files == {"moderator/policy/default.toml"}
