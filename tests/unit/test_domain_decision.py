"""What a hide must rest on, who needs a second person, what an order lacks, and who may be the SPOC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from moderator.domain.clock import SystemClock, Turnaround, remaining
from moderator.domain.conduct import Conduct, Mark, Weight
from moderator.domain.decision import ground_for_hiding, needs_second
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Disposition, Lane
from moderator.domain.order import Order, OrderKind, high_enough, missing
from moderator.domain.person import GRANTS, Permission, Person, Role
from moderator.domain.policy import Category, Clause, Finding, Opinion, Suggestion, Verdict

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
CLAUSE = Clause("A1", 1, Category.ABUSIVE, {"en": "Abuse", "as": "গালি"}, {"en": "…"}, 2, Suggestion.HIDE)
FOUND = Finding("A1", "A1.slur", 4, 9, 2, Suggestion.HIDE)
VERDICT = Verdict(Opinion.JUDGED, "en", (FOUND,))


@pytest.mark.req("P4", "V3")
def test_a_hide_rests_on_the_findings_span_or_the_officers():
    assert ground_for_hiding(CLAUSE, None, VERDICT, 20, "r") == (4, 9)
    assert ground_for_hiding(CLAUSE, (0, 20), VERDICT, 20, "r") == (0, 20)


@pytest.mark.req("P4", "V3", "H3")
@pytest.mark.parametrize(
    ("clause", "span", "verdict", "reason", "code"),
    [
        (None, (0, 5), VERDICT, "r", Code.BAD),
        (replace(CLAUSE, hideable=False), (0, 5), VERDICT, "r", Code.NOT_ALLOWED),
        (CLAUSE, None, Verdict(Opinion.JUDGED, "en"), "r", Code.BAD),
        (CLAUSE, None, replace(VERDICT, findings=(replace(FOUND, hint=True),)), "r", Code.BAD),
        (CLAUSE, None, replace(VERDICT, findings=(replace(FOUND, clause="S1"),)), "r", Code.BAD),
        (CLAUSE, (5, 5), VERDICT, "r", Code.BAD),
        (CLAUSE, (-1, 5), VERDICT, "r", Code.BAD),
        (CLAUSE, (5, 21), VERDICT, "r", Code.BAD),
        (CLAUSE, (0, 5), VERDICT, "  ", Code.BAD),
    ],
)
def test_a_hide_without_clause_span_or_reason_is_refused(clause, span, verdict, reason, code):
    with pytest.raises(Refused) as caught:
        ground_for_hiding(clause, span, verdict, 20, reason)
    assert caught.value.code is code
    assert caught.value.cure


@pytest.mark.req("V2", "P11")
@pytest.mark.parametrize("protected", [True, False])
@pytest.mark.parametrize("disposition", list(Disposition))
def test_hiding_protected_criticism_needs_a_second_person(protected, disposition):
    asked = needs_second(replace(VERDICT, protected=protected), disposition)
    hides = disposition in (Disposition.HIDDEN, Disposition.HIDDEN_REPLIED)
    assert bool(asked) is (protected and hides)


def test_the_strongest_finding_is_never_a_hint():
    hint = replace(FOUND, clause="P1", hint=True, urgent=True)
    assert replace(VERDICT, findings=(hint, FOUND)).top == FOUND
    assert replace(VERDICT, findings=(hint,)).top is None
    assert replace(VERDICT, findings=(hint,)).urgent


def test_a_clause_has_a_name_in_any_language():
    assert [CLAUSE.name(code) for code in ("as", "brx")] == ["গালি", "Abuse"]
    assert replace(CLAUSE, title={}).name("en") == "A1"


ORDER = Order(
    OrderKind.ORDER, NOW, "MeitY", "A. Baruah", "Joint Secretary", "IT Act s. 79(3)(b)", reason="r",
    urls=("https://x.example/1",), verified_by="call-back to the contact book",
)  # fmt: skip


@pytest.mark.req("O1", "H8")
@pytest.mark.parametrize("field", ["authority", "officer", "rank", "statute", "reason", "urls", "verified_by"])
def test_an_order_that_lacks_a_field_says_which(field):
    assert missing(ORDER) == []
    assert len(missing(replace(ORDER, **{field: () if field == "urls" else ""}))) == 1


@pytest.mark.req("H8")
def test_a_request_needs_caller_office_and_words():
    assert missing(Order(OrderKind.REQUEST, NOW)) == ["who asked", "the office", "the words used"]
    assert missing(Order(OrderKind.REQUEST, NOW, "CMO", caller="PS", words="take it down")) == []


@pytest.mark.req("E2", "O1")
@pytest.mark.parametrize(
    ("rank", "enough"),
    [
        ("Joint Secretary", True),
        ("joint  secretary to the Govt.", True),
        ("Joint Secretary (Information)", True),
        ("Additional Secretary", True),
        ("Secretary", True),
        ("Principal Secretary", True),
        ("Chief Secretary", True),
        ("Commissioner and Secretary", True),
        ("DIG", True),
        ("D.I.G. of Police", True),
        ("Deputy Inspector General", True),
        ("Inspector General of Police", True),
        ("Under Secretary", False),
        ("Deputy Secretary", False),
        ("Asst. Secretary", False),
        ("Assistant Secretary", False),
        ("Section Officer", False),
        ("Private Secretary", False),
        ("Addl. Private Secretary", False),
        ("Personal Secretary", False),
        ("Assistant Inspector General", False),
        ("Assistant to the Joint Secretary", False),
        ("PA to Secretary", False),
        ("Desk Officer to Joint Secretary", False),
        ("Officer on Special Duty", False),
        ("Addl. Chief Secretary", True),
        ("DIGP", True),
        ("Commissioner & Secretary", True),
        ("Inspector", False),
        ("Secretary's driver", False),
        ("", False),
    ],
)
def test_ranks(rank, enough):
    assert high_enough(rank) is enough


@pytest.mark.req("H2")
@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(minutes=4, seconds=30), "in 4 min"),
        (timedelta(seconds=-125), "late 2 min"),
        (timedelta(0), "in 0 min"),
        (timedelta(seconds=-1), "late 0 min"),
        (timedelta(minutes=62), "in 1 h 2"),
        (timedelta(days=-3), "late 3 d"),
    ],
)
def test_due_times_in_words(away, said):
    assert remaining(NOW + away, NOW) == said


def test_nothing_due_says_nothing():
    assert remaining(None, NOW) == ""


def test_each_lane_has_its_turnaround():
    due = Turnaround(life=1, threat=2, routine=3)
    assert [due.due(lane, NOW) - NOW for lane in Lane] == [timedelta(minutes=n) for n in (1, 2, 3)]


def test_the_clocks_run():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.up_ms() <= clock.up_ms()


@pytest.mark.req("R1")
def test_who_may_do_what():
    moderator = Person(1, 1000, "das", 1, frozenset({Role.MODERATOR}))
    assert moderator.may(Permission.DECIDE)
    assert not moderator.may(Permission.APPROVE)
    assert not replace(moderator, active=False).may(Permission.READ)
    assert set(GRANTS) == set(Role)
    for role in (Role.RECORDS, Role.AUDITOR, Role.SPOC, Role.CUSTODIAN):
        assert not GRANTS[role] & {Permission.DECIDE, Permission.REPLY}


@pytest.mark.req("H7")
def test_only_broken_hard_rules_block():
    marks = tuple(Mark("r", weight, kept, "s") for weight in Weight for kept in (True, False))
    assert [(m.weight, m.kept) for m in Conduct(marks, "", 0, 0).broken] == [(Weight.HARD, False)]


def test_a_refusal_reads_as_a_sentence_with_its_cure():
    assert str(Refused(Code.BAD, "It is wrong.", "Do it again.")) == "It is wrong. Do it again."
    assert str(Refused(Code.BAD, "It is wrong.")) == "It is wrong."
