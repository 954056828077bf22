"""What happens meanwhile, told at the prompt; and how a session ends."""

from __future__ import annotations

import io
import signal
import threading
from dataclasses import replace
from datetime import UTC

import pytest

from moderator.domain import view
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.line.console import Console
from moderator.line.news import News
from tests.line.conftest import NOW, Desk, Terminal, two


def effect(state: EffectState, mine: bool = True) -> view.EffectView:
    return view.EffectView(
        5, 1, 1, "fb", Op.HIDE, state, "hide fb citizen", 0, 1, NOW, "It refused.", "", "das", mine, NOW
    )


def told(desk: Desk, name: str, data: object):
    """Feed an event, and go on only when the listener has taken it."""
    return lambda: (desk.streams[-1].feed(name, data), heard(desk))


def heard(desk: Desk) -> None:
    taken = threading.Event()
    desk.streams[-1].feed("notice", _Marker(taken))
    assert taken.wait(10)


class _Marker(dict):
    """A notice that tells when it was read."""

    def __init__(self, taken: threading.Event) -> None:
        super().__init__(sentence="-- heard --")
        self._taken = taken

    def get(self, key, default=None):
        self._taken.set()
        return super().get(key, default)


@pytest.mark.req("H1", "Q2")
def test_arrivals_and_urgent_items_are_told_at_the_prompt(work):
    desk = two()
    changed = view.Changed(9, 3, (1,), (2,), 0)
    said = work(desk, told(desk, "queue", changed), lambda: setattr(desk, "urgent", (2,)), "/", "u", "/", "q")
    before, after = said.text.split("> When does help come?")
    assert before.count("3 new comments came in.") == 1
    assert "1 URGENT and unopened: u opens the most urgent." in before
    assert "URGENT" not in after


@pytest.mark.req("H1")
def test_urgent_items_are_told_while_writing_and_ordinary_ones_after(work):
    desk = two()
    changed = view.Changed(9, 3, (1,), (2,), 0)
    said = work(desk, "1", "r", "one", told(desk, "queue", changed), "two", "three", ".", "k", "q")
    writing = said.text[said.text.index("Type the reply.") : said.text.index("This would be sent")]
    assert writing.count("1 URGENT and unopened") == 1
    assert "new comments" not in writing
    assert "3 new comments came in." in said.text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (EffectState.DONE, "Sent: hide fb citizen."),
        (EffectState.UNCERTAIN, "Unknown whether it went out: hide fb citizen."),
        (EffectState.FAILED, "Not sent yet: hide fb citizen. It refused."),
        (EffectState.PARKED, "Waits for you: hide fb citizen."),
    ],
)
def test_what_became_of_an_effect_is_told(work, state, said):
    desk = two()
    assert said in work(desk, told(desk, "effect", effect(state)), "/", "q").text
    other = two()
    assert said not in work(other, told(other, "effect", effect(state, mine=False)), "/", "q").text


@pytest.mark.req("X2", "H10")
def test_a_desk_that_goes_away_and_comes_back_is_told(work):
    desk = two()
    desk.hello = replace(desk.hello, resumed=(2,))

    def cut():
        back = threading.Event()
        reopen = desk.reopen
        desk.reopen = lambda stop: (back.set(), reopen(stop))[1]
        desk.streams[-1].fail()
        assert back.wait(10)
        heard(desk)

    said = work(desk, cut, "/", "q")
    assert "The desk is gone; trying to reach it again." in said.text
    assert "The desk is back." in said.text
    assert "Item 2 was yours when the line dropped" in said.text
    assert all(stream.closed.is_set() for stream in desk.streams[1:])


@pytest.mark.parametrize("how", ["end", "interrupt"])
def test_leaving_ends_the_session_and_its_threads(work, how):
    def interrupt():
        raise KeyboardInterrupt

    before = threading.active_count()
    said = work(two(), "1", *([interrupt] if how == "interrupt" else []))
    assert said.code is None
    assert said.desk.streams[0].closed.is_set()
    assert threading.active_count() == before


@pytest.mark.req("H10")
@pytest.mark.parametrize(
    ("typed", "tty", "farewells"), [(("1", "q"), True, 1), (("1",), True, 0), (("1", "q"), False, 1)]
)
def test_only_a_quit_tells_the_desk_that_nothing_was_dropped(work, typed, tty, farewells):
    """A line that ends without q may have been cut: the desk then offers back what was held."""
    said = work(two(), *typed, tty=tty)
    assert said.desk.farewells == farewells
    assert said.desk.streams[0].closed.is_set()


