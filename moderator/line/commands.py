"""The one table of what can be typed in line mode: it feeds the prompt, the help and docs/line.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderator.domain.person import Permission
from moderator.line import deciding, finding, forms, hiding, looking, marking, reply
from moderator.line.verbs import HEADINGS, Group, Verb, named
from moderator.locale import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderator.line.officer import Officer

_DECIDE, _REPLY, _APPROVE = Permission.DECIDE, Permission.REPLY, Permission.APPROVE


def _help(officer: Officer, rest: str) -> None:
    """All verbs, by heading; or one of them, whole."""
    if rest:
        officer.console.say(*_one(named(rest, VERBS)))
        return
    may = set(officer.news.hello.permissions)
    officer.console.say(
        _("Enter opens the next item, or tells the open one again. A number opens that item."),
        _("A word can be cut short to three letters where no other begins so. x leaves any question."),
    )
    for group, heading in HEADINGS.items():
        verbs = [one for one in VERBS if one.group is group and one.needs.value in may]
        if verbs:
            officer.console.say(_("{heading}:", heading=_(heading)), *(_line(one) for one in verbs))
    officer.console.say(_("? and a verb says more of it."))


def _line(verb: Verb) -> str:
    return _("{verb}: {help}.", verb=verb.typed, help=_(verb.help))


def _one(verb: Verb) -> Iterator[str]:
    yield _line(verb)
    if verb.more:
        yield _(verb.more)
    if verb.usage:
        yield _("For example: {examples}.", examples=_(", or ").join(verb.usage))
    if verb.also:
        yield _("Also: {words}.", words=", ".join(verb.also))


def _quit(officer: Officer, rest: str) -> None:
    """Sign off on purpose: nothing counts as a dropped line."""
    officer.going = False


_DECIDING: tuple[Verb, ...] = (
    Verb(
        "a", "leave", N_("leave it public, no reply needed"), deciding.leave, Group.DECIDE, needs=_DECIDE,
        decides=True, alone=True,
    ),
    Verb(
        "h", "hide", N_("hide it on a clause"), hiding.hide, Group.DECIDE, ("h", "h 1", "h A1 a reason", "h order"),
        N_("Alone it says what hiding means and reads the clauses out. 0 says that it is only criticism: it stays."),
        _DECIDE, decides=True,
    ),
    Verb(
        "r", "reply", N_("reply in public"), reply.write, Group.DECIDE, ("r", "r Help comes today.", "r helpline"),
        N_("Each line is saved as it is typed. The conduct check and the whole text are read out before it is sent."),
        _REPLY, decides=True,
    ),
    Verb(
        "e", "escalate", N_("hand it up, with a question"), forms.escalate, Group.DECIDE,
        ("e", "e Is this account real?"), needs=Permission.ESCALATE, decides=True, also=("hand off", "hand up"),
    ),
    Verb(
        "s", "snooze", N_("put it aside until later"), forms.snooze, Group.DECIDE,
        ("s 30m", "s 2h the office calls back", "s 14:00"), N_("Its clocks go on."), _DECIDE, decides=True,
    ),
    Verb(
        "!", "order", N_("record an order or a request"), forms.order, Group.DECIDE, ("! order", "! request"),
        N_("An order is asked for field by field. A request is recorded in its words, and decided by the policy."),
        _DECIDE, decides=True,
    ),
    Verb(
        "p", "approve", N_("approve a proposal, as the second person"), deciding.approve, Group.DECIDE,
        needs=_APPROVE, decides=True, alone=True,
    ),
    Verb(
        "b", "back", N_("send a proposal back, with a reason"), deciding.send_back, Group.DECIDE,
        ("b it is criticism",), needs=_APPROVE, decides=True, also=("send back",),
    ),
    Verb(
        "o", "reopen", N_("reopen it, or reverse what was decided"), deciding.reopen, Group.DECIDE,
        ("o the author wrote to us",), N_("What was decided first stays on record."), _DECIDE, decides=True,
        also=("reverse",),
    ),
    Verb(
        "", "withdraw", N_("withdraw your own proposal"), deciding.withdraw, Group.DECIDE, needs=_DECIDE,
        decides=True, alone=True,
    ),
    Verb(
        "", "close", N_("close an item that has vanished from the platform"), deciding.close, Group.DECIDE,
        needs=_DECIDE, decides=True, alone=True,
    ),
    Verb(
        "z", "undo", N_("undo what was decided last"), deciding.undo, Group.DECIDE, ("z", "z 12", "z batch 3"),
        N_("A number undoes that item's decision; a batch is undone as one."), _DECIDE,
    ),
    Verb(
        "Z", "redo", N_("do again what was undone"), deciding.redo, Group.DECIDE, ("Z", "Z 12"), needs=_DECIDE,
        decides=True,
    ),
    Verb("", "history", N_("what can be undone now"), looking.history, Group.DECIDE, needs=_DECIDE, alone=True),
)  # fmt: skip

_WORKING: tuple[Verb, ...] = (
    Verb("c", "claim", N_("claim it, or release it"), deciding.claim, Group.WORK, needs=_DECIDE, alone=True,
         also=("release",)),
    Verb("C", "take", N_("take it over, with a reason"), deciding.take_over, Group.WORK, ("C the line dropped",),
         needs=_DECIDE, also=("take over",)),
    Verb("", "hold", N_("keep it longer, with a reason"), deciding.hold, Group.WORK, ("hold 20 calling the office",),
         needs=_DECIDE),
    Verb("A", "assign", N_("give it to a colleague on duty"), deciding.assign, Group.WORK,
         ("A", "A rita she knows the case"), needs=_DECIDE),
    Verb("n", "note", N_("write a note for colleagues"), deciding.note, Group.WORK, ("n called the office",),
         needs=_DECIDE),
    Verb("L", "unreadable", N_("pass it on: you cannot read it"), deciding.cannot_read, Group.WORK, ("L", "L brx"),
         N_("A language's code says which it may be."), _DECIDE, also=("cannot read",)),
    Verb("", "gloss", N_("say what it says, for those who cannot read it"), deciding.gloss, Group.WORK,
         ("gloss He asks when the ferry runs.",), needs=_DECIDE),
    Verb("", "seen", N_("say what its picture or voice shows"), deciding.media_seen, Group.WORK,
         ("seen A flooded road, no people.",),
         N_("It cannot be hidden before that. “moderator item media” and its code tell where to open it elsewhere."),
         _DECIDE, also=("media seen",)),
    Verb("", "restore", N_("bring back a draft that was dropped"), deciding.restore, Group.WORK, needs=_REPLY,
         alone=True),
)  # fmt: skip

_LOOKING: tuple[Verb, ...] = (
    Verb("m", "reveal", N_("reveal the covered words of this item"), looking.reveal, Group.LOOK, alone=True),
    Verb("", "all", N_("tell the whole text of a long comment"), looking.whole, Group.LOOK, alone=True),
    Verb(
        "",
        "lighter",
        N_("lighter view, on or off: covered voices are left out"),
        looking.lighter,
        Group.LOOK,
        alone=True,
    ),
    Verb("t", "thread", N_("what stands around it"), looking.thread, Group.LOOK, alone=True),
    Verb("w", "author", N_("the author on our pages"), looking.author, Group.LOOK, alone=True),
    Verb("", "versions", N_("every version, with what changed"), looking.all_versions, Group.LOOK, alone=True),
    Verb("y", "why", N_("why it is here, the clauses, what hiding means"), looking.why, Group.LOOK, alone=True),
    Verb("", "trail", N_("what is on record of it"), looking.trail, Group.LOOK, alone=True),
    Verb("Y", "reference", N_("its reference, to copy"), looking.reference, Group.LOOK, alone=True),
)

_FINDING: tuple[Verb, ...] = (
    Verb("N", "next", N_("open the next item for you"), finding.following, Group.FIND, alone=True),
    Verb("u", "urgent", N_("open the most urgent item"), finding.urgent, Group.FIND, alone=True),
    Verb(
        "/", "find", N_("list a view, or filter the list"), finding.views, Group.FIND,
        ("/", "/new", "/2", "/new account:fb lang:as", "/is:question due<30m", '/author:hojai "water level"'),
        N_("Alone it names the views with their counts. A view's name or digit lists it; a query filters it."),
        also=("view",),
    ),
    Verb(
        "", "search", N_("search everything ever taken in"), finding.search, Group.FIND,
        ('search "lanka road" state:resolved',), N_("Newest first; closed items too."),
    ),
    Verb("", "sort", N_("choose the order of lists"), finding.sort, Group.FIND, ("sort due", "sort age")),
    Verb("", "more", N_("the next page of the list"), finding.more, Group.FIND, alone=True),
    Verb(".", "fresh", N_("tell the list as it stands now"), finding.again, Group.FIND, alone=True),
    Verb("]", "following", N_("open the item after this one in the list"), finding.forward, Group.FIND, alone=True),
    Verb("[", "previous", N_("open the item before this one in the list"), finding.backward, Group.FIND, alone=True),
)  # fmt: skip

_MANY: tuple[Verb, ...] = (
    Verb("x", "mark", N_("mark it, or take its mark away"), marking.mark, Group.MANY, ("x", "x 12 14 20"),
         needs=_DECIDE),
    Verb("v", "range", N_("mark the list from the last mark to a number"), marking.extend, Group.MANY, ("v 20",),
         needs=_DECIDE),
    Verb("*", "alike", N_("mark it and everything nearly the same"), marking.alike, Group.MANY, needs=_DECIDE,
         alone=True),
    Verb("", "marks", N_("tell what is marked"), marking.marks, Group.MANY, ("marks", "marks clear"), needs=_DECIDE),
    Verb("", "bulk", N_("leave or hide everything that is marked"), marking.bulk, Group.MANY,
         ("bulk leave", "bulk hide 6"),
         N_("What it would do is told first, exceptions first of all; Enter does it. z takes the whole of it back."),
         _DECIDE),
    Verb("", "batches", N_("the bulk acts of today, and how far each is"), marking.batches, Group.MANY, alone=True),
)  # fmt: skip

_DESK: tuple[Verb, ...] = (
    Verb("f", "effects", N_("what is on its way"), looking.effects, Group.DESK, ("f", "f 12 sent", "f 12 resend"),
         N_("With a number and sent, resend or drop it settles what waits for a person."), also=("settle",)),
    Verb("D", "dashboard", N_("the desk in figures"), looking.dashboard, Group.DESK, ("D", "D 168")),
    Verb("", "status", N_("how the desk stands"), looking.status, Group.DESK, alone=True),
    Verb("", "exposure", N_("how often you uncovered abuse; only you are told"), looking.exposure, Group.DESK,
         alone=True),
    Verb("", "language", N_("the language of every sentence"), looking.language, Group.DESK, ("language as",)),
    Verb("?", "help", N_("these commands, or one of them"), _help, Group.DESK, ("?", "? hide")),
    Verb("q", "quit", N_("sign off"), _quit, Group.DESK, alone=True, also=("end",)),
)  # fmt: skip

VERBS: tuple[Verb, ...] = (*_DECIDING, *_WORKING, *_LOOKING, *_FINDING, *_MANY, *_DESK)
"""Everything that can be typed."""
