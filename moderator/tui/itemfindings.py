"""What a comment asks, what was found in it and why; and what is going on around it."""

from __future__ import annotations

from collections.abc import Iterator

from moderator import text
from moderator.domain import tongues
from moderator.domain.policy import Asks, Finding, Opinion, Suggestion
from moderator.domain.view import ClauseView, Detail, Row
from moderator.locale import N_, _, current, translated
from moderator.tui.actions import key
from moderator.tui.citizen import masks_of, quote
from moderator.tui.itemwords import Options
from moderator.tui.paper import Line, fit, line
from moderator.tui.state import State

_ASKS: dict[Asks, tuple[str, str]] = {
    Asks.QUESTION: (N_("asks a question: {key} answers it"), "reply"),
    Asks.GRIEVANCE: (N_("a grievance: {key} answers it, or hand it to whom it concerns"), "reply"),
    Asks.FEEDBACK: (N_("feedback: {key} leaves it, no reply needed"), "leave"),
    Asks.RESCUE: (N_("asks for rescue: hand it off by voice first, {key} shows whom to call"), "escalate"),
}
"""What a comment asks, beside what it breaks, and the action that answers it."""


def asks_line(row: Row, width: int, options: Options) -> list[Line]:
    """What the comment asks and what answers it, before anything that it may break."""
    if row.asks is Asks.MEDIA:
        told = (
            _("the media ask: {key} hands it to {office}", key=key("escalate"), office=text.one_line(options.press))
            if options.press
            else _("the media ask: it belongs with the press officer; {key} hands it off", key=key("escalate"))
        )
    elif row.asks in _ASKS:
        template, action = _ASKS[row.asks]
        told = _(template, key=key(action))
    else:
        return []
    role = "urgent" if row.asks is Asks.RESCUE else "accent"
    return [line(f" {part}", role) for part, _at in text.wrap(f"▸ {told}", width - 2)]


def finding_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """What it asks; then each finding with clause, words and reason; or, as plainly, that nothing was found."""
    lines = [*asks_line(detail.row, width, options), *_unread_lines(detail, width)]
    names = {clause.id: clause.title for clause in state.policy.clauses} if state.policy else {}
    for finding in detail.findings:
        lines.append(_finding_line(detail, finding, names.get(finding.clause, ""), width, options))
        reason = " · ".join(filter(None, (finding.why, *finding.modifiers)))
        lines += [line(f"   {part}", "dim") for part, _at in text.wrap(text.one_line(reason), width - 4) if part]
    for sentence, role in _opinion(detail):
        lines += [line(f" {part}", role) for part, _at in text.wrap(sentence, width - 2)]
    voice = any(finding.suggestion is Suggestion.VOICE for finding in detail.findings)
    if voice and detail.row.asks is not Asks.RESCUE:  # what it asks has said so already
        told = _("hand off by voice first: {key} shows whom to call and what to read out", key=key("escalate"))
        lines += [line(f" {part}", "urgent") for part, _at in text.wrap(told, width - 2)]
    policy = _("policy {version}", version=text.one_line(detail.policy_version))
    return [*lines, fit(((f" {policy} · ", "dim"), (key("why"), "key"), (f" {_('why is it here')}", "dim")), width)]


