"""Sentences that remember how they were made: in English at once, in another language later, through a column too."""

from __future__ import annotations

import json
import pickle
import sqlite3

import pytest

from moderator import locale
from moderator.domain.errors import Code, Refused
from moderator.domain.names import NAMES, named
from moderator.domain.wording import Words, counted, joined, kept, recalled, sentence_of, words

pytestmark = pytest.mark.req("L1")

UNKNOWN = words("The desk stopped while this was being sent.")


def test_a_sentence_is_its_english_text() -> None:
    told = words("Item {item} is closed: the comment is gone.", item=7)
    assert told == "Item 7 is closed: the comment is gone."
    assert (told.template, dict(told.values)) == ("Item {item} is closed: the comment is gone.", {"item": 7})
    assert [counted("{n} renewed.", "{n} renewed all.", n) for n in (0, 1, 2)] == [
        "0 renewed all.",
        "1 renewed.",
        "2 renewed all.",
    ]


def test_json_and_sqlite_take_it_as_text() -> None:
    told = words("It is {state}.", state=words("retired"))
    assert json.loads(json.dumps({"said": told})) == {"said": "It is retired."}
    found = sqlite3.connect(":memory:").execute("SELECT ?, typeof(?)", (told, told)).fetchone()
    assert found == ("It is retired.", "text")


def test_it_crosses_a_process_whole() -> None:
    told = pickle.loads(pickle.dumps(words("Item {item} is free again.", item=3)))
    assert isinstance(told, Words)
    assert (str(told), told.template, dict(told.values)) == (
        "Item 3 is free again.",
        "Item {item} is free again.",
        {"item": 3},
    )


@pytest.mark.parametrize(
    "told",
    [
        UNKNOWN,
        words(
            "Account {account} cannot be read: a fault inside the desk. It is tried again; tell the lead.", account=4
        ),
        counted("You hold {n} item already.", "You hold {n} items already.", 5),
        words("It is {status}; not tried.", status=named("frozen")),
        joined((UNKNOWN, words("Whether the mail left is not known."))),
    ],
)
def test_what_is_stored_comes_back_able_to_be_said(told: Words, pseudo: str) -> None:
    """The control is the bare column: without `recalled`, nobody can say it in another language."""
    column = kept(told)
    assert type(column) is str
    assert column.startswith(f"{told}\x1e"), "who reads the column by hand reads English"
    back = recalled(column)
    assert back == told
    assert locale.translated(back, pseudo) == locale.translated(told, pseudo)
    assert "⟦" in locale.translated(back, pseudo)
    assert locale.translated(column, pseudo) == column


@pytest.mark.parametrize(
    "text", ["", "Typed by a person {in braces}.", "half\x1e", 'torn\x1e{"t":1}', "x\x1e[]", "y\x1e{}"]
)
def test_text_without_a_template_comes_back_as_it_is(text: str) -> None:
    assert recalled(text) == text.partition("\x1e")[0]
    assert kept("Typed by a person.") == "Typed by a person."


def test_several_sentences_stay_translatable(pseudo: str) -> None:
    both = joined((words("Press N."), "", words("Try again.")))
    assert both == "Press N. Try again."
    assert locale.translated(both, pseudo).count("⟦") == 2
    assert joined(("a", "b")) == "a b"
    assert (joined(()), joined(("", "one"))) == ("", "one")


def test_a_refusal_and_an_error_keep_how_they_were_said(pseudo: str) -> None:
    refused = Refused(Code.BAD, words("A hide needs a one-line reason."), words("Try again."))
    assert str(refused) == "A hide needs a one-line reason. Try again."
    assert locale.said(str(refused)).count("⟦") == 2
    assert locale.said(sentence_of(ValueError(UNKNOWN))).startswith("⟦")
    assert locale.said(str(ValueError(UNKNOWN))) == UNKNOWN, "the control: str() of an ordinary error forgets"
    assert sentence_of(ValueError("plain")) == "plain"
    assert sentence_of(ValueError()) == ""


def test_codes_have_names() -> None:
    assert named("no_opinion") == "no opinion"
    assert named("made_up_later") == "made up later"
    assert all(" " not in code and name == name.strip() for code, name in NAMES.items())
