"""`moderator bulk` and `moderator batch` against a scripted desk: what goes out, what is said, and how it ends."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from moderator.cli import exits
from moderator.cli import main as cli
from moderator.cli.call import Call
from moderator.cli.parser import Usage, parse

AT = "2026-11-22T13:54:10Z"
DONE = {"sentence": "Saved: 2 comments stay public.", "row_id": 4, "window_ms": -1}
PREVIEW = {
    "act": "hide", "clause": "S1", "taken": [7], "to_review": [], "accounts": {"wp consult": 1}, "seconds": 16.0,
    "excluded": [{"item_id": 8, "sentence": "Item 8 is protected criticism."}], "sentence": "1 comment is hidden.",
}  # fmt: skip
BATCH = {
    "id": 4, "act": "hide", "clause": "S1", "person": "alice", "mine": True, "at": AT, "total": 412, "sent": 187,
    "waiting": 225, "failed": 0, "undone": False, "undoable": True, "label": "hide 412 on fb dipr",
    "sentence": "187/412 sent; z stops and restores.",
}  # fmt: skip

Run = Callable[..., tuple[int, str, str]]


def row(number: int) -> dict[str, Any]:
    return {
        "id": number, "key": f"k{number}", "state": "new", "lane": 5, "account": "wp consult", "author": "A",
        "text": "Buy", "masks": [], "category": "spam", "clause": "S1", "opinion": "judged", "asks": "",
        "protected": False, "language": "en", "due": AT, "arrived": AT, "cause": "", "owner": "", "mine": False,
        "version": 1, "comment_version": number % 3 + 1, "visibility": "public", "disposition": "",
    }  # fmt: skip


@pytest.fixture
def run(desk: Any) -> Run:
    desk.session()
    desk.routes |= {
        "GET /health": (200, {"ok": True, "version": "0.1.0", "head": 1}),
        "GET /queue": (200, {"rows": [row(7), row(8)], "after": "", "total": 2, "capped_at": 100, "head": 1}),
        "GET /queue/rows": (200, [row(7), row(8)]),
        "GET /items/7/alike": (200, [row(8)]),
        "POST /bulk": (200, DONE),
        "POST /bulk/preview": (200, PREVIEW),
        "GET /batches": (200, [BATCH]),
        "POST /batches/4/undo": (200, {"sentence": "Taken back: 225 never left."}),
    }

    def go(*argv: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        code = cli.run(Call(parse(["--socket", str(desk.path), *argv]), out=out, err=err, env={}))
        return code, out.getvalue(), err.getvalue()

    return go


def sent(desk: Any) -> tuple[str, Any]:
    """The last thing that was asked for to be done."""
    last = [seen for seen in desk.seen if seen.method == "POST"][-1]
    return last.path, last.json


@pytest.mark.parametrize("which", [["--ids", "7,8"], ["--like", "7"], ["--query", "clause:S1"]])
def test_many_are_left_public_as_they_stand_now(desk: Any, run: Run, which: list[str]) -> None:
    code, out, _ = run("bulk", "leave", *which)
    assert code == exits.DONE
    assert out.startswith("Saved: 2 comments stay public.\nBulk act 4;")
    path, body = sent(desk)
    assert path == "/v1/bulk"
    assert [(one["item_id"], one["version"]) for one in body["items"]] == [(7, 2), (8, 3)]
    assert body["act"] == "leave"


def test_a_dry_run_only_looks(desk: Any, run: Run) -> None:
    code, out, _ = run("bulk", "hide", "--clause", "S1", "--ids", "7,8", "--dry-run")
    assert code == exits.DONE
    assert out.splitlines() == [
        "1 comment is hidden.",
        "  wp consult: 1",
        "Sending takes about 16 s.",
        "  left out: 8  Item 8 is protected criticism.",
    ]
    assert sent(desk)[0] == "/v1/bulk/preview"
    assert json.loads(run("bulk", "hide", "--clause", "S1", "--ids", "7", "--dry-run", "--json")[1]) == PREVIEW


def test_what_is_not_there_decides_nothing(desk: Any, run: Run) -> None:
    code, _, err = run("bulk", "leave", "--ids", "7,9")
    assert code == exits.REFUSED
    assert "There is no item 9" in err
    code, _, err = run("bulk", "leave", "--query", " ")
    assert (code, "The query is empty." in err) == (exits.REFUSED, True)
    assert not [seen for seen in desk.seen if seen.path.endswith("/bulk")]


def test_batches_are_listed_and_taken_back(desk: Any, run: Run) -> None:
    code, out, _ = run("batch", "list")
    assert code == exits.DONE
    assert "hide 412 on fb dipr  187/412 sent; z stops and restores." in out
    code, out, _ = run("batch", "undo", "4")
    assert (code, out) == (exits.DONE, "Taken back: 225 never left.\n")


def test_a_wrong_line_is_refused(run: Run) -> None:
    for wrong in (["hide", "--ids", "7"], ["leave"], ["leave", "--ids", "seven"]):
        with pytest.raises(Usage):
            run("bulk", *wrong)
