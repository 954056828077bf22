"""Writing a reply: kept as a draft line by line, checked and read out before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderator import text
from moderator.domain import asks, view
from moderator.domain.conduct import Conduct
from moderator.domain.errors import Code, Refused
from moderator.line.console import Left
from moderator.line.telling import menus
from moderator.line.telling.quoting import Quote
from moderator.locale import _

if TYPE_CHECKING:
    from moderator.line.officer import Officer


def write(officer: Officer, rest: str) -> None:
    """Write, check, read out, send. "r helpline" takes the approved helpline answer."""
    item = officer.held()
    if not item.powers.reply:
        raise Refused(Code.NOT_ALLOWED, _("This account cannot reply."), _("Hand it up with e."))
    if rest.lower() == "helpline":
        typed = officer.policy.helpline
        _keep(officer, item, typed)
    else:
        typed = rest or _typed(officer, item)
        if rest:
            _keep(officer, item, typed)
    try:
        _preview(officer, item, typed)
    except Left:
        officer.console.say(_("Kept as a draft; nothing was sent."))


def _typed(officer: Officer, item: view.Detail, start: str | None = None) -> str:
    """The text as typed, after the draft where the officer goes on with it."""
    before = _draft(officer, item) if start is None else start
    joined = f"{before}\n" if before else ""
    saved = _Saved(officer, item)
    return joined + officer.console.ask_text(_("Type the reply."), lambda lines: saved.keep(joined + lines))


class _Saved:
    """Saves a draft after each line, and says once where that fails."""

    def __init__(self, officer: Officer, item: view.Detail) -> None:
        self._officer = officer
        self._item = item
        self._failed = False

    def keep(self, typed: str) -> None:
        """Save it; typing goes on where that fails."""
        try:
            _keep(self._officer, self._item, typed)
            self._failed = False
        except Refused as refused:
            if not self._failed:
                self._officer.console.say(_("NOT saved: {why} Your lines are kept here; go on.", why=refused.sentence))
            self._failed = True


def _keep(officer: Officer, item: view.Detail, typed: str) -> None:
    officer.client.save_draft(item.row.id, asks.SaveDraft(typed, len(typed)))


def _draft(officer: Officer, item: view.Detail) -> str:
    """The draft that the officer goes on with: one's own, else the newest of a colleague; "" to write anew."""
    found = sorted((one for one in item.drafts if one.text.strip()), key=lambda one: (one.mine, one.saved_at))
    if not found:
        return ""
    draft = found[-1]
    officer.console.say(
        _("Your draft so far:") if draft.mine else _("The draft of {person} so far:", person=draft.person),
        Quote(draft.text),
    )
    answer = officer.console.question(_("Enter goes on with it, w writes it anew, x leaves it:"))
    if answer.lower() == "w":
        return ""
    if not draft.mine:
        _keep(officer, item, draft.text)  # one's own from now on, before a line is added to it
    return draft.text


def _preview(officer: Officer, item: view.Detail, typed: str) -> None:
    """Read the check out and ask; nothing is sent before the answer."""
    disclaimer = False
    while True:
        found = officer.client.conduct(asks.CheckConduct(item.row.id, typed, disclaimer))
        officer.console.say(*menus.conduct(found), Quote(found.outgoing))
        answer = officer.console.question(_question(found)).lower()
        if answer == "d":
            officer.console.say(officer.client.drop_draft(item.row.id).sentence)
            return
        if answer == "i":
            disclaimer = not disclaimer
        elif answer == "t":
            typed = _typed(officer, item, _rewritten(officer, typed))
        elif answer == "l" and found.broken:
            why = officer.console.needed(_("Why should a second person lift it?"))
            _send(officer, item, typed, disclaimer, why)
            return
        elif not answer and not found.broken:
            _send(officer, item, typed, disclaimer, "")
            return
        elif answer == "k" or not officer.console.live:
            _kept(officer, found, answer)
            return


def _kept(officer: Officer, found: Conduct, answer: str) -> None:
    """Leave it as a draft. A script that meant to send it is refused, and ends."""
    if answer != "k":
        why = " ".join(mark.sentence for mark in found.broken) or _("The answer was none of these.")
        raise Refused(Code.CONDUCT, why, _("Kept as a draft; nothing was sent."))
    officer.console.say(_("Kept as a draft; nothing was sent."))


def _question(found: Conduct) -> str:
    if found.broken:
        return _(
            "l asks a second person to lift it, t back to the text, i adds or removes the disclaimer, "
            "k keeps it and leaves, d drops it:"
        )
    return _("Enter sends it, t back to the text, i adds or removes the disclaimer, k keeps it and leaves, d drops it:")


def _rewritten(officer: Officer, typed: str) -> str:
    """What stays of the text when the officer goes back to it: a terminal of lines cannot edit within one."""
    lines = typed.split("\n")
    officer.console.say(
        *(_("Line {number}: “{words}”", number=i, words=text.one_line(line)) for i, line in enumerate(lines, 1))
    )
    answer = officer.console.question(_("Go on after which line? Enter for the last, 0 to write it anew:"))
    return "\n".join(lines[: int(answer)]) if answer.isdecimal() and int(answer) <= len(lines) else typed


def _send(officer: Officer, item: view.Detail, typed: str, disclaimer: bool, lift: str) -> None:
    officer.act(
        "reply",
        asks.Reply(
            item.row.comment_version,
            typed,
            officer.masked(),
            disclaimer,
            helpline=typed == officer.policy.helpline,
            lift=lift,
        ),
    )
    officer.decided()
