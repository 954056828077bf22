"""`moderator metrics`: the desk in figures, as sentences and a table."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from moderator.cli import exits
from moderator.cli import main as cli
from moderator.cli.call import Call
from moderator.cli.parser import parse

FIGURES: dict[str, Any] = {
    "hours": 24, "now": "2026-11-22T20:50:00Z",
    "buckets": [
        {"start": "2026-11-22T18:30:00Z", "arrived": 1200, "decided": 31},
        {"start": "2026-11-22T19:30:00Z", "arrived": 7, "decided": 4},
    ],
    "backlog": [{"up_to_minutes": 15, "routine": 3, "urgent": 1}, {"up_to_minutes": 0, "routine": 2, "urgent": 0}],
    "oldest": "2026-11-12T18:30:00Z",
    "turnaround": [{"lane": 5, "decided": 35, "p50_s": 6774.0, "p90_s": 12525.0, "late": 40}],
    "findings": {"": 900, "A1": 120}, "ends": {"left_public": 30, "hidden": 5}, "accounts": {"fb\x1b[2J dipr": 1207},
}  # fmt: skip


def told(desk: Any, *argv: str) -> tuple[int, str, str]:
    """Exit code and words of one run."""
    out, err = io.StringIO(), io.StringIO()
    args = parse(["--socket", str(desk.path), *argv])
    code = cli.run(Call(args, out=out, err=err, env={}))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def asked(desk: Any) -> Any:
    desk.session()
    desk.routes |= {"GET /health": (200, {"ok": True, "version": "1", "head": 1}), "GET /figures": (200, FIGURES)}
    return desk


def test_every_figure_is_a_sentence_or_a_row(asked: Any) -> None:
    code, out, _ = told(asked, "metrics")
    assert code == exits.DONE
    assert "1207 comments came in; 35 were decided." in out
    assert "nothing found 900, A1 120" in out
    rows = [line.split() for line in out.splitlines() if line.startswith("2026-")]
    assert rows == [["2026-11-23", "00:00", "1200", "31"], ["2026-11-23", "01:00", "7", "4"]]
    assert "\x1b" not in out


def test_json_is_the_interface_s_own_answer(asked: Any) -> None:
    code, out, _ = told(asked, "metrics", "--json")
    assert code == exits.DONE
    assert json.loads(out)["findings"] == {"": 900, "A1": 120}


def test_a_refusal_is_a_sentence(asked: Any) -> None:
    error = {"code": "bad", "sentence": "Figures are for 1 to 168 hours.", "cure": "Ask for 24.", "facts": {}}
    asked.routes["GET /figures"] = (400, {"error": error})
    code, out, err = told(asked, "metrics", "--hours", "999")
    assert code != exits.DONE
    assert out == ""
    assert "1 to 168 hours" in err
