"""Every verb against a scripted desk: what goes out, what is said, and how it ends."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moderator.cli import exits, importing, itemparts
from moderator.cli import main as cli
from moderator.cli.call import Call
from moderator.cli.parser import parse

HOSTILE = "evil\x1b[2J\x9b31m\u202egnp.exe\x07"
AT = "2026-11-22T13:54:10Z"
HELLO: dict[str, Any] = {
    "token": "tok-1", "api": 1, "version": "0.1.0", "desk": "Test desk", "instance": "i", "person": "alice",
    "person_id": 1, "roles": [], "permissions": [], "practice": False, "private": True, "lease_s": 120.0,
    "renew_s": 30.0, "idle_s": 600.0, "draft_ms": 700, "resumed": [],
}  # fmt: skip
DONE = {"sentence": "Saved.", "item_id": 7, "row_id": 4, "decision_id": 3, "effects": [], "window_ms": 0}
ROW = {
    "id": 7, "key": "k7", "state": "new", "lane": 5, "account": "wp consult", "author": HOSTILE, "text": HOSTILE,
    "masks": [], "category": "abusive", "clause": "A1", "opinion": "judged", "asks": "", "protected": False,
    "language": "en", "due": AT, "arrived": AT, "cause": "", "owner": "", "mine": False, "version": 1,
    "comment_version": 2, "visibility": "public", "disposition": "",
}  # fmt: skip
FINDING = {
    "clause": "A1", "rule": "A1.slur", "start": 4, "end": 9, "severity": 2, "suggestion": "hide", "mask": True,
    "why": "A slur.",
}  # fmt: skip
IMPORTED = {"sentence": "2 taken in.", "taken": 2, "known": 0, "refused": 0, "refused_lines": [], "account_id": 4}
PLATFORMS = [
    {"name": name, "title": name, "needs": needs, "needs_url": bool(needs), "tested": "live", "hide_means": "x"}
    for name, needs in (("wordpress", ["app_password"]), ("import", []), ("two", ["id", "token"]))
]
RAW = '{"content": "\\u202eevil"}'
CAPTURE = {
    "item_id": 7, "n": 1, "versions": 2, "account": "wp consult", "platform": "wordpress",
    "site": "https://c.example", "remote_id": "55", "author_name": HOSTILE, "author_handle": HOSTILE,
    "author_remote_id": "9", "post_title": HOSTILE, "post_url": "https://c.example/p", "permalink": "https://c.example/7",
    "text": "you idiot " + HOSTILE + "\n✗ THIS IS NOT\nhttps://evil.example/x", "media": [HOSTILE], "language": "en",
    "flags": ["control"], "retention": "routine", "created_at": AT, "created_local": "2026-11-22T19:24:10.000+05:30",
    "edited_at": None, "captured_at": AT, "captured_local": "2026-11-22T19:24:10.000+05:30", "method": "read",
    "raw": RAW, "raw_sha256": "ab", "text_sha256": "cd", "event": 12, "event_hash": "ef", "holds": True,
}  # fmt: skip
DRAFT = {"item_id": 7, "person": "bob", "mine": False, "text": HOSTILE, "caret": 0, "saved_at": AT, "why": ""}
DETAIL = {
    "row": ROW, "text": "you idiot " + HOSTILE + "\n#8 · hidden by lead", "findings": [FINDING], "protected_span": None,
    "policy_version": "1", "post_title": HOSTILE, "post_text": "", "post_url": "http://evil.example/", "permalink": "",
    "thread": [], "versions": [], "drafts": [DRAFT], "trail": [], "effects": [], "escalations": [], "orders": [],
    "notes": [{"person": "bob", "text": HOSTILE, "at": AT}], "decisions": [], "looking": ["bob"], "author_earlier": 0,
    "author_earlier_hidden": 0, "media": [HOSTILE], "lease_left_ms": 0, "why": "It is new.",
    "powers": {"hide": True, "restore": True, "reply": True, "hide_means": "x", "author_told": False,
               "reply_limit": 0, "tested": "live"},
}  # fmt: skip
ACCOUNT = {
    "id": 4, "platform": "wordpress", "name": "wp consult", "url": "https://c.example", "login_id": "desk",
    "status": "planned", "custodians": ["alice"], "order_ref": "", "registered_mail": "", "registered_phone": "",
    "mfa": "", "recovery_location": "", "rotated_at": None, "retired_at": None, "settings": {"since": "2026"},
    "needs": ["app_password"],
    "secrets": [{"slot": "password", "fingerprint": "ab12cd34", "set_by": "alice", "set_at": AT}],
}  # fmt: skip
EFFECT = {
    "id": 9, "decision_id": 3, "item_id": 7, "account": "wp consult", "op": "reply", "state": "parked",
    "label": "reply to " + HOSTILE, "left_ms": 0, "tries": 1, "next_try": None, "reason": "Nobody answered.",
    "remote_id": "", "person": "alice", "mine": True, "at": AT,
}  # fmt: skip
STATUS = {
    "desk": "Duty desk", "version": "0.1.0", "practice": True, "private": False, "policy_version": "1",
    "person": "alice", "roles": ["moderator"], "on_duty": ["alice"], "counts": {"new": 3, "in_flight": 1},
    "urgent": [7], "drafts": [DRAFT], "read_only": "", "notices": ["No mail server."], "effects": [EFFECT], "now": AT,
    "accounts": [{"id": 4, "name": "wp consult", "platform": "wordpress", "status": "active", "up": False,
                  "since": AT, "last_ok": None, "next_poll": None, "sentence": "It is down.", "tested": "live"}],
}  # fmt: skip
PERSON = {
    "id": 1, "uid": 1000, "name": "alice", "activation": 1, "roles": ["lead", "moderator"], "designation": "R. Das",
    "role_title": "Junior Moderator", "role_only": False, "languages": ["as", "en"], "active": True,
}  # fmt: skip
MARK = {"rule": "identity", "weight": "hard", "kept": False, "sentence": "No role.", "start": None, "end": None}
CONDUCT = {"marks": [MARK], "outgoing": "Thank you.\n— R. Das", "length": 20, "limit": 0}
TRAIL = {
    "seq": 1, "at": AT, "kind": "decision.hide", "person": "alice", "item": 7, "facts": {"clause": "A1"}, "hash": "x"
}  # fmt: skip


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


class Terminal(io.StringIO):
    """A stream with somebody before it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(desk: Any) -> Run:
    """Run one command line against the scripted desk."""
    desk.session()
    desk.routes |= {
        "GET /health": (200, {"ok": True, "version": "0.1.0", "head": 1}),
        "GET /status": (200, STATUS),
        "GET /queue": (200, {"rows": [ROW], "after": "", "total": 1, "capped_at": 100, "head": 1}),
        "GET /items/7": (200, DETAIL),
        "GET /next": (200, {"id": 7}),
        "GET /accounts": (200, [ACCOUNT]),
        "GET /platforms": (200, PLATFORMS),
        "GET /items/7/capture": (200, CAPTURE),
        "GET /people": (200, [PERSON]),
        "GET /effects": (200, [EFFECT]),
        "GET /trail": (200, [TRAIL]),
        "POST /conduct": (200, CONDUCT),
    }

    def run(*argv: str, stdin: str | None = "", tty: bool = False) -> Said:
        source = Terminal() if stdin is None else io.StringIO(stdin)
        out, err = Terminal() if tty else io.StringIO(), io.StringIO()
        args = parse(["--socket", str(desk.path), *argv])
        code = cli.run(Call(args, out=out, err=err, source=source, env={}))
        return Said(code, out.getvalue(), err.getvalue())

    return run


