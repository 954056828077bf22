"""Writing a reply: kept as a draft line by line, checked and read out before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderator import text
from moderator.domain import asks, view
from moderator.domain.conduct import Conduct
from moderator.domain.errors import Code, Refused
from moderator.line import telling

if TYPE_CHECKING:
    from moderator.line.officer import Officer


def write(officer: Officer, rest: str) -> None:
    """Write, check, read out, send. "r helpline" takes the approved helpline answer."""
    item = officer.held()
    if not item.powers.reply:
        raise Refused(Code.NOT_ALLOWED, "This account cannot reply.", "Hand it up with e.")
    if rest.lower() == "helpline":
        typed = officer.policy.helpline
        _keep(officer, item, typed)
    else:
        typed = rest or _typed(officer, item)
        if rest:
            _keep(officer, item, typed)
    _preview(officer, item, typed)


def _typed(officer: Officer, item: view.Detail, start: str | None = None) -> str:
    """The text as typed, after the draft where the officer goes on with it."""
    before = _draft(officer, item) if start is None else start
    joined = f"{before}\n" if before else ""
    saved = _Saved(officer, item)
    return joined + officer.console.ask_text("Type the reply.", lambda lines: saved.keep(joined + lines))


class _Saved:
    """Saves a draft after each line, and says once where that fails."""

    def __init__(self, officer: Officer, item: view.Detail) -> None:
        self._officer = officer
        self._item = item
        self._failed = False

    def keep(self, typed: str) -> None:
        try:
            _keep(self._officer, self._item, typed)
            self._failed = False
        except Refused as refused:
            if not self._failed:
                self._officer.console.say(f"NOT saved: {refused.sentence} Your lines are kept here; go on.")
            self._failed = True


def _keep(officer: Officer, item: view.Detail, typed: str) -> None:
    officer.client.save_draft(item.row.id, asks.SaveDraft(typed, len(typed)))


def _draft(officer: Officer, item: view.Detail) -> str:
    """One's own draft where the officer goes on with it."""
    draft = next((one for one in item.drafts if one.mine and one.text.strip()), None)
    if draft is None:
        return ""
    officer.console.say("Your draft so far:")
    officer.console.quote(draft.text)
    return "" if officer.console.ask("Enter goes on with it, w writes it anew:") == "w" else draft.text


def _preview(officer: Officer, item: view.Detail, typed: str) -> None:
    """Read the check out and ask; nothing is sent before the answer."""
    disclaimer = False
    while True:
        found = officer.client.conduct(asks.CheckConduct(item.row.id, typed, disclaimer))
        officer.console.say(*telling.conduct(found))
        officer.console.quote(found.outgoing)
        answer = officer.console.ask(_question(found))
        if answer == "d":
            officer.console.say(officer.client.drop_draft(item.row.id).sentence)
            return
        if answer == "i":
            disclaimer = not disclaimer
        elif answer == "t":
            typed = _typed(officer, item, _rewritten(officer, typed))
        elif answer == "l" and found.broken:
            _send(officer, item, typed, disclaimer, officer.console.ask("Why should a second person lift it?"))
            return
        elif not answer and not found.broken:
            _send(officer, item, typed, disclaimer, "")
            return
        elif answer == "k" or not officer.console.live:
            officer.refused = officer.refused or answer != "k"
            officer.console.say("Kept as a draft; nothing was sent.")
            return


def _question(found: Conduct) -> str:
    send = "l asks a second person to lift it" if found.broken else "Enter sends it"
    return f"{send}, t back to the text, i adds or removes the disclaimer, k keeps it and leaves, d drops it:"


def _rewritten(officer: Officer, typed: str) -> str:
    """What stays of the text when the officer goes back to it: a terminal of lines cannot edit within one."""
    lines = typed.split("\n")
    officer.console.say(*(f"{i} {text.one_line(line)}" for i, line in enumerate(lines, 1)))
    answer = officer.console.ask("Go on after which line? Enter for the last, 0 to write it anew:")
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
