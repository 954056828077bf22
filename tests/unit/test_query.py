"""The query language: what it reads, how it refuses, how it goes on; and words in plain form."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.domain import query
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.matching import _IS, matches, padded, says
from moderator.domain.plain import plain
from moderator.domain.policy import Asks, Opinion
from moderator.domain.query import (
    FIELDS,
    IS,
    LONGEST,
    MOST,
    STATES,
    TIMES,
    Part,
    Phrase,
    Query,
    Time,
    Trait,
    complete,
    parse,
)
from moderator.domain.view import Row
from moderator.domain.wording import Words
from moderator.store.words import expression

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
SIGNS = """ " * - + ^ ( ) : { } , < > AND OR NOT NEAR( text: is: due< author: said rowid ' \\ % /* -- 30m #7 é ৰ """
OPERATORS = st.sampled_from((*SIGNS.split(), " ", "\0", "\ud800", "\u0301"))
HOSTILE = st.one_of(st.text(), st.lists(OPERATORS | st.text(max_size=3), max_size=12).map("".join))


def row(**changes: object) -> Row:
    """A row of the queue."""
    plain_row: dict[str, object] = {
        "id": 7, "key": "5-0-7", "state": State.NEW, "lane": Lane.ROUTINE, "account": "fb dipr", "author": "Bipul Das",
        "text": "বানপানীৰ সাহায্য: water level at Hojai?", "masks": (), "category": "abusive", "clause": "A1",
        "opinion": Opinion.JUDGED, "asks": Asks.QUESTION, "protected": False, "language": "as",
        "due": NOW + timedelta(minutes=20), "arrived": NOW - timedelta(hours=3), "cause": Cause.NONE, "owner": "",
        "mine": False, "version": 1, "comment_version": 1, "visibility": Visibility.PUBLIC,
        "disposition": Disposition.NONE,
    }  # fmt: skip
    return Row(**{**plain_row, **changes})  # type: ignore[arg-type]


def test_a_query_is_read_as_it_is_meant() -> None:
    found = parse(
        "account:fb lang:AS,hi clause:A1 -state:new due<30m age>1d2h author:hojai “water level” flood -spam #12"
    )
    assert found.traits == (
        Trait("account", ("fb",)), Trait("lang", ("as", "hi")), Trait("clause", ("a1",)),
        Trait("state", ("new",), without=True), Trait("id", ("12",)),
    )  # fmt: skip
    assert found.times == (Time("due", True, timedelta(minutes=30)), Time("age", False, timedelta(days=1, hours=2)))
    assert found.phrases == (
        Phrase("hojai", Part.AUTHOR, open=True),
        Phrase("water level"),
        Phrase("flood", open=True),
        Phrase("spam", open=True, without=True),
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [("it", "it"), ('"flood"', "flood"), ("http://x.example/a", "http x example a"), ("10:30", "10 30"), ("<3", "3")],
)
def test_words_that_are_not_open_ended(typed: str, words: str) -> None:
    (phrase,) = parse(typed).phrases
    assert (phrase.words, phrase.open) == (words, False) or len(words.split()[-1]) >= 3


