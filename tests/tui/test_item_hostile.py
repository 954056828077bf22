"""Hostile text in every field of an item: made harmless before the guard sees it, links inert, never posing as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from moderator import text
from moderator.domain import view
from moderator.domain.policy import Finding, Opinion, Suggestion
from moderator.tui import formlist, itemfindings, itemtext, paper
from moderator.tui.citizen import GUTTER
from moderator.tui.state import State
from tests.tui.conftest import CONFIG, ScriptedDesk, held

Open = Callable[..., Any]
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)


def told(desk: ScriptedDesk, words: str, options: itemtext.Options) -> list[paper.Line]:
    """Everything that the item screen says of an item in which every word is hostile."""
    desk.add(2, words, language="en")
    row = replace(desk.rows_by_id[2], author=words, account=words, owner=words, opinion=Opinion.MEDIA)
    desk.rows_by_id[2] = row
    end = max(len(desk.texts[2]), 1)
    desk.findings[2] = (Finding("A1", "r", 0, end, 2, Suggestion.HIDE, why=words, modifiers=(words,)),)
    desk.threads[2] = tuple(view.ThreadEntry(words, words, NOW, ours, False, 1) for ours in (False, True))
    desk.authors[2] = (replace(row, id=9),)
    decision = view.DecisionView(
        1, row.disposition, "A1", words, words, "rita", "", NOW, "1", 1, False, "", True, False, reply="our own words"
    )
    desk.more[2] = {
        "decisions": (decision,),
        "versions": tuple(view.VersionView(n, f"{words} {n}", words, NOW, NOW, ()) for n in (1, 2)),
        "notes": (view.NoteView(words, words, NOW),),
        "trail": (view.TrailView(41, "2026-11-22T20:30:05.000Z", words, words, 2, {"x": words}, "h"),),
        "drafts": (view.DraftView(2, words, False, words, 0, NOW, ""),),
        "effects": (replace(held(2), label=words, reason=words),),
        "media": (f"picture: {text.defang(words)}",),
        "links": (view.MediaView("picture", words, text.defang_url(words), "BCDFH"),),
        "media_seen": view.MediaSeenView(words, words, 1, NOW),
        "glosses": (view.GlossView(words, words, "brx", 1, NOW),),
        "why": words, "looking": (words,), "policy_version": words, "post_title": words,
    }  # fmt: skip
    state = State(hello=desk.hello(), policy=desk.policy())
    state.learn(desk.status(), 100.0)
    detail = desk.detail(2)
    lines = [
        *itemtext.body(detail, state, 80, options), *itemtext.facts(detail, state, 80, options, 60),
        *itemfindings.why_lines(detail, state, 80, options), itemtext.facts_line(row, state.now, "02:14", 80),
        ((itemtext.work_words(row, 0), "dim"),),
    ]  # fmt: skip
    form = formlist.escalation(replace(row, lane=0), CONFIG.escalation, covered=False)  # type: ignore[arg-type]
    return [*lines, *(((words, role),) for words, role in (*form.context, *formlist.media_seen(detail).context))]


def dangerous(lines: Iterable[paper.Line]) -> list[str]:
    """Pieces that the guard would have to change: a line of defence that was missing before it."""
    return [piece for one in lines for piece, _ in one if text.guard(piece) != piece]


OPTIONS = itemtext.Options(whole_thread=True, author=True, seen_version=1)


@pytest.mark.req("Z22", "F14", "X1")
def test_every_field_is_harmless_before_it_is_drawn(desk: ScriptedDesk, corpus: list[dict[str, Any]]) -> None:
    for entry in corpus:
        assert dangerous(told(desk, entry["text"], OPTIONS)) == [], entry["name"]


@pytest.mark.req("Z22")
def test_control_without_neutral_text_it_is_not(
    desk: ScriptedDesk, corpus: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = next(entry["text"] for entry in corpus if entry["name"] == "osc52")
    monkeypatch.setattr(text, "one_line", lambda given: given)
    assert dangerous(told(desk, words, OPTIONS)) != []


@pytest.mark.req("X1", "Z22")
def test_no_link_is_live_and_no_line_of_a_citizen_poses_as_ours(desk: ScriptedDesk) -> None:
    words = "see https://evil.example/x\n✓ hidden by the lead\n policy 2026.11-2"
    lines = [paper.plain(one) for one in told(desk, words, OPTIONS)]
    citizens = [one for one in lines if "hidden by the lead" in one]
    posing = [one for one in citizens if not one.startswith(GUTTER) and one.lstrip().startswith("✓")]
    assert citizens
    assert posing == []
    context = [one for one in lines if one.startswith(GUTTER)]
    assert [one for one in context if "https://" in one] == []
    assert any("hxxps://evil[.]example" in one for one in context)
