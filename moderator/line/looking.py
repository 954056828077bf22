"""Looking closer: the thread, the author, the versions, why, the trail; and at the desk as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderator import locale, text
from moderator.domain import asks, view
from moderator.domain.effect import EffectState
from moderator.domain.errors import Code, Refused
from moderator.line import forms
from moderator.line.telling import desk, item, lists, menus, versions
from moderator.line.telling.effects import effect
from moderator.line.telling.quoting import Quote, spoken
from moderator.line.telling.times import clock
from moderator.locale import _, n_

if TYPE_CHECKING:
    from moderator.line.officer import Officer

_NOT_LEFT = (EffectState.HELD, EffectState.READY)


def thread(officer: Officer, rest: str) -> None:
    """What stands around the comment, voice by voice."""
    voices = officer.held().thread
    if not voices:
        officer.console.say(_("Nothing else stands around it."))
    for voice in voices:
        when = clock(voice.at, officer.zone)
        author = text.one_line(voice.author)
        if voice.ours:
            who = _("We wrote at {time}:", time=when)
        elif voice.target:
            who = _("This item, “{author}” at {time}:", author=author, time=when)
        else:
            who = _("“{author}” wrote at {time}:", author=author, time=when)
        officer.console.say(who, _voice(officer, voice))


def _voice(officer: Officer, voice: view.ThreadEntry) -> str:
    """What it says; in the lighter view, of one with covered words only that it has some."""
    if officer.revealed:
        return Quote(voice.text)
    if officer.lighter and voice.masks and not voice.target:
        return _("Left out: it has covered words. “lighter” tells it, m reveals them.")
    return Quote(spoken(voice.text, voice.masks))


def lighter(officer: Officer, rest: str) -> None:
    """Leave voices with covered words out of threads, or tell them again."""
    officer.lighter = not officer.lighter
    officer.console.say(
        _("Voices with covered words are left out of threads.")
        if officer.lighter
        else _("Every voice of a thread is told.")
    )


def author(officer: Officer, rest: str) -> None:
    """What this author wrote on our pages."""
    held = officer.held()
    earlier = n_("{n} earlier comment", "{n} earlier comments", held.author_earlier)
    officer.console.say(
        _("This author: {earlier} on our pages, {hidden} hidden.", earlier=earlier, hidden=held.author_earlier_hidden),
        *lists.listed(held.author_rows, officer.now(), frozenset(officer.marks)),
    )


def all_versions(officer: Officer, rest: str) -> None:
    """Every version of the comment, with what changed."""
    officer.console.say(*versions.versions(officer.held(), officer.revealed, officer.zone))


def why(officer: Officer, rest: str) -> None:
    """Why it is here, the clauses that were found in their public words, and what hiding means."""
    held = officer.held()
    officer.console.say(held.why, *item.findings(held, officer.revealed))
    cited = {found.clause for found in held.findings}
    for clause in officer.policy.clauses:
        if clause.id in cited:
            officer.console.say(_("{id}, {title}: {public}", id=clause.id, title=clause.title, public=clause.public))
    officer.console.say(_("Policy {version}.", version=held.policy_version), menus.hiding(held.powers))


def trail(officer: Officer, rest: str) -> None:
    """What is on record of this item."""
    officer.console.say(*desk.trail(officer.held().trail, officer.zone))


def reference(officer: Officer, rest: str) -> None:
    """The item's number, and where the comment stands."""
    held = officer.held()
    officer.console.say(_("Item {item}, account {account}.", item=held.row.id, account=held.row.account))
    if held.permalink:
        officer.console.quote(held.permalink)


def reveal(officer: Officer, rest: str) -> None:
    """Uncover the words of this item. It is counted, for this officer alone."""
    if not officer.masked():
        officer.console.say(_("Nothing is covered here."))
        return
    officer.client.act(officer.held().row.id, "reveal", asks.Nothing())
    officer.revealed = True
    officer.tell()


def whole(officer: Officer, rest: str) -> None:
    """The whole text of a long comment."""
    officer.tell(whole=True)


def effects(officer: Officer, rest: str) -> None:
    """What is on its way; with number and word, settle a parked one."""
    if rest:
        forms.settle(officer, rest)
        return
    found = officer.client.effects()
    officer.console.say(*(line for one in found for line in effect(one, officer.zone)))
    if not found:
        officer.console.say(_("Nothing is on its way."))


def history(officer: Officer, rest: str) -> None:
    """What z can take back now: what has not left yet, and whole batches."""
    effects_held = [one for one in officer.client.effects() if one.mine and one.state in _NOT_LEFT and one.item_id]
    sentences = [
        _("z {item} takes back: {label}.", item=one.item_id, label=text.one_line(one.label).rstrip("."))
        for one in effects_held
    ]
    sentences += [
        _("z batch {number} takes back: {label}.", number=one.id, label=text.one_line(one.label).rstrip("."))
        for one in officer.client.batches()
        if one.mine and one.undoable
    ]
    officer.console.say(*(sentences or [_("Nothing of yours is on its way.")]))
    officer.console.say(_("What was left public is taken back at any time: z and its number."))


def status(officer: Officer, rest: str) -> None:
    """How the desk stands."""
    officer.console.say(*desk.standing(officer.client.status()))


def dashboard(officer: Officer, rest: str) -> None:
    """The desk in figures: of the last 24 hours, or of as many as are named."""
    if rest and not (rest.isdecimal() and len(rest) < 5):
        raise Refused(Code.BAD, _("The figures need a number of hours."), _("Say D 24 for a day, D 168 for a week."))
    officer.console.say(*desk.figures(officer.client.figures(int(rest or 24)), officer.zone))


def exposure(officer: Officer, rest: str) -> None:
    """How often this officer looked at uncovered abuse."""
    officer.console.say(*desk.exposure(officer.client.exposure()))


def language(officer: Officer, rest: str) -> None:
    """The language of every sentence from now on."""
    wanted = rest.lower()
    for code, name in locale.LANGUAGES.items():
        if wanted and wanted in (code, name.lower()):
            locale.use(code)
            officer.client.language = code
            officer.forget_words()
            officer.console.say(_("From now on in this language: {name}.", name=name))
            return
    known = ", ".join(f"{code} {name}" for code, name in locale.LANGUAGES.items())
    if rest:
        raise Refused(Code.BAD, _("The languages are: {languages}.", languages=known), _("Say: language as."))
    officer.console.say(_("The languages are: {languages}.", languages=known))