def sent(desk: Any) -> tuple[str, Any]:
    """The newest request that was no reading: its path and its body."""
    found = next(seen for seen in reversed(desk.seen) if seen.method != "GET")
    return f"{found.method} {found.path.removeprefix('/v1')}", found.json


ACTS: list[tuple[list[str], str, dict[str, Any]]] = [
    (["release", "7"], "release", {}),
    (["undo", "7"], "undo", {}),
    (["approve", "7"], "approve", {}),
    (["withdraw", "7"], "withdraw", {}),
    (["close", "7"], "close", {}),
    (["reopen", "7", "--reason", "new facts"], "reopen", {"reason": "new facts"}),
    (["reverse", "7", "--reason", "wrong"], "reverse", {"reason": "wrong"}),
    (["send-back", "7", "--reason", "soften"], "send_back", {"reason": "soften"}),
    (["take-over", "7", "--reason", "ill"], "take_over", {"reason": "ill"}),
    (["leave", "7", "--seen", "2"], "leave", {"seen_version": 2, "masked": False}),
    (["note", "7", "called"], "note", {"text": "called"}),
    (["assign", "7", "bob", "--reason", "knows it"], "assign", {"person": "bob", "reason": "knows it"}),
    (["cannot-read", "7", "--language", "brx"], "cannot_read", {"language": "brx"}),
    (["gloss", "7", "Asks for rice."], "gloss", {"text": "Asks for rice.", "language": ""}),
    (["media-seen", "7", "A flooded road."], "media_seen", {"text": "A flooded road."}),
    (
        ["hide", "7", "--seen", "2", "--clause", "A1", "--words", "idiot"],
        "hide",
        {"seen_version": 2, "clause": "A1", "masked": False, "start": 4, "end": 9, "reason": "",
         "only_criticism": False, "order_id": None},
    ),
    (
        ["reply", "7", "Thank you.", "--seen", "2", "--disclaimer", "--lift", "known case"],
        "reply",
        {"seen_version": 2, "text": "Thank you.", "masked": False, "disclaimer": True, "helpline": False,
         "hide_clause": "", "lift": "known case"},
    ),
    (
        ["escalate", "7", "May we?", "--seen", "2", "--reason", "legal"],
        "escalate",
        {"seen_version": 2, "question": "May we?", "reason": "legal", "level": 0},
    ),
    (
        ["snooze", "7", "--until", "2026-11-22T14:00+05:30"],
        "snooze",
        {"until": "2026-11-22T14:00:00+05:30", "reason": ""},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("argv", "act", "body"), ACTS, ids=[act for _, act, _ in ACTS])
def test_an_act_opens_a_session_does_its_one_thing_and_says_so(
    desk: Any, run: Run, argv: list[str], act: str, body: dict[str, Any]
) -> None:
    desk.routes[f"POST /items/7/{act}"] = desk.routes["POST /items/7/release"] = (200, DONE)
    assert run("item", *argv) == Said(exits.DONE, "Saved.\n", "")
    if act in ("undo", "withdraw", "reverse", "take_over"):  # these leave a claim: given back, not dropped
        assert desk.paths().pop() == "POST /v1/items/7/release"
        desk.seen.pop()
    assert sent(desk) == (f"POST /items/7/{act}", body)
    assert desk.seen[-1].headers["Moderator-Session"] == "tok-1"
    assert run("item", *argv, "--json").json.items() >= DONE.items()


@pytest.mark.req("H16", "X1", "Q21")
def test_a_code_gives_an_inert_address_and_the_true_one_only_when_asked_for(desk: Any, run: Run) -> None:
    found = {"item_id": 7, "kind": "picture", "alt": HOSTILE, "url": "https://pics.example/flood.jpg"}
    desk.routes["POST /media/BCDF"] = (200, found)
    said = run("item", "media", "BCDF")
    assert "hxxps://pics[.]example/flood.jpg" in said.out
    assert "https://" not in said.out
    assert not set(said.out) & set("\x1b\x9b\u202e\x07")
    assert run("item", "media", "BCDF", "--url").out == "https://pics.example/flood.jpg\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(("verb", "more"), [("claim", []), ("hold", ["--reason", "calling"])])
def test_a_claim_lasts_as_long_as_the_command_and_is_given_back(
    desk: Any, run: Run, verb: str, more: list[str], number: int
) -> None:
    desk.routes |= {f"POST /items/7/{act}": (200, DONE) for act in ("claim", "hold", "release")}
    desk.routes["GET /hello"] = (200, HELLO | {"renew_s": 0.01})

    def end_it(handler: Any) -> None:
        handler.reply(200, {})
        os.kill(os.getpid(), number)  # as Ctrl-C, or the end of the line, would

    desk.routes["POST /session/alive"] = end_it
    before = signal.getsignal(number)
    assert run("item", verb, "7", *more).code == exits.DONE
    assert desk.paths()[-1] == "POST /v1/items/7/release"
    assert ("POST /v1/items/7/hold" in desk.paths()) is (verb == "hold")
    assert signal.getsignal(number) is before


def test_an_order_is_recorded_with_all_that_was_given(desk: Any, run: Run) -> None:
    desk.routes["POST /items/7/order"] = (200, DONE)
    said = run(
        "item", "order", "7", "--kind", "order", "--authority", "MHA", "--url", "http://a", "--url", "http://b",
        "--received", "2026-11-22T01:00Z", "--verified-by", "alice by phone",
    )  # fmt: skip
    assert said.code == exits.DONE
    body = sent(desk)[1]
    assert (body["kind"], body["urls"], body["verified_by"]) == ("order", ["http://a", "http://b"], "alice by phone")
    assert body["received_at"] == "2026-11-22T01:00:00+00:00"


def test_a_reply_may_come_from_standard_input(desk: Any, run: Run) -> None:
    desk.routes["POST /items/7/reply"] = (200, DONE)
    run("item", "reply", "7", "-", "--seen", "2", stdin="ধন্যবাদ।\nSecond line\n")
    assert sent(desk)[1]["text"] == "ধন্যবাদ।\nSecond line"
    assert run("item", "reply", "7", "-", "--seen", "2", stdin=" \n").code == exits.REFUSED


@pytest.mark.parametrize("words", ["no such words", "e"])
@pytest.mark.req("V1")
def test_words_that_do_not_stand_there_just_once_are_refused_before_anything_is_sent(
    desk: Any, run: Run, words: str
) -> None:
    said = run("item", "hide", "7", "--seen", "2", "--clause", "A1", "--words", words)
    assert said.code == exits.REFUSED
    assert all(seen.method == "GET" for seen in desk.seen)


def test_a_refused_act_says_why_and_who(desk: Any, run: Run) -> None:
    error = {"code": "taken", "sentence": "bob holds it.", "cure": "Ask bob.", "facts": {"person": 2}}
    desk.routes["POST /items/7/leave"] = (409, {"error": error})
    assert run("item", "leave", "7", "--seen", "2") == Said(1, "", "moderator: bob holds it. Ask bob.\n")
    assert json.loads(run("item", "leave", "7", "--seen", "2", "--json").err) == {"error": error}


def test_a_draft_is_shown_saved_and_dropped(desk: Any, run: Run) -> None:
    desk.routes["PUT /items/7/draft"] = desk.routes["DELETE /items/7/draft"] = (200, DONE)
    assert "draft of bob" in run("item", "draft", "7").out
    run("item", "draft", "7", "--text", "half a")
    assert sent(desk) == ("PUT /items/7/draft", {"text": "half a", "caret": 6})
    run("item", "draft", "7", "--drop")
    assert desk.paths()[-1] == "DELETE /v1/items/7/draft"
    desk.routes["POST /items/7/restore_draft"] = (200, DONE)
    run("item", "draft", "7", "--restore")
    assert sent(desk) == ("POST /items/7/restore_draft", {})


def test_the_conduct_check_ends_with_1_where_a_hard_rule_is_broken(desk: Any, run: Run) -> None:
    said = run("item", "check", "7", "Thank you.")
    assert said.code == exits.REFUSED
    assert "✗ identity: No role." in said.out
    desk.routes["POST /conduct"] = (200, CONDUCT | {"marks": [MARK | {"kept": True}]})
    assert run("item", "check", "7", "Thank you.").code == exits.DONE


def test_next_is_a_number_and_1_where_there_is_none(desk: Any, run: Run) -> None:
    assert run("item", "next") == Said(exits.DONE, "7\n", "")
    desk.routes["GET /next"] = (200, {"id": 0})
    assert run("item", "next").code == exits.REFUSED


def test_a_list_goes_on_page_by_page_up_to_its_limit(desk: Any, run: Run) -> None:
    def page(handler: Any) -> None:
        handler.reply(200, {"rows": [ROW] * 2, "after": "k", "total": 9, "capped_at": 100, "head": 1})

    desk.routes["GET /queue"] = page
    said = run("item", "list", "--limit", "5", "--json").json
    assert (len(said["rows"]), said["after"], said["total"]) == (6, "k", 9)
    limits = [path.split("limit=")[1] for path in desk.paths() if "/queue" in path]
    assert limits == ["5", "3", "1"]


def test_a_queue_is_asked_with_its_query_and_order(desk: Any, run: Run) -> None:
    assert run("queue", "--view", "due", "--query", "is:question", "--sort", "age").code == exits.DONE
    assert desk.paths()[-1].endswith("/v1/queue?view=due&limit=50&q=is%3Aquestion&sort=age")


def test_a_search_says_how_far_it_looked_and_ends_with_1_where_nothing_is_found(desk: Any, run: Run) -> None:
    page = {"rows": [ROW], "after": "0-0-7", "total": 1, "capped_at": 1, "head": 1, "partial": "Looked through some."}
    desk.routes["GET /queue"] = (200, page)
    said = run("search", "water", "level")
    assert said.code == exits.DONE
    assert desk.paths()[-1].endswith("view=found&limit=50&q=water%20level")
    assert said.out.rstrip().endswith("Looked through some.")
    assert "--after “0-0-7”" in said.out
    assert run("search", "--json", "water").json["partial"] == "Looked through some."
    desk.routes["GET /queue"] = (200, {**page, "rows": [], "after": "", "partial": ""})
    assert run("search", "nowhere").code == exits.REFUSED


def test_all_of_a_search_goes_on_where_the_desk_stopped_looking(desk: Any, run: Run) -> None:
    def page(handler: Any) -> None:
        more = "after=" not in handler.path
        rest = {"after": "0-0-7", "partial": "Looked through some."} if more else {"after": "", "partial": ""}
        handler.reply(200, {"rows": [] if more else [ROW], "total": 1, "capped_at": 1, "head": 1, **rest})

    desk.routes["GET /queue"] = page
    said = run("search", "--limit", "0", "--json", "water").json
    assert (len(said["rows"]), said["after"], said["partial"]) == (1, "", "")
    said = run("search", "--limit", "9", "--json", "water").json
    assert (len(said["rows"]), said["after"]) == (0, "0-0-7")


READING = [
    ["status"],
    ["queue"],
    ["search", "water"],
    ["item", "list"],
    ["item", "show", "7"],
    ["item", "draft", "7"],
    ["effect", "list"],
    ["account", "list"],
    ["account", "show", "wp consult"],
    ["person", "list"],
    ["trail", "show"],
]


@pytest.mark.parametrize("argv", READING, ids=" ".join)
@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.req("F14", "Z22")
def test_nothing_that_a_citizen_wrote_can_steer_a_terminal(run: Run, argv: list[str], form: list[str]) -> None:
    said = run(*argv, *form)
    assert (said.code, said.err) == (exits.DONE, "")
    assert said.out
    assert not set(said.out) & set("\x1b\x9b\u202e\x07")
    if form:
        assert said.json is not None
        assert said.out.isascii()


@pytest.mark.req("Z22")
def test_a_citizens_lines_stand_behind_the_gutter_and_abuse_stays_covered(run: Run) -> None:
    lines = run("item", "show", "7").out.splitlines()
    assert [line for line in lines if "hidden by lead" in line] == ["┃ #8 · hidden by lead"]
    assert not [line for line in lines if "idiot" in line]
    assert any("░░░░░" in line for line in lines)


def test_control_the_uncovered_text_is_there_for_programs(run: Run) -> None:
    assert "idiot" in run("item", "show", "7", "--json").json["text"]


def test_the_status_says_first_what_is_wrong(run: Run) -> None:
    said = run("status").out
    assert "PRACTICE" in said
    assert "1 URGENT, unopened: #7" in said
    assert "✗ wp consult (wordpress, active) — It is down." in said
    assert "WAITS FOR A PERSON" in said


def test_a_parked_effect_is_settled_with_a_reason(desk: Any, run: Run) -> None:
    desk.routes["POST /effects/9/settle"] = (200, DONE)
    run("effect", "settle", "9", "was-sent", "--reason", "seen on the page")
    assert sent(desk) == ("POST /effects/9/settle", {"how": "was_sent", "reason": "seen on the page"})


# accounts and secrets


@pytest.mark.req("A3")
def test_an_account_is_opened_and_its_secret_taken_from_standard_input(desk: Any, run: Run) -> None:
    desk.routes["POST /accounts"] = desk.routes["POST /accounts/4/secret"] = (200, DONE)
    said = run(
        "account", "add", "wordpress", "wp consult", "--url", "https://c.example", "--login", "desk",
        "--custodian", "alice", "--set", "since=2026", "--secret-stdin", stdin="hunter2 with spaces \n",
    )  # fmt: skip
    assert said.code == exits.DONE
    posts = [seen for seen in desk.seen if seen.method == "POST"]
    assert posts[0].json["custodians"] == ["alice"]
    assert posts[0].json["settings"] == {"since": "2026"}
    assert posts[1].json == {"slot": "app_password", "value": "hunter2 with spaces "}
    assert "hunter2" not in said.out + said.err + posts[0].body.decode()


def test_a_secret_that_is_refused_leaves_the_record_open_and_says_how_to_go_on(desk: Any, run: Run) -> None:
    desk.routes["POST /accounts"] = (200, DONE)
    error = {"code": "vault", "sentence": "No keyring is running.", "cure": "Start one.", "facts": {}}
    desk.routes["POST /accounts/4/secret"] = (503, {"error": error})
    said = run("account", "add", "wordpress", "site", "--secret-stdin", stdin="pw\n")
    assert said.code == exits.UNREACHABLE
    assert "Start one. The record itself is open; then: moderator account secret “site”" in said.err


@pytest.mark.req("A3")
def test_a_secret_is_asked_for_at_a_prompt_that_does_not_echo(
    desk: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt, stream: asked.append(prompt) or "hunter2")
    desk.routes["POST /accounts/4/secret"] = (200, DONE)
    said = run("account", "secret", "4", "--slot", "token", stdin=None)
    assert sent(desk)[1] == {"slot": "token", "value": "hunter2"}
    assert asked == ["The token of “wp consult” (not shown): "]
    assert "hunter2" not in said.out + said.err


@pytest.mark.req("A3")
@pytest.mark.parametrize("argv", [["--secret-stdin"], []])
def test_without_a_secret_nothing_is_changed(desk: Any, run: Run, argv: list[str]) -> None:
    assert run("account", "secret", "4", *argv).code == exits.USAGE
    assert run("account", "add", "wordpress", "new", *argv).code == exits.USAGE
    assert all(seen.method == "GET" for seen in desk.seen)


@pytest.mark.req("A3")
def test_no_option_takes_a_secret() -> None:
    """Nothing on the command line is even named like one."""
    from moderator.cli.completion import words
    from moderator.cli.parser import build

    options = {word for entries in words(build()).values() for word, _ in entries if word.startswith("--")}
    takes = {option for option in options if any(part in option for part in ("pass", "token", "key", "secret"))}
    assert takes == {"--secret-stdin", "--no-secret"}  # both are mere switches


@pytest.mark.req("A3")
def test_what_a_platform_needs_is_what_the_desk_says(desk: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No table of this program's own: a platform with two secrets is asked for both, one without for none."""
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt, stream: asked.append(prompt) or "hunter2")
    desk.routes["POST /accounts"] = desk.routes["POST /accounts/4/secret"] = (200, DONE)
    assert run("account", "add", "two", "both", stdin=None).code == exits.DONE
    assert asked == ["The id of “both” (not shown): ", "The token of “both” (not shown): "]
    assert [seen.json["slot"] for seen in desk.seen if seen.path.endswith("/secret")] == ["id", "token"]
    assert run("account", "add", "import", "archive").code == exits.DONE
    assert len(asked) == 2
    run("account", "secret", "4", stdin=None)
    assert asked[2:] == ["The app password of “wp consult” (not shown): "]


@pytest.mark.req("A3")
@pytest.mark.parametrize("platform", ["import", "two"])
def test_one_line_of_standard_input_is_one_secret(desk: Any, run: Run, platform: str) -> None:
    said = run("account", "add", platform, "x", "--secret-stdin", stdin="hunter2\n")
    assert (said.code, "hunter2" in said.err) == (exits.USAGE, False)
    assert all(seen.method == "GET" for seen in desk.seen), "nothing was changed"


@pytest.mark.parametrize("needs", [[], ["id", "token"]])
def test_which_secret_must_be_clear(desk: Any, run: Run, needs: list[str]) -> None:
    desk.routes["GET /accounts"] = (200, [ACCOUNT | {"needs": needs}])
    said = run("account", "secret", "4", stdin=None)
    assert (said.code, "--slot id or token" in said.err) == (exits.REFUSED, bool(needs))


@pytest.mark.parametrize("act", ["activate", "freeze", "thaw", "retire"])
def test_an_accounts_life_needs_reasons(desk: Any, run: Run, act: str) -> None:
    desk.routes[f"POST /accounts/4/{act}"] = (200, DONE)
    run("account", act, "wp consult", "--reason", "order 12/2026")
    assert sent(desk) == (f"POST /accounts/4/{act}", {"reason": "order 12/2026"})


def test_an_account_test_ends_with_1_where_something_fails(desk: Any, run: Run) -> None:
    desk.routes["POST /accounts/4/test"] = (200, {"ok": False, "lines": [[True, "Vault."], [False, "No editor."]]})
    assert run("account", "test", "4") == Said(exits.REFUSED, "✓ Vault.\n✗ No editor.\n", "")


def test_an_account_that_is_not_there_names_those_that_are(run: Run) -> None:
    said = run("account", "show", "nobody")
    assert (said.code, "“wp consult”" in said.err) == (exits.REFUSED, True)


def test_a_record_shows_where_the_secret_is_and_its_fingerprint(run: Run) -> None:
    assert "password: in the keyring; fingerprint ab12cd34, set by alice" in run("account", "show", "4").out


def test_the_mail_password_takes_the_same_way(desk: Any, run: Run) -> None:
    desk.routes["POST /mail/secret"] = (200, DONE)
    assert run("mail", "secret", "--secret-stdin", stdin="pw\n").code == exits.DONE
    assert sent(desk) == ("POST /mail/secret", {"slot": "password", "value": "pw"})


def test_a_person_is_put_on_the_roster(desk: Any, run: Run) -> None:
    desk.routes["POST /people"] = (200, DONE)
    run("person", "add", "bob", "--role", "moderator", "--language", "as", "--title", "Officer", "--role-only")
    body = sent(desk)[1]
    assert (body["name"], body["roles"], body["languages"], body["role_only"]) == ("bob", ["moderator"], ["as"], True)


def test_a_leaver_is_taken_off_the_roster_by_name_or_number(desk: Any, run: Run) -> None:
    desk.routes["POST /people/1/leave"] = (200, DONE)
    for who in ("alice", "1"):
        assert run("person", "leave", who).code == exits.DONE
        assert sent(desk) == ("POST /people/1/leave", {})
    assert run("person", "leave", "nobody").code == exits.REFUSED


# import


@pytest.mark.req("Z13")
def test_import_streams_files_and_folders_itself_line_by_line(desk: Any, run: Run, tmp_path: Path) -> None:
    desk.routes["POST /accounts/4/import"] = (200, IMPORTED)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.jsonl").write_bytes(b'{"n":2}')  # no newline at its end
    (folder / "a.jsonl").write_bytes(b'{"n":1}\n')
    (folder / "notes.txt").write_bytes(b"not ours")
    assert run("import", "wp consult", str(folder)).code == exits.DONE
    assert desk.seen[-1].body == b'{"n":1}\n{"n":2}\n'
    assert b"in" not in desk.seen[-1].headers.get("Content-Type", "").encode()  # no path of ours goes out
    assert str(tmp_path) not in desk.seen[-1].path


@pytest.mark.req("Z13")
def test_an_import_with_refused_lines_counts_names_and_ends_with_1(desk: Any, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(b"{}\n")
    desk.routes["POST /accounts/4/import"] = (200, IMPORTED)
    assert run("import", "4", str(file)) == Said(exits.DONE, "2 taken in.\n", "")
    bad = IMPORTED | {"refused": 7, "refused_lines": ["Line 2 has no text.", f"Line 3 {HOSTILE}"]}
    desk.routes["POST /accounts/4/import"] = (200, bad)
    said = run("import", "4", str(file))
    assert said.code == exits.REFUSED
    assert said.out.splitlines()[0::3] == ["2 taken in.", "✗ and 5 more"]
    assert "\x1b" not in said.out
    said = run("import", "4", str(file), "--json")
    assert (said.code, said.json["refused"], said.json["taken"]) == (exits.REFUSED, 7, 2)


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: (p.mkdir(), (p / "x.txt").touch())])
def test_what_cannot_be_imported_is_named(desk: Any, run: Run, tmp_path: Path, make: Any) -> None:
    make(tmp_path / "gone")
    said = run("import", "4", str(tmp_path / "gone"))
    assert (said.code, "gone" in said.err) == (exits.REFUSED, True)