def _finding_line(detail: Detail, finding: Finding, title: str, width: int, options: Options) -> Line:
    role = "urgent" if finding.urgent else "dim" if finding.hint else "accent"
    words = words_of(detail, finding, width // 2, options)
    return fit(((f" {finding.clause} {title}".rstrip(), role), (f"  {words}", "text")), width)


def words_of(detail: Detail, finding: Finding, width: int, options: Options) -> str:
    """The words that a finding rests on, covered as the comment is; in the lighter view not even that many boxes."""
    if finding.mask and options.lighter and not options.revealed:
        return _("(masked)")
    return quote(detail.text, finding.start, finding.end, masks_of(detail.findings, options.revealed), width)


def _unread_lines(detail: Detail, width: int) -> Iterator[Line]:
    """That nobody could read it, and what waits for that."""
    if not detail.needs_gloss:
        return
    language = (
        translated(tongues.name_of(detail.reader_wanted), current())
        if tongues.known(detail.reader_wanted)
        else _("its language")
    )
    told = _("not read yet: it waits for somebody who reads {language}; hiding waits for what they say ({key})",
             language=language, key=key("gloss"))  # fmt: skip
    yield from (line(f" {part}", "warn") for part, _at in text.wrap(told, width - 2))


def _opinion(detail: Detail) -> Iterator[tuple[str, str]]:
    row = detail.row
    if row.opinion is Opinion.NONE:
        language = row.language or _("this language")
        yield _("no opinion: the engine covers {language} poorly; this is not a clean bill", language=language), "warn"
    elif row.opinion is Opinion.MEDIA and detail.media_seen is None:
        yield _("a picture or voice, not judged: open it elsewhere by its code, then say what it shows ({key})",
                key=key("media_seen")), "warn"  # fmt: skip
    elif not row.category:
        yield f"– {_('nothing found')}", "dim"
    if row.protected:
        yield _("protected: criticism of government or of an official's public acts; it stays"), "good"


def standing_lines(detail: Detail, state: State, width: int) -> list[Line]:
    """What is going on around it: who looks, drafts, what is in flight."""
    looking = ", ".join(text.one_line(name) for name in detail.looking) or "–"
    earlier = _("{n} earlier", n=detail.author_earlier) if detail.author_earlier else _("no earlier comment")
    told = (
        _("author on our pages: {earlier}", earlier=earlier), _("versions {n}", n=len(detail.versions)),
        _("trail {n}", n=len(detail.trail)), _("looking: {names}", names=looking),
    )  # fmt: skip
    lines: list[Line] = [fit(((f" {' · '.join(told)}", "dim"),), width)]
    for draft in detail.drafts:
        when = state.clock(draft.saved_at, seconds=True)
        whose = (
            _("your draft (saved {when})", when=when)
            if draft.mine
            else _("draft of {person} (saved {when})", person=text.one_line(draft.person), when=when)
        )
        why = f", {_(_DRAFTS.get(draft.why, draft.why))}" if draft.why else ""
        lines.append(fit(((f" {whose}{why}: ", "dim"), (text.one_line(draft.text), "text")), width))
    for effect in detail.effects:
        lines.append(fit(((f" → {text.one_line(state.effect_sentence(effect, state.received_at))}", "warn"),), width))
        if effect.reason:
            lines += [line(f"   {part}", "dim") for part, _at in text.wrap(text.one_line(effect.reason), width - 4)]
    return lines


_DRAFTS = {"line dropped": N_("line dropped"), "lost the race": N_("lost the race")}
"""Why a draft was kept by the desk itself."""


def why_lines(detail: Detail, state: State, width: int, options: Options) -> list[Line]:
    """Why it is here, whole: each finding with its clause as it is published, its rule, and the exact words."""
    lines = [line(f" {part}", "text") for part, _at in text.wrap(text.one_line(detail.why), width - 2)]
    clauses = {clause.id: clause for clause in state.policy.clauses} if state.policy else {}
    for finding in detail.findings:
        clause = clauses.get(finding.clause)
        lines += [line(""), _clause_heading(finding, clause, width)]
        told = (*_evidence(detail, finding, width, options), *_published(clause))
        lines += [line(f"   {part}", "text") for one in told if one for part, _at in text.wrap(one, width - 4)]
    for sentence, role in _opinion(detail):
        lines += [line(""), *(line(f" {part}", role) for part, _at in text.wrap(sentence, width - 2))]
    version = text.one_line(detail.policy_version)
    policy = _("policy {version}: the engine only suggests, a person decides", version=version)
    return [*lines, line(""), fit(((f" {policy}", "dim"),), width)]


def _clause_heading(finding: Finding, clause: ClauseView | None, width: int) -> Line:
    role = "urgent" if finding.urgent else "dim" if finding.hint else "accent"
    title = f" {finding.clause} {clause.title if clause else ''}".rstrip()
    suggests = _("a remark, no finding by itself") if finding.hint else _(_SUGGESTS[finding.suggestion])
    return fit(((title, role), (f"  {suggests}", "dim")), width)


def _evidence(detail: Detail, finding: Finding, width: int, options: Options) -> Iterator[str]:
    """The exact words, the rule that found them, where they stand, and what was weighed."""
    yield _("words: {words}", words=words_of(detail, finding, max(width * 3, 60), options))
    yield _("rule {rule}, severity {severity}, characters {start}–{end}", rule=finding.rule,
            severity=finding.severity, start=finding.start + 1, end=finding.end)  # fmt: skip
    yield text.one_line(" · ".join(filter(None, (finding.why, *finding.modifiers))))


def _published(clause: ClauseView | None) -> Iterator[str]:
    """The clause as it is published, its law, and whether it can be a ground at all."""
    if clause is None:
        return
    yield _("as published: {words}", words=text.one_line(clause.public))
    if clause.legal:
        yield _("law: {law}", law="; ".join(clause.legal))
    if not clause.hideable:
        yield _("never a ground for hiding")


_SUGGESTS: dict[Suggestion, str] = {
    Suggestion.KEEP: N_("suggests: keep"), Suggestion.REPLY: N_("suggests: reply"),
    Suggestion.HIDE: N_("suggests: hide"), Suggestion.ESCALATE: N_("suggests: hand off"),
    Suggestion.VOICE: N_("suggests: hand off by voice"),
}  # fmt: skip
