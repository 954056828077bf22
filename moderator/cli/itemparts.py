"""The options of the acts on items: what each needs to know, and how moments, spans of time and words are written."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from typing import Any

from moderator.cli.call import Call
from moderator.cli.parser import verb
from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from moderator.locale import N_, _, n_

_SIMPLE = {
    "release": N_("give a claimed item back"),
    "undo": N_("take the last act back while its window is open; the item is free again"),
    "approve": N_("approve another officer's proposal"),
    "withdraw": N_("withdraw your own proposal"),
    "close": N_("close an item whose comment is gone from the platform"),
}
_BECAUSE = {
    "reopen": N_("open a decided item again"),
    "reverse": N_("reverse a decision that has left, by a new one"),
    "send-back": N_("send a proposal back to its officer"),
}


def acts(verbs: Any) -> None:
    """Every act on an item."""
    target(verb(verbs, "claim", "claim", _("claim an item for as long as this command runs")))
    for name, summary in _SIMPLE.items():
        target(verb(verbs, name, "simple", _(summary)))
    for name, summary in _BECAUSE.items():
        reason(target(verb(verbs, name, "because", _(summary))))
    reason(target(verb(verbs, "take-over", "take_over", _("take an item from whoever holds it, and free it"))))
    _hold(
        target(verb(verbs, "hold", "hold", _("claim it while this command runs, with a reason, beyond the idle time")))
    )
    seen(target(verb(verbs, "leave", "leave", _("leave a comment public: read, nothing needs doing"))))
    _hide(seen(target(verb(verbs, "hide", "hide", _("hide a comment on a clause of the published policy")))))
    _reply(seen(target(verb(verbs, "reply", "reply", _("answer a comment in public, as the agency")))))
    _escalate(
        seen(target(verb(verbs, "escalate", "escalate", _("hand an item up the ladder; the mail is the record"))))
    )
    _snooze(target(verb(verbs, "snooze", "snooze", _("put an item aside; its clocks go on"))))
    target(verb(verbs, "note", "note", _("add a private remark"))).add_argument(
        "text", help=_("the remark; - for stdin")
    )
    _order(target(verb(verbs, "order", "order", _("record an order or a request that came in"))))
    _draft(target(verb(verbs, "draft", "draft", _("show, save or drop a draft, or bring one back"))))
    checked = target(verb(verbs, "check", "check", _("what the conduct check says about a reply")))
    checked.add_argument("text", help=_("the reply; - for stdin"))
    checked.add_argument("--disclaimer", action="store_true", help=_("with the disclaimer"))


def target(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The item."""
    parser.add_argument("item", type=int, metavar="ITEM", help=_("the item's number"))
    return parser


def seen(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The version of the comment that was read."""
    parser.add_argument(
        "--seen",
        type=int,
        required=True,
        metavar="VERSION",
        help=_("the version of the comment that you read (“item show” says it); an edited one is refused"),
    )
    return parser


def reason(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """A reason that must be given."""
    parser.add_argument("--reason", required=True, help=_("why; it goes on the record"))
    return parser


def _hold(parser: argparse.ArgumentParser) -> None:
    reason(parser).add_argument("--minutes", type=int, default=20, help=_("for how long at most (default: 20)"))


def _hide(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clause", required=True, help=_("the clause's id: A1"))
    parser.add_argument("--words", default="", help=_("the words that the hide rests on, as they stand in the comment"))
    parser.add_argument("--start", type=int, help=_("where those words begin, in code points"))
    parser.add_argument("--end", type=int, help=_("where they end, exclusive"))
    parser.add_argument("--reason", default="", help=_("one line (default: the clause's title)"))
    parser.add_argument("--order", type=int, metavar="N", help=_("the lawful order that it rests on"))


def _reply(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", help=_("the reply; - for standard input"))
    parser.add_argument("--disclaimer", action="store_true", help=_("add the disclaimer"))
    parser.add_argument("--hide-clause", default="", metavar="CLAUSE", help=_("hide as well, after the reply is out"))
    parser.add_argument("--lift", default="", metavar="WHY", help=_("ask a second person to lift a hard rule, and why"))


def _escalate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", help=_("what the office should decide; - for standard input"))
    parser.add_argument("--reason", default="contentious", choices=[code.value for code in asks.ReasonCode])
    parser.add_argument("--level", type=int, default=0, help=_("rung of the ladder (default: the next one)"))


def _snooze(parser: argparse.ArgumentParser) -> None:
    when = parser.add_mutually_exclusive_group(required=True)
    when.add_argument("--until", type=moment, metavar="WHEN", help=_("a moment: 2026-11-22T14:00+05:30"))
    when.add_argument("--for", dest="span", type=span, metavar="TIME", help=_("a span of time: 30m, 2h, 1d"))
    parser.add_argument("--reason", default="", help=_("why"))


def _order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kind", required=True, choices=("order", "request"), help=_("a lawful order, or a mere request")
    )
    parser.add_argument("--received", type=moment, metavar="WHEN", help=_("when it came in (default: now)"))
    parser.add_argument("--due", type=moment, metavar="WHEN", help=_("by when it must be complied with"))
    parser.add_argument("--url", action="append", default=[], help=_("an exact URL that it names; once for each"))
    for field, summary in {
        "authority": _("the authority or office"),
        "officer": _("the officer's name"),
        "rank": _("the officer's rank"),
        "statute": _("the provision of law"),
        "reference": _("its number"),
        "reason": _("the reason that it gives"),
        "words": _("for a request: the words used"),
        "caller": _("for a request: who asked"),
        "verified-by": _("how and by whom it was verified by call-back"),
    }.items():
        parser.add_argument(f"--{field}", default="", help=summary)


def _draft(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--text", help=_("save this; - for standard input"))
    what.add_argument("--drop", action="store_true", help=_("drop your draft (it can be had back all shift)"))
    what.add_argument("--restore", action="store_true", help=_("bring back the draft that you dropped last"))


def moment(text: str) -> datetime:
    """A moment with its time zone; without one, in this machine's."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is no moment such as 2026-11-22T14:00+05:30", text=text)) from None
    return found if found.tzinfo else found.astimezone()


def span(text: str) -> timedelta:
    """A span of time: a whole number and m, h or d."""
    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = text[:-1], text[-1:]
    if unit not in units or not (number.isascii() and number.isdigit() and len(number) < 6):
        raise argparse.ArgumentTypeError(_("“{text}” is no span of time such as 30m, 2h or 1d", text=text))
    return timedelta(**{units[unit]: int(number)})


def words(call: Call) -> tuple[int, int]:
    """Where the words given with --words stand in the comment, in code points. Refuses what is not there just once."""
    wanted = call.args.words
    text = call.client().detail(call.args.item).text
    found = text.count(wanted)
    if found != 1:
        raise Refused(
            Code.BAD,
            n_("The words stand {n} time in the comment.", "The words stand {n} times in the comment.", found)
            if found
            else _("Those words do not stand in the comment."),
            _("Copy them exactly, with as many as make them unique; or give --start and --end."),
        )
    start = text.index(wanted)
    return start, start + len(wanted)
