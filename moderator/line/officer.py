"""One officer at the line: the prompt, the item in hand, and what each typed line becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from moderator.domain import view
from moderator.domain.asks import Nothing, Order, Seen
from moderator.domain.errors import Code, Refused
from moderator.line import ending
from moderator.line.console import Console, Ended, Left
from moderator.line.news import News
from moderator.line.telling import desk, item
from moderator.line.telling.quoting import Quote, masks, spoken
from moderator.locale import _, n_

if TYPE_CHECKING:
    from moderator.client import Client
    from moderator.config import Config
    from moderator.line.finding import Listing

LONGEST = 4000
"""Code points of one comment told at once; `all` tells the rest."""
_NUMBER = re.compile(r"#?\s*(\d{1,18})\Z")
_KEY_Z = re.compile(r"\bz\b")
"""The key in a sentence of the desk: keys are the same in every language."""


@dataclass(frozen=True, slots=True)
class Last:
    """What z takes back when nothing is named: the decision made here last."""

    item: int = 0
    batch: int = 0


class Officer:
    """Everything that a verb may reach."""

    def __init__(self, client: Client, config: Config, stdin: TextIO, stdout: TextIO) -> None:
        self.client = client
        self.console = Console(stdin, stdout)
        self.zone = ZoneInfo(config.desk.time_zone)
        self.advance = config.screen.advance == "next" and self.console.live
        """Only a person goes on to the next item by deciding: a script names each item that it means."""
        self.item: view.Detail | None = None
        self.revealed = False
        self.lighter = config.screen.lighter
        """Whether voices with covered words are left out of threads."""
        self.last = Last()
        self.taken_back = 0
        """The item whose decision was undone here last: what Z does again."""
        self.listing: Listing | None = None
        """The list that was told last: what `more`, ] and [ go through."""
        self.sort = Order.PRIORITY
        """In which order views are listed."""
        self.marks: dict[int, Seen] = {}
        """Marked items by number, each as it was seen."""
        self.marks_masked = False
        """Whether words of a marked item were covered when it was marked."""
        self.refusal: Code | None = None
        """Why the first act of a script was refused; None while none was."""
        self.going = True
        self._policy: view.PolicyView | None = None

    def work(self) -> Code | None:
        """Sign on, take lines until the end, sign off. The code of a script's first refusal."""
        self.news = News(self.client, self.zone, self.console)
        with ending.politely():
            try:
                self._sign_on()
                while self.going:
                    self._line()
            except (Ended, KeyboardInterrupt):
                with suppress(Ended):
                    self.console.say("")
            finally:
                self.news.close(on_purpose=not self.going)
            with suppress(Ended):
                self.console.say(_("You are signed off. Drafts are kept; what you held is free."))
        return None if self.console.live else self.refusal

    @property
    def policy(self) -> view.PolicyView:
        """The policy in force, read once."""
        if self._policy is None:
            self._policy = self.client.policy()
        return self._policy

    def forget_words(self) -> None:
        """The language changed: what the desk said in the old one is asked for again."""
        self._policy = None

    def now(self) -> datetime:
        """This moment, in the desk's own time."""
        return datetime.now(self.zone)

    def held(self) -> view.Detail:
        """The item in hand. Raises `Refused` where there is none."""
        if self.item is None:
            raise Refused(
                Code.BAD, _("No item is open."), _("Enter or N opens the next one; a number opens that item.")
            )
        return self.item

    def open(self, item_id: int) -> None:
        """Take an item in hand and tell it."""
        self.item = self.client.detail(item_id, opened=True)
        self.revealed = False
        self.news.opened(item_id)
        self.tell()

    def tell(self, *, whole: bool = False) -> None:
        """Say the item in hand."""
        held = self.held()
        words = held.text if self.revealed else spoken(held.text, masks(held))
        more = 0 if whole else len(words) - LONGEST
        self.console.say(
            *item.head(held, self.now(), self.zone),
            Quote(words[:LONGEST] if more > 0 else words),
            *(self._more(more) if more > 0 else ()),
            *item.findings(held, self.revealed),
            *item.around(held, self.zone, self.news.hello.person, self.revealed),
        )
        self.console.was_told()

    def _more(self, left_out: int) -> Iterator[str]:
        yield n_("{n} character more: “all” tells the rest.", "{n} characters more: “all” tells the rest.", left_out)

    def masked(self) -> bool:
        """Whether words of the item in hand are still covered."""
        return not self.revealed and bool(masks(self.held()))

    def act(self, act: str, ask: object = None, item_id: int = 0) -> view.Done:
        """Do something to an item and say what came of it. Raises `Refused`."""
        done = self.client.act(item_id or self.held().row.id, act, ask if ask is not None else Nothing())
        self.console.say(*_done(done))
        return done

    def decided(self) -> None:
        """The item in hand is decided: let go of it, and go on where that is wished."""
        self.last = Last(item=self.held().row.id)
        self.marks.pop(self.last.item, None)
        self.item = None
        if self.advance:
            self.next()

    def next(self) -> None:
        """Open the next item for this person, or say that there is none."""
        item_id = self.client.next()
        if item_id:
            self.open(item_id)
        else:
            self.item = None
            self.console.say(_("Nothing waits for you."))

    def renew(self) -> None:
        """Read the item in hand again, without telling it."""
        self.item = self.client.detail(self.held().row.id, opened=True)

    def _sign_on(self) -> None:
        status = self.client.status()
        self.news.start(status.urgent)
        self.console.news = self.news.told
        self.console.urgent = self.news.standing
        self.console.alerts = self.news.alerts
        self.console.say(*desk.greeting(status, self.news.hello))

    def _line(self) -> None:
        typed = self.console.ask(self._prompt())
        self.news.typed()
        try:
            self._obey(typed)
        except Left:
            self.console.say(_("Left; nothing was done."))
        except Refused as refused:
            self._tell_refusal(refused)
            self._stop_script()

    def _prompt(self) -> str:
        marked = n_("{n} marked", "{n} marked", len(self.marks)) if self.marks else ""
        if self.item is None:
            return _("Desk, {marked}:", marked=marked) if marked else _("Desk:")
        if marked:
            return _("Item {item}, {marked}:", item=self.item.row.id, marked=marked)
        return _("Item {item}:", item=self.item.row.id)

    def _obey(self, typed: str) -> None:
        from moderator.line.commands import VERBS
        from moderator.line.verbs import named, parted

        if not typed:
            self.next() if self.item is None else self.tell()
            return
        if number := _NUMBER.match(typed):
            self.open(int(number[1]))
            return
        if typed.startswith("#"):
            return  # a remark in a script
        name, rest = parted(typed, VERBS)
        verb = named(name, VERBS)
        if verb.alone and rest:
            raise Refused(
                Code.BAD,
                _("Nothing may follow “{verb}” on its line.", verb=name),
                _("Type {verb} alone, if you mean it.", verb=name),
            )
        if verb.decides and not self.console.read_since():
            raise Refused(Code.BAD, _("That came before you can have read the item."), _("Type it again."))
        verb.run(self, rest)

    def _tell_refusal(self, refused: Refused) -> None:
        self.refusal = self.refusal or refused.code
        self.console.say(
            _("Not done: {why}", why=refused.sentence), *([refused.cure] if refused.cure else []), *_facts(refused)
        )
        if refused.code is Code.CHANGED and self.item is not None:
            self.console.say(_("This is how it stands now:"))
            try:
                self.open(self.item.row.id)
            except Refused as again:
                self.console.say(str(again))

    def _stop_script(self) -> None:
        """A script ends at its first refusal: what follows was written for an act that did not happen."""
        if not self.console.live:
            self.going = False
            self.console.say(_("Stopped here: the rest of the input was not read."))


def _facts(refused: Refused) -> Iterator[str]:
    """The number to quote, where the fault is the desk's own."""
    number = refused.facts.get("report")
    if number:
        yield _("The number of the report is {number}.", number=number)


def _done(done: view.Done) -> Iterator[str]:
    """What the desk says of an act, and how long it can be taken back where the desk does not say."""
    yield done.sentence
    if _KEY_Z.search(done.sentence):
        return
    if done.window_ms > 0:
        yield n_(
            "z takes it back within {n} second.", "z takes it back within {n} seconds.", max(done.window_ms // 1000, 1)
        )
    elif done.window_ms < 0:
        yield _("z takes it back.")
