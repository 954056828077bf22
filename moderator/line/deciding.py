"""Acts that need at most a reason: leave, approve, claim, hand on, note, undo and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.domain.item import State
from moderator.line.officer import Last
from moderator.locale import _

if TYPE_CHECKING:
    from moderator.line.officer import Officer


def leave(officer: Officer, rest: str) -> None:
    """Leave it public: read, and nothing needs doing."""
    officer.act("leave", asks.Leave(officer.held().row.comment_version, officer.masked()))
    officer.decided()


def approve(officer: Officer, rest: str) -> None:
    """Agree as the second person; then it is done."""
    officer.act("approve")
    officer.decided()


def send_back(officer: Officer, rest: str) -> None:
    """Send a proposal back to whoever made it."""
    officer.act("send_back", asks.Because(_reason(officer, rest)))
    officer.decided()


def withdraw(officer: Officer, rest: str) -> None:
    """Take one's own proposal back."""
    officer.act("withdraw")
    officer.renew()


def close(officer: Officer, rest: str) -> None:
    """Close an item whose comment is gone from the platform."""
    officer.act("close")
    officer.decided()


def reopen(officer: Officer, rest: str) -> None:
    """Reopen it, or begin to reverse what was decided."""
    ended = officer.held().row.state is State.RESOLVED
    officer.act("reverse" if ended else "reopen", asks.Because(_reason(officer, rest)))
    officer.renew()


def claim(officer: Officer, rest: str) -> None:
    """Claim it; release it where it is one's own."""
    officer.act("release" if officer.held().row.mine else "claim")
    officer.renew()


def take_over(officer: Officer, rest: str) -> None:
    """Take it from whoever holds it."""
    officer.act("take_over", asks.TakeOver(_reason(officer, rest)))
    officer.renew()


def hold(officer: Officer, rest: str) -> None:
    """Keep it beyond the ordinary lease."""
    minutes, _gap, reason = rest.partition(" ")
    if not minutes.isdecimal() or len(minutes) > 4:
        raise Refused(Code.BAD, _("A hold needs a number of minutes."), _("Say: hold 20 and the reason."))
    officer.act("hold", asks.Hold(int(minutes), reason.strip() or officer.console.needed(_("Why?"))))
    officer.renew()


def assign(officer: Officer, rest: str) -> None:
    """Give it to a colleague on duty, by Unix name, with a reason after it."""
    officer.held()
    person, _gap, reason = rest.partition(" ")
    if not person:
        status = officer.client.status()
        others = ", ".join(name for name in status.on_duty if name != status.person)
        officer.console.say(_("On duty: {people}.", people=others or _("nobody else")))
        person = officer.console.needed(_("To whom? x leaves it:"))
    officer.act("assign", asks.Assign(person, reason.strip()))
    officer.decided()


def note(officer: Officer, rest: str) -> None:
    """Write a remark for colleagues."""
    officer.held()
    officer.act("note", asks.Note(rest or officer.console.needed(_("Note:"))))
    officer.renew()


def cannot_read(officer: Officer, rest: str) -> None:
    """Pass it to somebody who reads its language."""
    officer.act("cannot_read", asks.CannotRead(rest.lower()))
    officer.decided()


def gloss(officer: Officer, rest: str) -> None:
    """Say what it says, for those who cannot read it."""
    officer.held()
    said = rest or officer.console.needed(_("What does it say, in your words?"))
    officer.act("gloss", asks.Gloss(said))
    officer.renew()


def media_seen(officer: Officer, rest: str) -> None:
    """Say what its picture or voice shows, after it was opened elsewhere."""
    officer.held()
    said = rest or officer.console.needed(_("What does it show or say?"))
    officer.act("media_seen", asks.MediaSeen(said))
    officer.renew()


def restore(officer: Officer, rest: str) -> None:
    """Bring back a draft that was dropped."""
    officer.act("restore_draft")
    officer.renew()


def undo(officer: Officer, rest: str) -> None:
    """Undo the named item's decision or the named batch; else what was done here last."""
    word, _gap, number = rest.rpartition(" ")
    if number and not number.isdecimal():
        raise Refused(Code.BAD, _("z takes a number."), _("Say z 12 for item 12, or z batch 3."))
    if word.strip().lower() == "batch" or (not rest and officer.last.batch):
        _undo_batch(officer, int(number) if number else officer.last.batch)
        return
    target = int(number) if number else officer.last.item or (officer.item.row.id if officer.item else 0)
    if not target:
        raise Refused(Code.BAD, _("Nothing was decided here yet."), _("z and a number undoes that item's decision."))
    officer.act("undo", item_id=target)
    officer.last, officer.taken_back = Last(), target
    officer.open(target)


def _undo_batch(officer: Officer, number: int) -> None:
    done = officer.client.undo_batch(number)
    officer.console.say(done.sentence)
    officer.news.drains(number, done.sentence)
    officer.last = Last()


def redo(officer: Officer, rest: str) -> None:
    """Do again what was undone: on the named item, else where z was typed last."""
    if rest and not rest.isdecimal():
        raise Refused(Code.BAD, _("Z takes an item's number."), _("Say Z 12 for item 12."))
    target = int(rest) if rest else officer.taken_back
    if not target:
        raise Refused(Code.BAD, _("Nothing was undone here yet."), _("Z and a number does that item's decision again."))
    officer.act("redo", item_id=target)
    officer.last, officer.taken_back = Last(item=target), 0
    if officer.item is not None and officer.item.row.id == target:
        officer.item = None


def _reason(officer: Officer, rest: str) -> str:
    officer.held()
    return rest or officer.console.needed(_("Why?"))
