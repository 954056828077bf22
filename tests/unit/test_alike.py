"""Near-duplicates: what is one row whatever its disguise, and what never is."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator.policy import alike, undisguised
from moderator.policy.alike import Bursts
from moderator.policy.undisguised import plain

BRIGADE = (
    "The minister promised relief for every farmer but the whole scheme is a fraud, boycott the election office now"
)
_DRAWN = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "i": "і"}
_TYPED = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5"}
_ADDED = ("please", "friends", "now", "everyone", "share", "wake up", "really", "shame", "brothers", "truth")


def variants(count: int, seed: int = 3) -> list[str]:
    """One text as a brigade writes it: words put in, letters exchanged, spaced, stretched, tags changed."""
    chance = random.Random(seed)
    return [_variant(chance, n) for n in range(count)]


def _variant(chance: random.Random, n: int) -> str:
    words = BRIGADE.split()
    for _ in range(chance.randint(0, 2)):
        words.insert(chance.randint(0, len(words)), chance.choice(_ADDED))
    text = " ".join(words)
    if chance.random() < 0.4:
        text = "".join(_DRAWN.get(letter, letter) if chance.random() < 0.3 else letter for letter in text)
    if chance.random() < 0.4:
        text = "".join(_TYPED.get(letter, letter) if chance.random() < 0.4 else letter for letter in text)
    if chance.random() < 0.3:
        text = text.replace(" ", chance.choice(["  ", " . ", ", ", " - "]))
    if chance.random() < 0.2:
        text = text.upper().replace("O", "OOO")
    if chance.random() < 0.2:
        parts = text.split()
        at = chance.randrange(len(parts))
        parts[at] = " ".join(parts[at])
        text = " ".join(parts)
    return text + chance.choice(["", f" #boycott{n}", f" @user{n}", " 😡😡", f" https://x.example/{n}"])


def keys(*texts: str, question: bool = False) -> list[str | None]:
    bursts = Bursts()
    return [bursts.key(text, protected=False, question=question) for text in texts]


@pytest.mark.req("B9")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_four_hundred_variants_of_one_text_are_one_row(seed):
    texts = variants(400, seed)
    assert len(set(keys(*texts))) == 1
    # the control: equal but for case, and even equal without the disguise, is far from one
    assert len({text.casefold() for text in texts}) > 300
    assert len({plain(text).text for text in texts}) > 100


def test_a_restart_gives_the_same_text_the_same_key():
    text = variants(1)[0]
    assert keys(text) == keys(text)
    bursts = Bursts()
    first = bursts.key(BRIGADE, protected=False, question=False)
    assert keys(BRIGADE) == [first]


DIFFERENT = [
    ("Send your money to this man at once, call {} today", "98640 12345", "98640 54321"),
    ("Send your money to this man at once, call {} today", "9864012345", "৯৮৬৪০৫৪৩২১"),
    ("There has been no water here for days in {}, nobody comes", "ward 4", "ward 7"),
    ("There has been no water here for days in {}, nobody comes", "ward4", "ward7"),
    ("There has been no water for days in {} and nobody comes", "Hojai", "Lanka"),
    ("There has been no water for days {}and nobody comes", "", "in Bamungaon "),
    ("There has been no water for days, nobody comes #{}", "Hojai", "Majuli"),
    ("The road on {} is broken since the rains and nobody repairs it", "NH37", "NH31"),
    ("The officer {} took money from all of us for the card", "Deka", "Bora"),
    ("বানপানীৰ সাহায্য {} এতিয়াও পোৱা নাই কেতিয়া আহিব", "হোজাইত", "মাজুলীত"),
    ("बाढ़ की राहत {} तक अब तक नहीं पहुँची है भाई", "निचला गाँव", "स्टेशन रोड"),
    ("We {} the new policy of the department very much", "support", "do not support"),
    ("Vehicle {} blocks the gate of our house every single day", "AS01AB1234", "AS01AB9876"),
]


@pytest.mark.req("H5")
@pytest.mark.parametrize(("text", "one", "other"), DIFFERENT)
def test_what_differs_in_a_number_a_place_a_name_or_a_denial_is_never_one(text, one, other):
    first, second = text.format(one), text.format(other)
    assert len(set(keys(first, second))) == 2
    assert len(set(keys(second, first))) == 2


def test_the_guards_are_what_keeps_them_apart(monkeypatch):
    one = "There has been no water for days in ward 4, and nobody of the office comes to us"
    other = one.replace("ward 4", "ward 7")
    assert len(set(keys(one, other))) == 2
    monkeypatch.setattr(undisguised, "_guard", lambda *_: "")
    assert len(set(keys(one, other))) == 1


def test_places_are_what_keeps_two_villages_apart(monkeypatch):
    one = "There has been no water for days in Hojai, and nobody of the office comes to us when we call them"
    other = one.replace(" in Hojai", "")
    assert len(set(keys(one, other))) == 2
    monkeypatch.setattr(alike, "_tells_apart", lambda *_: False)
    assert len(set(keys(one, other))) == 1


def test_short_ones_are_one_only_when_equal_and_questions_never():
    assert len(set(keys("Thank you!", "thank  you", "THANK YOU 🙏"))) == 1
    assert len(set(keys("Thank you", "Thank you sir"))) == 2
    assert keys("When open?", "When open?", question=True) == [None, None]
    assert keys("🙏🙏🙏", "…") == [None, None]


@pytest.mark.req("Z5")
def test_what_is_protected_shares_no_key_with_what_is_not():
    bursts = Bursts()
    free = bursts.key(BRIGADE, protected=False, question=False)
    assert bursts.key(BRIGADE, protected=True, question=False) != free


def test_personal_data_stands_between_two():
    bursts = Bursts()
    one = bursts.key(BRIGADE, protected=False, question=False, also=["nine eight"])
    assert bursts.key(BRIGADE, protected=False, question=False, also=["nine seven"]) != one


def test_a_long_text_is_told_apart_by_its_end():
    start = "The same words again and again in a very long comment. " * 40
    assert len(set(keys(start + "first", start + "second"))) == 2


def test_memory_is_bounded_and_the_oldest_is_forgotten_first():
    bursts = Bursts(most=50)
    words = [f"{a}{b}" for a in "bcdfghjklm" for b in ("ala", "oro", "uni", "emi")]
    chance = random.Random(1)
    for _ in range(400):
        bursts.key(" ".join(chance.sample(words, 9)), protected=False, question=False)
    assert len(bursts._groups) <= 50
    assert len(bursts._equal) <= 101
    held = sum(len(shelf.groups) for shelf in bursts._shelves.values())
    assert held == len(bursts._groups)


def test_a_thousand_comments_of_many_kinds_do_not_run_together():
    """Texts of a template with different numbers, and ones of other templates, each keep to themselves."""
    texts = [f"When will the pension for ward {n} come to Lanka road? Nobody answers the phone." for n in range(300)]
    assert len(set(keys(*texts))) == 300


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_key_or_none_and_the_same_one_again(text):
    bursts = Bursts()
    first = bursts.key(text, protected=False, question=False)
    assert bursts.key(text, protected=False, question=False) == first
    assert Bursts().key(text, protected=False, question=False) == first


def test_in_a_language_that_is_little_known_only_equal_texts_are_one():
    bursts = Bursts()
    one = bursts.key(BRIGADE, protected=False, question=False, equal=True)
    assert bursts.key(BRIGADE.upper() + "!!!", protected=False, question=False, equal=True) == one
    assert bursts.key("Really " + BRIGADE.replace("now", "today"), protected=False, question=False, equal=True) != one
    assert bursts.key("Thank you", protected=False, question=False, equal=True) is None


def test_a_group_of_before_goes_on_with_its_key():
    first, later = variants(2, seed=5)
    (key,) = keys(first)
    bursts = Bursts()
    assert bursts.key(later, protected=False, question=False) != key  # the control: nobody remembers
    bursts = Bursts()
    bursts.remember("the key of before", first, protected=False)
    assert bursts.key(later, protected=False, question=False) == "the key of before"
