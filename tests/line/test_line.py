"""Line mode: every act by letter and by word, in sentences, with nothing lost and nothing steered."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator import line
from moderator.config import Config, Screen
from moderator.domain import asks, view
from moderator.domain.effect import EffectState, Op
from moderator.domain.errors import Code, Refused
from moderator.domain.item import Disposition, Lane, State
from moderator.domain.order import OrderKind
from moderator.domain.policy import Finding, Opinion, Suggestion
from moderator.line.commands import COMMANDS
from moderator.line.console import Console
from moderator.line.forms import moment
from tests.line.conftest import NOW, POLICY, SLUR, Desk, Terminal, a_row, an_item

STAY = Config(screen=Screen(advance="stay"))


def two() -> Desk:
    return Desk({1: an_item(1, "slur officer, go drown", SLUR), 2: an_item(2, "When does help come?")})


# --- deciding ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("L3", "L5", "Q5")
def test_one_item_at_a_time_and_each_answer_a_sentence(work):
    said = work(two(), "2", "a", "q")
    assert said.code == 0
    assert said.acts == [(2, "leave")]
    assert "Item 2, account fb dipr. First response due in " in said.text
    assert "> When does help come?" in said.text
    assert "Saved: leave 2." in said.text
    assert "You are signed off." in said.text


@pytest.mark.req("L5", "H4", "B7")
@pytest.mark.parametrize(
    ("typed", "clause", "reason"),
    [
        (["h1"], "A1", ""),
        (["h 1"], "A1", ""),
        (["h a1 as he shouts"], "A1", "as he shouts"),
        (["hide A1"], "A1", ""),
        (["h", ""], "A1", ""),
        (["h", "1"], "A1", ""),
    ],
)
def test_hiding(work, typed, clause, reason):
    said = work(two(), "1", *typed)
    _, act, ask = said.desk.acts[-1]
    assert act == "hide"
    assert ask == asks.Hide(1, clause, masked=True, reason=reason)
    assert "z takes it back within 15 s." in said.text


@pytest.mark.req("V3", "P4")
def test_a_hide_without_a_finding_rests_on_words_that_stand_there(work):
    said = work(two(), "2", "h6", "help come")
    assert said.desk.acts[-1][2] == asks.Hide(1, "S1", start=10, end=19)
    refused = work(two(), "2", "h6", "other words")
    assert refused.desk.acts == []
    assert "do not stand in the comment" in refused.text


@pytest.mark.req("P11", "V2")
def test_only_criticism_is_told_to_the_desk(work):
    said = work(two(), "1", "h0")
    assert said.desk.acts[-1][2].only_criticism


def test_the_menu_names_what_hiding_means_and_can_be_left(work):
    said = work(two(), "1", "h", "x")
    assert said.desk.acts == []
    assert "Nobody but the site's staff sees it. The platform does not tell the author." in said.text
    assert "1 A1 Abusive language, suggested." in said.text
    assert "L1" not in said.text


def test_an_order_that_can_be_carried_out_is_a_ground(work):
    order = view.OrderView(4, "order", "MeitY", "A. B.", NOW, None, True, ())
    desk = Desk({1: an_item(1, "x", orders=(order,))})
    assert work(desk, "1", "h order").desk.acts[-1][2].order_id == 4
    assert "No order on this item" in work(two(), "1", "h order").text


@pytest.mark.req("B13")
def test_slurs_are_covered_until_revealed(work):
    covered = work(two(), "1", "a")
    assert "> ░░░░ officer, go drown" in covered.text
    assert "slur officer" not in covered.text
    assert covered.desk.acts[-1][2].masked
    revealed = work(two(), "1", "m", "a")
    assert "> slur officer, go drown" in revealed.text
    assert revealed.acts == [(1, "reveal"), (1, "leave")]
    assert not revealed.desk.acts[-1][2].masked


@pytest.mark.parametrize(
    ("typed", "act", "ask"),
    [
        (["n", "called the office"], "note", asks.Note("called the office")),
        (["note seen before"], "note", asks.Note("seen before")),
        (["c"], "claim", asks.Nothing()),
        (["C he is away"], "take_over", asks.TakeOver("he is away")),
        (["take", "he is away"], "take_over", asks.TakeOver("he is away")),
        (["hold 20 calling"], "hold", asks.Hold(20, "calling")),
        (["e shall we answer?"], "escalate", asks.Escalate(1, "shall we answer?")),
        (["e", "which?", "3"], "escalate", asks.Escalate(1, "which?", asks.ReasonCode.LEGAL)),
        (["e", "which?", ""], "escalate", asks.Escalate(1, "which?")),
        (["p"], "approve", asks.Nothing()),
        (["b not enough"], "send_back", asks.Because("not enough")),
        (["withdraw"], "withdraw", asks.Nothing()),
        (["close"], "close", asks.Nothing()),
        (["restore"], "restore_draft", asks.Nothing()),
        (["o he asked"], "reopen", asks.Because("he asked")),
    ],
)
@pytest.mark.req("H6", "E5", "H15")
def test_acts(work, typed, act, ask):
    said = work(two(), "2", *typed)
    assert said.desk.acts == [(2, act, ask)]


def test_what_is_resolved_is_reversed_and_what_is_mine_released(work):
    done = an_item(3, "x")
    row = replace(done.row, state=State.RESOLVED, disposition=Disposition.HIDDEN)
    desk = Desk({3: replace(done, row=row), 4: replace(done, row=a_row(4, "x", mine=True, state=State.CLAIMED))})
    assert work(desk, "3", "o he asked", "4", "c").acts == [(3, "reverse"), (4, "release")]


@pytest.mark.parametrize("typed", ["s 2h", "snooze 2h"])
def test_snoozing(work, typed):
    ask = work(two(), "2", typed + " shift end").desk.acts[-1][2]
    assert ask.reason == "shift end"
    assert timedelta(minutes=119) < ask.until - datetime.now(UTC) <= timedelta(hours=2)


IST = timezone(timedelta(hours=5, minutes=30))
AT = datetime(2026, 11, 22, 13, 0, tzinfo=IST)


@pytest.mark.parametrize(
    ("typed", "minutes"), [("30m", 30), ("45", 45), ("2h", 120), ("1d", 1440), ("14:00", 60), ("12.30", 23 * 60 + 30)]
)
def test_moments(typed, minutes):
    assert moment(typed, AT) - AT == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "-5m", "99999999h", "14:00:00"])
def test_what_is_no_moment_is_refused(typed):
    with pytest.raises(Refused):
        moment(typed, AT)


@pytest.mark.req("H8", "O1")
def test_an_order_is_asked_question_by_question(work):
    answers = [
        "MeitY",
        "A. Baruah",
        "Joint Secretary",
        "s. 79(3)(b)",
        "F.1/2",
        "unlawful",
        "https://x.example/1",
        "call",
    ]
    ask = work(two(), "1", "!", "order", *answers, "3h").desk.acts[-1][2]
    assert (ask.kind, ask.officer, ask.urls, ask.verified_by) == (
        OrderKind.ORDER, "A. Baruah", ("https://x.example/1",), "call",
    )  # fmt: skip
    assert ask.due_at is not None
    request = work(two(), "1", "! request", "PS", "CMO", "take it down").desk.acts[-1][2]
    assert (request.kind, request.caller, request.words) == (OrderKind.REQUEST, "PS", "take it down")


@pytest.mark.req("B3")
def test_undo_names_its_target_and_opens_it_again(work):
    said = work(two(), "1", "h1", "z", "q")
    assert said.acts == [(1, "hide"), (1, "undo")]
    assert said.text.count("Item 1, account fb dipr.") == 2
    assert work(two(), "z").desk.acts == []
    assert work(two(), "z 2").acts == [(2, "undo")]


def test_settling_what_is_parked(work):
    ask = work(two(), "f 12 sent I saw it on the page").desk.acts[-1]
    assert ask == (12, "settle", asks.SettleEffect(asks.Settling.WAS_SENT, "I saw it on the page"))
    assert "Name the effect" in work(two(), "f twelve").text


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("G13", "H7", "B6")
def test_a_reply_is_drafted_checked_read_out_and_sent(work):
    said = work(two(), "2", "r", "Help comes today.", "Call 1077.", ".", "")
    assert said.desk.drafts == [(2, "Help comes today."), (2, "Help comes today.\nCall 1077.")]
    assert said.desk.acts == [(2, "reply", asks.Reply(1, "Help comes today.\nCall 1077."))]
    read, sent = said.text.index("> — R. Das, Junior Moderator"), said.text.index("Saved: reply")
    assert said.text.index("Kept: personal data.") < read < sent


@pytest.mark.req("G8", "B6")
def test_a_reply_that_breaks_a_hard_rule_is_not_sent_by_enter(work):
    desk = two()
    desk.hard = True
    said = work(desk, "2", "r", "Call 98640 12345.", ".", "", "k")
    assert said.desk.acts == []
    assert "MUST CHANGE: “98640 12345” is a phone number." in said.text
    lifted = work(Desk(dict(two().items), hard=True), "2", "r", "Call 98640 12345.", ".", "l", "it is public")
    assert lifted.desk.acts[-1][2].lift == "it is public"


def test_control_the_same_reply_without_the_number_is_sent_by_enter(work):
    desk = two()
    desk.hard = True
    assert work(desk, "2", "r", "Call 1077.", ".", "").acts == [(2, "reply")]


def test_back_to_the_text_disclaimer_drop_and_helpline(work):
    said = work(two(), "2", "r", "one", "two", ".", "t", "1", "three", ".", "i", "")
    assert said.desk.acts[-1][2] == asks.Reply(1, "one\nthree", disclaimer=True)
    assert "DISCLAIMER" in said.text
    dropped = work(two(), "2", "r", "one", ".", "d")
    assert dropped.desk.acts == []
    assert "The draft is dropped" in dropped.text
    helpline = work(two(), "2", "r helpline", "")
    assert helpline.desk.acts[-1][2] == asks.Reply(1, POLICY.helpline, helpline=True)


@pytest.mark.req("B1", "F6")
def test_a_line_that_breaks_off_leaves_the_draft(work):
    said = work(two(), "2", "r", "বানপানীৰ সাহায্য", "half a")
    assert said.desk.drafts[-1] == (2, "বানপানীৰ সাহায্য\nhalf a")
    assert said.desk.acts == []
    assert said.desk.streams[0].closed.is_set()


@pytest.mark.req("B1")
@pytest.mark.req("G3")
def test_the_second_person_hears_what_they_would_approve(work):
    proposal = view.DecisionView(
        1, Disposition.REPLIED, "", "", "he asked for it", "rita", "", NOW, "p1", 1, False, "", False, False,
        "Call Bipul.\n— Rita", proposed=True,
    )  # fmt: skip
    said = work(Desk({2: an_item(2, "When?", decisions=(proposal,))}), "2", "q")
    assert "Proposed" in said.text
    assert "The reason: he asked for it." in said.text
    assert "It would say: Call Bipul. ⏎ — Rita" in said.text


def test_a_draft_is_gone_on_with(work):
    draft = view.DraftView(2, "das", True, "Dear citizen,", 13, NOW, "line dropped")
    desk = Desk({2: an_item(2, "help?", drafts=(draft,))})
    said = work(desk, "2", "r", "", "it comes.", ".", "")
    assert said.desk.acts[-1][2].text == "Dear citizen,\nit comes."
    assert "Your draft, " in said.text
    desk = Desk({2: an_item(2, "help?", drafts=(draft,))})
    assert work(desk, "2", "r", "w", "new", ".", "").desk.acts[-1][2].text == "new"


def test_a_draft_that_cannot_be_saved_is_said_once_and_typing_goes_on(work):
    desk = two()
    desk.refusals["draft"] = Refused(Code.FULL, "Not saved: the disk is full.", "")
    said = work(desk, "2", "r", "one", "two", ".", "k")
    assert said.text.count("NOT saved") == 1


# --- looking ----------------------------------------------------------------------------------------------------------


def test_looking_around(work):
    entry = view.ThreadEntry("n_r_3", "pls help them", NOW, False, False, 1)
    versions = tuple(view.VersionView(n, f"text {n}", "c", NOW, None, ()) for n in (1, 2))
    desk = Desk({1: an_item(1, "text 2", thread=(entry,), versions=versions)})
    said = work(desk, "1", "t", "w", "y", "all", "/", "/new", "f", "?", "more", "/nothing", tty=True)
    for words in (
        "> pls help them",
        "> text 1",
        "2 earlier comments on our pages, 1 hidden",
        "It is new.",
        "/2 new: 1.",
    ):
        assert words in said.text
    assert "Nothing is on its way." in said.text
    assert "Not done: There is nothing more to list." in said.text
    assert "Not done: There is no such view." in said.text
    assert re.search(r"1, in \d+ min, fb dipr, nothing found\. citizen: text 2", said.text)


@pytest.mark.req("X1")
def test_links_are_told_inert(work):
    said = work(Desk({1: an_item(1, "go http://evil.example/x now")}), "1", "/new")
    assert said.text.count("hxxp://evil[.]example/x") == 2
    assert "http://" not in said.text


@pytest.mark.req("V7")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opinion": Opinion.NONE}, "No opinion: this language is poorly covered. That does not mean clean."),
        ({"opinion": Opinion.MEDIA}, "A picture or voice, not judged."),
        ({}, "Nothing found."),
        ({"protected": True}, "protected criticism: hiding it needs a second person."),
        ({"lane": Lane.LIFE}, "URGENT, life safety."),
    ],
)
def test_what_the_engine_says(work, changes, said):
    item = an_item(1, "x")
    assert said in work(Desk({1: replace(item, row=replace(item.row, **changes))}), "1").text


def test_a_long_comment_is_abridged_until_all_is_asked(work):
    desk = Desk({1: an_item(1, "x" * 5000 + "END")})
    said = work(desk, "1")
    assert "(+1,003 characters)" in said.text
    assert "END" not in said.text
    assert "END" in work(desk, "1", "all").text


# --- safety -----------------------------------------------------------------------------------------------------------


@pytest.mark.req("H9")
def test_what_was_typed_before_an_item_could_be_read_does_not_decide_it(work):
    desk = two()
    said = work(desk, "1", "a", "a", "a", tty=True)
    assert said.desk.acts == []
    assert said.text.count("That came before you can have read the item.") == 3


@pytest.mark.req("H9")
def test_control_without_the_pause_the_same_lines_decide_unseen_items(work, monkeypatch):
    monkeypatch.setattr("moderator.line.console._READABLE_AFTER", 0.0)
    assert work(two(), "1", "a", "a", tty=True).acts == [(1, "leave"), (2, "leave")]
    assert work(two(), "1", "a", "a", tty=True, config=STAY).acts == [(1, "leave")]


def test_a_script_decides_only_what_it_names_and_ends_at_a_refusal(work):
    said = work(two(), "1", "a", "a", "2", "a")
    assert said.acts == [(1, "leave")]
    assert "No item is open." in said.text
    assert "the rest of the input was not read" in said.text
    assert said.code == 1


@pytest.mark.parametrize("typed", ["a reply is on its way", "leave it to us", "p please", "close the file"])
def test_a_sentence_that_went_astray_decides_nothing(work, typed):
    said = work(two(), "2", typed)
    assert said.desk.acts == []
    assert "Nothing may follow" in said.text


@pytest.mark.req("F18")
def test_an_edited_comment_is_told_again(work):
    desk = two()
    desk.refusals["leave"] = Refused(Code.CHANGED, "The comment was edited since you read it.", "Read it again.")
    said = work(desk, "2", "a")
    assert (
        "Not done: The comment was edited since you read it.\nRead it again.\nThis is how it stands now:" in said.text
    )
    assert said.text.count("> When does help come?") == 2


HOSTILE = [
    "\x1b[2Jx",
    "\x1b]52;c;QQ==\x07",
    "\x9b1m",
    "a\rItem 9:",
    "\u202eevil",
    "x\u2028Desk:",
    "\ud800",
    "a\nItem 2: a",
]


@pytest.mark.req("F14", "Z22", "L3")
@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_no_citizen_text_steers_the_terminal_or_poses_as_ours(work, words):
    finding = Finding("A1", "r", 0, 1, 1, Suggestion.HIDE)
    item = an_item(1, words, finding, post_title=words, media=(words,), thread=(
        view.ThreadEntry(words, words, NOW, False, False, 0),
    ))  # fmt: skip
    desk = Desk({1: replace(item, row=replace(item.row, author=words, account="a"))})
    said = work(desk, "1", "t", "y", "w", "/new", "q")
    assert not any(char < " " and char != "\n" for char in said.text)
    assert not any(char in said.text for char in "\x7f\x9b\u202e\u2028\ud800")
    assert all(not row.startswith(("Item 9:", "Item 2: a", "evil")) for row in said.text.split("\n"))


def test_control_a_console_that_wrote_raw_would_leak(monkeypatch):
    monkeypatch.setattr("moderator.text.guard", lambda words: words)
    monkeypatch.setattr("moderator.text.display", lambda words: words)
    out = io.StringIO()
    Console(Terminal(), out).quote("\x1b[2Jx")
    assert "\x1b" in out.getvalue()


@given(st.lists(st.text(st.characters(exclude_characters="\n\r"), max_size=12), max_size=6))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_done_or_refused_in_a_sentence(typed):
    out = io.StringIO()
    assert line.run(two(), Config(), Terminal("1", *typed), out) in (0, 1)  # type: ignore[arg-type]
    assert "You are signed off." in out.getvalue()


def test_a_terminal_that_cannot_write_a_script_gets_escapes_in_words():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Console(Terminal(), out).quote("অসম")
    out.flush()
    assert raw.getvalue() == b"> \\u0985\\u09b8\\u09ae\n"


def test_lines_wrap_behind_the_gutter_on_a_terminal():
    out = io.StringIO()
    console = Console(Terminal(), out)
    console.width = 20
    console.quote("the quick brown fox jumps over")
    assert out.getvalue() == "> the quick brown\n> fox jumps over\n"


# --- news -------------------------------------------------------------------------------------------------------------


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
    assert said.code == 0
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
    assert (said.code, desk.streams[0].closed.is_set()) == (0, True)


def test_a_desk_that_is_down_at_the_start_is_the_callers_business(work):
    desk = two()
    desk.stream = lambda resume="": (_ for _ in ()).throw(Refused(Code.DOWN, "Down.", ""))
    with pytest.raises(Refused):
        work(desk)


# --- the list of commands ---------------------------------------------------------------------------------------------


@pytest.mark.req("H15")
def test_each_letter_and_word_means_one_thing():
    keys = [one.key for one in COMMANDS if one.key] + [one.word for one in COMMANDS]
    assert len(keys) == len(set(keys))


@pytest.mark.req("H15")
def test_letters_mean_what_they_mean_on_the_full_screen():
    source = Path(line.__file__).parent.parent / "tui" / "actions.py"
    if not source.exists():
        pytest.skip("the full screen is not here")
    actions = pytest.importorskip("moderator.tui.actions")
    shown = {action.shown: action.act or action.id for action in actions.ACTIONS}
    ours = {one.key: one.word for one in COMMANDS if one.key}
    same = {"back": "send_back", "take": "take_over", "view": "find", "help": "keys", "effects": "settle",
            "versions": "author"}  # fmt: skip
    for key, word in ours.items():
        if key in shown and key != "q":
            assert shown[key] == same.get(word, word)


def test_line_mode_loads_no_textual():
    code = "import sys, moderator.line.officer, moderator.line.commands; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "TERM": "dumb"}
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"textual", "rich", "httpx", "keyring", "sqlite_utils", "sqlite3"}