@pytest.mark.parametrize(
    ("typed", "at", "said"),
    [
        ("flood acount:fb", 6, "Nothing is called acount: (character 7). Did you mean account:?"),
        ("is:quetsion", 3, "There is no is:quetsion (character 1). Did you mean question?"),
        ("state:zzzzz", 6, "It can be: new, claimed"),
        ('say "open', 4, "The quotation mark at character 5 is not closed."),
        ("due:30m", 4, "due:30m at character 1 is no time. Write it like due<30m or due>1d12h."),
        ("age>soon", 4, "age>soon at character 1 is no time."),
        ("lang:", 5, "lang: at character 1 needs a value."),
        ("is:,", 4, "is:, at character 1 needs a value."),
        ("state<new", 0, "this takes a colon. Write state:new."),
        ("ok -", 3, "“-” at character 4 has no letter or digit to look for."),
        ("id:x", 3, "an id is a number."),
        ("x" * (LONGEST + 1), LONGEST, f"longer than {LONGEST} characters"),
        ("a " * (MOST + 1), 2 * MOST, f"more than {MOST} things at once"),
    ],
)
def test_a_refusal_names_the_place_and_the_nearest_word(typed: str, at: int, said: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(typed)
    assert caught.value.code is Code.BAD
    assert caught.value.facts["at"] == at
    assert said in str(caught.value)
    assert isinstance(caught.value.sentence, Words)


@pytest.mark.req("Z25")
@given(HOSTILE)
def test_any_text_is_a_query_or_a_sentence(typed: str) -> None:
    try:
        found = parse(typed)
    except Refused as refused:
        assert refused.code is Code.BAD
        assert str(refused.sentence).isprintable()
    else:
        assert all(phrase.words and phrase.words == plain(phrase.words) for phrase in found.phrases)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """An index of words as the desk makes it, with three comments."""
    conn = sqlite3.connect(":memory:")
    conn.execute(
        """CREATE VIRTUAL TABLE said USING fts5(
        text, author, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'")"""
    )
    for text in ("the water level", "spam and NOT near", "secret words"):
        conn.execute("INSERT INTO said (text, author) VALUES (?, 'bipul')", (plain(text),))
    return conn


@pytest.mark.req("Z25")
@given(HOSTILE)
def test_no_typed_operator_reaches_the_index(index: sqlite3.Connection, typed: str) -> None:
    """Whatever was typed, the index finds exactly what looking at each text finds."""
    try:
        phrases = [phrase for phrase in parse(typed).phrases if not phrase.without]
    except Refused:
        return
    if not phrases:
        return
    looked = set()
    for rowid, text, author in index.execute("SELECT rowid, text, author FROM said"):
        if all(says(phrase, padded(text), padded(author)) for phrase in phrases):
            looked.add(rowid)
    found = {found[0] for found in index.execute("SELECT rowid FROM said WHERE said MATCH ?", (expression(phrases),))}
    assert found == looked


@pytest.mark.req("Z25")
@pytest.mark.parametrize(
    "typed", ['"', "secret OR water", "text : water", "-spam", "spam NOT near", "NEAR(secret words)"]
)
def test_raw_the_index_would_read_operators(index: sqlite3.Connection, typed: str) -> None:
    """The control: handed over as typed, each of these is an error or finds what was not asked for."""

    def raw() -> set[int] | None:
        try:
            return {row[0] for row in index.execute("SELECT rowid FROM said WHERE said MATCH ?", (typed,))}
        except sqlite3.OperationalError:
            return None

    words = plain(typed).split()
    rows = index.execute("SELECT rowid, text FROM said").fetchall()
    assert raw() != {rowid for rowid, text in rows if all(word in text.split() for word in words)}


@given(st.text())
def test_plain_form_is_stable_and_holds_nothing_else(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert "\0" not in once
    assert '"' not in once
    assert once == " ".join(once.split())
    once.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ৰাজ্য", "রাজ্য"), ("১০৭৭", "1077"), ("ज़रूर", "जरूर"), ("Café", "CAFE"), ("straße", "STRASSE"),
        ("ｆｌｏｏｄ", "flood"), ("fl\u200bood", "flood"), ("ক্\u200dষ", "ক্ষ"), ("fl\u00adood", "flood"),
    ],
)  # fmt: skip
def test_what_is_typed_in_different_ways_is_the_same_word(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("কি", "কা"), ("ক", "কা"), ("पानी", "पान"), ("cat", "cut")])
def test_vowel_signs_make_a_difference(one: str, other: str) -> None:
    assert plain(one) != plain(other)
    assert len(plain(one).split()) == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True), ("water", True), ("wat", True), ('"wat"', False), ("বানপানী", True), ("বানপানীর", True),
        ('"water level"', True), ('"level water"', False), ("-spam", True), ("-water", False), ("author:bip", True),
        ("text:bip", False), ("account:dipr", True), ("account:x", False), ("lang:as", True), ("-lang:as", False),
        ("clause:a1", True), ("clause:abusive", True), ("clause:none", False), ("state:open", True),
        ("state:closed", False), ("is:question", True), ("is:urgent", False), ("is:mine", False), ("is:free", True),
        ("due<30m", True), ("due<10m", False), ("due>10m", True), ("age>2h", True), ("age<2h", False), ("#7", True),
        ("id:8,9", False), ("is:question,urgent", True), ("is:question is:urgent", False),
    ],
)  # fmt: skip
def test_a_row_at_hand_is_matched_at_once(typed: str, found: bool) -> None:
    assert matches(parse(typed), row(), NOW) is found


def test_every_word_of_is_can_be_answered() -> None:
    assert set(_IS) == set(IS)
    assert not matches(parse("is:late"), row(due=None), NOW)
    assert matches(parse("is:late"), row(due=NOW), NOW)


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("flood sta", ("flood state:",)),
        ("du", ("due<", "due>")),
        ("state:re", ("state:review", "state:resolved")),
        ("-account:d", ('-account:"fb dipr"',)),
        ("is:question,mi", ("is:question,mine",)),
        ("flood", ()),
        ("", ()),
        ("nothing:x", ()),
    ],
)
def test_suggestions_go_on_from_what_is_typed(typed: str, suggested: tuple[str, ...]) -> None:
    assert set(complete(typed, {"account": ["fb dipr", "x cmo"]})) == set(suggested)


@given(HOSTILE)
def test_suggestions_come_for_any_text(typed: str) -> None:
    for whole in complete(typed, {"account": ["fb dipr"], "lang": ["as"]}):
        assert whole.lower().startswith(typed[: max(typed.rfind(" "), typed.rfind("\t")) + 1].lower())


def test_what_is_suggested_can_be_asked() -> None:
    for field in FIELDS:
        for whole in complete(f"{field}:", {"account": ["fb dipr"], "lang": ["as"], "clause": ["A1"]}, most=99):
            assert parse(whole) != Query()
    for field in TIMES:
        assert {f"{field}<", f"{field}>"} <= set(complete(field[:2], {}))


def test_the_page_about_it_names_every_field_and_value() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
    named = [f"{field}:" for field in FIELDS] + [f"{field}<" for field in TIMES] + [*IS, *STATES]
    assert [name for name in named if f"`{name}" not in page] == []
    assert "`unheard-of" not in page


@pytest.mark.req("Z25")
@pytest.mark.parametrize(
    ("typed", "goes_on"), [("you dirty o", True), ("you dirty o ", False), ('"dirty o"', False), ("is:mine", False)]
)
def test_a_word_that_is_being_typed_may_go_on(typed: str, goes_on: bool) -> None:
    asked = query.growing(query.parse(typed), typed)
    assert bool(asked.phrases and asked.phrases[-1].open) is goes_on