def test_a_desk_that_does_not_hear_the_farewell_holds_nobody_up(work):
    desk = two()
    desk.refusals["leave the desk"] = Refused(Code.DOWN, "Down.", "")
    said = work(desk, "q")
    assert (said.code, desk.streams[0].closed.is_set()) == (None, True)


def test_a_desk_that_is_down_at_the_start_is_the_callers_business(work):
    desk = two()
    desk.stream = lambda resume="": (_ for _ in ()).throw(Refused(Code.DOWN, "Down.", ""))
    with pytest.raises(Refused):
        work(desk)


@pytest.mark.req("H1")
def test_something_urgent_is_said_at_once_while_a_person_is_asked(work):
    desk = two()
    changed = view.Changed(9, 3, (1,), (2,), 0)
    said = work(desk, told(desk, "queue", changed), "q", tty=True)
    assert "Desk: \n1 URGENT and unopened: u opens the most urgent.\nDesk: " in said.text
    assert "new comments" not in said.text.split("URGENT")[0]


@pytest.mark.req("H1")
def test_control_in_a_script_it_is_told_at_the_next_prompt(work):
    desk = two()
    said = work(desk, told(desk, "queue", view.Changed(9, 3, (1,), (2,), 0)), "/", "q")
    assert "Desk: \n" not in said.text.split("URGENT")[0]
    assert said.text.index("/1 or /mine") < said.text.index("1 URGENT")


@pytest.mark.req("H1")
def test_what_is_known_to_be_urgent_rings_again_only_after_a_minute(work):
    desk = two()
    now = [0.0]
    out = io.StringIO()
    changed = view.Changed(9, 0, (1,), (2,), 0)

    class Waiting(Console):
        def alarm(self, sentence: str) -> bool:
            rung.append(now[0])
            return True

    rung: list[float] = []
    news = News(desk, UTC, Waiting(Terminal(tty=True), out), clock=lambda: now[0])  # type: ignore[arg-type]
    news.start(())
    try:
        for now[0] in (1.0, 2.0, 60.0, 61.0, 90.0, 121.0):
            desk.streams[-1].feed("queue", changed)
            heard(desk)
    finally:
        news.close()
    assert rung == [1.0, 61.0, 121.0]


@pytest.mark.req("H1")
def test_urgent_items_stand_at_every_question_of_a_form_and_arrivals_wait(work):
    desk = two()
    changed = view.Changed(9, 3, (1,), (2,), 0)
    said = work(desk, "1", "! request", told(desk, "queue", changed), "PS", "CMO", "take it down", "q").text
    form = said[said.index("Who asked?") : said.index("Saved: order")]
    assert form.count("1 URGENT and unopened") == 2
    assert "new comments" not in form
    assert "3 new comments came in." in said


def test_many_of_a_kind_are_counted_and_what_waits_is_told_one_by_one(work):
    desk = two()
    sent = [replace(effect(EffectState.DONE), id=n, label=f"hide {n}") for n in range(40)]
    parked = [replace(effect(EffectState.PARKED), id=n, label=f"hide {n}") for n in range(40, 48)]

    def all_of_them():
        for one in (*sent, *sent, *parked):
            desk.streams[-1].feed("effect", one)
        heard(desk)

    said = work(desk, all_of_them, "/", "q").text
    assert said.count("Sent: 40 acts.") == 1
    assert "Sent: hide" not in said
    assert said.count("Waits for you: hide 4") == 8


def test_only_the_newest_state_of_an_effect_is_told(work):
    desk = two()

    def both():
        for state in (EffectState.SENDING, EffectState.DONE):
            desk.streams[-1].feed("effect", effect(state))
        heard(desk)

    said = work(desk, both, "/", "q").text
    assert "Sending: hide fb citizen." not in said
    assert "Sent: hide fb citizen." in said


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_hang_up_ends_as_ctrl_c_does_and_gives_the_signals_back(work, number):
    before = signal.getsignal(number)
    said = work(two(), "1", "r", "half a line", lambda: signal.raise_signal(number))
    assert said.desk.drafts == [(1, "half a line")]
    assert said.desk.streams[0].closed.is_set()
    assert said.desk.farewells == 0
    assert said.text.endswith("You are signed off. Drafts are kept; what you held is free.\n")
    assert signal.getsignal(number) is before
