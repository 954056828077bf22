"""One officer at the line: the prompt, the item in hand, and what each typed line becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from moderator import text
from moderator.domain import view
from moderator.domain.asks import Nothing
from moderator.domain.errors import Code, Refused
from moderator.line import telling
from moderator.line.console import Console, Ended
from moderator.line.news import News

if TYPE_CHECKING:
    from moderator.client import Client
    from moderator.config import Config

_TYPED = re.compile(r"(?P<key>[^\s\d])(?:\s+(?P<rest>.*)|(?P<digit>\d.*))?\Z")
_WORD = re.compile(r"(?P<word>[A-Za-z]{2,}(?:[ -](?:back|over))?)(?:\s+(?P<rest>.*))?\Z")


class Officer:
    """Everything that a command may reach."""

    def __init__(self, client: Client, config: Config, stdin: TextIO, stdout: TextIO) -> None:
        self.client = client
        self.console = Console(stdin, stdout)
        self.zone = ZoneInfo(config.desk.time_zone)
        self.advance = config.screen.advance == "next" and self.console.live
        """Only a person goes on to the next item by deciding: a script names each item that it means."""
        self.item: view.Detail | None = None
        self.revealed = False
        self.last = 0
        """The item that z means when none is named: the one decided last."""
        self.page: tuple[view.View, str] | None = None
        self.refused = False
        self.going = True
        self._policy: view.PolicyView | None = None

    def work(self) -> int:
        """Sign on, take lines until the end, sign off; the exit code."""
        self.news = News(self.client, self.zone)
        try:
            self._sign_on()
            while self.going:
                self._line()
        except (Ended, KeyboardInterrupt):
            self.console.say("")
        finally:
            self.news.close(on_purpose=not self.going)
        self.console.say("You are signed off. Drafts are kept; what you held is free.")
        return 1 if self.refused and not self.console.live else 0

    @property
    def policy(self) -> view.PolicyView:
        """The policy in force, read once."""
        if self._policy is None:
            self._policy = self.client.policy()
        return self._policy

    def now(self) -> datetime:
        """This moment, in the desk's own time."""
        return datetime.now(self.zone)

    def held(self) -> view.Detail:
        """The item in hand. Raises `Refused` where there is none."""
        if self.item is None:
            raise Refused(Code.BAD, "No item is open.", "Enter or N opens the next one; a number opens that item.")
        return self.item

    def open(self, item_id: int) -> None:
        """Take an item in hand and tell it."""
        self.item = self.client.detail(item_id, opened=True)
        self.revealed = False
        self.news.opened(item_id)
        self.tell()

    def tell(self, *, whole: bool = False) -> None:
        """Say the item in hand."""
        item = self.held()
        covered = item.text if self.revealed else text.cover(item.text, telling.masks(item))
        self.console.say(*telling.head(item, self.now(), self.zone))
        self.console.quote(covered if whole else text.abridge(covered, telling.LONGEST))
        self.console.say(
            *telling.findings(item, self.revealed), *telling.around(item, self.zone, self.news.hello.person)
        )
        self.console.was_told()

    def masked(self) -> bool:
        """Whether words of the item in hand are still covered."""
        return not self.revealed and bool(telling.masks(self.held()))

    def act(self, act: str, ask: object = None, item_id: int = 0) -> view.Done:
        """Do something to an item and say what came of it. Raises `Refused`."""
        done = self.client.act(item_id or self.held().row.id, act, ask if ask is not None else Nothing())
        self.console.say(*_done(done))
        return done

    def decided(self) -> None:
        """The item in hand is decided: let go of it, and go on where that is wished."""
        self.last = self.held().row.id
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
            self.console.say("Nothing waits for you.")

    def renew(self) -> None:
        """Read the item in hand again, without telling it."""
        self.item = self.client.detail(self.held().row.id, opened=True)

    def _sign_on(self) -> None:
        status = self.client.status()
        self.news.start(status.urgent)
        self.console.news = self.news.told
        self.console.alerts = self.news.alerts
        self.console.say(*_greeting(status, self.news.hello), *telling.offered(self.news.hello))

    def _line(self) -> None:
        prompt = f"Item {self.item.row.id}:" if self.item else "Desk:"
        typed = self.console.ask(prompt)
        self.news.typed()
        try:
            self._obey(typed)
        except Refused as refused:
            self._tell_refusal(refused)
            self._stop_script()

    def _obey(self, typed: str) -> None:
        from moderator.line.commands import find

        if not typed:
            self.next() if self.item is None else self.tell()
            return
        if typed.isdecimal() and len(typed) < 19:
            self.open(int(typed))
            return
        key, rest = _parted(typed)
        command = find(key)
        if command is None:
            raise Refused(Code.BAD, f"“{text.clip(typed, 40)}” is no command here.", "? lists them.")
        if command.alone and rest:
            raise Refused(Code.BAD, f"Nothing may follow “{key}” on its line.", f"Type {key} alone, if you mean it.")
        if command.decides and not self.console.read_since():
            raise Refused(Code.BAD, "That came before you can have read the item.", "Type it again.")
        command.run(self, rest)

    def _tell_refusal(self, refused: Refused) -> None:
        self.refused = True
        self.console.say(f"Not done: {refused.sentence}", *([refused.cure] if refused.cure else []))
        if refused.code is Code.CHANGED and self.item is not None:
            self.console.say("This is how it stands now:")
            try:
                self.open(self.item.row.id)
            except Refused as again:
                self.console.say(str(again))

    def _stop_script(self) -> None:
        """A script ends at its first refusal: what follows was written for an act that did not happen."""
        if not self.console.live:
            self.going = False
            self.console.say("Stopped here: the rest of the input was not read.")


def _parted(typed: str) -> tuple[str, str]:
    """Key or word, and what follows it."""
    for shape, name in ((_TYPED, "key"), (_WORD, "word")):
        found = shape.match(typed)
        if found:
            parts = found.groupdict()
            return parts[name].lower() if name == "word" else parts[name], parts.get("rest") or parts.get("digit") or ""
    return (typed[0], typed[1:]) if typed[0] in "/!" else (typed, "")


def _done(done: view.Done) -> Iterator[str]:
    yield done.sentence
    if "z takes it back" in done.sentence:
        return
    if done.window_ms > 0:
        yield f"z takes it back within {done.window_ms / 1000:g} s."
    elif done.window_ms < 0:
        yield "z takes it back."


def _greeting(status: view.Status, hello: view.Hello) -> Iterator[str]:
    yield f"{status.desk}. You are {hello.person}: {', '.join(hello.roles) or 'no role'}."
    if status.practice:
        yield "PRACTICE: nothing leaves this desk."
    yield from (text.one_line(notice) for notice in status.notices)
    if status.read_only:
        yield f"Nothing can be saved: {status.read_only}"
    down = [account.name for account in status.accounts if not account.up]
    if down:
        yield f"Not reached: {', '.join(down)}."
    waiting = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in status.counts.items() if count)
    yield f"Waiting: {waiting or 'nothing'}. Enter opens the next item, ? lists the commands."
