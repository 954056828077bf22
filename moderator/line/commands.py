"""The commands of line mode: the letters of the full screen, each also as a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderator import text
from moderator.domain import asks, view
from moderator.domain.errors import Code, Refused
from moderator.domain.item import State
from moderator.line import forms, reply, telling

if TYPE_CHECKING:
    from moderator.line.officer import Officer

Run = Callable[["Officer", str], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be typed."""

    key: str
    """The letter, as on the full screen; "" where there is only the word."""
    word: str
    help: str
    run: Run
    decides: bool = False
    """Whether it ends, moves or answers an item: it counts only once the item can have been read."""
    alone: bool = False
    """Whether nothing may follow it on its line, so that a sentence that went astray decides nothing."""


def find(typed: str) -> Command | None:
    """The command of a letter (its case matters) or a word."""
    return next((one for one in COMMANDS if typed and typed in (one.key, one.word)), None)


def _leave(officer: Officer, rest: str) -> None:
    officer.act("leave", asks.Leave(officer.held().row.comment_version, officer.masked()))
    officer.decided()


def _note(officer: Officer, rest: str) -> None:
    officer.act("note", asks.Note(rest or officer.console.ask("Note:")))
    officer.renew()


def _claim(officer: Officer, rest: str) -> None:
    officer.act("release" if officer.held().row.mine else "claim")
    officer.renew()


def _take_over(officer: Officer, rest: str) -> None:
    officer.act("take_over", asks.TakeOver(_reason(officer, rest)))
    officer.renew()


def _reopen(officer: Officer, rest: str) -> None:
    ended = officer.held().row.state is State.RESOLVED
    officer.act("reverse" if ended else "reopen", asks.Because(_reason(officer, rest)))
    officer.renew()


def _approve(officer: Officer, rest: str) -> None:
    officer.act("approve")
    officer.decided()


def _send_back(officer: Officer, rest: str) -> None:
    officer.act("send_back", asks.Because(_reason(officer, rest)))
    officer.decided()


def _withdraw(officer: Officer, rest: str) -> None:
    officer.act("withdraw")
    officer.renew()


def _close(officer: Officer, rest: str) -> None:
    officer.act("close")
    officer.decided()


def _reason(officer: Officer, rest: str) -> str:
    return rest or officer.console.ask("Why?")


def _restore(officer: Officer, rest: str) -> None:
    officer.act("restore_draft")
    officer.renew()


def _undo(officer: Officer, rest: str) -> None:
    """Undo the named item's decision, else the last one made here, else that of the item in hand."""
    target = int(rest) if rest.isdecimal() else officer.last or (officer.item.row.id if officer.item else 0)
    if not target:
        raise Refused(Code.BAD, "Nothing was decided here yet.", "z and a number undoes that item's decision.")
    officer.act("undo", item_id=target)
    officer.last = 0
    officer.open(target)


def _urgent(officer: Officer, rest: str) -> None:
    urgent = officer.client.status().urgent
    if urgent:
        officer.open(urgent[0])
    else:
        officer.console.say("Nothing urgent is unopened.")


def _next(officer: Officer, rest: str) -> None:
    officer.next()


def _thread(officer: Officer, rest: str) -> None:
    thread = officer.held().thread
    if not thread:
        officer.console.say("Nothing else stands around it.")
    for entry in thread:
        who = "We" if entry.ours else text.one_line(entry.author)
        this = " (this item)" if entry.target else ""
        officer.console.say(f"{who}{this}, {telling.clock(entry.at, officer.zone)}:")
        officer.console.quote(entry.text)


def _author(officer: Officer, rest: str) -> None:
    """The author on our pages, and every version of the comment."""
    item = officer.held()
    earlier = telling.many(item.author_earlier, "earlier comment")
    officer.console.say(f"This author: {earlier} on our pages, {item.author_earlier_hidden} hidden.")
    officer.console.say(*telling.listed(item.author_rows, officer.now()))
    for version in item.versions:
        officer.console.say(f"Version {version.n}, seen {telling.clock(version.captured_at, officer.zone)}:")
        masks = [] if officer.revealed else telling.masks(item)
        newest = version.n == item.row.comment_version
        officer.console.quote(text.cover(version.text, masks) if newest else version.text)


def _why(officer: Officer, rest: str) -> None:
    item = officer.held()
    officer.console.say(item.why, *telling.findings(item, officer.revealed), f"Policy {item.policy_version}.")
    officer.console.say(telling.hiding(item.powers))


def _reveal(officer: Officer, rest: str) -> None:
    if not officer.masked():
        officer.console.say("Nothing is covered here.")
        return
    officer.client.act(officer.held().row.id, "reveal", asks.Nothing())
    officer.revealed = True
    officer.tell()


