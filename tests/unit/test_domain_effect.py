"""Effects: the only moves that a remote act can make, and no way to send a reply twice without a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderator.domain import effect
from moderator.domain.effect import FINAL, MOVES, STATE_SETTING, EffectState, Op, can_move

S = EffectState


def test_every_state_has_its_moves_and_only_final_ones_have_none():
    assert set(MOVES) == set(EffectState)
    assert {state for state, moves in MOVES.items() if not moves} == FINAL


@pytest.mark.req("F1", "F4")
@pytest.mark.parametrize("op", list(Op))
@pytest.mark.parametrize("by_person", [True, False])
def test_unknown_outcomes(op, by_person):
    assert can_move(op, S.UNCERTAIN, S.READY, by_person=by_person) is (op in STATE_SETTING)
    assert can_move(op, S.UNCERTAIN, S.DONE, by_person=by_person)
    assert not can_move(op, S.UNCERTAIN, S.SENDING, by_person=by_person)


@pytest.mark.req("B3")
@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        (S.HELD, S.CANCELLED, True),
        (S.HELD, S.READY, True),
        (S.HELD, S.SENDING, False),
        (S.HELD, S.DONE, False),
        (S.READY, S.SENDING, True),
        (S.SENDING, S.READY, False),
        (S.SENDING, S.CANCELLED, False),
        (S.SENDING, S.UNCERTAIN, True),
        (S.FAILED, S.READY, True),
        (S.DONE, S.READY, False),
        (S.CANCELLED, S.READY, False),
        (S.CANCELLED, S.HELD, False),
        (S.DONE, S.CANCELLED, False),
    ],
)
def test_moves(old, new, allowed):
    assert can_move(Op.REPLY, old, new, by_person=True) is allowed


def test_only_a_person_moves_what_is_parked():
    for new in MOVES[S.PARKED]:
        assert can_move(Op.REPLY, S.PARKED, new, by_person=True)
        assert not can_move(Op.REPLY, S.PARKED, new, by_person=False)


WALKS = st.lists(st.tuples(st.sampled_from(list(EffectState)), st.booleans()), max_size=30)


def sends(op: Op, walk: list[tuple[EffectState, bool]], table) -> tuple[int, int]:
    """How often a walk through the allowed moves starts to send again after an unknown end, and how often a person
    had a hand in it since."""
    state, unknown, again, asked = S.HELD, False, 0, 0
    for new, by_person in walk:
        if not table(op, state, new, by_person=by_person):
            continue
        asked += state is S.PARKED
        again += unknown and new is S.SENDING
        unknown = unknown or new is S.UNCERTAIN
        state = new
    return again, asked


@pytest.mark.req("F1", "F4")
@given(st.sampled_from([Op.REPLY, Op.MAIL]), WALKS)
def test_no_walk_sends_a_reply_again_without_a_person(op, walk):
    again, asked = sends(op, walk, can_move)
    assert again <= asked


def test_control_a_naive_retry_would_send_twice(monkeypatch):
    walk = [(S.READY, False), (S.SENDING, False), (S.UNCERTAIN, False), (S.READY, False), (S.SENDING, False)]
    assert sends(Op.REPLY, walk, can_move) == (0, 0)
    monkeypatch.setattr(effect, "STATE_SETTING", frozenset(Op))
    assert sends(Op.REPLY, walk, can_move) == (1, 0)
