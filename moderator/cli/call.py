"""One run of a command: its options, where its words go, and how it comes to configuration and desk."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from moderator.cli import exits
from moderator.domain.errors import Code, Refused
from moderator.locale import _, chosen, current, said, use

if TYPE_CHECKING:
    from moderator.cli.places import Wants
    from moderator.client import Client
    from moderator.config import Config, ConfigError

TWINS: Final = {"config": "MODERATOR_CONFIG", "data_dir": "MODERATOR_DATA_DIR", "socket": "MODERATOR_SOCKET"}
"""Option → the environment variable that stands for it."""


class Stop(Exception):
    """End the command with an exit code of its own. `sentence` and `cure` as in `Refused`."""

    def __init__(self, exit_code: int, sentence: str, cure: str = "", code: str = "refused") -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
        self.sentence = sentence
        self.cure = cure
        self.code = code


@dataclass(slots=True)
class Call:
    """What a verb gets."""

    args: argparse.Namespace
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    source: TextIO = field(default_factory=lambda: sys.stdin)
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _config: Config | None = None
    _client: Client | None = None

    @property
    def json(self) -> bool:
        """Whether to answer in JSON."""
        return bool(self.args.json)

    def option(self, name: str) -> Path | None:
        """config, data_dir or socket: as given, else from the environment, as an absolute path."""
        given: str | None = getattr(self.args, name) or self.env.get(TWINS[name])
        return Path(given).expanduser().absolute() if given else None

    def config(self) -> Config:
        """The configuration. Raises `Stop(78)` with file and key where it cannot be used."""
        if self._config is None:
            from moderator import config

            try:
                self._config = config.load(self.option("config"), self.env)
            except config.ConfigError as error:
                raise unusable(error) from error
            if not self.json:
                use(chosen(self.args.speak or self._config.screen.language, self.env))
        return self._config

    def wants(self) -> Wants:
        """Which desk was asked for."""
        from moderator.cli.places import Wants

        return Wants(self.args.private, self.args.practice, self.option("socket"), self.option("data_dir"))

    def client(self) -> Client:
        """The desk's client, connected; starts a private desk where that is the one asked for."""
        if self._client is None:
            from moderator.cli import reach

            self._client = reach.open_desk(self.config(), self.wants(), self.env, self._note)
            self._client.language = current()
        return self._client

    @contextmanager
    def session(self) -> Iterator[Client]:
        """The client with a session open, as acts on items need; closed after."""
        client = self.client()
        with client.stream():
            yield client

    def show(self, data: object, *lines: str) -> None:
        """The answer: `data` as JSON, or the lines for a person. Nothing in it can steer a terminal."""
        if self.json:
            from moderator.domain.wire import encode

            self.out.write(json.dumps(encode(data), indent=2) + "\n")  # pure ASCII
        else:
            from moderator.text import guard

            for line in (part for text in lines for part in text.split("\n")):
                self.out.write(guard(line) + "\n")

    def fail(self, code: str, sentence: str, cure: str = "", facts: Mapping[str, Any] | None = None) -> None:
        """The refusal, on standard error: one sentence and its cure, or `{"error": …}`."""
        if self.json:
            error = {"code": code, "sentence": sentence, "cure": cure, "facts": dict(facts or {})}
            self.err.write(json.dumps({"error": error}) + "\n")
        else:
            from moderator.text import guard

            self.err.write(guard(f"moderator: {said(sentence)} {said(cure)}".rstrip()) + "\n")

    def close(self) -> None:
        """Let go of the desk."""
        if self._client is not None:
            self._client.close()

    def _note(self, sentence: str) -> None:
        if not self.json and self.err.isatty():
            self.err.write(sentence + "\n")
            self.err.flush()


def unusable(error: ConfigError) -> Stop:
    """What a configuration that cannot be used ends in."""
    return Stop(exits.CONFIGURATION, said(error.sentence), _("Correct the file, then try again."), "config")


def needed(text: str, what: str) -> str:
    """A text that must not be empty. Raises `Refused(BAD)`."""
    if not text.strip():
        raise Refused(Code.BAD, _("{what} is empty.", what=what), _("Give it as text, or with “-” on standard input."))
    return text


def text_of(call: Call, given: str) -> str:
    """A text from the command line, or all of standard input where it is "-"."""
    return call.source.read().rstrip("\n") if given == "-" else given