def _all(officer: Officer, rest: str) -> None:
    officer.tell(whole=True)


def _views(officer: Officer, rest: str) -> None:
    """List a view by its name or digit; without one, name the views with their counts."""
    names = [one.value for one in view.View]
    wanted = rest.strip().lower().replace(" ", "_")
    if not wanted:
        counts = officer.client.status().counts
        officer.console.say(
            *(f"/{i} {name.replace('_', ' ')}: {counts.get(name, 0)}." for i, name in enumerate(names, 1))
        )
    elif wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        _list(officer, view.View(names[int(wanted) - 1]), "")
    elif wanted in names:
        _list(officer, view.View(wanted), "")
    else:
        raise Refused(Code.BAD, "There is no such view.", "/ alone names the views.")


def _more(officer: Officer, rest: str) -> None:
    if officer.page is None:
        raise Refused(Code.BAD, "There is nothing more to list.", "/new lists what is new.")
    _list(officer, *officer.page)


_PAGE = 20


def _list(officer: Officer, name: view.View, after: str) -> None:
    page = officer.client.queue(name, after, _PAGE)
    officer.console.say(*telling.listed(page.rows, officer.now()))
    officer.page = (name, page.after) if page.after else None
    total = f"{page.total}{' or more' if page.total >= page.capped_at else ''}"
    tail = "“more” goes on." if page.after else "That is all."
    officer.console.say(f"{total} in {name.value.replace('_', ' ')}. {tail}" if page.total else "Nothing there.")


def _effects(officer: Officer, rest: str) -> None:
    """What is on its way; with number and word, settle a parked one."""
    if rest:
        forms.settle(officer, rest)
        return
    found = officer.client.effects()
    officer.console.say(*(line for one in found for line in telling.effect(one, officer.zone)))
    if not found:
        officer.console.say("Nothing is on its way.")


def _help(officer: Officer, rest: str) -> None:
    officer.console.say("Enter opens the next item, or tells the open one again. A number opens that item.")
    officer.console.say(*(f"{one.key + ' or ' if one.key else ''}{one.word}: {one.help}." for one in COMMANDS))


def _quit(officer: Officer, rest: str) -> None:
    officer.going = False


COMMANDS: tuple[Command, ...] = (
    Command("a", "leave", "leave it public, no reply needed", _leave, decides=True, alone=True),
    Command("h", "hide", "hide it; h and a clause's digit or name hides at once", forms.hide, decides=True),
    Command("r", "reply", "reply in public", reply.write, decides=True),
    Command("e", "escalate", "hand it up, with a question", forms.escalate, decides=True),
    Command("s", "snooze", "put it aside: s 30m, s 2h, s 14:00", forms.snooze, decides=True),
    Command("!", "order", "record an order or a request", forms.order, decides=True),
    Command("p", "approve", "approve a proposal, as the second person", _approve, decides=True, alone=True),
    Command("b", "back", "send a proposal back, with a reason", _send_back, decides=True),
    Command("o", "reopen", "reopen it, or reverse what was decided", _reopen, decides=True),
    Command("", "withdraw", "withdraw your own proposal", _withdraw, decides=True, alone=True),
    Command("", "close", "close an item that has vanished from the platform", _close, decides=True, alone=True),
    Command("z", "undo", "undo the last decision; z and a number undoes that item's", _undo),
    Command("c", "claim", "claim it, or release it", _claim, alone=True),
    Command("C", "take", "take it over, with a reason", _take_over),
    Command("", "hold", "keep it longer: hold 20 and a reason", forms.hold),
    Command("", "restore", "bring back a draft that was dropped", _restore, alone=True),
    Command("n", "note", "write a note for colleagues", _note),
    Command("u", "urgent", "open the most urgent item", _urgent, alone=True),
    Command("N", "next", "open the next item for you", _next, alone=True),
    Command("m", "reveal", "reveal the covered words of this item", _reveal, alone=True),
    Command("", "all", "tell the whole text of a long comment", _all, alone=True),
    Command("t", "thread", "what stands around it", _thread, alone=True),
    Command("w", "versions", "the author on our pages, and every version", _author, alone=True),
    Command("y", "why", "why it is here, and what hiding means", _why, alone=True),
    Command("f", "effects", "what is on its way; f, its number and sent, resend or drop settles it", _effects),
    Command("/", "view", "list a view: /new, /due, /2; / alone names them", _views),
    Command("", "more", "the next page of the list", _more, alone=True),
    Command("?", "help", "these commands", _help, alone=True),
    Command("q", "quit", "sign off", _quit, alone=True),
)
"""Everything that can be typed."""
