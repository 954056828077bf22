"""What an escalation's mail says: the question first, then the comment behind its gutter, then the findings.

It is written to fit one screen of a phone: until when, what is asked, the numbered answers, what happens in silence.
Every line that a citizen wrote carries the gutter mark, so that none can pose as ours; links in it are defanged. The
attached evidence holds the exact clean text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from moderator import text
from moderator.config import Level
from moderator.domain.asks import ReasonCode
from moderator.domain.event import stamp
from moderator.domain.policy import Clause, Finding, Verdict

GUTTER: Final = "┃ "
_QUOTED_MAX: Final = 4000
"""Code points of the comment in the body; the whole of it is in the attachment."""
_FINDINGS_MAX: Final = 5

_ABOUT: Final[dict[ReasonCode, str]] = {
    ReasonCode.VERIFY: "verification",
    ReasonCode.CONTENTIOUS: "contentious matter",
    ReasonCode.LEGAL: "legal",
    ReasonCode.SAFETY: "safety",
    ReasonCode.MEDIA: "media",
}


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that one escalation is about, gathered before it is put into words."""

    ref: str
    desk: str
    item_id: int
    level: Level
    above: Level | None
    """Who is asked next where nobody answers; None at the top."""
    reason: ReasonCode
    question: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    zone: ZoneInfo
    account: str
    platform: str
    permalink: str
    post_title: str
    comment: str
    """The clean text of the newest version."""
    comment_version: int
    author: str
    handle: str
    captured_at: str
    commented_at: str
    verdict: Verdict
    clauses: tuple[Clause, ...]
    policy_version: str
    policy_digest: str


def subject(case: Case) -> str:
    """Our fixed words, the reference and a time: nothing that a citizen wrote, nothing that tells the matter."""
    return f"[{case.ref}] Decision asked by the duty desk: {_ABOUT[case.reason]}, reply by {_by(case)}"


def body(case: Case) -> str:
    """The text of the mail. Lines end with \\n."""
    sections = (_opening(case), _answers(case), _comment(case), _findings(case), _closing(case))
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def evidence(case: Case) -> bytes:
    """The case as JSON in pure ASCII, keys sorted: the same case gives the same bytes."""
    record = {
        "reference": case.ref,
        "item": case.item_id,
        "account": case.account,
        "platform": case.platform,
        "permalink": case.permalink,
        "comment": {
            "version": case.comment_version,
            "text": case.comment,
            "author": case.author,
            "handle": case.handle,
            "made_at": case.commented_at,
            "captured_at": case.captured_at,
        },
        "findings": [_finding_record(finding) for finding in case.verdict.findings],
        "protected_criticism": case.verdict.protected,
        "opinion": case.verdict.opinion.value,
        "language": case.verdict.language,
        "policy": {"version": case.policy_version, "sha256": case.policy_digest},
        "asked": {"by": case.asked_by, "at": stamp(case.asked_at), "due": stamp(case.due_at)},
        "level": case.level.level,
        "office": case.level.office,
        "reason": case.reason.value,
        "question": case.question,
    }
    return json.dumps(record, sort_keys=True, indent=1, ensure_ascii=True).encode() + b"\n"


def quoted(words: str) -> list[str]:
    """Citizen text, each line behind the gutter, links made unclickable."""
    return [f"{GUTTER}{line}" for line in text.defang(words).split("\n")]


def _by(case: Case) -> str:
    local = case.due_at.astimezone(case.zone)
    near = case.due_at - case.asked_at < timedelta(hours=12)
    return local.strftime("%H:%M" if near else "%d %b %H:%M")


def _when(case: Case, moment: datetime) -> str:
    local = moment.astimezone(case.zone)
    return f"{local:%d %b %Y %H:%M} {local.tzname()} ({moment:%H:%M} UTC)"


def _opening(case: Case) -> list[str]:
    return [
        f"{case.ref} · {case.level.office}{f' · {case.level.name}' if case.level.name else ''}",
        f"Please reply by {_when(case, case.due_at)}.",
        "",
        "QUESTION",
        *case.question.split("\n"),
    ]


def _answers(case: Case) -> list[str]:
    top = case.verdict.top
    clause = next((c for c in case.clauses if top is not None and c.id == top.clause), None)
    hide = (
        f"Hide it under {clause.id} ({clause.name('en')})."
        if clause and clause.hideable
        else "Hide it: name the clause."
    )
    silence = (
        f"Without an answer by then, {case.above.office} is asked."
        if case.above is not None
        else "Without an answer the desk decides by the published policy alone."
    )
    return [
        "ANSWER: begin your reply with one number",
        "1  Leave it public.",
        f"2  {hide}",
        "3  Answer it in public with these words: …",
        "4  Something else: say what.",
        silence,
        "A duty officer reads the answer and acts; nothing happens by itself.",
    ]


def _comment(case: Case) -> list[str]:
    shown = case.comment[:_QUOTED_MAX]
    rest = len(case.comment) - len(shown)
    lines = ["THE COMMENT (links in it are made unclickable)", *quoted(shown)]
    if rest:
        lines.append(f"… and {rest} characters more: see the attachment.")
    author = text.one_line(f"{case.author} {case.handle}".strip()) or "unknown"
    lines += ["Written by", *quoted(author), f"on {case.account} ({case.platform}), item {case.item_id}"]
    if case.post_title:
        lines += ["under the post", *quoted(text.one_line(case.post_title))]
    return lines


def _findings(case: Case) -> list[str]:
    found = [finding for finding in case.verdict.findings if not finding.hint][:_FINDINGS_MAX]
    lines = ["WHAT THE POLICY SAYS"]
    if case.verdict.protected:
        lines.append("This is criticism that the policy protects: it is no ground for hiding.")
    for finding in found:
        lines += [_named(case, finding), *quoted(text.one_line(case.comment[finding.start : finding.end]))]
    if not found:
        lines.append("The rules found nothing; that is no proof that nothing is there.")
    return [*lines, f"Policy version {case.policy_version}. The engine only suggests; a person decides."]


def _named(case: Case, finding: Finding) -> str:
    clause = next((c for c in case.clauses if c.id == finding.clause), None)
    title = f" ({clause.name('en')})" if clause else ""
    return f"{finding.clause}{title}, rule {finding.rule}, on these words:"


def _closing(case: Case) -> list[str]:
    deputies = [entry for entry in case.level.deputies if "@" not in entry]
    lines = [
        f"Asked by {case.asked_by} for {case.desk}, {_when(case, case.asked_at)}.",
        "Reply to this mail and keep the reference in the subject.",
    ]
    if deputies:
        lines.append(f"Deputies: {', '.join(deputies)}.")
    return lines


def _finding_record(finding: Finding) -> dict[str, object]:
    return {
        "clause": finding.clause,
        "rule": finding.rule,
        "start": finding.start,
        "end": finding.end,
        "severity": finding.severity,
        "urgent": finding.urgent,
        "hint": finding.hint,
        "why": finding.why,
    }