def test_a_line_without_end_is_refused(desk: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LONGEST", 100)
    (tmp_path / "x.jsonl").write_bytes(b"{}\n" + b"x" * 101)
    said = run("import", "4", str(tmp_path / "x.jsonl"))
    assert (said.code, "Line 2" in said.err) == (exits.REFUSED, True)


# the trail


@pytest.mark.req("F21")
def test_others_ask_the_desk_whether_the_trail_holds(desk: Any, run: Run) -> None:
    desk.routes["GET /trail/verify"] = (200, {"ok": True, "fault": None})
    assert run("trail", "verify").code == exits.DONE
    fault = {"seq": 5, "where": "decision:5", "sentence": "Decision 5 was altered."}
    desk.routes["GET /trail/verify"] = (200, {"ok": False, "fault": fault})
    said = run("trail", "verify")
    assert (said.code, "✗ decision:5: Decision 5 was altered." in said.out) == (exits.DATA_FAULT, True)
    assert run("trail", "verify", "--json").json["fault"] == fault


def test_trail_pages_are_bounded(run: Run) -> None:
    assert "decision.hide #7  alice  clause=A1" in run("trail", "show", "--item", "7").out
    assert run("trail", "show", "--limit", "900").code == exits.REFUSED


# how moments and spans are written


@pytest.mark.parametrize(
    ("text", "span"), [("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)), ("1d", timedelta(days=1))]
)
def test_spans_of_time(text: str, span: timedelta) -> None:
    assert itemparts.span(text) == span


@pytest.mark.parametrize("text", ["", "m", "2", "2w", "-2h", "२h", "2.5h", "9999999d"])
def test_what_is_no_span_of_time_is_a_wrong_line(text: str, run: Run) -> None:
    assert cli.main(["item", "snooze", "7", f"--for={text}"]) == exits.USAGE


def test_a_moment_without_a_zone_is_local() -> None:
    assert itemparts.moment("2026-11-22T14:00") == datetime(2026, 11, 22, 14).astimezone()
    assert itemparts.moment("2026-11-22T14:00Z") == datetime(2026, 11, 22, 14, tzinfo=UTC)


def test_a_desk_that_is_down_is_exit_69(tmp_path: Path) -> None:
    err = io.StringIO()
    args = parse(["--socket", str(tmp_path / "none.sock"), "status"])
    assert cli.run(Call(args, err=err, env={})) == exits.UNREACHABLE
    assert "The desk is down" in err.getvalue()


# captures


@pytest.mark.req("K6")
def test_a_capture_is_a_page_with_every_line_of_the_citizen_behind_the_gutter(desk: Any, run: Run) -> None:
    said = run("capture", "show", "7", "--version", "1")
    assert (said.code, desk.paths()[-1]) == (exits.DONE, "GET /v1/items/7/capture?version=1")
    lines = said.out.splitlines()
    assert lines[0] == "CAPTURE of item 7, version 1 of 2"
    assert "┃ ✗ THIS IS NOT" in lines
    assert "┃ hxxps://evil[.]example/x" in lines
    for part in (
        "2026-11-22 13:54:10 UTC, 2026-11-22T19:24:10.000+05:30",
        "event       12 ef",
        "routine",
        "comment 55",
    ):
        assert part in said.out
    assert not [mark for mark in "\x1b\x9b\u202e\x07" if mark in said.out]


@pytest.mark.req("K6")
def test_the_raw_json_goes_into_a_file_byte_for_byte_and_onto_a_terminal_harmless(desk: Any, run: Run) -> None:
    desk.routes["GET /items/7/capture"] = (200, CAPTURE | {"raw": "{}\x1b[2J\n"})
    assert run("capture", "show", "7", "--raw").out == "{}\x1b[2J\n"
    assert "\x1b" not in run("capture", "show", "7", "--raw", tty=True).out


@pytest.mark.req("K6")
def test_a_capture_that_is_not_what_was_recorded_says_so_and_ends_with_65(desk: Any, run: Run) -> None:
    desk.routes["GET /items/7/capture"] = (200, CAPTURE | {"holds": False})
    said = run("capture", "show", "7")
    assert (said.code, "\n✗ THIS IS NOT WHAT WAS RECORDED" in said.out) == (exits.DATA_FAULT, True)
    assert run("capture", "show", "7", "--json").json["holds"] is False
