"""What a decision has to be made on: what hiding means, the clauses, the conduct check."""

from __future__ import annotations

from collections.abc import Iterator

from moderator.domain import view
from moderator.domain.conduct import Conduct, Weight
from moderator.locale import N_, _, n_


def hiding(powers: view.Powers) -> str:
    """What a hide would mean here, honestly."""
    if not powers.hide:
        return _("This platform cannot hide.")
    told = _("The platform tells the author.") if powers.author_told else _("The platform does not tell the author.")
    return f"{powers.hide_means} {told}"


def clauses(policy: view.PolicyView, item: view.Detail, typed: str = "") -> Iterator[str]:
    """The hide menu, in the order of the digits, the suggestion named; only those with these letters, where given."""
    top = suggested(policy, item)
    for clause in sorted(policy.clauses, key=lambda one: (one.digit, one.id)):
        if clause.hideable and matches(clause, typed):
            facts = {"key": clause.digit if clause.digit < 10 else clause.id, "id": clause.id, "title": clause.title}
            yield (
                _("{key}: {id}, {title}, suggested.", **facts)
                if clause.id == top
                else _("{key}: {id}, {title}.", **facts)
            )
    if not typed:
        yield _("0: only criticism of government or an official. Then it stays.")


def matches(clause: view.ClauseView, typed: str) -> bool:
    """Whether a clause is meant by these letters: its id, or words of its title or category."""
    wanted = typed.casefold()
    return wanted in clause.title.casefold() or wanted in clause.category.casefold() or wanted in clause.id.casefold()


def suggested(policy: view.PolicyView, item: view.Detail) -> str:
    """The hideable clause of the strongest finding, or ""."""
    hideable = {clause.id for clause in policy.clauses if clause.hideable}
    return next((found.clause for found in item.findings if not found.hint and found.clause in hideable), "")


_RULES = {
    "length": N_("length"),
    "identity": N_("name and role"),
    "personal_data": N_("personal data"),
    "confidential": N_("confidential matters"),
    "matter": N_("matters before a court"),
    "placeholder": N_("placeholders"),
}


def conduct(found: Conduct) -> Iterator[str]:
    """The conduct check's answer before anything is sent; the text that would go out follows it."""
    counted = [mark for mark in found.marks if mark.weight is not Weight.OFF]
    kept = [_(_RULES[mark.rule]) for mark in counted if mark.kept and mark.rule in _RULES]
    if kept:
        yield _("Kept: {rules}.", rules=", ".join(kept))
    for mark in counted:
        if not mark.kept:
            hard = mark.weight is Weight.HARD
            yield _("MUST CHANGE: {why}", why=mark.sentence) if hard else _("Please look: {why}", why=mark.sentence)
    length = n_("{n} character", "{n} characters", found.length)
    if found.limit:
        length = _("{length} of {limit}", length=length, limit=found.limit)
    yield _("This would be sent, {length}:", length=length)
